"""Reading pickle files whole: regular files of a bounded size, everything else is a sentence, at once."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from histshell.errors import HistshellError
from histshell.pik.errors import PikError
from histshell.pik.lexer import Lexer
from histshell.pik.reading import end_of
from histshell.preview import LIMIT, sentence

VARIABLE = "HISTSHELL_PIK_BYTES"
"""The environment variable that lifts the limit on a file's size, in bytes."""

_MOST = 4 << 30
_HEAD = 1 << 20
_KINDS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


def name_of(path: str) -> str:
    """Return a file's name as it can be printed."""
    return sentence(path, 4 * LIMIT)


def limit() -> int:
    """Return how many bytes of a file are read at most."""
    given = os.environ.get(VARIABLE, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else _MOST


def read(path: str) -> bytes:
    """Return a regular file's bytes. Raises `HistshellError` with a sentence for everything else."""
    name = name_of(path)
    try:
        # Not to wait: opening a pipe would, until somebody writes into it; a terminal is not to become ours.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
        kind = os.stat(path).st_mode  # a device may do something when it is opened
        if stat.S_ISREG(kind):
            with open(os.open(path, flags), "rb") as file:
                status = os.fstat(file.fileno())
                kind = status.st_mode  # it may have been exchanged since
                if stat.S_ISREG(kind):
                    return _whole(file, name, status.st_size)
    except OSError as error:
        raise HistshellError(f"{name}: {error.strerror or error}") from None
    except ValueError:
        raise HistshellError(f"{name}: this cannot be a file's name") from None
    except MemoryError:
        raise HistshellError(f"{name}: too large for the memory there is") from None
    if stat.S_ISDIR(kind):
        raise HistshellError(f"{name}: Is a directory")
    what = next((what for test, what in _KINDS if test(kind)), "something else")
    raise HistshellError(
        f"{name}: {what}, not a file" + ("; give it to standard input (-)" if what == "a pipe" else "")
    )


def _whole(file: BinaryIO, name: str, size: int) -> bytes:
    """Read an open regular file, if it is not too large; where its beginning is no pickle, that alone."""
    most = limit()
    if size > most:
        raise HistshellError(f"{name}: {size:,} bytes, and at most {most:,} are read; {VARIABLE}={size} lifts that")
    if size > _HEAD:
        head = file.read(_HEAD)
        if _is_broken(head):
            return head
        file.seek(0)
    # Files without a size are the system's own, which may have no end.
    return file.read(size or _HEAD) or b""


def _is_broken(head: bytes) -> bool:
    """Return whether a stream that begins so has something in it that is no opcode; of a hole in a file nothing is left."""
    lexer = Lexer(head[: end_of(head, 0)] if end_of(head, 0) > 0 else head)
    try:
        while lexer.tokens():
            pass
    except PikError:
        return True
    return False
