"""The safe policy's list: every name that may be imported, and for each what it may be given (see `checks`)."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any, Iterable

from histshell import libraries
from histshell.pik.policy.checks import (
    ATTRIBUTES,
    Asked,
    Check,
    Refuse,
    Rule,
    a_range,
    divided,
    ints,
    is_int,
    is_one_of,
    nothing,
    numbers,
    one_container,
    one_hashed,
    pairs,
)  # fmt: skip

_NONE = type(None)
_SLICED = (int, bool, float, str, bytes, _NONE)


def _slice(args: tuple[Any, ...], ask: Asked) -> None:
    """Take up to three numbers or texts: slices of labels have these."""
    if not 1 <= len(args) <= 3 or not all(is_one_of(type(arg), _SLICED) for arg in args):
        raise Refuse("it takes 1 to 3 numbers or texts")
    ask.work(4)


def _counts(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or a dict of counts; of a list a Counter counts, and hashes, each whole item."""
    if args and type(args[0]) is not dict:
        raise Refuse("it takes a dict")
    pairs(args, ask)
    if args:
        ask.work(4 * len(args[0]))


def _attributes(target: Any, state: Any, ask: Asked) -> None:
    """Check a state of attributes beside the items (PyTorch writes ``_metadata``): none that hides what the class has."""
    if type(state) is not dict:
        raise Refuse("its state must be a dict")
    for key in state:
        if type(key) is not str or key[:2] == "__" or hasattr(OrderedDict, key):
            raise Refuse("its state would hide a method")
    ask.work(4 * len(state))


def _default_dict(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a factory from the list of built-in types, and a dict."""
    if args and args[0] is not None:
        rule = ask.rule_of(args[0])
        if type(args[0]) is not type or rule is None or not (rule.trusted or rule.call is not None):
            raise Refuse("its factory must be a type of the list")
    pairs(args[1:], ask)


def _deque(args: tuple[Any, ...], ask: Asked) -> None:
    """Take an exact container and a maximum length."""
    one_container(args[:1], ask)
    if args:
        ask.work(len(args[0]) << 1)  # what goes into it is looked at
    ints(0, 1, or_none=True)(args[1:], ask)


def _old_bytes(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what protocols before 3 write for bytes: text and ``latin1``."""
    if len(args) != 2 or not all(type(arg) is str for arg in args) or args[1] not in ("latin1", "latin-1"):
        raise Refuse("it takes text and 'latin1'")
    ask.work(4 + (len(args[0]) >> 6))


def _bytearray(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, bytes, or text and ``latin-1``; never a length."""
    if len(args) == 2:
        _old_bytes(args, ask)
    elif args:
        if len(args) > 1 or not is_one_of(type(args[0]), (bytes, bytearray)):
            raise Refuse("it takes bytes")
        ask.work(4 + (len(args[0]) >> 6))


def _some(kinds: tuple[type, ...], most: int, length: int = 100) -> Check:
    """Take up to *most* arguments of *kinds* or None, text and bytes no longer than *length*."""

    def check(args: tuple[Any, ...], ask: Asked) -> None:
        for arg in args:
            kind = type(arg)
            known = kind is _NONE or is_one_of(kind, kinds)
            long = (kind is str or kind is bytes) and len(arg) > length
            if not known or long or (kind is int and not is_int(arg, ask)):
                raise Refuse("an argument is not plain data of a bounded size")
        if len(args) > most:
            raise Refuse(f"it takes at most {most} arguments")

    return check


def _dated(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the parts of a date or time: ints, packed bytes, and a time zone.

    One of another class than `datetime.timezone` is there only where a person has trusted what makes it; nothing asks it here.
    """
    import datetime

    ask.work(20)
    args = tuple(arg for arg in args if not issubclass(type(arg), datetime.tzinfo))
    _some((int, bool, bytes, str, float, datetime.timedelta), 8)(args, ask)


_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,18})?|[+-]?(?:Infinity|s?NaN\d*)", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,4000}(?:/\d{1,4000})?", re.ASCII)


