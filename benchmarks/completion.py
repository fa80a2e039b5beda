"""Measure completion: how long an answer takes and how much of what is wanted is in it, beside other completers.

    python -m benchmarks.completion [--rounds 10] [--python PATH] [--write]

Each completer has a process of its own with the same names in it; all get the same questions in turn, the order of the
completers new for each, with a line above that changes. The first round gives the times of a first answer, the others
those of a warm one. Then the rows of the tests' table are asked, for the recall; what is hard is asked of ours alone. Last,
TAB is pressed at real prompts: the first one of a session, a second after the prompt.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import completion_hard
from benchmarks.completers import COMPLETERS
from benchmarks.machine import describe, environment, pythons, version
from benchmarks.page import publish
from benchmarks.startup import install
from benchmarks.terminal import Terminal
from tests.completion import corpus

ROOT = Path(__file__).resolve().parent.parent
STUB = ROOT / "startup" / "pythonstartup.py"
WORKER = Path(__file__).resolve().parent / "completers.py"
PACKAGES = "ptpython ipython jedi numpy pandas"
US = "histshell"


class Prefix(NamedTuple):
    """A line up to the cursor, and the lines that a completer should offer."""

    line: str
    wanted: tuple[str, ...]


def prefix(line: str, *wanted: str) -> Prefix:
    """Return a row; `wanted` are written as what comes in the place of the part after the last delimiter."""
    return Prefix(line, wanted)


#: Those that the live session can answer.
LIVE = [
    prefix("os.pa", "os.path", "os.pardir", "os.pathsep"),
    prefix("os.environ.ge", "os.environ.get"),
    prefix("os.path.spl", "os.path.split", "os.path.splitext"),
    prefix("json.du", "json.dump", "json.dumps"),
    prefix("json.decoder.JSOND", "json.decoder.JSONDecoder", "json.decoder.JSONDecodeError"),
    prefix("math.is", "math.isclose", "math.isnan"),
    prefix("re.co", "re.compile"),
    prefix("sys.std", "sys.stdin", "sys.stdout", "sys.stderr"),
    prefix("collections.Or", "collections.OrderedDict"),
    prefix("datetime.datetime.no", "datetime.datetime.now"),
    prefix("itertools.c", "itertools.chain", "itertools.count", "itertools.cycle"),
    prefix("np.li", "np.linspace", "np.linalg"),
    prefix("np.linalg.n", "np.linalg.norm"),
    prefix("np.random.rand", "np.random.rand", "np.random.randint"),
    prefix("array.sh", "array.shape"),
    prefix("array.me", "array.mean"),
    prefix("pd.read_c", "pd.read_csv"),
    prefix("pd.Da", "pd.DataFrame"),
    prefix("df.gr", "df.groupby"),
    prefix("df.cit", "df.city"),
    prefix("df.temp", "df.temperature"),
    prefix('df["te', 'df["temperature"]'),
    prefix('df["rain', 'df["rain fall"]'),
    prefix("df.temperature.me", "df.temperature.mean", "df.temperature.median"),
    prefix('df["temperature"].me', 'df["temperature"].mean', 'df["temperature"].median'),
    prefix("series.val", "series.values", "series.value_counts"),
    prefix("account.ow", "account.owner"),
    prefix("account.dep", "account.deposit"),
    prefix("account.history[0]['am", "account.history[0]['amount']"),
    prefix("Account.ba", "Account.bank"),
    prefix('accounts["Bo', 'accounts["Bob Smith"]'),
    prefix('accounts["Ann"].bal', 'accounts["Ann"].balance'),
    prefix("accounts[7].ow", "accounts[7].owner"),
    prefix('nested["users"][0]["na', 'nested["users"][0]["name"]'),
    prefix('nested["users"][0]["langs"]["py', 'nested["users"][0]["langs"]["python"]'),
    prefix("words[0].up", "words[0].upper"),
    prefix("today.iso", "today.isoformat", "today.isocalendar"),
    prefix("pattern.fin", "pattern.findall", "pattern.finditer"),
    prefix("log.war", "log.warning"),
    prefix("counter.mo", "counter.most_common"),
    prefix("acc", "account", "accounts"),
    prefix("get_con", "get_config_value"),
    prefix("print(account.hi", "print(account.history"),
    prefix("x = [a.owner for a in acc", "x = [a.owner for a in account", "x = [a.owner for a in accounts"),
    prefix("isins", "isinstance"),
    prefix("import js", "import json"),
    prefix("from os.pa", "from os.path"),
    prefix("from os import pat", "from os import path"),
    prefix("get_config_value('x', def", "get_config_value('x', default="),
]
#: Those that need somebody to infer what a piece of source means.
INFERRED = [
    prefix('"a b".split().app', '"a b".split().append'),
    prefix('"  a".strip().upp', '"  a".strip().upper'),
    prefix("account.statement().low", "account.statement().lower"),
    prefix("Account('x').ow", "Account('x').owner"),
    prefix("open('x').readl", "open('x').readline", "open('x').readlines"),
    prefix("datetime.datetime.now().isof", "datetime.datetime.now().isoformat"),
    prefix("def f(path_name):\n    pat", "def f(path_name):\n    path_name", "def f(path_name):\n    pattern"),
    prefix("for word in words:\n    word.upp", "for word in words:\n    word.upper"),
    prefix("import zipfile\nzipfile.Zip", "import zipfile\nzipfile.ZipFile", "import zipfile\nzipfile.ZipInfo"),
    prefix("from zipfile import is_z", "from zipfile import is_zipfile"),
    prefix("with open('x') as file:\n    file.wri", "with open('x') as file:\n    file.write"),
    prefix("re.match('a', 'b').gro", "re.match('a', 'b').group", "re.match('a', 'b').groups"),
]


class Worker:
    """One completer, at work."""

    def __init__(self, name: str, python: str, home: str) -> None:
        env = {**environment(home), "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(
            [python, str(WORKER), name, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=env,
            cwd=home,
        )

    def ask(self, *question: Any) -> tuple[float, list[str] | None]:
        """Return milliseconds and lines; no lines at all where the row is not for this Python."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        seconds, lines = json.loads(self.process.stdout.readline())
        return seconds * 1000, lines

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


