"""All of a table of pandas or polars as its package writes it, with no option of the package's set for that.

The pane asks for it in a thread, while code of the user's may run in others, which would see the options, and the environment, in
which polars keeps its own. What cannot be had so is None, and is written with the options.
"""

from __future__ import annotations

import os
import sys

from .texts import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CELL = 500
"""Characters of a cell, where a table is shown in whole."""

_BY_POLARS = ("POLARS_FMT_", "POLARS_TABLE_")


def pandas_table(value: Any) -> str | None:
    """Return all of a DataFrame or a Series; None for other things, and where a text is longer than `display.max_colwidth`."""
    pandas: Any = sys.modules["pandas"]
    longest = pandas.get_option("display.max_colwidth")
    if isinstance(value, pandas.DataFrame):
        if _has_longer(value.dtypes, lambda place: value.iloc[:, place], longest):
            return None
        text = value.to_string(
            max_rows=None, max_cols=None, line_width=None, show_dimensions=False, max_colwidth=longest
        )
    elif isinstance(value, pandas.Series):
        if _has_longer([value.dtype], lambda _place: value, longest):
            return None
        text = value.to_string(name=True, dtype=True, max_rows=None, length=False)
    else:
        return None
    return str.__str__(text)


def _has_longer(dtypes: Any, column: Any, longest: int | None) -> bool:
    """Return whether a text in one of some columns is longer; what only its `__repr__` tells is cut as pandas cuts it."""
    if longest is None:
        return False
    for place, dtype in enumerate(dtypes):
        if dtype.kind == "O" and any(isinstance(one, str) and len(one) > longest for one in column(place)):
            return True
    return False


def polars_table(value: Any) -> str | None:
    """Return all of a DataFrame or a Series of polars, drawn here; None where an option is set, or it cannot be had."""
    polars: Any = sys.modules["polars"]
    if any(name.startswith(_BY_POLARS) for name in os.environ):
        return None
    try:
        if isinstance(value, polars.Series):
            return _polars_series(value)
        columns = [_column(value.get_column(name), value.height) for name in value.columns]
    except AttributeError:  # another version's way to write a cell
        return None
    return _drawn(f"shape: ({value.height:_}, {value.width:_})", columns) if columns and _is_plain(columns) else None


def _is_plain(columns: list[list[str]]) -> bool:
    """Return whether it is known how wide the cells are: of a tab, say, it is not."""
    return all(cell.isprintable() or cell.replace("\n", "").isprintable() for column in columns for cell in column)


def _polars_series(value: Any) -> str:
    kind = str(value.clear().alias("")).split("\n")[1][len("Series: ''") :]
    cells = [_cell(value, place) for place in range(len(value))]
    return "\n".join(
        [f"shape: ({len(value):_},)", f"Series: '{value.name}'{kind}", "[", *("\t" + one for one in cells), "]"]
    )


def _column(series: Any, height: int) -> list[str]:
    """Return the cells of a column, its name, a rule and its type above them."""
    kind = _dtype(series)
    cells = [_cell(series, place) for place in range(height)]
    if kind in _QUOTED:
        cells = [
            one[1 : -1 if one[-1] == '"' else None] if one[:1] == '"' else one for one in cells
        ]  # a cut one has no other
    return [series.name, "---", kind, *cells]


_QUOTED = ("str", "cat", "enum")


def _cell(series: Any, place: int) -> str:
    return str(series._s.get_fmt(place, CELL))


def _dtype(series: Any) -> str:
    """Return the name of a column's type, as polars writes it above its values."""
    name = str(series.clear().alias("")).split("\n")[1][len("Series: '' [") : -1]
    return name.rpartition("o][")[2]  # of objects it is "[o][object]"


def _drawn(shape: str, columns: list[list[str]]) -> str:
    """Return columns as a table in polars' frame; three rows of each are its head."""
    lines = [[cell.split("\n") for cell in column] for column in columns]
    widths = [max(width(line) for cell in column for line in cell) for column in lines]
    rows = []
    for cells in zip(*lines):
        for line in range(max(map(len, cells))):
            texts = [cell[line] if line < len(cell) else "" for cell in cells]
            padded = [text + " " * (wide - width(text)) for text, wide in zip(texts, widths)]
            rows.append("│ " + " ┆ ".join(padded) + " │")
        if cells[0] is lines[0][2]:
            rows.append("╞" + "╪".join("═" * (wide + 2) for wide in widths) + "╡")
    top, bottom = (
        left + middle.join("─" * (wide + 2) for wide in widths) + right for left, middle, right in ("┌┬┐", "└┴┘")
    )
    return "\n".join([shape, top, *rows, bottom])
