"""Looking at values without running any code of theirs: attributes, names, whether something can be called.

Everything is read past the classes: the method resolution order and the dictionaries through the descriptors of
`type`, an instance's dictionary through the C descriptor that made it. Classes are compared by identity only, since
a metaclass may define `__eq__` and `__hash__`; `isinstance` is not used, since it asks the value for `__class__`.
What can only be had by running something is `UNKNOWN`. Trusted and therefore run: descriptors in C of the built-in types
listed here, reading a slot, and `__dir__`, in the way that `bounded` describes.
"""

from __future__ import annotations

import builtins
import sys
import types
from typing import Any, Dict, Tuple

_mro = type.__dict__["__mro__"].__get__
_class_dict = type.__dict__["__dict__"].__get__
_module_dict: Any = vars(types.ModuleType)["__dict__"].__get__

Getset, Member = types.GetSetDescriptorType, types.MemberDescriptorType


class _Unknown:
    """The type of `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
"""Stands for a value that is not there, or cannot be had without running code."""


class Instance:
    """Stands for a value of which only the class is known; `is_all` if a value of that class has no more to it.

    `table` is the live table that it was made from, if it was, so that its columns are known; `row` the one that it is a row
    of, whose columns are its labels; `dtype` numpy's, of a column of numbers.
    """

    __slots__ = ("cls", "dtype", "is_all", "row", "table")

    def __init__(
        self, cls: type, is_all: bool = True, table: Any = UNKNOWN, row: Any = UNKNOWN, dtype: Any = UNKNOWN
    ) -> None:
        self.cls = cls
        self.is_all = is_all
        self.table = table
        self.row = row
        self.dtype = dtype


def ids(*kinds: type) -> frozenset[int]:
    """Return the ids of built-in classes, which live for ever, to look a class up by without asking its metaclass."""
    return frozenset(map(id, kinds))


def mro(cls: type) -> Tuple[type, ...]:
    """Return the method resolution order of a class, past its metaclass."""
    found: Tuple[type, ...] = _mro(cls)
    return found


def class_dict(cls: type) -> Any:
    """Return the read-only dictionary of a class, past its metaclass."""
    return _class_dict(cls)


def derives(cls: type, base: type) -> bool:
    """Return whether `base` is in the method resolution order of `cls`."""
    for other in _mro(cls):  # noqa: SIM110  # any() takes three times as long, and this is asked most
        if other is base:
            return True
    return False


def class_of(value: object) -> type:
    """Return the class of a value, or of what an `Instance` stands for."""
    kind = type(value)
    return value.cls if kind is Instance else kind  # type: ignore[attr-defined]  # an Instance


def is_class(value: object) -> bool:
    """Return whether a value is a class."""
    kind = type(value)
    return kind is type or derives(kind, type)


def is_module(value: object) -> bool:
    """Return whether a value is a module, of a subclass too."""
    kind = type(value)
    return kind is types.ModuleType or derives(kind, types.ModuleType)


def imported(name: str) -> Any:
    """Return the module of that name if it has been imported, else `UNKNOWN`."""
    module = dict.get(sys.modules, name, UNKNOWN)
    return module if is_module(module) else UNKNOWN


def from_module(module: str, name: str) -> Any:
    """Return what a name means in a module that has been imported, else `UNKNOWN`."""
    found = imported(module)
    return UNKNOWN if found is UNKNOWN else dict.get(_module_dict(found) or {}, name, UNKNOWN)


def own_dict(value: object) -> Dict[Any, Any]:
    """Return the dictionary of an instance, a module or a class's own instance part; empty if it has none.

    A property or other descriptor that stands in for `__dict__` is not asked. The result may be of a subclass of
    dict: use the methods of `dict` itself on it.
    """
    for cls in _mro(type(value)):
        descriptor = _class_dict(cls).get("__dict__")
        if descriptor is not None:
            if type(descriptor) is Getset or type(descriptor) is Member:
                try:
                    found = descriptor.__get__(value)
                except Exception:  # a descriptor that was moved to a class it does not belong to
                    return {}
                return found if derives(type(found), dict) else {}
            return {}
    return {}


def class_attribute(cls: type, name: str) -> Any:
    """Return what stands in the dictionaries of a class and its bases under a name, unbound; `UNKNOWN` if nothing."""
    for base in _mro(cls):
        entries = _class_dict(base)
        if name in entries:
            return entries[name]
    return UNKNOWN


def attribute(value: object, name: str) -> Any:
    """Return what `value.name` would be, `UNKNOWN` if there is no such thing or it takes foreign code to tell."""
    if type(value) is Instance:
        return _of_instance(value, value.cls, name)
    if name == "__class__":
        return type(value)
    cls = type(value)
    if cls is types.ModuleType and name != "__dict__":
        return dict.get(_module_dict(value), name, UNKNOWN)
    if is_class(value):
        return _of_class(value, name)
    found = class_attribute(cls, name)
    if found is not UNKNOWN and _is_data_descriptor(found):
        return _read(found, value, name)
    own = own_dict(value)
    if own and dict.__contains__(own, name):
        return dict.get(own, name, UNKNOWN)
    if found is UNKNOWN and cls is types.MethodType:
        return attribute(value.__func__, name)  # type: ignore[attr-defined]  # a method shows what its function has
    return _bind(found, value, cls) if found is not UNKNOWN else UNKNOWN


def _of_instance(value: Instance, cls: type, name: str) -> Any:
    found = class_attribute(cls, name)
    if found is UNKNOWN or _is_data_descriptor(found):
        return UNKNOWN
    if id(type(found)) in _TAKES_SELF:
        return types.MethodType(found, value)
    return _bind(found, value, cls)


def _of_class(cls: Any, name: str) -> Any:
    """Return what a name means on a class: its metaclass's data descriptors first, then its own bases, then the rest."""
    meta = class_attribute(type(cls), name)
    if meta is not UNKNOWN and _is_data_descriptor(meta):
        safe = name in _SAFE_ON_CLASS and meta is _class_dict(type)[name]
        return meta.__get__(cls) if safe else UNKNOWN
    members = enum_members(cls)
    if name in members:
        return members[name]
    found = _loaded(class_attribute(cls, name))
    if found is UNKNOWN:
        return _bind(meta, cls, type(cls)) if meta is not UNKNOWN else UNKNOWN
    kind = type(found)
    if kind is classmethod or kind is staticmethod:
        return _bind(found, cls, cls)
    if id(kind) in _PLAIN_ON_CLASS:
        return found
    if id(kind) in _BOUND_BY_C:
        return found
    return UNKNOWN if class_attribute(kind, "__get__") is not UNKNOWN else found


