"""The safe policy's list: every name that may be imported, and for each what it may be given.

A rule's check gets the arguments as a tuple and raises `Refuse` where they are not plain data of a bounded size. The
types are compared exactly (``type(x) is int``), so that no method of anything unknown is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Iterable

from histshell.pik.limits import Limits
from histshell.pik.weighing import over

Check = Callable[["tuple[Any, ...]", "Asked"], None]


class Refuse(Exception):
    """The policy says no, for this reason."""


class Asked:
    """What a check may ask the machine: its limits, and whether something on the stack came from the list.

    ``rule_of`` gives the rule of an object that the stream itself imported, else None; ``weigh`` charges a hashing.
    """

    def __init__(
        self, limits: Limits, rule_of: Callable[[Any], Rule | None], weigh: Callable[[Any], None],
        call: Callable[[Any, tuple[Any, ...]], Any],
    ) -> None:  # fmt: skip
        """Take what a check may use."""
        self.limits = limits
        self.rule_of = rule_of
        self.weigh = weigh
        self.call = call
        self._sealed: dict[int, Any] = {}  # keeps what it holds alive, so that the ids stay theirs
        self._worked = 0

    def seal(self, thing: Any, again: bool = False) -> None:
        """Let nothing give *thing* a state any more; refuse if that was so already, unless *again* is fine."""
        if id(thing) in self._sealed and not again:
            raise Refuse("it has its state already")
        self._sealed[id(thing)] = thing

    def work(self, amount: int) -> None:
        """Charge *amount* steps of a function's work; raise `LimitError` where it is too much in all."""
        self._worked += amount
        if self._worked > self.limits.hashed:
            raise over(self.limits, "hashed", f"{self._worked} steps of work")


@dataclass(frozen=True)
class Rule:
    """What may be done with a name: ``call`` checks REDUCE and OBJ, ``new`` NEWOBJ, ``build`` BUILD; None is never.

    ``make`` gives the object where it is not what the module has under the name (the mode's own functions).
    """

    call: Check | None = None
    new: Check | None = None
    build: Callable[[Any, Any, Asked], None] | None = None
    trusted: bool = False
    make: Any = None


TRUSTED = Rule(trusted=True)
_NONE = type(None)
_SMALL = 1 << 60  # ints below it have a hash of their own


def _number(value: Any, ask: Asked) -> bool:
    """Tell whether *value* is an exact int of bounded size, a bool or a float."""
    kind = type(value)
    return kind is float or kind is bool or (kind is int and value.bit_length() <= ask.limits.bits)


def _int(value: Any, ask: Asked) -> bool:
    """Tell whether *value* is an exact int of bounded size, or a bool."""
    return type(value) is not float and _number(value, ask)


def nothing(args: tuple[Any, ...], ask: Asked) -> None:
    """Take no argument."""
    if args:
        raise Refuse("it may only be called without arguments")


def numbers(least: int, most: int) -> Check:
    """Take from *least* to *most* numbers."""

    def check(args: tuple[Any, ...], ask: Asked) -> None:
        if not least <= len(args) <= most or not all(_number(arg, ask) for arg in args):
            raise Refuse(f"it takes {least} to {most} numbers of bounded size")

    return check


def ints(least: int, most: int, or_none: bool = False) -> Check:
    """Take from *least* to *most* ints (or None)."""

    def check(args: tuple[Any, ...], ask: Asked) -> None:
        fine = all(_int(arg, ask) or (or_none and arg is None) for arg in args)
        if not least <= len(args) <= most or not fine:
            raise Refuse(f"it takes {least} to {most} ints of bounded size")

    return check


_CONTAINERS = frozenset((list, tuple, set, frozenset, dict))


def one_container(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or one exact container."""
    if args and (len(args) > 1 or type(args[0]) not in _CONTAINERS):
        raise Refuse("it takes one list, tuple, set or dict")


def one_hashed(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or one exact container, the items of which get hashed."""
    one_container(args, ask)
    if args:
        _hashed(args[0], ask)


def _hashed(keys: Iterable[Any], ask: Asked) -> None:
    """Charge the hashing of *keys*, and refuse those made to collide: C would compare each with all."""
    seen: dict[int, int] = {}
    for key in keys:
        kind = type(key)
        if kind is str or (kind is int and -_SMALL < key < _SMALL):
            continue
        ask.weigh(key)
        try:
            number = hash(key)
        except TypeError:
            raise Refuse(f"{kind.__name__} cannot be hashed") from None
        seen[number] = seen.get(number, 0) + 1
        if seen[number] > ask.limits.same_hash:
            raise Refuse(f"more than {ask.limits.same_hash} keys have the same hash")


def _pairs(value: Any, ask: Asked) -> None:
    """Check what a dict is made of: a dict, or a list of pairs."""
    if type(value) is dict:
        return
    if type(value) not in (list, tuple):
        raise Refuse("it takes a dict or a list of pairs")
    for pair in value:
        if type(pair) not in (list, tuple) or len(pair) != 2:
            raise Refuse("it takes a dict or a list of pairs")
    _hashed((pair[0] for pair in value), ask)


def pairs(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or what a dict is made of."""
    if len(args) > 1:
        raise Refuse("it takes a dict or a list of pairs")
    if args:
        _pairs(args[0], ask)


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
    ints(0, 1, or_none=True)(args[1:], ask)


def _old_bytes(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what protocols before 3 write for bytes: text and ``latin1``."""
    if [type(arg) for arg in args] != [str, str] or args[1] not in ("latin1", "latin-1"):
        raise Refuse("it takes text and 'latin1'")


def _bytearray(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, bytes, or text and ``latin-1``; never a length."""
    if len(args) == 2:
        _old_bytes(args, ask)
    elif args and (len(args) > 1 or type(args[0]) not in (bytes, bytearray)):
        raise Refuse("it takes bytes")


def _some(kinds: tuple[type, ...], most: int, length: int = 100) -> Check:
    """Take up to *most* arguments of *kinds* or None, text and bytes no longer than *length*."""

    def check(args: tuple[Any, ...], ask: Asked) -> None:
        for arg in args:
            kind = type(arg)
            if kind is _NONE or (kind in kinds and kind not in (str, bytes, int)):
                continue
            if (
                kind not in kinds
                or (kind in (str, bytes) and len(arg) > length)
                or (kind is int and not _int(arg, ask))
            ):
                raise Refuse("an argument is not plain data of a bounded size")
        if len(args) > most:
            raise Refuse(f"it takes at most {most} arguments")

    return check


def _dated(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the parts of a date or time: ints, packed bytes, and an exact time zone."""
    import datetime

    _some((int, bool, bytes, str, float, datetime.timezone, datetime.timedelta), 8)(args, ask)


_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,18})?|[+-]?(?:Infinity|s?NaN\d*)", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,4000}(?:/\d{1,4000})?", re.ASCII)


