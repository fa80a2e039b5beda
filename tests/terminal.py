"""A program in a pseudo-terminal, and the screen that a person would see.

`tests.pseudo_terminal` gives the program its terminal, pyte reads what the program writes the way a terminal would.
Everything waits for a condition on the screen and never for a time, so a slow machine makes a test slow and not wrong.

A row is *absolute*: rows that scrolled off the top keep their numbers, row 0 is the first line ever shown.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import select
import signal
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

import pyte

from tests.pseudo_terminal import Program

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
    "ctrl-t": "\x14",
    "ctrl-u": "\x15",
    "ctrl-r": "\x12",
    "ctrl-w": "\x17",
    "f2": "\x1bOQ",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "first": "\x1b[H",
    "last": "\x1b[F",
}
#: The mode (DECCKM) in which a terminal sends ESC O A for an arrow; pyte shifts the numbers of private modes.
_APPLICATION_KEYS = 1 << 5
PASTE_BEGIN = "\x1b[200~"
PASTE_END = "\x1b[201~"

#: How long a condition may take to come true, in seconds. Generous: it is only ever used up by a test that fails.
PATIENCE = 60.0
#: A program that is busy and has written nothing for so many seconds is not in the middle of drawing.
_SILENCE = 0.2


class TerminalError(AssertionError):
    """What was waited for did not happen; the sentence ends with the screen as it was then."""


class ScrollingScreen(pyte.Screen):
    """A screen that keeps the text of the rows that scroll off its top.

    pyte's own `HistoryScreen` does so too, but checks each attribute access of the emulator for it, at half the speed.
    What waits for something reads all rows again and again, so those that have not changed are not put together anew.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self.scrolled_off: list[str] = []
        self._cells: dict[int, list[str]] = {}
        super().__init__(columns, lines)

    def draw(self, data: str) -> None:
        """Draw text; a combining character may belong to the row above, which pyte does not mark as changed."""
        if not data.isascii():
            self._cells.pop(self.cursor.y - 1, None)
        super().draw(data)

    def insert_characters(self, count: int | None = None) -> None:
        """Shift the rest of the row to the right; pyte looks at each cell, and PyREPL does it for each key."""
        self.dirty.add(self.cursor.y)
        shift = count or 1
        line = self.buffer[self.cursor.y]
        moved = [(column, line.pop(column)) for column in list(line) if column >= self.cursor.x]
        line.update((column + shift, cell) for column, cell in moved if column + shift < self.columns)

    def index(self) -> None:
        """Move down one line; at the bottom, keep the top line's text and scroll."""
        if self.cursor.y == self.lines - 1 and self.margins is None:
            self.scrolled_off.append(self.text(0).rstrip())
        super().index()

    def cells(self, row: int) -> list[str]:
        """Return what stands in each cell of a row; the one after a wide character is empty."""
        if self.dirty:
            for changed in self.dirty:
                self._cells.pop(changed, None)
            self.dirty.clear()
        cells = self._cells.get(row)
        if cells is None:
            self._cells[row] = cells = [" "] * self.columns
            for column, cell in self.buffer.get(row, {}).items():
                if column < self.columns:
                    cells[column] = cell.data
        return cells

    def text(self, row: int) -> str:
        """Return the whole of one row of the screen, `columns` cells, trailing blanks included."""
        return "".join(self.cells(row))