def measure(workers: dict[str, Worker], rows: Sequence[Prefix], rounds: int) -> dict[str, list[list[float]]]:
    """Return the times of each completer, a list of milliseconds for each row, the first answer first."""
    times: dict[str, list[list[float]]] = {name: [[] for _ in rows] for name in workers}
    for number in range(rounds + 1):
        for index, row in enumerate(rows):
            # A line above that is new each time, so that nobody just gives the last answer again.
            source = f"seen = {number}\n{row.line}"
            for name in random.sample(list(workers), len(workers)):
                taken, _ = workers[name].ask("ask", source, len(source))
                times[name][index].append(taken)
    return times


def found(workers: dict[str, Worker], rows: Sequence[Prefix]) -> dict[str, set[str]]:
    """Return which of the wanted lines each completer gives, warm."""
    given: dict[str, set[str]] = {name: set() for name in workers}
    for row in rows:
        for name, worker in workers.items():
            lines = set(worker.ask("ask", row.line, len(row.line))[1] or ())
            given[name].update(one for one in row.wanted if is_given(one, lines))
    return given


def is_given(wanted: str, lines: set[str]) -> bool:
    """Return whether a wanted line is among those that a completer makes, closing quote and bracket put in or not."""
    return any(line in lines for line in (wanted, wanted.rstrip("]"), wanted.rstrip("]").rstrip("\"'")))


