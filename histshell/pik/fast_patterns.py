"""The expressions of the fast path: how runs of opcodes of plain data are spelled, byte for byte.

`histshell.pik.fast` and `histshell.pik.fast_keys` say what crossing them proves. An expression matches from a place on and is
never tried at another; what may come next is told by its first byte, so that no byte of a stream is read more than a few
times (a test counts that).
"""

from __future__ import annotations

import re
import sys
from functools import cached_property, lru_cache
from typing import Any, Iterable

from histshell.pik.opcodes import OPCODES

_SHORT = 64  # lengths of text that the expressions know; longer text is crossed in Python
_PAGE = 16
_PART = 32
_RUN = 100_000  # opcodes crossed at once; bounds the memory that a match takes
_ITEMS = 20_000  # items of a list crossed at once
#: What makes a tuple of other things.
TUPLING = frozenset(op.code for op in OPCODES if op.made == "tuple" and op.before)
_STORING = frozenset(op.code for op in OPCODES if op.stores)
#: How a stream stores in its memo: by a line of text or by any number, by a number in bytes, or by counting.
LINES, NUMBERS, COUNTED = range(3)
FIRST = 4_500  # opcodes and groups after a mark that one match crosses where keys may be
FEW = 8  # and that a later one crosses
_GROUP, _SHORT_TUPLE = 64, 32  # opcodes of a group, and of a tuple in one
_NUMBERED, _BATCH = 16, 1_000  # numbers of a list that is nothing else
_LEVELS = 3  # groups inside each other
#: What is crossed is not gone back over, where `re` can be told so: it would be in vain, as the next byte always tells.
_AT_ONCE = b"+" if sys.version_info >= (3, 11) and sys.implementation.name == "cpython" else b""


def _counted(head: bytes, zeros: bytes, medium: bool = False) -> bytes:
    """Return the pattern of text with a length: its commonest lengths first; with *medium* up to 255, by pages of them."""

    def of(lengths: Iterable[int]) -> list[bytes]:
        return [re.escape(bytes((n,))) + zeros + (b".{%d}" % n if n else b"") for n in lengths]

    each = of([*range(3, 17), 0, 1, 2, *range(17, _SHORT)])
    for page in range(_SHORT, 256, _PAGE) if medium else ():
        each.append(
            b"(?=["
            + _class((page,))
            + b"-"
            + _class((page + _PAGE - 1,))
            + b"])"
            + _any(*of(range(page, page + _PAGE)))
        )
    return head + b"(?:" + b"|".join(each) + b")"


def _longer(head: bytes, pages: Iterable[int], zeros: bytes) -> bytes:
    """Return the pattern of texts of 64 bytes and more, whose length's second byte is one of *pages* (0 where it has but one)."""
    each = []
    for page in pages:
        parts = []
        for first in range(0 if page else _SHORT, 256, _PART):
            low, high = _class((first,)), _class((first + _PART - 1,))
            lengths = [
                re.escape(bytes((n,))) + zeros + b".{%d}" % (256 * page + n) for n in range(first, first + _PART)
            ]
            parts.append(b"(?=[" + low + b"-" + high + b"])" + _any(*lengths))
        second = b"(?=." + re.escape(bytes((page,))) + rb"\x00\x00)" if zeros else b""
        each.append(second + _any(*parts))
    return head + _any(*each)


def _class(codes: Iterable[int]) -> bytes:
    """Return *codes* as they are written inside a class of bytes: many in a row are parsed much faster as a range."""
    rows: list[list[int]] = []
    for code in sorted(codes):
        if rows and code == rows[-1][1] + 1:
            rows[-1][1] = code
        else:
            rows.append([code, code])
    return b"".join(b"\\x%02x-\\x%02x" % (low, high) if high > low else b"\\x%02x" % low for low, high in rows)


def _any(*patterns: bytes) -> bytes:
    """Return the pattern of any of *patterns*."""
    return b"(?:" + b"|".join(patterns) + b")"


