"""The one line about a session that ended without a goodbye, said once, by one prompt, in the folder it was in.

`watch` has the thread that looks, so that no prompt waits for a slow disk. Who says it is settled by a file that only one can make.
"""

from __future__ import annotations

import os
import sys
import time
from typing import List, NamedTuple

from histshell import views
from histshell.journal import place
from histshell.journal.file_format import Input, Session, SessionLog
from histshell.preview import sentence

from . import all_sessions

WITHIN = 24 * 3600
"""Seconds after which nothing is said any more."""

_SLACK = 2.0
_SHOWN = 60  # characters of the input


class CrashedSession(NamedTuple):
    """A session that ended without a goodbye; `more` is how many others there are.

    `newest` is whether it is `h.past[-1]`, `first` whether `h.resume()` in this folder goes on with it.
    """

    log: SessionLog
    newest: bool
    first: bool
    more: int


def look(folder: str, own: str, cwd: str, now: float) -> CrashedSession | None:
    """Return the last session that ended so in a folder within a day, if nobody has said it yet: then it has been said."""
    crashes: List[CrashedSession] = []
    newest = first = ""
    for facts in all_sessions.newest(folder):
        if facts.last < now - WITHIN:
            break
        if facts.id == own:
            continue
        if not newest and all_sessions.has_result(facts):
            newest = facts.id
        if not first and cwd in facts.folders and all_sessions.has_result(facts):
            first = facts.id
        if facts.left or cwd not in facts.folders:
            continue
        log = all_sessions.one(facts.path, facts.id)
        if (
            log is not None
            and log.inputs
            and not log.left
            and not _is_blind(log.inputs[-1])
            and not runs(log.session)
            and _claimed(folder, facts.id, now)
        ):
            crashes.append(CrashedSession(log, facts.id == newest, facts.id == first, 0))
    if not crashes:
        return None
    with_results = [crash for crash in crashes if _count(crash.log)]
    return (with_results or crashes)[0]._replace(more=len(crashes) - 1)


def _is_blind(last: Input) -> bool:
    """Return whether an input has put a prompt in the place of ours: C's loop tells of no end then, an input's or its own."""
    return not last.outcome and "ps1" in last.source


def runs(session: Session) -> bool:
    """Return whether a session may still be open: on another machine nobody can tell."""
    uname = getattr(os, "uname", None)
    if uname is None or sys.platform == "win32" or session.host != uname().nodename or session.pid <= 0:
        return True
    boot = _read("/proc/sys/kernel/random/boot_id").strip()
    if boot and session.boot and boot != session.boot:
        return False
    try:
        os.kill(session.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process has the number
        return not isinstance(sys.exc_info()[1], PermissionError)
    fields = _read(f"/proc/{session.pid}/stat").rpartition(")")[2].split()
    if fields[:1] in (["Z"], ["X"]):  # it has ended, and nobody has asked how
        return False
    started = _started(fields)
    return started is None or started <= session.when + _SLACK


def _started(fields: List[str]) -> float | None:
    """Return when a process was started, in seconds since the epoch; None where the system does not say."""
    uptime = _read("/proc/uptime").split()
    try:
        return time.time() - float(uptime[0]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (IndexError, ValueError, OSError):
        return None


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read(4096)
    except OSError:
        return ""


def _claimed(folder: str, name: str, now: float) -> bool:
    """Return whether this process may say it: only one makes the file. Those of earlier days are removed."""
    try:
        descriptor = os.open(os.path.join(folder, name + place.SAID), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return False
    os.close(descriptor)
    try:
        for other in os.listdir(folder):
            path = os.path.join(folder, other)
            if other.endswith(place.SAID) and os.lstat(path).st_mtime < now - 2 * WITHIN:
                os.unlink(path)
    except OSError:
        pass
    return True


def _count(log: SessionLog) -> int:
    return len({result.number for one in log.inputs for result in one.results})


def line(crash: CrashedSession, has_results: bool, now: float) -> str:
    """Return what is said: when, how much, in which input, and what to type. `has_results` is whether `h` has some now."""
    log = crash.log
    count, last = _count(log), log.inputs[-1]
    name = log.session.id
    if not count:
        remedy = f"h.past[{name!r}].inputs has what was typed"
    elif has_results:
        remedy = f"h.past[{'-1' if crash.newest else repr(name)}] has {'it' if count == 1 else 'them'}"
    else:
        remedy = f"h.resume({'' if crash.first else repr(name)}) has {'it' if count == 1 else 'them'} back"
    results = f"{count:,} result{'s' * (count != 1)}" if count else "no results"
    where = "after" if last.outcome else "in"
    more = f" (and {crash.more} more: h.past)" if crash.more else ""
    source = sentence(views.fit(views.one_row(last.source), _SHOWN), 2 * _SHOWN)
    return f"a session here ended {_ago(now - log.last)} without a goodbye, with {results}, {where} {source}{more}; {remedy}"


def _ago(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return f"{max(int(seconds), 0)} s ago"
