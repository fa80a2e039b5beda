"""What Python's own prompts tell of their inputs, handed on to the journal. Loaded when the first one has been accepted.

C's loop, and PyREPL's, tell of each before it runs, and of its end when they ask for the next. Whether it has failed is told by the
exception that Python keeps as the last one.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Callable, Tuple

from histshell.history import Own

from .hangup import Hangup
from .key_count import KeyCount

if TYPE_CHECKING:
    from histshell.compiling import Compiling
    from histshell.journal.writer import Journal
    from histshell.line_editor import LineEditor

    from .offered import Offered

_QUICK = 0.02, 0.0005
"""Seconds, and seconds of the processor: what is over sooner, and has shown nothing, may have been an empty line."""

# Each call of ours is one that the user's tracer sees. `id` would be an event for an audit hook; `object`'s own hash is none.
_getattr, _hash = getattr, object.__hash__


class StockInputs:
    """The inputs of Python's own prompt, and the journal they go into.

    `then`, None for nobody, is called before each prompt. `shown` is set when a prompt begins to be shown. With `offers` the line
    editor offers the inputs of other sessions, too.
    """

    def __init__(self, journal: Journal, editor: LineEditor, offers: bool = False) -> None:
        self.journal = journal
        self.then: Callable[[], object] | None = None
        self.past: Offered | None = None  # from the second prompt on
        self._offers = offers
        self._mark = 0  # of readline's memory: what is older than the input that runs
        self._count = 0  # how many lines that has
        self.editor = editor
        self.hangup = Hangup(self.journal.goodbye)
        self.shown = 0.0
        self.runs = 0  # how many of this loop run: none or one
        self._consoles = False  # whether consoles within the input that runs have told of theirs
        self._reads = _is_terminal(0) and _is_terminal(1)  # whether readline does: C asks it for nothing else
        self._keys = KeyCount() if self._reads and editor.history_length is not None else None
        self._last_line = ""  # of readline's, when the prompt was shown
        self._asked_at: int | None = None  # lines that it had then, None when it has been told what was read
        self._failed = (0, 0)  # the exception that was shown last, before this input
        self._maybe: Tuple[float, float] | None = (
            None  # since when something runs of which it is not certain that it does
        )

    # -- PyREPL --------------------------------------------------------------------------------------------------------

    def has_read(self, text: str) -> None:
        """A statement has been read, and is about to run."""
        if self.hangup.is_there:
            self.hangup.leave()
        text = text.rstrip()
        if text:
            self._failed = _hash(_getattr(sys, "last_value", None)), _hash(_getattr(sys, "last_traceback", None))
            self.runs, self._consoles = 1, False
            try:
                self.journal.accepted(text)
            except BaseException as error:  # Ctrl-C in the middle of it: the input will not run
                self.runs = 0
                self.journal.over(error)
                raise

    def asks(self) -> None:
        """A statement is asked for: what ran before is over."""
        end = perf_counter()
        if self.runs:
            self.runs = 0
            if self._consoles:
                self._end_consoles()
            error = _getattr(sys, "last_value", None)
            if self._failed == (_hash(error), _hash(_getattr(sys, "last_traceback", None))):
                error = None
            self.journal.over(error, False, end)
        past = (
            self.past or self._past() if self._offers else None
        )  # no call more than it needs: a user's tracer sees them
        if past is not None:
            past.asks()
        self.hangup.join()
        if self.then is not None:
            self.then()

    def leaves(self) -> None:
        """No statement is asked for any more, whether one has been read or not."""
        if self.past is not None:
            self.past.leaves()

    # -- C's loop ------------------------------------------------------------------------------------------------------

    def loop_has_read(self) -> None:
        """C's loop has read an input, and is about to run it; or it has read the end."""
        self._maybe = self._asked_at = None
        text = self._read_by_loop()
        if text is None:  # nothing runs: a window that is being closed tells of the end before it sends the signal
            return
        if self.hangup.is_there:
            self.hangup.leave()
        text = text.rstrip()
        if text:
            self._failed = _hash(_getattr(sys, "last_value", None)), _hash(_getattr(sys, "last_traceback", None))
            self.runs, self._consoles = 1, False
            self.journal.accepted(text)
        if self.past is not None:
            self.past.has_read(text, self._count)

    def _read_by_loop(self) -> str | None:
        """Return the text of what has been read, empty where nobody knows it; None where it is certain that nothing runs."""
        length = self.editor.history_length
        if not self._reads or length is None:
            return ""
        number, item = length(), sys.modules["readline"].get_history_item
        mark = self._mark = self.editor.mark
        self._count = number - mark
        if number > mark + 1:
            return "\n".join(self.editor.since())
        text = item(number) or ""
        if number == mark and text == self._last_line:
            keys = self._keys.count() if self._keys is not None else None
            if keys is None:
                self._maybe = perf_counter(), thread_time()
            elif keys < 2:
                return None  # an empty line, Ctrl-C, Ctrl-D, or a window that is being closed
        return text

    def loop_asks(self) -> None:
        """C's loop asks for an input: what ran before is over."""
        if self.runs:
            if self._consoles:
                self._end_consoles()
            error, trace = _getattr(sys, "last_value", None), _getattr(sys, "last_traceback", None)
            failed = _hash(error), _hash(trace)
            if self._failed == failed:
                error = None
            void = False
            if error is not None:
                void = trace is None and type(error) is KeyboardInterrupt  # of the line that was typed
            elif self._maybe is not None and not self.journal.has_results():
                void = self.shown - self._maybe[0] < _QUICK[0] and thread_time() - self._maybe[1] < _QUICK[1]
            self.journal.over(error, void, self.shown)
            self._failed = failed
            self.runs = 0  # last: Ctrl-C has this asked once more, and what is over already is not told again
        length = self.editor.history_length
        past = self.past or self._past() if self._offers and self._reads and length is not None else None
        if past is not None:
            past.prompt_shown(self._mark, self._count)
            self._count = 0
            self.editor.prompt_shown()
        if length is not None:
            number, item = length(), sys.modules["readline"].get_history_item
            if self._asked_at is not None:
                self._untold(self._asked_at, number, item)
            self._asked_at, self._last_line = number, item(number) or ""
        self.hangup.join()
        if self.then is not None:
            self.then()
        if self._keys is not None:
            self._keys.begin()  # last: it counts all that is read from here on

    def _untold(self, asked_at: int, number: int, item: Callable[[int], str | None]) -> None:
        """Tell of an input that has run already: Ctrl-C came when C's loop was about to tell of it."""
        lines = [item(line) or "" for line in range(asked_at + 1, number + 1)]
        if not lines and self.journal.has_results():  # it was the line before once more
            lines = [self._last_line]
        text = "\n".join(lines).rstrip()
        if not text:
            return
        error, trace = _getattr(sys, "last_value", None), _getattr(sys, "last_traceback", None)
        failed = _hash(error), _hash(trace)
        self.journal.whole(text, None, None if failed == self._failed else error)
        self._failed = failed

    # -- consoles, `code.interact()` and asyncio's, within the prompt or in its place ------------------------------------

    def console_has_read(self, compiling: Compiling, text: str, error: BaseException | None = None) -> None:
        """A console has read an input, and is about to run it, unless it could not be compiled."""
        self.console_asks(compiling)
        self.hangup.leave()
        text = text.rstrip()
        if text:
            self._consoles = True
            self._failed = _hash(_getattr(sys, "last_value", None)), _hash(_getattr(sys, "last_traceback", None))
            self.journal.accepted(text)
            if error is None:
                compiling.depth = self.journal.runs()
            else:
                self.journal.over(error)

    def console_asks(self, compiling: Compiling) -> None:
        """A console asks for an input: what it ran before is over."""
        depth, compiling.depth = compiling.depth, 0
        failed = _hash(_getattr(sys, "last_value", None)), _hash(_getattr(sys, "last_traceback", None))
        if depth:
            self._end_consoles(depth)
            self.journal.over(None if failed == self._failed else _getattr(sys, "last_value", None), False, self.shown)
        self._failed = failed
        self.hangup.join()

    def _end_consoles(self, depth: int = 1) -> None:
        """End the inputs of consoles deeper within, which were left in the middle of one."""
        while self.journal.runs() > depth:
            self.journal.over()

    # -- all -----------------------------------------------------------------------------------------------------------

    def _past(self) -> Offered | None:
        """Return what the line editor offers besides its own; None while it cannot be loaded, with `builtins.len = None`."""
        if self.past is None:
            try:
                from . import offered

                self.past = offered.find(self.journal, self.editor)
            except Exception:  # the prompt keeps its number
                return None
        return self.past

    def forget(self, sources: set[str]) -> None:
        """Offer inputs no more."""
        if self.past is not None:
            self.past.forget(sources)

    def end(self) -> None:
        """The process ends, or histshell is taken out."""
        # C's loop does not tell of an end where the prompt is the user's own: what ran last may have been over long ago.
        blind = self._keys is not None and not issubclass(type(_getattr(sys, "ps1", None)), Own)
        for thread in () if blind else self.journal.threads():
            while self.journal.runs(thread):  # `exit()`, or Ctrl-D, which is not told from the last line once more
                maybe, self._maybe = self._maybe, None
                self.journal.over(None if maybe is not None else SystemExit(), maybe is not None, thread=thread)
        self.runs = 0
        if self.past is not None:
            self.past.end()
        self.journal.goodbye()
        self.hangup.leave()


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