#: Of what `type` computes, the rest runs code: `__doc__` a descriptor of that name, `__annotations__` the annotations.
_SAFE_ON_CLASS = frozenset(("__name__", "__qualname__", "__module__", "__mro__", "__dict__", "__bases__", "__base__"))
_PLAIN_ON_CLASS = ids(types.FunctionType, property, Getset, Member)
_BOUND_BY_C = ids(
    types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType, types.BuiltinFunctionType
)


_TAKES_SELF = ids(types.MethodDescriptorType, types.WrapperDescriptorType)


def _is_data_descriptor(found: object) -> bool:
    kind = type(found)
    if kind is types.FunctionType:
        return False  # by far the most frequent
    return class_attribute(kind, "__set__") is not UNKNOWN or class_attribute(kind, "__delete__") is not UNKNOWN


def _loaded(found: Any) -> Any:
    """Return what stands in a class; of the history's table of commands, the function that is behind a row."""
    return found.__get__(None, type(found)) if type(found) is from_module("histshell.history", "Command") else found


def _bind(found: Any, value: object, cls: type) -> Any:
    """Make of a class's entry what an instance shows of it."""
    found = _loaded(found)
    kind = type(found)
    if kind is types.FunctionType:
        return types.MethodType(found, value)
    if kind is staticmethod:
        return found.__func__
    if kind is classmethod:
        inner = found.__func__
        return types.MethodType(inner, cls) if type(inner) is types.FunctionType else UNKNOWN
    if kind is types.BuiltinFunctionType:  # no descriptor: `move = len` in a class stays what it is
        return found
    if id(kind) in _BOUND_BY_C:
        if kind is types.ClassMethodDescriptorType or type(value) is Instance:
            return found
        try:
            return found.__get__(value, cls)  # without a class CPython crashes over some (METH_METHOD)
        except Exception:  # an entry that was taken from a class it does not belong to
            return UNKNOWN
    return UNKNOWN if class_attribute(kind, "__get__") is not UNKNOWN else found


