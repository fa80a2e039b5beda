"""A session as Django signs it: base64 text, when it was signed, and the signature, with colons between.

Of these, nothing is read here that is no pickle: most sessions are JSON, which is named as the text that it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from histshell.pik.files.bounds import Look, title
from histshell.pik.files.guessing import HEAD
from histshell.pik.files.sources import Memory

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

_AROUND = rb"[\s'\"]*"
_BEGIN = re.compile(_AROUND + rb"\.?[A-Za-z0-9_-]{8,}").match
_END = re.compile(rb":[0-9A-Za-z]{1,11}:[A-Za-z0-9_-]{20,128}" + _AROUND + rb"\Z").search
_WHOLE = re.compile(_AROUND + rb"(\.?)([A-Za-z0-9_-]+):([0-9A-Za-z]+):[A-Za-z0-9_-]+" + _AROUND).fullmatch
_TAIL = 300  # bytes in which the time and the signature are
_LARGEST = 64 << 20
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LAST = 253_402_300_799  # second that a date can have


def look(head: bytes, source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look | None:
    """Look at what is signed; None if it is no such text, or what is in it is no pickle."""
    begin = _BEGIN(head)
    if begin is None or not (head[begin.end() : begin.end() + 1] == b":" or begin.end() == HEAD):
        return None
    size = source.whole()
    if _END(source.read(max(size - _TAIL, 0), _TAIL)) is None:
        return None
    if size > _LARGEST:
        context.find(f"{title(name)}signed text of more than {_LARGEST:,} bytes is not read", 0)
        return Look("base64", iter(()))
    found = _WHOLE(source.read(0, size))
    data = _decoded(found[2]) if found is not None else b""
    if found is None or not data:
        return None
    inner = context.look(Memory(data), name, (*inside, "base64"))
    if not inner.like or bool(found[1]) != inner.kind.startswith("zlib"):
        return None
    context.note(f"a session that Django has signed{_when(found[3])}; its signature is not checked")
    return Look(f"base64 > {inner.kind}", inner.members)


def _decoded(text: bytes) -> bytes:
    """Decode base64 of the alphabet for addresses, whose padding is left out; empty where it is none."""
    from base64 import urlsafe_b64decode
    from binascii import Error

    try:
        return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except Error:
        return b""


def _when(digits: bytes) -> str:
    """Tell when it was signed, from the seconds after 1970 in the base of 62; nothing where that is no date."""
    import datetime

    seconds = 0
    for digit in digits.decode("ascii"):
        seconds = seconds * 62 + _DIGITS.index(digit)
    if seconds > _LAST:
        return ""
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return f" on {moment.isoformat(' ')} UTC"
