"""The expressions of the fast path: how runs of opcodes of plain data are spelled, byte for byte.

`histshell.pik.fast` says what crossing them proves. An expression matches from a place on and is never tried at another; what
may come next is told by its first byte, so that no byte of a stream is read more than a few times (a test counts that).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Iterable

from histshell.pik.opcodes import OPCODES

_SHORT = 64  # lengths of text that the expressions know; longer text is crossed in Python
_RUN = 100_000  # opcodes crossed at once; bounds the memory that a match takes
_ITEMS = 20_000  # items of a list crossed at once
_FEW = 64  # keys of a small dict or set, where no key meets many others
#: What makes a tuple of other things.
TUPLING = frozenset(op.code for op in OPCODES if op.made == "tuple" and op.before)
#: Where a proof stands (see `Patterns`): no keys are watched, before a key, before a value, in a list, in a set.
PLAIN, EVEN, ODD, LIST, SET = range(5)


def _counted(head: bytes, zeros: bytes) -> bytes:
    """Return the pattern of text with a length: its commonest lengths first."""
    lengths = [*range(3, 17), 0, 1, 2, *range(17, _SHORT)]
    each = (re.escape(bytes((n,))) + zeros + (b".{%d}" % n if n else b"") for n in lengths)
    return head + b"(?:" + b"|".join(each) + b")"


def _class(codes: Iterable[int]) -> bytes:
    """Return *codes* as they are written inside a class of bytes."""
    return b"".join(b"\\x%02x" % code for code in sorted(codes))


def _any(*patterns: bytes) -> bytes:
    """Return the pattern of any of *patterns*."""
    return b"(?:" + b"|".join(patterns) + b")"


_NUMBERS = (
    rb"J.{4}",
    rb"M..",
    rb"G.{8}",
    rb"\x8a(?:\x00|\x01.|\x02..|\x03.{3}|\x04.{4}|\x05.{5}|\x06.{6}|\x07.{7}|\x08.{7}[\x00-\x1f\xe0-\xff])",
    rb"I(?:-?[1-9][0-9]{0,17}|0[01]?)\n",
    rb"L(?:-?[1-9][0-9]{0,17}|0)L\n",
    rb"F-?(?:[1-9][0-9]{0,20}|0)(?:\.[0-9]{1,25})?(?:e[-+][0-9]{2,3})?\n",
)
_TEXTS = (
    _counted(rb"\x8c", b""),
    _counted(rb"X", rb"\x00\x00\x00"),
    _counted(rb"[UC]", b""),
    b"V[^\\n]{0,%d}\\n" % 1000,
    b"S'[^'\\\\\\n]{0,%d}'\\n" % 1000,
)


def _number(top: int) -> bytes:
    """Return the pattern of a memo number in four bytes, below about *top* << 16."""
    return b"..[\\x00-\\x%02x]" % min(top, 255) + (b"[\\x00-\\x%02x]" % (top >> 8) if top > 255 else b"\\x00")


def compiled(pattern: bytes) -> Any:
    """Return what matches *pattern* at a place."""
    return re.compile(pattern, re.DOTALL).match


@lru_cache(maxsize=64)
def run(tuples: bool, top: int, digits: int) -> Any:
    """Compile the expression for a run without keys; memo numbers are below about *top* << 16, or have *digits* in text."""
    single = rb"[N\x88\x89\]\}\x8f)(01le2a\x94" + (_class(TUPLING) if tuples else b"") + b"]"
    line = b"[pg][0-9]{1,%d}\\n" % digits
    tokens = (single, rb"[Khq].", *_NUMBERS[:3], b"[rj]" + _number(top), *_TEXTS[:3], *_NUMBERS[3:], *_TEXTS[3:], line)
    return compiled(_any(*tokens) + b"{1,%d}" % _RUN)


class Patterns:
    """The expressions for streams with keys: they know where a number may be a key.

    A number is one of more than eight bits. Inside a dict's mark and its SETITEMS, keys and values take turns, and a container
    is never a key; so after each mark and each end of a container the next is a key (`EVEN`), and after a key its value
    (`ODD`). In a list (`LIST`, and what the list pattern crosses) numbers are free, in a set (`SET`) none is. A mark
    stands only right after the container that it fills, numbers are never memoized, and nothing is popped, so nothing else
    can make a key of them. In protocol 0 (``lines``) it is simpler: a number that is no key is followed by what uses it.
    """

    def __init__(self, top: int, digits: int, lines: bool) -> None:
        """Compile them, for memo numbers as in `run`; *lines* for protocol 0, to look for its opcodes first."""
        line = b"[0-9]{1,%d}\\n" % digits
        stores = _any(rb"\x94", b"q.", b"r" + _number(top), b"p" + line)
        store = stores + b"?"
        texts = [text + store for text in _TEXTS[:3]]
        reads = [b"j" + _number(top)]
        singles = rb"[N\x88\x89)]"
        number = _any(*_NUMBERS)
        key = _any(rb"[Kh].", *texts, *reads, singles)
        atom = _any(rb"[Kh].", rb"J.{4}", rb"M..", rb"G.{8}", *texts, singles, *reads, *_NUMBERS[3:])
        self.lines = lines
        units = [
            # a dict of texts, all of it; ends of containers
            rb"\}" + store + rb"\((?:" + key + atom + rb"){1,1000}u(?:\((?=.))?",
            rb"[eusa\x90](?=[^(]|\([ld])",
            rb"\([ld]" + store,
            rb"u\(",
            rb"\]" + store + rb"\(" + atom + b"{0,%d}(?=[\\]}eua\\x8f])" % _ITEMS,
            # a small dict that begins with a number, a small set, the mark of any other dict, and empty ones
            rb"\}" + store + rb"\((?=[JMG\x8aILF])(?:" + atom + atom + b"){0,%d}(?=u)" % _FEW,
            rb"\x8f" + store + rb"\(" + atom + b"{0,%d}(?=\\x90)" % _FEW,
            rb"\}" + store + rb"\((?=.)",
            rb"[\]}\x8f]" + store + rb"(?=[^(\x94qrp])",
            *(each + rb"(?=[as])" for each in _NUMBERS),
            # a key with its value, or before a container
            key + _any(atom + _any(rb"s(?=[^(]|\([ld])", rb"(?=[^\]}(\x8f\x95\x94qrp])"), rb"(?=[\]}(eua\x8f.])"),
        ]
        if lines:
            settled = [each + b"(?=[as])" for each in _NUMBERS]
            tokens = (
                rb"[N\x88\x89\]\}\x8f)(leasud\x94\x90]",
                rb"[Khq].",
                *settled[:3],
                b"[rj]" + _number(top),
                *_TEXTS[:3],
            )
            units = [*tokens, *settled[3:], *_TEXTS[3:], b"[pg]" + line]
        self.run = compiled(_any(*units) + b"{1,%d}" % _RUN)
        self.key = compiled(key)
        unstored = rb"(?=[^\x94qrp])"  # or what stores it was left out, so that something came after it
        self.keys = compiled(b"(?:" + key + unstored + b"){1,%d}" % _ITEMS)
        self.number = compiled(number)
        self.atoms = compiled(b"(?:" + atom + unstored + b"){1,%d}" % _ITEMS)
        self.store = compiled(stores)
        self.open_set = compiled(rb"\x8f" + store + rb"\(")
        self.open_list = compiled(rb"(?:\]" + store + rb"|e)\(")
        self.open_dict = compiled(rb"(?:\}" + store + rb"|u)\(")
        self.single = compiled(rb"[\]}\x8f]" + store + rb"|[eusa\x90]")


@lru_cache(maxsize=16)
def patterns(top: int, digits: int, lines: bool) -> Patterns:
    """Return the expressions, see `Patterns`."""
    return Patterns(top, digits, lines)
