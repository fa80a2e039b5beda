"""Which things a stream may have hashed: plain data, and instances of classes that it may make. Any other's hash is code."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from pickle import PickleBuffer
from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.errors import RefusedError
from histshell.pik.placeholders import Placeholder
from histshell.pik.policy.numpy_rules import is_scalar
from histshell.preview import Kinds, type_title

if TYPE_CHECKING:
    from histshell.pik.policy.open_gate import Terms

#: Types of which nothing more need be known, by id.
HASHABLE = frozenset(map(id, (type(None), bool, int, float, complex, str, bytes, type, Placeholder)))
_UNHASHABLE = Kinds(list, dict, set, bytearray, deque, PickleBuffer, OrderedDict, defaultdict, Counter)
_LONG = 16  # items of a tuple from which on it is remembered
_SIZED = frozenset(
    ("builtins", "collections", "datetime", "decimal", "fractions", "uuid", "pathlib", "pathlib._local", "array")
)


class KeyTypes:
    """The types of what is hashed, tuples and frozensets looked through. It hashes nothing.

    ``ruled`` tells whether the stream has imported a class by a rule.
    """

    def __init__(self, ruled: Callable[[Any], bool], terms: Terms) -> None:
        """Go by the policy in *terms*."""
        self._ruled = ruled
        self._terms = terms
        self._known: dict[int, Any] = {}  # tuples and frozensets that hold nothing of a foreign type, by id

    def check(self, key: Any) -> None:
        """Refuse to hash *key* if it is, or holds, an object of an unknown type, whatever is done with what is refused."""
        kind = type(key)
        if kind is tuple or kind is frozenset:
            if id(key) in self._known:
                return
            for part in key:
                if id(type(part)) not in HASHABLE:
                    self._check_nested(key)
                    return
            if len(key) > _LONG:
                self._known[id(key)] = key
        else:
            self._check_kind(kind)

    def _check_nested(self, key: Any) -> None:
        """Check the types of all that is in nested tuples and frozensets; each shared part once."""
        known = self._known
        seen: dict[int, Any] = {}
        todo = [key]
        while todo:
            item = todo.pop()
            kind = type(item)
            if kind is tuple or kind is frozenset:
                if id(item) not in known and id(item) not in seen:
                    seen[id(item)] = item
                    todo.extend(item)
            elif id(kind) not in HASHABLE:
                self._check_kind(kind)
        known.update(seen)  # held, so that their ids stay their own

    def _check_kind(self, kind: type) -> None:
        """Refuse an instance of *kind*, unless that is a class of the list, or trusted."""
        if kind in _UNHASHABLE or self._ruled(kind) or is_scalar(kind) or _is_class(kind):
            return
        if is_sized(kind) and name_pair(kind) in self._terms.policy.rules:
            return
        error = RefusedError(f"hashing of {type_title(kind)} refused: it is not on the safe list")
        error.name = type_title(kind)
        raise error


def _is_class(kind: type) -> bool:
    """Tell whether *kind* is one of classes that are hashed and compared as any object is, by where they are."""
    if not issubclass(kind, type):
        return False
    for base in type.__dict__["__mro__"].__get__(kind):
        inside = type.__dict__["__dict__"].__get__(base)
        if base is not object and ("__hash__" in inside or "__eq__" in inside):
            return False
    return True


def name_pair(kind: type) -> tuple[Any, Any]:
    """Give module and name of a class, read past any metaclass."""
    return type.__dict__["__module__"].__get__(kind), type.__dict__["__qualname__"].__get__(kind)


def is_sized(kind: type) -> bool:
    """Tell whether *kind* says that it is of a module of the list; what it says is not proof."""
    module = name_pair(kind)[0]
    return type(module) is str and module in _SIZED


def is_plain(kind: type) -> bool:
    """Tell whether *kind* is a type of plain data, which has rules of its own wherever it comes from."""
    return id(kind) in HASHABLE or kind in _UNHASHABLE or kind is tuple or kind is frozenset
