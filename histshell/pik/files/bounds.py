"""How far a file is looked into: `Bounds`, and the `Context` that all readers of one file share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Iterator

from histshell.pik.errors import blend
from histshell.pik.files.model import Finding
from histshell.preview import quoted, sentence

if TYPE_CHECKING:
    from histshell.pik.files.model import Member
    from histshell.pik.files.sources import Source

MEGABYTE = 1 << 20
_MOST_FINDINGS = 100
_SMALLEST = 64  # bytes of a member of an archive, at least


@dataclass(frozen=True)
class Bounds:
    """What looking into one file may cost. Sizes are bytes; the defaults suit honest files."""

    #: What may be unpacked, of one stream and of all together.
    unpacked: int = 4 << 30
    #: How many bytes a packed byte may become, once that is more than `free`.
    ratio: int = 200
    free: int = 64 * MEGABYTE
    #: What is kept of an unpacked stream so that one can go back in it.
    kept: int = 64 * MEGABYTE
    #: How many containers may stand in one another.
    depth: int = 6
    #: Entries of an archive or a shelf that are looked at, and pickles of a file that are given one by one.
    members: int = 10_000
    #: Pickles in a row that are gone through, beside those that the bytes of the file have room for.
    pickles: int = 1_000_000

    @classmethod
    def of(cls, limit: int | None) -> Bounds:
        """Return the usual bounds, or those where so many bytes may be unpacked, from however few. Raises `PikError`."""
        if limit is None:
            return cls()
        if type(limit) is not int:
            raise blend(TypeError)(f"limit: found {type(limit).__name__}, expected a number of bytes")
        if limit < 0:
            raise blend(ValueError)(f"limit: found {limit}, expected 0 or more")
        return cls(unpacked=limit, ratio=1 << 62)


@dataclass
class Look:
    """What the header of a stream says, and the way to its members."""

    kind: str
    members: Iterator[Member]
    #: Whether a pickle may be in it.
    like: bool = True


class Context:
    """What the readers of one file share: the bounds, what was spent of them, and what was found."""

    def __init__(self, bounds: Bounds, size: int, folder: str | None, name: str) -> None:
        """Begin; *folder* is where siblings of the file may lie, None where it has none, *name* its own name there."""
        self.bounds = bounds
        self.size = size
        self.folder = folder
        self.name = name
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.unpacked = 0
        self.kept = 0
        self.headers = 0  # bytes that headers of arrays have beyond what is usual
        self.behind = 0  # how often what is looked into now lies behind something
        self._looked = 0
        self._searched = 0  # bytes that were gone through in vain, to find pickles behind other bytes
        self.closing: list[Callable[[], None]] = []
        #: Looks at a stream by its header: the stream, its name, and the containers around it.
        self.look: Callable[[Source, str, tuple[str, ...]], Look] = _none

    @property
    def steps(self) -> int:
        """Return how many opcodes of a stream are followed: honest files have no more for their size."""
        return 4_000_000 + 8 * self.size

    def may_look(self) -> bool:
        """Count what is looked into; tell whether there may be more. Honest archives in archives have no more for their size."""
        self._looked += 1
        most = 2 * self.bounds.members + self.size // _SMALLEST
        if self._looked > most:
            self.find(f"there are more than {most:,} things in it, of all its archives: the others are not looked into")
        return self._looked <= most

    def may_search(self, done: int) -> bool:
        """Count bytes that were gone through in vain to find a pickle behind other bytes; tell whether there may be more."""
        self._searched += done
        if self._searched > self.steps:
            self.find("there are too many places in it where a pickle may begin and none does: not all are looked at")
        return self._searched <= self.steps

    def find(self, text: str, offset: int | None = None, damaged: bool = True) -> Finding:
        """Note what is wrong or odd about the file; what a stranger wrote in it is escaped already, and is again here."""
        finding = Finding(sentence(text), offset, damaged)
        if len(self.findings) < _MOST_FINDINGS:
            if finding in self.findings:
                return finding
            self.findings.append(finding)
        elif len(self.findings) == _MOST_FINDINGS or damaged and not self.findings[-1].damaged:
            del self.findings[_MOST_FINDINGS:]
            self.findings.append(Finding("there is more that is odd about it, which is left out", None, damaged))
        return finding

    def note(self, text: str) -> None:
        """Note what is worth knowing."""
        if len(self.notes) < _MOST_FINDINGS and sentence(text) not in self.notes:
            self.notes.append(sentence(text))


def _none(source: Source, name: str, inside: tuple[str, ...]) -> Look:  # the form that is wanted
    return Look("", iter(()), False)


def shown(name: str) -> str:
    """Write a name that somebody else wrote, for a sentence."""
    return quoted(name, 100)


def title(name: str) -> str:
    """Write the name of a member before a sentence about it; nothing for the file itself."""
    return f"{shown(name)}: " if name else ""


def counted(number: int, word: str = "byte") -> str:
    """Write a number with its noun: ``1 byte``, ``2,048 bytes``."""
    return (
        f"{number:,} {word}"
        if number == 1
        else f"{number:,} {word[:-1]}ies"
        if word[-1] == "y"
        else f"{number:,} {word}s"
    )
