"""Measure how long a key takes to reach the screen of the rich prompt, while completions are being computed.

    python -m benchmarks.keys [--rounds 3] [--python PATH]... [--write]

The same lines are typed, a key every 40 ms and without waiting for anything, at histshell's rich prompt and at ptpython;
behind nearly every key a menu opens. The clock runs from the write to the terminal until an emulator that reads its other
side shows the key's character before the cursor. Reading it there, a millisecond or two, is part of the figure.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import select
import statistics
import tempfile
import time

import pyte

from benchmarks.machine import describe, environment, pythons, version
from benchmarks.page import publish
from benchmarks.shells import own_prompt
from benchmarks.startup import Contender, install
from benchmarks.terminal import Terminal

PREPARATION = (
    "import collections, json, os, re, sys, textwrap",
    "words = {'alpha': [1, 2, 3], 'beta': 'text', 'gamma': {'delta': 4.5}}",
)
LINES = (
    "sys.modules.get('os').path.joi",
    "os.environ.get('HOM').upp",
    "collections.OrderedDict(alpha=1).popi",
    "json.dumps(words, inden",
    "words['gamma']['delta'].is_i",
    "re.compile('a+').finditer('banana').__nex",
    "textwrap.dedent(words['beta']).splitl",
)
EVERY = 0.04
"""The seconds between two keys: 25 a second, faster than most people type."""


class Watched(Terminal):
    """A prompt whose screen is read while it is typed at."""

    def __init__(self, contender: Contender, home: str) -> None:
        super().__init__(contender.argv, {**environment(home), **dict(contender.variables)}, home)
        self.screen = pyte.Screen(100, 24)
        self.stream = pyte.ByteStream(self.screen)
        # Where is the cursor? prompt_toolkit asks, and draws by the answer.
        self.screen.write_process_input = self.write  # type: ignore[method-assign, assignment]

    def read(self, seconds: float) -> None:
        """Show what comes within so many seconds, at most one piece of it."""
        if select.select([self.fd], [], [], max(seconds, 0))[0]:
            self.stream.feed(os.read(self.fd, 65536))

    def settle(self, seconds: float = 0.5) -> None:
        """Read until nothing has come for so long."""
        quiet = time.perf_counter() + seconds
        while time.perf_counter() < quiet:
            before = time.perf_counter()
            if select.select([self.fd], [], [], seconds)[0]:
                self.read(0)
                quiet = before + seconds

    def typed(self) -> str:
        """Return what stands between the prompt and the cursor."""
        row = self.screen.buffer[self.screen.cursor.y]
        return "".join(row[column].data for column in range(self.screen.cursor.x)).rpartition(">>> ")[2]

    def type_and_wait(self, text: str) -> list[float]:
        """Type a line, a key every `EVERY` seconds; return the milliseconds that each key took that was seen."""
        written: list[float] = []
        times: list[float] = []
        begin = time.perf_counter()
        while len(times) < len(text):
            due = begin + len(written) * EVERY
            if len(written) < len(text) and time.perf_counter() >= due:
                written.append(time.perf_counter())
                self.write(text[len(written) - 1])
                continue
            self.read(due - time.perf_counter() if len(written) < len(text) else 0.5)
            now, shown = time.perf_counter(), self.typed()
            if text.startswith(shown):
                times += [(now - start) * 1000 for start in written[len(times) : len(shown)]]
            if now > begin + len(text) * EVERY + 3:
                break  # something else stands there: ptpython at times puts in what it found for the line before
        return times


def session(contender: Contender) -> list[float]:
    """Return the milliseconds of every key of one session."""
    times: list[float] = []
    with (
        tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home,
        Watched(contender, home) as prompt,
    ):
        prompt.settle(2)
        for line in PREPARATION:
            prompt.write(line + "\r")
            prompt.settle()
        for line in LINES:
            times += prompt.type_and_wait(line)
            prompt.settle()
            prompt.write("\x03")
            prompt.settle()
            if prompt.typed():
                prompt.write("\x01\x0b")
                prompt.settle()
    return times


def table(python: str, rounds: int) -> str:
    """Return the Markdown table of one Python."""
    ours = own_prompt(python)
    rows = {"histshell": ours} if ours is not None else {}
    peer = install(python, "ptpython")
    if peer:
        rows["ptpython"] = Contender("ptpython", (peer, "-m", "ptpython"), re.compile(rb">>>"))
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name in random.sample(list(rows), len(rows)):
            times[name] += session(rows[name])
    lines = [
        f"### Python {version(python)}",
        "",
        "| | median, ms | p95, ms | slowest, ms | keys |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, keys in times.items():
        ordered = sorted(keys)
        p95 = ordered[int(len(ordered) * 0.95)]
        lines.append(f"| {name} | {statistics.median(keys):.1f} | {p95:.1f} | {ordered[-1]:.1f} | {len(keys)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure every Python, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.keys")
    parser.add_argument("--rounds", type=int, default=3, help="sessions of each prompt")
    parser.add_argument("--python", action="append", help="measure this interpreter only (may be repeated)")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    text = f"Measured on {describe()}.\n"
    for python in options.python or pythons():
        text += "\n" + table(os.path.abspath(python), options.rounds)
    publish("keys", text, options.write)


if __name__ == "__main__":
    main()
