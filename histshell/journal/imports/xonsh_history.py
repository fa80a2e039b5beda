"""xonsh's history: a JSON file a session, with an index before the data, or an SQLite database."""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from histshell.journal import place

from . import locations
from .database import DatabaseError, opened, text
from .foreign import LONGEST, Begin, Damage, End, Event, ForeignHistory, Typed

LARGEST = 128 << 20
"""Bytes of a JSON file that is read."""

_COMMAND = re.compile(r'\{\s*"(?:cwd|inp|out|rtn|ts|info|frequency)"\s*:')
_WORK = 1_000_000_000  # characters that may be gone through for what is whole in a damaged file


Known = Callable[[str], Optional[float]]


def events(source: ForeignHistory, known: Known) -> Iterator[Event]:
    """Yield what is in a database or a folder of files, session by session. `known` says when a session began that the journal
    has already. Raises DatabaseError, OSError.
    """
    if source.form == "sqlite":
        yield from _database(source, known)
        return
    for name in locations.json_files(source):
        try:
            yield from _file(os.path.join(source.path, name), known)
        except OSError as error:
            yield Damage(f"{name}: {error.strerror or error}")


def _file(path: str, known: Known) -> Iterator[Event]:
    """Yield what is in one file."""
    with open(path, "rb") as file:
        about = os.fstat(file.fileno())
        data = file.read(LARGEST).decode("utf-8", "replace")
    whole: Any = None
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        pass
    found: Any = whole.get("data", whole) if type(whole) is dict else None  # without an index in early versions
    damaged = type(found) is not dict or type(found.get("cmds")) is not list
    if damaged:
        found = {"cmds": _salvaged(data)}
    name = os.path.basename(path)
    key = os.path.splitext(name)[0][len("xonsh-") :]
    times = found.get("ts")
    begun = _time(times, 0) or about.st_mtime
    commands = [one for one in found["cmds"] if type(one) is dict]
    yield from _session(key, commands, begun, known)
    end = _time(times, 1)
    if commands and end and found.get("locked") is False:
        yield End(end)
    if damaged:
        yield Damage(f"{name} is damaged; {_count(len(commands))} of it can be read")


def _count(number: int) -> str:
    return f"{number} input{'' if number == 1 else 's'}"


def _salvaged(data: str) -> List[Any]:
    """Return the commands that are whole in a text that is no JSON, or not all of it."""
    decoder = json.JSONDecoder()
    found: List[Any] = []
    at, work = 0, _WORK
    while work > 0:
        start = _COMMAND.search(data, at)
        if start is None:
            break
        try:
            one, at = decoder.raw_decode(data, start.start())
            if type(one) is dict and type(one.get("inp")) is str:
                found.append(one)
        except RecursionError:
            at = start.end()
            work -= _WORK // 50
        except json.JSONDecodeError as error:
            at = start.end()
            work -= error.pos  # it has counted the lines up to there
    return found


def _database(source: ForeignHistory, known: Known) -> Iterator[Event]:
    """Yield what is in a database."""
    with opened(source.path) as database:
        there = database.columns("xonsh_history")
        if there is not None and ("inp" not in there or "sessionid" not in there):
            raise DatabaseError("there is no table of xonsh's in this database")
        wanted = ["sessionid", text("inp"), "rtn", "tsb", "tse", "cwd"]
        columns = ", ".join(one if "(" in one or there is None or one in there else "NULL" for one in wanted)
        changed = os.stat(source.path).st_mtime
        query = (
            f"SELECT {columns} FROM xonsh_history ORDER BY sessionid, {'tsb' if there and 'tsb' in there else 'rowid'}"
        )
        current: str | None = None
        rows: List[Dict[str, Any]] = []
        for session, inp, rtn, tsb, tse, cwd in database.rows(query, _row):
            key = session if type(session) is str else ""
            if key != current and rows:
                yield from _session(current or "", rows, changed, known)
                rows = []
            current = key
            rows.append({"inp": inp, "rtn": rtn, "ts": [tsb, tse], "cwd": cwd})
        if rows:
            yield from _session(current or "", rows, changed, known)
        if database.damage:
            yield Damage(f"the database is damaged ({database.damage}); what can be read of it was")


def _row(_: int, values: List[Any]) -> Tuple[Any, ...] | None:
    """Return the columns of a command for a row that was found on a page."""
    if (
        len(values) < 5
        or not isinstance(values[0], str)
        or not isinstance(values[2], float)
        or not isinstance(values[4], str)
    ):
        return None
    return values[4], values[0], values[1], values[2], values[3], values[8] if len(values) > 8 else None


def _session(key: str, commands: List[Dict[str, Any]], begun: float, known: Known) -> Iterator[Event]:
    """Yield one session, or a part of it."""
    typed = [one for one in (_command(each, begun) for each in commands) if one is not None]
    if typed:
        name = _name(key)
        base = known(name)
        begin = Begin(name, min([begun, *[one.when for one in typed]]) if base is None else base)
        yield begin
        yield from _numbered(begin.when, typed)


def _name(session: str) -> str:
    """Return what a session of xonsh's is called here."""
    name = f"xonsh-{session}"
    return (
        name
        if place.is_id(name) and session
        else f"xonsh-{hashlib.sha256(session.encode('utf-8', 'replace')).hexdigest()[:20]}"
    )


def _numbered(base: float, commands: List[Typed]) -> Iterator[Typed]:
    """Yield the commands with their numbers: the milliseconds since `base`, since positions change when xonsh deletes some."""
    before = 1
    for one in sorted(commands, key=lambda one: one.when):
        before = max(before + 1, 2 + round((one.when - base) * 1000))
        yield one._replace(seq=before)


def _command(one: Dict[str, Any], when: float) -> Typed | None:
    """Return a command, None if that is none."""
    source, cwd, status = one.get("inp"), one.get("cwd"), one.get("rtn")
    if type(source) is not str or len(source) > LONGEST or not source.strip():
        return None
    begun, ended = _time(one.get("ts"), 0), _time(one.get("ts"), 1)
    source = source.replace("\0", "").rstrip()
    return Typed(
        0,
        begun or when,
        source,
        _language(source),
        cwd if type(cwd) is str and len(cwd) < 5000 else "",
        seconds=max(0.0, round(ended - begun, 6)) if begun and ended else None,
        status=status if type(status) is int and abs(status) < 1 << 31 else None,
    )


def _language(source: str) -> str:
    """Return an empty text for what is Python as it stands, as `ls -l` is, unfortunately."""
    if len(source) > 10_000:
        return "xonsh"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<history>", "exec", 0x400)  # ast.PyCF_ONLY_AST
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return "xonsh"
    return ""


def _time(pair: Any, index: int) -> float | None:
    """Return one of the times of a command."""
    value = pair[index] if type(pair) is list and len(pair) > index else None
    return float(value) if isinstance(value, (int, float)) and 0 < value < 1e11 else None
