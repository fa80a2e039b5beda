"""Results of a search as lines of text, in which nothing moves a terminal's cursor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, List, NamedTuple, Sequence

from histshell import preview

if TYPE_CHECKING:
    from .search import Hit

_CUT = 400  # characters of a text that may come into a table


class FoundLine(NamedTuple):
    """A result as it is shown: nothing in it moves a terminal's cursor."""

    number: str
    age: str
    cwd: str
    source: str
    preview: str


def line(hit: Hit, now: float, whole: bool = False) -> FoundLine:
    """Return what is shown of a result; with `whole`, texts are not cut, and a source of several lines has its ends escaped."""
    text = hit.source if whole else _first(hit.source)
    shown = hit.preview if whole else hit.preview[:_CUT]
    return FoundLine(
        "" if hit.number is None else str(hit.number)[:20],
        age(hit.when, now),
        folder(hit.input.cwd),
        preview.printable(text) + (" ..." if not whole and "\n" in hit.source.strip() else ""),
        preview.one_line(shown),
    )


def _first(source: str) -> str:
    return source.strip().partition("\n")[0][:_CUT]


def age(when: float, now: float) -> str:
    """Return how long ago, in its largest unit: `7s`, `5m`, `2h`, `3d`; empty if unknown."""
    from histshell import views

    return "" if when <= 0 else views.ago(now - when)


def folder(path: str) -> str:
    """Return a folder as it is shown, the home as `~`."""
    home = os.path.expanduser("~")
    if len(home) > 1 and (path == home or path.startswith(home + os.sep)):
        path = "~" + path[len(home) :]
    return preview.printable(path[-_CUT:])


TITLES = FoundLine("n", "age", "cwd", "source", "preview")


def table(hits: Sequence[Hit], columns: int, now: float) -> List[str]:
    """Return the lines of a table of what was found, each at most `columns` wide."""
    return grid([TITLES, *(line(hit, now) for hit in hits)], columns, right=2, folder=2)


def grid(
    rows: Sequence[Sequence[str]], columns: int, right: int = 0, folder: int = 0, whole: Sequence[int] = ()
) -> List[str]:
    """Return rows as lines, each at most `columns` wide. The first `right` columns stand at the right.

    Where there is too little room, the widest columns are cut: the one that holds folders at its beginning, others at their end;
    those that are to stay `whole` are not.
    """
    from histshell import views

    widths = [max(map(views.width, cells)) for cells in zip(*rows)]
    room = columns - 1 - 2 * (len(widths) - 1)
    cut = [at for at in range(len(widths)) if at not in whole]
    while sum(widths) > room:
        widest = max(cut, key=widths.__getitem__)
        if widths[widest] <= 4:
            break
        widths[widest] -= 1
    cut_rows = [
        [
            cell.strip() if at < right else _end(cell, widths[at]) if at == folder else cell
            for at, cell in enumerate(row)
        ]
        for row in rows
    ]
    return views.laid_out(cut_rows, widths, range(right))


def _end(text: str, columns: int) -> str:
    """Cut a folder to its end."""
    from histshell import views

    if views.width(text) <= columns:
        return text
    while text and views.width(text) >= columns:
        text = text[1:]
    return "…" + text
