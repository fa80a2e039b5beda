"""Completing the names of columns where a text names one: `df.groupby("`, `df.loc[:, "`, `on="`, `pl.col("`."""

from __future__ import annotations

from typing import Any, List

from . import keys, parameters, signature, static, tables
from .context import Context
from .expressions import Evaluator, evaluator
from .model import Completion, Request
from .ranking import MOST
from .static import UNKNOWN, Instance

_DEEPEST = 6  # brackets around the text

_WORDS = """
    by more_by on left_on right_on subset columns column more_columns index values labels keys key id_vars value_vars x y z
    hue size color col row style group weights exprs predicates items left_by right_by var_name dims coord drop exclude
    include names name more_names
"""
_NAMES = frozenset(_WORDS.split())
"""Parameters that take the names of columns, by convention of the libraries that work on tables."""


def complete(request: Request, context: Context) -> List[Completion]:
    """Return the columns that go on with the text at the cursor."""
    string = context.string
    if string is None or set(string.prefix) & set("ftb"):
        return []
    labels = _labels(request, context, evaluator(request, context))
    found: List[Completion] = []
    for label in keys.beginning(labels, context, request):
        body = keys.inside(label, string.prefix, string.quote) if type(label) is str else None
        if body is not None:
            ending = "" if context.after.startswith(string.quote) else string.quote
            found.append(Completion(body + ending, string.body, "column"))
    return found[:MOST]


def _labels(request: Request, context: Context, evaluate: Evaluator) -> List[Any]:
    """Return the labels that a text at the cursor may name: looked for in the brackets around it, from the inside out."""
    in_braces = by_function = False
    for bracket in list(reversed(context.brackets))[:_DEEPEST]:
        opening = bracket.token
        after = context.tokens[opening + 1 :]
        if bracket.char == "{":
            if not in_braces and after and after[-1].text == ":":
                return []  # what a key is given
            in_braces = True
        elif bracket.char == "[" and context.is_value(opening - 1):
            value = evaluate.before(opening)
            return tables.of_indexer(value, len(context.arguments(opening)) - 1) if tables.is_indexer(value) else []
        elif bracket.char == "(" and context.is_value(opening - 1):
            callee = evaluate.before(opening)
            if _makes_expression(callee, context, opening):
                by_function = True
                continue
            labels = _of_call(request, context, evaluate, callee, opening, in_braces or by_function)
            if labels or not by_function:
                return labels
    return []


def _makes_expression(callee: Any, context: Context, opening: int) -> bool:
    """Return whether this is `pl.col(`, whose columns are those of the table that the expression is given to."""
    return context.tokens[opening - 1].text == "col" and static.class_module(static.class_of(callee)).startswith(
        "polars"
    )


def _of_call(
    request: Request, context: Context, evaluate: Evaluator, callee: Any, opening: int, anywhere: bool
) -> List[Any]:
    """Return the columns of the table that a call works on, if its argument at the cursor takes some."""
    given, current, later = signature.arguments(request, context, opening)
    name = current.name
    if not name and not anywhere:
        known = parameters.parameters(callee) if callee is not UNKNOWN else None
        if known is None:
            return []
        parts = parameters.parts_of(known)
        active, _ = signature.bind(parts, given, current, later)
        name = parts[active].name if active is not None else ""
    if not anywhere and name not in _NAMES:
        return []
    owner = (
        callee if type(callee) is Instance else getattr(callee, "__self__", UNKNOWN) if _is_method(callee) else UNKNOWN
    )
    labels = tables.columns(owner)
    return labels or _of_arguments(context, evaluate, opening)


def _is_method(value: Any) -> bool:
    import types

    return type(value) is types.MethodType


def _of_arguments(context: Context, evaluate: Evaluator, opening: int) -> List[Any]:
    """Return the columns of the tables among the arguments: `pd.merge(left, right, on="`, `lineplot(data=df, x="`."""
    labels: List[Any] = []
    place = opening + 1
    for part in context.arguments(opening)[:-1]:
        end = place + len(part)
        named = len(part) > 2 and part[1].text == "="
        start = place + 2 if named else place
        if part and context.primary(end) == start:
            labels += [label for label in tables.columns(evaluate.value(start, end)) if type(label) is str]
        place = end + 1
    return list(dict.fromkeys(labels))
