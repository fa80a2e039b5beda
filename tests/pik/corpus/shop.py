"""Classes whose instances are in the files; of Python 2 and of Python 3."""

# mypy: ignore-errors

import collections
import sys


class Old:
    """In Python 2 a class of the old style."""

    def __init__(self, name, more=None):
        self.name = name
        self.more = more


class New(object):
    """A class of the new style."""

    def __init__(self, name, more=None):
        self.name = name
        self.more = more


class State(object):
    """Its state is no dict."""

    def __init__(self, *parts):
        self.parts = parts

    def __getstate__(self):
        return list(self.parts)

    def __setstate__(self, state):
        self.parts = tuple(state)


class Slotted(object):
    """Has slots and nothing else."""

    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Both(Slotted):
    """Has slots and a dict."""

    def __init__(self, left, right, more):
        Slotted.__init__(self, left, right)
        self.more = more


class Row(list):
    """A list with attributes."""


class Table(dict):
    """A dict with attributes."""


class Reduced(object):
    """Is made by a call."""

    def __init__(self, number, text):
        self.number = number
        self.text = text

    def __reduce__(self):
        return (Reduced, (self.number, self.text))


class Failure(Exception):
    """An exception with attributes."""


Point = collections.namedtuple("Point", "x y")

if sys.version_info[0] > 2:
    from modern_classes import *  # noqa: F403
