"""What stays on the disk when histshell is uninstalled, and removing it: `histshell uninstall` says it, `--purge` does it.

Files are known by their names, never by being in a folder that bears ours: that folder may be a checkout of somebody's.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass

from histshell import places
from histshell.preview.amounts import readable

from .small_files import FileError, shown

CACHE, TYPED, SETTINGS = "made anew at any time", "what you typed in the rich prompt", "your settings"
JOURNAL = "what you typed at every prompt, and what came of it"


@dataclass(frozen=True)
class Leftover:
    """A file, or a folder with all that is in it, that histshell made or reads: its `path`, `what` it is, its `size` in bytes."""

    path: str
    what: str
    size: int

    def __str__(self) -> str:
        return f"{shown(self.path)} ({readable(self.size)}): {self.what}"


def find() -> list[Leftover]:
    """Return what is there now, but for the start-up file, its own affair. A file that HISTSHELL_CONFIG names is not ours."""
    found = [
        Leftover(path, what, _size(path))
        for folder, names, what in _places()
        for name in sorted(_listed(folder))
        if any(name == one or name.startswith(one + ".") for one in names)
        if not os.path.islink(path := os.path.join(folder, name))
    ]
    return list({one.path: one for one in found}.values())


def remove(leftovers: Iterable[Leftover]) -> None:
    """Remove them, and their folders if nothing else is in there. Follows no symbolic link. Raises `FileError`."""
    for one in leftovers:
        try:
            if stat.S_ISDIR(os.lstat(one.path).st_mode):
                shutil.rmtree(one.path)
            else:
                os.unlink(one.path)
        except FileNotFoundError:
            pass  # something else was quicker
        except OSError as error:
            raise FileError("remove", error.filename or one.path, error.strerror or str(error)) from error
    for folder, _, _ in _places():
        try:
            os.rmdir(folder)
        except OSError:
            pass  # not empty, not there, or a link


def _places() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """Return each folder of ours, the names of what we put there (also with something behind a dot), and what that is."""
    return (
        (places.cache_dir(), ("jedi", "jedi-times", "search", "settings"), CACHE),
        (places.data_dir(), ("inputs",), TYPED),
        (places.state_dir(), ("journal",), JOURNAL),
        (places.config_dir(), ("config.toml",), SETTINGS),
    )


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _size(path: str) -> int:
    """Return the bytes of a file, or of all files below a folder; what cannot be read counts nothing."""
    total = 0
    for folder, _, names in os.walk(path):
        total += sum(_length(os.path.join(folder, name)) for name in names)
    return total or _length(path)


def _length(path: str) -> int:
    try:
        status = os.lstat(path)
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
