"""Classes that a program trusts, with all the ways in which pickles fill an instance."""

from __future__ import annotations

import abc
import collections
import datetime
import enum
from dataclasses import dataclass
from typing import Any


class Plain:
    """A dict of attributes."""


class Slots:
    """Slots, and no dict."""

    __slots__ = ("one", "two")


class Both(Slots):
    """Slots and a dict."""


class Own:
    """A state of its own."""

    def __getstate__(self) -> Any:
        return ("its", self.__dict__)

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state[1])
        self.__dict__["set"] = True


class Keywords:
    """Made with keywords."""

    def __new__(cls, *, size: int) -> Keywords:
        """Take what has no place but a name."""
        made = super().__new__(cls)
        made.__dict__["size"] = size
        return made

    def __getnewargs_ex__(self) -> Any:
        return (), {"size": self.__dict__["size"]}


class Row(list):  # type: ignore[type-arg]
    """A list of its own."""


class Table(dict):  # type: ignore[type-arg]
    """A dict of its own."""


class Bunch(set):  # type: ignore[type-arg]
    """A set of its own."""


class Queue:
    """Appends, and is no list."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def __reduce__(self) -> Any:
        return Queue, (), None, iter(self.items), iter({1: 2}.items())

    def append(self, item: Any) -> None:
        """Keep it."""
        self.items.append(item)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.items.append((key, value))


class Problem(Exception):
    """An exception with an attribute."""


class Colour(enum.Enum):
    """An enum."""

    RED = 1


class Kind(abc.ABC):  # noqa: B024
    """A class of classes that hashes as any object does."""


class _OddMeta(type):
    """Hashes classes in a way of its own."""

    def __hash__(cls) -> int:
        RAN.append(cls)
        return 1


class Odd(metaclass=_OddMeta):
    """A class whose hash is code."""


class Zone(datetime.tzinfo):
    """A zone of its own."""

    def utcoffset(self, _: Any) -> datetime.timedelta:
        """Be one hour ahead."""
        return datetime.timedelta(hours=1)

    def dst(self, _: Any) -> None:
        """Know nothing of summer."""

    def tzname(self, _: Any) -> str:
        """Give its name."""
        return "shop"

    def __reduce__(self) -> Any:
        return Zone, ()


Pair = collections.namedtuple("Pair", "left right")


@dataclass(frozen=True)
class Point:
    """Hashes what it holds."""

    x: Any
    y: Any


def made(*args: Any) -> Plain:
    """Make an instance of a class that a stream does not name."""
    made = Plain()
    made.__dict__["args"] = args
    return made


class Made(Plain):
    """Made by a function, and given a state."""

    def __reduce__(self) -> Any:
        return made, (1, 2), {"more": 3}


SETTINGS = {"debug": False}
THE_ONE = Plain()
RAN: list[Any] = []


class Loud:
    """Has methods that a stream would like to have."""

    def __call__(self, *args: Any) -> None:
        """Note that it was called."""
        RAN.append(args)


loud = Loud()
