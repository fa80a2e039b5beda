"""The keys that ptpython has not, or has otherwise: F5, Ctrl-Z, and Enter where an input is whole."""

from __future__ import annotations

import ast
import os
import signal
import time
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, emacs_insert_mode, has_focus, has_selection, vi_insert_mode

from .evaluate import quietly

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from .editor import Editor

_COMPOUND = frozenset(
    (
        "FunctionDef", "AsyncFunctionDef", "ClassDef", "For", "AsyncFor", "While", "If", "With", "AsyncWith", "Try", "TryStar",
        "Match",
    )
)  # fmt: skip

_MOMENT = 0.1
"""The seconds that a signal has to reach the process; they go on after it was stopped."""


def bind(editor: Editor) -> None:
    """Add our keys to an editor's own."""

    @editor.add_key_binding("f5")
    def _(event: KeyPressEvent) -> None:
        """Open the browser of results and inputs; what is chosen there is put in at the cursor."""
        from prompt_toolkit.application import in_terminal

        from .browser import Browser

        browser = Browser(editor.face.history, editor.inputs.get_strings(), editor.app.style)

        async def browse() -> None:
            async with in_terminal():
                chosen = await browser.app.run_async()
            if chosen:
                editor.default_buffer.insert_text(chosen)

        event.app.create_background_task(browse())

    @editor.add_key_binding("c-z", filter=Condition(lambda: editor.enable_system_bindings))
    def _(_event: KeyPressEvent) -> None:
        """Stop, for the shell's `fg` to go on."""
        suspend()

    whole = Condition(
        lambda: not editor.paste_mode and is_whole(get_app().current_buffer.document.text, editor.flags())
    )
    at_end = Condition(lambda: not get_app().current_buffer.document.text_after_cursor.strip())
    typing = (vi_insert_mode | emacs_insert_mode) & has_focus(DEFAULT_BUFFER) & ~has_selection

    @editor.add_key_binding("enter", filter=typing & at_end & whole)
    def _(event: KeyPressEvent) -> None:
        """Run what needs no empty line at its end: several lines, the last of which belongs to no block."""
        event.current_buffer.validate_and_handle()


def is_whole(text: str, flags: int) -> bool:
    """Whether several lines are Python that can be run as they stand, and do not end in a block that may go on."""
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
