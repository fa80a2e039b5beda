"""What the arrow keys and Ctrl-R of Python's own prompts offer: the inputs of all sessions, newest last, each once.

They are in the line editor's memory while it needs them, and Python's own file of inputs never has them. PyREPL, CPython's or
PyPy's, keeps its memory in a list: the inputs are put in when it asks for a statement and taken out when it has read one. GNU
readline takes 2 µs for each, so there they stay from the second prompt on, are taken out before Python writes its file at the end,
and while an input runs that names `readline` or `history`.

The input that was typed here last stays the last one, whatever other sessions have typed since: so it is what the arrow key brings
first, and readline, which does not take a line that is like the last one, takes what it would have taken.
"""

from __future__ import annotations

import atexit
import sys
from _thread import start_new_thread
from time import time
from typing import TYPE_CHECKING, Any, List, Set

from histshell import line_editor
from histshell.journal import place
from histshell.journal.newest import MOST, Dated, Newest

if TYPE_CHECKING:
    from histshell.journal.writer import Journal
    from histshell.line_editor import LineEditor

_SECONDS = 0.004
"""How long a prompt looks at other sessions' journals."""

_MOST_EARLIER = 20_000
"""How many inputs of Python's own file are offered; where readline has more, it is left as it is."""

_NAMING = ("readline", "history", "forget")


def find(journal: Journal, editor: LineEditor) -> Offered:
    """Return what goes with the line editor of this prompt."""
    newest = Newest(place.folder(), journal.id)
    if line_editor.uses_pyrepl() or sys.implementation.name == "pypy":
        return _PyREPL(newest, journal.is_remote)
    readline: Any = sys.modules.get("readline")
    if readline is None or not hasattr(readline, "remove_history_item"):
        return Offered(newest, journal.is_remote)
    editline = "libedit" in (readline.__doc__ or "") or getattr(readline, "backend", "") == "editline"
    return _Readline(newest, journal.is_remote, editor, readline, editline)


class Offered:
    """The inputs that are offered; a line editor that nothing is known of has none.

    `offered` is made of `earlier`, which Python's own file had, and of those of this session and of others by their time.
    """

    is_on = False

    def __init__(self, newest: Newest, is_remote: bool) -> None:
        self.newest = newest
        self.earlier: List[str] = []
        self.offered: List[str] = []
        self._own: List[Dated] = []
        self._there: Set[str] = set()
        self._complete = False  # what there was when it was made is in the list
        self._late = False  # something has come, or gone, that is to be put in its place
        self._is_remote = is_remote
        self._looks = False  # a thread does
        self._seen: List[Dated] = []  # by the thread

    def asks(self) -> None:
        """PyREPL asks for a statement."""

    def leaves(self) -> None:
        """It does no more."""

    def prompt_shown(self, mark: int, count: int) -> None:
        """Readline is about to ask for an input; the one before had `count` lines behind the first `mark` of its memory."""

    def has_read(self, text: str, count: int) -> None:
        """Readline has read an input of so many lines, and it is about to run."""

    def forget(self, sources: Set[str]) -> None:
        """Offer inputs no more."""
        self.newest.forget(sources)
        self.earlier = [text for text in self.earlier if text.strip() not in sources]
        self._own = [one for one in self._own if one[1].strip() not in sources]
        self._late = True

    def end(self) -> None:
        """Let the line editor have its own again."""

    def update(self, typed: List[str]) -> bool:
        """Take in what was typed here and elsewhere; return whether the whole list is another one."""
        new = self._look() if self._is_remote else self.newest.look(_SECONDS)
        now = time()
        own = [(now + count / 1e6, text.rstrip()) for count, text in enumerate(typed)]
        self._own += own
        if not self.offered or self._late or (new and not self._complete):
            has_all = self.newest.whole and not self._looks
            self._late = bool(self.offered) and not has_all  # not each time that a few more have been read
            if not self._late:
                self._complete = has_all
                self._compose()
                return True
            new = []
        last = self._own[-1:] if new and not own else []
        for _, text in sorted(new) + own + last:
            self._put(text)
        return False

    def _look(self) -> List[Dated]:
        """Return what other sessions have typed, of what a thread has read since the last time."""
        if self._looks:  # the server does not answer
            return []
        new, self._seen = self._seen, []
        self._looks = True

        def look() -> None:
            try:
                self._seen = self.newest.look(1.0)
            finally:
                self._looks = False

        try:
            start_new_thread(look, ())
        except RuntimeError:
            self._looks = False
        return new

    def _compose(self) -> None:
        """Make the list anew."""
        others = sorted(self.newest.found)[-MOST:]
        texts = self.earlier[-_MOST_EARLIER:] + [text for _, text in sorted(others + self._own)]
        texts += [text for _, text in self._own[-1:]]
        self.offered = list(dict.fromkeys(filter(self.takes, reversed(texts))))[::-1]
        self._there = set(self.offered)

    def takes(self, text: str) -> bool:
        """Return whether the line editor can have an input in its memory."""
        return bool(text)

    def _put(self, text: str) -> None:
        """Make an input the last one."""
        if not self.takes(text):
            return
        if text in self._there:
            at = self.offered.index(text)
            del self.offered[at]
            self.remove(at)
        self._there.add(text)
        self.offered.append(text)
        self.add(text)

    def remove(self, at: int) -> None:
        """An input is taken out of the list."""

    def add(self, text: str) -> None:
        """One is added to it."""


