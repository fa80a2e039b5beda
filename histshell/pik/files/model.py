"""What `files.open` gives: a `File` with its `Member`s, and what was odd about them as `Finding`s."""

from __future__ import annotations

from collections.abc import Sequence as _Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Iterator, Mapping, Protocol, Sequence, overload

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True)
class Finding:
    """What is wrong or odd about a file or a member; never fatal by itself."""

    #: Plain English, on one line, already escaped and bounded.
    sentence: str
    #: Where, in the stream that it is about: the file, or what a packed one unpacks to.
    offset: int | None = None
    #: True: something cannot be read, or not on. False: odd (bytes after the end, two members of one name, …).
    damaged: bool = True

    def __str__(self) -> str:
        """Say it, with the place where there is one."""
        return self.sentence if self.offset is None else f"byte {self.offset}: {self.sentence}"


@dataclass(frozen=True)
class ArrayHeader:
    """An array's description, and the way to its bytes. No array is built."""

    #: numpy's own text (``<f4``, ``|O``), or a structured description as Python writes it. Of a storage ``|u1``: only the
    #: pickle that refers to it says what its bytes are.
    dtype: str
    shape: tuple[int, ...]
    #: Whether the first index runs fastest.
    fortran: bool
    #: Bytes of its data, as they are announced.
    size: int
    #: Give the bytes from *start* up to *stop* of its data. Raises `PikError` where they are not there.
    read: Callable[[int, int], bytes]
    #: Offset of its data in the (unpacked) stream that holds it.
    offset: int = 0


@dataclass(frozen=True)
class Hole:
    """A raw array between the opcodes of a joblib stream."""

    #: Where it was, in the member's data, from which all holes are taken out.
    offset: int
    #: How many bytes were taken out, padding among them.
    length: int
    array: ArrayHeader
    #: The name of the member that is the array's own pickle, where its items are objects.
    pickle: str = ""


class Pickles(Protocol):
    """Many pickles in a row, gone through as often as somebody wants, and none of them kept."""

    def members(self) -> Iterator[Member]:
        """Give each as a member."""

    def __iter__(self) -> Iterator[bytes | Member]:
        """Give the bytes of each pickle, and what else there is as a member."""


@dataclass
class Member:
    """One thing to look at inside a file."""

    #: "" for the file itself; ``data.pkl``, ``0``, ``inner.zip/data.pkl`` … (to be escaped when shown).
    name: str
    #: "pickle", "array" (plain dtype), "storage", "other", or "run": many more pickles, which are in `run`.
    kind: str
    #: Of its first byte, in the (unpacked) stream that holds it.
    offset: int
    #: In bytes, as far as is known without reading it whole.
    size: int | None
    #: Its bytes, lazily; without the holes. Raises `PikError`. What turns out to be wrong meanwhile is added to `findings`.
    data: Callable[[], memoryview | bytes]
    #: Of an array, a storage, and a pickle that is an array of objects.
    array: ArrayHeader | None = None
    #: Containers around it, outermost first, in words: ``("gzip", "zip")``.
    inside: tuple[str, ...] = ()
    #: PyTorch: the key of a persistent id → its storage.
    storages: Mapping[str, ArrayHeader] = field(default_factory=dict)
    #: joblib: raw arrays between opcodes, in their order.
    holes: Sequence[Hole] = ()
    findings: list[Finding] = field(default_factory=list)
    #: In words, what it is where `kind` is "other", else "": ``JSON``, ``text``.
    what: str = ""
    #: To be set by who has loaded it and knows how many bytes its stream has: then its end need not be looked for.
    used: int | None = None
    #: What the container says about it: ``byteorder``, ``version`` …
    facts: Mapping[str, object] = field(default_factory=dict)
    #: Gives its bytes from one offset up to another, where those of any place are at hand at once; else None.
    read: Callable[[int, int], bytes] | None = None
    #: Goes through many pickles, as often as somebody wants, and keeps none.
    run: Pickles | None = None


class Members(_Sequence):  # type: ignore[type-arg]  # as a class it cannot be indexed in the oldest guests
    """The members of a file, found as they are asked for and kept; ``len`` finds all of them."""

    def __init__(self, found: Iterator[Member]) -> None:
        self._found = found
        self._known: list[Member] = []

    def __iter__(self) -> Iterator[Member]:
        """Go through all of them."""
        number = 0
        while number < len(self._known) or self._advance():
            yield self._known[number]
            number += 1

    def __len__(self) -> int:
        """Return how many there are."""
        while self._advance():
            pass
        return len(self._known)

    def __bool__(self) -> bool:
        """Tell whether there is any, without looking for the others."""
        return bool(self._known) or self._advance()

    @overload
    def __getitem__(self, index: int) -> Member: ...
    @overload
    def __getitem__(self, index: slice) -> list[Member]: ...
    def __getitem__(self, index: int | slice) -> Member | list[Member]:
        """Return one, or several; no more are looked for than that needs."""
        if isinstance(index, int) and index >= 0:
            while len(self._known) <= index and self._advance():
                pass
        else:
            len(self)
        return self._known[index]

    def _advance(self) -> bool:
        """Find one more; False at the end."""
        member = next(self._found, None)
        if member is None:
            return False
        self._known.append(member)
        return True


@dataclass
class File:
    """A file that was opened, and what its header says. `findings` grows as members are looked at and read."""

    path: str
    #: In bytes, as it lies there.
    size: int
    #: In words, containers outermost first: ``pickle``, ``gzip > pickle``, ``PyTorch checkpoint (zip)``, ``joblib``, ``npz``,
    #: ``shelve (sqlite3)``, ``JSON``, ``safetensors`` …
    kind: str
    #: Whether a pickle may be in it. False: it is named for what it is only.
    is_pickle_like: bool
    members: Members
    findings: list[Finding] = field(default_factory=list)
    #: What is worth knowing and not wrong: ``version 3, little endian``.
    notes: list[str] = field(default_factory=list)
    #: What opens it once more: a path, an object, or the bytes of one that cannot be read twice.
    again: object = None
    _close: Callable[[], None] = lambda: None

    def close(self) -> None:
        """Close the file; members cannot be read then."""
        self._close()

    def __enter__(self) -> File:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()
