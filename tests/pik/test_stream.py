"""What typed lines mean, and the stream that is typed: one after another, and the way back."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from histshell import HistshellError
from histshell.pik import PikError
from histshell.pik.mode import notation
from histshell.pik.mode.commands import COMMANDS, LONGEST, Commands, listing
from histshell.pik.mode.opcode_help import OVERVIEW, card, table
from histshell.pik.mode.stream import Loaded, Stream
from histshell.pik.opcodes import OPCODES


def stream() -> Stream:
    """A stream in which a persistent id stands for itself, in brackets."""
    return Stream(lambda number: f"<{number}>")


def commands(namespace: dict[str, Any] | None = None) -> tuple[Commands, list[Loaded]]:
    """The commands at a new stream, and the streams that `:load` has completed."""
    loaded: list[Loaded] = []
    return Commands(stream(), namespace or {}, loaded.append), loaded


def values(at: Stream, *lines: str) -> list[object]:
    """Type lines and return the values that they complete."""
    return [loaded.value for line in lines for loaded in at.type(line)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(I1", b"(I1"),
        (r"\x80\x04N\x2e", b"\x80\x04N."),
        (r"a\n\t\\n", b"a\n\t\\n"),
        (r"V\u00e9\q\x1", rb"V\u00e9\q\x1"),
        ("  ", b"  "),
    ],
)
def test_a_plain_line(text: str, expected: bytes) -> None:
    """ASCII as it stands, four escapes, and any other backslash as it stands."""
    assert not notation.is_literal(text)
    assert notation.plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b'\\x80N.'", b"\x80N."),
        ('b"a\'"', b"a'"),
        ("x 80 04 4E2e", b"\x80\x04N."),
        ("b64 gARO Lg==", b"\x80\x04N."),
    ],
)
def test_a_literal(text: str, expected: bytes) -> None:
    """A bytes literal, hexadecimal, base64."""
    assert notation.is_literal(text)
    assert notation.literal(text) == expected


@pytest.mark.parametrize("text", ["b'", "b'a' + b''", "b''; 1", "x 8", "x zz", "b64 a", "b64 a*", "b'é'"])
def test_a_bad_literal(text: str) -> None:
    """It is said what was expected."""
    with pytest.raises(notation.TypingError, match=r"^(b|x|b64): "):
        notation.literal(text)


@pytest.mark.parametrize(
    ("text", "spelled"), [("Vé", r"\\xc3\\xa9.*\\u00e9"), ("😀", r"\\xf0\\x9f\\x98\\x80"), ("\udc80", "udc80")]
)
def test_what_is_not_ascii(text: str, spelled: str) -> None:
    """It is said how to write it."""
    with pytest.raises(notation.TypingError, match=spelled):
        notation.plain(text)


def test_a_newline_belongs_to_an_argument_that_wants_it() -> None:
    """To a line, not to an opcode without argument nor to counted bytes."""
    at = stream()
    assert values(at, "cmath", "sqrt", "(I4", "tR.") == [2.0]
    assert at.data == b"cmath\nsqrt\n(I4\ntR."
    assert values(at, "X\\x03\\x00\\x00\\x00a", "bc.") == ["abc"]
    assert values(at, "V.", ".") == ["."]
    assert values(at, "Vb'a'", ".") == ["b'a'"]
    assert values(at, "c__builtin__", "list", ".") == [list]


def test_several_streams_on_a_line() -> None:
    """Each STOP ends one; what follows begins the next."""
    at = stream()
    assert values(at, "].}.(I1") == [[], {}]
    assert not at.fresh
    assert at.data == b"(I1\n"
    assert values(at, "t.)") == [(1,)]
    assert values(at, ".") == [()]
    assert at.awaited() == ""
    at.undo()
    assert at.awaited() == "STOP"


def test_undo_takes_back_lines_and_what_they_did() -> None:
    """Stack, memo, containers, bytes; also a line that has failed, and one that has completed the stream."""
    at = stream()
    values(at, "(lp0", "I1", "a")
    for line in ("R", "I3"):
        with pytest.raises(PikError, match=r"^REDUCE at byte 9: 1 item on the stack, needs 2$"):
            at.type(line)
    assert at.undo() == "R"
    assert (at.failed, at.machine.stack) == (None, [[1]])
    assert at.undo() == "a"
    assert (at.machine.stack, at.machine.memo) == ([[], 1], {0: []})
    assert values(at, "a.") == [[1]]
    assert at.undo() == "a."
    assert values(at, "0.") == [[]]
    while at.undo() is not None:
        pass
    assert (at.data, at.fresh, at.machine.stack) == (b"", True, [])


def test_an_error_after_a_value_loses_neither() -> None:
    """The stream that was completed on the same line is kept beside the error."""
    at = stream()
    with pytest.raises(PikError) as caught:
        at.type("].R")
    assert at.broken is not None
    assert at.broken.error is at.failed is caught.value
    assert [loaded.value for loaded in at.broken.loaded] == [[]]
    at.clear()
    assert at.failed is None


def test_trust_holds_from_here_on() -> None:
    """Also for the stream that is open."""
    at = stream()
    values(at, "cos", "getpid")
    assert str(at.machine.stack) == "[<not imported: os.getpid>]"
    at.trust("os.getpid")
    assert values(at, "0cos", "getpid", ")R.") == [os.getpid()]
    with pytest.raises(ValueError, match="expected module"):
        at.trust("getpid")


def test_a_source_is_the_lines() -> None:
    """As they were typed, for the history."""
    at = stream()
    sources = [loaded.source for line in ("(I1", "t.", "].}.") for loaded in at.type(line)]
    assert sources == ["(I1\nt.", "].}.", "].}."]


def test_each_opcode_has_a_card_and_its_example_runs() -> None:
    """By name, by character, and typed as it says; but for what needs something from outside."""
    for opcode in OPCODES:
        text = card(opcode.name.lower())
        assert text == card(f"\\x{opcode.code:02x}" if opcode.code > 0x7E else chr(opcode.code))
        assert opcode.doc in text
        at = stream()
        for line in opcode.example.split("\n"):
            try:
                done = at.type(line)
            except PikError:
                assert opcode.name in ("NEXT_BUFFER", "READONLY_BUFFER", "EXT1", "EXT2", "EXT4"), opcode
                break
        else:
            assert done, opcode
    with pytest.raises(HistshellError, match=r"no opcode 'PUTT'.*lists them"):
        card("PUTT")
    with pytest.raises(HistshellError, match=r"there are BINPUT, LONG_BINPUT"):
        card("binpu")
    assert len(table().splitlines()) == len(OPCODES)


def test_the_overview_names_every_command() -> None:
    """And no other."""
    named = {word.strip(",").lstrip(":") for word in OVERVIEW.split() if word.startswith(":")}
    assert named == {*COMMANDS, "quit"}  # which the console itself knows
    assert max(map(len, OVERVIEW.splitlines())) <= 79


def test_dump_and_listing() -> None:
    """The pickle of a value, at the protocol that was chosen; long ones are cut."""
    doing, _ = commands({"x": [1]})
    assert list(doing.run(":protocol 0")) == ["protocol 0"]
    assert [row.split()[1] for row in doing.run(":dump x + ['a']")][:2] == ["MARK", "LIST"]
    for line, problem in ((":dump", "takes a Python"), (":dump y", "y: NameError"), (":dump lambda: 1", "cannot be pickled"),
                          (":protocol 9", "from 0 to"), (":protocol x", "from 0 to")):  # fmt: skip
        with pytest.raises(HistshellError, match=problem):
            list(doing.run(line))
    rows = list(listing(pickle.dumps(list(range(2000)), 0)))
    assert len(rows) == LONGEST + 1
    assert "and more" in rows[-1]
    assert list(listing(b"]\xff"))[-1].startswith("  byte 1")


def test_load_and_save(tmp_path: Path) -> None:
    """A file's bytes are as good as typed ones; saving writes a new file, for this user alone."""
    doing, loaded = commands()
    file = tmp_path / "a file.pkl"
    doing.stream.type("(I1")
    assert list(doing.run(f":save {file}")) == [f"{file}: 4 bytes"]
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(HistshellError, match="not saved: File exists"):
        list(doing.run(f":save {file}"))
    list(doing.run(":clear"))
    assert list(doing.run(f":load {file}")) == ["not complete: 1 open mark"]
    doing.stream.type("t.")
    file.write_bytes(b"].}.")
    assert list(doing.run(f":load {file}")) == []
    assert [one.value for one in loaded] == [[], {}]
    for line in (":load", ":save", f":load {tmp_path}/none", f":load {tmp_path}"):
        with pytest.raises(HistshellError, match=r":load|:save|No such file|Is a directory"):
            list(doing.run(line))


