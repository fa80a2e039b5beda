"""The directory of a zip archive, read strictly, and where it and the records that it lists disagree.

numpy, PyTorch and `zipfile` go by the directory at the end, and so does this; what lies in the file beside that is said,
since other programs read the records one after another from the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator

from histshell.pik.files.bounds import counted, shown, title

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.sources import Source

END, END64, LOCATOR, LISTED, RECORD, DESCRIPTOR = b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\1\2", b"PK\3\4", b"PK\7\x08"
_MARKS = 100  # of an end that are looked at
_TAIL = 65_557  # the end's own 22 bytes, and the longest comment
_PIECE = 1 << 22
_FULL4, _FULL2 = 0xFFFFFFFF, 0xFFFF


@dataclass
class Entry:
    """A member as the directory has it, or, where that does not list it, as its record has it."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of its record, in the file
    data: int = -1  # of its bytes, in the file; -1: there is no record
    listed: bool = True

    @property
    def end(self) -> int:
        """Return where its bytes end."""
        return (self.data if self.data >= 0 else self.offset) + self.packed


@dataclass
class Directory:
    """What the directory says: its entries, and where it lies."""

    entries: list[Entry]
    start: int
    cut: bool = False
    front: int = 0  # where its records may begin


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


def has_end(source: Source) -> bool:
    """Tell whether a file ends as an archive does: with the mark of an end, and the directory that it speaks of.

    The mark alone stands in programs that read archives. What is an archive of nothing has its mark at the very end.
    """
    size = source.size
    if size is None or size < 22:
        return False
    start = max(size - _TAIL, 0)
    tail = source.read(start, _TAIL)
    at, tried = len(tail), 0
    while tried < _MARKS and (at := tail.rfind(END, 0, at)) >= 0:
        tried += 1
        if at + 22 <= len(tail) and _is_end(source, tail, at, start):
            return True
    return tried == _MARKS


def _is_end(source: Source, tail: bytes, at: int, start: int) -> bool:
    """Tell whether there is a directory where the end at a place says, or right before it, as readers have it."""
    count, length, offset = _number(tail, at + 10, 2), _number(tail, at + 12, 4), _number(tail, at + 16, 4)
    if not count and not length:
        return at + 22 + _number(tail, at + 20, 2) == len(tail)
    place = start + at
    if place >= 20 and source.read(place - 20, 4) == LOCATOR:
        return True
    return LISTED in (source.read(offset, 4), source.read(place - length, 4) if length <= place else b"")


def read(source: Source, name: str, context: Context) -> Directory:
    """Read the directory; where there is none, what records there are from the front."""
    size = source.whole()
    start = max(size - _TAIL, 0)
    tail = source.read(start, _TAIL)
    at = tail.rfind(END, 0, max(len(tail) - 18, 0))
    if at < 0:
        context.find(f"{title(name)}the archive has no directory at its end, as if it were cut off", size)
        return Directory(list(_records(source, 0, size, context)), size, True)
    comment = _number(tail, at + 20, 2)
    left = len(tail) - at - 22 - comment
    if left > 0:
        context.find(f"{title(name)}after the archive: {counted(left)}", start + at + 22 + comment, False)
    elif left < 0:
        context.find(f"{title(name)}the comment at the end of the archive is cut off", start + at)
    count, length, offset = _number(tail, at + 10, 2), _number(tail, at + 12, 4), _number(tail, at + 16, 4)
    place = start + at
    if place >= 20:
        count, length, offset, place = _large(source, name, context, (count, length, offset, place))
    before = place - length - offset
    if before < 0:
        context.find(f"{title(name)}the directory is to begin at {offset:,}, and reaches beyond its own end", place)
        return Directory(list(_records(source, 0, place, context)), place, True)
    directory = Directory([], place - length, front=max(before, 0))
    directory.entries.extend(_listed(source, name, context, directory.start, length, count, before))
    directory.cut = len(directory.entries) < count
    if directory.cut and len(directory.entries) < context.bounds.members:
        _add(directory, _records(source, 0, directory.start, context))
    if before and source.read(offset, 4) == LISTED:
        text = f"{title(name)}two directories: where it is said to begin, as PyTorch goes, and before its end, as zipfile does"
        context.find(text, offset, False)
        _add(directory, _listed(source, name, context, offset, length, count, 0))
    elif before:
        context.find(f"{title(name)}before the archive: {counted(before)}", 0, False)
    _other_end(source, name, context, directory, (start, tail, at))
    return directory


def _other_end(
    source: Source, name: str, context: Context, directory: Directory, place: tuple[int, bytes, int]
) -> None:
    """Look for another end of a directory before the one that was found, and add what that one lists."""
    start, tail, at = place
    other = tail.rfind(END, 0, at)
    if other >= 0:
        count, length, offset = _number(tail, other + 10, 2), _number(tail, other + 12, 4), _number(tail, other + 16, 4)
        before = start + other - length - offset
        if before >= 0 and source.read(start + other - length, 4) == LISTED:
            context.find(
                f"{title(name)}another end of a directory, which other programs may take", start + other, False
            )
            _add(directory, _listed(source, name, context, start + other - length, length, count, before))


