"""Going through folders: the regular files in them, and a count of what is left alone."""

from __future__ import annotations

import os
import stat
from collections import Counter
from typing import Iterator

#: Folders in which version control keeps its own. All others are looked into, the hidden ones too: a stranger hides things there.
LEFT_ALONE = frozenset((".git", ".hg", ".svn"))
_LINK, _SPECIAL, _KEPT = "links, not followed", "pipes, sockets and devices, not opened", "folders of version control"


class Walk:
    """The files of a scan, in the order of their names; what was left alone and what could not be read meanwhile.

    A link in a folder is not followed, wherever it leads: what it leads to within the folder is seen in its own place. What is
    no regular file is not opened. Names that were given are taken as they are, and a link among them is followed.
    """

    def __init__(self, names: list[str]) -> None:
        """Go through *names*, files and folders."""
        self._names = names
        self.left: Counter[str] = Counter()
        #: Folders that cannot be listed, with the reason.
        self.problems: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[str]:
        """Give paths of files. A name that was given and is no folder is given back, whatever it is."""
        for name in self._names:
            if os.path.isdir(name):
                yield from self._folder(name)
            else:
                yield name

    def _folder(self, top: str) -> Iterator[str]:
        """Give the files below a folder, without recursion: folders can be deeper than Python's stack."""
        todo = [top]
        while todo:
            folder = todo.pop()
            try:
                with os.scandir(folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                self.problems.append((folder, error.strerror or str(error)))
                continue
            inner = []
            for entry in entries:
                kind = self._kind(entry)
                if kind == "folder":
                    inner.append(entry.path)
                elif kind == "file":
                    yield entry.path
            todo += reversed(inner)

    def _kind(self, entry: os.DirEntry[str]) -> str:
        """Tell what an entry is, and count it if it is left alone."""
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
        except OSError as error:
            self.problems.append((entry.path, error.strerror or str(error)))
            return ""
        if stat.S_ISREG(mode):
            return "file"
        if stat.S_ISDIR(mode) and entry.name not in LEFT_ALONE:
            return "folder"
        self.left[_LINK if stat.S_ISLNK(mode) else _KEPT if stat.S_ISDIR(mode) else _SPECIAL] += 1
        return ""
