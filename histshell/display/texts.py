"""Texts, bytes and numbers that are too long for a line: wrapped at their lines and words, and cut."""

from __future__ import annotations

from histshell.preview import text as preview_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Union

    Text = Union[str, bytes]

_BITS = 14_000  # more are more digits than Python writes without being told to
_WORD = 10  # rows that a word without a blank may take, before it is broken

width = preview_text.width


def integer(value: int) -> str:
    """Write an int as `repr` does, unless it is so huge that this would raise, or take long."""
    bits = value.bit_length()
    if bits <= _BITS:
        try:
            return repr(value)
        except ValueError:  # the interpreter's own limit on digits was set lower
            pass
    return f"<int of {bits:,} bits>"


def cut(text: Text, room: int) -> str:
    """Write the beginning of a text within `room` columns, as `repr` does, and how much is left out behind it."""
    tail = f"… {len(text):,} more"
    kept = max(room - len(tail) - 2, 1)
    while True:
        shown = f"{text[:kept]!r}… {len(text) - kept:,} more"
        over = width(shown) - room
        if over <= 0 or kept == 1:
            return shown
        kept = max(kept - max(over // 4, 1), 1)


def pieces(text: Text, room: int) -> Iterator[tuple[str, int]]:
    """Yield a text in pieces, as `repr` writes each, with the place where it ends: at line ends, blanks, else after ten rows."""
    at, newline, blank = 0, "\n", " "
    if isinstance(text, bytes):
        newline, blank = b"\n", b" "  # type: ignore[assignment]
    most = max(room, 8) * _WORD
    while at < len(text):
        end = text.find(newline, at, at + room) + 1  # type: ignore[arg-type]
        end = end or min(at + room, len(text))
        end = _fitting(text, at, end, room)
        ends_here = end == len(text) or text[end - 1 : end] == newline
        if not ends_here:
            before = text.rfind(blank, at, end) + 1  # type: ignore[arg-type]
            after = text.find(blank, end, at + most) + 1  # type: ignore[arg-type]
            if before:
                end = before
            elif isinstance(text, str):  # a word that is longer than a line stays in one piece, to be copied
                line = text.find("\n", end, at + most) + 1
                end = min(filter(None, (line, after, min(at + most, len(text)))))
        yield repr(text[at:end]), end
        at = end


def _fitting(text: Text, at: int, end: int, room: int) -> int:
    """Return how far a piece may go, so that what `repr` writes fits."""
    while end - at > 1:
        over = width(repr(text[at:end])) - room
        if over <= 0:
            break
        end -= min(max(over // 4, 1), end - at - 1)
    return end
