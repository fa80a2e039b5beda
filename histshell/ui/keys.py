"""The keys that ptpython has not, or has otherwise: F5, F7, Ctrl-R, Ctrl-Z, Tab, and Enter where an input is whole."""

from __future__ import annotations

import ast
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import (
    Condition,
    emacs_insert_mode,
    has_focus,
    has_selection,
    vi_insert_mode,
    vi_navigation_mode,
)
from prompt_toolkit.key_binding.bindings.completion import generate_completions

from .completer import EngineCompleter
from .evaluate import quietly
from .everywhere import Finder
from .raised import show_whole

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding.key_processor import KeyPress, KeyPressEvent

    from .editor import Editor
    from .raised import Raised

_COMPOUND = frozenset(
    (
        "FunctionDef", "AsyncFunctionDef", "ClassDef", "For", "AsyncFor", "While", "If", "With", "AsyncWith", "Try", "TryStar",
        "Match",
    )
)  # fmt: skip

_AGAIN = 0.01
"""The seconds until completions are asked for again, where a search goes on that typing began."""

_MOMENT = 0.1
"""The seconds that a signal has to reach the process; they go on after it was stopped."""


def bind(editor: Editor, raised: Raised) -> None:
    """Add our keys to an editor's own; `raised` is what has shown the last traceback."""
    finder = Finder()
    opening: list[list[KeyPress]] = []  # the keys that are pressed while a browser opens, which it gets

    @editor.add_key_binding("<any>", filter=Condition(lambda: bool(opening)), eager=True)
    def _(event: KeyPressEvent) -> None:
        opening[-1].extend(event.key_sequence)

    def browse(event: KeyPressEvent, is_wide: bool) -> None:
        from asyncio import sleep

        from prompt_toolkit.application import in_terminal
        from prompt_toolkit.document import Document
        from prompt_toolkit.input.typeahead import get_typeahead, store_typeahead

        from .browser import Browser

        style, buffer = editor.app.style, editor.default_buffer
        inputs, terminal = editor.inputs.get_strings(), editor.terminal.input()
        own = editor.inputs.added
        browser = Browser(editor.editor_options.history, inputs, own, style, finder, raised, is_wide, terminal)

        async def run() -> None:
            async with in_terminal():
                store_typeahead(terminal, opening.pop())
                try:
                    chosen = await browser.app.run_async()
                finally:
                    browser.close()
                    behind = get_typeahead(terminal)  # keys that were read with the one that left it
                    take_over(event.app.input, terminal)
            if chosen and is_wide:
                buffer.save_to_undo_stack()
                buffer.document = Document(chosen)
            elif chosen:
                buffer.insert_text(chosen)
            event.app.key_processor.feed_multiple(behind)
            event.app.key_processor.process_keys()
            await sleep(event.app.ttimeoutlen or 0)  # for the rest of a key; without one it was Escape
            event.app.key_processor.feed_multiple(event.app.input.flush_keys())
            event.app.key_processor.process_keys()

        opening.append([])
        event.app.create_background_task(run())

    @editor.add_key_binding("f5")
    def _(event: KeyPressEvent) -> None:
        """Open the browser of results and inputs; what is chosen there is put in at the cursor."""
        browse(event, is_wide=False)

    ours = Condition(lambda: editor.inputs.is_wide)

    @editor.add_key_binding("c-r", filter=ours & has_focus(DEFAULT_BUFFER) & ~vi_navigation_mode)
    def _(event: KeyPressEvent) -> None:
        """Open it at the inputs of all sessions; what is chosen is the line then."""
        browse(event, is_wide=True)

    @editor.add_key_binding("f7")
    def _(_event: KeyPressEvent) -> None:
        """Show the frames of the last traceback that were folded, above the line."""
        show_whole(raised)

    @editor.add_key_binding("c-z", filter=Condition(lambda: editor.enable_system_bindings))
    def _(_event: KeyPressEvent) -> None:
        """Stop, for the shell's `fg` to go on."""
        suspend()

    @editor.add_key_binding("up", filter=Condition(lambda: not editor.inputs.is_there), eager=True)
    def _(event: KeyPressEvent) -> None:
        """Wait for the inputs, which are being read when the first prompt is there."""
        from asyncio import sleep

        async def wait() -> None:
            for _ in range(300):
                if editor.inputs.is_there:
                    break
                await sleep(0.01)
            editor.inputs.is_there = True
            event.app.key_processor.feed_multiple(event.key_sequence)
            event.app.key_processor.process_keys()

        event.app.create_background_task(wait())

    whole = Condition(
        lambda: not editor.paste_mode and is_whole(get_app().current_buffer.document.text, editor.flags())
    )
    at_end = Condition(lambda: not get_app().current_buffer.document.text_after_cursor.strip())
    typing = (vi_insert_mode | emacs_insert_mode) & has_focus(DEFAULT_BUFFER) & ~has_selection

    @editor.add_key_binding("enter", filter=typing & at_end & whole)
    def _(event: KeyPressEvent) -> None:
        """Run what needs no empty line at its end: several lines, the last of which belongs to no block."""
        event.current_buffer.validate_and_handle()

    indents = Condition(lambda: not get_app().current_buffer.document.current_line_before_cursor.strip())
    source = editor.source_of_completions

    @editor.add_key_binding("tab", filter=typing & ~indents & Condition(lambda: not editor.show_sidebar))
    def _(event: KeyPressEvent) -> None:
        """Go through the menu, or ask for it; what is being looked for without having been asked for gives way."""
        buffer = event.current_buffer
        if isinstance(source, EngineCompleter) and not (buffer.complete_state and buffer.complete_state.completions):
            event.app.create_background_task(_ask(source, buffer))
        else:
            generate_completions(event)