def _reader() -> Any:
    """Return the reader of PyREPL, CPython's or PyPy's."""
    wrapper: Any = line_editor.wrapper()
    return wrapper.get_reader()


class _PyREPL(Offered):
    """A reader whose memory is a list."""

    def __init__(self, newest: Newest, is_remote: bool) -> None:
        super().__init__(newest, is_remote)
        self.is_on = True
        self._known = -1  # how much of its memory has been seen
        self._bare: List[str] | None = None  # while others are in it

    def asks(self) -> None:
        """Put the inputs in, at the statement that is asked for."""
        reader = _reader()
        history: List[str] = reader.history
        if self._bare is not None or not self.is_on:
            return
        if self._known < 0:
            self._known = max(len(history) - 1, 0)
            self.earlier = history[: self._known]
        if len(history) < self._known:  # `clear_history()`
            self.is_on = False
            return
        typed = [text for text in history[self._known :] if type(text) is str]
        self._known = len(history)
        at = getattr(reader, "next_history", None)
        following = self.offered[at] if type(at) is int and 0 <= at < len(self.offered) else None
        self.update(typed)
        self._bare = history[:]
        history[:] = self.offered
        if following is not None:  # Ctrl-O has asked for the one after that which was taken
            reader.next_history = self.offered.index(following) if following in self._there else None

    def forget(self, sources: Set[str]) -> None:
        """Offer inputs no more; `editing.forget` takes them out of its memory after this."""
        super().forget(sources)
        history = _reader().history
        self._known -= sum(text.strip() in sources for text in history[: max(self._known, 0)])

    def leaves(self) -> None:
        """Take them out again; what was typed, and what was changed on the way, stays."""
        bare, self._bare = self._bare, None
        if bare is None:
            return
        reader = _reader()
        history: List[str] = reader.history
        count = len(self.offered)
        if len(getattr(reader, "transient_history", "12")) > 1 and history[:count] != self.offered:
            for before, after in zip(self.offered, history):
                if before != after and before in bare:
                    bare[len(bare) - 1 - bare[::-1].index(before)] = after
        history[:] = bare + history[count:]

    def end(self) -> None:
        """Take them out for good."""
        self.leaves()
        self.is_on = False


