"""From what a journal has got since it was last read to rows for searching: quick, and by the same rules as `reader`."""

from __future__ import annotations

import json
import os
import re
from binascii import crc32
from typing import Any, Callable, Dict, List, NamedTuple, Set, Tuple

from . import reader
from .matching import InputPlace
from .segment import Row, a_kind

_CHUNK = 1 << 20
_SAMPLE = 4096  # bytes at both ends of what was read, by which it is known again

_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # as `json.loads`, without what it does around it

# An input and its end as `writer` writes them, told by one expression in half the time that JSON takes. It may take a damaged line
# for a whole one, but leaves out none: what is found is read again, as JSON, before it is shown. There is one way to match each
# part, so that it gives up in linear time.
_INT = r"(?:0|[1-9][0-9]{0,17})"
_TEXT = r"[^\"\\\n]*(?:\\.[^\"\\\n]*)*"
_LINES = (
    rf'(\{{"kind": "input", "seq": ({_INT}), "when": ([0-9]{{1,11}}\.[0-9]{{1,20}}), "source": "({_TEXT})"\}}\n'
    rf'\{{"kind": "outcome", "seq": {_INT}, "of": \2, "seconds": [0-9]+\.[0-9]+([^\n]*\}})\n|[^\n]*\n)'
)
_TYPES = rf'"type": "({_TEXT})"'  # within a text a quote has a backslash before it

_OK = a_kind("ok", "", ())


class Followed(NamedTuple):
    """How far a journal has been read.

    `offset` is that of the first byte that was not, `sample` a checksum of what stands before, `begun` the offset of the session's
    first record (-1: none yet), `cwd` that of the last input, `waiting` the inputs whose end was not seen: offsets,
    with blanks between them.
    """

    name: str
    offset: int = 0
    sample: int = 0
    begun: int = -1
    cwd: str = ""
    waiting: str = ""


