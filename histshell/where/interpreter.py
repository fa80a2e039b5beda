"""What a file is that may be a Python, found out without running it."""

import os
import sys

IS_WINDOWS = os.name == "nt"
SCRIPT = "is a script"
MISSING = "is not there"


def wrong_with(path: "str") -> "str":
    """Return why a file is not run as a Python, as the end of a sentence; empty if there is no reason."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return "is a link to nothing" if os.path.islink(path) else MISSING
    except (OSError, ValueError) as error:
        return f"cannot be used: {getattr(error, 'strerror', None) or error}"
    if os.path.isdir(path):
        return "is a folder"
    if not os.path.isfile(path):
        return "is no file"
    if not os.access(path, os.X_OK):
        return "is not executable"
    try:
        with open(path, "rb") as file:
            start = file.read(2)
    except OSError:  # it may be run, and not read
        return ""
    if start == b"#!":
        return SCRIPT
    return "" if start else "is empty"


def in_environment(folder: "str") -> "str":
    """Return the path of the Python of an environment, whether it is there or not."""
    if IS_WINDOWS:
        paths = [os.path.join(folder, "Scripts", "python.exe"), os.path.join(folder, "python.exe")]
    else:
        paths = [os.path.join(folder, "bin", name) for name in ("python", "python3")]
    return next(filter(os.path.lexists, paths), paths[0])


def is_this(path: "str") -> "bool":
    """Return whether a path is the Python that runs: the same file, in the same environment."""
    own, real = os.path.abspath(sys.executable or "?"), os.path.realpath
    return real(os.path.dirname(path)) == real(os.path.dirname(own)) and real(path) == real(own)


def version(path: "str") -> "tuple[int, ...]":
    """Return the first two numbers of a Python's version, by the names of files around it; empty if they do not tell.

    What a link leads to is asked first: an environment's `pyvenv.cfg` says what it was when it was made.
    """
    real = os.path.realpath(path)
    found = _numbers(os.path.basename(real))
    if not found:
        library = os.path.join(os.path.dirname(os.path.dirname(real)), "lib")
        names = [name for name in _listed(library) if os.path.isfile(os.path.join(library, name, "os.py"))]
        versions = {numbers for numbers in map(_numbers, names) if numbers}
        found = versions.pop() if len(versions) == 1 else ()
    return found or _noted(os.path.dirname(os.path.dirname(os.path.abspath(path))))


def _numbers(name: "str") -> "tuple[int, ...]":
    """Return the version in a name such as `python3.12`; empty if there is none.

    >>> _numbers("python3.12"), _numbers("pypy3.9-c"), _numbers("python3"), _numbers("python-3.12.1")
    ((3, 12), (3, 9), (), (3, 12))
    """
    major, dot, minor = name.lstrip("abcdefghijklmnopqrstuvwxyz-").partition(".")
    digits = ""
    for character in minor:
        if not character.isdecimal():
            break
        digits += character
    return (int(major), int(digits)) if dot and major.isdecimal() and digits else ()


def _noted(folder: "str") -> "tuple[int, ...]":
    """Return the version that an environment has noted when it was made."""
    path = os.path.join(folder, "pyvenv.cfg")
    try:
        if not os.path.isfile(path):  # a pipe would be waited for
            return ()
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(10_000)
    except OSError:
        return ()
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() in ("version", "version_info"):
            return _numbers(value.strip())
    return ()


def _listed(folder: "str") -> "list[str]":
    try:
        return os.listdir(folder)
    except OSError:
        return []
