"""The keys that ptpython has not: F5 opens the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from .editor import Editor


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
