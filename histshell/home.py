"""histshell's own environment, whose packages are loaded by `libraries`.

The package is imported from wherever it lives, so its own folder says where home is; third-party
packages of home lie beside it. A guest Python never gets that folder on its `sys.path`.
"""

import os
import sys

from . import places

SITE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

FILE = "home"
"""The file beside the installed start-up file: the folder of the package, and home's Python, a line each."""

given = ""
"""Home's Python, where the command `histshell` was started by it and has become another."""

why = why_long = ""
"""Why this Python runs, where that command has chosen: in a word, for the bar, and in lines, for the banner."""


def python() -> "str | None":
    """Return the path of the Python that has jedi: the one that started the command, or home's, as `histshell install` noted it.

    Else it is this one, if it does; else None. Nothing is run or imported to find out. Jedi runs under 3.10 and later.
    """
    if os.path.isabs(given) and os.access(given, os.X_OK):
        return given
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
    """Return the folders in which packages of home may lie: beside the package, and, in a checkout, in home's own Python."""
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
        if os.path.abspath(interpreter) == os.path.abspath(sys.executable or ""):  # its packages may be in two places
            given = [*found, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
            installed = [
                folder for folder in sys.path if os.path.basename(folder) in ("site-packages", "dist-packages")
            ]
            found += [folder for folder in installed if os.path.isabs(folder) and folder not in given]
    return found
