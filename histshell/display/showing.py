"""What the recorder asks for the text of a result where values are shown within bounds, and how large the screen is."""

from __future__ import annotations

import os

from histshell.preview.text import LIMIT

from .layout import Layout, cut_lines
from .node import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Callable, Tuple

    Shown = Tuple[str | None, str, BaseException | None]
    """The text that is to be printed, None where `repr` is to be asked; the beginning of the value's `repr`; what was raised."""

ROUND = 3
"""Rows that are left: for the input, the next prompt, and the line that a terminal scrolls."""

AROUND = 8
"""As many as the rich prompt needs: its input, the room for its menu, and the bar."""

_SIMPLE = frozenset(map(id, (float, complex, bool, type(None), type(Ellipsis))))
_NOTHING: Shown = (None, "", None)


class Showing:
    """Gives the recorder texts of values. `mark` says how the user gets at a result, `h[7]`; `paint` colours a text.

    `rows` are left free on the screen. It raises nothing: what is raised, as by Ctrl-C, is handed back without frames of ours.
    """

    def __init__(
        self, mark: Callable[[int], str], paint: Callable[[str], str] | None = None, rows: int = ROUND
    ) -> None:
        self.mark = mark
        self.paint = paint
        self.rows = rows

    def text(self, value: object, number: int) -> Shown:
        """Return the text of a value that has parts, is a text, or a table; what else there is has a `repr` alone."""
        if id(type(value)) in _SIMPLE:
            return _NOTHING
        try:
            node = Node(value, self.mark(number))
            if not (node.group is not None or node.string is not None or node.is_table or type(value) is int):
                return _NOTHING
            columns, rows = screen()
            layout = Layout(columns, max(rows - self.rows, 5))
            text = "\n".join(layout.shown(node))
            shown = text if "\n" not in text and len(text) < LIMIT else layout.beginning(node, LIMIT)
            if self.paint is not None and not node.is_table:
                text = self.paint(text)
            return text, shown, None
        except Exception:  # a value that shows itself in its own way, or cannot: its repr will say
            return _NOTHING
        except BaseException as error:
            return None, "", error.with_traceback(_theirs(error.__traceback__))

    def cut(self, text: str, number: int) -> str:
        """Return what a value's `repr` has said, or as much as there is room for."""
        columns, rows = screen()
        rows = max(rows - self.rows, 5)
        if len(text) < columns or len(text) <= rows * columns and text.count("\n") < rows // 2:
            return text
        return "\n".join(cut_lines(text.split("\n"), columns, rows, self.mark(number)))


def _theirs(traceback: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback that begins with a frame that is not ours."""
    while traceback is not None and (traceback.tb_frame.f_globals.get("__package__") or "").startswith("histshell"):
        traceback = traceback.tb_next
    return traceback


def screen() -> tuple[int, int]:
    """Return columns and rows of the terminal: as the environment says, else as it is, else 80 by 24."""
    given = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
    columns, rows = (int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0 for text in given)
    if not (columns and rows):
        for descriptor in (1, 2, 0):
            try:
                size = os.get_terminal_size(descriptor)
            except (OSError, ValueError, AttributeError):
                continue
            columns, rows = columns or size.columns, rows or size.lines
            break
    return max(columns or 80, 20), rows or 24
