"""Bytes that can be read from any place: of a file that lies on the disk, of memory, of a part of either.

A plain file is read by `pread` and not mapped: a mapped file that somebody makes shorter ends the process that looks at it
(SIGBUS), and the loaders want `bytes`, so that a map would be copied all the same. A read that comes back short is only a
finding.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader, BytesIO, FileIO
from typing import TYPE_CHECKING, Any

from histshell.pik.errors import PikError, blend, located

if TYPE_CHECKING:
    from collections.abc import Callable

    from histshell.pik.files.model import Finding

_AT_ONCE = 1 << 30  # more than this is asked for by a reader that fills one object in pieces
_UNSIZED = 1 << 24  # what is read of a file that says it has no bytes, as the system's own do
_KINDS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


def trouble(problem: str, offset: int | None = None, cause: BaseException | None = None) -> PikError:
    """Return the error for a file that cannot be read; with a *cause* it is of the type of that, too."""
    error: BaseException = PikError(problem)
    if cause is not None:
        error = located(cause, None, None) if cause.args else blend(type(cause))(problem)
    if not isinstance(error, PikError):  # of a class that cannot be derived from
        error = PikError(problem)
    error.problem, error.offset = problem, offset
    return error


class Source:
    """Bytes with a place each. `size` is None as long as it is not known."""

    size: int | None = None
    #: Whether those of any place are read from the disk at once.
    is_at_hand = False

    def read(self, offset: int, count: int) -> bytes:
        """Return *count* bytes from *offset*; fewer only where it ends. Raises `PikError`."""
        raise NotImplementedError

    def packed(self, count: int) -> int:
        """Return how many bytes of the file on the disk lie behind the first *count* of these."""
        return count

    def whole(self) -> int:
        """Return the size, found by going to the end if need be."""
        return self.size or 0


class Memory(Source):
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size: int = len(data)

    def read(self, offset: int, count: int) -> bytes:
        """Return some of them."""
        if not offset and count >= self.size:
            return self._data
        return self._data[offset : offset + max(count, 0)]


class Part(Source):
    """A part of another source."""

    def __init__(self, source: Source, offset: int, size: int | None) -> None:
        self.source = source
        self.offset = offset
        self.size = size
        self.is_at_hand = source.is_at_hand
        if size is None and source.size is not None:
            self.size = max(source.size - offset, 0)

    def read(self, offset: int, count: int) -> bytes:
        """Return some of its bytes, none of those after it."""
        if self.size is not None:
            count = min(count, self.size - offset)
        return self.source.read(self.offset + offset, count) if count > 0 else b""

    def packed(self, count: int) -> int:
        """Return what lies behind it."""
        return self.source.packed(count)

    def whole(self) -> int:
        """Return its size."""
        return self.size if self.size is not None else max(self.source.whole() - self.offset, 0)


class Plain(Source):
    """An open file on the disk."""

    is_at_hand = True

    def __init__(self, descriptor: int, size: int, note: Callable[[str, int], Finding] | None = None) -> None:
        """Take over *descriptor*, which `close` closes."""
        self._descriptor = descriptor
        self.size: int = size
        self.note = note

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        """Close the file that nobody has closed."""
        self.close()

    def read(self, offset: int, count: int) -> bytes:
        """Read from the disk; nothing is remembered."""
        count = min(count, self.size - offset)
        if count <= 0:
            return b""
        if self._descriptor < 0:
            raise trouble("the file is closed")
        try:
            data = self._read(offset, count)
        except OSError as error:
            raise trouble(f"it cannot be read: {error.strerror or error}", offset, error) from None
        except MemoryError:
            raise trouble(f"{count:,} bytes are too many for the memory there is", offset) from None
        if len(data) < count and self.note is not None:
            self.note("the file has become shorter while it was read", offset + len(data))
        return data

    def _read(self, offset: int, count: int) -> bytes:
        if count < _AT_ONCE and hasattr(os, "pread"):
            data = os.pread(self._descriptor, count, offset)
            while len(data) < count:
                more = os.pread(self._descriptor, count - len(data), offset + len(data))
                if not more:
                    break
                data += more
            return data
        with open(os.dup(self._descriptor), "rb") as file:  # fills one object, however many reads that takes
            file.seek(offset)
            return file.read(count)


def opened(path: str, follow: bool = True) -> Plain | Memory:
    """Open a regular file and nothing else: a pipe, a device or a folder is a sentence, and is not opened.

    Raises `PikError`.
    """
    try:
        # Not to wait: opening a pipe would, until somebody writes into it; a terminal is not to become ours.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
        flags |= getattr(os, "O_CLOEXEC", 0)
        if not follow:
            flags |= getattr(os, "O_NOFOLLOW", 0)
        kind = (os.stat if follow else os.lstat)(path).st_mode  # a device may do something when it is opened
        if stat.S_ISREG(kind):
            descriptor = os.open(path, flags)
            status = os.fstat(descriptor)  # it may have been exchanged since
            kind = status.st_mode
            if stat.S_ISREG(kind):
                return _sized(descriptor, status.st_size)
            os.close(descriptor)
    except OSError as error:
        raise trouble(error.strerror or str(error), None, error) from None
    except ValueError as error:
        raise trouble("this cannot be a file's name", None, error) from None
    what = next((what for test, what in _KINDS if test(kind)), "no regular file")
    as_by_open = IsADirectoryError() if stat.S_ISDIR(kind) else OSError() if stat.S_ISSOCK(kind) else None
    said = f"{what}, not a file" if stat.S_ISLNK(kind) is False else "a link, which is not followed"
    said += "; what comes out of it can be given as standard input (-)" if stat.S_ISFIFO(kind) else ""
    raise trouble(said, None, as_by_open)


def _sized(descriptor: int, size: int) -> Plain | Memory:
    """Return the source of an open file; of one without a size what it gives."""
    if size:
        return Plain(descriptor, size)
    data = b""
    try:
        while len(data) < _UNSIZED and (
            more := os.read(descriptor, _UNSIZED - len(data))
        ):  # the system gives a page at a time
            data += more
    finally:
        os.close(descriptor)
    return Memory(data)


def of_file(file: Any, most: int) -> Source:
    """Return the source of a binary file object: what it holds from where it stands.

    What the file raises, one that unpacks and is damaged, say, is of its own type and a `PikError`.
    """
    try:
        return _of_file(file, most)
    except Exception as cause:
        raise located(cause, None, None) from cause


def _of_file(file: Any, most: int) -> Source:
    if type(file) is BytesIO:
        with file.getbuffer() as view:
            return Memory(bytes(view[file.tell() :]))
    if type(file) is BufferedReader and type(file.raw) is FileIO:  # others say the number of a file that they unpack
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode) and status.st_size:
            return Part(Plain(os.dup(file.fileno()), status.st_size), file.tell(), None)
    parts, left = [], most + 1
    while left > 0:
        part = file.read(min(left, 1 << 24))
        if isinstance(part, (bytearray, memoryview)):
            part = bytes(part)
        if not isinstance(part, bytes):
            raise trouble("a binary file is needed, which gives bytes", None, TypeError())
        if not part:
            break
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise trouble(f"more than {most:,} bytes, and at most so many are read of what is no file on the disk")
    return Memory(b"".join(parts))
