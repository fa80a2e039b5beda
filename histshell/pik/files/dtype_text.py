"""How a header may spell a dtype: every text that numpy takes, brought into the one form that `np.save` writes."""

from __future__ import annotations

import re
from typing import Any

_ALIASES = {
    "|O": "O object object_ object0 Object0 O4 O8 T",  # of the last, StringDType, a pickle follows, too
    "|b1": "? bool bool_ bool8 Bool b1",
    "|i1": "b byte int8 Int8 i1", "<i2": "h short int16 Int16", "<i4": "i intc int32 Int32",
    "<i8": "l q p n int int_ int0 long longlong intp int64 Int64",
    "|u1": "B ubyte uint8 UInt8 u1", "<u2": "H ushort uint16 UInt16", "<u4": "I uintc uint32 UInt32",
    "<u8": "L Q P N uint uint0 ulong ulonglong uintp uint64 UInt64",
    "<f2": "e half float16 Float16", "<f4": "f single float32 Float32", "<f8": "d float float_ double float64 Float64",
    "<f16": "g longdouble longfloat float128 Float128", "<c8": "F csingle singlecomplex complex64 Complex32",
    "<c16": "D complex complex_ cdouble cfloat complex128 Complex64",
    "<c32": "G clongdouble clongfloat longcomplex complex256 Complex128",
    "|S0": "S a str0 bytes bytes_ bytes0 string_ Bytes0", "<U0": "U str str_ unicode unicode_ Str0", "|V0": "V void void0 Void0",
    "|S1": "c S1", "<M8": "M M8 datetime64", "<m8": "m m8 timedelta64",
}  # fmt: skip
_KNOWN = {spelled: text for text, all_of_it in _ALIASES.items() for spelled in all_of_it.split()}
_SIZED = re.compile(r"([iufc])([0-9]{1,2})|([SaUV])([0-9]{1,18})|([mM])8?(\[[0-9A-Za-z/]{1,20}\])", re.ASCII)
_UNITS = re.compile(r"(?:datetime64|timedelta64)(\[[0-9A-Za-z/]{1,20}\])", re.ASCII)
_PART = re.compile(
    r"([<>|=]?)( *(?:\([ ,0-9]*\)|[0-9]*) *)([<>|=]?)([A-Za-z0-9_.?]*(?:\[[a-zA-Z0-9,./]+\])?)(\s*,\s*|\s*\Z)", re.ASCII
)
_SIZES = {"i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8, 12, 16), "c": (8, 16, 24, 32)}
_MOST = 10_000  # fields
_DEEPEST = 8


def canonical(descr: Any, depth: int = 0) -> Any:
    """Return a description as `np.save` writes it: ``<f8``, ``('|O', (2,))``, ``[('a', '<i4'), ('b', '|O')]``.

    Raises `ValueError` for what is no dtype.
    """
    if isinstance(descr, str):
        return _text(descr)
    if depth >= _DEEPEST:
        raise ValueError("this is no dtype: it is too deep")
    if isinstance(descr, tuple) and len(descr) == 2:  # a dtype and its shape
        return canonical(descr[0], depth + 1), _shape(descr[1])
    if not isinstance(descr, (list, dict, set, frozenset)) or len(descr) > _MOST:
        raise ValueError("this is no dtype")
    return [_field(one, depth) for one in descr]


def _field(one: Any, depth: int) -> tuple[Any, ...]:
    """Bring a field into form: numpy unpacks whatever has two or three parts."""
    if not isinstance(one, (tuple, list, str)) or len(one) not in (2, 3):
        raise ValueError("this is no dtype: a field has a name, a dtype and perhaps a shape")
    name, descr = one[0], canonical(one[1], depth + 1)
    return (name, descr) if len(one) == 2 else (name, descr, _shape(one[2]))


def _shape(shape: Any) -> tuple[int, ...]:
    """Return a shape as a tuple; what is in it is looked at later."""
    if isinstance(shape, str):
        raise ValueError("this is no shape")
    return tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)


def _text(text: str) -> Any:
    """Bring a text into form: one dtype, or several after one another with commas between."""
    found = _one(text)
    if found is not None:
        return found
    parts: list[Any] = []
    at, several = 0, False
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or part.end() == at or len(parts) >= _MOST:
            raise unknown(text)
        before, repeats, after, spelled, comma = part.groups()
        base = _one((before or after) + spelled)
        if base is None or before and after and before != after:
            raise unknown(text)
        parts.append((base, _repeats(repeats.strip(), text)) if repeats.strip() else base)
        several = several or "," in comma
        at = part.end()
    if not parts:
        raise unknown(text)
    return [(f"f{number}", *_flat(part)) for number, part in enumerate(parts)] if several else parts[0]


def _flat(part: Any) -> tuple[Any, ...]:
    return part if isinstance(part, tuple) else (part,)


def _repeats(text: str, whole: str) -> tuple[int, ...]:
    """Read how often a dtype is repeated: ``2`` or ``(2,3)``."""
    numbers = [number.strip() for number in text.strip("()").split(",") if number.strip()]
    if not all(number.isdigit() and len(number) < 19 for number in numbers):
        raise unknown(whole)
    return tuple(map(int, numbers))


def _one(text: str) -> str | None:
    """Bring the text of one dtype into form; None if it is none."""
    order = text[:1] if text[:1] in ("<", ">", "=", "|") else ""
    found = _plain(text[len(order) :])
    if found is None or order and _UNITS.fullmatch(text[1:]) is None and text[1:] in _NAMES:
        return None
    return f">{found[1:]}" if order == ">" and found[0] == "<" else found


def _plain(text: str) -> str | None:
    """Bring the text of one dtype, without its order, into form."""
    known = _KNOWN.get(text)
    if known is not None:
        return known
    found = _UNITS.fullmatch(text)
    if found is not None:
        return f"<{'M' if text[0] == 'd' else 'm'}8{found[1]}"
    found = _SIZED.fullmatch(text)
    if found is None:
        return None
    if found[5]:
        return f"<{found[5]}8{found[6]}"
    if found[3]:
        code = found[3].replace("a", "S")
        return f"{'<' if code == 'U' else '|'}{code}{int(found[4])}"
    if int(found[2]) not in _SIZES[found[1]]:
        return None
    return f"{'|' if found[2] == '1' else '<'}{found[1]}{int(found[2])}"


_NAMES = frozenset(spelled for spelled in _KNOWN if len(spelled) > 2)


def unknown(text: str) -> ValueError:
    """Return the error for a text that is no dtype."""
    return ValueError(f"the dtype {text[:40]!a} is not known")
