"""What each key does in the history browser: in its list, and in what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings

from . import clipboard, looked_at
from .looked_at import TABS

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from .browser import Browser


def bindings_of(browser: Browser) -> KeyBindings:
    """Return what each key does in *browser*."""
    bindings = KeyBindings()

    aside = Condition(lambda: browser.in_pane)

    def move(keys: Sequence[str], by: int, pages: bool = False) -> None:
        def handle(_event: KeyPressEvent) -> None:
            browser.move(by * browser.rows() if pages else by)

        for key in keys:
            bindings.add(key, filter=~aside)(handle)

    move(("up", "c-p"), -1)
    move(("down", "c-n"), 1)
    move(("pageup",), -1, pages=True)
    move(("pagedown",), 1, pages=True)
    _bind_pane(browser, bindings, aside)

    @bindings.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=browser.chosen(source=False))

    @bindings.add("tab")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=browser.chosen(source=True))

    @bindings.add("right", filter=~aside)
    def _(event: KeyPressEvent) -> None:
        if browser.is_wide and browser.search.document.is_cursor_at_the_end:
            event.app.exit(result=browser.chosen(source=True))
        else:
            browser.search.cursor_right()

    @bindings.add("c-r")
    def _(_event: KeyPressEvent) -> None:
        if browser.is_wide:
            browser.move(1)
        else:
            browser.turn(wide=True)

    @bindings.add("f5", filter=Condition(lambda: browser.is_wide))
    def _(_event: KeyPressEvent) -> None:
        browser.turn(wide=False)

    @bindings.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if not browser.pane.interrupt():
            event.app.exit(result=None)

    @bindings.add("escape", eager=True, filter=~aside)
    @bindings.add("c-g", filter=~aside)
    @bindings.add("f5", filter=Condition(lambda: not browser.is_wide))
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    @bindings.add("c-d")
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    return bindings


def _bind_pane(browser: Browser, bindings: KeyBindings, aside: Condition) -> None:
    """Add the keys for what stands on the right, and for the tabs."""
    here = Condition(lambda: not browser.is_wide)
    for key in ("up", "down", "pageup", "pagedown", "home", "end", "left", "right"):

        def scroll(_event: KeyPressEvent, key: str = key) -> None:
            browser.pane.scroll(key, browser.rows(), browser.pane_columns())

        bindings.add(key, filter=aside)(scroll)

    @bindings.add("f6", filter=here)
    def _(_event: KeyPressEvent) -> None:
        browser.in_pane, browser.copied = not browser.in_pane and bool(browser.items), ""

    @bindings.add("escape", eager=True, filter=aside)
    @bindings.add("c-g", filter=aside)
    def _(_event: KeyPressEvent) -> None:
        browser.in_pane = False

    @bindings.add("c-t", filter=here)
    def _(_event: KeyPressEvent) -> None:
        browser.turn(False, TABS[(TABS.index(browser.tab) + 1) % len(TABS)])

    @bindings.add("c-l", filter=here)
    def _(_event: KeyPressEvent) -> None:
        if browser.items:
            browser.look(browser.items[browser.selected], browser.pane_columns(), load=True)

    @bindings.add("f7", filter=here)
    def _(_event: KeyPressEvent) -> None:
        browser.unfolded = not browser.unfolded
        if browser.items and browser.items[browser.selected].failure is not None:
            browser.look(browser.items[browser.selected], browser.pane_columns())

    @bindings.add("f8")
    @bindings.add("f9")
    def _(event: KeyPressEvent) -> None:
        if browser.items:
            item = browser.items[browser.selected]
            source = event.key_sequence[-1].key == "f9" or (item.tab != TABS[0] and item.failure is None)
            text = looked_at.source(browser.history, item) if source else browser.pane.text()
            browser.copied = clipboard.copy(event.app.output, text, "the input" if source else item.name)
