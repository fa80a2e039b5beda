"""Looking at all of a value before it is pickled: is it plain, is it small, is it shallow, and how long will it take.

The walk goes as C's pickler will: the same order, each thing once where that remembers it. So the depth it finds is the depth
that C will have. It reads built-in containers by their own methods and everything else by `kinds`; no code of the value's runs.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Set, Tuple

from . import kinds, numpy_parts
from .parts import Effort, NameNumber, NotPlain, Parts

DEPTH = 100
"""How deep containers may lie in one another: on Python 3.8 to 3.11 a user's `sys.setrecursionlimit` is all that C heeds."""

_ATOMS = frozenset(map(id, (type(None), bool, int, float, str, bytes, NameNumber)))
_SIZED: Dict[int, Callable[[Any], int]] = {id(str): len, id(bytes): len, id(int): lambda value: value.bit_length() >> 3}
_LISTED = frozenset(map(id, (list, tuple, set, frozenset)))
_LATE = frozenset(map(id, (tuple, frozenset)))  # remembered when their items have been written

BUILT_IN = _ATOMS | _LISTED | {id(dict)}

# In units of work, of some 0.2 µs.
_CONTAINER, _FOREIGN = 8, 40


class ValueWalk(Effort):
    """One walk over a value. Afterwards `foreign` has what `kinds` made of each object that is not of a built-in type, by id."""

    def __init__(self, limit: int, effort: int) -> None:
        super().__init__(limit, effort)
        self.foreign: Dict[int, Parts] = {}
        self.used: Set[int] = set()
        self._seen: Dict[int, object] = {}  # they live as long as the walk: no other gets their ids
        self._levels: List[Tuple[Iterator[Any], object | None]] = []

    def over(self, value: object) -> None:
        """Look at a value and all that is in it. Raises `NotPlain` or `Slow`."""
        levels = self._levels
        self._open(value)
        while levels:
            items, late = levels[-1]
            for item in items:
                if id(type(item)) in _ATOMS:
                    self._sized(item)
                elif id(item) not in self._seen:
                    self._open(item)
                    break
            else:
                levels.pop()
                if late is not None:
                    self._seen[id(late)] = late

    def _open(self, value: Any) -> None:
        """Begin with what is in a container; done at once where it holds atoms alone."""
        kind = id(type(value))
        if kind in _ATOMS:
            self._sized(value)
            return
        if kind not in BUILT_IN:
            self._foreign(value)
            return
        if len(value) > self.limit:  # each item takes a byte
            raise NotPlain(value, f"takes more than {self.limit:,} bytes")
        self.charge(_CONTAINER + (len(value) >> (kind != id(dict))))
        items = list(value)
        if kind == id(dict):
            items += dict.values(value)
        late = kind in _LATE
        if not late:
            self._seen[id(value)] = value
        if self._flat(items):
            if late:
                self._seen[id(value)] = value
            return
        if kind == id(dict):
            items = [part for pair in dict.items(value) for part in pair]
        self.charge(len(items))
        self._push(iter(items), value if late else None)

    def _push(self, items: Iterator[Any], late: object | None) -> None:
        if len(self._levels) >= DEPTH - 1:
            raise NotPlain(late, f"nested more than {DEPTH} deep")
        self._levels.append((items, late))

    def _foreign(self, value: object) -> None:
        """Begin with the parts of an object that is not of a built-in type."""
        self.charge(_FOREIGN)
        make = kinds.of(type(value)) or numpy_parts.of(type(value))
        parts = make(value, self) if make is not None else None
        if parts is None:
            raise NotPlain(value)
        self.foreign[id(value)] = parts
        self.used.add(parts.name.index)
        self.charge((len(parts.items or ()) + len(parts.pairs or ())) << 1)
        rest = [parts.state, *(parts.items or ())]
        for pair in parts.pairs or ():
            rest += pair
        self._push(iter(rest), None)
        self._push(iter(parts.args), value)

    def _sized(self, item: Any) -> None:
        size = _SIZED.get(id(type(item)))
        if size is not None and size(item) > self.limit:
            raise NotPlain(item, f"takes more than {self.limit:,} bytes")
        if type(item) is NameNumber:
            self.used.add(item.index)

    def _flat(self, items: List[Any]) -> bool:
        """Return whether these are atoms alone, none of them too large."""
        types = set(map(id, map(type, items)))
        if not types <= _ATOMS:
            return False
        size = _SIZED.get(next(iter(types))) if len(types) == 1 else None
        if size is len:
            if max(map(len, items)) > self.limit:
                self._each(items)
        elif size is not None:
            if max(map(int.bit_length, items)) >> 3 > self.limit:
                self._each(items)
        elif len(types) > 1:
            self._each(items)
        return True

    def _each(self, items: List[Any]) -> None:
        for item in items:
            self._sized(item)
