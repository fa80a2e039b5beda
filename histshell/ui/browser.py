"""The history browser: results and inputs in a list that is narrowed by typing, with what is chosen on the right."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.containers import HSplit, VSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.dimension import Dimension

from histshell.preview import one_line, preview
from histshell.views import age, fit, one_row, pad

from . import facts

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent
    from prompt_toolkit.styles import BaseStyle

    from histshell.history import History

MOST = 500
"""How many lines the list has at most."""

_SECONDS = 0.15  # how long one narrowing may look through the history
_PREVIEW = 4000

Fragments = list[Any]
"""Pieces of styled text, as prompt_toolkit takes them."""


class Item(NamedTuple):
    """One line of the list: a result by its number, or an input, whose number is 0."""

    number: int
    text: str


class Browser:
    """A full-screen application; `app.run_async()` gives what is to be put into the input, None if nothing was chosen.

    `inputs` is oldest first. Results come first, the newest on top, then inputs.
    """

    def __init__(self, history: History, inputs: Sequence[str], style: BaseStyle | None) -> None:
        self.history = history
        self.inputs = inputs
        self.selected = 0
        self.items: list[Item] = []
        self.looked_at_all = True
        self.search = Buffer(multiline=False, on_text_changed=lambda _: self.narrow())
        self.app: Application[str | None] = Application(
            layout=Layout(self._layout(), focused_element=self.search),
            key_bindings=self._keys(),
            style=style,
            full_screen=True,
            mouse_support=False,
        )
        self.narrow()

    def narrow(self) -> None:
        """Find what matches all words of the search field, in whatever case."""
        words = self.search.text.casefold().split()
        until = time.monotonic() + _SECONDS
        self.selected = 0
        self.items = []
        self.looked_at_all = True
        for count, (item, text) in enumerate(self._candidates()):
            if all(word in text.casefold() for word in words):
                self.items.append(item)
                if len(self.items) >= MOST:
                    self.looked_at_all = False
                    return
            if count % 256 == 255 and time.monotonic() > until:
                self.looked_at_all = False
                return

    def _candidates(self) -> Iterator[tuple[Item, str]]:
        """Each item with the text that is searched in, made when it is come to."""
        for number in range(len(self.history) - 1, 0, -1):
            entry = self.history.entry(number)
            yield Item(number, ""), f"h[{number}] {entry.preview} {entry.source}"
        seen = set()
        for text in reversed(self.inputs):
            if text not in seen:
                seen.add(text)
                yield Item(0, text), text

    # -- the screen ----------------------------------------------------------------------------------------------------

    def _layout(self) -> HSplit:
        label = Window(FormattedTextControl([("class:prompt", " Search: ")]), dont_extend_width=True, height=1)
        top = VSplit([label, Window(BufferControl(self.search), height=1)])
        keys = "Enter: put in   Tab: put in its source   Esc: back"
        bottom = Window(FormattedTextControl(lambda: [("class:status-toolbar", self._summary(keys))]), height=1)
        bottom.style = "class:status-toolbar"
        line = Window(width=1, char="│", style="class:separator")
        rows = VSplit(
            [
                Window(FormattedTextControl(self._list), width=self._list_width, wrap_lines=False),
                line,
                Window(FormattedTextControl(self._preview), wrap_lines=True),
            ]
        )
        return HSplit([top, Window(height=1, char="─", style="class:separator"), rows, bottom])

    def _summary(self, keys: str) -> str:
        found = f"{len(self.items)}{'' if self.looked_at_all else ' or more'} found"
        return f" {found}   {keys}"

    def _rows(self) -> int:
        return max(get_app().output.get_size().rows - 3, 1)

    def _list_width(self) -> Dimension:
        return Dimension.exact(max(int(get_app().output.get_size().columns * 0.55), 10))

    def _list(self) -> Fragments:
        columns = self._list_width().preferred
        rows = self._rows()
        first = max(0, min(self.selected - rows // 2, len(self.items) - rows))
        pieces: Fragments = []
        for place, item in enumerate(self.items[first : first + rows], first):
            chosen = place == self.selected
            style = "class:completion-menu.completion.current" if chosen else ""
            text = self._row(item)
            pieces.append((style, pad(fit(" " + text, columns), columns) + "\n"))
        return pieces or [("", " nothing found\n")]

    def _row(self, item: Item) -> str:
        if not item.number:
            return one_row(item.text)
        try:
            entry = self.history.entry(item.number)
        except IndexError:
            return f"h[{item.number}]  (taken away)"
        return f"h[{item.number}]  {one_line(entry.preview)}"

    def _preview(self) -> Fragments:
        if not self.items:
            return []
        item = self.items[self.selected]
        if not item.number:
            return [("", item.text)]
        try:
            entry = self.history.entry(item.number)
        except IndexError:
            return []
        since = age(entry, time.time())
        about = facts.about(entry.value) + (f", {since} ago" if since else "")
        shown = preview(entry.value, _PREVIEW)
        if shown.startswith("<"):  # nothing but its type can be said without asking it; what was displayed says more
            shown = entry.preview
        pieces: Fragments = [("class:prompt", f"h[{item.number}]"), ("", f"  {about}\n")]
        if entry.source:
            pieces += [("class:pygments.comment", entry.source.strip("\n") + "\n")]
        return [*pieces, ("", "\n" + shown)]

    # -- the keys ------------------------------------------------------------------------------------------------------

    def _keys(self) -> KeyBindings:
        bindings = KeyBindings()

        def move(keys: Sequence[str], by: int, pages: bool = False) -> None:
            def handle(_event: KeyPressEvent) -> None:
                step = by * self._rows() if pages else by
                self.selected = max(0, min(self.selected + step, len(self.items) - 1))

            for key in keys:
                bindings.add(key)(handle)

        move(("up", "c-p"), -1)
        move(("down", "c-n"), 1)
        move(("pageup",), -1, pages=True)
        move(("pagedown",), 1, pages=True)

        @bindings.add("enter")
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result=self.chosen(source=False))

        @bindings.add("tab")
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result=self.chosen(source=True))

        @bindings.add("escape", eager=True)
        @bindings.add("c-c")
        @bindings.add("c-g")
        @bindings.add("f5")
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result=None)

        @bindings.add("c-d")
        def _(event: KeyPressEvent) -> None:
            event.app.exit(result=None)

        return bindings

    def chosen(self, source: bool) -> str | None:
        """The text to put in for the selected line: `h[3]`, or with `source` what made it; an input as it was typed."""
        if not self.items:
            return None
        item = self.items[self.selected]
        if not item.number:
            return item.text
        if source:
            found: Any = self.history.entry(item.number).source.strip("\n")
            return str(found) or None
        return f"h[{item.number}]"
