"""The inputs of all sessions, for the browser: looked for in a thread of its own, so that typing never waits for it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from histshell.preview import printable
from histshell.views import one_row

if TYPE_CHECKING:
    from histshell.journal.search import Hit, Searcher

Fragments = list[Any]
"""Pieces of styled text, as prompt_toolkit takes them."""

Answer = Callable[[tuple[str, ...], "list[Hit]", bool, str], object]
"""What is called with an answer, in the thread: the words, what was found, whether that is all, and what to say of it."""

_PAUSE = 0.02
"""Seconds between a key and the search for it: what was typed is drawn first, and quick typing is one question."""

_FRESH = 2.0
"""How long what other sessions type may stay unseen, in seconds."""


class Finder:
    """Looks for what is asked for last; what is asked for meanwhile is forgotten. One a prompt: it keeps what it has read."""

    def __init__(self) -> None:
        self._searcher: Searcher | None = None
        self._lock = threading.Lock()
        self._wanted: tuple[tuple[str, ...], int, Answer] | None = None
        self._at_work = False

    def ask(self, words: tuple[str, ...], limit: int, answer: Answer) -> None:
        """Look for the newest inputs in which all words occur, at most so many."""
        with self._lock:
            self._wanted = words, limit, answer
            if self._at_work:
                return
            self._at_work = True
        try:
            threading.Thread(target=self._work, name="histshell search", daemon=True).start()
        except RuntimeError:
            self._at_work = False

    def forget(self) -> None:
        """Let go of what was asked for."""
        with self._lock:
            self._wanted = None

    def _work(self) -> None:
        while True:
            time.sleep(_PAUSE)
            with self._lock:
                wanted, self._wanted = self._wanted, None
                if wanted is None:
                    self._at_work = False
                    return
            words, limit, answer = wanted
            try:
                found, said = self._find(words, limit, answer), ""
            except Exception as error:
                found, said = [], f"it cannot be searched: {type(error).__name__}"
            self._answer(words, limit, answer, found, said)

    def _find(self, words: tuple[str, ...], limit: int, answer: Answer) -> list[Hit]:
        from histshell.journal.search import Query, Searcher

        def progress(done: int, total: int) -> None:
            if total > 1 << 20:
                self._answer(words, limit, answer, [], f"reading the journals: {done * 100 // total} %")

        if self._searcher is None:
            self._searcher = Searcher(every=_FRESH)
        self._searcher.progress = progress
        return self._searcher.find(Query(words), limit, distinct=True)

    def _answer(self, words: tuple[str, ...], limit: int, answer: Answer, found: list[Hit], said: str) -> None:
        with self._lock:
            if self._wanted is not None:  # something else is asked for by now
                return
        try:
            answer(words, found, len(found) < limit, said)
        except Exception:  # the browser has been left
            pass


def row(hit: Hit) -> str:
    """Return a line of the list: how long ago, where, and what."""
    return f"{ago(hit):>4} {_folder(hit):<16}  {one_row(hit.source)}"


def about(hit: Hit) -> Fragments:
    """Return all that is known of an input, to be shown beside the list."""
    one, session = hit.input, hit.session
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(hit.when)) if hit.when > 0 else "nobody knows when"
    of = f"{session.shell or 'python'}{' ' + session.python if session.python else ''}"
    lines = [f"{when}, {ago(hit)} ago", f"in {home_for_tilde(one.cwd) or '?'}", f"on {session.host or '?'}, {of}"]
    pieces: Fragments = [("", f"{printable(line)}\n") for line in lines]
    took = f" in {one.seconds:.3g} s" if one.seconds is not None else ""
    if one.outcome == "failed":
        outcome = f"failed{took}: {hit.preview}"
    elif one.outcome == "ok":
        outcome = f"ok{took}"
    else:
        outcome = "nobody knows how it ended"
    pieces += [("", printable(outcome) + "\n\n"), ("class:pygments.comment", escaped(hit.source.strip("\n")) + "\n")]
    if one.outcome != "failed":
        for result in one.results[:20]:
            pieces += [("class:prompt", f"\nh[{result.number}]"), ("", f"  {printable(result.type)}\n")]
            pieces += [("", escaped(result.preview) + "\n")]
    return pieces


def ago(hit: Hit) -> str:
    """Return how long ago an input was typed, in its largest unit."""
    seconds = max(0, int(time.time() - hit.when))
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def escaped(text: str) -> str:
    """Return a text of several lines in which nothing does anything to a terminal."""
    return "\n".join(printable(line.expandtabs(4)) for line in text.split("\n"))


def home_for_tilde(folder: str) -> str:
    """Return a folder as a person writes it."""
    home = os.path.expanduser("~")
    return "~" + folder[len(home) :] if folder == home or folder.startswith(home + os.sep) else folder


def _folder(hit: Hit) -> str:
    """Return the end of the folder's path, of 16 characters at most."""
    name = printable(home_for_tilde(hit.input.cwd))
    return name if len(name) <= 16 else "…" + name[-15:]
