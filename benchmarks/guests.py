"""Measure the first prompt of `histshell` in another environment, beside that in its own Python.

    python -m benchmarks.guests [--rounds 40] [--write]

The environment is one of the Python that runs this, with nothing installed, so that the two differ only in how they come about.
The processor's time is measured, since a machine that does something else meanwhile says little by the clock; other work only adds
to it, so the least is the one to compare.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import describe, environment
from benchmarks.page import publish
from benchmarks.shells import _NUMBERED as NUMBERED
from benchmarks.startup import ROOT
from benchmarks.terminal import Terminal
from tests.where import places

COMMAND = (sys.executable, "-m", "histshell.command", "-q")

Row = tuple[tuple[str, ...], dict[str, str]]


def rows(folder: Path) -> dict[str, Row]:
    """Return what is started: command and variables, by name."""
    place = places.environment(folder / "env")
    root = places.pyenv(folder / "pyenv", "3.99")
    (root / "version").write_text("3.99\n")
    return {
        "histshell's own Python": ((*COMMAND, "--home"), {}),
        "active environment": (COMMAND, {"VIRTUAL_ENV": str(place)}),
        "shim of pyenv's": (COMMAND, {"PATH": f"{root}/shims"}),
        "`-p PATH`": ((*COMMAND, "-p", str(place)), {}),
    }


def measure(rounds: int) -> dict[str, list[float]]:
    """Return milliseconds of the processor's up to the first prompt, for each row; the first round warms up."""
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as folder:
        started = rows(Path(folder))
        times: dict[str, list[float]] = {name: [] for name in started}
        for number in range(rounds + 1):
            for name in random.sample(list(started), len(started)):
                words, variables = started[name]
                env = {**environment(folder), "PYTHONPATH": str(ROOT), "HISTSHELL_COMPLETION": "basic", **variables}
                with Terminal(words, env, folder) as terminal:
                    terminal.read_until(NUMBERED)
                    if number:
                        times[name].append(1000 * terminal.cpu())
    return times


def table(times: dict[str, list[float]]) -> str:
    """Return the Markdown table: the least and the median of each row, and what its least is more than that of the first row."""
    lines = ["| | least, ms | median, ms | more, ms | runs |", "|---|---:|---:|---:|---:|"]
    own = min(next(iter(times.values())))
    for name, row in times.items():
        lines.append(f"| {name} | {min(row):.1f} | {statistics.median(row):.1f} | {min(row) - own:+.1f} | {len(row)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and publish the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.guests")
    parser.add_argument("--rounds", type=int, default=40, help="how often each is started")
    parser.add_argument("--python", action="append", help="of no effect: the Python is the one that runs this")
    parser.add_argument("--no-peers", action="store_true", help="of no effect: there are none")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md as well")
    options = parser.parse_args()
    text = f"Measured on {describe()}, Python {sys.version.split()[0]}.\n\n{table(measure(options.rounds))}"
    publish("guests", text, options.write)


if __name__ == "__main__":
    main()
