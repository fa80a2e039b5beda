"""Modules that look for others by themselves, when they are called, are made to look where we do."""

import sys

from . import TABLE
from . import import_ as own_import
from .folders import home, library
from .lending import MISSING, facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable

_modules = sys.modules


def mend(name: "str", module: "Any", twin: "bool", get: "Callable[[str, bool], ModuleType]") -> "None":
    """Let modules that look for others by themselves look where we do."""
    if name == "importlib" and twin:
        module.import_module = _import_module
        module.__import__ = own_import
    elif name == "importlib.metadata" and twin:
        folders = [*library(), *home()]
        module.DistributionFinder.Context.path = property(lambda self: vars(self).get("path", folders))
        module.Distribution._discover_resolvers = staticmethod(lambda: [module.MetadataPathFinder.find_distributions])
    elif name == "linecache" and twin:  # the lines that are known are the same
        theirs = get(name, True)
        for kept in ("cache", "_interactive_cache"):
            if hasattr(theirs, kept):
                setattr(module, kept, getattr(theirs, kept))
    elif name in _LOOKING:
        for spelled in ("sys", "_sys"):
            if facts(module).get(spelled) is sys:
                setattr(module, spelled, _Sys(module))
    elif name == "pygments.plugin":  # they come from whatever is installed on the path
        module.iter_entry_points = lambda *_: []


_LOOKING = ("annotationlib", "dataclasses", "enum", "functools", "inspect", "typing", "_py_warnings")
"""Modules that look for themselves, or for that of a class, when they are called."""


class _Sys:
    """`sys` as such a module sees it: it finds itself and what has been loaded here among the modules."""

    def __init__(self, module: "ModuleType") -> "None":
        object.__setattr__(self, "modules", _Modules(module))

    def __getattr__(self, name: "str") -> "Any":
        return getattr(sys, name)

    def __setattr__(self, name: "str", value: "object") -> "None":
        setattr(sys, name, value)


class _Modules:
    """A look at `sys.modules`, and at the table where that has nothing."""

    def __init__(self, own: "ModuleType") -> "None":
        self.own = own

    def __getitem__(self, name: "str") -> "ModuleType":
        if name == self.own.__name__:
            return self.own
        found = _modules.get(name, MISSING)
        return TABLE[name] if found is MISSING else found

    def get(self, name: "str", default: "Any" = None) -> "Any":
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: "object") -> "bool":
        return name in _modules or name in TABLE

    def __getattr__(self, name: "str") -> "Any":
        return getattr(_modules, name)


def _import_module(name: "str", package: "str | None" = None) -> "Any":
    """Import as `importlib.import_module` does, for our modules and home's packages."""
    level = len(name) - len(name.lstrip("."))
    return own_import(name[level:], {"__package__": package}, None, ("__name__",), level)