_BINARY = (
    rb"M..",
    rb"J.{4}",
    rb"G.{8}",
    rb"\x8a(?:\x00|\x01.|\x02..|\x03.{3}|\x04.{4}|\x05.{5}|\x06.{6}|\x07.{7}|\x08.{8})",
)
_WRITTEN = (
    rb"I(?:-?[1-9][0-9]{0,17}|0[01]?)\n",
    rb"L(?:-?[1-9][0-9]{0,17}|0)L\n",
    rb"F-?(?:[1-9][0-9]{0,20}|0)(?:\.[0-9]{1,25})?(?:e[-+][0-9]{2,3})?\n",
)
_TEXTS = (_counted(rb"\x8c", b""), _counted(rb"X", rb"\x00\x00\x00"), _counted(rb"[UC]", b""))
_MEDIUM = (_counted(rb"\x8c", b"", True), _counted(rb"X", rb"\x00\x00\x00", True), _TEXTS[2])
_LINES = (b"V[^\\n]{0,%d}\\n" % 1000, b"S'[^'\\\\\\n]{0,%d}'\\n" % 1000)


def _number(top: int) -> bytes:
    """Return the pattern of a memo number in four bytes, below about *top* << 16."""
    return b"..[\\x00-\\x%02x]" % min(top, 255) + (b"[\\x00-\\x%02x]" % (top >> 8) if top > 255 else b"\\x00")


def _reads(known: bytes) -> list[bytes]:
    """Return the patterns that fetch what is not a tuple, of the first numbers, see `Patterns`."""
    pages = [
        _class(low for low, tuple_ in enumerate(known[at : at + 256]) if not tuple_) for at in range(0, len(known), 256)
    ]
    long = [b"[" + page + b"]" + re.escape(bytes((high,))) for high, page in enumerate(pages) if page]
    return [b"h[" + pages[0] + b"]", *([b"j" + _any(*long) + rb"\x00\x00"] if long else [])]


def compiled(pattern: bytes) -> Any:
    """Return what matches *pattern* at a place."""
    return re.compile(pattern, re.DOTALL).match


@lru_cache(maxsize=64)
def run(tuples: bool, top: int, digits: int, longer: bool = False) -> Any:
    """Compile the expression for a run without keys; memo numbers are below about *top* << 16, or have *digits* in text.

    With *longer* it knows texts of up to 1,023 bytes, which takes longer to compile.
    """
    single = rb"[N\x88\x89\]\}\x8f)(01le2a\x94" + (_class(TUPLING) if tuples else b"") + b"]"
    line = b"[pg][0-9]{1,%d}\\n" % digits
    integers = (_BINARY[1], _BINARY[0], _BINARY[2])
    long = rb"\x8a(?:\x00|\x01.|\x02..|\x03.{3}|\x04.{4}|\x05.{5}|\x06.{6}|\x07.{7}|\x08.{7}[\x00-\x1f\xe0-\xff])"
    texts = list(_TEXTS)
    if longer:
        texts[1] = rb"X(?=[\x00-\x3f]\x00\x00\x00)" + _counted(b"", rb"\x00\x00\x00")
        texts += [_longer(rb"[XB]", range(4), rb"..."), _longer(rb"[\x8c\x8aCU]", (0,), b"")]
        long = _counted(rb"\x8a", b"")
    tokens = (
        single, rb"[Khq].", *integers, b"[rj]" + _number(top), *texts, long, *_WRITTEN, *_LINES, line,
    )  # fmt: skip
    return compiled(_any(*tokens) + b"{1,%d}" % _RUN + _AT_ONCE)


