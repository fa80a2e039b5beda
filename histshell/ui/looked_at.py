"""What the browser lists, and what it shows of each: results, inputs and errors of this session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from histshell.placeholder import Placeholder
from histshell.preview import preview
from histshell.preview.exceptions import told
from histshell.views import age

from . import describe, everywhere

if TYPE_CHECKING:
    from histshell.history import History
    from histshell.holding.last_exceptions import Failure
    from histshell.journal.search import Hit

TABS = ("results", "inputs", "errors")

_PREVIEW = 4000

Make = Callable[[], Iterator[str]]


class Item(NamedTuple):
    """One line of the list: a result by its number, an input, or an error; `hit` is what a journal knows of an input."""

    tab: str
    number: int
    text: str
    hit: Hit | None = None
    failure: Failure | None = None

    @property
    def name(self) -> str:
        """How it is reached at the prompt; empty for an input."""
        return f"h[{self.number}]" if self.number else self.text if self.failure is not None else ""


def rows(history: History, inputs: Sequence[str], tab: str) -> Iterator[tuple[Item, int, str]]:
    """Yield the lines of a tab, the newest first, each with the number of its result, or 0, and a text that is searched in."""
    if tab == "results":
        for number in range(len(history) - 1, 0, -1):
            yield Item(tab, number, ""), number, f"h[{number}]"
    elif tab == "inputs":
        for text in dict.fromkeys(reversed(inputs)):
            yield Item(tab, 0, text), 0, text
    else:
        failures = history.errors.failures()
        for place in range(1, len(failures) + 1):
            one = failures[-place]
            yield Item(tab, 0, f"h.errors[-{place}]", failure=one), 0, f"{exception(one)} {one.source}"


def exception(failure: Failure) -> str:
    """Return what an exception says, in a line, without asking it."""
    return told(failure.error)


def source(history: History, item: Item) -> str:
    """Return the input that made a result, or raised an exception, or the input itself."""
    if item.failure is not None:
        return item.failure.source.strip("\n")
    if item.number:
        try:
            return str(history.entry(item.number).source.strip("\n"))
        except IndexError:
            return ""
    return item.text


def shown(
    history: History, item: Item, columns: int, load: bool, trace: Callable[[BaseException], Iterator[str]]
) -> tuple[list[tuple[str, str]], Make | None, str]:
    """Return what stands above the text of an item, what makes that text, and what stands there meanwhile.

    A result that is saved or of another session is loaded only if `load` says so. `trace` gives the text of an exception.
    """
    if item.failure is not None:
        error = item.failure.error
        return _head(item.text, "", item.failure.source), lambda: trace(error), exception(item.failure)
    if not item.number:
        return [], None, everywhere.escaped(item.text)
    try:
        entry = history.entry(item.number)
    except IndexError:
        return [], None, ""
    value = entry.there
    since = age(entry, time.time())
    ago = f", {since} ago" if since else ""
    if type(value) is Placeholder and not (load and value.load is not None):
        loads = "\n\nCtrl-L loads it" if value.load is not None else ""
        about = everywhere.escaped(value.type) or "not here"
        return _head(item.name, about + ago, entry.source), None, everywhere.escaped(entry.preview) + loads
    if type(value) is Placeholder:
        return _head(item.name, ago.lstrip(", "), entry.source), _whole(lambda: entry.value, columns), entry.preview
    head = _head(item.name, describe.about(value) + ago, entry.source)
    shown = preview(value, _PREVIEW)
    return head, _whole(lambda: value, columns), entry.preview if shown.startswith("<") else shown


def _head(name: str, about: str, source: str) -> list[tuple[str, str]]:
    lines = everywhere.escaped(source.strip("\n")).split("\n") if source.strip() else []
    return [("class:prompt", f"{name}  {about}".rstrip()), *[("italic", line) for line in lines], ("", "")]


def _whole(value: Callable[[], object], columns: int) -> Make:
    def make() -> Iterator[str]:
        from histshell.display import whole

        return whole(value(), columns)

    return make
