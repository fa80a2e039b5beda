"""The history browser: a list that is narrowed by typing, with what is chosen on the right, whole.

This session's results, inputs and errors, each in a tab, or the inputs of all; F5 and Ctrl-R at the prompt open it at one of these.
"""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.containers import HSplit, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.dimension import Dimension

from histshell.preview import one_line
from histshell.views import fit, looks, one_row, pad

from . import everywhere, looked_at
from .looked_at import TABS, Item
from .pane import Pane, Quiet
from .sifting import Sifter

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.styles import BaseStyle

    from histshell.history import History
    from histshell.journal.search import Hit

    from .raised import Raised

MOST = 500
"""How many lines the list has at most."""

_SEARCHED = 8
"""How many columns the search field has at least."""

_AT_FIRST = 50
"""How many inputs of all sessions are looked for at first; more when the list has been gone through."""

_SOON = 1.0
"""How long a key that chooses waits for the answer to what was typed just before it, in seconds."""

_KEYS = (
    "Enter: put in", "F6: into it", "Tab: its source", "F8: copy", "Ctrl-T: tab", "Esc: back", "F9: copy its input",
    "Ctrl-R: all sessions",
)  # fmt: skip
_FRAMES = "F7: all frames", "F7: fewer frames"
_PANE_KEYS = ("F6: the list", "F8: copy", "Home, End", "left, right", "F9: copy its input")
_WIDE_KEYS = ("Enter: put in", "Ctrl-R: next older", "F5: this session", "Esc: back")
"""What the last row says of keys, the most needed first."""

Fragments = list[Any]
"""Pieces of styled text, as prompt_toolkit takes them."""


