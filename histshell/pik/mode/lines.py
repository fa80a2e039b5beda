"""Reading lines with the editing of the prompt that is there, and leaving no trace in its history or its completer."""

from __future__ import annotations

from histshell import editing
from histshell.pik.mode import notation

_typed: list[str] = []
"""The lines of earlier visits, for the arrow keys."""


class Lines:
    """Reads lines inside a `with` block. TAB completes `words`; lines typed here stay out of Python's input history.

    `more` is the prompt of the further lines of a paste, where the line editor shows one.
    """

    def __init__(self, words: list[str], more: str) -> None:
        self.words = words
        self.more = more
        self._editor = editing.borrowed(notation.spell_tabs)

    def __enter__(self) -> Lines:
        self._editor.begin(_typed, self._complete)
        return self

    def __exit__(self, *exc: object) -> None:
        _typed[:] = self._editor.end()[-500:]

    def read(self, prompt: str) -> str:
        """Return one line without its newline, or the lines of a paste. Raises EOFError at the end of the input."""
        return self._editor.read(prompt, self.more)

    def _complete(self, text: str, state: int) -> str | None:
        line = self._editor.line()
        if not line.startswith(":"):  # nothing to complete: a tab, such as one in a text that is pasted key by key
            matches = [text + notation.spell_tabs(line + "\t")[len(line) :]]
        else:
            matches = [word for word in self.words if word.startswith(text)] if text.startswith(":") else []
        return matches[state] if state < len(matches) else None
