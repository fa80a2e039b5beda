"""Streams that are small and cost the C loader gigabytes, or forever."""

# ruff: noqa: E501 - a stream a line reads better than a stream in pieces

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.pik.dangers import di, g, li, r, s, t


def _int(value: int) -> bytes:
    """LONG1."""
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


P61 = (1 << 61) - 1
DOUBLED = b"K\x01" + b"2\x86" * 45
WIDE = r(
    g("builtins", "range"),
    b"\x8b\x40\x1f\0\0" + b"\0" * 7_999 + b"\x01",
    b"\x8b\x40\x1f\0\0" + b"\0\0\x01" + b"\0" * 7_996 + b"\x01",
)
RANGE = r(g("builtins", "range"), b"J\xff\xff\xff\x7f")


def _colliding(count: int) -> bytes:
    """Ints that all have the hash 0."""
    return b"".join(_int(k * P61) for k in range(1, count))


def _batches(keys: list[bytes], value: bytes = b"N", end: bytes = b"u") -> bytes:
    """Fill what is there with keys, a thousand at once, as a pickler does."""
    pieces = (keys[start : start + 1_000] for start in range(0, len(keys), 1_000))
    return b"".join(b"(" + b"".join(key + value for key in piece) + end for piece in pieces)


def _number(value: int) -> bytes:
    """LONG4."""
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8b" + struct.pack("<i", len(raw)) + raw


def _again(callee: bytes, arguments: bytes, times: int = 20_000) -> bytes:
    """Call the same thing with the same arguments, many times: six bytes a call."""
    return callee + b"q\x00" + arguments + b"q\x010" + b"h\x00h\x01R0" * times + b"N."


def _fibonacci(bits: int) -> tuple[int, int]:
    """Two numbers that take the most divisions to find what they have in common."""
    one, two = 1, 1
    while two.bit_length() < bits:
        one, two = two, one + two
    return one, two


