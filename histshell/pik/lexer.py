"""The lexer: bytes in, opcodes with their arguments out, in whatever pieces the bytes arrive.

It reads what C's `pickle.loads` reads, byte by byte the same, and nothing else: it knows where every opcode and
argument begins and ends, not what they do. Each byte is looked at once, however the stream is cut.

    token: (offset, code, argument)
        offset    position of the opcode in the stream, e.g. 14
        code      the opcode's byte, e.g. 0x4b for BININT1
        argument  None, an int, a float, bytes (counted; or a line *with* its newline), or two such lines
"""

from __future__ import annotations

import sys
from enum import Enum
from pickle import UnpicklingError
from struct import Struct
from typing import Any, NamedTuple, Tuple

from histshell.pik.errors import PikError, Unallocated, located
from histshell.pik.opcodes import BY_CODE, BY_NAME, FRAME, LENGTHS, OPCODES, STOP, WIDTHS, name_of
from histshell.pik.versions import BYTES_AT_ONCE, FRAMED_LINES

Token = Tuple[int, int, Any]

MORE, COMPLETE, ERROR = "more", "complete", "error"

_UNKNOWN, _NONE, _UINT1, _UINT2, _INT4, _UINT4, _FLOAT8, _LINE, _LINES, _COUNT1, _COUNT4, _COUNT8, _FRAME, _STOP = (
    range(14)
)
_KINDS = {
    "": _NONE, "uint1": _UINT1, "uint2": _UINT2, "int4": _INT4, "uint4": _UINT4, "float8": _FLOAT8, "line": _LINE,
    "lines": _LINES, "count1": _COUNT1, "count4": _COUNT4, "count8": _COUNT8, "uint8": _FRAME,
}  # fmt: skip
_SHAPES = [_UNKNOWN] * 256
for _each in OPCODES:
    _SHAPES[_each.code] = _KINDS[_each.argument]
_SHAPES[STOP] = _STOP

_HEADS = [0] * 14  # bytes of the opcode and its length
_HEADS[_COUNT4], _HEADS[_COUNT8] = 5, 9

_FOUR = (_INT4, _UINT4)
_INT4_AT = Struct("<i").unpack_from
_UINT4_AT = Struct("<I").unpack_from
_UINT8_AT = Struct("<Q").unpack_from
_FLOAT8_AT = Struct(">d").unpack_from
_LONG4, _BINBYTES8, _GLOBAL = (BY_NAME[name].code for name in ("LONG4", "BINBYTES8", "GLOBAL"))
_LONGEST_BYTES = sys.maxsize - sys.getsizeof(b"", 33)
_HUGE = 1 << 31  # bytes of one argument that an allocation may fail for
_BYTES = frozenset(op.code for op in OPCODES if op.made in ("bytes", "bytearray"))
_TRUNCATED = "pickle data was truncated"
_CROSSED = "pickle exhausted before end of frame"


class Awaits(Enum):
    """What a stream may wait for."""

    NOTHING = 0  # it is complete or has failed, or (to the lexer) a token has just ended
    LINE = 1  # the newline that ends an argument
    BYTES = 2  # more bytes of an argument that has a length
    MARKS = 3  # what takes the open marks
    STOP = 4


class Awaiting(NamedTuple):
    """What a stream waits for, as a value (``what``) and as a sentence (``str``). It is false where that is nothing."""

    what: Awaits = Awaits.NOTHING
    said: str = ""

    def __bool__(self) -> bool:
        """Return whether anything is awaited."""
        return self.what is not Awaits.NOTHING

    def __str__(self) -> str:
        """Say it, for example ``in STRING`` or ``BINUNICODE: 3 of 10 bytes``."""
        return self.said


NOTHING = Awaiting()


