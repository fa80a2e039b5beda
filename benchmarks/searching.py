"""Measure the search: inputs of many sessions, beside IPython's own over the same inputs.

    python -m benchmarks.searching [--sessions 2000] [--each 500] [--rounds 9] [--no-peers] [--write]

Figures are times of the processor, medians. *In the process* is a search by one who has searched nothing before: it looks at every
journal, reads of the derived files what it needs, and reads what it found in the journals. *A key* is one more search by one who is
kept open, as for Ctrl-R. *The command* is the whole of `histshell search`, with Python's start. IPython's is
`HistoryAccessor.search`, which `%history -g` calls, for the last 20.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import describe, environment
from benchmarks.page import publish
from benchmarks.startup import install
from histshell.journal import records
from histshell.journal.search import Query, Searcher

_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"

QUERIES = {
    "a word that is everywhere": Query(("import",)),
    "one letter": Query(("e",)),
    "a rare word": Query(("unicorn",)),
    "a word that is nowhere": Query(("zzyzx",)),
    "three words": Query(("head", "for", "in")),
    "two frequent words, never together": Query(("import", "print")),
    "signs that are nowhere": Query(("((((",)),
    "`--failed --type KeyError`": Query(failed=True, type="KeyError"),
    "`--type DataFrame`, no word": Query(type="DataFrame"),
    "a word in one folder": Query(("head",), cwd="/home/me/p7"),
    "`--regex`, nowhere": Query(regex="zzyz[xy]"),
}


def sources(count: int, seed: int) -> list[str]:
    """Return inputs as people type them: three in ten of them are new, the others were typed before."""
    chosen = random.Random(seed)
    words = ["".join(chosen.choices(_LETTERS, k=chosen.randint(2, 9))) for _ in range(4000)]

    def one() -> str:
        a, b, c, d = chosen.choices(words, k=4)
        forms = (f"{a} = {b}.{c}({d}, {chosen.randint(0, 999)})", f"print({a}[{chosen.randint(0, 99)}])", f"import {a} as {b}",
                 f"for {a} in {b}:\n    {c}({d})", f"{a}.{b}.head({chosen.randint(1, 50)}) + {c}")  # fmt: skip
        return forms[chosen.randrange(len(forms))]

    seen: list[str] = []
    made = []
    for number in range(count):
        new = not seen or chosen.random() < 0.3
        if new:
            seen.append("unicorn = 1" if number % (count // 3 + 1) == count // 4 else one())
        made.append(seen[-1] if new else seen[chosen.randrange(len(seen))])
    return made


def write(folder: Path, typed: list[str], each: int) -> None:
    """Write the journals of sessions with so many inputs each."""
    chosen = random.Random(1)
    kinds = ["builtins.int"] * 9 + ["builtins.str"] * 6 + ["builtins.list"] * 3 + ["pandas.core.frame.DataFrame"]
    folder.mkdir(parents=True)
    when = 1.7e9
    for first in range(0, len(typed), each):
        when += 3600
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(when))}-{first:010x}"
        about = {
            "v": 1,
            "id": name,
            "when": when,
            "host": "lab",
            "python": "3.13.1",
            "cwd": f"/home/me/p{first // each % 40}",
        }
        lines = [records.line("session", 0, about)]
        for number, source in enumerate(typed[first : first + each]):
            lines.append(
                records.line("input", 2 * number + 1, {"when": round(when + 20 * number, 3), "source": source})
            )
            end = f'{{"kind": "outcome", "seq": {2 * number + 2}, "of": {2 * number + 1}, "seconds": 0.001234'
            luck = chosen.random()
            if luck < 0.08:
                end += ', "error": {"type": "NameError", "message": "name \'x\' is not defined"}'
            elif luck < 0.5:
                kind, shown = chosen.choice(kinds), "0123456789, " * chosen.randint(1, 5)
                end += f', "results": [{{"n": {number + 1}, "type": "{kind}", "preview": "{shown}"}}]'
            lines.append(end + "}\n")
        (folder / f"{name}.jsonl").write_text("".join(lines))


def cost(what: Callable[[], object], rounds: int) -> float:
    """Return the milliseconds of the processor that something takes."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        what()
        times.append((time.process_time() - begun) * 1000)
    return statistics.median(times)


