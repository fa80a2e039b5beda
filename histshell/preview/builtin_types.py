"""How values of the built-in types are written: as one text, or in parts that are written one by one."""

from __future__ import annotations

import sys

from .text import opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Collection, Iterable, Iterator, Protocol, Tuple, Union

    Part = Union[str, Tuple[object]]
    """What is written as it stands, or a value that is to be shown."""

    Parts = Callable[["Printing", Any], Iterator[Part]]
    """Gives the parts of a value."""

    Shape = Union[Callable[[Any], str], Tuple[Parts, str]]
    """What writes a value at once; or what gives its parts, with what stands for a value that is open already."""

    class Printing(Protocol):
        """What the parts of a value need to know of the printing that asks for them."""

        width: int
        """How many items of a container are shown."""


class Beginning:
    """The beginning of a list, a text or bytes: ``kind`` is the type, ``first`` its first items, ``size`` how many there are.

    It is shown as the whole would be. It cannot be a key, so that nothing takes it for what it stands for.
    """

    __slots__ = ("first", "kind", "size")
    __hash__ = None  # type: ignore[assignment]  # so Python wants what cannot be hashed to say it

    def __init__(self, kind: type, first: Any, size: int) -> None:
        self.kind = kind
        self.first = first
        self.size = size


_BITS = 10_000  # an int of more bits is not written out: that takes time that grows with the square
_LONG = 2_000  # characters of one text

_Function, _Builtin, _Module = type(lambda: None), type(id), type(sys)
_module_dict = _Module.__dict__["__dict__"].__get__  # type: ignore[index]  # of the type, not of a module


def _text(value: str | bytes | bytearray) -> str:
    """Write str, bytes or bytearray, cut."""
    if len(value) <= _LONG:
        return repr(value)
    return _cut(value, len(value))


def _cut(value: str | bytes | bytearray, size: int) -> str:
    """Write the first characters of *size*."""
    return f"{value[:_LONG]!r}… {size - _LONG:,} more"


def _integer(value: int) -> str:
    """Write an int, unless it is huge."""
    if value.bit_length() > _BITS:
        return f"<int of {value.bit_length()} bits>"
    try:
        return repr(value)
    except ValueError:  # the interpreter's own limit on digits was set lower
        return hex(value)


def other(value: object) -> str:
    """Write what has no parts: by `repr` where that is Python's own, else as a bare object."""
    kind = type(value)
    if issubclass(kind, type):
        return type.__repr__(value)  # a class
    if kind is _Function or kind is _Builtin:
        return repr(value)
    if kind is _Module:
        name = _module_dict(value).get("__name__")
        return f"<module {name!r}>" if type(name) is str else "<module>"
    return opaque(value)


PLAIN: dict[int, Callable[[Any], str]] = {
    id(int): _integer,
    **{id(kind): _text for kind in (str, bytes, bytearray)},
    **{id(kind): repr for kind in (bool, float, complex, memoryview)},
    **{id(type(one)): repr for one in (None, Ellipsis, NotImplemented)},
}


def commas(printing: Printing, items: Iterable[object], size: int) -> Iterator[Part]:
    """Give items with commas between them, the first ``width`` of them."""
    for number, item in enumerate(items):
        if number == printing.width:
            yield f", … {size - number:,} more"
            return
        if number:
            yield ", "
        yield (item,)


def _between(before: str, after: str, one: str | None = None) -> Parts:
    """Give the parts of a list, tuple or set: its items between *before* and *after*, which is *one* for a single item."""

    def parts(printing: Printing, value: Collection[object]) -> Iterator[Part]:
        yield before
        yield from commas(printing, value, len(value))
        yield one if one is not None and len(value) == 1 else after

    return parts


def _set(printing: Printing, value: set[object] | frozenset[object]) -> Iterator[Part]:
    name = type(value).__name__  # set or frozenset
    if not value:
        yield f"{name}()"
        return
    yield "{" if name == "set" else "frozenset({"
    yield from commas(printing, value, len(value))
    yield "}" if name == "set" else "})"


def pairs(printing: Printing, items: Iterable[tuple[object, object]], size: int) -> Iterator[Part]:
    """Give the inside of a dict."""
    yield "{"
    for number, (key, item) in enumerate(items):
        if number == printing.width:
            yield f", … {size - number:,} more"
            break
        if number:
            yield ", "
        yield (key,)
        yield ": "
        yield (item,)
    yield "}"


def _dict(printing: Printing, value: dict[object, object]) -> Iterator[Part]:
    return pairs(printing, dict.items(value), len(value))


def _beginning(printing: Printing, value: Beginning) -> Iterator[Part]:
    """Give the parts of what is there only in part."""
    if value.kind is not list:
        yield _cut(value.first, value.size)
        return
    yield "["
    yield from commas(printing, value.first, value.size)
    yield "]"


def _range(printing: Printing, value: range) -> Iterator[Part]:
    yield "range("
    ends = (value.start, value.stop) if value.step == 1 else (value.start, value.stop, value.step)
    yield from commas(printing, ends, len(ends))
    yield ")"


def _slice(printing: Printing, value: slice) -> Iterator[Part]:
    yield "slice("
    yield from commas(printing, (value.start, value.stop, value.step), 3)
    yield ")"


#: By the id of a class.
SHAPES: dict[int, Shape] = {
    id(list): (_between("[", "]"), "[...]"),
    id(tuple): (_between("(", ")", ",)"), "(...)"),
    id(dict): (_dict, "{...}"),
    id(set): (_set, "set(...)"),
    id(frozenset): (_set, "frozenset(...)"),
    id(Beginning): (_beginning, "[...]"),
    id(slice): (_slice, "slice(...)"),
    id(range): (_range, "range(...)"),
}
