"""A program in a pseudo-terminal of its own, started without a copy of the process that starts it.

A fork has to copy the page tables of a test process, with all that it has imported, and runs Python until exec(): ten
milliseconds of the processor, where posix_spawn(3) takes one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import struct
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.signals import FIXED


class Program:
    """It has the terminal as its controlling one, and signals as in a terminal that somebody has just opened."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str | None, rows: int, columns: int
    ) -> None:
        path = shutil.which(argv[0], path=env.get("PATH", os.defpath)) or argv[0]
        #: Our end of the terminal.
        self.end, theirs = os.openpty()
        #: The exit status, or minus the signal that ended it; None as long as that is not known.
        self.status: int | None = None
        self.closed = False
        try:
            self.resize(rows, columns)
            # The first terminal that the leader of a new session opens is its own from then on.
            opened = (os.POSIX_SPAWN_OPEN, 0, os.ttyname(theirs), os.O_RDWR, 0)
            with _folder(cwd):
                self.pid = os.posix_spawn(
                    path,
                    list(argv),
                    env,
                    file_actions=[opened, (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)],
                    setsid=True,
                    setsigmask=(),
                    setsigdef=signal.valid_signals() - FIXED,
                )
        except BaseException:
            os.close(self.end)
            raise
        finally:
            os.close(theirs)

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the terminal; the program gets SIGWINCH."""
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._ask(os.WNOHANG) is None

    def wait(self) -> int:
        """Wait for its end; return its exit status, or minus the signal that ended it."""
        status = self._ask(0)
        assert status is not None
        return status

    def close(self) -> None:
        """Give our end of the terminal back."""
        if not self.closed:
            self.closed = True
            os.close(self.end)

    def _ask(self, how: int) -> int | None:
        if self.status is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:  # somebody else has asked, and what it was is lost
                pid, status = self.pid, 0
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status


@contextmanager
def _folder(path: str | None) -> Iterator[None]:
    """Stand in a folder for the moment in which a child is made."""
    if path is None:
        yield
        return
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.chdir(path)
        yield
    finally:
        os.fchdir(here)
        os.close(here)
