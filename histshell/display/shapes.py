"""Which values are broken into parts: those whose `repr` is that of Python's containers, or made of their fields."""

from __future__ import annotations

import builtins
import sys
from types import MappingProxyType, SimpleNamespace

from histshell.preview.library import class_names, of_library
from histshell.preview.text import CUT, opaque, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator, Optional, Tuple

    Item = Tuple[str, str, object]
    """What stands before a part (`'a': `), how one gets from the whole to it (`['a']`), and the part."""

    Maker = Callable[[Any], Optional["Group"]]

_MOST_COMMON = 10_000  # a Counter of more entries is shown in the order of its keys
_LONG_KEY = 60  # characters

_mro = type.__dict__["__mro__"].__get__
_names = type.__dict__["__dict__"].__get__
_name = type.__dict__["__name__"].__get__
_qualname = type.__dict__["__qualname__"].__get__
_Function = type(lambda: None)

_KEYS = frozenset(map(id, (str, int, bool)))  # by id: comparing somebody's class would call its metaclass
_PLAIN = frozenset(map(id, (int, float, complex, bool, str, bytes, type(None), type(Ellipsis), type)))


class Group:
    """A container: what stands around its parts, how many there are, and what gives them.

    `named` tells that its parts have names, as those of a dict; `alone` is what closes it where it has one part.
    """

    __slots__ = ("alone", "close", "count", "items", "named", "open", "recursive")

    def __init__(
        self,
        begin: str,
        end: str,
        count: int,
        items: Callable[[], Iterator[Item]],
        named: bool = False,
        recursive: str = "...",
        alone: str = "",
    ) -> None:
        self.open = begin
        self.close = end
        self.count = count
        self.items = items
        self.named = named
        self.recursive = recursive
        self.alone = alone or end


def is_plain(value: object) -> bool:
    """Return whether a value is one of the commonest kinds that have no parts."""
    return id(type(value)) in _PLAIN


def divide(value: Any) -> Group | None:
    """Return a value's parts; None for what is to be written by its `repr`. Raises nothing but what is no `Exception`."""
    try:
        kind = type(value)
        if _found(kind, "__rich_repr__") is not None:
            group = _rich(value)
            if group is not None:
                return group
        owner = _owner(kind)
        maker = _BUILT_IN.get(id(owner))
        if maker is None:
            maker = _of_library(owner) or _by_fields(owner)
        return maker(value) if maker is not None else None
    except Exception:  # half made, or another thread changes it: its repr will say
        return None


def _found(kind: type, name: str) -> Any:
    """Return an attribute of a class, without its metaclass."""
    for base in _mro(kind):
        found = _names(base).get(name)
        if found is not None:
            return found
    return None


def _owner(kind: type) -> type:
    """Return the class that the `__repr__` of another comes from."""
    for base in _mro(kind):
        if "__repr__" in _names(base):
            return base  # type: ignore[no-any-return]
    return kind


def _plainly(values: Iterable[object]) -> Iterator[Item]:
    return (("", "", value) for value in values)


def _numbered(values: Iterable[object]) -> Iterator[Item]:
    return (("", f"[{number}]", value) for number, value in enumerate(values))


def _pairs(pairs: Iterable[Tuple[object, object]]) -> Iterator[Item]:
    for key, value in pairs:
        text = _key(key)
        yield text + ": ", f"[{text}]" if id(type(key)) in _KEYS else "", value


def _key(key: object) -> str:
    """Write a key as `repr` does; a long one is cut."""
    if (type(key) is str or type(key) is bytes) and len(key) > _LONG_KEY:
        return f"{key[:_LONG_KEY]!r}… {len(key) - _LONG_KEY:,} more"
    try:
        text = str.__str__(repr(key))
    except Exception as error:
        text = raised(key, error)
    return text if len(text) <= 2 * _LONG_KEY else text[: 2 * _LONG_KEY] + CUT


