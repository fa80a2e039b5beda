"""What an adapter tells of its shell's inputs, handed on to the journal and to what counts the results."""

from __future__ import annotations

import sys
from _thread import get_ident
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from histshell.journal.writer import Journal

    from .stock.hangup import Hangup


class ExitStatus(Exception):
    """Stands for the exception where a shell says of an input only with which status it ended."""

    __module__ = ""


class Inputs:
    """The inputs of one shell: `accepted` before one runs and `over` behind it, or `whole` where it is seen only afterwards.

    `journal()` is asked for what they go into when the first one comes, None where nothing is kept. `results_come` is called when
    an input is over. Nothing is raised, and nothing loaded before the first input.
    """

    def __init__(self, journal: Callable[[], Journal | None], results_come: Callable[[], None] = lambda: None) -> None:
        self.results_come = results_come
        self._find = journal
        self._journal: Journal | None = None
        self._hangup: Hangup | None = None
        self._failed: Any = None
        self._thread = 0  # in which an input was accepted; its value may be shown in another

    def _begin(self) -> Journal | None:
        """Return what the inputs go into."""
        if self._journal is None:
            self._journal = self._find()
            if self._journal is not None:
                import atexit

                from .stock.hangup import Hangup

                self._hangup = Hangup(self._journal.goodbye)
                atexit.register(self.end)
        return self._journal

    def accepted(self, source: str, language: str = "") -> None:
        """An input is about to run."""
        try:
            self._failed, self._thread = getattr(sys, "last_value", None), get_ident()
            journal = self._begin()
            if journal is not None and source.strip():
                if self._hangup is not None:
                    self._hangup.leave()
                journal.accepted(source.strip("\n"), language)
        except Exception:  # histshell is gone, or another's; the shell goes on
            pass

    def over(self, error: BaseException | None = None) -> None:
        """The input that was accepted last is over; `error` is what it raised."""
        try:
            if self._journal is not None:
                if self._journal.runs(self._thread):
                    self._journal.over(error, thread=self._thread)
                if self._hangup is not None:
                    self._hangup.join()
            self.results_come()
        except Exception:
            pass

    def last_error(self) -> BaseException | None:
        """Return the exception that Python has noted since the input was accepted, None if there was none."""
        error = getattr(sys, "last_value", None)
        return error if error is not self._failed else None

    def whole(self, source: str, seconds: float | None = None, error: BaseException | None = None) -> None:
        """An input has run, or was none that could."""
        try:
            journal = self._begin()
            if journal is not None and source.strip():
                journal.whole(source.strip("\n"), seconds, error)
            self.results_come()
        except Exception:
            pass

    def end(self) -> None:
        """The process ends, or histshell is taken out."""
        import atexit

        atexit.unregister(self.end)
        journal, self._journal, self._find = self._journal, None, lambda: None
        if journal is not None:
            if self._hangup is not None:
                self._hangup.leave()
            while journal.runs(self._thread):
                journal.over(SystemExit(), thread=self._thread)
            journal.goodbye()
