"""Makers of pickle streams for the differential tests, and the comparison with the C loader."""

# ruff: noqa: E501 - a stream a line reads better than a stream in pieces

from __future__ import annotations

import math
import pickle
import struct
import warnings
from random import Random
from typing import Any

from histshell.pik import EVERYTHING, PikError, loads
from histshell.pik.lexer import Lexer
from histshell.pik.opcodes import OPCODES, Opcode

NUMBERS = [
    b"0", b"1", b"00", b"01", b"12", b"-1", b" 1", b"+1", b"\x0b1", b"-0", b"0x10", b"0X1f", b"0o17", b"0b11", b"010",
    b"007", b"08", b"1_000", b"1\t", b"0 ", b"1\r", b"01\r", b"1\x00junk", b"\x00\x00", b"1\x00", b"", b"L", b"1L",
    b"0x10L", b"1\x00junkL", b"010L", b"1L\r", b"9" * 25, b"-" + b"9" * 25, b"0" * 30, b"0" * 30 + b"7", b"x", b"1.5", b"--1",
    b"9223372036854775807", b"9223372036854775808", b"0x7fffffffffffffff", b"0xffffffffffffffff", b"01777777777777777777777",
    b"1e5", b"\xb2", b"0x", b"0_1", b"1__0", b"+", b"-", b" ", b"0x 1", b"0b2", b"0xg", b"-0x1", b"+ 1", b"1 2", b"\xff",
]  # fmt: skip
FLOATS = [
    b"1.5", b" 1.5", b"1.5 ", b"1_0.5", b"1.5\r", b"1e400", b"-1e400", b"1.5\x00zz", b"", b"inf", b"-inf", b"nan", b"INFINITY",
    b"infin", b"1e", b"1e+", b".5", b"5.", b".", b"1e-400", b"-1.0", b"-1", b"0x1p3", b"+nan", b"-nan", b"1,5", b"\x00", b"1e5",
    b"1E5", b"--1", b"+.5e-3", b"infinity2", b"1" * 400,
]  # fmt: skip
QUOTED = [
    b"'abc'", b"''", b"'", b'"abc"', b"'abc\"", b"abc", b"'a\\n'", b"'\\x41'", b"'\\x4'", b"'\\'", b"'a'b'", b" 'a'", b"'a' ", b"'\xff'",
    b"'\\777'", b"'\\q'", b"", b"'\\0'", b"'a.'",
]  # fmt: skip
TEXTS = [
    b"",
    b"abc",
    b"abc.",
    b"\\u20ac",
    b"\\u12",
    b"\xe9",
    b"\\U0001f600",
    b"\\U00110000",
    b"a\\",
    b"\\",
    b"\\\\u20ac",
    b"\\ud800",
]
RAW = [b"", b"a", b"abc", b"\xc3\xa9", b"\xed\xa0\x80", b"\xff", b"\xe2\x82\xac", b"a\nb", b".", b"\x00", b"x" * 40]
MEMO = [
    b"0",
    b"1",
    b"2",
    b"-1",
    b" 1",
    b"+1",
    b"01",
    b"1_0",
    b"1\x00z",
    b"",
    b"x",
    b"300",
    b"L",
    b"1" * 30,
    b"1.0",
    b"0x1",
]
NAMES = [
    (b"builtins", b"len"), (b"__builtin__", b"set"), (b"builtins", b"list"), (b"builtins", b"dict"), (b"builtins", b"int"),
    (b"collections", b"OrderedDict"), (b"builtins", b"\\x6cen"), (b" builtins", b"len"), (b"builtins ", b"len"), (b"builtins", b"len "),
    (b"builtins\r", b"len\r"), (b"tests.pik.streams", b"Plain"), (b"tests.pik.streams", b"Slotted"), (b"tests.pik.streams", b"Plain.inner"),
    (b"tests.pik.streams", b"Stateful"), (b"tests.pik.streams", b"Bag"), (b"tests.pik.streams", "größe".encode()), (b"no_such_module", b"x"),
    (b"builtins", b"no_such_name"), (b"", b"x"), (b"builtins", b""), (b"copy_reg", b"_reconstructor"), (b"builtins", b"object"),
    (b"tests.pik.streams", b"\xff"), (b"\xff", b"x"), (b"builtins", b"tuple"), (b"builtins", b"ValueError"), (b"exceptions", b"KeyError"),
    (b"types", b"GeneratorType"), (b"tests.pik.streams", b"OldStyle"), (b"collections", b"deque"), (b"builtins", b"frozenset"),
]  # fmt: skip
LENGTH_FORMATS = {"count1": "<B", "count4": "<I", "count8": "<Q"}


class Plain:
    """An ordinary class."""

    class inner:  # noqa: N801 - the name is part of the streams
        """A class inside a class."""


class Slotted:
    """A class with slots."""

    __slots__ = ("a", "b")


class Stateful:
    """A class that takes its own state."""

    def __setstate__(self, state: Any) -> None:
        """Keep *state*, unless it is a number."""
        if isinstance(state, int):
            raise KeyError("no numbers")
        self.state = state


