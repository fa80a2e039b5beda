"""What of a result is searched in, by `h.find` and in the history browser: source, type, columns, and the text of the value.

The text is made as `histshell.preview` makes it, which runs nothing of a value; that of pandas' and polars' tables as it is
displayed. What an object's own `__repr__` says is searched as far as it was displayed and kept.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable, Iterator

from .placeholder import Placeholder
from .preview import one_line, show

if TYPE_CHECKING:
    from .entry import Entry

LIMIT = 1_000_000
"""How many characters of a value's text are searched."""

SECONDS = 2.0
"""How long one search may take for texts that have to be made; what comes then is searched by its other parts."""

_LINES = 1000  # of a table


def matcher(text: str) -> Callable[[Entry], bool]:
    """Return the test whether a text occurs in what is known of a result, upper and lower case alike."""
    wanted, until = text.casefold(), time.monotonic() + SECONDS

    def matches(entry: Entry) -> bool:
        if any(wanted in part.casefold() for part in known(entry)):
            return True
        return time.monotonic() < until and wanted in value_text(entry.there).casefold()

    return matches


def known(entry: Entry) -> Iterator[str]:
    """Yield what is known of a result without making its text: number, source, preview, type with its size, and columns."""
    yield f"h[{entry.number}]"
    yield entry.source
    yield entry.preview
    value = entry.there
    if type(value) is Placeholder:
        yield value.type
        return
    from .completion import summary

    try:
        yield summary.about(value)
        yield ", ".join(map(str, summary.names(value)))
    except Exception:  # a value that another thread is changing
        pass


def value_text(value: object) -> str:
    """Return the text of a value, within `LIMIT`; empty for what is not there. Raises nothing."""
    if type(value) is Placeholder:
        return ""
    try:
        if _is_table(value):
            from .display import whole

            return "\n".join(map(one_line, whole(value, 1000, _LINES)))[:LIMIT]
        return show(value, width=LIMIT, depth=20, total=LIMIT)[:LIMIT]
    except Exception:  # a value that another thread is changing
        return ""


def _is_table(value: object) -> bool:
    """Return whether a value is of a class of pandas' or polars' own that has rows."""
    from .completion import static, summary

    return static.class_module(type(value)).partition(".")[0] in ("pandas", "polars") and bool(summary.shape(value))
