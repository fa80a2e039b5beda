"""`PyOS_InputHook`: what Tk, Qt and others have set to keep their windows alive, called while a line is being typed.

Such a hook runs in the main thread until there is something to read from fd 0, and the editor reads elsewhere. So a pipe stands
in the place of fd 0 for as long as the hook is being called: a byte in it ends the call, when the line has been entered and when a
signal comes.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

_FIRST = 0.05
"""The seconds before a hook is called, and between two calls that return at once; Python's own prompt waits for 0.1."""

_OFTEN = 0.1
"""In an event loop, the seconds after which it has a turn, for what a window's callback has put into it."""


def find() -> Callable[[], object] | None:
    """Return the hook that is set, as a function without arguments that gives up the lock of the interpreter; None if there
    is none.
    """
    try:
        if sys.version_info >= (3, 13) and sys.platform != "win32":
            import posix

            return posix._inputhook if posix._is_inputhook_installed() else None  # type: ignore[attr-defined]
        import ctypes

        pointer = ctypes.c_void_p.in_dll(ctypes.pythonapi, "PyOS_InputHook").value
        return ctypes.CFUNCTYPE(ctypes.c_int)(pointer) if pointer else None
    except Exception:  # no ctypes, or another interpreter than C's
        return None


_AT_MOST = 0.5
"""The seconds after which the main thread looks up: a signal that another thread has got waits for that."""


class Waiting:
    """Waits for `end`, to be called by another thread, and calls the hook meanwhile if this is the main thread."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._wake = -1

    def end(self) -> None:
        """Note that what was waited for has come."""
        self._ended.set()
        with self._lock:
            if self._wake >= 0:
                try:
                    os.write(self._wake, b"\0")
                except OSError:  # it is full, then it is awake
                    pass

    def is_over(self) -> bool:
        """Return whether it has come."""
        return self._ended.is_set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait for `seconds` at most, or for a while. Raises what a signal handler raises. To be called until it is over."""
        if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
            self._ended.wait(seconds)
            return
        while not self._ended.wait(_FIRST if seconds is None else min(_FIRST, seconds)):
            hook = find()
            if hook is None:
                self._ended.wait(_AT_MOST if seconds is None else seconds)
                return
            self._call(hook)
            if seconds is not None:
                return

    def _call(self, hook: Callable[[], object]) -> None:
        """Call a hook, which is over when there is a byte in the pipe that stands for fd 0."""
        with _Stdin() as stdin:
            old = -1
            try:
                with self._lock:
                    self._wake = stdin.writing
                old = signal.set_wakeup_fd(stdin.writing, warn_on_full_buffer=False)
                if old != -1:  # somebody else's
                    signal.set_wakeup_fd(old)
                if not self._ended.is_set():
                    hook()
            finally:
                if old == -1:
                    signal.set_wakeup_fd(-1)
                with self._lock:
                    self._wake = -1


class _Stdin:
    """A context in which fd 0 is the reading end of a pipe, and `writing` its other end."""

    def __enter__(self) -> _Stdin:
        self.kept = _duplicate(0)
        reading, self.writing = os.pipe()
        os.set_blocking(self.writing, False)
        if reading != 0:
            os.dup2(reading, 0)
            os.close(reading)
        return self

    def __exit__(self, *exc: object) -> None:
        os.close(self.writing)
        if self.kept is None:
            os.close(0)
        else:
            os.dup2(self.kept, 0)
            os.close(self.kept)


def _duplicate(fd: int) -> int | None:
    try:
        return os.dup(fd)
    except OSError:  # it is closed
        return None


class Selector:
    """The selector of the user's event loop, in the main thread, which calls the hook while the loop has nothing to do.

    It stands in the place of `inner`, which is asked in a thread meanwhile. Where no hook is set it only passes on.
    """

    def __init__(self, inner: selectors.BaseSelector) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, waited for as long as any selector waits for it, or shorter."""
        if (timeout is not None and timeout <= 0) or find() is None:
            return self.inner.select(_AT_MOST if timeout is None else min(timeout, _AT_MOST))
        found: list[tuple[selectors.SelectorKey, int]] = []
        failed: list[BaseException] = []
        waiting = Waiting()

        def target() -> None:
            try:
                found.extend(self.inner.select(_OFTEN if timeout is None else min(timeout, _OFTEN)))
            except BaseException as error:
                failed.append(error)
            finally:
                waiting.end()

        thread = threading.Thread(target=target, name="histshell selector")
        thread.start()
        while not waiting.is_over():
            waiting.wait()
        thread.join()
        if failed:
            raise failed[0]
        return found


CALLS = (Waiting.wait.__code__, Waiting._call.__code__, Selector.select.__code__)
"""What is ours and calls the user's code: windows' callbacks, and handlers of signals."""
