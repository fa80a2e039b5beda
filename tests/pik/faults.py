"""Streams at which telling goes wrong: what they ask for is lost, they write on the terminal themselves, showing them raises.

Each is (bytes, what has to be said, exit status). What they would run is a touch of ``CANARY`` in the current folder.
"""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import pickle
import struct
from typing import NamedTuple

P = b"\x80\x04"


def text(of: str) -> bytes:
    """Push a text."""
    raw = of.encode("utf-8", "surrogatepass")
    return b"\x8c" + bytes([len(raw)]) + raw if len(raw) < 256 else b"X" + struct.pack("<I", len(raw)) + raw


def name(module: str, attribute: str) -> bytes:
    """Push what a module has under a name."""
    return text(module) + text(attribute) + b"\x93"


def number(of: int) -> bytes:
    """Push an int of any size."""
    raw = pickle.encode_long(of)
    return b"\x8b" + struct.pack("<i", len(raw)) + raw


def bare(module: str, attribute: str) -> bytes:
    """Push an instance that was never given a state, as protocol 1 would."""
    return b"ccopy_reg\n_reconstructor\n(" + f"c{module}\n{attribute}\n".encode() + b"c__builtin__\nobject\nNtR"


class Fault(NamedTuple):
    """A stream, what has to be said about it, and the exit status."""

    stream: bytes
    said: tuple[str, ...]
    status: int


RUN = b"cos\nsystem\n(S'touch CANARY'\ntR0"
ASKED = ("import os.system", "call os.system('touch CANARY')")
WRITING = {
    "escape": ("\x1b[2J", r"\x1b[2J"), "C1": ("\x9b31m", r"\x9b31m"), "return": ("\rok (allowed)", r"\rok"), "newline": ("\nok", r"\nok"),
    "backspace": ("\b\b", r"\x08"), "bell": ("\x07", r"\x07"), "delete": ("\x7f", r"\x7f"), "bidi": ("\u202e", r"\u202e"), "isolate": ("\u2066", r"\u2066"),
    "zero width": ("\u200b", r"\u200b"), "joiner": ("\u200d", r"\u200d"), "byte order": ("\ufeff", r"\ufeff"), "soft hyphen": ("\xad", r"\xad"),
    "line separator": ("\u2028", r"\u2028"), "surrogate": ("\udc80", r"\udc80"), "tag": ("\U000e0041", r"\U000e0041"), "private": ("\ue000", r"\ue000"),
    "grapheme joiner": ("\u034f", r"\u034f"), "filler": ("\u3164", r"\u3164"), "variation": ("a\ufe0f", r"\ufe0f"), "wide blank": ("\u3000", r"\u3000"),
}  # fmt: skip

LOST = {
    "then truncated": Fault(RUN + b"X\x10\0\0\0abc", (*ASKED, "truncated"), 1),
    "then nothing": Fault(RUN, (*ASKED, "Ran out of input"), 1),
    "then no opcode": Fault(RUN + b"\xff", (*ASKED, "invalid load key"), 1),
    "then a memo number": Fault(RUN + b"]r\xff\xff\xff\0.", (*ASKED, "Limits.memo_index"), 1),
    "then a huge key": Fault(RUN + b"}K\x01" + b"2\x86" * 45 + b"Ns.", (*ASKED, "Limits.key_nodes"), 1),
    "then a key that cannot be": Fault(RUN + b"}]Ns.", (*ASKED, "unhashable"), 1),
    "then a name that is no text": Fault(P + name("os", "system") + text("touch CANARY") + b"\x85R" + text("x") + b"\x93.", (*ASKED, "requires str"), 1),
    "then a state that fails": Fault(RUN + name("uuid", "UUID") + b")\x81}b.", (*ASKED, "uuid.UUID"), 1),
    "then an argument that fails": Fault(RUN + name("datetime", "date") + b"K\x00K\x00K\x00\x87R.", (*ASKED, "year"), 1),
    "then an empty stack": Fault(RUN + b"R.", (*ASKED, "needs 2"), 1),
    "then a protocol": Fault(RUN + b"\x80\x09.", (*ASKED, "unsupported pickle protocol"), 1),
    "then a persistent id": Fault(RUN + b"Pabc\n.", (*ASKED, "persistent id 'abc'"), 1),
    "then a bad persistent id": Fault(RUN + b"P\xff\n.", (*ASKED, "ASCII"), 1),
    "then an extension": Fault(RUN + b"\x82\x01.", (*ASKED, "extension registry code 1"), 1),
    "after many harmless": Fault(b"ccollections\nOrderedDict\n0" * 10_001 + RUN + b"}.", (*ASKED, "×10,001", "{}"), 1),
    "after many refused": Fault(b"".join(b"ca\nb%d\n0" % n for n in range(10_001)) + RUN + b"}.", ASKED, 1),
    "after many calls": Fault(b"cos\ngetcwd\np0\n0" + b"g0\n)R0" * 4_000 + RUN + b"}.", (*ASKED, "×4,000"), 1),
    "after many other calls": Fault(b"cos\nsystem\np0\n0" + b"".join(b"g0\n(I%d\ntR0" % n for n in range(6_000)) + RUN + b"}.", ("os.system(0)", "its arguments not listed  ×"), 1),
    "many states": Fault(P + name("a", "B") + b")\x81" + b"Nb" * 4_000 + b".", ("set <not called: a.B()> to None  ×4,000",), 1),
    "in the second stream": Fault(b"N." + RUN + b"N.", ("None", *ASKED), 1),
    "before a broken stream": Fault(RUN + b"N.(", (*ASKED, "1 open mark"), 1),
    "broken alone": Fault(b"(I1\n", ("1 open mark",), 2),
    "plain": Fault(b"(I1\nI2\nt.\n", ("(1, 2)",), 0),
}  # fmt: skip

