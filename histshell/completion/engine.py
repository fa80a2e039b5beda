"""The engine: what can stand at the cursor, and the signature of the call around it, for whoever shows them.

It knows no terminal. Small providers with one interface, `complete(request, context)`, each look at the same reading of
the buffer; what they find is put in one order. One that fails is left out. What the live session cannot say is asked of
jedi (see `inference`); when that is, and when its process starts and ends, is said here and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Tuple, Union

from histshell.errors import HistshellError

from .model import Completion, Request

if TYPE_CHECKING:
    from .context import Context
    from .inference.provider import Inference
    from .signature import Signature

    Namespace = Union[Dict[str, Any], Callable[[], Dict[str, Any]]]

OFF, BASIC, FULL = ALLOWED = ("off", "basic", "full")
"""What an engine may do: nothing, what the live session tells, or ask jedi too."""

BUDGET_MS = 100
"""How long an answer may take, in milliseconds, if the caller does not say."""


class Engine:
    """Answers for one prompt.

    `namespace` is the globals of the prompt, or what gives them when they are asked for; `allowed` is one of `ALLOWED`.
    The engines of a process share one process of jedi's, unless they are given an `inference` of their own.

    It runs none of the user's code, prints nothing, raises nothing and imports nothing for an answer.
    """

    def __init__(self, namespace: Namespace, allowed: str = FULL, inference: Inference | None = None) -> None:
        if allowed not in ALLOWED:
            raise HistshellError(f"a completion engine may do {', '.join(ALLOWED)}, not {allowed!r}")
        self._namespace = namespace
        self._inference = inference
        self.allowed = allowed

    def complete(self, buffer: str, cursor: int | None = None, *, budget_ms: float = BUDGET_MS) -> List[Completion]:
        """Return what can stand at `cursor` (an offset in characters; the end if left out), the best first.

        `buffer` is the whole input so far. Takes `budget_ms` milliseconds at most; what jedi has not said by then is there
        when the same is asked again.
        """
        return self.ask(buffer, cursor, budget_ms, budget_ms)[0]

    def ask(self, buffer: str, cursor: int | None, budget_ms: float, jedi_ms: float) -> Tuple[List[Completion], bool]:
        """Return what `complete` does, and whether jedi is still at it: of the time it has only `jedi_ms`."""
        try:
            return self._complete(buffer, cursor, budget_ms, jedi_ms) if self.allowed != OFF else ([], False)
        except Exception:  # a value of a kind that nobody thought of is no reason to disturb a prompt
            return [], False

    def signature(self, buffer: str, cursor: int | None = None, *, budget_ms: float = BUDGET_MS) -> Signature | None:
        """Return the signature of the innermost call around `cursor`; None outside a call, or if it is not known.

        Of several, the first that what has been given fits.
        """
        return next(iter(self.signatures(buffer, cursor, budget_ms=budget_ms)), None)

    def signatures(self, buffer: str, cursor: int | None = None, *, budget_ms: float = BUDGET_MS) -> List[Signature]:
        """Return all signatures of that call, `signature` first: of what can be called in more than one way."""
        from . import context as contexts
        from . import signature

        if self.allowed == OFF:
            return []
        try:
            request = self._request(buffer, cursor, budget_ms)
            context = contexts.read(request.buffer, request.cursor)
            infer = self.inference.signatures if self.allowed == FULL else None
            return signature.find(request, context, infer)
        except Exception:  # as above
            return []

    def names(self) -> Dict[str, Any]:
        """Return the namespace."""
        return self._request("", None, BUDGET_MS).namespace  # type: ignore[return-value]  # it was given as one

    # -- jedi --------------------------------------------------------------------------------------------------------------

    @property
    def inference(self) -> Inference:
        """The jedi that is asked."""
        if self._inference is None:
            self._inference = _shared()
        return self._inference

    def prompt_shown(self) -> None:
        """Start jedi's process ahead of the first question: a session's second prompt or its first TAB shows that it will be
        needed. Takes two milliseconds, once.
        """
        if self.allowed == FULL:
            self.inference.start()

    def is_pending(self) -> bool:
        """Return whether jedi still works on what has been asked, so that asking again may give more."""
        return self._inference is not None and self._inference.is_pending()

    def wait(self, seconds: float, keys: int = -1) -> bool:
        """Wait until asking again may give more, at most that long, or until there is something to read from `keys`; return
        whether it may.
        """
        return self._inference is not None and self._inference.wait(seconds, keys)

    def stop(self) -> None:
        """End jedi's process. It starts again when something is asked that needs it."""
        if self._inference is not None:
            self._inference.stop()

    # -- an answer ---------------------------------------------------------------------------------------------------------

    def _request(self, buffer: str, cursor: int | None, budget_ms: float) -> Request:
        from time import monotonic

        from . import static

        namespace: Any = self._namespace
        if not static.derives(type(namespace), dict):
            namespace = namespace() if callable(namespace) else {}
        end = len(buffer)
        place = end if cursor is None else max(0, min(cursor, end))
        return Request(buffer, place, namespace, monotonic() + budget_ms / 1000)

    def _complete(
        self, buffer: str, cursor: int | None, budget_ms: float, jedi_ms: float
    ) -> Tuple[List[Completion], bool]:
        from time import monotonic

        from . import columns, keys, live, paths, ranking, results, statements, unloaded
        from . import context as contexts

        request = self._request(buffer, cursor, budget_ms)
        context = contexts.read(request.buffer, request.cursor)
        found: List[Completion] = []
        for part in (statements, unloaded, results, keys, columns, paths, live):
            if part is paths and any(one.kind == "column" for one in found):
                continue
            if part is live and (statements.is_import(context) or (found and _is_subscript(context))):
                continue
            try:
                more = part.complete(request, context)
                if part is live and not context.stem and any(one.kind == "column" for one in found):
                    more = live.likely(more)  # `df.groupby(`: there the columns are meant
                found.extend(more)
            except Exception:  # values of any kind, changed by other threads: one provider less is still an answer
                continue
        try:
            if self.allowed == FULL and wants_inference(request, context):
                request.deadline = min(request.deadline, monotonic() + jedi_ms / 1000)
                found.extend(self.inference.ask(request, context))
        except Exception:  # as above
            pass
        return ranking.order(found, request), request.is_unanswered


def wants_inference(request: Request, context: Context) -> bool:
    """Return whether something at this cursor is known to jedi alone, and not to the live session."""
    from . import keys, statements
    from .expressions import evaluator
    from .static import UNKNOWN, Instance

    if context.comment:
        return False
    if context.string is not None:
        brackets = context.brackets
        return bool(brackets) and brackets[-1].char == "[" and keys.find(request, context) is None
    if statements.is_import(context):
        return statements.needs_reading(context)
    evaluate = evaluator(request, context)
    if context.last == ".":
        value = evaluate.before(len(context.tokens) - 1)
        return value is UNKNOWN or (type(value) is Instance and not value.is_all)
    if evaluate.bound:
        return True
    opening = context.callee()
    return opening is not None and evaluate.before(opening) is UNKNOWN


def _is_subscript(context: Context) -> bool:
    """Return whether the cursor is right after an opening bracket, or a minus after one: there what has been found is what
    is meant.
    """
    texts = [token.text for token in context.tokens[-2:]]
    return (texts[-1:] == ["["] or texts == ["[", "-"]) and not context.stem and context.string is None


_inference: Inference | None = None


def _shared() -> Inference:
    """Return the one process of jedi's that all engines of this process ask."""
    global _inference
    if _inference is None:
        from .inference.provider import Inference

        _inference = Inference()
    return _inference
