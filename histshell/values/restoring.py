"""Reading saved values back: the bytes of one from its file, and the value from these, by the safe policy of `histshell.pik` alone.

The file may be anybody's: what lies in it is data, and nothing of it runs. Nothing of the file is kept open.
"""

from __future__ import annotations

import os
import stat
from typing import Any

from histshell.errors import HistshellError

MOST = 1 << 30
"""Bytes of a value that is read at all."""


class NotThere(HistshellError):
    """A saved value cannot be read: its file is missing, shorter, or none of ours."""


def load(data: bytes) -> Any:
    """Return the value that `saving` made these bytes of. Raises `histshell.pik.PikError`."""
    from histshell.pik.loading import loads

    return loads(data)


def read(path: str, at: int, size: int) -> bytes:
    """Return `size` bytes of a file of values, from offset `at` on. Raises `NotThere`."""
    if size > MOST:
        raise NotThere(f"the journal says that it has {size:,} bytes, more than are read")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise NotThere("its file of values is not there") from None
    except (OSError, ValueError) as error:
        raise NotThere(f"its file of values cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotThere("its file of values is no plain file")
        if at + size > found.st_size:
            raise NotThere(f"its file of values ends at byte {found.st_size:,}, before the value does")
        return _whole(descriptor, at, size)
    except OSError as error:
        raise NotThere(f"its file of values cannot be read: {error.strerror or error}") from error
    finally:
        os.close(descriptor)


def _whole(descriptor: int, at: int, size: int) -> bytes:
    os.lseek(descriptor, at, os.SEEK_SET)
    parts = []
    while size > 0:
        part = os.read(descriptor, size)
        if not part:
            raise NotThere("its file of values became shorter while it was read")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
