"""Measure what showing a value costs, beside `repr`, `rich.pretty` and IPython's.

    python -m benchmarks.display [--rounds 9] [--no-peers] [--write]

Times of the processor, medians, in milliseconds: to make the text, without writing it. `repr` makes all of it on one line; the
others break it over lines 120 columns wide, ours for a screen of 50 rows. Who takes half a second is measured once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.machine import describe, environment
from benchmarks.page import publish
from benchmarks.startup import install

ROOT = Path(__file__).resolve().parent.parent
PEERS = "ipython rich pandas"
_OTHERS = ("repr", "rich", "IPython")


def measure(rounds: int, peers: bool) -> dict[str, dict[str, list[float]]]:
    """Return the times, by value and by who shows it."""
    python = (install(sys.executable, PEERS) if peers else None) or sys.executable
    env = {**environment(str(ROOT)), "COLUMNS": "120", "LINES": "50"}
    argv = [python, str(Path(__file__).with_name("display_probe.py")), str(ROOT), str(rounds), "peers" if peers else ""]
    done = subprocess.run(argv, capture_output=True, text=True, env=env, check=True)
    times: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return times


def table(times: dict[str, dict[str, list[float]]]) -> list[str]:
    """Return the lines of the table."""
    lines = [
        "| | histshell, ms | `repr`, ms | `rich.pretty`, ms | IPython, ms | most by histshell, ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, by in times.items():
        middle = {who: statistics.median(each) for who, each in by.items()}
        others = " | ".join(f"{middle[who]:.2f}" if who in middle else "" for who in _OTHERS)
        lines.append(f"| {name} | {middle['histshell']:.2f} | {others} | {max(by['histshell']):.2f} |")
    return lines


def main() -> None:
    """Measure, and publish the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.display")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--no-peers", dest="peers", action="store_false", help="without the packages that are installed for it"
    )
    parser.add_argument("--python", help="ignored: it runs under this one")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md as well")
    options = parser.parse_args()
    lines = table(measure(options.rounds, options.peers))
    text = "\n".join([f"Measured on {describe()}, Python {sys.version.split()[0]}.", "", *lines, ""])
    publish("display", text, options.write)


if __name__ == "__main__":
    main()