_GETSETS: Dict[str, Tuple[str, ...]] = {
    # Types whose computed attributes are plain data, kept in C; where a name is given, only these.
    "builtins.int": (),
    "builtins.float": (),
    "builtins.complex": (),
    "builtins.range": (),
    "builtins.slice": (),
    "builtins.memoryview": ("nbytes", "itemsize", "format", "ndim", "shape", "strides", "readonly"),
    "builtins.BaseException": ("args", "__traceback__", "__context__", "__cause__"),
    "builtins.traceback": (),
    "builtins.frame": ("f_code", "f_back", "f_globals", "f_builtins", "f_lineno"),
    "builtins.code": (),
    "builtins.function": ("__code__", "__defaults__", "__kwdefaults__", "__name__", "__qualname__", "__globals__"),
    "builtins.builtin_function_or_method": ("__name__", "__qualname__", "__self__", "__text_signature__", "__doc__"),
    "builtins.method_descriptor": ("__name__", "__qualname__", "__objclass__", "__text_signature__", "__doc__"),
    "builtins.wrapper_descriptor": ("__name__", "__qualname__", "__objclass__", "__text_signature__", "__doc__"),
    "builtins.method-wrapper": ("__name__", "__qualname__", "__text_signature__", "__doc__"),
    "datetime.date": (),
    "datetime.time": ("hour", "minute", "second", "microsecond", "fold"),
    "datetime.datetime": ("hour", "minute", "second", "microsecond", "fold"),
    "datetime.timedelta": (),
    "re.Pattern": (),
    "re.Match": (),
    "numpy.ndarray": ("dtype", "shape", "ndim", "size", "itemsize", "nbytes", "strides", "T", "flat", "base"),
    "numpy.dtype": ("names", "kind", "char", "num", "str", "name", "shape", "itemsize"),
    "numpy.ufunc": ("__doc__", "nin", "nout", "nargs"),
}


def _read(descriptor: Any, value: object, name: str) -> Any:
    """Return the value of a data descriptor, if it is a slot or on the list above."""
    kind = type(descriptor)
    if kind is Getset:
        owner = descriptor.__objclass__
        full_name = f"{class_module(owner)}.{class_name(owner)}"
        allowed = _GETSETS.get(full_name)
        if allowed is None or (allowed and name not in allowed):
            return UNKNOWN
        if full_name == "numpy.ndarray" and type(value) is not owner:
            return UNKNOWN  # a view made of a subclass calls its `__array_finalize__`
    elif kind is not Member:
        return UNKNOWN
    try:
        return descriptor.__get__(value)
    except Exception:  # an empty slot; a descriptor of another class
        return UNKNOWN


_name = type.__dict__["__name__"].__get__
_module = type.__dict__["__module__"].__get__


def class_name(cls: type) -> str:
    """Return the name of a class, past its metaclass."""
    return str(_name(cls))


def class_module(cls: type) -> str:
    """Return the name of the module of a class, past its metaclass; empty if it is no text."""
    found = _module(cls)
    return found if type(found) is str else ""


def enum_members(cls: Any) -> Dict[str, Any]:
    """Return the members of an enumeration, empty for other classes. Some Pythons keep them behind `__getattr__`."""
    base = from_module("enum", "EnumMeta")
    if base is UNKNOWN or not derives(type(cls), base):
        return {}
    members = _class_dict(cls).get("_member_map_")
    return members if type(members) is dict else {}


def is_callable(value: object) -> bool:
    """Return whether a value can be called, told by its class alone."""
    kind = class_of(value)
    return kind is types.FunctionType or class_attribute(kind, "__call__") is not UNKNOWN


def is_exception(value: object) -> bool:
    """Return whether a value is an exception class."""
    return is_class(value) and derives(value, BaseException)  # type: ignore[arg-type]  # a class


def lookup(name: str, namespace: Any) -> Any:
    """Return what a bare name means at the prompt: in the user's globals, then among the built-ins."""
    found = dict.get(namespace, name, UNKNOWN) if derives(type(namespace), dict) else UNKNOWN
    return found if found is not UNKNOWN else dict.get(builtins.__dict__, name, UNKNOWN)
