"""Forgetting: records and values are taken out of the files, so that their bytes are gone; a note keeps them from coming back.

First the note is written, then each journal is written anew beside itself and renamed; a session that is open notices that, and
goes on in the new one. In a file of values the bytes are overwritten where they lie, so that the places of the others stay.
Killed at any moment, a journal is the old one or the new one, and `clean` does the rest.

A note holds the numbers of records and no text, nor anything made from one: `{"v": 1, "records": {"SESSION": [[3, 7], [9, 9]]}}`,
each pair from and to. So an older copy that comes back is rewritten by the next `clean`; readers leave the records out till then.
"""

from __future__ import annotations

import json
import os
import socket
import time
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Set, Tuple

from . import derived, place, reader

Records = Dict[str, Set[int]]
Extent = Tuple[int, int]

NEW = ".new"
"""What the name of a file that is being written ends with: the journal's, the machine's and the process's come before it."""

_OLD = 3600.0  # seconds after which such a file of another machine is nobody's any more
_MOST = 10_000_000  # records that a note may name: more is nobody's note
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class ToForget(NamedTuple):
    """What is to be forgotten of one journal: inputs with all that belongs to them, or whole sessions."""

    path: str
    session: str
    records: Set[int]
    extents: Tuple[Extent, ...] = ()
    whole: bool = False
    damaged: Callable[[bytes], bool] | None = None  # whether a line that is no record goes as well


# ------------------------------------------------------------------ notes


def forgotten(folder: str) -> Records:
    """Return the records that were forgotten, by session: readers and imports leave them out. Raises nothing."""
    records: Records = {}
    for name in _names(folder, place.FORGOTTEN):
        for session, ranges in _note(os.path.join(folder, name)).items():
            known = records.setdefault(session, set())
            for first, last in ranges:
                if len(known) + last - first < _MOST:
                    known.update(range(first, last + 1))
    return records


def _note(path: str) -> Dict[str, List[Extent]]:
    """Return what a note says; nothing of what is not as it should be."""
    try:
        with reader.opened(path) as file:
            said: Any = json.loads(file.read(reader.LONGEST))
        rows = said["records"].items()
    except (OSError, ValueError, RecursionError, KeyError, AttributeError, TypeError):
        return {}
    return {session: list(_ranges(ranges)) for session, ranges in rows if place.is_id(session)}


def _ranges(ranges: Any) -> Iterator[Extent]:
    for one in ranges if type(ranges) is list else ():
        if (
            type(one) is list
            and len(one) == 2
            and type(one[0]) is type(one[1]) is int
            and 0 <= one[0] <= one[1] < _MOST
        ):
            yield one[0], one[1]


def write_note(folder: str, records: Records) -> str:
    """Write down which records were forgotten; return the note's path. Raises OSError."""
    said: Dict[str, List[List[int]]] = {}
    for session, numbers in sorted(records.items()):
        ranges: List[List[int]] = []
        for number in sorted(numbers):
            if ranges and ranges[-1][1] == number - 1:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
        said[session] = ranges
    path = os.path.join(folder, place.new_id(time.time()) + place.FORGOTTEN)
    replace(path, [json.dumps({"v": 1, "records": said}).encode() + b"\n"])
    return path


# ------------------------------------------------------------------ carrying it out


def carry_out(folder: str, found: Iterable[ToForget]) -> List[str]:
    """Forget what was found; return a sentence for each file that could not be rewritten.

    Raises OSError where the note cannot be written; nothing is changed then.
    """
    found = list(found)
    records: Records = {}
    for one in found:
        records.setdefault(one.session, set()).update(one.records)
    if any(records.values()):
        write_note(folder, records)
    problems: List[str] = []
    for path in sorted({one.path for one in found}):
        try:
            _forget(path, [one for one in found if one.path == path])
        except OSError as error:
            problems.append(f"{path}: {error.strerror or error}")
    derived.discard()
    return problems


def _forget(path: str, found: List[ToForget]) -> None:
    """Take records out of one journal, and their values out of the file of values. Raises OSError."""
    records = {one.session: one.records for one in found}
    whole = {one.session for one in found if one.whole}
    damaged = [one.damaged for one in found if one.damaged is not None]
    erase(os.path.splitext(path)[0] + place.VALUES, [extent for one in found for extent in one.extents])
    left = rewrite(
        path,
        lambda session, record: _stays(session, record, records, whole),
        lambda line: not any(one(line) for one in damaged),
    )
    if not left:
        _remove(path)
        _remove(os.path.splitext(path)[0] + place.VALUES)
        _remove(os.path.splitext(path)[0] + place.SAID)


def _stays(session: str, record: Dict[str, Any], records: Records, whole: Set[str]) -> bool:
    """Return whether a record of that session is left."""
    if session in whole and record["kind"] in ("session", "goodbye"):
        return False
    gone = records.get(session, ())
    return record["seq"] not in gone and record.get("of", -1) not in gone


def rewrite(
    path: str, stays: Callable[[str, Dict[str, Any]], bool], line_stays: Callable[[bytes], bool] = lambda _line: True
) -> bool:
    """Write a journal anew without some of its records; return whether it holds anything. Raises OSError.

    What an open session appends meanwhile is taken over. A last line without its end is nothing yet; it is left if it gets one.
    """
    keeps = _Keeping(path, stays, line_stays)
    with reader.opened(path) as old:
        replace(path, keeps.lines(old))
        end = time.monotonic() + 0.2
        while True:  # what was written into the old file before its session could know
            late = b"".join(keeps.lines(old))
            if late:
                descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | _FLAGS)
                try:
                    os.write(descriptor, late)
                finally:
                    os.close(descriptor)
            if not keeps.is_within_a_line or time.monotonic() > end:
                return keeps.any
            time.sleep(0.01)


