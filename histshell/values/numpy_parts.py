"""numpy's arrays, scalars and dtypes of plain kinds as parts. It is never imported: the session's own module is asked."""

from __future__ import annotations

import sys
from typing import Any, Dict

from .parts import NP_ARRAY, NP_BUFFER, NP_NEW, NP_SCALAR, NP_TYPE, Effort, Maker, Parts

_KINDS = "biufcSUmM?"
_OWN = 24  # numpy's own dtypes have lower numbers than that, those of other packages 256 and more
_HEAP_TYPE = 1 << 9
_flags = type.__dict__["__flags__"].__get__
_module = type.__dict__["__module__"].__get__


def _numpy() -> Dict[str, Any] | None:
    """Return the names of numpy, if it is loaded, and is written in C; a module of the user's may have its name."""
    module = sys.modules.get("numpy")
    if type(module) is not type(sys):
        return None
    names = module.__dict__
    array, dtype = names.get("ndarray"), names.get("dtype")
    if type(array) is not type or _module(array) != "numpy" or _flags(array) & _HEAP_TYPE:
        return None
    return names if issubclass(type(dtype), type) and not _flags(dtype) & _HEAP_TYPE else None


def of(kind: type) -> Maker | None:
    """Return what makes parts of the instances of a class of numpy's; None for other classes."""
    numpy = _numpy()
    if numpy is None:
        return None
    if kind is numpy["ndarray"]:
        return _array
    if type(kind) is type(numpy["dtype"]):
        return _dtype
    if type(kind) is type and _module(kind) == "numpy" and not _flags(kind) & _HEAP_TYPE:
        generic = numpy.get("generic")
        if type(generic) is type and type.__subclasscheck__(generic, kind):
            return _scalar
    return None


def _plain(dtype: Any) -> bool:
    """Return whether a dtype is one of numpy's own, of numbers, texts of a fixed length, or times; with nothing hung on it."""
    if dtype.num >= _OWN or dtype.kind not in _KINDS or dtype.hasobject or dtype.metadata is not None:
        return False
    return dtype.names is None and dtype.subdtype is None


def _dtype(dtype: Any, _: Effort) -> Parts | None:
    """As numpy's own pickles have it."""
    if not _plain(dtype):
        return None
    order = dtype.byteorder
    if order == "=":
        order = "<" if sys.byteorder == "little" else ">"
    kind = dtype.kind
    size = dtype.itemsize if kind in "SU" else -1
    alignment = dtype.alignment if kind in "SU" else -1
    state: tuple[Any, ...] = (3, order, None, None, None, size, alignment, dtype.flags)
    if kind in "mM":
        unit = _unit(dtype.str)
        if unit is None:
            return None
        state = (4, order, None, None, None, size, alignment, dtype.flags, (None, unit))
        name = f"{kind}8"
    else:
        name = "b1" if kind == "b" else dtype.str[1:]
    return Parts(NP_TYPE, (name, False, True), state)


def _unit(text: str) -> Any:
    """Return what numpy's pickles have for the unit in `<M8[25s]`, None where there is none."""
    inside = text[4:-1] if text[3:4] == "[" and text[-1:] == "]" else ""
    letters = inside.lstrip("0123456789")
    digits = inside[: len(inside) - len(letters)]
    return (letters.encode(), int(digits or 1), 1, 1) if letters.isalpha() and letters.isascii() else None


def _array(value: Any, walk: Effort) -> Parts | None:
    dtype = value.dtype
    if not _plain(dtype) or value.nbytes > walk.limit:
        return None
    flags = value.flags
    fortran = bool(flags.f_contiguous and not flags.c_contiguous)
    data = value.tobytes("F" if fortran else "C")
    if not dtype.isnative:  # numpy's other form would turn them
        return Parts(NP_BUFFER, (bytearray(data), dtype, value.shape, "F" if fortran else "C")) if data else None
    state = (1, value.shape, dtype, fortran, data)
    return Parts(NP_NEW, (NP_ARRAY, (0,), b"b"), state)


def _scalar(value: Any, walk: Effort) -> Parts | None:
    dtype = value.dtype
    return Parts(NP_SCALAR, (dtype, value.tobytes())) if _plain(dtype) and dtype.itemsize <= walk.limit else None
