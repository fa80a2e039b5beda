"""Measure the first prompt of each shell, with histshell and without.

    python -m benchmarks.shells [--rounds 60] [--python PATH]... [--no-peers] [--write]

As in `benchmarks.startup`, all contenders of a table run in one go, interleaved and in a new order each round. A shell with
histshell is the same one with our start-up file; histshell's own prompt, which is built on ptpython, stands beside ptpython.
A table that is too noisy is printed and not written; where all are, the page has no section about other shells.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import tomli

from benchmarks.machine import describe, environment, pythons, version
from benchmarks.page import publish_tables
from benchmarks.spread import noise, spread
from benchmarks.startup import PEERS, ROOT, STUB, Contender, install, measure

WITH = " with histshell"

#: The section of the page up to its tables.
HEAD = """\
## Other shells, with and without

The first prompt of each shell as it is, and of the same shell with histshell's start-up file. What histshell adds differs with what
the shell has loaded already. xonsh reads the file that `histshell install --shell xonsh` makes. The last row of a table is
[the rich prompt](rich.md), beside the ptpython that it is built on. The spread is that between the quartiles.
"""


@dataclass(frozen=True)
class Shell:
    """A shell: the packages it needs beside Python, how it is started, and its first prompt, bare and with histshell.

    With `set_up` it reads a file that `histshell install` makes, and not the start-up file.
    """

    name: str
    package: str
    arguments: tuple[str, ...]
    bare: re.Pattern[bytes]
    ours: re.Pattern[bytes]
    set_up: bool = False


_NUMBERED = re.compile(rb"h\[1\] ?>>>")  # some move the cursor in place of a blank
_IPYTHON = re.compile(rb"In \[1\]: ")

SHELLS = (
    Shell("python", "", ("-q",), re.compile(rb">>> "), re.compile(rb"h\[1\] >>> ")),
    Shell("ipython", "ipython", ("-m", "IPython", "--no-banner"), _IPYTHON, _IPYTHON),
    Shell("ptpython", "ptpython", ("-m", "ptpython"), re.compile(rb">>>"), _NUMBERED),
    Shell("bpython", "bpython", ("-m", "bpython"), re.compile(rb">>> "), _NUMBERED),
    Shell("xonsh", "xonsh[full]", ("-m", "xonsh"), re.compile(rb"~ @"), re.compile(rb"h\[1\] ?@"), set_up=True),
)


def own_prompt(python: str) -> Contender | None:
    """Return histshell's own prompt, where this checkout has it and what it depends on can be installed."""
    if importlib.util.find_spec("histshell.command") is None:
        return None
    with open(ROOT / "pyproject.toml", "rb") as file:
        dependencies = tomli.load(file)["project"]["dependencies"]
    interpreter = install(python, " ".join(sorted({*dependencies, "ptpython"})))
    if interpreter is None:
        return None
    words = (interpreter, "-m", "histshell.command", "--home", "-q")
    return Contender("`histshell`", words, _NUMBERED, quick=True, variables=(("PYTHONPATH", str(ROOT)),))


def set_up(shell: str) -> str:
    """Run `histshell install` for a shell, in a home directory for that; return its folder of configuration."""
    home = PEERS / f"home-{shell}"
    home.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-m", "histshell.command", "install", "--shell", shell]
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT, env=environment(str(home)))
    return str(home / ".config")


def contenders(python: str, peers: bool) -> Iterator[Contender]:
    """Yield what is to be started with `python`, installing the shells where they are wanted."""
    for shell in SHELLS:
        if shell.package and not peers:
            continue
        interpreter = install(python, shell.package) if shell.package else python
        if interpreter is None:
            continue
        words = (interpreter, *shell.arguments)
        yield Contender(shell.name, words, shell.bare, quick=True)
        variables = (("XDG_CONFIG_HOME", set_up(shell.name)),) if shell.set_up else ()
        startup = None if shell.set_up else str(STUB)
        yield Contender(shell.name + WITH, words, shell.ours, startup, quick=True, variables=variables)
    if peers and (own := own_prompt(python)):
        yield own


def table(python: str, times: dict[str, list[float]]) -> str:
    """Return the Markdown table of one Python: medians of both, what histshell adds, the ratio, and the larger spread."""
    lines = [
        f"### Python {version(python)}",
        "",
        "| | bare, ms | with histshell, ms | more, ms | ratio | spread | runs |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    pairs = [(shell.name, shell.name, shell.name + WITH) for shell in SHELLS]
    for name, one, other in [*pairs, ("`histshell`, beside ptpython", "ptpython", "`histshell`")]:
        if one in times and other in times:
            bare, ours = (statistics.median(times[contender]) for contender in (one, other))
            figures = f"{bare:.1f} | {ours:.1f} | {ours - bare:+.1f} | {ours / bare:.2f}"
            figures += f" | {100 * max(spread(times[one]), spread(times[other])):.0f} % | {len(times[one])}"
            lines.append(f"| {name} | {figures} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure every Python, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.shells")
    parser.add_argument("--rounds", type=int, default=60, help="how often each shell is started, in both ways")
    parser.add_argument("--python", action="append", help="measure this interpreter only (may be repeated)")
    parser.add_argument("--no-peers", action="store_true", help="python alone")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    tables = []
    for python in options.python or pythons():
        times = measure(list(contenders(os.path.abspath(python), not options.no_peers)), options.rounds)
        tables.append((table(python, times), noise(times)))
    publish_tables("shells", f"{HEAD}\nMeasured on {describe()}.\n", tables, options.write)


if __name__ == "__main__":
    main()
