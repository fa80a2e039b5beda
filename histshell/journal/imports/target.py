"""The journal that a history is brought into: what it has already, and adding to it. One import at a time writes to it."""

from __future__ import annotations

import bisect
import os
import re
import time
from contextlib import contextmanager
from typing import Dict, Iterator, List, Tuple

from histshell.errors import HistshellError
from histshell.journal import forgetting, place, reader, records
from histshell.journal.file_format import VERSION

from .foreign import Begin, Typed

_OURS = re.compile(rb'\{"kind": "(input|whole|outcome|goodbye|value)", "seq": (\d{1,18})[,}]')
_BATCH = 1 << 18  # bytes
_STALE = 3600  # seconds after which another machine's lock is nobody's

GOODBYE = 1
"""The number of the record that ends a session; its inputs have higher ones."""


class LockedError(HistshellError):
    """Another import writes to the same journal."""


class Numbers:
    """A set of numbers that mostly follow each other, in a few bytes."""

    def __init__(self) -> None:
        self.starts: List[int] = []
        self.ends: List[int] = []

    def add(self, number: int) -> None:
        """Add a number."""
        if self.ends and number == self.ends[-1] + 1:
            self.ends[-1] = number
            return
        at = bisect.bisect_right(self.starts, number)
        if not at or self.ends[at - 1] < number:
            self.starts.insert(at, number)
            self.ends.insert(at, number)

    def __contains__(self, number: int) -> bool:
        at = bisect.bisect_right(self.starts, number)
        return at > 0 and number <= self.ends[at - 1]


