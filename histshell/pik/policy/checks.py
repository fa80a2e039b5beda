"""What a rule is, and the checks of arguments that several rules share.

A check gets the arguments as a tuple and raises `Refuse` where they are not plain data of a bounded size. The types are compared
exactly (``type(x) is int``), so that no method of anything unknown is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterable

from histshell.preview import Kinds

if TYPE_CHECKING:
    from histshell.pik.budget import Budget

Check = Callable[["tuple[Any, ...]", "Asked"], None]


class Refuse(Exception):
    """The policy says no, for this reason."""


class Asked:
    """What a check may ask the machine: its limits, and whether something on the stack came from the list.

    ``rule_of`` gives the rule of an object that the stream itself imported, else None; ``weigh`` charges a hashing.
    """

    def __init__(
        self, budget: Budget, rule_of: Callable[[Any], Rule | None], weigh: Callable[[Any], int],
        call: Callable[[Any, tuple[Any, ...]], Any],
    ) -> None:  # fmt: skip
        """Take what a check may use."""
        self.budget = budget
        self.limits = budget.limits
        self.work = budget.work
        self.rule_of = rule_of
        self.weigh = weigh
        self.call = call
        self._walked: dict[int, tuple[Any, dict[int, Any]]] = {}
        self._sealed: dict[int, Any] = {}  # keeps what it holds alive, so that the ids stay theirs

    def walks(self, iterator: Any, containers: Iterable[Any]) -> None:
        """Take it that *iterator* goes through *containers*, which may be iterators themselves."""
        sources: dict[int, Any] = {}
        for container in containers:
            known = self._walked.get(id(container))
            sources.update(known[1] if known is not None else {id(container): container})
        self.work(10 * len(sources))
        self._walked[id(iterator)] = (iterator, sources)

    def walk(self, iterator: Any) -> None:
        """Charge a walk through *iterator*: what it goes through may have grown since it was made."""
        _, sources = self._walked.get(id(iterator), (None, {}))
        self.work(100 + 10 * sum(len(source) for source in sources.values() if hasattr(type(source), "__len__")))

    def seal(self, thing: Any, again: bool = False) -> None:
        """Let nothing give *thing* a state any more; refuse if that was so already, unless *again* is fine."""
        if id(thing) in self._sealed and not again:
            raise Refuse("it has its state already")
        self._sealed[id(thing)] = thing


@dataclass(frozen=True)
class Rule:
    """What may be done with a name: ``call`` checks REDUCE and OBJ, ``new`` NEWOBJ, ``build`` BUILD; None is never.

    ``make`` gives the object where it is not what the module has under the name (the mode's own functions). ``users`` says
    that a person has named it, so that it is imported as the user's imports are.
    """

    call: Check | None = None
    new: Check | None = None
    build: Callable[[Any, Any, Asked], None] | None = None
    trusted: bool = False
    make: Any = None
    users: bool = False


TRUSTED = Rule(trusted=True, users=True)
_SMALL = 1 << 60  # ints below it have a hash of their own
_MANY = 256  # keys of one constructor, from which on they are put in under the clock


def _number(value: Any, ask: Asked) -> bool:
    """Tell whether *value* is an exact int of bounded size, a bool or a float; charge its length."""
    kind = type(value)
    if kind is int:
        ask.work(1 + (value.bit_length() >> 9))
        return bool(value.bit_length() <= ask.limits.bits)
    return kind is float or kind is bool


def divided(one: int, other: int, ask: Asked, times: int = 1) -> None:
    """Charge a division of two ints, or *times* as much, and the memory of what comes out."""
    bits, more = one.bit_length(), other.bit_length()
    ask.work(times * (bits >> 5) * (more >> 5) >> 5)
    ask.budget.charge((bits >> 3) + (more >> 3))


def a_range(args: tuple[Any, ...], ask: Asked) -> None:
    """Take up to three ints; the length of the range is found by a division."""
    ints(1, 3)(args, ask)
    widest = max(args, key=lambda arg: int.bit_length(arg))
    divided(widest, args[2] if len(args) > 2 else 0, ask)


def is_int(value: Any, ask: Asked) -> bool:
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
        fine = all(is_int(arg, ask) or (or_none and arg is None) for arg in args)
        if not least <= len(args) <= most or not fine:
            raise Refuse(f"it takes {least} to {most} ints of bounded size")

    return check


_CONTAINERS = (list, tuple, set, frozenset, dict)
#: What the functions of the play list give that is walked through once.
ITERATORS = Kinds(map, filter, zip, type(reversed([])), type(reversed(())), type(iter(range(0))))


def is_one_of(kind: type, kinds: Iterable[type]) -> bool:
    """Tell whether *kind* is one of *kinds*, without asking it: a class may have an ``__eq__`` and a ``__hash__`` of its own."""
    return any(kind is known for known in kinds)


def one_container(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or one exact container."""
    if args:
        if len(args) > 1 or not is_one_of(type(args[0]), _CONTAINERS):
            raise Refuse("it takes one list, tuple, set or dict")
        ask.work(4 + (len(args[0]) >> 2))


def one_hashed(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or one exact container, the items of which get hashed."""
    one_container(args, ask)
    if args:
        _hashed(args[0], ask, set())


def _hashed(keys: Any, ask: Asked, table: Any) -> None:
    """Charge the hashing of *keys*, and refuse those made to collide: C would compare each with all.

    *table* is an empty one of the kind that they go into: where there are many, they are put into it under the clock first.
    """
    ask.work(4 * len(keys))
    if set(map(id, map(type, keys))) <= {id(str)}:  # the hash of text is not foreseen
        return
    ask.work(6 * len(keys))
    seen: dict[int, int] = {}
    for key in keys:
        kind = type(key)
        if kind is str or (kind is int and -_SMALL < key < _SMALL):
            continue
        steps = ask.weigh(key)
        try:
            number = hash(key)
        except TypeError:
            raise Refuse(f"{kind.__name__} cannot be hashed") from None
        before = seen.get(number, 0)
        if before:
            ask.work(before * steps)
            if before >= ask.limits.same_hash:
                raise Refuse(f"more than {ask.limits.same_hash} keys have the same hash")
        seen[number] = before + 1
    if len(keys) > _MANY:
        ask.budget.try_keys(keys, table)


def _pairs(value: Any, ask: Asked) -> None:
    """Check what a dict is made of: a dict, or a list of pairs."""
    if type(value) is dict:
        ask.work(len(value) << 2)
        return
    if not is_one_of(type(value), (list, tuple)):
        raise Refuse("it takes a dict or a list of pairs")
    ask.work(len(value) << 2)
    for pair in value:
        if not is_one_of(type(pair), (list, tuple)) or len(pair) != 2:
            raise Refuse("it takes a dict or a list of pairs")
    _hashed([pair[0] for pair in value], ask, {})


def pairs(args: tuple[Any, ...], ask: Asked) -> None:
    """Take nothing, or what a dict is made of."""
    if len(args) > 1:
        raise Refuse("it takes a dict or a list of pairs")
    if args:
        _pairs(args[0], ask)


class Attributes:
    """What stands for `getattr`: it gives attributes of what a stream imports, each of which has to be named itself."""

    def __repr__(self) -> str:
        """Say what it is."""
        return "<getattr of names that are trusted>"


ATTRIBUTES = Attributes()
