"""Objects of classes that nothing is known of: their class, and what the stream gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import labels
from histshell.pik.tree.builders import is_class
from histshell.pik.tree.model import Child, Node
from histshell.pik.tree.placed import Made, is_slotted, parts
from histshell.preview import Kinds, clip, printable, quoted, show

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_ATOMS = Kinds(type(None), bool, int, float, complex, str, bytes)
_FEW = 4
_LINE = 60


def call_text(args: Any, kwargs: Any) -> str:
    """Write what a class is called with, where that is short; empty where it is not."""
    if type(args) is not tuple or len(args) > _FEW or kwargs or not all(type(arg) in _ATOMS for arg in args):
        return ""
    text = ", ".join(show(arg, total=_LINE) for arg in args)
    return f"({text})" if len(text) <= _LINE else ""


def object_node(maker: Maker, thing: Placeholder, made: Made, **given: Any) -> Node:
    """Make the node of an object from what the stream gives it."""
    node = Node("object", made.short or "object", printable(made.module), identity=maker.number(thing), **given)
    full = f"{made.module}.{made.name}"
    if not made.name:  # what a result would give that is called
        node.type, node.module = clip(printable(thing.what), _LINE), ""
    elif not is_class(full):  # what a function would give
        node.type, node.module = quoted(full), ""
    if not (made.states or made.list_items or made.dict_items):
        node.text = node.text or call_text(made.args, made.kwargs)
        if node.text:
            node.whole = True
            return node
    if made.list_items or made.dict_items:
        node.count = len(made.list_items) + len(made.dict_items)
    node.children = lambda: children(maker, made)
    return node


def children(maker: Maker, made: Made, but: tuple[str, ...] = ()) -> Iterator[Child]:
    """Give arguments, attributes and items of an object."""
    if type(made.args) is tuple:
        for number, arg in enumerate(made.args):
            yield labels.argument(number), maker.node(arg)
    elif made.args is not None:
        yield "(*)", maker.node(made.args)
    if type(made.kwargs) is dict:
        for name, arg in made.kwargs.items():
            yield labels.keyword(name), maker.node(arg)
    yield from attributes(maker, made, but)
    yield from maker.items(made.list_items)
    yield from maker.pairs(made.dict_items)


def attributes(maker: Maker, made: Made, but: tuple[str, ...] = ()) -> Iterator[Child]:
    """Give the attributes that states set; a state of another kind as it is."""
    last = _last(made) if len(made.states) > 1 else None
    for number, state in enumerate(made.states):
        if type(state) is not dict and not is_slotted(state):
            yield "(state)", maker.node(state)
            continue
        for part in parts(state):
            for name, value in part.items():
                label = labels.attribute(name)
                if (last is None or last.get(label) == number) and not (but and label[1:] in but):
                    yield label, maker.node(value)


def _last(made: Made) -> dict[str, int]:
    """Tell which of several states sets an attribute last."""
    found = {}
    for number, state in enumerate(made.states):
        for part in parts(state):
            for name in part:
                found[labels.attribute(name)] = number
    return found


def named_children(maker: Maker, pairs: list[tuple[str, Any]]) -> Callable[[], Iterator[Child]]:
    """Give children that have been picked, by their label."""
    return lambda: ((label, maker.node(value)) for label, value in pairs)
