"""Classes whose instances are in the files, of kinds that Python 2 does not have."""

# mypy: ignore-errors

import dataclasses
import enum
import typing

__all__ = ["Color", "Flags", "Item", "Level", "Order", "Pair", "Tree"]


class Color(enum.Enum):
    RED = 1
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Flags(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Item:
    name: str
    price: float
    tags: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Order:
    number: int
    items: tuple = ()


class Pair(typing.NamedTuple):
    left: int
    right: str = "none"


class Tree:
    """Knows its parent: a cycle."""

    class Leaf:
        """A class within a class."""

        def __init__(self, value):
            self.value = value

    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.children.append(self)
