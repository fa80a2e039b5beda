"""What `histshell forget` finds: the inputs that hold a text, a session, or all that is older than a time."""

from __future__ import annotations

import os
import time
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Set, Tuple

from histshell import preview

from . import place, reader, records
from .forgetting import Extent, Records, ToForget, extents_of
from .matching import fold

_ROWS = 20  # inputs that are shown


class Gone(NamedTuple):
    """An input that is to be forgotten, for showing it."""

    session: str
    seq: int
    when: float
    source: str
    numbers: Tuple[int, ...]


class ToSelect(NamedTuple):
    """What is to be forgotten: all `words` occur in an input or in what came of it; it is of a session; it is older than a time."""

    words: Tuple[str, ...] = ()
    session: str = ""
    before: float | None = None


def select(folder: str, wanted: ToSelect) -> Tuple[List[ToForget], List[Gone]]:
    """Return what is to be forgotten, by journal, and the inputs among it, oldest first. What cannot be read is left out."""
    found: List[ToForget] = []
    gone: List[Gone] = []
    for path in reader.files(folder):
        try:
            looked = _Looking(path, wanted)
        except OSError:
            continue
        found += looked.found()
        gone += looked.gone
    return found, sorted(gone, key=lambda one: one.when)


def matcher(wanted: ToSelect, gone: List[Gone]) -> Callable[[str], bool]:
    """Return whether an input that is kept elsewhere, without its time, is to be forgotten: by the words, or as one of those."""
    words = tuple(fold(word) for word in wanted.words if word)
    if wanted.session or wanted.before is not None:
        sources = {one.source.strip() for one in gone}
        return lambda text: text.strip() in sources
    return lambda text: bool(words) and all(word in fold(text) for word in words)


def shown(gone: List[Gone], found: List[ToForget], typed: int) -> List[str]:
    """Return the lines that say what is to be forgotten: the last inputs, and how many there are."""
    lines = [f"({len(gone) - _ROWS:,} earlier)"] if len(gone) > _ROWS else []
    for one in gone[-_ROWS:]:
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(min(max(one.when, 0.0), 1e11)))
        numbers = (
            f"[{', '.join(map(str, one.numbers[:3]))}{'…' if len(one.numbers) > 3 else ''}]" if one.numbers else ""
        )
        lines.append(f"{day}  {preview.printable(one.session)[:40]}  {numbers:<6} {preview.one_line(one.source)}")
    sessions = len({one.session for one in found})
    values = sum(len(one.extents) for one in found)
    counts = [_count(len(gone), "input"), f"of {_count(sessions, 'session')}"] if found else ["No input found"]
    if values:
        counts.append(f"with {_count(values, 'saved value')}")
    lines.append(
        " ".join(counts) + (f"; {_count(typed, 'input')} in the rich prompt's own file" if typed else "") + "."
    )
    return lines


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


