"""Tables and arrays: told how much room there is, shown in `h`'s table by shape and columns."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.completion.corpus import PACKAGES
from tests.environments import VERSIONS, with_packages
from tests.prompt.session import CHECKOUT
from tests.pythons import found

SCRIPT = """
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
import numpy, pandas, polars
from histshell.display import whole, within
from histshell.history import History, record
from histshell.holding.memory_commands import held

wide = pandas.DataFrame({f"column{n}": range(500) for n in range(25)})
values = {
    "wide": wide, "tall": pandas.DataFrame({"a": range(30)}), "nested": {"frame": wide, "n": 1}, "list": [wide, wide],
    "series": wide["column3"], "index": wide.columns, "polars": polars.DataFrame({"a": range(100), "b": ["x" * 100] * 100}),
    "array": numpy.arange(1000), "matrix": numpy.arange(100_000).reshape(100, 1000), "deep": numpy.zeros((9, 9, 9, 9)),
    "arrays": [numpy.arange(3), numpy.arange(1000)],
}
told = {name: [within(value, *size, "h[1]").split("\\n") for size in ((80, 21), (200, 47))] for name, value in values.items()}
counts = {name: sum(1 for _ in whole(value)) for name, value in values.items()}
first = next(whole(numpy.zeros(10_000_000)))
with pandas.option_context("display.max_rows", None):
    asked = within(wide, 80, 21).count("\\n")
history = History()
values["object"] = numpy.array([values], dtype=object)
values["date"] = pandas.DataFrame({"date": ["x"], "region": [1], ("a", 1): 2})
del values["nested"], values["list"], values["arrays"]
values["numbers"] = list(range(100_000))
for value in values.values():
    record(history, value, time.time()).preview = repr(value)[:150] + "…"
for _ in range(20):
    held(history).catch_up()
os.environ["COLUMNS"] = "110"
table = repr(history).split("\\n")
heads = [
    [line for line in whole(value) if line.startswith(("[", ".iloc[")) and line[-1] != "["][place]
    for place, value in enumerate(
        [pandas.DataFrame({"a": range(2500)}), polars.DataFrame({"a": range(2500)}), polars.Series("a", range(2500))]
    )
]
from tests.display import real_tables

print(json.dumps([told, counts, first, asked, table, heads, real_tables.different()]))
"""


@pytest.fixture(scope="module")
def seen() -> list[object]:
    """What a Python with these packages shows."""
    for version in VERSIONS:
        for python in found():
            if python.implementation == "cpython" and python.minor == version:
                command = [str(with_packages(python, PACKAGES)), "-c", SCRIPT, str(CHECKOUT)]
                env = {"COLUMNS": "200", "LINES": "24", "PYTHONWARNINGS": "ignore"}
                done = subprocess.run(command, capture_output=True, text=True, env=env)
                assert done.returncode == 0, done.stderr
                told: list[object] = json.loads(done.stdout)
                return told
    pytest.skip("no Python to have these packages")


def test_they_fit_the_screen(seen: list[object]) -> None:
    """In columns and rows, at two sizes; wide ones use the room that there is."""
    told: dict[str, list[list[str]]] = seen[0]  # type: ignore[assignment]
    for name, shown in told.items():
        for rows, (columns, most) in zip(shown, ((80, 21), (200, 47)), strict=True):
            assert len(rows) <= most, (name, rows)
            assert max(map(len, rows)) <= columns, (name, rows)
    assert max(map(len, told["wide"][1])) > 110
    assert told["wide"][0][-1] == "[500 rows x 25 columns]"
    assert told["nested"][0][-2:] == ["    'n': 1,", "}"]
    assert told["deep"][0][-1].startswith("… ")


def test_all_of_them(seen: list[object]) -> None:
    """Without bounds every row is there, some at a time; an option of the user's asks for all of it."""
    counts: dict[str, int] = seen[1]  # type: ignore[assignment]
    for name, least in (("wide", 501), ("series", 500), ("polars", 104), ("matrix", 10_000), ("array", 40)):
        assert counts[name] >= least
    assert seen[2] == "[0:1000] of 10,000,000"
    assert seen[5] == [".iloc[0:1000] of 2,500 rows", "[1000:2000] of 2,500 rows", "[2000:2500] of 2,500 values"]
    assert isinstance(seen[3], int)
    assert seen[3] >= 500


@pytest.mark.slow
def test_all_of_a_table_is_written_as_its_package_does_with_options(seen: list[object]) -> None:
    """Letter by letter, for columns of every type, and no option is set for it."""
    assert seen[6] == []


@pytest.mark.slow
def test_the_table_of_results(seen: list[object]) -> None:
    """Shapes, columns, dtypes, lengths, and the bytes of what is large; as wide as the terminal."""
    table = "\n".join(str(row) for row in seen[4])  # type: ignore[attr-defined]
    assert max(map(len, table.split("\n"))) <= 110
    for wanted in ("DataFrame 500×25", "column0, column1, ", "DataFrame 30×1", "Series 500", "DataFrame 100×2", "ndarray 1,000",
                   "ndarray 100×1,000", "int64  array(", "800 kB", "float64  array(", "object  array", "DataFrame 1×3",
                   "date, region, ('a', 1)", "list of 100,000", "size"):  # fmt: skip
        assert wanted in table, table
