"""Signals as in a terminal that somebody has just opened, whatever the tests were started from.

`make test &` in a script, `nohup`, a service or a debugger start their programs with signals ignored or blocked, and every
child inherits that: at a prompt in such a terminal Ctrl-C does nothing, for ever.
"""

from __future__ import annotations

import signal
from types import FrameType

#: Those that no program can choose for itself.
FIXED = {signal.SIGKILL, signal.SIGSTOP}
#: Those that Python itself ignores from its start on, and gives back to the children of `subprocess`.
_PYTHONS = {signal.SIGPIPE, *({signal.SIGXFSZ} if hasattr(signal, "SIGXFSZ") else ())}


def as_in_a_terminal() -> None:
    """Take every signal's default action and block none: what the child does between fork and exec."""
    for number in signal.valid_signals() - FIXED:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue  # one that the C library keeps for itself
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def give_none_to_children() -> None:
    """Make this process ignore and block signals in a way that its children do not inherit.

    What is ignored gets a handler that does nothing, since exec() puts a handler back to the default and leaves an
    ignored signal ignored; what is blocked gets one too, and is unblocked.
    """
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    for number in signal.valid_signals() - FIXED - _PYTHONS:
        if signal.getsignal(number) == signal.SIG_IGN or number in blocked:
            try:
                signal.signal(number, _nothing)
            except (OSError, ValueError):
                continue  # as above
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Handle a signal that is to be ignored."""
