"""What the user had forgotten, which does not come in again."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, Dict, Tuple

Mask = Callable[[str], Tuple[str, bool]]
"""Gives a text with its secrets masked, and whether there were any."""


def forgotten(folder: str) -> Dict[str, Any]:
    """Return the numbers of the records, by session, that were forgotten in the journals of a folder."""
    try:
        found: Dict[str, Any] = import_module("histshell.journal.forgetting").forgotten(folder)
    except ModuleNotFoundError:  # nothing can be forgotten yet
        return {}
    return found
