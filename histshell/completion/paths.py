"""Completing file names inside strings: after `/`, `./`, `../` and `~/`, and in the arguments that name files."""

from __future__ import annotations

import os
from itertools import islice
from typing import Dict, List, Set, Tuple

from . import bounded
from .context import Context, OpenString
from .keys import inside
from .literals import literal
from .model import Completion, Request
from .ranking import MOST, search

ENTRIES = 200_000
"""How many entries of a directory are looked at."""
_PART = 0.4  # of the time that is left, for which a listing is waited; then what has been read so far is taken
_MOST_KEPT = 4

_ONE = frozenset(
    [
        "open",
        "Path",
        "PurePath",
        "PosixPath",
        "WindowsPath",
        "fdopen",
        "listdir",
        "scandir",
        "walk",
        "chdir",
        "mkdir",
        "makedirs",
        "rmdir",
        "removedirs",
        "remove",
        "unlink",
        "stat",
        "lstat",
        "exists",
        "isfile",
        "isdir",
        "islink",
        "getsize",
        "getmtime",
        "abspath",
        "realpath",
        "expanduser",
        "read_csv",
        "read_table",
        "read_json",
        "read_parquet",
        "read_excel",
        "read_pickle",
        "read_feather",
        "read_hdf",
        "read_html",
        "read_xml",
        "read_sas",
        "read_stata",
        "read_orc",
        "read_fwf",
        "scan_csv",
        "to_csv",
        "to_json",
        "to_parquet",
        "to_excel",
        "to_pickle",
        "load",
        "loadtxt",
        "genfromtxt",
        "fromfile",
        "memmap",
        "imread",
        "imopen",
        "run_path",
        "glob",
        "iglob",
        "rmtree",
        "joinpath",
        "join",
        "ZipFile",
        "connect",
        "read_text",
    ]
)
_TWO = frozenset(
    [
        "rename",
        "replace",
        "renames",
        "copy",
        "copy2",
        "copyfile",
        "copytree",
        "move",
        "link",
        "symlink",
        "symlink_to",
        "samefile",
    ]
)
_NAMED = frozenset(["file", "filename", "path", "fname", "src", "dst", "filepath_or_buffer", "filepath", "dirname"])
_BEGINNINGS = ("/", "./", "../", "~/")


def complete(request: Request, context: Context) -> List[Completion]:
    """Return the files and directories that go on with what has been typed of a path."""
    string = context.string
    if string is None or "b" in string.prefix or "t" in string.prefix:
        return []
    typed = context.content
    if ("f" in string.prefix and set("{}") & set(typed)) or "\n" in typed:
        return []
    if not typed.startswith(_BEGINNINGS) and typed != "~" and "/" not in typed and not _names_a_file(context):
        return []
    if typed == "~":
        return [Completion("~/", string.body, "path", "directory")]
    folder, _, stem = typed.rpartition("/")
    start = string.body + len(typed) - len(stem)
    meant, wanted = _read(folder, string), _read(stem, string)
    if meant is None or wanted is None or "\0" in meant:
        return []
    place = os.path.expanduser(meant + "/") if meant.startswith("~/") or meant == "~" else meant
    if "/" in typed and not place:
        place = "/"
    close = "" if context.after.startswith(string.quote) else string.quote
    found = []
    for name, is_folder in listing(place or ".", wanted, request):
        shown = inside(name, string.prefix, string.quote)
        if shown is not None:
            ending, kind = ("/", "directory") if is_folder else (close, "file")
            found.append(Completion(shown + ending, start, "path", kind))
    return found


def _read(text: str, string: OpenString) -> str | None:
    """Return what a part of a string means, its escapes read; None while one is not complete."""
    if "\\" not in text or "r" in string.prefix:
        return text
    value = literal(f"{string.quote}{text}{string.quote}")
    return value if type(value) is str else None


def _names_a_file(context: Context) -> bool:
    """Return whether the string is all there is so far of an argument that is the name of a file."""
    opening = context.callee()
    if opening is None or context.tokens[opening - 1].kind != "name":
        return False
    *done, current = context.arguments(opening)
    if current and not (len(current) == 2 and current[1].text == "="):
        return False
    if current:
        return current[0].text in _NAMED
    called = context.tokens[opening - 1].text
    return len(done) < (2 if called in _TWO else 1 if called in _ONE else 0)


def listing(place: str, stem: str, request: Request) -> List[Tuple[str, bool]]:
    """Return the entries of a directory that go on with `stem`, as (name, whether it is one); hidden ones if asked for."""
    kept = _kept.pop(place, None) or _Listing()
    _kept[place] = kept
    while len(_kept) > _MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    # What takes longer goes on, and is there for the next TAB.
    bounded.call(kept.read, place, owner=kept, seconds=request.left() * _PART, stop=False)
    names = list(kept.names)
    if stem[:1] != ".":
        names = [name for name in names if name[:1] != "."]
    exact, loose = search(names, stem, request)
    chosen = sorted(exact + loose, key=lambda name: (name.lower(), name))[:MOST]
    return [(name, name in kept.folders) for name in chosen]


class _Listing:
    """What is in a directory, as far as it has been read."""

    def __init__(self) -> None:
        self.stamp = -1
        self.names: List[str] = []
        self.folders: Set[str] = set()

    def read(self, place: str) -> None:
        """Read it, unless it has not changed."""
        stamp = os.stat(place).st_mtime_ns
        if stamp == self.stamp:
            return
        self.names, self.folders = [], set()
        with os.scandir(place) as found:
            for entry in islice(found, ENTRIES):
                if entry.is_dir():
                    self.folders.add(entry.name)
                self.names.append(entry.name)
        self.stamp = stamp


_kept: Dict[str, _Listing] = {}
