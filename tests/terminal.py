"""A program in a pseudo-terminal, and the screen that a person would see.

pexpect gives the program its terminal, pyte reads what the program writes the way a terminal would. Everything waits for
a condition on the screen and never for a time, so a slow machine makes a test slow and not wrong.

A row is *absolute*: rows that scrolled off the top keep their numbers, row 0 is the first line ever shown.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

import pexpect
import pyte

if TYPE_CHECKING:
    from typing_extensions import Self

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x01",  # Ctrl-A and Ctrl-E, since every line editor knows them
    "end": "\x05",
    "ctrl-c": "\x03",
    "ctrl-d": "\x04",
    "ctrl-k": "\x0b",
    "ctrl-l": "\x0c",
    "ctrl-u": "\x15",
    "ctrl-r": "\x12",
    "ctrl-w": "\x17",
    "f2": "\x1bOQ",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
}
#: The mode (DECCKM) in which a terminal sends ESC O A for an arrow; pyte shifts the numbers of private modes.
_APPLICATION_KEYS = 1 << 5
PASTE_BEGIN = "\x1b[200~"
PASTE_END = "\x1b[201~"

#: How long a condition may take to come true, in seconds. Generous: it is only ever used up by a test that fails.
PATIENCE = 30.0


class TerminalError(AssertionError):
    """What was waited for did not happen; the sentence ends with the screen as it was then."""


class ScrollingScreen(pyte.Screen):
    """A screen that keeps the text of the rows that scroll off its top.

    pyte's own `HistoryScreen` does so too, but checks each attribute access of the emulator for it, at half the speed.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self.scrolled_off: list[str] = []
        super().__init__(columns, lines)

    def index(self) -> None:
        """Move down one line; at the bottom, keep the top line's text and scroll."""
        if self.cursor.y == self.lines - 1 and self.margins is None:
            self.scrolled_off.append(self.text(0).rstrip())
        super().index()

    def text(self, row: int) -> str:
        """Return the whole of one row of the screen, `columns` cells, trailing blanks included."""
        line = self.buffer[row]
        # The cell after a wide character is empty: joining skips it.
        return "".join(line[column].data for column in range(self.columns))


