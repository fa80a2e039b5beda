"""What `df.x.mean()` gives: the class of the number that a reduction makes of a column or an array, told by its dtype.

Nothing is called. What is not told by the dtype alone, such as a sum of objects, is not known.
"""

from __future__ import annotations

import types
from typing import Any

from . import containers, static, tables
from .static import UNKNOWN, Instance

_AVERAGES = frozenset(("mean", "median", "std", "var", "sem", "skew", "kurt", "kurtosis"))
_TOTALS = frozenset(("sum", "prod", "product"))
_EXTREMES = frozenset(("min", "max"))
_COUNTS = frozenset(("count", "nunique", "any", "all"))
_OF_ARRAYS = frozenset(("mean", "std", "var", "sum", "prod", "min", "max"))
_TIMES = {"M": ("Timestamp", "mean median min max"), "m": ("Timedelta", "mean median std sum min max")}
"""Of pandas, by the kind of the dtype: the class, and the reductions that give one."""


def of(method: Any) -> Any:
    """Return what calling a method without arguments gives, if it is a reduction; `UNKNOWN` for all else."""
    if type(method) is types.BuiltinFunctionType:
        array = method.__self__
        known = containers.is_array(array) and method.__name__ in _OF_ARRAYS
        return _number(method.__name__, containers.dtype_of(array)) if known else UNKNOWN
    if type(method) is not types.MethodType or type(method.__func__) is not types.FunctionType:
        return UNKNOWN
    owner, name = method.__self__, method.__func__.__name__
    cls = static.class_of(owner)
    if static.class_attribute(cls, name) is not method.__func__:
        return UNKNOWN
    if cls is static.from_module("pandas", "DataFrame"):
        series, table = static.from_module("pandas", "Series"), tables.table_of(owner)
        makes_row = name in _AVERAGES or name in _TOTALS or name in _EXTREMES or name in _COUNTS
        return Instance(series, row=table) if makes_row and table is not UNKNOWN else UNKNOWN
    if cls is not static.from_module("pandas", "Series"):
        return UNKNOWN
    if name == "nunique":
        return Instance(int)
    dtype = owner.dtype if type(owner) is Instance else containers.dtype_of(owner)
    kind = dtype.kind if dtype is not UNKNOWN else ""
    if kind in _TIMES:
        made, by = _TIMES[kind]
        time = static.from_module("pandas", made)
        return Instance(time) if name in by.split() and static.is_class(time) else UNKNOWN
    return _number(name, dtype)


def _number(name: str, dtype: Any) -> Any:
    """Return numpy's number that a reduction makes of numbers of a dtype."""
    kind = dtype.kind if dtype is not UNKNOWN else ""
    if kind == "f" and dtype.itemsize >= 4:
        found = dtype.type if name in _AVERAGES or name in _TOTALS or name in _EXTREMES else UNKNOWN
    elif kind in ("b", "i", "u"):
        total = "uint64" if kind == "u" else "int64"
        made = "float64" if name in _AVERAGES else total if name in _TOTALS else ""
        found = static.from_module("numpy", made) if made else dtype.type if name in _EXTREMES else UNKNOWN
    else:
        return UNKNOWN
    return Instance(found) if static.is_class(found) else UNKNOWN
