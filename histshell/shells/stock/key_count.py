"""How many keys have been read at a prompt of C's, by Linux's count of what a thread reads: readline reads them one by one.

It tells an empty line, which is one key, from a line like the one before it, of which readline's memory says just as little.
"""

from __future__ import annotations

import os

from histshell.journal import file

_SIZE = 64  # bytes: the three lines that are needed are in them
_pread, _OSError = getattr(os, "pread", None), OSError


class KeyCount:
    """Counts what is read between `begin` and `count`, by the thread that made it: others may read meanwhile."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._before = b""
        try:
            self._descriptor = file.out_of_the_way(
                os.open("/proc/thread-self/io", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
            )
        except OSError:  # not Linux
            self._descriptor = -1

    def begin(self) -> None:
        """A prompt is shown."""
        if self._descriptor >= 0:
            try:
                self._before = _pread(self._descriptor, _SIZE, 0)  # type: ignore[misc]  # it is there
            except _OSError:
                self._before = b""

    def count(self) -> int | None:
        """Return how many keys have been read; None where that is not known, or something else has been read as well."""
        before = _counts(self._before)
        if before is None or os.getpid() != self._pid:
            return None
        try:
            after = _counts(os.pread(self._descriptor, _SIZE, 0))
        except OSError:
            return None
        if after is None:
            return None
        read, calls = after[0] - before[0] - len(self._before), after[1] - before[1] - 1  # without our own
        return read if read == calls or not read else None  # a terminal that is gone gives nothing, in a call or two


def _counts(text: bytes) -> tuple[int, int] | None:
    """Return the bytes that were read, and in how many calls; None if the file is another's by now."""
    lines = text.split(b"\n")
    if len(lines) < 4 or not lines[0].startswith(b"rchar: ") or not lines[2].startswith(b"syscr: "):
        return None
    return int(lines[0][7:]), int(lines[2][7:])
