"""Reading a stream's bytes from a file, as C's `pickle.load` does: no byte more, and the same where frames are crossed.

C keeps a buffer: what `peek` showed, or what `read` gave for one argument or one frame. An argument that is not whole in
it is read anew from the file. What was peeked at is still there then, but the rest of a frame is not: so `load` skips bytes
that `loads` reads, where an argument crosses the end of a frame (until CPython gh-154848). `Source` does as C does, call for
call, and gives the bytes that C sees. What lies whole in the buffer is crossed at the speed of a regular expression.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from histshell.pik.opcodes import BY_CODE, FRAME, LENGTHS, OPCODES, STOP, WIDTHS
from histshell.pik.versions import FRAMED_LINES

_PREFETCH = 1 << 17  # what C asks peek for
_SHORT = 64  # lengths of text that the expression knows
_INTO = frozenset(
    op.code for op in OPCODES if op.made in ("bytes", "bytearray")
)  # C reads these into the object itself


def _class(argument: str, *but: int) -> bytes:
    """Return the class of the opcodes with such an argument, as a pattern."""
    return (
        b"[" + b"".join(b"\\x%02x" % op.code for op in OPCODES if op.argument == argument and op.code not in but) + b"]"
    )


def _pattern() -> Any:
    """Compile the expression for opcodes with their arguments: all but STOP, FRAME and long text."""
    tokens = [_class("", STOP)]
    for argument in ("uint1", "uint2", "float8"):
        tokens.append(_class(argument) + b".{%d}" % WIDTHS[argument])
    tokens.append(b"(?:" + _class("int4") + b"|" + _class("uint4") + b").{4}")
    lengths = [*range(3, 17), 0, 1, 2, *range(17, _SHORT)]
    for argument, zeros in (("count1", b""), ("count4", rb"\x00\x00\x00")):
        each = (b"\\x%02x" % n + zeros + (b".{%d}" % n if n else b"") for n in lengths)
        tokens.append(_class(argument) + b"(?:" + b"|".join(each) + b")")
    tokens.append(_class("line") + rb"[^\n]*\n")
    tokens.append(_class("lines") + rb"[^\n]*\n[^\n]*\n")
    return re.compile(b"(?:" + b"|".join(tokens) + b"){1,50000}", re.DOTALL).match


_run: Any = None


def cross(data: bytes, at: int) -> int:
    """Skip the opcodes from *at* that are whole in *data*; return the offset of the first that may not be."""
    global _run
    if _run is None:
        _run = _pattern()
    while True:
        found = _run(data, at)
        if found is None:
            return at
        at = found.end()


def end_of(data: bytes, at: int) -> int:
    """Return the offset after the STOP of the stream that begins at *at*, or -1 where it has none, or crosses a frame's end."""
    size = len(data)
    frame_end = 0
    while True:
        at = cross(data, at)
        if at >= size:
            return -1
        code = data[at]
        op = BY_CODE.get(code)
        if code == STOP:
            return at + 1
        if op is None or (code == FRAME and at + 9 > size):
            return -1
        if code == FRAME:
            if at + 9 < frame_end:
                return -1
            frame_end = at + 9 + int.from_bytes(data[at + 1 : at + 9], "little")
            at += 9
            if frame_end > size:
                return -1
            continue
        width = LENGTHS.get(op.argument, 0)
        if not width or at + 1 + width > size:
            return -1
        at += 1 + width + int.from_bytes(data[at + 1 : at + 1 + width], "little")


def loses(data: bytes, start: int, code: int, end: int, frame_end: int) -> bool:
    """Tell whether C, reading a file, loses bytes at an opcode from *start* to *end*: one piece of it crosses its frame's end.

    It reads opcode, length and argument one after another; of a piece that is not whole in its frame, what is there is lost. Bytes
    are put together from both sides.
    """
    kind = BY_CODE[code].argument
    joints = [start + 1, end]
    if kind in LENGTHS:
        joints.insert(1, start + 1 + LENGTHS[kind])
    elif kind == "lines":
        joints.insert(1, data.index(b"\n", start + 1) + 1)
    pieces = list(zip(joints, joints[1:]))
    if code == FRAME:
        pieces.append((end, sys.maxsize))
    if code in _INTO:
        del pieces[-1]
    return any(begin < frame_end < after for begin, after in pieces)


class _Ended(Exception):
    """The file ends, or the stream is none."""


