"""Threads that live for a moment, and that a fork waits for.

A thread of ours is left behind by a fork of the user's, with whatever lock it holds; from 3.12 on Python warns of it as well.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock, start_new_thread
from typing import TYPE_CHECKING, Any, Callable, Set

if TYPE_CHECKING:
    from _thread import LockType

_PATIENCE = 0.05  # seconds
_EXIT = 0.001  # seconds in which a thread that has nothing to do any more is gone

_alive: Set[LockType] = set()
_told = False


def start(work: Callable[[], Any]) -> None:
    """Run something in a thread of its own, which the next fork waits for. Raises RuntimeError where there can be none."""
    global _told
    if not _told and hasattr(os, "register_at_fork"):
        _told = True
        os.register_at_fork(before=_wait, after_in_child=_alive.clear)
    running = allocate_lock()
    running.acquire()
    _alive.add(running)
    try:
        start_new_thread(_run, (work, running))
    except BaseException:
        _alive.discard(running)
        raise


def _run(work: Callable[[], Any], running: LockType) -> None:
    try:
        work()
    finally:
        _alive.discard(running)
        running.release()


def _wait() -> None:
    """Wait until the threads are gone, but not for long: one may have much to read."""
    waiting = list(_alive)
    end = time.monotonic() + _PATIENCE
    for running in waiting:
        if running.acquire(timeout=max(end - time.monotonic(), 0.0)):
            running.release()
    if waiting:
        time.sleep(_EXIT)
