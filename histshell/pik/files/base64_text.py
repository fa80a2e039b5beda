"""A pickle, or a packed one, that is written as base64 text: in a cookie, a database, a log."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from histshell.pik.files.bounds import Look, title
from histshell.pik.files.extents import extent
from histshell.pik.files.guessing import HEAD, runs_too
from histshell.pik.files.sources import Memory, Part

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

_SPACE = re.compile(rb"[\s'\"]+")
_LARGEST = 64 << 20
_SURE = (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5", b"\x1f\x8b\x08", b"\x93NUMPY", b"PK\3\4", b"BZh9", b"\xfd7zXZ\0")
_SHORTEST = 8
_SESSION = re.compile(rb"[0-9a-f]{40}:").match


def look(head: bytes, source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look | None:
    """Look at what a text decodes to; None if it is no such text."""
    begin = _decoded(head[: len(head) // 4 * 4] if len(head) >= HEAD else head)
    if begin is None:
        return None
    session = _SESSION(begin)
    sure = begin.startswith(_SURE) or session is not None
    if not sure and (begin[:1] not in b"(c]})ISVNLF\x88\x89KJMGUTX" or len(head) >= HEAD):
        return None
    if source.whole() > _LARGEST:
        context.find(f"{title(name)}base64 text of more than {_LARGEST:,} bytes is not read", 0)
        return Look("base64", iter(()))
    text = source.read(0, source.whole())
    data = _decoded(text)
    if data is None:
        context.find(f"{title(name)}the base64 text is damaged", 0)
        data = begin
    inner = Memory(data)
    if (
        not sure and extent(inner, 0, context.steps).end != inner.size
    ):  # without a header, what is short may decode by chance
        return None
    if session is not None:
        if data[41:42] == b"{":
            return None
        context.note("a session of an old Django: a signature of 40 digits, then the pickle")
        found = context.look(Part(inner, 41, None), name, (*inside, "base64"))
    else:
        found = context.look(inner, name, (*inside, "base64"))
    dropped = text.translate(None, b"-_")
    other = (
        _decoded(dropped) if dropped != text else None
    )  # so Python's `b64decode` reads what is written for addresses
    if other is not None and runs_too(Memory(other), other[:HEAD]):
        context.find(f"{title(name)}without its - and _, which some readers drop, the text is another pickle", 0, False)
        label = f"{name} (without - and _)" if name else "(without - and _)"
        members = context.look(Memory(other), label, (*inside, "base64")).members
        return Look(f"base64 > {found.kind}", chain(found.members, members))
    return Look(f"base64 > {found.kind}", found.members, found.like)


def _decoded(text: bytes) -> bytes | None:
    """Decode a text, of either alphabet, with what Python or an editor puts around it."""
    if len(text) < _SHORTEST or _odd(text):
        return None
    plain = _SPACE.sub(b"", text[1:] if text[:2] in (b"b'", b'b"') else text).translate(bytes.maketrans(b"-_", b"+/"))
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(plain.rstrip(b"=") + b"=" * (-len(plain.rstrip(b"=")) % 4))
    except Error:
        return None


def _odd(text: bytes) -> bool:
    """Tell whether anything is in a text that base64 does not have."""
    quote = re.match(rb"b?(['\"])", text)
    if quote is not None:
        text = text[quote.end() :].rstrip().rstrip(quote[1])
    return bool(text.translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \r\n\t"))
