"""What a loader reads from: bytes as a file, which can be watched, stopped by Ctrl-C, and stopped by the clock.

For C's loader `histshell.pik.fast_lending` has one that copies nothing.
"""

from __future__ import annotations

from io import RawIOBase
from typing import Any

from histshell.pik.budget import Budget
from histshell.pik.progress import step

#: Bytes that C is given at once while it is watched: a few thousand keys at most.
PIECE = 1 << 13
_KEY = 4  # bytes of a stream that are allowed the time of one key
_FRAME = 9  # bytes of FRAME and its argument


class Bytes(RawIOBase):
    """Bytes as a file. FRAME, at the offsets in *frames*, is left out: C would read a whole frame at once.

    With a *budget* the clock is looked at before each piece: what C does with a piece may not take longer, beyond the
    seconds that are allowed in all, than as many keys as could be in it. Raises `LimitError`, through C.
    """

    def __init__(self, data: bytes, frames: list[int], budget: Budget | None) -> None:
        """Begin at the first byte."""
        self._data = memoryview(data)
        self._ends = iter((*frames, len(data)))
        self._at = 0
        self._end = next(self._ends)
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
        while self._at == self._end < len(self._data):
            self._at += _FRAME
            self._end = next(self._ends)
        some = self._data[self._at : min(self._at + len(room), self._end)]
        room[: len(some)] = some
        self._at += len(some)
        self._given = len(some)
        step("building it", self._at, len(self._data))
        return self._given
