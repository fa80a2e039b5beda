"""The Python that `-p` asks for: a version, a path, the name of a program in PATH, or `.` for the project's environment."""

import os

from histshell.errors import HistshellError

from . import interpreter, pyenv
from .choice import Choice, project_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Mapping


class NoSuchPython(HistshellError):
    """There is no Python of that name; the sentence says where it was looked for."""


def find(name: "str", environ: "Mapping[str, str]", folder: "str") -> "Choice":
    """Return the Python that a name stands for. Raises `NoSuchPython`."""
    if name == ".":
        place = project_environment(folder, environ)
        if not place:
            raise NoSuchPython("-p .: there is no .venv in this folder, nor in one above it")
        path, why = interpreter.in_environment(place), "the project's environment (-p .)"
    elif os.sep in name or (os.altsep and os.altsep in name):
        path = os.path.abspath(os.path.join(folder, os.path.expanduser(name)))
        path, why = interpreter.in_environment(path) if os.path.isdir(path) else path, f"-p {name}"
        root = pyenv.root_of_shim(path) if interpreter.wrong_with(path) == interpreter.SCRIPT else ""
        if root:
            path = _by_shim(root, environ, folder, os.path.basename(path)) or path
    else:
        path, why = _by_name(name, environ, folder), f"-p {name}"
        if not path:
            raise NoSuchPython(
                f"-p {name}: there is no such Python among pyenv's, uv's and those of PATH (a path has a {os.sep} in it)"
            )
    wrong = interpreter.wrong_with(path)
    if wrong:
        raise NoSuchPython(f"-p {name}: {path} {wrong}")
    if name == path:  # it stands there already
        return Choice(path, "-p", "named by -p")
    return Choice(path, f"-p {name}"[:30], why)


def _by_name(name: "str", environ: "Mapping[str, str]", folder: "str") -> "str":
    """Return the path of pyenv's or uv's newest Python of a version, else of a program of PATH; empty if there is none."""
    found = [*_pyenvs(name, environ), *_uvs(name, environ)]
    if found:
        return max(found)[1]
    program = f"python{name}" if name[:1].isdecimal() else name
    if interpreter.IS_WINDOWS:
        program += ".exe"
    for place in environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(place, program)
        wrong = interpreter.wrong_with(path) if os.path.isabs(place) else interpreter.MISSING
        if not wrong:
            return path
        if wrong == interpreter.SCRIPT:
            shim = _by_shim(pyenv.root_of_shim(path), environ, folder, program)
            if shim:
                return shim
    return ""


def _by_shim(root: "str", environ: "Mapping[str, str]", folder: "str", program: "str") -> "str":
    """Return what a shim of pyenv's would start; empty if it is none, or would start nothing of pyenv's."""
    try:
        return pyenv.python(root, environ, folder, program)[0] if root else ""
    except pyenv.NoSuchVersion:
        return ""


def _pyenvs(name: "str", environ: "Mapping[str, str]") -> "Iterator[tuple[tuple[int, ...], str]]":
    root = environ.get("PYENV_ROOT") or os.path.join(_home(environ), ".pyenv")
    exact = pyenv.installed(root, name) if os.path.isabs(root) else ""
    path = interpreter.in_environment(os.path.join(root, "versions", exact))
    if exact and not interpreter.wrong_with(path):
        yield sizes(exact), path


def _uvs(name: "str", environ: "Mapping[str, str]") -> "Iterator[tuple[tuple[int, ...], str]]":
    data = environ.get("XDG_DATA_HOME") or os.path.join(_home(environ), ".local", "share")
    if interpreter.IS_WINDOWS:
        data = environ.get("APPDATA") or data
    folder = environ.get("UV_PYTHON_INSTALL_DIR") or os.path.join(data, "uv", "python")
    try:
        names = os.listdir(folder) if os.path.isabs(folder) else []
    except OSError:
        return
    wanted = name if name[:1].isalpha() else f"cpython-{name}"
    for one in names:  # cpython-3.13.1-linux-x86_64-gnu, pypy-3.10.16-…, and links without the last number
        if not one.startswith((f"{wanted}-", f"{wanted}.")):
            continue
        place = os.path.join(folder, one)
        path = os.path.join(place, "python.exe") if interpreter.IS_WINDOWS else interpreter.in_environment(place)
        if not interpreter.wrong_with(path):
            yield sizes(one.split("-")[1]), path


def sizes(version: "str") -> "tuple[int, ...]":
    """Return the numbers at the beginning of a version, to compare it with others.

    >>> sizes("3.13.0"), sizes("3.15.0a2"), sizes("mine")
    ((3, 13, 0), (3, 15), ())
    """
    numbers: "list[int]" = []
    for part in version.split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


def _home(environ: "Mapping[str, str]") -> "str":
    return environ.get("HOME") or os.path.expanduser("~")
