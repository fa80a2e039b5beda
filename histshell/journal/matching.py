"""What is looked for, and whether an input is it: words, times, folders and the rest, with upper and lower case alike."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, List, NamedTuple, Pattern, Tuple

from histshell.errors import HistshellError

if TYPE_CHECKING:
    from .file_format import Input, Session


class InputPlace(NamedTuple):
    """Where an input was typed: its journal's name, where its session begins in it, and what is asked of that."""

    journal: str
    begun: int
    id: str
    host: str
    python: str
    cwd: str


class Query(NamedTuple):
    """What is looked for; what is empty does not matter.

    All of `words` must occur in the source. `regex` is a pattern that is searched in it. Times are seconds since the epoch; `since`
    is the first one that counts, `until` the last. `cwd` is a folder, and those below it count. `session` is the beginning of a
    session's name, `host` a machine, `python` a version (`3.11` is all of 3.11), `type` the name of a result's type or of the
    exception's, with or without its module. `failed` leaves out what did not fail.
    """

    words: Tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    cwd: str = ""
    session: str = ""
    host: str = ""
    python: str = ""
    failed: bool = False
    type: str = ""
    regex: str = ""


class BadQuery(HistshellError):
    """Nothing can be looked for like this; the sentence says why."""


def fold(text: str) -> str:
    """Return a text in which upper and lower case are alike, and so are the ways to write one accented letter.

    >>> fold("Straße") == fold("STRASSE"), fold("İstanbul") == fold("istanbul")
    (True, True)
    """
    if text.isascii():
        return text.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFC", text).casefold()).replace("i\u0307", "i")


class Wanted:
    """A query made ready: a test for each part that it has."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.words: List[str] = sorted({fold(word) for word in query.words if word}, key=len, reverse=True)
        self.apart = False  # whether the words turned out to be frequent, but not together
        self.pattern = compiled(query.regex) if query.regex else None
        self.folders = folders(query.cwd) if query.cwd else ()
        self.type = fold(query.type).strip(".")
        self.since = query.since if query.since is not None else float("-inf")
        self.until = query.until if query.until is not None else float("inf")

    def source(self, source: str) -> bool:
        """Return whether the words and the pattern occur in a source."""
        if self.words:
            folded = fold(source)
            if not all(word in folded for word in self.words):
                return False
        return self.pattern is None or self.pattern.search(source) is not None

    def time(self, when: float) -> bool:
        """Return whether a time lies within the bounds."""
        return self.since <= when <= self.until

    def session(self, session: Session | InputPlace) -> bool:
        """Return whether a session is one of those that count."""
        query = self.query
        if query.session and not session.id.startswith(query.session):
            return False
        if query.host and fold(query.host) not in (fold(session.host), fold(session.host).partition(".")[0]):
            return False
        return not query.python or session.python == query.python or session.python.startswith(query.python + ".")

    def folder(self, cwd: str) -> bool:
        """Return whether a working directory is the folder, or below it."""
        return not self.folders or any(
            cwd == one or cwd.startswith(one.rstrip(os.sep) + os.sep) for one in self.folders
        )

    def kind(self, failed: bool, types: Tuple[str, ...]) -> bool:
        """Return whether an outcome and the types of what came out count; `types` holds the exception's too."""
        if self.query.failed and not failed:
            return False
        return not self.type or any(fold(name) == self.type or fold(name).endswith("." + self.type) for name in types)

    def input(self, one: Input) -> bool:
        """Return whether an input is what is looked for."""
        return (
            self.time(one.when)
            and self.session(one.session)
            and self.folder(one.cwd)
            and self.kind(one.outcome == "failed", types(one))
            and self.source(one.source)
        )


def types(one: Input) -> Tuple[str, ...]:
    """Return the names of the types of an input's results, and of the exception that ended it."""
    return (*(result.type for result in one.results), *([one.error[0]] if one.error else ()))


def compiled(pattern: str) -> Pattern[str]:
    """Return a pattern made ready. Raises BadQuery."""
    try:
        return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadQuery(f"{pattern!r} is no pattern: {error}") from error


def folders(path: str) -> Tuple[str, ...]:
    """Return the ways to write a folder that a working directory may have been written in."""
    full = os.path.abspath(os.path.expanduser(path))
    return tuple({full, os.path.realpath(full)})
