"""Reading a small file and replacing it whole: afterwards it is the old one or the new one, never a half.

Paths are `str` as the file system decodes them; contents are bytes, for a shell's start-up file is in
whatever encoding its owner likes.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from dataclasses import dataclass

from histshell.errors import HistshellError


class FileError(HistshellError):
    """A file could not be read or written, and is as it was.

    Attributes: `attempt` (a verb), `path`, `reason`, mostly the system's own words, and `remedy`, if one is known.
    """

    def __init__(self, attempt: str, path: str, reason: str, remedy: str = "") -> None:
        super().__init__(attempt, path, reason, remedy)
        self.attempt = attempt
        self.path = path
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"cannot {self.attempt} {shown(self.path)}: {self.reason}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True)
class Snapshot:
    """A file as it was when it was read.

    `real` is the file behind the symbolic links of `path`, the one that is to be replaced. Where there
    is no file, `data` and `status` are None.
    """

    path: str
    real: str
    data: bytes | None
    status: os.stat_result | None


def shown(path: str) -> str:
    r"""Return a path in a form that is safe to print: undecodable bytes and control characters escaped.

    >>> shown("/tmp/two\nlines")
    '/tmp/two\\nlines'
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def read(path: str) -> Snapshot:
    """Read a file, following symbolic links; a file that is not there is no error.

    Raises `FileError` for what cannot be read and for what is not a regular file.
    """
    real = os.path.realpath(path)
    try:
        # A named pipe without a writer would block the opening for ever.
        descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return Snapshot(path, real, None, None)
    except OSError as error:
        raise FileError("read", path, _words(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("edit", path, "it is not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return Snapshot(path, real, file.read(), status)
    except OSError as error:
        raise FileError("read", path, _words(error)) from error
    finally:
        os.close(descriptor)


def replace(old: Snapshot, data: bytes, like: os.stat_result | None = None, mode: int = 0o666) -> None:
    """Put `data` in the place of the file that was read as `old`, at once and for good.

    Permissions, owner and extended attributes stay as they are; a new file takes those of `like`, or
    what the umask leaves of `mode`. Missing folders are made. The other names of a hard-linked file keep the old
    content: replacing at once and writing into the same inode exclude each other.

    Raises `FileError`, the file untouched, when it is read-only, was changed since it was read, cannot
    keep its owner, or cannot be written (a full disk, a read-only folder).
    """
    _refuse_change(old, "write")
    if old.status is not None and not (old.status.st_mode & 0o222 and os.access(old.real, os.W_OK)):
        # Renaming needs no permission on the file itself; but who made it read-only meant it.
        raise FileError("write", old.path, "it is read-only")
    folder = os.path.dirname(old.real)
    temporary = os.path.join(folder, ".histshell-" + secrets.token_hex(8))
    try:
        os.makedirs(folder, exist_ok=True)
        try:
            _write(temporary, data, old.status or like, mode)
            if old.status is not None:
                _copy_attributes(old.real, temporary)
            _refuse_change(old, "write")
            os.replace(temporary, old.real)
        except BaseException:  # also Ctrl-C: no temporary file is left behind
            if os.path.lexists(temporary):
                os.unlink(temporary)
            raise
        _sync_folder(folder)
    except OSError as error:
        raise FileError("write", old.path, _words(error)) from error


def remove(old: Snapshot) -> None:
    """Remove the file that was read as `old`; symbolic links to it stay. Raises `FileError`."""
    try:
        _refuse_change(old, "remove")
        os.unlink(old.real)
        _sync_folder(os.path.dirname(old.real))
    except OSError as error:
        raise FileError("remove", old.path, _words(error)) from error


def _write(path: str, data: bytes, like: os.stat_result | None, mode: int) -> None:
    """Write a new file that is on the disk when this returns."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, mode if like is None else 0o600)
    with open(descriptor, "wb") as file:
        if like is not None and sys.platform != "win32":
            _take_owner(descriptor, like)
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _take_owner(descriptor: int, like: os.stat_result) -> None:
    """Give the file its owner and group, where they are not right already; raises OSError where that is not allowed."""
    if sys.platform != "win32":
        now = os.fstat(descriptor)
        if (now.st_uid, now.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(descriptor, like.st_uid, like.st_gid)


def _copy_attributes(source: str, target: str) -> None:
    """Copy extended attributes (access control lists and SELinux labels are such), as far as that is allowed."""
    if sys.platform == "linux":
        try:
            for name in os.listxattr(source):
                os.setxattr(target, name, os.getxattr(source, name))
        except OSError:  # the file system has none, or setting this one takes more rights than owning the file
            pass


def _refuse_change(old: Snapshot, attempt: str) -> None:
    """Raise `FileError` unless the file is still the one that was read."""
    try:
        now = _identity(os.stat(old.real))
    except FileNotFoundError:
        now = None
    except OSError as error:
        raise FileError(attempt, old.path, _words(error)) from error
    if now != (None if old.status is None else _identity(old.status)):
        raise FileError(attempt, old.path, "it was changed by another program just now", "try again")


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return what tells a file, and a state of its content, from another."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _sync_folder(folder: str) -> None:
    """Make a rename in `folder` last through a power cut, where the file system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:  # some network file systems refuse it; the rename itself is done
        pass
    finally:
        os.close(descriptor)


def _words(error: OSError) -> str:
    """Say an operating system error in its own words, without number and path."""
    return error.strerror or str(error)
