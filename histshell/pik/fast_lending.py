"""What C reads a proved stream from: its bytes, lent piece by piece, watched by the clock, and never copied.

C's loader asks a file that can be peeked at for what it has, takes from that as many opcodes as are whole, and then reads past
them. What it is given need not be bytes: any buffer will do, so that it gets views of the stream itself. That takes as long as to
read bytes does, where `io.BufferedReader` copies each byte three times.
"""

from __future__ import annotations

from typing import Any

from histshell.pik.budget import Budget
from histshell.pik.fast_reading import FRAME_BYTES
from histshell.pik.progress import step

_KEY = 8  # bytes of a stream that are allowed the time of one key: few keys that differ take less


class Lent:
    """Bytes as a file. FRAME, at the offsets in *frames*, is left out: C would read a whole frame at once.

    With a *budget* the clock is looked at before each piece of *most* bytes: what C does with a piece may not take longer, beyond
    the seconds that are allowed in all, than as many keys as could be in it. Raises `LimitError`, through C.
    """

    def __init__(self, data: bytes, frames: list[int], budget: Budget | None, most: int) -> None:
        """Begin at the first byte."""
        self._bytes = data
        self._data = memoryview(data)
        self._ends = iter((*frames, len(data)))
        self._at = 0
        self._end = next(self._ends)
        self._budget = budget
        self._most = most
        self._began = budget.timer() if budget is not None else 0.0
        self._seen = 0  # where the last piece ended
        self._given = 0  # and how long it was

    def peek(self, _: int) -> memoryview:
        """Give the next piece; what is not read of it comes again."""
        while self._at == self._end < len(self._data):
            self._at += FRAME_BYTES
            self._end = next(self._ends)
        end = min(self._at + self._most, self._end)
        self._look(end)
        return self._data[self._at : end]

    def read(self, size: int) -> Any:
        """Give the next *size* bytes, or all that are left: what was peeked at, or an argument that is longer than a piece."""
        start, self._at = self._at, self._at + size
        if self._at <= self._end:
            self._look(self._at)
            return self._data[start : self._at]
        self._at = start
        return self._over(size)

    def readinto(self, room: Any) -> int:
        """Put the next bytes into *room*."""
        some = self.read(len(room))
        room[: len(some)] = some
        return len(some)

    def readline(self) -> bytes:
        """Give the next line: one that does not end in a piece."""
        end = self._bytes.find(b"\n", self._at, self._end) + 1 or self._end
        return bytes(self.read(end - self._at))

    def _over(self, size: int) -> bytes:
        """Give what goes on behind the beginning of a frame: an opcode and its argument never do, in a proved stream."""
        parts = []
        while size > 0 and (piece := self.peek(0)[:size]):
            self._at += len(piece)
            size -= len(piece)
            parts.append(piece)
        return b"".join(parts)

    def _look(self, end: int) -> None:
        """Look at the clock, where C has done with what came before and gets more, up to *end*."""
        if end > self._seen:
            if self._budget is not None:
                self._began = self._budget.inserted(self._began, self._given // _KEY)
            self._given = end - self._seen
            self._seen = end
            step("building it", end, len(self._data))
