"""numpy's generators of random numbers and its functions, understood from what a stream says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.generic import attributes, object_node
from histshell.pik.tree.model import Child, Node, imported
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import printable

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_NAMES = {"__randomstate_ctor": "RandomState", "__RandomState_ctor": "RandomState", "__generator_ctor": "Generator"}


def _random(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a generator of random numbers: with what makes its bits, which itself is of the class that is given."""
    node = object_node(maker, thing, given)
    first = given.args[0] if type(given.args) is tuple and given.args else None
    bits = made(first) if type(first) is Placeholder else None
    node.type, node.module = _NAMES.get(given.name, "BitGenerator"), "numpy.random"
    if given.name == "__bit_generator_ctor" and bits is not None and bits.args is None:
        node.type, node.module = bits.short, printable(bits.module)
    elif text(first):
        node.text = printable(text(first)[:40])

    def children() -> Iterator[Child]:
        if bits is not None and bits.args is not None:
            yield (".bit_generator" if node.type == "Generator" else "(0)"), maker.node(first)
        yield from attributes(maker, given)

    node.children = children
    return node


def _ufunc(maker: Maker, thing: Placeholder, given: Made) -> Node | None:
    """Make the node of a function of numpy's."""
    return imported(text(given.args[0]), text(given.args[1]), False)


TABLE: dict[str, Any] = {
    "numpy._ufunc_reconstruct": _ufunc,
    "numpy.__randomstate_ctor": _random,
    "numpy.__RandomState_ctor": _random,
    "numpy.__generator_ctor": _random,
    "numpy.__bit_generator_ctor": _random,
}
