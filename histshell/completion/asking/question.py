"""Reading `df.head?`, and finding what it asks for without running anything."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from histshell.completion import context as contexts
from histshell.completion import static
from histshell.completion.expressions import evaluator
from histshell.completion.model import Request
from histshell.completion.static import UNKNOWN

LONGEST = 500
"""The length of an expression that is asked about, in characters."""

_SECONDS = 1.0


class Question(NamedTuple):
    """What is asked: the expression before the question marks, and whether there were two, which ask for the source."""

    expression: str
    whole: bool


def question(text: str) -> Question | None:
    """Return what an input asks, None if it is no question: one line, a dotted or subscripted expression, `?` or `??`.

    No text that Python compiles is one, nor the beginning of one: a question mark stands in strings and comments only.
    """
    text = text.strip()
    if not text.endswith("?") or len(text) > LONGEST:
        return None
    marks = 2 if text.endswith("??") else 1
    expression = text[:-marks].rstrip()
    read = _read(expression)
    return Question(expression, marks == 2) if read is not None else None


def _read(expression: str) -> contexts.Context | None:
    """Return the tokens of an expression that is whole; None for anything else."""
    if not expression or "\n" in expression:
        return None
    read = contexts.read(expression + " ", len(expression) + 1)
    if read.string is not None or read.comment or read.brackets or "\\" in read.last:
        return None
    if any(token.kind == "op" and token.text in ("?", "!", "$", "\\") for token in read.tokens):
        return None
    return read if read.tokens and read.primary(len(read.tokens)) == 0 else None


def looked_up(expression: str, namespace: Any) -> Any:
    """Return what an expression means; `UNKNOWN` if that cannot be told without running code.

    Of a property, or another descriptor that would have to be run, itself.
    """
    read = _read(expression)
    if read is None:
        return UNKNOWN
    request = Request(expression, len(expression), namespace, time.monotonic() + _SECONDS)
    evaluate = evaluator(request, read)
    tokens = read.tokens
    last = len(tokens)
    is_member = last > 2 and tokens[-2].text == "." and tokens[-1].kind == "name"
    if is_member:
        base = evaluate.value(0, last - 2)
        if base is not UNKNOWN:
            raw = static.class_attribute(static.class_of(base), tokens[-1].text)
            value = static.attribute(base, tokens[-1].text)
            if value is UNKNOWN and raw is not UNKNOWN:
                return raw
    return evaluate.value(0, last)
