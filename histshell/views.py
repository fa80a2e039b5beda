"""Looking back: a selection of results, and the table it prints as."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Callable, Iterator, Sequence

from .errors import HistshellError
from .preview import printable, type_name

if TYPE_CHECKING:
    from .entry import Entry
    from .history import History

MOST_ROWS = 1000
"""A table longer than this shows its last rows and says how many there are."""

_TYPE_WIDTH = 16
_SOURCE_SHARE = 0.4  # of what is left of the line for value and source


class View:
    """Some results of a history, oldest first. Prints as a table; `view[0]` is the first one's `Entry`.

    `numbers` and `values` are lists in the same order. A view remembers numbers, not values: what was
    removed from the history since then is left out.
    """

    def __init__(self, history: History, numbers: Sequence[int]) -> None:
        self._history = history
        self._numbers = numbers

    @property
    def numbers(self) -> list[int]:
        """The numbers of the results."""
        return [number for number in self._numbers if number < len(self._history)]

    @property
    def values(self) -> list[Any]:
        """The results themselves."""
        return [self._history[number] for number in self.numbers]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, position: int) -> Entry:
        return self._history.entry(self.numbers[position])

    def __iter__(self) -> Iterator[Entry]:
        return (self._history.entry(number) for number in self.numbers)

    def __repr__(self) -> str:
        numbers = self.numbers
        if not numbers:
            return "no results" if len(self._history) > 1 else "no results yet"
        rows = [self._history.entry(number) for number in numbers[-MOST_ROWS:]]
        lines = table(rows, _columns(), time.time())
        if numbers[0] > 1 and isinstance(self._numbers, range):
            lines.append(f"({numbers[0] - 1:,} earlier: h.show({len(self._history) - 1}), h.find(...))")
        elif len(numbers) > MOST_ROWS:
            lines.append(f"({len(numbers):,} results, the last {MOST_ROWS:,} shown)")
        return "\n".join(lines)


def matcher(what: object) -> Callable[[Entry], bool]:
    """The test that `History.find` makes of its argument."""
    if isinstance(what, str):
        text = what.casefold()
        return lambda entry: text in entry.source.casefold() or text in entry.preview.casefold()
    if isinstance(what, type):
        return lambda entry: _quiet(isinstance, entry.value, what)
    if callable(what):
        return lambda entry: _quiet(what, entry.value)
    raise HistshellError(f"h.find() takes a text, a type or a function, not {type(what).__name__}")


def _quiet(test: Callable[..., object], *arguments: object) -> bool:
    """Whether `test` says yes; a test that raises for a value has not matched it."""
    try:
        return bool(test(*arguments))
    except Exception:
        return False


def table(entries: Sequence[Entry], columns: int, now: float) -> list[str]:
    """The lines of a table of `entries`, each at most `columns` wide: number, age, type, value, source."""
    rows = [
        (
            str(entry.number),
            age(entry, now),
            fit(type_name(entry.value), _TYPE_WIDTH),
            entry.preview,
            one_row(entry.source),
        )
        for entry in entries
    ]
    rows.insert(0, ("n", "age", "type", "value", "source"))
    number, old, kind = (max(width(row[column]) for row in rows) for column in range(3))
    room = max(columns - number - old - kind - 2 * 4 - 1, 20)
    source = min(
        max(width(row[4]) for row in rows), max(int(room * _SOURCE_SHARE), room - max(width(row[3]) for row in rows))
    )
    value = min(max(width(row[3]) for row in rows), room - source)
    return [
        "  ".join(
            [
                row[0].rjust(number),
                row[1].rjust(old),
                pad(row[2], kind),
                pad(fit(row[3], value), value),
                fit(row[4], source),
            ]
        ).rstrip()
        for row in rows
    ]


def age(entry: Entry, now: float) -> str:
    """How long ago, in its largest unit: `7s`, `5m`, `2h`, `3d`; empty if unknown."""
    when = entry.when
    if when is None:
        return ""
    seconds = max(0, int(now - when.timestamp()))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def one_row(source: str) -> str:
    """A source on one line: the first, with a sign if there are more."""
    first, newline, _ = source.strip().partition("\n")
    return printable(first) + (" ..." if newline else "")


def fit(text: str, columns: int) -> str:
    """Cut `text` to `columns` terminal columns, marking the cut."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for character in text:
        used += width(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def pad(text: str, columns: int) -> str:
    """Fill `text` with spaces up to `columns` terminal columns."""
    return text + " " * (columns - width(text))


def width(text: str) -> int:
    """How many columns a terminal uses for `text`: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def _columns() -> int:
    """The terminal's width, 80 if there is none."""
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    for descriptor in (1, 2, 0):
        try:
            return os.get_terminal_size(descriptor).columns or 80
        except (OSError, ValueError, AttributeError):
            continue
    return 80
