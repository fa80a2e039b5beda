"""scipy's sparse matrices and scikit-learn's trees, understood from what a stream says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_values import array_of
from histshell.pik.tree.generic import attributes, children, object_node
from histshell.pik.tree.model import Node
from histshell.pik.tree.placed import Made, text
from histshell.preview import printable

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker


def _sparse(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a sparse matrix."""
    inside = given.attributes()
    shape = inside.get("_shape", inside.get("shape"))
    if type(shape) is not tuple and type(given.args) is tuple and given.args:
        shape = given.args[0]
    if type(shape) is not tuple:
        return None
    dtypes.product(shape)
    data = array_of(maker, inside.get("data"))
    stored, kind = _stored(maker, given, shape), str(data.kind) if data is not None else ""
    if "dtype" in inside:  # where the values are in lists, or in a dict
        kind = str(dtypes.of(inside["dtype"]) or "")
    facts = {"shape": list(shape), "dtype": kind, "stored": stored}
    words = f"{shape} {kind}".rstrip() + f", {stored:,} stored"
    node = Node("array", given.short, printable(given.module), words, shape[0] if shape else None, facts)
    node.identity = maker.number(thing)
    node.children = lambda: children(maker, given, ("_shape", "maxprint"))
    return node


def _stored(maker: Maker, given: Made, shape: tuple[int, ...]) -> int:
    """Count the values that are stored, as scipy does."""
    inside = given.attributes()
    data, layout = array_of(maker, inside.get("data")), given.short[:3]
    if data is None:
        return len(given.dict_items) or len(inside.get("_dict") or ())
    if layout == "lil":
        return sum(len(row) for row in data.objects)
    offsets = array_of(maker, inside.get("offsets"))
    if layout == "dia" and offsets is not None:
        rows, columns = shape[0], min(data.shape[1], shape[1])
        return sum(max(min(rows + at, columns) - max(at, 0), 0) for at in offsets.first(offsets.size))
    return data.size


def _tree(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a tree of scikit-learn's."""
    inside = given.attributes()
    node = object_node(maker, thing, given)
    count, depth = inside.get("node_count"), inside.get("max_depth")
    if type(count) is int and type(depth) is int:
        node.text = f"{count:,} nodes, {depth} deep"
        node.facts = {"node_count": count, "max_depth": depth}
    if type(given.args) is tuple and given.args and type(given.args[0]) is int:
        node.facts["n_features"] = given.args[0]
    node.children = lambda: attributes(maker, given)
    return node


def version(given: Made) -> str:
    """Give the version of scikit-learn that has made an estimator."""
    found = text(given.attributes().get("_sklearn_version"))
    return printable(found[:20])


_KINDS = ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
TABLE: dict[str, Any] = {
    **{f"scipy.{kind}_{what}": _sparse for kind in _KINDS for what in ("matrix", "array")},
    "sklearn.Tree": _tree,
}
