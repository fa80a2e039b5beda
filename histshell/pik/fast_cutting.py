"""A long stream that was proved to be plain is read in pieces by C, and of long containers only the beginnings are kept.

C's loader keeps whatever it has stored in its memo until the end. So each piece, of a megabyte or so, has a loader of its own,
which is handed the stack that the one before has left, and what of the memo may be fetched again. Both are done by opcodes
that are put before and behind the bytes of the piece. BINPERSID is not among those of a proved stream; here it is how a value
comes in (it stands for what `persistent_load` gives) and how it goes out (it takes what lies on top to `persistent_load`):

- before: what is to be in the memo, each stored and taken off; a mark, the values of the lowest level, another mark,
  those of the next level, and so on;
- behind: for each level, from the topmost down, TUPLE, which takes everything above a mark, and BINPERSID.

So the values go from loader to loader as the objects that they are, and between two of them lists and dicts are cut
(`histshell.pik.beginnings`). The stream may be cut between any two opcodes; how many marks are open there, the proof knows.

The memo. MEMOIZE counts from nothing in each loader. Where the proof has allowed no fetches but of the first numbers, these are
stored again, under their numbers, and whatever is stored after them is never fetched. Where others are fetched, the opcodes that
do it are found, and their numbers are changed to those that the piece has (`histshell.pik.fast_renumbering`).

Long texts. They are not given to C at all: `Beginning` stands for each. It cannot be hashed, so that C stops where one is a key.
Whatever stops it: the stream is then read as a whole.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import deque
from io import BufferedReader
from itertools import chain
from pickle import UnpicklingError
from typing import Any, Iterator

from histshell.pik.beginnings import Beginnings
from histshell.pik.budget import Budget
from histshell.pik.fast_keys import KeyedProof
from histshell.pik.fast_pages import Pages, fetch
from histshell.pik.fast_reading import FRAME_BYTES, PIECE, Parts
from histshell.pik.fast_renumbering import Heads, Renumbered
from histshell.pik.fast_shut_loader import ShutLoader
from histshell.pik.opcodes import BY_CODE, BY_NAME
from histshell.preview import Beginning

APART = 1 << 20  # bytes of a piece
_AHEAD = 64  # bytes of a piece for each value that lies on the stack before it
_KEPT = 2_000  # characters of a long text
_AT_ONCE = 1 << 20  # bytes of one that are decoded at once
_BINPERSID, _NONE, _MARK, _POP, _MEMOIZE, _TUPLE, _STOP, _LONG_BINGET = (
    bytes((BY_NAME[name].code,))
    for name in ("BINPERSID", "NONE", "MARK", "POP", "MEMOIZE", "TUPLE", "STOP", "LONG_BINGET")
)
_IN, _OUT = _NONE + _BINPERSID, _BINPERSID + _POP


class _Loader(ShutLoader):
    """The loader of one piece. Persistent ids are the values that come in, then those that go out."""

    def __init__(self, file: Any, values: Iterator[Any], options: tuple[str, str]) -> None:
        super().__init__(file, encoding=options[0], errors=options[1])
        self.out: list[Any] = []
        self.given = 0  # how many come in
        self._values = values

    def persistent_load(self, pid: Any) -> Any:
        """Give the next value, as long as there are some; then take what is there."""
        if self.given:
            self.given -= 1
            return next(self._values)
        self.out.append(pid)
        return None


class _Stream:
    """A proved stream, cut up: frames are left out of it, and long texts."""

    def __init__(self, proof: KeyedProof) -> None:
        frames = ((at, at + FRAME_BYTES, at + FRAME_BYTES) for at in proof.frames)
        self._holes = deque(sorted([*frames, *proof.long]))
        self.ranges: list[tuple[int, int]] = []
        self.behind: list[bytes] = []  # what comes behind each range
        self.texts: list[tuple[int, int, int]] = []  # where the opcode, the text and its end are

    def cut(self, start: int, end: int) -> None:
        """Find what C is given between two places."""
        self.ranges, self.behind, self.texts = [], [], []
        while self._holes and self._holes[0][0] < end:
            at, first, after = self._holes.popleft()
            self.ranges.append((start, at))
            self.behind.append(_IN if first < after else b"")
            if first < after:
                self.texts.append((at, first, after))
            start = after
        self.ranges.append((start, end))
        self.behind.append(b"")


def load(
    data: bytes | Pages, proof: KeyedProof, options: tuple[str, str], budget: Budget, beginnings: Beginnings
) -> Any:
    """Load what *proof* holds for, which ends at the last of its places, in pieces; *options* are encoding and errors.

    Raises what stops C, whatever it is, and `UnpicklingError` where it cannot be done in this way.
    """
    stream = _Stream(proof)
    memo: Heads | Renumbered = Heads(proof.known) if proof.sharing is None else Renumbered(proof)
    levels: list[tuple[Any, ...]] = [()]
    start = 0
    for end, depth, stored in proof.places:
        if end - start < _AHEAD * sum(map(len, levels)) and end != proof.places[-1][0]:
            continue  # what lies on the stack is carried over, which should not cost more than the piece
        stream.cut(start, end)
        parts = _parts(memo.begin(data, stream.ranges, stored), stream, memo, levels, depth)
        given = [*memo.values, *chain.from_iterable(levels)]
        with BufferedReader(Parts(parts, budget, start, len(data)), PIECE) as file:
            loader = _Loader(file, chain(given, _beginnings(data, stream.texts)), options)
            loader.given = len(given) + len(stream.texts)
            loader.load()
        kept = len(memo.wanted)
        if len(loader.out) != kept + depth + 1:
            raise UnpicklingError("a piece leaves another stack than it should")
        memo.end(loader.out[:kept])
        levels = loader.out[kept:][::-1]
        del loader, given
        beginnings.cut_all(levels)
        start = end
    value = levels[-1][-1]
    beginnings.finish(value)
    return value


def _parts(
    changed: list[memoryview], stream: _Stream, memo: Heads | Renumbered, levels: list[tuple[Any, ...]], depth: int
) -> list[Any]:
    """Give what C reads for a piece: memo and stack, as they were, the piece, and what takes them out again."""
    return [
        (_IN + _MEMOIZE + _POP) * len(memo.values),
        _MARK + _MARK.join(_IN * len(level) for level in levels),
        *chain.from_iterable(zip(changed, stream.behind)),
        b"".join(_LONG_BINGET + number.to_bytes(4, "little") + _OUT for number in memo.wanted),
        (_TUPLE + _OUT) * depth + _TUPLE + _BINPERSID + _STOP,
    ]


def _beginnings(data: bytes | Pages, texts: list[tuple[int, int, int]]) -> Iterator[Beginning]:
    """Give what stands for long texts. Raises UnicodeDecodeError for what C would."""
    for place, start, end in texts:
        op = BY_CODE[bytes(fetch(data, place, place + 1))[0]]
        if op.made == "str" and not op.utf8:
            raise UnpicklingError("what a text of Python 2 is depends on the encoding")
        if not op.utf8:
            yield Beginning(bytes, bytes(fetch(data, start, start + _KEPT)), end - start)
            continue
        decode = getincrementaldecoder("utf-8")("surrogatepass").decode
        first, size = "", 0
        for at in range(start, end, _AT_ONCE):
            piece = decode(fetch(data, at, min(at + _AT_ONCE, end)), at + _AT_ONCE >= end)
            first = first or piece[:_KEPT]
            size += len(piece)
        yield Beginning(str, first, size)
