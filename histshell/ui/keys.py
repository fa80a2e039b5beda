"""The keys that ptpython has not, or has otherwise: F5, F7, Ctrl-R, Ctrl-Z, Tab, and Enter where an input is whole."""

from __future__ import annotations

import ast
import os
import signal
import time
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import (
    Condition,
    emacs_insert_mode,
    has_focus,
    has_selection,
    vi_insert_mode,
)
from prompt_toolkit.key_binding.bindings.completion import generate_completions

from . import browsing
from .completer import EngineCompleter
from .evaluate import quietly
from .raised import show_whole

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

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
    browsing.bind(editor, raised)

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
