"""Say what a value is that a real loader made: a list of [path, facts], in bounds. Runs where the file was made.

A path is `` for the value itself, then `.name` for an attribute, `[3]` and `['key']` for items. Facts are few and plain:
`type` and `module` of its class, `value` of a scalar as text, `count`, `shape`, `dtype`, `min`, `max`, `first`, `columns`.
"""

# mypy: ignore-errors

import copyreg
import datetime
import decimal
import enum
import fractions
import functools
import math
import pathlib
import re
import types
import uuid

DEEP = 5
WIDE = 5
KEYS = 30
MOST = 150
_TEXT = 40
#: What is shown as text in one line.
_WORDS = (
    datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, fractions.Fraction, uuid.UUID, pathlib.PurePath,
)  # fmt: skip


def describe(value):
    """Return the facts, the outermost first."""
    claims = []
    queue = [("", value, 0)]
    seen = set()
    while queue and len(claims) < MOST:
        path, one, depth = queue.pop(0)
        facts, children = _told(one)
        claims.append([path, facts])
        shared = not isinstance(one, (int, float, str, bytes, type(None)))
        if depth < DEEP and not (shared and id(one) in seen):
            queue += [(path + label, child, depth + 1) for label, child in children]
        if shared:
            seen.add(id(one))
            _keep.append(one)
    return claims


_keep = []


def _told(value):
    """Return the facts of one thing, and its children with their labels."""
    kind = type(value)
    facts = {"type": kind.__name__}
    if kind in (bool, int, float, complex, type(None), type(Ellipsis), range, slice):
        text = repr(value)
        return ({**facts, "value": text} if len(text) < 60 else facts), []
    if kind in (str, bytes, bytearray):
        plain = repr(value[:_TEXT] if kind is str else bytes(value[:_TEXT]))
        return {**facts, "count": len(value), "first": plain[1 if kind is str else 2 : -1]}, []
    if kind in (list, tuple):
        return {**facts, "count": len(value)}, [("[%d]" % n, one) for n, one in enumerate(value[:WIDE])]
    if kind in (set, frozenset):
        return {**facts, "count": len(value)}, []
    if kind is dict:
        keys = [key for key in list(value)[:KEYS] if type(key) in (str, int, bool, type(None))]
        return {**facts, "count": len(value)}, [("[%r]" % (key,), value[key]) for key in keys]
    if isinstance(value, type):
        return {"class": value.__name__}, []
    if isinstance(value, types.FunctionType) and "<" not in value.__qualname__:
        return {"function": value.__name__}, []
    if kind is _Cells:
        return value.facts(), []
    for teller in (_library, _plain_class):
        found = teller(value, {**facts, "module": kind.__module__})
        if found:
            return found
    return _object(value, facts)


def _plain_class(value, facts):
    """Classes of the standard library that have a text of their own."""
    if isinstance(value, enum.Enum) and not isinstance(value, enum.Flag):
        return {**facts, "value": [value.name, repr(value.value)]}, []
    if isinstance(value, _WORDS):
        return {**facts, "value": [str(value), repr(value)]}, []
    if isinstance(value, re.Pattern):
        return {**facts, "value": value.pattern}, []
    if isinstance(value, functools.partial):
        return facts, []
    return None


def _object(value, facts):
    """An object of any other class: what it would be pickled as."""
    kind = type(value)
    facts = {**facts, "module": kind.__module__}
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:
        return {"type": kind.__name__}, []
    if isinstance(reduced, str):
        return facts, []
    maker, _arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    if maker not in (copyreg.__newobj__, copyreg._reconstructor, kind, getattr(copyreg, "__newobj_ex__", None)):
        facts = {}  # what it becomes is for its function to say
    children = []
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
        children += [("." + name, one) for name, one in state[1].items()]
        state = state[0]
    if isinstance(state, dict) and all(isinstance(name, str) for name in state):
        children += [("." + name, one) for name, one in state.items()]
    if items is not None:
        children += [("[%d]" % n, one) for n, one in enumerate(list(items)[:WIDE])]
    if pairs is not None:
        children += [("[%r]" % (key,), one) for key, one in list(pairs)[:KEYS] if type(key) in (str, int)]
    return facts, children


def _library(value, facts):
    """Arrays, frames, tensors: what a library makes."""
    root = str(facts["module"]).partition(".")[0]
    teller = _LIBRARIES.get(root)
    return teller(value, facts) if teller else None


def _number(one):
    """A number as JSON has it."""
    if isinstance(one, complex):
        return str(one)
    if isinstance(one, float) and not math.isfinite(one):
        return repr(one)
    return one if one is None or isinstance(one, (int, float, bool, str)) else str(one)


