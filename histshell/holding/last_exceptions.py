"""`h.errors`: the last exceptions that ended an input, live."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, List, NamedTuple

from histshell.errors import HistshellError
from histshell.history import Own
from histshell.preview import preview
from histshell.preview.exceptions import told
from histshell.views import columns, laid_out, one_row, whole_number, width

if TYPE_CHECKING:
    from types import TracebackType

MOST = 20
"""How many exceptions are held."""


class Failure(NamedTuple):
    """What is known of an exception: the number that the input's next result would have had, its text, and when it was raised."""

    error: BaseException
    number: int
    source: str
    when: float


class Errors(Own):
    """The last exceptions that reached the prompt, oldest first; `h.errors[-1]` is the newest, itself.

    Printed, it shows a table. They are live: their frames hold what the functions held. At most 20 are kept, fewer where that
    holds more than `h.budget` allows.
    """

    def __init__(self) -> None:
        self._failures: List[Failure] = []

    def add(self, error: BaseException, number: int, source: str) -> None:
        """Note an exception; the oldest goes when there are too many. The same one raised again moves to the end."""
        failures = [one for one in self._failures if one.error is not error]
        failures.append(Failure(error, number, source, time.time()))
        self._failures = failures[-MOST:]

    def failures(self) -> List[Failure]:
        """Return what is known of each, oldest first."""
        return list(self._failures)

    def let_go(self, failure: Failure) -> None:
        """Let go of one."""
        self._failures = [one for one in self._failures if one is not failure]

    def clear(self) -> None:
        """Let go of all."""
        self._failures = []

    def __len__(self) -> int:
        return len(self._failures)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [one.error for one in self._failures[index]]
        index = whole_number(index, "the number of an exception")
        try:
            return self._failures[index].error
        except IndexError:
            count = len(self._failures)
            held = f"{count} are held" if count > 1 else "one is held" if count else "none is held"
            raise HistshellError(f"there is no exception {preview(index, 30)}: {held}") from None

    def __iter__(self) -> Any:
        return iter([one.error for one in self._failures])

    def debug(self, index: int = -1) -> None:
        """Open pdb where an exception was raised."""
        error = self[index]
        traceback: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
        if traceback is None:
            raise HistshellError(f"exception {index} has no frames to look at: it was raised while the input was read")
        import pdb

        pdb.post_mortem(error if sys.version_info >= (3, 13) else traceback)

    def __repr__(self) -> str:
        if not self._failures:
            return "no exceptions yet"
        return "\n".join(table(self._failures, columns()))


def table(failures: List[Failure], room: int) -> List[str]:
    """Return the lines of a table: index, the number that the input's result would have had, exception, source."""
    rows = [("", "at", "exception", "source")]
    for index, one in enumerate(failures, -len(failures)):
        rows.append((f"[{index}]", f"h[{one.number}]", told(one.error), one_row(one.source)))
    index, number = (max(width(row[column]) for row in rows) for column in range(2))
    rest = max(room - index - number - 7, 20)
    source = min(max(width(row[3]) for row in rows), int(rest * 0.4))
    error = min(max(width(row[2]) for row in rows), rest - source)
    return laid_out(rows, [index, number, error, source], (0, 1))
