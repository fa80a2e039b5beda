"""One query in one segment: which of its rows may be what is looked for. Raises OSError and `segment.Damaged` as that does."""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, Callable, Dict, Iterator, List, Sequence, Set, Tuple

from .segment import BEGINNINGS, FOLDED, FOLDED_STARTS, POSTINGS, SIGN_BYTES, STARTS, TEXT_OF, WORD_BYTES, Damaged

if TYPE_CHECKING:
    from .matching import Wanted
    from .segment import Segment

_PATIENCE = 64  # sources without all words, after which it is better to ask for each word where it is
_SPAN = struct.Struct("=2I")


def find(segment: Segment, wanted: Wanted) -> Iterator[int]:
    """Yield the rows of a segment that may be what is looked for, newest first; to be verified."""
    return _Search(segment, wanted).rows()


class _Search:
    """One query in one segment."""

    def __init__(self, segment: Segment, wanted: Wanted) -> None:
        self.segment = segment
        self.wanted = wanted
        self.words = [word.encode("utf-8", "surrogatepass") for word in wanted.words]
        self.pieces = {
            piece: 0 for word in self.words for piece in _pieces(word, WORD_BYTES)
        }  # and where each occurs first
        self.frequent: List[Tuple[int, List[Tuple[int, int]]]] = []
        self.known = bytearray()

    def rows(self) -> Iterator[int]:
        """Yield the rows, newest first. What is frequent is found row by row, what is rare by the words."""
        first, last = self._times()
        if not self._possible() or first >= last:
            return iter(())
        mask = self._mask()
        rows = iter(range(first, last)) if mask is None else _set(mask, first, last)
        if not self.words and self.wanted.pattern is None:
            return rows
        texts = self._texts()
        if texts is None and self.wanted.apart and len(self.frequent) > 1:
            texts = self._together()
        if texts is not None:
            return self._of_texts(texts, mask, first, last)
        return self._checked(rows, mask, last)

    # Words

    def _possible(self) -> bool:
        """Return whether each piece of the words occurs somewhere."""
        words, signs = self.segment.words, self.segment.signs
        for piece in self.pieces:
            at = self.pieces[piece] = words.find(piece)
            if at < 0:
                return False
        return all(
            b"\0" not in word and all(piece in signs for piece in _pieces(word, SIGN_BYTES)) for word in self.words
        )

    def _texts(self) -> Set[int] | None:
        """Return the sources that may have all words; None if they are many, or nothing tells."""
        few = self.segment.texts // 8
        texts: Set[int] | None = None
        for piece in sorted(self.pieces, key=len, reverse=True):
            if texts is not None and (len(piece) < 3 or len(texts) < 4):
                break
            spans = self._spans(piece)
            count = sum([last - first for first, last in spans])
            if count <= few:
                texts = self._postings(spans) if texts is None else texts & self._postings(spans)
            else:
                self.frequent.append((count, spans))
            if len(piece) < 3:
                break
        return self._scanned(max(self.words, key=len)) if self.words and not self.pieces else texts

    def _together(self) -> Set[int]:
        """Return the sources that may have all words, each of which is frequent."""
        self.frequent.sort(key=itemgetter(0))
        texts = self._postings(self.frequent[0][1])
        for _, spans in self.frequent[1:]:
            texts &= self._postings(spans)
        return texts

    def _spans(self, piece: bytes) -> List[Tuple[int, int]]:
        """Return from where to where the sources are listed of each word that has this piece."""
        words, beginnings = self.segment.words, memoryview(self.segment.postings(BEGINNINGS)).cast("I")
        starts = self.segment.postings(STARTS)
        spans: List[Tuple[int, int]] = []
        at = self.pieces[piece]
        while at >= 0:
            at += piece[:1] == b" "  # within the word now
            spans.append(_SPAN.unpack_from(starts, 4 * (bisect_right(beginnings, at) - 1)))
            at = words.find(piece, words.find(b" ", at + len(piece.strip()) - 1))
        return spans

    def _postings(self, spans: List[Tuple[int, int]]) -> Set[int]:
        listed, found = self.segment.postings(POSTINGS), array("H")
        for first, last in spans:
            found.frombytes(listed[2 * first : 2 * last])
        return set(found)

    def _scanned(self, word: bytes) -> Set[int] | None:
        """Return the sources that have a word of signs alone; None if they are many."""
        folded, starts = self.segment.part(FOLDED), self.segment.column(FOLDED_STARTS, "I")
        if folded.count(word) > self.segment.texts // 8:
            return None
        found: Set[int] = set()
        at = folded.find(word)
        while at >= 0:
            text = bisect_right(starts, at) - 1
            if not starts[text] <= at < starts[text + 1]:
                raise Damaged
            found.add(text)
            at = folded.find(word, starts[text + 1] - 1)
        return found

    def _of_texts(self, texts: Set[int], mask: bytes | None, first: int, last: int) -> Iterator[int]:
        """Return the rows that have one of some sources, those of them in which all is that is looked for."""
        if texts:
            check = self._check()
            texts = {text for text in texts if check(text)}
        if not texts:
            return iter(())
        if len(texts) > 8:
            text_of = self.segment.text_of
            rows = [row for row in range(first, last) if text_of[row] in texts]
        else:
            column = self.segment.part(TEXT_OF)
            rows = sorted(row for text in texts for row in _places(column, text) if first <= row < last)
        return iter(rows if mask is None else [row for row in rows if mask[row]])

    def _checked(self, rows: Iterator[int], mask: bytes | None, last: int) -> Iterator[int]:
        """Yield those rows in whose source all words and the pattern occur."""
        check, text_of, missed = self._check(), self.segment.text_of, 0
        for row in rows:
            if check(text_of[row]):
                yield row
                continue
            missed += 1
            if missed == _PATIENCE and len(self.frequent) > 1:
                self.wanted.apart = True
                yield from self._of_texts(self._together(), mask, row + 1, last)
                return

    def _check(self) -> Callable[[int], bool]:
        """Return a test whether a source has all that is looked for; each is tried once."""
        segment, words, pattern = self.segment, self.words, self.wanted.pattern
        folded, starts = segment.part(FOLDED), segment.column(FOLDED_STARTS, "I")
        reals = segment.sources() if pattern is not None else []
        known: Dict[int, bool] = {}

        def check(text: int) -> bool:
            found = known.get(text)
            if found is None:
                begin, end = starts[text], starts[text + 1] - 1
                found = True
                for word in words:
                    if folded.find(word, begin, end) < 0:
                        found = False
                        break
                if found and pattern is not None:
                    found = pattern.search(reals[text]) is not None
                known[text] = found
            return found

        return check

    # The rest

    def _times(self) -> Tuple[int, int]:
        """Return the first row that is not too new, and the one behind the last that is not too old."""
        wanted, segment = self.wanted, self.segment
        if wanted.query.since is None and wanted.query.until is None:
            return 0, segment.rows
        return _behind(segment.whens, wanted.until, False), _behind(segment.whens, wanted.since, True)

    def _mask(self) -> bytes | None:
        """Return a byte a row, 1 where kind and place are those looked for; None if it does not matter."""
        segment, wanted, query = self.segment, self.wanted, self.wanted.query
        masks = []
        if query.failed or query.type:
            allowed = [wanted.kind(kind[0] == "failed", tuple(kind[2:])) for kind in segment.kinds]
            masks.append(_mapped(segment.kind_of, allowed))
        if query.cwd or query.session or query.host or query.python:
            allowed = [wanted.session(place) and wanted.folder(place.cwd) for place in segment.places]
            masks.append(_mapped(segment.place_of, allowed))
        if len(masks) == 2:
            both = int.from_bytes(masks[0], "little") & int.from_bytes(masks[1], "little")
            return both.to_bytes(segment.rows, "little")
        return masks[0] if masks else None


