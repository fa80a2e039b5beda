"""Which persistent ids of a stream are handed to the caller's own function."""

from __future__ import annotations

from typing import Any

from histshell.pik.placeholders import Placeholder
from histshell.preview import Kinds

_IDS = Kinds(str, int, bool, type(None), bytes, float, Placeholder)
_PARTS = 100  # of a persistent id that is a tuple, in all


def is_id(pid: Any) -> bool:
    """Tell whether *pid* may be handed to the caller's own function: a plain value, or a small tuple of such and of classes."""
    if type(pid) is not tuple:
        return type(pid) is str or type(pid) is int
    todo, parts = [pid], 0
    while todo:
        item = todo.pop()
        parts += 1
        if type(item) is tuple:
            if parts + len(todo) + len(item) > _PARTS:
                return False
            todo.extend(item)
        elif type(item) not in _IDS and not issubclass(type(item), type):
            return False
    return True