def _decimal(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a decimal number in text."""
    if not (len(args) == 1 and type(args[0]) is str and len(args[0]) <= 100_000 and _DECIMAL.fullmatch(args[0])):
        raise Refuse("it takes a decimal number in text")


def _fraction(args: tuple[Any, ...], ask: Asked) -> None:
    """Take ``"3/4"`` or two ints; never an exponent."""
    if len(args) == 1 and type(args[0]) is str:
        if not _FRACTION.fullmatch(args[0]):
            raise Refuse("it takes text like 3/4, without an exponent")
    else:
        ints(1, 2)(args, ask)


def _uuid_state(target: Any, state: Any, ask: Asked) -> None:
    """Check the state of a UUID: its number, and how safely it was made."""
    if type(state) is not dict or not all(type(key) is str for key in state):
        raise Refuse("its state must be a dict")
    number = state.get("int")
    if type(number) is not int or not 0 <= number < 1 << 128 or not state.keys() <= {"int", "is_safe"}:
        raise Refuse("its state must be a number of 128 bits")
    if type(state.get("is_safe")) not in (int, _NONE) and type(state["is_safe"]).__name__ != "SafeUUID":
        raise Refuse("its is_safe must be an int")


def _paths(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the parts of a path."""
    if len(args) > 1000 or not all(type(arg) is str and len(arg) <= 10_000 for arg in args):
        raise Refuse("it takes up to 1000 strings")


def _array_state(args: tuple[Any, ...], ask: Asked) -> None:
    """Take array, type code, machine format and the bytes."""
    import array

    kinds = [type(arg) for arg in args[1:]]
    if not args or args[0] is not array.array or kinds != [str, int, bytes]:
        raise Refuse("it takes array.array, a type code, a format and bytes")


def _array(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a type code and a list of numbers, or bytes."""
    if not (1 <= len(args) <= 2 and type(args[0]) is str and all(type(arg) in (list, bytes, str) for arg in args[1:])):
        raise Refuse("it takes a type code and a list")
    if len(args) == 2 and type(args[1]) is list and not all(type(item) in (int, float, str) for item in args[1]):
        raise Refuse("it takes a type code and a list of numbers")


_BASES = (object, list, dict, tuple, set, frozenset, int, float, str, bytes)


def _reconstructed(args: tuple[Any, ...], ask: Asked) -> None:
    """Take what protocols 0 and 1 write for an instance: its class, a built-in base, the base's value."""
    if len(args) != 3:
        raise Refuse("it takes a class, its base and a value")
    cls, base, value = args
    rule = ask.rule_of(cls)
    if not isinstance(cls, type) or rule is None or not any(base is known for known in _BASES):
        raise Refuse("the class is not on the list")
    if base is object and value is None and (rule.trusted or rule.new is not None):
        return
    if not rule.trusted or type(value) is not base:
        raise Refuse("the class is not trusted")


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
    ("builtins", "range"): _both(ints(1, 3)),
    ("builtins", "slice"): _both(ints(1, 3, or_none=True)),
    ("builtins", "list"): Rule(call=one_container, new=one_container),
    ("builtins", "tuple"): Rule(call=one_container, new=one_container),
    ("builtins", "set"): Rule(call=one_hashed, new=one_hashed),
    ("builtins", "frozenset"): Rule(call=one_hashed, new=one_hashed),
    ("builtins", "dict"): Rule(call=pairs, new=nothing),
    ("builtins", "bytearray"): Rule(call=_bytearray, new=nothing),
    ("_codecs", "encode"): Rule(call=_old_bytes),
    ("copyreg", "_reconstructor"): Rule(call=_reconstructed),
    ("collections", "OrderedDict"): Rule(call=pairs, new=nothing),
    ("collections", "Counter"): Rule(call=pairs, new=nothing),
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