@lru_cache(maxsize=16)
def plain(top: int, digits: int, memo: int) -> Any:
    """Compile what crosses any opcodes of a stream with keys but longer texts and wide ints, none of which it takes apart."""
    known = patterns(True, top, digits, memo)
    single = (
        rb"[N\x88\x89)\]}\x8f(eu\x90ldas" + _class(TUPLING) + (rb"\x94" if memo == COUNTED else b"") + b"]*" + _AT_ONCE
    )
    lines = (*_WRITTEN, *_LINES) if memo == LINES else ()
    stores = () if memo == COUNTED else (known.stores,)
    short = rb"X(?=[\x00-\x3f]\x00\x00\x00)" + _counted(b"", rb"\x00\x00\x00")  # else it is none of so many
    argued = (
        rb"[Kh].",
        _TEXTS[0],
        *_BINARY[1:3],
        _BINARY[0],
        short,
        *stores,
        *known.reads[1:],
        _TEXTS[2],
        _BINARY[3],
        *lines,
    )
    return compiled(b"(?:" + single + _any(*argued) + b"){0,%d}" % _RUN + _AT_ONCE + single)


#: How a stream begins that fills what it holds: with a dict or set and its mark.
filling = re.compile(rb"[}\x8f](?:\x94|q.|r.{4}|p[0-9]+\n)?\(", re.DOTALL).search

#: What a tuple of a few things looks like, where a stream counts or numbers what it stores.
tupling = re.compile(rb"[\x85-\x87][\x94qr]", re.DOTALL).search


class Patterns:
    """The expressions for streams with keys.

    A *group* is a mark with what follows up to the opcode that takes it, not too long, and with a few levels of groups in
    it. What is stored in the memo is stored right after it is made. ``items`` crosses opcodes and groups where nothing that is
    put into a dict or set can have been there before; ``pairs`` and ``few`` cross a bounded number of them where it can be.
    """

    def __init__(
        self, tuples: bool, top: int, digits: int, memo: int, medium: bool = False, known: bytes | None = None
    ) -> None:
        """Spell them, with *tuples* or none, for memo numbers as in `run`, stored as *memo* says.

        With *medium* texts of up to 255 bytes are known, which takes longer to compile. With *known*, which says for the first
        numbers whether they are tuples (a byte each, 1 or 0), no tuple is fetched, and nothing that has a higher number.
        """
        line = b"[0-9]{1,%d}\\n" % digits
        self.stores = {
            LINES: _any(b"p" + line, b"q.", b"r" + _number(top)),
            NUMBERS: _any(b"q.", b"r" + _number(top)),
            COUNTED: rb"\x94",
        }[memo]
        self.reads = [b"h.", b"j" + _number(top), *([b"g" + line] if memo == LINES else [])]
        if known is not None:
            self.reads = _reads(known)
        self._lines = memo == LINES
        self._makes = rb"\x85-\x87" if tuples and memo != LINES else b""  # a tuple of what is just before
        store = self.stores + b"?"
        written = [*_WRITTEN, *(text + store for text in _LINES)] if self._lines else []
        texts = [text + store for text in (_MEDIUM if medium else _TEXTS)]
        self._atoms = [
            *([rb"[Kh]."] if known is None else [self.reads[0], b"K."]), texts[0], *_BINARY[:3], rb"[N\x88\x89)]",
            *self.reads[1:], *texts[1:], _BINARY[3], *written,
        ]  # fmt: skip
        others = [rb"[\]}\x8f" + self._makes + b"]" + store, rb"[as]"]
        short = rb"\((?:" + _any(*self._atoms, *others) + b"){0,%d}" % _SHORT_TUPLE + _AT_ONCE + b"t" + store
        numbers = (
            rb"\(" + _any(*_BINARY[:3], b"K.") + b"{%d,%d}" % (_NUMBERED, _BATCH) + _AT_ONCE + b"e"
        )  # no keys in it
        groups: list[bytes] = [numbers, *([short] if tuples else [])]
        for _ in range(_LEVELS):
            inner = _any(*self._atoms, *others, *groups)
            groups = [
                numbers,
                rb"\(" + inner + b"{0,%d}" % _GROUP + _AT_ONCE + rb"[eu\x90ld]" + store,
                *([short] if tuples else []),
            ]
        self._groups = groups
        self._inner = [*self._atoms, *others, *groups]

    @cached_property
    def atoms(self) -> Any:
        """What crosses texts, numbers, and what is fetched."""
        return compiled(_any(*self._atoms) + b"{1,%d}" % _ITEMS + _AT_ONCE)

    @cached_property
    def items(self) -> Any:
        """What crosses all but SETITEM with a key that may be a tuple."""
        store = self.stores + b"?"
        free = [rb"[as]"] if self._lines else [b"a", rb"\}" + store + b"(?:" + _any(*self._atoms) + b"{2}s)?"]
        free.append(rb"[\]" + (rb"}" if self._lines else b"") + rb"\x8f" + self._makes + b"]" + store)
        return compiled(_any(*self._atoms, *free, *self._groups) + b"{1,%d}" % _ITEMS + _AT_ONCE)

    @cached_property
    def pairs(self) -> Any:
        """What crosses `FIRST` opcodes and groups."""
        return compiled(_any(*self._inner) + b"{1,%d}" % FIRST + _AT_ONCE)

    @cached_property
    def few(self) -> Any:
        """What crosses `FEW` opcodes and groups."""
        return compiled(_any(*self._inner) + b"{1,%d}" % FEW + _AT_ONCE)

    @cached_property
    def store(self) -> Any:
        """What crosses an opcode that stores in the memo."""
        return compiled(self.stores)


