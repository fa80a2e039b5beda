"""pandas' columns and indexes: where their values are, whatever kind of array has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_nodes import written
from histshell.pik.tree.array_values import Array, array_of
from histshell.pik.tree.arrow import array_of as arrow_array
from histshell.pik.tree.column_kinds import (
    Coded,
    Levels,
    Mapped,
    Masked,
    Objects,
    Scattered,
    Spans,
    in_utc,
    periods,
    shape_of,
)
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import printable

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker


class Values(NamedTuple):
    """The values of a column or an index, and what pandas calls their dtype."""

    dtype: str
    array: Array


def values_of(maker: Maker, thing: Any) -> Values | None:
    """Find the values in an array of numpy's or of pandas'; None where they are not known."""
    if type(thing) is not Placeholder:
        return None
    array = array_of(maker, thing)
    if array is not None:
        return Values(str(array.kind), array)
    arrow = arrow_array(thing)
    if arrow is not None:
        return Values(f"{arrow[0]}[pyarrow]", arrow[1])
    given = made(thing)
    inside = _inside(given)
    if given.short == "Categorical" or "_codes" in inside:
        return _categorical(maker, inside)
    if given.short in _KINDS:
        found_kind: Values | None = _KINDS[given.short](maker, given, inside)
        return found_kind
    data = next((inside[name] for name in ("_ndarray", "_pa_array", "_data", "data") if name in inside), None)
    found = values_of(maker, data)
    if found is None:
        return None
    mask = array_of(maker, inside.get("_mask"))
    if mask is not None and mask.size == found.array.size:
        found = Values(found.dtype, Masked(found.array, mask))
    return _named(given, inside, found)


def _named(given: Made, inside: dict[str, Any], found: Values) -> Values:
    """Give the values of an array of pandas' own as pandas tells them, with its name of their dtype."""
    dtype, array = _dtype_name(given, inside, found.dtype), found.array
    if array.objects is not None and given.short == "StringArray":
        array = Objects(array)
    if given.short == "PeriodArray":
        array = Mapped(array, periods(dtype[7:-1]))
    return Values(dtype, _zoned(dtype, array))


def _zoned(dtype: str, array: Array) -> Array:
    """Mark moments as those of UTC where their zone is another."""
    elsewhere = dtype.startswith("datetime64[") and ", " in dtype and not dtype.endswith(", UTC]")
    return Mapped(array, in_utc) if elsewhere and not isinstance(array, Mapped) else array


def _spans(maker: Maker, given: Made, inside: dict[str, Any]) -> Values | None:
    """Find the values of an array or an index of intervals."""
    left, right = (inside.get(name, inside.get("_" + name)) for name in ("left", "right"))
    ends = [values_of(maker, end) or index_values(maker, end) for end in (left, right)]
    dtype = inside.get("_dtype")
    closed = text(inside.get("closed")) or text(_dtype_part(dtype, "closed", 1)) or "right"
    if ends[0] is None or ends[1] is None:
        return None
    return Values(f"interval[{ends[0].dtype}, {printable(closed[:10])}]", Spans(ends[0].array, ends[1].array, closed))


def _dtype_part(dtype: Any, name: str, number: int) -> Any:
    """Give what a dtype of pandas' was made with, by its name in the state or its place among the arguments."""
    if type(dtype) is not Placeholder:
        return None
    given = made(dtype)
    args = given.args if type(given.args) is tuple else ()
    return given.attributes().get(name, args[number] if len(args) > number else None)


def _scattered(maker: Maker, given: Made, inside: dict[str, Any]) -> Values | None:
    """Find the values of a sparse array."""
    index = made(inside["_sparse_index"])
    values = array_of(maker, inside.get("_sparse_values"))
    size, *parts = index.args
    numbers = [part.first(part.size) for part in (array_of(maker, part) for part in parts) if part is not None]
    if values is None or type(size) is not int or len(numbers) != len(parts):
        return None
    runs = numbers[1] if len(numbers) > 1 else [1] * len(numbers[0])
    usual = _dtype_part(inside.get("_dtype"), "_fill_value", 1)
    if min(runs, default=0) < 0 or sum(runs) != values.size or type(usual) is Placeholder:
        return None
    places = [at + step for at, many in zip(numbers[0], runs) for step in range(many)]
    return Values(f"Sparse[{values.kind}, {written(usual)}]", Scattered(size, places, values, usual))


def _shaped(maker: Maker, given: Made, inside: dict[str, Any]) -> Values | None:
    """Find the values of geopandas' array of shapes: their well-known bytes."""
    array = array_of(maker, next(iter(given.state)))
    return Values("geometry", Mapped(array, shape_of)) if array is not None else None


_KINDS: dict[str, Any] = {
    "IntervalArray": _spans, "IntervalIndex": _spans, "SparseArray": _scattered, "GeometryArray": _shaped,
}  # fmt: skip


def _inside(given: Made) -> dict[str, Any]:
    """Give the attributes of an array of pandas', whose state may be a tuple of them without their names."""
    inside = given.attributes()
    if inside.get("_ndarray") is not None:
        return inside
    for state in (*given.states, given.args):
        if type(state) is tuple:
            for part in state:
                if type(part) is dict:
                    inside.update((text(name), value) for name, value in part.items())
                elif type(part) is Placeholder:
                    is_dtype = dtypes.of(part) is not None or made(part).short.endswith("Dtype")
                    inside.setdefault("_dtype" if is_dtype else "_ndarray", part)
    return inside