class Source:
    """A file as C's Unpickler reads it; `stream` gives the bytes of one stream, as far as they go."""

    def __init__(self, file: Any) -> None:
        """Read from *file*, which has `read` and, as C wants it, `readline`; `peek` and `readinto` are used if there."""
        self._read = file.read
        self._readline = getattr(file, "readline", None)
        self._peek = getattr(file, "peek", None)
        self._readinto = getattr(file, "readinto", None)
        self._buffer = b""
        self._at = 0  # next byte of the buffer
        self._taken = 0  # bytes of the buffer that the file has given; the others it has only shown
        self._parts: list[bytes] = []
        self._frames: list[int] = []  # which parts are a FRAME and its length
        self._length = 0
        self._frame_start = self._frame_end = 0
        self._furthest = 0  # where the frame ends that reaches furthest
        self._skipped = False
        self._short = False  # a frame is longer than what there is

    def stream(self) -> bytes:
        """Read up to STOP, to the end of the file, or to what is no opcode."""
        try:
            while True:
                if len(self._buffer) - self._at > 16:
                    end = cross(self._buffer, self._at)
                    self._keep(self._buffer[self._at : end])
                    self._at = end
                code = self._take(1)[0]
                op = BY_CODE.get(code)
                if op is None:
                    break
                if code == STOP:
                    self._skip()
                    break
                self._argument(code, op.argument)
        except _Ended:
            self._length = self._frame_end = self._furthest  # no frame is what is wrong
        if not FRAMED_LINES and (self._skipped or self._furthest > self._length):
            whole = self._frames[:-1] if self._short else self._frames  # that one is what is wrong
            for number in reversed(whole):  # in these bytes the frames end somewhere else
                del self._parts[number]
        elif not self._skipped and self._frame_end > self._length:
            there = self._length - self._frame_start  # STOP is within it; what comes after it was not read
            self._parts[self._frames[-1]] = bytes((FRAME,)) + there.to_bytes(8, "little")
        return b"".join(self._parts)

    def _keep(self, piece: bytes) -> bytes:
        if piece:
            self._parts.append(piece)
            self._length += len(piece)
        return piece

    def _argument(self, code: int, kind: str) -> None:
        """Read one opcode's argument in the pieces in which C reads it."""
        if code == FRAME:
            self._frame()
        elif kind in WIDTHS:
            if kind:
                self._take(WIDTHS[kind])
        elif kind == "line":
            self._line()
        elif kind == "lines":
            self._line()
            self._line()
        else:
            count = int.from_bytes(self._take(LENGTHS[kind]), "little")
            if count >> 63:  # refused at once, with what is left of its frame unread
                self._keep(self._buffer[self._at :])
                raise _Ended
            if code in _INTO:
                self._fill(count)
            elif count:
                self._take(count)

    def _frame(self) -> None:
        """Read the length of a frame, and as much of the frame as there is; what is kept of it is noted apart."""
        frame = self._take(8)
        count = int.from_bytes(frame, "little")
        if count >> 63:
            raise _Ended
        number = len(self._parts) - 2
        self._parts[number:] = [self._parts[number] + frame]
        self._frames.append(number)
        self._frame_start = self._length
        self._frame_end = self._length + count
        self._furthest = max(self._furthest, self._frame_end)
        if len(self._buffer) - self._at < count:
            have = self._more(count)
            if have < count:
                self._keep(self._buffer[:have])
                self._short = True
                raise _Ended

    def _take(self, count: int) -> bytes:
        """Read *count* bytes that C wants to have in its buffer."""
        end = self._at + count
        if end > len(self._buffer):
            have = self._more(count)
            if have < count:
                self._keep(self._buffer[:have])
                raise _Ended
            end = count
        piece = self._buffer[self._at : end]
        self._at = end
        return self._keep(piece)

    def _line(self) -> None:
        """Read a line."""
        end = self._buffer.find(b"\n", self._at) + 1
        if end:
            self._keep(self._buffer[self._at : end])
            self._at = end
            return
        self._skip()
        self._set(self._readline() if self._readline is not None else self._slow_line())
        self._at = len(self._buffer)
        self._keep(self._buffer)
        if self._buffer[-1:] != b"\n":
            raise _Ended

    def _slow_line(self) -> bytes:
        """Read a line from a file without `readline`, byte for byte."""
        line = bytearray()
        while line[-1:] != b"\n":
            byte = self._read(1)
            if not byte:
                break
            line += byte
        return bytes(line)

    def _fill(self, count: int) -> None:
        """Read *count* bytes that C wants to have somewhere else: those of the buffer first, the others from the file."""
        piece = self._keep(self._buffer[self._at : self._at + count])
        self._at += len(piece)
        count -= len(piece)
        if not count:
            return
        self._skip()
        while count:  # in pieces: what is announced need not be there
            step = min(count, 1 << 24)
            if self._readinto is None:
                piece = self._read(step)
            else:
                room = bytearray(step)
                piece = bytes(room[: self._readinto(room)])
            self._keep(bytes(piece))
            if len(piece) < step:
                raise _Ended
            count -= step

    def _more(self, count: int) -> int:
        """Get a new buffer with *count* bytes, if the file has so many; return how many it has."""
        self._skip()
        if self._peek is not None and count < _PREFETCH:
            try:
                shown = self._peek(_PREFETCH)
            except NotImplementedError:
                self._peek = None
            else:
                self._set(shown)
                self._taken = 0
                if count <= len(self._buffer):
                    return count
                self._at = len(self._buffer)  # nothing of it counts
                self._taken = self._at
        pieces, left = [], count
        while left:  # in pieces: what is announced need not be there
            piece = bytes(self._read(min(left, 1 << 24)))
            pieces.append(piece)
            left -= len(piece)
            if not piece or len(piece) < min(left + len(piece), 1 << 24):
                break
        self._set(b"".join(pieces))
        return min(len(self._buffer), count)

    def _set(self, buffer: Any) -> None:
        """Take a new buffer; what was left of the old one is lost, as in C."""
        if self._at < len(self._buffer) and self._taken > self._at:
            self._skipped = True
            if FRAMED_LINES:  # an error since then: the stream ends within this argument
                self._keep(self._buffer[self._at :])
                raise _Ended
        self._buffer = bytes(buffer)
        self._at = 0
        self._taken = len(self._buffer)

    def _skip(self) -> None:
        """Read what was only shown, as far as it was used."""
        used = self._at - self._taken
        if used > 0:
            self._read(used)
            self._taken = self._at
