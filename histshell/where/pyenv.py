"""What pyenv's shims would start, by pyenv's own rules, without running them.

A `.python-version` in the folder one stands in, or above, counts as it does for pyenv: it only names one of the Pythons that
the user has had pyenv install.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Mapping

SYSTEM = "system"


class NoSuchVersion(Exception):
    """pyenv is told to use a version that it does not have."""


def root_of_shim(path: "str") -> "str":
    """Return the folder of the pyenv that a script is a shim of, as it says itself; empty if it is none."""
    try:
        with open(path, "rb") as file:
            text = os.fsdecode(file.read(4096))
    except OSError:
        return ""
    if "pyenv" not in text or ' exec "$program"' not in text:
        return ""
    for line in text.splitlines():
        if line.startswith("export PYENV_ROOT="):
            root = line.partition("=")[2].strip().strip("'\"")
            return root if os.path.isabs(root) and os.path.isdir(os.path.join(root, "versions")) else ""
    return ""


def python(root: "str", environ: "Mapping[str, str]", folder: "str", program: "str" = "python3") -> "tuple[str, str]":
    """Return what a shim would start, with the name of its version; an empty path for what is in `PATH` beside pyenv.

    Raises `NoSuchVersion` where pyenv would start nothing.
    """
    names, origin = _chosen(root, environ, folder)
    for name in names:
        if name == SYSTEM:
            return "", SYSTEM
        exact = installed(root, name)
        path = os.path.join(root, "versions", exact, "bin", program) if exact else ""
        if path and os.access(path, os.X_OK):
            return path, exact
    raise NoSuchVersion(f"pyenv has no {program} in {' or '.join(names)}, which {origin} asks for")


def installed(root: "str", name: "str") -> "str":
    """Return the version that a name stands for: itself, or the newest that begins with it; empty if there is none."""
    parts = name.split("/")  # a virtual environment of pyenv's is 3.12.1/envs/NAME too
    if any(part in ("", ".", "..") for part in parts) or "\0" in name or "\\" in name:
        return ""
    versions = os.path.join(root, "versions")
    for exact in (name, name[len("python-") :] if name.startswith("python-") else name):
        if os.path.isdir(os.path.join(versions, exact)):
            return exact
    try:
        there = [one for one in os.listdir(versions) if one.startswith(f"{name}.") and _sizes(one)]
    except OSError:
        return ""
    return max(there, key=_sizes, default="")


def _sizes(version: "str") -> "tuple[int, ...]":
    """Return a version as numbers; empty for one that is not made of numbers alone: a pre-release, another implementation."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _chosen(root: "str", environ: "Mapping[str, str]", folder: "str") -> "tuple[list[str], str]":
    """Return the versions that are to be used, the most wanted first, and who says so."""
    if environ.get("PYENV_VERSION"):
        return environ["PYENV_VERSION"].split(":"), "PYENV_VERSION"
    for path in _files(root, environ, folder):
        if not os.path.isfile(path):  # a pipe of somebody's would be waited for
            continue
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.read(10_000).splitlines()
        except OSError:
            continue
        words = [word for line in lines for word in line.partition("#")[0].split()]
        if words:
            return words, path
    return [SYSTEM], "nobody"


def _files(root: "str", environ: "Mapping[str, str]", folder: "str") -> "Iterator[str]":
    for start in dict.fromkeys((environ.get("PYENV_DIR") or folder, folder)):
        here = start
        while os.path.isabs(here):
            yield os.path.join(here, ".python-version")
            if here == os.path.dirname(here):
                break
            here = os.path.dirname(here)
    yield os.path.join(root, "version")
