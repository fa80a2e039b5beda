"""F5 and Ctrl-R: the history browser over the prompt, and back; no key that is pressed meanwhile is lost."""

from __future__ import annotations

from asyncio import sleep
from typing import TYPE_CHECKING, Any

from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus, vi_navigation_mode

from .everywhere import Finder

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding.key_processor import KeyPress, KeyPressEvent

    from .browser import Browser
    from .editor import Editor
    from .raised import Raised


def bind(editor: Editor, raised: Raised) -> None:
    """Open the browser by F5 and, at the inputs of all sessions, by Ctrl-R."""
    opener = _Opener(editor, raised)

    @editor.add_key_binding("<any>", filter=Condition(lambda: bool(opener.opening)), eager=True)
    def _(event: KeyPressEvent) -> None:
        opener.opening[-1].extend(event.key_sequence)

    @editor.add_key_binding("f5")
    def _(event: KeyPressEvent) -> None:
        """Open the browser of results and inputs; what is chosen there is put in at the cursor."""
        opener.browse(event, is_wide=False)

    ours = Condition(lambda: editor.inputs.is_wide)

    @editor.add_key_binding("c-r", filter=ours & has_focus(DEFAULT_BUFFER) & ~vi_navigation_mode)
    def _(event: KeyPressEvent) -> None:
        """Open it at the inputs of all sessions; what is chosen is the line then."""
        opener.browse(event, is_wide=True)


class _Opener:
    """Opens browsers over an editor, and brings back what was chosen and typed in them."""

    def __init__(self, editor: Editor, raised: Raised) -> None:
        self._editor = editor
        self._raised = raised
        self._finder = Finder()
        self.opening: list[list[KeyPress]] = []  # the keys that are pressed while a browser opens, which it gets

    def browse(self, event: KeyPressEvent, is_wide: bool) -> None:
        """Open a browser; the task that it runs in ends with it."""
        from . import browser_keys
        from .browser import Browser

        editor, terminal = self._editor, self._editor.terminal.input()
        history, inputs, own = editor.editor_options.history, editor.inputs.get_strings(), editor.inputs.added
        browser = Browser(
            history, inputs, own, editor.app.style, self._finder, self._raised, is_wide, terminal,
            bindings=browser_keys.bindings_of,
        )  # fmt: skip
        self.opening.append([])
        event.app.create_background_task(self._run(browser, event, terminal))

    async def _run(self, browser: Browser, event: KeyPressEvent, terminal: Input) -> None:
        """Run a browser, put in what was chosen there, and go on with the keys behind the one that left it."""
        from prompt_toolkit.application import in_terminal
        from prompt_toolkit.document import Document
        from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead

        buffer = self._editor.default_buffer
        wide = browser.is_wide
        async with in_terminal():
            store_typeahead(terminal, self.opening.pop())
            try:
                chosen = await browser.app.run_async()
            finally:
                browser.close()
                behind = get_typeahead(terminal)  # keys that were read with the one that left it
                take_over(event.app.input, terminal)
        if chosen and wide:
            buffer.save_to_undo_stack()
            buffer.document = Document(chosen)
        elif chosen:
            buffer.insert_text(chosen)
        keys = event.app.key_processor
        keys.feed_multiple(behind)
        keys.process_keys()
        await sleep(event.app.ttimeoutlen or 0)  # for the rest of a key; without one it was Escape
        keys.feed_multiple(event.app.input.flush_keys())
        keys.process_keys()


def take_over(own: Input, other: Input) -> None:
    """Go on reading where another input of the same terminal has ended: perhaps in the middle of a key, of a paste, of a letter."""
    parts = ("vt100_parser", "stdin_reader")  # on Windows there are none: each key comes whole
    if all(hasattr(one, part) for one in (own, other) for part in parts) and own.fileno() == other.fileno():
        parser: Any = getattr(other, parts[0])
        parser.feed_key_callback = getattr(own, parts[0]).feed_key_callback
        for part in parts:
            setattr(own, part, getattr(other, part))
