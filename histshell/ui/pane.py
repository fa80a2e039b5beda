"""The pane beside the browser's list: all of a value, made in a thread while it is looked at, and scrolled both ways."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from histshell.preview import printable
from histshell.preview.exceptions import told

from .painting import PARTS, STYLES

MOST_LINES = 50_000
MOST_SIZE = 16 << 20
"""How much of a value is held for the pane: lines, and characters."""

_EVERY = 0.05  # seconds between two drawings of what grows
_AHEAD = 200, 100_000
"""Lines beyond the screen, and characters at least, that are made unasked: as much as can be copied, too."""

_PAUSE = 0.05
"""Seconds that a line of the list has to be looked at before its value is asked for its text."""

_SOON = 0.25
"""Seconds after which it is said that a text is being made: most are there before, and say what stands there already."""

_PATIENCE = 0.3
"""Seconds that a value has to stop by itself when another is looked at."""

_KEY = 0.03  # seconds after a key in which nothing else is done

_STEP = 8  # columns at a press of left or right

Fragments = list[Any]


class Quiet:
    """Has threads wait while a key is being answered, so that it is seen at once."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self, *_: object) -> None:
        """A key was pressed."""
        self._until = time.monotonic() + _KEY

    def wait(self) -> None:
        """Wait, in a thread, until it has been answered."""
        while time.monotonic() < self._until:
            time.sleep(_KEY / 5)


class Making:
    """Lines that a thread makes, one after the other, as many as are wanted, until there are enough, or Ctrl-C."""

    def __init__(self, make: Callable[[], Iterator[str]], changed: Callable[[], object], quiet: Quiet) -> None:
        self.lines: list[str] = []
        self.is_over = False
        self.is_waiting = False
        self.said = ""
        self._quiet = quiet
        self._wanted = _AHEAD[0]
        self._more = threading.Event()
        self._make = make
        self._changed = changed
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="histshell pane", daemon=True)

    def start(self) -> None:
        """Begin, unless it has been stopped."""
        if not self._is_stopped:
            try:
                self._thread.start()
            except RuntimeError:
                self.is_over = True

    def want(self, lines: int) -> None:
        """Have so many lines made."""
        self._wanted = max(self._wanted, lines)
        self._more.set()

    def stop(self, said: str = "") -> None:
        """Let it end by itself; what it makes from now on counts no more."""
        self._is_stopped = True
        self._more.set()
        if not self.is_over:
            self.is_over, self.said = True, said

    def interrupt(self) -> None:
        """Raise `KeyboardInterrupt` in the value's own code, should it still run."""
        if not self._thread.is_alive():
            return
        try:
            import ctypes

            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(KeyboardInterrupt)
            )
        except Exception:  # a Python without ctypes: the thread is left alone
            pass

    def interrupt_later(self) -> None:
        """Do so, should it still run after a moment."""
        if self._thread.is_alive():
            waiting = threading.Timer(_PATIENCE, self.interrupt)
            waiting.daemon = True
            waiting.start()

    def _run(self) -> None:
        try:
            said = self._go_through()
        except KeyboardInterrupt:
            said = "stopped"
        except BaseException as error:
            said = f"its text cannot be had: {told(error)}"
        if not self._is_stopped:
            self.is_over, self.said = True, said
            self._changed()

    def _go_through(self) -> str:
        size, drawn = 0, time.monotonic()
        for text in self._make():
            for line in text.split("\n"):
                size += len(line)
                self.lines.append(printable(line.expandtabs(4) if "\t" in line else line))
            self._quiet.wait()
            if self._is_stopped:
                return ""
            if len(self.lines) >= MOST_LINES or size >= MOST_SIZE:
                return f"the first {len(self.lines):,} lines"
            while len(self.lines) >= self._wanted and size >= _AHEAD[1] and not self._is_stopped:
                self._more.clear()
                self.is_waiting = True
                self._changed()
                if len(self.lines) >= self._wanted:
                    self._more.wait()
                self.is_waiting = False
            if time.monotonic() > drawn + _EVERY:
                drawn = time.monotonic()
                self._changed()
        return ""