def raised(value: object, error: Exception) -> str:
    """Return what stands for a part whose `__repr__` raises."""
    return f"{opaque(value)[:-1]}, its repr raised {type_name(error)}>"


def _fields(pairs: Iterable[Tuple[str, object]]) -> Iterator[Item]:
    return ((f"{name}=", f".{name}", value) for name, value in pairs)


# ------------------------------------------------------------------ built in


def _list(value: Any) -> Group:
    return Group("[", "]", list.__len__(value), lambda: _numbered(list.__iter__(value)), recursive="[...]")


def _tuple(value: Any) -> Group:
    items = lambda: _numbered(tuple.__iter__(value))  # noqa: E731
    return Group("(", ")", tuple.__len__(value), items, recursive="(...)", alone=",)")


def _dict(value: Any) -> Group:
    return Group("{", "}", dict.__len__(value), lambda: _pairs(dict.items(value)), True, "{...}")


def _frozendict(value: Any) -> Group:
    return _wrapped(value, "{", "}", lambda: _pairs(value.items()), True)


def _set(value: Any) -> Group | None:
    count = len(value)
    if not count:
        return None
    if type(value) is set:
        return Group("{", "}", count, lambda: _plainly(value), recursive="set(...)")
    return _wrapped(value, "{", "}", lambda: _plainly(value))


def _wrapped(value: Any, begin: str, end: str, items: Callable[[], Iterator[Item]], named: bool = False) -> Group:
    name = _name(type(value))
    return Group(f"{name}({begin}", f"{end})", len(value), items, named, f"{name}(...)")


def _view(value: Any) -> Group:
    return _wrapped(value, "[", "]", lambda: _plainly(value))


def _proxy(value: Any) -> Group | None:
    # What is behind it may show itself otherwise; `|` with an empty dict would copy it.
    first = next(iter(value.items()), None)
    behind = value.copy() if len(value) < _LONG_KEY else None
    if first is None or (behind is not None and type(behind) is not dict):
        return None
    return Group("mappingproxy({", "})", len(value), lambda: _pairs(value.items()), True, "mappingproxy({...})")


def _namespace(value: Any) -> Group:
    kind = type(value)
    name = "namespace" if kind is SimpleNamespace else _name(kind)
    names = value.__dict__
    return Group(f"{name}(", ")", len(names), lambda: _fields(names.items()), True, f"{name}(...)")


_BUILT_IN: dict[int, Maker] = {
    id(list): _list,
    id(tuple): _tuple,
    id(dict): _dict,
    id(set): _set,
    id(frozenset): _set,
    id(type({}.keys())): _view,
    id(type({}.values())): _view,
    id(type({}.items())): _view,
    id(MappingProxyType): _proxy,
    id(SimpleNamespace): _namespace,
}
if hasattr(builtins, "frozendict"):
    _BUILT_IN[id(builtins.frozendict)] = _frozendict

# ------------------------------------------------------------------ the library's


def _ordered(value: Any) -> Group | None:
    if not len(value):
        return None
    if sys.version_info >= (3, 12):
        return _wrapped(value, "{", "}", lambda: _pairs(value.items()), True)
    return _wrapped(value, "[", "]", lambda: _plainly(value.items()))


def _default(value: Any) -> Group:
    begin = f"{_name(type(value))}({value.default_factory!r}, {{"
    return Group(begin, "})", dict.__len__(value), lambda: _pairs(dict.items(value)), True, "defaultdict(...)")


def _counter(value: Any) -> Group | None:
    if not len(value):
        return None
    pairs: Any = dict.items(value)
    if len(value) <= _MOST_COMMON:
        try:
            pairs = value.most_common()
        except TypeError:  # counts that have no order
            pass
    return _wrapped(value, "{", "}", lambda: _pairs(pairs), True)


def _deque(value: Any) -> Group:
    end = "])" if value.maxlen is None else f"], maxlen={value.maxlen})"
    return Group(f"{_name(type(value))}([", end, len(value), lambda: _numbered(value), recursive="[...]")