def _behind(whens: Sequence[float], bound: float, equal: bool) -> int:
    """Return how many of some falling times are above a bound; with `equal` those at it count too."""
    low, high = 0, len(whens)
    while low < high:
        middle = (low + high) // 2
        if whens[middle] > bound or (equal and whens[middle] == bound):
            low = middle + 1
        else:
            high = middle
    return low


def _mapped(column: Sequence[int], allowed: List[bool]) -> bytes:
    """Return a byte for each of a column, 1 where its number is allowed."""
    if isinstance(column, bytes):
        return column.translate(bytes(allowed).ljust(256, b"\0"))
    return bytes([allowed[number] for number in column])


def _set(mask: bytes, first: int, last: int) -> Iterator[int]:
    """Yield where a mask is set."""
    row = mask.find(1, first, last)
    while row >= 0:
        yield row
        row = mask.find(1, row + 1, last)


def _places(column: bytes, number: int) -> Iterator[int]:
    """Yield where a number stands in a column of 16 bits."""
    wanted = number.to_bytes(2, sys.byteorder)
    at = column.find(wanted)
    while at >= 0:
        if not at % 2:
            yield at // 2
        at = column.find(wanted, at + 1)


def _pieces(word: bytes, table: bytes) -> List[bytes]:
    """Return the runs of letters in a word that is looked for, or with the other table its runs of signs.

    One that cannot go on before it or behind it, since there it meets the other sort, has a blank at that side.
    """
    mapped = word.translate(table)
    pieces, end = [], 0
    for piece in mapped.split():
        begin = mapped.index(piece, end)
        end = begin + len(piece)
        pieces.append((b" " if begin else b"") + piece + (b" " if end < len(mapped) else b""))
    return pieces
