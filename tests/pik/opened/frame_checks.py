"""Streams whose frames are crossed, and lengths beyond memory: compare with the C of this Python, and print how many."""

from __future__ import annotations

import io
import os
import pickle
import random
import struct
import sys
import warnings
from typing import Any

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))
warnings.simplefilter("ignore")

from histshell import pik  # noqa: E402

LENGTHS = (2**62, 2**63 - 64, 2**63 - 34, 2**63 - 33, 2**63 - 2, 2**63 - 1, 2**63, 2**64 - 1)


class Bare:
    """A file that can only be read."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)
        self.read = self.file.read
        self.readline = self.file.readline
        self.tell = self.file.tell


WAYS: tuple[Any, ...] = (None, io.BytesIO, lambda data: io.BufferedReader(io.BytesIO(data)), Bare)


def framed(body: bytes, wrong: int = 0) -> bytes:
    """Put *body* into a frame, whose length is wrong by so much."""
    return b"\x95" + struct.pack("<Q", max(len(body) + wrong, 0)) + body


def token(chance: random.Random) -> bytes:
    """Make an opcode with an argument of some kind, and take its value off again."""
    size = chance.choice((0, 1, 2, 3, 5, 9, 30, 300))
    raw = bytes(chance.choice(b"abN.K]") for _ in range(size))
    kinds = (
        b"N", b"K" + bytes((chance.randrange(256),)), b"X" + struct.pack("<I", size) + raw, b"B" + struct.pack("<I", size) + raw,
        b"\x8e" + struct.pack("<Q", size) + raw, b"I12345\n", b"\x8d" + struct.pack("<Q", size) + raw, b"G" + bytes(8),
        b"\x8d" + struct.pack("<Q", 1 << 63) + raw,
    )  # fmt: skip
    return chance.choice(kinds) + b"0"


def streams() -> list[bytes]:
    """Make the streams."""
    chance = random.Random(5)
    made = []
    for code in (b"\x8e", b"\x8d"):
        for size in LENGTHS:
            if code == b"\x8d" and 2**63 - 64 < size < 2**63:
                continue  # C asks the file for so many, and each kind of file has an error of its own
            body = code + struct.pack("<Q", size) + b"abc."
            made += [
                b"\x80\x05" + body,
                b"\x80\x05" + framed(body),
                b"\x80\x05" + framed(body, -3),
                b"\x80\x05" + framed(body, -8),
            ]
    for size in (2**63, 2**64 - 1):
        body = b"\x96" + struct.pack("<Q", size) + b"abc."  # less would be asked of memory
        made += [b"\x80\x05" + body, b"\x80\x05" + framed(body)]
    for _ in range(400):
        stream = b"\x80\x05"
        for _ in range(chance.randrange(1, 4)):
            body = b"".join(token(chance) for _ in range(chance.randrange(1, 6)))
            stream += framed(body, chance.choice((0, 0, -1, -2, -3, 1, 2, -9, 9, chance.randrange(-40, 40))))
        made.append(stream + b"X\x03\0\0\0end." + chance.choice((b"", b"xyz" * 10)))
    return made


def outcome(module: Any, stream: bytes, way: Any) -> tuple[Any, ...]:
    """Give a value, and where the file is left, or the names of an exception's classes."""
    try:
        if way is None:
            return "value", module.loads(stream)
        file = way(stream)
        return "value", module.load(file), file.tell()
    except Exception as error:
        return "error", *(kind.__name__ for kind in type(error).__mro__)


def main() -> int:
    """Compare all, and count them; and see that the listing notes where the two ways differ."""
    count = 0
    for stream in streams():
        theirs = [outcome(pickle, stream, way) for way in WAYS]
        for way, wanted in zip(WAYS, theirs):
            got = outcome(pik, stream, way)
            fine = (
                got == wanted if wanted[0] == "value" else got[0] == "error" and wanted[1] in got and "PikError" in got
            )
            assert fine, (stream, way, wanted, got)
            count += 1
        if theirs[0] != theirs[1][: len(theirs[0])]:
            try:
                notes = [line.note for line in pik.disassemble(stream)]
            except pik.PikError:
                continue
            assert any("load(file) reads other bytes" in note for note in notes), stream
    return count


print(main())
