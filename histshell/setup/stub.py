"""The start-up file in the data directory, with the files that it reads there: `home` says where the package is.

They lie outside the package so that PYTHONSTARTUP never names a file that an upgrade moves or a removal takes
away: some Pythons end when it is missing. For the same reason taking histshell out leaves a file in the
stub's place, which only runs HISTSHELL_CHAIN, for the terminals that are open and still have the variable.
"""

from __future__ import annotations

import os
import sys

from histshell import home, places
from histshell.errors import HistshellError

from .small_files import FileError, read, remove, replace, shown

NAME = "pythonstartup.py"
HOME = "home"
# What is copied from the package. The start-up file itself comes last: it is never there without what it reads.
PARTS = ("otherwise.py", NAME)

# What is in the stub's place after `histshell uninstall`. Python 2.7 has to understand it too, and it must not raise
# either: then `python3.13 -i script` would end.
RETIRED = b'''"""histshell was uninstalled; this file can be deleted when the terminals opened before that are closed.

Until then they name it in PYTHONSTARTUP, and some Pythons end when it is missing. It only runs
$HISTSHELL_CHAIN, the start-up file that was in use before histshell.
"""


def _histshell_startup(namespace):
    import os
    import sys

    path = os.environ.get("HISTSHELL_CHAIN")
    here = os.path.abspath(_histshell_startup.__code__.co_filename)
    if sys.flags.ignore_environment or not path or os.path.abspath(path) == here:
        return
    had, old = "__file__" in namespace, namespace.get("__file__")
    namespace["__file__"] = path
    try:
        with open(path, "rb") as file:
            source = file.read()
        exec(compile(source, path, "exec"), namespace)
    except SystemExit:
        raise
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        if had:
            namespace["__file__"] = old
        else:
            namespace.pop("__file__", None)


try:
    _histshell_startup(globals())
finally:
    del _histshell_startup
'''

MISSING, CURRENT, OTHER, GONE = "missing", "current", "other version", "uninstalled"


def installed() -> str:
    """Return the path at which the stub is, or would be, installed."""
    return os.path.join(places.data_dir(), NAME)


def packaged() -> str:
    """Return the path of the stub that came with the package: in it, or beside it in a checkout. Raises `HistshellError`."""
    for path in (
        os.path.join(home.SITE, "histshell", NAME),
        os.path.join(home.SITE, "startup", NAME),
    ):
        if os.path.isfile(path):
            return path
    raise HistshellError(f"the start-up file {NAME} is missing from {shown(home.SITE)}: install histshell again")


def state() -> str:
    """Return what is in the stub's place: MISSING, CURRENT, OTHER (not this version's) or GONE. Raises `FileError`."""
    data = _read(NAME)
    if data is None:
        return MISSING
    if data == RETIRED:
        return GONE
    return CURRENT if all(_read(name) == new for name, new in _parts()) else OTHER


def named_home() -> str | None:
    """Return the folder that the installed `home` file names, None if there is no such file. Raises `FileError`."""
    data = _read(HOME)
    return None if data is None else os.fsdecode(data.partition(b"\n")[0])


def named_python() -> str | None:
    """Return the Python of home that the installed `home` file names, None if it names none. Raises `FileError`."""
    data = _read(HOME) or b""
    return os.fsdecode(data.split(b"\n")[1]) if data.count(b"\n") > 1 else None


def is_ours(path: str) -> bool:
    """Return whether a file is one of histshell's start-up files, of any version and in any place."""
    try:
        with open(path, "rb") as file:
            return b"histshell" in file.readline()
    except OSError:
        return False


def place() -> list[str]:
    """Install the stub and what it reads; return the paths that were written, none if all was right.

    Raises `HistshellError`.
    """
    lines = [os.fsencode(home.SITE), os.fsencode(os.path.abspath(sys.executable)) if sys.executable else b""]
    if b"\n" in b"".join(lines):
        raise HistshellError(f"histshell is in a folder with a line break in its name, {shown(home.SITE)}: move it")
    wanted = [(HOME, b"\n".join(lines) + b"\n"), *_parts()]
    try:
        os.makedirs(places.data_dir(), mode=0o700, exist_ok=True)
    except OSError as error:
        raise FileError("make", places.data_dir(), error.strerror or str(error)) from error
    written = []
    for name, data in wanted:
        old = read(os.path.join(places.data_dir(), name))
        if old.data != data:
            replace(old, data)
            written.append(old.path)
    return written


def retire() -> str | None:
    """Put the harmless file in the stub's place and remove the others; return its path, None if there was no stub.

    In this order: the stub without `home` would complain at every prompt. Raises `FileError`.
    """
    stub = read(installed())
    was_there = stub.data is not None and stub.data != RETIRED
    if was_there:
        replace(stub, RETIRED)
    for name in (HOME, *PARTS):
        beside = read(os.path.join(places.data_dir(), name))
        if name != NAME and beside.data is not None:
            remove(beside)
    return stub.path if was_there else None


def _read(name: str) -> bytes | None:
    """Return the content of an installed file, None if it is not there."""
    return read(os.path.join(places.data_dir(), name)).data


def _parts() -> list[tuple[str, bytes]]:
    """Return the names and contents of what is to be installed. Raises `HistshellError`."""
    folder = os.path.dirname(packaged())
    parts = []
    for name in PARTS:
        source = read(os.path.join(folder, name))
        if source.data is None:
            raise HistshellError(f"{name} is missing from {shown(folder)}: install histshell again")
        parts.append((name, source.data))
    return parts
