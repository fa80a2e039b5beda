"""The source that asks jedi, for what the live objects cannot tell: results of calls, names in the block being typed,
modules that are not imported, parameters.

jedi never enters this process. It runs under histshell's home Python (see `client`), is told of the session as source
text (see `prelude`), and has the request's time to answer; what comes later is there for the next TAB.
"""

from __future__ import annotations

import _thread
import os
import sys
from typing import TYPE_CHECKING, Callable, Iterable, List

from . import prelude
from .model import Completion

if TYPE_CHECKING:
    from .client import Answer, Client, Question
    from .context import Context
    from .model import Request
    from .signature import Signature

LONGEST = 100_000
"""A buffer longer than this, in characters, is not sent."""

_KINDS = {"module": "module", "namespace": "module", "param": "parameter"}
_NOT_CALLED_IN = ("import", "from", "except", "class", "del", "global", "nonlocal")

earlier_inputs: Callable[[], Iterable[str]] = prelude.typed
"""Gives the texts of earlier inputs, oldest first, whole or line by line."""

_client: Client | None = None
_asking = _thread.allocate_lock()
_none = ""  # why there is no client


def start() -> None:
    """Start the process, to have it ready for the first question; it goes on by itself. Takes two milliseconds."""
    try:
        client = _current()
        if client is not None:
            client.start(_scope())
    except Exception:  # nobody has asked for anything yet
        pass


def stop() -> None:
    """End the process and forget what it answered."""
    global _client
    client, _client = _client, None
    if client is not None:
        if client.owner == os.getpid():
            client.stop()
        else:  # a forked child: the process is its parent's
            client.forget()


def ask(request: Request, context: Context) -> List[Completion]:
    """What jedi has for the stem before the cursor, if it answers in time.

    Names that begin with the stem, in any case; all names of that place if there is none.
    """
    if context.string is not None or context.comment or _is_number(context):
        return []
    # In the stem's place stands one that is always the same: it keeps the block around it whole, and the answer is good
    # for every stem.
    before, after = request.source[: context.start], prelude.PREFIX + request.source[request.cursor :]
    of_object = context.is_attribute() or _is_import(context)
    answer = _answer("complete", request, before, after, not of_object)
    stem = context.stem.lower()
    names = [entry for entry in answer.get("names", ()) if not entry[0].startswith(prelude.PREFIX)]
    fitting = [entry for entry in names if entry[0].lower().startswith(stem)] or names
    kind = "attribute" if context.is_attribute() and not _is_import(context) else "name"
    bare = request.source.startswith("(", request.cursor) or context.words[:1] and context.words[0] in _NOT_CALLED_IN
    found = []
    for name, type_, detail in fitting:
        text = name + "(" if type_ in ("function", "class") and not bare else name
        found.append(Completion(text, context.start, _KINDS.get(type_, kind), type_, detail))
    return found


def signature(request: Request) -> Signature | None:
    """The signature of the call that the cursor is in, if there is one and jedi answers in time."""
    before, after = request.source[: request.cursor], request.source[request.cursor :]
    answer = _answer("signature", request, before, after, False)
    if not answer.get("label"):
        return None
    from .signature import Signature

    return Signature(answer["label"], answer["doc"])


def is_pending() -> bool:
    """Whether jedi still works on what has been asked, so that another TAB may find more."""
    return _client is not None and _client.is_busy


def state() -> str:
    """One line that says which jedi answers, or why none does."""
    client = _client
    if client is None:
        return f"off: {_none}" if _none else "not started"
    if client.off:
        return f"off: {client.off}"
    if not client.about:
        return f"starting {client.python}" if client.pid else "not started"
    return f"jedi {client.about['jedi']} in Python {client.about['python']} ({client.python})"


def _answer(do: str, request: Request, before: str, after: str, bare: bool) -> Answer:
    """Ask for what stands between `before` and `after`; empty if there is no answer yet."""
    if len(request.source) > LONGEST or not _asking.acquire(False):  # another thread is asking
        return {}
    try:
        client = _current()
        if client is None:
            return {}
        above = prelude.build(before + after, request.namespace, earlier_inputs)
        text = _plain(above + before)
        question: Question = {
            "do": do,
            "bare": bare,
            "source": text + _plain(after),
            "line": text.count("\n") + 1,
            "column": len(text) - text.rfind("\n") - 1,
            **_scope(),
        }
        return client.ask(question, request.left()) or {}
    except Exception:  # whatever it is, the other sources have their answers
        return {}
    finally:
        _asking.release()


def _current() -> Client | None:
    """The client of this process; a forked child leaves its parent's alone and gets one of its own."""
    global _client, _none
    if _client is not None and _client.owner != os.getpid():
        _client.forget()
        _client = None
    if _client is None and not _none:
        from histshell import home, places

        from .client import Client

        python = home.python()
        if python is None:
            _none = "no Python with jedi is known ('histshell install' notes one)"
        else:
            _client = Client(python, os.path.join(places.cache_dir(), "jedi"), home.SITE)
    return _client


def _scope() -> Question:
    """The user's path, absolute, and the version of his Python."""
    try:
        here = os.getcwd()
    except OSError:  # the directory is gone
        here = "/"
    path = [os.path.join(here, folder) for folder in list(sys.path) if type(folder) is str]
    return {"path": path, "python": list(sys.version_info[:2])}


def _is_import(context: Context) -> bool:
    """Whether the cursor stands in an import statement."""
    return context.string is None and context.words[:1] in (["import"], ["from"])


def _is_number(context: Context) -> bool:
    """Whether the stem would go on from a number: `1.`, `1.re`."""
    before = context.tokens[-1:] if context.last != "." else context.tokens[-2:-1]
    return bool(before) and before[0].kind == "number" and before[0].end >= context.start - 1


def _plain(text: str) -> str:
    """The text with what would count as another line, or is no text, replaced character by character."""
    for odd in "\r\f\v\0\x1c\x1d\x1e\x85\u2028\u2029":
        text = text.replace(odd, " ")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
