"""Pickles in a file, one or several behind one another, with what lies between them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Callable, Iterator

from histshell.pik.files.bounds import Look, counted, title
from histshell.pik.files.extents import extent
from histshell.pik.files.guessing import HEAD, begins, completes, fails_soon
from histshell.pik.files.model import Member
from histshell.pik.files.sources import Part
from histshell.pik.files.unpacked import ZSTD
from histshell.pik.files.zip_directory import has_end
from histshell.pik.reading import end_of

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

_SEARCHED = 1 << 20  # how far the next pickle is looked for, in bytes
_KNOWN = 1_000  # short pickles that are known again
_SMALL = 1 << 22  # what is gone through at once to find its end
_GLANCE = 300  # enough to know a tar
_BLANK = b"\0 \t\r\n"
_PACKED = (b"x", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0", b"\x04\x22\x4d\x18", *ZSTD)
_ARCHIVES = (b"PK\3\4", b"PK\5\6", b"PK\7\x08", b"\x93NUMPY", b"SQLite format 3\0")
_FIRST, _PIECE = 1 << 12, 1 << 20  # that is read at once of many short pickles: at first, and where there are many
_DEEPEST = 30  # times that something lies behind what lies behind
_LEAST = 4  # bytes of a pickle, of more of them than any file should have
_TRIED = 50  # beginnings that are tried there
_LOOK = 1 << 20  # what it costs to see that opcodes which go on for long are no pickle
_HEADERS = tuple(b"\x80" + bytes([protocol]) for protocol in (2, 3, 4, 5))


def reader(source: Source, start: int, end: int) -> Callable[[], bytes]:
    """Return what reads a range; an *end* of -1 is the source's."""
    return lambda: source.read(start, (end if end >= 0 else source.whole()) - start)