class _Looking:
    """One pass over a journal, by its records as they are: what is not known of them goes with them."""

    def __init__(self, path: str, wanted: ToSelect) -> None:
        self.path = path
        self.wanted = wanted
        self.words = tuple(fold(word) for word in wanted.words if word)
        self.gone: List[Gone] = []
        self.kept: Set[str] = set()  # sessions of which something is left
        self.whole: Set[str] = set()  # that go with what begins them, if nothing of them is left
        self.records: Records = {}
        self.extents: Dict[str, List[Extent]] = {}
        session = os.path.splitext(os.path.basename(path))[0]
        groups: Dict[Tuple[str, int], List[Dict[str, Any]]] = {}
        numbers: Dict[Tuple[str, int], int] = {}  # from session and result to its input
        for _, record in reader.records(path):
            if record["kind"] == "session":
                session = reader.text(record.get("id")) or session
                if session == wanted.session or (reader.number(record.get("when")) or 0.0) < (wanted.before or 0.0):
                    self.whole.add(session)
                continue
            seq = record["seq"]
            if type(record.get("of")) is int:
                seq = record["of"]
            elif record["kind"] == "value" and type(record.get("n")) is int:
                seq = numbers.get((session, record["n"]), seq)
            for row in record["results"] if type(record.get("results")) is list else ():
                if type(row) is dict and type(row.get("n")) is int:
                    numbers[session, row["n"]] = seq
            groups.setdefault((session, seq), []).append(record)
        self._values = self._bytes()
        for (session, seq), belonging in groups.items():
            self._judge(session, seq, belonging)

    def _judge(self, session: str, seq: int, records: List[Dict[str, Any]]) -> None:
        """See whether an input goes, with the records that belong to it."""
        if records[0]["kind"] == "goodbye" and not self.words:
            return
        where = [extent for record in records for extent in extents_of(record)]
        if not self._matches(session, records, where):
            self.kept.add(session)
            return
        first = records[0]
        rows = [row for record in records if type(record.get("results")) is list for row in record["results"]]
        numbers = tuple(row["n"] for row in rows if type(row) is dict and type(row.get("n")) is int)
        self.gone.append(
            Gone(session, seq, reader.number(first.get("when")) or 0.0, reader.text(first.get("source")), numbers)
        )
        self.records.setdefault(session, set()).update([seq, *(record["seq"] for record in records)])
        self.extents.setdefault(session, []).extend(where)

    def _matches(self, session: str, records: List[Dict[str, Any]], where: List[Extent]) -> bool:
        wanted = self.wanted
        if wanted.session and session != wanted.session:
            return False
        if wanted.before is not None:
            when = max((reader.number(record.get("when")) or 0.0 for record in records), default=0.0)
            if when >= wanted.before:
                return False
        if not self.words:
            return True
        text = fold("\n".join([part for record in records for part in _texts(record)]))
        if all(word in text for word in self.words):
            return True
        for at, size in where:
            held = self._values[at : at + size].lower()
            if held and all(any(form in held for form in _saved_forms(word)) for word in self.words):
                return True
        return False

    def _bytes(self) -> bytes:
        """Return the saved values of the session, where texts are looked for in them."""
        if not self.words:
            return b""
        try:
            with reader.opened(os.path.splitext(self.path)[0] + place.VALUES) as file:
                return bytes(file.read())
        except OSError:
            return b""

    def found(self) -> Iterator[ToForget]:
        """Yield what is to be forgotten of this journal."""
        for session in sorted({*self.records, *self.whole}):
            extents = tuple(self.extents.get(session, ()))
            whole = session in self.whole and session not in self.kept
            damaged = self._is_damage if self.words else _all if whole else None
            yield ToForget(self.path, session, self.records.get(session, set()), extents, whole, damaged)

    def _is_damage(self, line: bytes) -> bool:
        """Return whether a line that is no record holds the words."""
        text = fold(line.decode("utf-8", "replace"))
        return all(any(form.decode("utf-8", "replace") in text for form in _forms(word)) for word in self.words)


def _all(_line: bytes) -> bool:
    """Return true: where a whole session goes, what is damaged goes with it."""
    return True


def _texts(record: Dict[str, Any]) -> Iterator[str]:
    """Yield what a record says that can be looked for: source, previews, message."""
    yield reader.text(record.get("source"))
    error = record.get("error")
    if type(error) is dict:
        yield f"{reader.text(error.get('type'))}: {reader.text(error.get('message'))}"
    rows = record.get("results")
    for row in rows if type(rows) is list else ():
        if type(row) is dict:
            yield reader.text(row.get("preview"))


def _saved_forms(word: str) -> Iterator[bytes]:
    """Yield how a word may stand in saved values, whose ASCII letters are small: as text, and as arrays have it."""
    for each in (word, word.upper(), word.capitalize()):
        yield from _forms(each)
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield each.encode(encoding, "surrogatepass").lower()


def _forms(word: str) -> Tuple[bytes, ...]:
    """Return how a word may stand in bytes: as UTF-8, and as JSON and pickles of protocol 0 escape it."""
    return word.encode("utf-8", "surrogatepass"), records.quoted(word)[1:-1].encode().lower()
