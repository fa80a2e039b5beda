"""Read, run, show, and again: the rich prompt from its first line to its end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from histshell import failures
from histshell.shells import marks

from .evaluate import Crash, Evaluator, report

if TYPE_CHECKING:
    from .editor import Editor
    from .lending import Lent

_LEAVING = ("exit", "quit")

_SWITCH = 0.0005
"""The seconds after which a thread that looks for completions lets the one go on that draws; Python's own 5 ms are felt."""


class Loop:
    """One rich prompt. `before` is called before each input is read, `lent` is where the editor's packages come from.

    `marks` are those of shell integration that stand around an output, None for none.
    """

    def __init__(
        self, editor: Editor, evaluator: Evaluator, lent: Lent, before: Callable[[], object], marks: Marks | None
    ) -> None:
        self.marks = marks
        self.editor = editor
        self.evaluator = evaluator
        self.lent = lent
        self.before = before

    def run(self) -> None:
        """Go on until the user leaves by Ctrl-D. `SystemExit` is raised for `exit()`, `Crash` if the interface fails."""
        sigint = Sigint(self.editor.app)
        try:
            while True:
                try:
                    sigint.ours()
                    text = self.read()
                    if text is None:
                        return
                    self._run(text, sigint)
                except KeyboardInterrupt:  # on the way from the user's code back to ours
                    sigint.ours()
        finally:
            sigint.theirs()

    def _run(self, text: str, sigint: Sigint) -> None:
        """Run an input, and show what it raises, but for `SystemExit` and `Crash`."""
        try:
            sigint.theirs()
            self.evaluator.run(text)
            sigint.ours()
        except (SystemExit, Crash):
            raise
        except BaseException as error:
            sigint.ours()
            try:
                sigint.theirs()
                report(error)
                sigint.ours()
            except KeyboardInterrupt:
                sigint.ours()
                failures.say("\nKeyboardInterrupt\n")

    def read(self, shared: bool = False) -> str | None:
        """The next input, None at the end; others print meanwhile if it is `shared`, or if there are threads. Raises `Crash`."""
        try:
            if self.marks is not None:
                self.marks.output_ends()
            _mend()
            self.before()
            fresh_line()
            with self.lent:
                if shared or threading.active_count() > 1:
                    from .printing import above_the_prompt

                    with above_the_prompt():
                        text = self.editor.read()
                else:
                    text = self.editor.read()
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""
        except Interrupted as interruption:
            report(interruption.error)
            return ""
        except Exception as error:
            raise Crash from error
        if self.marks is not None:
            self.marks.output_begins()
        if text.strip() in _LEAVING and text.strip() not in self.evaluator.namespace:
            return None
        return text


class Marks:
    """Tells the terminal where an output begins and ends, and whether the input has failed."""

    def __init__(self) -> None:
        self._status = marks.Status()
        self._open = False

    def output_begins(self) -> None:
        """An input has been accepted, and runs now."""
        self._open = True
        _write(marks.OUTPUT)

    def output_ends(self) -> None:
        """A new prompt is about to be shown."""
        status = self._status()
        if self._open:
            self._open = False
            _write(marks.finished(status))


def _write(text: str) -> None:
    """Write to the terminal, behind all that the user's code has printed."""
    _flush()
    try:
        os.write(1, text.encode())
    except OSError:
        pass


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed, or the user's own
            pass


class Interrupted(Exception):
    """A signal handler of the user's has raised `error` while a line was being typed."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def in_thread(app: Any, run: Callable[[], str]) -> str:
    """Run the editor in a thread of its own, so that it is in no event loop of the user's, and wait for it here.

    Whatever signal handlers raise meanwhile, the thread has ended when this returns.
    """
    result: list[str] = []
    failed: list[BaseException] = []
    ended = threading.Event()

    def target() -> None:
        try:
            result.append(run())
        except BaseException as error:
            failed.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=target, name="histshell editor")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    thread.start()
    raised: BaseException | None = None
    # Not by `join` alone: interrupted by an exception, it takes the thread for ended in some versions (bpo-45274).
    while not ended.is_set():
        try:
            ended.wait()
        except BaseException as error:
            raised = error
            interrupt(app)
    sys.setswitchinterval(interval)
    thread.join()
    if raised is not None:
        raise Interrupted(raised)
    if failed:
        raise failed[0]
    return result[0]


def _mend() -> None:
    """Put back what the user's code may have taken away, and no prompt can do without."""
    if not hasattr(sys, "excepthook"):
        sys.excepthook = sys.__excepthook__
    if sys.stdin is None or sys.stdin.closed:  # `exit()` closes it, even where its SystemExit is caught
        sys.stdin = open(0, closefd=False)  # noqa: SIM115  # for as long as the process lives


class Sigint:
    """Who gets SIGINT: the user's code, or Python's handler for it, while that runs; else the editor, whose line it ends.

    (Ctrl-C itself is a key while the editor reads.) A `KeyboardInterrupt` in the middle of our own code could cost the prompt.
    Python's own handler is what the user's code finds: asyncio and others look for it. As a context, the editor gets it
    inside. Does nothing outside the main thread.
    """

    def __init__(self, app: Any) -> None:
        self._theirs: Any = signal.default_int_handler
        self._ours = lambda _number, _frame: interrupt(app)
        self._is_main = threading.current_thread() is threading.main_thread()

    def ours(self) -> None:
        """From here on the editor gets it."""
        if self._is_main:
            old = signal.signal(signal.SIGINT, self._ours)
            if old is not self._ours:  # one that was not set by Python is None, and cannot be put back
                self._theirs = old if old is not None else signal.default_int_handler

    def theirs(self) -> None:
        """From here on the user's code does."""
        if self._is_main:
            signal.signal(signal.SIGINT, self._theirs)

    def __enter__(self) -> None:
        self.ours()

    def __exit__(self, *exc: object) -> None:
        self.theirs()


def interrupt(app: Any) -> None:
    """End the line that is being typed at an editor, from any thread."""
    if app.loop is not None and app.is_running:
        app.loop.call_soon_threadsafe(_end_line, app)


def _end_line(app: Any) -> None:
    if app.is_running and not app.is_done:
        app.exit(exception=KeyboardInterrupt, style="class:aborting")


def fresh_line() -> None:
    """See that the prompt begins a line: what the input printed last may have no newline, and would be painted over.

    A line of blanks wraps if anything stands before it, and is overwritten if nothing does.
    """
    _flush()
    try:
        columns = os.get_terminal_size(1).columns
        os.write(1, b" " * (columns - 1) + b"\r\033[K")
    except OSError:
        pass
