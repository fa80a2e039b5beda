"""The marked block in a shell's start-up file, as bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histshell.setup import rcfile
from histshell.setup.rcfile import BEGIN, END, BlockError, diff, find, put_in, take_out

BODY = b"PYTHONSTARTUP='/x/pythonstartup.py'\n"

# Pieces that make the interesting files: line ends of every kind, none at the end, bytes that are no UTF-8.
PIECES = st.sampled_from(
    [b"\n", b"\r\n", b"\r", b"alias a=b", b"\\", b"'", b"\xff\xfe", b"\x00", b"# >>> conda >>>", b" "]
)
FILES = (
    st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join).filter(lambda data: b"histshell" not in data)
)


@given(FILES | st.none())
def test_taking_out_gives_back_the_very_bytes(data: bytes | None) -> None:
    """Put in, then taken out: nothing was ever there, final line break and missing file included."""
    assert take_out(put_in(data, BODY, "rc"), "rc") == data


@given(FILES | st.none())
def test_putting_in_twice_changes_nothing(data: bytes | None) -> None:
    """The second time is the first."""
    once = put_in(data, BODY, "rc")
    assert put_in(once, BODY, "rc") == once


@given(FILES)
def test_what_stood_there_stays_in_front_and_on_lines_of_its_own(data: bytes) -> None:
    """The block begins on a new line and nothing before it is touched."""
    after = put_in(data, BODY, "rc")
    assert after.startswith(data)
    block = find(after, "rc")
    assert block is not None
    assert block.start == 0 or after[block.start - 1 : block.start] == b"\n"
    assert after[block.stop :] == b""


@given(FILES | st.none(), st.sampled_from([b"", b"x=1\n", b"x=1", b"\n", b"x=1\r\n"]))
def test_lines_added_after_the_block_stay_lines(data: bytes | None, added: bytes) -> None:
    """What the user wrote behind the block is not glued to what was before it."""
    rest = take_out(put_in(data, BODY, "rc") + added, "rc")
    if not added:
        assert rest == data
    else:
        assert rest is not None
        assert rest.endswith(added)
        before = rest[: -len(added)]
        assert before in (b"", data, (data or b"") + b"\n")
        assert before == b"" or before.endswith(b"\n")


def test_an_older_block_is_replaced_where_it_stands_and_keeps_its_notes() -> None:
    """A new path changes the lines in place; taking it out still gives back the first bytes."""
    data = put_in(b"a=1", b"old\n", "rc") + b"b=2\n"
    new = put_in(data, BODY, "rc")
    assert new == data.replace(b"old\n", BODY)
    assert take_out(put_in(put_in(b"a=1", b"old\n", "rc"), BODY, "rc"), "rc") == b"a=1"


def test_a_block_whose_line_ends_were_changed_is_found_and_renewed() -> None:
    """An editor that saves everything as CRLF does not make a second block."""
    data = put_in(b"a=1\n", BODY, "rc").replace(b"\n", b"\r\n")
    assert put_in(data, BODY, "rc") == put_in(b"a=1\r\n", BODY, "rc")
    assert take_out(data, "rc") == b"a=1\r\n"


@pytest.mark.parametrize(
    ("data", "begins", "ends"),
    [
        (BEGIN + b"\nx\n", [1], []),
        (b"x\n" + END + b"\n", [], [2]),
        (END + b"\n" + BEGIN + b"\n", [2], [1]),
        ((BEGIN + b"\n" + END + b"\n") * 2, [1, 3], [2, 4]),
        (BEGIN + b"\n" + BEGIN + b"\n" + END + b"\n", [1, 2], [3]),
        (b"  " + BEGIN + b"\r\n" + b"x", [1], []),
    ],
)
def test_a_damaged_block_is_named_and_left_alone(data: bytes, begins: list[int], ends: list[int]) -> None:
    """Anything but one begin with one end behind it is an error that gives the lines."""
    for edit in (find, take_out, lambda data, name: put_in(data, BODY, name)):
        with pytest.raises(BlockError) as caught:
            edit(data, "rc")
        assert (caught.value.begins, caught.value.ends) == (begins, ends)
        assert "rc: its histshell block is damaged" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_body_with_a_marker_in_it_is_refused() -> None:
    """A path that contains our own marker line cannot be put in: it could not be taken out."""
    with pytest.raises(BlockError):
        put_in(b"", b"x='\n" + END + b"\n'\n", "rc")


def test_the_markers_of_others_are_not_ours() -> None:
    """Conda's block, or ours inside a longer line, is plain text."""
    data = b"# >>> conda initialize >>>\n# <<< conda initialize <<<\necho '" + BEGIN + b"'\n"
    assert find(data, "rc") is None
    assert take_out(data, "rc") == data


def test_the_diff_shows_the_block_and_nothing_else() -> None:
    """Added lines have a plus, the rest is context; equal texts have no diff."""
    before = b"a\nb\nc\n"
    lines = diff(before, put_in(before, BODY, "rc"), "rc")
    assert [line for line in lines if line.startswith("-")] == ["--- rc"]
    assert "+" + BODY.decode().rstrip() in lines
    assert " a" not in lines
    assert " b" in lines
    assert diff(before, before, "rc") == []
    assert diff(None, b"", "rc") == []


def test_the_diff_of_bytes_that_are_no_text_can_be_printed() -> None:
    """Bytes outside UTF-8 are escaped."""
    assert any("\\xff" in line for line in diff(b"\xff\n", b"\xff\nx\n", "rc"))


def test_the_title_says_who_takes_it_out() -> None:
    """Whoever finds the block later learns where it is from."""
    assert b"histshell uninstall" in rcfile.TITLE
