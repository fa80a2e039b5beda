"""What a terminal hands over for a paste, cut into the lines that it was."""

from __future__ import annotations

import tracemalloc

import pytest

from histshell.pik.mode import notation, pasting
from histshell.pik.mode.stream import Stream


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("].", ["]."]),
        ("(I1\nI2\nt.", ["(I1", "I2", "t."]),
        ("(I1\nI2\nt.\n", ["(I1", "I2", "t."]),  # Enter has ended the last line
        ("cos\n", ["cos"]),
        ("\n", [""]),
        ("\n].", ["", "]."]),
        ("(\n\nt.", ["(", "t."]),
        ("(I1\n\nI2\n\nt.\n\n", ["(I1", "I2", "t."]),  # \r\n, of which a terminal has made two
        ("(I1\n\nI2\nt.", ["(I1", "", "I2", "t."]),
        ("(I1\n\n\nt.", ["(I1", "", "", "t."]),
        ("V\n\n.", ["V", "."]),
        ("V \t\x0b\x0c\x1c\x85.", ["V \t\x0b\x0c\x1c\x85."]),  # no newlines to Pik
    ],
)
def test_the_lines_of_a_paste(text: str, expected: list[str]) -> None:
    """A newline divides, and nothing else that Python takes for one."""
    assert pasting.lines(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Va\tb\t", "Va\\tb\\t"),
        ("Va\\\tb", "Va\\\tb"),
        ("Va\\\\\tb", "Va\\\\\tb"),
        ("b'a\tb'", "b'a\tb'"),
        ("x 80\t04", "x 80\t04"),
        (":load\tfile", ":load\tfile"),
    ],
)
def test_a_tab_is_spelled_where_that_means_the_same(line: str, expected: str) -> None:
    """The bytes of a line stay what they are."""
    assert notation.spell_tabs(line) == expected
    assert notation.plain(notation.spell_tabs(line)) == notation.plain(line)


@pytest.mark.slow
def test_the_way_back_from_many_lines_is_short() -> None:
    """Each line of a long stream can be taken back, and what is kept for that does not grow with the square of their number."""
    stream = Stream(lambda _: None)
    tracemalloc.start()
    try:
        stream.type("(")
        for number in range(4000):
            stream.type(f"I{number}")
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < 10_000_000
    for number in reversed(range(3990, 4000)):
        assert stream.undo() == f"I{number}"
    (loaded,) = stream.type("t.")
    assert loaded.value == tuple(range(3990))
    assert loaded.source.split("\n")[-2:] == ["I3989", "t."]
    assert stream.data.endswith(b"I3989\nt.")
