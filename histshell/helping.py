"""What can be done with `h`, in a screen of words: `help(h)`, `h.help()`. The rows are those of the table of commands."""

from __future__ import annotations

from typing import Iterator, List, Tuple

from .history import Command, History, ValueCommand

_TOP = (
    ("h[3]  h[-1]", "results by number: the third, the last one, which `_` is too"),
    ("h", "the last 20 results, as a table"),
)
_TAKES = (("`n`", "n"), ("`x`", "x"), (" text", "..."))
_BELOW = (
    ("pik()  pik(x)", "the pickle mode; the pickle of a value"),
    ("x?  x??  TAB", "what `x` is; its source; names, keys, columns; signatures after ("),
)
_END = """\
It is a list in which no result ever gets another number: `del h[3]` frees one, and what would move the others says so.
What is yours stays yours: `h = 5` hides it, then it is `_h`. In the system's shell: histshell --help."""


def lines() -> List[str]:
    """Return the rows, each what is typed and what it does."""
    rows = [*_TOP, *_commands(), *_BELOW]
    width = max(len(typed) for typed, _ in rows)
    return [f"{typed:<{width}}  {does}" for typed, does in rows]


def _commands() -> Iterator[Tuple[str, str]]:
    for row in vars(History).values():
        if isinstance(row, Command) and row.line and not row.line.startswith("raises "):
            takes = (
                ""
                if isinstance(row, ValueCommand)
                else f"({next((name for sign, name in _TAKES if sign in row.line), '')})"
            )
            yield f"h.{row.name}{takes}", row.line


def text() -> str:
    """Return what `help(h)` begins with."""
    return "\n".join(["The results of this session, by number.", "", *(f"  {line}" for line in lines()), "", _END])
