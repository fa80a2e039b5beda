"""Reading journals: whatever is whole and known in them, whoever wrote them. Nothing in them is believed, and nothing run."""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import Any, BinaryIO, Dict, Iterator, List, Set, Tuple

from . import place
from .file_format import VERSION, Input, Result, Session, SessionLog

_FAR = 1 << 20  # bytes after an input in which its end is looked for
_NOTHING: Dict[str, Any] = {"kind": ""}
LONGEST = 64 << 20  # bytes of a line; a longer one is nobody's input

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)  # nobody's link leads us elsewhere
    | getattr(os, "O_NONBLOCK", 0)  # what is no file keeps nobody waiting
)


def files(folder: str) -> List[str]:
    """Return the paths of the journals in a folder, oldest first; none where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            names = [
                one.name for one in found if one.name.endswith(place.SUFFIX) and one.is_file(follow_symlinks=False)
            ]
    except OSError:
        return []
    return [os.path.join(folder, name) for name in sorted(names)]


def opened(path: str) -> BinaryIO:
    """Open a file for reading, if it is one and no link, device or pipe. Raises OSError."""
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no regular file", path)
        return open(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read(path: str) -> List[SessionLog]:
    """Return the sessions of a journal. What is damaged is left out. Raises OSError where the file cannot be read."""
    logs: Dict[str, SessionLog] = {}
    for log in _Reading(path).logs():
        before = logs.get(log.session.id)
        logs[log.session.id] = log if before is None else _and(before, log)
    return list(logs.values())


def _and(before: SessionLog, more: SessionLog) -> SessionLog:
    """Return a session that a later import has gone on with."""
    known = {(one.seq, one.when) for one in before.inputs}
    inputs = before.inputs + [one for one in more.inputs if (one.seq, one.when) not in known]
    return SessionLog(before.session, inputs, max(before.last, more.last), before.left or more.left)


def records(path: str, start: int = 0) -> Iterator[Tuple[int, Dict[str, Any]]]:
    """Yield the whole records from an offset on, each with the offset it begins at. Raises OSError."""
    with opened(path) as file:
        yield from records_of(file, start)


def records_of(file: BinaryIO, start: int) -> Iterator[Tuple[int, Dict[str, Any]]]:
    """Yield the whole records of an open file from an offset on, each with the offset it begins at."""
    file.seek(start)
    while True:
        line = file.readline(LONGEST)
        if not line.endswith(b"\n") and len(line) < LONGEST:  # not there yet
            return
        record = parsed(line)
        if record is not None:
            yield start, record
        start += len(line)
        if len(line) == LONGEST:
            start = past_hole(file, start)


def past_hole(file: BinaryIO, at: int) -> int:
    """Return where what was written goes on, from an offset on: a file may say to be of any size, and hold nothing but zeros.

    The file is read from there on next.
    """
    try:
        return file.seek(at, getattr(os, "SEEK_DATA", os.SEEK_SET))
    except OSError as error:
        return (
            file.seek(0, os.SEEK_END) if error.errno == errno.ENXIO else file.seek(at)
        )  # nothing more, or nobody knows
    except ValueError:
        return file.seek(at)


def session_at(file: BinaryIO, path: str, begun: int) -> Session:
    """Return the session of an open journal whose record begins at an offset, negative if there is none."""
    if begun >= 0:
        for at, record in records_of(file, begun):
            session = begin(record, path) if at == begun and record["kind"] == "session" else None
            if session is not None:
                return session
            break
    return begin({}, path) or Session("unknown", path, 0.0)


def input_at(file: BinaryIO, at: int, session: Session, cwd: str) -> Input | None:
    """Return the input of an open journal whose record begins at an offset, with its end; None if there is none."""
    found = records_of(file, at)
    start, record = next(found, (-1, _NOTHING))
    if start != at or record["kind"] not in ("input", "whole"):
        return None
    made = an_input(session, record, cwd)
    if record["kind"] == "input":
        for start, record in found:
            if record["kind"] == "outcome" and record.get("of") == made.seq and type(record["of"]) is int:
                return None if record.get("void") is True else with_outcome(made, record)
            if record["kind"] == "session" or start > at + _FAR:
                break
    return made


def parsed(line: bytes) -> Dict[str, Any] | None:
    """Return what a line says, None if that is no record."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if type(record) is not dict or type(record.get("kind")) is not str or type(record.get("seq")) is not int:
        return None
    return record


