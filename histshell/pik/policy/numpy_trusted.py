"""The rules for numpy where a person has trusted its names: arrays of objects and with fields, and classes of arrays too.

They are checked all the same. numpy believes the state of a dtype and the list of an array of objects: with a flag or a length that
is not so, a stream could read and write memory, and that is no name which anybody has trusted.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from histshell.pik.policy.checks import Asked, Refuse, Rule
from histshell.pik.policy.numpy_rules import (
    CHECKS,
    MODULES,
    PLAIN,
    dtype_state,
    filled,
    frombuffer,
    is_dtype,
    is_int,
    loaded_numpy,
    numpy_state,
    raw_size,
    text,
)

_DTYPE = re.compile(r"[<>=|]?(?:[biufc]\d{1,2}|[SU]\d{0,6}|V\d{0,9}|\?|[Mm]8|O[48]?)", re.ASCII)
_ALIGNED = 0x80  # NPY_ALIGNED_STRUCT
_MOST_FIELDS = 10_000


def is_numpy_data(module: str, name: str) -> bool:
    """Tell whether a name is one of those that arrays and scalars are pickled with."""
    if module == "numpy":
        return name in ("ndarray", "dtype")
    return module.startswith(MODULES) and (module.rpartition(".")[2], name) in CHECKS


def trusted_rule(module: str, name: str) -> Rule:
    """Give the rule for such a name where a person has trusted it."""
    if module == "numpy":
        return Rule(call=_dtype if name == "dtype" else None, users=True)
    return Rule(call=_CHECKS[name], users=True)


def trusted_state(target: Any, rule: Rule | None) -> Rule | None:
    """Give the rule for BUILD on *target*, if it is an array or a dtype; *rule* is that of its class."""
    numpy = loaded_numpy()
    if numpy is None:
        return None
    if type(target) is numpy.ndarray:
        return Rule(build=_array_state)
    if rule is not None and rule.trusted and issubclass(type(target), numpy.ndarray):
        return Rule(build=_own_state, trusted=True)
    return Rule(build=_dtype_state) if is_dtype(target) else None


def state_rule(target: Any, rule: Rule | None, trusts_numpy: bool) -> Rule | None:
    """Give the rule for BUILD on *target* if it is numpy's, with or without its names being trusted; else *rule*."""
    return (trusted_state(target, rule) if trusts_numpy else numpy_state(target)) or rule


