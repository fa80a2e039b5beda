"""Arrow's arrays, in which pandas keeps texts from its version 3 on, read from the buffers that a stream brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.arrays import Array, array_node
from histshell.pik.tree.dtypes import OBJECT, DType
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made, made, text

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_OFFSETS = {"string": 4, "utf8": 4, "large_string": 8, "large_utf8": 8, "binary": 4, "large_binary": 8}
_NUMBERS = {
    "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8", "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8",
    "float": "f4", "double": "f8", "halffloat": "f2",
}  # fmt: skip


def _nothing(_: int, __: int) -> bytes:
    return b""


class Arrow(Array):
    """An array whose first buffer says which values are there."""

    def __init__(self, kind: DType, size: int, offset: int, buffers: list[Any], width: int) -> None:
        """Take the buffers; *width* is that of an offset of texts, 0 where the values lie in the second buffer."""
        super().__init__(kind, (size,), False, _nothing)
        self.valid, *self.buffers = buffers
        self.offset = offset
        self.width = width

    def value(self, number: int) -> Any:
        """Give one value. Raises ValueError where it is not there."""
        at = number + self.offset
        if self.valid is not None and not self.valid[at >> 3] >> (at & 7) & 1:
            return None
        if not self.width:
            return dtypes.values(self.kind, self.buffers[0], at, 1)[0]
        width, offsets = self.width, self.buffers[0]
        start, stop = (int.from_bytes(offsets[place * width : (place + 1) * width], "little") for place in (at, at + 1))
        return bytes(self.buffers[1][start:stop]).decode("utf-8", "backslashreplace")

    def first(self, count: int) -> list[Any]:
        """Give the first values."""
        return [self.value(number) for number in range(min(count, self.size))]

    def ends(self) -> tuple[Any, Any] | None:
        """Give the least and the greatest number."""
        if self.width:
            return None
        found = [value for value in self.first(self.size) if value is not None and value == value]
        return (min(found), max(found)) if found else None


def array_of(thing: Any) -> tuple[str, Array] | None:
    """Give Arrow's name of the type, and the array; None where it is none that is known."""
    if type(thing) is not Placeholder:
        return None
    given = made(thing)
    if (
        given.name == "chunked_array"
        and type(given.args) is tuple
        and type(given.args[0]) is list
        and len(given.args[0]) == 1
    ):
        return array_of(given.args[0][0])
    if given.name != "_restore_array" or type(given.args) is not tuple:
        return None
    try:
        kind, size, _, offset, buffers = given.args[0][:5]
        name = text(made(kind).args[0]) or made(kind).short
        found = [_buffer(part) for part in buffers]
    except (ValueError, TypeError, IndexError, AttributeError):
        return None
    width = _OFFSETS.get(name, 0)
    dtype = OBJECT if width else dtypes.parse("<" + _NUMBERS[name]) if name in _NUMBERS else None
    if dtype is None or len(found) < 2 + bool(width) or type(size) is not int or type(offset) is not int:
        return None
    if size and (found[1] is None or len(found[1]) < (size + offset) * (width or dtype.size)):
        return None
    return name, Arrow(
        dtype, size, offset, [found[0], *(part if part is not None else b"" for part in found[1:])], width
    )


def _buffer(thing: Any) -> Any:
    """Give the bytes of a buffer."""
    if type(thing) is Placeholder:
        thing = thing.args[0]
    if type(thing).__name__ == "PickleBuffer":
        return thing.raw()
    return thing if thing is None else memoryview(thing)


def _array(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array of Arrow's."""
    found = array_of(thing)
    if found is None:
        return None
    node = array_node(maker, found[1], "Array", "pyarrow", thing)
    node.text = node.text.replace(str(found[1].kind), found[0], 1)
    node.facts["dtype"] = found[0]
    node.flat = node.whole = True
    return node


TABLE: dict[str, Any] = {"pyarrow._restore_array": _array}
