"""The columns of what pandas, polars and xarray make, and of what is made from it; none of their Python runs."""

from __future__ import annotations

import types
from typing import Any, List

from . import containers, static, xarrays
from .static import UNKNOWN, Instance

_KEEPING = """
    loc iloc at iat head tail sample sort_values sort_index query copy dropna fillna ffill bfill drop_duplicates reset_index
    set_index filter where mask astype nlargest nsmallest groupby group_by rolling resample expanding ewm assign drop merge
    join clip interpolate plot isna isnull notna cumsum diff shift abs round sort limit slice clone lazy collect
    with_columns unique drop_nulls fill_null top_k bottom_k isel sel squeeze
"""
KEEP_COLUMNS = frozenset(_KEEPING.split())
"""Methods and properties after which the columns are, as a rule, still there."""

KEEP_VALUES = frozenset(
    [
        "copy",
        "drop_duplicates",
        "dropna",
        "head",
        "nlargest",
        "nsmallest",
        "sample",
        "sort_index",
        "sort_values",
        "tail",
    ]
)
"""Methods after which what is left is what was there: the labels of a row, the type of a column's values."""

_INDEXERS = ("_LocIndexer", "_iLocIndexer", "_AtIndexer", "_iAtIndexer")


def table_of(value: Any) -> Any:
    """Return the live table that a value is, is a group of, or was made from; `UNKNOWN` if there is none."""
    if value is UNKNOWN:
        return UNKNOWN
    if type(value) is Instance:
        return value.table
    if len(containers.table_axes(value)) == 2 or is_polars(value) or xarrays.variables(value):
        return value
    cls = type(value)
    package = static.class_module(cls).partition(".")[0]
    if package in ("pandas", "polars"):  # a group-by, a window
        inner = dict.get(static.own_dict(value), "obj" if package == "pandas" else "df", UNKNOWN)
        if inner is not UNKNOWN and (len(containers.table_axes(inner)) == 2 or is_polars(inner)):
            return inner
    return UNKNOWN


def columns(value: Any) -> List[Any]:
    """Return the labels of the columns of a table, or of what was made from one: anything may be among them."""
    if type(value) is Instance and value.row is not UNKNOWN:
        return columns(value.row)
    if type(value) is Instance and (is_indexer(value) or _one_column(value.cls)):
        return []
    if type(value) is Instance and static.class_module(value.cls).startswith("xarray."):
        return xarrays.labels(value)
    table = table_of(value)
    if table is UNKNOWN:
        return []
    axes = containers.table_axes(table)
    if axes:
        return containers.labels(axes[0])
    return _polars_columns(table) if is_polars(table) else list(xarrays.variables(table))


def rows(value: Any) -> List[Any]:
    """Return the labels of the rows of a pandas table that an indexer belongs to."""
    axes = containers.table_axes(table_of(value))
    return containers.labels(axes[-1]) if axes else []


def of_indexer(value: Any, place: int) -> List[Any]:
    """Return the labels that can stand at a place between the brackets of `.loc` or `.at`."""
    if (
        value.cls is static.from_module("pandas.core.indexing", "_iLocIndexer")
        or static.class_name(value.cls)[1:2] == "i"
    ):
        return []
    table = value.table
    return [] if table is UNKNOWN else rows(value) if place == 0 else columns(table)


def is_indexer(value: Any) -> bool:
    """Return whether a value stands for `.loc`, `.iloc`, `.at` or `.iat` of pandas."""
    return type(value) is Instance and any(
        value.cls is static.from_module("pandas.core.indexing", name) for name in _INDEXERS
    )


def item(value: Any, key: Any) -> Any:
    """Return what a subscript of a table, a group or an indexer gives, of which no more than the class is known."""
    cls = static.class_of(value)
    package = static.class_module(cls).partition(".")[0]
    table = table_of(value)
    if package == "pandas":
        return _of_pandas(value, cls, key, table)
    known = table is not UNKNOWN and bool(containers.places(key, columns(value)))
    if package == "polars" and cls is static.from_module("polars", "DataFrame"):
        return (
            Instance(cls, True, table)
            if type(key) in (slice, list)
            else _made("polars", "Series")
            if known
            else UNKNOWN
        )
    return _made("xarray", "DataArray") if package == "xarray" and known else UNKNOWN


def _of_pandas(value: Any, cls: Any, key: Any, table: Any) -> Any:
    frame, series = static.from_module("pandas", "DataFrame"), static.from_module("pandas", "Series")
    if is_indexer(value):
        if static.class_name(cls) in ("_AtIndexer", "_iAtIndexer"):
            return UNKNOWN
        if (
            table is UNKNOWN or type(key) is tuple
        ):  # of a Series: one of its values, or some of them; a value of a table
            return UNKNOWN
        return Instance(frame, True, table) if type(key) in (slice, list) else Instance(series, row=table)
    if type(key) is slice and cls is frame and table is not UNKNOWN:
        return Instance(cls, True, table)
    if type(value) is Instance and (cls is frame or cls is series) and type(key) in (slice, list):
        return Instance(cls, True, table, dtype=value.dtype)
    if not containers.places(key, columns(value)):
        return Instance(cls, True, table) if type(key) is list and table is not UNKNOWN else UNKNOWN
    if cls is frame:
        return containers.column(table, key)
    return (
        _made("pandas.core.groupby.generic", "SeriesGroupBy")
        if static.class_name(cls) == "DataFrameGroupBy"
        else UNKNOWN
    )


def _made(module: str, name: str) -> Any:
    cls = static.from_module(module, name)
    return Instance(cls) if cls is not UNKNOWN else UNKNOWN


def _one_column(cls: Any) -> bool:
    return static.class_name(cls) in ("Series", "SeriesGroupBy", "DataArray", "StringMethods", "Index")


def is_polars(value: Any) -> bool:
    """Return whether a value is exactly a table of polars."""
    frame = static.from_module("polars", "DataFrame")
    return frame is not UNKNOWN and type(value) is frame


def _polars_columns(frame: Any) -> List[Any]:
    """Return the names that the table in Rust gives, which is asked by its own method."""
    inner = dict.get(static.own_dict(frame), "_df", UNKNOWN)
    method = static.class_attribute(type(inner), "columns")
    if static.class_name(type(inner)) != "PyDataFrame" or type(method) is not types.MethodDescriptorType:
        return []
    found = method(inner)
    return found[: containers.COLUMNS] if type(found) is list else []
