"""How much work it is to hash something, found out without hashing it.

A tuple's hash visits its items, and theirs, each as often as it is reached: 45 doublings of a pair, 95 bytes of
stream, are 2**45 visits, and 400,000 tuples inside each other overflow C's stack. So nothing is hashed before its nodes
and its depth are known. They are counted with each shared tuple looked at once.
"""

from __future__ import annotations

from typing import Any

from histshell.pik.errors import LimitError
from histshell.pik.limits import Limits

#: Hashed at once. Text and numbers may be long, which is charged; the rest is of fixed size.
_PLAIN = frozenset((type(None), bool, float, complex, type))
_NESTING = (tuple, frozenset)


def over(limits: Limits, name: str, found: object) -> LimitError:
    """Give the error for *found* being more than the limit *name* allows."""
    error = LimitError(f"{found} is more than Limits.{name} allows ({getattr(limits, name)})")
    error.limit = name
    return error


class Weigher:
    """Count what hashing costs, for one stream.

    It does not hash, compare or print anything, and does not look into anything but exact tuples and frozensets.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing hashed."""
        self._limits = limits
        self._known: dict[int, tuple[Any, int, int]] = {}  # id of a nested tuple -> itself, nodes, depth
        self.hashed = 0
        self.allowed = limits.hashed

    def grow(self, length: int) -> None:
        """Take it that the stream has *length* bytes."""
        self.allowed = self._limits.hashed + self._limits.hashed_per_byte * length

    def charge(self, key: Any) -> None:
        """Charge one hashing of *key*; raise `LimitError` where it is too much."""
        kind = type(key)
        if kind is str or kind is bytes:
            self.hashed += 1 + (len(key) >> 8)
        elif kind is int:
            self.hashed += 1 + (key.bit_length() >> 9)
        elif kind is tuple or kind is frozenset:
            nodes, depth = self._weigh(key)
            if nodes > self._limits.key_nodes:
                raise over(self._limits, "key_nodes", f"a key of {nodes} nodes")
            if depth > self._limits.key_depth:
                raise over(self._limits, "key_depth", f"a key {depth} deep")
            self.hashed += nodes
        else:
            self.hashed += 1
        if self.hashed > self.allowed:
            raise over(self._limits, "hashed", f"{self.hashed} hashed nodes")

    def _flat(self, items: Any) -> int:
        """Give the nodes of *items* where none of them nests; 0 where one does."""
        nodes = 1
        for item in items:
            kind = type(item)
            if kind is tuple or kind is frozenset:
                return 0
            if kind is str or kind is bytes:
                nodes += 1 + (len(item) >> 8)
            elif kind is int:
                nodes += 1 + (item.bit_length() >> 9)
            else:
                nodes += 1
        return nodes

    def _weigh(self, key: Any) -> tuple[int, int]:
        """Give nodes and depth of a tuple or frozenset, iteratively; shared parts are weighed once."""
        nodes = self._flat(key)
        if nodes:
            return nodes, 1
        known = self._known
        todo = [(key, False)]
        while todo:
            item, done = todo.pop()
            if id(item) in known:
                continue
            if not done:
                todo.append((item, True))
                todo.extend((part, False) for part in item if type(part) in _NESTING and id(part) not in known)
                continue
            nodes, depth = 1, 1
            for part in item:
                if type(part) in _NESTING:
                    # A part that is not known yet is this tuple's own ancestor: hashing it would never end.
                    _, more, below = known.get(id(part), (None, self._limits.key_nodes + 1, 1))
                    nodes += more
                    depth = max(depth, below + 1)
                else:
                    nodes += 1
            known[id(item)] = (item, nodes, depth)
        _, nodes, depth = known[id(key)]
        return nodes, depth
