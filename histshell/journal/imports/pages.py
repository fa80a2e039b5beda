"""The rows of a damaged SQLite database, from the pages that are whole: https://www.sqlite.org/fileformat.html.

Only leaves of tables are looked at, and of these only what a table still has: pages that are free, and rows that were deleted, stay
where they are. A row is what has the shape of one.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO, Iterator, List, Set, Tuple

_LEAF = 13
_HEADER = 100  # bytes before the first page's own
_LARGEST = 8 << 20  # bytes of a row
_ENCODINGS = {2: "utf-16-le", 3: "utf-16-be"}
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

Row = Tuple[int, List[Any]]


def rows(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows in an open database, with their row ids, in the order of the pages."""
    header = file.read(_HEADER).ljust(_HEADER, b"\0")
    size = int.from_bytes(header[16:18], "big")
    size = 65536 if size == 1 else size
    if size < 512 or size & (size - 1):
        size = 4096  # what nearly all have
    yield from _Pages(file, size, header).rows()


class _Pages:
    def __init__(self, file: BinaryIO, size: int, header: bytes) -> None:
        self.file = file
        self.size = size
        self.usable = size - header[20] if header[20] <= 32 else size
        self.encoding = _ENCODINGS.get(int.from_bytes(header[56:60], "big"), "utf-8")
        file.seek(0, 2)
        self.count = -(-file.tell() // size)
        self.free = self._free(int.from_bytes(header[32:36], "big"))

    def page(self, number: int) -> bytes:
        """Return a page, the first of which is number 1; what is cut off it is zeros."""
        self.file.seek((number - 1) * self.size)
        return self.file.read(self.size).ljust(self.size, b"\0")

    def _free(self, trunk: int) -> Set[int]:
        """Return the numbers of the pages that are in use no more."""
        found: Set[int] = set()
        while 0 < trunk <= self.count and trunk not in found:
            found.add(trunk)
            page = self.page(trunk)
            length = min(int.from_bytes(page[4:8], "big"), self.size // 4 - 2)
            found.update(struct.unpack_from(f">{length}I", page, 8))
            trunk = int.from_bytes(page[:4], "big")
        return found

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all leaves."""
        for number in range(1, self.count + 1):
            if number not in self.free:
                page = self.page(number)
                at = _HEADER if number == 1 else 0
                if page[at] == _LEAF:
                    yield from self._leaf(page, at)

    def _leaf(self, page: bytes, at: int) -> Iterator[Row]:
        count = min(int.from_bytes(page[at + 3 : at + 5], "big"), (self.size - at - 8) // 2)
        for place in struct.unpack_from(f">{count}H", page, at + 8):
            try:
                yield self._cell(page, place)
            except (IndexError, ValueError, struct.error):  # no row: damage
                continue

    def _cell(self, page: bytes, at: int) -> Row:
        size, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if not 0 < size <= _LARGEST:
            raise ValueError(size)
        return rowid, self._values(self._payload(page, at, size))

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        """Return what a cell has, with what lies on further pages."""
        most = self.usable - 35
        local = size
        if size > most:
            least = (self.usable - 12) * 32 // 255 - 23
            local = least + (size - least) % (self.usable - 4)
            if local > most:
                local = least
        data = page[at : at + local]
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        while len(data) < size:
            if not 0 < following <= self.count or following in self.free:
                raise ValueError(following)
            more = self.page(following)
            following = int.from_bytes(more[:4], "big")
            data += more[4 : min(self.usable, 4 + size - len(data))]
        return data

    def _values(self, data: bytes) -> List[Any]:
        end, at = _varint(data, 0)
        kinds = []
        while at < end:
            kind, at = _varint(data, at)
            kinds.append(kind)
        if at != end or not kinds:
            raise ValueError(end)
        values: List[Any] = []
        for kind in kinds:
            value, at = self._value(data, at, kind)
            values.append(value)
        if at != len(data):
            raise ValueError(at)
        return values

    def _value(self, data: bytes, at: int, kind: int) -> Tuple[Any, int]:
        if kind in (0, 8, 9):
            return (None if kind == 0 else kind - 8), at
        length = _INTEGERS.get(kind) or (8 if kind == 7 else (kind - 12) // 2)
        part = data[at : at + length]
        if len(part) != length or kind in (10, 11):
            raise ValueError(kind)
        if kind < 7:
            return int.from_bytes(part, "big", signed=True), at + length
        if kind == 7:
            return struct.unpack(">d", part)[0], at + length
        return (part.decode(self.encoding, "replace") if kind & 1 else part), at + length


def _varint(data: bytes, at: int) -> Tuple[int, int]:
    """Return the number at a place, and the place behind it."""
    number = 0
    for index in range(9):
        byte = data[at + index]
        if index == 8:
            return number << 8 | byte, at + 9
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return number, at + index + 1
