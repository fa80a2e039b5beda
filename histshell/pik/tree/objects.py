"""The node of what a placeholder stands for: by the table of its library where it has one, else as its class and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import (
    arrays,
    arrow,
    buffers,
    frames,
    functions,
    numpy_objects,
    science,
    shapes,
    standard,
    summaries,
    tensors,
)
from histshell.pik.tree.builders import is_class
from histshell.pik.tree.generic import object_node
from histshell.pik.tree.model import Node, imported
from histshell.pik.tree.placed import Made, made
from histshell.preview import printable, sentence

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

#: A library and a name of it -> what makes its node, or None where a stream says something else than usual.
TABLE: dict[str, Any] = {
    **arrays.TABLE, **numpy_objects.TABLE, **arrow.TABLE, **frames.TABLE, **science.TABLE, **tensors.TABLE, **functions.TABLE,
    **shapes.TABLE, **standard.TABLE, **summaries.TABLE,
}  # fmt: skip


#: Names that are values and no classes: type, module and text.
_ALONE = {
    "pandas.NA": ("NAType", "pandas", "<NA>"), "pandas.NaT": ("NaTType", "pandas", "NaT"),
    "builtins.Ellipsis": ("ellipsis", "", "Ellipsis"),
    "builtins.NotImplemented": ("NotImplementedType", "", "NotImplemented"),
}  # fmt: skip


def node(maker: Maker, thing: Placeholder) -> Node:
    """Make the node of a placeholder."""
    if tensors.is_storage(thing):
        found = tensors.storage_node(maker, thing)
        return found or Node(
            "object", "persistent id", text=sentence(thing.what, 200), identity=maker.number(thing), whole=True
        )
    if buffers.is_buffer(thing):
        return buffers.node(maker, thing)
    given = made(thing)
    if given.args is None and given.top in _ALONE:
        return Node("scalar", _ALONE[given.top][0], _ALONE[given.top][1], _ALONE[given.top][2], whole=True)
    if given.args is None and "." in given.name:
        return _attribute(given)
    if given.args is None:
        return imported(given.module, given.name or thing.what, is_class(f"{given.module}.{given.name}"))
    found = _understood(maker, thing, given)
    if found is not None:
        return found
    result = object_node(maker, thing, given)
    if given.module.startswith("sklearn."):
        version = science.version(given)
        if version:
            result.facts["sklearn_version"] = version
    return result


def _attribute(given: Made) -> Node:
    """Make the node of what hangs on a class: a class in it, a member of an enum, a method."""
    owner, _, name = given.name.rpartition(".")
    if is_class(name) and not name.isupper():
        return imported(given.module, given.name, True)
    short = owner.rpartition(".")[2]
    return Node(
        "scalar",
        sentence(short, 80),
        printable(given.module),
        f"{sentence(short, 80)}.{sentence(name, 80)}",
        whole=True,
    )


def _understood(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of what is known, None where nothing is, or the stream says something else than its library writes."""
    make = TABLE.get(given.top)
    if make is None:
        if not given.module.startswith("torch.nn.modules.") or not given.states:
            return None
        make = tensors.LAYERS
    maker.deeper()
    try:
        found: Node | None = make(maker, thing, given)
        return found
    except Exception:  # whatever a stream says instead, it is shown as any object is
        return None
    finally:
        maker.shallower()
