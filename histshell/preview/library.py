"""How values of the standard library's classes are written, and numpy's arrays: without calling what is not C's."""

from __future__ import annotations

import os
import sys

from histshell import libraries

from .builtin_types import commas, pairs
from .text import opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import Counter, OrderedDict, defaultdict, deque
    from datetime import datetime, time
    from typing import Any, Iterable, Iterator

    from .builtin_types import Part, Printing, Shape

_SORTED = 10_000  # a Counter of more entries is shown in the order of its keys
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class made while Python runs
_LIBRARY = os.path.join(os.path.dirname(os.__file__), "")

_type_qualname = type.__dict__["__qualname__"].__get__
_type_module = type.__dict__["__module__"].__get__
_type_flags = type.__dict__["__flags__"].__get__
_type_dict = type.__dict__["__dict__"].__get__
_type_mro = type.__dict__["__mro__"].__get__
_Member = type(type("", (), {"__slots__": ("slot",)}).__dict__["slot"])  # how a slot is read


def slot(value: object, name: str) -> Any:
    """Read a slot of a class written in Python. Raises AttributeError where there is no value, or no such slot."""
    member: Any = None
    for kind in _type_mro(type(value)):
        member = _type_dict(kind).get(name)
        if member is not None:
            break
    if type(member) is not _Member:
        raise AttributeError(name)
    return member.__get__(value)  # a member descriptor


def _ordered_dict(printing: Printing, value: OrderedDict[object, object]) -> Iterator[Part]:
    yield "OrderedDict("
    if value and sys.version_info >= (3, 12):
        yield from pairs(printing, value.items(), len(value))
    elif value:
        yield "["
        yield from commas(printing, value.items(), len(value))
        yield "]"
    yield ")"


def _counter(printing: Printing, value: Counter[object]) -> Iterator[Part]:
    yield "Counter("
    if value:
        items: Iterable[tuple[object, int]] = dict.items(value)
        if len(value) <= _SORTED and all(type(count) is int for count in dict.values(value)):
            items = sorted(items, key=lambda item: item[1], reverse=True)
        yield from pairs(printing, items, len(value))
    yield ")"


def _default_dict(printing: Printing, value: defaultdict[object, object]) -> Iterator[Part]:
    yield "defaultdict("
    yield (value.default_factory,)
    yield ", "
    yield from pairs(printing, dict.items(value), len(value))
    yield ")"


def _deque(printing: Printing, value: deque[object]) -> Iterator[Part]:
    yield "deque(["
    yield from commas(printing, value, len(value))
    yield "])" if value.maxlen is None else f"], maxlen={value.maxlen})"


def _array(printing: Printing, value: Any) -> Iterator[Part]:
    yield f"array({value.typecode!r}"
    if value:
        yield ", "
        some = value[: printing.width + 1]
        if value.typecode in "uw":
            try:
                characters = some.tounicode()
            except ValueError:  # numbers that are no characters
                yield (some.tobytes(),)
            else:
                yield (characters,)
        else:
            yield "["
            yield from commas(printing, some, len(value))
            yield "]"
    yield ")"


def _ndarray(printing: Printing, value: Any) -> Iterator[Part]:
    yield f"<numpy.ndarray {value.dtype.str} of shape "
    yield (value.shape,)
    if value.dtype.kind in "biufcSUmM?" and value.size <= printing.width:
        try:
            items = value.tolist()
        except ValueError:  # numbers that are no characters
            pass
        else:
            yield ": "
            yield (items,)
    yield ">"


def _zoned(_: Printing, value: datetime | time) -> Iterator[Part]:
    """Give the parts of a date or time, whose own `repr` would call that of a foreign time zone."""
    if value.tzinfo is None:
        yield repr(value)
        return
    yield repr(value.replace(tzinfo=None))[:-1] + ", tzinfo="
    yield (value.tzinfo,)
    yield ")"


def _timezone(printing: Printing, value: Any) -> Iterator[Part]:
    if value is _type_dict(type(value)).get("utc"):
        yield "datetime.timezone.utc"
        return
    given = value.__getinitargs__()
    yield "datetime.timezone("
    yield from commas(printing, given, len(given))
    yield ")"


def _fraction(_: Printing, value: object) -> Iterator[Part]:
    parts = [slot(value, name) for name in ("_numerator", "_denominator")]
    return iter(["Fraction(", (parts[0],), ", ", (parts[1],), ")"])


def _uuid(value: object) -> str:
    number = slot(value, "int")
    if type(number) is not int or not 0 <= number < 1 << 128:
        return opaque(value)
    digits = f"{number:032x}"
    return f"UUID('{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}')"


def _path(value: object) -> str:
    try:
        raw = slot(value, "_raw_paths")
    except AttributeError:  # up to Python 3.11 only exact texts are kept
        raw = ()
    return repr(value) if all(type(part) is str for part in raw) else opaque(value)


_LIBRARY_SHAPES: dict[tuple[str, str], Shape] = {
    ("collections", "OrderedDict"): (_ordered_dict, "..."),
    ("collections", "Counter"): (_counter, "..."),
    ("collections", "defaultdict"): (_default_dict, "defaultdict(...)"),
    ("collections", "deque"): (_deque, "[...]"),
    ("array", "array"): (_array, "..."),
    ("numpy", "ndarray"): (_ndarray, "..."),
    ("fractions", "Fraction"): (_fraction, "..."),
    ("datetime", "datetime"): (_zoned, "..."),
    ("datetime", "time"): (_zoned, "..."),
    ("datetime", "timezone"): (_timezone, "..."),
    ("datetime", "date"): repr,
    ("datetime", "timedelta"): repr,
    ("decimal", "Decimal"): repr,
    ("uuid", "UUID"): _uuid,
    ("uuid", "SafeUUID"): repr,
    **{
        (module, name): _path
        for module in ("pathlib", "pathlib._local")
        for name in ("PurePath", "PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")
    },
}


def class_names(kind: type) -> tuple[str, str]:
    """Return the module and qualified name that a class says it has, read past any metaclass; empty where they are no texts."""
    module, name = _type_module(kind), _type_qualname(kind)
    return (module, name) if type(module) is str and type(name) is str else ("", "")


def of_library(kind: type) -> bool:
    """Return whether a class is the one that the standard library, or numpy, has under its name: names can be forged, and
    a module of the user's may have the library's name.
    """
    module, name = class_names(kind)
    for loaded in libraries.loaded_as(module):
        inside = loaded.__dict__
        if inside.get(name) is kind:
            break
    else:
        return False
    if not _type_flags(kind) & _HEAP_TYPE:
        return True
    file = inside.get("__file__")
    library = file is None or (type(file) is str and file.startswith(_LIBRARY) and "-packages" not in file)
    return library and module != "numpy"


def library_shape(kind: type) -> Shape | None:
    """Give the shape of a class of the standard library (or numpy's), if *kind* is that class itself."""
    shape = _LIBRARY_SHAPES.get(class_names(kind))
    return shape if shape is not None and of_library(kind) else None
