"""The table, and the previews in it."""

from __future__ import annotations

import types

import pytest

from histshell import History
from histshell.history import record
from histshell.preview import LIMIT, one_line, preview, printable
from histshell.views import MOST_ROWS, fit, table, width


def history_of(*rows: tuple[object, str, str | None, float]) -> History:
    """A history of (value, source, displayed text, age in seconds before 1000)."""
    history = History()
    for value, source, shown, age in rows:
        made = record(history, value, 1000.0 - age)
        made.source, made.preview = source, shown
    return history


def test_the_table() -> None:
    """Number, age, type, value and source, in columns."""
    history = history_of((3, "1 + 2", "3", 7), ([1, 2], "x", "[1, 2]", 3 * 3600), ("a", "for i in y:\n    i", None, 90))
    assert table(list(history.show()), 80, 1000.0) == [
        "n  age  type  value   source",
        "1   7s  int   3       1 + 2",
        "2   3h  list  [1, 2]  x",
        "3   1m  str   'a'     for i in y: ...",
    ]


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    """Long values and sources are cut, wide characters counted as two columns."""
    history = history_of(
        ("漢字" * 60, "漢字 = '" + "字" * 90, None, 0), (list(range(99)), "list(range(99))" * 9, None, 10**7)
    )
    for line in table(list(history.show()), columns, 1000.0):
        assert width(line) <= max(columns, 20 + 30)


def test_only_the_last_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The history prints its last twenty and says how to see the others."""
    monkeypatch.setenv("COLUMNS", "100")
    history = history_of(*((n, str(n), str(n), 0) for n in range(1, 51)))
    lines = repr(history).splitlines()
    assert len(lines) == 22
    assert lines[1].split()[0] == "31"
    assert lines[-1] == "(30 earlier: h.show(50), h.find(...))"
    assert len(repr(history.show(50)).splitlines()) == 51
    assert history.show(0).numbers == history.show(-5).numbers == []
    assert repr(History()) == "no results yet: results are kept as h[1], h[2]… · h lists them"
    assert repr(history.find("nothing like it")) == "no results"


def test_a_huge_view_is_bounded() -> None:
    """A million rows would be no answer."""
    history = history_of(*((n, "", "", 0) for n in range(MOST_ROWS + 5)))
    lines = repr(history.find(int)).splitlines()
    assert len(lines) == MOST_ROWS + 2
    assert lines[-1] == f"({MOST_ROWS + 5:,} results, the last {MOST_ROWS:,} shown)"


def test_a_preview_cannot_talk_to_the_terminal() -> None:
    """Control characters are shown, not sent."""
    assert one_line("a\x1b[2Jb\nc\r\x07") == "a\\x1b[2Jb c\\r\\x07"
    assert printable("\x9b\u202e") == "\\x9b\\u202e"
    history = history_of(("x", "'\x1b]0;title\x07'", "\x1b[31mred", 0))
    assert "\x1b" not in repr(history) + repr(history.entry(1))


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -2.5, 1j, "a'b", b"\x00", [1, [2]], (1,), (), {}, {"a": {1: ()}}, set(), {3}, frozenset(),
     frozenset({1}), range(3), ..., NotImplemented, int, OSError, len],
)  # fmt: skip
def test_a_preview_of_plain_values_is_their_repr(value: object) -> None:
    """For small built-in values there is no difference to see."""
    assert preview(value) == repr(value)


def test_a_preview_is_bounded_and_calls_nothing() -> None:
    """However large, deep or circular the value, and whatever its methods do."""

    class Foreign(list[int]):
        def __repr__(self) -> str:
            raise RuntimeError

        __len__ = __iter__ = __getitem__ = __bool__ = __repr__  # type: ignore[assignment]

    circle: list[object] = [1]
    circle.append(circle)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    doubled: tuple[object, ...] = ()
    for _ in range(200):
        doubled = (doubled, doubled)
    for value in (
        circle,
        deep,
        doubled,
        Foreign([1]),
        [Foreign()] * 9,
        "x" * 10**7,
        b"x" * 10**7,
        10**100_000,
        list(range(10**6)),
    ):
        assert 2 <= len(preview(value)) <= LIMIT
    assert preview(circle) == "[1, [...]]"
    assert preview(10**100_000) == f"<int of {(10**100_000).bit_length()} bits>"
    assert preview(Foreign()).startswith(f"<{__name__}.Foreign object at 0x")
    assert preview(types.SimpleNamespace()).startswith("<types.SimpleNamespace object at 0x")


def test_cutting_counts_columns() -> None:
    """A wide character is not cut in half, a combining one takes no room."""
    assert fit("漢字漢字", 5) == "漢字…"
    assert fit("漢字漢字", 4) == "漢…"
    assert width("e\u0301") == 1
