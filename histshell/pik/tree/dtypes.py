"""numpy's dtypes, read without numpy: from what a pickle gives them, or from the text of a header; and numbers from bytes."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any, Iterator, Sequence

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.placed import made, text
from histshell.preview import show

#: numpy's letter and size -> its name, and the letter that `struct` has.
_NUMBERS = {
    "b1": ("bool", "?"), "?1": ("bool", "?"), "i1": ("int8", "b"), "i2": ("int16", "h"), "i4": ("int32", "i"), "i8": ("int64", "q"),
    "u1": ("uint8", "B"), "u2": ("uint16", "H"), "u4": ("uint32", "I"), "u8": ("uint64", "Q"), "f2": ("float16", "e"),
    "f4": ("float32", "f"), "f8": ("float64", "d"), "c8": ("complex64", "ff"), "c16": ("complex128", "dd"),
    "f16": ("longdouble", ""), "c32": ("clongdouble", ""), "f12": ("longdouble", ""),
}  # fmt: skip
_TEXT = re.compile(r"([<>=|]?)([biufcSUVOmM?a])(\d{0,9})(?:\[(\d{0,9}[a-zA-Z]{1,7})\])?", re.ASCII)
_DEEPEST = 10
_MOST_FIELDS = 1_000
_EPOCH_UNITS = {"Y": 0, "M": 0, "W": 604_800, "D": 86_400, "h": 3_600, "m": 60, "s": 1}
_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9, "ps": 10**12, "fs": 10**15, "as": 10**18}
NOT_A_TIME = -(1 << 63)


@dataclass(frozen=True)
class DType:
    """A dtype: ``kind`` is numpy's letter, ``size`` bytes, ``order`` one of ``<``, ``>`` and ``|``, ``unit`` that of dates.

    ``fields`` are (name, dtype, offset); ``shape`` is that of a dtype that is itself an array of ``base``.
    """

    kind: str
    size: int
    order: str = "<"
    unit: str = ""
    fields: tuple[tuple[str, DType, int], ...] = ()
    base: DType | None = None
    shape: tuple[int, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        """Write it as numpy does: ``int64``, ``>f4``, ``<U5``, ``datetime64[ns]``, ``[('a', '<i8')]``."""
        if self.name:
            return self.name
        if self.base is not None:
            return f"({str(self.base)!r}, {self.shape})"
        if self.fields:
            some = ", ".join(f"({name!a}, {field.short!r})" for name, field, _ in self.fields[:8])
            return f"[{some}{', …' if len(self.fields) > 8 else ''}]"
        if self.kind in "mM":
            return f"{'datetime64' if self.kind == 'M' else 'timedelta64'}{f'[{self.unit}]' if self.unit else ''}"
        known = _NUMBERS.get(f"{self.kind}{self.size}")
        if known is not None:
            return known[0] if self.order != ">" or self.size == 1 else f">{self.kind}{self.size}"
        return "object" if self.kind == "O" else self.short

    @property
    def short(self) -> str:
        """Numpy's short text."""
        if self.fields or self.base is not None:
            return str(self)
        if self.kind in "mM":
            return f"{self.order}{self.kind}8[{self.unit}]"
        size = self.size // 4 if self.kind == "U" else self.size
        return "|O" if self.kind == "O" else f"{self.order if self.kind not in 'SVb?' else '|'}{self.kind}{size}"

    @property
    def is_number(self) -> bool:
        """Whether values of it have an order."""
        return (self.kind in "biuf?" or self.name == "bfloat16") and not self.fields and self.base is None


class Moment(str):
    """A date, or a difference between two, as it is written."""


OBJECT = DType("O", 8, "|")


