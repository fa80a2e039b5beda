"""The depth of a stack: how many values lie on it, and below each mark, counted from the opcodes alone."""

from __future__ import annotations

from typing import Iterable

from histshell.pik.opcodes import MARK, POP, Opcode


class StackDepth:
    """The number of values on a stack (``values``), and for each open mark the number of those below it (``marks``).

    It knows no values and runs nothing. Where an opcode wants more than there is, it takes what there is.
    """

    def __init__(self, values: int = 0, marks: Iterable[int] = ()) -> None:
        """Begin with that many values, and these marks."""
        self.values = values
        self.marks = list(marks)

    @property
    def above(self) -> int:
        """The number of values above the topmost mark, which are all that an opcode may take."""
        return self.values - self.marks[-1] if self.marks else self.values

    def closes(self, opcode: Opcode) -> bool:
        """Return whether *opcode* takes the topmost mark away: POP does where nothing is above it."""
        return bool(self.marks) and (opcode.takes_mark or opcode.code == POP and self.marks[-1] == self.values)

    def allows(self, opcode: Opcode) -> bool:
        """Return whether there is enough for *opcode*."""
        if opcode.takes_mark:
            below = self.marks[-2] if len(self.marks) > 1 else 0
            return bool(self.marks) and self.marks[-1] - below >= opcode.needs
        return self.above >= opcode.needs or self.closes(opcode)

    def take(self, opcode: Opcode) -> None:
        """Do what *opcode* does to the depth."""
        if opcode.code == MARK:
            self.marks.append(self.values)
        elif self.closes(opcode):
            below = self.marks.pop()
            self.values = max(below - opcode.needs, 0) + len(opcode.after) if opcode.takes_mark else below
        elif not opcode.takes_mark:
            self.values += max(-opcode.needs, -self.above) + len(opcode.after)
