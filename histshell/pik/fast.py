"""The fast path for plain data: prove that a stream is harmless at the speed of `re`, then let the C loader read it.

The proof. A regular expression crosses runs of opcodes that only push plain data, move the stack, or fill lists,
dicts and sets; it fixes where every opcode and argument begins and ends, as C reads them, in their ordinary spelling.
It stops at any other byte. Python then takes one opcode of a short list (PROTO, FRAME, long text, wide ints, marks, STOP),
and the expression goes on. Whatever is not understood byte for byte (an odd spelling, a frame crossed by an argument,
any opcode that imports, calls or builds) ends the proof, and the machine reads the stream from its beginning. A
stream that C then refuses goes to the machine as well, which finds the error and says where it is.

What the proof must bound is cost. Memory: containers are counted by their opcodes' bytes, an upper bound. Time: only keys
cost more than their bytes, as they are hashed and compared in C, out of reach. A stream that fills no dict and no set has
none. Where one does, the proof begins again with expressions that bound what the keys of a short piece of it can cost
(`histshell.pik.fast_keys`), for what is left of it without its longer texts, if there are many (`histshell.pik.fast_texts`).
C is lent the stream in such pieces, with a look at the clock between them (`histshell.pik.fast_lending`). What is stopped there
is read by the machine, from the beginning, under its own clock.

The second wall. The loader is `histshell.pik.fast_shut_loader.ShutLoader`, which imports nothing, and
extension codes are not among the opcodes that the expression knows. Nothing can be imported or called, were the proof
wrong.
"""

from __future__ import annotations

import sys
from io import BufferedReader
from pickle import HIGHEST_PROTOCOL
from typing import Any

from histshell.pik.beginnings import Beginnings
from histshell.pik.budget import Budget
from histshell.pik.fast_keys import LONG, NEVER, KeyedProof, line_end
from histshell.pik.fast_lending import Lent
from histshell.pik.fast_pages import Pages
from histshell.pik.fast_patterns import TUPLING, filling, run, tupling
from histshell.pik.fast_reading import PIECE, Bytes
from histshell.pik.fast_shut_loader import ShutLoader
from histshell.pik.fast_texts import WithoutTexts, mostly_texts
from histshell.pik.opcodes import BY_NAME, FRAME, OPCODES, PROTO, STOP
from histshell.pik.progress import step

#: Shorter streams gain nothing: the machine has read them before the proof is set up.
SMALLEST = 512
_LARGE = 1 << 22  # bytes of which it is worth while to keep but what is wanted
_COUNTING = b"\4"  # the protocol that counts in its memo
_SHORT = 1 << 14  # bytes with so few keys that the clock need not be looked at
_TEXTS = 1 << 15  # bytes that C is given at once where most of them are those of long texts
_MANY = 1_000  # texts that are not short, from which on they are worth an expression that knows more of them
_WORTH = 1 << 21  # bytes of a stream
_FEW = 2_000  # of a byte, for which it is looked one by one
_UNWATCHED = 1 << 17  # bytes that C is given at once where nothing is hashed
_HEAD = 1 << 12  # bytes of a stream that are looked at for a dict that is filled

_EMPTY_LIST, _EMPTY_DICT, _EMPTY_SET, _TUPLE1, _LONG1, _LONG4, _STRING, _UNICODE = (
    BY_NAME[name].code
    for name in ("EMPTY_LIST", "EMPTY_DICT", "EMPTY_SET", "TUPLE1", "LONG1", "LONG4", "STRING", "UNICODE")
)
#: What has a length, which may be long: the bytes that this has.
_COUNTED = {**LONG, _LONG1: 1, _LONG4: 4}
#: Bytes of memory that one opcode's byte may take, and what the machine charges for the same.
BIGGEST = {_EMPTY_SET: 744, _EMPTY_DICT: 248, _EMPTY_LIST: 72, _TUPLE1: 64}
_PRICES = {_EMPTY_SET: 232, _EMPTY_DICT: 80, _EMPTY_LIST: 72, _TUPLE1: 64}
#: What fills dicts and sets, so that there are keys. (A frozenset ends the proof.)
_HASHING = frozenset(op.code for op in OPCODES if op.hashes and op.made != "frozenset")


