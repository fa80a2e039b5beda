"""Bringing a history into the journal: what is new of it, in the form of all sessions, without secrets and what is private."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any, Callable, Dict, Iterator, List, Tuple, Union

from histshell.errors import HistshellError
from histshell.journal import place, secrets

from . import align, filters, ipython_history, listed, locations, xonsh_history
from .filters import Mask
from .foreign import Begin, Damage, End, Event, ForeignHistory, ImportReport, Typed
from .target import GOODBYE, Target, alone

Tell = Callable[[int], None]

_MOST = 10_000_000  # inputs of a list


def bring(source: ForeignHistory, folder: str, dry: bool = False, tell: Tell | None = None) -> ImportReport:
    """Bring what is new of a history into the journals of a folder, and return what came of it, faults too.

    `dry` writes nothing. `tell` is given the number of inputs gone through, now and then.
    """
    return _Import(source, folder, dry, tell).run()


class _Import:
    """One history on its way."""

    def __init__(self, source: ForeignHistory, folder: str, dry: bool, tell: Tell | None) -> None:
        self.source = source
        self.folder = folder
        self.dry = dry
        self.tell = tell
        self.inputs = self.new = self.masked = self.private = 0
        self.sessions: set[str] = set()
        self.faults: List[str] = []
        self.stem = locations.stem(source)
        self.mask, self.is_private = secrets.mask, secrets.is_private
        self.listed = source.form == "text"

    def run(self) -> ImportReport:
        """Do it."""
        path = os.path.join(self.folder, self.stem + place.SUFFIX)
        try:
            with ExitStack() as stack:
                if not self.dry:
                    place.make(self.folder)
                    stack.enter_context(alone(path))
                target = Target(
                    path, self.source.kind, os.path.abspath(self.source.path), texts=self.listed, dry=self.dry
                )
                stack.callback(target.close)
                try:
                    self._take(target)
                finally:
                    target.flush()
        except OSError as error:
            self.faults.append(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        except HistshellError as error:
            self.faults.append(str(error))
        except MemoryError:
            self.faults.append("there is not enough memory for it")
        return ImportReport(
            self.source, self.inputs, len(self.sessions), self.new, self.masked, self.private, tuple(self.faults)
        )

    def _take(self, target: Target) -> None:
        """Go through all that is in the history."""
        gone = filters.forgotten(self.folder)
        noted: Any = ()
        session = ""
        for event in self._events(target, gone):
            if type(event) is Typed:
                self._one()
                self.sessions.add(session)
                if target.has(event.seq) or event.seq in noted:
                    continue
                if not self.listed:
                    if self.is_private(event.source):
                        self.private += 1
                        continue
                    event = _masked(event, self.mask)
                target.add(event)
                self.new += 1
                self.masked += event.masked
            elif type(event) is Begin:
                session, noted = event.id, gone.get(event.id, ())
                target.begin(event)
            elif type(event) is End:
                if GOODBYE not in noted:
                    target.end(event.when)
            elif type(event) is Damage:
                self.faults.append(event.what)

    def _one(self) -> None:
        self.inputs += 1
        if self.tell is not None and not self.inputs % 1000:
            self.tell(self.inputs)

    def _events(self, target: Target, gone: Dict[str, Any]) -> Iterator[Event]:
        if self.source.kind == "ipython":
            return ipython_history.events(self.source)
        if self.source.kind == "xonsh":
            return xonsh_history.events(self.source, target.when)
        return self._listed(target, gone)

    def _listed(self, target: Target, gone: Dict[str, Any]) -> Iterator[Event]:
        """Yield a history that is a list: one session, whose inputs get the numbers that come next."""
        entries, damaged, changed = listed.read(self.source)
        kept = [entry for entry in entries if not self.is_private(entry.source)]
        self.private += len(entries) - len(kept)
        self.inputs += self.private
        said = [self.mask(entry.source) for entry in kept]
        seen = _seen(target, gone.get(self.stem, ()), self.mask)
        keys = [_key(source, entry.when) for (source, _), entry in zip(said, kept)]
        numbers = dict.fromkeys(align.fresh(list(seen.values()), keys))
        yield Begin(self.stem, changed)
        following = max(seen, default=GOODBYE) + 1
        for index, ((source, masked), entry) in enumerate(zip(said, kept)):
            if index in numbers:
                yield Typed(following, changed if entry.when is None else entry.when, source, masked=masked)
                following += 1
            else:
                self._one()
        if damaged:
            yield Damage(f"{damaged} of its inputs {'are' if damaged > 1 else 'is'} no text, and left out")


Key = Union[str, Tuple[str, float]]


def _key(source: str, when: float | None) -> Key:
    """Return what an input is known by: with its time, as far as another time zone does not change it."""
    return source if when is None else (source, round(when % 900, 2) % 900)


def _seen(target: Target, noted: Any, mask: Mask) -> Dict[int, Key | None]:
    """Return what the journal has of a list, by number without gaps; None is what was forgotten."""
    if target.when(target.stem) is None:
        return {}
    stamped = target.kind in listed.STAMPED
    last = max([GOODBYE, *target.texts, *[seq for seq in noted if type(seq) is int and seq < _MOST]])
    found: Dict[int, Key | None] = dict.fromkeys(range(GOODBYE + 1, last + 1))
    for seq, (source, when) in target.texts.items():
        found[seq] = _key(mask(source)[0], when if stamped else None)  # the settings may say more is secret now
    return found


def _masked(typed: Typed, mask: Mask) -> Typed:
    """Return an input without its secrets."""
    source, hidden = mask(typed.source)
    output, too = (None, False) if typed.output is None else mask(typed.output)
    return typed._replace(source=source, output=output, masked=True) if hidden or too else typed
