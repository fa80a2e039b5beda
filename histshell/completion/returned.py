"""What a property or a call gives, by what it is annotated with, and what numpy's functions make: nothing is called."""

from __future__ import annotations

import re
import sys
import types
from typing import Any, Dict, Iterator, List

from . import static, tables, xarrays
from .static import UNKNOWN, Instance

_KNOWN_WHOLE = ("numpy", "pandas", "polars", "xarray")
"""Packages whose instances have no more to them than their classes tell."""

_FUNCTIONS = """
    arange array asarray ascontiguousarray concatenate copy diag empty empty_like eye full full_like hstack identity
    linspace logspace ones ones_like repeat reshape sort squeeze stack tile transpose vstack where zeros zeros_like clip
    cumsum cumprod diff flip roll unique ravel dot matmul
"""
_ARRAYS = frozenset(_FUNCTIONS.split())
_OF_ARRAYS = """
    astype byteswap clip copy cumprod cumsum flatten ravel repeat reshape round squeeze swapaxes transpose
"""
_METHODS = frozenset(_OF_ARRAYS.split())
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_LOAD_CONST = compile("'a text'", "", "eval").co_code[-4]  # the last but one, before what returns it
_ONE_BYTE = 256


def member(value: Any, name: str) -> Any:
    """Return what a property, or an accessor such as `.str`, of a value gives, as far as that is said; else `UNKNOWN`."""
    found = xarrays.member(value, name)
    if found is not UNKNOWN:
        return found
    raw = static.class_attribute(static.class_of(value), name)
    kind = type(raw)
    if kind is property and type(raw.fget) is types.FunctionType:
        return _given(raw.fget, value, name)
    if kind is static.from_module("functools", "cached_property"):
        function = dict.get(static.own_dict(raw), "func")
        return _given(function, value, name) if type(function) is types.FunctionType else UNKNOWN
    if static.class_module(kind) == "pandas.core.accessor":
        accessor: Any = dict.get(static.own_dict(raw), "_accessor")
        return Instance(accessor, table=tables.table_of(value)) if static.is_class(accessor) else UNKNOWN
    return UNKNOWN


def call(value: Any) -> Any:
    """Return what calling a function or method gives, as far as that is said; else `UNKNOWN`."""
    kind = type(value)
    if kind is types.MethodType:
        return _of_method(value.__func__, value.__self__)
    if kind is types.FunctionType:
        return _array() if _makes_array(value) else _given(value, UNKNOWN, value.__name__)
    if kind is types.BuiltinFunctionType:
        owner = value.__self__
        if type(owner) is static.from_module("numpy", "ndarray") and value.__name__ in _METHODS:
            return _array()
        return _array() if _makes_array(value) else UNKNOWN
    return _array() if kind is static.from_module("numpy", "ufunc") else UNKNOWN


def _of_method(function: Any, owner: Any) -> Any:
    if type(function) is types.FunctionType:
        return _given(function, owner, function.__name__)
    if (
        type(owner) is Instance
        and owner.cls is static.from_module("numpy", "ndarray")
        and _plain_name(function) in _METHODS
    ):
        return _array()
    return UNKNOWN


def _plain_name(function: Any) -> str:
    return str(function.__name__) if type(function) is types.MethodDescriptorType else ""


def _makes_array(function: Any) -> bool:
    """Return whether a function is one of numpy's that give arrays, told by identity."""
    return function.__name__ in _ARRAYS and static.from_module("numpy", function.__name__) is function


def _array() -> Any:
    array = static.from_module("numpy", "ndarray")
    return Instance(array) if array is not UNKNOWN else UNKNOWN


def _given(function: Any, owner: Any, name: str) -> Any:
    """Return an instance of the class that a function says that it returns; it knows the columns of a table that keeps them."""
    said = _annotations(_unwrapped(function)).get("return", UNKNOWN)
    cls = _class(said, function, owner) if said is not UNKNOWN else UNKNOWN
    if not static.is_class(cls):
        return UNKNOWN
    table = tables.table_of(owner) if name in tables.KEEP_COLUMNS else UNKNOWN
    found = instance(cls, table)
    if type(owner) is Instance and name in tables.KEEP_VALUES and cls is owner.cls:
        found.row, found.dtype = owner.row, owner.dtype
    return found


