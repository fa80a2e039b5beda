"""The safe policy's rules for numpy: arrays and scalars of plain dtypes, if numpy is already imported in the session.

Nothing is imported here: the functions are taken from the modules that are there. A dtype or an array takes its state once,
before anything uses it: with a second BUILD a stream could make an array reach beyond its memory.
"""

from __future__ import annotations

import re
import sys
from pickle import PickleBuffer
from types import ModuleType
from typing import Any, Callable

from histshell.pik.policy.checks import Asked, Refuse, Rule

_DTYPE = re.compile(r"[<>=|]?(?:[biufc]\d{1,2}|[SU]\d{0,6}|\?|[Mm]8)", re.ASCII)
MODULES = ("numpy._core.", "numpy.core.")
PLAIN = "biufcSUmM?"
_HEAP_TYPE = 1 << 9


def loaded_numpy() -> Any:
    """The numpy of the session; None where there is none, or a module of the user's has its name.

    Its arrays are a type of C's own, which no `class` statement makes.
    """
    module = sys.modules.get("numpy")
    if type(module) is not ModuleType:
        return None
    array = vars(module).get("ndarray")
    if type(array) is not type or type.__dict__["__module__"].__get__(array) != "numpy":
        return None
    made_in_python = type.__dict__["__flags__"].__get__(array) & _HEAP_TYPE
    return None if made_in_python and sys.implementation.name == "cpython" else module


def numpy_rule(module: str, name: str) -> Rule | None:
    """Give the rule for a name of numpy's, None where it is not allowed or numpy is not imported."""
    numpy = loaded_numpy()
    if numpy is None:
        return None
    if module == "numpy":
        return {"ndarray": Rule(make=numpy.ndarray), "dtype": Rule(call=_dtype, make=numpy.dtype)}.get(name)
    if module.startswith(MODULES):
        check = CHECKS.get((module.rpartition(".")[2], name))
        for package in MODULES:  # numpy 1.26 has both, the first of them nearly empty
            inside = getattr(sys.modules.get(package + module.rpartition(".")[2]), "__dict__", {})
            if check is not None and name in inside:
                return Rule(call=check, make=inside[name])
    return None


def numpy_state(target: Any) -> Rule | None:
    """Give the rule for BUILD on *target*, if it is an array or a dtype of numpy's own."""
    numpy = loaded_numpy()
    if numpy is None:
        return None
    if type(target) is numpy.ndarray:
        return Rule(build=array_state)
    return Rule(build=dtype_state) if is_dtype(target) else None


def is_scalar(kind: type) -> bool:
    """Tell whether *kind* is a type of numpy's own numbers, texts and dtypes, the hash of which is C's."""
    numpy = loaded_numpy()
    if numpy is None:
        return False
    return any(kind is getattr(numpy, name, None) for name in _SCALARS) or issubclass(type(kind), type(numpy.dtype))


def text(value: Any) -> str:
    """Give a short text, which for streams of Python 2 may have come as bytes; empty where it is none."""
    if type(value) is bytes:
        value = value.decode("latin-1")
    return value if type(value) is str else ""


def is_int(value: Any) -> bool:
    """Tell whether *value* is an exact int or a bool."""
    return type(value) is int or type(value) is bool


def is_dtype(thing: Any) -> bool:
    """Tell whether *thing* is a dtype of numpy's own."""
    return issubclass(type(type(thing)), type(sys.modules["numpy"].dtype))


