"""`open`: a file, bytes or a binary file object, by its header and never by its name; and what stands within it likewise."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, Any, Callable, Iterator

from histshell.pik.files import (
    base64_text,
    headers,
    joblib,
    npy,
    prefixes,
    shelves,
    signed_text,
    streams,
    tars,
    torch_legacy,
    zip_directory,
    zips,
)
from histshell.pik.files.bounds import Bounds, Context, Look, counted, title
from histshell.pik.files.guessing import HEAD, begins, runs_too
from histshell.pik.files.model import File, Member, Members
from histshell.pik.files.sources import Memory, Part, Plain, of_file, opened, trouble
from histshell.pik.files.unpacked import ZSTD, Missing, Unpacked

if TYPE_CHECKING:
    from histshell.pik.files.sources import Source

_PACKED: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x04\x22\x4d\x18", "lz4"),
    *((magic, "zstd") for magic in ZSTD),
)  # fmt: skip
_WEAK = (b"\x78", b"\x68", b"\x48", b"\x38")  # how zlib may begin; two bytes are no proof


def open(what: Any, *, limit: int | None = None) -> File:  # noqa: A001  # what it is called as: files.open
    """Open a path, bytes, or a binary file object, and look at its header.

    *limit* is how many bytes may be unpacked, from however few; without one that is 4 GB, and 200 to 1 beyond 64 MB. Members
    are found as they are asked for. Raises `PikError` for what cannot be opened: no file, a folder, a pipe, a device; it is
    of the type that Python's `open` raises, too, and a `TypeError` for what is neither a path nor bytes nor a binary file.
    """
    bounds = Bounds.of(limit)
    path = ""
    source: Source
    if isinstance(what, Memory):
        source = what
    elif isinstance(what, (bytes, bytearray, memoryview)):
        source = Memory(bytes(what))
    elif hasattr(what, "read"):
        source = of_file(what, bounds.unpacked)
    elif not isinstance(what, (str, os.PathLike)) and (data := _buffer(what)) is not None:
        source = Memory(data)
    else:
        path = _path(what)
        found = shelves.beside(path)
        source = opened(found or path)
        path = found or path
    size = source.size or 0
    context = Context(bounds, size, os.path.dirname(path) if path else None, os.path.basename(path))
    context.look = lambda inner, name, inside: _look(inner, name, inside, context)
    plain = source.source if isinstance(source, Part) else source
    if isinstance(plain, Plain):
        plain.note = context.find
        context.closing.append(plain.close)
    try:
        seen = _first(source, context)
    except BaseException:
        _close(context)
        raise
    return File(
        path,
        size,
        seen.kind,
        seen.like,
        Members(seen.members),
        context.findings,
        context.notes,
        source if isinstance(source, Memory) and not path else what,
        lambda: _close(context),
    )


def _buffer(what: Any) -> bytes | None:
    """Return the bytes of any other buffer; None if it is none."""
    try:
        with memoryview(what) as view:
            return view.tobytes()
    except (TypeError, ValueError, BufferError):
        return None


def _path(what: Any) -> str:
    """Return a path as text. Raises `PikError`."""
    try:
        return os.fsdecode(what)
    except Exception as error:  # what calls itself a path may raise anything
        kind = type(what).__name__
        said = f"a path, bytes or a binary file is expected, not {kind}" if type(error) is TypeError else str(error)
        raise trouble(said, None, error) from None


def _close(context: Context) -> None:
    while context.closing:
        context.closing.pop()()


def _first(source: Source, context: Context) -> Look:
    """Look at the file itself, which may be one of several that belong together."""
    if not source.size:
        context.find("it is empty", 0)
        return Look("empty", iter(()), False)
    shelf = shelves.look(source, context) if context.name else None
    return _also(shelf, source.read(0, HEAD), source, "", (), context) if shelf else _look(source, "", (), context)


def _look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at a stream by its first bytes."""
    head = source.read(0, HEAD)
    if not context.may_look():
        return Look("container", _other("container", source, name, inside).members)
    if len(inside) > context.bounds.depth:
        context.find(f"{title(name)}{counted(len(inside), 'container')} around it, and no more are gone into", 0)
        return Look("container", _other("container", source, name, inside).members)
    for magic, word in _PACKED:
        if head.startswith(magic):
            return _also(_unpack(source, word, name, inside, context), head, source, name, inside, context)
    weak = _weakly_packed(head, source, name, inside, context)
    if weak is not None:
        return weak
    for is_such, look in _READERS:
        if is_such(head, source):
            return _also(look(source, name, inside, context), head, source, name, inside, context)
    if begins(source, head):
        return joblib.look(source, name, inside, context)
    coded = signed_text.look(head, source, name, inside, context)
    coded = coded or base64_text.look(head, source, name, inside, context)
    if coded is not None:
        return coded
    behind = prefixes.look(head, source, name, inside, context)
    if behind is not None:
        return behind
    if zip_directory.has_end(source):  # behind a program that unpacks it, say
        return zips.look(source, name, inside, context)
    words = headers.named(head, source.size)
    if words.startswith("dbm"):
        context.note("the library that reads it would have to be trusted with it, so that it is only named")
    return _other(words or ("empty" if not head else "unknown"), source, name, inside)