def _dtype(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the name of a dtype, or a trusted class of records, and that a copy is wanted."""
    if len(args) != 3 or not all(map(is_int, args[1:])) or not args[2]:
        raise Refuse("it makes a copy only")
    ask.work(40)
    if _DTYPE.fullmatch(text(args[0])):
        return
    rule = ask.rule_of(args[0])
    if rule is None or not rule.trusted or not issubclass(args[0], sys.modules["numpy"].void):
        raise Refuse("it takes the name of a dtype")


def _dtype_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of a dtype: it must be what numpy itself makes of the same fields."""
    if target.kind not in "OV":
        dtype_state(target, state, ask)
        return
    if type(state) is not tuple or len(state) != 8 or not all(map(is_int, (state[0], *state[5:]))):
        raise Refuse("its state is not that of a dtype")
    version, order, inner, names, fields, size, alignment, flags = state
    if version != 3 or text(order) != "|":
        raise Refuse("its state is not that of a dtype")
    ours = target
    try:
        if inner is not None:
            ours = _subarray(inner, size)
        elif names is not None:
            ours = _structured(names, fields, size, bool(flags & _ALIGNED), ask)
        elif fields is not None:
            raise Refuse("it has fields without names")
    except (TypeError, ValueError) as wrong:
        raise Refuse(f"numpy has no such dtype: {wrong}") from None
    sizes = (ours.itemsize, -1) if ours is target else (ours.itemsize,)
    alignments = (ours.alignment, -1) if ours is target else (ours.alignment,)
    if size not in sizes or alignment not in alignments or not -128 <= flags < 256 or (flags ^ ours.flags) & 255:
        raise Refuse("its state has another size, alignment or other flags than its kind")
    ask.seal(target)


def _part(dtype: Any, ask: Asked | None) -> None:
    """Check that *dtype* is one of numpy's own that may be part of another, and let nothing change it any more."""
    if not is_dtype(dtype) or dtype.kind not in PLAIN + "OVT":
        raise Refuse("a part of it is no dtype")
    if ask is not None:
        ask.seal(dtype, again=True)


def _subarray(inner: Any, size: int) -> Any:
    """Give the dtype of an array inside an item."""
    if type(inner) is not tuple or len(inner) != 2 or not is_dtype(inner[0]):
        raise Refuse("its inner dtype is none")
    shape = inner[1] if type(inner[1]) is tuple else (inner[1],)
    needed: int = inner[0].itemsize
    if len(shape) > 32 or not all(type(length) is int and 0 <= length < 1 << 31 for length in shape):
        raise Refuse("its inner shape is none")
    for length in shape:
        needed *= length
    if needed != size:
        raise Refuse("its inner shape has another size")
    return sys.modules["numpy"].dtype((inner[0], shape))


def _structured(names: Any, fields: Any, size: int, aligned: bool, ask: Asked) -> Any:
    """Give the dtype with these fields, as numpy makes it."""
    if type(names) is not tuple or len(names) > _MOST_FIELDS or type(fields) is not dict or not all(map(text, names)):
        raise Refuse("its fields are not those of a dtype")
    ask.work(40 + 40 * len(names))
    formats, offsets = [], []
    if len(fields) != len(names) or len(set(names)) != len(names):
        raise Refuse("its fields are not those of a dtype")
    for name in names:
        field = fields.get(name)
        if type(field) is not tuple or len(field) != 2 or type(field[1]) is not int or field[1] < 0:
            raise Refuse("its fields are not those of a dtype")
        _part(field[0], ask)
        formats.append(field[0])
        offsets.append(field[1])
    plan = {"names": list(map(text, names)), "formats": formats, "offsets": offsets, "itemsize": size}
    return sys.modules["numpy"].dtype(plan, align=aligned)


def _array_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of an array: a shape, a dtype, and just the bytes or objects that these take."""
    if type(state) is not tuple or len(state) != 5 or not is_int(state[0]) or not is_int(state[3]):
        raise Refuse("its state is not that of an array")
    _check_array(state, ask)
    ask.seal(target)


def _check_array(state: tuple[Any, ...], ask: Asked) -> None:
    _part(state[2], ask)
    shape, dtype, raw = state[1], state[2], state[4]
    if dtype.hasobject:
        if type(raw) is not list:
            raise Refuse("its objects are no list")
        if dtype.kind == "T":
            _texts(raw, dtype, ask)
        filled(shape, dtype, dtype.itemsize * len(raw), ask)
    elif type(raw) is bytearray:
        raise Refuse("its bytes can be changed")
    else:
        filled(shape, dtype, raw_size(raw), ask)


def _texts(items: list[Any], dtype: Any, ask: Asked) -> None:
    """Check that a list has texts alone, or what stands for a missing one: of anything else numpy would ask for its text."""
    ask.work(len(items))
    nothing = getattr(dtype, "na_object", ask)  # which is no item
    for item in items:
        both_nan = type(item) is float and type(nothing) is float and item != item and nothing != nothing
        if type(item) is not str and item is not nothing and not both_nan:
            raise Refuse("its texts are none")


def _own_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the array in the state of an instance of a trusted class of arrays; what else is in it is the class's."""
    if type(state) is tuple:
        for part in (state, *state[:10]):
            if type(part) is tuple and len(part) >= 5 and is_dtype(part[2]):
                _check_array(part[:5], ask)
    ask.seal(target)


def _reconstruct(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what begins an array: its class, which may be a trusted one, an empty shape, a byte."""
    ndarray = sys.modules["numpy"].ndarray
    if len(args) != 3 or text(args[2]) != "b":
        raise Refuse("it takes a class of arrays, (0,) and b'b'")
    rule = ask.rule_of(args[0])
    if args[0] is not ndarray and not (rule is not None and rule.trusted and issubclass(args[0], ndarray)):
        raise Refuse("its class is not trusted")
    if type(args[1]) is not tuple or len(args[1]) != 1 or type(args[1][0]) is not int or args[1][0]:
        raise Refuse("it takes an empty shape")
    ask.work(40)


def _raw(dtype: Any, ask: Asked) -> None:
    """Check that *dtype* holds no objects: its items are made of bytes."""
    _part(dtype, ask)
    if dtype.hasobject:
        raise Refuse("its dtype holds objects")


def _scalar(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a dtype without objects and the bytes that it takes."""
    if len(args) != 2 or type(args[1]) is bytearray:
        raise Refuse("it takes a dtype and bytes")
    _raw(args[0], ask)
    filled((), args[0], raw_size(args[1]), ask)


def _frombuffer(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a buffer, a dtype without objects, a shape and an order."""
    frombuffer(args, ask, _raw)


_CHECKS = {"_reconstruct": _reconstruct, "scalar": _scalar, "_frombuffer": _frombuffer}
