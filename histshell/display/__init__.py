"""Values on a screen: broken and indented over lines, in bounds, each part as its own `repr` writes it.

`within` gives what a screen has room for, `whole` everything, line by line. Containers of Python's own, and what shows itself
as they do, are broken into their parts; whatever has a `__repr__` of its own is asked for it, once. So this runs code of the
value's, as Python's prompt does; what must not is `histshell.preview`.
"""

from __future__ import annotations

from .layout import Layout
from .node import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

__all__ = ["whole", "within"]


def within(value: object, width: int = 80, height: int = 24, mark: str = "", *, text: str | None = None) -> str:
    """Return `value` as text of at most `height` rows of `width` columns; what is left out is counted.

    `mark` is how the user gets the whole of it, `h[7]`. `text` is its `repr`, where that is known. A value that is no
    container and whose `__repr__` raises raises here.
    """
    return "\n".join(Layout(width, max(height, 1)).shown(Node(value, mark, text)))


def whole(value: object, width: int = 80, limit: int | None = None) -> Iterator[str]:
    """Yield the lines of all of `value`, made one after the other, at most `limit` of them. Tables are as wide as they are."""
    lines = Layout(width, bounded=False).lines(Node(value))
    if limit is None:
        yield from lines
        return
    for number, line in enumerate(lines):
        if number >= limit:
            return
        yield line