def _chain(value: Any) -> Group:
    return Group(f"{_name(type(value))}(", ")", len(value.maps), lambda: _plainly(value.maps))


def _data(value: Any) -> Group | None:
    return divide(value.data)


def _array(value: Any) -> Group | None:
    if value.typecode in "uw" or not len(value):
        return None
    return Group(f"array('{value.typecode}', [", "])", len(value), lambda: _numbered(value))


_LIBRARY: dict[tuple[str, str], Maker] = {
    ("collections", "OrderedDict"): _ordered,
    ("collections", "defaultdict"): _default,
    ("collections", "Counter"): _counter,
    ("collections", "deque"): _deque,
    ("collections", "ChainMap"): _chain,
    ("collections", "UserDict"): _data,
    ("collections", "UserList"): _data,
    ("array", "array"): _array,
}


def _of_library(owner: type) -> Maker | None:
    maker = _LIBRARY.get(class_names(owner))
    return maker if maker is not None and of_library(owner) else None


# ------------------------------------------------------------------ made of fields


def _by_fields(owner: type) -> Maker | None:
    """Return what divides the instances of a class whose `__repr__` was made for its fields: by dataclasses, attrs, namedtuple."""
    shown = _names(owner).get("__repr__")
    inner = getattr(shown, "__wrapped__", None) if type(shown) is _Function else None
    if type(inner) is _Function and "__create_fn__" in inner.__qualname__ and "__dataclass_fields__" in _names(owner):
        return lambda value: _dataclass(value, owner)
    if type(shown) is not _Function:
        return None
    if "_field_defaults" in _names(owner) and shown.__code__.co_filename.endswith("__init__.py"):
        return _namedtuple if shown.__module__ == "collections" or "collections" in shown.__code__.co_filename else None
    if shown.__code__.co_filename.startswith("<attrs generated") and "__attrs_attrs__" in _names(owner):
        return lambda value: _attrs(value, owner)
    return None


def _dataclass(value: Any, owner: type) -> Group:
    fields = [field.name for field in _names(owner)["__dataclass_fields__"].values() if _is_shown(field)]
    return _of_fields(value, _qualname(type(value)), fields)


def _is_shown(field: Any) -> bool:
    return bool(field.repr) and field._field_type.name == "_FIELD"


def _of_fields(value: Any, name: str, fields: list[str]) -> Group:
    pairs = [(field, getattr(value, field)) for field in fields]
    return Group(f"{name}(", ")", len(pairs), lambda: _fields(pairs), True, "...")


def _namedtuple(value: Any) -> Group:
    name, fields = _name(type(value)), _found(type(value), "_fields")
    pairs = list(zip(fields, tuple.__iter__(value)))
    return Group(f"{name}(", ")", len(pairs), lambda: _fields(pairs), True, f"{name}(...)")


def _attrs(value: Any, owner: type) -> Group | None:
    fields = _names(owner)["__attrs_attrs__"]
    if any(callable(field.repr) for field in fields):  # a way of its own to write one
        return None
    names = [field.name for field in fields if field.repr]
    return _of_fields(value, _qualname(type(value)).rpartition(">.")[2], names)


def _rich(value: Any) -> Group | None:
    """Divide what says its parts by `__rich_repr__`, the protocol of the library rich: values, pairs with a name, and a default."""
    told = type(value).__rich_repr__
    items: list[Item] = []
    for one in told(value):
        pair = one if type(one) is tuple else (None, one)
        if len(pair) == 1:
            pair = (None, pair[0])
        if len(pair) > 2 and pair[1] == pair[2]:
            continue
        name, part = pair[0], pair[1]
        items.append((f"{name}=" if name else "", "", part))
    name = _name(type(value))
    if getattr(told, "angular", False):
        return Group(f"<{name} ", ">", len(items), lambda: iter(items), True, f"<{name} ...>")
    return Group(f"{name}(", ")", len(items), lambda: iter(items), True, f"{name}(...)")
