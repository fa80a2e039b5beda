"""`Maker`: a node for each value that the safe machine has read, made when it is asked for.

What it is for objects, which are placeholders, is in `tree_maker`, which knows the libraries' tables; here is what is plain.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator

from histshell.pik.beginnings import LOOKED, NOTHING_CUT
from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import labels
from histshell.pik.tree.model import Child, Node, imported
from histshell.pik.tree.placed import Made, short_name
from histshell.preview import Beginning, Kinds, clip, opaque, printable, show, type_name

if TYPE_CHECKING:
    from collections import defaultdict, deque

    from histshell.pik.files.model import Member

_SCALARS = Kinds(type(None), bool, int, float, complex, type(Ellipsis), type(NotImplemented), range, slice)
_TEXTS = Kinds(str, bytes, bytearray)
_SPELLED = (
    "datetime",
    "decimal",
    "fractions",
    "uuid",
    "pathlib",
    "pathlib._local",
)  # what these write is C's or the library's
_DEEPEST = 20  # nodes that are made for one
_KEYS = 8  # parts of a key that are written
_NAMED = 1_000  # placeholders whose classes are compared
_FIRST = 20  # items that are written in one line
_TEXT = 300  # characters of that line
CHEAP = 1 << 21  # numbers in all that are gone through for their least and greatest

#: Kinds of nodes that need no line of their own for what is in them.
ATOMS = frozenset(("scalar", "text", "bytes", "class"))


class Maker(ABC):
    """Makes the nodes of one value; they have the numbers of its objects, and what lies beside it in its file.

    ``member`` has the storages of a PyTorch file, and ``arrays`` are those that lie between the opcodes of joblib's, by the
    id of what stands for them, as the values in ``inner`` are that are pickles of their own there. Nothing is hashed,
    compared or written that the stream has made, but what is plain.
    """

    def __init__(
        self, member: Member | None = None, arrays: dict[int, Any] | None = None, inner: dict[int, Any] | None = None
    ) -> None:  # fmt: skip
        """Begin with no numbers given."""
        self.member = member
        self.storages: Any = member.storages if member is not None else {}
        self.arrays = arrays or {}
        self.inner = inner or {}
        self.given: dict[int, tuple[Any, list[Any]]] = {}
        self.cheap = CHEAP
        #: What is known of containers of which only the beginning is there.
        self.beginnings = NOTHING_CUT
        #: Reads the first value of a file that lies in the stream as bytes, with its member there; None where nobody does.
        self.unpack: Callable[[bytes], tuple[Any, Any]] | None = None
        #: The storages of such files, by the id of their bytes.
        self.packed: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._deep = 0
        self._held: list[Any] = []  # so that the ids stay their own

    def number(self, value: Any) -> int:
        """Give the number of an object."""
        known = self._numbers.get(id(value))
        if known is None:
            known = self._numbers[id(value)] = len(self._numbers)
            self._held.append(value)
        return known

    def hold(self, value: Any) -> None:
        """Keep what was made on the way as long as the nodes are."""
        self._held.append(value)

    def deeper(self) -> None:
        """Note that one node needs another to be made. Raises `RecursionError` where that goes on and on."""
        self._deep += 1
        if self._deep > _DEEPEST:
            self._deep -= 1
            raise RecursionError

    def shallower(self) -> None:
        """Note that it is made."""
        self._deep -= 1

    def node(self, value: Any) -> Node:
        """Make the node of a value."""
        kind = type(value)
        if kind is Placeholder:
            return self.understood(value)
        if kind in _SCALARS:
            return Node("scalar", type_name(value), text=show(value, width=10, total=_TEXT), whole=True)
        if kind in _TEXTS:
            return self._text(value)
        if kind is Beginning:
            return Node(
                "text" if value.kind is str else "bytes", value.kind.__name__,
                text=show(value.first[:_TEXT], total=5 * _TEXT), count=value.size,
            )  # fmt: skip
        make = _CONTAINERS.get(id(kind))
        if make is not None:
            return make(self, value)
        return self._other(value)

    @abstractmethod
    def understood(self, thing: Placeholder) -> Node:
        """Make the node of an object."""

    @abstractmethod
    def attributes(self, made: Made) -> Iterator[Child]:
        """Give the attributes of an object."""

    def _text(self, value: str | bytes | bytearray) -> Node:
        """Make the node of a text or of bytes."""
        kind = "text" if type(value) is str else "bytes"
        cut = value if len(value) <= _TEXT else value[:_TEXT]
        return Node(
            kind, type_name(value), text=show(cut, total=5 * _TEXT), count=len(value), whole=len(value) <= _TEXT
        )  # fmt: skip

    def _other(self, value: Any) -> Node:
        """Make the node of what has no parts: dates, decimals, paths, buffers."""
        import array

        kind = type(value)
        if kind is array.array:
            facts = {"typecode": value.typecode, "size": len(value)}
            return Node(
                "array", "array", "array", show(value, width=_FIRST, total=_TEXT), len(value), facts, whole=True
            )
        if kind is memoryview:
            return Node("bytes", "memoryview", text=show(bytes(value[:_FIRST])), count=value.nbytes)
        if type_name(value) == "PickleBuffer":
            with value.raw() as view:
                return Node("bytes", "PickleBuffer", text=show(bytes(view[:_FIRST])), count=view.nbytes)
        if issubclass(kind, type):
            return imported(value.__module__, value.__qualname__, is_class=True)
        text = show(value, width=_FIRST, total=_TEXT)
        node = Node("scalar", type_name(value), str(kind.__module__), text or opaque(value), whole=True)
        if node.module in _SPELLED:
            try:
                node.facts["value"] = clip(printable(str(value)), _TEXT)
            except Exception:  # too many digits, or it is half made
                node.facts = {}
        return node

    # ------------------------------------------------------------------ containers

    def sequence(self, value: Any, kind: str, type_: str, children: Callable[[], Iterator[Child]]) -> Node:
        """Make the node of a list, tuple, set or deque."""
        of, flat = self.of(value)
        size = self.beginnings.size(value)
        facts = {"of": of} if of else {}
        node = Node(
            kind, type_, count=size, facts=facts, children=children, identity=self.number(value) if size else None
        )
        if flat:
            node.text = show(self.beginnings.shown(value), width=_FIRST, depth=2, total=_TEXT)
            node.flat = True
            node.whole = size <= _FIRST and len(node.text) < _TEXT
        return node

    def of(self, value: Any) -> tuple[str, bool]:
        """Tell what all items are, if that is one thing, and whether they can be written in a line."""
        size = self.beginnings.size(value)
        kinds = self.beginnings.kinds(value)
        flat = all(kind in _SCALARS or kind in _TEXTS for kind in kinds)
        if len(kinds) != 1 or size > LOOKED:
            return "", flat
        if kinds[0] is not Placeholder:
            return kinds[0].__name__, flat
        if size > _NAMED:
            return "", False
        names = {short_name(item) for item in value}
        return (names.pop() if len(names) == 1 else ""), False

    def items(self, values: Iterable[Any]) -> Iterator[Child]:
        """Give items, numbered."""
        for number, value in enumerate(values):
            yield labels.item(number), self.node(value)

    def pairs(self, pairs: Iterable[tuple[Any, Any]]) -> Iterator[Child]:
        """Give the values of keys."""
        for key, value in pairs:
            yield self.key(key), self.node(value)

    def key(self, key: Any) -> str:
        """Give the label of a key."""
        if type(key) is Placeholder:
            node = self.node(key)
            return f"[{node.text or node.type}]" if node.kind in ATOMS else f"[{node.type} {node.text}".rstrip() + "]"
        if type(key) is tuple and len(key) <= _KEYS and any(type(part) is Placeholder for part in key):
            return f"[({', '.join(self.key(part)[1:-1] for part in key if type(part) is not tuple)})]"
        return labels.key(key)

    def _list(self, value: Any) -> Node:
        return self.sequence(value, "list", "list", lambda: self._numbered(value))

    def _numbered(self, value: list[Any]) -> Iterator[Child]:
        """Give the items of a list that are there."""
        for number, item in self.beginnings.items(value):
            yield labels.item(number), self.node(item)

    def _tuple(self, value: Any) -> Node:
        return self.sequence(value, "tuple", "tuple", lambda: self.items(value))

    def _set(self, value: Any) -> Node:
        return self.sequence(value, "set", type_name(value), lambda: self.items(value))

    def _deque(self, value: deque[Any]) -> Node:
        node = self.sequence(value, "list", "deque", lambda: self.items(value))
        node.module = "collections"
        if value.maxlen is not None:
            node.facts["maxlen"] = value.maxlen
        return node

    def mapping(self, value: Any, type_: str, pairs: Callable[[], Iterable[tuple[Any, Any]]], size: int) -> Node:
        """Make the node of a dict."""
        node = Node("dict", type_, count=size, children=lambda: self.pairs(pairs()))
        if size:
            node.identity = self.number(value)
        if type(value) is dict and size <= _FIRST and self.of(value)[1] and self.of(value.values())[1]:
            node.text = show(value, width=_FIRST, depth=2, total=_TEXT)
            node.flat = True
            node.whole = len(node.text) < _TEXT
        return node

    def _dict(self, value: dict[Any, Any]) -> Node:
        node = self.mapping(value, type_name(value), lambda: dict.items(value), self.beginnings.size(value))
        if type(value) is not dict:
            node.module = "collections"
            self.add_states(node, value)
        return node

    def add_states(self, node: Node, value: Any) -> None:
        """Add the attributes that a stream gives to a container of the library, which keeps them beside its items."""
        states = self.given.get(id(value))
        if states is None:
            return
        items, made = node.children, Made("", "", None, None, states[1], (), ())

        def children() -> Iterator[Child]:
            yield from items()
            yield from self.attributes(made)

        node.children, node.flat, node.whole = children, False, False

    def _default_dict(self, value: defaultdict[Any, Any]) -> Node:
        node = self._dict(value)
        factory = value.default_factory
        node.facts["default"] = factory.__name__ if type(factory) is type else None
        return node


def _containers() -> dict[int, Callable[[Maker, Any], Node]]:
    """Give what makes the nodes of containers, by the id of their class."""
    from collections import Counter, OrderedDict, defaultdict, deque

    make: Any = Maker
    return {
        id(list): make._list, id(tuple): make._tuple, id(set): make._set, id(frozenset): make._set, id(dict): make._dict,
        id(OrderedDict): make._dict, id(Counter): make._dict, id(defaultdict): make._default_dict, id(deque): make._deque,
    }  # fmt: skip


_CONTAINERS = _containers()
