"""Buffers that a stream of protocol 5 asks for, and that are kept elsewhere: each is a stand-in, and the stream is read on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.budget import Budget
from histshell.pik.files.model import Finding
from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.model import Node

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_VERB = "kept here"
_COST = 150  # bytes charged for a stand-in


class Buffers:
    """Give a stand-in for each buffer that is asked for, and count them."""

    def __init__(self, budget: Budget) -> None:
        """Charge *budget* for each."""
        self.count = 0
        self._budget = budget

    def __iter__(self) -> Buffers:
        """Be an iterator."""
        return self

    def __next__(self) -> Placeholder:
        """Give the next one; there is no last."""
        self._budget.charge(_COST)
        self.count += 1
        return Placeholder(f"buffer {self.count - 1}", (), verb=_VERB)


def is_buffer(thing: Any) -> bool:
    """Tell whether it stands for a buffer."""
    return type(thing) is Placeholder and thing.verb == _VERB


def words(thing: Placeholder) -> str:
    """Say which one it is: ``buffer 0, kept elsewhere``."""
    return f"{thing.what}, kept elsewhere"


def node(maker: Maker, thing: Placeholder) -> Node:
    """Make the node of a buffer."""
    facts = {"buffer": int(thing.what.split()[1])}
    return Node("scalar", "buffer", text=words(thing), facts=facts, identity=maker.number(thing), whole=True)


def finding(count: int) -> Finding:
    """Say that a stream wants *count* buffers: nothing is wrong with it."""
    said = "one buffer that is" if count == 1 else f"{count:,} buffers that are"
    which = "it" if count == 1 else "them, in their order"
    return Finding(f"it wants {said} not in the file: load(buffers=[…]) takes {which}", None, False)
