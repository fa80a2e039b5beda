"""Measure the time to the first prompt: bare python, histshell, and the shells people use instead.

    python -m benchmarks.startup [--rounds 40] [--python PATH]... [--no-peers] [--write]

Each Python found on the machine gets a table. All contenders of a table run in one go, interleaved and in a new
order each round, each in a pseudo-terminal of its own with an empty home directory: the clock runs from before the
fork until the prompt's text has been read. The first round warms the caches and is thrown away.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe, environment, pythons, version
from benchmarks.page import publish_tables
from benchmarks.spread import noise
from benchmarks.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "startup" / "pythonstartup.py"
PEERS = Path(sys.prefix) / "peers"

_BARE = re.compile(rb">>> ")
_OURS = re.compile(rb"h\[1\] >>> ")


@dataclass(frozen=True)
class Contender:
    """One thing to start: its name in the table, its command, its prompt, and its PYTHONSTARTUP if it has one.

    `variables` are more of its environment, names and values.
    """

    name: str
    argv: tuple[str, ...]
    prompt: re.Pattern[bytes]
    startup: str | None = None
    quick: bool = False  # runs in every round; the others, ten times slower, in every fourth
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Peer:
    """A shell from PyPI: the package, the module to run with its arguments, and its prompt."""

    package: str
    arguments: tuple[str, ...]
    prompt: re.Pattern[bytes]


_PEERS = (
    Peer("ptpython", ("-m", "ptpython"), re.compile(rb">>>")),  # it moves the cursor in place of a blank
    Peer("ipython", ("-m", "IPython", "--no-banner"), re.compile(rb"In \[1\]: ")),
    Peer("bpython", ("-m", "bpython"), _BARE),
    Peer("xonsh[full]", ("-m", "xonsh", "--no-rc"), re.compile(rb"~ @")),
)


def install(python: str, package: str) -> str | None:
    """Return the interpreter of an environment that has `package`, or several of them; None if it cannot be made."""
    place = PEERS / version(python) / package.replace(" ", "+")
    interpreter = place / "bin" / "python"
    if (place / "ready").exists():
        return str(interpreter)
    # Without pip: Debian's Pythons come without ensurepip, and our own pip serves them all.
    steps = (
        [python, "-m", "venv", "--clear", "--without-pip", str(place)],
        [sys.executable, "-m", "pip", "-qq", "--python", str(interpreter), "install", *package.split()],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            print(f"{package} cannot be installed for {python}: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return None
    (place / "ready").touch()
    return str(interpreter)


def contenders(python: str, peers: bool) -> list[Contender]:
    """Return what is to be started with `python`, installing the peers where they are wanted."""
    rows = [
        Contender("bare `python`", (python, "-q"), _BARE, quick=True),
        Contender("histshell", (python, "-q"), _OURS, str(STUB), quick=True),
    ]
    if not peers:
        return rows
    interpreter = install(python, "jedi")
    if interpreter:
        startup = subprocess.check_output([interpreter, "-m", "jedi", "repl"], text=True).strip()
        rows.append(Contender("jedi's start-up file", (interpreter, "-q"), _BARE, startup))
    for peer in _PEERS:
        interpreter = install(python, peer.package)
        if interpreter:
            rows.append(Contender(peer.package.partition("[")[0], (interpreter, *peer.arguments), peer.prompt))
    return rows


def first_prompt(contender: Contender, home: str) -> float:
    """Start `contender` and return the milliseconds until its prompt is there."""
    env = environment(home)
    if contender.startup:
        env["PYTHONSTARTUP"] = contender.startup
    env.update(contender.variables)
    with Terminal(contender.argv, env, home) as terminal:
        _, seen = terminal.read_until(contender.prompt)
        return (seen - terminal.started) * 1000


def measure(rows: Sequence[Contender], rounds: int) -> dict[str, list[float]]:
    """Return the times of each contender in ms, by name; one that does not start is named on stderr and left out."""
    times: dict[str, list[float]] = {row.name: [] for row in rows}
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home:
        for number in range(rounds + 1):
            for row in random.sample(rows, len(rows)):
                if row.name not in times or (number % 4 and not row.quick):
                    continue
                try:
                    taken = first_prompt(row, home)
                except TimeoutError as error:
                    print(f"{row.name} does not start: {error}", file=sys.stderr)
                    del times[row.name]
                    continue
                if number:
                    times[row.name].append(taken)
    return times


def table(python: str, times: dict[str, list[float]]) -> str:
    """Return the Markdown table of one Python: median, what it adds to the bare prompt, and the ratio."""
    bare = statistics.median(times["bare `python`"])
    lines = [
        f"### Python {version(python)}",
        "",
        "| | first prompt, ms | over bare, ms | ratio | runs |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, row in times.items():
        median = statistics.median(row)
        lines.append(f"| {name} | {median:.1f} | {median - bare:+.2f} | {median / bare:.2f} | {len(row)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure every Python, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.startup")
    parser.add_argument("--rounds", type=int, default=40, help="rounds of a table; peers take part in every fourth")
    parser.add_argument("--python", action="append", help="measure this interpreter only (may be repeated)")
    parser.add_argument("--no-peers", action="store_true", help="bare python and histshell only")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    tables = []
    for python in options.python or pythons():
        times = measure(contenders(os.path.abspath(python), not options.no_peers), options.rounds)
        tables.append((table(python, times), noise(times)))
    publish_tables("startup", f"Measured on {describe()}.\n", tables, options.write)


if __name__ == "__main__":
    main()