class _Proof:
    """The state of one proof."""

    def __init__(self, data: Any, budget: Budget, apart: int = NEVER) -> None:
        """With *apart* it is proved as if it had keys, and places where it may be cut are noted, about so many bytes apart."""
        self.apart = apart
        self.found: KeyedProof | None = None
        self.data = self.opcodes = data  # of the latter the long texts may have been taken out
        self.budget = budget
        self.limits = budget.limits
        self.skipped = 0  # bytes of long text, which hold no opcodes
        self.texts = 0  # that are not short
        self.tuples = False
        self.keyed = apart < NEVER
        self.frames: list[int] = []  # where they begin, in a stream with keys

    @property
    def work(self) -> int:
        """Give the steps of work that this stream may still take."""
        return self.budget.work_allowed - self.budget.worked + self.limits.work_per_byte * len(self.data)

    def holds(self) -> int:
        """Return the offset after STOP, where the stream is proved to be plain data of a bounded cost; else 0."""
        size = len(self.data)
        if size > min(self.limits.opcodes, self.limits.stack, self.work) or self.limits.memo_index < 1 << 17:
            return 0
        digits = max(len(str(size)) - 1, 1)
        top = (1 << (size >> 16).bit_length()) - 1  # few different ones, for few expressions
        # Or so it seems: the other proof does for all streams.
        self.keyed = self.keyed or filling(self.data, 0, _HEAD) is not None
        stop = -1 if self.keyed else self._unkeyed(top, digits)
        if self.keyed:
            stop = self._with_keys((top, digits))
        return stop + 1 if stop >= 0 and self._bounded() else 0

    def _with_keys(self, numbers: tuple[int, int]) -> int:
        """Prove it with its keys, from the beginning; with more effort where a simpler proof does not do."""
        left, whole = None, False
        is_cut = self.apart < NEVER
        if not is_cut and mostly_texts(self.data, numbers):
            left = WithoutTexts(self.data, numbers)
            left = left if left.stop >= 0 else None
        data = self.data if left is None else left.data
        tuples = self.tuples or tupling(data, 0, _HEAD) is not None  # or so it seems: that spares a beginning
        while True:
            proof = KeyedProof(data, self.budget, tuples, whole, numbers, left is None, self.apart)
            self.found = proof
            stop = proof.holds()
            if stop < 0 and proof.texts and not is_cut:
                left = WithoutTexts(self.data, numbers)
                data = left.data
                if left.stop < 0:
                    return -1
            elif stop >= 0 or (tuples, whole) == (proof.tuples, proof.whole):
                found = proof if left is None else left
                self.skipped, self.frames, self.opcodes = found.skipped, found.frames, data
                return stop if left is None or stop < 0 else left.stop
            tuples, whole = proof.tuples, proof.whole

    def _unkeyed(self, top: int, digits: int) -> int:
        """Cross a stream that has no keys: return the offset of STOP, else -1; note where one has keys."""
        data, size = self.data, len(self.data)
        at, frame_end, known = 0, NEVER, None
        while True:
            needed = self.tuples, self.texts >= _MANY and size > _WORTH
            if needed != known:
                known, match = needed, run(needed[0], top, digits, needed[1])
            found = match(data, at, frame_end if frame_end < size else size)
            if found is not None:
                at = found.end()
                step("looking through it", at, size)
                if at in (frame_end, size) or data[at] not in _COUNTED:
                    continue  # it may have been cut off by its own length
            if at == frame_end:
                frame_end = NEVER
                continue
            if at >= size or data[at] == STOP:
                return at if at < size else -1
            code = data[at]
            if code == FRAME:
                frame_end = at + 9 + int.from_bytes(data[at + 1 : at + 9], "little") if frame_end == NEVER else NEVER
                at += 9
                if frame_end > size:
                    return -1
                continue
            if code in _HASHING:
                self.keyed = True
                return -1
            at = self._one(code, at)
            if at > min(frame_end, size):
                return -1

    def _one(self, code: int, at: int) -> int:
        """Skip one opcode that the expression does not know: return its end, or a number beyond every stream."""
        data = self.data
        if code in TUPLING:
            known, self.tuples = self.tuples, True
            return at if not known else NEVER
        if code == PROTO:
            return at + 2 if data[at + 1 : at + 2] <= bytes((HIGHEST_PROTOCOL,)) else NEVER
        if code in _COUNTED:
            self.texts += 1
            start = at + 1 + _COUNTED[code]
            length = int.from_bytes(data[at + 1 : start], "little")
            self.skipped += length
            return start + length
        return line_end(data, code, at) if code in (_UNICODE, _STRING) else NEVER

    def _bounded(self) -> bool:
        """Return whether the memory is bounded too."""
        size = len(self.data)
        allowed = self.budget.memory_allowed - self.budget.memory + self.limits.memory_per_byte * size
        if (size - self.skipped) * max(BIGGEST.values()) <= allowed:
            return True
        counts = (
            self.data.counted
            if isinstance(self.data, Pages)
            else {code: _count(self.opcodes, code) for code in BIGGEST}
        )
        return sum(counts[code] * cost for code, cost in BIGGEST.items()) <= allowed