def _also(found: Look, head: bytes, source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Add what a loader of pickles would make of the same bytes, where it would come to a name; what looks for a zip likewise."""
    members = [found.members]
    if head[:1] != b"P" and runs_too(source, head):  # a zip begins with it: an id that no loader knows by itself
        context.find(f"{title(name)}its first bytes are opcodes too: pickle alone would run them", 0, False)
        label = f"{name} (as pickle alone reads it)" if name else "(as pickle alone reads it)"
        members.append(streams.members(source, label, inside, context))
    if not inside and head[:2] != b"PK" and zip_directory.has_end(source) and not tars.ends_with_zip(source):
        context.find(f"{title(name)}it ends as a zip archive does: what looks for one reads that", source.size, False)
        members.append(zips.look(source, "(as a zip)", inside, context).members)
    return found if len(members) == 1 else Look(found.kind, chain(*members))


def _other(words: str, source: Source, name: str, inside: tuple[str, ...]) -> Look:
    """Name what is not read."""
    member = Member(name, "other", 0, source.size, streams.reader(source, 0, -1), inside=inside, what=words)
    return Look(words, iter([member]), False)


def _unpack(
    source: Source, word: str, name: str, inside: tuple[str, ...], context: Context, start: int = 0, **more: Any
) -> Look:
    """Look into a packed stream."""
    try:
        unpacked = Unpacked(source, word, context, start, **more)
    except Missing as error:
        context.find(f"{title(name)}{word} is not read here: {error}", 0)
        return Look(word, iter([Member(name, "other", 0, source.size, lambda: b"", inside=inside, what=word)]))
    inner = context.look(unpacked, name, (*inside, word))
    if inner.like:
        label = f"{name} (after the {word} data)" if name else f"(after the {word} data)"
        return Look(f"{word} > {inner.kind}", _to_the_end(unpacked, inner.members, source, label, inside, context))
    if unpacked.damaged and not unpacked.size:  # nothing of it can be read, whatever it was
        return Look(word, inner.members)
    return Look(f"{word} > {inner.kind}", inner.members, False)


def _to_the_end(
    unpacked: Unpacked, members: Iterator[Member], source: Source, label: str, inside: tuple[str, ...], context: Context
) -> Iterator[Member]:
    """Give the members, then see whether the packed stream is whole, and what lies behind it."""
    yield from members
    unpacked.whole()
    if unpacked.behind >= 0:
        yield from streams.behind(source, label, inside, context, unpacked.behind)


def _weakly_packed(head: bytes, source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look | None:
    """Look into zlib's, lzma's or joblib's old format, whose beginnings are too short to be believed before it unpacks."""
    if head[:4] == b"ZF0x":
        try:
            announced = int(head[2:21].split(b"L")[0].strip(), 16)
        except ValueError:
            context.find(f"{title(name)}its length cannot be read", 2)
            announced = None
        start = 22 if head[20:21] == b"L" or head[21:22] == b" " else 21
        return _unpack(source, "zlib", name, inside, context, start, announced=announced)
    if head[:1] in _WEAK and len(head) > 5 and not int.from_bytes(head[:2], "big") % 31:
        word = "zlib"
    elif head[:3] == b"\x5d\0\0" and len(head) > 13:
        word = "lzma"
    else:
        return None
    trial = Context(context.bounds, context.size, None, "")
    try:
        if not Unpacked(source, word, trial).read(0, 1) and trial.findings:
            return None
    except Missing:
        pass
    return _unpack(source, word, name, inside, context)


_Reading = Callable[["Source", str, "tuple[str, ...]", Context], Look]
_READERS: tuple[tuple[Callable[[bytes, Source], bool], _Reading], ...] = (
    (lambda head, _: head.startswith(npy.MAGIC), npy.look),
    (lambda head, _: head[:4] in (b"PK\3\4", b"PK\5\6", b"PK\7\x08"), zips.look),
    (lambda head, _: head[257:262] == b"ustar" or tars.is_old(head), tars.look),
    (lambda head, _: head.startswith(b"SQLite format 3\0"), shelves.look_sqlite),
    (lambda head, _: torch_legacy.is_such(head), torch_legacy.look),
)