class Pane:
    """What is shown: lines that are there, `head`, with their styles, and below them what is being made.

    `later(seconds, do)` calls something in the editor's thread after a time, `changed` has it drawn again, from any thread.
    """

    def __init__(
        self,
        later: Callable[[float, Callable[[], object]], object],
        changed: Callable[[], object],
        quiet: Quiet | None = None,
    ) -> None:
        self.quiet = quiet or Quiet()
        self.head: list[tuple[str, str]] = []
        self.instead: list[str] = []  # as long as nothing has been made
        self.making: Making | None = None
        self.top = self.left = 0
        self.what: object = None
        self._follows = False
        self._is_told = False
        self._later = later
        self._changed = changed
        self._find = re.compile(PARTS, re.VERBOSE)

    def show(
        self, what: object, head: list[tuple[str, str]], make: Callable[[], Iterator[str]] | None, instead: str = ""
    ) -> None:
        """Show something else, from its beginning; `what` tells it from others. `instead` stands there while nothing is made."""
        self.close()
        self.what, self.head, self.top, self.left, self._follows = what, head, 0, 0, False
        self.instead = instead.split("\n") if instead else []
        self._is_told = False
        self.making = None if make is None else Making(make, self._grown, self.quiet)
        if self.making is not None:
            self._later(_PAUSE, self.making.start)
            self._later(_SOON, partial(self._tell, self.making))

    def _grown(self) -> None:  # in the thread
        """Have it drawn again, unless all that was made says what stands there already."""
        making = self.making
        if making is None or making.said or making.is_waiting or self._is_told or making.lines != self.instead:
            self._changed()

    def _tell(self, making: Making) -> None:
        """Say that a text is still being made."""
        if making is self.making and not (making.is_over or making.is_waiting):
            self._is_told = True
            self._changed()

    def close(self) -> None:
        """Stop what is being made."""
        making = self.making
        if making is not None and not making.is_over:
            making.stop()
            making.interrupt_later()

    def interrupt(self) -> bool:
        """Stop what is being made, as Ctrl-C does; false if nothing is, as far as it has been said."""
        making = self.making
        if making is None or making.is_over or making.is_waiting or not self._is_told:
            return False
        making.stop("stopped by Ctrl-C")
        making.interrupt()
        return True

    # -- what is seen --------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Return how many lines there are by now."""
        return len(self.head) + len(self._body())

    def _body(self) -> list[str]:
        made = self.making.lines if self.making is not None else []
        return made or self.instead

    def text(self) -> str:
        """Return the text of the value, as far as it has been made."""
        return "\n".join(self._body())

    def fragments(self, rows: int, columns: int) -> Fragments:
        """Return so much of it as there is room for, from where it is scrolled to."""
        if self._follows:  # the end, which moves as long as more is made
            self.top = self.count() - rows
        self.top = max(0, min(self.top, self.count() - 1))
        pieces: Fragments = []
        body = self._body()
        for place in range(self.top, min(self.top + rows, self.count())):
            is_head = place < len(self.head)
            style, line = self.head[place] if is_head else ("", body[place - len(self.head)])
            line = line[self.left : self.left + columns]
            pieces += [(style, line)] if is_head else self._painted(line)
            pieces.append(("", "\n"))
        return pieces

    def _painted(self, line: str) -> Fragments:
        pieces, end = [], 0
        for found in self._find.finditer(line):
            style = STYLES.get(found.lastgroup or "")
            if style:
                pieces += [("", line[end : found.start()]), (style, found.group())]
                end = found.end()
        return [*pieces, ("", line[end:])]

    def state(self, rows: int) -> str:
        """Return where one is, in a few words."""
        count, making = self.count(), self.making
        more = " and more" if making is not None and making.is_waiting else ""
        last = min(self.top + rows, count)
        words = [f"{self.top + 1:,} to {last:,} of {count:,} lines{more}"] if count > rows else []
        if self.left:
            words.append(f"from column {self.left + 1}")
        if making is not None and (making.said or self._is_told and not (making.is_over or making.is_waiting)):
            words.append(making.said or "…")
        return ", ".join(words)

    # -- scrolling -----------------------------------------------------------------------------------------------------

    def scroll(self, key: str, rows: int, columns: int) -> None:
        """Do what a key says: up, down, pageup, pagedown, home, end, left, right."""
        last = max(self.count() - rows, 0)
        steps = {"up": -1, "down": 1, "pageup": -rows, "pagedown": rows, "home": -self.top, "end": last - self.top}
        if key in steps:
            self.top = max(0, min(self.top + steps[key], last))
            if self.making is not None:
                self.making.want(MOST_LINES if key == "end" else self.top + 2 * rows + _AHEAD[0])
                self._is_told = True  # if more is made for it
            self._follows = key == "end"
        if key in ("left", "right"):
            first = max(self.top - len(self.head), 0)
            shown = [line for _, line in self.head[self.top :]] + self._body()[first : first + rows]
            most = max(max(map(len, shown), default=0) - columns, 0)
            step = -_STEP if key == "left" else _STEP
            self.left = max(0, min(self.left + step, max(most, self.left)))
        if key == "home":
            self.left = 0
