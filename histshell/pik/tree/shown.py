"""What `pik(path)` gives at a prompt: an object that is shown as the tree of a file, or of bytes."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

from histshell.pik import files
from histshell.pik.tree.names import Name
from histshell.pik.tree.report import Report
from histshell.pik.tree.wish import Wish

_KEPT = 4  # lines of a terminal that the title and the prompt want
_NONE = (100, 40)  # columns and lines where there is no terminal


class Shown:
    """The tree of a file or of bytes, and the names that it asks for: its `repr` draws them. Nothing of it was run.

    ``names`` are the names, ``status`` is what the command would exit with. ``path``, ``depth`` and ``all`` give others, by looking
    again at the file as it is then.
    """

    __slots__ = ("_limit", "_text", "names", "status", "what")

    def __init__(self, what: Any, text: str, names: list[Name], status: int, limit: int | None = None) -> None:
        """Keep what was seen."""
        self.what = what
        self._limit = limit
        self._text = text
        self.names = names
        self.status = status

    def __repr__(self) -> str:
        """Give the lines that were drawn."""
        return self._text

    def path(self, path: str) -> Shown:
        """Show what lies at *path*, for example ``estimators_[3].tree_``."""
        return look(self.what, self._limit, path=path)

    def depth(self, levels: int) -> Shown:
        """Show so many levels."""
        return look(self.what, self._limit, depth=levels)

    def all(self) -> Shown:
        """Show all of it."""
        return look(self.what, self._limit, everything=True)


def is_shown(value: object) -> bool:
    """Tell whether `pik(value)` shows a tree: of a path to a file that is there, or of bytes that a pickle may be in."""
    kind = type(value)
    if isinstance(value, str):
        return kind is str and len(value) < 4096 and "\0" not in value and os.path.isfile(value)
    if kind is bytes or kind is bytearray:
        with files.open(value) as file:
            return file.is_pickle_like
    return isinstance(value, os.PathLike)


def look(what: Any, limit: int | None = None, **options: Any) -> Shown:
    """Look at a path, bytes or a binary file, of which *limit* bytes may be unpacked; *options* are those of `Wish`.

    Raises `PikError` where there is nothing to see.
    """
    with files.open(what, limit=limit) as file:
        report = Report(file, wish(**options))
        lines = [line.text for line in report.lines()]
        return Shown(file.again, "\n".join(lines), report.names, report.status, limit)


def wish(**options: Any) -> Wish:
    """Give what is wanted where the terminal alone says how much; *options* are those of `Wish`."""
    return Wish(*_size(), ascii_only=not draws_lines(), **options)


def _size() -> tuple[int, int]:
    """Give the columns and lines that a tree may take here."""
    stream: Any = sys.stdout
    try:
        if not stream.isatty():
            return _NONE
    except Exception:  # somebody else's stream
        return _NONE
    width, height = shutil.get_terminal_size()
    return max(width - 1, 40), max(height - _KEPT, 10)


def draws_lines() -> bool:
    """Tell whether what is printed may have the signs that trees are drawn with."""
    try:
        "├└│…×".encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeError, LookupError, TypeError):
        return False
    return True
