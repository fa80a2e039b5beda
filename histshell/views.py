"""Looking back: a selection of results, and the table it prints as."""

from __future__ import annotations

import os
import sys
import time
from operator import index
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Mapping, Sequence, overload

from .entry import Entry
from .errors import HistshellError, NoSuchResult
from .history import KEPT, Own
from .placeholder import Placeholder
from .preview import clip, printable, type_name
from .preview.amounts import readable
from .preview.text import CUT
from .preview.text import width as width  # and for those who measure what they put beside a table

if TYPE_CHECKING:
    from .history import History

MOST_ROWS = 1000
"""A table longer than this shows its last rows and says how many there are."""

_TYPE_WIDTH = 22, 32
"""Columns for type and shape: in a terminal of less than `_WIDE`, and in one that is wider."""

_WIDE = 100
_SOURCE_SHARE = 0.4  # of what is left of the line for value and source
_WORTH = 1_000_000
"""Bytes: from that on a size is worth its column also where there is little room."""

_SIZED = frozenset(map(id, (list, tuple, dict, set, frozenset, str, bytes, bytearray, range)))
_OF_DATA = ("numpy", "pandas", "polars")


class Said(Own):
    """What was done, in a sentence, or a table; at the prompt it is shown, and gets no number."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class View(Own):
    """Some results of a history, oldest first. Prints as a table; `view[0]` is the first one's `Entry`.

    `view[2:5]` is a view again. `numbers` and `values` are lists in the same order. A view remembers numbers, not values: what was
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

    @overload
    def __getitem__(self, position: int) -> Entry: ...
    @overload
    def __getitem__(self, position: slice) -> View: ...
    def __getitem__(self, position: int | slice) -> Entry | View:
        if isinstance(position, slice):
            return View(self._history, self.numbers[position])
        return self._history.entry(self.numbers[position])

    def __iter__(self) -> Iterator[Entry]:
        return (self._history.entry(number) for number in self.numbers)

    def __repr__(self) -> str:
        numbers = self.numbers
        if not numbers:
            return "no results" if len(self._history) > 1 else f"no results yet: {KEPT}"
        rows = [self._history.entry(number) for number in numbers[-MOST_ROWS:]]
        lines = table(rows, columns(), time.time(), getattr(self._history.__dict__.get("__held__"), "sizes", None))
        if numbers[0] > 1 and isinstance(self._numbers, range):
            lines.append(f"({numbers[0] - 1:,} earlier: h.show({len(self._history) - 1}), h.find(...))")
        elif len(numbers) > MOST_ROWS:
            lines.append(f"({len(numbers):,} results, the last {MOST_ROWS:,} shown)")
        return "\n".join(lines)


def entry(self: History, number: int) -> Entry:
    """Return all that is known of result `number` (negative: from the end). Raises `NoSuchResult`, an IndexError.

    Of a result that was freed it is no more than that.
    """
    last, number = len(self) - 1, whole_number(number)
    position = number + last + 1 if number < 0 else number
    if not 0 < position <= last:
        raise NoSuchResult(number, max(last, 0))
    value = list.__getitem__(self, position)
    record = self.__records__[position] if position < len(self.__records__) else None
    return Entry(position, value, record if record is not None and record.value is value else None)


def show(self: History, n: int = 20) -> View:
    """Return the last `n` results as a view that prints as a table."""
    n = whole_number(n, "a number of results")
    return View(self, range(max(1, len(self) - max(n, 0)), len(self)))


def whole_number(value: Any, what: str = "the number of a result") -> int:
    """Return an index or a count that was given; of what is none the TypeError says what was expected."""
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{what} is expected, not a value of type {type_name(value)}") from None


def find(self: History, what: object) -> View:
    """Return the results that match `what`, as a view.

    A string: it occurs in the source, the type, the names of columns or the text of the value, upper and lower case alike. A type:
    the value is an instance. Anything else callable: it returns true for the value; where it raises, there is no match.
    """
    matches = matcher(what)
    numbers = [number for number in range(1, len(self)) if not _is_gone(list.__getitem__(self, number))]
    return View(self, [number for number in numbers if matches(self.entry(number))])


def _is_gone(value: object) -> bool:
    return type(value) is Placeholder and value.load is None


