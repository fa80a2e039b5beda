"""Whether a stream fetches a tuple from its memo.

A tuple that is fetched can be part of others many times over, each of which costs what it costs (45 doublings of a pair are
2**45 visits). There are two ways to know. Long streams that count in their memo, and fetch nothing but what they stored
early, as most do with the keys of their records: the machine loads their head, and what is in its memo then is there for good.
Small tuples may be fetched there, as they cost next to nothing. For any other stream the numbers of both, tuples and
what is fetched, are told from the runs that were crossed. Where memo numbers are written down, each tuple's number is with
it. MEMOIZE counts: its number is how many came before it, so all of them are noted, by one byte each.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from histshell.pik.errors import PikError
from histshell.pik.fast_patterns import COUNTED, TUPLING, stored
from histshell.pik.limits import Limits
from histshell.pik.machine import Machine
from histshell.pik.opcodes import BY_NAME, FRAME, OPCODES

_PIECE = 1 << 16  # bytes that are gone through at once
_HEAD = 1 << 17  # bytes of a stream, at most, that are loaded to know its first numbers
_LEAST, _PART = 1 << 14, 7  # and at least; else a 128th of it
_KNOWN = 4096  # and how many of these
_SMALL = 8  # tuples and what is in them, of one that may be fetched as often as it likes
_MEMOIZE = BY_NAME["MEMOIZE"].code
_MAKING = frozenset(bytes((code,)) for code in TUPLING)
_STORES = bytes(op.code for op in OPCODES if op.stores)
_TUPLE = b"\x01"
_NO_TUPLE = bytes((_MEMOIZE,))
_TWICE = _NO_TUPLE * 2
_COUNTING = frozenset((*_MAKING, _NO_TUPLE))
_WIDTHS = {op.code: op.argument for op in OPCODES if op.stores or op.reads}


class Sharing:
    """Follows a proof, once for each byte; what it is told to pass over has no opcode of interest."""

    def __init__(self, data: bytes, memo: int, top: int, digits: int) -> None:
        """Begin with a stream that stores as *memo* says."""
        self._data = data
        self._counts = memo == COUNTED
        self._find: Any = stored(top, digits, memo)
        self._start = 0  # of what is not gone through yet
        self._lost = False  # it met what is no opcode
        # The end of a text that was passed over, which may be stored, even behind the beginning of a frame.
        self._bare = -1
        self._last = b""  # what makes a tuple, at the end of the last piece
        self._kinds = bytearray()  # for each number of the memo that was counted, whether it is a tuple
        self._tuples = bytearray()  # for each number of the memo, whether one was stored there
        self._fetched = bytearray()  # and whether it was fetched

    def follow(self, at: int) -> None:
        """Go on to *at*, between two opcodes."""
        if at - self._start > _PIECE and self._data[at : at + 1] not in _STORES:
            self._go(at)

    def pause(self, at: int, after: int) -> None:
        """Go on to *at*, and pass over what stands there up to *after*."""
        self._go(at)
        self._start = after
        if self._data[at] != FRAME or self._bare == at:
            self._bare = after
        elif self._data[after : after + 1] in _STORES:
            self._lost = True

    def harmless(self, at: int) -> bool:
        """Go on to the end: return whether no number is fetched that is a tuple's."""
        self._go(at)
        if self._lost:
            return False
        tuples = self._kinds if self._counts else self._tuples
        return not int.from_bytes(tuples, "little") & int.from_bytes(self._fetched, "little")

    def _go(self, at: int) -> None:
        if at > self._start:
            events = self._find(self._data, self._start, at)
            if self._counts:
                self._count([event for event in events if event in _COUNTING])
            for event in set(events):
                if len(event) > 1 and event != _TWICE:
                    self._note(event)
                elif event and not (self._counts and event in _COUNTING):
                    self._lost = True
        self._start = at

    def _count(self, events: list[bytes]) -> None:
        """Note which of the numbers that follow are tuples': a store is one's if it comes right after what makes one."""
        text = self._last + b"".join(events)
        self._last = text[-1:] if text[-1:] in _MAKING else b""
        for making in _MAKING:
            text = text.replace(making + _NO_TUPLE, _TUPLE)
        self._kinds += text.translate(_IS_TUPLE, b"".join(_MAKING))

    def _note(self, event: bytes) -> None:
        """Note a fetch, or, where numbers are written, a tuple with its number."""
        marked = self._fetched
        if event[:1] in _MAKING:
            event, marked = event[1:], self._tuples
        kind = _WIDTHS[event[0]]
        number = int(event[1:-1]) if kind == "line" else int.from_bytes(event[1:], "little")
        if number >= len(marked):
            marked += bytes(number + 1 + (number >> 1) - len(marked))
        marked[number] = 1


def first_numbers(data: bytes, limits: Limits) -> bytes:
    """Load the head of a stream that counts in its memo: say for its first numbers whether they are tuples, a byte each.

    1 is a tuple that is not small, 0 is anything else. A number is never given twice, so what is found here holds for the stream.
    """
    most = min(max(len(data) >> _PART, _LEAST), _HEAD)
    start, end = 2, most
    if data[2] == FRAME:
        start, end = 11, 11 + min(int.from_bytes(data[3:11], "little"), most)
    machine = Machine(limits=limits)
    try:
        machine.feed_at_once(data[:2] + data[start:end])
        values = list(islice(machine.memo.values(), _KNOWN))
    except PikError:
        return b""
    return bytes(not _is_small(value) for value in values)


def _is_small(value: Any) -> bool:
    """Return whether *value* is no tuple, or one of a few things."""
    todo, seen = [value], 0
    while todo:
        thing = todo.pop()
        seen += 1
        if type(thing) is tuple:
            if seen + len(thing) > _SMALL:
                return False
            todo += thing
    return seen <= _SMALL


_IS_TUPLE = bytes(code == _TUPLE[0] for code in range(256))
