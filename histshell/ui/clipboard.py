"""Copying a text into the clipboard of the terminal, which may be on another machine (OSC 52)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.output import Output

MOST = 74_994
"""How many bytes are copied: 100,000 as they are sent, which is what terminals take."""


def copy(output: Output, text: str, name: str) -> str:
    """Have a text copied, and return a sentence about what was. Whether the terminal does it, nobody says."""
    data = text.encode("utf-8", "replace")
    if not data:
        return "there is nothing to copy"
    some = data[:MOST].decode("utf-8", "ignore")
    output.write_raw(f"\033]52;c;{base64.b64encode(some.encode()).decode()}\a")
    output.flush()
    count = f"{len(some):,} character{'s' * (len(some) != 1)}"
    return f"copied {name}: " + (count if len(some) == len(text) else f"the first {count} of {len(text):,}")
