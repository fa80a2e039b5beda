"""Arrow's arrays and tables, read from the buffers that a stream brings; pandas keeps texts in such from its version 3 on."""

from __future__ import annotations

import decimal
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Callable, Iterator, Sequence

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import arrow_types, dtypes, labels
from histshell.pik.tree.array_nodes import array_node
from histshell.pik.tree.array_values import Array
from histshell.pik.tree.column_kinds import Told, in_utc
from histshell.pik.tree.dtypes import OBJECT, DType, Moment
from histshell.pik.tree.model import Child, Node
from histshell.pik.tree.placed import Made
from histshell.preview import clip, printable, show

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_TEXTS = {"string": 4, "utf8": 4, "large_string": 8, "large_utf8": 8, "binary": 4, "large_binary": 8}
_NUMBERS = {
    "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8", "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8",
    "float": "f4", "double": "f8", "halffloat": "f2",
}  # fmt: skip
_TIMES = re.compile(r"(timestamp|duration|time32|time64|date32|date64)\[(s|ms|us|ns|day)(?:, tz=(.*))?\]").fullmatch
_DECIMAL = re.compile(r"decimal(32|64|128|256)\((\d+), (-?\d+)\)").fullmatch
_FIXED = re.compile(r"fixed_size_(?:list<.*>|binary)\[(\d+)\]", re.DOTALL).fullmatch
_DEEPEST = 8
_FEW = 8  # items of a list that are written
_TEXT = 200

Tell = Callable[[int], Any]


class Arrow(Told):
    """An array whose first buffer says which values are there."""

    def __init__(self, kind: DType, parts: Parts, tell: Tell, data: Any = None) -> None:
        """Take what tells the value at a place that is there, and the bytes of numbers that lie one behind another."""
        super().__init__(kind, (parts.size,))
        self.valid = parts.buffers[0] if parts.buffers else None
        self.offset = parts.offset
        self.tell = tell
        self.data = data

    def value(self, number: int) -> Any:
        """Give one value, None where it is not there. Raises ValueError or IndexError where its bytes are not."""
        at = number + self.offset
        if self.valid is not None and not self.valid[at >> 3] >> (at & 7) & 1:
            return None
        return self.tell(at)

    def ends(self) -> tuple[Any, Any] | None:
        """Give the least and the greatest number."""
        if self.data is None:
            return None
        found = dtypes.values(self.kind, self.data, self.offset, self.size)
        if self.valid is not None:
            valid = self.valid
            found = [value for at, value in enumerate(found, self.offset) if valid[at >> 3] >> (at & 7) & 1]
        found = [value for value in found if value == value]
        return (min(found), max(found)) if found else None


class Chunks(Told):
    """Several arrays, one after another."""

    def __init__(self, arrays: Sequence[Array]) -> None:
        """Take them."""
        super().__init__(arrays[0].kind, (sum(array.size for array in arrays),))
        self.arrays = arrays
        self.starts = [0, *accumulate(array.size for array in arrays)]

    def value(self, number: int) -> Any:
        """Give one value."""
        which = bisect_right(self.starts, number, hi=len(self.arrays)) - 1
        return self.arrays[which].value(number - self.starts[which])


