"""What a user does to the list `h`: results are freed and replaced, and none gets another number.

The functions here are methods of `History`, those of operators without their underscores. What is not here is as `list`
has it, since it moves nothing.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex

from .errors import NoSuchResult, NumbersStay
from .history import reset
from .placeholder import Placeholder

if TYPE_CHECKING:
    from .history import History


def delitem(self: History, where: SupportsIndex | slice) -> None:
    """Free a result, or several; `del h[:]` forgets everything, as `h.clear()` does."""
    if not isinstance(where, slice):
        _free(self, _position(self, where))
    elif len(places := range(*where.indices(len(self)))) == len(self):
        reset(self)
    else:
        for position in places:
            if position and not _is_free(self, position):
                _free(self, position)


def set_slice(history: History, where: Any, value: Any) -> None:
    """Put values in the places of a slice: one for each, and those without one are freed."""
    if isinstance(where, slice):
        values: list[Any] = []
        values[:] = value
        _set_places(history, where, values)
    else:
        list.__setitem__(history, where, value)
    _forget_what_is_gone(history)


def pop(self: History, index: SupportsIndex | None = None, /) -> Any:
    """Free a result and return it: that of a number, or the last that is there."""
    if index is None:
        position = last = len(self) - 1
        while position > 0 and _is_free(self, position):
            position -= 1
        if position <= 0:
            raise NoSuchResult(max(last, 1), max(last, 0), freed=last > 0)
    else:
        position = _position(self, index)
    value = self[position]
    _free(self, position)
    return value


def remove(self: History, value: Any, /) -> None:
    """Free the first result that is equal to a value; raises ValueError if there is none."""
    position = 0
    while True:
        try:
            position = list.index(self, value, position + 1)
        except ValueError:
            raise ValueError("h.remove(x): x is not in h") from None
        if not _is_free(self, position):
            _free(self, position)
            return


def insert(self: History, index: SupportsIndex, value: Any, /) -> None:
    """Append a value, if that is what inserting it there means; elsewhere it would give results other numbers."""
    if operator.index(index) < len(self):
        _refuse("h.insert()", "h.append(x) gives x a number, h[n] = x puts it in the place of result n")
    list.append(self, value)


def sort(self: History, *, key: Any = None, reverse: bool = False) -> NoReturn:
    """Raise `NumbersStay`: `sorted(h[1:])` is a sorted list of the results."""
    del self, key, reverse
    _refuse("h.sort()", "sorted(h[1:]) is a list in order")


def reverse(self: History) -> NoReturn:
    """Raise `NumbersStay`: `h[:0:-1]` is a list of the results, newest first."""
    del self
    _refuse("h.reverse()", "h[:0:-1] is a list of the results, newest first")


def imul(self: History, count: object) -> NoReturn:
    """Raise `NumbersStay`: `h[1:] * n` is a list."""
    del self, count
    _refuse("h *= n", "h[1:] * n is a list")


def _refuse(what: str, instead: str) -> NoReturn:
    raise NumbersStay(f"{what} would give results other numbers; {instead}")


def _position(history: History, where: SupportsIndex) -> int:
    """Return the position of a result that is there, by its number; negative ones count from the end."""
    try:
        number = operator.index(where)
    except TypeError:
        raise TypeError(f"list indices must be integers or slices, not {type(where).__name__}") from None
    last = len(history) - 1
    position = number + last + 1 if number < 0 else number
    if not 0 < position <= last:
        raise NoSuchResult(number, max(last, 0))
    if _is_free(history, position):
        raise NoSuchResult(number, last, freed=True)
    return position


def _is_free(history: History, position: int) -> bool:
    return type(history[position]) is Placeholder


def _free(history: History, position: int) -> None:
    """Let go of a result and of all that was known of it."""
    list.__setitem__(history, position, Placeholder(position))
    if position < len(history.__records__):
        history.__records__[position] = None


def replace(history: History, position: int, text: str) -> None:
    """Put a placeholder where a result was, with a few words about it; where it came from is still known."""
    placeholder = Placeholder(position, text)
    records = history.__records__
    record = records[position] if position < len(records) else None
    known = record is not None and record.value is list.__getitem__(history, position)
    list.__setitem__(history, position, placeholder)
    if record is not None:
        if known:
            record.value = placeholder
        else:
            records[position] = None


def _set_places(history: History, where: slice, values: list[Any]) -> None:
    start, stop, step = where.indices(len(history))
    places = range(start, stop, step)
    if step != 1 or len(places) == len(history):
        list.__setitem__(history, where, values)  # as many values as places, or list says so; or a new list
        return
    end = start + len(places)
    if len(values) > len(places) and end < len(history):
        _refuse("more values than places", "h.append(x) gives x a number, h[n] = x puts it in the place of result n")
    for position in places[len(values) :]:
        stays = position == 0 or _is_free(history, position)
        values.append(history[position] if stays else Placeholder(position))
    list.__setitem__(history, slice(start, end), values)


def _forget_what_is_gone(history: History) -> None:
    """Let go of what was known of results that have been replaced: it would keep them alive."""
    records = history.__records__
    for position, record in enumerate(records):
        if record is not None and (position >= len(history) or history[position] is not record.value):
            records[position] = None
    del records[max(len(history), 1) :]