@lru_cache(maxsize=1)
def _chained(bits: int, load: float = 0.6) -> tuple[list[int], list[int]]:
    """Ints whose places in a dict of 2**bits lie on one chain of the table's own walk, and ints that begin on it."""
    size = 1 << bits
    usable = (size << 1) // 3
    chain, place = [], 0
    for _ in range(int(usable * load)):
        chain.append(place)
        place = (5 * place + 1) & (size - 1)
    early = set(chain[: len(chain) // 3])
    others: list[int] = []
    taken, number = set(chain), size
    while len(others) < int(usable * 0.97) - len(chain):
        number += 7
        at, rest, meets = number & (size - 1), number, (number & (size - 1)) in taken
        while meets and rest:
            rest >>= 5
            if rest:
                at = (5 * at + 1 + rest) & (size - 1)
                meets = at in taken
        if meets and at in early:
            others.append(number)
    return chain, others


_BITS = 15


def _on_one_chain(kind: str) -> bytes:
    """Fill a table with `_chained` keys in several ways."""
    chain, others = _chained(_BITS)
    numbers = chain + others * 6 if kind == "again" else chain + others
    if kind == "floats":
        keys = [b"G" + struct.pack(">d", number) for number in numbers]
    else:
        keys = [b"J" + struct.pack("<i", number) for number in numbers]
    if kind == "one by one":
        return b"\x80\x04}" + b"".join(key + b"Ns" for key in keys) + b"."
    if kind == "hidden":  # behind texts, as if they were values
        return b"\x80\x04}(" + s("k") + s("v") + b"".join(key + s("v") for key in keys) + b"u."
    if kind == "by memo":
        return b"\x80\x04}q\x000" + b"".join(b"h\x00" + key + b"Ns0" for key in keys) + b"N."
    if kind == "empty values":
        return b"\x80\x04}q\x00(" + b"".join(key + b"]" for key in keys) + b"u."
    if kind == "lines":
        return b"(dp0\n" + b"".join(b"I%d\nNs" % number for number in numbers) + b"."
    if kind == "frozenset":
        return r(g("builtins", "frozenset"), li(*keys)) + b"."
    return b"\x80\x04}(" + b"".join(key + b"N" for key in keys) + b"u."


BIG, LESS = _fibonacci(65_000)
LIST = b"](" + b"K\x01" * 200_000 + b"e"


#: name -> (maker, what is expected: ``error``, or ``value``, which must then print in bounded time and size). It is ``either``
#: where the clock decides, since how slow a chain is depends on the machine, or the version, which reads a number or does not.
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "LONG_BINPUT 2**27": (lambda: b"Nr\x00\x00\x00\x08.", "error"),
    "LONG_BINPUT 2**31": (lambda: b"Nr\xff\xff\xff\x7f.", "error"),
    "PUT 2**27": (lambda: b"Np134217728\n.", "error"),
    "PUT 2**40": (lambda: b"Np1099511627776\n.", "error"),
    "]replace.": (lambda: b"]replace.", "error"),
    "BINBYTES 4 GB": (lambda: b"B\xff\xff\xff\xffabc", "error"),
    "BINBYTES8 3 GB": (lambda: b"\x8e" + struct.pack("<Q", 3 << 30) + b"abc", "error"),
    "BYTEARRAY8 3 GB": (lambda: b"\x96" + struct.pack("<Q", 3 << 30) + b"abc", "error"),
    "BYTEARRAY8 1 TB": (lambda: b"\x96" + struct.pack("<Q", 1 << 40), "error"),
    "BINUNICODE8 1 TB": (lambda: b"\x8d" + struct.pack("<Q", 1 << 40), "error"),
    "doubled tuple as key": (lambda: b"}" + DOUBLED + b"Ns.", "error"),
    "doubled tuple as key, SETITEMS": (lambda: b"}(" + DOUBLED + b"Nu.", "error"),
    "doubled tuple as key, DICT": (lambda: b"(" + DOUBLED + b"Nd.", "error"),
    "doubled tuple in a set": (lambda: b"\x8f(" + DOUBLED + b"\x90.", "error"),
    "doubled tuple in a frozenset": (lambda: b"(" + DOUBLED + b"\x91.", "error"),
    "doubled tuple by memo": (lambda: b"}K\x01" + b"q\x00h\x00\x86" * 45 + b"Ns.", "error"),
    "tripled tuple": (lambda: b"}K\x01" + b"22\x87" * 28 + b"Ns.", "error"),
    "doubled tuple by set()": (lambda: r(g("builtins", "set"), li(DOUBLED)) + b".", "error"),
    "doubled tuple by dict()": (lambda: r(g("builtins", "dict"), li(b"(" + DOUBLED + b"Nt")) + b".", "error"),
    "doubled tuple in OrderedDict": (lambda: g("collections", "OrderedDict") + b")R" + DOUBLED + b"Ns.", "error"),
    "two equal keys of depth 27": (lambda: b"}" + (b"K\x01" + b"2\x86" * 27 + b"N") + b"s" + (b"K\x01" + b"2\x86" * 27 + b"Ns") + b".", "error"),
    "many keys of depth 18": (lambda: b"K\x01" + b"2\x86" * 18 + b"q\x000}" + b"h\x00Ns" * 100_000 + b".", "error"),
    "nested frozensets doubled": (lambda: b"(K\x01\x91" + b"q\x000(h\x00(h\x00\x85\x91\x91" * 60 + b"\x85q\x010}h\x01Ns.", "error"),
    "tuple 400,000 deep as key": (lambda: b"})" + b"\x85" * 400_000 + b"Ns.", "error"),
    "tuple 400,000 deep in a set": (lambda: b"\x8f()" + b"\x85" * 400_000 + b"\x90.", "error"),
    "45,000 colliding ints": (lambda: b"}(" + b"".join(_int(k * P61) + b"N" for k in range(1, 45_000)) + b"u.", "error"),
    "45,000 colliding ints in a set": (lambda: b"\x8f(" + _colliding(45_000) + b"\x90.", "error"),
    "45,000 colliding ints one by one": (lambda: b"}" + b"".join(_int(k * P61) + b"Ns" for k in range(1, 45_000)) + b".", "error"),
    "45,000 colliding ints by set()": (lambda: r(g("builtins", "set"), li(_colliding(45_000))) + b".", "error"),
    "45,000 colliding ints by dict()": (lambda: r(g("builtins", "dict"), li(*(b"(" + _int(k * P61) + b"Nt" for k in range(1, 45_000)))) + b".", "error"),
    "45,000 colliding 1-tuples": (lambda: b"\x8f(" + b"".join(_int(k * P61) + b"\x85" for k in range(1, 45_000)) + b"\x90.", "error"),
    "45,000 colliding ints, 1,000 at once": (lambda: b"\x80\x04}" + _batches([_int(k * P61) for k in range(1, 45_000)]) + b".", "error"),
    "45,000 colliding 1-tuples, 1,000 at once": (lambda: b"\x80\x04\x8f" + _batches([_int(k * P61) + b"\x85" for k in range(1, 45_000)], b"", b"\x90") + b".", "error"),
    "20,000 colliding long tuples": (lambda: b"\x80\x04}" + _batches([b"(" + b"K\x01" * 28 + _int(k * P61) + b"t" for k in range(1, 20_000)]) + b".", "error"),
    "3,000 colliding very long tuples": (lambda: b"\x80\x04}" + b"".join(b"(" + b"K\x01" * 3_000 + _int(k * P61) + b"tNs" for k in range(1, 3_000)) + b".", "either"),
    "3,000,000 sets": (lambda: b"(" + b"\x8f" * 3_000_000 + b"l.", "error"),
    "9,000,000 dicts": (lambda: b"(" + b"}" * 9_000_000 + b"l.", "error"),
    "900,000 deques": (lambda: g("collections", "deque") + b"q\x000(" + b"h\x00)R" * 900_000 + b"l.", "error"),
    "list into itself by slice": (lambda: b"](K\x01K\x02eq\x000" + b"h\x00" + r(g("builtins", "slice"), b"K\x00", b"K\x00") + b"h\x00s0" * 34 + b"h\x00.", "error"),
    "list of a range": (lambda: r(g("builtins", "list"), RANGE) + b".", "error"),
    "set of a range": (lambda: r(g("builtins", "set"), RANGE) + b".", "error"),
    "deque of a range": (lambda: r(g("collections", "deque"), RANGE) + b".", "error"),
    "Counter of a range": (lambda: r(g("collections", "Counter"), RANGE) + b".", "error"),
    "tuple by NEWOBJ of a range": (lambda: g("builtins", "tuple") + t(RANGE) + b"\x81.", "error"),
    "bytearray(3 << 30)": (lambda: r(g("builtins", "bytearray"), _int(3 << 30)) + b".", "error"),
    "Fraction('1e999999999')": (lambda: r(g("fractions", "Fraction"), s("1e999999999")) + b".", "error"),
    "pow(10, 10**8)": (lambda: r(g("builtins", "pow"), b"K\x0a", b"J\x00\xe1\xf5\x05") + b".", "error"),
    "sum of a range": (lambda: r(g("builtins", "sum"), RANGE) + b".", "error"),
    "list(range) in a range": (lambda: r(g("__builtin__", "range"), b"J\xff\xff\xff\x7f") + b"p00" + b"N0" + b"p\n.", "error"),
    "billion laughs, lists": (lambda: b"]" + b"p0\n0](g0\ng0\ne" * 60 + b".", "value"),
    "billion laughs, dicts": (lambda: b"}" + b"p0\n0}(K\x01g0\nK\x02g0\nu" * 60 + b".", "value"),
    "billion laughs, tuples": (lambda: b"K\x01" + b"2\x86" * 60 + b".", "value"),
    "list 1,000,000 deep": (lambda: b"]" * 1_000_000 + b"a" * 999_999 + b".", "value"),
    "tuple 1,000,000 deep": (lambda: b")" + b"\x85" * 1_000_000 + b".", "value"),
    "frozenset 200,000 deep": (lambda: b"(" * 200_000 + b"\x91" * 200_000 + b".", "error"),
    "4,000 maps": (lambda: r(g("builtins", "map"), g("math", "sqrt"), r(g("builtins", "range"), b"J\x9f\x86\x01\x00")) + b"0" + (r(g("builtins", "map"), g("math", "sqrt"), r(g("builtins", "range"), b"J\x9f\x86\x01\x00")) + b"0") * 4_000 + b"N.", "error"),
    "dict 300,000 deep": (lambda: b"}K\x01" * 300_000 + b"N" + b"s" * 300_000 + b".", "value"),
    "LONG4 of 2 MB": (lambda: b"\x8b" + struct.pack("<i", 2_000_000) + b"\x01" * 2_000_000 + b".", "value"),
    "hex LONG of 1,000,000 digits": (lambda: b"L0x" + b"f" * 1_000_000 + b"\n.", "either"),
    "dict that holds itself": (lambda: b"}p0\nK\x01g0\ns.", "value"),
    "8,000,000 opcodes": (lambda: b"N0" * 4_000_000 + b"N.", "value"),
    "huge dict in a set's way": (lambda: di(*(b"K" + bytes([n]) + DOUBLED for n in range(200))) + b".", "value"),
    "Fractions of 65,000 bits": (lambda: _again(g("fractions", "Fraction"), _number(BIG) + _number(LESS) + b"\x86"), "error"),
    "Fractions in text": (lambda: _again(g("fractions", "Fraction"), s("7" * 4000 + "/" + "3" * 4000) + b"\x85"), "error"),
    "ranges of wide numbers": (lambda: _again(g("builtins", "range"), _number(-(1 << 65_530)) + _number(1 << 65_530) + _number(1 << 32_000) + b"\x87"), "error"),
    "hash of a wide range": (lambda: b"}" + r(g("builtins", "range"), _number(-(1 << 65_530)), _number((1 << 65_530) - 1), _number(12345678901234567890123)) + b"2\x86" * 18 + b"K\x01s.", "error"),
    "frozensets of a long list": (lambda: _again(g("builtins", "frozenset"), LIST + b"\x85"), "error"),
    "sets of a long list": (lambda: _again(g("builtins", "set"), LIST + b"\x85"), "error"),
    "lists of a long list": (lambda: _again(g("builtins", "list"), LIST + b"\x85"), "error"),
    "tuples of a long list": (lambda: _again(g("builtins", "tuple"), LIST + b"\x85"), "error"),
    "deques of a long list": (lambda: _again(g("collections", "deque"), LIST + b"K\x00\x86"), "error"),
    "Counters of a dict": (lambda: _again(g("collections", "Counter"), b"}(" + b"".join(b"J" + struct.pack("<i", n) + b"K\x01" for n in range(100_000)) + b"u\x85"), "error"),
    "dicts of long pairs": (lambda: _again(g("collections", "OrderedDict"), b"](" + b"".join(b"J" + struct.pack("<i", n) + b"K\x01\x86" for n in range(100_000)) + b"e\x85"), "error"),
    "a path of a million parts": (lambda: g("pathlib", "PurePosixPath") + b"q\x00(" + s("a/" * 5000) + b"q\x01" + b"h\x01" * 999 + b"tq\x020](" + b"h\x00h\x02R" * 200 + b"e.", "error"),
    "long paths": (lambda: _again(g("pathlib", "PurePosixPath"), s("a/" * 24_000) + b"\x85"), "error"),
    "Decimal with a bad end": (lambda: r(g("decimal", "Decimal"), s("1" * 99_000 + "x")) + b".", "error"),
    "long Decimals": (lambda: _again(g("decimal", "Decimal"), s("1" * 99_000) + b"\x85"), "error"),
    "a Decimal and wide ints as keys": (lambda: b"}" + r(g("decimal", "Decimal"), s("1")) + b"Ns" + b"".join(_number((((1 << 3_000_000) // P61 + n) * P61) + 1) + b"Ns" for n in range(3)) + b".", "error"),
    "arrays of a list": (lambda: _again(g("array", "array"), s("b") + LIST + b"\x86"), "error"),
    "1,000 equal hashes again": (lambda: _again(g("builtins", "frozenset"), li(*(_int(n * P61) for n in range(1, 900))) + b"\x85"), "error"),
    "ints on one chain": (lambda: _on_one_chain("at once"), "either"),
    "ints on one chain, one by one": (lambda: _on_one_chain("one by one"), "either"),
    "ints on one chain, after texts": (lambda: _on_one_chain("hidden"), "either"),
    "ints on one chain, dict by memo": (lambda: _on_one_chain("by memo"), "either"),
    "ints on one chain, empty lists": (lambda: _on_one_chain("empty values"), "either"),
    "ints on one chain, protocol 0": (lambda: _on_one_chain("lines"), "either"),
    "ints on one chain, again": (lambda: _on_one_chain("again"), "either"),
    "ints on one chain, frozenset": (lambda: _on_one_chain("frozenset"), "either"),
    "floats on one chain": (lambda: _on_one_chain("floats"), "either"),
    "OrderedDict of 3,000,000": (lambda: g("collections", "OrderedDict") + b")R(" + b"".join(b"J" + struct.pack("<i", n) + b"N" for n in range(100_000, 3_100_000)) + b"u.", "error"),
    "defaultdicts in each other": (lambda: g("collections", "defaultdict") + b"q\x00)Rq\x010" + b"h\x00)RK\x01h\x01sq\x010" * 80_000 + b"h\x01.", "error"),
    "defaultdicts in each other, from above": (lambda: g("collections", "defaultdict") + b"q\x00)Rq\x02q\x010" + b"h\x01K\x01h\x00)Rq\x01s0" * 80_000 + b"h\x02.", "error"),
    "deques in each other": (lambda: g("collections", "deque") + b"q\x00)Rq\x010" + b"h\x00](h\x01e\x85Rq\x010" * 80_000 + b"h\x01.", "error"),
    "zips in each other": (lambda: g("builtins", "zip") + b"q\x00](K\x01eq\x010" + b"h\x00h\x01\x85Rq\x010" * 100_000 + r(g("builtins", "list"), b"h\x01") + b".", "error"),
    "a reversed list of a range": (lambda: r(g("builtins", "list"), r(g("builtins", "reversed"), RANGE)) + b".", "error"),
    "a product of wide numbers": (lambda: r(g("math", "prod"), li(*([_number((1 << 4000) - 1)] + [b"2"] * 4_900))) + b".", "error"),
    "pairs that a Counter counts": (lambda: r(g("collections", "Counter"), li(b"K\x01" + DOUBLED + b"\x86")) + b".", "error"),
    "deep pairs that a Counter counts": (lambda: r(g("collections", "Counter"), li(b"K\x01" + b"K\x01" + b"\x85" * 400_000 + b"\x86")) + b".", "error"),
    "wide numbers of a range, list": (lambda: r(g("builtins", "list"), WIDE) + b".", "error"),
    "wide numbers of a range, tuple": (lambda: r(g("builtins", "tuple"), WIDE) + b".", "error"),
    "wide numbers of a range, sorted": (lambda: r(g("builtins", "sorted"), WIDE) + b".", "error"),
    "wide numbers of a range, Python 2": (lambda: WIDE.replace(b"builtins", b"__builtin__") + b".", "value"),
    "what many wide numbers divide": (lambda: _again(g("math", "lcm"), t(*(_number((1 << 4000) + n) for n in range(1, 200, 2))), 400), "error"),
    "iterators over a list that grows": (lambda: g("builtins", "zip") + b"q\x00]q\x01\x85q\x020" + b"(" + b"h\x00h\x02R" * 2_000 + b"lq\x030h\x01(" + b"K\x01" * 90_000 + b"e0" + r(g("builtins", "map"), g("builtins", "list"), b"h\x03") + b".", "error"),
}  # fmt: skip

MEGABYTES = 512
SECONDS = (
    20  # of the processor's time; far above what any takes, so that a slow machine makes a test slow and not wrong
)


ROUTES = ("loads", "load", "file", "mode")
"""The ways in: `loads`, `load` from a file, the command with a file's name, and the pickle mode's `:load`."""


class Exploded(NamedTuple):
    """What became of a bomb: `error`, `value`, `long` (text without end), an exception's name, or how the process died."""

    outcome: str
    seconds: float
    megabytes: int


class Field:
    """A process that has loaded everything and forks for each bomb, so that each costs no more than itself."""

    def __init__(self, folder: Path) -> None:
        """Start it; the bombs that come as files are written into *folder*."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.pik.bombs import serve; serve()", str(folder)],
            cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip

    def explode(self, name: str, route: str) -> Exploded:
        """Load one bomb in a process with limits."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(route, name, file=self._process.stdin, flush=True)
        outcome, seconds, megabytes = self._process.stdout.readline().split("|")
        return Exploded(outcome, float(seconds), int(megabytes))

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def run() -> Iterator[tuple[str, str, Exploded]]:
    """Load every bomb by every route: its name, the route, and what became of it."""
    with TemporaryDirectory() as folder:
        field = Field(Path(folder))
        for name in BOMBS:
            for route in ROUTES:
                yield name, route, field.explode(name, route)
        field.close()


def serve() -> None:
    """Answer each line of the standard input, a route and a bomb's name, with outcome, processor seconds and peak megabytes."""
    from histshell.pik.mode import console  # noqa: F401  # loaded once, for all forks

    _chained(_BITS)  # and this found once
    for line in sys.stdin:
        route, _, name = line.rstrip("\n").partition(" ")
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, explode(BOMBS[name][0], route, f"{sys.argv[1]}/{os.getpid()}.pkl").encode())
            os._exit(0)
        os.close(writing)
        status = os.waitpid(child, 0)[1]
        said = os.read(reading, 1000).decode() or f"died with status {status}|99|0"
        os.close(reading)
        print(said, flush=True)


def explode(make: Callable[[], bytes], route: str, path: str) -> str:
    """Load one bomb in this process, under the limits."""
    import resource
    import time

    data = make()
    if route != "loads":
        Path(path).write_bytes(data)
        data = b""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    began = time.process_time()
    try:
        outcome = _outcome(data, route, path)
    except BaseException as error:
        outcome = type(error).__name__
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    if route != "loads":
        os.unlink(path)
    return f"{outcome}|{took:.2f}|{peak}"


def _outcome(data: bytes, route: str, path: str) -> str:
    """Load and print it: tell whether there was a value or an error."""
    from histshell.pik import PikError, load, loads
    from histshell.preview import show

    if route in ("file", "mode"):
        return _shown(route, path)
    try:
        if route == "loads":
            value = loads(data)
        else:
            with open(path, "rb") as file:
                value = load(file)
        text = show(value)
        return "value" if len(text) < 60_000 else "long"
    except PikError as error:
        return "error" if len(str(error)) < 1000 else "long"


def show_files(*names: str) -> int:
    """Show files as ``histshell pik --effects`` does; return the status."""
    from histshell.pik.mode import showing
    from histshell.pik.tree.wish import Wish

    def put(text: str, style: str) -> None:
        print(text, file=sys.stderr if style == "error" else sys.stdout)

    return showing.show(list(names), Wish(effects=True), put)


def _shown(route: str, path: str) -> str:
    """Show a file as the command does, or load it in the mode; here what is refused is a placeholder, and no error."""
    from histshell.history import History
    from histshell.pik.mode.console import Console

    printed = io.StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        if route == "file":
            status = show_files(path)
        else:
            status = Console(History(), {}, quiet=True).feed([f":load {path}"])
    if not printed.tell() or printed.tell() > 5_000_000 or "Traceback" in printed.getvalue():
        return "long"
    return "error" if status else "value"
