"""`PLAY`: the mode's own policy, the safe list and pure functions over bounded data to play with.

`loads` never uses it. A function that takes a function takes only one that the stream imported by this list, and what it
calls it calls through the same checks. No function gets an argument that would make it run long: ints have a
bounded number of bits, containers a bounded number of items, and what is compared is a number or a text.
"""

from __future__ import annotations

import math
from typing import Any, Callable

from histshell.pik.policy.checks import ITERATORS, Asked, Check, Refuse, Rule, a_range, ints, is_one_of
from histshell.pik.policy.policy import SAFE, Policy

#: A factorial or a binomial of more than this takes noticeable time and memory.
_SMALL = 5_000
_CONTAINERS = (list, tuple, set, frozenset, dict, str, bytes, range)
_COUNTED = ("comb", "factorial", "perm")
_ON_ITEMS = ("fsum", "prod", "dist", "sumprod", "hypot", "gcd", "lcm")


def _atom(value: Any, ask: Asked) -> bool:
    """Tell whether *value* is a number or a text of bounded size."""
    kind = type(value)
    if kind is int:
        return bool(value.bit_length() <= ask.limits.bits >> 4)
    if kind is str or kind is bytes:
        return len(value) <= 10_000
    return kind is bool or kind is float or value is None


def _bounded(value: Any, ask: Asked) -> None:
    """Check that *value* can be walked through, and is not long."""
    if type(value) in ITERATORS:
        ask.walk(value)
        return  # made by a function of this list, of bounded data
    if not is_one_of(type(value), _CONTAINERS) or _length_of(value) > min(ask.limits.items, 100_000):
        raise Refuse("it takes a container of a bounded size")
    ask.work(10 * len(value))
    if type(value) is range:
        _numbers_of(value, ask)


def _length_of(value: Any) -> int:
    """Give the length, also of a range that is longer than `len` tells."""
    try:
        return len(value)
    except OverflowError:
        return 1 << 63


def _numbers_of(value: range, ask: Asked) -> None:
    """Charge the numbers of *value*, each of which becomes an int of its own, as wide as its ends may be."""
    bits = max(value.start.bit_length(), value.stop.bit_length())
    ask.work(len(value) * (bits >> 9))
    ask.budget.charge(len(value) * (32 + (bits >> 3)))


def _atoms(value: Any, ask: Asked) -> None:
    """Check that *value* is a bounded container of numbers and texts."""
    if type(value) in ITERATORS:
        raise Refuse("it takes a list, not an iterator")
    _bounded(value, ask)
    if not is_one_of(type(value), (str, bytes, range)) and not all(_atom(item, ask) for item in value):
        raise Refuse("it takes a container of numbers or texts")
    ask.work(sum(len(item) >> 3 for item in value if type(item) is str or type(item) is bytes))


def _arithmetic(args: tuple[Any, ...], ask: Asked) -> None:
    """Take up to three plain numbers."""
    if len(args) > 3 or not all(_atom(arg, ask) and not is_one_of(type(arg), (str, bytes)) for arg in args):
        raise Refuse("it takes numbers of bounded size")
    ask.work(10)


def _counted(args: tuple[Any, ...], ask: Asked) -> None:
    """Take small ints."""
    ints(1, 2)(args, ask)
    ask.work(50 * sum(abs(arg) for arg in args if arg <= _SMALL))
    if any(arg > _SMALL for arg in args):
        raise Refuse(f"it takes ints up to {_SMALL}")


def _on_items(args: tuple[Any, ...], ask: Asked) -> None:
    """Take numbers, or short containers of numbers."""
    for arg in args:
        if is_one_of(type(arg), (list, tuple, range)):
            ask.work(10 * len(arg))
            if len(arg) > _SMALL or not all(
                _atom(item, ask) and not is_one_of(type(item), (str, bytes)) for item in arg
            ):
                raise Refuse("it takes short lists of numbers")
            digits = sum(item.bit_length() >> 5 for item in arg if type(item) is int)
            ask.work(digits * digits >> 5)  # a product grows as it goes
        else:
            _arithmetic((arg,), ask)
    if len(args) > 100:
        raise Refuse("it takes up to 100 arguments")
    digits = sum(arg.bit_length() >> 5 for arg in args if type(arg) is int)
    ask.work(digits * digits >> 2)  # as does the least that all of them divide


def _length(args: tuple[Any, ...], ask: Asked) -> None:
    """Take one plain container."""
    if len(args) != 1 or not is_one_of(type(args[0]), (*_CONTAINERS, bytearray)):
        raise Refuse("it takes one plain container")


def _ordered(args: tuple[Any, ...], ask: Asked) -> None:
    """Take one container of atoms, or several atoms."""
    if len(args) == 1:
        _atoms(args[0], ask)
    elif args:
        _atoms(args, ask)
    else:
        raise Refuse("it takes a container of numbers or texts")


