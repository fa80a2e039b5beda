"""Type, size and columns of a value, in a few words, without running anything of it."""

from __future__ import annotations

import types
from typing import Any, Dict, List, Tuple

from histshell.preview import clip, printable, type_name

from . import containers, static, tables
from .static import UNKNOWN

_SIZED: Dict[int, Any] = {
    id(kind): kind.__len__ for kind in (list, tuple, dict, set, frozenset, str, bytes, bytearray, range)
}  # by id: hashing somebody's class would call its metaclass

_LABELS = 20  # columns that are named
_KINDS = {
    "b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex", "O": "object", "S": "bytes", "U": "str", "V": "void",
    "M": "datetime64", "m": "timedelta64",
}  # fmt: skip
_WIDE = "iufc"  # kinds whose width in bits is part of the name


def length(value: object) -> int | None:
    """Return how many items a value of the built-in types has; None for all others."""
    measure = _SIZED.get(id(type(value)))
    return None if measure is None else measure(value)


def shape(value: object) -> Tuple[int, ...]:
    """Return the shape of a numpy array, or of an object of pandas or polars; empty for others."""
    if containers.is_array(value):
        return tuple(value.shape)  # type: ignore[attr-defined]  # numpy's own, in C
    axes = containers.table_axes(value)  # the columns first
    if axes and static.imported("pandas") is not UNKNOWN:
        sizes = [len(axis) for axis in axes if static.class_module(type(axis)).partition(".")[0] == "pandas"]
        return tuple(reversed(sizes)) if len(sizes) == len(axes) else ()
    if tables.is_polars(value):
        rows = _asked_in_c(dict.get(static.own_dict(value), "_df", UNKNOWN), "height")
        return (rows, len(tables.columns(value))) if type(rows) is int else ()
    return ()


def columns(value: object) -> str:
    """Return the names of a table's columns; empty for what is no table."""
    some = [clip(name, 40) for name in names(value, _LABELS + 1)]
    return printable(", ".join([*some[:_LABELS], "…"] if len(some) > _LABELS else some))


def names(value: object, most: int = 10_000) -> List[str]:
    """Return the names of a table's columns, an ellipsis for one that is not plain; none for what is no table."""
    if containers.is_array(value) or len(shape(value)) != 2:
        return []
    return [str(name) if containers.is_plain(name) else "…" for name in tables.columns(value)[:most]]


def dtype(value: object) -> str:
    """Return the name of an array's dtype, as C knows it: its own name is made by Python code. Empty for what is no array."""
    if not containers.is_array(value):
        return ""
    kind: Any = value.dtype  # type: ignore[attr-defined]
    name = _KINDS.get(kind.kind, "")
    return f"{name}{kind.itemsize * 8}" if kind.kind in _WIDE else name


def kind(value: object) -> str:
    """Return type and shape of a value, such as `DataFrame 500×5`; of one that has no shape only the type."""
    name = printable(clip(type_name(value), 80))
    try:
        sizes = shape(value)
    except Exception:  # a value that another thread is changing, or one of a kind that nobody thought of
        return name
    return f"{name} {'×'.join(f'{size:,}' for size in sizes)}" if sizes else name


def about(value: object) -> str:
    """Return type and size of a value, such as `list of 5`, `DataFrame 1,000×3`, `int`."""
    count = length(value)
    return kind(value) if count is None else f"{printable(clip(type_name(value), 80))} of {count:,}"


def _asked_in_c(inner: Any, name: str) -> Any:
    """Return what a method of polars' table in Rust says; UNKNOWN if it is none of those."""
    method = static.class_attribute(type(inner), name)
    if static.class_name(type(inner)) != "PyDataFrame" or type(method) is not types.MethodDescriptorType:
        return UNKNOWN
    return method(inner)
