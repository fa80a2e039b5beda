"""Calling what may never return, and waiting for it only so long.

Used for the one method of the user's that is called, `__dir__`, and for listing directories, which a dead network
drive can hold up. The call runs in a thread of its own, in the caller's context variables; whoever waits goes on at the limit.
A call that overruns is asked to stop by an exception, which ends a loop written in Python; one that sleeps or waits
in C ends when it ends, and until then nothing is called for its owner again. What cannot be bounded from within a
process is C code that keeps the interpreter's lock all the time.
"""

from __future__ import annotations

import _thread
from typing import Any, Callable, Dict, Tuple

MOST = 4
"""How many calls that have overrun may be under way; beyond that no call is made."""

_overdue: Dict[int, object] = {}  # by the id of the owner, which is held so that the id stays its own


class Overrun(BaseException):
    """Ends a call that nobody waits for any more; it is raised inside it and never reaches the user."""


def call(
    function: Callable[..., Any], *args: Any, owner: object, seconds: float, stop: bool = True
) -> Tuple[Any] | None:
    """Return `(function(*args),)`, or None if it raises, has not returned in time, or an earlier one still runs.

    `owner` is what a call that overruns is remembered by: a class, or a path. With `stop=False` it may go on, for what
    it leaves behind to be there the next time.
    """
    key = id(owner)
    if seconds <= 0 or key in _overdue or len(_overdue) >= MOST:
        return None
    under_way = _Call(function, args, key)
    _overdue[key] = owner
    try:
        from contextvars import copy_context

        thread = _thread.start_new_thread(copy_context().run, (under_way.run,))
    except Exception:  # no threads here, or no more of them
        _overdue.pop(key, None)
        return None
    if not under_way.done.acquire(timeout=seconds):
        if stop:
            under_way.stop(thread)
        return None
    return under_way.result


class _Call:
    """One call under way. `gate` is held while it is settled whether it has ended or is told to."""

    def __init__(self, function: Callable[..., Any], args: Tuple[Any, ...], key: int) -> None:
        self.function = function
        self.args = args
        self.key = key
        self.result: Tuple[Any] | None = None
        self.ended = False
        self.gate = _thread.allocate_lock()
        self.done = _thread.allocate_lock()
        self.done.acquire()

    def run(self) -> None:
        try:
            try:
                self.result = (self.function(*self.args),)
            except BaseException:  # whatever a foreign method raises, SystemExit too, is no concern of the prompt's
                pass
            with self.gate:
                self.ended = True
        except BaseException:  # `Overrun`, come late; uncaught, the interpreter would print it
            pass
        finally:
            _overdue.pop(self.key, None)
            self.done.release()

    def stop(self, thread: int) -> None:
        """Raise `Overrun` in the thread at its next step in Python."""
        try:
            import ctypes  # 3 ms, and only in a session where something did overrun

            with self.gate:
                if not self.ended:  # else its number may already be another thread's
                    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
                    raise_in(ctypes.c_ulong(thread), ctypes.py_object(Overrun))
        except Exception:  # a Python without ctypes, or without that function: the thread ends by itself
            pass