def instance(cls: Any, table: Any = UNKNOWN) -> Instance:
    """Return what stands for an instance of a class: of one that its class writes in Python, only its source tells all."""
    whole = static.class_module(cls).partition(".")[0] in _KNOWN_WHOLE
    return Instance(cls, whole or type(static.class_attribute(cls, "__init__")) is not types.FunctionType, table)


def _unwrapped(function: Any) -> Any:
    for _ in range(10):
        inner = dict.get(static.own_dict(function), "__wrapped__")
        if type(inner) is not types.FunctionType:
            break
        function = inner
    return function


def _annotations(function: Any) -> Dict[str, Any]:
    """Return the annotations of a function where they lie there made, or are texts; from 3.14 on reading others runs code."""
    if type(function) is not types.FunctionType:
        return {}
    if sys.version_info >= (3, 14) and function.__annotate__ is not None:
        return _said_in(function.__annotate__)
    found = function.__annotations__
    return found if type(found) is dict else {}


def _said_in(annotate: Any) -> Dict[str, Any]:
    """Return the annotations of a module that has them as texts: constants of the code that would make them, which is not run."""
    code = annotate.__code__ if type(annotate) is types.FunctionType else None
    if code is None or code.co_names or code.co_freevars or len(code.co_consts) > _ONE_BYTE:
        return {}
    pairs = zip(code.co_code[::2], code.co_code[1::2])
    loaded = [code.co_consts[place] for op, place in pairs if op == _LOAD_CONST and place < len(code.co_consts)]
    return {name: said for name, said in zip(loaded[::2], loaded[1::2]) if type(name) is str and type(said) is str}


def _class(said: Any, function: Any, owner: Any) -> Any:
    """Return the class that an annotation names, the first of several; `UNKNOWN` if it is none that is loaded."""
    if static.is_class(said):
        return said if said is not type(None) else UNKNOWN
    if type(said) is not str:
        return UNKNOWN
    for one in _alternatives(said):
        if one in ("Self", "typing.Self"):
            return static.class_of(owner) if owner is not UNKNOWN else UNKNOWN
        found = _named(one, function)
        if static.is_class(found):
            return found
    return UNKNOWN


def _alternatives(said: str) -> Iterator[str]:
    """Yield the names in `A | B[int] | None`, what stands in brackets left out; `Optional[A]` is `A`."""
    said = said.strip()[:500].replace("Optional[", "")
    depth, plain = 0, []
    for character in said:
        depth += (character == "[") - (character == "]")
        if depth == 0:
            plain.append(character)
    for part in "".join(plain).split("|"):
        match = _NAME.match(part.strip(" ]'\""))
        if match and match[0] != "None":
            yield match[0]


def _named(name: str, function: Any) -> Any:
    """Return what a name in an annotation means: in the function's module, or, imported for type checkers alone, in its package."""
    first, *rest = name.split(".")
    names = function.__globals__
    found = static.lookup(first, names)
    for part in rest:
        found = static.attribute(found, part) if found is not UNKNOWN else UNKNOWN
    if found is not UNKNOWN:
        return found
    module = dict.get(names, "__name__")
    top = module.partition(".")[0] if type(module) is str else ""
    return _in_package(rest[-1] if rest else first, top) if top and top != "__main__" else UNKNOWN


def _in_package(name: str, top: str) -> Any:
    """Return the class of that name which a package has in one of its modules that are loaded."""
    found: List[Any] = [static.from_module(top, name)]
    for module in [known for known in list(sys.modules) if type(known) is str and known.startswith(top + ".")]:
        if static.is_class(found[-1]):
            break
        found.append(static.from_module(module, name))
    return found[-1] if static.is_class(found[-1]) else UNKNOWN
