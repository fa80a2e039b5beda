"""Completion at the prompt: what can stand at the cursor, found without running any of the user's code.

The engine knows no terminal. Small sources with one interface, `complete(request, context)`, each look at the same
reading of the buffer; what they find is put in one order. One that fails is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, List

from .model import Completion, Request

if TYPE_CHECKING:
    from .context import Context

    Infer = Callable[[Request, Context], List[Completion]]

__all__ = ["Completion", "Request", "complete"]

BUDGET_MS = 100
"""How long an answer may take, in milliseconds, if the caller does not say."""


def complete(
    source: str,
    cursor: int | None = None,
    *,
    namespace: Any,
    budget_ms: float = BUDGET_MS,
    infer: Infer | None = None,
) -> List[Completion]:
    """Return what can stand at `cursor` (an offset in characters; the end if left out), the best first.

    `source` is the whole input so far, `namespace` the globals of the prompt. Raises nothing, prints nothing, imports
    nothing for an answer and takes `budget_ms` milliseconds at most. `infer(request, context)` is asked for what
    the live session cannot say, in the time that is left: what a call returns, names inside a block.
    """
    from time import monotonic

    from . import context as contexts
    from . import keys, live, paths, ranking, results, statements

    end = len(source)
    request = Request(
        source, end if cursor is None else max(0, min(cursor, end)), namespace, monotonic() + budget_ms / 1000
    )
    found: List[Completion] = []
    try:
        context = contexts.read(request.source, request.cursor)
        for part in (statements, results, keys, paths, live):
            if part is live and (statements.is_import(context) or (found and _is_subscript(context))):
                continue
            try:
                found.extend(part.complete(request, context))
            except Exception:  # values of any kind, changed by other threads: one source less is still an answer
                continue
        if infer is not None and wants_inference(request, context):
            try:
                found.extend(infer(request, context))
            except Exception:  # as above
                pass
        return ranking.order(found, request)
    except Exception:
        return []


def _is_subscript(context: Context) -> bool:
    """Whether the cursor is right after an opening bracket, or a minus after one: there what has been found is what is meant."""
    texts = [token.text for token in context.tokens[-2:]]
    return (texts[-1:] == ["["] or texts == ["[", "-"]) and not context.stem and context.string is None


def wants_inference(request: Request, context: Context) -> bool:
    """Whether the live session cannot say all there is to say at this cursor."""
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