def _categorical(maker: Maker, inside: dict[str, Any]) -> Values | None:
    """Find the values of a Categorical."""
    codes = values_of(maker, inside.get("_codes", inside.get("_ndarray")))
    dtype = inside.get("_dtype")
    of_dtype = made(dtype).attributes() if type(dtype) is Placeholder else {}
    index = of_dtype.get("categories", inside.get("_categories", inside.get("categories")))
    categories = index_values(maker, index)
    if codes is None or categories is None:
        return None
    return Values("category", Coded(codes.array, categories.array))


def _dtype_name(given: Made, inside: dict[str, Any], plain_name: str) -> str:
    """Name the dtype of an array of pandas' own."""
    dtype = inside.get("_dtype", inside.get("dtype"))
    known = made(dtype) if type(dtype) is Placeholder else None
    if known is not None and known.short == "DatetimeTZDtype":
        return f"datetime64[{_unit(known, plain_name)}, {_zone(known)}]"
    if given.short in ("IntegerArray", "FloatingArray"):
        return plain_name[:1].upper() + plain_name[1:] if plain_name[0] != "u" else "UI" + plain_name[2:]
    names = {
        "BooleanArray": "boolean",
        "StringArray": "string",
        "PeriodArray": "period",
        "ObjectStringArrayMixin": "string",
    }
    if known is not None and known.short == "StringDtype":
        return "str" if "nan" in str(known.args) else "string"
    if given.short == "PeriodArray" and known is not None:
        return f"period[{frequency(_dtype_part(dtype, 'freq', 0))}]"
    return names.get(given.short, plain_name)


_LETTERS = {
    "Day": "D", "MonthEnd": "M", "YearEnd": "Y-DEC", "QuarterEnd": "Q-DEC", "Hour": "h", "Minute": "min", "Second": "s",
    "Milli": "ms", "Micro": "us", "Nano": "ns", "BusinessDay": "B",
}  # fmt: skip
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def frequency(thing: Any) -> str:
    """Name the length of a period, as pandas does; ``?`` where it is none that is known."""
    if type(thing) is not Placeholder:
        return printable(text(thing)[:40].removeprefix("period[").removesuffix("]")) or "?"
    given = made(thing)
    args = given.args if type(given.args) is tuple else ()
    many = args[0] if args and type(args[0]) is int and args[0] != 1 else ""
    last = args[2] if len(args) > 2 and type(args[2]) is int else -1
    if given.short == "Week" and 0 <= last < len(_DAYS):
        return f"{many}W-{_DAYS[last]}"
    letters = _LETTERS.get(given.short, "?")
    if letters.endswith("-DEC") and 0 < last <= len(_MONTHS):
        letters = f"{letters[0]}-{_MONTHS[last - 1]}"
    return f"{many}{letters}" if letters != "?" else "?"


def _unit(known: Made, plain_name: str) -> str:
    return plain_name.partition("[")[2].rstrip("]") or "ns"


def _zone(known: Made) -> str:
    """Name the time zone of a dtype."""
    parts = [*known.attributes().values(), *(known.args if type(known.args) is tuple else ())]
    for part in parts:
        name = zone(part)
        if name and name not in ("ns", "us", "ms", "s"):
            return name
    return "?"


def zone(thing: Any) -> str:
    """Name a time zone; empty where none is known."""
    import datetime

    if type(thing) is str:
        return printable(thing[:40])
    if type(thing) is not Placeholder:
        return printable(str(thing)[:40]) if type(thing) is datetime.timezone else ""
    given = made(thing)
    for part in given.args if type(given.args) is tuple else ():
        if type(part) is str:
            return printable(part[:40])
    return "UTC" if "UTC" in given.name.upper() else ""


def index_values(maker: Maker, thing: Any) -> Values | None:
    """Find the values of an index."""
    if type(thing) is not Placeholder:
        return None
    given = made(thing)
    inside = parts_of(given)
    if given.short == "RangeIndex" and type(inside.get("stop")) is int:
        return Values("int64", _ranged(span_of(inside)))
    if given.short == "MultiIndex":
        return _levels(maker, inside)
    if given.short == "IntervalIndex" and "left" in inside:
        return _spans(maker, given, inside)
    data = inside.get("data")
    found = values_of(maker, data)
    if found is None and type(data) is Placeholder and made(data).short.endswith("Index"):
        found = index_values(maker, data)
    if found is None and given.short == "CategoricalIndex":
        return _categorical(maker, {"_codes": inside.get("codes"), "categories": inside.get("categories")})
    if found is not None and "tz" in inside and zone(inside["tz"]) and "," not in found.dtype:
        found = Values(f"{found.dtype.rstrip(']')}, {zone(inside['tz'])}]", found.array)
    return Values(found.dtype, _zoned(found.dtype, found.array)) if found is not None else None


def _levels(maker: Maker, inside: dict[str, Any]) -> Values | None:
    """Find the values of an index of several levels."""
    codes = [values_of(maker, part) for part in inside.get("codes", inside.get("labels")) or ()]
    levels = [index_values(maker, part) for part in inside.get("levels") or ()]
    arrays = [one.array for one in codes if one is not None]
    meant = [one.array for one in levels if one is not None]
    if (
        not arrays
        or not len(arrays) == len(codes) == len(meant) == len(levels)
        or len({one.size for one in arrays}) > 1
    ):
        return None
    return Values("object", Levels(arrays, meant))


def parts_of(given: Made) -> dict[str, Any]:
    """Give what an index is made from, by name."""
    args = given.args
    if type(args) is tuple and len(args) == 2 and type(args[1]) is dict:
        return {text(name): value for name, value in args[1].items()}
    return given.attributes()


def span_of(inside: dict[str, Any]) -> range:
    """Give the numbers of an index that is a range."""
    return range(inside.get("start") or 0, inside["stop"], inside.get("step") or 1)


def _ranged(span: range) -> Array:
    """Give a range as an array."""
    return Array(dtypes.DType("i", 8), (len(span),), False, objects=span)
