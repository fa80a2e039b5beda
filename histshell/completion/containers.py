"""What lies in a container, for those whose way of finding it is known: built-in ones, `h`, numpy, pandas, sqlite3.

Nothing is looked up in a dict, since that would compare with its keys, which may be anybody's: its keys are gone
through, and only those of built-in types are compared. Subclasses of the built-in containers count as long as they
have the built-in's own `__getitem__`.
"""

from __future__ import annotations

import gc
import os
import types
from itertools import islice, repeat
from operator import is_
from typing import Any, Iterable, Iterator, List, Sequence, TypeVar

from . import pandas_labels
from .model import Request
from .static import UNKNOWN, Instance, class_attribute, class_module, class_name, derives, from_module, ids, own_dict

Item = TypeVar("Item")

CHUNK = 8192
"""How many items are looked at between two looks at the clock."""
_LARGE_CHUNK = 1 << 18  # 10 ms, all of it in C
COLUMNS = 20_000
"""How many labels of a table are looked at."""

_SCALARS = ids(int, bool, float, complex, str, bytes, type(None))
_NUMBERS = ids(int, bool, float, complex)
_SEQUENCES: Sequence[Any] = (list, tuple, str, bytes, bytearray, range)


SPARE = 0.03
"""What a search leaves of the time, in seconds, to put in order what it has found."""


