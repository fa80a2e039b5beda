"""Zip archives: numpy's `.npz`, PyTorch's checkpoints, and any other with what stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from histshell.pik.files import torch_zip, zip_directory
from histshell.pik.files.bounds import Look, shown
from histshell.pik.files.model import Member
from histshell.pik.files.sources import Memory, Part, Source
from histshell.pik.files.unpacked import Missing, Unpacked

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context
    from histshell.pik.files.zip_directory import Entry

_WORDS = {8: "deflate", 12: "bz2", 93: "zstd", 95: "xz"}
_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 96: "JPEG", 97: "WavPack", 98: "PPMd", 99: "AES encryption"}
_NAMED = (
    ("[Content_Types].xml", "Office document"), ("META-INF/MANIFEST.MF", "Java archive"), ("mimetype", "document or book"),
    ("AndroidManifest.xml", "Android package"), ("model.weights.h5", "Keras model"), ("schema.json", "skops model"),
)  # fmt: skip
_EAGER = 500  # members of an archive whose beginnings are read at once, to know whether any may be a pickle


class Checked(Source):
    """A member's bytes, whose checksum is compared as soon as all of them were read."""

    def __init__(self, source: Source, entry: Entry, context: Context) -> None:
        self._source = source
        self.size = source.size
        self._entry = entry
        self._context = context
        self._crc = self._at = 0

    def read(self, offset: int, count: int) -> bytes:
        """Return some of them."""
        data = self._source.read(offset, count)
        self.size = self._source.size
        if offset <= self._at < offset + len(data):
            from binascii import crc32

            with memoryview(data) as view:
                self._crc = crc32(view[self._at - offset :], self._crc)
            self._at = offset + len(data)
            if self._at == self._entry.size and self._crc != self._entry.crc:
                text = f"{shown(self._entry.name)}: its bytes do not have the checksum that they should"
                self._context.find(text, self._entry.data)
        return data

    def packed(self, count: int) -> int:
        """Return what lies behind it."""
        return self._source.packed(count)

    def whole(self) -> int:
        """Return its size."""
        self.size = self._source.whole()
        return self.size


class _Joined(Source):
    """Some bytes in front of a source."""

    def __init__(self, head: bytes, source: Source) -> None:
        self._head, self._source = head, source
        self.size = None if source.size is None else len(head) + source.size

    def read(self, offset: int, count: int) -> bytes:
        head = self._head[offset : offset + count]
        return head + self._source.read(max(offset - len(self._head), 0), count - len(head))

    def packed(self, count: int) -> int:
        return self._source.packed(count)


def bytes_of(source: Source, entry: Entry, context: Context) -> Source:
    """Return the source of a member's bytes; an empty one where it cannot be read, and why is a finding."""
    if entry.data < 0:
        return Memory(b"")
    if entry.flags & 1:
        context.find(f"{shown(entry.name)} is encrypted, and is not read", entry.offset)
        return Memory(b"")
    part: Source = Part(source, entry.data, entry.packed)
    if not entry.method:
        if entry.packed != entry.size and entry.listed:
            text = f"{shown(entry.name)} is not packed, and has two sizes: {entry.size:,} and {entry.packed:,}"
            context.find(text, entry.offset)
            part = Part(source, entry.data, min(entry.size, entry.packed))
        return Checked(part, entry, context)
    word = _WORDS.get(entry.method, "")
    if entry.method == 14:
        head = part.read(0, 9)
        whole = b"\xff" * 8 if entry.flags & 2 else entry.size.to_bytes(8, "little")
        word, part = "lzma", _Joined(head[4:9] + whole, Part(part, 9, max(entry.packed - 9, 0)))
    try:
        if not word:
            raise Missing(
                f"method {entry.method}" + (f", {_METHODS[entry.method]}" if entry.method in _METHODS else "")
            )
        unpacked = Unpacked(part, word, context, alone=False, announced=entry.size if entry.listed else None)
    except Missing as error:
        context.find(f"{shown(entry.name)} is packed in a way that is not read here: {error}", entry.offset)
        return Memory(b"")
    return Checked(unpacked, entry, context)


def look(source: Source, name: str, inside: tuple[str, ...], context: Context) -> Look:
    """Look at an archive."""
    directory = zip_directory.read(source, name, context)
    zip_directory.records(source, directory, context)
    entries = [entry for entry in directory.entries if not (entry.name.endswith("/") and not entry.size)]
    torch = torch_zip.layout(entries)
    if torch is not None:
        sources = {id(entry): bytes_of(source, entry, context) for entry in entries[: context.bounds.members]}
        return torch_zip.look(torch, entries, lambda entry: sources[id(entry)], (name, (*inside, "zip")), context)
    found = _members(source, entries, name, (*inside, "zip"), context)
    if entries and all(entry.name.endswith(".npy") for entry in entries):
        stems = [entry.name[:-4] for entry in entries]
        if len(set(stems)) < len(stems) or set(stems) & {entry.name for entry in entries}:
            context.find("two of its arrays have one name for numpy", 0, False)
        return Look("npz", found)
    names = {entry.name for entry in entries}
    words = next((words for sign, words in _NAMED if sign in names), "")
    kind = f"zip ({words})" if words else "zip"
    if len(entries) > _EAGER:
        return Look(kind, found)
    members = list(found)
    return Look(kind, iter(members), not words or any(member.kind != "other" for member in members))


def _members(
    source: Source, entries: list[Entry], name: str, inside: tuple[str, ...], context: Context
) -> Iterator[Member]:
    """Give what stands in each member."""
    for entry in entries:
        label = f"{name}/{entry.name}" if name else entry.name
        for member in context.look(bytes_of(source, entry, context), label, inside).members:
            if not entry.listed:
                member.facts = {**member.facts, "listed": False}
            yield member
