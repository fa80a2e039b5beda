"""Reading a literal that stands in a line being typed, without a word about it."""

from __future__ import annotations

from typing import Any

from histshell import quiet

from .static import UNKNOWN

LONGEST = 2_000
"""Characters; a longer one is not read."""


def literal(text: str) -> Any:
    """Return the value of a literal of numbers, texts, bytes, None, and tuples and lists of them; else `UNKNOWN`."""
    if len(text) > LONGEST:
        return UNKNOWN
    try:
        return quiet.literal(text.strip())
    except Exception:  # SyntaxError, ValueError, MemoryError and RecursionError, by version
        return UNKNOWN
