"""The names of a value's attributes, found in its classes; a `__dir__` that somebody wrote is asked, for so long."""

from __future__ import annotations

import types
from itertools import islice
from typing import Any, List, Tuple

from . import bounded
from .static import UNKNOWN, Instance, class_dict, class_of, enum_members, ids, is_class, is_module, mro, own_dict

DIR_SECONDS = 0.04
"""How long a `__dir__` is waited for."""
DIR_NAMES = 100_000
"""How many names are taken from one."""


def names(value: object, seconds: float) -> List[Any]:
    """Return the names of the attributes of a value, unsorted, some twice, some no text: choose among them with care.

    `seconds` is what a `__dir__` of a foreign class may take. The names of a class's own metaclass are included.
    """
    found: List[Any] = []
    cls = class_of(value)
    if type(value) is not Instance:
        found.extend(dict.keys(own_dict(value)) if not is_class(value) else ())
        if is_class(value):
            for base in mro(value):  # type: ignore[arg-type]  # a class
                found.extend(class_dict(base))
            found.extend(enum_members(value))
    for base in mro(cls):
        found.extend(class_dict(base))
    if cls is types.MethodType and type(value) is not Instance:
        found.extend(names(value.__func__, seconds))  # type: ignore[attr-defined]  # a method shows what its function has
    if type(value) is not Instance:
        found.extend(_asked(value, cls, seconds))
    return found


_OWN_DIRS = ids(object, type, types.ModuleType)
_PLAIN_SEQUENCES = ids(list, tuple, set, frozenset, dict, types.GeneratorType, type({}.keys()))


def _asked(value: object, cls: type, seconds: float) -> List[str]:
    """Return what the `__dir__` of a class or module adds, if it is one that somebody wrote."""
    function: Any = UNKNOWN
    owner: object = cls
    args: Tuple[object, ...] = (value,)
    if is_module(value):
        function = dict.get(own_dict(value), "__dir__", UNKNOWN)
        if function is not UNKNOWN:
            owner, args = value, ()
    if function is UNKNOWN:
        for base in mro(cls):
            if "__dir__" in class_dict(base):
                function = UNKNOWN if id(base) in _OWN_DIRS else class_dict(base)["__dir__"]
                break
    kind = type(function)
    if kind is types.FunctionType:
        written_in = function.__globals__.get("__name__")
        if type(written_in) is str and written_in.partition(".")[0] in _KNOWN_DIRS:
            return []
    elif kind is not types.MethodDescriptorType:
        return []
    answer = bounded.call(_names_from, function, args, owner=owner, seconds=min(seconds, DIR_SECONDS))
    return answer[0] if answer else []


#: Packages whose names are had in another way: enumerations ask their classes, pandas computes what the columns give.
_KNOWN_DIRS = frozenset(("enum", "pandas"))


def _names_from(function: Any, args: Tuple[object, ...]) -> List[str]:
    """Call a `__dir__` and take what is text from it, if it is a plain container or a generator."""
    result = function(*args)
    if id(type(result)) not in _PLAIN_SEQUENCES:
        return []
    return [name for name in islice(result, DIR_NAMES) if type(name) is str]