class OldStyle:
    """A class with the mark of Python 2's old ones."""

    def __getinitargs__(self) -> tuple[()]:
        """Give no arguments."""
        return ()

    def __init__(self, *args: Any) -> None:
        """Keep the arguments."""
        self.args = args


class Bag:
    """Something that only has ``append`` and ``add``."""

    def append(self, item: Any) -> None:
        """Keep *item* as an attribute."""
        self.__dict__.setdefault("items", []).append(item)

    add = append


größe = Plain


def argument(op: Opcode, rng: Random) -> bytes:
    """Make an argument for *op*, odd ones often."""
    kind = op.argument
    if kind == "":
        return b""
    if kind == "lines":
        module, name = rng.choice(NAMES)
        return module + b"\n" + name + b"\n"
    if kind == "line":
        pools = {"FLOAT": FLOATS, "STRING": QUOTED, "UNICODE": TEXTS, "GET": MEMO, "PUT": MEMO}
        pool = pools.get(op.name, NUMBERS)
        return rng.choice(pool[:6] if rng.random() < 0.4 else pool) + b"\n"
    if kind == "float8":
        return struct.pack(">d", rng.choice([0.0, -1.0, 1.5, math.inf, math.nan, 1e300]))
    if kind == "uint8":
        return struct.pack("<Q", rng.choice([0, 1, 2, 3, 5, 8, 20, 1 << 63]))
    if op.name == "PROTO":
        return bytes([rng.choice([0, 1, 2, 3, 4, 4, 5, 6])])
    if kind in LENGTH_FORMATS:
        raw = rng.choice(RAW)
        size = len(raw) if rng.random() < 0.95 else rng.choice([0, 1, 100, 0x7FFFFFFF if kind == "count4" else 200])
        return struct.pack(LENGTH_FORMATS[kind], size) + raw
    small = rng.choice([0, 1, 2, 3, 4, 200])
    return struct.pack({"uint1": "<B", "uint2": "<H", "int4": "<i", "uint4": "<I"}[kind], small)


def generated(rng: Random) -> bytes:
    """Make a stream of random opcodes, most of which find on the stack what they need."""
    parts: list[bytes] = []
    depth = 0
    marks: list[int] = []
    for _ in range(rng.randrange(1, 30)):
        for _ in range(20):
            op = rng.choice(OPCODES)
            if op.name == "STOP" or (
                op.name in ("NEXT_BUFFER", "READONLY_BUFFER", "PERSID", "BINPERSID") and rng.random() < 0.8
            ):
                continue
            fits = bool(marks) if op.takes_mark else depth - (marks[-1] if marks else 0) >= op.needs
            if fits or rng.random() < 0.03:
                break
        parts.append(bytes([op.code]) + argument(op, rng))
        if op.name == "MARK":
            marks.append(depth)
        elif op.takes_mark:
            depth = max((marks.pop() if marks else depth) - op.needs, 0) + len(op.after)
        else:
            depth = max(depth - op.needs, 0) + len(op.after)
    return b"".join(parts) + (b"." if rng.random() < 0.97 else b"")


def mutated(rng: Random, stream: bytes) -> bytes:
    """Change a few bytes of a valid stream."""
    data = bytearray(stream)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data))
        what = rng.randrange(4)
        if what == 0:
            data[at] = rng.choice(OPCODES).code
        elif what == 1:
            data[at] = rng.randrange(256)
        elif what == 2:
            del data[at : at + rng.randrange(1, 4)]
        else:
            data[at:at] = bytes([rng.choice(OPCODES).code])
        if not data:
            break
    return bytes(data)


