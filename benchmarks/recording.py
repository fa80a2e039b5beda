"""Measure what a result costs, what a key press costs, and what an entry weighs, at real prompts.

    python -m benchmarks.recording [--inputs 200] [--entries 1000000] [--python PATH]... [--write]

For each Python three sessions run side by side, each in a pseudo-terminal: the bare prompt, the numbered prompt with
a short history, and the numbered prompt with a long one. The same inputs go to each in turn. The clock starts when an
input has its value and stops when the display hook has written the last of it, to nowhere: in between lie finding the
source, recording and `repr`. Inputs come in two ways: typed one by one, when the processor has long done something else
and its caches are cold, and by the hundred, one after the other.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import describe, environment, pythons, version
from benchmarks.page import publish
from benchmarks.terminal import Probed

STUB = Path(__file__).resolve().parent.parent / "startup" / "pythonstartup.py"
PROBE = Path(__file__).resolve().parent / "probe.py"

_BARE, _SHORT = "bare", "short"


class Session(Probed):
    """A prompt, bare or numbered."""

    def __init__(self, name: str, python: str, home: str) -> None:
        self.name = name
        env = environment(home)
        if name != _BARE:
            env["PYTHONSTARTUP"] = str(STUB)
        super().__init__([python, "-q"], env, home)
        self.wait()
        self.probe(PROBE)


def shuffled(sessions: dict[str, Session]) -> list[Session]:
    """Return the sessions in a new order."""
    return random.sample(list(sessions.values()), len(sessions))


def measure(python: str, inputs: int, entries: int) -> tuple[list[str], list[str]]:
    """Measure one Python; return the rows of the two tables."""
    long = f"{entries:,}"
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home:
        sessions = {name: Session(name, python, home) for name in (_BARE, _SHORT, long)}
        try:
            sessions[long].enter(f"fill({entries})")
            for _ in range(inputs):
                for session in shuffled(sessions):
                    session.enter("timed(value)")
            typed = {name: statistics.median(session.report("times")) for name, session in sessions.items()}
            rows: dict[str, list[float]] = {name: [] for name in sessions}
            for _ in range(15):
                sessions[_SHORT].enter("h.clear(); fill(10)")
                for session in shuffled(sessions):
                    rows[session.name] += session.report("[inputs(400)]")
            run = {name: statistics.median(times) for name, times in rows.items()}
            keys = sessions[_SHORT].report("keys()")
        finally:
            for session in sessions.values():
                session.close()
        with Session(_SHORT, python, home) as another:
            for line in ("[1]", "h.clear()"):  # so that what a first input loads is there
                another.enter(line)
            (weight,) = another.report(f"[weigh({entries})]")
    results = [
        f"| {version(python)} | {label} | {run[_BARE]:.2f} | {run[name]:.2f} | {run[name] - run[_BARE]:+.2f} "
        f"| {typed[_BARE]:.1f} | {typed[name]:.1f} | {typed[name] - typed[_BARE]:+.1f} |"
        for name, label in ((_SHORT, "10"), (long, long))
    ]
    formatted, plain, contained, plainly = keys
    others = [
        f"| {version(python)} | {formatted - plain:+.2f} | {formatted / plain:.1f} | {contained - plainly:+.2f} "
        f"| {contained / plainly:.1f} | {weight:.0f} |"
    ]
    return results, others


def main() -> None:
    """Measure every Python, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.recording")
    parser.add_argument("--inputs", type=int, default=200, help="inputs typed at each prompt")
    parser.add_argument("--entries", type=int, default=1_000_000, help="length of the long history")
    parser.add_argument("--python", action="append", help="measure this interpreter only (may be repeated)")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    results: list[str] = []
    others: list[str] = []
    for python in options.python or pythons():
        first, second = measure(os.path.abspath(python), options.inputs, options.entries)
        results += first
        others += second
    text = [
        f"Measured on {describe()}.",
        "",
        "| Python | entries | one after the other: bare, µs | histshell, µs | over bare "
        "| typed: bare, µs | histshell, µs | over bare |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *results,
        "",
        "| Python | a key press with colour, over a plain prompt, µs | ratio "
        "| without colour, µs | ratio | bytes an entry |",
        "|---|---:|---:|---:|---:|---:|",
        *others,
        "",
    ]
    publish("recording", "\n".join(text), options.write)


if __name__ == "__main__":
    main()
