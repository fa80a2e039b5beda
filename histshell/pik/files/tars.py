"""Tar archives, read from the front, header by header: as `tarfile` reads them, and nothing is unpacked anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator

from histshell.pik.files import tar_sparse
from histshell.pik.files.bounds import Context, Look, counted, shown, title
from histshell.pik.files.sources import Part

if TYPE_CHECKING:
    from histshell.pik.files.model import Member
    from histshell.pik.files.sources import Source

_BLOCK = 512
_EMPTY = (b"1", b"2", b"3", b"4", b"5", b"6")  # no bytes follow these; of any other type they do, as for a file
_LINKS = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe"}
_TAIL = 65_557  # bytes in which a zip's end is looked for
_LOOKED = 10_000  # members that are gone through to find the last one
_LONGEST = 1 << 20  # of a long name or a list of attributes
_ATTRIBUTES = 100_000  # of one member that are kept
_GONE_THROUGH = 300_000  # of an archive
_LENGTH = re.compile(rb"([0-9]{1,20}) ")
_TORCH = {"sys_info", "pickle", "storages", "tensors"}


@dataclass
class _Entry:
    name: str
    kind: bytes
    size: int
    data: int
    at: int
    whole: Source | None = None  # where that is not what lies there, but more: a sparse one


def is_old(head: bytes) -> bool:
    """Tell whether a block is a header of the oldest form, which has nothing but its checksum to show."""
    return len(head) >= _BLOCK and head[0] != 0 and _sound(head[:_BLOCK])


def _sound(block: bytes) -> bool:
    """Tell whether a header's checksum is right; some writers took the bytes as signed."""
    said = _number(block[148:156])
    kept = block[:148] + b" " * 8 + block[156:]
    return said is not None and (said == sum(kept) or said == sum(byte - 256 if byte > 127 else byte for byte in kept))


def _number(field: bytes) -> int | None:
    """Read a number; None if it is none."""
    try:
        return tar_sparse.number(field)
    except ValueError:
        return None


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at an archive; PyTorch's oldest checkpoints are such."""
    names = {entry.name for _, entry in zip(range(5), _entries(source, name, _Quiet()))}
    kind = "PyTorch checkpoint (tar, before 0.2)" if names >= _TORCH else "tar"
    return Look(kind, _members(source, name, (*inside, "tar"), context))


def ends_with_zip(source: Source) -> bool:
    """Tell whether the last member of what may be an archive is a zip, so that the end of that is its own."""
    last = None
    for number, entry in enumerate(_entries(source, "", _Quiet())):
        last = entry
        if number > _LOOKED:
            return False
    if last is None or last.kind in _EMPTY or source.read(last.data, 4) != b"PK\3\4":
        return False
    behind = max(last.data + last.size, source.whole() - _TAIL)
    return b"PK\5\6" not in source.read(behind, _TAIL)


class _Quiet:
    """Takes findings that will be found again."""

    def find(self, text: str, offset: int | None = None, damaged: bool = True) -> None:
        """Forget it."""