def _dtype(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the name of a plain dtype, and that a copy is wanted."""
    if not args or not _DTYPE.fullmatch(text(args[0])):
        raise Refuse("it takes the name of a plain dtype")
    if len(args) != 3 or not all(map(is_int, args[1:])) or not args[2]:
        raise Refuse("it makes a copy only")
    ask.work(40)


def dtype_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of a dtype: byte order, no fields, and the size, alignment and flags that its kind has."""
    dates = target.kind in "mM"  # numpy 2 crashes where these have no unit
    if type(state) is not tuple or len(state) != 8 + dates or not all(map(is_int, (state[0], *state[5:8]))):
        raise Refuse("its state is not that of a plain dtype")
    version, order, _, _, _, size, alignment, flags = state[:8]
    if version != 3 + dates or any(part is not None for part in state[2:5]):
        raise Refuse("its state is not that of a plain dtype")
    orders = ("|", "<", ">", "=") if target.itemsize <= 1 or target.kind == "S" else ("<", ">", "=")
    sizes = (target.itemsize,) if target.kind in "SU" else (-1, target.itemsize)
    if text(order) not in orders or size not in sizes:
        raise Refuse("its state has another size than its kind")
    if alignment not in (-1, target.alignment) or flags != target.flags:
        raise Refuse("its state has another alignment or other flags than its kind")
    if dates:
        _unit(state[8])
    ask.seal(target)


def _unit(metadata: Any) -> None:
    """Check the unit of dates and of differences between them."""
    if type(metadata) is not tuple or len(metadata) != 2:
        raise Refuse("it has no unit of time")
    if metadata[0] is not None and not (type(metadata[0]) is dict and not metadata[0]):
        raise Refuse("it has no unit of time")
    unit = metadata[1]
    if type(unit) is not tuple or len(unit) != 4 or text(unit[0]) not in _UNITS:
        raise Refuse("it has no unit of time")
    if not all(type(part) is int and 1 <= part < 1 << 31 for part in unit[1:3]) or not is_int(unit[3]):
        raise Refuse("it has no unit of time")
    if not 0 <= unit[3] <= 1:
        raise Refuse("it has no unit of time")


def _plain(dtype: Any, ask: Asked) -> None:
    """Check that *dtype* is a plain dtype, and let nothing change it any more."""
    if not is_dtype(dtype) or dtype.hasobject or dtype.kind not in PLAIN:
        raise Refuse("its dtype is not plain")
    ask.seal(dtype, again=True)


def filled(shape: Any, dtype: Any, size: int, ask: Asked) -> None:
    """Check that an array of this shape takes just *size* bytes, whatever numpy itself would check; charge them."""
    if type(shape) is not tuple or len(shape) > 32 or not all(is_int(length) and length >= 0 for length in shape):
        raise Refuse("its shape is not a tuple of sizes")
    most = needed = dtype.itemsize
    for length in shape:
        needed *= length
        most *= max(length, 1)
        if most >= 1 << 62:
            raise Refuse("its shape is too large")
    if needed != size:
        raise Refuse(f"its shape takes {needed} bytes, and there are {size}")
    ask.work(100 + (size >> 6))
    ask.budget.charge(100 + size)


def raw_size(data: Any) -> int:
    """Give the size of an array's bytes, which for streams of Python 2 may be text; -1 where it is neither."""
    if type(data) is bytes or type(data) is bytearray:
        return len(data)
    if type(data) is str and (data.isascii() or max(data) < "\u0100"):
        return len(data)
    return -1


def array_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of an array: a shape, a plain dtype, and just the bytes that these take."""
    if type(state) is not tuple or len(state) != 5 or not is_int(state[0]) or not is_int(state[3]):
        raise Refuse("its state is not that of a plain array")
    _plain(state[2], ask)
    if type(state[4]) is bytearray:
        raise Refuse("its bytes can be changed")
    filled(state[1], state[2], raw_size(state[4]), ask)
    ask.seal(target)


def _reconstruct(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what begins an array: the class, an empty shape, a byte."""
    if len(args) != 3 or args[0] is not sys.modules["numpy"].ndarray or text(args[2]) != "b":
        raise Refuse("it takes numpy.ndarray, (0,) and b'b'")
    if type(args[1]) is not tuple or len(args[1]) != 1 or type(args[1][0]) is not int or args[1][0]:
        raise Refuse("it takes an empty shape")
    ask.work(40)


def _scalar(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a plain dtype and the bytes that it takes."""
    if len(args) != 2 or type(args[1]) is bytearray:
        raise Refuse("it takes a dtype and bytes")
    _plain(args[0], ask)
    filled((), args[0], raw_size(args[1]), ask)


def frombuffer(args: tuple[Any, ...], ask: Asked, check: Callable[[Any, Asked], None] | None = None) -> None:
    """Take a buffer, a plain dtype (or one that passes *check*), a shape and an order."""
    if len(args) not in (4, 5) or not any(type(args[0]) is kind for kind in BUFFERS):
        raise Refuse("it takes a buffer, a dtype, a shape and an order")
    (check or _plain)(args[1], ask)
    with memoryview(args[0]) as view:
        filled(args[2], args[1], view.nbytes, ask)
    if type(args[3]) is not str or args[3] not in ("C", "F", "K"):
        raise Refuse("its order is C or F")
    if len(args) == 5 and args[4] is not None:
        axes = args[4]
        if type(axes) is not tuple or not all(map(is_int, axes)) or sorted(axes) != list(range(len(args[2]))):
            raise Refuse("its axes are not those of its shape")


BUFFERS = (bytes, bytearray, memoryview, PickleBuffer)
_UNITS = frozenset(["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "generic"])
_SCALARS = (
    "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "longlong", "ulonglong", "intc", "uintc",
    "float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble", "str_", "bytes_",
    "datetime64", "timedelta64",
)  # fmt: skip
CHECKS = {
    ("multiarray", "_reconstruct"): _reconstruct,
    ("multiarray", "scalar"): _scalar,
    ("numeric", "_frombuffer"): frombuffer,
}
