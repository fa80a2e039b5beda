"""TAB in Python's own prompts: what answers, loaded when it is first pressed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from . import tab_pyrepl, tab_readline

if TYPE_CHECKING:
    from histshell.completion.engine import Engine
    from histshell.line_editor import LineEditor, TabKey


class Tab:
    """Answers to TAB in the line editor that asks; `editor` knows where the statement begins."""

    def __init__(self, key: TabKey, engine: Engine, editor: LineEditor) -> None:
        self._key = key
        self._engine = engine
        self._editor = editor
        self._state: Any = None  # what is kept between two of them

    def complete(self, text: str, state: int) -> str | None:
        """Return one word after the other, as `readline.set_completer` asks for them."""
        try:
            if type(self._state) is not tab_readline.Words:
                readline = sys.modules["readline"]
                self._state = tab_readline.Words(self._key, self._engine, self._editor, readline)
            found: str | None = self._state.word(text, state)
            return found
        except Exception:  # never into the user's prompt
            return None

    def press(self, reader: Any) -> bool:
        """Answer in a reader of PyREPL's. False if that is for Python's own command to do."""
        if type(self._state) is not tab_pyrepl.Keys:
            self._state = tab_pyrepl.Keys(self._engine)
        return bool(self._state.press(reader))

    def accept(self, reader: Any) -> None:
        """Make of `x?` what PyREPL can run."""
        if type(self._state) is not tab_pyrepl.Keys:
            self._state = tab_pyrepl.Keys(self._engine)
        self._state.accept(reader)

    def attach(self) -> None:
        """Show lists of words in our way again."""
        if self._state is not None:
            self._state.attach()

    def detach(self) -> None:
        """Leave them to the line editor again."""
        if self._state is not None:
            self._state.detach()
