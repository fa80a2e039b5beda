"""The catalogue of the derived files as bytes: which segments there are, and how far each journal has been read."""

from __future__ import annotations

import struct
import sys
from binascii import crc32
from itertools import accumulate, chain
from typing import Dict, List, NamedTuple, Tuple

from .harvest import Followed
from .segment import Segment

_MAGIC = b"histcat1" if sys.byteorder == "little" else b"1tactsih"
_HEAD = struct.Struct("=8sI3Q")  # magic, checksum of the rest, journals, segments, notes
_ABOUT = struct.Struct("=QQq")  # of each journal: inode, size, time of change; then of each the rest
_REST = struct.Struct("=QIq")
_PART = struct.Struct("=QQqQ2d")

DAMAGE = (struct.error, ValueError, IndexError)
"""What `unpacked` raises for bytes that only begin as a catalogue."""

Stat = Tuple[int, int, int]


class CatalogueRow(NamedTuple):
    """A segment and the times of its newest and oldest row. What is not saved yet has no name."""

    name: str
    inode: int
    size: int
    modified: int
    rows: int
    newest: float
    oldest: float
    segment: Segment | None = None


class Rest(NamedTuple):
    """How far each journal has been read, as the catalogue has it: taken out only for those that are asked for."""

    numbers: Dict[str, int]
    rows: bytes
    texts: List[str]

    def get(self, name: str) -> Followed:
        """Return how far a journal was read: not at all if it is not there."""
        number = self.numbers.get(name)
        if number is None:
            return Followed(name)
        texts = self.texts[2 * number : 2 * number + 2]
        return Followed(name, *_REST.unpack_from(self.rows, number * _REST.size), *texts)


NO_REST = Rest({}, b"", [])


def packed(known: Dict[str, Stat], files: List[Followed], parts: List[CatalogueRow], notes: str) -> bytes:
    """Return the catalogue as it is written. Raises struct.error."""
    texts = [*known, *chain.from_iterable((one.cwd.replace("\0", " "), one.waiting) for one in files),
             *(part.name for part in parts), notes]  # fmt: skip
    rest = b"".join(
        [
            *(_ABOUT.pack(*about) for about in known.values()),
            *(_REST.pack(*one[1:4]) for one in files),
            *(_PART.pack(*part[1:7]) for part in parts),
            "\0".join(texts).encode("utf-8", "surrogatepass"),
        ]
    )
    return _HEAD.pack(_MAGIC, crc32(rest), len(files), len(parts), 0) + rest


def unpacked(data: bytes) -> Tuple[Dict[str, Stat], Rest, List[CatalogueRow], str] | None:
    """Return the journals, how far they were read, the segments, and the notes; None if it is no catalogue of this version."""
    magic, check, files, parts, _ = _HEAD.unpack_from(data)
    if magic != _MAGIC or crc32(data[_HEAD.size :]) != check:
        return None
    ends = list(accumulate([_HEAD.size, files * _ABOUT.size, files * _REST.size, parts * _PART.size]))
    texts = data[ends[3] :].decode("utf-8", "surrogatepass").split("\0")
    names = texts[:files]
    known: Dict[str, Stat] = dict(zip(names, _ABOUT.iter_unpack(data[ends[0] : ends[1]])))
    rest = Rest(dict(zip(names, range(files))), data[ends[1] : ends[2]], texts[files : 3 * files])
    parts_of = zip(texts[3 * files : 3 * files + parts], _PART.iter_unpack(data[ends[2] : ends[3]]))
    return known, rest, [CatalogueRow._make((name, *row, None)) for name, row in parts_of], texts[3 * files + parts]
