"""One printing of a value: iterative, bounded, and calling nothing of anything unknown."""

from __future__ import annotations

from .builtin_types import PLAIN, SHAPES, other
from .library import library_shape
from .text import CUT, opaque, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .builtin_types import Part, Parts


class _Full(Exception):
    """The text has reached its size."""


class Printer:
    """One printing: text so far, what is still to print, and the containers that are open."""

    def __init__(self, width: int, depth: int, total: int) -> None:
        self.width = width
        self.depth = depth
        self.left = total
        self.text: list[str] = []
        self.open: set[int] = set()
        self.todo: list[tuple[Iterator[Part], int]] = []  # what is to print, and the id of its container

    def put(self, text: str) -> None:
        """Print *text*, escaped, as much of it as fits."""
        text = printable(text[: self.left + 1])
        if len(text) > self.left:
            self.text.append(text[: self.left] + CUT)
            raise _Full
        self.left -= len(text)
        self.text.append(text)

    def run(self, parts: Iterator[Part]) -> str:
        """Print the parts: texts, and 1-tuples of values."""
        self.todo.append((parts, 0))
        try:
            while self.todo:
                parts, closes = self.todo[-1]
                try:
                    for part in parts:
                        if type(part) is str:
                            self.put(part)
                        elif self.value(part[0]):
                            break
                    else:
                        self.todo.pop()
                        self.open.discard(closes)
                except _Full:
                    raise
                except Exception:  # it is half made, or another thread changes it while it is looked at
                    self.todo.pop()
                    self.open.discard(closes)
                    self.put(CUT)
        except _Full:
            pass
        return "".join(self.text)

    def value(self, value: object) -> bool:
        """Print a value that is plain; for one with parts, put them on the list and tell so."""
        kind = type(value)
        plain = PLAIN.get(id(kind))
        try:
            shape = None if plain is not None else SHAPES.get(id(kind)) or library_shape(kind)
            if shape is None:
                text = plain(value) if plain is not None else other(value)
            elif isinstance(shape, tuple):
                return self._parts(value, *shape)
            else:
                text = shape(value)
        except _Full:
            raise
        except Exception:  # it is half made: a listed class without its state
            text = opaque(value)
        self.put(text)
        return False

    def _parts(self, value: object, parts: Parts, recursive: str) -> bool:
        """Put a value's parts on the list, unless it is open already or too deep."""
        if id(value) in self.open:
            self.put(recursive)
        elif len(self.todo) > self.depth:
            self.put(CUT)
        else:
            self.open.add(id(value))
            self.todo.append((parts(self, value), id(value)))
            return True
        return False
