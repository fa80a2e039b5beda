"""Measure Pik against what else reads pickles: ratios to `pickle.loads`, all in one run, interleaved.

    python -m benchmarks.pik [--rounds 3] [--write]

Six inputs: a 100,000 dicts of 3 (protocol 4); b 1,000,000 ints; c 1,000 tuples 500 deep; d 10 MB of bytes;
e 200,000 instances of a class (trusted by name); f as a, protocol 0. Each figure is the best of the rounds.
picklescan and fickling are measured if they are installed. Then the bombs of the tests, each in a process of its own. (For
large pickles see `benchmarks.large`.)
"""

from __future__ import annotations

import argparse
import gc
import io
import pickle
import pickletools
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.machine import describe
from benchmarks.page import publish
from histshell.pik import EVERYTHING, SAFE, Machine, disassemble, loads
from histshell.pik.lexer import Lexer
from tests.pik import bombs


class Point:
    """The class of input e."""

    def __init__(self, number: int) -> None:
        """Hold three attributes."""
        self.x = number
        self.name = str(number)
        self.more = None


def _nested(depth: int) -> Any:
    """Return a tuple *depth* deep."""
    value: Any = 1
    for _ in range(depth):
        value = (value,)
    return value


def inputs() -> dict[str, bytes]:
    """Make the six inputs."""
    chance = random.Random(1)
    records = [{"id": n, "name": f"name{n}", "value": n * 0.5} for n in range(100_000)]
    numbers = [chance.choice((chance.randrange(-(2**31), 2**31), chance.randrange(70_000))) for _ in range(1_000_000)]
    return {
        "a": pickle.dumps(records, 4),
        "b": pickle.dumps(numbers, 4),
        "c": pickle.dumps([_nested(500) for _ in range(1_000)], 4),
        "d": pickle.dumps(chance.randbytes(10_000_000), 4),
        "e": pickle.dumps([Point(n) for n in range(200_000)], 4),
        "f": pickle.dumps(records, 0),
    }


def _all_tokens(data: bytes) -> None:
    """Run the lexer alone."""
    lexer = Lexer(data)
    while lexer.tokens():
        pass


def _drain(lines: Any) -> None:
    """Ask for every item."""
    for _ in lines:
        pass


def _text(data: bytes) -> None:
    """Write the whole listing."""
    for line in disassemble(data):
        line.text(60)


def peers() -> dict[str, Callable[[bytes], object]]:
    """Give what is measured, by the column's title."""
    trusting = SAFE.trusting(f"{Point.__module__}.Point")
    found: dict[str, Callable[[bytes], object]] = {
        "C loads": pickle.loads,
        "_loads": pickle._loads,  # type: ignore[attr-defined]
        "genops": lambda data: _drain(pickletools.genops(data)),
        "dis": lambda data: pickletools.dis(data, io.StringIO()),
        "pik lexer": _all_tokens,
        "pik loads": lambda data: loads(data, trust=trusting),
        "pik loads, trust=[…]": lambda data: loads(data, trust=[f"{Point.__module__}.Point"]),
        "pik machine": lambda data: Machine(trust=trusting).run(data),
        "pik EVERYTHING": lambda data: loads(data, trust=EVERYTHING),
        "pik lines": lambda data: _drain(disassemble(data)),
        "pik listing": _text,
    }
    try:
        from picklescan.scanner import scan_pickle_bytes  # type: ignore[import-not-found, import-untyped, unused-ignore]  # may be missing

        found["picklescan"] = lambda data: scan_pickle_bytes(io.BytesIO(data), "x")
    except ImportError:
        pass
    try:
        from fickling.fickle import Pickled  # type: ignore[import-not-found, import-untyped, unused-ignore]  # may be missing

        found["fickling"] = lambda data: Pickled.load(io.BytesIO(data))
    except ImportError:
        pass
    return found


def best(rounds: int, data: bytes, found: dict[str, Callable[[bytes], object]]) -> dict[str, float | None]:
    """Give for each peer its best processor time in seconds, taking turns; None where it fails."""
    times: dict[str, float | None] = {title: float("inf") for title in found}
    for turn in range(rounds):
        for title, run in found.items():
            if times[title] is None or (turn and title in ("dis", "fickling")):
                continue
            gc.collect()
            began = time.process_time()
            try:
                run(data)
            except Exception:  # a peer that cannot read the input has no figure
                times[title] = None
                continue
            times[title] = min(times[title] or 0.0, time.process_time() - began)
    return times


def speed_table(rounds: int) -> str:
    """Return the times of all, as multiples of C's."""
    found = peers()
    lines = [
        f"### Python {sys.version.split()[0]}, multiples of `pickle.loads` in C",
        "",
        f"| input | C, ms | {' | '.join(title for title in found if title != 'C loads')} |",
        f"|---|---:|{'---:|' * (len(found) - 1)}",
    ]
    for name, data in inputs().items():
        times = best(rounds, data, found)
        base = times.pop("C loads") or 1e-9
        cells = " | ".join("–" if spent is None else f"{spent / base:.1f}" for spent in times.values())
        lines.append(f"| {name}, {len(data) / 1e6:.1f} MB | {base * 1000:.1f} | {cells} |")
    return "\n".join(lines) + "\n"


def bomb_table() -> str:
    """Return what becomes of each bomb, and what it takes."""
    lines = [
        "### Bombs",
        "",
        "| stream | `loads`, s | MB | `histshell pik`, s | MB | `:load`, s | MB |",
        "|---|" + "---:|" * 6,
    ]
    cells: dict[str, list[str]] = {}
    for name, route, bomb in bombs.run():
        if route != "load":
            cells.setdefault(name, []).append(f"{bomb.seconds:.2f} | {bomb.megabytes}")
    lines += [f"| {name} | {' | '.join(measured)} |" for name, measured in cells.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.pik")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured; the best counts")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    text = f"Measured on {describe()}.\n\n{speed_table(options.rounds)}\n{bomb_table()}"
    publish("pik", text, options.write)


if __name__ == "__main__":
    main()
