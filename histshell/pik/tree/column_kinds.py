"""What pandas keeps in columns and indexes besides numbers: categories, missing values, levels, periods, intervals, shapes."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Callable, Sequence

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_nodes import written
from histshell.pik.tree.array_values import Array
from histshell.pik.tree.dtypes import OBJECT, DType, Moment
from histshell.pik.tree.shapes import in_short

MISSING = Moment("<NA>")


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


def _no_bytes(_: int, __: int) -> bytes:
    return b""


class Told(Array):
    """Values each of which is told by a way of its own; they have no least and greatest."""

    def __init__(self, kind: DType, shape: tuple[int, ...]) -> None:
        """Begin with what they are, and how many."""
        super().__init__(kind, shape, False, _no_bytes)

    def first(self, count: int) -> list[Any]:
        """Give the first values."""
        return [self.value(number) for number in range(min(count, self.size))]

    def ends(self) -> tuple[Any, Any] | None:
        """Give nothing."""
        return None


class Coded(Told):
    """Values of a Categorical: numbers of its categories."""

    def __init__(self, codes: Array, categories: Array) -> None:
        """Take numbers and what they mean."""
        super().__init__(categories.kind, codes.shape)
        self.codes = codes
        self.categories = categories
        self.elsewhere = codes.elsewhere or categories.elsewhere

    def value(self, number: int) -> Any:
        """Give one value."""
        code = self.codes.value(number)
        return self.categories.value(code) if 0 <= code < self.categories.size else None


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


class Levels(Told):
    """Values of an index of several levels, each a tuple."""

    def __init__(self, codes: list[Array], levels: list[Array]) -> None:
        """Take the numbers of each level, and what they mean."""
        super().__init__(OBJECT, codes[0].shape)
        self.parts = [Coded(one, level) for one, level in zip(codes, levels)]
        self.elsewhere = next((part.elsewhere for part in self.parts if part.elsewhere), "")

    def value(self, number: int) -> Any:
        """Give one value."""
        return tuple(part.value(number) for part in self.parts)


class Objects(Told):
    """Objects, among which what stands for pandas' NA is missing."""

    def __init__(self, items: Array) -> None:
        """Take an array of objects."""
        super().__init__(OBJECT, items.shape)
        self.items = items

    def value(self, number: int) -> Any:
        """Give one value."""
        found = self.items.value(number)
        return MISSING if type(found) is Placeholder and found.name == "NA" else found


class Mapped(Told):
    """Values of another array, each of them told in other words."""

    def __init__(self, inner: Array, tell: Callable[[Any], Any]) -> None:
        """Take the values, and what tells one."""
        super().__init__(inner.kind if inner.kind.kind in "mM" else OBJECT, inner.shape)
        self.inner = inner
        self.tell = tell

    def value(self, number: int) -> Any:
        """Give one value."""
        return self.tell(self.inner.value(number))


class Spans(Told):
    """Intervals, from their ends."""

    def __init__(self, left: Array, right: Array, closed: str) -> None:
        """Take the ends, and which of them belong to it: ``left``, ``right``, ``both`` or ``neither``."""
        super().__init__(OBJECT, left.shape)
        self.left, self.right = left, right
        self.begin = "[" if closed in ("left", "both") else "("
        self.end = "]" if closed in ("right", "both") else ")"

    def value(self, number: int) -> Any:
        """Give one value."""
        return Moment(f"{self.begin}{written(self.left.value(number))}, {written(self.right.value(number))}{self.end}")


class Scattered(Told):
    """Values of which only those are kept that are not the usual one."""

    def __init__(self, size: int, places: Sequence[int], values: Array, usual: Any) -> None:
        """Take how many they are, the places of those that are kept, in their order, and these."""
        super().__init__(values.kind, (size,))
        self.places, self.values, self.usual = places, values, usual

    def value(self, number: int) -> Any:
        """Give one value."""
        at = bisect_left(self.places, number)
        return self.values.value(at) if at < len(self.places) and self.places[at] == number else self.usual


def in_utc(value: Any) -> Any:
    """Tell a moment whose zone is another: which one it is there is not looked up."""
    return Moment(f"{value}Z") if type(value) is Moment and value != "NaT" else value


def shape_of(value: Any) -> Any:
    """Tell a shape from its well-known bytes, a missing one as it is."""
    found = in_short(value)
    return Moment(found) if type(found) is str else found


def periods(frequency: str) -> Callable[[Any], Any]:
    """Give what tells a period from its number; the number itself where nobody knows how."""
    letter = frequency.partition("-")[0]
    unit = {"Y": "Y", "M": "M", "D": "D", "h": "h", "min": "m", "s": "s", "ms": "ms", "us": "us", "ns": "ns"}.get(
        letter
    )

    def tell(value: Any) -> Any:
        if type(value) is not int or (unit is None and frequency != "Q-DEC"):
            return value
        if value == dtypes.NOT_A_TIME:
            return Moment("NaT")
        if unit is None:
            return Moment(f"{1970 + value // 4}Q{value % 4 + 1}")
        return Moment(dtypes.date(value, unit))

    return tell
