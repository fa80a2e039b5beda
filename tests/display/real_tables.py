"""Tables of pandas and polars with columns of every type: all of them, as written here and as their packages write them.

Imported by a script that runs where these packages are.
"""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = "max_rows", "max_columns", "max_colwidth", "expand_frame_repr", "show_dimensions"


def different() -> list[str]:
    """Return what is written in another way than with the options, and where an option was set for it."""
    import pandas as pd
    import polars as pl  # type: ignore[import-not-found, unused-ignore]  # it may be missing

    from histshell.display import whole_tables

    found = []
    for value in _of_pandas(pd):
        wanted = dict(zip([f"display.{name}" for name in _NAMES], (None, None, 500, False, False), strict=True))
        with pd.option_context(*[one for pair in wanted.items() for one in pair]):
            text = repr(value)
        if whole_tables.pandas_table(value) != text:
            found.append(text)
    for value in _of_polars(pl):
        with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=1 << 15, fmt_str_lengths=500):
            text = repr(value)
        if whole_tables.polars_table(value) != text:
            found.append(text)
    return found + list(_seen_meanwhile(pd, pl))


def _seen_meanwhile(pd: Any, pl: Any) -> Iterator[str]:
    """Yield what code of the user's, run while a table is written, sees of options: a cell's own text is such code."""
    from histshell.display import whole

    seen: list[object] = []

    class Looks:
        def __str__(self) -> str:
            seen.append([pd.get_option(f"display.{name}") for name in _NAMES])
            seen.append([name for name in os.environ if name.startswith(("POLARS_FMT", "POLARS_TABLE"))])
            return "looks"

        __repr__ = __str__

    before = [[pd.get_option(f"display.{name}") for name in _NAMES], []]
    for table in (pd.DataFrame({"a": [Looks()]}), pl.DataFrame({"a": pl.Series([Looks()], dtype=pl.Object)})):
        count = len(seen)
        assert any("looks" in line for line in whole(table))
        assert len(seen) > count
    yield from (str(one) for one in seen if one not in before)


def _of_pandas(pd: Any) -> Iterator[Any]:
    yield pd.DataFrame({"a": [1, 2], "b": ["x", "y" * 40], "c": [1.5, None]})
    yield pd.DataFrame({"x": range(1000)})
    yield pd.DataFrame()
    yield pd.DataFrame({("a", "b"): [1], ("a", "c"): [2]})
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", None])
    yield pd.DataFrame({"t": pd.date_range("2020", periods=3)}, index=index)
    yield pd.DataFrame({f"c{n}": range(3) for n in range(60)})
    yield pd.Series([1, 2], name="n")
    yield pd.Series(["a"] * 3, index=list("xyz"))
    yield pd.Series([], dtype=float)
    yield pd.Series(pd.Categorical(["a", "b"]))
    with pd.option_context("display.max_colwidth", None):
        yield pd.DataFrame({"text": ["x" * 200]})


def _of_polars(pl: Any) -> Iterator[Any]:
    frame = pl.DataFrame({
        "float": [1.5, 1e300, -0.0, float("nan")], "int": [10**12, 1, 2, 3], "bool": [True, None, False, True],
        "category": pl.Series(["a", "b", "a", None], dtype=pl.Categorical), "small": pl.Series([1, 2, 3, 4], dtype=pl.UInt8),
        "decimal": pl.Series(["1.20", None, "3", "4"]).cast(pl.Decimal(10, 2)), "list": [["a", "b"], [], None, ["x" * 50]],
        "duration": [datetime.timedelta(1), None, None, None], "time": [datetime.time(1), None, None, None],
        "object": pl.Series([1, "x", None, 2.5], dtype=pl.Object), "array": pl.Series([[1, 2]] * 4, dtype=pl.Array(pl.Int64, 2)),
        "text": ['"q"', "null", "", None], "long": ["x" * 600, "a\nb", "é漢", " b "], "nothing": [None] * 4,
        "bytes": [b"a", b"\xff", None, b""], "struct": [{"a": "x"}] * 4, "date": [datetime.date(2020, 1, 1)] * 4,
        "moment": [datetime.datetime(2020, 1, 1, 3, 4, 5, 6)] * 4, "single": pl.Series([1.1, 2, 3, 4], dtype=pl.Float32),
    })  # fmt: skip
    rest = [
        pl.DataFrame({"a": []}),
        pl.DataFrame({"ä漢": ["漢字", "x\ny"], "": [1, 2]}),
        pl.DataFrame({"x": range(1000)}),
    ]
    for one in (frame, *rest):
        yield one
        yield from one.get_columns()