WRITTEN = {
    **{f"{what} in a name": Fault(P + name(f"os{raw}", f"x{raw}") + b".", (shown,), 1) for what, (raw, shown) in WRITING.items()},
    **{f"{what} in a keyword": Fault(P + name("a", "b") + b")}" + text(f"x{raw}") + b"K\x01s\x92.", (shown,), 1) for what, (raw, shown) in WRITING.items()},
    **{f"{what} in a state": Fault(P + name("a", "b") + b")\x81" + text(raw) + b"b.", (shown,), 1) for what, (raw, shown) in WRITING.items()},
    **{f"{what} in a persistent id": Fault(P + text(raw) + b"Q.", (shown,), 1) for what, (raw, shown) in WRITING.items()},
    **{f"{what} in a text": Fault(P + text(raw) + b".", (shown,), 0) for what, (raw, shown) in WRITING.items()},
    "spaces that forge": Fault(P + name("evil", "f  (allowed)") + b".", ("import 'evil.f  (allowed)'",), 1),
    "letters that look alike": Fault(P + name("\u043es", "system") + b".", (r"'\u043es.system'",), 1),
    "a name that is advice": Fault(P + name("mymodel.layers", "Dense everything") + b".", ("'mymodel.layers.Dense everything'",), 1),
    "an error with an escape": Fault(P + name("array", "array") + text("\x1b[2J") + b"]\x86R.", ("array() argument 1",), 2),
    "a long name, often": Fault(P + text("m" * 100_000) + b"q\x00" + text("n") + b"q\x010" + b"h\x00h\x01\x930" * 2_000 + b"N.", ("×2,000", "… 99,852 more …"), 1),
    "a long keyword": Fault(P + name("a", "b") + b")}" + text("k" * 1_000_000) + b"K\x01s\x92.", ("a.b('kkk",), 1),
    "a long persistent id": Fault(b"P" + b"x" * 1_000_000 + b"\n.", ("persistent id 'xxx",), 1),
    "a long codec error": Fault(b"U\xffA" + b"\xe9" * 254 + b".", ("codec",), 0),
}  # fmt: skip

SHOWN = {
    "bare UUID": Fault(P + name("uuid", "UUID") + b")\x81.", ("<uuid.UUID object at 0x",), 0),
    "bare UUID, old": Fault(bare("uuid", "UUID") + b".", ("<uuid.UUID object at 0x",), 0),
    "UUID": Fault(pickle.dumps(__import__("uuid").UUID(int=7), 4), ("UUID('00000000-0000-0000-0000-000000000007')",), 0),
    "bare Fraction": Fault(bare("fractions", "Fraction") + b".", ("<fractions.Fraction object at 0x",), 0),
    "bare Fraction in a dict": Fault(b"(I1\n" + bare("fractions", "Fraction") + b"d.", ("{1: <fractions.Fraction object at 0x",), 0),
    "wide range": Fault(P + name("builtins", "range") + number(10**5000) + b"\x85R.", ("range(0, <int of",), 0),
    "wide slice": Fault(P + name("builtins", "slice") + number(10**5000) + b"\x85R.", ("slice(None, <int of",), 0),
    "Counter without a count": Fault(P + name("collections", "Counter") + b")\x81K\x01Ns.", ("Counter({1: None})",), 0),
    "OrderedDict, made bare": Fault(P + name("collections", "OrderedDict") + b")\x81K\x01Ns.", ("OrderedDict(",), 0),
    "defaultdict, made bare": Fault(P + name("collections", "defaultdict") + b")\x81.", ("defaultdict(None, {})",), 0),
    "deque in itself": Fault(P + name("collections", "deque") + b")R\x94h\x00a.", ("deque([[...]])",), 0),
    "array of no characters": Fault(P + name("array", "_array_reconstructor") + b"(" + name("array", "array") + text("u") + b"K\x14C\x04\xff\xff\xff\x7ftR.", (), -1),
    "timezone": Fault(pickle.dumps(__import__("datetime").timezone(__import__("datetime").timedelta(0, 60), "\x1b"), 4), (r"'\x1b'",), 0),
}  # fmt: skip

FAULTS = {**LOST, **WRITTEN, **SHOWN}
