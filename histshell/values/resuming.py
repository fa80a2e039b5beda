"""`h.resume()`: the results of an older session get their numbers in this one, and are loaded when somebody looks at them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict

from histshell import lazily
from histshell.placeholder import Placeholder
from histshell.preview import preview
from histshell.views import Said

from .past import NoSuchSession, Past, PastSession, Selection
from .rows import PastResult, record_of, unloaded

if TYPE_CHECKING:
    from histshell.history import History

MOST = 1_000_000
"""The highest number that a session may come back with: each takes a place in the list."""
_INPUTS = 5000  # that the arrow keys get


def resume(self: History, session: Any = None) -> Said:
    """Go on with a session: the one before in this folder (else the one before), or the one that is given: itself, its id, or its
    number in `h.past`.

    Its results have the numbers they had, and the up-arrow has its inputs. Its journal is left as it is: what comes now is kept in
    that of this session, which says which one it goes on with. Nothing is loaded before somebody looks at it, and no name is
    put into the namespace. Not where this session has results already. Returns a line that says what was done,
    or why nothing was.
    """
    if not isinstance(session, PastSession):
        try:
            session = Past(self).before(_folder()) if session is None else Past(self)[session]
        except NoSuchSession as error:
            return Said(_as_typed(str(error), session))
        except TypeError:
            return Said(f"h.resume() takes a session, its number or its id, not {preview(session, 60)}")
    if isinstance(session, Selection) and len(session) == 1:
        session = session[0]
    if not isinstance(session, PastSession):
        many = len(session)
        return Said(
            f"which? {many:,} sessions are meant: h.past[-2].resume() goes on with one"
            if many
            else "there are no such sessions"
        )
    taken = len(self) - 1
    if taken > 0:
        return Said(
            f"h has {taken:,} result{'s' * (taken != 1)} already, and no two can have one number: "
            f"h.past[{session.id!r}] has those of that session, and h.clear() makes room for them"
        )
    rows = session.rows
    last = max(rows, default=0)
    if last > MOST:
        return Said(f"session {session.id} says that it has a result {last:,}: too many to be put into h")
    _fill(self, rows, last)
    _tell(self, session)
    return Said(_done(session, rows))


def _as_typed(problem: str, session: Any) -> str:
    """Return what is the matter in the words of what was typed: `h.resume(3)`, where `h.past` says `h.past[3]`."""
    number = preview(session, 30)
    return problem.replace(f"h.past[{number}]:", f"h.resume({number}):", 1)


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it is gone
        return ""


def _fill(history: History, rows: Dict[int, PastResult], last: int) -> None:
    for number in range(1, last + 1):
        row = rows.get(number)
        if row is None:
            lazily.hold(history, Placeholder(number, "(not known)"), None)
        else:
            placeholder = unloaded(row)
            lazily.hold(history, placeholder, record_of(row, placeholder))


def _tell(history: History, session: PastSession) -> None:
    """Have the shell's prompt show the next number, and the journal say where this session goes on."""
    running = history.__session__
    if running is not None:
        running.resumed = session.id
    refresh = getattr(running, "refresh", None)
    if refresh is not None:
        refresh()
    recall = getattr(running, "recall", None)
    if recall is not None:
        recall([text for text in session.inputs[-_INPUTS:] if text.strip()])
    journal = getattr(running, "journal", None)
    if journal is not None:
        journal.resumed(session.id)


def _done(session: PastSession, rows: Dict[int, PastResult]) -> str:
    missing = sum(row.result.value is None for row in rows.values())
    count = len(rows)
    lost = f", {missing:,} of them without {'its' if missing == 1 else 'their'} value" if missing else ""
    if missing == count:
        lost = f", without {'its value' if count == 1 else 'their values'}" if count else ""
    numbers = f", h[{min(rows)}] to h[{max(rows)}]" if count > 1 else f", h[{min(rows)}]" if rows else ""
    return f"goes on with {session!r}{numbers}{lost}; h.show() lists them"
