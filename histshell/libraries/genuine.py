"""What the standard library itself has under a name, for pickles: a class that the user has put in its place is not that."""

from . import BUILTINS, TABLE
from .folders import library
from .lending import known
from .loader import find_spec, get, load
from .locks import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_listed: "dict[tuple[str, str], Any]" = {}


def of_library(module: "str", name: "str") -> "Any":
    """Return what the standard library has under a name; a class that the user has put in its place is not that."""
    found = _listed.get((module, name))
    if found is not None:
        return found
    if module == "builtins":
        found = BUILTINS[name]
    else:
        there = get(module, False)
        found = getattr(there, name, None)
        if not _was_defined_in(found, module, name) and find_spec(module) is not None:
            with Lock():
                kept = {one: TABLE.pop(one) for one in list(TABLE) if one == module or one.startswith(module + ".")}
                known.pop(module, None)
                try:
                    there = load(module, TABLE)
                finally:
                    TABLE.update(kept)
            found = getattr(there, name)
    _listed[module, name] = found
    return found


def _was_defined_in(found: "Any", module: "str", name: "str") -> "bool":
    """Return whether a class or function is the one that the library's module defines."""
    kind = type(found)
    if issubclass(kind, type):
        origin = type.__dict__["__module__"].__get__(found)
        if type.__dict__["__qualname__"].__get__(found) != name:
            return False
        values = list(type.__dict__["__dict__"].__get__(found).values())
    else:
        origin, values = getattr(found, "__module__", None), [found]
    if type(origin) is not str or origin.split(".")[0] not in (module.split(".")[0], f"_py{module}", f"_{module}"):
        return False
    for value in values:
        if type(value) is _Function:
            place = getattr(value.__code__, "co_filename", "<frozen")
            if not place.startswith(("<frozen ", "<builtin", *library())):
                return False
    return True


_Function = type(_was_defined_in)
