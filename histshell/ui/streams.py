"""Printing while a line is being typed, by threads, tasks, signal handlers and windows: above the prompt, not into it."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from .editor_thread import in_loop

if TYPE_CHECKING:
    from prompt_toolkit.application import Application

    from .terminal import Terminal

_SECONDS = 0.1
"""The least time between two drawings: what is printed meanwhile is collected."""


class Written(Protocol):
    """What is needed of a stream that others print to."""

    def write(self, text: str, /) -> int:
        """Write a text."""

    def flush(self) -> object:
        """Pass on what has been written."""


class Above:
    """Collects what is printed while an editor runs, and has it written above the line being typed."""

    def __init__(self, app: Application[str], terminal: Terminal) -> None:
        self.app = app
        self.terminal = terminal
        self._lock = threading.RLock()  # a signal handler may print, too
        self._pending: list[tuple[Written, str]] = []
        self._asked = False
        self._last = 0.0

    def add(self, stream: Written, text: str) -> None:
        """Queue a text for a stream."""
        with self._lock:
            self._pending.append((stream, text))
            if self._asked:
                return
            self._asked = True
        if not in_loop(self.app, self._soon):
            self.write()

    def _soon(self) -> None:
        """Hide the line, write, and draw it again: in the editor's thread."""
        wait = self._last + _SECONDS - time.monotonic()
        loop = self.app.loop
        if wait > 0 and loop is not None:
            loop.call_later(wait, self._soon)
            return
        from prompt_toolkit.application import run_in_terminal

        def write() -> None:
            if not self.write():
                self.terminal.fresh_line()
            self._last = time.monotonic()

        run_in_terminal(write)

    def write(self) -> bool:
        """Write all that was collected; false if what comes next would not begin a line."""
        with self._lock:
            pending, self._pending, self._asked = self._pending, [], False
        for stream, text in pending:
            try:
                stream.write(text)
                stream.flush()
            except Exception:  # the terminal is gone, or the stream was closed: nobody waits for an answer
                pass
        return not pending or pending[-1][1].endswith("\n")


class StandIn:
    """Stands for a stream at the terminal while a line is typed; later whoever has kept it goes on with the stream itself."""

    def __init__(self, stream: Written, above: Above) -> None:
        self._stream = stream
        self._above: Above | None = above
        self._line = ""

    def write(self, text: str) -> int:
        """Write a text; gives its length. What has no newline yet waits for it, as in any stream at a terminal."""
        above = self._above
        if above is None:
            return int(self._stream.write(text))
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        whole, newline, self._line = (self._line + text).rpartition("\n")
        if newline:
            above.add(self._stream, whole + newline)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Pass on what has been written so far, also of a line that has no end yet."""
        above = self._above
        if above is None:
            self._stream.flush()
        elif self._line:
            line, self._line = self._line, ""
            above.add(self._stream, line)

    def done(self) -> None:
        """Note that the line has been entered: from now on this is the stream itself."""
        above, self._above = self._above, None
        if self._line and above is not None:
            line, self._line = self._line, ""
            above.add(self._stream, line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def above_the_prompt(app: Application[str], terminal: Terminal) -> Iterator[None]:
    """Let `sys.stdout` and `sys.stderr` print above what is being typed, where they print at the terminal.

    A stream of the user's own, or one that goes elsewhere, is left as it is.
    """
    above = Above(app, terminal)
    taken: list[tuple[str, StandIn]] = []
    gone = [name for name in ("stdin", "stdout", "stderr") if not hasattr(sys, name)]
    for name in gone:
        setattr(sys, name, None)  # the library knows that there may be none, but not that the name may be gone
    for name in ("stdout", "stderr"):
        stream = _itself(getattr(sys, name, None))
        if _is_at(stream, terminal):
            made = StandIn(stream, above)
            taken.append((name, made))
            setattr(sys, name, made)
    try:
        yield
    finally:
        for name, made in taken:
            if getattr(sys, name, None) is made:
                setattr(sys, name, made._stream)
            made.done()
        for name in gone:
            if getattr(sys, name, "") is None:
                delattr(sys, name)
        above.write()


def _itself(stream: Any) -> Any:
    """Return the stream that one of ours stands for; a context manager of the user's may have put that back."""
    while type(stream) is StandIn:
        stream = stream._stream
    return stream


def _is_at(stream: object, terminal: Terminal) -> bool:
    """Return whether a stream is Python's own kind, and what it prints is seen at the terminal."""
    if type(stream) is not io.TextIOWrapper:
        return False
    try:
        return not stream.closed and terminal.is_at(stream.fileno())
    except Exception:
        return False


def flush() -> None:
    """Flush the user's streams, whatever they are; what that raises is ignored."""
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except BaseException:  # closed, missing, or the user's own
            pass