class Parts:
    """What a stream gives for an array: its type, size, offset, buffers, and the arrays within it."""

    def __init__(self, args: Any) -> None:
        """Take them apart. Raises TypeError, ValueError or IndexError where they are none."""
        kind, self.size, _, self.offset, buffers, inner, self.dictionary = args
        if type(self.size) is not int or type(self.offset) is not int or self.size < 0 or self.offset < 0:
            raise ValueError("no size")
        self.given = kind
        self.type = arrow_types.name(kind)
        self.buffers = [_buffer(part) for part in buffers]
        self.inner = list(inner)
        if self.buffers and self.buffers[0] is not None:
            self.needs(0, 1, bits=True)

    def needs(self, number: int, width: int, more: int = 0, *, bits: bool = False) -> Any:
        """Give a buffer that has so many bytes, or bits, for each value. Raises ValueError where it is too short."""
        buffer = self.buffers[number]
        count = self.size + self.offset + more
        size = -(-count // 8) if bits else count * width
        if self.size and (buffer is None or len(buffer) < size):
            raise ValueError("too short")
        return b"" if buffer is None else buffer


def _buffer(thing: Any) -> Any:
    """Give the bytes of a buffer."""
    if type(thing) is Placeholder:
        thing = thing.args[0]
    if type(thing).__name__ == "PickleBuffer":
        return thing.raw()
    return thing if thing is None else memoryview(thing)


# ---------------------------------------------------------------------- what tells the values of a type


def _numbers(parts: Parts, kind: DType) -> Arrow:
    data = parts.needs(1, kind.size)
    return Arrow(kind, parts, lambda at: dtypes.values(kind, data, at, 1)[0], data)


def _bits(parts: Parts) -> Arrow:
    data = parts.needs(1, 1, bits=True)
    return Arrow(DType("b", 1, "|"), parts, lambda at: bool(data[at >> 3] >> (at & 7) & 1))


def _texts(parts: Parts, width: int) -> Arrow:
    offsets, data = parts.needs(1, width, 1), parts.buffers[2] or b""

    def tell(at: int) -> Any:
        raw = bytes(data[_int(offsets, at, width) : _int(offsets, at + 1, width)])
        return raw if "binary" in parts.type else raw.decode("utf-8", "backslashreplace")

    return Arrow(OBJECT, parts, tell)


def _nothing(_: int) -> None:
    return None


def _int(data: Any, at: int, width: int) -> int:
    return int.from_bytes(data[at * width : (at + 1) * width], "little", signed=True)


def _times(parts: Parts, what: str, unit: str, zone: str) -> Arrow:
    width = 4 if what in ("date32", "time32") else 8
    data = parts.needs(1, width)
    unit = "D" if unit == "day" else unit

    def tell(at: int) -> Any:
        number = _int(data, at, width)
        if what in ("duration", "time32", "time64"):
            return Moment(dtypes.duration(number, unit))
        moment = Moment(dtypes.date(number, unit))
        return in_utc(moment) if zone not in ("", "UTC") else moment

    return Arrow(OBJECT, parts, tell)


def _decimals(parts: Parts, bits: int, scale: int) -> Arrow:
    width = bits // 8
    data = parts.needs(1, width)
    context = decimal.Context(prec=100)
    return Arrow(OBJECT, parts, lambda at: decimal.Decimal(_int(data, at, width)).scaleb(-scale, context))


def _coded(parts: Parts, deep: int) -> Arrow | None:
    given = arrow_types.called(parts.given)
    meant = _of_parts(parts.dictionary, deep)
    number = _NUMBERS.get(arrow_types.name(given.args[0]) if given is not None else "")
    kind = dtypes.parse(f"<{number}") if number else None
    if kind is None or meant is None:
        return None
    data = parts.needs(1, kind.size)
    return Arrow(OBJECT, parts, lambda at: meant.value(_within(dtypes.values(kind, data, at, 1)[0], meant)))


def _within(at: int, array: Array) -> int:
    if not 0 <= at < array.size:
        raise ValueError("not there")
    return at


def _lists(parts: Parts, width: int, deep: int) -> Arrow | None:
    items = _of_parts(parts.inner[0], deep)
    if items is None:
        return None
    if not width:
        many = int(parts.type.rpartition("[")[2].rstrip("]"))
        return Arrow(OBJECT, parts, lambda at: _some(items, at * many, (at + 1) * many))
    offsets = parts.needs(1, width, 1)
    return Arrow(OBJECT, parts, lambda at: _some(items, _int(offsets, at, width), _int(offsets, at + 1, width)))


def _some(items: Array, start: int, stop: int) -> Any:
    """Give the values of a list; of a long one the first."""
    if not 0 <= start <= stop <= items.size:
        raise ValueError("not there")
    return [items.value(at) for at in range(start, min(stop, start + _FEW))] + [...] * (stop - start > _FEW)


def _structures(parts: Parts, deep: int) -> Arrow | None:
    given = arrow_types.called(parts.given)
    fields = (
        [arrow_types.field(part) for part in given.args[0]] if given is not None and given.short == "struct" else []
    )
    inner = [_of_parts(part, deep) for part in parts.inner]
    names = [known[0] for known in fields if known is not None] or ["key", "value"]
    arrays = [array for array in inner if array is not None]
    if len(arrays) != len(inner) or len(names) != len(inner):
        return None
    return Arrow(
        OBJECT, parts, lambda at: {name: array.value(_within(at, array)) for name, array in zip(names, arrays)}
    )


def _of_parts(args: Any, deep: int = 0) -> Arrow | None:
    """Make the array of what a stream gives for it; None where its type is none that is read."""
    if deep > _DEEPEST:
        return None
    parts = Parts(args)
    if parts.type in _NUMBERS:
        kind = dtypes.parse("<" + _NUMBERS[parts.type])
        return _numbers(parts, kind) if kind is not None else None
    if parts.type in _TEXTS:
        return _texts(parts, _TEXTS[parts.type])
    time, scaled, fixed = _TIMES(parts.type), _DECIMAL(parts.type), _FIXED(parts.type)
    if time is not None:
        return _times(parts, time[1], time[2], time[3] or "")
    if scaled is not None:
        return _decimals(parts, int(scaled[1]), int(scaled[3]))
    if fixed is not None and parts.type.startswith("fixed_size_binary"):
        width = int(fixed[1])
        data = parts.needs(1, width)
        return Arrow(OBJECT, parts, lambda at: bytes(data[at * width : (at + 1) * width]))
    if parts.type in ("bool", "null"):
        return _bits(parts) if parts.type == "bool" else Arrow(OBJECT, parts, _nothing)
    return _nested(parts, deep + 1)


def _nested(parts: Parts, deep: int) -> Arrow | None:
    """Make an array that has arrays within it."""
    begin = parts.type.partition("<")[0]
    if begin == "dictionary":
        return _coded(parts, deep)
    if begin in ("list", "large_list", "fixed_size_list", "map"):
        return _lists(parts, {"large_list": 8, "fixed_size_list": 0}.get(begin, 4), deep)
    given = arrow_types.called(parts.given)
    is_entry = given is None or given.short == "struct"
    return _structures(parts, deep) if begin == "struct" and is_entry else None


def array_of(thing: Any) -> tuple[str, Array] | None:
    """Give Arrow's name of the type, and the array; None where it is none that is known."""
    given = arrow_types.called(thing)
    if given is None:
        return None
    try:
        if given.name == "chunked_array":
            chunks = [array_of(chunk) for chunk in given.args[0]]
            arrays = [chunk[1] for chunk in chunks if chunk is not None]
            if len(arrays) != len(chunks):
                return None
            kind = arrow_types.name(given.args[1]) if len(given.args) > 1 else chunks[0][0] if chunks[0] else "?"
            return kind, (
                arrays[0] if len(arrays) == 1 else Chunks(arrays) if arrays else Array(OBJECT, (0,), False, objects=[])
            )
        if given.name != "_restore_array":
            return None
        array = _of_parts(given.args[0])
        return (arrow_types.name(given.args[0][0]), array) if array is not None else None
    except (ValueError, TypeError, IndexError, AttributeError):
        return None


# ---------------------------------------------------------------------- nodes


def _array(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array of Arrow's."""
    found = array_of(thing)
    if found is None:
        return None
    node = array_node(maker, found[1], "ChunkedArray" if given.name == "chunked_array" else "Array", "pyarrow", thing)
    return _typed(node, found[0], str(found[1].kind))


def _typed(node: Node, name: str, plain: str) -> Node:
    """Put Arrow's name of the type in the place of numpy's."""
    node.text = clip(node.text.replace(f") {plain}", f") {name}", 1), _TEXT)
    node.facts["dtype"] = name
    node.flat = node.whole = True
    return node


def _table(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a table, or of a batch of one."""
    columns, schema = given.args[:2]
    fields = _fields(schema)
    if fields is None or len(fields) != len(columns):
        return None
    arrays = [array_of(column) for column in columns]
    rows = next((found[1].size for found in arrays if found is not None), 0)
    facts = {
        "shape": [rows, len(fields)],
        "columns": [name for name, _ in fields[:100]],
        "dtypes": [kind for _, kind in fields[:100]],
    }
    kind = "Table" if given.name == "_reconstruct_table" else "RecordBatch"
    node = Node("frame", kind, "pyarrow", f"({rows}, {len(fields)})", len(fields), facts, identity=maker.number(thing))

    def children() -> Iterator[Child]:
        for (name, type_), column, found in zip(fields, columns, arrays):
            if found is None:
                yield labels.key(name), maker.node(column)
                continue
            inner = _typed(array_node(maker, found[1], type_, ""), type_, str(found[1].kind))
            inner.text = inner.text.partition(f") {type_}")[2].lstrip()
            yield labels.key(name), inner

    node.children = children
    return node


def _fields(schema: Any) -> list[tuple[str, str]] | None:
    """Give names and types of the fields of a schema."""
    given = arrow_types.called(schema)
    if given is None or given.short != "schema":
        return None
    fields = [arrow_types.field(part) for part in given.args[0]]
    return [(known[0], arrow_types.name(known[1])) for known in fields if known is not None]


def _schema(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a schema."""
    fields = _fields(thing)
    if fields is None:
        return None
    words = ", ".join(f"{printable(name)}: {kind}" for name, kind in fields)
    facts = {"names": [name for name, _ in fields[:100]], "types": [kind for _, kind in fields[:100]]}
    node = Node("object", "Schema", "pyarrow", clip(words, _TEXT), facts=facts, identity=maker.number(thing))
    metadata = given.args[1] if len(given.args) > 1 else None
    node.whole = metadata is None
    node.children = lambda: iter([(".metadata", maker.node(metadata))] if metadata is not None else [])
    return node


def _field(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a field."""
    known = arrow_types.field(thing)
    if known is None:
        return None
    words = f"{show(known[0], total=60)}: {arrow_types.name(known[1])}"
    return Node("scalar", "Field", "pyarrow", clip(words, _TEXT), whole=True)


def _type(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a type."""
    name = arrow_types.name(thing)
    return Node("scalar", "DataType", "pyarrow", clip(name, _TEXT), whole=True) if name != "?" else None


def _scalar(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of one value of a type."""
    inner = maker.node(given.args[0])
    if inner.kind not in ("scalar", "text", "bytes"):
        return None
    return Node(
        "scalar", "Scalar", "pyarrow", f"{inner.text} {arrow_types.name(given.args[1])}", facts=inner.facts, whole=True
    )


TABLE: dict[str, Any] = {
    "pyarrow._restore_array": _array,
    "pyarrow.chunked_array": _array,
    "pyarrow._reconstruct_table": _table,
    "pyarrow._reconstruct_record_batch": _table,
    "pyarrow.schema": _schema,
    "pyarrow.field": _field,
    "pyarrow.scalar": _scalar,
    **{
        f"pyarrow.{name}": _type
        for name in (
            "type_for_alias", "timestamp", "decimal32", "decimal64", "decimal128", "decimal256", "dictionary", "list_",
            "large_list", "struct", "map_", "binary",
        )
    },
}  # fmt: skip