def _numpy(value, facts):
    import numpy

    if isinstance(value, numpy.ma.MaskedArray):
        return {**facts, "shape": list(value.shape), "dtype": str(value.dtype)}, []
    if isinstance(value, numpy.ndarray):
        if value.dtype.names:
            return {**facts, "shape": list(value.shape), "fields": list(value.dtype.names)}, []
        facts.update(shape=list(value.shape), dtype=str(value.dtype))
        if value.dtype.kind in "biufUT" and value.size:
            facts["first"] = [_number(one) for one in numpy.asarray(value).ravel()[:4].tolist()]
        plain = numpy.asarray(value)
        if value.dtype.kind in "iuf" and value.size and numpy.isfinite(plain).all():
            facts.update(min=_number(plain.min().item()), max=_number(plain.max().item()))
        items = value.ravel()[:WIDE].tolist() if value.dtype.kind == "O" and value.ndim == 1 else []
        return facts, [("[%d]" % n, one) for n, one in enumerate(items)]
    if isinstance(value, numpy.dtype):
        return {"type": "dtype", "value": str(value)} if not value.names else {"type": "dtype"}, []
    if isinstance(value, numpy.generic):
        return {"value": str(value.item() if value.dtype.kind in "biuf" else value)}, []
    return None


class _Cells:
    """The values of a column: its first ones are described, each as plain as it is shown."""

    def __init__(self, column):
        self.column = column

    def facts(self):
        """Say its dtype and its first values, if these are all of kinds that are shown in a line."""
        found = [_cell(one) for one in self.column.tolist()[:3]]
        shown = str(self.column.dtype) != "object" and all(type(one) is not list for one in found)
        return {"dtype": str(self.column.dtype), **({"first": found} if found and shown else {})}


def _cell(one):
    """One value of a column, None where it is missing."""
    import pandas

    if isinstance(one, list):
        return one
    if pandas.isna(one):
        return _number(one) if isinstance(one, float) else None
    if isinstance(one, pandas.Timestamp):
        plain = one.tz_convert("UTC").tz_localize(None) if one.tz is not None else one
        text = plain.isoformat()
        text = text[:-9] if text.endswith("T00:00:00") else text
        return text + ("Z" if one.tz is not None and str(one.tz) != "UTC" else "")
    if isinstance(one, pandas.Timedelta):
        return str(one).replace("0 days ", "")
    if isinstance(one, decimal.Decimal):
        return repr(one)
    return _number(one.item() if hasattr(one, "item") else one)


def _pandas(value, facts):
    import pandas

    if isinstance(value, pandas.DataFrame):
        columns = [list(name) if type(name) is tuple else _number(name) for name in value.columns.tolist()[:10]]
        dtypes = [str(one) for one in value.dtypes][:10]
        facts.update(shape=list(value.shape), columns=columns, dtypes=dtypes)
        named = [name for name in value.columns[:10] if isinstance(name, str)] if value.columns.is_unique else []
        return facts, [("[%r]" % name, _Cells(value[name])) for name in named]
    if isinstance(value, pandas.Series):
        named = {} if value.name is None else {"name": str(value.name)}
        facts.update(count=len(value), dtype=str(value.dtype), **named)
        return facts, [(".values", _Cells(value))]
    if isinstance(value, pandas.Index):
        return ({} if isinstance(value, pandas.IntervalIndex) else {"count": len(value)}), []
    if isinstance(value, pandas.Timestamp):
        return {"type": "Timestamp", "value": value.tz_convert("UTC").strftime("%H:%M:%S")}, []
    if isinstance(value, pandas.Timedelta):
        return {"type": "Timedelta", "value": str(value).replace(" 00:00:00", "")}, []
    return {}, []


def _astropy(value, facts):
    import numpy

    if isinstance(value, numpy.ndarray):
        return _numpy(value, facts)
    if hasattr(value, "colnames"):
        return {**facts, "columns": list(value.colnames)}, [("[%r]" % name, value[name]) for name in value.colnames]
    return None


def _geopandas(value, facts):
    found, children = _pandas(value, facts)
    return (found, children) if "shape" in found or "count" in found else None


def _shapely(value, facts):
    return {"type": facts["type"], "value": str(value)}, []


def _scipy(value, facts):
    if hasattr(value, "nnz"):
        return {**facts, "shape": list(value.shape)}, [
            ("." + name, getattr(value, name)) for name in ("data", "indices") if hasattr(value, name)
        ]
    return None


def _torch(value, facts):
    import torch

    if isinstance(value, torch.Tensor):
        plain = value.detach()
        facts = {"type": type(value).__name__, "shape": list(value.shape), "dtype": str(value.dtype).partition(".")[2]}
        if not plain.is_sparse and not plain.is_quantized and plain.numel():
            flat = plain.reshape(-1)
            facts["first"] = [_number(one) for one in flat[:4].tolist()]
            if not plain.is_complex() and plain.dtype != torch.bool:
                facts.update(min=_number(flat.min().item()), max=_number(flat.max().item()))
        return facts, []
    if isinstance(value, (torch.Size, torch.dtype, torch.device)):
        return {}, []
    return None


_LIBRARIES = {
    "numpy": _numpy, "pandas": _pandas, "scipy": _scipy, "torch": _torch, "astropy": _astropy, "geopandas": _geopandas, "shapely": _shapely,
}  # fmt: skip
