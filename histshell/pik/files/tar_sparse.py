"""Sparse members of tar archives: what is stored of them, with zeros between as a map says; GNU's old form and those of PAX.

A map that disagrees with itself is damage: other readers make different files of it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from histshell.pik.files.bounds import counted
from histshell.pik.files.sources import Source

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context

BLOCK = 512
_LONGEST = 1 << 20  # bytes of a map
_PASSES = 4  # as often may a member be gone through
_LITTLE = 1 << 20  # that is read of one that is too large
_OLD_MAP, _OLD_SIZE, _OLD_MORE = (386, 482), 483, 482  # in the header
_BLOCKS = 64  # of a map that are read at once
_MORE = 504  # of the map in each block after it; then a byte says whether there is another


class Map(NamedTuple):
    """What a member is made of: parts of offset and length, its whole size, and where what is stored begins."""

    parts: list[tuple[int, int]]
    size: int
    data: int


class Damaged(ValueError):
    """A map that cannot be believed; what is stored begins at ``data``."""

    def __init__(self, why: str, data: int) -> None:
        super().__init__(why)
        self.data = data


class Sparse(Source):
    """A member with its holes filled; what that may cost is bounded as for packed streams."""

    def __init__(self, source: Source, found: Map, title: str, context: Context) -> None:
        """Lie over *source*; *title* names it in a finding."""
        self._source = source
        self._title = title
        self._context = context
        self._starts = [offset for offset, _ in found.parts]
        self._parts: list[tuple[int, int, int]] = []  # offset, length, where it is stored
        at = found.data
        for offset, length in found.parts:
            self._parts.append((offset, length, at))
            at += length
        self._stored = at - found.data
        self._given = 0
        self.size: int = found.size

    def read(self, offset: int, count: int) -> bytes:
        """Return some bytes; zeros where nothing is stored."""
        end = self._within(offset, min(offset + count, self.size))
        pieces = []
        number = max(bisect_right(self._starts, offset) - 1, 0)
        while offset < end:
            start, length, stored = self._parts[number] if number < len(self._parts) else (end, 0, 0)
            if offset < start:
                pieces.append(bytes(min(start, end) - offset))
                offset = min(start, end)
            if start <= offset < start + length and offset < end:
                piece = self._source.read(stored + offset - start, min(start + length, end) - offset)
                if not piece:
                    break
                pieces.append(piece)
                offset += len(piece)
            else:
                number += 1
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _within(self, offset: int, end: int) -> int:
        """Return how far may be read from *offset* on; say it where that is not to the *end*."""
        bounds, context = self._context.bounds, self._context
        share = max(end - offset, 0) // _PASSES
        self._given += share
        context.unpacked += share
        most = max(bounds.free, bounds.ratio * self._stored)
        in_all = min(bounds.unpacked, max(bounds.free, bounds.ratio * context.size))
        if end - offset <= most and self._given <= most and context.unpacked <= in_all:
            return end
        end = min(end, offset + _LITTLE)
        text = f"{self._title}: {counted(self._stored)} become {self.size:,}, which are not read further than this"
        context.find(text, end)
        self.size = end
        return end

    def packed(self, count: int) -> int:
        """Return what is stored of it."""
        return min(count, self._stored)


def old(source: Source, at: int, data: int) -> Map:
    """Read the map of a header of GNU's old form at *at*, and of the blocks after it, up to *data*. Raises `ValueError`."""
    block = source.read(at, BLOCK)
    size = number(block[_OLD_SIZE : _OLD_SIZE + 12])
    if data - at > _LONGEST:
        raise ValueError(f"it has more than {_LONGEST:,} bytes")
    more = source.read(at + BLOCK, data - at - BLOCK)
    if len(more) < data - at - BLOCK:
        raise ValueError("it is cut off")
    said = [block[slice(*_OLD_MAP)], *(more[start : start + _MORE] for start in range(0, len(more), BLOCK))]
    numbers = [number(fields[place : place + 12]) for fields in said for place in range(0, len(fields) - 11, 12)]
    return _checked(numbers, size, data)


