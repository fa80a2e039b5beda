"""Code of the user's that runs while we wait, for a line or for what is awaited: tasks, callbacks, handlers of signals.

Where one never ends, Ctrl-C ends it; nothing else could. So what gets SIGINT asks here what it has interrupted.
"""

from __future__ import annotations

import asyncio
import os
import selectors
import sys
import threading
from types import CodeType, FrameType
from typing import Any

from histshell import home

_OURS = os.path.dirname(home.__file__) + os.sep
_WAITING = (os.path.dirname(asyncio.__file__) + os.sep, selectors.__file__, threading.__file__)
"""What waits: an exception there would stop nothing of the user's, and might cost an event."""


def interrupted() -> FrameType | None:
    """Return what SIGINT has interrupted; for what `interrupts.sigint` calls, and nothing else."""
    return sys._getframe(2).f_back  # this function, the one that asks, the handler


def is_within(frame: FrameType | None, code: CodeType) -> bool:
    """Return whether a frame was called, however indirectly, by a function with that code."""
    while frame is not None:
        frame = frame.f_back
        if frame is not None and frame.f_code is code:
            return True
    return False


def is_called_by(frame: FrameType | None, *codes: CodeType) -> bool:
    """Return whether a frame is the user's, and the first of ours that led to it has one of these codes."""
    if frame is None or frame.f_code.co_filename.startswith(_WAITING):
        return False
    first = frame
    while frame is not None and not _is_ours(frame):
        frame = frame.f_back
    return frame is not None and frame is not first and frame.f_code in codes


def without_our_end(error: BaseException) -> BaseException:
    """Take the frames of ours from the end of a traceback: those of the handler that raised it. Gives the exception."""
    trace: Any = error.__traceback__
    last = None
    while trace is not None:
        if not _is_ours(trace.tb_frame):
            last = trace
        trace = trace.tb_next
    if last is not None:
        last.tb_next = None
    return error


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_OURS)