def _decimal(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a decimal number in text."""
    if not (len(args) == 1 and type(args[0]) is str and len(args[0]) <= 100_000 and _DECIMAL.fullmatch(args[0])):
        raise Refuse("it takes a decimal number in text")
    ask.work(20 + (len(args[0]) >> 2))


def _fraction(args: tuple[Any, ...], ask: Asked) -> None:
    """Take ``"3/4"`` or two ints; never an exponent. Its terms are divided by what they have in common."""
    ask.work(60)
    if len(args) == 1 and type(args[0]) is str:
        if not _FRACTION.fullmatch(args[0]):
            raise Refuse("it takes text like 3/4, without an exponent")
        bits = 1 << (len(args[0]) << 1)
        divided(bits, bits, ask, 2)
    else:
        ints(1, 2)(args, ask)
        if len(args) == 2:
            divided(args[0], args[1], ask, 2)


def _uuid_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of a UUID: its number, and how safely it was made."""
    if type(state) is not dict or not all(type(key) is str for key in state):
        raise Refuse("its state must be a dict")
    number = state.get("int")
    if type(number) is not int or not 0 <= number < 1 << 128 or not state.keys() <= {"int", "is_safe"}:
        raise Refuse("its state must be a number of 128 bits")
    kind = type(state.get("is_safe"))
    if kind is not int and kind is not _NONE and not libraries.has(kind, "uuid", "SafeUUID"):
        raise Refuse("its is_safe must be an int")


_LONGEST_PATH = 50_000  # characters; Windows knows paths of 32,767


def _paths(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the parts of a path."""
    if len(args) > 1000 or not all(type(arg) is str for arg in args):
        raise Refuse("it takes up to 1000 strings")
    length = sum(map(len, args))
    if length > _LONGEST_PATH:
        raise Refuse(f"it takes up to {_LONGEST_PATH} characters")
    parts = len(args) + sum(arg.count("/") + arg.count("\\") for arg in args)
    ask.work(20 + length + 3 * parts)
    ask.budget.charge(length + 16 * parts)


def _array_state(args: tuple[Any, ...], ask: Asked) -> None:
    """Take array, type code, machine format and the bytes."""
    import array

    kinds: list[type] = [type(arg) for arg in args[1:]]
    known = len(kinds) == 3 and all(kind is wanted for kind, wanted in zip(kinds, (str, int, bytes)))
    if not args or args[0] is not array.array or not known:
        raise Refuse("it takes array.array, a type code, a format and bytes")
    ask.work(4 + len(args[3]))
    ask.budget.charge(8 * len(args[3]) if args[2] < 2 else 4 * len(args[3]))


_NUMERIC = frozenset(map(id, (int, float, str)))  # types are told apart by identity


def _array(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a type code and a list of numbers, or bytes."""
    fine = 1 <= len(args) <= 2 and type(args[0]) is str
    if not fine or not all(is_one_of(type(arg), (list, bytes, str)) for arg in args[1:]):
        raise Refuse("it takes a type code and a list")
    if len(args) == 2:
        ask.work(4 * len(args[1]))
        if type(args[1]) is list and not set(map(id, map(type, args[1]))) <= _NUMERIC:
            raise Refuse("it takes a type code and a list of numbers")


_BASES = (object, list, dict, tuple, set, frozenset, int, float, str, bytes)


def _reconstructed(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what protocols 0 and 1 write for an instance: its class, a built-in base, the base's value."""
    if len(args) != 3:
        raise Refuse("it takes a class, its base and a value")
    cls, base, value = args
    rule = ask.rule_of(cls)
    if rule is None or not isinstance(cls, type) or not any(base is known for known in _BASES):
        raise Refuse("the class is not on the list")
    if base is object and value is None and (rule.trusted or rule.new is not None):
        return
    if not rule.trusted or type(value) is not base:
        raise Refuse("the class is not trusted")


def _attribute(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what may have an attribute, and its name; whether it may be had is asked as for an import."""
    if len(args) != 2 or type(args[1]) is not str:
        raise Refuse("it takes something that was imported, and a name")
    ask.work(10)


def _fixed(kinds: Iterable[str]) -> dict[tuple[str, str], Rule]:
    """Give rules for built-in types that a stream may name, and call without arguments."""
    return {("builtins", name): Rule(call=nothing, new=nothing) for name in kinds}


def _both(check: Check) -> Rule:
    """Give a rule with the same check for calling and for NEWOBJ."""
    return Rule(call=check, new=check)


_PATHS = ("PurePath", "PurePosixPath", "PureWindowsPath")

RULES: dict[tuple[str, str], Rule] = {
    **_fixed(("object", "bool", "int", "float", "str", "bytes")),
    ("builtins", "complex"): _both(numbers(0, 2)),
    ("builtins", "range"): _both(a_range),
    ("builtins", "slice"): _both(_slice),
    ("builtins", "list"): Rule(call=one_container, new=one_container),
    ("builtins", "tuple"): Rule(call=one_container, new=one_container),
    ("builtins", "set"): Rule(call=one_hashed, new=one_hashed),
    ("builtins", "frozenset"): Rule(call=one_hashed, new=one_hashed),
    ("builtins", "dict"): Rule(call=pairs, new=nothing),
    ("builtins", "bytearray"): Rule(call=_bytearray, new=nothing),
    ("_codecs", "encode"): Rule(call=_old_bytes),
    ("copyreg", "_reconstructor"): Rule(call=_reconstructed),
    ("builtins", "getattr"): Rule(call=_attribute, make=ATTRIBUTES),
    ("collections", "OrderedDict"): Rule(call=pairs, new=nothing, build=_attributes),
    ("collections", "Counter"): Rule(call=_counts, new=nothing),
    ("collections", "defaultdict"): Rule(call=_default_dict, new=nothing),
    ("collections", "deque"): Rule(call=_deque, new=nothing),
    **{("datetime", name): _both(_dated) for name in ("date", "time", "datetime", "timedelta", "timezone")},
    ("decimal", "Decimal"): _both(_decimal),
    ("fractions", "Fraction"): _both(_fraction),
    ("uuid", "UUID"): Rule(new=nothing, build=_uuid_state),
    ("uuid", "SafeUUID"): Rule(call=ints(1, 1, or_none=True)),
    **{(module, name): Rule(call=_paths) for module in ("pathlib", "pathlib._local") for name in _PATHS},
    ("array", "array"): Rule(call=_array),
    ("array", "_array_reconstructor"): Rule(call=_array_state),
}
