"""TAB in the C prompt: a completer for GNU readline or libedit, and the list that it shows.

readline hands over a word cut at its own delimiters and puts in what the words that come back have in common. The engine
reads the whole input instead; what it finds is then cut to begin where readline's word does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable, List, Sequence

from histshell.interrupts import Deferred
from histshell.views import fit, width

from . import answer

if TYPE_CHECKING:
    from histshell.completion.engine import Engine
    from histshell.line_editor import LineEditor, TabKey

_SEPARATE = " "
"""One more word, with which the others have no beginning in common: readline then leaves alone what has been typed."""


class Words:
    """What is kept from one TAB to the next, and while readline asks for one word after the other."""

    def __init__(self, key: TabKey, engine: Engine, editor: LineEditor, readline: Any) -> None:
        self.key = key
        self.engine = engine
        self.editor = editor
        self.readline = readline
        self.words: List[str] = []
        self.place: tuple[str, int] = ("", -1)
        self.answer = answer.Answer()
        self.page = -1  # of a long list, the one that has been shown
        self.redraw = _find_redraw(readline)
        self.attach()

    def attach(self) -> None:
        """Show the list of words in our way, if the line can be drawn again after it."""
        if self.redraw is not None and hasattr(self.readline, "set_completion_display_matches_hook"):
            self.readline.set_completion_display_matches_hook(self.show)

    def detach(self) -> None:
        """Let readline show its lists itself again."""
        if self.redraw is not None and hasattr(self.readline, "set_completion_display_matches_hook"):
            self.readline.set_completion_display_matches_hook(None)

    def word(self, text: str, state: int) -> str | None:
        """Return the word of that number, from 0 on; None after the last. With no text in a line that is blank it is
        Python's own tab.
        """
        if state == 0:
            if not text and answer.is_blank(self.readline.get_line_buffer(), self.readline.get_endidx()):
                self.words = []
                return self.key.stock(text, 0) if self.key.stock is not None else "\t"
            self.words = self.find(text)
        return self.words[state] if state < len(self.words) else None

    def find(self, text: str) -> List[str]:
        """Return the words that may take the place of `text`, which ends at the cursor."""
        cursor = self.readline.get_endidx()
        before = self.editor.before()
        line = self.readline.get_line_buffer()
        if not line[:cursor].endswith(text):  # a program asks, and no key: Emacs does
            return self.going_on(text)
        buffer = before + line
        begin, cursor = len(before) + cursor - len(text), len(before) + cursor
        again = self.place == (buffer, cursor)
        self.place = buffer, cursor
        if not again or not self.answer.completions:
            self.answer = self.ask(buffer, cursor, self.answer if again else None)
            self.page = -1
        completions = self.answer.completions
        columns, rows = _size()
        self.below(self.answer.below(columns, rows - 2))
        if not completions:
            return []
        start, common = answer.insertion(completions, buffer, cursor)
        words = []
        for completion in completions:
            word = buffer[start : completion.start] + completion.text
            if begin < start:
                words.append(buffer[begin:start] + word)
            elif word.startswith(buffer[start:begin]):
                words.append(word[begin - start :])
        looser = len(words) > 1 and common == buffer[start:cursor]
        if looser and not all(word.startswith(text) for word in words):
            words.append(_SEPARATE)
        if len(words) == 1 and text and buffer[:begin][-1:] in ("'", '"'):
            # After a word that begins behind a quote readline puts that quote, unless there is another word.
            if self.redraw is not None:
                words.append(words[0] + _SEPARATE)
            else:  # the second one would be listed
                words = [words[0].rstrip("])")[:-1]]
        return words

    def ask(self, buffer: str, cursor: int, before: answer.Answer | None) -> answer.Answer:
        """Return the answer at a place. While jedi is waited for a line below says so, and is taken away again."""
        said: List[str] = []

        def say() -> None:
            out = sys.__stdout__
            if self.redraw is not None and out is not None and out.isatty():
                said.append(answer.WAITS)
                out.write("\n" + fit(answer.WAITS, _size()[0] - 1))
                out.flush()

        try:
            return answer.answer(self.engine, buffer, cursor, before, 0, say)
        finally:
            if said:
                with Deferred():
                    self._unsay(buffer)

    def _unsay(self, buffer: str) -> None:
        """Take away the line that says what is waited for."""
        out = sys.__stdout__
        if out is None or self.redraw is None:
            return
        # Up again if the whole line is in one row; if it is in several, it is drawn once more below.
        prompt = getattr(sys, "ps2" if "\n" in buffer else "ps1", None)
        whole = str.__str__(prompt) + buffer.rpartition("\n")[2] if isinstance(prompt, str) else ""
        is_one = whole and width(whole) < _size()[0] and os.environ.get("TERM", "dumb") != "dumb"
        blank = " " * min(len(answer.WAITS), _size()[0] - 1)
        out.write(f"\r{blank}\r" + ("\033[A" if is_one else ""))
        out.flush()
        self.redraw()

    def going_on(self, text: str) -> List[str]:
        """Return the words that begin with `text`, whatever line stands there."""
        completions = answer.answer(self.engine, text, len(text)).completions
        words = [text[: completion.start] + completion.text for completion in completions]
        return [word for word in words if word.startswith(text)]

    def show(self, _substitution: str, matches: Sequence[str], _longest: int) -> None:
        """Show the list of words, then the line again. Called by readline, for others' completers too."""
        try:
            columns, rows = _size()
            if self.readline.get_completer() is self.key.ours and self.answer.completions:
                if len(self.answer.completions) == 1:
                    return
                self.page += 1
                lines = answer.listing(self.answer.completions, columns, rows - 2, self.page)
            else:
                lines = answer.plain_listing(matches, columns, rows - 2)
            self.below(lines)
        except Exception:  # never into the user's prompt
            pass

    def below(self, lines: Sequence[str]) -> None:
        """Write lines under the prompt, and the prompt with its line again under them."""
        if self.redraw is None or not lines:
            return
        columns, _ = _size()
        out = sys.__stdout__
        if out is None:
            return
        text = "\n" + "".join(fit(line, columns - 1) + "\n" for line in lines)
        with Deferred():
            out.write(text)
            out.flush()
            self.redraw()


def _size() -> tuple[int, int]:
    """Return the terminal's columns and rows."""
    try:
        size = os.get_terminal_size(1)
        return size.columns or 80, size.lines or 24
    except (OSError, ValueError):
        return 80, 24


def _find_redraw(readline: Any) -> Callable[[], object] | None:
    """Return the function of the library that draws prompt and line anew, which Python's module does not hand out."""
    try:
        import ctypes  # 3 ms, at the first TAB

        library = ctypes.PyDLL(getattr(readline, "__file__", None))
        redraw = library.rl_forced_update_display
        redraw.argtypes, redraw.restype = [], ctypes.c_int
    except Exception:  # a Python without ctypes, a library without the function
        return None
    return redraw