class _Keeping:
    """Which lines of a journal are left: goes on where it stopped."""

    def __init__(
        self, path: str, stays: Callable[[str, Dict[str, Any]], bool], line_stays: Callable[[bytes], bool]
    ) -> None:
        self.session = _id_of(path)
        self.any = False  # whether something is left but what begins a session
        self.is_within_a_line = False
        self._stays = stays
        self._line_stays = line_stays

    def lines(self, file: Any) -> Iterator[bytes]:
        """Yield the lines that are left, as far as the file goes now."""
        while True:
            at = file.tell()
            line = file.readline(reader.LONGEST)
            if not line.endswith(b"\n") and len(line) < reader.LONGEST:
                self.is_within_a_line = bool(line)
                file.seek(at)
                return
            record = reader.parsed(line)
            if record is None:
                stays = self._line_stays(line)
            else:
                if record["kind"] == "session" and place.is_id(reader.text(record.get("id"))):
                    self.session = record["id"]
                stays = self._stays(self.session, record)
            if stays:
                self.any = self.any or bool(line.strip())
                yield line
            if len(line) == reader.LONGEST:
                reader.past_hole(file, file.tell())


def _id_of(path: str) -> str:
    """Return the session whose journal has that name, where the first record of it is lost."""
    return os.path.splitext(os.path.basename(path))[0]


def erase(path: str, extents: Iterable[Extent]) -> None:
    """Overwrite bytes of a file of values with zeros, where they lie. Raises OSError."""
    extents = sorted(extents)
    if not extents:
        return
    try:
        reader.opened(path).close()
        descriptor = os.open(path, os.O_RDWR | _FLAGS)
    except FileNotFoundError:
        return
    with open(descriptor, "r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        for at, length in extents:
            file.seek(min(at, size))
            left = min(length, size - min(at, size))
            while left > 0:
                left -= file.write(bytes(min(left, 1 << 20))) or left
        os.fsync(file.fileno())


# ------------------------------------------------------------------ what comes back, and what was left half done


def clean(folder: str) -> int:
    """Take out of journals what was forgotten and has come back, and remove what a process left that was killed meanwhile.

    Returns how many journals were rewritten. Raises nothing: what cannot be rewritten is left out by the readers.
    """
    stale(folder, remove=True)
    records = forgotten(folder)
    count = 0
    for path in reader.files(folder) if records else ():
        try:
            found = list(come_back(path, records))
            if found:
                _forget(path, found)
                count += 1
        except OSError:
            pass
    return count


def come_back(path: str, records: Records) -> Iterator[ToForget]:
    """Yield what a journal holds of forgotten records. Raises OSError."""
    session = _id_of(path)
    here: Records = {}
    extents: Dict[str, List[Extent]] = {}
    for _, record in reader.records(path):
        if record["kind"] == "session" and place.is_id(reader.text(record.get("id"))):
            session = record["id"]
        gone = records.get(session)
        if gone and (record["seq"] in gone or record.get("of", -1) in gone):
            here.setdefault(session, set()).add(record["seq"])
            extents.setdefault(session, []).extend(extents_of(record))
    for session, numbers in here.items():
        yield ToForget(path, session, numbers, tuple(extents[session]))


def extents_of(record: Dict[str, Any]) -> Iterator[Extent]:
    """Yield where values lie that a record tells of."""
    rows = record.get("results")
    for row in [record, *(rows if type(rows) is list else ())]:
        where = reader.extent(row) if type(row) is dict else None
        if where is not None:
            yield where


def stale(folder: str, remove: bool = False) -> List[str]:
    """Return the files that were being written by a process that is gone; with `remove`, remove them."""
    found = []
    here = _machine()
    for name in _names(folder, NEW):
        path = os.path.join(folder, name)
        machine, _, pid = name[: -len(NEW)].rpartition(".")
        machine = machine.rpartition(".")[2]
        try:
            age = time.time() - os.lstat(path).st_mtime
        except OSError:
            continue
        if (machine == here and pid.isdigit() and not lives(int(pid))) or age > _OLD:
            found.append(path)
            if remove:
                _remove(path)
    return found


def lives(pid: int) -> bool:
    """Return whether there is such a process."""
    if os.name == "nt":
        return True  # `kill` would end it; its file is removed when it is old
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


# ------------------------------------------------------------------ files


def _names(folder: str, suffix: str) -> List[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(suffix))
    except OSError:
        return []


def _machine() -> str:
    """Return this machine's name, as a part of a file's."""
    return "".join(c for c in socket.gethostname() if c.isalnum() or c == "-")[:60] or "here"


def _beside(path: str) -> str:
    """Return the name of the file that takes the place of another when it is whole."""
    return f"{path}.{_machine()}.{os.getpid()}{NEW}"


def replace(path: str, lines: Iterable[bytes]) -> None:
    """Put a new file in the place of another, whole or not at all, for this user's eyes alone. Raises OSError."""
    new = _beside(path)
    _remove(new)  # of an earlier process of that number
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
        with open(descriptor, "wb") as file:
            for line in lines:
                file.write(line)
            file.flush()
            os.fsync(descriptor)
        os.replace(new, path)
    except BaseException:
        _remove(new)
        raise


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