def test_stack_memo_and_list() -> None:
    """What they show, also when there is nothing."""
    doing, _ = commands()
    assert list(doing.run(":stack")) == ["the stack is empty"]
    assert list(doing.run(":memo")) == ["the memo is empty"]
    assert list(doing.run(":list")) == ["nothing has been typed yet"]
    doing.stream.type("(I1")
    doing.stream.type("(]q\\x05(")
    assert list(doing.run(":sta")) == ["  (", "  1", "  (", "  []", "  ("]
    assert list(doing.run(":memo")) == ["  5: []"]
    assert len(list(doing.run(":list"))) == 6
    doing.stream.clear()
    doing.stream.type("].")
    assert list(doing.run(":stack")) == ["the last stream is complete; its value is in the history"]
    assert len(list(doing.run(":list"))) == 2
    for line in (":", ":s", ":nothing", ":undo x y"):
        if line == ":undo x y":
            list(doing.run(line))
            continue
        with pytest.raises(HistshellError, match="there is no command"):
            list(doing.run(line))
    while doing.stream.undo() is not None:
        pass
    with pytest.raises(HistshellError, match="no line to take back"):
        list(doing.run(":undo"))


def test_trusting_warns_where_it_is_wide() -> None:
    """A module's names are more than they seem, and everything is everything."""
    doing, _ = commands()
    assert list(doing.run(":trust")) == ["trusted: nothing beyond plain data and pure functions"]
    assert "what it has imported itself" in next(doing.run(":trust os.*"))
    assert "whatever you can do" in next(doing.run(":trust everything"))
    assert list(doing.run(":trust")) == ["trusted: os.*"]
    with pytest.raises(HistshellError, match="expected module"):
        list(doing.run(":trust system"))


