"""Whether a session may have crashed in a folder: a first look at the ends of the newest journals, without parsing them.

It is what every session does once, in a thread, so it loads nothing. What reads journals is loaded where there may be something
to say.
"""

from __future__ import annotations

import os
import stat
from _thread import allocate_lock
from time import time
from typing import TYPE_CHECKING

from histshell import forking
from histshell.journal import place, records

if TYPE_CHECKING:
    from .crashed import CrashedSession

_RECENT = 24 * 3600  # seconds, as `crashed` has it, which is not loaded for it

PATIENCE = 0.05
"""Seconds that the second prompt waits; what is found later is said at a later one."""

_HEAD, _TAIL = 4096, 16384
_GOODBYE = b'"kind": "goodbye"'


class Watch:
    """Looks for sessions that crashed in a folder, in a thread, once."""

    def __init__(self, own: str, cwd: str) -> None:
        self.found: CrashedSession | None = None
        self._own = own
        self._cwd = cwd
        self._looking = allocate_lock()
        self._looking.acquire()
        forking.start(self._look)

    def done(self, wait: float = 0.0) -> bool:
        """Return whether it has looked, after so many seconds at most."""
        return self._looking.acquire(timeout=wait) if wait else self._looking.acquire(blocking=False)

    def _look(self) -> None:
        try:
            folder, now = place.folder(), time()
            if may_have_crashed(folder, self._own, self._cwd, now):
                from . import crashed

                self.found = crashed.look(folder, self._own, self._cwd, now)
        except Exception:  # nothing is said
            pass
        finally:
            self._looking.release()


def may_have_crashed(folder: str, own: str, cwd: str, now: float) -> bool:
    """Return whether a journal of the last day, not this session's, names the folder and does not end with a goodbye."""
    here = records.quoted(cwd).encode()
    with os.scandir(folder) as found:
        for entry in found:
            name, suffix = os.path.splitext(entry.name)
            if suffix != place.SUFFIX or name == own:
                continue
            status = entry.stat()
            if stat.S_ISREG(status.st_mode) and status.st_mtime >= now - _RECENT and _names(entry.path, here):
                return True
    return False


def _names(path: str, here: bytes) -> bool:
    """Return whether a journal names a folder, at its beginning or its end, and has no goodbye there."""
    with open(path, "rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
        tail = file.read(_TAIL)
    last = tail.rstrip(b"\n").rpartition(b"\n")[2]
    return _GOODBYE not in last and (here in head or here in tail)
