"""How the commands print: a console, and a line on it."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def console() -> Console:
    """Return where the commands print: coloured in a terminal that has colours, unwrapped in a pipe."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:  # by itself it leaves with a status of its own
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    return _Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 10_000)


def line(on: Console, text: str, style: str = "", rest: str = "") -> None:
    """Print one line: `text` in a style, then the plain `rest`. The terminal does the wrapping."""
    from rich.text import Text

    on.print(Text.assemble((text, style), rest), soft_wrap=True)
