"""`TreeMaker`: a node for each value of a stream, also for the libraries' objects, by what these are made of."""

from __future__ import annotations

from typing import Iterator

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import generic, objects
from histshell.pik.tree.maker import Maker
from histshell.pik.tree.model import Child, Node
from histshell.pik.tree.placed import Made


class TreeMaker(Maker):
    """A `Maker` for whatever a stream can bring."""

    def understood(self, thing: Placeholder) -> Node:
        """Make the node of an object, by its library's table where it has one."""
        return objects.node(self, thing)

    def attributes(self, made: Made) -> Iterator[Child]:
        """Give the attributes of an object, with a node each."""
        return generic.attributes(self, made)