def value(rng: Random, depth: int = 3) -> Any:
    """Make a value of plain data, with shared parts."""
    if depth == 0 or rng.random() < 0.5:
        return rng.choice(
            [None, True, 0, 1, -1, 255, 256, 70000, 2**31, -(2**31) - 1, 2**63, -(2**70), 1.5, math.inf, "", "a", "é€", "\ud800", "a\nb\\",
             b"", b"ab\xff", bytearray(b"xy"), Plain, len, (), 10**300]
        )  # fmt: skip
    parts = [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if parts and rng.random() < 0.3:
        parts.append(parts[0])
    keys = [repr(n) if n % 2 else n for n in range(len(parts))]
    kind = rng.randrange(7)
    if kind == 0:
        return parts
    if kind == 1:
        return tuple(parts)
    if kind == 2:
        return dict(zip(keys, parts))
    if kind == 3:
        return set(keys)
    if kind == 4:
        return frozenset(keys)
    if kind == 5:
        made = Plain()
        made.__dict__.update((f"k{n}", part) for n, part in enumerate(parts))
        return made
    parts.append(parts)
    return parts


def portrait(thing: Any) -> list[Any]:
    """Describe a value so that equal descriptions mean equal types, values, sharing and cycles."""
    seen: dict[int, int] = {}
    keep = [thing]
    out: list[Any] = []
    todo = [thing]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind in (int, bool, str, bytes, type(None), complex):
            out.append((kind, item))
            continue
        if kind is float:
            out.append((kind, struct.pack(">d", item)))
            continue
        if id(item) in seen:
            out.append(("same", seen[id(item)]))
            continue
        seen[id(item)] = len(seen)
        keep.append(item)
        if isinstance(item, (list, tuple)):
            out.append((kind, len(item)))
            todo.extend(item)
        elif isinstance(item, dict):
            out.append((kind, len(item)))
            for pair in item.items():
                todo.extend(pair)
        elif isinstance(item, (set, frozenset)):
            out.append((kind, len(item)))
            out.extend(sorted(repr(part) for part in item))
        elif kind is bytearray:
            out.append((kind, bytes(item)))
        elif isinstance(item, BaseException):
            out.append(kind)
            todo.append(item.args)
        elif kind in (Plain, Stateful, Bag, OldStyle, Plain.inner):
            out.append(kind)
            todo.append(item.__dict__)
        elif kind is Slotted:
            out.append(kind)
            todo.extend((getattr(item, "a", "missing"), getattr(item, "b", "missing")))
        elif kind is type or callable(item):
            out.append((kind, getattr(item, "__qualname__", None)))
        else:
            out.append(kind)
    return out


def outcome(load: Any, data: bytes, **options: Any) -> tuple[str, Any]:
    """Load, and give ``("value", portrait)`` or ``("error", the exception)``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "value", portrait(load(data, **options))
        except Exception as error:
            return "error", error


def huge_memo(data: bytes) -> bool:
    """Tell whether *data* stores under a huge memo number, which may cost the C loader gigabytes."""
    lexer = Lexer(data)
    try:
        while batch := lexer.tokens():
            for _, code, number in batch:
                if code == 0x72 and number > 1 << 20 or code == 0x70 and len(number.strip()) > 7:
                    return True
    except PikError:
        pass
    return False


def difference(data: bytes, **options: Any) -> str:
    """Say how Pik differs from the C loader on *data*; empty where it does not."""
    if huge_memo(data):
        return ""
    theirs = outcome(pickle.loads, data, **options)
    ours = outcome(loads, data, trust=EVERYTHING, **options)
    if theirs[0] == "value":
        return "" if ours == theirs else f"{data!r}: C gives {theirs}, Pik {ours!r}"
    if ours[0] == "value":
        return f"{data!r}: C raises {theirs[1]!r}, Pik gives {ours[1]}"
    if isinstance(ours[1], PikError) and isinstance(ours[1], type(theirs[1])):
        return ""
    return f"{data!r}: C raises {theirs[1]!r}, Pik {ours[1]!r} {type(ours[1]).__mro__}"


#: The telling rows of what was found to set loaders apart; the oracle is C, so no expectations stand here.
TELLING = [
    *(b"I" + number + b"\n." for number in NUMBERS),
    *(b"L" + number + b"\n." for number in NUMBERS),
    *(b"F" + number + b"\n." for number in FLOATS),
    *(b"S" + text + b"\n." for text in QUOTED),
    *(b"V" + text + b"\n." for text in TEXTS),
    *(b"Np" + number + b"\n0g1\n." for number in MEMO),
    *(b"c" + module + b"\n" + name + b"\n." for module, name in NAMES),
    b"(0N.", b"(2.", b"N(.", b"N(p0\n.", b"(\x85.", b"K\x01(e.", b"K\x01(\x90.", b"}(K\x01u.", b"(K\x01d.", b"cbuiltins\nlen\n]R.",
    b"cbuiltins\nlen\nVab\nR.", b"cbuiltins\nlist\n]\x81.", b"K\x01]b.", b"K\x01}b.", b"\x80\x06N.", b"Np0\np0\nN.", b"NN.", b"N(N.",
    b"\x95\x01\x00\x00\x00\x00\x00\x00\x00I1\n.", b"\x95\x02\x00\x00\x00\x00\x00\x00\x00I1\n.", b"\x95\xff\x00\x00\x00\x00\x00\x00\x00N.",
    b"\x95\x03\x00\x00\x00\x00\x00\x00\x00C\x03abc.", b"Nq\xc8\x94h\x00.", b"Nq\xc8\x94h\x01.", b"\x95\x05" + bytes(7) + b"}c\xff\nx\n.", b"\x95\x05" + bytes(7) + b"(i\xff\nx\n.", b"\x95\x04" + bytes(7) + b"}c\xff\nx\n.", b"\x95\x03" + bytes(7) + b"}c\xff\nx\n.",
    *(b"N" + op + (n).to_bytes(8, "little") + b"abc" for op in (b"\x8d", b"\x8e", b"\x95") for n in (2**62, 2**63 - 34, 2**63 - 33, 2**63 - 1, 2**63, 2**64 - 1)),
    b"U\x00.", b"T\x00\x00\x00\x00.", b"c\n", b"cos\n", b"i\n", b"(i\xff\n", b"C\x00",
]  # fmt: skip