class Lexer:
    """Cut a stream into tokens.

    `feed` takes more bytes, `tokens` gives what they complete, `state` says ``more``, ``complete`` or ``error`` and
    `offset` where. It does not decode arguments beyond ints and floats, and it does not run anything.
    """

    def __init__(self, data: bytes = b"") -> None:
        """Begin a stream; *data* is its first bytes, or all of them."""
        self._data = data  # bytes not yet cut, from self._at on; no copy is made of what was given
        self._at = 0
        self._base = 0  # offset in the stream of self._data[0]
        self._parts: list[bytes] = []  # fed and not yet joined to self._data
        self._pending = 0  # bytes in self._parts
        self._wanted = 0  # bytes the token at self._at has in all, as far as is known; 0: nothing is known
        self._newlines = 0  # newlines it still waits for
        self._frame_end = -1
        self._error: PikError | None = None
        self._complete = False

    @property
    def state(self) -> str:
        """Tell how far the stream is: ``more`` bytes are needed, it is ``complete``, or an ``error`` is next."""
        return COMPLETE if self._complete else ERROR if self._error else MORE

    @property
    def offset(self) -> int:
        """The offset of the next token, of the stream's end, or of the error."""
        return self._base + self._at

    @property
    def error(self) -> PikError | None:
        """The error that the next call of `tokens` raises, if any."""
        return self._error

    @property
    def rest(self) -> bytes:
        """The bytes after STOP (or those not yet cut)."""
        self._join()
        return self._data[self._at :]

    def feed(self, chunk: bytes) -> None:
        """Take *chunk* as the next bytes of the stream."""
        if chunk:
            self._parts.append(bytes(chunk))
            self._pending += len(chunk)
            if self._newlines:
                self._newlines -= chunk.count(b"\n")

    def snapshot(self) -> tuple[Any, ...]:
        """Return what `restore` needs; nothing of the stream is copied."""
        return (
            self._data, self._at, self._base, tuple(self._parts), self._pending, self._wanted, self._newlines,
            self._frame_end, self._error, self._complete,
        )  # fmt: skip

    def restore(self, snapshot: tuple[Any, ...]) -> None:
        """Go back to where *snapshot* was taken."""
        (
            self._data, self._at, self._base, parts, self._pending, self._wanted, self._newlines,
            self._frame_end, self._error, self._complete,
        ) = snapshot  # fmt: skip
        self._parts = list(parts)

    def _ready(self) -> bool:
        """Return whether what was fed may complete a token; only then is it worth joining and looking."""
        if self._newlines > 0:
            return False
        return len(self._data) - self._at + self._pending >= self._wanted

    def _join(self) -> None:
        """Join what was fed to what is left."""
        if self._parts:
            self._data = self._data[self._at :] + b"".join(self._parts)
            self._base += self._at
            self._at = 0
            self._parts = []
            self._pending = 0

    def tokens(self, most: int = 512) -> list[Token]:
        """Return the next tokens, at most *most*; an empty list where more bytes are needed or the stream is complete.

        Raises what the stream deserves (unknown opcode, a length that cannot be), after the tokens before it were given.
        """
        if self._error is not None:
            raise self._error
        if self._complete or not self._ready():
            return []
        self._join()
        out: list[Token] = []
        try:
            self._cut(out, most)
        except (UnpicklingError, OverflowError, UnicodeDecodeError) as cause:
            code = self._data[self._at]
            named = name_of(code) if code in BY_CODE else None
            error = located(cause, self.offset, named)
            assert isinstance(error, PikError)
            self._error = error
            if not out:
                raise error from None
        return out

    def _cut(self, out: list[Token], most: int) -> None:
        """Append to *out* the tokens that are whole; what is missing of the next is left in ``_wanted``, ``_newlines``."""
        data, at, base, size = self._data, self._at, self._base, len(self._data)
        shapes = _SHAPES
        append = out.append
        frame_end = self._frame_end - base if FRAMED_LINES else size
        if frame_end < at:
            frame_end = sys.maxsize
        end = at
        self._wanted = self._newlines = 0
        try:
            for _ in range(most):
                code = data[at]
                shape = shapes[code]
                if shape == _NONE:
                    append((base + at, code, None))
                    end = at + 1
                elif shape == _UINT1:
                    append((base + at, code, data[at + 1]))
                    end = at + 2
                elif shape == _COUNT1:
                    start = at + 2
                    end = start + data[at + 1]
                    if end > size:
                        self._wanted = end - at
                        return
                    append((base + at, code, data[start:end]))
                elif shape == _UINT2:
                    append((base + at, code, data[at + 1] | data[at + 2] << 8))
                    end = at + 3
                elif shape == _LINE:
                    end = data.find(b"\n", at + 1) + 1
                    if not end:
                        self._newlines = 1
                        return
                    append((base + at, code, data[at + 1 : end]))
                elif shape in _FOUR:
                    end = at + 5
                    if end > size:
                        self._wanted = 5
                        return
                    append((base + at, code, (_INT4_AT if shape == _INT4 else _UINT4_AT)(data, at + 1)[0]))
                elif shape == _FLOAT8:
                    end = at + 9
                    if end > size:
                        self._wanted = 9
                        return
                    append((base + at, code, _FLOAT8_AT(data, at + 1)[0]))
                elif shape == _STOP:
                    append((base + at, code, None))
                    end = at + 1
                    self._complete = True
                else:
                    if shape == _FRAME and FRAMED_LINES and at + 9 <= size:
                        self._check_frame(at, frame_end)
                        frame_end = sys.maxsize
                    elif at + 1 < frame_end < at + _HEADS[shape] <= size:
                        raise UnpicklingError(_CROSSED)  # its length itself crosses, whatever that would be
                    argument, end = self._other(code, shape, at, size)
                    if end < 0:
                        return
                    append((base + at, code, argument))
                    if shape == _FRAME and FRAMED_LINES:
                        frame_end = end + argument
                if end > frame_end:
                    if at < frame_end:
                        self._check_crossing(shape, at, frame_end, out)
                    frame_end = sys.maxsize
                at = end
                if self._complete:
                    return
        except IndexError:  # the bytes ended inside an opcode and its 1-byte argument
            self._wanted = len(data) - at + 1 if len(data) > at else 0
        finally:
            self._at = at
            if FRAMED_LINES:
                self._frame_end = base + frame_end if frame_end != sys.maxsize else -1

    def _other(self, code: int, shape: int, at: int, size: int) -> tuple[Any, int]:
        """Cut one token of the rarer shapes: its argument and its end, which is -1 where bytes are missing."""
        data = self._data
        if shape == _LINES:
            return self._two_lines(at)
        if shape == _UNKNOWN:
            shown = chr(code) if 0x20 <= code <= 0x7E and code not in b"'\\" else f"\\x{code:02x}"
            raise UnpicklingError(f"invalid load key, '{shown}'.")
        width = 4 if shape == _COUNT4 else 8
        start = at + 1 + width
        if start > size:
            self._wanted = 1 + width
            return None, -1
        if width == 8:
            count = _UINT8_AT(data, at + 1)[0]
            if count > sys.maxsize:
                raise OverflowError(f"{name_of(code)} exceeds system's maximum size of {sys.maxsize} bytes")
            if BYTES_AT_ONCE and code == _BINBYTES8 and count > _LONGEST_BYTES:
                raise OverflowError("byte string is too large")
        elif code == _LONG4:
            count = _INT4_AT(data, at + 1)[0]
            if count < 0:
                raise UnpicklingError("LONG pickle has negative byte count")
        else:
            count = _UINT4_AT(data, at + 1)[0]
        end = start + count
        if end > size:
            self._wanted = end - at
            return None, -1
        return (count, start) if shape == _FRAME else (data[start:end], end)

    def _two_lines(self, at: int) -> tuple[Any, int]:
        """Cut a module's line and a name's line."""
        data = self._data
        middle = data.find(b"\n", at + 1) + 1
        if not middle:
            self._newlines = 2
            return None, -1
        end = data.find(b"\n", middle) + 1
        if not end:
            self._newlines = 1
            return None, -1
        return (data[at + 1 : middle], data[middle:end]), end

    @staticmethod
    def _check_frame(at: int, frame_end: int) -> None:
        """Refuse a frame inside a frame; its 8 bytes of length may begin or end just where the outer frame ends."""
        if at + 1 < frame_end != sys.maxsize:
            if at + 9 > frame_end:
                raise UnpicklingError(_CROSSED)
            if at + 9 < frame_end:
                raise UnpicklingError("beginning of a new frame before end of current frame")

    def _check_crossing(self, shape: int, at: int, frame_end: int, out: list[Token]) -> None:
        """Refuse a token that crosses its frame's end, unless one of the pieces it is read in ends just there."""
        joints = {at + 1}
        if shape in (_COUNT1, _COUNT4, _COUNT8):
            joints.add(at + 1 + LENGTHS[BY_CODE[self._data[at]].argument])
        elif shape == _LINES:
            joint = self._data.find(b"\n", at + 1) + 1
            joints.add(joint)
            if joint < frame_end:  # C reads the module's line first, and decodes it before it comes to the name
                try:
                    self._data[at + 1 : joint - 1].decode("utf-8" if self._data[at] == _GLOBAL else "ascii")
                except UnicodeDecodeError:
                    out.pop()
                    raise
        if frame_end not in joints:
            out.pop()
            raise UnpicklingError(_CROSSED)

    @property
    def awaiting(self) -> Awaiting:
        """Return what is missing of the token that was begun."""
        if self._complete or self._error:
            return NOTHING
        self._join()
        have = len(self._data) - self._at
        op = BY_CODE.get(self._data[self._at]) if have else None
        if op is None:
            return NOTHING
        if op.argument in ("line", "lines"):
            return Awaiting(Awaits.LINE, f"in {op.name}")
        header = 9 if op.code == FRAME else 1 + LENGTHS.get(op.argument, 0)
        if have >= header and self._wanted > header:
            return Awaiting(Awaits.BYTES, f"{op.name}: {have - header} of {self._wanted - header} bytes")
        whole = header if header > 1 else 1 + WIDTHS[op.argument]
        what = "length bytes" if header > 1 else "bytes"
        return Awaiting(Awaits.BYTES, f"{op.name}: {have - 1} of {whole - 1} {what}")

    @property
    def lacking(self) -> int:
        """The number of bytes that may be read without reading past STOP: at least 1."""
        have = len(self._data) - self._at + self._pending
        return max(self._wanted - have, 1)

    def truncated(self, marked: bool = True, last: Token | None = None) -> PikError:
        """Return the error that C raises where the bytes end here and STOP has not come.

        *marked* tells whether a mark is open, *last* is the last token: C's answer depends on both.
        """
        self._join()
        rest = self._data[self._at :]
        cause: Exception = UnpicklingError(_TRUNCATED) if rest else EOFError("Ran out of input")
        if last is not None and last[1] in _BYTES and not last[2] and not rest:
            cause = UnpicklingError(_TRUNCATED)  # C reads nothing from the end, and finds nothing there
        if self._wanted > _HUGE:
            cause = Unallocated(_TRUNCATED)
        if rest[:1] == b"i" and not marked:  # C looks for the mark before it reads the lines
            cause = UnpicklingError("could not find MARK")
        elif rest[:1] in (b"c", b"i") and b"\n" in rest:  # C decodes the first line before it looks for the second
            try:
                rest[1 : rest.index(b"\n")].decode("utf-8" if rest[:1] == b"c" else "ascii")
            except UnicodeDecodeError as bad:
                cause = bad
        error = located(cause, self.offset, name_of(rest[0]) if rest else None)
        assert isinstance(error, PikError)
        return error
