"""The folder of what is made from the journals for searching, and removing it: what is forgotten is to be in no file."""

from __future__ import annotations

import os
import stat
from typing import Iterable

from histshell import places

from . import reader

TOKEN = "token"  # noqa: S105 - says which generation of the files this is; `discard` begins a new one


def folder() -> str:
    """Return the folder of the files that are made from the journals, and may be deleted."""
    return os.path.join(places.cache_dir(), "search")


def discard(cache: str | None = None) -> None:
    """Remove what was made from the journals; the next search makes it anew, and one that is at work keeps nothing of it."""
    cache = folder() if cache is None else cache
    try:
        names: Iterable[str] = os.listdir(cache)
    except OSError:
        return
    try:
        write(os.path.join(cache, f"t-{os.urandom(8).hex()}"), os.urandom(16), os.path.join(cache, TOKEN))
        names = os.listdir(cache)
    except OSError:
        pass
    for name in names:
        if name != TOKEN:
            remove(os.path.join(cache, name))


def private(path: str) -> bool:
    """Make the folder of derived files, for this user's eyes alone; return whether it is there and ours."""
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        about = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and (not hasattr(os, "getuid") or about.st_uid == os.getuid())


def content(path: str) -> bytes:
    """Return a file's bytes, nothing if there is none."""
    try:
        with reader.opened(path) as file:
            return file.read()
    except OSError:
        return b""


def write(path: str, data: bytes, becomes: str = "") -> None:
    """Write a new file, for this user's eyes alone; then call it `becomes`. Raises OSError, and leaves nothing then."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "wb", buffering=0) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
        if becomes:
            os.replace(path, becomes)
    except BaseException:
        remove(path)
        raise


def remove(path: str) -> None:
    """Remove a file, if that can be done."""
    try:
        os.unlink(path)
    except OSError:
        pass
