"""Some thousand inputs made ready for searching, as one run of bytes: in memory, or in a derived file that never changes.

Rows are inputs, newest first. A source that occurs several times is kept once: `real` holds the sources as they are, `folded`
with case alike, both joined by NUL. `words` holds each distinct word once, and for each the sources that it stands in; `signs`
each distinct run of signs. What is not in these is not in the sources, and they are a tenth of their size. No row has more than
what finds it again: its journal, and where it begins there.
"""

from __future__ import annotations

import os
import struct
import sys
from array import array
from collections import defaultdict
from itertools import accumulate, chain
from operator import itemgetter
from typing import (
    Any,
    Dict,
    Iterable,
    Iterator,
    List,
    Sequence,
    Tuple,
    TypeVar,
)

from .matching import InputPlace, fold

ROWS = 16384  # of a segment; their numbers fit in 16 bits
BYTES = 1 << 21  # of sources; then a segment ends too
KINDS = 256  # their numbers fit in a byte, which `bytes.translate` can map

_MAGIC = b"histseg1" if sys.byteorder == "little" else b"1gestsih"
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_HEAD = struct.Struct("=8s2I16Q")
(_PLACES, _KINDS, _WORD_LIST, _SIGN_LIST, BEGINNINGS, STARTS, POSTINGS, _TIMES, TEXT_OF, _PLACE_OF, _KIND_OF, _OFFSETS,
 FOLDED_STARTS, _REAL_STARTS, FOLDED, _REAL) = range(16)  # fmt: skip
_NUL, _UNIT = "\0", "\x1f"

_WORD = b"0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + bytes(range(128, 256))
_BLANKS = b"\t\n\v\f\r "
WORD_BYTES = bytes(byte if byte in _WORD or not byte else 32 for byte in range(256))
SIGN_BYTES = bytes(32 if byte in _WORD or byte in _BLANKS or not byte else byte for byte in range(256))


T = TypeVar("T")
Row = Tuple[float, str, int, InputPlace, str]
"""When, source, offset in the journal, place, kind."""


def a_kind(outcome: str, language: str, types: Sequence[str]) -> str:
    """Return outcome, language and types of results and exception as one text."""
    parts = (outcome, language, *sorted(set(types))[:64])
    return _UNIT.join([part[:200].replace(_NUL, " ").replace(_UNIT, " ") for part in parts])


def build(rows: List[Row]) -> bytes:
    """Return a segment of at most `ROWS` rows; the list is put in order."""
    rows.sort(key=itemgetter(2), reverse=True)  # of one time, as in a history without times, the last one is the newest
    rows.sort(key=itemgetter(0), reverse=True)
    whens, sources, offsets, places, kinds = zip(*rows)
    texts = _numbers(sources)
    place_names = dict(zip(map(id, places), places))  # most are one object; a text for each would take longer to hash
    place_of = list(map(_numbers(place_names).__getitem__, map(id, places)))
    kind_names = _numbers(kinds)
    real, folded, real_starts, folded_starts = _joined(list(texts))
    words: Dict[bytes, List[int]] = defaultdict(list)
    for number, line in enumerate(folded.translate(WORD_BYTES).split(b"\0")):
        for word in line.split():
            words[word].append(number)
    parts = (
        _encoded([str(part).replace(_NUL, " ") for place in place_names.values() for part in place]),
        _encoded(kind_names),
        b" %b " % b" ".join(words),
        b" %b " % b" ".join({*folded.translate(SIGN_BYTES).replace(b"\0", b" ").split()}),
        array("I", accumulate(map(len, words), lambda at, size: at + size + 1, initial=1)).tobytes(),
        array("I", accumulate(map(len, words.values()), initial=0)).tobytes(),
        array("H", list(chain.from_iterable(words.values()))).tobytes(),
        array("d", whens).tobytes(),
        array("H", list(map(texts.__getitem__, sources))).tobytes(),
        bytes(place_of) if len(place_names) <= KINDS else array("H", place_of).tobytes(),
        bytes(map(kind_names.__getitem__, kinds)),
        array("Q", offsets).tobytes(),
        folded_starts,
        b"" if real_starts == folded_starts else real_starts,
        folded,
        real,
    )  # fmt: skip
    return b"".join([_HEAD.pack(_MAGIC, len(rows), len(texts), *map(len, parts)), *parts])


