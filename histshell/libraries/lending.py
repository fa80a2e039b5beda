"""What is in `sys.modules`, whose it is, and what stands there for a moment only."""

import os
import sys
from _frozen_importlib import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

known: "dict[str, ModuleType]" = {}
"""Those in `sys.modules` that were found to be the library's own."""

handed: "set[str]" = set()
"""What the user has got; a second, fresh copy of it is theirs to make, as ever."""

lent: "dict[str, tuple[ModuleType, Any]]" = {}
"""What stands in `sys.modules` for a moment: ours, and what was there before."""

MISSING: "Any" = object()
_modules = sys.modules
_Module = type(sys)

ALIASES = {
    "collections": ("collections.abc",),
    "os": ("os.path",),
    "typing": ("typing.io", "typing.re"),
    "pyexpat": ("pyexpat.errors", "pyexpat.model"),
    "xml.parsers.expat": ("xml.parsers.expat.errors", "xml.parsers.expat.model"),
    "importlib": ("importlib._bootstrap", "importlib._bootstrap_external"),
    "math": ("math.integer",),
}
"""What else a module puts into `sys.modules` when it is executed."""


class Return:
    """Takes a module back out of `sys.modules` when nobody holds this any more."""

    def __init__(self, name: "str") -> "None":
        self.name = name

    def __del__(self) -> "None":
        take_back(self.name)


def lend(name: "str", module: "ModuleType") -> "None":
    """Put a module into `sys.modules` for a while."""
    old = _modules.get(name, MISSING)
    if name in lent:
        old = lent[name][1]
    lent[name] = module, old
    _modules[name] = module


def take_back(name: "str") -> "ModuleType | None":
    """Take it out again, with what was there before put back; give what it had become."""
    module, old = lent.pop(name, (None, MISSING))
    if module is None:
        return None
    now = _modules.get(name)
    if old is not MISSING or name not in handed:  # else another thread of the user's has been given it meanwhile
        put_back(name, old)
    return now if now is not None else module


def put_back(name: "str", old: "Any") -> "None":
    """Have `sys.modules` give what it gave before, which may be nothing."""
    if old is MISSING:
        _modules.pop(name, None)
    else:
        _modules[name] = old


def sweep() -> "None":
    """Take back what an interruption at an unlucky moment has left in `sys.modules`."""
    for name in list(lent):
        take_back(name)


_dict_of: "Any" = vars(_Module)["__dict__"].__get__


def facts(module: "object") -> "dict[str, Any]":
    """Return the names of a module; none for what is no module. Runs nothing of the user's."""
    return _dict_of(module) if issubclass(type(module), _Module) else {}


def is_from(module: "object", spec: "ModuleSpec") -> "bool":
    """Return whether a module was loaded from the file of `spec`, as the import system notes it."""
    found = facts(module).get("__spec__")
    if type(found) is not ModuleSpec or type(found.origin) is not str or found.name != spec.name:
        return False
    place = spec.origin or ""  # a package without a file has none
    if found.origin == place:
        return True
    try:
        return os.path.basename(found.origin) == os.path.basename(place) and os.path.samefile(found.origin, place)
    except OSError:
        return False


def is_initializing(module: "object") -> "bool":
    """Return whether the import system is about to execute a module."""
    spec = facts(module).get("__spec__")
    return type(spec) is ModuleSpec and bool(spec.__dict__.get("_initializing"))
