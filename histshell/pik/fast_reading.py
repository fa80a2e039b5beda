"""What a loader reads from: bytes as a file, which can be watched, stopped by Ctrl-C, and stopped by the clock.

For C's loader `histshell.pik.fast_lending` has one that copies nothing.
"""

from __future__ import annotations

from io import RawIOBase
from itertools import chain
from typing import Any, Iterable

from histshell.pik.budget import Budget
from histshell.pik.progress import step

#: Bytes that C is given at once while it is watched: a few thousand keys at most.
PIECE = 1 << 13
_KEY = 4  # bytes of a stream that are allowed the time of one key
FRAME_BYTES = 9  # FRAME and its argument


class Parts(RawIOBase):
    """Bytes in several parts as a file.

    With a *budget* the clock is looked at before each piece: what C does with a piece may not take longer, beyond the
    seconds that are allowed in all, than as many keys as could be in it. Raises `LimitError`, through C.
    """

    def __init__(self, parts: Iterable[Any], budget: Budget | None, start: int, total: int) -> None:
        """Begin at the first byte, which is at *start* of *total*, for who watches."""
        self._parts = iter(parts)
        self._part = memoryview(b"")
        self._at = start
        self._total = total
        self._budget = budget
        self._began = budget.timer() if budget is not None else 0.0
        self._given = 0

    def readable(self) -> bool:
        """Be a file for reading."""
        return True

    def readinto(self, room: Any) -> int:
        """Give the next bytes."""
        if self._budget is not None:
            self._began = self._budget.inserted(self._began, self._given // _KEY)
        while not self._part:
            part = next(self._parts, None)
            if part is None:
                break
            self._part = memoryview(part)
        self._given = min(len(room), len(self._part))
        room[: self._given] = self._part[: self._given]
        self._part = self._part[self._given :]
        self._at += self._given
        step("building it", self._at, self._total)
        return self._given


class Bytes(Parts):
    """Bytes as a file. FRAME, at the offsets in *frames*, is left out: C would read a whole frame at once."""

    def __init__(self, data: bytes, frames: list[int], budget: Budget | None) -> None:
        """Begin at the first byte."""
        whole = memoryview(data)
        starts = chain((0,), (at + FRAME_BYTES for at in frames))
        super().__init__((whole[start:end] for start, end in zip(starts, (*frames, len(data)))), budget, 0, len(data))