def _encoded(texts: Iterable[str]) -> bytes:
    return _NUL.join(texts).encode("utf-8", "surrogatepass")


def _numbers(names: Iterable[T]) -> Dict[T, int]:
    """Return a number for each distinct one, in the order in which they come."""
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _joined(texts: List[str]) -> Tuple[bytes, bytes, bytes, bytes]:
    """Return the sources as they are and folded, each joined, and where each begins in them."""
    whole = _NUL.join(texts)
    if whole.count(_NUL) != len(texts) - 1:
        texts = [text.replace(_NUL, "\ufffd") for text in texts]
        whole = _NUL.join(texts)
    if whole.isascii():
        starts = _starts(texts)
        return whole.encode(), whole.lower().encode(), starts, starts
    reals = [text.encode("utf-8", "surrogatepass") for text in texts]
    foldeds = [fold(text).encode("utf-8", "surrogatepass") for text in texts]
    return b"\0".join(reals), b"\0".join(foldeds), _starts(reals), _starts(foldeds)


def _starts(texts: Sequence[Any]) -> bytes:
    return array("I", accumulate([0, *[len(text) + 1 for text in texts]])).tobytes()


def stat_of(about: os.stat_result) -> Tuple[int, int, int]:
    """Return what a file is known again by: inode, size, time of its last change."""
    return about.st_ino & 0xFFFFFFFFFFFFFFFF, about.st_size, about.st_mtime_ns


class Damaged(Exception):
    """A derived file is not what it should be."""