def take_over(own: Input, other: Input) -> None:
    """Go on reading where another input of the same terminal has ended: perhaps in the middle of a key, of a paste, of a letter."""
    parts = ("vt100_parser", "stdin_reader")  # on Windows there are none: each key comes whole
    if all(hasattr(one, part) for one in (own, other) for part in parts) and own.fileno() == other.fileno():
        parser: Any = getattr(other, parts[0])
        parser.feed_key_callback = getattr(own, parts[0]).feed_key_callback
        for part in parts:
            setattr(own, part, getattr(other, part))


async def _ask(source: EngineCompleter, buffer: Buffer) -> None:
    """Ask for completions. Until a search that has begun is over, prompt_toolkit forgets that it was asked for another."""
    from asyncio import sleep

    document, before = buffer.document, source.asked
    buffer.complete_state, source.is_wanted = None, True
    while source.asked == before and buffer.document == document and not buffer.complete_state:
        buffer.start_completion(insert_common_part=True)
        await sleep(_AGAIN)
    source.is_wanted = False


def is_whole(text: str, flags: int) -> bool:
    """Return whether several lines are Python that can be run as they stand, and do not end in a block that may go on."""
    if "\n" not in text.strip("\n") or text.endswith("\\"):
        return False
    try:
        body = quietly(text, flags | ast.PyCF_ONLY_AST).body
    except Exception:  # not yet, or not at all
        return False
    return bool(body) and type(body[-1]).__name__ not in _COMPOUND


def suspend() -> None:
    """Stop the process and those it runs with, as Ctrl-Z does, and come back to the prompt.

    The signal is for the process, and stops this thread a moment after it was sent. By then the terminal must not be in its raw
    mode again, for the shell to find it so.
    """
    if not hasattr(signal, "SIGTSTP"):
        return
    from prompt_toolkit.application.run_in_terminal import run_in_terminal

    def stop() -> None:
        os.kill(0, signal.SIGTSTP)
        time.sleep(_MOMENT)

    run_in_terminal(stop)
