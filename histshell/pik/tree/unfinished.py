"""The tree of a stream that ends too soon: from what lies on the machine's stack, where each thing waits for its contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import labels
from histshell.pik.tree.model import Child, Node

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

_Label = Callable[[Any], str]


class Unfinished:
    """A stack and its marks: what lies above a mark was to go into what lies just below it.

    The nodes of deeper levels are made when they are asked for, so that any number of open marks is fine.
    """

    def __init__(self, maker: Maker, stack: list[Any], marks: list[int]) -> None:
        """Cut the stack at its marks."""
        self.maker = maker
        bounds = [0, *marks, len(stack)]
        self.levels = [stack[start:stop] for start, stop in zip(bounds, bounds[1:])]
        while self.levels and not self.levels[-1]:
            self.levels.pop()

    def node(self) -> Node:
        """Make the node of the whole."""
        if not self.levels:
            return Node("cut", "nothing", text="it ends before anything was made", whole=True)
        values = self.levels[0]
        if not values:
            return self._several(1)
        if len(values) == 1:
            return self._open(values[0], 1, self._key)
        first, rest = values[0], values[1:]
        if type(first) is Placeholder and len(rest) == 1:
            return self._with_state(first, rest[0])
        return self._several(0)

    def _several(self, level: int) -> Node:
        """Make the node of things that were to become one."""
        return Node("cut", "unfinished", children=lambda: self._waiting(level, None, self._key))

    def _key(self, key: Any) -> str:
        return self.maker.key(key)

    def _open(self, value: Any, level: int, label: _Label) -> Node:
        """Make the node of *value*, into which what lies on *level* was to go."""
        node = self.maker.node(value)
        if level >= len(self.levels):
            return node
        known = node.children

        def children() -> Iterator[Child]:
            yield from known()
            yield from self._waiting(level, value, label)

        facts = {**node.facts, "unfinished": True}
        words = "" if node.flat else node.text
        return Node(node.kind, node.type, node.module, words, node.count, facts, children, node.identity)

    def _with_state(self, thing: Placeholder, state: Any) -> Node:
        """Make the node of an object, to which what lies behind it was to be given as its state."""
        node = self.maker.node(thing)
        known = node.children

        def children() -> Iterator[Child]:
            yield from known()
            if type(state) is not dict:
                yield "(state)", self._open(state, 1, self._key)
                return
            for name, value in state.items():
                yield labels.attribute(name), self.maker.node(value)
            yield from self._waiting(1, state, labels.attribute)

        facts = {**node.facts, "unfinished": True}
        return Node(node.kind, node.type, node.module, node.text, node.count, facts, children, node.identity)

    def _waiting(self, level: int, outer: Any, label: _Label) -> Iterator[Child]:
        """Give what lies on a level: as keys and values where it was to go into a dict."""
        if level >= len(self.levels):
            return
        values = self.levels[level]
        last = len(values) - 1
        for number, value in enumerate(values):
            if type(outer) is dict:
                if number % 2:
                    continue
                if number < last:
                    inner = values[number + 1]
                    is_last = number + 1 == last
                    yield label(value), self._open(inner, level + 1, self._key) if is_last else self.maker.node(inner)
                    continue
            node = self._open(value, level + 1, self._key) if number == last else self.maker.node(value)
            yield f"(next {number})" if type(outer) is dict else labels.item(number + _length(outer)), node
        if not values:
            yield "(next)", self._several(level + 1)


def _length(outer: Any) -> int:
    """Give how many items a list has already."""
    return len(outer) if type(outer) is list else 0