class Segment:
    """Reads a segment. `source` is its bytes, or its path, with what `os.stat` is to say of it. Raises OSError, Damaged.

    What tells which sources have a word is read at once, the rest as it is needed. Sources are read anew each time: they come out
    of the system's cache as fast as they could be kept. They are not mapped, since a mapped file that is cut ends the process.
    """

    def __init__(self, source: bytes | str, about: Tuple[int, int, int] | None = None) -> None:
        self.source = source
        self.parts: Dict[int, Any] = {}
        if isinstance(source, bytes):
            self._head(source[: _HEAD.size], len(source))
            self.front = source[: self.spans[BEGINNINGS][0]]
            return
        descriptor = os.open(source, _FLAGS)
        try:
            found = os.fstat(descriptor)
            if about is not None and about != stat_of(found):
                raise Damaged
            head = os.read(descriptor, _HEAD.size)
            self._head(head, found.st_size)
            self.front = head + os.read(descriptor, self.spans[BEGINNINGS][0] - len(head))
        finally:
            os.close(descriptor)

    def _head(self, head: bytes, size: int) -> None:
        if len(head) != _HEAD.size:
            raise Damaged
        magic, self.rows, self.texts, *sizes = _HEAD.unpack(head)
        self.spans = list(zip(accumulate([_HEAD.size, *sizes]), sizes))
        if magic != _MAGIC or not 0 < self.texts <= self.rows <= ROWS or size != sum(self.spans[-1]):
            raise Damaged

    def whole(self) -> bytes:
        """Return all of its bytes."""
        return self._bytes(0, sum(self.spans[-1]))

    def _bytes(self, at: int, size: int) -> bytes:
        if isinstance(self.source, bytes):
            return self.source[at : at + size]
        if at + size <= len(self.front):
            return self.front[at : at + size]
        descriptor = os.open(self.source, _FLAGS)
        try:
            os.lseek(descriptor, at, os.SEEK_SET)
            return os.read(descriptor, size)
        finally:
            os.close(descriptor)

    def part(self, number: int) -> bytes:
        """Return a part's bytes, read anew."""
        at, size = self.spans[number]
        data = self._bytes(at, size)
        if len(data) != size:
            raise Damaged
        return data

    def column(self, number: int, code: str) -> Any:
        """Return a part that is an array; it is kept."""
        kept = self.parts.get(number)
        if kept is None:
            kept = array(code)
            try:
                kept.frombytes(self.part(number))
            except ValueError:
                raise Damaged from None
            self.parts[number] = kept
        return kept

    def postings(self, number: int) -> bytes:
        """Return a part of what tells where each word is; all three are read together."""
        if POSTINGS not in self.parts:
            begin, end = self.spans[BEGINNINGS][0], sum(self.spans[POSTINGS])
            data = self._bytes(begin, end - begin)
            if len(data) != end - begin:
                raise Damaged
            for part in (BEGINNINGS, STARTS, POSTINGS):
                at, size = self.spans[part]
                self.parts[part] = data[at - begin : at - begin + size]
        found: bytes = self.parts[number]
        return found

    def _kept(self, number: int) -> bytes:
        kept: bytes | None = self.parts.get(number)
        if kept is None:
            kept = self.parts[number] = self.part(number)
        return kept

    @property
    def places(self) -> List[InputPlace]:
        """Where the inputs were typed; `place_of` has the numbers."""
        kept: List[InputPlace] | None = self.parts.get(_PLACES)
        if kept is not None:
            return kept
        fields = self.part(_PLACES).decode("utf-8", "surrogatepass").split(_NUL)
        if len(fields) % 6:
            raise Damaged
        try:
            kept = [
                InputPlace(fields[at], int(fields[at + 1]), *fields[at + 2 : at + 6]) for at in range(0, len(fields), 6)
            ]
        except ValueError:
            raise Damaged from None
        self.parts[_PLACES] = kept
        return kept

    @property
    def kinds(self) -> List[List[str]]:
        """The kinds of the inputs; `kind_of` has the numbers."""
        return [kind.split(_UNIT) for kind in self._kept(_KINDS).decode("utf-8", "surrogatepass").split(_NUL)]

    @property
    def words(self) -> bytes:
        """Each word of the folded sources, between blanks."""
        return self._kept(_WORD_LIST)

    @property
    def signs(self) -> bytes:
        """Each run of signs, between blanks."""
        return self._kept(_SIGN_LIST)

    @property
    def whens(self) -> Sequence[float]:
        """The times, newest first."""
        return self.column(_TIMES, "d")  # type: ignore[no-any-return]

    @property
    def text_of(self) -> Sequence[int]:
        """The number of each row's source; sources are numbered by the newest input that has them."""
        return self.column(TEXT_OF, "H")  # type: ignore[no-any-return]

    @property
    def place_of(self) -> Sequence[int]:
        """The number of each row's place."""
        return self._kept(_PLACE_OF) if self.spans[_PLACE_OF][1] == self.rows else self.column(_PLACE_OF, "H")

    @property
    def kind_of(self) -> bytes:
        """The number of each row's kind."""
        return self._kept(_KIND_OF)

    @property
    def offsets(self) -> Sequence[int]:
        """Where each row begins in its journal."""
        return self.column(_OFFSETS, "Q")  # type: ignore[no-any-return]

    def newest(self) -> List[int]:
        """Return the newest row of each source."""
        first = dict(zip(reversed(self.text_of), range(self.rows - 1, -1, -1)))
        return [first[text] for text in range(self.texts)]

    def sources(self) -> List[str]:
        """Return the sources, that of the newest input first."""
        texts = self.part(_REAL).decode("utf-8", "surrogatepass").split(_NUL)
        if len(texts) != self.texts:
            raise Damaged
        return texts

    def all(self) -> Iterator[Row]:
        """Yield all rows, newest first."""
        texts, places = self.sources(), self.places
        kinds = [_UNIT.join(kind) for kind in self.kinds]
        columns = zip(self.whens, self.text_of, self.offsets, self.place_of, self.kind_of)
        return ((when, texts[text], at, places[place], kinds[kind]) for when, text, at, place, kind in columns)
