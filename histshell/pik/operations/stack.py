"""The stack with its marks, and the opcodes that work on nothing else.

values  [v0, v1, ...]    the values, the top last; marks are not among them
marks   [2, 5]           for each mark the number of values below it
fence   5                values below the topmost mark, which no opcode may pop
"""

from __future__ import annotations

from pickle import UnpicklingError
from typing import Any

from histshell.pik.errors import StackUnderflow


class Stack:
    """What every opcode takes from and leaves on; neither list is ever replaced, so that a group may keep it."""

    def __init__(self) -> None:
        """Begin empty."""
        self.values: list[Any] = []
        self.marks: list[int] = []
        self.fence = 0

    def short(self, needed: int) -> StackUnderflow:
        """Give the error for too few items above the topmost mark."""
        return StackUnderflow(len(self.values) - self.fence, needed, bool(self.marks))

    def take_mark(self) -> int:
        """Take the topmost mark: give the number of values below it."""
        marks = self.marks
        if not marks:
            raise UnpicklingError("could not find MARK")
        mark = marks.pop()
        self.fence = marks[-1] if marks else 0
        return mark

    def put_back(self, base: int, tail: list[Any], count: int, mark: int) -> None:
        """Let *tail* stand above *base* values, and *count* marks be there, the topmost of which is *mark*."""
        self.values[base:] = tail
        del self.marks[count:]
        if len(self.marks) < count:
            self.marks.append(mark)
        self.fence = self.marks[-1] if self.marks else 0

    def _pop(self, _: None) -> None:
        if self.marks and self.marks[-1] == len(self.values):
            self.take_mark()
        elif len(self.values) <= self.fence:
            raise self.short(1)
        else:
            self.values.pop()

    def _dup(self, _: None) -> None:
        if len(self.values) <= self.fence:
            raise self.short(1)
        self.values.append(self.values[-1])

    def _mark(self, _: None) -> None:
        if self.fence != len(self.values):  # marks upon marks share a number: each of its own would take 32 bytes
            self.fence = len(self.values)
        self.marks.append(self.fence)

    def _pop_mark(self, _: None) -> None:
        del self.values[self.take_mark() :]
