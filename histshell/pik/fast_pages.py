"""`Pages`: a long stream on the disk, of which the proof has in memory what it looks at.

It is memory as long as the stream, nearly all of which is not there: a part is read before it is looked at (`hold`), and given
back to the system when the proof has passed it. So expressions and indexes work on it as they do on bytes. The file itself
is not mapped: somebody could make it shorter, which would end the process.

The proof goes over the stream, and then C reads it, from the disk again (`fetch`). That it is the same is known by the hashes of
its parts.
"""

from __future__ import annotations

import mmap
import sys
from collections import Counter
from typing import Any, Callable

from histshell.pik.errors import PikError

PART = 1 << 20  # bytes that are read at once
_RECENT = 2  # parts that are fetched and kept: what is fetched next may begin in them
_GIVE_BACK: Any = getattr(mmap, "MADV_DONTNEED", None)
_FLAGS = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0) | getattr(mmap, "MAP_NORESERVE", 0)


class Pages(mmap.mmap):
    """A stream of which parts are in memory; all others are zeros. Nothing but its owner's `hold` says which."""

    _size: int
    _read: Callable[[int, int], bytes]
    _codes: tuple[int, ...]
    _first: int  # part that is in memory
    _after: int  # and the one that is not any more
    _hashes: dict[int, int]
    _recent: dict[int, bytes]
    counted: Counter[int]

    @staticmethod
    def of(size: int, read: Callable[[int, int], bytes], codes: tuple[int, ...]) -> Pages | None:
        """Give a stream of *size* bytes, of which *read* gives those from one offset up to another; None where that cannot be.

        How often *codes* are in it is counted.
        """
        if _GIVE_BACK is None or sys.implementation.name != "cpython":
            return None
        try:
            pages = Pages(-1, size, flags=_FLAGS)
        except (OSError, ValueError, OverflowError):  # so much memory is not even promised
            return None
        pages._size, pages._read, pages._codes = size, read, codes
        pages._first = pages._after = 0
        pages._hashes, pages._recent, pages.counted = {}, {}, Counter()
        return pages

    def rewind(self) -> None:
        """Begin again."""
        self._drop(self._after)
        self._first = self._after = 0

    def hold(self, start: int, end: int) -> int:
        """Have the bytes from *start* to *end* in memory, and those that are there behind them; return up to where that is."""
        first, after = start // PART, -(-min(end, self._size) // PART)
        if first > self._after:
            self._drop(self._after)
            self._first = self._after = first
        for number in (*range(first, self._first), *range(self._after, after)):
            part = self._part(number)
            self[number * PART : number * PART + len(part)] = part
        self._after = max(self._after, after)
        self._first = min(first, self._first)
        self._drop(first)
        return self._after * PART

    def _drop(self, until: int) -> None:
        """Give the memory of the parts before one back."""
        if until > self._first:
            at = self._first * PART
            self.madvise(_GIVE_BACK, at, min(until * PART, self._size) - at)
            self._first = until

    def _part(self, number: int) -> bytes:
        """Read a part, which must be the same whenever it is read. Raises `PikError`."""
        at = number * PART
        end = min(at + PART, self._size)
        part = self._read(at, end)
        known, found = self._hashes.get(number), hash(part)
        if len(part) < end - at or known not in (None, found):
            raise PikError("the file has changed while it was read")
        if known is None:
            self._hashes[number] = found
            for code in self._codes:
                self.counted[code] += part.count(code)
        return part

    def fetch(self, start: int, end: int) -> bytes:
        """Read the bytes from *start* to *end*, wherever the proof is."""
        first = start // PART
        parts = []
        for number in range(first, -(-end // PART)):
            if number not in self._recent:
                self._recent[number] = self._part(number)
                if len(self._recent) > _RECENT:
                    del self._recent[next(iter(self._recent))]
            parts.append(self._recent[number])
        whole = parts[0] if len(parts) == 1 else b"".join(parts)
        return whole[start - first * PART : end - first * PART]

    def count(self, code: int, start: int, end: int) -> int:
        """Count a byte, as `bytes.count` does."""
        if start >= self._first * PART and end <= self._after * PART:
            return self[start:end].count(code)
        return sum(self.fetch(at, min(at + PART, end)).count(code) for at in range(start, end, PART))


def hold(data: Any, start: int, end: int) -> int:
    """Have a part of *data*, which is `Pages` or bytes, in memory; return up to where there are more of it."""
    return data.hold(start, end) if type(data) is Pages else len(data)


def fetch(data: Any, start: int, end: int) -> Any:
    """Give a part of *data*, which is `Pages` or bytes, wherever the proof is."""
    return data.fetch(start, end) if type(data) is Pages else memoryview(data)[start:end]
