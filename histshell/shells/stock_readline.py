"""TAB in the C prompt: a completer for GNU readline or libedit, and the list that it shows.

readline hands over a word cut at its own delimiters and puts in what the words that come back have in common. The engine
reads the whole input instead; what it finds is then cut to begin where readline's word does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable, List, Sequence

from histshell.views import fit

from . import stock_answer

if TYPE_CHECKING:
    from .stock_tab import Tab

_SEPARATE = " "
"""One more word, with which the others have no beginning in common: readline then leaves alone what has been typed."""


class Words:
    """What is kept from one TAB to the next, and while readline asks for one word after the other."""

    def __init__(self, tab: Tab, readline: Any) -> None:
        self.tab = tab
        self.readline = readline
        self.words: List[str] = []
        self.place: tuple[str, int] = ("", -1)
        self.answer = stock_answer.Answer()
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

    def find(self, text: str) -> List[str]:
        """The words that may take the place of `text`, which ends at the cursor."""
        cursor = self.readline.get_endidx()
        before = self.tab.inputs.before()
        source = before + self.readline.get_line_buffer()
        begin, cursor = len(before) + cursor - len(text), len(before) + cursor
        again = self.place == (source, cursor)
        self.place = source, cursor
        if not again or not self.answer.completions:
            self.answer = stock_answer.answer(self.tab, source, cursor, again)
            self.page = -1
        completions = self.answer.completions
        if self.answer.signature:
            self.below(self.answer.signature)
        if not completions:
            return []
        start, common = stock_answer.insertion(completions, source, cursor)
        words = []
        for completion in completions:
            word = source[start : completion.start] + completion.text
            if begin < start:
                words.append(source[begin:start] + word)
            elif word.startswith(source[start:begin]):
                words.append(word[begin - start :])
        looser = len(words) > 1 and common == source[start:cursor]
        if looser and not all(word.startswith(text) for word in words):
            words.append(_SEPARATE)
        if len(words) == 1 and text and source[:begin][-1:] in ("'", '"'):
            # After a word that begins behind a quote readline puts that quote, unless there is another word.
            if self.redraw is not None:
                words.append(words[0] + _SEPARATE)
            else:  # the second one would be listed
                words = [words[0].rstrip("])")[:-1]]
        return words

    def show(self, _substitution: str, matches: Sequence[str], _longest: int) -> None:
        """Show the list of words, then the line again. Called by readline, for others' completers too."""
        try:
            columns, rows = _size()
            if self.readline.get_completer() is self.tab.ours and self.answer.completions:
                if len(self.answer.completions) == 1:
                    return
                self.page += 1
                lines = stock_answer.listing(self.answer.completions, columns, rows - 2, self.page)
            else:
                lines = stock_answer.plain_listing(matches, columns, rows - 2)
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
        out.write("\n" + "".join(fit(line, columns - 1) + "\n" for line in lines))
        out.flush()
        self.redraw()


def complete(tab: Tab, text: str, state: int) -> str | None:
    """One word after the other, as `readline.set_completer` asks for them."""
    try:
        readline: Any = sys.modules["readline"]
        words = tab.state
        if type(words) is not Words:
            words = tab.state = Words(tab, readline)
        if state == 0:
            line = readline.get_line_buffer()
            if stock_answer.is_blank(line, readline.get_endidx()):
                words.words = []
                return tab.stock(text, 0) if tab.stock is not None else "\t"
            words.words = words.find(text)
        return words.words[state] if state < len(words.words) else None
    except Exception:  # never into the user's prompt
        return None


def _size() -> tuple[int, int]:
    """The terminal's columns and rows."""
    try:
        size = os.get_terminal_size(1)
        return size.columns or 80, size.lines or 24
    except (OSError, ValueError):
        return 80, 24


def _find_redraw(readline: Any) -> Callable[[], object] | None:
    """The function of the library that draws prompt and line anew, which Python's module does not hand out."""
    try:
        import ctypes  # 3 ms, at the first TAB

        library = ctypes.PyDLL(getattr(readline, "__file__", None))
        redraw = library.rl_forced_update_display
        redraw.argtypes, redraw.restype = [], ctypes.c_int
    except Exception:  # a Python without ctypes, a library without the function
        return None
    return redraw