class Terminal:
    """A program, its keyboard and its screen.

    It does not know what a prompt is; `tests.prompt.session` does.
    """

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None, rows: int = 50, columns: int = 120
    ) -> None:
        self._screen = ScrollingScreen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(
            argv[0], list(argv[1:]), env=dict(env), cwd=cwd, dimensions=(rows, columns), timeout=PATIENCE, echo=True
        )
        self._child.ptyproc.delayafterclose = 0  # a sleep of 100 ms otherwise; `close` has made sure that it is over
        # Programs may ask the terminal a question (where is the cursor?) and wait for the answer.
        self._screen.write_process_input = self._write  # type: ignore[method-assign, assignment]
        self._open = True
        #: All that the program has written, if this was set to empty bytes before anything was read.
        self.written: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the program if it still runs, and give the terminal back."""
        if self._child.closed:
            return
        with contextlib.suppress(OSError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._child.close()

    # -- the keyboard --------------------------------------------------------------------------------------------------

    def _write(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._child.child_fd, data) :]

    def type(self, text: str) -> None:
        """Type `text` as it is; a newline is sent as a newline."""
        self._write(text)

    def press(self, *keys: str) -> None:
        """Press keys by their names in `KEYS`, one after the other."""
        for key in keys:
            sequence = KEYS[key]
            if sequence.startswith("\x1b[") and _APPLICATION_KEYS in self._screen.mode:
                sequence = "\x1bO" + sequence[2:]
            self.type(sequence)

    def paste(self, text: str) -> None:
        """Paste `text` the way a terminal does for a program that asked for bracketed paste."""
        self.type(PASTE_BEGIN + text.replace("\n", "\r") + PASTE_END)

    def resize(self, rows: int, columns: int) -> None:
        """Change the size of the window; the program gets SIGWINCH. Rows cut off at the top count as scrolled off."""
        for row in range(max(0, self._screen.cursor.y + 1 - rows)):
            self._screen.scrolled_off.append(self._screen.text(row).rstrip())
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    # -- the screen ----------------------------------------------------------------------------------------------------

    def screen(self) -> list[str]:
        """Return the rows that are on the screen now, without trailing blanks and trailing empty rows."""
        return _trimmed([self._screen.text(row).rstrip() for row in range(self._screen.lines)])

    def history(self) -> list[str]:
        """Return every row since the start, those that scrolled off first."""
        return _trimmed([*self._screen.scrolled_off, *self.screen()])

    @property
    def row(self) -> int:
        """The absolute row of the cursor."""
        return len(self._screen.scrolled_off) + int(self._screen.cursor.y)

    @property
    def column(self) -> int:
        """The column of the cursor, 0 based."""
        return int(self._screen.cursor.x)

    @property
    def line(self) -> str:
        """The cursor's row, up to the last cell of the screen."""
        return self._screen.text(self._screen.cursor.y)

    @property
    def before_cursor(self) -> str:
        """The text of the cursor's row that is left of the cursor, blanks included."""
        line = self._screen.buffer[self._screen.cursor.y]
        return "".join(line[column].data for column in range(self.column))

    @property
    def after_cursor(self) -> str:
        """The text of the cursor's row from the cursor on, blanks included."""
        line = self._screen.buffer[self._screen.cursor.y]
        return "".join(line[column].data for column in range(self.column, self._screen.columns))

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """Return one cell by its absolute row: `.data`, `.fg`, `.bg`, `.bold` …"""
        return self._screen.buffer[row - len(self._screen.scrolled_off)][column]

    # -- waiting -------------------------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The process that runs in the terminal."""
        return int(self._child.pid)

    @property
    def ended(self) -> bool:
        """Whether the program has closed the terminal (only ever seen while waiting)."""
        return not self._open

    def wait_for(self, what: str | Callable[[], bool], *, timeout: float = PATIENCE) -> None:
        """Read until the text stands on the screen, or until the condition is true.

        Raises `TerminalError` when the time (seconds) is over, or when the program ends before that.
        """
        condition = what if callable(what) else lambda: any(what in row for row in self.screen())
        deadline = time.monotonic() + timeout
        while not condition():
            if not self._open:
                raise self._error(f"the program ended before {_name(what)}")
            if time.monotonic() > deadline:
                raise self._error(f"no {_name(what)} within {timeout:g} s")
            self._read(0.05)

    def wait_for_bytes(self, pattern: bytes, *, timeout: float = PATIENCE) -> None:
        """Read until the program has written `pattern`, and show only the last 4 KiB of all that on the screen.

        For floods: the emulator reads about a megabyte a second.
        """
        tail = b""
        deadline = time.monotonic() + timeout
        while not re.search(pattern, tail):
            if not self._open or time.monotonic() > deadline:
                raise self._error(f"never wrote {pattern!r}; last was {tail[-200:]!r}")
            tail = (tail + self._raw(0.05))[-4096:]
        self._stream.feed(tail)

    def wait_for_end(self, *, timeout: float = PATIENCE) -> int:
        """Read until the program ends; return its exit status, or minus the signal that ended it."""
        deadline = time.monotonic() + timeout
        while self._open:
            if time.monotonic() > deadline:
                raise self._error(f"the program did not end within {timeout:g} s")
            self._read(0.05)
        self._child.wait()
        if self._child.signalstatus is not None:
            return -int(self._child.signalstatus)
        return int(self._child.exitstatus)

    def wait_for_sleep(self, *, timeout: float = PATIENCE) -> None:
        """Wait until the program itself waits for something (state S of proc(5)); no more than a poll where there is no /proc."""
        try:
            self.wait_for(lambda: _state(self.pid) == "S", timeout=timeout)
        except FileNotFoundError:
            time.sleep(0.2)

    def _read(self, seconds: float) -> None:
        data = self._raw(seconds)
        if data:
            self._stream.feed(data)

    def _raw(self, seconds: float) -> bytes:
        try:
            data = bytes(self._child.read_nonblocking(65536, seconds))
            if self.written is not None:
                self.written += data
            return data
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            self._open = False
        return b""

    def _error(self, sentence: str) -> TerminalError:
        shown = "\n".join(f"  |{row}" for row in self.history()[-60:])
        return TerminalError(f"{sentence}\ncursor at row {self.row}, column {self.column}:\n{shown}")


def _state(pid: int) -> str:
    """Return the state letter of a process: R running, S sleeping …"""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def _name(what: str | Callable[[], bool]) -> str:
    return repr(what) if isinstance(what, str) else (what.__doc__ or what.__name__)


def _trimmed(rows: list[str]) -> list[str]:
    while rows and not rows[-1]:
        rows.pop()
    return rows
