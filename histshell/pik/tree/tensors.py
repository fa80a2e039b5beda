"""PyTorch's tensors, parameters and storages, understood from what a stream and its file say: PyTorch need not be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_nodes import array_node
from histshell.pik.tree.array_values import Array
from histshell.pik.tree.dtypes import DType, product
from histshell.pik.tree.generic import attributes, object_node
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import printable, sentence

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_TYPES = {
    "Float": "f4", "Double": "f8", "Half": "f2", "Long": "i8", "Int": "i4", "Short": "i2", "Char": "i1", "Byte": "u1",
    "Bool": "b1", "ComplexFloat": "c8", "ComplexDouble": "c16",
}  # fmt: skip
_NAMES = {
    "float32": "f4", "float64": "f8", "float16": "f2", "int64": "i8", "int32": "i4", "int16": "i2", "int8": "i1", "uint8": "u1",
    "bool": "b1", "complex64": "c8", "complex128": "c16", "float": "f4", "double": "f8", "half": "f2", "long": "i8",
}  # fmt: skip
_SCATTERED = 10_000  # numbers that are gone through one by one for their least and greatest
_OTHER = {"BFloat16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1, "QInt8": 1, "QUInt8": 1, "QInt32": 4}


class Strided(Array):
    """A tensor: it lies in its storage with strides, from an offset on."""

    def __init__(self, kind: DType, shape: tuple[int, ...], strides: tuple[int, ...], offset: int, read: Any) -> None:
        """Take what the stream says. Raises ValueError where it is no tensor."""
        super().__init__(kind, shape, False, read)
        if len(strides) != len(shape) or not all(type(step) is int for step in strides) or offset < 0:
            raise ValueError("no strides")
        self.strides = strides
        self.offset = offset
        wanted, self.dense = 1, True
        for length, step in zip(reversed(shape), reversed(strides)):
            self.dense = self.dense and (step == wanted or length == 1)
            wanted *= length

    def lies_at(self, number: int) -> int:
        """Give where an item lies in the storage."""
        at, rest = self.offset, number
        for length, step in zip(reversed(self.shape), reversed(self.strides)):
            rest, index = divmod(rest, length)
            at += index * step
        return at

    def first(self, count: int) -> list[Any]:
        """Give the first values."""
        if self.read is None or self.kind.name not in ("", "bfloat16"):
            return []
        return [self.value(number) for number in range(min(count, self.size))]

    def ends(self) -> tuple[Any, Any] | None:
        """Give the least and the greatest number, where it lies in one piece."""
        if self.read is None:
            return None
        if not self.dense:
            found = [value for value in self.first(self.size) if value == value] if self.size <= _SCATTERED else []
            return (min(found), max(found)) if found else None
        start = self.offset * self.kind.size
        read, whole = self.read, Array(self.kind, self.shape, False)
        whole.read = lambda begin, end: read(start + begin, start + end)
        return whole.ends()


def _dtype_of(thing: Any) -> DType | None:
    """Give the dtype of a kind of storage, or that of PyTorch's own name."""
    if type(thing) is not Placeholder:
        return None
    name = made(thing).short
    known = _TYPES.get(name[:-7] if name.endswith("Storage") else name) or _NAMES.get(name)
    if known:
        return dtypes.parse(f"<{known}")
    plain = name[:-7] if name.endswith("Storage") else name
    size = _OTHER.get(plain)
    return DType("V", size, "|", name=plain.lower()) if size else None


class Storage:
    """What a persistent id says of a storage."""

    def __init__(self, maker: Maker, thing: Any) -> None:
        """Read it. Raises where it is none."""
        pid = thing.args if type(thing.args) is tuple and len(thing.args) > 1 else thing.args[0]
        if type(pid) not in (tuple, list) or text(pid[0]) != "storage":
            raise ValueError("no storage")
        self.kind = _dtype_of(pid[1])
        self.key = pid[2] if type(pid[2]) is str else str(pid[2])
        self.place = text(pid[3])
        self.size = pid[4] if type(pid[4]) is int else 0
        header = maker.storages.get(self.key)
        self.read = header.read if header is not None else None


def is_storage(thing: Any) -> bool:
    """Tell whether a placeholder stands for a storage."""
    return type(thing) is Placeholder and thing.verb == "loaded"


def storage_node(maker: Maker, thing: Placeholder) -> Node | None:
    """Make the node of a storage."""
    try:
        storage = Storage(maker, thing)
    except (ValueError, TypeError, IndexError, AttributeError):
        return None
    kind = str(storage.kind) if storage.kind is not None else "bytes"
    facts = {
        "dtype": kind,
        "size": storage.size,
        "key": printable(storage.key[:40]),
        "device": printable(storage.place[:40]),
    }
    there = "" if storage.read is not None or not maker.storages else "  not in the file"
    words = f"({storage.size:,}) {kind}  storage {sentence(storage.key, 40)}{there}"
    return Node("array", "Storage", "torch", words, storage.size, facts, identity=maker.number(thing), whole=True)


