"""What a stream says of numpy's arrays, scalars and dtypes becomes nodes: numpy need not be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_nodes import TEXT, array_node, plain, written
from histshell.pik.tree.array_values import array_of, of_bytes, own_state
from histshell.pik.tree.generic import attributes
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made, made
from histshell.preview import clip, printable

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker


def _array(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array."""
    array = array_of(maker, thing)
    if array is None:
        return None
    owner = given.args[0] if type(given.args) is tuple and given.args else None
    name, module = "ndarray", "numpy"
    if given.name.endswith("reconstruct") and type(owner) is Placeholder and owner.name:
        name, module = made(owner).short, printable(owner.module)
    node = array_node(maker, array, name, module, thing)
    more = own_state(given.state)[1] if type(given.state) is tuple else ()
    if given.name == "_mareconstruct":
        node.facts["masked"] = _masked(more[0] if more else b"")
        node.text += f"  {node.facts['masked']:,} masked"
        more = more[2:]
    if more:
        node.flat = node.whole = False
        node.children = lambda: attributes(maker, given._replace(states=more))
    return node


def _masked(mask: Any) -> int:
    """Count what is masked."""
    mask = mask.encode("latin-1", "replace") if type(mask) is str else mask
    return len(mask) - bytes(mask).count(0) if type(mask) in (bytes, bytearray) else 0


def _scalar(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a number that is numpy's."""
    kind = dtypes.of(given.args[0])
    if kind is None:
        return None
    if kind.kind == "O":
        return maker.node(given.args[1])
    read = of_bytes(given.args[1], kind.size)
    value = dtypes.values(kind, read(0, kind.size), 0, 1)[0] if read is not None else ""
    name = {"U": "str_", "S": "bytes_", "M": "datetime64", "m": "timedelta64"}.get(kind.kind, str(kind))
    facts = {"value": plain(value), "dtype": str(kind)}
    words = (
        repr(value) if type(value) is float and kind.size == 8 else written(value)
    )  # alone, it is told to its last digit
    return Node("scalar", name, "numpy", clip(printable(words), TEXT), facts=facts, whole=True)


def _dtype(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a dtype."""
    kind = dtypes.of(thing)
    if kind is None:
        return None
    return Node("scalar", "dtype", "numpy", clip(printable(str(kind)), TEXT), facts={"itemsize": kind.size}, whole=True)


def _wrapper(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of an array of joblib's."""
    array = array_of(maker, thing)
    if array is None:
        return None
    if id(thing) in maker.inner:
        return maker.node(maker.inner[id(thing)])
    subclass = given.attributes().get("subclass")
    name = made(subclass).short if type(subclass) is Placeholder else "ndarray"
    if array.read is None:  # of objects: they are a pickle of their own
        facts = {"shape": list(array.shape), "dtype": str(array.kind), "size": array.size}
        return Node(
            "array", name, "numpy", f"{array.shape} {array.kind}", facts=facts, identity=maker.number(thing), whole=True
        )
    return array_node(maker, array, name, "numpy", thing)


TABLE: dict[str, Any] = {
    "numpy._reconstruct": _array,
    "numpy._mareconstruct": _array,
    "numpy._frombuffer": _array,
    "numpy.scalar": _scalar,
    "numpy.dtype": _dtype,
    "numpy._convert_to_stringdtype_kwargs": _dtype,
    "joblib.NumpyArrayWrapper": _wrapper,
    "sklearn.NumpyArrayWrapper": _wrapper,
}  # fmt: skip
