"""`Entry`, and which part of an input made a result."""

from __future__ import annotations

import sys
import types
from datetime import datetime, timezone

import pytest

from histshell import Entry
from histshell.history import History, Record
from histshell.positions import exact, position


def record(value: object, source: str = "", where: int = 0, preview: str | None = None) -> Record:
    """A record as the recorder makes it."""
    made = Record(value, 86400.5)
    made.source, made.where, made.cwd, made.preview = source, where, "/tmp", preview
    return made


def displayed(source: str) -> list[str]:
    """Run `source` as one input and return what `exact` says of each value displayed."""
    code = compile(source, "<test>", "single")
    found = []

    def hook(value: object) -> None:
        if value is not None:
            frame = sys._getframe(1)
            found.append(exact(source, position(frame.f_code, frame.f_lasti)))

    old, sys.displayhook = sys.displayhook, hook
    try:
        exec(code, {})
    finally:
        sys.displayhook = old
    return found


def test_an_entry_tells_what_is_known() -> None:
    """Number, value, source, time in UTC, directory and preview."""
    entry = Entry(3, [1], record([1], "[1]", preview="[1]"))
    assert (entry.number, entry.value, entry.source, entry.cwd, entry.preview) == (3, [1], "[1]", "/tmp", "[1]")
    assert entry.when == datetime(1970, 1, 2, 0, 0, 0, 500000, tzinfo=timezone.utc)
    assert repr(entry) == "<Entry 3: [1] <- '[1]'>"


def test_a_drawn_table_is_known_by_its_words() -> None:
    """The lines around them would be most of a preview."""
    drawn = "shape: (1, 2)\n┌──────┬─────┐\n│ city ┆ kg  │\n╞══════╪═════╡\n│ Oslo ┆ 12  │\n└──────┴─────┘"
    assert Entry(1, None, record(None, preview=drawn)).preview == "shape: (1, 2) city kg Oslo 12"
    assert Entry(1, None, record(None, preview="'│  ─'")).preview == "'│  ─'"


def test_an_entry_of_an_unknown_result() -> None:
    """What a user appended has a value and a preview, and nothing else."""
    history = History()
    history.append("by hand")
    entry = history.entry(1)
    assert (entry.source, entry.when, entry.cwd, entry.preview) == ("", None, "", "'by hand'")
    assert repr(entry) == "<Entry 1: 'by hand'>"


def test_an_entry_cannot_be_changed() -> None:
    """Setting and deleting raise; entries compare by identity, not by asking their values."""
    entry = Entry(1, 2)
    with pytest.raises(AttributeError, match="cannot be changed"):
        entry.number = 5
    with pytest.raises(AttributeError, match="cannot be changed"):
        del entry.value
    assert entry != Entry(1, 2)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1; 2", ["1", "2"]),
        ("a = 3; a; a + 1; None; a + 2", ["a", "a + 1", "a + 2"]),
        ("'é'; 'ü;' ; 3", ["'é'", "'ü;'", "3"]),
        ("[1,\n 2]", ["[1,\n 2]"]),
        ("for i in range(2):\n    i; i + 1\n", ["for i in range(2):\n    i; i + 1"] * 4),
        ("if 1: 5; 6\n", ["if 1: 5; 6"] * 2),
        ("x = lambda: 3; x(); (lambda: 4)()", ["x()", "(lambda: 4)()"]),
        ("7", ["7"]),
    ],
)
def test_the_exact_expression_where_there_are_several(source: str, expected: list[str]) -> None:
    """Of several statements the one that made the value; of one, all of it."""
    assert displayed(source) == expected


@pytest.mark.parametrize(("where", "expected"), [(-1, "1"), (-2, "2"), (-3, "if 1: 3"), (-9, "1; 2\nif 1: 3")])
def test_the_expression_by_count(where: int, expected: str) -> None:
    """Before Python 3.11 the displays of an input are counted."""
    assert exact("1; 2\nif 1: 3", where) == expected


@pytest.mark.parametrize("source", ["not; python (", "a\0b; c", "(" * 500 + ";"])
def test_a_source_that_cannot_be_parsed_is_given_whole(source: str) -> None:
    """A shell may know only part of the text."""
    assert exact(source, 65537) == source


def test_a_position_of_nothing() -> None:
    """An instruction without a line gives 0, the whole source."""
    code = (lambda: None).__code__
    assert isinstance(code, types.CodeType)
    if sys.version_info >= (3, 11):
        assert position(code, 10**6) == 0
