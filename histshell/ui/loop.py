"""Read, run, show, and again: the rich prompt from its first line to its end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .evaluate import Evaluator

if TYPE_CHECKING:
    from types import FrameType

    from .editor import Editor
    from .lending import Lent

_LEAVING = ("exit", "quit")


class Crash(Exception):
    """The interface itself failed, not the user's code; `__cause__` says how."""


class Loop:
    """One rich prompt. `before` is called before each input is read, `lent` is where the editor's packages come from."""

    def __init__(self, editor: Editor, evaluator: Evaluator, lent: Lent, before: Callable[[], object]) -> None:
        self.editor = editor
        self.evaluator = evaluator
        self.lent = lent
        self.before = before

    def run(self) -> None:
        """Go on until the user leaves by Ctrl-D. `SystemExit` is raised for `exit()`, `Crash` if the interface fails."""
        while True:
            text = self.read()
            if text is None:
                return
            self.evaluator.run(text)

    def read(self) -> str | None:
        """The next input, None at the end. Raises `Crash`."""
        try:
            self.before()
            fresh_line()
            with self.lent, Interrupts(self.editor.app):
                text = self.editor.read()
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""
        except Exception as error:
            raise Crash from error
        if text.strip() in _LEAVING and text.strip() not in self.evaluator.namespace:
            return None
        return text


class Interrupts:
    """While the editor reads, a SIGINT from outside ends the line, and leaves nothing running behind.

    (Ctrl-C itself is a key then.) The editor runs in a thread, and this process waits for it in the main one.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.old: Any = None

    def __enter__(self) -> None:
        try:
            self.old = signal.signal(signal.SIGINT, self._interrupted)
        except ValueError:  # not the main thread
            self.old = None

    def __exit__(self, *exc: object) -> None:
        if self.old is not None:
            signal.signal(signal.SIGINT, self.old)

    def _interrupted(self, _number: int, _frame: FrameType | None) -> None:
        app = self.app
        if app.loop is not None and app.is_running:
            app.loop.call_soon_threadsafe(_end_line, app)


def _end_line(app: Any) -> None:
    if app.is_running and not app.is_done:
        app.exit(exception=KeyboardInterrupt, style="class:aborting")


def fresh_line() -> None:
    """See that the prompt begins a line: what the input printed last may have no newline, and would be painted over.

    A line of blanks wraps if anything stands before it, and is overwritten if nothing does.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed, or the user's own
            pass
    try:
        columns = os.get_terminal_size(1).columns
        os.write(1, b" " * (columns - 1) + b"\r\033[K")
    except OSError:
        pass
