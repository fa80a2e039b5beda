"""The parts of objects of the standard library's plain classes, read from their slots.

Only exact classes, and only what the safe policy of `histshell.pik` loads. What is in an object, or hangs on it, and would not
come back makes it no plain data: an attribute on a Counter, a foreign time zone.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterable, Tuple

from histshell import libraries
from histshell.preview import library

from .parts import (
    ARRAY,
    BUILTINS,
    COUNTER,
    DATE,
    DATETIME,
    DECIMAL,
    DEFAULT,
    DELTA,
    DEQUE,
    FRACTION,
    MADE,
    NEW,
    ORDERED,
    PATH,
    POSIX,
    TIME,
    UUID,
    WINDOWS,
    ZONE,
    Effort,
    Maker,
    NameNumber,
    Parts,
)


def _complex(value: complex, _: Effort) -> Parts:
    return Parts(BUILTINS[complex], (value.real, value.imag))


def _bytearray_parts(value: bytearray, walk: Effort) -> Parts | None:
    return Parts(BUILTINS[bytearray], (bytes(value),)) if len(value) <= walk.limit else None


_BITS = 1 << 16  # of an int that the safe policy lets be the argument of a range or a fraction


def _range(value: range, _: Effort) -> Parts | None:
    args = (value.start, value.stop, value.step)
    return Parts(BUILTINS[range], args) if all(type(one) is int and one.bit_length() <= _BITS for one in args) else None


def _slice(value: slice, _: Effort) -> Parts | None:
    args = (value.start, value.stop, value.step)
    fine = (type(None), int, bool, float, str, bytes)
    return Parts(BUILTINS[slice], args) if all(_is_one(one, fine) for one in args) else None


def _is_one(value: object, kinds: Iterable[type]) -> bool:
    return any(type(value) is kind for kind in kinds)


# ------------------------------------------------------------------ collections


def _bare(value: object) -> bool:
    """Return whether nothing hangs on an instance of a class that lets one hang something on it."""
    try:
        return not object.__getattribute__(value, "__dict__")
    except AttributeError:
        return True


def _ordered(value: Any, walk: Effort) -> Parts | None:
    """Its own order is found by hashing the keys, so these are looked at first."""
    walk.charge(len(value) << 2)
    if not _bare(value) or not all(map(_hashes, list(dict.keys(value)))):
        return None
    return Parts(ORDERED, (), pairs=list(value.items()))


def _hashes(key: Any, depth: int = 20) -> bool:
    """Return whether hashing a key and comparing it runs nobody's code."""
    kind = type(key)
    if _is_one(key, (str, int, float, bytes, bool, type(None), complex)):
        return True
    if kind is tuple or kind is frozenset:
        return depth > 0 and all(_hashes(part, depth - 1) for part in key)
    found = of(kind)
    if found is _zoned:
        return key.tzinfo is None or of(type(key.tzinfo)) is _timezone
    return found is _dated or found is _decimal_parts


def _counter(value: Any, walk: Effort) -> Parts | None:
    walk.charge(len(value))
    if not _bare(value):
        return None
    if all(_is_one(one, (int, float, str)) for pair in dict.items(value) for one in pair):
        return Parts(COUNTER, (dict(dict.items(value)),))
    return Parts(COUNTER, (), pairs=list(dict.items(value)))  # a circle may lead here


def _default(value: Any, walk: Effort) -> Parts | None:
    walk.charge(len(value))
    factory = value.default_factory
    if not _bare(value):
        return None
    name = None if factory is None else _factory(factory)
    if factory is not None and name is None:
        return None
    return Parts(DEFAULT, (name,), pairs=list(dict.items(value)))


def _factory(factory: object) -> NameNumber | None:
    if type(factory) is not type:
        return None
    for kind, name in BUILTINS.items():
        if kind is factory and kind is not range and kind is not slice:
            return name
    found = of(factory)
    for maker, name in ((_ordered, ORDERED), (_counter, COUNTER), (_default, DEFAULT), (_deque, DEQUE)):
        if found is maker:
            return name
    return None


def _deque(value: Any, walk: Effort) -> Parts:
    walk.charge(len(value))
    args: tuple[Any, ...] = () if value.maxlen is None else ([], value.maxlen)
    return Parts(DEQUE, args, items=list(value))


# ------------------------------------------------------------------ times


def _dated(value: Any, _: Effort) -> Parts | None:
    """A date or a difference of times."""
    kind: Any = type(value)
    return Parts(DATE if _title(kind) == "date" else DELTA, kind.__reduce__(value)[1])


_TEXT = 100  # characters of a time zone's name that the safe policy takes


def _zoned(value: Any, _: Effort) -> Parts | None:
    """A time: with a zone only if that is of the library's plain class, which has no rules that another Python might not have."""
    if value.tzinfo is not None and of(type(value.tzinfo)) is not _timezone:
        return None
    kind: Any = type(value)
    return Parts(DATETIME if _title(kind) == "datetime" else TIME, kind.__reduce_ex__(value, 4)[1])