class Browser:
    """A full-screen application; `app.run_async()` gives what is to be put into the input, None if nothing was chosen.

    `inputs` is oldest first, `own` those of this session. The newest is on top. `finder` looks for those of all sessions, which it
    begins with if `is_wide`. `raised` writes tracebacks as the prompt does. `terminal` is an input of its own: of another
    application's, that one would get an Escape that is pressed at once. `bindings` gives what the keys do in it. Made where an
    event loop runs.
    """

    def __init__(
        self,
        history: History,
        inputs: Sequence[str],
        own: Sequence[str],
        style: BaseStyle | None,
        finder: everywhere.Finder,
        raised: Raised,
        is_wide: bool = False,
        terminal: Input | None = None,
        *,
        bindings: Callable[[Browser], KeyBindings],
    ) -> None:
        self.history = history
        self.inputs = inputs
        self.own = own
        self.finder = finder
        self.raised = raised
        self.unfolded = False  # whether the frames of libraries are shown
        quiet = Quiet()
        self.sifter = Sifter(history, MOST, quiet.wait)
        self.is_wide = is_wide
        self.tab = TABS[0] if len(history) > 1 or not own else TABS[1]
        self.said = ""
        self.in_pane = False
        self.copied = ""
        self._loop = asyncio.get_running_loop()
        self._answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._is_old = False  # whether the list is not yet the one that was asked for
        self._limit = _AT_FIRST
        self.selected = 0
        self.items: list[Item] = []
        self.looked_at_all = True
        self.search = Buffer(multiline=False, on_text_changed=lambda _: self.narrow())
        self.pane = Pane(self._loop.call_later, lambda: self.app.invalidate(), quiet)
        self.app: Application[str | None] = Application(
            layout=Layout(self._layout(), focused_element=self.search),
            key_bindings=bindings(self),
            style=style,
            input=terminal,
            full_screen=True,
            mouse_support=False,
        )
        self.app.key_processor.before_key_press += quiet.begin
        self.narrow()

    def close(self) -> None:
        """Let go of what was made for it."""
        self.pane.close()
        self.sifter.forget()
        self.finder.forget()

    def narrow(self) -> None:
        """Find what matches all words of the search field, in whatever case; with none that is all, and there at once."""
        self.in_pane, self.copied = False, ""
        self._is_old = self.is_wide or bool(self._words())
        if self.is_wide:
            self._limit = _AT_FIRST
            self._ask()
        elif self._words():
            self.sifter.ask(self._words(), looked_at.rows(self.history, self.own, self.tab), self._sifted)
        else:
            self._list_all()

    def _list_all(self) -> None:
        self.sifter.cancel()
        self.selected, self.items, self.looked_at_all = 0, [], True
        for item, _, _ in looked_at.rows(self.history, self.own, self.tab):
            if len(self.items) >= MOST:
                self.looked_at_all = False
                break
            self.items.append(item)

    def _sifted(self, words: tuple[str, ...], found: list[Item], is_all: bool) -> None:  # in the thread
        def show() -> None:
            if self.is_wide or words != self._words() or any(item.tab != self.tab for item in found):
                return
            self._is_old = not found and not is_all
            if is_all == self.looked_at_all and [item[:3] for item in found] == [item[:3] for item in self.items]:
                return  # it stands there already
            chosen = self.items[self.selected][:3] if self.selected < len(self.items) else None
            self.items, self.looked_at_all = found, is_all
            self.selected = next((place for place, item in enumerate(found) if item[:3] == chosen), 0)
            self.app.invalidate()

        self._answered(show)

    def _answered(self, show: Callable[[], None]) -> None:  # in the thread
        self._answers.put(show)
        self._loop.call_soon_threadsafe(self._show)

    def _show(self) -> None:
        while not self._answers.empty():
            self._answers.get()()

    def _settle(self) -> None:
        """Wait for the answer to what has been typed, but not for long."""
        end = time.monotonic() + _SOON
        while self._is_old and (left := end - time.monotonic()) > 0:
            try:
                self._answers.get(timeout=left)()
            except queue.Empty:
                return

    def _ask(self) -> None:
        """Have the inputs of all sessions looked through; the list stays until there is an answer."""

        def answer(words: tuple[str, ...], found: list[Hit], is_all: bool, said: str) -> None:  # in the thread
            self._answered(partial(self._found, words, found, is_all, said))

        self.finder.ask(self._words(), self._limit, answer)

    def _words(self) -> tuple[str, ...]:
        return tuple(self.search.text.split())

    def _found(self, words: tuple[str, ...], found: list[Hit], is_all: bool, said: str) -> None:
        """Show an answer, if it is still one to the question."""
        if not self.is_wide or words != self._words():
            return
        self.said = said
        if not said:
            self._is_old = False
            before = [item.text for item in self.items[: self.selected + 1]]
            self.items = [Item("", 0, hit.source, hit) for hit in found]
            if is_all:  # what no journal has: of Python's own file, or of a time before there were any
                known = {hit.source for hit in found}
                folded = [word.casefold() for word in words]
                own = (text for text in dict.fromkeys(reversed(self.inputs)) if text not in known)
                self.items += [Item("", 0, text) for text in own if all(word in text.casefold() for word in folded)][
                    :MOST
                ]
            if before != [item.text for item in self.items[: self.selected + 1]]:
                self.selected = 0
            self.looked_at_all = is_all
        self.app.invalidate()

    def turn(self, wide: bool, tab: str = "") -> None:
        """Show all sessions, or a tab of this one."""
        self.is_wide, self.said = wide, ""
        self.tab = tab or self.tab
        self.items, self.selected = [], 0
        self.narrow()

    # -- the screen ----------------------------------------------------------------------------------------------------

    def _layout(self) -> HSplit:
        """Return the windows. Each has an exact size: others would be grown column by column, at each drawing."""
        label = Window(FormattedTextControl(self._label), width=self._exact(self._label_width), height=1)
        tabs = Window(FormattedTextControl(self._tabs), width=self._exact(self._tabs_width), height=1)
        search = Window(BufferControl(self.search), width=self._exact(self._search_width), height=1)
        bottom = Window(FormattedTextControl(lambda: [("class:status-toolbar", self._summary())]), height=1)
        bottom.style = "class:status-toolbar"
        line = Window(width=1, char="│", style="class:separator")
        wraps = Condition(lambda: self.is_wide)
        pane = Window(FormattedTextControl(self._pane), width=self._exact(self.pane_columns), wrap_lines=wraps)
        rows = VSplit(
            [Window(FormattedTextControl(self._list), width=self._list_width, wrap_lines=False), line, pane],
            height=self._exact(self.rows),
        )
        top = VSplit([label, search, tabs], height=1)
        return HSplit([top, Window(height=1, char="─", style="class:separator"), rows, bottom])

    @staticmethod
    def _exact(size: Callable[[], int]) -> Callable[[], Dimension]:
        return lambda: Dimension.exact(size())

    def _label_width(self) -> int:
        return min(sum(len(text) for _, text in self._label()), get_app().output.get_size().columns)

    def _tabs_width(self) -> int:
        room = get_app().output.get_size().columns - self._label_width() - _SEARCHED
        return max(0, min(sum(len(text) for _, text in self._tabs()), room))

    def _search_width(self) -> int:
        return get_app().output.get_size().columns - self._label_width() - self._tabs_width()

    def _label(self) -> Fragments:
        return [("class:prompt", " Search all sessions: " if self.is_wide else " Search: ")]

    def _tabs(self) -> Fragments:
        if self.is_wide:
            return []
        return [("reverse" if tab == self.tab else "", f" {tab} ") for tab in TABS]

    def _summary(self) -> str:
        """Return the last row: what was found, where one is, and as many keys as there is room for."""
        if self.copied:
            return f" {self.copied}"
        found = self.said or f"{len(self.items)}{'' if self.looked_at_all else ' or more'} found"
        keys: Sequence[str] = _KEYS
        if self.tab == "errors":
            keys = (_KEYS[0], _FRAMES[self.unfolded], *_KEYS[1:])
        keys = _WIDE_KEYS if self.is_wide else _PANE_KEYS if self.in_pane else keys
        state = "" if self.is_wide else self.pane.state(self.rows())
        parts = [part for part in (state if self.in_pane else found, "" if self.in_pane else state) if part]
        room = get_app().output.get_size().columns - 2
        for key in keys:
            if len("   ".join([*parts, key])) <= room:
                parts.append(key)
        return " " + "   ".join(parts)

    def rows(self) -> int:
        """Return how many rows the list and the pane have."""
        return max(get_app().output.get_size().rows - 3, 1)

    def _list_width(self) -> Dimension:
        columns = get_app().output.get_size().columns
        return Dimension.exact(min(max(int(columns * 0.55), 10), max(columns - 2, 1)))

    def _list(self) -> Fragments:
        columns = self._list_width().preferred
        rows = self.rows()
        first = max(0, min(self.selected - rows // 2, len(self.items) - rows))
        pieces: Fragments = []
        for place, item in enumerate(self.items[first : first + rows], first):
            chosen = place == self.selected
            style = "class:completion-menu.completion.current" if chosen else ""
            text = self._row(item)
            pieces.append((style, pad(fit(" " + text, columns), columns) + "\n"))
        return pieces or [("", " nothing found\n")]

    def _row(self, item: Item) -> str:
        if item.hit is not None:
            return everywhere.row(item.hit)
        if item.failure is not None:
            return f"{item.text}  {looked_at.exception(item.failure)}"
        if not item.number:
            return f"{'':23}{one_row(item.text)}" if self.is_wide else one_row(item.text)
        try:
            entry = self.history.entry(item.number)
        except IndexError:
            return f"h[{item.number}]  (taken away)"
        kind, shown = looks(entry)
        return f"h[{item.number}]  " + (f"{kind}  {shown}" if "×" in kind else one_line(shown))

    def pane_columns(self) -> int:
        """Return how many columns the pane has."""
        return max(int(get_app().output.get_size().columns - self._list_width().preferred - 1), 1)

    def _pane(self) -> Fragments:
        item = self.items[self.selected] if self.selected < len(self.items) else None
        if item is None:
            self.pane.show(None, [], None)
            return []
        if item.hit is not None:
            return everywhere.about(item.hit)
        columns = self.pane_columns()
        if self.pane.what != (item, columns):
            self.look(item, columns)
        return self.pane.fragments(self.rows(), columns)

    def look(self, item: Item, columns: int, load: bool = False) -> None:
        """Show an item in the pane; `load` loads a result that is kept on the disk."""
        trace = partial(self.raised.lines, whole=self.unfolded)
        head, make, instead = looked_at.shown(self.history, item, columns, load, trace)
        self.pane.show((item, columns), head, make, instead)

    # -- what keys do --------------------------------------------------------------------------------------------------

    def move(self, step: int) -> None:
        """Go up or down in the list; near its end there is more to be looked for."""
        self.copied = ""
        self.selected = max(0, min(self.selected + step, len(self.items) - 1))
        if self.is_wide and not self.looked_at_all and self.selected + self.rows() >= len(self.items) < MOST:
            self._limit = min(max(self._limit, len(self.items)) * 2, MOST)
            self._ask()

    def chosen(self, source: bool) -> str | None:
        """Return the text to put in for the selected line: `h[3]`, or with `source` what made it; an input as it was typed."""
        self._settle()
        if not self.items:
            return None
        item = self.items[self.selected]
        if item.tab != TABS[0] and item.failure is None:
            return item.text
        return looked_at.source(self.history, item) or None if source else item.name
