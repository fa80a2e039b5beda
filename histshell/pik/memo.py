"""The memo: numbered places for values, as C's loader has them."""

from __future__ import annotations

from heapq import nlargest
from typing import Any, Callable

from histshell.pik.versions import SPARSE_MEMO

EMPTY: Any = object()  # nothing was stored under this number


class Memo:
    """Values by number: in a list as long as the numbers are close together, in a dict beyond.

    It knows how many places are filled, which is what MEMOIZE stores under, and it does not check how high a number may
    be: `histshell.pik.budget.Budget` does. ``items`` is the list, to be read by who knows that `EMPTY` means nothing.
    """

    def __init__(self) -> None:
        """Begin with nothing stored."""
        self.items: list[Any] = []
        self.dense = True  # the list has no holes and is all there is, and ``filled`` is not kept up
        self._far: dict[int, Any] = {}
        self._filled = 0
        self._room = 32

    def as_dict(self) -> dict[int, Any]:
        """Return number to value, as a new dict."""
        near = {number: value for number, value in enumerate(self.items) if value is not EMPTY}
        return {**near, **self._far}

    def newest(self, most: int) -> dict[int, Any]:
        """Return the entries with the highest numbers, in their order; does not go through all of it."""
        found: dict[int, Any] = {}
        for number in range(len(self.items) - 1, -1, -1):
            if len(found) >= most:
                break
            if self.items[number] is not EMPTY:
                found[number] = self.items[number]
        if self._far:
            found.update((number, self._far[number]) for number in nlargest(most, self._far))
        return {number: found[number] for number in sorted(found)[-most:]}

    def get(self, number: int) -> Any:
        """Return the value under *number*, or `EMPTY`."""
        value = self.items[number] if 0 <= number < len(self.items) else EMPTY
        return self._far.get(number, EMPTY) if value is EMPTY else value

    @property
    def next(self) -> int:
        """The number that MEMOIZE stores under."""
        return len(self.items) if self.dense else self._filled

    def count(self) -> None:
        """Count what is filled from here on, as is needed once numbers are not taken in turn, or are taken back."""
        if self.dense:
            self.dense = False
            self._filled = len(self.items)

    def facts(self) -> tuple[int, int]:
        """Return the counts that `restore` takes."""
        return self._filled, self._room

    def restore(self, facts: tuple[int, int]) -> None:
        """Go back to counts that `facts` has given; the values are taken back one by one."""
        self._filled, self._room = facts

    def store(self, number: int, value: Any) -> Callable[[], None]:
        """Store *value* under any *number*; return what takes it back."""
        self.count()
        items = self.items
        if number >= len(items) and self._is_far(number):
            where: Any = self._far
            old = where.get(number, EMPTY)
            counted = not SPARSE_MEMO
        else:
            where = items
            while len(items) <= number:
                items.append(EMPTY if SPARSE_MEMO else self._far.pop(len(items), EMPTY))
            old = items[number]
            counted = True
        where[number] = value
        if old is EMPTY and counted:
            self._filled += 1
        return lambda: self._forget(where, number, old)

    def _is_far(self, number: int) -> bool:
        """Return whether *number*, which the list does not reach, goes into the dict."""
        if not SPARSE_MEMO:
            return number in self._far or number > 2 * len(self.items) + 64
        # As C does: its table has room for 32, doubles as it fills, and takes no number beyond twice what it holds.
        while self._room < len(self.items):
            self._room *= 2
        if number < self._room:
            return False
        if number > 2 * self._filled:
            return True
        self._room = 2 * number
        return False

    @staticmethod
    def _forget(where: Any, number: int, old: Any) -> None:
        """Take back what was stored."""
        if old is EMPTY and type(where) is dict:
            del where[number]
            return
        where[number] = old
        while type(where) is list and where and where[-1] is EMPTY:
            where.pop()
