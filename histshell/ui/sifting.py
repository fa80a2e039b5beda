"""Looking for words in results, inputs and errors, for the browser: in a thread of its own, so that typing never waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from histshell import finding

if TYPE_CHECKING:
    from histshell.history import History

_SECONDS = 3.0  # that one search may take
_PAUSE = 0.02
"""Seconds between a key and the search for it: what was typed is drawn first, and quick typing is one question."""

_EVERY = 0.1  # seconds between two answers
_KEPT = 16 << 20
"""How many characters of the texts of values are kept for the next key; those of others are made again."""

Answer = Callable[[tuple[str, ...], "list[Any]", bool], object]
"""What is called in the thread, with the words, what was found so far, and whether that is all."""


class Sifter:
    """Looks for what is asked for last; what is asked for meanwhile is forgotten. It keeps texts of values as long as it lives.

    `wait` is called before each row that is looked at.
    """

    def __init__(self, history: History, most: int, wait: Callable[[], object] = lambda: None) -> None:
        self._wait = wait
        self.history = history
        self.most = most
        self._lock = threading.Lock()
        self._wanted: tuple[tuple[str, ...], Iterable[tuple[Any, int, str]], Answer] | None = None
        self._at_work = False
        self._asked = 0
        self._texts: dict[int, tuple[object, str]] = {}
        self._size = 0

    def ask(self, words: tuple[str, ...], rows: Iterable[tuple[Any, int, str]], answer: Answer) -> None:
        """Look for rows in which all words occur: what is found, the number of a result or 0, and a text."""
        with self._lock:
            self._wanted = words, rows, answer
            self._asked += 1
            if self._at_work:
                return
            self._at_work = True
        try:
            threading.Thread(target=self._work, name="histshell sifter", daemon=True).start()
        except RuntimeError:
            self._at_work = False

    def cancel(self) -> None:
        """Let go of what was asked for."""
        with self._lock:
            self._wanted = None
            self._asked += 1

    def forget(self) -> None:
        """Let go of what was asked for, and of the texts."""
        self.cancel()
        self._texts, self._size = {}, 0

    def _work(self) -> None:
        while True:
            time.sleep(_PAUSE)
            with self._lock:
                wanted, self._wanted, asked = self._wanted, None, self._asked
                if wanted is None:
                    self._at_work = False
                    return
            try:
                self._sift(asked, *wanted)
            except Exception:  # the browser has been left
                pass

    def _sift(self, asked: int, words: tuple[str, ...], rows: Iterable[tuple[Any, int, str]], answer: Answer) -> None:
        folded = [word.casefold() for word in words]
        found: list[Any] = []
        until = time.monotonic() + _SECONDS
        told = time.monotonic()
        is_all = True
        for row, number, text in rows:
            if self._asked != asked:  # something else is wanted by now
                return
            self._wait()
            if self._fits(folded, number, text):
                found.append(row)
            now = time.monotonic()
            if len(found) >= self.most or now > until:
                is_all = False
                break
            if found and now > told + _EVERY:
                told = now
                answer(words, list(found), False)
        answer(words, found, is_all)

    def _fits(self, words: list[str], number: int, text: str) -> bool:
        text = text.casefold()
        left = [word for word in words if word not in text]
        if not left or not number:
            return not left
        entry = self.history.entry(number)
        for part in finding.known(entry):
            part = part.casefold()
            left = [word for word in left if word not in part]
        return not left or all(word in self._text(number, entry.there) for word in left)

    def _text(self, number: int, value: object) -> str:
        """Return the text of a value, folded; made anew for one that may have changed, or did not fit in."""
        kept = self._texts.get(number)
        if kept is not None and kept[0] is value:
            return kept[1]
        text = finding.value_text(value).casefold()
        if self._size + len(text) <= _KEPT:
            self._size += len(text)
            self._texts[number] = value, text
        return text
