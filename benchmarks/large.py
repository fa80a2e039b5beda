"""Large pickles: `loads` and the tree of `histshell pik` beside C's loader, each in a process of its own, taking turns."""

from __future__ import annotations

import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.spread import noise

MEGABYTES = 40
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
#: Items of a list, by their number, and about how many bytes one is.
SHAPES: dict[str, tuple[Callable[[int], Any], int]] = {
    "ints": (lambda n: n * 2_654_435_761 % (1 << 31), 5),
    "floats": (lambda n: n * 1.1, 9),
    "texts": (lambda n: f"text number {n}", 21),
    "records": (lambda n: {"id": n, "name": f"user{n}", "score": n * 1.5, "tags": [f"a{n % 7}", "b"]}, 50),
    "records with tuples": (lambda n: {"id": n, "name": f"user{n}", "at": (n, n + 1)}, 43),
}


def measure(path: str, way: str) -> tuple[float, int]:
    """Return the seconds of processor and the megabytes that one way takes."""
    imports, run, reads = WAYS[way]
    program = imports + _MEASURE.format(run=run, reads=reads)
    found = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(found[0]), int(found[1])


def table(rounds: int) -> str:
    """Return the ratios to C of each shape, medians of turns, and the memory."""
    lines = [
        f"### Large pickles of plain data, {MEGABYTES} MB, as multiples of `pickle.loads` in C",
        "",
        "| list of | C, s | MB | `loads` | MB | tree | MB |",
        "|---|" + "---:|" * 6,
    ]
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for shape, (item, size) in SHAPES.items():
            path = str(Path(folder, "data.pkl"))
            with open(path, "wb") as file:
                pickle.dump([item(number) for number in range(MEGABYTES * 1_000_000 // size)], file, 4)
            turns = [{way: measure(path, way) for way in WAYS} for _ in range(rounds)]
            base = statistics.median(turn["C"][0] for turn in turns)
            cells = [f"{base:.2f} | {turns[0]['C'][1]}"]
            for way in ("loads", "tree"):
                ratios = [turn[way][0] / turn["C"][0] for turn in turns]
                times[f"{shape}, {way}"] = ratios
                cells.append(f"{statistics.median(ratios):.1f} | {turns[0][way][1]}")
            lines.append(f"| {shape} | {' | '.join(cells)} |")
    return "\n".join(lines) + f"\n\n{noise(times)}\n"
