"""Reading lines with the editing of the prompt that is there, and leaving no trace in its history or its completer."""

from __future__ import annotations

import sys
from typing import Any, Callable

Completer = Callable[[str, int], "str | None"]

_typed: list[str] = []
"""The lines of earlier visits, for the arrow keys."""


class Lines:
    """Reads lines inside a `with` block. TAB completes `words`; lines typed here stay out of Python's input history."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self._editor = _editor()

    def __enter__(self) -> Lines:
        self._editor.begin(_typed, self._complete)
        return self

    def __exit__(self, *exc: object) -> None:
        _typed[:] = self._editor.end()[-500:]

    def read(self, prompt: str) -> str:
        """One line without its newline. Raises EOFError at the end of the input."""
        return input(prompt)

    def _complete(self, text: str, state: int) -> str | None:
        matches = [word for word in self.words if word.startswith(text)] if text.startswith(":") else []
        return matches[state] if state < len(matches) else None


class _NoEditor:
    """Without line editing there is nothing to keep apart."""

    def begin(self, typed: list[str], complete: Completer) -> None:
        """Start."""

    def end(self) -> list[str]:
        """Stop; give the lines typed here."""
        return []


class _Readline(_NoEditor):
    """GNU readline, or libedit."""

    def __init__(self, readline: Any) -> None:
        self.readline = readline

    def begin(self, typed: list[str], complete: Completer) -> None:
        readline = self.readline
        self.length = readline.get_current_history_length()
        for line in typed:
            readline.add_history(line)
        self.old = readline.get_completer(), readline.get_completer_delims()
        readline.set_completer(complete)
        readline.set_completer_delims(" ")

    def end(self) -> list[str]:
        readline = self.readline
        readline.set_completer(self.old[0])
        readline.set_completer_delims(self.old[1])
        last = readline.get_current_history_length()
        typed = [readline.get_history_item(index) or "" for index in range(self.length + 1, last + 1)]
        for index in range(last - 1, self.length - 1, -1):
            readline.remove_history_item(index)
        return typed


class _PyRepl(_NoEditor):
    """The reader of Python 3.13 and later; its parts have no public names, so each is looked at before it is used."""

    def __init__(self, wrapper: Any) -> None:
        self.wrapper = wrapper

    def begin(self, typed: list[str], complete: Completer) -> None:
        reader = self.wrapper.get_reader()
        self.length = len(reader.history)
        reader.history.extend(typed)
        self.config = self.wrapper.config
        self.old = self.config.readline_completer
        self.config.readline_completer = complete

    def end(self) -> list[str]:
        self.config.readline_completer = self.old
        history = self.wrapper.get_reader().history
        typed = list(history[self.length :])
        del history[self.length :]
        return typed


def _editor() -> _NoEditor:
    """The line editor that `input()` uses now."""
    if sys.stdin is None or not sys.stdin.isatty():
        return _NoEditor()
    pyrepl: Any = sys.modules.get("_pyrepl.readline")
    wrapper = getattr(pyrepl, "_wrapper", None)
    if getattr(pyrepl, "raw_input", None) is not None and hasattr(wrapper, "get_reader") and hasattr(wrapper, "config"):
        return _PyRepl(wrapper)
    readline = sys.modules.get("readline")
    if readline is not None and hasattr(readline, "remove_history_item"):
        return _Readline(readline)
    return _NoEditor()
