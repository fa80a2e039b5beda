"""A result that has to go for the budget's sake is saved first, if it is plain, and loaded again when somebody looks at it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable

from histshell.journal import place

from . import saving
from .past import PastSession

if TYPE_CHECKING:
    from histshell.history import History

LIMIT = 64 << 20
"""Bytes of a result that is saved before it goes: it takes as much memory again while it is written, and some 0.1 s."""


def save(history: History, number: int, value: object) -> bool:
    """Return whether a result has been saved. Runs nothing of it."""
    journal: Any = getattr(history.__session__, "journal", None)
    if journal is None:
        return False
    data = saving.Saver(LIMIT, saving.AT_LEISURE).save(value)
    return data is not None and not journal.keep(number, data)


def loader(history: History, number: int) -> Callable[[], object]:
    """Return what loads a result of this session that was saved."""
    name = history.__session__.journal.id
    session = PastSession(history, os.path.join(place.folder(), name + place.SUFFIX), name)
    return lambda: session[number]
