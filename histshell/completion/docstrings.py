"""Docstrings that are there as text: no descriptor is asked for one."""

from __future__ import annotations

import types
from typing import Any

from .static import attribute, class_dict, class_module, class_name, ids, is_class, is_module, own_dict


def doc_line(value: object) -> str:
    """Return the first line of a docstring that is there as text, or empty."""
    return first_line(doc(value))


def doc(value: object) -> str:
    """Return a docstring that is there as text, or empty."""
    text: Any = None
    kind = type(value)
    if kind is types.MethodType:
        value = value.__func__  # type: ignore[attr-defined]  # a method
        kind = type(value)
    if kind is types.FunctionType:
        text = value.__doc__
    elif is_class(value):
        text = class_dict(value).get("__doc__")  # type: ignore[arg-type]  # a class
    elif is_module(value):
        text = dict.get(own_dict(value), "__doc__")
    elif id(kind) in _DOCUMENTED_IN_C or f"{class_module(kind)}.{class_name(kind)}" == "numpy.ufunc":
        text = attribute(value, "__doc__")
    else:
        text = dict.get(own_dict(value), "__doc__")
    return text if type(text) is str else ""


_DOCUMENTED_IN_C = ids(
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType
)


def first_line(text: str) -> str:
    """Return the first line of a text that is not empty, without the white space around it."""
    for line in text[:2000].splitlines():
        if line.strip():
            return line.strip()
    return ""


def paragraph(text: str) -> str:
    """Return the first lines of a text up to one that is empty, as one line."""
    found = []
    for line in text[:2000].strip().splitlines():
        if not line.strip():
            break
        found.append(line.strip())
    return " ".join(found)
