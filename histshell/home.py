"""histshell's own environment, and borrowing a package from it for the time of one call.

The package is imported from wherever it lives, so its own folder says where home is; third-party
packages of home lie beside it. A guest Python never gets that folder on its `sys.path`.
"""

import os
import sys

from . import places

SITE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

FILE = "home"
"""The file beside the installed start-up file: the folder of the package, and home's Python, a line each."""


def python() -> "str | None":
    """Path of the Python that has jedi: home's, as `histshell install` noted it; else this one, if it does; else None.

    Nothing is run or imported to find out. Jedi runs under 3.10 and later.
    """
    try:
        with open(os.path.join(places.data_dir(), FILE), "rb") as file:
            site, noted = [os.fsdecode(line.rstrip(b"\n")) for line in (file.readline(4096), file.readline(4096))]
        if os.path.realpath(site) == os.path.realpath(SITE) and os.path.isabs(noted) and os.access(noted, os.X_OK):
            return noted
    except (OSError, ValueError):  # not installed; a null byte in it
        pass
    if sys.version_info < (3, 10) or not sys.executable:
        return None
    from _frozen_importlib_external import PathFinder

    folders = [folder for folder in sys.path if type(folder) is str and os.path.isabs(folder)]
    return sys.executable if PathFinder.find_spec("jedi", folders) is not None else None


def sites() -> "list[str]":
    """The folders in which packages of home may lie: beside the package, and, in a checkout, in home's own Python."""
    found = [SITE]
    interpreter = python()
    if interpreter is not None:
        library = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(interpreter))), "lib")
        try:
            versions = [name for name in os.listdir(library) if name.startswith("python3")]
        except OSError:
            versions = []
        folders = [os.path.join(library, name, "site-packages") for name in versions]
        found += [folder for folder in folders if os.path.isdir(folder)]
    return found


_loaded: "dict[str, object]" = {}
"""Modules of home that have been borrowed before, by their names."""


class Borrowed:
    """Make `roots`, top-level packages of home, importable inside a `with` block, and only there.

    On leaving, `sys.modules`, `sys.meta_path` and `sys.path` are as they were; modules that the
    block loaded are kept privately and come back the next time. It does not help when the code
    borrowed does not run under this Python: catch what the import raises, it is not always an
    `ImportError`.
    """

    def __init__(self, *roots: "str") -> "None":
        self.roots = roots
        self._hidden: "dict[str, object]" = {}
        self._folders = sites()

    def find_spec(self, name: "str", path: "object" = None, _target: "object" = None) -> "object":
        """Find a borrowed root in home, first of all finders; leave every other name alone."""
        if path is not None or name not in self.roots:
            return None
        from importlib.machinery import PathFinder

        return PathFinder.find_spec(name, self._folders)

    def __enter__(self) -> "None":
        self._hidden = self._take()
        for name, module in _loaded.items():
            if name.partition(".")[0] in self.roots:
                sys.modules[name] = module  # type: ignore[assignment]  # modules, kept as plain objects
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]  # a finder by its one method

    def __exit__(self, *exc: "object") -> "None":
        sys.meta_path.remove(self)  # type: ignore[arg-type]
        _loaded.update(self._take())
        sys.modules.update(self._hidden)  # type: ignore[arg-type]

    def _take(self) -> "dict[str, object]":
        """Take the modules of `roots` out of `sys.modules`."""
        names = [name for name in list(sys.modules) if name.partition(".")[0] in self.roots]
        return {name: sys.modules.pop(name) for name in names}