@lru_cache(maxsize=16)
def patterns(tuples: bool, top: int, digits: int, memo: int, medium: bool = False) -> Patterns:
    """Return the expressions, see `Patterns`."""
    return Patterns(tuples, top, digits, memo, medium)


@lru_cache(maxsize=16)
def stored(top: int, digits: int, memo: int) -> Any:
    """Compile what finds, in a run that was crossed, what says which numbers of the memo are tuples, and which are fetched.

    It gives a list of such opcodes, each with its argument, and what stores a tuple with the store. Where the memo counts, all
    that makes a tuple and all that stores is in it. Any other byte in it is none of an opcode: it has lost its way. So have two
    stores in a row, and one after what fills: that may leave on top, if nothing stands above its mark, a tuple from before.
    """
    known = patterns(True, top, digits, memo)
    texts = (*_MEDIUM, *(_LINES if memo == LINES else ()))
    numbers = (*_BINARY, *(_WRITTEN if memo == LINES else ()))
    alone = b"(?![" + _class(_STORING) + b"])"  # not stored
    tupling = b"[" + _class(TUPLING) + b"]"
    dull = [rb"[N\x88\x89)\]}\x8f(ldas]", rb"[eu\x90]" + alone, b"K.", *texts, *numbers]
    if memo == COUNTED:
        telling = [rb"\x94{1,2}", tupling]
    else:
        dull += [known.stores + alone, tupling + alone]
        telling = [tupling + known.stores + alone]
    telling += known.reads
    pattern = _any(*dull) + b"{0,%d}" % (2 * _RUN) + _AT_ONCE + b"(" + b"|".join(telling) + b"|.|)"
    return re.compile(pattern, re.DOTALL).findall


@lru_cache(maxsize=16)
def fetching(top: int) -> Any:
    """Compile what finds, in a run of a stream that counts in its memo, the opcodes that fetch by a number of four bytes.

    It gives matches, whose group is such an opcode with its argument, or nothing where it stops.
    """
    dull = [rb"[N\x88\x89)\]}\x8f(eu\x90ldas\x94" + _class(TUPLING) + b"]", b"[Kh].", *_MEDIUM, *_BINARY]
    pattern = _any(*dull) + b"{0,%d}" % (2 * _RUN) + _AT_ONCE + b"(j" + _number(top) + b"|)"
    return re.compile(pattern, re.DOTALL).finditer