def _timezone(value: Any, _: Effort) -> Parts | None:
    args = type(value).__getinitargs__(value)
    fine = all(_title(type(one)) == "timedelta" or (type(one) is str and len(one) <= _TEXT) for one in args)
    return Parts(ZONE, args) if fine else None


def _title(kind: type) -> str:
    return str(library.class_names(kind)[1])


# ------------------------------------------------------------------ numbers, names


_DIGITS = 100_000  # characters of a Decimal that the safe policy reads


def _decimal_parts(value: Any, walk: Effort) -> Parts | None:
    kind: Any = type(value)
    if sys.implementation.name == "cpython" and kind.__sizeof__(value) > walk.limit:
        return None
    text = kind.__str__(value)
    return Parts(DECIMAL, (text,)) if len(text) <= _DIGITS else None


def _fraction_parts(value: Any, _: Effort) -> Parts | None:
    args = (library.slot(value, "_numerator"), library.slot(value, "_denominator"))
    fine = all(type(one) is int and one.bit_length() <= _BITS for one in args) and args[1] > 0
    return Parts(FRACTION, args) if fine else None


def _uuid_parts(value: Any, _: Effort) -> Parts | None:
    number, safe = library.slot(value, "int"), library.slot(value, "is_safe")
    if type(number) is not int or not 0 <= number < 1 << 128:
        return None
    state: Dict[str, Any] = {"int": number}
    if library.class_names(type(safe)) != ("uuid", "SafeUUID") or not libraries.has(type(safe), "uuid", "SafeUUID"):
        return None
    level = object.__getattribute__(safe, "_value_")
    if level is not None:
        state["is_safe"] = level
    return Parts(NEW, (UUID, BUILTINS[object], None), state)


_PATHS = {"PurePath": PATH, "PurePosixPath": POSIX, "PureWindowsPath": WINDOWS}
_PARTS, _LONG = 1000, 50_000  # of a path that the safe policy takes


def _path_parts(value: Any, _: Effort) -> Parts | None:
    """The texts that a path was made of (from Python 3.12 on), or its parts."""
    try:
        raw = library.slot(value, "_raw_paths")
    except AttributeError:
        raw = library.slot(value, "_parts")
    if type(raw) is not list or len(raw) > _PARTS or not all(type(one) is str for one in raw):
        return None
    return Parts(_PATHS[_title(type(value))], tuple(raw)) if sum(map(len, raw)) <= _LONG else None


_WIDTHS = {"b": 1, "B": 0, "f": 14, "d": 16}
_BY_SIZE = {2: (2, 4), 4: (6, 8), 8: (10, 12)}  # of whole numbers, unsigned and signed


def _array_parts(value: Any, walk: Effort) -> Parts | None:
    """As the library's own pickles: type code, machine format, bytes, so that another machine reads it."""
    code, size = value.typecode, value.itemsize
    if len(value) * size > walk.limit:
        return None
    big = sys.byteorder == "big"
    if code in "bB":
        form = _WIDTHS[code]
    elif code in "fd":
        form = _WIDTHS[code] + big
    elif code in "uw":
        form = (18 if size == 2 else 20) + big
    else:
        form = _BY_SIZE[size][code.islower()] + big
    found = libraries.loaded_as("array")[0].__dict__
    return Parts(MADE, (ARRAY, code, form, value.tobytes())) if found else None


# ------------------------------------------------------------------ the table


_MAKERS: Dict[Tuple[str, str], Maker] = {
    ("builtins", "complex"): _complex,
    ("builtins", "bytearray"): _bytearray_parts,
    ("builtins", "range"): _range,
    ("builtins", "slice"): _slice,
    ("collections", "OrderedDict"): _ordered,
    ("collections", "Counter"): _counter,
    ("collections", "defaultdict"): _default,
    ("collections", "deque"): _deque,
    ("datetime", "date"): _dated,
    ("datetime", "timedelta"): _dated,
    ("datetime", "time"): _zoned,
    ("datetime", "datetime"): _zoned,
    ("datetime", "timezone"): _timezone,
    ("decimal", "Decimal"): _decimal_parts,
    ("fractions", "Fraction"): _fraction_parts,
    ("uuid", "UUID"): _uuid_parts,
    ("array", "array"): _array_parts,
    **{(module, name): _path_parts for module in ("pathlib", "pathlib._local") for name in _PATHS},
}

_known: Dict[int, Tuple[type, Maker]] = {}
"""By the identity of the class, which is kept alive: those that were found to be the library's own."""


def of(kind: type) -> Maker | None:
    """Return what makes parts of the instances of a class; None where that is not one of the plain ones."""
    found = _known.get(id(kind))
    if found is None:
        maker = _MAKERS.get(library.class_names(kind))
        if maker is None or not library.of_library(kind):
            return None
        found = _known[id(kind)] = (kind, maker)
    return found[1]