def _tensor(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a tensor."""
    found = _strided(maker, given)
    if found is None:
        return None
    tensor, storage = found
    node = array_node(maker, tensor, "Tensor", "torch", thing, kind="tensor")
    if storage is not None:
        node.facts["device"] = printable(storage.place[:40])
        node.facts["storage"] = printable(storage.key[:40])
        if storage.place not in ("cpu", ""):
            node.text += f"  on {sentence(storage.place, 40)}"
        if maker.storages and storage.read is None:
            node.text += "  its storage is not in the file"
            node.facts["damaged"] = True
    return node


def _strided(maker: Maker, given: Made) -> tuple[Strided, Storage | None] | None:
    """Give a tensor and its storage; None where its dtype is not known. Raises where it is none."""
    args = given.args
    storage = _storage_of(maker, args[0])
    offset, shape, strides = args[1:4]
    kind = storage.kind if storage is not None else None
    if given.name.endswith("_v3") and len(args) > 6:
        kind = _dtype_of(args[6])
    if kind is None:
        return None
    read = storage.read if storage is not None else None
    return Strided(kind, _ints(shape), _ints(strides), offset, read), storage


def tensor_of(maker: Maker, thing: Any) -> Strided | None:
    """Give the tensor that *thing* stands for, or that a parameter holds; None where it stands for none."""
    if type(thing) is not Placeholder:
        return None
    given = made(thing)
    make = TABLE.get(given.top)
    try:
        if make is _parameter:
            return tensor_of(maker, given.args[0])
        found = _strided(maker, given) if make is _tensor else None
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError):
        return None
    return found[0] if found is not None else None


def _ints(shape: Any) -> tuple[int, ...]:
    """Give a shape, which may stand for a `torch.Size`."""
    if type(shape) is Placeholder:
        shape = shape.args[0]
    product(shape)
    return tuple(shape)


def _storage_of(maker: Maker, thing: Any) -> Storage | None:
    """Give the storage that lies in a tensor, by itself or in what tells its type."""
    if is_storage(thing):
        return Storage(maker, thing)
    if type(thing) is Placeholder and thing.name == "_load_from_bytes":
        return _packed(maker, thing)
    if type(thing) is Placeholder:
        for part in (*(thing.args or ()), *made(thing).attributes().values()):
            if is_storage(part):
                return Storage(maker, part)
    return None


def _packed(maker: Maker, thing: Placeholder) -> Storage | None:
    """Give a storage as `pickle` alone writes it: the bytes of a checkpoint with nothing else in it."""
    given = thing.args[0] if type(thing.args) is tuple and thing.args else None
    data = given.encode("latin-1") if type(given) is str else given
    if type(data) is not bytes or maker.unpack is None:
        return None
    if id(given) not in maker.packed:
        maker.hold(given)
        member, value = maker.unpack(data)
        maker.packed[id(given)] = Storage(type(maker)(member), value) if is_storage(value) else None
    storage: Storage | None = maker.packed[id(given)]
    return storage


def _parameter(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a parameter: a tensor that is learnt."""
    node = maker.node(given.args[0])
    if node.kind != "tensor":
        return None
    node.type = "Parameter"
    if len(given.args) > 1 and type(given.args[1]) is bool:
        node.facts["requires_grad"] = given.args[1]
    node.identity = maker.number(thing)
    return node


def _of_type(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a tensor of another class, or one with attributes of its own."""
    function, kind, args = given.args[:3]
    inner = Placeholder("", args, module=made(function).module, name=made(function).name)
    maker.hold(inner)
    node = maker.node(inner)
    if type(kind) is Placeholder:
        node.type = made(kind).short
    node.identity = maker.number(thing)
    return node


def _qtensor(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a quantized tensor."""
    node = _tensor(maker, thing, given)
    if node is not None:
        node.type = "quantized Tensor"
    return node


def _size(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a shape."""
    shape = _ints(given.args[0])
    return Node("scalar", "Size", "torch", str(shape), facts={"value": list(shape)}, whole=True)


def _sparse(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a sparse tensor."""
    node = object_node(maker, thing, given)
    node.kind, node.type, node.module = "tensor", "Tensor", "torch"
    layout, (_, values, size, *_) = given.args[:2]
    shape, kind = _ints(size), maker.node(values).facts.get("dtype", "")
    node.text = f"{shape} {kind}  sparse"
    node.facts = {
        "shape": list(shape),
        "dtype": kind,
        "layout": made(layout).short if type(layout) is Placeholder else "",
    }
    return node


def _module(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a layer: its parameters, and the layers in it."""
    inside = given.attributes()
    node = object_node(maker, thing, given)
    parts = {name: dict(_pairs(inside.get(f"_{name}"))) for name in ("parameters", "buffers", "modules")}
    if not any(parts.values()):
        return node
    facts = {name: len(part) for name, part in parts.items() if part}
    node.text = ", ".join(f"{count} {name if count > 1 else name[:-1]}" for name, count in facts.items())
    node.facts = dict(facts)
    node.children = lambda: attributes(maker, given)
    return node


def _pairs(thing: Any) -> Any:
    return dict.items(thing) if isinstance(thing, dict) else thing.dict_items if type(thing) is Placeholder else ()


LAYERS = _module
TABLE: dict[str, Any] = {
    "torch._rebuild_tensor": _tensor,
    "torch._rebuild_tensor_v2": _tensor,
    "torch._rebuild_tensor_v3": _tensor,
    "torch._rebuild_qtensor": _qtensor,
    "torch._rebuild_parameter": _parameter,
    "torch._rebuild_parameter_with_state": _parameter,
    "torch._rebuild_from_type_v2": _of_type,
    "torch._rebuild_sparse_tensor": _sparse,
    "torch.Size": _size,
}
