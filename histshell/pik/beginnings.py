"""What is kept of long containers while a stream is read for what is shown of it: their beginnings, and how long they are.

A list or dict that is cut stays the object that it is; what was cut off is counted here. What the stream does later can tell in
two ways. SETITEM gives a list an item by its number, which no pickler does: where that has changed what is kept, it is not
``done``. A key that was cut off may come again, which would not make a dict longer: its hash is remembered, and where two are
equal it is not known how long the dict is: it is not ``done``.
Sets are not cut, as the order of their items is that of the whole.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from itertools import islice
from operator import is_
from typing import Any, Iterable, Iterator

from histshell.preview import Beginning

LOOKED = 100_000  # items of a container whose types are looked at
_SLACK = 200  # pairs that a dict may have beyond those that are kept
_BUCKETS = 64  # in which hashes are compared
_DEEP = 5  # levels of finished containers that are looked through for long ones
_AT_ONCE = 100_000  # things, about, that are looked through for long ones between two pieces
_FEW = 1_000  # cut containers that are kept whether anything else has them or not


@dataclass(frozen=True)
class Keep:
    """What is kept: ``items`` of a list and ``pairs`` of a dict, the first ones, and what a path may lead to."""

    items: int
    pairs: int
    numbers: tuple[int, ...] = ()
    keys: tuple[Any, ...] = ()


class _Cut:
    """What was cut off of one container."""

    __slots__ = ("count", "first", "keys", "kinds", "later", "thing")

    def __init__(self, thing: Any) -> None:
        self.thing = thing  # so that the id stays its own
        self.count = 0
        self.first: list[Any] = []  # what is kept of a list
        self.kinds: dict[int, type] = {}  # of the first items, by their ids
        self.later: dict[int, Any] = {}  # items of a list beyond its beginning, by their numbers
        self.keys: _Keys | None = None  # of a dict


class _Keys:
    """The keys that were cut off of a dict: whether all of them differ.

    Of ints that come in their order the last one is enough. Of others the hashes are kept, in buckets, in which they are compared.
    """

    def __init__(self) -> None:
        self.differ = True
        self._counts = True  # ints in their order, until now
        self._last: Any = None
        self._buckets: list[array[int]] = []

    def add(self, keys: list[Any]) -> None:
        """Add keys."""
        kinds = set(map(type, keys))
        if self._counts:
            if kinds == _INTS and keys == sorted(keys) and (self._last is None or keys[0] > self._last):
                self._last = keys[-1]
                return
            self._counts = False
        if self._last is not None and kinds & _NUMBERS:
            self.differ = False  # or so it may be
        if not self._buckets:
            self._buckets = [array("q") for _ in range(_BUCKETS)]
        put = [bucket.append for bucket in self._buckets]
        for hashed in map(hash, keys):
            put[hashed & (_BUCKETS - 1)](hashed)

    def compare(self) -> bool:
        """Tell whether it is sure that all of them differ."""
        return self.differ and all(len(set(bucket)) == len(bucket) for bucket in self._buckets)


class Beginnings:
    """Cuts containers, and knows of each how long it is; ``done`` says at the end that all of it holds."""

    def __init__(self, keep: Keep) -> None:
        """Begin with nothing cut."""
        self.keep = keep
        self.done = False
        self._cuts: dict[int, _Cut] = {}
        self._looked: dict[int, int] = {}  # items of containers that were looked through for long ones
        self._many = _FEW
        self._changed = False  # whether an item was given to a list by its number, which is another where it is cut
        self._left = 0  # things that may be looked through before the next piece

    # ------------------------------------------------------------------ asking

    def size(self, value: Any) -> int:
        """Give the number of items that *value* has, or had."""
        cut = self._cuts.get(id(value))
        return len(value) + (cut.count if cut is not None else 0)

    def kinds(self, value: Any) -> list[type]:
        """Give the types of the first items, each once."""
        cut = self._cuts.get(id(value))
        kinds = {} if cut is None else dict(cut.kinds)
        kinds.update((id(kind), kind) for kind in _types(islice(value, LOOKED)))
        return list(kinds.values())

    def shown(self, value: Any) -> Any:
        """Give what shows a list, tuple or set as it was."""
        cut = self._cuts.get(id(value))
        return value if cut is None else Beginning(list, value, self.size(value))

    def items(self, value: Any) -> Iterator[tuple[int, Any]]:
        """Give the items that are there, each with its number."""
        yield from enumerate(value)
        cut = self._cuts.get(id(value))
        if cut is not None:
            yield from cut.later.items()

    # ------------------------------------------------------------------ cutting

    def cut(self, value: Any) -> None:
        """Cut a list or dict that is too long; look once at what is kept of it."""
        self._look(value, value if type(value) is list else value.values())
        self._shorten(value)

    def cut_all(self, levels: list[tuple[Any, ...]]) -> None:
        """Cut what is on a stack, and let go of what is nowhere else any more."""
        before, self._looked = self._looked, {}
        self._left = _AT_ONCE
        for level in levels:
            for value in level:
                if type(value) in _CUT:
                    self._looked[id(value)] = before.get(id(value), 0)
                    self.cut(value)
        if _COUNTS and len(self._cuts) > self._many:
            for number in [number for number, cut in self._cuts.items() if _references(cut) <= _ALONE]:
                del self._cuts[number]
            self._many = 2 * len(self._cuts) + _FEW

    def finish(self, value: Any) -> None:
        """Cut what is in the whole value; compare the keys. Nothing may be put into anything after that."""
        self._left = _AT_ONCE
        self._through([value])
        for cut in list(self._cuts.values()):
            if type(cut.thing) is list:
                self._cut_list(cut.thing, cut)
        self.done = not self._changed and all(cut.keys.compare() for cut in self._cuts.values() if cut.keys is not None)

    def _of(self, value: Any) -> _Cut:
        cut = self._cuts.get(id(value))
        if cut is None:
            cut = self._cuts[id(value)] = _Cut(value)
        return cut

    def _shorten(self, value: Any) -> None:
        """Cut what is too long, and of a kind that can be cut."""
        if type(value) is list and len(value) > self.keep.items:
            self._cut_list(value, self._of(value))
        elif type(value) is dict and len(value) > self.keep.pairs + _SLACK:
            self._cut_dict(value, self._of(value))

    def _cut_list(self, value: list[Any], cut: _Cut) -> None:
        keep = self.keep.items
        first = keep + cut.count  # number of the first item that goes
        if first < LOOKED:
            cut.kinds.update((id(kind), kind) for kind in _types(islice(value, keep, LOOKED - cut.count)))
        for number in self.keep.numbers:
            if 0 <= number - first < len(value) - keep:
                self._through([value[number - cut.count]])
                cut.later[number] = value[number - cut.count]
        cut.count += len(value) - keep
        del value[keep:]
        cut.first = cut.first or value.copy()
        self._changed |= not all(map(is_, value, cut.first))

    def _cut_dict(self, value: dict[Any, Any], cut: _Cut) -> None:
        keep = self.keep.pairs
        pairs = list(islice(value.items(), keep))
        beyond = list(islice(value, keep, None))
        for key in self.keep.keys:
            if key in value:
                wanted = next((one for one in beyond if one == key), None)
                if wanted is not None:
                    beyond.remove(wanted)
                    pairs.append((wanted, value[wanted]))
                    self._through([value[wanted]])
        cut.count += len(value) - len(pairs)
        cut.keys = cut.keys or _Keys()
        cut.keys.add(beyond)
        value.clear()
        value.update(pairs)

    # ------------------------------------------------------------------ what is kept

    def _look(self, value: Any, items: Iterable[Any]) -> None:
        """Cut what is long in the first items of a container, those that were not looked at yet."""
        most = self.keep.items if type(value) is list else self.keep.pairs
        done = self._looked.get(id(value), 0)
        if done < min(most, len(value)):
            self._looked[id(value)] = min(most, len(value))
            self._through(list(islice(items, done, most)))

    def _through(self, values: list[Any]) -> None:
        """Cut what is long in *values* and in what they hold, until enough was looked through: that only spares memory.

        What many containers share is looked through for each of them.
        """
        seen: set[int] = set()
        for _ in range(_DEEP):
            self._left -= len(values)
            inner: list[Any] = []
            for value in values:
                kind = type(value)
                if kind not in _HOLDING or id(value) in seen:
                    continue
                seen.add(id(value))
                self._shorten(value)
                self._left -= len(value)
                if self._left < 0:
                    return
                inner += value.values() if kind is dict else value
            values = inner


_INTS, _NUMBERS = {int}, {int, float, bool}
_CUT = frozenset((list, dict))
_HOLDING = frozenset((list, dict, tuple))


def _types(values: Iterable[Any]) -> Iterator[type]:
    """Give the type of each value, of what stands for another that of the other; each once, or so."""
    found = list(values)
    kinds = set(map(type, found))
    if Beginning in kinds:
        kinds.remove(Beginning)
        kinds.update(value.kind for value in found if type(value) is Beginning)
    return iter(kinds)


_COUNTS = hasattr(sys, "getrefcount") and sys.implementation.name == "cpython"


def _references(cut: _Cut) -> int:
    """Count what refers to a container, this among it."""
    return sys.getrefcount(cut.thing)


#: What is counted where nothing else has it.
_ALONE = _references(_Cut([])) if _COUNTS else 0

NOTHING_CUT = Beginnings(Keep(0, 0))
"""Knows of no container that was cut."""
