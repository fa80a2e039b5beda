"""Packed streams: gzip, zlib, bz2, xz, lzma, zstd, lz4, and joblib's old ``ZF``, unpacked as far as somebody reads.

What is wrong with one becomes a finding, and the stream ends there: what comes before it can still be looked at. So does one
that becomes too large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.files.bounds import counted
from histshell.pik.files.sources import Source, trouble

if TYPE_CHECKING:
    from histshell.pik.files.bounds import Context

_PIECE = 1 << 16  # what is read of the packed bytes at a time
_FIRST, _LARGEST = 1 << 13, 1 << 20  # what is unpacked at a time: little for a look at the header, then more
_MEMORY = 256 << 20  # what xz may use
_BACK = 16  # how often a stream that is not kept whole is begun anew


class Missing(Exception):
    """What unpacks such a stream is not here (inside the package only); its text says what would."""


class Unpacked(Source):
    """What a packed stream unpacks to."""

    def __init__(self, source: Source, word: str, context: Context, start: int = 0, **more: Any) -> None:
        """Unpack what *source* has from *start* on; *word* names the packing. Raises `Missing`.

        *more*: ``announced``, the size it is to have, and ``alone``, False where only one stream may be in it.
        """
        self._source = source
        self.word = word
        self._context = context
        self._start = start
        self._announced: int | None = more.get("announced")
        self._alone: bool = more.get("alone", True)
        self._make = DECODERS[word]()
        self._kept = bytearray()
        self._keeping = min(context.bounds.kept, max(4 * context.bounds.kept - context.kept, 0))
        self._furthest = 0
        self._begun = -1
        self.damaged = False
        self.behind = -1  # where in the source other bytes begin after its end
        self._begin()

    def _begin(self) -> None:
        """Begin at the beginning."""
        self._decoder: Any = self._make()
        self._chunk = (0, b"")  # what was unpacked last, and where it begins
        self._at = self._start  # in the packed source
        self._step = _FIRST
        self._ended = False
        self._begun += 1

    def read(self, offset: int, count: int) -> bytes:
        """Return some of the unpacked bytes. Raises `PikError` where that would mean to begin anew once too often."""
        pieces, end = [], offset + count
        if offset < len(self._kept):
            with memoryview(self._kept) as view:
                pieces.append(bytes(view[offset:end]))
            offset += len(pieces[0])
        while offset < end:
            start, chunk = self._chunk
            if offset < start:
                if self._begun >= _BACK:
                    raise trouble(f"the {self.word} data is too large to go back in it so often", offset)
                self._begin()
            elif offset < start + len(chunk):
                pieces.append(chunk[offset - start : end - start])
                offset += len(pieces[-1])
            elif not self._advance():
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def packed(self, count: int) -> int:
        """Return how much of the file lies behind what was unpacked."""
        return min(count, self._source.packed(self._at - self._start))

    def whole(self) -> int:
        """Unpack all of it, and return how much that is."""
        while self.size is None and self._advance():
            pass
        return self.size if self.size is not None else sum((self._chunk[0], len(self._chunk[1])))

    def _advance(self) -> bool:
        """Unpack some more; False where there is no more."""
        if self._ended or not self._furthest and self._spent():
            return False
        start = self._chunk[0] + len(self._chunk[1])
        chunk = self._next()
        if not chunk:
            self._ended = True
            self._decoder = None  # it keeps a window, and an archive has many entries
            self._end(start)
            return False
        self._step = min(self._step * 2, _LARGEST)
        self._chunk = (start, chunk)
        end = start + len(chunk)
        if end > self._furthest:
            self._context.unpacked += end - self._furthest
            self._furthest = end
        if start == len(self._kept) and end <= self._keeping:
            self._kept += chunk
            self._context.kept += len(chunk)
        return self._allows(end)

    def _spent(self) -> bool:
        """Do not even begin where the whole file has become too large."""
        bounds, context = self._context.bounds, self._context
        if context.unpacked > bounds.unpacked or context.unpacked > max(bounds.free, bounds.ratio * context.size):
            self._stop("what was unpacked of the file before is too much already", 0)
        return self._ended

    def _allows(self, end: int) -> bool:
        """Stop where it becomes too large."""
        bounds, context = self._context.bounds, self._context
        behind = self._source.packed(self._at - self._start)
        if end > bounds.unpacked or context.unpacked > bounds.unpacked:
            self._stop(f"{bounds.unpacked:,} bytes are unpacked at most, and it goes on", end)
        elif end > bounds.free and end > bounds.ratio * behind:
            self._stop(f"{counted(behind)} become more than {end:,}, which only a bomb does", end)
        elif context.unpacked > bounds.free and context.unpacked > bounds.ratio * context.size:
            self._stop(
                f"a file of {context.size:,} bytes becomes more than {context.unpacked:,}, which only a bomb does", end
            )
        return True

    def _stop(self, why: str, end: int) -> None:
        self._fail(f"{self.word}: not unpacked further than this: {why}", end)
        self._ended = True
        self.size = end

    def _next(self) -> bytes:
        """Return the next unpacked bytes, none at the end."""
        while True:
            if self._decoder.eof and not self._another():
                return b""
            data = b""
            if self._decoder.needs_input:
                data = self._source.read(self._at, _PIECE)
                self._at += len(data)
                if not data:
                    self._fail(f"the {self.word} data ends before its end", self._at)
                    return b""
            try:
                chunk: bytes = self._decoder.decompress(data, self._step)
            except MemoryError:
                raise
            except Exception as error:  # each of them has errors of its own
                self._fail(f"the {self.word} data is damaged: {error}", max(self._at - len(data), 0))
                return b""
            if chunk:
                return chunk

    def _another(self) -> bool:
        """Go on after the end of one stream: to another one of the same packing, if that follows."""
        rest = self._decoder.unused_data or b""
        at = self._at - len(rest)
        rest = self._source.read(at, _PIECE)
        zeros = 0
        while rest and not rest.strip(b"\0"):
            zeros += len(rest)
            rest = self._source.read(at + zeros, _PIECE)
        zeros += len(rest) - len(rest.lstrip(b"\0"))
        rest = self._source.read(at + zeros, 8)
        if self._alone and any(rest.startswith(magic) for magic in AGAIN.get(self.word, ())):
            self._decoder, self._at = self._make(), at + zeros
            return True
        left = (self._source.size if self._source.size is not None else at + zeros + len(rest)) - at
        if rest and self.size is None:
            some = counted(left) if self._source.size is not None else "more bytes"
            self._context.find(f"after the {self.word} data: {some}, which belong to nothing", at, False)
            self.behind = at + zeros
        return False

    def _fail(self, text: str, offset: int) -> None:
        if not self.damaged:
            self._context.find(text, offset)
        self.damaged = True

    def _end(self, size: int) -> None:
        """Note the size, which is known now."""
        if self.size is None:
            self.size = size
            if self._announced is not None and self._announced != size and not self.damaged:
                self._fail(f"{counted(self._announced)} are announced, and {size:,} are there", size)


class _Zlib:
    """zlib's object, with the manners of the others; what comes before something wrong is given first."""

    def __init__(self, bits: int) -> None:
        import zlib

        self._object = zlib.decompressobj(bits)
        self._error: Exception | None = None

    def decompress(self, data: bytes, most: int) -> bytes:
        if self._error is not None:
            raise self._error
        data = self._object.unconsumed_tail + data
        before = self._object.copy()
        try:
            return self._object.decompress(data, most)
        except Exception as error:  # a wrong sum at the end, mostly
            self._error = error
            return _until_wrong(before, data, most)

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def needs_input(self) -> bool:
        return self._error is None and not self._object.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data


