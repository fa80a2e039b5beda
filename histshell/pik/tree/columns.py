"""pandas' columns and indexes: where their values are, whatever kind of array has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.arrays import Array, array_of
from histshell.pik.tree.arrow import array_of as arrow_array
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import printable

if TYPE_CHECKING:
    from histshell.pik.tree.maker import Maker

MISSING = dtypes.Moment("<NA>")


class Column(Array):
    """One row of a block, which is a column of the frame."""

    def __init__(self, block: Array, row: int) -> None:
        """Take the row of that number."""
        super().__init__(block.kind, block.shape[1:], False, block.read, block.objects)
        self.block = block
        self.row = row
        self.elsewhere = block.elsewhere

    def lies_at(self, number: int) -> int:
        """Give where an item lies in the block."""
        return self.block.lies_at(self.row * self.size + number)

    def first(self, count: int) -> list[Any]:
        """Give the first values."""
        return [self.value(number) for number in range(min(count, self.size))]

    def ends(self) -> tuple[Any, Any] | None:
        """Give the least and the greatest number."""
        if self.read is None or not self.size:
            return None
        if self.block.fortran:
            found = self.block.every()[self.row :: self.block.shape[0]]
        else:
            start = self.row * self.nbytes
            found = dtypes.values(self.kind, self.read(start, start + self.nbytes), 0, self.size)
        if self.kind.kind == "f":
            found = [number for number in found if number == number]
        return (min(found), max(found)) if found else None


def _nothing(_: int, __: int) -> bytes:
    return b""


class Coded(Array):
    """Values of a Categorical: numbers of its categories."""

    def __init__(self, codes: Array, categories: Array) -> None:
        """Take numbers and what they mean."""
        super().__init__(categories.kind, codes.shape, codes.fortran, _nothing)
        self.codes = codes
        self.categories = categories
        self.elsewhere = codes.elsewhere or categories.elsewhere

    def value(self, number: int) -> Any:
        """Give one value."""
        code = self.codes.value(number)
        return self.categories.value(code) if 0 <= code < self.categories.size else None

    def first(self, count: int) -> list[Any]:
        """Give the first values."""
        return [self.value(number) for number in range(min(count, self.size))]

    def ends(self) -> None:
        """Give nothing: they have no order of their own."""


class Masked(Array):
    """Values, some of which are missing."""

    def __init__(self, values: Array, mask: Array) -> None:
        """Take both."""
        super().__init__(values.kind, values.shape, values.fortran, values.read, values.objects)
        self.mask = mask
        self.elsewhere = values.elsewhere or mask.elsewhere

    def value(self, number: int) -> Any:
        """Give one value."""
        return MISSING if self.mask.value(number) else super().value(number)

    def first(self, count: int) -> list[Any]:
        """Give the first values."""
        return [self.value(number) for number in range(min(count, self.size))]

    def ends(self) -> tuple[Any, Any] | None:
        """Give the least and the greatest number."""
        if self.read is None or not self.kind.is_number:
            return None
        every = dtypes.values(self.kind, self.read(0, self.nbytes), 0, self.size)
        mask = self.mask.first(self.size)
        found = [value for value, masked in zip(every, mask) if not masked]
        return (min(found), max(found)) if found else None


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
    data = next((inside[name] for name in ("_ndarray", "_pa_array", "_data", "data") if name in inside), None)
    found = values_of(maker, data)
    if found is None:
        return None
    mask = array_of(maker, inside.get("_mask"))
    if mask is not None and mask.size == found.array.size:
        found = Values(found.dtype, Masked(found.array, mask))
    return Values(_dtype_name(given, inside, found.dtype), found.array)


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
    return names.get(given.short, plain_name)


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
    if type(thing) is str:
        return printable(thing[:40])
    if type(thing) is not Placeholder:
        return "UTC" if type(thing).__name__ == "timezone" and str(thing) == "UTC" else ""
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
    data = inside.get("data")
    found = values_of(maker, data)
    if found is None and type(data) is Placeholder and made(data).short.endswith("Index"):
        found = index_values(maker, data)
    if found is None and given.short == "CategoricalIndex":
        return _categorical(maker, {"_codes": inside.get("codes"), "categories": inside.get("categories")})
    if found is not None and "tz" in inside and zone(inside["tz"]) and "," not in found.dtype:
        found = Values(f"{found.dtype.rstrip(']')}, {zone(inside['tz'])}]", found.array)
    return found


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
