"""Large pickles: `loads` and the tree of `histshell pik` beside C's loader, each in a process of its own, taking turns.

    python -m benchmarks.large [--rounds 3] [--megabytes 100] [--write]

With `--megabytes 1000` only the shapes are measured whose values find room beside each other in 16 GB, and they have a table of
their own.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.page import publish
from benchmarks.spread import noise

_MEASURE = """
import sys, time
began = time.process_time()
with open(sys.argv[1], "rb") as file: data = file.read() if {reads} else b""
{run}
took = time.process_time() - began
with open("/proc/self/status") as file: peak = [line.split()[1] for line in file if line.startswith("VmHWM")]
print(took, int(peak[0]) // 1024)
"""
#: What is run, after imports that are not counted; and whether it is given the bytes.
WAYS = {
    "C": ("import pickle", "value = pickle.loads(data)", True),
    "loads": ("from histshell.pik import loads", "value = loads(data)", True),
    "tree": ("from histshell.pik.tree.shown import look", "value = look(sys.argv[1])", False),
}


def _items(item: Callable[[int], Any], size: int) -> Callable[[int], Any]:
    """Return what makes a list of so many bytes of items, each made from its number and about *size* bytes long."""
    return lambda total: [item(number) for number in range(total // size)]


def _columns(total: int) -> dict[str, list[Any]]:
    """Make a dict of lists: floats, texts and ints."""
    rows = total // 26
    return {
        "floats": [number * 1.1 for number in range(rows)],
        "texts": [f"{number}" for number in range(rows)],
        "ints": list(range(rows)),
    }


def _blobs(total: int) -> dict[str, bytes]:
    """Make a dict of bytes, ten megabytes each."""
    return {f"part {number}": random.randbytes(10_000_000) for number in range(total // 10_000_000)}


#: What makes the value, from the bytes that its pickle is to have.
SHAPES: dict[str, Callable[[int], Any]] = {
    "list of ints": _items(lambda n: n * 2_654_435_761 % (1 << 31), 5),
    "list of floats": _items(lambda n: n * 1.1, 9),
    "list of texts": _items(lambda n: f"text number {n}", 21),
    "records": _items(lambda n: {"id": n, "name": f"user{n}", "score": n * 1.5, "tags": [f"a{n % 7}", "b"]}, 50),
    "records with tuples": _items(lambda n: {"id": n, "name": f"user{n}", "at": (n, n + 1)}, 40),
    "records with texts": _items(lambda n: {"id": n, "score": n * 1.5, "text": f"{n:0200d}", "at": (n, n / 2)}, 255),
    "records with texts of 300": _items(
        lambda n: {"id": n, "score": n * 1.5, "text": f"{n:0300d}", "tag": f"t{n % 7}"}, 340
    ),
    "records with texts of 5,000": _items(lambda n: {"id": n, "score": n * 1.5, "text": f"{n:05000d}"}, 5040),
    "records with texts of any length": _items(
        lambda n: {"id": n, "title": f"title {n}", "text": f"{n:0{n * 7919 % 1500}d}", "at": (n, n / 2)}, 800
    ),
    "records with texts in German": _items(lambda n: {"id": n, "text": f"{n} größer " * 40, "tag": f"t{n % 7}"}, 620),
    "list of texts of 300": _items(lambda n: f"{n:0300d}", 304),
    "dict of short bytes": lambda total: {f"key{n}": f"{n:0300d}".encode() for n in range(total // 315)},
    "nested lists": _items(lambda n: [n, [f"a{n}", n * 0.5], [[n, n + 1], [n]]], 56),
    "dict of lists": _columns,
    "dict of ints to texts": lambda total: {n: f"{n}" for n in range(total // 14)},
    "dict of bytes": _blobs,
}
#: Those whose values take few times their pickle's bytes.
LARGEST = ("records with texts", "dict of lists", "dict of bytes")


def measure(path: str, way: str) -> tuple[float, int]:
    """Return the seconds of processor and the megabytes that one way takes."""
    imports, run, reads = WAYS[way]
    program = imports + _MEASURE.format(run=run, reads=reads)
    found = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(found[0]), int(found[1])


def _write(shape: str, total: int, path: str) -> None:
    """Have a process write the pickle of a shape, so that its memory is free again."""
    program = (
        "import gc, pickle, sys; from benchmarks.large import SHAPES; gc.disable()\n"
        "with open(sys.argv[3], 'wb') as file: pickle.dump(SHAPES[sys.argv[1]](int(sys.argv[2])), file, 4)"
    )
    subprocess.run([sys.executable, "-c", program, shape, str(total), path], check=True)


def table(rounds: int, megabytes: int) -> str:
    """Return the ratios to C of each shape, medians of turns, and the memory."""
    lines = [
        f"### Plain data of {megabytes} MB, as multiples of `pickle.loads` in C",
        "",
        "| shape | C, s | C, MB | `loads` | MB | tree | MB |",
        "|---|" + "---:|" * 6,
    ]
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES if megabytes < 1000 else LARGEST:
            path = str(Path(folder, "data.pkl"))
            _write(shape, megabytes * 1_000_000, path)
            turns = [{way: measure(path, way) for way in WAYS} for _ in range(rounds)]
            base = statistics.median(turn["C"][0] for turn in turns)
            cells = [f"{base:.2f} | {turns[0]['C'][1]:,}"]
            for way in ("loads", "tree"):
                ratios = [turn[way][0] / turn["C"][0] for turn in turns]
                times[f"{shape}, {way}"] = ratios
                cells.append(f"{statistics.median(ratios):.1f} | {turns[0][way][1]:,}")
            lines.append(f"| {shape} | {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines) + (f"\n\n{noise(times)}\n" if rounds > 1 else "\n")


def main() -> None:
    """Measure, print, and with `--write` put the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    section = "large" if arguments.megabytes < 1000 else "largest"
    publish(section, table(arguments.rounds, arguments.megabytes), arguments.write)


if __name__ == "__main__":
    main()
