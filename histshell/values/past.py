"""`h.past`: the sessions before this one, and their results by number, each loaded when it is asked for."""

from __future__ import annotations

import itertools
import os
import re
import time
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Sequence, Tuple, overload

from histshell import views
from histshell.entry import Entry
from histshell.errors import HistshellError, NoSuchResult
from histshell.history import Own
from histshell.journal import place
from histshell.journal.file_format import SessionLog
from histshell.preview import preview, printable, sentence
from histshell.views import Said

from . import all_sessions
from .rows import PastResult, entry_of, gather, value_of

if TYPE_CHECKING:
    from datetime import datetime

    from histshell.history import History

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ROWS = 20
_NEAR = 200  # sessions among which one of this folder is looked for


class NoSuchSession(HistshellError, LookupError):  # reads as what is the matter
    """There is no session of that number, day or name."""


class NotKept(NoSuchResult):
    """A session of the past has results before and behind that one."""

    def __str__(self) -> str:
        return f"result {self.number} is not there: it was forgotten, or nothing was kept of it"


class PastSession(Own):
    """A session that was before, or is open elsewhere: `s[3]` is its result 3, `s.show()` lists them, `s.resume()` goes on with it.

    Attributes: `id`, `when` it began and `last`, when its last record was written (aware, in UTC), `cwd`, `host`, `python`,
    `inputs` (all that was typed, oldest first), `numbers` (of its results). A value that was not saved is a `Placeholder`.
    """

    def __init__(self, history: History, path: str, name: str) -> None:
        self._history = history
        self._path = path
        self._known: Tuple[SessionLog, Dict[int, PastResult]] | None = None
        self.id = name

    @property
    def log(self) -> SessionLog:
        """All that its journal says, read when it is needed."""
        log = all_sessions.one(self._path, self.id)
        if log is None:
            raise NoSuchSession(f"the journal of session {self.id} is not there any more")
        return log

    @property
    def when(self) -> datetime:
        """When it began."""
        return _date(self.log.session.when)

    @property
    def last(self) -> datetime:
        """When something happened in it last."""
        return _date(self.log.last)

    @property
    def cwd(self) -> str:
        """The folder that it was in last."""
        log = self.log
        return log.inputs[-1].cwd if log.inputs else log.session.cwd

    @property
    def host(self) -> str:
        """The machine."""
        return self.log.session.host

    @property
    def python(self) -> str:
        """The version of Python."""
        return self.log.session.python

    @property
    def inputs(self) -> List[str]:
        """All that was typed in it."""
        return [one.source for one in self.log.inputs]

    @property
    def rows(self) -> Dict[int, PastResult]:
        """Its results by number, with those of the sessions that it goes on with."""
        log = self.log
        if self._known is None or self._known[0] is not log:
            found: Dict[int, PastResult] = {}
            gather(self._path, log, found, [])
            self._known = log, dict(sorted(found.items()))
        return self._known[1]

    @property
    def numbers(self) -> List[int]:
        """The numbers of its results."""
        return list(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return (value_of(row) for row in self.rows.values())

    def __getitem__(self, number: Any) -> Any:
        rows = self.rows
        if isinstance(number, slice):
            last = max(rows, default=0)
            return [value_of(rows[one]) for one in range(*number.indices(last + 1)) if one in rows]
        return value_of(self._row(rows, number))

    def _row(self, rows: Dict[int, PastResult], number: Any) -> PastResult:
        last, number = max(rows, default=0), views.whole_number(number)
        row = rows.get(number + last + 1 if number < 0 else number)
        if row is None:
            if 0 < number <= last:
                raise NotKept(number, last)
            raise NoSuchResult(number, last)
        return row

    def entry(self, number: int) -> Entry:
        """Return all that is known of a result; its value is loaded when it is asked for."""
        return entry_of(self._row(self.rows, number))

    def source(self, number: int) -> str:
        """Return the text of the input that made a result."""
        return self._row(self.rows, number).input.source

    def show(self, n: int = _ROWS) -> Said:
        """Return a table of its last `n` results."""
        rows, n = list(self.rows.values()), views.whole_number(n, "a number of results")
        shown = [entry_of(row) for row in rows[max(len(rows) - max(n, 0), 0) :]]
        lines = [repr(self), *(views.table(shown, views.columns(), time.time()) if shown else ())]
        if len(rows) > len(shown):
            lines.append(f"({len(rows) - len(shown):,} earlier: .show({len(rows)}))")
        return Said("\n".join(lines))

    def resume(self) -> Said:
        """Go on with it: its results get their numbers in `h`."""
        return self._history.resume(self)

    def __repr__(self) -> str:
        log = self.log
        count = len(self.rows)
        host = f" on {sentence(log.session.host, 40)}" if _elsewhere(log) else ""
        parts = [
            f"session {self.id}: {_local(log.session.when)}{host}",
            f"in {_folder(self.cwd)}",
            f"{count:,} result{'s' * (count != 1)}",
        ]
        if log.resumed:
            parts.append(f"goes on from {', '.join(log.resumed[-1:])}")
        return ", ".join(parts)


class Selection(Own):
    """Some sessions, oldest first. Prints as a table; `[-1]` is the last one."""

    _none = "there are no sessions"

    def __init__(self, history: History, chosen: Sequence[PastSession], name: str) -> None:
        self._history = history
        self._chosen = chosen
        self._name = name  # what is typed to have it

    def _list(self) -> Sequence[PastSession]:
        return self._chosen

    def __len__(self) -> int:
        return len(self._list())

    def __iter__(self) -> Iterator[PastSession]:
        return iter(self._list())

    @overload
    def __getitem__(self, key: int) -> PastSession: ...
    @overload
    def __getitem__(self, key: slice) -> Selection: ...
    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Selection(self._history, self._list()[key], f"{self._name}[{_ends(key)}]")
        key = views.whole_number(key, "the number of a session")
        try:
            return self._list()[key]
        except IndexError:
            raise self._missing(key, len(self._list())) from None

    def _missing(self, key: int, count: int) -> NoSuchSession:
        """Return what is raised where there are only so many."""
        there = "there is 1 session" if count == 1 else f"there are {count:,} sessions"
        last = f"{there}, the last is {self._name}[-1]" if count else self._none
        return NoSuchSession(f"{self._name}[{preview(key, 30)}]: {last}")

    def __repr__(self) -> str:
        chosen = self._list()
        return "\n".join(_table(chosen[-_ROWS:], len(chosen))) if chosen else "no sessions"


class Past(Selection):
    """The sessions before this one that have results, by the time of their last record: `h.past[-1]` is the one before.

    `h.past["2026-11-20"]` are those of a day, `h.past["20261120-14"]` is the one whose id begins so. `h.past.all` has this session
    too, those without a result, and what was imported from other programs.
    """

    def __init__(self, history: History, everything: bool = False) -> None:
        super().__init__(history, (), "h.past.all" if everything else "h.past")
        self._everything = everything
        if not everything:
            self._none = "there are no sessions with results before this one"

    @property
    def all(self) -> Past:
        """Every session that there is a journal of."""
        return Past(self._history, everything=True)

    def _newest(self) -> Iterator[Tuple[all_sessions.Facts, PastSession]]:
        own = own_id(self._history)
        for facts in all_sessions.newest(place.folder(), imported=self._everything):
            if facts.imported:
                for log in reversed(all_sessions.logs(facts.path)):
                    yield facts, PastSession(self._history, facts.path, log.session.id)
            elif self._everything or (facts.id != own and all_sessions.has_result(facts)):
                yield facts, PastSession(self._history, facts.path, facts.id)

    def _list(self) -> List[PastSession]:
        return [session for _, session in self._newest()][::-1]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._of_day(key) if _DAY.fullmatch(key) else self._named(key)
        if isinstance(key, slice):
            return super().__getitem__(key)
        key = views.whole_number(key, "a session's number, its id, or a day")
        if key < 0:
            number = 0
            for number, (_, session) in enumerate(self._newest(), 1):
                if number == -key:
                    return session
            raise self._missing(key, number)
        return super().__getitem__(key)

    def before(self, folder: str) -> PastSession:
        """Return the session to go on with in a folder: the newest one that began or ended there, else the newest of all."""
        first: PastSession | None = None
        for facts, session in itertools.islice(self._newest(), _NEAR):
            if folder in facts.folders:
                return session
            first = first or session
        if first is None:
            raise NoSuchSession(self._none)
        return first

    def _of_day(self, day: str) -> Selection:
        """Return the sessions that were open on a day, by local time."""
        try:
            began = time.mktime(time.strptime(day, "%Y-%m-%d"))
            ended = time.mktime((*time.localtime(began)[:2], time.localtime(began)[2] + 1, 0, 0, 0, 0, 0, -1))
        except (ValueError, OverflowError):
            raise NoSuchSession(f"{day}: there is no such day") from None
        found: List[PastSession] = []
        for facts, session in self._newest():
            if facts.last < began and not facts.imported:
                break
            when, last = (
                (facts.when, facts.last) if not facts.imported else (session.log.session.when, session.log.last)
            )
            if when < ended and last >= began:
                found.append(session)
        return Selection(self._history, found[::-1], f"{self._name}[{day!r}]")

    def _named(self, name: str) -> PastSession:
        every = [(one.path, one.id) for one in all_sessions.newest(place.folder()) if one.id.startswith(name)]
        if not every:
            every = [(one._path, one.id) for one in self.all if one.id.startswith(name)]
        if len(every) == 1:
            return PastSession(self._history, *every[0])
        if not every:
            raise NoSuchSession(f"no session's id begins with {sentence(name, 80)!r}; h.past.all lists them")
        raise NoSuchSession(f"{len(every)} sessions' ids begin so: {', '.join(sorted(one[1] for one in every)[-5:])}")

    def __repr__(self) -> str:
        newest: List[PastSession] = []
        more = False
        for _, session in self._newest():
            if len(newest) == _ROWS:
                more = True
                break
            newest.append(session)
        if not newest:
            return f"no sessions with results yet, in {_folder(place.folder())}"
        lines = _table(newest[::-1], 0)
        lines.append("(" + ("more: h.past[-40:]; " if more else "") + "h.past[-1][3], h.past[-1].show(), h.resume())")
        return "\n".join(lines)


def past(self: History) -> Past:
    """Return the sessions before this one."""
    return Past(self)


def own_id(history: History) -> str:
    """Return the id of the running session, empty where it has no journal yet."""
    journal = getattr(getattr(history, "__session__", None), "journal", None)
    return journal.id if journal is not None else ""


def _ends(key: slice) -> str:
    """Return a slice as it is typed."""
    ends = (key.start, key.stop) if key.step is None else (key.start, key.stop, key.step)
    return ":".join("" if end is None else preview(end, 30) for end in ends)


def _date(when: float) -> datetime:
    from datetime import datetime, timezone

    return datetime.fromtimestamp(when, timezone.utc)


def _local(when: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(when))
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"


def this_host() -> str:
    """Return the name of this machine as journals have it."""
    uname = getattr(os, "uname", None)
    return uname().nodename if uname is not None else os.environ.get("COMPUTERNAME", "")


def _elsewhere(log: SessionLog) -> bool:
    return bool(log.session.host) and log.session.host != this_host()


def _folder(path: str) -> str:
    """Return a folder as it is shown, with `~` for the home."""
    home = os.path.expanduser("~")
    inside = path == home or path.startswith(home + os.sep)
    return sentence("~" + path[len(home) :] if inside else path, 100)


def _table(chosen: Sequence[PastSession], count: int) -> List[str]:
    """Return the lines of a table of sessions."""
    rows = [("n", "last", "results", "folder", "last input")]
    for number, session in enumerate(chosen, -len(chosen)):
        try:
            log, results = session.log, len(session.rows)
        except NoSuchSession:
            continue
        host = sentence(log.session.host, 30) + ":" if _elsewhere(log) else ""
        source = views.one_row(log.inputs[-1].source) if log.inputs else ""
        rows.append((str(number), _local(log.last), f"{results:,}", host + printable(_folder(session.cwd)), source))
    widths = [max(views.width(row[column]) for row in rows) for column in range(4)]
    widths[3] = min(widths[3], 40)
    room = max(views.columns() - sum(widths) - 2 * 4 - 1, 20)
    lines = views.laid_out(rows, [*widths, room], (0, 2))
    if count > len(chosen):
        lines.append(f"({count:,} sessions, the last {len(chosen)} shown)")
    return lines