def pieces(source: Source, begin: int) -> Callable[[int, int], bytes] | None:
    """Return what reads any range from *begin* on, where the file lies on the disk as it is."""
    return (lambda start, end: source.read(begin + start, end - start)) if source.is_at_hand else None


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at a file that begins as a pickle."""
    return Look("pickle", members(source, name, inside, context))


def members(
    source: Source, name: str, inside: tuple[str, ...], context: Context, start: int = 0, end: int = -2
) -> Iterator[Member]:
    """Give the pickles, from the one at *start* on; *end* is known of the first one, -1 if it has none.

    The end of a large one is looked for when the next is asked for, and only if nobody has said meanwhile how much it `used`.
    Of very many the first are given one by one, and then one member of the kind ``run`` for all others.
    """
    for number, member in enumerate(_each(source, name, inside, context, start, end)):
        if number >= context.bounds.members and member.kind == "pickle":
            run = Run(source, name, inside, context, member.offset)
            yield Member(f"{name}[{number}]", "run", member.offset, None, member.data, inside=inside, run=run)
            return
        yield member


def _each(
    source: Source, name: str, inside: tuple[str, ...], context: Context, start: int, end: int = -2, first: int = 0
) -> Iterator[Member]:
    """Give each pickle from the one at *start* on, which has the number *first*, and what lies behind the last."""
    for number in count(first):
        left = None if source.size is None else source.size - start
        if end == -2 and (number or left is not None and left <= _SMALL):
            end = extent(source, start, context.steps).end
        label = name if not number else f"{name}[{number}]"
        member = Member(
            label, "pickle", start, end - start if end >= 0 else left, reader(source, start, end), inside=inside
        )
        member.read = pieces(source, start)
        yield member
        if end == -2:
            end = start + member.used if member.used is not None else extent(source, start, context.steps).end
        if end < 0:
            return
        start = _after(source, name, end, context)
        if start < 0:
            yield from _behind(source, (name, number + 1), inside, context, end)
            return
        if start > end and source.read(end, 8).startswith(_PACKED):
            yield from behind(source, f"{name} (before the next)", inside, context, end, None, start)
        end = -2


class Run:
    """The pickles of a file beyond those that are given one by one: gone through as often as somebody wants, and not kept."""

    def __init__(self, source: Source, name: str, inside: tuple[str, ...], context: Context, start: int) -> None:
        """Begin with the one at *start*."""
        self._place = source, name, inside, context
        self._start = start

    def members(self) -> Iterator[Member]:
        """Give each as a member."""
        source, name, inside, context = self._place
        return _each(source, name, inside, context, self._start, first=context.bounds.members)

    def __iter__(self) -> Iterator[bytes | Member]:
        """Give the bytes of each pickle, and what else there is as a member; as many as an honest file of its size has."""
        source, name, inside, context = self._place
        at, number = self._start, context.bounds.members
        most = context.bounds.pickles + context.size // _LEAST
        while True:
            begin = at
            for data in _quickly(source, at):
                yield data
                at += len(data)
                number += 1
                if number >= most:
                    break
            if at > begin:
                begin = _after(source, name, at, context)
                if begin < 0:
                    yield from _behind(source, (name, number), inside, context, at)
                    return
            if number >= most:
                context.find(f"{title(name)}more than {number:,} pickles: the others are not looked at", begin)
                return
            rest = _each(source, name, inside, context, begin, first=number)
            yield bytes(next(rest).data())
            number += 1
            other = next(rest, None)
            if other is None:
                return
            if other.kind != "pickle" or other.inside != inside:
                yield other
                yield from rest
                return
            at = other.offset


def _quickly(source: Source, at: int) -> Iterator[bytes]:
    """Give the pickles from *at* on, as long as they are short and come right after one another."""
    room, known = _FIRST, set[bytes]()
    while True:
        piece = source.read(at, room)
        begin = 0
        while begin < len(piece):
            end = end_of(piece, begin)
            if end < 0 or not (
                piece.startswith(_HEADERS, begin)
                or _is_whole(piece[begin:end], known)
                and not _is_archive(piece[begin : begin + _GLANCE])
            ):
                break
            yield piece[begin:end]
            begin = end
        if not begin or begin < len(piece) - room // 2:
            return
        at += begin
        room = min(room * 4, _PIECE)


def _is_whole(data: bytes, known: set[bytes]) -> bool:
    """Tell whether what comes to an end is a short pickle without a header; *known* are such."""
    if data in known:
        return True
    if len(data) > _GLANCE or not completes(data):
        return False
    if len(known) < _KNOWN:
        known.add(data)
    return True


def _behind(
    source: Source, label: tuple[str, int], inside: tuple[str, ...], context: Context, start: int
) -> Iterator[Member]:
    """Give what lies behind the last pickle, if there may be another in it: it is looked at as a file of its own would be.

    Django's cache packs its values behind one; an archive may be hidden so.
    """
    name, number = label
    size = source.size
    head = source.read(start, HEAD)
    rest = head.lstrip(_BLANK)
    if size is None:
        left = len(head) if len(head) < HEAD else 0
        many = counted(left) if left else "more bytes"
    else:
        left, many = size - start, counted(size - start)
    if not head or left == 1 and head == b"\n":
        return  # the newline that an editor leaves
    said = f"{title(name)}after the last pickle: {many}"
    if not _may_be_looked_at(source, rest, start):
        context.find(said, start, False)
        return
    at = start + (len(head) - len(rest) if rest else 0)
    yield from behind(source, f"{name}[{number}]", inside, context, at, (said, start))


def behind(
    source: Source,
    label: str,
    inside: tuple[str, ...],
    context: Context,
    at: int,
    said: tuple[str, int] | None = None,
    end: int = -1,
) -> Iterator[Member]:
    """Look at what lies from *at* to *end* as at a file of its own, and give its members; *said* is told of it, and where."""
    text, start = said if said is not None else (f"{title(label)}from here on", at)
    if context.behind >= _DEEPEST:
        context.find(f"{text}, which are not looked into: there have been {_DEEPEST} such already", start)
        return
    size = end if end >= 0 else source.size
    context.behind += 1
    try:
        found = context.look(Part(source, at, None if size is None else size - at), label, inside)
        if said is not None:
            context.find(f"{text}, which are looked into: {found.kind}" if found.like else text, start, False)
        if found.like:
            yield from found.members
    finally:
        context.behind -= 1


def _may_be_looked_at(source: Source, head: bytes, start: int) -> bool:
    """Tell whether bytes are not just any: what packs, an archive, an array, a database, or what ends as an archive does."""
    if head.startswith(_PACKED):
        return not (head[:1] == b"x" and int.from_bytes(head[:2], "big") % 31)
    return _is_archive(head) or has_end(Part(source, start, None))


def _is_archive(head: bytes) -> bool:
    """Tell whether bytes begin as what may have pickles in it that are not packed: those are its own."""
    return head.startswith(_ARCHIVES) or head[257:262] == b"ustar"


def following(source: Source, name: str, inside: tuple[str, ...], context: Context, end: int) -> Iterator[Member]:
    """Give the pickles that come after *end*, where the first one stopped, and what lies behind the last."""
    start = _after(source, name, end, context)
    if start < 0:
        yield from _behind(source, (name, 1), inside, context, end)
        return
    for number, member in enumerate(members(source, name, inside, context, start)):
        if member.name == (f"{name}[{number}]" if number else name):
            member.name = f"{name}[{number + 1}]"
        yield member


def _after(source: Source, name: str, end: int, context: Context) -> int:
    """Return where the next pickle begins, -1 if there is none, and say what lies before it."""
    start, between = _next(source, end, context)
    if start >= 0 and between:
        context.find(f"{title(name)}between two pickles: {counted(between)}", end, False)
    return start


def _next(source: Source, end: int, context: Context) -> tuple[int, int]:
    """Return where the next pickle begins, or -1, and how many bytes lie before it."""
    head = source.read(end, _GLANCE)
    if head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5"):
        return end, 0
    if completes(head) and not _is_archive(head):
        return end, 0
    head += source.read(end + len(head), HEAD - len(head)) if len(head) == _GLANCE else b""
    if not head or _is_archive(head.lstrip(_BLANK)):
        return -1, 0
    if _begins(source, head, end, context):
        return end, 0
    blank = len(head) - len(head.lstrip(_BLANK))
    if blank and _begins(source, source.read(end + blank, HEAD), end + blank, context):
        return end + blank, blank
    return _search(source, end, head, context)


def _begins(source: Source, head: bytes, at: int, context: Context) -> bool:
    """Tell whether a pickle begins at a place, as long as there is work left for looking where none does."""
    if fails_soon(head):
        return False
    if not context.may_search(0):
        return False
    found = begins(source, head, at)
    if not found:
        context.may_search(_LOOK if len(head) == HEAD else len(head))
    return found


def _search(source: Source, end: int, far: bytes, context: Context) -> tuple[int, int]:
    """Look behind other bytes for what begins with a header and comes to its end, at first near, then farther away."""
    at, tried, reach = -1, 0, len(far)
    while tried < _TRIED:
        at = min((found for found in (far.find(mark, at + 1) for mark in _HEADERS) if found >= 0), default=-1)
        if at >= 0:
            tried += 1
            found = extent(source, end + at, context.steps)
            if found.end >= 0:
                return end + at, at
            if not context.may_search(found.reached - end - at):
                break
        elif reach < _SEARCHED and len(far) == reach and context.may_search(reach // 8):
            at, reach = reach - 2, min(reach * 4, _SEARCHED)
            far += source.read(end + len(far), reach - len(far))
        else:
            break
    return -1, 0
