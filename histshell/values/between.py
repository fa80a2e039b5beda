"""What the journal asks for the value of each new result.

What is small is saved at once. What would take longer than a millisecond is handed to a thread, which lives as long as it has some.
It gives up what has not been saved when the next input is accepted, since that may change it. The first value of another kind than
a number or a text goes that way as well: the pickler takes milliseconds to load; for that one an input waits a moment.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING, List, Tuple

from histshell import forking

from .atoms import atom, is_atom

if TYPE_CHECKING:
    from histshell.journal.writer import Journal

    from .saving import Saver

_MOST = 100
"""How many values wait for the thread."""

_SMALL = 2000
"""Bytes of a saved value that is looked through for secrets at the prompt: in random bytes that takes half a millisecond."""

_FIRST = 0.04
"""Seconds that an input waits for the first value of its session."""

_AT_EXIT = 0.3
"""Seconds that the end of the process waits for it."""


class Keeper:
    """Saves the results of one journal's session, `limit` bytes of each at most."""

    def __init__(self, journal: Journal, limit: int) -> None:
        self.journal = journal
        self.limit = limit
        self._saver: Saver | None = None  # there from the first value on that is no atom
        self._waiting: List[Tuple[int, object, bytes | None, int]] = []
        self._running = allocate_lock()
        self._process = os.getpid()
        journal.before_goodbye = self.finish

    def save(self, value: object, number: int) -> bytes | None:
        """Return a plain value as bytes; None if it is none, or is saved later."""
        if self._process != os.getpid():  # the thread was left behind in the process that forked
            self._process, self._running, self._waiting = os.getpid(), allocate_lock(), []
        saver = self._saver
        if is_atom(value):
            data = atom(value, self.limit)
        elif saver is not None:
            data = saver.save(value)
        else:
            self.journal.before_input = self._wait
            self._later(number, value, None)
            return None
        if data is not None and len(data) > _SMALL:
            self._later(number, None, data)
            return None
        if data is None and saver is not None and saver.slow and not is_atom(value):
            self._later(number, value, None)
        return data

    def _later(self, number: int, value: object, data: bytes | None) -> None:
        """Have the thread save a value, or go on with what has been made of it."""
        if len(self._waiting) >= _MOST:
            return
        self._waiting.append((number, value, data, self.journal.inputs))
        if self._running.acquire(blocking=False):
            try:
                forking.start(self._work)
            except RuntimeError:  # the process ends, or has threads enough
                self._waiting.clear()
                self._running.release()

    def _work(self) -> None:
        """Save what waits, in a thread of its own."""
        try:
            saver = self._leisurely()
            while self._waiting:
                number, value, data, inputs = self._waiting.pop(0)
                if data is not None:
                    self.journal.keep(number, data)
                elif inputs == self.journal.inputs:
                    data = saver.save(value)
                    if data is not None:
                        self.journal.keep(number, data, inputs)
                del value
        except Exception:  # it is only not saved
            self._waiting.clear()
        finally:
            self.journal.before_input = None
            self._running.release()
        if self._waiting and self._running.acquire(blocking=False):  # one came in between
            self._work()

    def _leisurely(self) -> Saver:
        """Return what saves here, where there is time; from now on there is one for the prompt as well."""
        from . import saving

        saving.load()
        if self._saver is None:
            self._saver = saving.Saver(self.limit, saving.AT_ONCE)
        return saving.Saver(self.limit)

    def _wait(self) -> None:
        """Have the session's first value saved before an input that follows at once, typed by a program, can change it."""
        self.journal.before_input = None
        if self._process == os.getpid() and self._running.acquire(timeout=_FIRST):
            self._running.release()

    def finish(self) -> None:
        """Wait for the thread, but not for long: the process ends."""
        if self._process == os.getpid() and self._running.acquire(timeout=_AT_EXIT):
            self._running.release()
