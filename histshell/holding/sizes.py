"""Estimating how many bytes a value holds, within a millisecond and without running anything of it.

Only what C says is asked: the sizes that built-in types know of themselves, and what the garbage collector would follow. Of a
long container some items stand for all.
"""

from __future__ import annotations

import gc
import sys
import time
from itertools import islice
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Dict, Iterable, List, NamedTuple, Tuple

SAMPLE = 64
"""How many items of a long container are looked at."""

TIME = 0.0008
"""How long an estimate may take, in seconds."""

_EACH = 32  # objects between two looks at the clock
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class made while Python runs

_flags = type.__dict__["__flags__"].__get__
_names = vars(ModuleType)["__dict__"].__get__
_mro = type.__dict__["__mro__"].__get__

#: What a value refers to and does not hold: it would be there without it.
_NOT_HELD = frozenset(
    map(id, (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, CodeType, FrameType, type(None), bool))
)  # fmt: skip

_ATOMS = frozenset(map(id, (int, float, complex, str, bytes, bytearray)))

_CONTAINERS: Dict[int, Any] = {id(kind): kind for kind in (list, tuple, set, frozenset, dict)}


class Size(NamedTuple):
    """An estimate in bytes; `whole` is false where the time was over before all had been looked at, so it is more."""

    bytes: int
    whole: bool


def estimate(*values: object, seconds: float = TIME, seen: Dict[int, object] | None = None) -> Size:
    """Return about how many bytes the values hold together, each thing counted once; those in `seen`, by their ids, not at all."""
    return _Estimate(seconds, {} if seen is None else seen).of(values)


class _Estimate:
    """One walk: `waiting` are things to look at, each with how many like it there are."""

    def __init__(self, seconds: float, seen: Dict[int, object]) -> None:
        self.end = time.perf_counter() + seconds
        self.seen = seen
        self.waiting: List[Tuple[Any, float]] = []

    def of(self, values: Iterable[object]) -> Size:
        """Walk from some values."""
        total, count = 0.0, 0
        seen, waiting = self.seen, self.waiting
        waiting.extend((value, 1.0) for value in values)
        while waiting:
            count += 1
            if not count % _EACH and time.perf_counter() > self.end:
                return Size(int(total), False)
            value, weight = waiting.pop()
            kind = type(value)
            if id(kind) in _NOT_HELD or id(value) in seen or derives(kind, type):
                continue
            seen[id(value)] = value  # so that the number stays its own
            total += weight * own(value)
            if id(kind) not in _ATOMS:
                self._follow(value, kind, weight)
        return Size(int(total), True)

    def _follow(self, value: Any, kind: Any, weight: float) -> None:
        base = _container(kind)
        if base is not None:
            try:
                self._items(value, base, weight)
            except (RuntimeError, IndexError):  # another thread changes it
                pass
        if base is kind:
            return
        array = _array(kind)
        if array is not None:
            self._array(value, array, weight)
        elif base is None and kind is not _deque():
            self.waiting.extend([(other, weight) for other in gc.get_referents(value)])
        elif base is not None:  # the collector would go through all its items
            self.waiting.extend([(other, weight) for other in _own_dict(value)])
        else:
            self._wait(list(islice(kind.__iter__(value), SAMPLE)), kind.__len__(value), weight)

    def _array(self, value: Any, array: Any, weight: float) -> None:
        """Wait for what a numpy array is a view of, or for some of the objects in it."""
        base = array.__dict__["base"].__get__(value)
        if base is not None:
            self.waiting.append((base, weight))
        elif array.__dict__["dtype"].__get__(value).hasobject:
            length = array.__dict__["size"].__get__(value)
            some = array.__dict__["flat"].__get__(value)[:: max(1, length // SAMPLE)]
            self._wait(list(some.flat)[:SAMPLE], length, weight)

    def _items(self, value: Any, base: type, weight: float) -> None:
        """Wait for the items of a container, or for some that stand for all."""
        length = base.__len__(value)  # type: ignore[attr-defined]  # each of them has one
        some: List[Any]
        if base is list or base is tuple:
            get = base.__getitem__
            step = max(1, length // SAMPLE)
            some = [get(value, index) for index in range(0, length, step)][:SAMPLE]
            self._wait(some, length, weight)
        elif base is dict:
            self._wait(list(islice(dict.keys(value), SAMPLE)), length, weight)
            self._wait(list(islice(dict.values(value), SAMPLE)), length, weight)
        else:
            self._wait(list(islice(base.__iter__(value), SAMPLE)), length, weight)  # type: ignore[attr-defined]

    def _wait(self, some: List[Any], length: int, weight: float) -> None:
        """Wait for some of `length` items. Where one occurs again among them, it does elsewhere too."""
        if len(some) < length:
            different = len(set(map(id, some)))
            stands_for = length / len(some) if 2 * different > len(some) else 1.0
        else:
            stands_for = 1.0
        self.waiting.extend([(item, weight * stands_for) for item in some])


def own(value: object) -> int:
    """Return the bytes of a thing itself, without what it refers to; a class that Python code defines is not asked."""
    kind = type(value)
    try:
        if not _flags(kind) & _HEAP_TYPE:
            return sys.getsizeof(value)
        for base in _mro(kind):
            if not _flags(base) & _HEAP_TYPE:
                return int(base.__sizeof__(value))
    except Exception:  # a C type that cannot say
        pass
    return 16


def derives(kind: type, base: type) -> bool:
    """Return whether a class is another or derives from it, by identity: comparing classes may run code of theirs."""
    return any(one is base for one in _mro(kind))


def _container(kind: type) -> type | None:
    """Return the built-in container that a class is, or derives from."""
    found = _CONTAINERS.get(id(kind))
    if found is None and _flags(kind) & _HEAP_TYPE:
        for base in _mro(kind):
            found = _CONTAINERS.get(id(base))
            if found is not None:
                return found  # type: ignore[no-any-return]
    return found


def _own_dict(value: object) -> Tuple[Any, ...]:
    """Return the dict of attributes of an instance of a class that derives from a container, if it has one."""
    for base in _mro(type(value)):
        slot = type.__dict__["__dict__"].__get__(base).get("__dict__")
        if type(slot).__name__ == "getset_descriptor":
            try:
                return (slot.__get__(value),)
            except Exception:
                return ()
    return ()


def _array(kind: type) -> Any:
    """Return numpy's class of arrays if a class is it or derives from it."""
    array = _of("numpy", "ndarray")
    return array if array is not None and derives(kind, array) else None


def _deque() -> Any:
    return _of("collections", "deque")


def _of(module: str, name: str) -> Any:
    """Return a class of a module that is loaded already, None if there is none; no `__getattr__` is called."""
    found = sys.modules.get(module)
    kind = _names(found).get(name) if type(found) is ModuleType else None
    return kind if type(kind) is type else None