def parse(spelled: str) -> DType | None:
    """Read numpy's short text."""
    found = _TEXT.fullmatch(spelled)
    if found is None:
        return None
    order, kind, size, unit = found.groups()
    kind = {"a": "S", "?": "b"}.get(kind, kind)
    number = int(size) if size else {"b": 1, "O": 8, "m": 8, "M": 8}.get(kind, 0)
    if kind == "U":
        number *= 4
    order = ">" if order == ">" else ("|" if order == "|" else "<")
    return DType(kind, number, order, _unit(unit or ""))


def _unit(unit: str) -> str:
    return unit[1:] if unit[:1] == "1" and not unit[1:2].isdigit() else unit


def described(descr: Any, deep: int = 0) -> DType | None:
    """Read a structured description, as headers of arrays have it: ``[('a', '<i8'), ('b', '<f4', (2,))]``."""
    if type(descr) is str:
        return parse(descr)
    if type(descr) is tuple and len(descr) == 2 and deep < _DEEPEST:
        base = described(descr[0], deep + 1)
        return _array_of(base, descr[1]) if base is not None else None
    if type(descr) is not list or deep > _DEEPEST or len(descr) > _MOST_FIELDS:
        return None
    fields, at = [], 0
    for row in descr:
        name = row[0][-1] if type(row[0]) is tuple else row[0]
        field = described(row[1], deep + 1)
        if field is None:
            return None
        if len(row) > 2:
            field = _array_of(field, row[2])
        if name:
            fields.append((name, field, at))
        at += field.size
    return DType("V", at, "|", fields=tuple(fields))


def _array_of(base: DType, shape: Any) -> DType:
    """Give the dtype that is itself an array."""
    lengths = tuple(shape) if type(shape) is tuple else (shape,)
    return DType("V", base.size * product(lengths), "|", base=base, shape=lengths)


def product(shape: Sequence[int]) -> int:
    """Give the number of items of a shape. Raises ValueError where it is none."""
    size = 1
    for length in shape:
        if type(length) is not int or length < 0:
            raise ValueError("no shape")
        size *= length
    return size


def of(thing: Any, deep: int = 0) -> DType | None:
    """Read the dtype that a stream gives: what stands for `numpy.dtype` with its state; None where it is none."""
    if type(thing) is not Placeholder or deep > _DEEPEST:
        return None
    given = made(thing)
    if given.top == "numpy.dtype" and type(given.args) is tuple and given.args:
        return _of_dtype(given.args[0], given.state, deep)
    if given.args is None:
        return _of_class(given.name)
    if given.name.endswith("DType") and given.module.startswith("numpy"):
        return _of_class(given.name[:-5].lower())
    if given.name == "_convert_to_stringdtype_kwargs":
        return DType("T", 16, "|", name=_strings(given.args))
    return None


def _strings(args: Any) -> str:
    """Write the dtype of texts of any length, as numpy does."""
    parts = [f"na_object={show(args[1], total=40)}"] if len(args) > 1 else []
    parts += [] if not args or args[0] else ["coerce=False"]
    return f"StringDType({', '.join(parts)})"


def lies(thing: Any) -> bool:
    """Tell whether a dtype's state says what its parts deny: numpy would take bytes for objects, or read beyond."""
    given = made(thing)
    state = given.state
    if type(state) is not tuple or len(state) < 8 or type(state[5]) is not int or type(state[7]) is not int:
        return False
    try:
        kind = of(thing)
    except (ValueError, TypeError, LookupError):
        return True
    if kind is None:
        return False
    if bool(state[7] & 1) != _has_objects(kind) or len(given.states) > 1:
        return True
    if kind.base is not None:
        return kind.size != state[5]
    return any(offset < 0 or offset + field.size > state[5] for _, field, offset in kind.fields)


def _has_objects(kind: DType) -> bool:
    inner = [field for _, field, _ in kind.fields] + ([kind.base] if kind.base is not None else [])
    return kind.kind == "O" or any(_has_objects(one) for one in inner)