def _sum(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a container of numbers, and a start."""
    if not 1 <= len(args) <= 2 or is_one_of(type(args[0]), (str, bytes)):
        raise Refuse("it takes a container of numbers")
    for part in (args[0], args[1:]):
        _atoms(part, ask)
        if type(part) is not range and any(is_one_of(type(item), (str, bytes)) for item in part):
            raise Refuse("it takes a container of numbers")


def _reversed(args: tuple[Any, ...], ask: Asked) -> None:
    """Take one list, tuple or range."""
    if len(args) != 1 or not is_one_of(type(args[0]), (list, tuple, range, str)):
        raise Refuse("it takes a list, tuple or range")
    _bounded(args[0], ask)


def _zip(args: tuple[Any, ...], ask: Asked) -> None:
    """Take bounded containers."""
    if len(args) > 100:
        raise Refuse("it takes up to 100 containers")
    for arg in args:
        _bounded(arg, ask)


def _short_range(args: tuple[Any, ...], ask: Asked) -> None:
    """Take the same where the range becomes a list."""
    a_range(args, ask)
    if len(args) == 3 and not args[2] or _length_of(range(*args)) > min(ask.limits.items, 100_000):
        raise Refuse("it takes a range of a bounded length")
    ask.work(4 * len(range(*args)))
    _numbers_of(range(*args), ask)


def _applied(args: tuple[Any, ...], ask: Asked) -> None:
    """Take a function of the list (`filter`: or None) and bounded containers."""
    if not 2 <= len(args) <= 10:
        raise Refuse("it takes a function and containers")
    if args[0] is not None and (ask.rule_of(args[0]) is None or not callable(args[0])):
        raise Refuse("its function must be on the list, or trusted")
    for arg in args[1:]:
        _bounded(arg, ask)
        if type(arg) not in ITERATORS:
            ask.work(80 * len(arg))  # a checked call for each item takes that much longer than looking at it


class Applied:
    """`map` and `filter` that call through the machine's checks; the result is worked out at once.

    ``make`` turns the list of results into what a stream gets: an iterator as in Python 3, or the list itself.
    """

    def __init__(self, filters: bool, as_list: bool) -> None:
        """Stand for `filter` or `map`, of Python 2 (*as_list*) or 3."""
        self.filters = filters
        self.as_list = as_list

    def apply(self, ask: Asked, function: Any, *containers: Any) -> Any:
        """Apply *function* as Python does, one checked call after another."""
        if self.filters:
            (items,) = containers
            kept = [item for item in items if _truth(item if function is None else ask.call(function, (item,)))]
            return kept if self.as_list else filter(_everything, kept)
        made = [ask.call(function, args) if function is not None else args for args in zip(*containers)]
        return made if self.as_list else map(_itself, made)


def _everything(_: Any) -> bool:
    """Keep what was kept."""
    return True


def _itself(item: Any) -> Any:
    """Give what was made."""
    return item


def _truth(value: Any) -> bool:
    """Give the truth of plain data."""
    if not is_one_of(type(value), (bool, int, float, type(None), *_CONTAINERS)):
        raise Refuse("a result has no plain truth value")
    return bool(value)


def _list_of(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Give *function* with its result as a list, as in Python 2."""

    def listed(*args: Any) -> list[Any]:
        return list(function(*args))

    listed.__name__ = listed.__qualname__ = function.__name__
    listed.__module__ = "__builtin__"
    return listed


def _math_rules() -> dict[tuple[str, str], Rule]:
    """Give a rule for each function and constant of `math`."""
    rules = {}
    for name, value in vars(math).items():
        if name.startswith("_"):
            continue
        check: Check = _counted if name in _COUNTED else _on_items if name in _ON_ITEMS else _arithmetic
        rules["math", name] = Rule(call=check if callable(value) else None)
    return rules


PLAY = Policy(
    "play",
    {
        **SAFE.rules,
        **_math_rules(),
        ("builtins", "len"): Rule(call=_length),
        ("builtins", "sum"): Rule(call=_sum),
        ("builtins", "min"): Rule(call=_ordered),
        ("builtins", "max"): Rule(call=_ordered),
        ("builtins", "sorted"): Rule(call=lambda args, ask: _atoms(args[0] if len(args) == 1 else None, ask)),
        ("builtins", "reversed"): Rule(call=_reversed, new=_reversed),
        ("builtins", "range"): Rule(call=a_range, new=a_range),
        ("builtins", "zip"): Rule(call=_zip, new=_zip),
        ("builtins", "list"): Rule(call=lambda args, ask: _zip(args[:1] if len(args) < 2 else (None,), ask)),
        ("builtins", "tuple"): Rule(call=lambda args, ask: _zip(args[:1] if len(args) < 2 else (None,), ask)),
        ("builtins", "map"): Rule(call=_applied, make=Applied(False, False)),
        ("builtins", "filter"): Rule(call=_applied, make=Applied(True, False)),
        ("__builtin__", "map"): Rule(call=_applied, make=Applied(False, True)),
        ("__builtin__", "filter"): Rule(call=_applied, make=Applied(True, True)),
        ("__builtin__", "zip"): Rule(call=_zip, make=_list_of(zip)),
        ("__builtin__", "range"): Rule(call=_short_range, make=_list_of(range)),
    },
    python2_lists=True,
)
