"""What is kept of a stream that is skimmed: names, what is made by them, and where it cannot be followed."""

from __future__ import annotations

from typing import Any


class Thing:
    """Any value that nobody here asks about."""


THING = Thing()
#: Longer texts, tuples and dicts are only things.
SHORT = 1 << 10


class Name:
    """A class or function that the stream names."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class Made:
    """What calling a name would give, with the state that it was given."""

    def __init__(self, name: Name, arguments: Any) -> None:
        self.name, self.arguments = name, arguments
        self.state: Any = None


class Failed(Exception):
    """The stream cannot be followed (inside the package only); the text says why, `offset` where: -1 is wherever it was read to."""

    def __init__(self, why: str, offset: int = -1) -> None:
        super().__init__(why)
        self.offset = offset
