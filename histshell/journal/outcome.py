"""What a record says of an input's end: its results and its exception, told without running anything of theirs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Callable, List, Tuple

from histshell import libraries, preview

from . import records, secrets

if TYPE_CHECKING:
    from histshell.history import History

    Ranges = List[Tuple[int, int]]
    Saves = Callable[[object, int], "bytes | None"]

MOST_RESULTS = 1000
"""How many results of one input are described."""

_SHORT = 5  # characters of a preview that is no secret

_quoted, _mask, _holds_secret = records.quoted, secrets.mask, secrets.holds_secret

_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE

_module_of = type.__dict__["__module__"].__get__
_name_of = type.__dict__["__qualname__"].__get__
_flags_of = type.__dict__["__flags__"].__get__

_MEASURED = (
    bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, slice, type(None)
)  # fmt: skip


class Running:
    """An input that runs: `seq` of its record, when it began, and the results that are known to be its own."""

    __slots__ = ("begun", "masked", "results", "seq")

    seq: int
    masked: bool
    results: Ranges
    begun: float


def type_of(value: object) -> str:
    """Return module and name of a value's type, read past any metaclass: `builtins.int`."""
    kind = type(value)
    module, name = _module_of(kind), _name_of(kind)
    if type(module) is not str or type(name) is not str:
        return preview.clip(name) if type(name) is str else ""
    return preview.clip(f"{module}.{name}")


PLAIN = {id(kind): f"builtins.{kind.__name__}" for kind in _MEASURED}
"""The names of types whose values tell their size, by the type's id: they are never freed, and asking for it runs nothing."""

getsizeof = sys.getsizeof if sys.implementation.name == "cpython" else None  # PyPy cannot say
"""Their size, without what they hold."""


def size_of(value: object) -> int | None:
    """Return how many bytes a value of another type takes, where that is known without asking it: of numpy's arrays."""
    kind = type(value)
    if _flags_of(kind) & _HEAP_TYPE or _name_of(kind) != "ndarray":
        return None
    if libraries.has(kind, "numpy", "ndarray"):
        size = kind.__dict__["nbytes"].__get__(value)
        return size if type(size) is int else None
    return None


def shown(value: object, text: str | None) -> str:
    """Return the preview of a result; `text` is what was displayed, None if that is not known."""
    return preview.one_line(text) if text is not None else preview.preview(value)


def failure(error: BaseException, masked: bool) -> str:
    """Return what is told of an exception, as a part of a record: nothing of `exit()`, which is no failure."""
    if type(error) is SystemExit and not (type(error.code) is int and error.code or type(error.code) is str):
        return ""
    from histshell.preview.exceptions import message

    text, hidden = _mask(message(error))
    told = f', "error": {{"type": {_quoted(preview.type_title(type(error)))}, "message": {_quoted(text)}}}'
    return told + ', "masked": true' if hidden and not masked else told


def rows(
    history: History, results: Ranges, masked: bool, save: Saves | None
) -> Tuple[List[str], List[Tuple[int, bytes]]]:
    """Return what is told of results, as JSON, and the bytes of the values that are to be kept, by their row."""
    known = history.__records__
    found: List[str] = []
    values: List[Tuple[int, bytes]] = []
    for first, last in results:
        for number in range(first, min(last + 1, first + MOST_RESULTS - len(found))):
            value = list.__getitem__(history, number)
            record = known[number] if number < len(known) else None
            text = record.preview if record is not None and record.value is value else None
            told, hidden = shown(value, text), False
            if len(told) > _SHORT:
                told, hidden = _mask(told)
            name = PLAIN.get(id(type(value)))
            if name is not None:
                size = getsizeof(value) if getsizeof is not None else None
            else:
                name, size = type_of(value), size_of(value)
            row = f'{{"n": {number}, "type": {_quoted(name)}, "preview": {_quoted(told)}'
            if size is not None:
                row += f', "bytes": {size}'
            if hidden:
                row += ', "masked": true'
            elif save is not None and not masked:
                data = save(value, number)
                if data is not None and not _holds_secret(value, data):
                    values.append((len(found), data))
            found.append(row + "}")
    return found, values
