"""The results of a session before: what its journal says of each, and its value, loaded when it is asked for."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, List, NamedTuple, Set, Tuple

from histshell.entry import Entry
from histshell.history import Record
from histshell.journal import place
from histshell.journal.file_format import Input, Result, SessionLog
from histshell.placeholder import Placeholder
from histshell.preview import one_line, sentence

from . import all_sessions, restoring

_CHAIN = 50  # sessions that go on with one another


class PastResult(NamedTuple):
    """A result of a session: where its journal is, the input that made it, and what is known of it."""

    path: str
    input: Input
    result: Result
    overlaps: bool


def gather(path: str, log: SessionLog, found: Dict[int, PastResult], seen: List[str]) -> None:
    """Put the results of a session into `found`, and those of the ones it goes on with where their numbers are free."""
    seen.append(log.session.id)
    twice = _overlapping(log)
    own: Dict[int, PastResult] = {}
    for one in log.inputs:
        for result in one.results:
            own[result.number] = PastResult(path, one, result, result.value in twice)
    for number, row in own.items():
        found.setdefault(number, row)
    for name in log.resumed:
        other = os.path.join(os.path.dirname(path), name + place.SUFFIX)
        before = all_sessions.one(other, name) if name not in seen and len(seen) < _CHAIN else None
        if before is not None:
            gather(other, before, found, seen)


def _overlapping(log: SessionLog) -> Set[Tuple[int, int] | None]:
    """Return the places in the file of values that lie in one another: no session of ours has any."""
    extents = sorted({result.value for one in log.inputs for result in one.results if result.value is not None})
    found: Set[Tuple[int, int] | None] = set()
    furthest, end = (0, 0), 0
    for extent in extents:
        if extent[0] < end:
            found |= {furthest, extent}
        if sum(extent) > end:
            furthest, end = extent, sum(extent)
    return found


def value_of(row: PastResult) -> Any:
    """Return the value of a result, or a placeholder that says why it is not there. Runs nothing."""
    result = row.result
    if row.overlaps:
        return _missing(row, "not loaded: its place in the file of values is another's too")
    if result.value is None:
        why = "not saved: a secret was masked in its input" if row.input.masked else "not saved"
        return _missing(row, why, "only plain values are saved, up to a size; its source may make it again")
    try:
        data = restoring.read(row.path[: -len(place.SUFFIX)] + place.VALUES, *result.value)
        return restoring.load(data)
    except restoring.NotThere as error:
        return _missing(row, f"not loaded: {error}")
    except Exception as error:  # a PikError, or no memory
        hint = ""
        if result.type.partition(".")[0] == "numpy" and "numpy" not in sys.modules:
            hint = "import numpy, and ask again"
        return _missing(row, f"not loaded: {sentence(str(error), 200)}", hint)


def _missing(row: PastResult, why: str, hint: str = "") -> Placeholder:
    made = described(Placeholder(row.result.number, f"({why})"), row)
    made.hint = hint
    return made


def described(placeholder: Placeholder, row: PastResult) -> Placeholder:
    """Put into a placeholder what is known of a result."""
    placeholder.type, placeholder.preview = row.result.type, row.result.preview
    placeholder.source = row.input.source
    return placeholder


def unloaded(row: PastResult) -> Placeholder:
    """Return what stands for a result until somebody looks at it."""
    if row.result.value is None:
        return value_of(row)  # type: ignore[no-any-return]  # a placeholder
    return described(Placeholder(row.result.number, "(not loaded yet)", lambda: value_of(row)), row)


def record_of(row: PastResult, value: object) -> Record:
    """Return what the history keeps beside a result."""
    made = Record(value, row.input.when)
    made.source, made.cwd = row.input.source, row.input.cwd
    made.preview = one_line(row.result.preview)
    return made


def entry_of(row: PastResult) -> Entry:
    """Return all that is known of a result."""
    value = unloaded(row)
    return Entry(row.result.number, value, record_of(row, value))