class Target:
    """One journal of imports. Nothing of it is written, or made, before there is something new, and nothing at all if `dry`.

    `texts` keeps what is in it, by number, for histories without numbers of their own. To be used in `alone`.
    """

    def __init__(self, path: str, kind: str, origin: str, *, texts: bool = False, dry: bool = False) -> None:
        self.path = path
        self.stem = os.path.basename(path)[: -len(place.SUFFIX)]
        self.kind = kind
        self.origin = origin
        self.dry = dry
        self.texts: Dict[int, Tuple[str, float]] = {}
        self._begun: Dict[str, float] = {}
        self._numbers: Dict[str, Numbers] = {}
        self._current: Begin | None = None
        self._written = ""  # the session that the file is in
        self._waiting: List[str] = []
        self._size = 0
        self._descriptor = -1
        self._load(texts)

    def _load(self, texts: bool) -> None:
        """Read what is there. Raises OSError where that cannot be done, but not where nothing is."""
        session = ""
        for line in _lines(self.path):
            ours = None if texts else _OURS.match(line)
            if ours is not None:
                if session:
                    self._numbers[session].add(int(ours[2]))
                continue
            record = reader.parsed(line)
            if record is None:
                continue
            if record["kind"] == "session":
                begun = reader.begin(record, self.path)
                session = "" if begun is None else begun.id
                if begun is not None:
                    self._begun.setdefault(session, begun.when)
                    self._numbers.setdefault(session, Numbers())
            elif session:
                self._numbers[session].add(record["seq"])
                if texts and record["kind"] in ("input", "whole"):
                    self.texts[record["seq"]] = (
                        reader.text(record.get("source")),
                        reader.number(record.get("when")) or 0.0,
                    )

    def when(self, session: str) -> float | None:
        """Return when a session began that is in the journal, None where it is not."""
        return self._begun.get(session)

    def begin(self, begin: Begin) -> None:
        """What comes now was typed in this session."""
        self._current = begin
        self._numbers.setdefault(begin.id, Numbers())
        self._begun.setdefault(begin.id, begin.when)

    def has(self, seq: int) -> bool:
        """Return whether the session has a record of that number."""
        return self._current is None or seq in self._numbers[self._current.id]

    def add(self, typed: Typed) -> None:
        """Write an input of the session. Raises OSError."""
        rest = ""
        if typed.cwd:
            rest += f', "cwd": {records.quoted(typed.cwd)}'
        if typed.language:
            rest += f', "language": {records.quoted(typed.language)}'
        if typed.masked:
            rest += ', "masked": true'
        kind = "input"
        if typed.output is not None or typed.status is not None:
            kind = "whole"
            rest += f', "seconds": {"null" if typed.seconds is None else repr(typed.seconds)}'
            if typed.output is not None:
                preview = records.quoted(typed.output)
                rest += f', "results": [{{"n": {typed.number}, "type": "", "preview": {preview}}}]'
            if typed.status:
                rest += f', "error": {{"type": "exit code", "message": "{typed.status}"}}'
        source = records.quoted(typed.source)  # `records.line` takes twice as long, and there are millions
        self._write(
            typed.seq, f'{{"kind": "{kind}", "seq": {typed.seq}, "when": {typed.when!r}, "source": {source}{rest}}}\n'
        )

    def end(self, when: float) -> None:
        """Write that the session was left, if that is new, and something of it is in the journal. Raises OSError."""
        if not self.has(GOODBYE) and self._current is not None and self._numbers[self._current.id].starts:
            self._write(GOODBYE, records.line("goodbye", GOODBYE, {"when": when}))

    def _write(self, seq: int, line: str) -> None:
        assert self._current is not None
        self._numbers[self._current.id].add(seq)
        if self.dry:
            return
        if self._written != self._current.id:
            self._written = self._current.id
            about = {"v": VERSION, "id": self._current.id, "when": self._begun[self._current.id], "shell": self.kind}
            about.update(author="person", imported=self.kind, origin=self.origin)
            self._put(records.line("session", 0, about))
        self._put(line)

    def _put(self, line: str) -> None:
        self._waiting.append(line)
        self._size += len(line)
        if self._size >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises OSError."""
        data = memoryview("".join(self._waiting).encode("ascii"))
        self._waiting, self._size = [], 0
        if data and self._descriptor < 0:
            self._open()
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _open(self) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(self.path, flags, 0o600)
        about = os.fstat(self._descriptor)
        if about.st_mode & 0o077 and hasattr(os, "fchmod"):
            os.fchmod(self._descriptor, 0o600)
        if about.st_size:
            os.lseek(self._descriptor, -1, os.SEEK_END)
            if os.read(self._descriptor, 1) != b"\n":  # an import was killed, or the disk was full
                os.write(self._descriptor, b"\n")

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _lines(path: str) -> Iterator[bytes]:
    """Yield the whole lines of a file; none where it is missing. Raises OSError."""
    try:
        file = open(path, "rb")  # noqa: SIM115  # closed below; what is missing is no error
    except FileNotFoundError:
        return
    with file:
        while True:
            line = file.readline(1 << 26)
            if not line.endswith(b"\n"):
                return
            yield line


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Hold the lock of a journal of imports, a file beside it with process and machine in it. Raises LockedError, OSError."""
    lock = f"{path[: -len(place.SUFFIX)]}.lock"
    machine = os.uname().nodename if hasattr(os, "uname") else ""
    mine = f"{os.getpid()} {machine}\n".encode("utf-8", "replace")
    for _ in range(3):
        try:
            descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            _remove_if_stale(lock, machine)
            continue
        try:
            os.write(descriptor, mine)
        finally:
            os.close(descriptor)
        break
    else:
        raise LockedError("another import of it is running; try again when that is done")
    try:
        yield
    finally:
        if _content(lock) == mine:
            os.unlink(lock)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1000)
    except OSError:
        return b""


def _remove_if_stale(lock: str, machine: str) -> None:
    """Remove the lock of an import that is no more; raises LockedError where it may be running."""
    found = _content(lock)
    try:
        age = time.time() - os.stat(lock).st_mtime
    except OSError:  # it is gone meanwhile
        return
    process, _, where = found.decode("utf-8", "replace").strip().partition(" ")
    running = where != machine or _is_running(int(process)) if process.isdigit() else age < 10
    if age < _STALE and running:
        raise LockedError(
            f"another import of it is running (process {process or 'unknown'}); try again when that is done"
        )
    aside = f"{lock}.{os.getpid()}"
    try:
        os.rename(lock, aside)  # of two that find it stale one gets it
        if _content(aside) != found and not os.path.exists(lock):  # it was another's, and new
            os.rename(aside, lock)
        else:
            os.unlink(aside)
    except OSError:
        pass


def _is_running(process: int) -> bool:
    """Return whether a process may be running that a lock names; on Windows nobody can be asked."""
    return forgetting.lives(process) if process > 0 else os.name == "nt"
