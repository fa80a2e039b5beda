"""Measure what is looked at in the rich prompt: a key in the history browser until it is seen, and a traceback beside Python's own.

    python -m benchmarks.looking [--rounds 3] [--python PATH] [--write]

Keys: a browser over results of which some are large and one is slow to write, a key every 40 ms while a thread makes the text of
the pane and another searches. The clock runs from the write to the terminal until an emulator shows what the key does. Tracebacks:
the text of one exception, made by ours and by `traceback` in turns in one process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.keys import EVERY, Watched
from benchmarks.machine import describe, version
from benchmarks.page import publish
from benchmarks.shells import own_prompt
from benchmarks.startup import Contender

PREPARATION = (
    "for n in range(50): [n] * 1000",
    "list(range(1000000)); None",
    "{n: {'name': str(n), 'rest': list(range(20))} for n in range(20000)}",
    "type('Slow', (), {'__repr__': lambda s: str(sum(i for i in range(10**8)))})(); None",
)
WORDS = "needle12345"

TRACEBACKS = """
import io, json, statistics, sys, time, traceback
from histshell.ui.raised import Raised
sys.stderr = type("Terminal", (io.StringIO,), {"isatty": lambda self: True})()
def read(text): return json.loads(text)
def deep(n): return read("x") if not n else other(n - 1)
def other(n): return deep(n)
def plain(error): return "".join(traceback.format_exception(type(error), error, error.__traceback__))
shown = Raised("folded")
def ours(error): return shown.text(error, error.__traceback__)
for name, depth in (("4 frames, 3 of a library", 0), ("40 frames, two functions in turns", 36), ("RecursionError", 10**6)):
    try: deep(depth)
    except Exception as error: raised = error
    times = {ours: [], plain: []}
    for _ in range(ROUNDS * 10):
        for made in times:
            begin = time.perf_counter(); made(raised); times[made].append((time.perf_counter() - begin) * 1000)
    a, b = map(statistics.median, times.values())
    ratio = statistics.median(x / y for x, y in zip(*times.values()))
    print(f"| {name} | {b:.2f} | {a:.2f} | {ratio:.2f} |")
"""


def browser(contender: Contender) -> dict[str, list[float]]:
    """Return the milliseconds of the keys of one session, by what they do."""
    names = "a letter at the prompt", "a letter of the search", "the next result", "a page of a value"
    times: dict[str, list[float]] = {name: [] for name in names}
    with (
        tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home,
        Watched(contender, home) as prompt,
    ):
        prompt.settle(2)
        for line in PREPARATION:
            prompt.write("\x1b[200~" + line + "\x1b[201~\r")
            prompt.settle()
            prompt.write("\r")
            prompt.settle(1)
        for letter in WORDS:
            times["a letter at the prompt"].append(_until_seen(prompt, letter, prompt.typed))
        prompt.write("\x03")
        prompt.settle()
        prompt.write("\x1b[15~")
        prompt.settle(1)
        for letter in WORDS:
            times["a letter of the search"].append(_until_seen(prompt, letter, lambda: _search(prompt)))
        prompt.write("\x15")
        prompt.settle(1)
        for _ in range(10):
            times["the next result"].append(_until_seen(prompt, "\x1b[B", lambda: _chosen(prompt)))
        prompt.write("\x1b[5~" * 9)
        prompt.settle(1)
        prompt.write("\x1b[B\x1b[17~")  # the dict of dicts
        prompt.settle(1)
        for _ in range(10):
            times["a page of a value"].append(_until_seen(prompt, "\x1b[6~", lambda: prompt.screen.display[-1]))
    return times


def _search(prompt: Watched) -> str:
    return str(prompt.screen.display[0])[:40]


def _chosen(prompt: Watched) -> str:
    """Return the first line of the pane, which names the result."""
    return str(prompt.screen.display[2]).rpartition("│")[2]


def _until_seen(prompt: Watched, key: str, look: object) -> float:
    """Press a key, and return the milliseconds until something looks different; at most a second."""
    assert callable(look)
    begin = time.perf_counter()
    before = look()
    prompt.write(key)
    while look() == before and time.perf_counter() < begin + 1:
        prompt.read(0.1)
    took = (time.perf_counter() - begin) * 1000
    while time.perf_counter() < begin + EVERY:
        prompt.read(begin + EVERY - time.perf_counter())
    return took


def table(python: str, rounds: int) -> str:
    """Return the Markdown tables of one Python."""
    lines = [f"### Python {version(python)}", ""]
    ours = own_prompt(python)
    if ours is not None:
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, some in browser(ours).items():
                times.setdefault(name, []).extend(some)
        lines += ["| in the history browser | median, ms | p95, ms | keys |", "|---|---:|---:|---:|"]
        for name, keys in times.items():
            p95 = sorted(keys)[int(len(keys) * 0.95)]
            lines.append(f"| {name} | {statistics.median(keys):.1f} | {p95:.1f} | {len(keys)} |")
    program = TRACEBACKS.replace("ROUNDS", str(rounds))
    done = subprocess.run(
        [ours.argv[0] if ours is not None else python, "-c", program],
        check=True, capture_output=True, text=True, env={**os.environ, **dict(ours.variables if ours is not None else ())},
    )  # fmt: skip
    lines += ["", "| a traceback | Python's, ms | ours, ms | ratio |", "|---|---:|---:|---:|", done.stdout.rstrip()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.looking")
    parser.add_argument("--rounds", type=int, default=3, help="sessions of the browser; ten tracebacks each")
    parser.add_argument("--python", default=sys.executable, help="the interpreter to measure")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    publish(
        "looking",
        f"Measured on {describe()}.\n\n" + table(os.path.abspath(options.python), options.rounds),
        options.write,
    )


if __name__ == "__main__":
    main()
