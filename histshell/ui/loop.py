"""Read, run, show, and again: the rich prompt from its first line to its end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from histshell import interrupts, tracebacks
from histshell.shells import integration

from . import streams
from .editor_thread import Interrupted, signals, stop
from .evaluate import Crash, Runner, report
from .terminal import standing_in

if TYPE_CHECKING:
    from histshell.journal.writer import Journal

    from .editor import Editor
    from .terminal import Terminal

_LEAVING = ("exit", "quit")


class Loop:
    """One rich prompt. `before` is called before each input is read.

    `marks` are those of shell integration that stand around an output, None for none; `journal()` gives what is told of each input,
    None where none is kept; `text` gives that of a traceback. SIGINT is ours, but for the user's code.
    """

    def __init__(
        self,
        editor: Editor,
        terminal: Terminal,
        runner: Runner,
        before: Callable[[], object],
        marks: OutputMarks | None,
        journal: Callable[[], Journal | None] = lambda: None,
        text: tracebacks.Format | None = None,
    ) -> None:
        self.report = partial(report, text=text)
        self.marks = marks
        self.told = Told(journal)
        self.editor = editor
        self.terminal = terminal
        self.runner = runner
        self.before = before

    def run(self) -> None:
        """Go on until the user leaves by Ctrl-D. `SystemExit` is raised for `exit()`, `Crash` if the interface fails."""
        with interrupts.Held(partial(stop, self.editor.app)):
            while True:
                try:
                    interrupts.sigint.ours()
                    with signals(self.editor.app, self.terminal, self.told.goodbye):
                        text = self.read()
                    if text is None:
                        return
                    self._run(text)
                except KeyboardInterrupt:  # on the way from the user's code back to ours
                    interrupts.sigint.ours()

    def _run(self, text: str) -> None:
        """Run an input, and show what it raises, but for `SystemExit` and `Crash`."""
        sigint = interrupts.sigint
        self.told.accepted(text, self.editor.is_private)
        try:
            sigint.theirs()
            try:
                self.runner.run(text)
            finally:
                streams.flush()
            sigint.ours()
            self.told.over()
        except (SystemExit, Crash) as error:
            sigint.ours()
            self.told.over(error)
            raise
        except BaseException as error:
            sigint.ours()
            self.told.over(error)
            try:
                sigint.theirs()
                self.report(error)
                sigint.ours()
            except KeyboardInterrupt:
                sigint.ours()
                tracebacks.say("\nKeyboardInterrupt\n")

    def read(self) -> str | None:
        """Read the next input, None at the end. Raises `Crash`."""
        try:
            with standing_in():
                text = self._read()
        except EOFError:
            return None
        except KeyboardInterrupt:
            return ""
        except Interrupted as interruption:
            self.report(interruption.error)
            return ""
        except Exception as error:
            raise Crash from error
        if self.marks is not None:
            self.marks.output_begins()
        if text.strip() in _LEAVING and text.strip() not in self.runner.namespace:
            return None
        return text

    def _read(self) -> str:
        """Read the next input. Raises whatever an editor raises."""
        if self.marks is not None:
            self.marks.output_ends()
        _mend()
        self.before()
        self.terminal.fresh_line()
        with streams.above_the_prompt(self.editor.app, self.terminal):
            return self.editor.read()


class Told:
    """What the journal is told: nothing before the first input."""

    def __init__(self, journal: Callable[[], Journal | None]) -> None:
        self._journal = journal
        self._used: Journal | None = None
        self._runs: Journal | None = None  # while an input that it was told of runs

    def accepted(self, text: str, is_private: bool = False) -> None:
        """An input is about to run; a private one is not to be kept, though it has lost the space that it began with."""
        journal = self._journal()
        if journal is not None and text.strip():
            self._used = self._runs = journal
            journal.accepted(" " * is_private + text.rstrip())

    def over(self, error: BaseException | None = None) -> None:
        """It is over."""
        runs, self._runs = self._runs, None
        if runs is not None:
            runs.over(error)

    def goodbye(self) -> None:
        """The window is closed, with nothing running."""
        if self._used is not None:
            self._used.goodbye()


class OutputMarks:
    """Tells the terminal where an output begins and ends, and whether the input has failed."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._status = integration.Status()
        self._open = False

    def output_begins(self) -> None:
        """Note that an input has been accepted, and runs now."""
        self._open = True
        self._write(integration.OUTPUT)

    def output_ends(self) -> None:
        """Note that a new prompt is about to be shown."""
        status = self._status()
        if self._open:
            self._open = False
            self._write(integration.finished(status))

    def _write(self, text: str) -> None:
        try:
            self.terminal.write(text)
        except OSError:
            pass


def _mend() -> None:
    """Put back what the user's code may have taken away, and no prompt can do without."""
    if not hasattr(sys, "excepthook"):
        sys.excepthook = sys.__excepthook__
    if not hasattr(sys, "displayhook"):
        sys.displayhook = sys.__displayhook__
