"""The proof for streams with keys: what a dict or set costs to fill is bounded between any two looks at the clock.

`histshell.pik.fast` begins with expressions for streams that have no keys. Where one fills a dict or set, it begins again here. C
hashes and compares keys out of reach; how long that takes is watched while it loads (`histshell.pik.fast_reading`): the
bytes are handed out in small pieces, and between two of them the clock is looked at. So what has to be proved is that
what C does with one such piece is bounded, and that no key overflows its stack:

- **A mark with many keys.** SETITEMS, ADDITEMS and DICT put in at once what stands above a mark. In the groups of the
  expressions that are few opcodes; for any other mark they are counted, from above: at most `_MOST`. So one of these opcodes
  costs at most as many keys on one chain, whatever the stream; the next look at the clock ends it.
- **Tuples by themselves.** A key that is a tuple costs what its items cost. Each is hashed at most once if it is never
  fetched from the memo: then all of them cost what their bytes cost. So no number of the memo may be fetched that a tuple was
  ever stored under, but a very small one (`histshell.pik.fast_sharing`); there is no other opcode that doubles anything.
- **Tuples in tuples.** C hashes them by recursion. An opcode takes nothing from below its mark, so what stands above one is at
  most as deep as the opcodes there that make tuples are many; where SETITEM or the end of a mark may take a tuple for a key, at
  most `Limits.key_depth` of these are allowed. (A mark that ends in a list or dict leaves nothing that can be hashed.)
- **Long tuples that are almost equal.** Tuples of a group are short. Longer ones are counted for each mark, and the product of
  their number and its bytes is bounded.
- **Long texts that are equal.** Two of them are compared byte by byte each time they meet. So a long one may be there once. Of
  shorter ones in tuples that are keys, each is compared as often as there are keys above its mark, at most: half a microsecond a
  byte, which is less than the work that each byte of a stream is allowed.

Whether a mark is that of a dict is guessed from what stands before it, but nothing is proved by that: a wrong guess only
ends the proof.
"""

from __future__ import annotations

from pickle import HIGHEST_PROTOCOL
from typing import Any

from histshell.pik.budget import Budget
from histshell.pik.fast_long_texts import EQUAL, LongTexts
from histshell.pik.fast_pages import PART, Pages, hold
from histshell.pik.fast_patterns import COUNTED, FEW, FIRST, LINES, NUMBERS, TUPLING, Patterns, patterns
from histshell.pik.fast_sharing import Sharing, first_numbers
from histshell.pik.opcodes import BY_NAME, FRAME, LENGTHS, MARK, OPCODES, PROTO, STOP
from histshell.pik.progress import step

NEVER = 1 << 62
_WINDOW = 1 << 15  # bytes that one match looks at; bounds the memory that it takes
_BACK = 4 * _WINDOW  # bytes that are looked at behind it
_SURE = 1 << 12  # bytes before its end from which on it may have been cut off by it
_MOST = 10_000  # opcodes and groups above a mark whose end hashes
_ALIKE = 60_000_000  # long tuples above such a mark, times the bytes above it
WIDE = 1 << 10  # bytes of an int that may be hashed as often as it likes
_DEAR = 1 << 13  # bytes of a text that takes C longer than the proof
_MEDIUM = 1 << 8  # and of one that the expressions know, once they know that there are some
WHOLE = 1 << 16  # bytes of a text that is noted
_INSIDE = 10_000  # marks inside each other
_LONG = 1 << 19  # bytes for which expressions of their own are worth their making
_OFTEN = 100  # texts of medium length from which on others are expected
_FRAMES = 64  # frames that a stream may have, beside one for each
_FRAME = 4096  # bytes
_QUICK = 0.1  # seconds that a piece may take: with less allowed the machine, which looks more often, is asked at once

