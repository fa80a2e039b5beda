"""Finding inputs in the journals of all sessions, newest first.

    searcher = Searcher()
    searcher.find(Query(("numpy", "mean")), limit=20)   # a list of `Hit`
    searcher.inputs(5000)                               # the newest sources, newest last, each once
    searcher.close()

`search` and `inputs` do it once. Nothing here raises for what the files say or are.
"""

from __future__ import annotations

import os
import struct
import threading
import time
from heapq import heappop, heappush, heapreplace
from itertools import islice
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, NamedTuple, Set, Tuple, TypeVar

from . import derived, place, reader, segment_search
from .derived import discard
from .file_format import Input, Session
from .index import Index, Progress
from .matching import BadQuery, Query, Wanted
from .segment import Damaged, Segment

__all__ = ["BadQuery", "Hit", "Query", "Searcher", "discard", "inputs", "search"]


DAMAGE = (Damaged, OSError, ValueError, TypeError, LookupError, struct.error, OverflowError)
"""What a derived file raises that is not what it should be."""

T = TypeVar("T")


class Hit(NamedTuple):
    """An input that was found. What is asked of it is that of its last result, where it has several."""

    input: Input

    @property
    def session(self) -> Session:
        """The session that it was typed in."""
        return self.input.session

    @property
    def source(self) -> str:
        """The text that was typed."""
        return self.input.source

    @property
    def when(self) -> float:
        """When it was accepted, in seconds since the epoch."""
        return self.input.when

    @property
    def seconds(self) -> float | None:
        """How long it took; None where nobody knows."""
        return self.input.seconds

    @property
    def number(self) -> int | None:
        """The number of its result, None if it has none."""
        return self.input.results[-1].number if self.input.results else None

    @property
    def type(self) -> str:
        """The name of the result's type, or of the exception's."""
        if self.input.error is not None:
            return self.input.error[0]
        return self.input.results[-1].type if self.input.results else ""

    @property
    def preview(self) -> str:
        """What the result looked like, or what the exception said."""
        if self.input.error is not None:
            return ": ".join(filter(None, self.input.error))
        return self.input.results[-1].preview if self.input.results else ""

    def fields(self) -> Dict[str, Any]:
        """Return what is known as `histshell search --json` prints it."""
        one = self.input
        return {
            "session": one.session.id, "number": self.number, "source": one.source, "when": one.when, "seconds": one.seconds,
            "cwd": one.cwd, "host": one.session.host, "outcome": one.outcome, "type": self.type, "preview": self.preview,
        }  # fmt: skip


class Searcher:
    """Looks for inputs, again and again: what other sessions have typed meanwhile is there too. Several threads may use it.

    All journals are looked at once in `every` seconds, meanwhile those alone that changed last, which is cheap.
    `progress(done, total)` hears of bytes of journals while derived files are made.
    """

    def __init__(
        self, folder: str | None = None, cache: str | None = None, every: float = 0.0, progress: Progress | None = None
    ) -> None:
        self.folder = place.folder() if folder is None else folder
        self.cache = derived.folder() if cache is None else cache
        self.every = every
        self.progress = progress
        self.close()
        self._lock = threading.RLock()

    def find(self, query: Query, limit: int = 20, distinct: bool = False) -> List[Hit]:
        """Return the newest inputs that are what is looked for, newest first; with `distinct`, each source once.

        Raises BadQuery where the pattern is none.
        """
        wanted = Wanted(query)
        return self._answer(lambda index: list(islice(self._hits(index, wanted, distinct), limit)))

    def inputs(self, limit: int = 5000) -> List[str]:
        """Return the newest sources of Python's language of all sessions, newest last, each once."""
        return self._answer(lambda index: _inputs(index, limit))

    def close(self) -> None:
        """Let go of what is held in memory."""
        self._index: Index | None = None
        self._sessions: Dict[Tuple[str, int], Session] = {}
        self._updated = float("-inf")

    def _answer(self, ask: Callable[[Index], T]) -> T:
        """Ask the derived files, or what is made anew in memory where they are damaged."""
        with self._lock:
            index = self._index = self._index or Index(self.folder, self.cache)
            for _ in range(3):
                try:
                    quick = time.monotonic() - self._updated < self.every
                    index.update(self.progress, quick)
                    self._updated = self._updated if quick else time.monotonic()
                    return ask(index)
                except DAMAGE:
                    index.again()
                    self._updated = float("-inf")
            index = self._index = Index(self.folder, os.devnull)
            index.update(self.progress)
            return ask(index)

    def _hits(self, index: Index, wanted: Wanted, distinct: bool) -> Iterator[Hit]:
        """Yield what is found, read and verified in the journals themselves."""
        seen: Set[Any] = set()
        with _Journal() as journal:
            for segment, row in _rows(index, wanted):
                one = self._input(journal, segment, row)
                if one is None or not wanted.input(one):
                    continue
                key = one.source if distinct else (one.session.id, one.seq, one.when)
                if key not in seen:
                    seen.add(key)
                    yield Hit(one)

    def _input(self, journal: _Journal, segment: Segment, row: int) -> Input | None:
        """Read an input in its journal; None if it is not there any more."""
        where = segment.places[segment.place_of[row]]
        path = os.path.join(self.folder, where.journal)
        key = where.journal, where.begun
        try:
            file = journal.open(path)
            if key not in self._sessions:
                self._sessions[key] = reader.session_at(file, path, where.begun)
            return reader.input_at(file, segment.offsets[row], self._sessions[key], where.cwd)
        except (OSError, ValueError):
            return None