def test_a_large_file_is_run_at_once_and_taken_back_as_a_whole() -> None:
    """Its opcodes are not logged, so it costs what it costs; in the middle of a stream there would be no way back."""
    at = stream()
    values(at, "I1", "0")
    large = b"]" + b"N0" * 200_000
    with pytest.raises(HistshellError, match=r":clear` first"):
        at.take(large, ":load large")
    assert at.undo() == "0"
    at.clear()
    at.take(large, ":load large")
    assert not at.machine._operations.log.on  # each opcode would cost half a kilobyte
    assert values(at, "I2", "a.") == [[2]]
    assert [at.undo(), at.undo()] == ["a.", "I2"]
    assert at.machine.stack == [[]]
    assert at.undo() == ":load large"
    assert at.machine.stack == []
    assert at.data == b""
    with pytest.raises(PikError):
        at.take(large + b"R", ":load large")
    assert at.failed is not None
    at.undo()
    assert values(at, "N.") == [None]


def test_a_large_file_of_several_streams_gives_all_values() -> None:
    """Each is a result, whichever way it was run; what follows the last one begins a stream."""
    at = stream()
    loaded = at.take((b"]" + b"N0" * 50_000 + b".") * 3 + b"I5\n", ":load large")
    assert [one.value for one in loaded] == [[], [], []]
    assert at.machine.stack == [5]
