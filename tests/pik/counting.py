"""A matcher for the expressions of the fast path that counts its steps: each look at a byte is one, going back included.

It does what `re` does, in the same order, on the tree that `re` itself makes of a pattern. So what it counts does not depend on
the machine or on what else that does; and since it gives the same ends as `re`, it counts the right thing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

#: Steps, from which on nothing is waited for.
MOST = 1_000_000

Node = tuple[Any, Any]
Ends = Iterator[int]


class Counter:
    """Counts the steps of all expressions that are made by it."""

    def __init__(self) -> None:
        self.steps = 0
        self._data = b""
        self._limit = 0

    def compiled(self, pattern: bytes) -> Callable[..., Any]:
        """Return a function like the `match` of a compiled expression; what it gives has only `end`."""
        tree: list[Node] = list(parser.parse(pattern, re.DOTALL))  # type: ignore[arg-type,call-overload,unused-ignore]
        real = re.compile(pattern, re.DOTALL).match

        def match(data: bytes, at: int = 0, limit: int = sys.maxsize) -> Any:
            self._data, self._limit = data, min(limit, len(data))
            end = next(self._sequence(tree, 0, at), None)  # first, so that what never ends ends here
            found = real(data, at, self._limit)
            assert end == (found and found.end())
            return found

        return match

    def _sequence(self, nodes: list[Node], first: int, at: int) -> Ends:
        """Yield where the nodes from the one with the number *first* on may end, in the order in which `re` tries them."""
        if first == len(nodes):
            yield at
            return
        if first == len(nodes) - 1:
            yield from self._node(nodes[first], at)
            return
        for end in self._node(nodes[first], at):
            yield from self._sequence(nodes, first + 1, end)

    def _node(self, node: Node, at: int) -> Ends:
        name, argument = str(node[0]), node[1]
        if name == "MAX_REPEAT":
            least, most, inner = argument
            return self._repeat(list(inner), least, int(most), at)
        if name == "POSSESSIVE_REPEAT":
            least, most, inner = argument
            ends = list(islice(self._repeat(list(inner), least, int(most), at), 1))
            return iter(ends)
        if name == "BRANCH":
            return (end for branch in argument[1] for end in self._sequence(list(branch), 0, at))
        if name == "SUBPATTERN":
            return self._sequence(list(argument[-1]), 0, at)
        if name == "ASSERT":
            assert argument[0] == 1, "looking back is not counted"
            return (at for _ in [next(self._sequence(list(argument[1]), 0, at), None)] if _ is not None)
        self.steps += 1
        assert self.steps < MOST, "an expression goes back and forth"
        if at >= self._limit or not _fits(name, argument, self._data[at]):
            return iter(())
        return iter((at + 1,))

    def _repeat(self, inner: list[Node], least: int, most: int, at: int) -> Ends:
        """As often as it goes first, then once less, and so on."""
        places, tried = [at], [self._sequence(inner, 0, at) if most else iter(())]
        while tried:
            end = next(tried[-1], None)
            if end is not None and (end > places[-1] or len(places) <= least):
                places.append(end)
                tried.append(self._sequence(inner, 0, end) if len(places) <= most else iter(()))
                continue
            tried.pop()
            self.steps += 1
            place = places.pop()
            if len(places) >= least:
                yield place


def _fits(name: str, argument: Any, byte: int) -> bool:
    """Return whether a byte is one of those that a node stands for."""
    if name == "ANY":
        return True
    if name == "LITERAL":
        return bool(byte == argument)
    if name == "NOT_LITERAL":
        return bool(byte != argument)
    assert name == "IN", name
    negated = str(argument[0][0]) == "NEGATE"
    inside = any(
        low == byte if str(kind) == "LITERAL" else low[0] <= byte <= low[1] for kind, low in argument[negated:]
    )
    return inside != negated
