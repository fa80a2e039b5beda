"""The bytes of a stream's opcodes, in a file where other bytes may lie between them: read piece by piece, frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.files.skimmed_values import SHORT, Failed
from histshell.pik.opcodes import BY_CODE, FRAME, LENGTHS, WIDTHS, Opcode

if TYPE_CHECKING:
    from histshell.pik.files.sources import Source

_PIECE = 1 << 20
_LINE = 1 << 16
_WIDE = {op.code: WIDTHS[op.argument] for op in BY_CODE.values() if WIDTHS.get(op.argument) and op.code != FRAME}


class OpcodeBytes:
    """Bytes from ``at`` on, moved forward by who takes them. ``parts`` are the ranges of the source that are opcodes.

    A frame is read whole before its opcodes are run, so that what is read from the file meanwhile lies after the frame.
    ``piece`` are the bytes at hand and ``base`` is where they lie; ``frame_end`` is -1 where no frame is open.
    """

    def __init__(self, source: Source, start: int) -> None:
        """Begin at *start*."""
        self._source = source
        self.piece, self.base = b"", start
        self.at = start
        self.frame_end = -1
        self._resume = -1  # where the file stands while a frame's opcodes are still run
        self.parts: list[tuple[int, int]] = []
        self._from = start
        self._before = 0  # bytes in `parts`

    # ------------------------------------------------------------------ taking

    def take(self, count: int) -> bytes:
        """Take the next bytes."""
        start = self.at - self.base
        if start < 0 or start + count > len(self.piece):
            self.base, start = self.at, 0
            self.piece = self._source.read(self.at, max(count, _PIECE))
            if len(self.piece) < count:
                raise Failed("it ends within its opcodes", self.at + len(self.piece))
        self.at += count
        return self.piece[start : start + count]

    def line(self) -> bytes:
        """Take what stands before the next newline; nothing where that is too long to be looked at."""
        start = self.at - self.base
        end = self.piece.find(b"\n", start) if start >= 0 else -1
        if end < 0:
            self.base, start = self.at, 0
            self.piece = self._source.read(self.at, _PIECE)
            end = self.piece.find(b"\n")
            while end < 0 and len(self.piece) >= _PIECE:  # a long number: it need not be looked at
                self.base += len(self.piece)
                self.piece = self._source.read(self.base, _PIECE)
                end = self.piece.find(b"\n")
            if end < 0:
                raise Failed("it ends within a line", self.base + len(self.piece))
        line = self.piece[start:end]
        self.at = self.base + end + 1
        return line if len(line) < _LINE else b""

    def argument(self, op: Opcode) -> Any:
        """Take an opcode's argument: what is counted or a number of bytes as bytes, what is long as None."""
        width = _WIDE.get(op.code)
        if width is not None:
            return self.take(width)
        if op.argument == "line":
            return self.line()
        if op.argument == "lines":
            return self.line(), self.line()
        if op.argument in LENGTHS:
            count = int.from_bytes(self.take(LENGTHS[op.argument]), "little")
            if count <= SHORT:
                return self.take(count)
            if self._source.size is not None and self.at + count > self._source.size:
                raise Failed("it ends within an argument", self._source.size)
            self.at += count
            return None
        length = int.from_bytes(self.take(8), "little")
        if self.at < self.frame_end:
            raise Failed("a frame begins within a frame", self.at)
        self.frame_end = self.at + length
        return None

    # ------------------------------------------------------------------ frames and ranges

    def leave_frame(self) -> None:
        """Go on in the file after a frame."""
        if self.at > self.frame_end:
            raise Failed("an argument crosses the end of a frame", self.frame_end)
        if self._resume > self.frame_end:
            self.end_part(self.frame_end)
            self.at = self._from = self._resume
        self.frame_end = self._resume = -1

    def end_part(self, end: int) -> None:
        """Take it that a range of opcodes ends there."""
        if end > self._from:
            self.parts.append((self._from, end))
            self._before += end - self._from
        self._from = end

    def stop(self) -> int:
        """End the last range at STOP, and return where the file stands."""
        self.end_part(self.at)
        return max(self.at, self._resume)

    @property
    def _framed(self) -> bool:
        """Whether what is at hand belongs to a frame."""
        return self.at <= self.frame_end

    @property
    def stands(self) -> int:
        """Where the file stands: after the frame that was read whole, and after what was read since."""
        return max(self.frame_end, self._resume) if self._framed else self.at

    @property
    def place(self) -> int:
        """Where that is in the opcodes alone."""
        return self._before + (self.frame_end if self._framed else self.at) - self._from

    def go_on(self, after: int) -> None:
        """Let the opcodes go on at *after*: within a frame, once that is at its end."""
        stands = self.stands
        if self._framed:
            self._resume = after
        elif after > stands:
            self.end_part(stands)
            self.at = self._from = after
