"""Files as their formats have them, made byte for byte, so that each field may lie; and what a file was found to be."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from histshell.pik import files
from histshell.pik.files import sources
from histshell.pik.files.bounds import Bounds
from histshell.pik.files.model import File, Member

FIXTURES = Path(__file__).parent / "fixtures"

PLAIN = b"\x80\x04}\x8c\x01aK\x01s."
"""A pickle of {'a': 1}."""

ASKS = b"cos\nsystem\n(S'true'\ntR."


@dataclass
class Opened:
    """What a file was found to be, with all its members read."""

    kind: str
    like: bool
    members: list[Member]
    data: dict[str, bytes]
    damaged: list[str]
    odd: list[str]
    notes: list[str]

    @property
    def pickles(self) -> dict[str, bytes]:
        """The data of the pickles, by name."""
        return {member.name: self.data[member.name] for member in self.members if member.kind == "pickle"}

    def member(self, name: str) -> Member:
        """Return the member of that name."""
        return next(member for member in self.members if member.name == name)


def opened(what: Any, limit: int | None = None) -> Opened:
    """Open, go through all members, read them, and close."""
    with files.open(what, limit=limit) as file:
        return _read(file)


def _read(file: File) -> Opened:
    members = list(file.members)
    data = {member.name: bytes(member.data()) for member in members if member.kind != "storage"}
    said = [(str(finding), finding.damaged) for finding in file.findings]
    assert all(text.isprintable() for text, _ in said), said
    assert all(note.isprintable() for note in file.notes)
    return Opened(
        file.kind, file.is_pickle_like, members, data,
        [text for text, damaged in said if damaged], [text for text, damaged in said if not damaged], file.notes,
    )  # fmt: skip


def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let less be unpacked and fewer members be looked at, so that bombs may be small.

    The usual bounds are those that the documents name.
    """
    usual = Bounds.of(None)
    assert (usual.unpacked, usual.ratio, usual.free, usual.members) == (4 << 30, 200, 64 << 20, 10_000)
    monkeypatch.setattr(Bounds, "of", classmethod(lambda cls, limit: replace(usual, free=4 << 20, members=500)))  # noqa: ARG005


@dataclass
class Record:
    """A member of a zip archive; what is given of `listed` is what the directory says instead."""

    name: bytes
    data: bytes = PLAIN
    method: int = 0
    flags: int = 0
    extra: bytes = b""
    listed: dict[str, Any] = field(default_factory=dict)
    is_listed: bool = True
    at: int | None = None  # where the directory says that it is


def zipped(*records: Record, before: bytes = b"", between: bytes = b"", after: bytes = b"", shift: int = 0) -> bytes:
    """Make an archive."""
    body, directory, count = bytearray(before), b"", 0
    for record in records:
        raw = record.data
        if record.method == 8:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            raw = packer.compress(raw) + packer.flush()
        said: dict[str, Any] = {
            "name": record.name, "method": record.method, "flags": record.flags, "crc": zlib.crc32(record.data),
            "packed": len(raw), "size": len(record.data),
        }  # fmt: skip
        at = len(body) + shift if record.at is None else record.at
        body += b"PK\3\4" + _fields(said) + struct.pack("<HH", len(record.name), len(record.extra)) + record.name
        body += record.extra + raw + between
        if record.is_listed:
            said = {**said, **record.listed}
            count += 1
            directory += b"PK\1\2\x14\0" + _fields(said) + struct.pack("<5H2I", len(said["name"]), 0, 0, 0, 0, 0, at)
            directory += said["name"]
    end = struct.pack("<4H2IH", 0, 0, count, count, len(directory), len(body) + shift, 0)
    return bytes(body) + directory + b"PK\5\6" + end + after


def _fields(said: dict[str, Any]) -> bytes:
    return struct.pack(
        "<5H3I", 20, said["flags"], said["method"], 0, 0, said["crc"], said["packed"], said["size"]
    )  # fmt: skip


def tarred(*members: tuple[bytes, bytes], **lies: bytes) -> bytes:
    """Make an archive of names and data; *lies* are the fields ``size`` and ``kind`` of each header, as written."""
    out = b""
    for name, data in members:
        size = lies.get("size", b"%011o\0" % len(data))
        head = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + size + b"00000000000\0"
        head += b" " * 8 + lies.get("kind", b"0") + b"\0" * 100 + b"ustar\x0000" + b"\0" * 247
        head = head[:148] + b"%06o\0 " % sum(head) + head[156:]
        out += head + data + b"\0" * (-len(data) % 512)
    return out + b"\0" * 1024


def npy(descr: str = "'<f8'", shape: str = "(2,)", data: bytes = b"\0" * 16, version: int = 1) -> bytes:
    """Make an array's file."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    length = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def joblib(
    shape: bytes = b"K\x02\x85", dtype: bytes = b"X\x02\0\0\0f8", raw: bytes = b"\0" * 16, more: bytes = b""
) -> bytes:
    """Make a stream with one array, in the form without padding."""
    made = b"\x80\x02cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}("
    made += b"X\x05\0\0\0shape" + shape + b"X\x05\0\0\0orderX\x01\0\0\0C"
    made += b"X\x05\0\0\0dtypecnumpy\ndtype\n(" + dtype + b"K\0K\x01tR" + more + b"ub"
    return made + raw + b"."


def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the list of how many bytes each read of a file gives, from now on."""
    asked: list[int] = []
    read = sources.Plain.read

    def counting(self: sources.Plain, offset: int, count: int) -> bytes:
        data = read(self, offset, count)
        asked.append(len(data))
        return data

    monkeypatch.setattr(sources.Plain, "read", counting)
    return asked