def chunks(items: Sequence[Item], request: Request, size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """Yield `items` in pieces until little of the request's time is left; the first piece always."""
    for start in range(0, len(items), size):
        if start and request.left() <= SPARE:
            return
        yield items[start : start + size]


def in_time(items: Iterable[Item], request: Request) -> Iterator[Item]:
    """Yield `items` until the request's time is over; the first hundred always."""
    for count, one in enumerate(items):
        if count >= 100 and request.left() <= 0:
            return
        yield one


def is_plain(key: Any, depth: int = 0) -> bool:
    """Return whether a key is of a built-in type all through, so that it can be compared and shown."""
    if type(key) is tuple:
        return depth < 4 and len(key) <= 20 and all(is_plain(item, depth + 1) for item in key)
    return id(type(key)) in _SCALARS


def same(key: Any, wanted: Any) -> bool:
    """Return whether a key, which may be anything, is the one that a plain value finds."""
    if type(key) is type(wanted):
        return is_plain(key) and bool(key == wanted)
    return id(type(key)) in _NUMBERS and id(type(wanted)) in _NUMBERS and bool(key == wanted)


def is_history(value: object) -> bool:
    """Return whether a value is a `History`."""
    history = from_module("histshell.history", "History")
    return history is not UNKNOWN and derives(type(value), history)


def inherits(value: object, base: Any) -> bool:
    """Return whether a value is of a built-in container type, or of a subclass that finds items as that does."""
    cls = type(value)
    return cls is base or (derives(cls, base) and class_attribute(cls, "__getitem__") is base.__dict__["__getitem__"])


def item(value: object, key: Any, request: Request) -> Any:
    """Return what `value[key]` would be, for a plain key, a list or a slice; `UNKNOWN` if that cannot be said safely."""
    if type(value) is Instance:
        return UNKNOWN
    if is_history(value):
        result = _from_sequence(value, list, key)
        return UNKNOWN if type(result) is from_module("histshell.placeholder", "Placeholder") else result
    for base in _SEQUENCES:
        if inherits(value, base):
            return _from_sequence(value, base, key)
    if type(key) is slice or type(key) is list:
        return Instance(type(value)) if is_array(value) or table_axes(value) else UNKNOWN
    if not is_plain(key):
        return UNKNOWN
    inside = mapping(value)
    if inside is not None:
        return _from_dict(inside, key, request)
    if is_environment(value):
        return Instance(str) if type(key) is str else UNKNOWN
    if is_array(value):
        return _from_array(value, key)
    if type(value) is from_module("sqlite3", "Row"):
        try:
            return value[key]  # type: ignore[index]  # a Row, in C
        except Exception:
            return UNKNOWN
    return column(value, key)


def _from_sequence(value: Any, base: Any, key: object) -> Any:
    if type(key) is slice:
        return Instance(base)
    if type(key) is not int:
        return UNKNOWN
    try:
        return base.__getitem__(value, key)
    except Exception:
        return UNKNOWN


def _from_dict(value: Any, key: object, request: Request) -> Any:
    keys = list(dict.keys(value))
    if id(type(key)) in _SCALARS and _all_of(type(key), keys, request):
        return dict.get(value, key, UNKNOWN)
    kind, position = type(key), 0
    for chunk in chunks(keys, request):
        if kind is str or kind is bytes:
            found = [index for index, one in enumerate(chunk) if type(one) is kind and one == key]
        else:
            found = [index for index, one in enumerate(chunk) if same(one, key)]
        if found:
            return next(islice(dict.values(value), position + found[0], None), UNKNOWN)
        position += len(chunk)
    return UNKNOWN


def _all_of(kind: type, keys: List[Any], request: Request) -> bool:
    """Return whether all keys are exactly of one type, so that a dict may be asked for one: nobody's `__eq__` is called."""
    for start in range(0, len(keys), _LARGE_CHUNK):
        if start and request.left() <= 0:
            return False
        if not all(map(is_, map(type, keys[start : start + _LARGE_CHUNK]), repeat(kind))):
            return False
    return True


def is_array(value: object) -> bool:
    """Return whether a value is exactly a numpy array; a subclass has methods of its own that indexing calls."""
    return type(value) is from_module("numpy", "ndarray")


def _from_array(value: Any, key: Any) -> Any:
    kinds = [type(part) for part in key] if type(key) is tuple else [type(key)]
    if not all(kind is int for kind in kinds) and not (type(key) is str and value.dtype.names):
        return UNKNOWN
    try:
        return value[key]
    except Exception:
        return UNKNOWN


_KEEP_INSIDE = (("collections", "UserDict", "data"), ("configparser", "RawConfigParser", "_proxies"))
"""Classes whose items lie in a dict of theirs: module, name, and the attribute that it is."""
_MAPS = 20


def mapping(value: object) -> Any:
    """Return the dict that a value is, shows or keeps its items in; None for what has none."""
    if inherits(value, dict):
        return value
    cls = type(value)
    if cls is types.MappingProxyType:
        shown = gc.get_referents(value)
        return shown[0] if len(shown) == 1 and inherits(shown[0], dict) else None
    for module, name, attribute in _KEEP_INSIDE:
        base = from_module(module, name)
        if base is not UNKNOWN and derives(cls, base):
            if class_attribute(cls, "__getitem__") is not class_attribute(base, "__getitem__"):
                return None
            inside = dict.get(own_dict(value), attribute)
            return inside if inherits(inside, dict) else None
    if class_module(cls) == "requests.structures" and class_name(cls) == "CaseInsensitiveDict":
        inside = dict.get(own_dict(value), "_store")
        if inherits(inside, dict) and all(type(pair) is tuple and len(pair) == 2 for pair in dict.values(inside)):  # type: ignore[arg-type]
            return {key: found for key, found in list(dict.values(inside)) if type(key) is str}  # type: ignore[arg-type]
    return None


def is_environment(value: object) -> bool:
    """Return whether a value is `os.environ` or `os.environb`."""
    return type(value) is from_module("os", "_Environ")


def table_axes(value: object) -> List[Any]:
    """Return the axes of a pandas object, its columns first: of a DataFrame two, of a Series one, else none.

    They are read from the block manager in the instance's dictionary, past what a subclass may have redefined.
    """
    manager: Any = dict.get(own_dict(value), "_mgr", UNKNOWN)
    if manager is UNKNOWN:
        return []
    for name in ("BlockManager", "SingleBlockManager"):
        if type(manager) is from_module("pandas.core.internals.managers", name):
            axes = manager.axes
            return axes if type(axes) is list else []
    return []


def labels(index: Any, most: int = COLUMNS) -> List[Any]:
    """Return the first labels of a pandas index, in order; none if it is of somebody else's class."""
    return pandas_labels.labels(index, most)


def places(key: Any, among: List[Any]) -> List[int]:
    """Return where a plain key stands among labels, which may be anything."""
    if type(key) is str:  # of 20,000 labels in a tenth of the time
        return [place for place, label in enumerate(among) if type(label) is str and label == key]
    return [place for place, label in enumerate(among) if same(label, key)]


def column(value: object, key: object) -> Any:
    """Return what a label of a table gives: a Series of a DataFrame, as far as is known."""
    axes = table_axes(value)
    found = places(key, labels(axes[0])) if len(axes) == 2 else []
    series = from_module("pandas", "Series") if found else UNKNOWN
    if series is UNKNOWN:
        return UNKNOWN
    return Instance(series, dtype=dtype_of(value, found[0]) if len(found) == 1 else UNKNOWN)


def dtype_of(value: object, place: int = 0) -> Any:
    """Return numpy's dtype of an array, of a Series of pandas, or of the column of a DataFrame at a place, as C keeps it."""
    if is_array(value):
        return value.dtype  # type: ignore[attr-defined]  # an array
    axes = table_axes(value)
    manager: Any = dict.get(own_dict(value), "_mgr", UNKNOWN)
    if not axes or type(manager.blocks) is not tuple or not all(map(_is_block, map(type, manager.blocks))):
        return UNKNOWN
    block = manager.blocks[int(manager.blknos[place]) if len(axes) == 2 else 0]
    return block.values.dtype if is_array(block.values) else UNKNOWN


def _is_block(cls: type) -> bool:
    return from_module("pandas.core.internals.blocks", class_name(cls)) is cls


def axis(value: object, name: str) -> Any:
    """Return the `index` or the `columns` of a table, else `UNKNOWN`."""
    axes = table_axes(value)
    if axes and name == "index":
        return axes[-1]
    return axes[0] if len(axes) == 2 and name == "columns" else UNKNOWN


def column_names(value: object) -> List[str]:
    """Return the labels of a table that can be written as attributes."""
    axes = table_axes(value)
    return [label for label in labels(axes[0]) if type(label) is str] if axes else []


def keys(value: object) -> List[Any]:
    """Return the keys of a container in its order: anything may be among them. Empty for what has none, or hides them."""
    inside = mapping(value)
    if inside is not None:
        return list(dict.keys(inside))
    if type(value) is from_module("collections", "ChainMap"):
        maps = dict.get(own_dict(value), "maps")
        return [key for one in maps[:_MAPS] for key in keys(one)] if type(maps) is list else []
    if is_environment(value):
        data = own_dict(value).get("_data")
        raw = list(data) if type(data) is dict else []
        return [os.fsdecode(key) if type(key) is bytes else key for key in raw]
    if is_array(value):
        return list(value.dtype.names or ())  # type: ignore[attr-defined]  # an array
    if type(value) is from_module("sqlite3", "Row"):
        return list(value.keys())  # type: ignore[attr-defined]  # a Row, in C
    axes = table_axes(value)
    return labels(axes[0]) if axes else []