_LONG1, _LONG4, _STRING, _UNICODE, _SETITEM, _TUPLE = (
    BY_NAME[name].code for name in ("LONG1", "LONG4", "STRING", "UNICODE", "SETITEM", "TUPLE")
)
#: Ends of marks: those that leave a list or what was there before, and those that hash what stood above the mark.
_LISTING = frozenset(op.code for op in OPCODES if op.takes_mark and op.name in ("APPENDS", "LIST"))
_HASHING = frozenset(op.code for op in OPCODES if op.takes_mark and op.name in ("SETITEMS", "ADDITEMS", "DICT"))
#: Ends that put what they took into what was there before.
_LEAVING = frozenset(op.code for op in OPCODES if op.takes_mark and op.fills)
_FILLED = frozenset(BY_NAME[name].code for name in ("EMPTY_DICT", "EMPTY_SET", "SETITEMS", "ADDITEMS"))
_STORING = {op.code: {"": 1, "uint1": 2, "uint4": 5}.get(op.argument, 0) for op in OPCODES if op.stores}
_READING = frozenset(op.code for op in OPCODES if op.reads)
_WRAPPING = TUPLING - {_TUPLE}
#: Text and bytes with a length, which may be long: the bytes that their length has.
LONG = {op.code: LENGTHS[op.argument] for op in OPCODES if op.argument in LENGTHS and op.made in ("str", "bytes")}


class _Mark:
    """What is known of the things above one mark; of those at the bottom too, which have none."""

    __slots__ = ("checked", "count", "deep", "flat", "start", "tuples")

    def __init__(self, start: int, count: int) -> None:
        self.start = start
        self.count = count  # opcodes and groups at most, where they are counted; else -1
        self.deep = 0  # how deep tuples may be inside each other, of what begins before ``checked``
        self.checked = start
        self.tuples = 0  # long ones
        self.flat = True  # nothing but atoms


