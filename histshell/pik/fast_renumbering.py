"""The memo of a stream that is loaded in pieces: what each of them may fetch, and under which numbers.

The memo counts from nothing in each piece. `Heads` is for streams of which it was proved that they fetch nothing but their first
numbers: these are stored first in each piece. `Renumbered` is for those that fetch others: whatever is fetched anywhere is
kept when it is stored, and stored again in the pieces that fetch it, where the numbers in the stream are changed to what they are
there. Numbers of one byte, below 256, cannot be changed, and are always what they were.
"""

from __future__ import annotations

from pickle import UnpicklingError
from typing import Any

from histshell.pik.fast_keys import KeyedProof
from histshell.pik.fast_pages import Pages, fetch
from histshell.pik.fast_patterns import fetching
from histshell.pik.opcodes import BY_NAME, LENGTHS, OPCODES

_BYTE = 256  # numbers that an opcode of one byte fetches
_PROTO = BY_NAME["PROTO"].code
_LENGTHS = {op.code: LENGTHS[op.argument] for op in OPCODES if op.argument in LENGTHS}


class Heads:
    """The memo where nothing but its first numbers is fetched: ``values`` are stored before a piece, ``wanted`` fetched after."""

    def __init__(self, known: bytes) -> None:
        self.values: list[Any] = []
        self.wanted: list[int] = list(range(len(known)))

    def begin(self, data: bytes | Pages, ranges: list[tuple[int, int]], stored: int) -> list[Any]:
        """Give the bytes of *ranges*; up to their end *stored* values were stored."""
        return [fetch(data, start, end) for start, end in ranges]

    def end(self, values: list[Any]) -> None:
        """Take what was wanted."""
        self.values += values
        self.wanted = []


class Renumbered:
    """The memo where anything may be fetched; it is as `Heads` is."""

    def __init__(self, proof: KeyedProof) -> None:
        assert proof.sharing is not None
        self._fetched = proof.sharing.fetched
        self._find = fetching(proof.numbers[0])
        self._kept: dict[int, Any] = {}
        self._stored = 0
        self._numbers: list[int] = []
        self.values: list[Any] = []
        self.wanted: list[int] = []

    def begin(self, data: bytes | Pages, ranges: list[tuple[int, int]], stored: int) -> list[Any]:
        """Give the bytes of *ranges* with changed numbers; up to their end *stored* values were stored."""
        before = self._stored
        self._stored = stored
        copies = [bytearray(fetch(data, start, end)) for start, end in ranges]
        if before <= _BYTE:
            self.values = [self._kept.get(number) for number in range(before)]
            places = {}
        else:
            found = [fetches(copy, self._find) for copy in copies]
            numbers = {number for some in found for _, number in some if _BYTE <= number < before}
            places = {number: _BYTE + place for place, number in enumerate(numbers)}
            self.values = [self._kept.get(number) for number in (*range(_BYTE), *numbers)]
            for copy, some in zip(copies, found):
                for at, number in some:
                    new = places.get(number, number) if number < before else number - before + len(self.values)
                    copy[at + 1 : at + 5] = new.to_bytes(4, "little")
        self._numbers = _ones(self._fetched, before, stored)
        self.wanted = [number - before + len(self.values) for number in self._numbers]
        return copies

    def end(self, values: list[Any]) -> None:
        """Take what was wanted."""
        self._kept.update(zip(self._numbers, values))


def _ones(flags: bytearray, start: int, end: int) -> list[int]:
    """Give the numbers from *start* to *end* whose flag is set."""
    found = []
    at = flags.find(1, start, end)
    while at >= 0:
        found.append(at)
        at = flags.find(1, at + 1, end)
    return found


def fetches(piece: bytearray, find: Any) -> list[tuple[int, int]]:
    """Find the opcodes in a piece that fetch by a number of four bytes: where each is, and its number."""
    found = []
    at = 0
    while at < len(piece):
        before = at
        for match in find(piece, at):
            at = match.start(1)
            if match.end(1) == at:  # it stops, or has crossed as much as it does at once
                break
            found.append((at, int.from_bytes(piece[at + 1 : at + 5], "little")))
            at += 5
        if at == before:
            at = _skip(piece, at)
    return found


def _skip(piece: bytearray, at: int) -> int:
    """Skip what the expression stops at: a long text, a wide number, PROTO."""
    code = piece[at]
    width = _LENGTHS.get(code, 0)
    if width:
        return at + 1 + width + int.from_bytes(piece[at + 1 : at + 1 + width], "little")
    if code == _PROTO:
        return at + 2
    raise UnpicklingError("a piece has an opcode that is none")