class _Reading:
    """One pass over a file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._begin(begin({}, path), told=False)

    def _begin(self, session: Session | None, told: bool) -> None:
        """Begin a session, None for one of a later format; `told` is whether a record says so."""
        self.session, self.told = session, told
        self.inputs: List[Input] = []
        self.index: Dict[int, int] = {}  # from `seq` to where the input stands
        self.over: Set[int] = set()  # where those stand whose end was told
        self.void: Set[int] = set()  # and of those that were none
        self.values: Dict[int, Tuple[int, int]] = {}
        self.resumed: List[str] = []
        self.cwd, self.last, self.left = ("", 0.0, False) if session is None else (session.cwd, session.when, False)

    def logs(self) -> Iterator[SessionLog]:
        """Yield the sessions as they come."""
        for _, record in records(self.path):
            if record["kind"] == "session":
                begun = begin(record, self.path)
                if self.told and begun is not None and self.session is not None and begun.id == self.session.id:
                    continue
                yield from self._log()
                self._begin(begun, told=True)
                if place.is_id(text(record.get("resumed"))):
                    self.resumed.append(record["resumed"])
            elif self.session is not None:
                self._take(self.session, record)
        yield from self._log()

    def _log(self) -> Iterator[SessionLog]:
        if self.session is None or not (self.told or self.inputs):
            return
        for at, one in enumerate(self.inputs if self.values else ()):
            if any(result.number in self.values for result in one.results):
                results = [
                    result._replace(value=self.values.get(result.number, result.value)) for result in one.results
                ]
                self.inputs[at] = one._replace(results=tuple(results))
        inputs = [one for at, one in enumerate(self.inputs) if at not in self.void] if self.void else self.inputs
        yield SessionLog(self.session, inputs, self.last, self.left, tuple(self.resumed))

    def _take(self, session: Session, record: Dict[str, Any]) -> None:
        kind = record["kind"]
        if "when" in record:
            self.last = number(record["when"]) or self.last
        if kind in ("input", "whole"):
            self._input(an_input(session, record, self.cwd))
        elif kind == "outcome":
            self._outcome(record)
        elif kind == "value":
            lies = extent(record)
            if lies is not None and type(record.get("n")) is int:
                self.values[record["n"]] = lies
        elif kind == "resumed" and place.is_id(text(record.get("session"))):
            self.resumed.append(record["session"])
        elif kind == "goodbye":
            self.left = True

    def _input(self, made: Input) -> None:
        """Add an input, unless it is one that was there before, in a file that was put together of copies."""
        self.left, self.cwd = False, made.cwd
        before = self.index.get(made.seq)
        if before is not None and self.inputs[before].when == made.when:
            return
        self.index[made.seq] = len(self.inputs)
        self.inputs.append(made)

    def _outcome(self, record: Dict[str, Any]) -> None:
        of = record.get("of")
        at = self.index.get(of) if type(of) is int else None
        if at is None or at in self.over:
            return
        self.over.add(at)
        if record.get("void") is True:
            self.void.add(at)
            return
        self.inputs[at] = with_outcome(self.inputs[at], record)
        self.last = max(self.last, self.inputs[at].when + (self.inputs[at].seconds or 0.0))


def begin(record: Dict[str, Any], path: str) -> Session | None:
    """Return the session that a record begins, None if it is of a later format.

    Where the record has no name for it, or is not there, it is called as its file.
    """
    name, version = text(record.get("id")), record.get("v")
    if type(version) is int and version > VERSION:
        return None
    if not place.is_id(name):
        name = os.path.basename(path)[: -len(place.SUFFIX)]
        if not place.is_id(name):
            name = "unknown"
    pid, when = record.get("pid"), number(record.get("when"))
    words = {key: text(record.get(key)) for key in _WORDS}
    return Session(name, path, time_of(name) if when is None else when, pid=pid if type(pid) is int else 0, **words)


def time_of(name: str) -> float:
    """Return when a session of this name began, 0 where the name does not say it."""
    from datetime import datetime, timezone

    try:
        parts = [int(name[at : at + 2]) for at in (4, 6, 9, 11, 13)]
        return datetime(int(name[:4]), *parts, tzinfo=timezone.utc).timestamp()  # type: ignore[misc,arg-type]
    except ValueError:
        return 0.0


_WORDS = (
    "host", "user", "python", "implementation", "venv", "shell", "cwd", "author", "boot", "imported", "executable",
)  # fmt: skip


def an_input(session: Session, record: Dict[str, Any], cwd: str) -> Input:
    """Return the input that a record holds; `cwd` is that of the record before."""
    made = Input(
        session, record["seq"], number(record.get("when")) or 0.0, text(record.get("source")), text(record.get("cwd")) or cwd,
        text(record.get("language")), masked=record.get("masked") is True,
    )  # fmt: skip
    return with_outcome(made, record) if record["kind"] == "whole" else made


def with_outcome(before: Input, record: Dict[str, Any]) -> Input:
    """Return an input with what a record says of its end."""
    error = record.get("error")
    failed = (text(error.get("type")), text(error.get("message"))) if type(error) is dict else None
    rows = record.get("results")
    results = tuple(filter(None, map(a_result, rows))) if type(rows) is list else ()
    return before._replace(
        outcome="failed" if failed else "ok", seconds=number(record.get("seconds")), error=failed, results=results,
        masked=before.masked or record.get("masked") is True,
    )  # fmt: skip


def a_result(row: Any) -> Result | None:
    """Return the result that a part of a record describes; None if it has no number."""
    if type(row) is not dict or type(row.get("n")) is not int or row["n"] < 1:
        return None
    size = row.get("bytes")
    return Result(
        row["n"],
        text(row.get("type")),
        text(row.get("preview")),
        size if type(size) is int and size >= 0 else None,
        extent(row),
    )


def extent(row: Dict[str, Any]) -> Tuple[int, int] | None:
    """Return offset and length of a saved value, None where that is nothing of the kind."""
    at, size = row.get("at"), row.get("size")
    return (at, size) if type(at) is int and type(size) is int and at >= 0 and size > 0 else None


def text(value: Any) -> str:
    """Return a text as it is, an empty one for anything else."""
    return value if type(value) is str else ""


def number(value: Any) -> float | None:
    """Return a number that can be a time, None for anything else."""
    return float(value) if type(value) in (int, float) and abs(value) < 1e12 else None
