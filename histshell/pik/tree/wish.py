"""What somebody wants to see of a file, and the lines that it is said in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from histshell.pik.beginnings import Keep
from histshell.pik.tree import labels, plan

LEAST = 8
"""Lines of each of several values."""

JSON = plan.Bounds(1_000 + LEAST, 6, 50)
"""What programs are told of one value, where nothing is said about that."""

_MORE = 10  # beyond what is shown: whether there are more, and what is said where a path leads nowhere


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

    def keep(self) -> Keep | None:
        """Give what of a plain value must be there for its tree, and for JSON's; None where that is all."""
        if self.everything:
            return None
        try:
            numbers, keys = labels.wanted(self.path) if self.path else ((), ())
        except ValueError:  # no path, or one whose keys cannot be told from it
            return None
        lines = max(self.height, JSON.lines, plan.DEEP.lines if self.depth is not None else 0)
        return Keep(max(plan.ROW, JSON.items, plan.DEEP.items) + _MORE, lines + _MORE, numbers, keys)


class Line(NamedTuple):
    """A line for the terminal: ``style`` is ``title``, ``note``, ``problem``, ``runs`` or empty. Its text is inert."""

    text: str
    style: str = ""
