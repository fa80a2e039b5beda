"""Where the standard library and home's packages are, and how a module would be loaded from there."""

import os
import sys
from _frozen_importlib_external import FileFinder, _get_supported_file_loaders  # type: ignore[attr-defined]

from . import COPIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Protocol

    class SearchPlace(Protocol):
        """A folder or an archive, as what looks for modules there."""

        def find_spec(self, name: "str", /) -> "ModuleSpec | None":
            """Return how the module of that name would be loaded; None if it is not there."""


_ABSENT = ("_overlapped", "_scproxy", "_winapi", "_winreg", "msilib", "msvcrt", "nt", "winreg", "winsound")
NAMES: "frozenset[str]" = getattr(sys, "stdlib_module_names", frozenset(_ABSENT))

_folders: "dict[str, list[str]]" = {}
_finders: "dict[str, SearchPlace]" = {}


def library() -> "list[str]":
    """Return the folders of the standard library (or its archive)."""
    found = _folders.get("library")
    if found is None:
        version = "{}.{}".format(*sys.version_info)
        given = getattr(sys, "_stdlib_dir", None)
        place = f"{sys.base_prefix}/{getattr(sys, 'platlibdir', 'lib')}/python{version}"
        if type(given) is str:
            place = given
        elif not os.path.isfile(f"{place}/os.py"):
            place = os.path.dirname(os.__file__)
        compiled = f"{sys.base_exec_prefix}/{getattr(sys, 'platlibdir', 'lib')}/python{version}/lib-dynload"
        places = [place, os.path.join(place, "lib-dynload"), compiled]
        if os.name == "nt":
            places.append(os.path.join(sys.base_exec_prefix, "DLLs"))
        if COPIES:
            above = os.path.dirname(place)
            places += [os.path.join(above, "lib_pypy"), os.path.join(place, "lib_pypy")]
        found = _folders["library"] = [one for one in dict.fromkeys(places) if os.path.exists(one) or ".zip" in one]
    return found


def home() -> "list[str]":
    """Return the folders of home's packages."""
    found = _folders.get("home")
    if found is None:
        from histshell.home import sites

        found = _folders["home"] = sites()
    return found


def find(name: "str", folders: "list[str]") -> "ModuleSpec | None":
    """Return how the module of that name would be loaded from the first of these folders that has it; None if none has it."""
    for folder in folders:
        finder = _finders.get(folder)
        if finder is None:
            if os.path.isdir(folder):
                finder = FileFinder(folder, *_get_supported_file_loaders())
            elif ".zip" in folder:
                from zipimport import zipimporter

                finder = zipimporter(folder)
            else:
                continue
            _finders[folder] = finder
        spec = finder.find_spec(name)
        if spec is not None and (spec.loader is not None or spec.submodule_search_locations):
            return spec
    return None


_roots: "dict[str, bool]" = {}


def is_library(root: "str") -> "bool":
    """Return whether a top-level name is one of the standard library's."""
    known = _roots.get(root)
    if known is None:
        known = _roots[root] = root in NAMES or library_spec(root) is not None
    return known


def library_spec(name: "str") -> "ModuleSpec | None":
    """Return how the standard library's module of that name would be loaded; None if it is not one of a file of its own."""
    return find(name, library())
