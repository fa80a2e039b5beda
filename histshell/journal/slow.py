"""Writing where a `write` may wait for ever, as for a network file system whose server has vanished: in a thread of its own.

The thread lives while there is something to write and no longer, so that a `fork` of the user's finds none.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from typing import Callable, List

Job = Callable[[], object]

MOST = 10_000
"""How many records wait for a file system that hangs; past that new ones are given up."""


class Worker:
    """Does jobs one after the other, in a thread; `add` never waits."""

    def __init__(self) -> None:
        self._jobs: List[Job] = []
        self._lock = allocate_lock()
        self._at_work = False
        self._done = allocate_lock()  # held while there are jobs

    def add(self, job: Job) -> bool:
        """Have a job done; false if it cannot be."""
        if len(self._jobs) >= MOST:
            return False
        with self._lock:
            self._jobs.append(job)
            if self._at_work:
                return True
            self._at_work = True
            self._done.acquire(False)
        try:
            start_new_thread(self._work, ())
        except RuntimeError:  # no thread can be had, now or at the end of the process
            with self._lock:
                self._at_work = False
                self._done.release()
            return False
        return True

    def _work(self) -> None:
        try:
            while True:
                with self._lock:
                    if not self._jobs:
                        return
                    job = self._jobs[0]
                try:
                    job()
                except Exception:  # a record that cannot be made
                    pass
                with self._lock:
                    del self._jobs[0]
        finally:
            with self._lock:
                self._at_work = False
                self._done.release()

    def wait(self, seconds: float) -> bool:
        """Wait until all is done, but no longer than so many seconds; whether it is."""
        if not self._at_work:
            return not self._jobs
        if self._done.acquire(True, seconds):
            self._done.release()
            return not self._jobs
        return False