def _members(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Iterator[Member]:
    """Give what stands in each member."""
    seen: set[str] = set()
    for number, entry in enumerate(_entries(source, name, context)):
        if number >= context.bounds.members:
            context.find(f"{title(name)}more than {number:,} members: the others are not looked at", entry.at)
            return
        parts = entry.name.split("/")
        if ".." in parts or entry.name.startswith("/"):
            context.find(
                f"the name {shown(entry.name)} leads out of the folder it would be unpacked in", entry.at, False
            )
        if not entry.name.isprintable():
            context.find(f"the name {shown(entry.name)} has characters in it that no name has", entry.at, False)
        if entry.name in seen:
            context.find(f"two members are named {shown(entry.name)}; unpacked, the last one stays", entry.at, False)
        seen.add(entry.name)
        if entry.kind in _LINKS:
            context.find(f"{shown(entry.name)} is {_LINKS[entry.kind]}, which is not followed", entry.at, False)
        elif entry.kind not in _EMPTY and not (entry.name.endswith("/") and not entry.size):
            label = f"{name}/{entry.name}" if name else entry.name
            part = entry.whole if entry.whole is not None else Part(source, entry.data, entry.size)
            yield from context.look(part, label, inside).members


def _entries(source: Source, name: str, context: Context | _Quiet) -> Iterator[_Entry]:
    """Give the members in their order, up to the end or to a header that is none."""
    at, long = 0, ""
    pax: list[tuple[str, str]] = []
    attributes = _Attributes(name, context)
    while True:
        block = source.read(at, _BLOCK)
        if len(block) < _BLOCK:
            if block or at:
                context.find(f"{title(name)}the archive ends without its end", at + len(block), bool(block))
            return
        if not block.strip(b"\0"):
            at = _end(source, name, at, context)
            if at < 0:
                return
            continue
        size = _number(block[124:136])
        if not _sound(block) or size is None or size < 0:
            context.find(
                f"{title(name)}a header that is none: its {'size' if _sound(block) else 'checksum'} is wrong", at
            )
            return
        kind, data = block[156:157], at + _BLOCK
        if kind in (b"L", b"K", b"x", b"X", b"g"):
            if size > _LONGEST:
                context.find(f"{title(name)}a name of {counted(size)}, which is too long", at)
                return
            said = source.read(data, size)
            long = _text(said) if kind == b"L" else long
            if kind in (b"x", b"X"):
                if pax:
                    context.find(f"{title(name)}two lists of attributes for one member: readers take either", at)
                pax = [*attributes.read(said, at), *pax][-_ATTRIBUTES:]  # as `tarfile`: the first list counts
            if kind == b"g" and any(key != "path" for key, _ in attributes.read(said, at)):
                context.find(f"{title(name)}attributes of all members say how large each is, which is not believed", at)
        else:
            entry = _entry(source, block, at, pax, long, context)
            data, size = entry.data, entry.size
            yield entry
            long, pax = "", []
        at = data + (size + _BLOCK - 1) // _BLOCK * _BLOCK


def _entry(
    source: Source, block: bytes, at: int, said: list[tuple[str, str]], long: str, context: Context | _Quiet
) -> _Entry:
    """Read a member's header; *said* and *long* are what came before it."""
    pax = dict(said)
    kind, size = block[156:157], _number(block[124:136]) or 0
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    plain = _text(block[:100])
    named = pax.get("GNU.sparse.name") or pax.get("path") or long or (f"{prefix}/{plain}" if prefix else plain)
    if "size" in pax:
        size = _said_size(pax["size"], named, at, context)
    if kind in _EMPTY:
        size = 0
    if kind == b"\0" and plain.endswith("/") and size:
        text = f"a folder with {counted(size)}: some readers pass over them, others take them for the next member"
        context.find(f"{shown(named)}: {text}", at)
        size = 0  # as `tarfile`
    data, found, begin = _sparse(source, at, kind, said, named, context)
    there = source.size
    if there is not None and data + size > there:
        left = max(there - data, 0)
        context.find(f"{shown(named)}: {counted(size)} are announced, and {left:,} are there", at)
        size = left
    stored = found.data - data + sum(length for _, length in found.parts) if found is not None else size
    if stored != size:
        context.find(f"{shown(named)} is sparse, and its map is for {counted(stored)}, not {size:,}", at)
    whole: Source | None = Part(source, begin, max(data + size - begin, 0)) if begin != data else None
    if found is not None and isinstance(context, Context):
        whole = tar_sparse.Sparse(
            Part(source, 0, max(data + size, data + stored)), found, f"{shown(named)} is sparse", context
        )
    return _Entry(named, kind, size, data, at, whole)


def _said_size(text: str, named: str, at: int, context: Context | _Quiet) -> int:
    """Read a size among the attributes as `tarfile` does; what other readers may take for another is said."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    context.find(f"{shown(named)}: its size is written {shown(text)}, which readers take for this or that", at)
    try:
        return min(max(int(text[:19]), 0), 1 << 62)
    except ValueError:
        return 0


def _sparse(
    source: Source, at: int, kind: bytes, said: list[tuple[str, str]], named: str, context: Context | _Quiet
) -> tuple[int, tar_sparse.Map | None, int]:
    """Return where the bytes begin of the member whose header is at *at*, its map, if it has one that can be believed, and
    where what is stored of it begins: behind a map that is among its bytes.
    """
    data = tar_sparse.old_data(source, at) if kind == b"S" else at + _BLOCK
    if tar_sparse.has_two(said):
        context.find(f"{shown(named)} is sparse, and has two maps: readers take either", at)
    try:
        found = tar_sparse.old(source, at, data) if kind == b"S" else tar_sparse.pax(source, data, said)
        return data, found, data if found is None else found.data
    except ValueError as error:
        context.find(f"{shown(named)} is sparse, and its map is damaged: {error}", at)
        return data, None, error.data if isinstance(error, tar_sparse.Damaged) else data


def _end(source: Source, name: str, at: int, context: Context | _Quiet) -> int:
    """Say what lies after the end of the archive; return where another archive begins there, -1 if none does."""
    reach = 0
    while reach < 1 << 22:
        piece = source.read(at + reach, 1 << 16)
        rest = piece.lstrip(b"\0")
        if rest:
            context.find(
                f"{title(name)}after the end of the archive there are other bytes",
                at + reach + len(piece) - len(rest),
                False,
            )
            begin = at + (reach + len(piece) - len(rest)) // _BLOCK * _BLOCK
            return begin if is_old(source.read(begin, _BLOCK)) else -1
        reach += len(piece)
        if not piece:
            break
    return -1


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "backslashreplace")


class _Attributes:
    """Reads the lists of attributes of an archive; kept is how a member is named, how large it is, and what it is made of."""

    def __init__(self, name: str, context: Context | _Quiet) -> None:
        """Let *context* take what is wrong with them."""
        self._name = name
        self._context = context
        self._count = 0

    def read(self, said: bytes, place: int) -> list[tuple[str, str]]:
        """Read a list: ``LENGTH KEY=VALUE`` and a newline for each; the map of a sparse member has each key often."""
        found: list[tuple[str, str]] = []
        at = 0
        while at < len(said) and said[at]:
            self._count += 1
            length = _LENGTH.match(said, at)
            end = at + int(length[1]) if length is not None else 0
            if length is None or end <= length.end() or self._count > _GONE_THROUGH or len(found) >= _ATTRIBUTES:
                many = self._count > _GONE_THROUGH or len(found) >= _ATTRIBUTES
                why = "there are too many attributes" if many else "a list of attributes is damaged"
                self._context.find(f"{title(self._name)}{why}: the others are not read", place)
                break
            key, _, value = said[length.end() : end - 1].partition(b"=")
            if key in (b"size", b"path") or key.startswith(b"GNU.sparse."):
                found.append((_KEYS.get(key) or _text(key), value.decode("utf-8", "backslashreplace")))
            at = end
        return found


_KEYS = {key.encode(): key for key in ("GNU.sparse.offset", "GNU.sparse.numbytes")}
