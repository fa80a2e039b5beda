"""How far a long reading has come: one line on a terminal, after a second, which goes away at the end."""

from __future__ import annotations

import sys
from threading import get_ident
from time import monotonic
from typing import Any

_AFTER, _EACH = 1.0, 0.2  # seconds until the line is there, and between two of its texts
_watching: list[Progress] = []


def step(what: str, done: int, total: int) -> None:
    """Say that *what* is at *done* of *total*; free where nobody watches."""
    if _watching:
        _watching[-1].say(what, done, total)


class Progress:
    """A line on *stream* for the time of a ``with`` statement; none where that is no terminal, or one watches already."""

    def __init__(self, stream: Any = None) -> None:
        """Write to *stream*, by default the standard error."""
        self._stream = stream if stream is not None else sys.stderr
        self._next = monotonic() + _AFTER
        self._thread = get_ident()
        self._width = 0

    def say(self, what: str, done: int, total: int) -> None:
        """Show how far it is, if it is time to."""
        now = monotonic()
        if now < self._next or get_ident() != self._thread:
            return
        self._next = now + _EACH
        text = f"{what} … {min(done * 100 // max(total, 1), 100)} %"
        self._write("\r" + text.ljust(self._width))
        self._width = max(self._width, len(text))

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal has gone, or cannot write the dots: nobody needs the line
            self._next = float("inf")

    def __enter__(self) -> Progress:
        """Begin to watch."""
        try:
            if not _watching and self._stream.isatty():
                _watching.append(self)
        except Exception:  # somebody else's stream
            pass
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        if _watching and _watching[-1] is self:
            _watching.pop()
            if self._width:
                self._write("\r" + " " * self._width + "\r")
