"""Saving a plain value as a pickle that `histshell.pik.loads` reads in every Python, made without running anything of it.

What is saved is of built-in types, or of a class of the standard library's or numpy's that `kinds` knows, itself and no
subclass, all through. A walk looks at all of it first (`walking`), so that neither depth nor size is left to chance. Then C's
pickler writes it. That asks nobody for anything but built-in types: for every other object it calls `reducer_override`, which
gives what `kinds` makes of it from its slots, or refuses. Its memo has the names of the classes from the start, and the stream
begins with those that it uses. So no name is looked up, nothing is imported, and what the user has put into `copyreg` counts
for nothing.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, List

from . import walking
from .atoms import atom, is_atom
from .parts import MEMO, NotPlain, Parts, Slow, preamble

LIMIT = 256 << 10
"""Bytes of a value that is saved by itself."""

_SLOW = sys.implementation.name != "cpython"  # its pickler is written in Python
AT_ONCE = 100 if _SLOW else 1000
"""Units of work, of some 0.2 µs, that a value may take before the next prompt; `walking` counts them."""
AT_LEISURE = 20_000 if _SLOW else 400_000
"""While somebody looks at the prompt: at most 0.1 s."""

PROTOCOL = 4


class Saver:
    """Saves plain values of at most `limit` bytes each, that take at most `effort` units of work.

    After `save` has returned None, `why` says the reason, and `slow` whether it would only have taken too long.
    """

    def __init__(self, limit: int = LIMIT, effort: int = AT_LEISURE) -> None:
        self.limit = limit
        self.effort = effort
        self.why = ""
        self.slow = False

    def save(self, value: object) -> bytes | None:
        """Return a plain value as a pickle, None where it is not plain or too large. Raises nothing."""
        self.why = ""
        self.slow = False
        try:
            if is_atom(value):
                made = atom(value, self.limit)
                self.why = "" if made is not None else _large(self.limit)
                return made
            return self._pickled(value)
        except Slow:
            self.slow, self.why = True, "it would take long"
        except NotPlain as error:
            self.why = error.why
        except _Full:
            self.why = _large(self.limit)
        except Exception as error:  # changed meanwhile by another thread, no memory, no depth left
            self.why = f"{type(error).__name__} while it was saved"
        return None

    def _pickled(self, value: object) -> bytes:
        walk = walking.ValueWalk(self.limit, self.effort)
        walk.over(value)
        sink = _Sink(self.limit)
        pickler = _pickler()(sink, PROTOCOL)
        pickler.foreign = walk.foreign
        if walk.foreign:
            pickler.memo = dict(MEMO)
        pickler.dump(value)
        data = b"".join(sink.parts)
        if walk.foreign:
            data = preamble(walk.used) + data[2:]
        if len(data) > self.limit:
            raise _Full
        return data


def _large(limit: int) -> str:
    return f"it takes more than {limit:,} bytes"


class _Full(Exception):
    """There is no room left."""


class _Sink:
    """Where a pickler writes: so many bytes and no more."""

    __slots__ = ("left", "parts")

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.parts: List[bytes] = []

    def write(self, data: Any) -> int:
        """Take some bytes; C hands over a large text without a copy."""
        self.left -= len(data)
        if self.left < 0:
            raise _Full
        self.parts.append(bytes(data))
        return len(data)


_class: Any = None


def load() -> None:
    """Have the pickler loaded, which takes up to 20 ms the first time."""
    _pickler()


def _pickler() -> Any:
    """Return the pickler's class, made when the first value needs it."""
    global _class
    if _class is None:
        from pickle import Pickler

        class PlainWriter(Pickler):
            """Writes built-in types by itself, and all others as `kinds` says, or not at all."""

            foreign: Dict[int, Parts]

            def reducer_override(self, obj: Any) -> Any:
                """Return what is written for an object."""
                parts = self.foreign.get(id(obj))
                if parts is not None:
                    return parts.reduced()
                if id(type(obj)) in walking.BUILT_IN:  # a pickler in Python asks for these too
                    return NotImplemented
                raise NotPlain(obj)

        _class = PlainWriter
    return _class
