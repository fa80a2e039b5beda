"""Loading histshell's own modules, with our builtins, whoever imports them. They stay in `sys.modules`."""

import os
import sys
from _frozen_importlib import module_from_spec
from _frozen_importlib_external import (  # type: ignore[attr-defined]
    FileFinder,
    PathFinder,
    SourceFileLoader,
    _get_supported_file_loaders,
)

from . import BUILTINS, LOADING
from .lending import facts
from .locks import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Iterator

_modules = sys.modules
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))


class Ours(SourceFileLoader):
    """Loads a module of histshell, whoever imports it."""

    def exec_module(self, module: "ModuleType") -> "None":
        """Give it our builtins, and execute it."""
        names = facts(module)
        names["__builtins__"] = BUILTINS
        if "__path__" in names:
            names["__path__"] = OurPath(names["__path__"])
        super().exec_module(module)


class OurFolder(FileFinder):
    """Finds the modules of a folder of histshell's, for `sys.path_importer_cache`."""

    def find_spec(self, fullname: "str", target: "ModuleType | None" = None) -> "ModuleSpec | None":
        """Find it, with a loader of ours; a package's folder is looked through by ours as well."""
        spec = super().find_spec(fullname, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader.__class__ = Ours
        if spec is not None and spec.submodule_search_locations:
            for folder in spec.submodule_search_locations:
                if type(sys.path_importer_cache.get(folder)) is not OurFolder:
                    sys.path_importer_cache[folder] = our_folder(folder)
        return spec


class OurPath(list):  # type: ignore[type-arg]
    """The path of a package of ours: whoever looks along it finds our finders in the cache, also when that has been cleared."""

    def __iter__(self) -> "Iterator[str]":
        for folder in list.__iter__(self):
            if type(sys.path_importer_cache.get(folder)) is not OurFolder and os.path.isdir(folder):
                sys.path_importer_cache[folder] = our_folder(folder)
        return list.__iter__(self)


def our_folder(folder: "str") -> "OurFolder":
    """Return a finder for a folder of histshell's."""
    return OurFolder(folder, *_get_supported_file_loaders())


def load_ours(name: "str") -> "ModuleType":
    """Load a module of histshell, which stays in `sys.modules`; one that another thread is loading is waited for."""
    with Lock():
        module = _modules.get(name)
        if module is not None:
            return module
        parent, _, child = name.rpartition(".")
        if not parent:
            spec = our_folder(_ROOT).find_spec(name)
        else:
            package = _modules.get(parent)
            if package is None:
                package = load_ours(parent)
            spec = None
            for folder in facts(package).get("__path__", ()):
                if os.path.isdir(folder):
                    spec = our_folder(folder).find_spec(name)
                else:  # an archive
                    spec = PathFinder.find_spec(name, [folder])
                if spec is not None:
                    break
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        module = module_from_spec(spec)
        LOADING.add(name)
        _modules[name] = module
        try:
            spec.loader.exec_module(module)
            if parent:
                setattr(package, child, module)
        except BaseException:
            _modules.pop(name, None)
            raise
        finally:
            LOADING.discard(name)
        return module