class _Journal:
    """The journal that was read last, kept open: the next input is often of the same."""

    def __init__(self) -> None:
        self.path = ""
        self.file: BinaryIO | None = None

    def open(self, path: str) -> BinaryIO:
        """Return a journal, open. Raises OSError."""
        if self.file is None or path != self.path:
            self.close()
            self.file, self.path = reader.opened(path), path
        return self.file

    def close(self) -> None:
        """Close it."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def __enter__(self) -> _Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _rows(index: Index, wanted: Wanted) -> Iterator[Tuple[Segment, int]]:
    """Yield rows that may be what is looked for, newest first, over all segments; one is opened only when it is its turn."""
    parts = [part for part in index.segments() if part.newest >= wanted.since and part.oldest <= wanted.until]
    parts.sort(key=lambda part: part.newest)
    heap: List[Tuple[float, int, int, Segment, Iterator[int]]] = []
    number = 0
    while parts or heap:
        while parts and (not heap or -heap[0][0] <= parts[-1].newest):
            segment = index.segment(parts.pop())
            number += 1
            rows = segment_search.find(segment, wanted)
            for row in rows:
                heappush(heap, (-segment.whens[row], row, number, segment, rows))
                break
        if heap:
            _, row, place_, segment, rows = heap[0]
            yield segment, row
            after = next(rows, None)
            if after is None:
                heappop(heap)
            else:
                heapreplace(heap, (-segment.whens[after], after, place_, segment, rows))


def _inputs(index: Index, limit: int) -> List[str]:
    """Return the newest sources, newest last, each once."""
    parts = sorted(index.segments(), key=lambda part: part.newest)
    found: Dict[str, float] = {}
    while parts and limit > 0:
        segment = index.segment(parts.pop())
        kinds = bytes([not kind[1] for kind in segment.kinds]).ljust(256, b"\0")
        whens, texts = segment.whens, segment.sources()
        if segment.kind_of.translate(kinds).count(0):  # another language than Python's
            rows = {
                text: row for row, text in reversed(list(enumerate(segment.text_of))) if kinds[segment.kind_of[row]]
            }
            newest = [(texts[text], whens[row]) for row, text in sorted(zip(rows.values(), rows))]
        else:
            newest = list(zip(texts, map(whens.__getitem__, segment.newest())))
        for source, when in newest:
            if found.get(source, when) <= when:
                found[source] = when
        if len(found) >= limit and parts:
            bound = parts[-1].newest
            if sum(when > bound for when in found.values()) >= limit:
                break
    found.pop("", None)
    newest_last = list(reversed(found))  # which decides between inputs of one time
    return sorted(newest_last, key=found.__getitem__)[-limit:] if limit > 0 else []


def search(query: Query, limit: int = 20) -> List[Hit]:
    """Return the newest inputs of all sessions that are what is looked for, newest first. Raises BadQuery."""
    return Searcher().find(query, limit)


def inputs(limit: int = 5000) -> List[str]:
    """Return the newest sources of all sessions, newest last, each once."""
    return Searcher().inputs(limit)
