"""Which file systems lie on another machine, or behind a program: there a `write` may wait for ever, beyond any signal."""

from __future__ import annotations

import os
from typing import Iterator, Tuple

TABLE = "/proc/self/mounts"
"""Linux's table of what is mounted where; reading it asks none of those servers."""

_REMOTE = (
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "gpfs", "beegfs", "ceph", "glusterfs", "orangefs", "pvfs2", "9p",
    "virtiofs", "panfs", "ncpfs", "coda", "ocfs2", "gfs2", "acfs", "davfs", "autofs", "vboxsf",
)  # fmt: skip


def is_remote(kind: str) -> bool:
    """Return whether a file system of that type may wait for another machine or program: FUSE's may, whatever they are."""
    return kind in _REMOTE or kind == "fuse" or kind.startswith("fuse.")


def mounts() -> Iterator[Tuple[str, str]] | None:
    """Yield what is mounted, as (place, type), later ones over earlier ones; None where there is no such table."""
    try:
        with open(TABLE, "rb") as file:
            rows = file.read().split(b"\n")
    except OSError:
        return None
    return (_row(row) for row in rows if row.count(b" ") >= 2)


def _row(row: bytes) -> Tuple[str, str]:
    _, place, kind = row.split(b" ")[:3]
    if b"\\" in place:  # blanks, tabs, newlines and backslashes are written in octal
        for octal, plain in ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\")):
            place = place.replace(octal, plain)
    return os.fsdecode(place), kind.decode("ascii", "replace")


def may_wait() -> bool:
    """Return whether there is any such file system on this machine, or no way to know. Asks no server."""
    found = mounts()
    return found is None or any(is_remote(kind) for _, kind in found)


def lies_remote(path: str) -> bool:
    """Return whether a path lies on such a file system; follows its links, and so may itself wait for a server."""
    found = mounts()
    if found is None:
        return False
    path = os.path.realpath(path)
    best, remote = "", False
    for place, kind in found:
        inside = path == place or path.startswith(place if place.endswith("/") else place + "/")
        if inside and len(place) >= len(best):
            best, remote = place, is_remote(kind)
    return remote