def _of_class(name: str) -> DType | None:
    """Read the dtype that a class of numpy's means, or one of Python's."""
    plain = name.rpartition(".")[2].rstrip("_")
    for key, (known, _) in _NUMBERS.items():
        if known == plain:
            return parse(f"<{key}")
    also = {
        "object": "O",
        "str": "U0",
        "bytes": "S0",
        "void": "V0",
        "record": "V0",
        "int": "i8",
        "float": "f8",
        "intc": "i4",
    }
    found = also.get(plain) or {"longlong": "i8", "ulonglong": "u8", "uint": "u8", "intp": "i8"}.get(plain)
    return parse(found) if found else None


def _of_dtype(first: Any, state: Any, deep: int) -> DType | None:
    """Read a dtype from its name and its state."""
    kind = parse(text(first)) if text(first) else None
    if kind is None:
        named = made(first).name if type(first) is Placeholder else getattr(first, "__name__", "")
        kind = _of_class(named)
    if kind is None or state is None:
        return kind
    if type(state) is not tuple or len(state) < 6:
        return None
    order = ">" if text(state[1]) == ">" else ("|" if text(state[1]) == "|" else "<")
    size = state[5] if type(state[5]) is int and state[5] > 0 else kind.size
    if state[2] is not None:
        base = of(state[2][0], deep + 1)
        return _array_of(base, state[2][1]) if base is not None else None
    if state[3] is not None and type(state[4]) is dict:
        return DType("V", size, "|", fields=tuple(_fields(state[3], state[4], deep)))
    unit = ""
    if kind.kind in "mM":
        unit = _unit_of(state[-1]) or kind.unit
    return DType(kind.kind, size, order, unit)


def _fields(names: Any, fields: dict[Any, Any], deep: int) -> Iterator[tuple[str, DType, int]]:
    """Give the fields of a structured dtype."""
    for name in list(names)[:_MOST_FIELDS]:
        field = fields[name]
        kind = of(field[0], deep + 1)
        if kind is None or type(field[1]) is not int:
            raise ValueError("no dtype")
        yield text(name), kind, field[1]


def _unit_of(metadata: Any) -> str:
    """Read the unit of dates."""
    if type(metadata) is tuple and len(metadata) == 2 and type(metadata[1]) is tuple and len(metadata[1]) >= 2:
        unit, many = text(metadata[1][0]), metadata[1][1]
        if unit in _EPOCH_UNITS or unit in _SECOND:
            return unit if many == 1 or type(many) is not int else f"{many}{unit}"
    return ""


# ---------------------------------------------------------------------- values


def values(kind: DType, data: Any, start: int, count: int) -> list[Any]:
    """Read *count* values from bytes, from the one of number *start* on. Raises ValueError where they are not there."""
    size = kind.size
    if not size:
        return ["" if kind.kind == "U" else b""] * count if kind.kind in "US" else []
    piece = memoryview(data)[start * size : (start + count) * size]
    if len(piece) < size * count:
        raise ValueError("too short")
    if kind.name == "bfloat16":
        return list(struct.unpack(f"<{count}f", b"".join(_widened(piece, size * count))))
    if kind.fields or kind.base is not None:
        return [_structured(kind, piece[at : at + size]) for at in range(0, size * count, size)]
    if kind.kind in "mM":
        numbers = struct.unpack(f"{_order(kind)}{count}q", piece)
        return [_moment(kind, number) for number in numbers]
    if kind.kind == "U":
        coding = "utf-32-be" if kind.order == ">" else "utf-32-le"
        return [
            str(piece[at : at + size], coding, "backslashreplace").rstrip("\0") for at in range(0, size * count, size)
        ]  # fmt: skip
    if kind.kind == "S":
        return [bytes(piece[at : at + size]).rstrip(b"\0") for at in range(0, size * count, size)]
    letter = _NUMBERS.get(f"{kind.kind}{size}", ("", ""))[1]
    if not letter:
        if kind.kind in "fc":
            half = size // 2 if kind.kind == "c" else size
            halves = [long_double(piece[at : at + half]) for at in range(0, size * count, half)]
            return halves if kind.kind == "f" else list(map(complex, halves[::2], halves[1::2]))
        return [bytes(piece[at : at + size]) for at in range(0, size * count, size)]
    found = struct.unpack(f"{_order(kind)}{count * len(letter)}{letter[0]}", piece)
    if len(letter) == 2:
        return [complex(real, imaginary) for real, imaginary in zip(found[::2], found[1::2])]
    return list(found)


