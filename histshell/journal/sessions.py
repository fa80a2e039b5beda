"""Past sessions by name, and the last ones."""

from __future__ import annotations

import os
import re
from typing import Any, Dict, List

from histshell.errors import HistshellError

from . import forgetting, reader
from .file_format import SessionLog

_WHOLE = re.compile(r"\d{8}-\d{6}-[0-9a-f]{10}|import-.*", re.ASCII)  # an id as sessions, and imports, have it


class NoSessionNamed(HistshellError):
    """There is no session of that name, or more than one."""


def every(folder: str) -> List[SessionLog]:
    """Return all sessions, that with the newest record last. What was forgotten is left out."""
    return _sorted([log for path in reader.files(folder) for log in _read(path, forgetting.forgotten(folder))])


def last(folder: str, count: int) -> List[SessionLog]:
    """Return the sessions with the newest records, the newest last."""
    paths = sorted(reader.files(folder), key=_modified, reverse=True)
    forgotten = forgetting.forgotten(folder)
    logs: List[SessionLog] = []
    for number, path in enumerate(paths):
        logs = _sorted([*logs, *_read(path, forgotten)])[-count:]
        if len(logs) == count and number + 1 < len(paths) and _modified(paths[number + 1]) < logs[0].last:
            break
    return logs


def _are(count: int) -> str:
    return f"are {count:,}" if count > 1 else "is only one" if count else "are none yet"


def named(folder: str, name: str) -> SessionLog:
    """Return the session of a name, or of its beginning; -1 is the last one. Raises NoSessionNamed."""
    if name[:1] == "-" and name[1:].isdigit():
        count = int(name[1:])
        logs = last(folder, count) if 0 < count < 1_000_000 else []
        if len(logs) < count or not count:
            there = len(every(folder))
            raise NoSessionNamed(f"there is no session {name}: there {_are(there)}")
        return logs[0]
    paths = reader.files(folder)
    forgotten = forgetting.forgotten(folder)
    of_name = [path for path in paths if os.path.basename(path).startswith(name)]
    found = {
        log.session.id: log for path in of_name for log in _read(path, forgotten) if log.session.id.startswith(name)
    }
    if not found or name not in found:  # imports have many in a file, which has another name
        rest = [path for path in paths if path not in of_name]
        found.update(
            (log.session.id, log) for path in rest for log in _read(path, forgotten) if log.session.id.startswith(name)
        )
    if name in found:
        return found[name]
    if len(found) != 1 or not name:
        raise NoSessionNamed(
            f"there is no session {name!r}: histshell sessions lists them"
            if not found
            else f"{len(found):,} sessions begin with {name!r}: {', '.join(sorted(found)[:3])}{', ...' * (len(found) > 3)}"
        )
    return next(iter(found.values()))


def of_name(folder: str, name: str) -> str:
    """Return the id of the session of a name, as `named` does; a whole id also where nobody has it any more."""
    return name if _WHOLE.fullmatch(name) else named(folder, name).session.id


def fields(log: SessionLog) -> Dict[str, Any]:
    """Return what is known of a session as `histshell sessions --json` prints it."""
    session = log.session
    return {
        "session": session.id, "when": session.when, "last": log.last, "inputs": len(log.inputs), "cwd": session.cwd,
        "host": session.host, "python": session.python, "shell": session.shell, "imported": session.imported, "left": log.left,
    }  # fmt: skip


def _read(path: str, forgotten: forgetting.Records) -> List[SessionLog]:
    try:
        logs = reader.read(path)
    except OSError:
        return []
    if not forgotten:
        return logs
    return [
        log._replace(inputs=[one for one in log.inputs if one.seq not in forgotten.get(log.session.id, ())])
        for log in logs
    ]


def _modified(path: str) -> float:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0


def _sorted(logs: List[SessionLog]) -> List[SessionLog]:
    return sorted(logs, key=lambda log: (log.last or log.session.when, log.session.id))