class _Readline(Offered):
    """GNU readline, or libedit, which shows an input of several lines badly and does not get one.

    `bare` is what its memory would be without us.
    """

    def __init__(self, newest: Newest, is_remote: bool, editor: LineEditor, readline: Any, editline: bool) -> None:
        super().__init__(newest, is_remote)
        self.editor = editor
        self.readline = readline
        self.is_on = True
        self.bare: List[str] = []
        self._editline = editline
        self._length = -1  # of its memory, as we left it; negative while nothing of ours is in it
        self._first = True
        self._held: List[str] = []  # what was typed last, when it was given back
        self._forgot = False

    def takes(self, text: str) -> bool:
        """Return whether it can be shown, and would run as a whole."""
        return bool(text) and ("\n" not in text or (not self._editline and is_one_statement(text)))

    def prompt_shown(self, mark: int, count: int) -> None:
        """Bring its memory up to date."""
        if not self.is_on:
            return
        length = self.readline.get_current_history_length()
        if length > _MOST_EARLIER:
            self.end()
            return
        typed = self._typed(mark, length)
        if typed is None:
            return
        if 1 < count <= len(typed):  # the lines of one input
            whole = "\n".join(typed[:count])
            if self.takes(whole):
                typed[:count] = [whole]
        anew = self._length < 0
        if self.update(typed) or anew:
            self._fill(self.offered)
        if anew:
            atexit.unregister(self.give_back)
            atexit.register(
                self.give_back
            )  # the last one, and so the first to be called: before Python writes its file
        self._length = self.readline.get_current_history_length()

    def _typed(self, mark: int, length: int) -> list[str] | None:
        """Return the lines that its memory, of that length, has got since; None where nothing is to be done with it."""
        if self._first:
            self._first = False
            self.bare = self._items(0)
            self.earlier = self.bare[:mark]
            return self.bare[mark:]
        if self._length < 0:  # it was given back
            items = self._items(0)
            if self._forgot:
                self._forgot, self.bare = False, items
            elif items[: len(self.bare)] != self.bare:  # `clear_history()` and its kind: as the user likes
                self.is_on = False
                return None
            typed, self.bare = items[len(self.bare) :], items
            return [*self._held, *typed]
        if length < self._length:
            self._taken_away()
            return None
        typed = self._items(self._length)
        self.bare += typed
        for at in range(length - 1, self._length - 1, -1):
            self.readline.remove_history_item(at)
        return typed

    def has_read(self, text: str, count: int) -> None:
        """Give its memory back to an input that may ask for it."""
        if self._length < 0:
            return
        named = [word for word in _NAMING if word in text]
        if named:
            self._held = self._items(self._length)
            self.give_back()
            self.editor.mark = self.readline.get_current_history_length() - count

    def forget(self, sources: Set[str]) -> None:
        """Offer inputs no more; `editing.forget` takes them out of its memory after this."""
        super().forget(sources)
        if self._length >= 0:
            self._held = self._items(self._length)
            self.give_back()
        self._held = [text for text in self._held if text.strip() not in sources]
        self._forgot = True

    def give_back(self) -> None:
        """Let its memory be as it would be without us."""
        if self._length >= 0:
            if self.readline.get_current_history_length() < self._length:
                self._taken_away()
                return
            self.bare += self._items(self._length)
            self._length = -1
            self._fill(self.bare)

    def end(self) -> None:
        """Let it be so for good."""
        self.give_back()
        self.is_on = False
        atexit.unregister(self.give_back)

    def remove(self, at: int) -> None:
        """Take one out of its memory, where ours are in it."""
        if self._length >= 0:
            self.readline.remove_history_item(at)

    def add(self, text: str) -> None:
        """Add one to its memory, where ours are in it."""
        if self._length >= 0:
            self.readline.add_history(text)

    def _taken_away(self) -> None:
        """Something of its memory was taken away behind our back: what is left of the user's stays, and we keep out of it."""
        known = set(self.bare)
        left = [text for text in self._items(0) if text in known or text not in self._there]
        self._length = -1
        self.is_on = False
        self._fill(left)

    def _items(self, start: int) -> List[str]:
        """Return what is in its memory behind the first `start`."""
        item = self.readline.get_history_item
        return [item(at) or "" for at in range(start + 1, self.readline.get_current_history_length() + 1)]

    def _fill(self, texts: List[str]) -> None:
        """Let its memory be these."""
        self.readline.clear_history()
        add = self.readline.add_history
        for text in texts:
            add(text)


_GOES_ON = ("else:", "else ", "elif ", "except ", "except:", "finally:", "finally ", ")", "]", "}", " ", "\t")


def is_one_statement(text: str) -> bool:
    """Return whether C's loop, which runs one statement and drops what stands behind it, would run all of a text of several lines.

    Told by how the lines begin, as cheaply as can be: what is not certain is none.
    """
    lines = text.split("\n")
    decorated = lines[0].startswith("@")
    if lines[0][:1] in ("", " ", "\t"):
        return False
    for line in lines[1:]:
        if decorated and line[:1] not in ("", " ", "\t"):
            decorated = line.startswith("@")
        elif not line.startswith(_GOES_ON):
            return False
    return True
