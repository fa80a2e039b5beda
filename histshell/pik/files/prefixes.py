"""What a transfer puts before a pickle, or makes of its text: a byte order mark, blank lines, an HTTP header, UTF-16."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator

from histshell.pik.files.bounds import Look, counted, title
from histshell.pik.files.extents import extent
from histshell.pik.files.guessing import HEAD
from histshell.pik.files.sources import Memory, Part

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.model import Member
    from histshell.pik.files.sources import Source

_HTTP = re.compile(rb"HTTP/[0-9.]{1,5} [0-9]{3}[^\r\n]*\r?\n(?:[!-9;-~]+:[^\r\n]*\r?\n)*\r?\n")
_URI = re.compile(rb"data:[^,\s]{0,200};base64,")
_BLANK = b" \t\r\n"
_LARGEST = 64 << 20  # of a text that is made anew
_SHORTEST = 16


def look(head: bytes, source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look | None:
    """Look behind what stands before a pickle, or at what UTF-16 has in it; None if no pickle is there."""
    length, words = _before(head)
    if length:
        inner = Part(source, length, None)
        found = context.look(inner, name, (*inside, words))
        if not found.like or words != _HEADER and not _is_sure(inner, found, context):
            return None
        if words != _ADDRESS:
            text = f"{title(name)}before it: {counted(length)}, {words}, at which a loader of pickles stops"
            context.find(text, 0)
        return Look(found.kind, _moved(found.members, length), found.like)
    text_of = _narrow(head, source)
    if text_of is None:
        return None
    found = context.look(Memory(text_of), name, (*inside, "UTF-16"))
    return Look(f"UTF-16 > {found.kind}", found.members) if found.like else None


_HEADER, _ADDRESS = "an HTTP header", "the beginning of an address"


def _before(head: bytes) -> tuple[int, str]:
    """Return how many bytes stand before what may be a pickle, and what they are; 0 if there are none that are known."""
    for pattern, words in ((_HTTP, _HEADER), (_URI, _ADDRESS)):
        found = pattern.match(head)
        if found is not None:
            return found.end(), words
    if head.startswith(b"\xef\xbb\xbf"):
        return 3, "a byte order mark"
    blank = len(head) - len(head.lstrip(_BLANK))
    return (blank, "white space") if 0 < blank < len(head) else (0, "")


def _is_sure(inner: Source, found: Look, context: Context) -> bool:
    """Tell whether it is more than a text that begins like a pickle without a header: that one reaches to the end."""
    if found.kind != "pickle" or inner.read(0, 1) == b"\x80":
        return True
    end = extent(inner, 0, context.steps).end
    return end >= 0 and not inner.read(end, HEAD).strip(_BLANK)


def _narrow(head: bytes, source: Source) -> bytes | None:
    """Return the ASCII that a text of UTF-16 has, as a Windows shell writes what is printed; None if it is none."""
    start = 2 if head[:2] in (b"\xff\xfe", b"\xfe\xff") else 0
    low, high = head[start::2], head[start + 1 :: 2]
    if head[:2] == b"\xfe\xff" or not start and low[:_SHORTEST].strip(b"\0") == b"":
        low, high = high, low
    if len(head) < _SHORTEST or high.strip(b"\0") or b"\0" in low or source.whole() > _LARGEST:
        return None
    text = source.read(start, source.whole() - start)
    return text.replace(b"\0", b"") if len(text) == 2 * (len(text) - text.count(b"\0")) and max(low) < 128 else None


def _moved(members: Iterator[Member], by: int) -> Iterator[Member]:
    """Give members with their places in what they stand in."""
    for member in members:
        member.offset += by
        yield member
