"""The table of `corpus`, row by row in this Python, and as a whole in each of the others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.completion import corpus
from tests.environments import VERSIONS, with_packages
from tests.pythons import Target, found, numbered_pythons, thorough


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The globals of the table's session, in a directory with its files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        patch.chdir(tmp_path_factory.getbasetemp())  # so that the directory is put back at the end
        patch.setenv("HOME", "")
        patch.setenv("HISTSHELL_CORPUS", "")
        values = corpus.namespace()
        corpus.packages(values)
        corpus.surroundings(str(tmp_path_factory.mktemp("surroundings") / "here"))
        yield values


@pytest.mark.parametrize("row", corpus.CASES, ids=lambda row: row.line)
def test_each_row_of_the_table_holds(row: corpus.Case, session: dict[str, Any]) -> None:
    """The answer has what it must have and has not what it must not."""
    if row.group == "cpython" and sys.implementation.name != "cpython":
        pytest.skip("built-in types are not written in C here")
    if row.group in corpus.PACKAGES:
        pytest.importorskip(row.group)
    assert list(corpus.problems(row, session)) == []


@numbered_pythons
def test_the_table_holds_on_every_python(target: Target) -> None:
    """All rows but those of packages that are not there."""
    program = Path(corpus.__file__)
    done = subprocess.run(
        [target.python.path, "-B", str(program)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert int(done.stdout.split()[0]) >= 250


@thorough
@pytest.mark.parametrize("minor", [VERSIONS[0], (3, 14)])
def test_the_table_holds_with_every_package(minor: tuple[int, int]) -> None:
    """All rows, with real pandas, polars and xarray; from 3.14 on what their functions give is written elsewhere."""
    pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
    if not pythons:
        pytest.skip(f"no Python {minor} on this machine")
    interpreter = with_packages(pythons[0], corpus.PACKAGES)
    done = subprocess.run(
        [interpreter, "-B", str(corpus.__file__)], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    rows, left_out = (int(word) for word in done.stdout.split() if word.isdigit())
    assert rows > 400
    assert left_out <= (0 if minor == VERSIONS[0] else 3)


def test_a_row_that_does_not_hold_is_reported(session: dict[str, Any]) -> None:
    """The table can fail: what is missing, what is too much, and an answer where there should be none."""
    wrong = corpus.Case("text.up|", ("text.down(",), ("text.upper(",))
    assert [problem.split()[1] for problem in corpus.problems(wrong, session)] == ["has", "has"]
    assert len(list(corpus.problems(corpus.Case("text.up|", ()), session))) == 1


def test_the_table_is_long_enough() -> None:
    """More than 150 rows, none twice."""
    assert len({row.line for row in corpus.CASES}) == len(corpus.CASES) > 150


@pytest.mark.slow
def test_the_class_of_a_reduction_is_that_of_the_real_one() -> None:
    """Of columns and arrays of every dtype, where one is told; and enough are told. Nothing is called for that."""
    python = next(python for python in found() if python.implementation == "cpython" and python.minor == VERSIONS[0])
    interpreter = with_packages(python, corpus.PACKAGES)
    done = subprocess.run(
        [interpreter, "-B", "-W", "ignore", "-c", REDUCTIONS, corpus.ROOT],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    *wrong, told = done.stdout.splitlines()
    assert wrong == []
    assert int(told) > 150


REDUCTIONS = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np, pandas as pd
from histshell.completion import reductions, static

NAMES = "mean median std var sem skew kurt kurtosis sum prod product min max count nunique any all"
told = 0
for code in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c16 M8[ns] m8[ns] O".split():
    array = np.array([1, 2, 3, 4]).astype(code)
    for value in (array, pd.Series(array)):
        for name in NAMES.split():
            try:
                made = type(getattr(value, name)())
            except Exception:
                continue
            said = reductions.of(static.attribute(value, name))
            told += said is not static.UNKNOWN
            if said is not static.UNKNOWN and said.cls is not made:
                print(code, type(value).__name__, name, said.cls, made)
print(told)
"""
