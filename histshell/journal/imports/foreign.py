"""What is found in another program's history, as values."""

from __future__ import annotations

from typing import NamedTuple, Union

LONGEST = 1_000_000
"""Characters of an input that are believed; what is longer is no input, but damage or an attack."""


class ForeignHistory(NamedTuple):
    """One history: whose it is, where, and which form it has: `text`, `sqlite`, or `json` (a folder of files)."""

    kind: str
    path: str
    form: str
    only: str = ""
    """The one file of a folder that is meant."""


class Begin(NamedTuple):
    """What follows was typed in this session; a session that was left comes back in the same way."""

    id: str
    when: float


class Typed(NamedTuple):
    """One input. `seq` is its number in the session, the same whenever the history is read.

    `output` is the text of its result and `number` the number of that, `status` its exit code, each None where that is not known.
    """

    seq: int
    when: float
    source: str
    language: str = ""
    cwd: str = ""
    number: int = 0
    output: str | None = None
    seconds: float | None = None
    status: int | None = None
    masked: bool = False


class End(NamedTuple):
    """The session was left, at that time."""

    when: float


class Damage(NamedTuple):
    """Something could not be read; a sentence says what."""

    what: str


Event = Union[Begin, Typed, End, Damage]


class ImportReport(NamedTuple):
    """What came of one history: inputs and sessions in it, those that are new in the journal, those that stay out."""

    source: ForeignHistory
    inputs: int = 0
    sessions: int = 0
    new: int = 0
    masked: int = 0
    private: int = 0
    faults: "tuple[str, ...]" = ()
