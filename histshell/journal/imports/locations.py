"""Where the histories lie that may be on this machine. The places are those of the programs themselves; nothing of them is run."""

from __future__ import annotations

import os
import re
import sys
from typing import Callable, Dict, Iterator, List

from histshell import places
from histshell.errors import HistshellError

from .foreign import ForeignHistory

_XONSH_FILE = re.compile(r"xonsh-[^/\\]*\.json")
_IPYTHON_FILE = re.compile(
    r"history(-corrupt[^/\\]*)?\.sqlite"
)  # IPython puts a locked one out of its way under that name


class NoHistoryError(HistshellError):
    """A file was named that is none."""


def find(kind: str) -> List[ForeignHistory]:
    """Return the histories of a program that are there; each file once."""
    found: Dict[str, ForeignHistory] = {}
    for source in _KINDS[kind]():
        if os.path.exists(source.path):
            found.setdefault(os.path.realpath(source.path), source)
    return list(found.values())


def named(kind: str, path: str) -> List[ForeignHistory]:
    """Return the histories in a file or folder that somebody named. Raises NoHistoryError."""
    path = os.path.abspath(path)
    if not os.path.exists(path):
        raise NoHistoryError(f"{path}: there is no such file")
    is_folder = os.path.isdir(path)
    if kind == "xonsh":
        if _XONSH_FILE.fullmatch(os.path.basename(path)) and not is_folder:  # its folder is the history
            return [ForeignHistory(kind, os.path.dirname(path), "json", os.path.basename(path))]
        found = list(_xonsh_in(path)) if is_folder else [ForeignHistory(kind, path, "sqlite")]
    elif kind == "ipython" and is_folder:
        found = [*_ipython_in(path), *_profile(path)]
    elif is_folder:
        raise NoHistoryError(f"{path}: this is a folder, and the history of {kind} is a file")
    else:
        found = [ForeignHistory(kind, path, "sqlite" if kind == "ipython" else "text")]
    found = [source for source in found if os.path.exists(source.path)]
    if not found:
        raise NoHistoryError(f"{path}: there is no history of {kind} in it")
    return found


def stem(source: ForeignHistory) -> str:
    """Return what the journal of a history is called, without its suffix; a history has one, from wherever it is named."""
    import hashlib

    where = os.path.realpath(source.path).encode("utf-8", "surrogateescape")
    return f"import-{source.kind}-{hashlib.sha256(where).hexdigest()[:12]}"


def _python() -> Iterator[ForeignHistory]:
    for path in (os.environ.get("PYTHON_HISTORY"), _home(".python_history")):
        if path:
            yield ForeignHistory("python", os.path.abspath(os.path.expanduser(path)), "text")


def _ipython() -> Iterator[ForeignHistory]:
    named = os.environ.get("IPYTHONDIR")
    folders = [named, _home(".ipython"), os.path.join(_xdg("XDG_CONFIG_HOME", ".config"), "ipython")]
    for folder in folders:
        if folder:
            yield from _ipython_in(os.path.abspath(os.path.expanduser(folder)))


def _ipython_in(folder: str) -> Iterator[ForeignHistory]:
    for name in _names(folder):
        if name.startswith("profile_"):
            yield from _profile(os.path.join(folder, name))


def _profile(folder: str) -> Iterator[ForeignHistory]:
    for name in _names(folder):
        if _IPYTHON_FILE.fullmatch(name):
            yield ForeignHistory("ipython", os.path.join(folder, name), "sqlite")


def _ptpython() -> Iterator[ForeignHistory]:
    if sys.platform == "darwin":
        folder = _home("Library", "Application Support", "ptpython")
    elif sys.platform == "win32":
        folder = os.path.join(os.environ.get("LOCALAPPDATA") or _home("AppData", "Local"), "prompt_toolkit", "ptpython")
    else:
        folder = os.path.join(_xdg("XDG_DATA_HOME", ".local", "share"), "ptpython")
    yield ForeignHistory("ptpython", os.path.join(folder, "history"), "text")
    yield ForeignHistory("ptpython", _home(".ptpython", "history"), "text")


def _bpython() -> Iterator[ForeignHistory]:
    for folder in (os.path.join(_xdg("XDG_CONFIG_HOME", ".config"), "bpython"), _home(".bpython")):
        path = _setting(os.path.join(folder, "config"), "hist_file")
        if path:
            yield ForeignHistory("bpython", os.path.join(_home(), os.path.expanduser(path)), "text")
    yield ForeignHistory("bpython", _home(".pythonhist"), "text")


def _xonsh() -> Iterator[ForeignHistory]:
    folders = (os.environ.get("XONSH_DATA_DIR"), os.path.join(_xdg("XDG_DATA_HOME", ".local", "share"), "xonsh"))
    database = os.environ.get("XONSH_HISTORY_SQLITE_FILE")
    if database:
        yield ForeignHistory("xonsh", os.path.abspath(os.path.expanduser(database)), "sqlite")
    for folder in folders:
        if folder:
            yield from _xonsh_in(os.path.abspath(os.path.expanduser(folder)))


def _xonsh_in(folder: str) -> Iterator[ForeignHistory]:
    """Yield the histories in xonsh's data folder, or in one that has its JSON files; earlier versions had them in the first."""
    for one in (folder, os.path.join(folder, "history_json")):
        if any(map(_XONSH_FILE.fullmatch, _names(one))):
            yield ForeignHistory("xonsh", one, "json")
    yield ForeignHistory("xonsh", os.path.join(folder, "xonsh-history.sqlite"), "sqlite")


def _histshell() -> Iterator[ForeignHistory]:
    yield ForeignHistory("histshell", os.path.join(places.data_dir(), "inputs"), "text")


_KINDS: Dict[str, Callable[[], Iterator[ForeignHistory]]] = {
    "ipython": _ipython,
    "python": _python,
    "ptpython": _ptpython,
    "bpython": _bpython,
    "xonsh": _xonsh,
    "histshell": _histshell,
}

KINDS = tuple(_KINDS)
"""The programs whose histories are known; `histshell` is the rich prompt's own file."""


def json_files(source: ForeignHistory) -> List[str]:
    """Return the names of xonsh's files in a folder, in an order that stays."""
    names = [name for name in _names(source.path) if _XONSH_FILE.fullmatch(name)]
    return [name for name in names if source.only in ("", name)]


def _names(folder: str) -> List[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _home(*parts: str) -> str:
    return os.path.join(os.path.expanduser("~"), *parts)


def _xdg(variable: str, *parts: str) -> str:
    """Return the folder that an XDG variable names, `parts` below the home where it names none."""
    named = os.environ.get(variable, "").strip()
    return named if os.path.isabs(named) else _home(*parts)


def _setting(path: str, name: str) -> str:
    """Return a setting of bpython's file; an empty text where there is none."""
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            parser.read_string(file.read(1 << 20))
        return parser.get("general", name, fallback="")
    except (OSError, configparser.Error):
        return ""