def old_data(source: Source, at: int) -> int:
    """Return where the bytes begin of a member of the old form whose header is at *at*: behind all blocks of its map."""
    more, data = source.read(at + _OLD_MORE, 1), at + BLOCK
    piece, base = b"", data
    while more.strip(b"\0") and data - at <= _LONGEST:
        if data - base >= len(piece):
            piece, base = source.read(data, _BLOCKS * BLOCK), data
        more = piece[data - base + _MORE : data - base + _MORE + 1]
        data += BLOCK
    return data


def pax(source: Source, data: int, said: list[tuple[str, str]]) -> Map | None:
    """Read the map that the attributes of a member have or refer to, whose bytes begin at *data*; None if it has none.

    Raises `ValueError`.
    """
    attributes = dict(said)
    size = attributes.get("GNU.sparse.realsize", attributes.get("GNU.sparse.size"))
    listed, counted = "GNU.sparse.map" in attributes, "GNU.sparse.size" in attributes
    in_front = (attributes.get("GNU.sparse.major"), attributes.get("GNU.sparse.minor")) == ("1", "0")
    if size is None or not (in_front or listed or counted):
        return None
    if in_front and not (listed or counted):
        numbers, begin = _in_front(source, data)
        return _checked(numbers, _decimal(size), begin)
    if listed:
        text = attributes["GNU.sparse.map"]
        return _checked([_decimal(one) for one in text.split(",")] if text else [], _decimal(size), data)
    pairs = [_decimal(value) for key, value in said if key in ("GNU.sparse.offset", "GNU.sparse.numbytes")]
    return _checked(pairs, _decimal(size), data)


def has_two(said: list[tuple[str, str]]) -> bool:
    """Tell whether attributes speak of two maps: `tarfile` takes the one among them, others may take that in front."""
    keys = {key for key, _ in said}
    return "GNU.sparse.major" in keys and bool(keys & {"GNU.sparse.map", "GNU.sparse.size"})


def _in_front(source: Source, data: int) -> tuple[list[int], int]:
    """Read a map that stands before what is stored: a line for how many parts, two for each; and where it ends."""
    text = source.read(data, BLOCK)
    count = _decimal(text.partition(b"\n")[0].decode("ascii", "replace"))
    if count > _LONGEST // 4:
        raise ValueError(f"it is to have {count:,} parts")
    while text.count(b"\n") < 2 * count + 1:
        more = source.read(data + len(text), max(len(text), BLOCK))
        if not more or len(text) > _LONGEST:
            raise ValueError("it is cut off" if not more else f"it has more than {_LONGEST:,} bytes")
        text += more
    lines = text.split(b"\n", 2 * count + 1)
    length = sum(len(line) + 1 for line in lines[:-1])
    numbers = [_decimal(line.decode("ascii", "replace")) for line in lines[1:-1]]
    return numbers, data + (length + BLOCK - 1) // BLOCK * BLOCK


def _checked(numbers: list[int], size: int, data: int) -> Map:
    """Put a map together. Raises `Damaged` where two readers would make different files of it."""
    if len(numbers) % 2:
        raise Damaged("a part has no length", data)
    parts, end = [], 0
    for offset, length in zip(numbers[::2], numbers[1::2]):
        if min(offset, length) < 0:
            raise Damaged("a number in it is less than 0", data)
        if length and offset < end:
            raise Damaged("its parts overlap, or are in no order", data)
        if offset + length > size:
            raise Damaged(f"a part of it ends at {offset + length:,}, and it is to have {counted(size)}", data)
        if length:
            parts.append((offset, length))
            end = offset + length
    return Map(parts, size, data)


def number(field: bytes) -> int:
    """Read a number: octal digits, or in base 256 where the first byte says so. Raises `ValueError`."""
    if field[:1] in (b"\x80", b"\xff"):
        found = int.from_bytes(field[1:], "big")
        return found if field[0] == 0x80 else found - (1 << 8 * (len(field) - 1))
    text = field.split(b"\0")[0].strip()
    try:
        return int(text or b"0", 8)  # with a sign, and whatever else `tarfile` takes
    except ValueError:
        raise ValueError("a number in it is none") from None


def _decimal(text: str) -> int:
    """Read a number in digits. Raises `ValueError`."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ValueError("a number in it is none")
    return int(text)
