"""A file that is only appended to, by this process alone: one `write` a record; what could not be written is tried again.

Nothing is raised here but what a signal handler of the user's raises in the middle of it, and then nothing is lost.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Callable, List, Tuple

from . import place

MOST = 1 << 20
"""How many bytes wait in memory for a disk that takes none; past that the oldest records are given up."""

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_HIGH = range(240, 256)  # descriptors out of the way: the first file that a user opens is to be number 3, as ever


_fstat, _write = os.fstat, os.write


class AppendFile:
    """One journal, or its file of values.

    `make()` makes the folder; `head()` gives what a new file begins with. `fault` says what went wrong last, and where; empty while
    all is written. That the file was replaced or deleted by others is noticed after a record has been written: that one is then
    written again, into the file which is there now, or a new one. So a record may stand in a file twice.
    """

    def __init__(self, path: str, make: Callable[[], None], head: Callable[[], bytes] = bytes) -> None:
        self.path = path
        self.fault = ""
        self.given_up = 0  # records that were not written and are kept no longer
        self.asks = False  # whether the path is looked at as well: NFS keeps a deleted file for whoever has it open
        self._make = make
        self._head = head
        self._descriptor = -1
        self._identity = (0, 0)
        self._waiting: List[bytes] = []
        self._begun = 0  # how many bytes of the first that waits stand in the file already

    def append(self, data: bytes) -> bool:
        """Write one record, after those that wait; whether all of them are in the file."""
        waiting = self._waiting
        waiting.append(data)  # first of all: a signal handler may raise anywhere below
        if (
            len(waiting) == 1 and self._descriptor >= 0 and not self.asks
        ):  # the usual case, without the calls of `flush`
            try:
                status = _fstat(self._descriptor)
                if status.st_ino == self._identity[1] and status.st_dev == self._identity[0] and status.st_size:
                    self._begun = _write(self._descriptor, data)
                    if self._begun == len(data) and _fstat(self._descriptor).st_nlink:
                        del waiting[0]
                        self._begun = 0
                        return True
            except OSError:  # `flush` will meet it again
                pass
        return self.flush()

    def holds(self, data: bytes) -> bool:
        """Return whether a record waits to be written."""
        return data in self._waiting

    def flush(self) -> bool:
        """Write what waits; whether all of it is in the file."""
        waiting = self._waiting
        try:
            while waiting:
                self._see_to_it()
                data = waiting[0]
                if self._begun < len(data):
                    self._begun += self._write(data[self._begun :] if self._begun else data)
                    continue  # if the disk took a part of it, the next one says why
                if self._is_gone():
                    self._let_go()
                    continue
                del waiting[0]
                self._begun = 0
        except OSError as error:
            # Not the exception, whose frames would keep what called us alive: the text of a prompt, which tells when it goes.
            where = os.path.dirname(self.path) if error.filename in (None, self.path) else error.filename
            self.fault = f"{error.strerror or type(error).__name__}: {where}"
            self._forget_oldest()
            return False
        self.fault = ""
        return True

    def place(self, data: bytes) -> int | None:
        """Write some bytes and return where they begin; None if they could not be written. Nothing of it is tried again."""
        try:
            for _ in range(2):
                self._see_to_it()
                at = os.fstat(self._descriptor).st_size
                if self._write(data) != len(data):
                    return None
                if not self._is_gone():
                    return at
                self._let_go()
        except OSError:
            pass
        return None

    def _write(self, data: bytes) -> int:
        done = _write(self._descriptor, data)
        if not done:
            raise OSError(errno.EIO, os.strerror(errno.EIO), self.path)
        return done

    def _see_to_it(self) -> None:
        """Have the file open: the user's code may have closed all descriptors, and opened files of its own under ours."""
        if self._descriptor >= 0:
            try:
                status = os.fstat(self._descriptor)
            except OSError:
                self._descriptor = -1
            else:
                if (status.st_dev, status.st_ino) != self._identity:
                    self._descriptor = -1
                elif not status.st_size:  # somebody has emptied it
                    self._begin()
        if self._descriptor < 0:
            self._open()

    def _open(self) -> None:
        try:
            descriptor = os.open(self.path, _FLAGS, 0o600)
        except (FileNotFoundError, NotADirectoryError):
            self._make()
            descriptor = os.open(self.path, _FLAGS, 0o600)
        self._descriptor = descriptor = out_of_the_way(descriptor)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):  # a pipe, a device
            self._descriptor = -1
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a regular file", self.path)
        identity = (status.st_dev, status.st_ino)
        if identity != self._identity:
            self._begun = 0
        self._identity = identity
        if not status.st_size:
            self._begin()
        elif not self._begun and self._waiting:
            self._waiting[0] = b"\n" + self._waiting[0].lstrip(b"\n")  # whatever that file ends with

    def _begin(self) -> None:
        """Put the first record before all that waits."""
        head = self._head()
        if head and not (self._waiting and self._waiting[0] == head):
            self._waiting.insert(0, head)
        self._begun = 0

    def _is_gone(self) -> bool:
        """Return whether the file has been deleted, or another stands in its place."""
        status = os.fstat(self._descriptor)
        if not status.st_nlink:
            return True
        if self.asks:
            try:
                there = os.stat(self.path)
            except OSError:
                return True
            return (there.st_dev, there.st_ino) != (status.st_dev, status.st_ino)
        return False

    def _let_go(self) -> None:
        """Close a file that is not ours any more; the record that went there last is written again."""
        self.close()
        self._begun = 0
        self._identity = (0, 0)

    def _forget_oldest(self) -> None:
        """Give up what has waited longest, but for the one that is begun, where too much waits."""
        size = sum(map(len, self._waiting))
        while size > MOST and len(self._waiting) > 1:
            size -= len(self._waiting[1])
            del self._waiting[1]
            self.given_up += 1

    def close(self) -> None:
        """Let go of the file, unless the number is another's by now."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            try:
                status = os.fstat(descriptor)
                if (status.st_dev, status.st_ino) == self._identity:
                    os.close(descriptor)
            except OSError:
                pass


def out_of_the_way(descriptor: int) -> int:
    """Return the file under a high number, if one is free."""
    for number in _HIGH:
        try:
            os.fstat(number)
        except OSError:
            try:
                os.dup2(descriptor, number, inheritable=False)
            except OSError:  # the limit is lower
                return descriptor
            os.close(descriptor)
            return number
    return descriptor


class ValuesFile(AppendFile):
    """The file beside a journal that its values lie in, one behind the other."""

    def __init__(self, journal: str) -> None:
        base, _ = os.path.splitext(journal)
        folder = os.path.dirname(base)
        AppendFile.__init__(self, base + place.VALUES, lambda: place.make(folder))

    def put(self, rows: List[str], values: List[Tuple[int, bytes]]) -> None:
        """Write values, and into the rows of their results where they lie."""
        for index, data in values:
            at = self.place(data)
            if at is not None:
                rows[index] = f'{rows[index][:-1]}, "at": {at}, "size": {len(data)}}}'

    def record(self, seq: int, number: int, data: bytes) -> str:
        """Write a value, and return the record that says where it lies."""
        at = self.place(data)
        where = "" if at is None else f', "n": {number}, "at": {at}, "size": {len(data)}'
        return f'{{"kind": "value", "seq": {seq}{where}}}\n'
