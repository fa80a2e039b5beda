"""IPython's history: an SQLite database a profile, with sessions, inputs as typed, and outputs where that was asked for."""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

from histshell.preview import clip, one_line

from .database import DatabaseCopy, DatabaseError, opened, text
from .foreign import LONGEST, Begin, Damage, End, Event, ForeignHistory, Typed
from .listed import moment

_MAGIC = re.compile(r"(?m)^\s*[%!?]|\?\s*$|=\s*[%!]")


class _Session(NamedTuple):
    """A session as the database has it: `start` is as it is written there, local time; `end` may be UTC (since IPython 9)."""

    start: str
    end: float | None


def events(source: ForeignHistory) -> Iterator[Event]:
    """Yield what is in a database, session by session. Raises DatabaseError, OSError."""
    with opened(source.path) as database:
        columns = database.columns("history")
        if columns is not None and not {"session", "line", "source", "source_raw"} <= set(columns):
            raise DatabaseError("there is no table of IPython's in this database")
        yield from _Reading(source, database).events()


class _Reading:
    def __init__(self, source: ForeignHistory, database: DatabaseCopy) -> None:
        self.source = source
        self.database = database
        self.changed = os.stat(source.path).st_mtime
        self.sessions = self._sessions()
        self.outputs = bool(database.columns("output_history"))

    def _sessions(self) -> Dict[int, _Session]:
        columns = self.database.columns("sessions")
        if columns is not None and not {"session", "start", "end"} <= set(columns):
            return {}
        found: Dict[int, _Session] = {}
        query = "SELECT session, substr(start, 1, 40), substr(end, 1, 40) FROM sessions"
        for session, start, end in self.database.rows(query, _session_row):
            if type(session) is int:
                found.setdefault(session, _Session(start if type(start) is str else "", moment(end)))
        return found

    def events(self) -> Iterator[Event]:
        """Yield the sessions with their inputs, in the order of their numbers as long as nothing is damaged."""
        current: int | None = None
        columns = f"session, line, {text('source_raw')}, source IS NOT source_raw"
        if self.outputs:
            columns += (
                f", (SELECT {text('output')} FROM output_history AS o WHERE o.session = h.session AND o.line = h.line)"
            )
        query = f"SELECT {columns} FROM history AS h ORDER BY session, line"
        for row in self.database.rows(query, _input_row):
            session, line, typed = row[:3]
            if type(session) is not int or type(line) is not int or not 0 <= line < 1 << 31 or not _is_input(typed):
                continue
            if session != current:
                yield from self._end(current)
                current, begun = session, self._begin(session)
                yield begun
            yield _typed(line, begun.when, typed, bool(row[3]), row[4] if len(row) > 4 else None)
        yield from self._end(current)
        if self.database.damage:
            yield Damage(f"the database is damaged ({self.database.damage}); what can be read of it was")

    def _begin(self, session: int) -> Begin:
        """Return a session's beginning. Its name is made of what is written, so that another time zone changes nothing in it."""
        start = self.sessions[session].start if session in self.sessions else ""
        digits = "".join(re.findall("[0-9]", start[:19])).ljust(14, "0")
        key = f"{self.source.kind}\n{start}\n{session}".encode("utf-8", "replace")
        name = f"{digits[:8]}-{digits[8:14]}-{hashlib.sha256(key).hexdigest()[:10]}"
        return Begin(name, moment(start) or self.changed)

    def _end(self, session: int | None) -> Iterator[Event]:
        end = self.sessions[session].end if session in self.sessions else None
        if end is not None:
            yield End(end)


def _session_row(rowid: int, values: List[Any]) -> Tuple[Any, ...] | None:
    """Return session, start and end of a row that was found on a page; the number is the row id."""
    if len(values) != 5 or values[0] is not None or moment(values[1]) is None or not isinstance(values[4], str):
        return None
    return rowid, values[1], values[2]


def _input_row(_: int, values: List[Any]) -> Tuple[Any, ...] | None:
    """Return the columns of an input for a row that was found on a page."""
    if [type(value) for value in values] != [int, int, str, str]:
        return None
    return values[0], values[1], values[3], values[2] != values[3]


def _is_input(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= LONGEST


def _typed(line: int, when: float, source: str, translated: bool, output: Any) -> Typed:
    """Return an input; what IPython has translated is not Python as it stands."""
    language = "ipython" if translated and _MAGIC.search(source) else ""
    preview = one_line(clip(output)) if type(output) is str and 0 < len(output) <= LONGEST else None
    return Typed(
        line + 2, when, source.replace("\0", ""), language, number=line if preview is not None else 0, output=preview
    )
