"""Where a stream ends, found without holding it: long arguments are jumped over, the rest is read in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from histshell.pik.opcodes import BY_CODE, BY_NAME, FRAME, LENGTHS, STOP
from histshell.pik.reading import cross

if TYPE_CHECKING:
    from histshell.pik.files.sources import Source

_FIRST, _LARGEST = 1 << 9, 1 << 23
_SEARCHED = 1 << 30  # bytes in which joblib's wrappers are looked for
_WRAPPER = b"ArrayWrapper"
_COUNTED = {op.code: LENGTHS[op.argument] for op in BY_CODE.values() if op.argument in ("count4", "count8")}
_MEMOIZE = BY_NAME["MEMOIZE"].code


class Extent(NamedTuple):
    """How far the opcodes of a stream go."""

    #: The offset after STOP; -1 where that is not reached.
    end: int
    #: Where what is no opcode begins, or what is not there any more.
    reached: int
    #: Whether a class of joblib's may be named in it, after whose objects the bytes of an array come.
    wraps: bool


class _Reader:
    """Goes over a source, with a piece of it at hand."""

    def __init__(self, source: Source, at: int) -> None:
        self.source = source
        self.base = at  # of the piece
        self.piece = b""
        self.at = 0  # in the piece
        self.step = _FIRST
        self.crossed = 0  # bytes that were read
        self.wraps = False

    def more(self) -> bool:
        """Read on, keeping what is not crossed yet; False at the end."""
        rest = self.piece[self.at :]
        new = self.source.read(self.base + len(self.piece), self.step)
        before = self.piece[-len(_WRAPPER) :]
        self.base += self.at
        self.piece, self.at = rest + new, 0
        self.crossed += len(new)
        self.step = min(self.step * 8, max(_LARGEST, len(rest)))
        self.wraps = self.wraps or _WRAPPER in new or _WRAPPER in before + new[: len(_WRAPPER)]
        return bool(new)

    def found(self, ends: bool = False) -> Extent:
        """Return how far it came."""
        reached = self.base + self.at + ends
        return Extent(reached if ends else -1, reached, self.wraps)


def _crossed(piece: bytes, at: int) -> int:
    """Cross the opcodes that are whole in a piece, those with long arguments too, up to STOP, a frame, or what is none."""
    last = len(piece) - 9
    while at <= last:
        code = piece[at]
        width = _COUNTED.get(code)
        if width is not None:
            end = at + 1 + width + int.from_bytes(piece[at + 1 : at + 1 + width], "little")
            if end > last:
                return at
            at = end
        elif code == _MEMOIZE:  # it comes after each of them
            at += 1
        else:
            end = cross(piece, at)
            if end == at:
                return at
            at = end
    return cross(piece, at)


def extent(source: Source, start: int, most: int = 1 << 62) -> Extent:
    """Return how far the stream that begins at *start* goes; of more than *most* bytes that have to be gone through, so far."""
    reader = _Reader(source, start)
    frame_end = 0
    while reader.crossed <= most:
        at = reader.at = _crossed(reader.piece, reader.at)
        piece = reader.piece
        left = len(piece) - at
        if left < 9 and reader.more():
            continue
        code = piece[at] if left else -1
        if code == STOP:
            return reader.found(True)
        op = BY_CODE.get(code)
        if op is None:
            return reader.found()
        if code == FRAME and left >= 9:
            here = reader.base + at + 9
            if here < frame_end:
                return reader.found()
            frame_end = here + int.from_bytes(piece[at + 1 : at + 9], "little")
            reader.at = at + 9
            continue
        width = LENGTHS.get(op.argument, 0)
        if left < 1 + width or not width:
            if reader.more():
                continue  # a line, or what is short: it may be whole now
            return reader.found()
        end = at + 1 + width + int.from_bytes(piece[at + 1 : at + 1 + width], "little")
        if source.size is not None and reader.base + end > source.size:
            return reader.found()
        if end > len(piece):  # what is long need not be read
            if end - len(piece) > _LARGEST:  # what follows may be long too
                reader.step = _FIRST
            reader.base, reader.piece, end = reader.base + end, b"", 0
        reader.at = end
    return reader.found()


def names_wrappers(source: Source) -> bool:
    """Tell whether a class of joblib's may be named in a stream, after whose objects the bytes of an array come."""
    at, before = 0, b""
    while at < _SEARCHED:
        piece = source.read(at, _LARGEST if at else _FIRST)
        if _WRAPPER in piece or _WRAPPER in before + piece[: len(_WRAPPER)]:
            return True
        if not piece:
            return False
        at, before = at + len(piece), piece[-len(_WRAPPER) :]
    return False
