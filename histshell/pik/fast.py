"""The fast path for plain data: prove that a stream is harmless at the speed of `re`, then let the C loader read it.

The proof. A regular expression crosses runs of opcodes that only push plain data, move the stack, or fill lists,
dicts and sets; it fixes where every opcode and argument begins and ends, as C reads them, in their ordinary spelling.
It stops at any other byte. Python then takes one opcode of a short list (PROTO, FRAME, long text, wide ints, STOP),
and the expression goes on. Whatever is not understood byte for byte (an odd spelling, a frame crossed by an argument,
any opcode that imports, calls or builds) ends the proof, and the machine reads the stream from its beginning. A
stream that C then refuses goes to the machine as well, which finds the error and says where it is.

What the proof must bound is cost. Time: keys are hashed and compared in C, out of reach, so a stream may either make
tuples or fill dicts and sets, not both (a tuple that is no key costs nothing, and a key that is no tuple costs what
its bytes cost), and ints beyond 61 bits, whose hashes can be made to collide, are few. Memory: containers are counted
by their opcodes' bytes, an upper bound.

The second wall. The loader is `pickle.Unpickler` with a find_class and a persistent_load that always raise, and
extension codes are not among the opcodes that the expression knows. Nothing can be imported or called, were the proof
wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import BufferedReader, BytesIO
from pickle import HIGHEST_PROTOCOL, Unpickler, UnpicklingError
from typing import Any, NoReturn

from histshell.pik.limits import Limits

#: Shorter streams gain nothing: the machine has read them before the proof is set up.
SMALLEST = 512
_NEVER = 1 << 62
_SHORT = 64  # lengths of text that the expression knows; longer text is crossed in Python
_RUN = 100_000  # opcodes crossed at once; bounds the memory that a match takes
_WIDE = 2_000  # ints of more than 61 bits, if there are keys: so many colliding keys take 40 ms
_COMPARED = 10_000_000_000  # bytes that equal keys may have to be compared over
_LINE = 100_000  # bytes of one line of text, as for counted text
_BIGGEST = {0x8F: 744, 0x7D: 248, 0x5D: 72, 0x85: 64}  # bytes of memory that one opcode's byte may take

_TUPLES = rb"t\x85\x86\x87"
_HASHING = rb"sud\x90"


def _counted(head: bytes, zeros: bytes) -> bytes:
    """Give the pattern of text with a length: its commonest lengths first."""
    lengths = [*range(3, 17), 0, 1, 2, *range(17, _SHORT)]
    each = (re.escape(bytes((n,))) + zeros + (b".{%d}" % n if n else b"") for n in lengths)
    return head + b"(?:" + b"|".join(each) + b")"


@lru_cache(maxsize=64)
def _run(tuples: bool, hashing: bool, top: int, digits: int) -> Any:
    """Compile the expression for a run of opcodes; memo numbers are below about *top* << 16, or have *digits* in text."""
    single = rb"[N\x88\x89\]}\x8f)(01le2a\x94" + (_TUPLES if tuples else b"") + (_HASHING if hashing else b"") + b"]"
    third = b"[\\x00-\\x%02x]" % min(top, 255)
    fourth = b"[\\x00-\\x%02x]" % (top >> 8) if top > 255 else b"\\x00"
    tokens = [
        single,
        rb"[Khq].",
        rb"J.{4}",
        rb"M..",
        rb"G.{8}",
        rb"[rj].." + third + fourth,
        _counted(rb"\x8c", b""),
        _counted(rb"X", rb"\x00\x00\x00"),
        _counted(rb"[UC]", b""),
        rb"\x8a(?:\x00|\x01.|\x02..|\x03.{3}|\x04.{4}|\x05.{5}|\x06.{6}|\x07.{7}|\x08.{7}[\x00-\x1f\xe0-\xff])",
        rb"I(?:-?[1-9][0-9]{0,17}|0[01]?)\n",
        rb"L(?:-?[1-9][0-9]{0,17}|0)L\n",
        rb"F-?(?:[1-9][0-9]{0,20}|0)(?:\.[0-9]{1,25})?(?:e[-+][0-9]{2,3})?\n",
        b"V[^\\n]{0,%d}\\n" % 1000,
        b"S'[^'\\\\\\n]{0,%d}'\\n" % 1000,
        b"[pg][0-9]{1,%d}\\n" % digits,
    ]
    return re.compile(b"(?:" + b"|".join(tokens) + b"){1,%d}" % _RUN, re.DOTALL).match


class _Proof:
    """The state of one proof."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.longest = 0
        self.skipped = 0  # bytes of long text, which hold no opcodes
        self.wide = 0
        self.tuples = False
        self.hashing = False

    def holds(self) -> bool:
        """Tell whether the stream is proved to be plain data of a bounded cost."""
        data = self.data
        size = len(data)
        if size > min(self.limits.opcodes, self.limits.stack) or self.limits.memo_index < 1 << 17:
            return False
        digits = max(len(str(size)) - 1, 1)
        top = (1 << (size >> 16).bit_length()) - 1  # few different ones, for few expressions
        at = 0
        frame_end = _NEVER
        while True:
            run = _run(self.tuples, self.hashing, top, digits)
            found = run(data, at, min(frame_end, size))
            if found is not None:
                at = found.end()
                continue  # it may have been cut off by its own length
            if at == frame_end:
                frame_end = _NEVER
                continue
            if at >= size:
                return False
            code = data[at]
            if code == 0x2E:
                return self._bounded()
            if code == 0x95:
                if frame_end != _NEVER or at + 9 > size:
                    return False
                at += 9
                frame_end = at + int.from_bytes(data[at - 8 : at], "little")
                if frame_end > size:
                    return False
                continue
            end = self._one(code, at)
            if end > min(frame_end, size):
                return False
            at = end

    def _one(self, code: int, at: int) -> int:
        """Cross one opcode that the expression does not know: give its end, or a number beyond every stream."""
        data = self.data
        if code in _TUPLES_SET:
            self.tuples = True
            return at if not self.hashing else _NEVER
        if code in _HASHING_SET:
            self.hashing = True
            return at if not self.tuples else _NEVER
        if code == 0x80:
            return at + 2 if data[at + 1 : at + 2] <= bytes((HIGHEST_PROTOCOL,)) else _NEVER
        if code == 0x8A:
            self.wide += 1
            return at + 2 + data[at + 1] if at + 1 < len(data) else _NEVER
        if code in _WIDTHS:
            start = at + 1 + _WIDTHS[code]
            length = int.from_bytes(data[at + 1 : start], "little")
            self.longest = max(self.longest, length)
            self.skipped += length
            return start + length
        if code in b"VS":
            return self._line(code, at)
        return _NEVER

    def _line(self, code: int, at: int) -> int:
        """Cross a long line of text."""
        end = self.data.find(b"\n", at + 1) + 1
        body = self.data[at + 1 : end - 1] if end else b""
        self.longest = max(self.longest, len(body))
        if not end or (
            code == 0x53 and (len(body) < 2 or body[:1] + body[-1:] != b"''" or b"\\" in body or b"'" in body[1:-1])
        ):
            return _NEVER
        return end

    def _bounded(self) -> bool:
        """Tell whether the cost is bounded too."""
        size = len(self.data)
        if self.hashing and (self.wide > _WIDE or self.longest * size > _COMPARED):
            return False
        allowed = self.limits.memory + self.limits.memory_per_byte * size
        if (size - self.skipped) * max(_BIGGEST.values()) <= allowed:
            return True
        return sum(self.data.count(code) * cost for code, cost in _BIGGEST.items()) <= allowed


_TUPLES_SET = frozenset(b"t\x85\x86\x87")
_HASHING_SET = frozenset(b"sud\x90")
#: Opcodes with a counted argument that may be long: SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, SHORT_BINBYTES, ...
_WIDTHS = {0x8C: 1, 0x58: 4, 0x8D: 8, 0x43: 1, 0x42: 4, 0x8E: 8, 0x55: 1, 0x54: 4}


class _Gated(Unpickler):
    """The C loader with both of its doors shut."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse every import."""
        raise UnpicklingError(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        """Refuse every persistent id."""
        raise UnpicklingError("persistent id")


def load_plain(data: bytes, encoding: str, errors: str, limits: Limits) -> tuple[bool, Any]:
    """Load *data* if it is proved to be plain: give (True, its value), or (False, None) where the machine must read it."""
    if not _Proof(data, limits).holds():
        return False, None
    # C reads a file that can be peeked at as fast as bytes; a bare BytesIO is asked for every single byte.
    with BufferedReader(BytesIO(data), 1 << 17) as file:
        try:
            return True, _Gated(file, encoding=encoding, errors=errors).load()
        except Exception:  # whatever it is, the machine meets it again and says where
            return False, None
