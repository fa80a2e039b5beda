"""A window that is closed while nothing runs: the session says goodbye before SIGHUP ends it, as it ends any other.

The handler is there while a prompt is shown, and only where nobody has another: the user's code does not see it.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what `signal` is made of: that would import `enum`
import os
import sys
from typing import Any, Callable

_SIGHUP = getattr(_signal, "SIGHUP", None)  # Windows has none
_signals, _handler, _DEFAULT = _signal.signal, _signal.getsignal, _signal.SIG_DFL


class Hangup:
    """`goodbye` is called when the window is closed between `join` and `leave`."""

    def __init__(self, goodbye: Callable[[], object]) -> None:
        self.is_there = False
        self._goodbye = goodbye
        self._ours: Any = self._arrived  # one object, to be known again

    def join(self) -> None:
        """A prompt is shown."""
        if _SIGHUP is None or self.is_there:
            return
        try:
            if _handler(_SIGHUP) == _DEFAULT:
                _signals(_SIGHUP, self._ours)
                self.is_there = True
        except ValueError:  # not the main thread
            self._in_loop(self.join)

    def leave(self) -> None:
        """An input has been accepted."""
        if self.is_there:
            self.is_there = False
            try:
                if _handler(_SIGHUP) is self._ours:
                    _signals(_SIGHUP, _DEFAULT)
            except ValueError:
                self.is_there = True
                self._in_loop(self.leave)

    def _in_loop(self, step: Callable[[], object]) -> None:
        """Do a step in the main thread, where asyncio's prompt has its loop, before whatever that is given next."""
        loop = vars(sys.modules.get("__main__", sys)).get("loop")
        main = sys.modules.get("threading")
        if main is None or main.current_thread() is main.main_thread():
            return
        try:
            loop.call_soon_threadsafe(step)  # type: ignore[union-attr]  # whatever it is
        except Exception:  # it is another's, or closed
            pass

    def _arrived(self, number: int, _frame: object) -> None:
        _signals(number, _DEFAULT)
        try:
            if self.is_there:
                self._goodbye()
        finally:
            os.kill(os.getpid(), number)
