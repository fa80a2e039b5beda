"""What scanners say of the real files of the tests and of streams that run foreign code, beside `histshell pik`.

    python -m benchmarks.scanners [--write]

fickling, picklescan and modelscan are put into an environment of their own, PyTorch into another one, where they can be had.
Each is asked in one process, for all files. Of the dangerous streams only the sums are shown: a hole in a scanner is for its
authors first.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.machine import describe
from benchmarks.page import publish
from tests.environments import with_packages
from tests.pik.corpus.make import TORCH
from tests.pik.dangers import DANGERS
from tests.pik.scan.comparing import FILES, expected
from tests.pythons import found

PROBE = Path(__file__).with_name("scanners_probe.py")
PEERS = ("fickling", "picklescan", "modelscan", "typing_extensions")
PACKAGES = {"fickling": PEERS, "picklescan": PEERS, "modelscan": PEERS, "torch": TORCH}
TITLES = {"torch": "`torch.load(weights_only=True)`", "histshell": "`histshell pik`"}

#: Groups of files, by how their names begin.
GROUPS: dict[str, tuple[str, ...]] = {
    "plain data, protocol 0 to 5": ("std-protocol", "std-several", "python2-ascii", "celery-message"),
    "plain data, packed or in archives": ("std-packed", "std-archive", "std-text", "shelve", "django-cache", "django-session",
                                          "older-django"),
    "numpy": ("numpy-", "older-numpy"),
    "joblib": ("joblib-", "older-joblib"),
    "scikit-learn": ("sklearn-", "older-sklearn"),
    "pandas": ("pandas-", "older-pandas"),
    "PyTorch": ("torch-", "older-torch"),
    "other libraries": (
        "scipy", "xarray", "networkx", "statsmodels", "polars", "arrow", "sympy", "celery-task", "django-", "nested",
        "geopandas", "astropy", "pillow", "requests", "pydantic", "lightgbm", "gensim", "spacy", "nltk",
    ),
    "dill, cloudpickle": ("dill", "cloudpickle", "older-dill", "older-cloudpickle"),
    "the standard library's classes, Python 2's": ("std-", "python2-", "python3"),
}  # fmt: skip
_MARKS = {"safe": "safe", "plain": "plain", "asks": "asks", "runs": "runs", "warns": "warns", "none": "–"}


def group_of(name: str) -> str:
    """Return the first group that a file belongs to."""
    return next(group for group, beginnings in GROUPS.items() if name.startswith(beginnings))


def ask(tool: str, paths: list[str]) -> tuple[list[str], float, int] | None:
    """Ask a tool about files: an answer each, seconds, megabytes; None where it cannot be had."""
    python = next((one for one in found() if one.implementation == "cpython" and one.minor == (3, 11)), None)
    if python is None:
        return None
    try:
        interpreter = with_packages(python, PACKAGES[tool], "pik-torch" if tool == "torch" else "pik-peers")
    except pytest.skip.Exception:
        return None
    command = [str(interpreter), str(PROBE), tool]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, cwd=folder)
    *answers, cost = done.stdout.splitlines() or [""]
    if len(answers) != len(paths):
        return None
    seconds, megabytes = cost.split()
    return answers, float(seconds), int(megabytes)


def ask_pik(paths: list[str]) -> tuple[list[str], float, int]:
    """The same of `histshell pik`, in a process of its own."""
    code = "import sys; from benchmarks.scanners import serve_pik; serve_pik()"
    done = subprocess.run(
        [sys.executable, "-c", code], input="\n".join(paths), capture_output=True, text=True, check=True
    )
    *answers, cost = done.stdout.splitlines()
    seconds, megabytes = cost.split()
    return answers, float(seconds), int(megabytes)


def serve_pik() -> None:
    """Answer for the paths on the standard input."""
    import time

    from histshell.pik.scan import verdict
    from histshell.pik.tree.report import Wish

    words = {verdict.GOOD: "plain", verdict.ASKING: "asks", verdict.RUNNING: "runs"}
    began = time.process_time()
    answers = [words.get(verdict.look(path, Wish()).verdict, "none") for path in sys.stdin.read().splitlines()]
    print(*answers, sep="\n")
    print(f"{time.process_time() - began:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}")


def _cell(answers: list[str]) -> str:
    """Write how often each answer was given."""
    counts = Counter(answers)
    return ", ".join(f"{counts[word]} {mark}" for word, mark in _MARKS.items() if counts[word])


def tables() -> str:
    """Return the table of the real files and that of the dangerous streams."""
    names = list(expected())
    with tempfile.TemporaryDirectory() as folder:
        for number, make in enumerate(DANGERS.values()):
            Path(f"{folder}/{number}.pkl").write_bytes(make(f"{folder}/ran"))
        dangers = [f"{folder}/{number}.pkl" for number in range(len(DANGERS))]
        real = [str(FILES / name) for name in names]
        askers: dict[str, Callable[[list[str]], tuple[list[str], float, int] | None]] = {"histshell": ask_pik}
        askers.update({tool: lambda paths, tool=tool: ask(tool, paths) for tool in PACKAGES})  # type: ignore[misc]
        said = {tool: found for tool, asker in askers.items() if (found := asker(real)) is not None}
        worst = {tool: found for tool in said if (found := askers[tool](dangers)) is not None}
    head = f"| | files | {' | '.join(TITLES.get(tool, tool) for tool in said)} |\n|---|---:|{'---|' * len(said)}"
    rows = []
    for group in GROUPS:
        places = [number for number, name in enumerate(names) if group_of(name) == group]
        cells = [_cell([answers[number] for number in places]) for answers, _, _ in said.values()]
        rows.append(f"| {group} | {len(places)} | {' | '.join(cells)} |")
    rows.append(f"| all | {len(names)} | {' | '.join(_cell(answers) for answers, _, _ in said.values())} |")
    rows.append(f"| seconds, MB | | {' | '.join(f'{took:.1f} s, {size} MB' for _, took, size in said.values())} |")
    rows.append(
        f"| streams that run foreign code | {len(dangers)} | "
        f"{' | '.join(_cell(worst[tool][0]) if tool in worst else '' for tool in said)} |"
    )
    return "\n".join([head, *rows]) + "\n"


def main() -> None:
    """Ask, and publish the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.scanners")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md as well")
    options = parser.parse_args()
    publish("scanners", f"Asked on {describe()}.\n\n{tables()}", options.write)


if __name__ == "__main__":
    main()
