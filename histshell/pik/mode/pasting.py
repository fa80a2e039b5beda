"""A paste of several lines: what a terminal hands over as one piece of text that has newlines in it."""

from __future__ import annotations


def lines(text: str) -> list[str]:
    """Return the lines that were entered with one Enter: one, or, if they were pasted, several.

    A newline at the end of a paste and the Enter after it end one line. Where each second line is empty, a terminal has made two
    newlines of the one that a page of Windows has.
    """
    found = text.split("\n")
    if len(found) > 1 and not found[-1]:
        found.pop()
    if len(found) > 2 and any(found) and not any(found[1::2]):
        found = found[::2]
    return found
