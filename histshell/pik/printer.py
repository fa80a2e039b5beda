"""Pik's own `repr`: iterative, bounded in width, depth and total size, and it calls no method of anything unknown.

For small ordinary values it prints what `repr` prints. What is left out is marked by an ellipsis character, which `repr`
never prints for it: ``[0, 1, 2, … 997 more]``; what contains itself prints as in Python: ``[...]``.
"""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Iterable, Iterator

_BITS = 10_000  # an int of more bits is not written out: that takes time that grows with the square
_LONG = 2_000  # characters of one text
#: Types whose repr is Python's own and bounded, by module and name; matched exactly.
_OWN = frozenset(
    [("builtins", name) for name in ("NoneType", "bool", "float", "complex", "range", "ellipsis", "memoryview")]
    + [("builtins", "NotImplementedType"), ("decimal", "Decimal"), ("fractions", "Fraction"), ("uuid", "UUID")]
    + [("uuid", "SafeUUID"), ("datetime", "date"), ("datetime", "timedelta"), ("datetime", "timezone")]
    + [(module, f"Pure{kind}Path") for module in ("pathlib", "pathlib._local") for kind in ("", "Posix", "Windows")]
)


class _Full(Exception):
    """The text has reached its size."""


class _Printer:
    """One printing: text so far, what is still to print, and the containers that are open."""

    def __init__(self, width: int, depth: int, total: int) -> None:
        self.width = width
        self.depth = depth
        self.left = total
        self.text: list[str] = []
        self.open: set[int] = set()
        # Each entry is a text to print, an iterator of entries, or a container's id to close.
        self.todo: list[Any] = []

    def put(self, text: str) -> None:
        """Print *text*, as much of it as fits."""
        if len(text) > self.left:
            self.text.append(text[: self.left] + "…")
            raise _Full
        self.left -= len(text)
        self.text.append(text)

    def run(self, parts: Iterator[Any]) -> str:
        """Print the parts: texts, and 1-tuples of values."""
        self.todo.append((parts, 0))
        try:
            while self.todo:
                parts, closes = self.todo[-1]
                for part in parts:
                    if type(part) is str:
                        self.put(part)
                    else:
                        inner = self.value(part[0])
                        if inner is not None:
                            break
                else:
                    self.todo.pop()
                    self.open.discard(closes)
        except _Full:
            pass
        return "".join(self.text)

    def value(self, value: Any) -> Any:
        """Print a value that is plain; for one with parts, put them on the list and say so."""
        known = _PLAIN.get(type(value))
        if known is not None:
            self.put(known(value))
            return None
        parts = PARTS.get(type(value)) or _parts_by_name(type(value))
        if parts is None:
            self.put(_other(value))
            return None
        shape, recursive = parts
        if id(value) in self.open:
            self.put(recursive)
            return None
        if len(self.todo) > self.depth:
            self.put("…")
            return None
        self.open.add(id(value))
        self.todo.append((shape(self, value), id(value)))
        return True


def show(value: Any, *, width: int = 1000, depth: int = 100, total: int = 20_000) -> str:
    """Give *value* as text: at most *width* items of a container, *depth* levels, *total* characters."""
    return _Printer(width, depth, total).run(iter([(value,)]))


def call(what: Any, args: Any, keywords: Any = None, total: int = 200) -> str:
    """Give a call as text, e.g. ``os.system('xclock')``; *what* is a name or the function itself."""
    name = what if type(what) is str else _title(what)
    return _Printer(100, 20, total).run(called(name, args, keywords))


def called(name: str, args: Any, keywords: Any) -> Iterator[Any]:
    """Give the parts of a call."""
    yield f"{name}("
    between = ""
    if type(args) is tuple:
        for arg in args:
            yield between
            yield (arg,)
            between = ", "
    else:
        yield "*"
        yield (args,)
        between = ", "
    if type(keywords) is dict:
        for key, arg in keywords.items():
            yield f"{between}{key}=" if type(key) is str else f"{between}**"
            yield (arg,)
            between = ", "
    yield ")"


def _title(thing: Any) -> str:
    """Name a function or class without asking it."""
    if isinstance(thing, type):
        return f"{thing.__module__}.{thing.__qualname__}"
    if type(thing) in (FunctionType, BuiltinFunctionType):
        return f"{thing.__module__}.{thing.__qualname__}"
    return object.__repr__(thing)


def _commas(self: _Printer, items: Iterable[Any], size: int) -> Iterator[Any]:
    """Give items with commas between them, the first ``width`` of them."""
    for number, item in enumerate(items):
        if number == self.width:
            yield f", … {size - number} more"
            return
        if number:
            yield ", "
        yield (item,)


def _list(self: _Printer, value: list[Any]) -> Iterator[Any]:
    yield "["
    yield from _commas(self, value, len(value))
    yield "]"


def _tuple(self: _Printer, value: tuple[Any, ...]) -> Iterator[Any]:
    yield "("
    yield from _commas(self, value, len(value))
    yield ",)" if len(value) == 1 else ")"


def _set(self: _Printer, value: set[Any]) -> Iterator[Any]:
    if not value:
        yield "set()"
        return
    yield "{"
    yield from _commas(self, value, len(value))
    yield "}"


def _frozenset(self: _Printer, value: frozenset[Any]) -> Iterator[Any]:
    if not value:
        yield "frozenset()"
        return
    yield "frozenset({"
    yield from _commas(self, value, len(value))
    yield "})"


