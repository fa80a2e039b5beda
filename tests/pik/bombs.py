"""Streams that are small and cost the C loader gigabytes, or forever."""

# ruff: noqa: E501 - a stream a line reads better than a stream in pieces

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.pik.dangers import di, g, li, r, s, t


def _int(value: int) -> bytes:
    """LONG1."""
    raw = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


P61 = (1 << 61) - 1
DOUBLED = b"K\x01" + b"2\x86" * 45
RANGE = r(g("builtins", "range"), b"J\xff\xff\xff\x7f")


def _colliding(count: int) -> bytes:
    """Ints that all have the hash 0."""
    return b"".join(_int(k * P61) for k in range(1, count))


#: name -> (maker, what is expected: ``error``, or ``value``, which must then print in bounded time and size).
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
    "frozenset 200,000 deep": (lambda: b"(" * 200_000 + b"\x91" * 200_000 + b".", "either"),
    "4,000 maps": (lambda: r(g("builtins", "map"), g("math", "sqrt"), r(g("builtins", "range"), b"J\x9f\x86\x01\x00")) + b"0" + (r(g("builtins", "map"), g("math", "sqrt"), r(g("builtins", "range"), b"J\x9f\x86\x01\x00")) + b"0") * 4_000 + b"N.", "error"),
    "dict 300,000 deep": (lambda: b"}K\x01" * 300_000 + b"N" + b"s" * 300_000 + b".", "value"),
    "LONG4 of 2 MB": (lambda: b"\x8b" + struct.pack("<i", 2_000_000) + b"\x01" * 2_000_000 + b".", "value"),
    "hex LONG of 1,000,000 digits": (lambda: b"L0x" + b"f" * 1_000_000 + b"\n.", "either"),
    "dict that holds itself": (lambda: b"}p0\nK\x01g0\ns.", "value"),
    "8,000,000 opcodes": (lambda: b"N0" * 4_000_000 + b"N.", "value"),
    "huge dict in a set's way": (lambda: di(*(b"K" + bytes([n]) + DOUBLED for n in range(200))) + b".", "value"),
}  # fmt: skip

MEGABYTES = 512
SECONDS = (
    20  # of the processor's time; far above what any takes, so that a slow machine makes a test slow and not wrong
)


class Exploded(NamedTuple):
    """What became of a bomb: `error`, `value`, `long` (text without end), an exception's name, or how the process died."""

    name: str
    outcome: str
    seconds: float
    megabytes: int


def run(how: str) -> Iterator[Exploded]:
    """Load all bombs, each in a process with limits: `safe`, with `loads` as it comes, or `show`, as the mode does."""
    ran = subprocess.run(
        [sys.executable, "-c", "from tests.pik.bombs import explode_all; explode_all()", how],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=900, check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    for line in ran.stdout.splitlines():
        name, outcome, seconds, megabytes = line.split("|")
        yield Exploded(name, outcome, float(seconds), int(megabytes))


def explode_all() -> None:
    """Print name, outcome, processor seconds and peak megabytes of each bomb, loaded in a fork."""
    for name, (make, _) in BOMBS.items():
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, explode(make, sys.argv[1]).encode())
            os._exit(0)
        os.close(writing)
        status = os.waitpid(child, 0)[1]
        said = os.read(reading, 1000).decode() or f"died with status {status}|99|0"
        os.close(reading)
        print(name, said, sep="|", flush=True)


def explode(make: Callable[[], bytes], how: str) -> str:
    """Load one bomb in this process, under the limits."""
    import resource
    import time

    from histshell.pik import PikError, loads
    from histshell.pik.play import PLAY
    from histshell.pik.printer import show

    data = make()
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    began = time.process_time()
    try:
        text = show(loads(data)) if how == "safe" else str(loads(data, trust=PLAY, on_refused="show"))
        outcome = "value" if len(text) < 60_000 else "long"
    except PikError as error:
        outcome = "error" if len(str(error)) < 1000 else "long"
    except BaseException as error:
        outcome = type(error).__name__
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return f"{outcome}|{time.process_time() - began:.2f}|{peak}"
