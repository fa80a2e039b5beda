"""A signature as lines of a terminal's width, with the parameter that is being given marked under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Tuple

from histshell.views import fit, width

if TYPE_CHECKING:
    from .signature import Signature

MOST_LINES = 20
"""How many lines a signature takes at most, the mark's not counted."""

_INDENT = 4
_DOC_LINES = 4


def lines(shown: Signature, columns: int, rows: int = 24) -> List[str]:
    """Return the whole signature, wrapped between parameters, and the first paragraph of the docstring under it.

    A row of carets stands under the active parameter. Where there is too little room, parts before the active one are left out.
    """
    columns = max(columns - 1, 20)
    most = max(1, min(MOST_LINES, rows - _DOC_LINES - 3))
    found = _signature(shown, columns, most)
    return [*found, *paragraph(shown.doc, columns, max(1, min(_DOC_LINES, rows - len(found) - 3)))]


def _signature(shown: Signature, columns: int, most: int) -> List[str]:
    opening = f"{shown.name}("
    indent = min(width(opening), max(_INDENT, columns // 3))
    texts = [part.text for part in shown.parts]
    ending = ")" + (f" {shown.returns}" if shown.returns else "")
    found, rows, marked = [opening], [0], None
    for index, text in enumerate(texts):
        text = fit(text + (", " if index + 1 < len(texts) else ending), columns - indent)
        if width(found[-1] + text.rstrip()) > columns and found[-1].strip() and (index or indent < width(opening)):
            found.append(" " * indent)
        if index == shown.active:
            marked = len(found) - 1, width(found[-1]), width(texts[index])
        found[-1] += text
        rows.append(len(found) - 1)
    if not texts:
        found[-1] = fit(opening + ending, columns)
    found = [line.rstrip() for line in found]
    return _marked(_some(found, marked[0] if marked else 0, most), marked, columns, len(found) - most)


def _some(found: List[str], active: int, most: int) -> List[str]:
    """Return as many lines as there is room for, the active one among them."""
    if len(found) <= most:
        return found
    first = min(max(0, active - most + 2), len(found) - most)
    some = found[first : first + most]
    if first:
        some[0] = some[0][: len(some[0]) - len(some[0].lstrip())] + "… " + some[0].lstrip()
    if first + most < len(found):
        some[-1] += " …"
    return some


def _marked(found: List[str], marked: Tuple[int, int, int] | None, columns: int, over: int) -> List[str]:
    """Return the lines with a row of carets under the active part."""
    if marked is None:
        return found
    row, column, length = marked
    if over > 0:
        first = min(max(0, row - len(found) + 2), over)
        row -= first
        column += 2 if first and row == 0 else 0
    carets = " " * column + "^" * max(1, min(length, columns - column))
    return [*found[: row + 1], carets, *found[row + 1 :]]


def paragraph(text: str, columns: int, most: int = _DOC_LINES) -> List[str]:
    """Return a paragraph in lines of that width; what does not fit is cut."""
    found: List[str] = []
    for word in text.split():
        if found and width(found[-1]) + 1 + width(word) <= columns:
            found[-1] += " " + word
        else:
            found.append(fit(word, columns))
    if len(found) > most:
        found = found[:most]
        found[-1] = fit(found[-1] + " …", columns) if width(found[-1]) + 2 > columns else found[-1] + " …"
    return found
