"""Where the cursor stands in the text of `df.query("city == 'Oslo' and `, which pandas reads as an expression of columns."""

from __future__ import annotations

import keyword
from typing import NamedTuple


class Place(NamedTuple):
    """What has been begun there: the `stem`, and the `sign` before it: a backtick, `@`, or none."""

    stem: str
    sign: str


def place(text: str) -> Place | None:
    """Return what a name at the end of an expression has of it so far; None in a text of its own, after a dot or in a number.

    >>> place("price > 3 and ci"), place("`unit pr"), place("price > @lim"), place("city == 'O")
    (Place(stem='ci', sign=''), Place(stem='unit pr', sign='`'), Place(stem='lim', sign='@'), None)
    """
    open_quote, begun = "", 0
    for index, character in enumerate(text):
        if open_quote:
            if character == open_quote:
                open_quote = ""
        elif character in "'\"`":
            open_quote, begun = character, index + 1
    if open_quote:
        return Place(text[begun:], "`") if open_quote == "`" else None
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    stem, before = text[start:], text[start - 1 : start]
    if before in (".", "'", '"', "`") and before or stem[:1].isdigit():
        return None
    return Place(stem, "@" if before == "@" else "")


def written(label: str, at: Place, quote: str, after: str) -> str | None:
    """Return a column as it is written there, in backticks if it is no name; None if there is no way."""
    if "`" in label or "\\" in label or quote[0] in label or not label.isprintable():
        return None
    if at.sign:
        return label if after.startswith("`") else label + "`"
    return label if label.isidentifier() and not keyword.iskeyword(label) else None if at.stem else f"`{label}`"