class KeyedProof:
    """The state of one proof."""

    def __init__(
        self,
        data: Any,
        budget: Budget,
        tuples: bool,
        whole: bool,
        numbers: tuple[int, int],
        asks: bool = False,
        apart: int = NEVER,
    ) -> None:
        """Begin before the first byte of bytes or `Pages`; *numbers* says how large those of the memo may be, as in `Patterns`.

        About every *apart* bytes a place between two opcodes is noted in ``places``: its offset, how many marks are open there, and
        how much was stored before it, where that is counted.

        Without *tuples* there may be none: ``tuples`` then says whether one was met. Without *whole*, long streams may fetch
        nothing but what their head stored: ``whole`` then says whether one did. Where it *asks*, many texts that are not short end
        it: ``texts`` then says that they are better taken out first (`histshell.pik.fast_texts`).
        """
        self.data = data
        self.limits = budget.limits
        if type(data) is Pages:
            data.rewind()
        hold(data, 0, PART)
        memo, numbers = stores_of(data, numbers)
        self.known = b""
        self.apart = self._next = apart
        self.places: list[tuple[int, int, int]] = []
        self.long: list[tuple[int, int, int]] = []  # where long texts stand: the opcode, the text, its end
        self._ahead = -1  # up to where all is in memory that is looked at from there
        follows = tuples or apart < NEVER  # where it may be cut, all that is fetched must be known
        if follows and not whole and memo == COUNTED and len(data) > _LONG:
            self.known = first_numbers(data, self.limits)
        self.memo = memo
        self.numbers = numbers
        self.tuples = tuples
        self.whole = whole
        self.patterns = self._expressions(False)
        self.sharing = Sharing(data, memo, *numbers) if follows and not self.known else None
        self.deepest = self.limits.key_depth
        self.asks = asks
        self.texts = False
        self._long = 0  # texts that are not short
        self._medium = 0  # and those of them that are not long
        self.skipped = 0  # bytes of long text, which hold no opcodes
        self.frames: list[int] = []  # where they begin
        self.mark = _Mark(0, -1)
        self.marks: list[_Mark] = []
        self._texts = LongTexts(data)

    def _expressions(self, medium: bool) -> Patterns:
        """Give the expressions, those that know *medium* texts or those that do not."""
        if self.known:
            return Patterns(self.tuples, *self.numbers, self.memo, medium, self.known)
        return patterns(self.tuples, *self.numbers, self.memo, medium)

    def holds(self) -> int:
        """Return the offset of STOP, where the stream is proved to be plain data of a bounded cost; else -1."""
        data, size = self.data, len(self.data)
        if self.limits.seconds < _QUICK or self.limits.key_nodes < _MOST:
            return -1
        at, frame_end, over = 0, NEVER, False
        while at < size:
            if at > self._ahead:
                self._ahead = self._hold(at)
            if at >= self._next and data[at] not in _STORING:
                self._note(at)
            limit = min(frame_end, size, at + _WINDOW)
            if not over:
                end = self._cross(at, limit)
                if end > at:
                    over = self.mark.count < 0 and end + _SURE < limit  # the next one is none of its opcodes
                    at = end
                    if self.sharing is not None:
                        self.sharing.follow(at)
                    step("looking through it", at, size)
                    continue
            if at == frame_end:
                frame_end, over = NEVER, False
                continue
            code = data[at]
            if code == STOP:
                self._note(at)
                return at if self.sharing is None or self.sharing.harmless(at) else -1
            if code == FRAME:
                frame_end = self._frame(at) if frame_end == NEVER else NEVER
                if frame_end > size:
                    return -1
                at, over = at + 9, False
                continue
            end = self._one(code, at)
            if end == NEVER and over:
                over = False
                continue
            if end > min(frame_end, size):
                return -1
            at, over = end, False
        return -1

    def _cross(self, at: int, limit: int) -> int:
        """Skip what the expressions know; return where it ends."""
        mark, known = self.mark, self.patterns
        if mark.count >= 0:
            if self.data[at] == MARK and self.data[at - 1] in _LISTING:
                return at  # most likely another batch of a list: to be opened, as it leaves nothing that might be a key
            most, match = (FEW, known.few) if mark.count else (FIRST, known.pairs)
            found = match(self.data, at, limit)
            if found is None:
                return at
            end: int = found.end()
            mark.count += min(most, (end - at >> 1) + 1)
            mark.deep += min(most, self._making(at, end))
            return end
        found = known.atoms(self.data, at, limit) if mark.flat else None
        if found is None:
            found = known.items(self.data, at, limit)
            if found is None:
                return at
            mark.flat = False
        return found.end()  # type: ignore[no-any-return]

    def _pause(self, at: int, end: int) -> None:
        """Pass over what stands from *at* to *end*, as it has no opcodes that share anything."""
        if self.sharing is not None:
            self.sharing.pause(at, end)

    def _hold(self, at: int) -> int:
        """Have in memory what is looked at next; return up to where that does."""
        there = hold(self.data, max(at - _BACK, 0), at + PART)
        return there - 2 * _WINDOW if there < len(self.data) else NEVER

    def _note(self, at: int) -> None:
        """Note a place."""
        self._pause(at, at)
        stored = self.sharing.counted if self.sharing is not None else 0
        self.places.append((at, len(self.marks), stored))
        self._next = at + self.apart

    def _frame(self, at: int) -> int:
        """Note a frame; return its end."""
        self._pause(at, at + 9)
        self.frames.append(at)
        if self.memo != COUNTED or at + 9 > len(self.data) or too_many(self.frames, self.data):
            return NEVER
        return at + 9 + int.from_bytes(self.data[at + 1 : at + 9], "little")

    def _one(self, code: int, at: int) -> int:
        """Skip one opcode that the expressions do not know here: return its end, or `NEVER`."""
        data, mark = self.data, self.mark
        mark.count += mark.count >= 0 and code != MARK  # its end counts, where it leaves something
        if code == MARK:
            return self._open(at)
        if code in TUPLING and not self.tuples:
            self.tuples = True
            return NEVER
        if code == _TUPLE or code in _LISTING or code in _HASHING:
            return self._close(code, at)
        if code == _SETITEM:
            return at + 1 if self._depth(at) <= self.deepest else NEVER
        if code in _READING and self.known:
            self.whole = True
            return NEVER
        if code in LONG:
            return self._text(code, at)
        if code in _STORING:
            found = self.patterns.store(data, at)
            return found.end() if found is not None else NEVER
        return self._rare(code, at)

    def _rare(self, code: int, at: int) -> int:
        """Skip a wide number, a long line, or PROTO."""
        data = self.data
        if code == PROTO and not at:
            end = 2 if data[1:2] <= bytes((HIGHEST_PROTOCOL,)) else NEVER
        elif code == _LONG1 and at + 1 < len(data):
            end = at + 2 + data[at + 1]
            self._ask()
        elif code == _LONG4 and (length := int.from_bytes(data[at + 1 : at + 5], "little")) <= WIDE:
            end = at + 5 + length
            self._ask()
        elif code in (_UNICODE, _STRING) and self.memo == LINES:
            end = line_end(data, code, at)
            if end - at > EQUAL:  # it can be spelled in many ways
                return NEVER
        else:
            return NEVER
        if self.texts:
            return NEVER
        self._pause(at, end)
        return end

    def _ask(self) -> bool:
        """Count a text that is not short, or a wide number; return whether there are so many that the proof should begin anew."""
        self._long += 1
        self.texts = self.asks and self._long >= _OFTEN
        return self.texts

    def _text(self, code: int, at: int) -> int:
        """Skip a long text, and what stores it."""
        start = at + 1 + LONG[code]
        end = start + int.from_bytes(self.data[at + 1 : start], "little")
        if end > len(self.data):
            return NEVER
        if self._texts.again(code, start, end):
            return NEVER
        self._pause(at, end)
        dear = end - start < _DEAR and (self.apart == NEVER or end - start >= _MEDIUM)
        if dear and self._ask():
            return NEVER
        if end - start > WHOLE:
            self.long.append((at, start, end))
        self.skipped += end - start
        self._medium += end - start < _MEDIUM
        if self._medium == _OFTEN and len(self.data) - at > _LONG:
            self.patterns = self._expressions(True)
        if end > self._ahead:
            self._ahead = self._hold(end)
        found = self.patterns.store(self.data, end)
        return found.end() if found is not None else end

    # ------------------------------------------------------------------ marks

    def _open(self, at: int) -> int:
        """Begin with what stands above a mark."""
        if len(self.marks) > _INSIDE:
            return NEVER
        self.mark.flat = False
        self.marks.append(self.mark)
        self.mark = _Mark(at + 1, 0 if self._fills(at) else -1)
        return at + 1

    def _fills(self, at: int) -> bool:
        """Guess whether a mark is that of a dict or set, from what stands before it."""
        data = self.data
        back = (1, 2) if self.memo == COUNTED else (1, 3, 6)
        return any(data[at - n] in _FILLED for n in back if n <= at)

    def _close(self, code: int, at: int) -> int:
        """End a mark; note what it leaves."""
        if not self.marks:
            return NEVER
        above, self.mark = self.mark, self.marks.pop()
        self.mark.count += self.mark.count >= 0 and code not in _LEAVING
        if code == _TUPLE:
            depth = 1 if above.flat else self._depth(at, above) + 1
            self.mark.deep = max(self.mark.deep, depth)
            self.mark.tuples += 1
        elif code in _HASHING and (
            not 0 <= above.count <= _MOST
            or self._depth(at, above) > self.deepest
            or above.tuples * (at - above.start) > _ALIKE
        ):
            return NEVER
        found = self.patterns.store(self.data, at + 1) if at + 1 < len(self.data) else None
        return found.end() if found is not None else at + 1

    def _depth(self, at: int, mark: _Mark | None = None) -> int:
        """Give how deep tuples can be inside each other above a mark, by default the topmost, up to *at*."""
        mark = self.mark if mark is None else mark
        if mark.count < 0 and not mark.flat:
            mark.deep += self._making(mark.checked, at)
            mark.checked = at
        return mark.deep

    def _making(self, at: int, end: int) -> int:
        """Give how many opcodes make tuples of what is before them, at most."""
        return 0 if self.memo == LINES or not self.tuples else sum(self.data.count(code, at, end) for code in _WRAPPING)


def stores_of(data: bytes, numbers: tuple[int, int]) -> tuple[int, tuple[int, int]]:
    """Say how a stream stores in its memo, and give *numbers* as they are of interest there: fewer expressions."""
    memo = LINES if data[0] != PROTO else COUNTED if data[1] >= 4 else NUMBERS
    return memo, numbers if memo == LINES else (numbers[0], 1)


def too_many(frames: list[int], data: bytes) -> bool:
    """Return whether a stream has more frames than one has that is written by a pickler."""
    return len(frames) > _FRAMES + len(data) // _FRAME


def line_end(data: bytes, code: int, at: int) -> int:
    """Return the end of a long line of text, or `NEVER` where it is not spelled in the ordinary way."""
    end = data.find(b"\n", at + 1) + 1
    body = data[at + 1 : end - 1] if end else b""
    if not end or (
        code == _STRING and (len(body) < 2 or body[:1] + body[-1:] != b"''" or b"\\" in body or b"'" in body[1:-1])
    ):
        return NEVER
    return end
