"""A stream with keys without its longer texts, so that the proof need not go past each of them.

Of a text only the length matters to the proof. But an expression cannot skip as much as it has just read, and in Python, within all
that `histshell.pik.fast_keys` notes, that takes ten microseconds a text. So where there are many, one short loop takes them out
first, and the proof is made for what is left: the same opcodes with the same arguments, but for an empty text in the
place of each longer one, or wider number. For that, nothing has to be known of a stream but where its opcodes begin and end,
which is told as everywhere by an expression that crosses all others in their ordinary spelling. Frames are left out too.

What is left is read by nobody: once it is proved, C reads the stream as it came.
"""

from __future__ import annotations

import struct

from histshell.pik.fast_keys import LONG, NEVER, WIDE, line_end, stores_of, too_many
from histshell.pik.fast_long_texts import EQUAL, LongTexts
from histshell.pik.fast_patterns import COUNTED, plain
from histshell.pik.opcodes import BY_NAME, FRAME, PROTO, STOP
from histshell.pik.progress import step

_HEAD = 1 << 16  # bytes of a stream that tell what is in it
_AT_ONCE = 1 << 12  # texts between which what is left is joined at once
_EMPTY = b"\x8c\x00"
_LONG1, _LONG4, _STRING, _UNICODE = (BY_NAME[name].code for name in ("LONG1", "LONG4", "STRING", "UNICODE"))
_INTS = {_LONG1: 1, _LONG4: 4}
_ONE = frozenset(code for code, width in (*LONG.items(), *_INTS.items()) if width == 1)
_FOUR = frozenset(code for code, width in LONG.items() if width == 4)
_OTHER = frozenset((*LONG, *_INTS, _UNICODE, _STRING))
_four_bytes = struct.Struct("<I").unpack_from


def mostly_texts(stream: bytes, numbers: tuple[int, int]) -> bool:
    """Return whether longer texts are most of a stream's beginning, where it is long enough for that to matter."""
    if len(stream) < 2 * _HEAD:
        return False
    start = 11 if stream[2] == FRAME and stream[0] == PROTO else 2
    left = WithoutTexts(stream[:2] + stream[start:_HEAD], numbers)
    return 2 * len(left.data) < _HEAD


class WithoutTexts:
    """What is left of a stream: ``data``, where ``stop``, the offset of its STOP in the stream, is not -1."""

    def __init__(self, stream: bytes, numbers: tuple[int, int]) -> None:
        """Take out the texts; *numbers* is as `histshell.pik.fast_keys.KeyedProof` takes it."""
        self.frames: list[int] = []  # where they begin
        self._stream = stream
        self._memo, numbers = stores_of(stream, numbers)
        self._match = plain(*numbers, self._memo)
        self._texts = LongTexts(stream)
        self._runs: list[bytes] = []  # what stands between two texts
        start = 2 if stream[0] == PROTO else 0
        self._parts = [stream[:start]]
        try:
            self.stop = self._cross(start)
        except (IndexError, struct.error):  # it ends within a length
            self.stop = -1
        self.data = b"".join(self._parts)
        self.skipped = max(self.stop - len(self.data), 0)  # bytes that were taken out

    def _cross(self, at: int) -> int:
        """Go through it: return the offset of STOP, or -1."""
        stream, match, keep = self._stream, self._match, self._runs.append
        size = limit = len(stream)
        frame_end = NEVER
        while at < size:
            for _ in range(_AT_ONCE):
                end: int = match(stream, at, limit).end()
                keep(stream[at:end])
                code = stream[end] if end < limit else -1
                if code in _FOUR and (length := _four_bytes(stream, end + 1)[0]) <= EQUAL:
                    at = end + 5 + length
                elif code in _ONE:
                    at = end + 2 + stream[end + 1]
                elif code in _OTHER:
                    at = self._one(code, end)
                else:
                    break
                if at > limit:
                    return -1
            else:
                self._join(at, _EMPTY)
                continue
            self._join(end)
            if code == STOP:
                self._parts.append(stream[end : end + 1])
                return end
            if code == FRAME and frame_end == NEVER:
                limit = frame_end = self._frame(end)
                if limit > size:
                    return -1
                end += 9
            elif end == frame_end:
                frame_end, limit = NEVER, size
            elif end == at:  # else it has crossed as much as it does at once
                return -1
            at = end
        return -1

    def _join(self, at: int, then: bytes = b"") -> None:
        """Put together what was left since the last time, up to *at*."""
        self._parts.append(_EMPTY.join(self._runs) + then)
        self._runs.clear()
        step("looking through it", at, len(self._stream))

    def _frame(self, at: int) -> int:
        """Note a frame; return its end."""
        self.frames.append(at)
        if self._memo != COUNTED or too_many(self.frames, self._stream):
            return NEVER
        return at + 9 + int.from_bytes(self._stream[at + 1 : at + 9], "little")

    def _one(self, code: int, at: int) -> int:
        """Return the end of a text, or of a number, or `NEVER`."""
        stream = self._stream
        if code in (_UNICODE, _STRING):
            end = line_end(stream, code, at)
            return end if end - at <= EQUAL else NEVER  # it can be spelled in many ways
        width = _INTS.get(code) or LONG[code]
        start = at + 1 + width
        end = start + int.from_bytes(stream[at + 1 : start], "little")
        if end > len(stream) or (code in _INTS and end - start > WIDE):
            return NEVER
        return NEVER if self._texts.again(code, start, end) else end
