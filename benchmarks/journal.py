"""Measure what the journal costs at each input.

    python -m benchmarks.journal [--rounds 15] [--entries 1000000] [--python PATH]... [--write]

For each Python three sessions run side by side, each in a pseudo-terminal: one without a journal, one with, and one with and a long
history. *One after the other* is the time of the processor from the moment that the input has been read until both its records are
written, by the hundred, in the process itself, less what the clock takes. *Typed* is the whole process's time for an input that is
typed at the prompt, with the journal less without: the processor has done something else between two of them.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import describe, environment, pythons, version
from benchmarks.page import publish
from benchmarks.terminal import Probed

STUB = Path(__file__).resolve().parent.parent / "startup" / "pythonstartup.py"
PROBE = Path(__file__).resolve().parent / "journal_probe.py"

_OFF, _ON = "off", "on"


class Session(Probed):
    """A numbered prompt, with a journal or without."""

    prompt = re.compile(rb"h\[\d+\] >>> ")

    def __init__(self, name: str, python: str, home: str) -> None:
        self.name = name
        env = {**environment(home), "PYTHONSTARTUP": str(STUB), "HISTSHELL_COMPLETION": "off"}
        if name == _OFF:
            env["HISTSHELL_JOURNAL"] = "off"
        super().__init__([python, "-q"], env, home)
        self.wait()


def typed(session: Session, inputs: int) -> float:
    """Return the microseconds of the processor that an input takes at the prompt, all that the process does for it."""
    (before,) = session.report("[time.process_time()]")
    for number in range(inputs):
        session.enter(f"n = {number}")
    (after,) = session.report("[time.process_time()]")
    return (after - before) / (inputs + 1)


def measure(python: str, rounds: int, entries: int) -> str:
    """Measure one Python; return its row."""
    long = f"{entries:,}"
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home:
        sessions = {name: Session(name, python, home) for name in (_OFF, _ON, long)}
        try:
            for session in sessions.values():
                session.probe(PROBE)
            sessions[long].enter(f"fill({entries})")
            alone: dict[tuple[str, bool], list[float]] = {
                (name, kind): [] for name in (_ON, long) for kind in (False, True)
            }
            clock: list[float] = []
            whole: dict[str, list[float]] = {_OFF: [], _ON: []}
            for _ in range(rounds):
                for name, kind in random.sample(list(alone), len(alone)):
                    alone[name, kind] += sessions[name].report(f"costs(100, {kind})")
                clock += sessions[_ON].report("nothing(100)")
                for name in random.sample(list(whole), 2):
                    whole[name].append(typed(sessions[name], 20))
        finally:
            for session in sessions.values():
                session.close()
    idle = statistics.median(clock)
    none, one, far = (statistics.median(alone[key]) - idle for key in ((_ON, False), (_ON, True), (long, True)))
    off, on = (statistics.median(whole[name]) for name in (_OFF, _ON))
    return f"| {version(python)} | {none:.1f} | {one:.1f} | {far:.1f} | {off:.0f} | {on - off:+.0f} |"


def main() -> None:
    """Measure every Python, and publish the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.journal")
    parser.add_argument("--rounds", type=int, default=15, help="how often each is measured")
    parser.add_argument("--entries", type=int, default=1_000_000, help="length of the long history")
    parser.add_argument("--python", action="append", help="measure this interpreter only (may be repeated)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md as well")
    options = parser.parse_args()
    rows = [measure(os.path.abspath(python), options.rounds, options.entries) for python in options.python or pythons()]
    text = [
        f"Measured on {describe()}.",
        "",
        f"| Python | one after the other: no result, µs | a result, µs | a result after {options.entries:,}, µs "
        "| typed, without a journal, µs | with, over that |",
        "|---|---:|---:|---:|---:|---:|",
        *rows,
        "",
    ]
    publish("journal", "\n".join(text), options.write)


if __name__ == "__main__":
    main()
