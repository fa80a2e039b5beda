"""The safe policy's rules for numpy: arrays and scalars of plain dtypes, if numpy is already imported in the session.

Nothing is imported here: the functions are taken from the modules that are there. A dtype or an array takes its state once,
before anything uses it: with a second BUILD a stream could make an array reach beyond its memory.
"""

from __future__ import annotations

import re
import sys
from pickle import PickleBuffer
from typing import Any

from histshell.pik.rules import Asked, Refuse, Rule

_DTYPE = re.compile(r"[<>=|]?(?:[biufc]\d{1,2}|[SU]\d{0,6}|\?|[Mm]8)", re.ASCII)
_MODULES = ("numpy.core.", "numpy._core.")
_PLAIN = "biufcSUmM?"


def numpy_rule(module: str, name: str) -> Rule | None:
    """Give the rule for a name of numpy's, None where it is not allowed or numpy is not imported."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if module == "numpy":
        return {"ndarray": Rule(make=numpy.ndarray), "dtype": Rule(call=_dtype, make=numpy.dtype)}.get(name)
    if module.startswith(_MODULES):
        check = _CHECKS.get((module.rpartition(".")[2], name))
        home = sys.modules.get("numpy._core") or sys.modules.get("numpy.core")
        if check is not None and home is not None:
            return Rule(call=check, make=getattr(getattr(home, module.rpartition(".")[2]), name))
    return None


def numpy_state(target: Any) -> Rule | None:
    """Give the rule for BUILD on *target*, if it is an array or a dtype of numpy's own."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if type(target) is numpy.ndarray:
        return Rule(build=_array_state)
    return Rule(build=_dtype_state) if isinstance(type(target), type(numpy.dtype)) else None


def _dtype(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the name of a plain dtype, and that a copy is wanted."""
    kinds = [type(arg) for arg in args]
    if not args or kinds[0] is not str or not _DTYPE.fullmatch(args[0]):
        raise Refuse("it takes the name of a plain dtype")
    if len(args) != 3 or not set(kinds[1:]) <= {bool, int} or not args[2]:
        raise Refuse("it makes a copy only")


def _dtype_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of a dtype: byte order, size, no fields, no flags."""
    kinds = [type(part) for part in state] if type(state) is tuple else []
    none = type(None)
    if kinds[:8] != [int, str, none, none, none, int, int, int] or len(kinds) > 9:
        raise Refuse("its state is not that of a plain dtype")
    if (
        state[1] not in ("<", ">", "=", "|")
        or state[7] not in (0, 8)
        or not -1 <= state[5] <= 4_000_000
        or state[6] not in (-1, 1, 4)
    ):
        raise Refuse("its state is not that of a plain dtype")
    if len(state) == 9 and target.kind not in "mM":
        raise Refuse("only dates have more state")
    ask.seal(target)


def _plain(dtype: Any, ask: Asked) -> None:
    """Check that *dtype* is a plain dtype, and let nothing change it any more."""
    numpy = sys.modules["numpy"]
    if not isinstance(type(dtype), type(numpy.dtype)) or dtype.hasobject or dtype.kind not in _PLAIN:
        raise Refuse("its dtype is not plain")
    ask.seal(dtype, again=True)


def _shape(shape: Any) -> None:
    """Check the shape of an array."""
    if (
        type(shape) is not tuple
        or len(shape) > 32
        or not all(type(size) is int and 0 <= size < 1 << 48 for size in shape)
    ):
        raise Refuse("its shape is not a tuple of sizes")


def _array_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of an array; numpy itself compares the size of the bytes with the shape."""
    if type(state) is not tuple or len(state) != 5 or type(state[0]) is not int or type(state[4]) is not bytes:
        raise Refuse("its state is not that of a plain array")
    _shape(state[1])
    _plain(state[2], ask)
    if type(state[3]) not in (bool, int):
        raise Refuse("its order is not a bool")
    ask.seal(target)


def _reconstruct(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what begins an array: the class, an empty shape, a byte."""
    if len(args) != 3 or args[0] is not sys.modules["numpy"].ndarray or type(args[2]) not in (str, bytes):
        raise Refuse("it takes numpy.ndarray, (0,) and b'b'")
    if type(args[1]) is not tuple or len(args[1]) != 1 or type(args[1][0]) is not int or args[1][0]:
        raise Refuse("it takes an empty shape")
    if args[2] not in ("b", b"b"):
        raise Refuse("it takes b'b'")


def _scalar(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a plain dtype and bytes."""
    if len(args) != 2 or type(args[1]) is not bytes:
        raise Refuse("it takes a dtype and bytes")
    _plain(args[0], ask)


def _frombuffer(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a buffer, a plain dtype, a shape and an order."""
    if len(args) not in (4, 5) or type(args[0]) not in (bytes, bytearray, memoryview, PickleBuffer):
        raise Refuse("it takes a buffer, a dtype, a shape and an order")
    _plain(args[1], ask)
    _shape(args[2])
    if type(args[3]) is not str or args[3] not in ("C", "F", "K"):
        raise Refuse("its order is C or F")
    if len(args) == 5 and args[4] is not None:
        _shape(args[4])


_CHECKS = {
    ("multiarray", "_reconstruct"): _reconstruct,
    ("multiarray", "scalar"): _scalar,
    ("numeric", "_frombuffer"): _frombuffer,
}
