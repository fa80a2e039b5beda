"""What is not to be kept, said at the prompt: `h.forget(3)` and `h.pause()`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, List, Set, Tuple

from . import edits
from .errors import HistshellError
from .history import Own
from .holding import memory_commands
from .placeholder import Placeholder
from .views import Said

if TYPE_CHECKING:
    from .history import History
    from .journal.writer import Journal

TEXT = "(forgotten)"
"""What the placeholder says that stands where a forgotten result was."""


def forget(self: History, *numbers: int) -> Said:
    """Forget results at once, and the inputs that made them: record, saved value, live value, `_`, the line editor's memory."""
    if not numbers:
        return Said("which? h.forget(3) forgets result 3, and the input that made it")
    if any(isinstance(number, str) for number in numbers):
        raise TypeError(
            "h.forget takes numbers of results, such as h.forget(3); what has a text in it: histshell forget TEXT"
        )
    asked = sorted({self.entry(number).number for number in numbers})
    session = self.__dict__.get("__session__")
    journal: Journal | None = getattr(session, "journal", None)
    wanted, sources = _with_its_input(self, asked)
    done: List[str] = []
    if journal is not None:
        records, more, typed = _recorded(journal, wanted)
        wanted |= {number for number in more if number < len(self)}
        sources |= typed
        if records:
            problems = _out_of_the_journal(journal, records)
            done.append(problems or "their records" if len(wanted) > 1 else problems or "its record")
    _live(self, wanted)
    done.append(f"the value{'s' if len(wanted) > 1 else ''}")
    if _typed(session, sources):
        done.append("what the line editor had of it")
    shown = ", ".join(map(str, sorted(wanted)))
    also = sorted(wanted - set(asked))
    why = f" ({', '.join(map(str, also))} came of the same input)" if also else ""
    return Said(f"forgot result{'s' if len(wanted) > 1 else ''} {shown}{why}: {', '.join(done)}")


def _with_its_input(history: History, numbers: List[int]) -> Tuple[Set[int], Set[str]]:
    """Return the numbers with those of the other results of the same inputs, and the sources of these inputs."""
    records = history.__records__
    sources = {id(records[n].source): records[n].source for n in numbers if n < len(records) and records[n]}  # type: ignore[union-attr]
    sources = {key: source for key, source in sources.items() if source}
    found = {n for n, record in enumerate(records) if record is not None and id(record.source) in sources}
    return {*numbers, *(n for n in found if n < len(history))}, set(sources.values())


def _live(history: History, numbers: Set[int]) -> None:
    """Let go of the values, and of what the history knows of them."""
    session = history.__dict__.get("__session__")
    counting = memory_commands.held(history)
    for number in numbers:
        value = list.__getitem__(history, number)
        if type(value) is not Placeholder:
            memory_commands.forget_copies(session, value)
        del value
        edits.replace(history, number, TEXT)
        counting.forget(number)
        if number < len(history.__records__):
            history.__records__[number] = None


def _recorded(journal: Journal, numbers: Set[int]) -> Tuple[Dict[int, Any], Set[int], Set[str]]:
    """Return the inputs of the session's journal that have one of these results: by record, its extents; all results; sources."""
    from .journal import forgetting, reader

    records: Dict[int, Any] = {}
    inputs: Dict[int, str] = {}
    results: Set[int] = set()
    try:
        found = [record for _, record in reader.records(journal.settle())]
    except OSError:
        found = []
    for record in found:
        if record["kind"] in ("input", "whole"):
            inputs[record["seq"]] = reader.text(record.get("source"))
    gone: Set[int] = set()
    for record in found:
        rows = record.get("results")
        here = {row["n"] for row in rows if type(row) is dict and "n" in row} if type(rows) is list else set()
        if here & numbers:
            gone.add(record.get("of", record["seq"]))
            results |= here
    for record in found:
        seq = record["seq"]
        if seq in gone or record.get("of") in gone or (record["kind"] == "value" and record.get("n") in numbers):
            records[seq] = list(forgetting.extents_of(record))
    return records, results, {inputs[seq] for seq in gone if inputs.get(seq)}


def _out_of_the_journal(journal: Journal, records: Dict[int, Any]) -> str:
    """Take records out of the session's journal; return what went wrong, mostly nothing."""
    import os

    from .journal import forgetting

    path = journal.settle()
    extents = tuple(extent for found in records.values() for extent in found)
    try:
        problems = forgetting.carry_out(
            os.path.dirname(path), [forgetting.ToForget(path, journal.id, set(records), extents)]
        )
    except OSError as error:
        problems = [f"{path}: {error.strerror or error}"]
    return f"NOT the record, since it cannot be written: {problems[0]}" if problems else ""


def _typed(session: Any, sources: Set[str]) -> bool:
    """Take inputs out of what line editors and `linecache` remember; whether there were any."""
    from . import editing
    from .journal import inputs_file

    known = {source.strip() for source in sources if source.strip()}
    if not known:
        return False
    inputs = getattr(session, "inputs", None)
    if inputs is not None:
        inputs.forget(known)
    found = editing.forget(known)
    rich = getattr(session, "rich", None)
    if rich is not None:
        found = rich.forget(known) or found
    try:
        found = bool(inputs_file.forget(lambda text: text.strip() in known)) or found
    except OSError:
        pass
    _lines(known)
    return found


def _lines(sources: Set[str]) -> None:
    """Take inputs out of `linecache`, where tracebacks find their lines."""
    linecache: Any = sys.modules.get("linecache")
    for name in ("cache", "_interactive_cache"):
        cache = getattr(linecache, name, None)
        if type(cache) is not dict:
            continue
        for key, entry in list(cache.items()):
            if type(entry) is tuple and len(entry) == 4 and "".join(entry[2]).strip() in sources:
                del cache[key]


class Pause(Own):
    """Nothing is kept while it lasts. In a `with` statement it ends with it, and the statement itself is not kept either."""

    def __init__(self, journal: Journal, text: str) -> None:
        self._journal = journal
        self._text = text

    def __enter__(self) -> Pause:
        return self

    def __exit__(self, *exc: object) -> None:
        self._journal.paused = False
        seq = self._journal.unkept()
        if seq is not None:
            _out_of_the_journal(self._journal, {seq: []})

    def __repr__(self) -> str:
        return self._text


def pause(self: History, on: bool = True) -> Pause | Said:
    """Keep nothing of what is typed from now on, nor of what comes of it; `h.pause(False)` goes on."""
    if type(on) is not bool:
        raise HistshellError("h.pause() keeps nothing from now on, h.pause(False) goes on")
    journal: Journal | None = getattr(self.__dict__.get("__session__"), "journal", None)
    if journal is None:
        return Said("nothing is being kept anyway")
    was, journal.paused = journal.paused, on
    if not on:
        return Said("what you type is kept again" if was else "what you type is being kept")
    return Pause(journal, "nothing is kept of what you type from now on; h.pause(False) goes on")
