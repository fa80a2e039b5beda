"""`LazyHistory`: a history that has results which are loaded when somebody looks at them."""

from __future__ import annotations

import operator
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Iterator, SupportsIndex

from .history import History
from .placeholder import Placeholder

if TYPE_CHECKING:
    from .history import Record


class _Item:
    """What `h[3]` asks, so that a number that there is none of shows no frame of ours: `h` raises what any list does.

    For each history it gives a class, which is called with the number. Its `__new__` gives the result; where there is none it gives
    an instance, and then C calls the `__init__`, which is the list's own.
    """

    def __get__(self, history: Any, kind: Any = None) -> Any:
        if history is None:
            return self
        found = history.__dict__.get("__item__")
        if found is None:
            found = history.__dict__["__item__"] = _of_history(history)
        return found

    def __call__(self, history: LazyHistory, where: Any) -> Any:
        """Return a result of a history."""
        return _of_history(history)(where)


def _of_history(history: LazyHistory) -> Any:
    def __new__(cls: type, where: Any) -> Any:  # noqa: N807  # it becomes one
        try:
            found = list.__getitem__(history, where)
        except (IndexError, TypeError):
            return object.__new__(cls)
        if isinstance(where, slice):
            return [_seen(history, position) for position in range(*where.indices(len(history)))]
        if type(found) is Placeholder and found.load is not None:
            position = operator.index(where)
            return _seen(history, position if position >= 0 else position + len(history))
        return found

    return type("h", (), {"__new__": __new__, "__init__": list.__getitem__.__get__(history)})


class LazyHistory(History):
    """What `h` becomes when results of an older session stand in it, or such as were saved and released.

    `h[3]`, slices, iterating, `in`, `+` and `list(h)` load what they meet. What reads the list past its methods, as C code may,
    sees the placeholders.
    """

    __getitem__: Any = _Item()

    def __iter__(self) -> Iterator[Any]:
        position = 0
        while position < len(self):
            yield _seen(self, position)
            position += 1

    def __reversed__(self) -> Iterator[Any]:
        return (_seen(self, position) for position in range(len(self) - 1, -1, -1))

    def __contains__(self, value: object) -> bool:
        return any(one is value or one == value for one in self)

    def __add__(self, other: Any) -> Any:
        return list(self) + other

    def copy(self) -> list[Any]:
        """Return a list of the results."""
        return list(self)

    def count(self, value: Any) -> int:
        """Return how many results are equal to a value."""
        return list(self).count(value)

    def index(self, value: Any, *bounds: SupportsIndex) -> int:
        """Return the number of the first result that is equal to a value."""
        return list(self).index(value, *bounds)


def hold(history: History, placeholder: Placeholder, record: Record | None) -> None:
    """Put a result that is not loaded yet at its number, or append it there, with what is known of it."""
    if type(history) is not LazyHistory:
        history.__class__ = LazyHistory
        _tell_ipython()
    if placeholder.load is not None:
        placeholder.load = partial(_load, history, placeholder, placeholder.load)
    records = history.__records__
    position = placeholder.number
    while len(records) < position:
        records.append(None)
    if len(history) == position:
        list.append(history, placeholder)
    else:
        list.__setitem__(history, position, placeholder)
    if record is not None:
        record.value = placeholder
    records[position : position + 1] = [record]


def _tell_ipython() -> None:
    """Have IPython's guarded evaluation take `h[3].` for what it is: finding a result runs nothing."""
    guard = sys.modules.get("IPython.core.guarded_eval")
    try:
        guard.EVALUATION_POLICIES["limited"].allowed_getitem.add(LazyHistory)  # type: ignore[union-attr]
    except Exception:  # there is none, or another: then TAB shows nothing there until the result has been looked at
        pass


def _load(history: History, placeholder: Placeholder, load: Callable[[], object]) -> object:
    """Load a result, and let it stand in its place from now on."""
    position = placeholder.number
    value = load()
    if (
        type(value) is Placeholder
    ):  # next time it may be there: a file that comes by a sync, a module that is imported meanwhile
        return value
    found = list.__getitem__(history, position) if position < len(history) else value
    if found is not placeholder:  # somebody has been faster, or has put something else there
        return value if type(found) is Placeholder else found  # where it was freed, what was asked for
    list.__setitem__(history, position, value)
    records = history.__records__
    record = records[position] if position < len(records) else None
    if record is not None and record.value is placeholder:
        record.value = value
    counting = history.__dict__.get("__held__")
    if counting is not None:
        counting.changed(position)
    return value


def _seen(history: History, position: int) -> Any:
    """Return a result; one that is not loaded yet is from now on."""
    found = list.__getitem__(history, position)
    return found.load() if type(found) is Placeholder and found.load is not None else found
