"""`LongTexts`: whether one of a stream's long texts is there twice, which takes C long where both are keys."""

from __future__ import annotations

from histshell.pik.fast_pages import PART, Pages, fetch
from histshell.pik.opcodes import LENGTHS, OPCODES

EQUAL = 1 << 18  # bytes of a text that may be there twice
_ENDS = 64  # bytes
#: Text that may be equal to one that is spelled otherwise.
_SPELLED = frozenset(op.code for op in OPCODES if op.argument in LENGTHS and op.made == "str" and not op.utf8)


class LongTexts:
    """Long texts of a stream: tells whether one is there twice. Those that differ at their ends are not gone through."""

    def __init__(self, data: bytes | Pages) -> None:
        """Begin with none."""
        self._data = data
        self._first: dict[tuple[int, bytes, bytes], tuple[int, int]] = {}
        self._hashes: dict[tuple[int, bytes, bytes], set[int]] = {}

    def again(self, code: int, start: int, end: int) -> bool:
        """Note a long text from *start* to *end*, of the opcode *code*; return whether there may be one that is equal."""
        if end - start <= EQUAL:
            return False
        if code in _SPELLED:
            return True
        ends = end - start, self._bytes(start, start + _ENDS), self._bytes(end - _ENDS, end)
        first = self._first.setdefault(ends, (start, end))
        if first == (start, end):
            return False
        hashes = self._hashes.setdefault(ends, {self._hash(*first)})
        found = self._hash(start, end)
        if found in hashes:
            return True
        hashes.add(found)
        return False

    def _bytes(self, start: int, end: int) -> bytes:
        return bytes(fetch(self._data, start, end))

    def _hash(self, start: int, end: int) -> int:
        parts = ((at, min(at + PART, end)) for at in range(start, end, PART))
        return hash(tuple(hash(fetch(self._data, at, after)) for at, after in parts))
