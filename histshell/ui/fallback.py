"""The plain prompt that takes over where the rich one fails: it needs none of Python's three streams, nor fd 0 to 2."""

from __future__ import annotations

import builtins
import code
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from histshell import interrupts, tracebacks

from .terminal import Terminal

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from histshell.journal.writer import Journal

_OF_CODEOP = 0x4200
"""The flags by which `codeop` has the compiler say whether an input is whole; all others are the user's `__future__`."""


class FallbackConsole(code.InteractiveConsole):
    """Python's own console, which reads at the terminal itself where `input()` would read or prompt elsewhere.

    `terminal` is the one that is open already, None to open one when it is needed; `journal()` is asked for what is told of the
    inputs.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        terminal: Terminal | None = None,
        journal: Callable[[], Journal | None] = lambda: None,
    ) -> None:
        namespace.setdefault("__builtins__", builtins)  # else the code would get those of our copy of `code`
        super().__init__(namespace)
        self.terminal = terminal
        self.read = 0
        self.histshell_tells = True  # of its inputs by itself: `first_input` leaves it alone
        self._journal = journal
        self._text = ""  # of the input that is looked at

    def go_on(self) -> None:
        """Read and run until the end of the input, whatever the user has made of `builtins`. `SystemExit` passes."""
        while True:
            read = self.read
            try:
                self.interact("", "")
                return
            except Exception as error:  # `builtins.len = None`: the library's own functions fail
                tracebacks.say(f"histshell: the prompt failed ({type(error).__name__}: {error})\n")
                self.resetbuffer()
                if self.read == read:  # it cannot even ask
                    raise

    def runsource(self, source: str, filename: str = "<input>", symbol: str = "single") -> bool:
        """Run an input; true if it is not whole yet. Where the library's functions fail each line is an input."""
        self._text = source
        compiled: CodeType | None = None
        try:
            compiled = self.compile(source, filename, symbol)
            if compiled is None:
                return True
        except (
            Exception
        ):  # the library's function fails; or this is no Python, where it says less than the compiler does
            pass
        if compiled is None:
            try:
                compiled = compile(f"{source}\n", filename, symbol, self.compile.compiler.flags & ~_OF_CODEOP, True)
            except Exception:
                self.showsyntaxerror()
                return False
        self.runcode(compiled)
        return False

    def runcode(self, code: CodeType) -> None:
        """Run what has been compiled, and show what it raises."""
        journal = self._told()
        if journal is not None:
            journal.accepted(self._text.rstrip("\n"))
        raised: BaseException | None = None
        try:
            exec(code, self.locals)  # noqa: S102  # the user's input
        except SystemExit as error:
            raised = error
            raise
        except BaseException as error:
            raised = error
            tracebacks.show(error, _is_ours)
        finally:
            if journal is not None:
                journal.over(raised)
            del raised  # with its frames

    def _told(self) -> Journal | None:
        """Return what is told of inputs, None where nothing is, or it cannot be had any more."""
        try:
            return self._journal()
        except Exception:
            return None

    def showsyntaxerror(self, filename: str | None = None, **_more: object) -> None:  # noqa: ARG002  # it is in the error
        """Show what could not be compiled."""
        error = _raised()
        tracebacks.show(error, lambda _frame: True)
        journal = self._told()
        if journal is not None:
            journal.whole(self._text, 0.0, error)

    def raw_input(self, prompt: str = "") -> str:
        """Return the next line. Raises `EOFError` at the end."""
        self.read += 1
        if _are_whole():
            try:
                return input(prompt)
            except (OSError, ValueError, RuntimeError):  # somebody else has closed one just now
                pass
        if self.terminal is None:
            self.terminal = Terminal()
        return self.terminal.ask(str(prompt))

    def write(self, data: str) -> None:
        """Show what the console says, where `tracebacks.say` shows it."""
        tracebacks.say(data)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename == __file__


def _raised() -> BaseException:
    error = sys.exc_info()[1]
    assert error is not None
    return error


def _are_whole() -> bool:
    """Return whether `input()` would read from the terminal, and show its prompt there."""
    try:
        return sys.stderr is not None and all(
            not stream.closed and stream.fileno() == fd and os.isatty(fd)
            for fd, stream in enumerate((sys.stdin, sys.stdout))
        )
    except Exception:  # missing, or the user's own
        return False


def go_on(namespace: dict[str, Any], terminal: Terminal, journal: Callable[[], Journal | None] = lambda: None) -> bool:
    """Go on after a crash: false if the prompt that the rich one was opened from can go on, true when one of ours has been left.

    The interpreter's own prompts end with fd 0. `SystemExit` passes.
    """
    if os.isatty(0) and os.isatty(1):
        return False
    with interrupts.GivenBack():
        FallbackConsole(namespace, terminal, journal).go_on()
    return True
