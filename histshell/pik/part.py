"""A part of a value that was read and not built: its items, and what of them can be given as it is."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik import built
from histshell.pik.errors import PikError
from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import draw, plan
from histshell.pik.tree.array_values import Array, array_of, of_header
from histshell.pik.tree.maker import Maker
from histshell.pik.tree.placed import made
from histshell.pik.tree.tensors import tensor_of
from histshell.pik.tree.tree_maker import TreeMaker
from histshell.preview import Kinds, clip, show

if TYPE_CHECKING:
    from histshell.pik.files.model import Member
    from histshell.pik.tree.reading import Read

_DICTS = Kinds(dict, OrderedDict, defaultdict, Counter)
_LISTS = Kinds(list, tuple, deque)
_ASKED = 200_000  # values that are looked through for one that is not plain
_WIDTH, _LINES = 100, 40


class Part:
    """A container or an object of a file, with nothing of it built: ``part[key]`` is an item, `tree` draws it.

    Attributes of an object are the model's own, and are not here: the tree shows them.
    """

    read: Read | None = None

    def __init__(self, value: Any, maker: Maker, check: Callable[[], Any], path: str = "") -> None:
        """Stand for *value*; *path* is how it was reached."""
        self._value = value
        self._maker = maker
        self._check = check
        self._path = path

    @staticmethod
    def of_array(member: Member) -> Part:
        """Give the part that is an array of a file's."""
        assert member.array is not None
        array = of_header(member.array)
        if array is None:
            raise PikError(f"its dtype is none that is known: {clip(member.array.dtype, 100)}")
        return Part(array, TreeMaker(member), lambda: None)

    @property
    def value(self) -> Any:
        """Give it as it is, where it is plain or an array; else itself."""
        return _given(self._value, self._maker, self._check, self._path)

    def _pairs(self) -> Any:
        """Give keys and values, where it is a kind of dict; else None."""
        value = self._value
        if type(value) in _DICTS:
            return dict.items(value)
        if type(value) is Placeholder and value.dict_items:
            return value.dict_items
        return None

    def _items(self) -> Any:
        """Give the items, where it is a kind of list; else None."""
        value = self._value
        if type(value) in _LISTS:
            return value
        if type(value) is Placeholder and value.list_items:
            return value.list_items
        return None

    def __getitem__(self, key: Any) -> Any:
        """Give an item: plain data as it is, an array as numpy's, anything else as a part."""
        self._check()
        path = f"{self._path}[{show(key, total=60)}]"
        pairs = self._pairs()
        if pairs is not None:
            found: Any = _find(pairs, key)
            if found is None:
                some = ", ".join(show(name, total=40) for name, _ in list(pairs)[:10])
                raise KeyError(
                    f"{path}: there is no such key; there are {len(pairs):,}: {some}{', …' if len(pairs) > 10 else ''}"
                )
            return _given(found[0], self._maker, self._check, path)
        items = self._items()
        if items is None:
            raise TypeError(f"{self!r} has no items: what is in it are attributes, which the tree shows")
        if isinstance(key, slice):
            return [_given(item, self._maker, self._check, path) for item in list(items)[key]]
        if type(key) is not int:
            raise TypeError(f"{self!r} has items by number, not by {show(key, total=60)}")
        if not -len(items) <= key < len(items):
            raise IndexError(f"{path}: there are {len(items):,} items")
        return _given(items[key], self._maker, self._check, path)

    def keys(self) -> list[Any]:
        """Give the keys of a dict, or the numbers of a list's items."""
        self._check()
        pairs = self._pairs()
        if pairs is not None:
            return [key for key, _ in pairs]
        return list(range(len(self._items() or ())))

    def __len__(self) -> int:
        """Give the number of items."""
        found = self._pairs()
        return len(found if found is not None else self._items() or ())

    def __bool__(self) -> bool:
        """Be true: it is something."""
        return True

    def __iter__(self) -> Iterator[Any]:
        """Go through the keys of a dict, or the items of a list."""
        pairs = self._pairs()
        if pairs is not None:
            return iter([key for key, _ in pairs])
        return (self[number] for number in range(len(self)))

    def tree(self) -> str:
        """Draw it."""
        self._check()
        return "\n".join(draw.lines(plan.plan(self._node(), plan.Bounds(_LINES)), _WIDTH))

    def _node(self) -> Any:
        """Make its node."""
        if isinstance(self._value, Array):
            from histshell.pik.tree.array_nodes import array_node

            return array_node(self._maker, self._value, "ndarray", "numpy")
        return self._maker.node(self._value)

    def __repr__(self) -> str:
        """Say what it is, in a line."""
        return clip(f"<{draw.describe(plan.Branch('', self._node()))}>", _WIDTH)


def _find(pairs: Any, key: Any) -> tuple[Any] | None:
    """Look for a key of plain data, without hashing or comparing what a stream has made; the last one of several is C's."""
    found = None
    for name, value in pairs:
        if name is key or (type(name) is type(key) and type(name) in _KEYS and name == key):
            found = (value,)
    return found


_KEYS = Kinds(str, int, float, bytes, bool, type(None), tuple)


def _given(value: Any, maker: Maker, check: Callable[[], Any], path: str) -> Any:
    """Give plain data as it is, an array where numpy is there, anything else as a part."""
    if isinstance(value, Array):
        array: Array | None = value
    elif type(value) is Placeholder:
        array = tensor_of(maker, value) or array_of(maker, value)
        if array is not None and made(value).name == "_mareconstruct":
            array = None  # its mask would be lost
    elif _is_plain(value):
        return value
    else:
        array = None
    if array is not None and built.is_built(array) and built.numpy() is not None:
        check()
        return built.build(array)
    return Part(value, maker, check, path)


def _is_plain(value: Any) -> bool:
    """Tell whether nothing in it stands for something else."""
    todo, seen = [value], set()
    left = _ASKED
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind is Placeholder:
            return False
        if kind not in _DICTS and kind not in _LISTS and kind is not set and kind is not frozenset:
            continue
        if id(item) in seen:
            continue
        seen.add(id(item))
        left -= len(item)
        if left < 0:
            return False
        todo.extend(item)
        if kind in _DICTS:
            todo.extend(dict.values(item))
    return True