def _pairs(self: _Printer, items: Iterable[tuple[Any, Any]], size: int) -> Iterator[Any]:
    """Give the inside of a dict."""
    yield "{"
    for number, (key, item) in enumerate(items):
        if number == self.width:
            yield f", … {size - number} more"
            break
        if number:
            yield ", "
        yield (key,)
        yield ": "
        yield (item,)
    yield "}"


def _dict(self: _Printer, value: dict[Any, Any]) -> Iterator[Any]:
    return _pairs(self, dict.items(value), len(value))


def _ordered_dict(self: _Printer, value: Any) -> Iterator[Any]:
    yield "OrderedDict("
    if value and sys.version_info >= (3, 12):
        yield from _pairs(self, value.items(), len(value))
    elif value:
        yield from _list(self, list(value.items()))
    yield ")"


def _counter(self: _Printer, value: Any) -> Iterator[Any]:
    yield "Counter("
    if value:
        items = list(dict.items(value))
        if all(type(count) is int for _, count in items):
            items.sort(key=lambda item: item[1], reverse=True)
        yield from _pairs(self, items, len(items))
    yield ")"


def _default_dict(self: _Printer, value: Any) -> Iterator[Any]:
    yield "defaultdict("
    yield (value.default_factory,)
    yield ", "
    yield from _pairs(self, dict.items(value), len(value))
    yield ")"


def _deque(self: _Printer, value: Any) -> Iterator[Any]:
    yield "deque(["
    yield from _commas(self, value, len(value))
    yield "])" if value.maxlen is None else f"], maxlen={value.maxlen})"


def _slice(self: _Printer, value: slice) -> Iterator[Any]:
    yield "slice("
    yield from _commas(self, (value.start, value.stop, value.step), 3)
    yield ")"


def _array(self: _Printer, value: Any) -> Iterator[Any]:
    yield f"array({value.typecode!r}"
    if value:
        yield ", "
        some = value[: self.width + 1]
        if value.typecode in "uw":
            yield (some.tounicode(),)
        else:
            yield "["
            yield from _commas(self, some, len(value))
            yield "]"
    yield ")"


def _ndarray(self: _Printer, value: Any) -> Iterator[Any]:
    yield f"<numpy.ndarray {value.dtype.str} of shape "
    yield (value.shape,)
    if value.dtype.kind in "biufcSUmM?" and value.size <= self.width:
        yield ": "
        yield (value.tolist(),)
    yield ">"


def _datetime(self: _Printer, value: Any) -> Iterator[Any]:
    from datetime import timezone

    # the repr of a date with a foreign tzinfo would call that
    yield repr(value) if value.tzinfo is None or type(value.tzinfo) is timezone else object.__repr__(value)


#: For each class the parts that its values are printed as, and what stands for one that is open already.
PARTS: dict[type, Any] = {
    list: (_list, "[...]"),
    tuple: (_tuple, "(...)"),
    dict: (_dict, "{...}"),
    set: (_set, "set(...)"),
    frozenset: (_frozenset, "frozenset(...)"),
    slice: (_slice, "slice(...)"),
}
_PARTS_BY_NAME: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): (_ordered_dict, "..."),
    ("collections", "Counter"): (_counter, "..."),
    ("collections", "defaultdict"): (_default_dict, "defaultdict(...)"),
    ("collections", "deque"): (_deque, "[...]"),
    ("array", "array"): (_array, "..."),
    ("numpy", "ndarray"): (_ndarray, "..."),
    ("datetime", "datetime"): (_datetime, "..."),
    ("datetime", "time"): (_datetime, "..."),
}


def _genuine(kind: type) -> tuple[str, str] | None:
    """Give module and name of a class if it is what that module has under the name: names alone can be forged."""
    name = type.__dict__["__qualname__"].__get__(kind)
    module = type.__dict__["__module__"].__get__(kind)
    if type(module) is not str or module == "builtins":
        return ("builtins", name) if module == "builtins" and not kind.__flags__ & (1 << 9) else None
    loaded = sys.modules.get(module)
    return (module, name) if type(loaded) is ModuleType and loaded.__dict__.get(name) is kind else None


def _parts_by_name(kind: type) -> Any:
    """Give the shape of a class of the standard library, if *kind* is that class itself."""
    genuine = _genuine(kind)
    return _PARTS_BY_NAME.get(genuine) if genuine else None


def _text(value: Any) -> str:
    """Write str, bytes or bytearray, cut."""
    if len(value) <= _LONG:
        return repr(value)
    return f"{value[:_LONG]!r}… {len(value) - _LONG} more"


def _integer(value: int) -> str:
    """Write an int, unless it is huge."""
    if value.bit_length() > _BITS:
        return f"<int of {value.bit_length()} bits>"
    try:
        return repr(value)
    except ValueError:  # the interpreter's own limit on digits was set lower
        return hex(value)


_PLAIN: dict[type, Any] = {
    int: _integer,
    str: _text,
    bytes: _text,
    bytearray: _text,
    bool: repr,
    float: repr,
    type(None): repr,
}


def _other(value: Any) -> str:
    """Write what has no parts: by `repr` where that is Python's own, else as a bare object."""
    kind = type(value)
    if isinstance(value, type):
        return type.__repr__(value)
    if kind in (FunctionType, BuiltinFunctionType):
        return repr(value)
    if kind is ModuleType:
        return f"<module {value.__dict__.get('__name__')!r}>"
    return repr(value) if _genuine(kind) in _OWN else object.__repr__(value)
