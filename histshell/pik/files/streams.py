"""Pickles in a file, one or several behind one another, with what lies between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator

from histshell.pik.files.bounds import Look, counted, title
from histshell.pik.files.extents import extent
from histshell.pik.files.guessing import HEAD, begins
from histshell.pik.files.model import Member
from histshell.pik.files.sources import Part

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

_SEARCHED = 1 << 20  # how far the next pickle is looked for, in bytes
_SMALL = 1 << 22  # what is gone through at once to find its end
_GLANCE = 16
_PACKED = (b"x", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0")
_TRIED = 50  # beginnings that are tried there
_HEADERS = tuple(b"\x80" + bytes([protocol]) for protocol in (2, 3, 4, 5))


def reader(source: Source, start: int, end: int) -> Callable[[], bytes]:
    """Return what reads a range; an *end* of -1 is the source's."""
    return lambda: source.read(start, (end if end >= 0 else source.whole()) - start)


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at a file that begins as a pickle."""
    return Look("pickle", members(source, name, inside, context))


def members(
    source: Source, name: str, inside: tuple[str, ...], context: Context, start: int = 0, end: int = -2
) -> Iterator[Member]:
    """Give the pickles, from the one at *start* on; *end* is known of the first one, -1 if it has none.

    The end of a large one is looked for when the next is asked for, and only if nobody has said meanwhile how much it `used`.
    """
    for number in range(context.bounds.members):
        left = None if source.size is None else source.size - start
        if end == -2 and (number or left is not None and left <= _SMALL):
            end = extent(source, start, context.steps).end
        label = name if not number else f"{name}[{number}]"
        member = Member(
            label, "pickle", start, end - start if end >= 0 else left, reader(source, start, end), inside=inside
        )
        yield member
        if end == -2:
            end = start + member.used if member.used is not None else extent(source, start, context.steps).end
        if end < 0:
            return
        start = _after(source, name, end, context)
        if start < 0:
            yield from _packed(source, f"{name}[{number + 1}]", inside, context, end)
            return
        end = -2
    if source.read(start, 1):
        context.find(f"{title(name)}more than {context.bounds.members:,} pickles: the others are not looked at", start)


def _packed(source: Source, name: str, inside: tuple[str, ...], context: Context, start: int) -> Iterator[Member]:
    """Give what is packed behind the last pickle, if there is a pickle in it: Django's cache writes its values so."""
    head = source.read(start, 8)
    if head.startswith(_PACKED) and not (head[:1] == b"x" and int.from_bytes(head[:2], "big") % 31):
        left = None if source.size is None else source.size - start
        found = context.look(Part(source, start, left), name, inside)
        if found.like:
            yield from found.members


def following(source: Source, name: str, inside: tuple[str, ...], context: Context, end: int) -> Iterator[Member]:
    """Give the pickles that come after *end*, where the first one stopped."""
    start = _after(source, name, end, context)
    if start >= 0:
        for number, member in enumerate(members(source, name, inside, context, start)):
            member.name = f"{name}[{number + 1}]"
            yield member


def _after(source: Source, name: str, end: int, context: Context) -> int:
    """Return where the next pickle begins, -1 if there is none, and say what lies before it, or is left."""
    start, between = _next(source, end, context)
    if start >= 0 and between:
        context.find(f"{title(name)}between two pickles: {counted(between)}", end, False)
    elif between:
        many = counted(between) if between < _SEARCHED or source.size is not None else "more bytes"
        context.find(f"{title(name)}after the last pickle: {many}{_as(source, end)}", end, False)
    return start


def _next(source: Source, end: int, context: Context) -> tuple[int, int]:
    """Return where the next pickle begins, or -1, and how many bytes lie before it, or are left."""
    head = source.read(end, _GLANCE)
    if head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return end, 0
    head += source.read(end + len(head), HEAD - len(head)) if len(head) == _GLANCE else b""
    if not head:
        return -1, 0
    if begins(source, head, end):
        return end, 0
    blank = len(head) - len(head.lstrip(b"\0 \t\r\n"))
    if blank and begins(source, source.read(end + blank, HEAD), end + blank):
        return end + blank, blank
    far = head + source.read(end + len(head), _SEARCHED - len(head))
    at, tried = -1, 0
    while tried < _TRIED:
        at = min((found for found in (far.find(mark, at + 1) for mark in _HEADERS) if found >= 0), default=-1)
        if at < 0:
            break
        tried += 1
        if extent(source, end + at, context.steps).end >= 0:
            return end + at, at
    if len(far) < _SEARCHED and not far.strip(b"\0 \t\r\n") and far.count(b"\n") == len(far) == 1:
        return -1, 0  # the newline that an editor leaves
    return -1, max(len(far), (source.size or 0) - end)


def _as(source: Source, at: int) -> str:
    """Say it where other programs would find something else in the file: an archive is looked for from its end."""
    size = source.size
    if size is None:
        return ""
    tail = source.read(max(at, size - 65_557), 65_557)
    if b"PK\x05\x06" in tail:
        return ", which end as a zip archive does: what looks for one would read that instead"
    return ""
