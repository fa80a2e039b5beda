"""The rows of one table of an SQLite database, read page by page by a small reader of our own.

The sqlite3 module, even told to change nothing, would run what a stranger's schema says (views, triggers, generated
columns) in C, on any page that somebody made; and not every Python has it. One table of two columns needs none of that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator

from histshell.pik.files.bounds import shown
from histshell.pik.files.sources import Source

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context

_LEAF, _INNER = 0x0D, 0x05
_WIDTHS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}
_COLUMNS = re.compile(r"create\s+table\s+[^(]*\(\s*\W?key\b[^,]*,\s*\W?value\b", re.IGNORECASE)
_LONGEST_KEY = 1 << 16


class _Payload(Source):
    """What a row has: the bytes in its page, and those in a chain of others."""

    def __init__(self, database: Database, local: bytes, size: int, first: int) -> None:
        self._database, self._local = database, local
        self.size: int = size
        self._chain = [first] if first else []

    def read(self, offset: int, count: int) -> bytes:
        """Return some of it; less where the chain breaks."""
        end = min(offset + count, self.size)
        pieces = [self._local[offset:end]]
        at = max(offset, len(self._local))
        room = self._database.usable - 4
        while at < end:
            number, within = divmod(at - len(self._local), room)
            page = self._page(number)
            piece = page[4 + within : 4 + min(room, within + end - at)]
            if not piece:
                self._database.damaged("a row's bytes go on in a page that is not there")
                break
            pieces.append(piece)
            at += len(piece)
        return b"".join(pieces)

    def _page(self, number: int) -> bytes:
        """Return the page of that number in the chain."""
        while len(self._chain) <= number:
            if not self._chain or not self._chain[-1]:
                return b""
            self._chain.append(int.from_bytes(self._database.page(self._chain[-1])[:4], "big"))
        return self._database.page(self._chain[number])

    def packed(self, count: int) -> int:
        """Return what lies behind it."""
        return count


class _Field(Source):
    """One column of a row."""

    def __init__(self, payload: _Payload, offset: int, size: int) -> None:
        self._payload, self._offset = payload, offset
        self.size: int = max(min(size, payload.size - offset), 0)

    def read(self, offset: int, count: int) -> bytes:
        """Return some of it."""
        count = min(count, self.size - offset)
        return self._payload.read(self._offset + offset, count) if count > 0 else b""


class Database:
    """A database, as far as `dbm.sqlite3` makes one."""

    def __init__(self, source: Source, context: Context) -> None:
        self._source, self._context = source, context
        head = source.read(0, 100)
        size = int.from_bytes(head[16:18], "big")
        self._page_size = 65536 if size == 1 else size
        self.usable = self._page_size - (head[20] if len(head) > 20 else 0)
        self._encoding = {2: "utf-16-le", 3: "utf-16-be"}.get(int.from_bytes(head[56:60], "big"), "utf-8")
        self._last = (0, b"")
        self._sound = len(head) == 100 and size in (1, *(1 << n for n in range(9, 16))) and self.usable >= 480
        if not self._sound:
            self.damaged("its header is damaged")

    def damaged(self, text: str, page: int = 1) -> None:
        """Note what is wrong with it."""
        self._context.find(f"the database: {text}", (page - 1) * self._page_size)

    def page(self, number: int) -> bytes:
        """Return a page; nothing where there is none."""
        if self._last[0] != number:
            self._last = (
                number,
                self._source.read((number - 1) * self._page_size, self._page_size) if number > 0 else b"",
            )
        return self._last[1]

    def table(self, name: str) -> int | None:
        """Return the page where the rows of a table with a key and a value begin; None if there is no such table."""
        if not self._sound:
            return None
        for payload, page in self._payloads(1):
            fields = self._fields(payload, page)
            texts = [field.read(0, _LONGEST_KEY).decode(self._encoding, "replace") for _, field in fields]
            if len(texts) < 5 or texts[1].lower() != name.lower():
                continue
            if texts[0] != "table" or _COLUMNS.match(texts[4]) is None:
                self.damaged(f"{shown(texts[1])} is no table of keys and values", page)
                return None
            kind, field = fields[3]
            return int.from_bytes(field.read(0, 8), "big") if kind < 8 else kind - 8
        return None

    def rows(self, root: int) -> Iterator[tuple[str, Source, int]]:
        """Give the key and the value of each row, and where the page of the row begins."""
        for payload, page in self._payloads(root):
            fields = self._fields(payload, page)
            if len(fields) < 2:
                self.damaged("a row without a value", page)
                continue
            (kind, key), (_, value) = fields[0], fields[1]
            raw = key.read(0, _LONGEST_KEY)
            text = (
                raw.decode("utf-8", "backslashreplace") if kind >= 12 else str(int.from_bytes(raw, "big", signed=True))
            )
            yield text, value, (page - 1) * self._page_size

    def _payloads(self, root: int) -> Iterator[tuple[_Payload, int]]:
        """Go through a tree of pages, from its first row to its last; each page is read once."""
        waiting, seen = [root], set()
        while waiting:
            number = waiting.pop()
            page = self.page(number)
            if number in seen or len(page) < self._page_size:
                self.damaged("a page is there twice" if number in seen else "a page is not there", number)
                continue
            seen.add(number)
            at = 100 if number == 1 else 0
            kind, count = page[at], int.from_bytes(page[at + 3 : at + 5], "big")
            if kind not in (_LEAF, _INNER):
                self.damaged("a page is none of a table's", number)
                continue
            start = at + (8 if kind == _LEAF else 12)
            cells = [int.from_bytes(page[place : place + 2], "big") for place in range(start, start + 2 * count, 2)]
            if start + 2 * count > self.usable or any(cell + 4 > self.usable for cell in cells):
                self.damaged("a page's cells lie outside of it", number)
                continue
            if kind == _INNER:
                below = [int.from_bytes(page[cell : cell + 4], "big") for cell in cells]
                below.append(int.from_bytes(page[at + 8 : at + 12], "big"))
                waiting.extend(reversed(below))
                continue
            for cell in cells:
                yield self._payload(page, cell), number

    def _payload(self, page: bytes, cell: int) -> _Payload:
        """Return what a cell holds."""
        size, at = _varint(page, cell)
        _row, at = _varint(page, at)
        if size <= self.usable - 35:
            local, first = size, 0
        else:
            least = (self.usable - 12) * 32 // 255 - 23
            local = least + (size - least) % (self.usable - 4)
            local = local if local <= self.usable - 35 else least
            first = int.from_bytes(page[at + local : at + local + 4], "big")
        return _Payload(self, page[at : at + local], min(size, max(self._source.whole(), local)), first)

    def _fields(self, payload: _Payload, page: int) -> list[tuple[int, _Field]]:
        """Return the columns of a row: the kind of each, and its bytes."""
        head = payload.read(0, 200)
        length, at = _varint(head, 0)
        place = length
        fields: list[tuple[int, _Field]] = []
        while at < min(length, len(head)) and len(fields) < 10:
            kind, at = _varint(head, at)
            size = _WIDTHS.get(kind, (kind - 12) // 2 if kind >= 12 else 0)
            if place + size > payload.size:
                self.damaged("a column reaches beyond its row", page)
                break
            fields.append((kind, _Field(payload, place, size)))
            place += size
        return fields


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends."""
    number = 0
    for count in range(9):
        byte = data[at + count] if at + count < len(data) else 0
        if count == 8:
            return number << 8 | byte, at + 9
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + count + 1
    return number, at + 9