def corpus_recall(workers: dict[str, Worker]) -> tuple[dict[str, set[str]], int]:
    """Return which lines of the tests' table each completer gives, and how many there are."""
    given: dict[str, set[str]] = {name: set() for name in workers}
    total = 0
    for number, row in enumerate(corpus.CASES):
        answers = {name: worker.ask("corpus", number)[1] for name, worker in workers.items()}
        if answers[US] is None or not row.has:
            continue
        after = row.line[row.line.index("|") + 1 :]
        wanted = [line[: len(line) - len(after)].rstrip("( ") for line in row.has]
        total += len(wanted)
        for name, lines in answers.items():
            given[name].update(f"{number}: {one}" for one in wanted if is_given(one, set(lines or ())))
    return given, total


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(title: str, times: dict[str, list[list[float]]], given: dict[str, set[str]], total: int) -> str:
    """Return one table: first and warm answers, and recall."""
    lines = [
        f"### {title}",
        "",
        "| | first, p50 ms | first, p95 ms | warm, p50 ms | warm, p95 ms | warm p95, ours ÷ theirs | found |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    warm = {name: [taken for row in rows for taken in row[1:]] for name, rows in times.items()}
    for name, rows in times.items():
        first = [row[0] for row in rows]
        ratio = percentile(warm[US], 0.95) / percentile(warm[name], 0.95)
        figures = [
            percentile(first, 0.5),
            percentile(first, 0.95),
            statistics.median(warm[name]),
            percentile(warm[name], 0.95),
        ]
        cells = " | ".join(f"{figure:.1f}" for figure in figures)
        lines.append(f"| {name} | {cells} | {ratio:.2f} | {len(given[name])} of {total} |")
    return "\n".join(lines) + "\n"


def recall_table(given: dict[str, set[str]], total: int) -> str:
    """Return the rows of the tests' table that each completer answers, and what all but ours find together."""
    others = set().union(*(lines for name, lines in given.items() if name != US))
    lines = ["### What is found of the tests' table", "", "| | found |", "|---|---:|"]
    lines += [f"| {name} | {len(rows)} of {total} |" for name, rows in given.items()]
    lines += [f"| all the others together | {len(others)} of {total} |"]
    lines += [f"| of those, not found by histshell | {len(others - given[US])} |"]
    return "\n".join(lines) + "\n"


_BARE, _OURS = re.compile(rb">>> "), re.compile(rb"h\[1\] >>> ")


def first_tab(python: str, numbered: bool, rounds: int) -> list[float]:
    """Return the milliseconds from the first TAB of a session, pressed a second after its prompt, to what it puts in."""
    taken = []
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home:
        env = environment(home)
        if numbered:
            env["PYTHONSTARTUP"] = str(STUB)
        for number in range(rounds + 1):
            with Terminal([python, "-q"], env, home) as terminal:
                terminal.read_until(_OURS if numbered else _BARE)
                time.sleep(1)
                terminal.write("breakpoi")
                terminal.read_until(re.compile(rb"breakpoi"))
                begun = time.perf_counter()
                terminal.write("\t")
                _, seen = terminal.read_until(re.compile(rb"nt"))
                if number:
                    taken.append((seen - begun) * 1000)
    return taken


def tab_table(rounds: int) -> str:
    """Return the first TAB at the prompts of all Pythons."""
    lines = [
        "### The first TAB of a session",
        "",
        "| Python | bare, ms | histshell, ms | slowest, ms |",
        "|---|---:|---:|---:|",
    ]
    for python in pythons():
        bare, ours = first_tab(python, False, rounds), first_tab(python, True, rounds)
        lines.append(
            f"| {version(python)} | {statistics.median(bare):.1f} | {statistics.median(ours):.1f} | {max(ours):.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and publish the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.completion")
    parser.add_argument("--rounds", type=int, default=10, help="how often each line is asked after the first time")
    parser.add_argument("--python", help="the Python that the completers run in")
    parser.add_argument("--no-peers", action="store_true", help="histshell and rlcompleter only, in this Python")
    parser.add_argument("--no-tab", action="store_true", help="leave the prompts out")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md as well")
    options = parser.parse_args()
    names = list(COMPLETERS)
    python: str | None = os.path.abspath(options.python or sys.executable)
    if options.no_peers:
        names = [US, "rlcompleter"]
    else:
        python = install(os.path.realpath(python or ""), PACKAGES)
    if python is None:
        raise SystemExit("the other completers cannot be installed")
    text = f"Measured on {describe()}, in Python {version(python)}.\n"
    with tempfile.TemporaryDirectory(prefix="histshell-bench-", ignore_cleanup_errors=True) as home:
        workers = {name: Worker(name, python, home) for name in names}
        try:
            for title, rows in (("Live objects", LIVE), ("What has to be inferred", INFERRED)):
                times = measure(workers, rows, options.rounds)
                total = sum(len(row.wanted) for row in rows)
                text += "\n" + table(f"{title}: {len(rows)} lines", times, found(workers, rows), total)
            text += "\n" + recall_table(*corpus_recall(workers))
        finally:
            for worker in workers.values():
                worker.close()
    text += "\n" + completion_hard.table()
    if not options.no_tab:
        text += "\n" + tab_table(5)
    publish("completion", text, options.write)


if __name__ == "__main__":
    main()