def _until_wrong(decoder: Any, data: bytes, most: int) -> bytes:
    """Unpack as much of *data* as goes well, by halves."""
    good, bad, made = 0, len(data), b""
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            made = decoder.copy().decompress(data[:middle], most)
            good = middle
        except Exception:
            bad = middle
    return made


def _zlib(bits: int) -> Callable[[], Callable[[], Any]]:
    def found() -> Callable[[], Any]:
        try:
            import zlib  # noqa: F401  # whether this Python has it
        except ImportError:
            raise Missing("this Python was built without zlib") from None
        return lambda: _Zlib(bits)

    return found


def _bz2() -> Callable[[], Any]:
    try:
        from bz2 import BZ2Decompressor
    except ImportError:
        raise Missing("this Python was built without bz2") from None
    return BZ2Decompressor


def _lzma() -> Callable[[], Any]:
    try:
        from lzma import FORMAT_AUTO, LZMADecompressor
    except ImportError:
        raise Missing("this Python was built without lzma") from None
    return lambda: LZMADecompressor(FORMAT_AUTO, memlimit=_MEMORY)


def _zstd() -> Callable[[], Any]:
    """Python has it from 3.14 on; before, home may have the same from the index."""
    try:
        from compression.zstd import ZstdDecompressor  # type: ignore[import-not-found]
    except ImportError:
        try:
            from backports.zstd import ZstdDecompressor  # type: ignore[import-not-found]
        except ImportError:
            raise Missing("Python reads zstd from 3.14 on; `zstd -d` unpacks it") from None
    decoder: Callable[[], Any] = ZstdDecompressor
    return decoder


def _lz4() -> Callable[[], Any]:
    try:
        from lz4.frame import LZ4FrameDecompressor  # type: ignore[import-not-found]
    except ImportError:
        raise Missing("Python does not read lz4; `lz4 -d` unpacks it") from None
    decoder: Callable[[], Any] = LZ4FrameDecompressor
    return decoder


DECODERS: dict[str, Callable[[], Callable[[], Any]]] = {
    "gzip": _zlib(31), "zlib": _zlib(15), "deflate": _zlib(-15), "bz2": _bz2, "xz": _lzma, "lzma": _lzma,
    "zstd": _zstd, "lz4": _lz4,
}  # fmt: skip
"""The packings, and for each what gives a new decoder, or raises `Missing`."""

ZSTD = (b"\x28\xb5\x2f\xfd", *(b"%c\x2a\x4d\x18" % n for n in range(0x50, 0x60)))
_LZMA = (b"\xfd7zXZ\0", b"\x5d\0\0")
AGAIN = {
    "gzip": (b"\x1f\x8b",),
    "bz2": (b"BZh",),
    "xz": _LZMA,
    "lzma": _LZMA,
    "zstd": ZSTD,
    "lz4": (b"\x04\x22\x4d\x18",),
}
"""What begins another stream of the same packing, which is read on as if it were one."""
