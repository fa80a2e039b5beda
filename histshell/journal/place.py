"""Where the journals lie, and what a session is called."""

from __future__ import annotations

import errno
import os
import time

from histshell import places

SUFFIX = ".jsonl"
VALUES = ".values"
FORGOTTEN = ".forgotten"
SAID = ".said"  # that the session ended without a goodbye

_IGNORE = ".gitignore"


def folder() -> str:
    """Return the folder of the journals, which may not be there yet."""
    return os.path.join(places.state_dir(), "journal")


def make(path: str) -> None:
    """Make the folder of the journals, for this user's eyes alone; what is there already stays. Raises OSError.

    A home that is not there is not made.
    """
    home = os.path.expanduser("~")
    if not os.path.isabs(path) or (path.startswith(os.path.join(home, "")) and not os.path.isdir(home)):
        code = errno.ENOTDIR if os.path.exists(home) else errno.ENOENT
        raise OSError(code, os.strerror(code), home)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        return
    ignore = os.path.join(path, _IGNORE)
    descriptor = os.open(ignore, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, b"*\n")  # a home that is kept in git
    except OSError:  # the disk is full: next time both are made
        os.unlink(ignore)
        os.rmdir(path)
        raise
    finally:
        os.close(descriptor)


def new_id(when: float) -> str:
    """Return the name of a session that begins at `when` (seconds since the epoch); names sort by time, in UTC."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(when))
    return f"{stamp}-{os.urandom(5).hex()}"


def is_id(text: str) -> bool:
    """Return whether a text can be a session's name: letters, digits and hyphens, so it is no path."""
    return 0 < len(text) <= 80 and text.isascii() and text.replace("-", "").isalnum()