def matcher(what: object) -> Callable[[Entry], bool]:
    """Return the test that `History.find` makes of its argument."""
    if isinstance(what, str):
        from . import finding

        return finding.matcher(what)
    if isinstance(what, type):
        return lambda entry: _quiet(isinstance, entry.value, what)
    if callable(what):
        return lambda entry: _quiet(what, entry.value)
    raise HistshellError(f"h.find() takes a text, a type or a function, not {type(what).__name__}")


def _quiet(test: Callable[..., object], *arguments: object) -> bool:
    """Return whether `test` says yes; a test that raises for a value has not matched it."""
    try:
        return bool(test(*arguments))
    except Exception:
        return False


def table(entries: Sequence[Entry], columns: int, now: float, sizes: Mapping[int, int] | None = None) -> list[str]:
    """Return the lines of a table of `entries`, each at most `columns` wide: number, age, type, size, value, source.

    `sizes` are in bytes, by number, as far as they are known; without any there is no column for them.
    """
    known = {entry.number: sizes[entry.number] for entry in entries if entry.number in sizes} if sizes else {}
    if columns < _WIDE and max(known.values(), default=0) < _WORTH:
        known = {}
    most = _TYPE_WIDTH[columns >= _WIDE]
    rows = [("n", "age", "type", "size", "value", "source")]
    for entry in entries:
        kind, shown = looks(entry)
        size = readable(known[entry.number]) if entry.number in known else ""
        rows.append((str(entry.number), age(entry, now), fit(kind, most), size, shown, one_row(entry.source)))
    wide = [max(width(row[column]) for row in rows) for column in range(6)]
    if not known:
        wide[3] = -2  # and no space before it
    room = max(columns - sum(wide[:4]) - 2 * 5 - 1, 20)
    source = min(wide[5], max(int(room * _SOURCE_SHARE), room - wide[4]))
    value = min(wide[4], room - source)
    return laid_out(rows, [*wide[:4], value, source], (0, 1, 3))


def laid_out(rows: Iterable[Sequence[str]], widths: Sequence[int], right: Sequence[int] = ()) -> list[str]:
    """Return rows as lines, each cell cut to the width of its column; those of `right` stand at its right.

    A column whose width is below zero is left out.
    """
    shown = [(at, wide) for at, wide in enumerate(widths) if wide >= 0]
    lines = []
    for row in rows:
        cells = [fit(row[at], wide) for at, wide in shown]
        cells = [cell.rjust(wide) if at in right else pad(cell, wide) for cell, (at, wide) in zip(cells, shown)]
        lines.append("  ".join(cells).rstrip())
    return lines


def looks(entry: Entry) -> tuple[str, str]:
    """Return what the table says of a result's type, and of its value: the columns of a frame, how much of a list there is."""
    value, shown = entry.there, entry.preview
    kind = printable(clip(_type_of(value)))
    try:
        if id(type(value)) in _SIZED:
            return f"{kind} of {len(value):,}" if CUT in shown else kind, shown  # type: ignore[arg-type]
        if any(one in sys.modules for one in _OF_DATA) and type(value) is not Placeholder:
            from .completion import summary

            columns, dtype = summary.columns(value), summary.dtype(value)
            return summary.kind(value), columns or f"{dtype}  {shown}".lstrip()
    except Exception:  # a value that another thread is changing
        pass
    return kind, shown


def _type_of(value: object) -> str:
    """Return the name of a value's type; of one that is not there, what is known of it."""
    return value.type.rpartition(".")[2] if type(value) is Placeholder else type_name(value)


def age(entry: Entry, now: float) -> str:
    """Return how long ago a result was displayed; empty if unknown."""
    return "" if entry.when is None else ago(now - entry.when.timestamp())


def ago(seconds: float) -> str:
    """Return so long a time in its largest unit: `7s`, `5m`, `2h`, `3d`."""
    whole = max(0, int(seconds))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if whole >= length:
            return f"{whole // length}{unit}"
    return f"{whole}s"


def one_row(source: str) -> str:
    """Return a source on one line: the first, with a sign if there are more."""
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


def columns() -> int:
    """Return the terminal's width, 80 if there is none."""
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
