"""Finding the sessions of all journals, the newest first, without reading more of them than is asked for.

Of each journal its first line and its end are looked at, and only of those whose turn it is: a file's time of change says
which may be next. What was found out is kept as long as the file does not change.
"""

from __future__ import annotations

import os
import re
import stat
from collections import OrderedDict
from typing import Dict, Iterator, List, NamedTuple, Tuple

from histshell.journal import place, reader
from histshell.journal.file_format import SessionLog

_HEAD, _TAIL = 64 << 10, 64 << 10
_LINES = 20  # of the end
_NUMBERED = re.compile(rb'"n"\s*:\s*\d')
_AT_ONCE = 1 << 20
_LATE = 2.0  # seconds by which a file may say to be older than its last record: the clock of a server is another

Stamp = Tuple[int, int]


class Facts(NamedTuple):
    """What is known of a session without reading its journal.

    `last` is about the time of its last record, `left` whether that was a goodbye, `folders` those it began and ended in.
    """

    path: str
    id: str
    stamp: Stamp
    when: float
    last: float
    imported: bool
    left: bool
    folders: Tuple[str, ...]


_facts: Dict[str, Facts] = {}
_results: Dict[str, Tuple[Stamp, bool]] = {}
_logs: OrderedDict[str, Tuple[Stamp, List[SessionLog]]] = OrderedDict()
_MOST_LOGS = 8


def newest(folder: str, imported: bool = False) -> Iterator[Facts]:
    """Yield the sessions of a folder, the one with the newest record first; of a file of imports, if asked for, one for all."""
    files: List[Tuple[float, str, Stamp]] = []
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.name.endswith(place.SUFFIX):
                    try:
                        status = entry.stat()
                    except OSError:
                        continue
                    if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait
                        continue
                    files.append((status.st_mtime, entry.path, (status.st_mtime_ns, status.st_size)))
    except OSError:
        return
    files.sort()
    known: List[Tuple[float, str, Facts]] = []
    while files or known:
        if files and (not known or known[-1][0] <= files[-1][0] + _LATE):
            _, path, stamp = files.pop()
            facts = _looked_at(path, stamp)
            if facts is not None and (imported or not facts.imported):
                known.append((facts.last, facts.id, facts))
                known.sort()
        else:
            yield known.pop()[2]


def _looked_at(path: str, stamp: Stamp) -> Facts | None:
    facts = _facts.get(path)
    if facts is None or facts.stamp != stamp:
        facts = _read(path, stamp)
        if facts is None:
            return None
        _facts[path] = facts
    return facts


def _read(path: str, stamp: Stamp) -> Facts | None:
    """Return what the first line and the end of a journal say; None if it is none."""
    try:
        with open(path, "rb") as file:
            head = file.readline(_HEAD)
            file.seek(max(len(head), stamp[1] - _TAIL))
            tail = file.read(_TAIL)
    except OSError:
        return None
    record = reader.parsed(head)
    session = reader.begin(record, path) if record is not None and record["kind"] == "session" else None
    if session is None:
        return None
    last, left, folder = session.when, False, session.cwd
    for line in tail.split(b"\n")[-_LINES:-1]:
        record = reader.parsed(line)
        if record is not None:
            last = reader.number(record.get("when")) or last
            left = record["kind"] == "goodbye"
            folder = reader.text(record.get("cwd")) or folder
    return Facts(path, session.id, stamp, session.when, last, bool(session.imported), left, (session.cwd, folder))


def has_result(facts: Facts) -> bool:
    """Return whether a journal speaks of a result."""
    known = _results.get(facts.path)
    if known is None or known[0] != facts.stamp:
        known = _results[facts.path] = (facts.stamp, _numbered(facts.path))
    return known[1]


def _numbered(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            before = b""
            while True:
                part = file.read(_AT_ONCE)
                if _NUMBERED.search(before + part):
                    return True
                if not part:
                    return False
                if not part.strip(b"\0"):
                    reader.past_hole(file, file.tell())
                before = part[-32:]
    except OSError:
        return False


def logs(path: str) -> List[SessionLog]:
    """Return the sessions of a journal, none where it cannot be read; the last few are remembered."""
    try:
        status = os.stat(path)
        stamp = (status.st_mtime_ns, status.st_size)
        known = _logs.get(path)
        if known is None or known[0] != stamp:
            known = _logs[path] = (stamp, reader.read(path))
            while len(_logs) > _MOST_LOGS:
                _logs.popitem(last=False)
        _logs.move_to_end(path)
    except (OSError, KeyError):
        return []
    return known[1]


def one(path: str, name: str) -> SessionLog | None:
    """Return a session of a journal by its name."""
    return next((log for log in logs(path) if log.session.id == name), None)


def forget() -> None:
    """Let go of all that is remembered."""
    _facts.clear()
    _results.clear()
    _logs.clear()
