"""The provider that asks jedi, for what the live objects cannot tell: results of calls, names in the block being typed,
modules that are not imported, parameters.

jedi never enters this process. It runs under histshell's home Python (see `client`), is told of the session as source
text (see `prelude`), and has the request's time to answer; what comes later is there for the next TAB.
"""

from __future__ import annotations

import _thread
import os
import sys
from typing import TYPE_CHECKING, List

from histshell.completion import typed
from histshell.completion.model import Completion

from . import prelude

if TYPE_CHECKING:
    from histshell.completion.context import Context
    from histshell.completion.model import Request
    from histshell.completion.signature import CallForm

    from .client import Answer, Client, Question, Scope

LONGEST = 100_000
"""A buffer longer than this, in characters, is not sent."""

_KINDS = {"module": "module", "namespace": "module", "param": "parameter"}
_NOT_CALLED_IN = ("import", "from", "except", "class", "del", "global", "nonlocal")


class Inference:
    """jedi, for one process of the user's: started when it is wanted, asked, stopped.

    `earlier` gives the texts of earlier inputs, oldest first, whole or line by line. A forked child leaves its parent's
    process alone and gets one of its own. One thread asks at a time; another gets no answer meanwhile.
    """

    def __init__(self, client: Client | None = None, earlier: prelude.Earlier = typed.inputs) -> None:
        self.earlier = earlier
        self._client = client
        self._none = False  # there is no Python that has jedi
        self._asking = _thread.allocate_lock()

    def start(self) -> None:
        """Start the process, to have it ready for the first question; it goes on by itself. Takes two milliseconds."""
        if not self._asking.acquire(False):  # another thread is asking, and starts it if need be
            return
        try:
            client = self._current()
            if client is not None:
                client.start(_scope())
        except Exception:  # nobody has asked for anything yet
            pass
        finally:
            self._asking.release()

    def stop(self) -> None:
        """End the process and forget what it answered."""
        client, self._client = self._client, None
        if client is not None:
            if client.owner == os.getpid():
                client.stop()
            else:  # a forked child: the process is its parent's
                client.forget()

    def ask(self, request: Request, context: Context) -> List[Completion]:
        """Return what jedi has for the stem before the cursor, if it answers in time.

        Names that begin with the stem, in any case; all names of that place if there is none.
        """
        if context.string is not None or context.comment or _is_number(context):
            return []
        # In the stem's place stands one that is always the same: it keeps the block around it whole, and the answer is good
        # for every stem.
        before, after = request.buffer[: context.start], prelude.PREFIX + request.buffer[request.cursor :]
        of_object = context.is_attribute() or _is_import(context)
        answer = self._answer("complete", request, before, after, not of_object)
        stem = context.stem.lower()
        names = [entry for entry in answer.get("names", ()) if not entry[0].startswith(prelude.PREFIX)]
        fitting = [entry for entry in names if entry[0].lower().startswith(stem)] or names
        kind = "attribute" if context.is_attribute() and not _is_import(context) else "name"
        bare = (
            request.buffer.startswith("(", request.cursor) or context.words[:1] and context.words[0] in _NOT_CALLED_IN
        )
        found = []
        for name, type_, detail in fitting:
            text = name + "(" if type_ in ("function", "class") and not bare else name
            found.append(Completion(text, context.start, _KINDS.get(type_, kind), type_, detail))
        return found

    def signatures(self, request: Request, _context: Context, place: int) -> List[CallForm]:
        """Return the calls of what stands before the parenthesis at offset `place`, if jedi knows it and answers in time."""
        from histshell.completion.parameters import KINDS, Parameter, parts_of
        from histshell.completion.signature import CallForm

        # Nothing behind the parenthesis is sent: the answer is good for whatever is typed of the arguments.
        answer = self._answer("signature", request, request.buffer[: place + 1], "", False)
        found = []
        for one in answer.get("signatures", ()):
            known = [Parameter(name, KINDS[kind], "", written) for name, kind, written in one["parameters"]]
            found.append(CallForm(parts_of(known), one["doc"], one["returns"]))
        return found

    def is_pending(self) -> bool:
        """Return whether jedi still works on what has been asked, so that another TAB may find more."""
        return self._client is not None and self._client.is_busy

    def wait(self, seconds: float, keys: int = -1) -> bool:
        """Wait until jedi has something to say, at most that long, or until there is a key; return whether it has.

        That is taken in, whatever it is about: what has been asked since may be no question for jedi.
        """
        client = self._client
        if client is None or not client.wait(seconds, keys):
            return False
        if self._asking.acquire(False):  # another thread that is asking takes it in
            try:
                client.hear()
            finally:
                self._asking.release()
        return True

    def _answer(self, do: str, request: Request, before: str, after: str, bare: bool) -> Answer:
        """Ask for what stands between `before` and `after`; empty if there is no answer yet."""
        if len(request.buffer) > LONGEST:
            return {}
        if not self._asking.acquire(True, max(request.left(), 0)):  # another thread is asking
            request.is_unanswered = True
            return {}
        try:
            client = self._current()
            if client is None:
                return {}
            above = prelude.build(before + after, request.namespace, self.earlier)
            text = _plain(above + before)
            question: Question = {
                "do": do,
                "bare": bare,
                "source": text + _plain(after),
                "line": text.count("\n") + 1,
                "column": len(text) - text.rfind("\n") - 1,
                **_scope(),
            }
            answer = client.ask(question, request.left())
            request.is_unanswered = answer is None and client.is_busy
            return answer or {}
        except Exception:  # whatever it is, the other providers have their answers
            return {}
        finally:
            self._asking.release()

    def _current(self) -> Client | None:
        """Return the client of this process; a forked child leaves its parent's alone and gets one of its own."""
        if self._client is not None and self._client.owner != os.getpid():
            self._client.forget()
            self._client = None
        if self._client is None and not self._none:
            from histshell import home, places

            from .client import Client

            python = home.python()
            if python is None:
                self._none = True
            else:
                self._client = Client(python, os.path.join(places.cache_dir(), "jedi"), home.SITE)
        return self._client


def _scope() -> Scope:
    """Return the user's path, absolute, and the version of that Python."""
    try:
        here = os.getcwd()
    except OSError:  # the directory is gone
        here = "/"
    path = [os.path.join(here, folder) for folder in list(sys.path) if type(folder) is str]
    return {"path": path, "python": list(sys.version_info[:2])}


def _is_import(context: Context) -> bool:
    """Return whether the cursor stands in an import statement."""
    return context.string is None and context.words[:1] in (["import"], ["from"])


def _is_number(context: Context) -> bool:
    """Return whether the stem would go on from a number: `1.`, `1.re`."""
    before = context.tokens[-1:] if context.last != "." else context.tokens[-2:-1]
    return bool(before) and before[0].kind == "number" and before[0].end >= context.start - 1


def _plain(text: str) -> str:
    """Return the text with what would count as another line, or is no text, replaced character by character."""
    for odd in "\r\f\v\0\x1c\x1d\x1e\x85\u2028\u2029":
        text = text.replace(odd, " ")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
