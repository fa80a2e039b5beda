"""The locks of loading: one for all of it, and the import system's own, one a module."""

import _thread
import os
from _frozen_importlib import _DeadlockError, _get_module_lock  # type: ignore[attr-defined]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_lock = _thread.RLock()
_process = os.getpid()


class Lock:
    """The lock of loading; a fork gets one of its own, whoever held it."""

    def __enter__(self) -> "None":
        global _lock, _process
        if _process != os.getpid():
            _lock, _process = _thread.RLock(), os.getpid()
        # Not for ever: who has it may wait for a module that this thread is importing.
        self.held = _lock if _lock.acquire(timeout=5) else None

    def __exit__(self, *exc: "object") -> "None":
        if self.held is not None:
            self.held.release()


class ModuleLock:
    """The import system's own lock of a module: while it is held, another thread's import of that name waits."""

    def __init__(self, name: "str") -> "None":
        self.lock: "Any" = _get_module_lock(name)
        self.held = False

    def __enter__(self) -> "None":
        try:
            self.lock.acquire()
            self.held = True
        except _DeadlockError:  # each of two threads imports what the other one is importing: go on, as Python does
            pass

    def __exit__(self, *exc: "object") -> "None":
        if self.held:
            self.lock.release()
