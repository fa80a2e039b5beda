"""What is done with `h` about memory: `h.memory()`, `h.budget`, `h.drop(n)`, `h.errors`."""

from __future__ import annotations

import builtins
import re
import time
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from histshell import edits, lazily
from histshell.errors import HistshellError
from histshell.history import Own
from histshell.placeholder import Placeholder
from histshell.preview import one_line, preview, type_title
from histshell.preview.amounts import readable
from histshell.views import Said, columns, laid_out, one_row, width

from .held import HeldResults, Released

if TYPE_CHECKING:
    from histshell.history import History
    from histshell.shell_session import ShellSession

_COPIES = re.compile(r"_{1,3}|_\d+")
"""The names under which shells keep results: `_`, `__`, `_3`."""

_ROWS = 20


def held(history: History) -> HeldResults:
    """Return what counts the results of a history; made when it is first asked for."""
    found = history.__dict__.get("__held__")
    if found is None:
        found = history.__dict__["__held__"] = HeldResults(
            history, _limit(_session(history)), save=_Saving(history), release=_Releasing(history)
        )
    return found


def _session(history: History) -> ShellSession | None:
    """Return the session whose history it is, if one runs."""
    return history.__dict__.get("__session__")


def _limit(session: ShellSession | None) -> int | None:
    """Return the budget that the settings name, in bytes; None if they leave it to us."""
    text = session.loaded_settings().budget if session is not None else "auto"
    return None if text == "auto" else int(text)


class _Saving:
    """Saves plain results before they go."""

    def __init__(self, history: History) -> None:
        self.history = history

    def __call__(self, number: int, value: object) -> bool:
        """Return whether it has been saved."""
        from histshell.values import releasing

        return releasing.save(self.history, number, value)


class _Releasing:
    """Puts placeholders where results were."""

    def __init__(self, history: History) -> None:
        self.history = history

    def __call__(self, number: int, size: int, saved: bool) -> None:
        """Let go of a result, and say in its place what it was."""
        _release(self.history, number, size, "let go, and saved" if saved else "let go")
        if saved:
            from histshell.values import releasing

            placeholder = list.__getitem__(self.history, number)
            placeholder.load = releasing.loader(self.history, number)
            lazily.hold(self.history, placeholder, self.history.__records__[number])


def _release(history: History, number: int, size: int, word: str) -> None:
    entry = history.entry(number)
    text = f"({word}: {type_title(type(entry.there))}, {readable(size)}, {entry.preview}"
    source = one_row(entry.source)
    del entry
    edits.replace(history, number, text + (f", from {source})" if source else ")"))


def prompt_shown(history: History) -> str:
    """Count what has come, and let go of what is too much; return what there is to tell, mostly nothing."""
    counting = held(history)
    counting.catch_up()
    counting.look_again()
    gone = counting.within()
    return sentence(gone, counting) if gone else ""


def failed(history: History, error: BaseException, source: str) -> None:
    """Note an exception that has ended an input; Ctrl-C that gave up a line ended none."""
    if type(error) is KeyboardInterrupt and BaseException.__dict__["__traceback__"].__get__(error) is None:
        return
    held(history).failed(error, len(history), source)


def sentence(gone: List[Released], counting: HeldResults) -> str:
    """Return what was let go, and why."""
    results = [one for one in gone if one.number is not None]
    names = ", ".join([f"h[{one.number}] ({one.kind}, {readable(one.size)})" for one in results[:3]])
    if len(results) > 3:
        names += f" and {len(results) - 3} more"
    count = len(gone) - len(results)
    exceptions = f"{count} exception{'s' * (count > 1)} of h.errors" if count else ""
    what = " and ".join([part for part in (names, exceptions) if part])
    return f"let go of {what}, since the results hold more than {readable(counting.limit)} (h.budget, h.memory())"


def budget(self: History) -> int:
    """Return how many bytes all results together may hold."""
    return held(self).limit


def set_budget(history: History, value: Any) -> None:
    """Set how many bytes all results together may hold."""
    if type(value) not in (int, float) or not 0 <= value < float("inf") or value != int(value):
        raise HistshellError(f"h.budget is a number of bytes, such as 2 << 30, not {preview(value, 60)}")
    held(history).limit = int(value)


def errors(self: History) -> Any:
    """Return the last exceptions."""
    return held(self).errors


def drop(self: History, *numbers: int) -> Said:
    """Let go of results at once, with the shell's own copies of them; a placeholder says what they were."""
    counting = held(self)
    total, dropped = 0, []
    for number in numbers:
        entry = self.entry(number)
        if type(entry.there) is Placeholder:
            return Said(f"h[{entry.number}] is gone already: {entry.preview[1:-1]}")
        size = counting.weigh(entry.number)
        forget_copies(_session(self), entry.value)
        position = entry.number
        del entry
        _release(self, position, size, "dropped")
        counting.forget(position)
        total += size
        dropped.append(f"h[{position}]")
    if not dropped:
        return Said("which? h.drop(3) lets go of result 3")
    return Said(f"dropped {', '.join(dropped)}: about {readable(total)}, unless a name still holds it")


def forget_copies(session: ShellSession | None, value: object) -> None:
    """Take a value out of the names under which the shell keeps results."""
    spaces: List[Dict[str, Any]] = [builtins.__dict__]
    if session is not None:
        spaces.append(session.names_now())
        session.forget_copies(value)
    for space in spaces:
        for name in ("Out", "_oh"):  # IPython's
            results = space.get(name)
            if type(results) is dict:
                for number in [number for number, kept in list(results.items()) if kept is value]:
                    del results[number]
        for name in [name for name, kept in list(space.items()) if kept is value and type(name) is str]:
            if _COPIES.fullmatch(name):
                space[name] = None


class MemoryTable(Own):
    """The results that hold most, as a table."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __repr__(self) -> str:
        return "\n".join(_table(self._history))


def memory(self: History) -> MemoryTable:
    """Return a table of the results by size, the largest first."""
    counting = held(self)
    end = time.monotonic() + 0.5
    counting.catch_up()
    for number in list(counting.sizes):
        if number < len(self):
            counting.weigh(number)
        if time.monotonic() > end:
            break
    return MemoryTable(self)


def _table(history: History) -> List[str]:
    """Return the lines of `h.memory()`."""
    counting = held(history)
    rows: List[Tuple[str, ...]] = [("n", "size", "type", "value", "source")]
    large = [(number, size) for number, size in counting.rows() if number < len(history)]
    for number, size in large[:_ROWS]:
        entry = history.entry(number)
        kept = " kept" if number in counting.kept else ""
        rows.append(
            (
                str(number),
                readable(size) + kept,
                type_title(type(entry.there)),
                one_line(entry.preview),
                one_row(entry.source),
            )
        )
    lines = _lines(rows, columns())
    if len(large) > _ROWS:
        lines.append(f"({len(large) - _ROWS:,} more)")
    size = sum(counting.of_errors.values())
    if counting.errors:
        lines.append(
            f"{len(counting.errors)} exception{'s' * (len(counting.errors) != 1)} in h.errors: {readable(size)}"
        )
    lines.append(f"about {readable(counting.total())} of {readable(counting.limit)} (h.budget)")
    return lines if large else lines[1:]


def _lines(rows: List[Tuple[str, ...]], across: int) -> List[str]:
    """Return the rows as lines that fit a terminal so wide."""
    wide = [min(max(width(row[column]) for row in rows), 24) for column in range(3)]
    room = max(across - sum(wide) - 9, 20)
    value = min(max(width(row[3]) for row in rows), room // 2)
    return laid_out(rows, [*wide, value, room - value], (0, 1))
