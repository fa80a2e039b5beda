"""Classes that note each call of a hook of theirs, to show that completion makes none."""

from __future__ import annotations

import types
from typing import Any

CALLS: list[str] = []
"""The hooks that were called, in order."""

_TEXT = """
    __getattr__ __getattribute__ __setattr__ __delattr__ __getitem__ __setitem__ __delitem__ __len__ __length_hint__
    __iter__ __next__ __reversed__ __contains__ __missing__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__
    __repr__ __str__ __format__ __bytes__ __bool__
    __call__ __int__ __float__ __complex__ __index__ __fspath__ __sizeof__ __enter__ __exit__ __await__ __aiter__
    __anext__ __get__ __set__ __delete__ __add__ __radd__ __mul__ __rmul__ __mod__ __rmod__ __reduce__ __reduce_ex__ __copy__
    __instancecheck__ __subclasscheck__ __subclasshook__ __or__ __ror__ __array__ __array_finalize__ __array_ufunc__
    __array_function__ keys values items get columns index axes _repr_html_ _ipython_display_ _ipython_key_completions_
    _repr_mimebundle_ __rich__ __rich_repr__ _constructor
"""
_SPECIAL = _TEXT.split()
_PROPERTIES = """
    __class__ __dict__ __doc__ __wrapped__ __signature__ __text_signature__ __annotations__ prop
    __name__ __qualname__ __module__ __code__ __defaults__ __all__ __path__ __mro__ __bases__
"""
_COMPUTED = _PROPERTIES.split()


def _method(name: str) -> Any:
    def noted(*_: object, **__: object) -> object:
        CALLS.append(name)
        raise RuntimeError(f"{name} was called")

    return noted


def _plain_method(self: object, first: object, second: object = 2) -> None:
    """A method without a hook, to be found and to have its parameters shown."""


def _annotated(_self: object) -> str:
    CALLS.append("an annotated one")
    raise RuntimeError("an annotated one was called")


def _plain_function(first: object = None, *, second: object = None) -> None:
    """The same for a function."""


class Descriptor:
    """A descriptor that notes being read; with `__set__` it goes before the instance's dictionary."""

    def __get__(self, *_: object) -> object:
        CALLS.append("Descriptor.__get__")
        raise RuntimeError("a descriptor was read")

    def __set__(self, *_: object) -> None:
        CALLS.append("Descriptor.__set__")


class QuietDescriptor:
    """One without `__set__`."""

    def __get__(self, *_: object) -> object:
        CALLS.append("QuietDescriptor.__get__")
        raise RuntimeError("a descriptor was read")


def hooks(leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """The entries of a class that notes everything."""
    entries: dict[str, Any] = {name: _method(name) for name in _SPECIAL}
    entries.update((name, property(_method(f"property {name}"))) for name in _COMPUTED)
    entries.update(data=Descriptor(), quiet=QuietDescriptor(), plain="text", method=_plain_method)
    entries.update(said=property(_annotated), says=_annotated)
    entries["__module__"] = "hooks"
    return {name: value for name, value in entries.items() if name not in leave_out}


_META = hooks(leave_out=("__set__", "__get__", "__delete__", "__module__", "__qualname__", "__subclasshook__"))
Meta: Any = type("Meta", (type,), {**_META, "__prepare__": classmethod(lambda *_, **__: {})})


def make(name: str, *bases: type) -> Any:
    """A class with all hooks, whose metaclass has them too. The descriptor protocol is left out: setting it up calls it."""
    return type.__new__(Meta, name, bases, hooks(leave_out=("__qualname__", "__subclasshook__")))


BASES: dict[str, tuple[type, ...]] = {
    **{kind.__name__: (kind,) for kind in (dict, list, tuple, str, int)},
    "plain": (),
    "error": (ValueError,),
    "module": (types.ModuleType,),
}
CLASSES: dict[str, Any] = {name: make(name.title(), *bases) for name, bases in BASES.items()}


class Colliding(str):
    """A key with the hash of a text, that notes being compared and hashed."""

    silent = True

    def __hash__(self) -> int:
        if not Colliding.silent:
            CALLS.append("Colliding.__hash__")
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        if not Colliding.silent:
            CALLS.append("Colliding.__eq__")
        return self is other


def values() -> dict[str, Any]:
    """A session's globals with these values in every place where completion looks."""
    from histshell.history import History, record

    made: dict[str, Any] = {"__name__": "__main__"}
    for name, cls in CLASSES.items():
        made[name + "_class"] = cls
        base: Any = BASES[name][0] if BASES[name] else object
        made[name + "_value"] = base.__new__(cls)  # `cls()` would ask the metaclass
    value = made["plain_value"]
    Colliding.silent = True
    made["d"] = {Colliding("key"): 1, Colliding("x"): value, "key": value, "x": value, 1: value}
    made["d"].update({("t", "u"): value, ("t", Colliding("v")): 1})
    Colliding.silent = False
    made["sequence"] = [value, (value, value), {"x": value}]
    made["function"] = types.FunctionType(_plain_function.__code__, {}, "function", (value,))
    made["function"].__kwdefaults__ = {"second": value}
    made["instance"] = types.SimpleNamespace(value=value, cls=CLASSES["plain"])
    made["h"] = made["_h"] = History()
    for entry in (value, CLASSES["plain"], made["d"], made["sequence"], made["dict_value"]):
        record(made["h"], entry, 0.0)
    made["_"] = value
    return made