class Harvest:
    """Reads on in one journal. `rows` is what comes out; the caller may empty it between two calls of `step`."""

    def __init__(self, folder: str, followed: Followed, forgotten: Dict[str, Set[int]], rows: List[Row]) -> None:
        self.followed = followed
        self.rows = rows
        self.forgotten = forgotten
        self.left_out: Set[int] = set()
        self.path = os.path.join(folder, followed.name)
        self.file = reader.opened(self.path)
        self.at = followed.offset
        self.begun, self.cwd = followed.begun, followed.cwd
        self.place: InputPlace | None = None
        self.known = True  # whether the session's format is
        self.waiting: Dict[int, Tuple[float, str, int, InputPlace, str]] = {}

    def same(self) -> bool:
        """Return whether what was read before still stands there."""
        offset = self.followed.offset
        return not offset or (
            os.fstat(self.file.fileno()).st_size >= offset and self._sample(offset) == self.followed.sample
        )

    def _sample(self, offset: int) -> int:
        self.file.seek(0)
        first = self.file.read(min(_SAMPLE, offset))
        self.file.seek(max(0, offset - _SAMPLE))
        return crc32(self.file.read(min(_SAMPLE, offset)), crc32(first))

    def step(self) -> int:
        """Read a piece; return how many bytes that was, 0 at the end."""
        if self.place is None:
            self._resume()
        self.file.seek(self.at)
        data = self.file.read(_CHUNK)
        end = data.rfind(b"\n") + 1
        if not end and len(data) == _CHUNK:  # a longer line
            rest = self.file.readline(reader.LONGEST)
            data += rest
            end = len(data) if rest.endswith(b"\n") else 0
            if not end and len(rest) == reader.LONGEST:
                before, self.at = self.at, reader.past_hole(self.file, self.at + len(data))
                return self.at - before
        if end:
            self._take(data[:end] if end < len(data) else data)
            self.at += end
        return end

    def done(self) -> Followed:
        """Return how far it came.

        What still runs becomes a row without an end, and once more a row when the end is there.
        """
        waiting = " ".join([str(row[2]) for row in list(self.waiting.values())[-100:]])
        self._flush()
        return Followed(self.followed.name, self.at, self._sample(self.at), self.begun, self.cwd, waiting)

    def _resume(self) -> None:
        """Take up the session, and the inputs that were running."""
        record, cwd = self._record(self.begun) if self.begun >= 0 else None, self.cwd
        self._session(record or {}, self.begun)
        if cwd:
            self._move(cwd)
        for at in map(int, self.followed.waiting.split()):
            record = self._record(at)
            if record is not None and record["kind"] == "input":
                self._input(record, at)

    def _record(self, at: int) -> Dict[str, Any] | None:
        self.file.seek(at)
        return reader.parsed(self.file.readline(reader.LONGEST))

    def _session(self, record: Dict[str, Any], at: int) -> None:
        """A session begins; with an empty record, one whose beginning is not there."""
        session = reader.begin(record, self.path)
        if session and self.place and session.id == self.place.id and self.begun >= 0:
            return
        self._flush()
        self.begun, self.known = at, session is not None
        self.place = InputPlace(self.followed.name, at, "", "", "", "")
        if session is not None:
            self.left_out = self.forgotten.get(session.id, set())
            self.cwd = session.cwd
            self.place = InputPlace(self.followed.name, at, session.id, session.host, session.python, session.cwd)

    def _move(self, cwd: str) -> None:
        assert self.place is not None
        self.cwd, self.place = cwd, self.place._replace(cwd=cwd)

    def _flush(self) -> None:
        """Let go of the inputs whose end did not come."""
        self.rows.extend([(*row[:4], a_kind("", row[4], ())) for row in self.waiting.values()])
        self.waiting.clear()

    def _take(self, data: bytes) -> None:
        """Take whole lines. What is done for each of them is what bringing the derived files up to date takes."""
        if not data.isascii():
            at = self.at
            for line in data.split(b"\n")[:-1]:
                self._line(line, at)
                at += len(line) + 1
            return
        at, append, lines_of, types_of = (
            self.at, self.rows.append, re.compile(_LINES).findall, re.compile(_TYPES).findall,
        )  # fmt: skip
        assert self.place is not None
        for lines, seq, when, source, rest in lines_of(data.decode("ascii")):
            start = at
            at += len(lines)
            if not seq or not self.known or (self.left_out and int(seq) in self.left_out):
                for line in lines[:-1].split("\n"):
                    self._line(line, start)
                    start += len(line) + 1
                continue
            if "\\" in source:
                try:
                    source = json.loads(f'"{source}"')
                except ValueError:
                    continue
            append((float(when), source, start, self.place, _OK if rest == "}" else _kind_of(rest, types_of)))

    def _line(self, line: str | bytes, at: int) -> None:
        """Take a line of any form."""
        try:
            text = line if isinstance(line, str) else line.decode()
            record, end = _scan(text, 0)
            if end != len(text):
                record = _slowly(line)
        except (ValueError, StopIteration, RecursionError):
            record = _slowly(line)
        if type(record) is not dict or type(record.get("seq")) is not int:
            return
        kind = record.get("kind")
        if kind == "session":
            self._session(record, at)
        elif not self.known:
            return
        elif kind == "outcome":
            of = record.get("of")
            before = self.waiting.pop(of, None) if type(of) is int else None
            if before is not None and record.get("void") is not True:
                self.rows.append((*before[:4], _kind(record, before[4])))
        elif kind == "input" or kind == "whole":
            self._input(record, at)

    def _input(self, record: Dict[str, Any], at: int) -> None:
        """An input was accepted, or has run."""
        seq = record["seq"]
        cwd = record.get("cwd")
        if cwd and cwd != self.cwd and type(cwd) is str:
            self._move(cwd)
        if seq in self.left_out:
            return
        place = self.place
        assert place is not None
        when, source = record.get("when"), record.get("source")
        if type(when) is not float or not -1e12 < when < 1e12:
            when = reader.number(when) or 0.0
        if type(source) is not str:
            source = ""
        language = reader.text(record.get("language"))
        if record["kind"] == "whole":
            self.rows.append((when, source, at, place, _kind(record, language)))
            return
        if seq in self.waiting:
            before = self.waiting.pop(seq)
            self.rows.append((*before[:4], a_kind("", before[4], ())))
        self.waiting[seq] = (when, source, at, place, language)


def _slowly(line: str | bytes) -> Dict[str, Any] | None:
    """Return what a line says that is not plain JSON from its first character to its last."""
    return reader.parsed(line.encode("utf-8") if isinstance(line, str) else line)


def _kind_of(rest: str, types_of: Callable[[str], List[str]]) -> str:
    """Return the kind of an input by what its outcome says behind the seconds."""
    key: Any = ('"error": {' in rest, *types_of(rest))
    kind = _known.get(key)
    if kind is None:
        if len(_known) > 10_000:
            _known.clear()
        types = [_unescaped(name) for name in key[1:]]
        kind = _known[key] = a_kind("failed" if key[0] else "ok", "", types)
    return kind


def _unescaped(text: str) -> str:
    """Return a text as JSON means it, as it stands if that is not known."""
    if "\\" in text:
        try:
            return str(json.loads(f'"{text}"'))
        except ValueError:
            pass
    return text


_known: Dict[Any, str] = {}


def _kind(record: Dict[str, Any], language: str) -> str:
    """Return the kind of an input that is over."""
    error, results = record.get("error"), record.get("results")
    failed = isinstance(error, dict)
    if not failed and not results and not language:
        return _OK
    types = [row.type for row in map(reader.a_result, results) if row] if type(results) is list else []
    if isinstance(error, dict):
        types.append(reader.text(error.get("type")))
    return a_kind("failed" if failed else "ok", language, types)