def _count(data: bytes, code: int) -> int:
    """Count a byte. To find the next one is many times faster, where there are few, than to count all."""
    at = -1
    for number in range(_FEW):
        at = data.find(code, at + 1)
        if at < 0:
            return number
    return _FEW + data.count(code, at + 1)


def load_first(
    data: bytes, encoding: str, errors: str, budget: Budget, beginnings: Beginnings | None = None
) -> tuple[int, Any]:
    """Load the plain stream that *data* begins with: return the offset after its STOP and its value, or (0, None).

    *budget* is charged about as the machine would charge it; what may be more than it has is left to the machine. With
    *beginnings* only these are kept of long containers, where that can be done; they are ``done`` then.
    """
    end, proof = 0, None
    if beginnings is not None and may_be_cut(data[:2], len(data)):
        end, value, proof = load_cut(data, (encoding, errors), budget, beginnings)
        if beginnings.done:
            return end, value
    if proof is None:
        proof = _Proof(data, budget)
        end = proof.holds()
    if not end:
        return 0, None
    clock = budget.clock()
    try:
        value = ShutLoader(_file(data, proof, budget), encoding=encoding, errors=errors).load()
    except Exception:  # whatever it is, the machine meets it again and says where
        budget.set_clock(clock)
        return 0, None
    budget.grow(end)
    if budget.shared:
        budget.memory += sum(data.count(code, 0, end) * price for code, price in _PRICES.items())
    return end, value


def may_be_cut(head: bytes, size: int) -> bool:
    """Tell whether it is worth while to keep only the beginnings of a stream that has so many bytes, and begins so."""
    return size >= _LARGE and head[:1] == bytes((PROTO,)) and head[1:2] >= _COUNTING


def load_cut(
    data: bytes | Pages, options: tuple[str, str], budget: Budget, beginnings: Beginnings
) -> tuple[int, Any, _Proof | None]:
    """Load as `load_first` does, in pieces, of which *beginnings* are kept; *options* are encoding and errors.

    They are ``done`` if it could be done. Else the proof is given, if it holds all the same, or is the only one that might.
    """
    from histshell.pik import fast_cutting  # which few need

    proof = _Proof(data, budget, fast_cutting.APART)
    clock = budget.clock()
    end = 0
    try:
        end = proof.holds()
        if not end or proof.found is None:
            only = filling(data, 0, _HEAD) is not None and not (proof.found is not None and proof.found.texts)
            return 0, None, proof if only else None
        value = fast_cutting.load(data, proof.found, options, budget, beginnings)
    except Exception:  # whatever it is, it is met again where all is loaded
        beginnings.done = False
        value = None
    if beginnings.done:
        budget.grow(end)
    else:
        budget.set_clock(clock)
    return end, value, proof if end else None


def _file(data: bytes, proof: _Proof, budget: Budget) -> Any:
    """Give the file that C reads: watched by the clock, where there are keys."""
    watched = proof.keyed and len(data) > _SHORT
    least = PIECE if 2 * proof.skipped < len(data) else _TEXTS
    frames, clock, piece = (proof.frames, budget, least) if watched else ([], None, _UNWATCHED)
    if sys.implementation.name == "cpython":
        return Lent(data, frames, clock, piece)
    return BufferedReader(Bytes(data, frames, clock), piece)
