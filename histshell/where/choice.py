"""Which Python the command runs in, and why: the active environment's, `python3` of PATH, the one that was asked for, or home's."""

import os
import sys

from . import interpreter, pyenv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

OLDEST = (3, 10)
"""The oldest Python of the rich prompt's."""

OF_PATH = "PATH"
HOME = "home"
_OWN = "histshell's own Python"


class Choice:
    """A Python: `path`, empty for home's; `short` says why in a word, for the bar, `long` in a line, for the banner.

    `said` is what is wrong with what was tried first, a sentence for everybody to see; empty if nothing is.
    """

    def __init__(self, path: "str", short: "str", long: "str", said: "str" = "") -> "None":
        self.path, self.short, self.long, self.said = path, short, long, said


def choose(environ: "Mapping[str, str]", folder: "str") -> "Choice":
    """Choose by the environment: an active one, else `python3` of PATH, else home's. `folder` is the one that one stands in."""
    for variable, what in (("VIRTUAL_ENV", "environment"), ("CONDA_PREFIX", "conda environment")):
        place = environ.get(variable)
        if not place:
            continue
        path = interpreter.in_environment(place)
        wrong = interpreter.wrong_with(path)
        if not os.path.isabs(place):  # it would be looked for in the folder that one stands in
            path, wrong = place, "is not the whole path of an environment"
        if wrong == interpreter.MISSING and variable == "CONDA_PREFIX" and os.path.isdir(place):
            continue  # one that is without a Python is nothing to complain about
        if wrong:
            return _instead(f"{variable}: {path} {wrong}")
        return Choice(path, "active", f"the active {what} ({variable})")
    return _of_path(environ, folder)


def home(why: "str" = "--home") -> "Choice":
    """Choose home's Python."""
    return Choice("", HOME, f"{_OWN} ({why})")


def _instead(wrong: "str") -> "Choice":
    """Choose home's Python because of what is wrong with another."""
    return Choice("", HOME, _OWN, f"{wrong}; this is {_OWN}")


def _of_path(environ: "Mapping[str, str]", folder: "str") -> "Choice":
    """Choose the `python3` that the shell would start, but for what is in the folder that one stands in."""
    name = "python.exe" if interpreter.IS_WINDOWS else "python3"
    skipped = ""
    for place in environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(place, name)
        if not os.path.isabs(place) or place == skipped or _is_trap(path):
            continue
        wrong = interpreter.wrong_with(path)
        why = "python3 of PATH"
        if wrong == interpreter.SCRIPT:
            root = pyenv.root_of_shim(path)
            if not root:
                return _instead(f"python3 of PATH, {path}, is a script, and not run")
            try:
                shim, version = pyenv.python(root, environ, folder)
            except pyenv.NoSuchVersion as error:
                return _instead(str(error))
            if not shim:
                skipped = place
                continue
            path, why, wrong = shim, f"python3 of PATH, {version} by pyenv", interpreter.wrong_with(shim)
        if wrong:
            continue  # the shell would not start it either
        version_found = interpreter.version(path)
        if version_found and version_found < OLDEST:
            return home(f"python3 of PATH, {path}, is {'.'.join(map(str, version_found))}")
        return Choice(path, OF_PATH, why)
    return home("there is no python3 in PATH")


def _is_trap(path: "str") -> "bool":
    """Return whether a path is the file on macOS that opens a window, which offers the command line tools."""
    tools = path == "/usr/bin/python3" and sys.platform == "darwin"
    return tools and not (
        os.path.exists("/Library/Developer/CommandLineTools") or os.path.exists("/Applications/Xcode.app")
    )


def project_environment(folder: "str", environ: "Mapping[str, str]") -> "str":
    """Return the `.venv` of the project that one stands in: of this folder or of one above it, below one's home; empty if none."""
    limit = environ.get("HOME") or os.path.expanduser("~")
    here = folder
    while os.path.isabs(here) and (here != limit or here == folder):
        found = os.path.join(here, ".venv")
        if os.path.isfile(os.path.join(found, "pyvenv.cfg")):
            return found
        if here == os.path.dirname(here):
            break
        here = os.path.dirname(here)
    return ""
