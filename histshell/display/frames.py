"""Tables and arrays of pandas, polars and numpy: written by their own `repr`, told how much room there is.

They are asked through the options that these packages have for it, set for the time of the call. An option that the user has set
to something else than the package does stays, and then the text is taken as it comes. For all of a table no option is set where
that can be: `whole_tables`.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType

from histshell.preview.library import class_names

from . import whole_tables
from .texts import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Tuple

    Fitting = Callable[[Any, int, int], Tuple[str, bool]]
    """Given a value, columns and rows, gives its text, and whether the user's options ask for all of it."""

_ROWS, _COLUMNS, _LINE, _ARRAY, _LINE_OF_ARRAY = 60, (0, 20), 80, 1000, 75
"""What the options are that nobody has set: pandas', and the two of numpy."""

_TRIES = 4
_CHUNK = 1000  # rows, or items of an array, that are written at once

_mro = type.__dict__["__mro__"].__get__
_names = type.__dict__["__dict__"].__get__


def fitting(value: object) -> Fitting | None:
    """Return what writes a value within bounds, if it is a table or an array."""
    bases = _mro(type(value))
    owner = next((base for base in bases if "__repr__" in _names(base)), type(value))
    package = class_names(owner)[0].partition(".")[0]
    if type(sys.modules.get(package)) is not ModuleType:
        return None
    for base in bases:
        found = _FITTINGS.get((package, class_names(base)[1]))
        if found is not None:
            return found
    return None


def _pandas(value: Any, columns: int, rows: int) -> tuple[str, bool]:
    pandas: Any = sys.modules["pandas"]
    get = pandas.get_option
    options: dict[str, Any] = {}
    asked = get("display.max_rows") != _ROWS
    if not asked:
        options["display.max_rows"] = min(_ROWS, max(rows - 4, 4))
    if get("display.width") == _LINE:
        options["display.width"] = columns
    text = _with_options(pandas, options, value)
    if get("display.max_columns") not in _COLUMNS or len(getattr(value, "shape", ())) != 2:
        return text, asked
    count = value.shape[1]
    for _ in range(_TRIES):  # the package looks at the terminal, and we may have less room
        widest = max(map(width, text.split("\n")))
        if widest <= columns or count <= 2:
            break
        count = max(min(count - 1, count * columns // widest), 2)
        text = _with_options(
            pandas, {**options, "display.max_columns": count, "display.expand_frame_repr": False}, value
        )
    return text, asked


def _with_options(pandas: Any, options: dict[str, Any], value: object) -> str:
    pairs: list[Any] = [one for pair in options.items() for one in pair]
    if not pairs:
        return str.__str__(repr(value))
    with pandas.option_context(*pairs):
        return str.__str__(repr(value))


def _polars(value: Any, columns: int, rows: int) -> tuple[str, bool]:
    polars: Any = sys.modules["polars"]
    options: dict[str, Any] = {}
    asked = "POLARS_FMT_MAX_ROWS" in os.environ
    if not asked and rows < 16:
        options["tbl_rows"] = max(rows - 8, 2)
    if "POLARS_TABLE_WIDTH" not in os.environ:
        options["tbl_width_chars"] = columns
    if not options:
        return str.__str__(repr(value)), asked
    with polars.Config(**options):
        return str.__str__(repr(value)), asked


def _numpy(value: Any, columns: int, rows: int) -> tuple[str, bool]:
    numpy: Any = sys.modules["numpy"]
    now = numpy.get_printoptions()
    options: dict[str, Any] = {}
    if now["linewidth"] == _LINE_OF_ARRAY:
        options["linewidth"] = columns
    asked = now["threshold"] != _ARRAY
    with numpy.printoptions(**options):
        text = str.__str__(repr(value))
    for edge in (3, 2, 1):
        if asked or text.count("\n") < rows or now["edgeitems"] < edge:
            continue
        with numpy.printoptions(**options, threshold=1, edgeitems=edge):
            text = str.__str__(repr(value))
    return text, asked


_FITTINGS: dict[tuple[str, str], Fitting] = {
    ("pandas", "PandasObject"): _pandas,
    ("pandas", "ExtensionArray"): _pandas,
    ("polars", "DataFrame"): _polars,
    ("polars", "Series"): _polars,
    ("numpy", "ndarray"): _numpy,
}
"""By the package whose `__repr__` it is, and a class that it derives from."""


def whole(value: Any) -> Iterator[str]:
    """Yield the lines of all of a table or an array, a thousand rows at a time, as wide as they are."""
    package = class_names(type(value))[0].partition(".")[0]
    length = len(value) if getattr(value, "shape", ()) else 1
    if length <= _CHUNK and getattr(value, "size", 0) <= _CHUNK * 10:
        yield from _all(value).split("\n")
        return
    step = _CHUNK if package != "numpy" else max(_CHUNK // max(value.size // length, 1), 1)
    for start in range(0, length, step):
        end = min(start + step, length)
        part = value.iloc[start:end] if hasattr(value, "iloc") else value[start:end]
        yield _block(value, package, start, end, length)
        yield from _all(part).split("\n")


def _block(value: Any, package: str, start: int, end: int, length: int) -> str:
    """Return the line above a part: what is typed behind the value to have that alone, and how much there is of it."""
    what = "" if package == "numpy" else " rows" if len(getattr(value, "shape", ())) == 2 else " values"
    return f"{'.iloc' * hasattr(value, 'iloc')}[{start}:{end}] of {length:,}{what}"


def _all(value: Any) -> str:
    way: Fitting | None = fitting(value)
    text = whole_tables.pandas_table(value) if way is _pandas else None
    text = whole_tables.polars_table(value) if way is _polars else text
    if text is not None:
        return text
    if way is _pandas:
        names = "max_rows", "max_columns", "max_colwidth", "expand_frame_repr", "show_dimensions"
        options = dict(zip(["display." + name for name in names], (None, None, whole_tables.CELL, False, False)))
        return _with_options(sys.modules["pandas"], options, value)
    if way is _polars:
        polars: Any = sys.modules["polars"]
        with polars.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=1 << 15, fmt_str_lengths=whole_tables.CELL):
            return str.__str__(repr(value))
    if way is _numpy:
        numpy: Any = sys.modules["numpy"]
        with numpy.printoptions(threshold=sys.maxsize):
            return str.__str__(repr(value))
    return str.__str__(repr(value))