class Terminal:
    """A program, its keyboard and its screen.

    It does not know what a prompt is; `tests.prompt.session` does.
    """

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str | None = None, rows: int = 50, columns: int = 120
    ) -> None:
        self._screen = ScrollingScreen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._child = Program(argv, env=env, cwd=cwd, rows=rows, columns=columns)
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
        """End the program if it still runs, as a window that is closed does, else by force; give the terminal back."""
        if self._child.closed:
            return
        with contextlib.suppress(OSError):
            os.killpg(self._child.pid, signal.SIGHUP)
            deadline = time.monotonic() + 0.5
            while self._child.runs() and time.monotonic() < deadline:
                time.sleep(0.005)
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._child.close()

    def hang_up(self) -> None:
        """Close the window, and wait for the end of the program."""
        self._child.close()
        self._child.wait()

    # -- the keyboard --------------------------------------------------------------------------------------------------

    def _write(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._child.end, data) :]

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
        self._child.resize(rows, columns)

    @property
    def drops_output(self) -> bool:
        """Whether Ctrl-C would have the kernel drop what the program has written and nobody has read yet."""
        return not termios.tcgetattr(self._child.end)[3] & termios.NOFLSH

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
        return "".join(self._screen.cells(self._screen.cursor.y)[: self.column])

    @property
    def after_cursor(self) -> str:
        """The text of the cursor's row from the cursor on, blanks included."""
        return "".join(self._screen.cells(self._screen.cursor.y)[self.column :])

    @property
    def top(self) -> int:
        """The absolute row that stands at the top of the screen."""
        return len(self._screen.scrolled_off)

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """Return one cell by its absolute row: `.data`, `.fg`, `.bg`, `.bold` …"""
        return self._screen.buffer[row - len(self._screen.scrolled_off)][column]

    # -- waiting -------------------------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        """The process that runs in the terminal."""
        return self._child.pid

    @property
    def seconds(self) -> float:
        """The processor time that the program has used; where there is no /proc, what the clock says."""
        try:
            with open(f"/proc/{self.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

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
        return self._child.wait()

    def wait_for_sleep(self, *, timeout: float = PATIENCE) -> None:
        """Wait until the program itself waits for something, and has written all; where there is no /proc, a silence."""

        def sleeps() -> bool:
            """The program sleeps"""
            return self._is_still(_main_thread)

        self.wait_for(sleeps, timeout=timeout)

    def wait_for_still(self, what: str | Callable[[], bool], *, timeout: float = PATIENCE) -> None:
        """Wait as `wait_for` does, for what is also true when nothing more is drawn.

        A program that draws a whole screen shows for a moment what it then takes away, or has its cursor elsewhere.
        """
        deadline = time.monotonic() + timeout
        while True:
            Terminal.wait_for(self, what, timeout=max(0.0, deadline - time.monotonic()))
            if self._is_still(_threads, or_busy=True) or time.monotonic() > deadline:
                return

    def _is_still(self, states: Callable[[int], set[str]], *, or_busy: bool = False) -> bool:
        """Whether nothing more comes: looked at twice, since a key needs a moment to wake the program.

        Of one that is busy nothing is known, but `or_busy` takes a silence for an answer.
        """
        began, pause = time.monotonic(), 0.0
        while not self._read(pause):
            seen = states(self.pid)
            if not self._open or (seen == {"S"} and pause):
                return True
            if time.monotonic() - began > _SILENCE:
                return or_busy or not seen
            pause = 0.005
        return False

    def _read(self, seconds: float) -> bool:
        """Show what is written within so many seconds; return whether there was anything."""
        data = self._raw(seconds)
        if data:
            self._stream.feed(data)
        return bool(data)

    def _raw(self, seconds: float) -> bytes:
        """Return what the program has written, within so many seconds."""
        file = self._child.end
        if not select.select([file], [], [], seconds)[0]:
            # Gone, while something that it has started keeps the terminal: what was written before has been read.
            self._open = self._child.runs() or bool(select.select([file], [], [], 0)[0])
            return b""
        try:
            data = os.read(file, 65536)
        except OSError:  # as Linux says that nobody has the other end any more
            data = b""
        self._open = bool(data)
        if self.written is not None:
            self.written += data
        return data

    def _error(self, sentence: str) -> TerminalError:
        shown = "\n".join(f"  |{row}" for row in self.history()[-60:])
        return TerminalError(f"{sentence}\ncursor at row {self.row}, column {self.column}:\n{shown}")


def _main_thread(pid: int) -> set[str]:
    """Return the state letter of a process in proc(5), R running, S sleeping …; nothing where there is no /proc, or no process."""
    return _states([f"/proc/{pid}/stat"])


def _threads(pid: int) -> set[str]:
    """Return the state letters of all threads of a process."""
    return _states(glob.glob(f"/proc/{pid}/task/*/stat"))


def _states(files: Sequence[str]) -> set[str]:
    states = set()
    for name in files:
        with contextlib.suppress(OSError), open(name) as file:
            states.add(file.read().rpartition(")")[2].split()[0])
    return states


def _name(what: str | Callable[[], bool]) -> str:
    return repr(what) if isinstance(what, str) else (what.__doc__ or what.__name__)


def _trimmed(rows: list[str]) -> list[str]:
    while rows and not rows[-1]:
        rows.pop()
    return rows