def _widened(piece: memoryview, length: int) -> Iterator[bytes]:
    """Give 16 bits of a float as 32."""
    return (b"\0\0" + bytes(piece[at : at + 2]) for at in range(0, length, 2))


def long_double(raw: Any) -> float:
    """Read a long double as x86 has it, in 80 bits."""
    number = int.from_bytes(raw[:8], "little")
    sign = int.from_bytes(raw[8:10], "little")
    exponent = (sign & 0x7FFF) - 16383 - 63
    try:
        value = float(number) * 2.0**exponent if exponent > -1074 else 0.0
    except OverflowError:
        value = float("inf")
    return -value if sign & 0x8000 else value


def _order(kind: DType) -> str:
    return ">" if kind.order == ">" else "<"


def _structured(kind: DType, piece: memoryview) -> Any:
    """Read one structured value, as a tuple, or one that is an array, as a list."""
    if kind.base is not None:
        return values(kind.base, piece, 0, product(kind.shape))
    found: list[Any] = []
    for _, field, at in kind.fields:
        if field.kind == "O":
            found.append(None)
            continue
        found.extend(values(field, piece[at : at + field.size], 0, 1))
    return tuple(found)


def _moment(kind: DType, number: int) -> str:
    """Write a date or a difference between two."""
    if number == NOT_A_TIME:
        return Moment("NaT")
    return Moment(duration(number, kind.unit) if kind.kind == "m" else date(number, kind.unit))


def date(number: int, unit: str) -> str:
    """Write a date that is so many units after 1970, as numpy does, with no more than it says."""
    import datetime

    many = unit.rstrip("YMWDhmsunpfa")
    if many.isdigit():
        number, unit = number * int(many), unit[len(many) :]
    if unit in ("Y", "M"):
        year, month = (1970 + number, 0) if unit == "Y" else (1970 + number // 12, number % 12 + 1)
        return f"{year}-{month:02}" if month else str(year)
    per = _SECOND.get(unit, 0)
    if per:
        seconds, rest = divmod(number, per)
    elif unit in _EPOCH_UNITS:
        seconds, rest = number * _EPOCH_UNITS[unit], 0
    else:
        return f"{number} {unit}".rstrip()
    try:
        moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    except OverflowError:
        return f"{number} {unit} after 1970"
    if unit in ("W", "D") or not (seconds % 86_400 or rest):
        return moment.strftime("%Y-%m-%d") if moment.year > 999 else moment.date().isoformat()
    fraction = f"{rest:0{len(str(per)) - 1}}".rstrip("0") if rest else ""
    return moment.isoformat() + (f".{fraction}" if fraction else "")


def duration(number: int, unit: str) -> str:
    """Write a difference between two dates."""
    many = unit.rstrip("YMWDhmsunpfa")
    if many.isdigit():
        number, unit = number * int(many), unit[len(many) :]
    per = _SECOND.get(unit, 0)
    whole = number if not per else number // per
    seconds = whole * (_EPOCH_UNITS.get(unit, 1) if not per else 1)
    rest = number % per if per else 0
    if unit in ("Y", "M", "") or unit not in _EPOCH_UNITS and not per:
        return f"{number} {unit}".rstrip()
    days, seconds = divmod(seconds, 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    fraction = f".{rest:0{len(str(per)) - 1}}".rstrip("0") if rest else ""
    if not seconds and not rest:
        return f"{days} days"
    return f"{days} days {clock}{fraction}" if days else f"{clock}{fraction}"
