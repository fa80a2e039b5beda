"""What is done to instances of trusted classes: their own methods are called, and nothing that a stream has put into them.

C asks an instance for ``__setstate__``, ``extend``, ``append`` and ``add``; a stream that has given it an attribute of that name
then calls what it likes. Here the class is asked. Whoever trusts a class trusts the code of it, with any argument; nothing else
can be reached by it.
"""

from __future__ import annotations

from pickle import PickleBuffer
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from histshell.pik.policy.checks import Refuse
from histshell.pik.policy.open_gate import put_state
from histshell.preview import Kinds

_MISSING = object()
_mro = type.__dict__["__mro__"].__get__
_inside = type.__dict__["__dict__"].__get__
#: What the machinery of pickle and copy asks an instance for, and what is more than an attribute.
_PLANTED = frozenset(
    f"__{name}__"
    for name in (
        "class", "dict", "setstate", "getstate", "reduce", "reduce_ex", "getnewargs", "getnewargs_ex", "getinitargs", "copy",
        "deepcopy", "del", "slots", "weakref",
    )
)  # fmt: skip
#: A state is never given to these, whoever has made them.
_NEVER = Kinds(ModuleType, FunctionType, BuiltinFunctionType, MethodType)
_SHARED = Kinds(list, dict, set, bytearray, ModuleType, memoryview, PickleBuffer)


def is_changed(target: Any) -> bool:
    """Tell whether *target* is of a kind that a stream may change at all: no class, module, function or method."""
    return type(target) not in _NEVER and not issubclass(type(target), type)


def check_found(found: Any) -> None:
    """Refuse what a trusted name gives if opcodes could change it: a module, or a container that a program uses."""
    if type(found) in _SHARED:
        raise Refuse(f"it is a {type(found).__name__} that programs use, no class and no function")


def _own(target: Any, name: str) -> Any:
    """Give what the class of *target* has under *name*, bound to it; what is in the instance is not asked."""
    kind = type(target)
    for base in _mro(kind):
        inside = _inside(base)
        if name in inside:
            found = inside[name]
            get = getattr(type(found), "__get__", None)
            return found if get is None else get(found, target, kind)
    return _MISSING


def check_state(target: Any, state: Any) -> None:
    """Refuse a state that plants methods which are asked for behind a program's back."""
    if _own(target, "__setstate__") is not _MISSING and not issubclass(type(target), BaseException):
        return  # what that does with it is the class's; the method of exceptions, which is C's, sets attributes
    for part in state if isinstance(state, tuple) and len(state) == 2 else (state,):
        for key in part if isinstance(part, dict) else ():
            if type(key) is str and key in _PLANTED:
                raise Refuse(f"the state would set {key}")


def build(target: Any, state: Any) -> None:
    """Do BUILD: by the class's own ``__setstate__``, or into the instance's dict and slots."""
    setstate = _own(target, "__setstate__")
    if setstate is not _MISSING:
        setstate(state)
        return
    put_state(target, state)


def extend(target: Any, items: list[Any]) -> None:
    """Do APPENDS, by the class's own `extend` or `append`."""
    extend = _own(target, "extend")
    if extend is not _MISSING:
        extend(items)
        return
    append = _method(target, "append")
    for item in items:
        append(item)


def add(target: Any, items: list[Any]) -> None:
    """Do ADDITEMS: as C does for any set, else by the class's own `add`."""
    if issubclass(type(target), set):
        set.update(target, items)
        return
    add = _method(target, "add")
    for item in items:
        add(item)


def _method(target: Any, name: str) -> Any:
    """Give the class's own method, or raise as C does."""
    found = _own(target, name)
    if found is _MISSING:
        raise AttributeError(f"'{type(target).__name__}' object has no attribute '{name}'")
    return found
