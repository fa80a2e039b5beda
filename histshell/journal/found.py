"""What a search found, as a table, and `h.search` itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Iterator, Sequence, overload

from histshell import views
from histshell.history import Own

from . import found_lines, query_text
from . import search as journals
from .search import Hit

if TYPE_CHECKING:
    from histshell.history import History


class Found(Own):
    """What a search found, newest first. Prints as a table; `found[0]` is the newest `Hit`, `found[:3]` a part of it."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits

    def __len__(self) -> int:
        return len(self._hits)

    @overload
    def __getitem__(self, position: int) -> Hit: ...
    @overload
    def __getitem__(self, position: slice) -> Found: ...
    def __getitem__(self, position: int | slice) -> Hit | Found:
        found = self._hits[position]
        return Found(found) if not isinstance(found, Hit) else found

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits)

    def __repr__(self) -> str:
        if not self._hits:
            return "nothing found"
        return "\n".join(found_lines.table(self._hits, views.columns(), time.time()))


def search(
    self: History,
    words: str = "",
    *,
    since: query_text.Moment = None,
    until: query_text.Moment = None,
    cwd: str = "",
    here: bool = False,
    n: int = 20,
    **others: Any,
) -> Found:
    """Return the newest inputs of all sessions in which all words occur, upper and lower case alike.

    `since` and `until` are dates, times (`"2026-11-20"`, `"yesterday"`, `"2h"`) or what `datetime` has; `cwd` is a folder, `here`
    the one you are in, those below it count too. Also `session`, `host`, `python`, `failed`, `type` and `regex`, as for
    `histshell search`. `n` is how many. What other sessions have typed meanwhile is found too.
    """
    n = views.whole_number(n, "a number of inputs")
    try:
        asked = query_text.query(words, since, until, cwd, here, **others)
    except TypeError as error:
        raise journals.BadQuery(f"h.search: {error}") from error
    hits = journals.search(asked, max(n, 0) + 1)
    journal = getattr(getattr(self, "__session__", None), "journal", None)
    asks = [hit for hit in hits if journal is not None and hit.session.id == journal.id and not hit.input.outcome]
    return Found([hit for hit in hits if hit not in asks][: max(n, 0)])  # without the input that is asking
