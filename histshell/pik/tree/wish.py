"""What somebody wants to see of a file, and the lines that it is said in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from histshell.pik.tree import plan

LEAST = 8
"""Lines of each of several values."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see: ``width`` and ``height`` of the terminal, and the options of the command."""

    width: int = 100
    height: int = 40
    depth: int | None = None
    everything: bool = False
    path: str = ""
    encoding: str = ""
    effects: bool = False
    code: bool = False
    ascii_only: bool = False

    def bounds(self, many: int = 1, room: int = 0) -> plan.Bounds:
        """Give the bounds of a tree, where there are *many*, and lines for them all."""
        if self.everything:
            return plan.Bounds(plan.ALL.lines, self.depth or plan.ALL.depth, plan.ALL.items, inside=True)
        if self.depth is not None:
            return plan.Bounds(plan.DEEP.lines, self.depth, plan.DEEP.items, inside=bool(self.path))
        return plan.Bounds(max((room or self.height) // many, LEAST), inside=bool(self.path))


class Line(NamedTuple):
    """A line for the terminal: ``style`` is ``title``, ``note``, ``problem``, ``runs`` or empty. Its text is inert."""

    text: str
    style: str = ""
