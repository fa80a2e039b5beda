"""The terminal that the editor reads and draws at: opened once, and its own, whatever becomes of `sys.stdin` and of fd 0."""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

_ABOVE = 100
"""Our descriptor gets a number from here on, so that the user's files have those that they have anywhere."""

_MODES = "\033[?1049l\033[?25h\033[?2004l\033[?1l\033[?7h\033[0m\r\n"
"""Ends alternate screen, hidden cursor, bracketed paste and the keypad's mode; switches wrapping on and colours off."""


class Terminal:
    """A descriptor of the terminal, with an open file of its own behind it: no flag that is set on fd 0 changes it.

    Also the stream that prompt_toolkit reads from and writes to. When the descriptor has been closed, or something else stands
    under its number, it is opened again. Raises `OSError` where there is no terminal.
    """

    errors = "replace"

    def __init__(self) -> None:
        self.encoding = _encoding()
        self._fd = -1
        self._name = ""
        self._device = -1
        self._open()

    # -- the descriptor ------------------------------------------------------------------------------------------------

    def fileno(self) -> int:
        """Return the descriptor, opened again if need be."""
        if not self._is_open():
            self._open()
        return self._fd

    def isatty(self) -> bool:
        """Return True: it was looked at when it was opened."""
        return True

    def is_at(self, fd: int) -> bool:
        """Return whether what is written to another descriptor is seen here."""
        try:
            if not os.isatty(fd):
                return False
            return self._name == _CONTROLLING or os.fstat(fd).st_rdev == self._device
        except OSError:
            return False

    def close(self) -> None:
        """Close the descriptor, if it is still ours."""
        if self._is_open() and self._fd > 2:
            os.close(self._fd)
        self._fd = -1

    def _is_open(self) -> bool:
        try:
            found = os.fstat(self._fd)
        except OSError:
            return False
        return sys.platform == "win32" or (stat.S_ISCHR(found.st_mode) and found.st_rdev == self._device)

    def _open(self) -> None:
        if sys.platform == "win32":  # the console is one of its kind, and prompt_toolkit finds it by itself
            self._fd = 1
            return
        for fd, name, device in self._candidates():
            found = _opened(fd, name, device)
            if found is not None:
                self._fd, self._name = _moved_up(found), name
                self._device = os.fstat(self._fd).st_rdev
                return
        raise OSError(errno.ENXIO, "there is no terminal")

    def _candidates(self) -> Iterator[tuple[int, str, int]]:
        """Yield where it may be found: a descriptor or -1, the name of a file, the device that it should be or -1 for any."""
        if self._name:
            yield -1, self._name, self._device
        for fd in (0, 1, 2):
            try:
                if os.isatty(fd):
                    yield -1, os.ttyname(fd), os.fstat(fd).st_rdev
                    yield fd, "", -1  # its name means something else here: a container, another user's
            except OSError:
                try:
                    if os.isatty(fd):
                        yield fd, "", -1
                except OSError:
                    pass
        yield -1, _CONTROLLING, -1

    # -- reading and writing -------------------------------------------------------------------------------------------

    def write(self, text: str) -> int:
        """Write all of a text, with a sign for what the terminal's encoding lacks."""
        data = text.encode(self.encoding, "replace")
        while data:
            try:
                data = data[os.write(self.fileno(), data) :]
            except BlockingIOError:  # a duplicate of a descriptor that the user has made so
                select.select([], [self._fd], [], 0.1)
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is kept back."""

    def ask(self, prompt: str) -> str:
        """Return a line read without any editing but the terminal's own, without its newline. Raises `EOFError` at the end."""
        self.write(prompt)
        data = b""
        while not data.endswith(b"\n"):
            more = os.read(self.fileno(), 65536)
            if not more:
                break
            data += more
        if not data:
            raise EOFError
        return data.decode(self.encoding, "surrogateescape").rstrip("\n")

    def columns(self) -> int:
        """Return the width; 80 where the terminal does not say."""
        try:
            return os.get_terminal_size(self.fileno()).columns or 80
        except OSError:
            return 80

    def fresh_line(self) -> None:
        """See that what comes next begins a line: what was printed last may have no newline, and would be painted over.

        A whole line of blanks, in no colour, wraps if anything stands before it; if nothing does, the cursor waits behind the last
        one, as all terminals of today have it, and the line is overwritten.
        """
        try:
            self.write("\033[0m\033[?7h" + " " * self.columns() + "\r\033[K")
        except OSError:
            pass

    def restore(self) -> None:
        """Leave the modes that an interface may have died in: raw input, alternate screen, hidden cursor, bracketed paste."""
        try:
            import termios

            fd = self.fileno()
            state = termios.tcgetattr(fd)
            state[0] |= termios.ICRNL | termios.IXON
            state[1] |= termios.OPOST
            state[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
            termios.tcsetattr(fd, termios.TCSADRAIN, state)
            self.write(_MODES)
            time.sleep(0.1)  # the terminal may be about to answer where the cursor is
            termios.tcflush(fd, termios.TCIFLUSH)
        except Exception:  # no terminal any more
            pass

    # -- what prompt_toolkit needs -------------------------------------------------------------------------------------

    def input(self) -> Input:
        """Return the input of an editor at this terminal."""
        from prompt_toolkit.input import create_input

        return create_input(None if sys.platform == "win32" else self)  # type: ignore[arg-type]  # what it needs of a stream

    def output(self) -> Output:
        """Return the output of an editor at this terminal."""
        from prompt_toolkit.output import create_output

        return create_output(None if sys.platform == "win32" else self)  # type: ignore[arg-type]


_CONTROLLING = "/dev/tty"


def _encoding() -> str:
    """Return what Python took for the terminal's encoding when it started."""
    try:
        encoding = str(getattr(sys.__stdout__, "encoding", None) or "utf-8")
        "".encode(encoding)
    except Exception:
        return "utf-8"
    return encoding


def _opened(fd: int, name: str, device: int) -> int | None:
    """Return a new descriptor of a terminal: of the file with that name if it is that device, or else a duplicate of `fd`."""
    flags = os.O_RDWR | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        found = os.open(name, flags) if name else os.dup(fd)
    except OSError:
        return None
    if os.isatty(found) and device in (-1, os.fstat(found).st_rdev) and (name or _is_read_and_written(fd)):
        return found
    os.close(found)
    return None


def _is_read_and_written(fd: int) -> bool:
    import fcntl

    return fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDWR


def _moved_up(fd: int) -> int:
    """Return the same file under a number that nobody is likely to want, where there may be as many."""
    import fcntl

    try:
        moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _ABOVE)
    except OSError:
        return fd
    os.close(fd)
    return moved


@contextmanager
def standing_in() -> Iterator[None]:
    """Keep each of fd 0 to 2 that is closed on the null device while this lasts: what the editor opens would be taken for it.

    What the user's threads print would be written into it.
    """
    plugs: list[int] = []
    try:
        while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
            plugs.append(fd)
        os.close(fd)
    except OSError:
        pass
    try:
        yield
    finally:
        for fd in plugs:
            try:
                if os.fstat(fd).st_rdev == os.stat(os.devnull).st_rdev:
                    os.close(fd)
            except OSError:  # closed by somebody else
                pass