def _add(directory: Directory, entries: Iterator[Entry]) -> None:
    """Add what another directory lists, and this one does not."""
    known = {(entry.name, entry.offset) for entry in directory.entries}
    for entry in entries:
        if (entry.name, entry.offset) not in known:
            entry.listed = False
            directory.entries.append(entry)


def _large(source: Source, name: str, context: Context, small: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return count, length and offset of the directory and where it ends, from the fields for large archives if they are there."""
    count, length, offset, place = small
    locator = source.read(place - 20, 20)
    if not locator.startswith(LOCATOR):
        if _FULL4 in (length, offset):
            context.find(f"{title(name)}the fields of a large archive are missing", place)
        return small
    said, usual = _number(locator, 8, 8), place - 20 - 56
    for at in (said, usual):  # where it is said to be; before what stands in front of an archive is counted in
        end = source.read(at, 56) if 0 <= at < place else b""
        if end.startswith(END64):
            large = (_number(end, 32, 8), _number(end, 40, 8), _number(end, 48, 8))
            for before, after, full in zip((count, length, offset), large, (_FULL2, _FULL4, _FULL4)):
                if before not in (after, full):
                    context.find(
                        f"{title(name)}two ends of the directory disagree: {before:,} and {after:,}", at, False
                    )
            return (*large, at)
    context.find(f"{title(name)}the end for large archives is not where it is said to be", place - 20)
    return small


def _listed(
    source: Source, name: str, context: Context, start: int, length: int, count: int, before: int
) -> Iterator[Entry]:
    """Give the entries of the directory, as many as are looked at."""
    piece, base, at = source.read(start, min(length, _PIECE)), start, 0
    number = 0
    while base + at < start + length:
        if number >= context.bounds.members:
            context.find(f"{title(name)}{counted(count, 'member')}: only the first {number:,} are looked at", base + at)
            return
        wanted = 46 + sum(_number(piece, at + field, 2) for field in (28, 30, 32))
        if at + max(wanted, 46) > len(piece) and base + len(piece) < start + length:
            base, at, piece = base + at, 0, source.read(base + at, min(start + length - base - at, _PIECE))
            wanted = 46 + sum(_number(piece, at + field, 2) for field in (28, 30, 32))
        if piece[at : at + 4] != LISTED or at + wanted > len(piece):
            context.find(f"{title(name)}the directory is damaged after {counted(number, 'member')}", base + at)
            return
        yield _entry(piece[at : at + wanted], before, context, base + at)
        at += wanted
        number += 1
    if number != count:
        context.find(f"{title(name)}{counted(count, 'member')} are announced, and {number:,} are listed", start)


def _entry(raw: bytes, before: int, context: Context, at: int) -> Entry:
    """Read one entry of the directory."""
    length, extra = _number(raw, 28, 2), _number(raw, 30, 2)
    name = _name(raw[46 : 46 + length], _number(raw, 8, 2), context, at)
    sizes = [_number(raw, 24, 4), _number(raw, 20, 4), _number(raw, 42, 4)]
    _widen(raw[46 + length : 46 + length + extra], sizes, name, context, at)
    flags, method, crc = _number(raw, 8, 2), _number(raw, 10, 2), _number(raw, 16, 4)
    return Entry(name, flags, method, crc, sizes[1], sizes[0], sizes[2] + before)


def _name(raw: bytes, flags: int, context: Context, at: int) -> str:
    """Decode a member's name, and say what is odd about it."""
    try:
        name = raw.decode("utf-8" if flags & 0x800 else "cp437")
    except UnicodeDecodeError:
        name = raw.decode("utf-8", "backslashreplace")
        context.find(f"the name {shown(name)} is not the UTF-8 that it says it is", at)
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name[:1] in ("/", "\\") or name[1:2] == ":":
        context.find(f"the name {shown(name)} leads out of the folder it would be unpacked in", at, False)
    if not name.isprintable():
        context.find(f"the name {shown(name)} has characters in it that no name has", at, False)
        if "\0" in name:
            context.find(f"{shown(name)}: zipfile reads the name up to the NUL alone", at, False)
    return name


def _widen(extra: bytes, sizes: list[int], name: str, context: Context, at: int) -> None:
    """Replace the sizes (whole, packed) and the offset that have no room, by those in the extra field."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = _number(extra, place, 2), _number(extra, place + 2, 2)
        if kind == 1:
            field = place + 4
            for index, value in enumerate(sizes):
                if value == _FULL4:
                    if field + 8 > place + 4 + length:
                        context.find(f"{shown(name)}: its size or place is missing", at)
                        return
                    sizes[index] = _number(extra, field, 8)
                    field += 8
            return
        place += 4 + length


def records(source: Source, directory: Directory, context: Context) -> None:
    """Find the record of each entry; say where the two disagree, where records overlap, and what is not listed."""
    seen: dict[str, Entry] = {}
    for entry in directory.entries:
        if entry.data < 0:
            _match(source, entry, context, directory.start)
        if entry.name in seen:
            text = f"two members are named {shown(entry.name)}; of those numpy and zipfile read the last one"
            context.find(text, entry.offset, False)
        elif entry.name.lower() in seen:
            context.find(
                f"{shown(entry.name)}: two names that differ only in upper and lower case", entry.offset, False
            )
        seen[entry.name] = seen[entry.name.lower()] = entry
    if directory.cut:
        return
    _gaps(source, directory, context)


def _match(source: Source, entry: Entry, context: Context, limit: int) -> None:
    """Compare an entry with its record."""
    raw = source.read(entry.offset, 30)
    if len(raw) < 30 or not raw.startswith(RECORD) or entry.offset >= limit:
        context.find(f"{shown(entry.name)}: there is no record where the directory says", entry.offset)
        return
    length, extra = _number(raw, 26, 2), _number(raw, 28, 2)
    more = source.read(entry.offset + 30, length + extra)
    entry.data = entry.offset + 30 + length + extra
    here = _record(raw, more, entry.offset, context)
    said = []
    if here.name != entry.name:
        said.append(f"the name {shown(here.name)}")
    if here.method != entry.method:
        said.append(f"method {here.method}, not {entry.method}")
    if (here.flags ^ entry.flags) & 1:
        said.append("that it is encrypted" if here.flags & 1 else "that it is not encrypted")
    if not here.flags & 8 or here.size or here.packed:
        for word, one, other in (
            ("size", here.size, entry.size), ("packed size", here.packed, entry.packed), ("checksum", here.crc, entry.crc),
        ):  # fmt: skip
            if one != other and not (here.flags & 8 and not one):
                said.append(f"{word} {one:,}, not {other:,}")
    if said:
        text = f"{shown(entry.name)}: the directory and the record disagree: the record has {', '.join(said)}"
        context.find(text, entry.offset, False)
    if entry.end > limit:
        context.find(f"{shown(entry.name)}: its {counted(entry.packed)} reach beyond where they can be", entry.data)


def _record(raw: bytes, more: bytes, at: int, context: Context) -> Entry:
    """Read a record's own header."""
    length = _number(raw, 26, 2)
    flags = _number(raw, 6, 2)
    name = more[:length].decode("utf-8" if flags & 0x800 else "cp437", "backslashreplace")
    sizes = [_number(raw, 22, 4), _number(raw, 18, 4)]
    _widen(more[length:], sizes, name, context, at)
    return Entry(
        name, flags, _number(raw, 8, 2), _number(raw, 14, 4), sizes[1], sizes[0], at, at + 30 + len(more), False
    )


def _records(source: Source, at: int, end: int, context: Context) -> Iterator[Entry]:
    """Give the records that stand behind one another from *at* on, up to one whose length is not said."""
    for _ in range(context.bounds.members):
        raw = source.read(at, 30)
        if len(raw) < 30 or not raw.startswith(RECORD) or at >= end:
            return
        entry = _record(raw, source.read(at + 30, _number(raw, 26, 2) + _number(raw, 28, 2)), at, context)
        if entry.flags & 8 and not entry.packed:
            entry.packed = max(end - entry.data, 0)
            yield entry
            return
        entry.packed = min(entry.packed, max(end - entry.data, 0))
        yield entry
        at = entry.end
        if source.read(at, 4) == DESCRIPTOR:
            at += 16 if source.read(at + 16, 2) == b"PK" else 24


def _gaps(source: Source, directory: Directory, context: Context) -> None:
    """Say where records overlap, and what lies between them; records that the directory does not list are added to it."""
    hidden: list[Entry] = []
    reached = directory.front
    last: Entry | None = None
    for entry in sorted((entry for entry in directory.entries if entry.data >= 0), key=lambda entry: entry.offset):
        if last is not None and entry.offset < reached:
            text = f"{shown(entry.name)}: its record overlaps that of {shown(last.name)}"
            context.find(text, entry.offset, False)
        hidden.extend(_gap(source, reached, entry.offset, last, context))
        if entry.end >= reached:
            reached, last = entry.end, entry
    hidden.extend(_gap(source, reached, directory.start, last, context))
    directory.entries.extend(hidden)


def _gap(source: Source, start: int, end: int, last: Entry | None, context: Context) -> list[Entry]:
    """Say what lies between two records."""
    if end <= start:
        return []
    head = source.read(start, 24)
    if last is not None and last.flags & 8:
        for length in (16, 24, 12, 20):
            if (length in (12, 20) or head.startswith(DESCRIPTOR)) and start + length <= end:
                at = length - (8 if length in (12, 16) else 16) - 4
                if _number(head, at, 4) == last.crc:
                    start += length
                    break
    if start == end:
        return []
    found = [entry for entry in _records(source, start, end, context) if entry.offset < end]
    for entry in found:
        text = f"{shown(entry.name)}: a record that the directory does not list; other programs may read it"
        context.find(text, entry.offset, False)
    if not found and source.read(start, min(end - start, 4096)).strip(b"\0"):
        where = "between two records" if last is not None else "before the first record"
        context.find(f"{where}: {counted(end - start)}, which belong to none", start, False)
    return found