def command(query: Query, home: str, rounds: int) -> float:
    """Return the milliseconds of the processor that the command takes."""
    options = [f"--{name}={getattr(query, name)}" for name in ("type", "cwd", "regex") if getattr(query, name)]
    options += ["--failed"] if query.failed else []
    argv = [sys.executable, "-c", "from histshell.command import main; main()", "search", *query.words, *options]
    times = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, env=environment(home), stdout=subprocess.DEVNULL, cwd=Path(__file__).parent.parent)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return statistics.median(times)


_IPYTHON = """
import sys, time, statistics, sqlite3
from IPython.core.history import HistoryAccessor
path, typed, rounds = sys.argv[1], open(sys.argv[2]).read().split("\\0"), int(sys.argv[3])
HistoryAccessor(hist_file=path).db.close()
db = sqlite3.connect(path)
with db:
    rows = ((i // 500 + 1, i % 500 + 1, s, s) for i, s in enumerate(typed))
    db.executemany("insert or ignore into history values (?, ?, ?, ?)", rows)
accessor = HistoryAccessor(hist_file=path)
for pattern in sys.argv[4:]:
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        list(accessor.search(pattern, n=20))
        times.append((time.process_time() - begun) * 1000)
    print(statistics.median(times))
"""


def ipython(typed: list[str], home: str, rounds: int) -> dict[str, float]:
    """Return IPython's times for the queries that it can be asked."""
    interpreter = install(sys.executable, "ipython")
    if interpreter is None:
        return {}
    asked = {
        name: "*" + "*".join(query.words) + "*" for name, query in QUERIES.items() if query.words and not query.cwd
    }
    listed = Path(home, "typed")
    listed.write_text("\0".join(typed))
    argv = [interpreter, "-c", _IPYTHON, str(Path(home, "history.sqlite")), str(listed), str(rounds), *asked.values()]
    done = subprocess.run(argv, env=environment(home), capture_output=True, text=True)
    if done.returncode:
        print(f"IPython failed: {done.stderr[-300:]}", file=sys.stderr)
        return {}
    return dict(zip(asked, map(float, done.stdout.split()), strict=True))


def measure(sessions: int, each: int, rounds: int, peers: bool) -> list[str]:
    """Measure, and return the lines of the table."""
    with tempfile.TemporaryDirectory(prefix="histshell-bench-") as home:
        folder, cache = Path(home, ".local/state/histshell/journal"), os.path.join(home, ".cache/histshell/search")
        typed = sources(sessions * each, 1)
        write(folder, typed, each)
        begun = time.process_time()
        Searcher(str(folder), cache).find(QUERIES["a word that is nowhere"])
        took = time.process_time() - begun
        sizes = [sum(one.stat().st_size for one in Path(where).iterdir()) / 1e6 for where in (folder, cache)]
        kept = Searcher(str(folder), cache, every=3600)
        newest = cost(lambda: kept.inputs(5000), rounds)
        theirs = ipython(typed, home, rounds) if peers else {}
        rows = []
        for name, query in QUERIES.items():
            inside = cost(lambda query=query: Searcher(str(folder), cache).find(query), rounds)  # type: ignore[misc]
            key = cost(lambda query=query: kept.find(query), rounds)  # type: ignore[misc]
            other = f"{theirs[name]:.0f}" if name in theirs else ""
            rows.append(
                f"| {name} | {inside:.1f} | {key:.1f} | {command(query, home, max(rounds // 2, 1)):.0f} | {other} |"
            )
    return [
        f"{len(typed):,} inputs in {sessions:,} sessions: journals of {sizes[0]:.0f} MB, derived files of {sizes[1]:.0f} MB.",
        f"Brought up to date from nothing: {len(typed) / took:,.0f} inputs a second. The newest 5,000 inputs: {newest:.1f} ms.",
        "",
        "| | in the process, ms | a key, ms | the command, ms | IPython, ms |",
        "|---|---:|---:|---:|---:|",
        *rows,
        "",
    ]


def main() -> None:
    """Measure, and publish the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.searching")
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--each", type=int, default=500, help="inputs of a session")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--no-peers", dest="peers", action="store_false", help="without IPython, which is installed for it"
    )
    parser.add_argument("--python", help="ignored: it runs under this one")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md as well")
    options = parser.parse_args()
    lines = measure(options.sessions, options.each, options.rounds, options.peers)
    publish(
        "searching",
        "\n".join([f"Measured on {describe()}, Python {sys.version.split()[0]}.", "", *lines]),
        options.write,
    )


if __name__ == "__main__":
    main()
