"""How much work it is to hash something, and to compare it, found out without doing either.

A tuple's hash visits its items, and theirs, each as often as it is reached: 45 doublings of a pair, 95 bytes of
stream, are 2**45 visits, and 400,000 tuples inside each other overflow C's stack. So nothing is hashed before its nodes
and its depth are known. They are counted with each shared tuple looked at once.
"""

from __future__ import annotations

import sys
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

from histshell import libraries
from histshell.pik.errors import LimitError
from histshell.pik.limits import Limits

_WIDE = 1_000  # bits of an int that is dear to compare with a Decimal
_NESTING = (tuple, frozenset)
_HEAP_TYPE = 1 << 9  # a class made while Python runs
_mro = type.__dict__["__mro__"].__get__
_flags = type.__dict__["__flags__"].__get__
_class_dict = type.__dict__["__dict__"].__get__
_Member, _Getter = MemberDescriptorType, GetSetDescriptorType
_LONG = 16  # items of a tuple from which on its weight is remembered


def over(limits: Limits, name: str, found: object) -> LimitError:
    """Give the error for *found* being more than the limit *name* allows."""
    error = LimitError(f"{found} is more than Limits.{name} allows ({getattr(limits, name)})")
    error.limit = name
    return error


class Weigher:
    """Tell what hashing costs, in steps of work.

    It does not hash, compare or print anything, and looks into nothing but exact types of the standard library.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing known."""
        self._limits = limits
        self._known: dict[int, tuple[Any, int, int]] = {}  # id of a nested tuple -> itself, nodes, depth
        self._widest = 0  # bits of the widest int that was hashed
        self._decimals = False  # a Decimal was hashed

    def weigh(self, key: Any) -> int:
        """Give the steps that one hashing of *key* takes; raise `LimitError` where it is too much by itself."""
        if not _nests(type(key)):
            return self.leaf(key)
        nodes, depth = self._weigh(key)
        if nodes > self._limits.key_nodes:
            raise over(self._limits, "key_nodes", f"a key of {nodes} nodes")
        if depth > self._limits.key_depth:
            raise over(self._limits, "key_depth", f"a key {depth} deep")
        return nodes

    def leaf(self, thing: Any) -> int:
        """Give the steps for *thing*, which is no tuple and no frozenset."""
        kind = type(thing)
        if kind is str or kind is bytes:
            return 1 + (len(thing) >> 8)
        if kind is int:
            bits = thing.bit_length()
            return 1 if bits < 512 else 1 + (bits >> 9) + self._wide(bits)
        if kind is float or kind is bool or thing is None:
            return 1
        if kind is range or kind is slice:
            return 4 + sum(self.leaf(part) for part in (thing.start, thing.stop, thing.step))
        return self._by_name(thing, kind)

    def _by_name(self, thing: Any, kind: type) -> int:
        """Give the steps for a class of a module that need not have been imported."""
        if libraries.has(kind, "decimal", "Decimal"):
            self._decimals = True
            size = sys.getsizeof(thing, 0) or len(getattr(thing, "_int", ""))  # PyPy's is in Python, and knows no size
            return 20 + (size >> 3) + self._wide(0)
        if libraries.has(kind, "fractions", "Fraction"):
            terms = [getattr(thing, name, 0) for name in ("_numerator", "_denominator")]
            return 100 + sum(self.leaf(term) for term in terms)
        if any(libraries.has(kind, "pathlib", name) for name in ("PurePosixPath", "PureWindowsPath")):
            parts: Any = getattr(thing, "_raw_paths", None) or getattr(thing, "_parts", ())
            return 40 + sum(map(len, parts))
        return 20 + (self._inside(thing) if _has_hash(kind) else 0)

    def _inside(self, thing: Any) -> int:
        """Give the steps for what an instance holds that its class may hash: its tuples, and those of instances in it.

        Such a class was trusted, and its hash may be anything; but what it hands to C, C goes through by recursion.
        """
        seen: dict[int, Any] = {id(thing): thing}
        todo = [thing]
        steps = 0
        while todo:
            held = _attributes(todo.pop())
            for item in held:
                steps += 1
                if id(item) in seen:
                    continue
                seen[id(item)] = item
                if _nests(type(item)):
                    steps += self.weigh(item)
                    todo.append(item)
                elif _flags(type(item)) & _HEAP_TYPE:
                    todo.append(item)
            if steps > self._limits.key_nodes:
                raise over(self._limits, "key_nodes", f"a key of {steps} nodes")
        return steps

    def _wide(self, bits: int) -> int:
        """Give the steps for comparing the widest int with a Decimal, which writes it in decimal: the square of its length."""
        if bits > self._widest and bits > _WIDE:
            self._widest = bits
        return (self._widest >> 6) ** 2 if self._decimals else 0

    def _flat(self, items: Any) -> int:
        """Give the nodes of *items* where none of them nests; 0 where one does."""
        nodes = 1
        for item in items:
            kind = type(item)
            if kind is not str and _nests(kind):
                return 0
            nodes += 1 if kind is str and len(item) < 256 else self.leaf(item)
        return nodes

    def _weigh(self, key: Any) -> tuple[int, int]:
        """Give nodes and depth of a tuple or frozenset, iteratively; shared parts are weighed once."""
        known = self._known
        if id(key) in known:
            _, nodes, depth = known[id(key)]
            return nodes, depth
        nodes = self._flat(_items(key))
        if nodes:
            if len(key) > _LONG:
                known[id(key)] = (key, nodes, 1)
            return nodes, 1
        todo = [(key, False)]
        while todo:
            item, done = todo.pop()
            if id(item) in known:
                continue
            if not done:
                todo.append((item, True))
                todo.extend((part, False) for part in _items(item) if _nests(type(part)) and id(part) not in known)
                continue
            nodes, depth = 1, 1
            for part in _items(item):
                if _nests(type(part)):
                    # A part that is not known yet is this tuple's own ancestor: hashing it would never end.
                    _, more, below = known.get(id(part), (None, self._limits.key_nodes + 1, 1))
                    nodes += more
                    depth = max(depth, below + 1)
                else:
                    nodes += self.leaf(part)
            known[id(item)] = (item, nodes, depth)
        _, nodes, depth = known[id(key)]
        return nodes, depth


def _nests(kind: type) -> bool:
    """Tell whether *kind* is a tuple or frozenset, or a class made of them: C hashes what is in it."""
    return kind is tuple or kind is frozenset or issubclass(kind, _NESTING)


def _has_hash(kind: type) -> bool:
    """Tell whether *kind* hashes by a method of its own, read past any metaclass."""
    for base in _mro(kind):
        if "__hash__" in _class_dict(base):
            return base is not object
    return False


def _items(thing: Any) -> Any:
    """Go through a tuple or frozenset, whatever its own class says to that."""
    return tuple.__iter__(thing) if issubclass(type(thing), tuple) else frozenset.__iter__(thing)


def _attributes(thing: Any) -> list[Any]:
    """Give what an instance holds in its dict, its slots and as a tuple, without asking its class."""
    held: list[Any] = list(_items(thing)) if _nests(type(thing)) else []
    for base in _mro(type(thing)):
        for name, found in _class_dict(base).items():
            try:
                if type(found) is _Member:
                    held.append(found.__get__(thing))
                elif name == "__dict__" and type(found) is _Getter:
                    held.extend(found.__get__(thing).values())
            except AttributeError:  # it is not set
                pass
    return held
