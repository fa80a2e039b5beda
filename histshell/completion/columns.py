"""Completing the names of columns where a text names one: `df.groupby("`, `df.loc[:, "`, `on="`, `pl.col("`.

Where none has been begun, `df.groupby(` and `on=`, they are offered with their quotes. In `df.query("` they stand in an expression.
"""

from __future__ import annotations

import keyword
from itertools import islice
from typing import Any, List

from . import containers, expression, keys, parameters, ranking, signature, static, tables
from .context import Context
from .expressions import Evaluator, evaluator
from .model import Completion, Request
from .ranking import MOST
from .static import UNKNOWN, Instance

_DEEPEST = 6  # brackets around the text

_BEFORE = frozenset(("(", ",", "=", "[", "{"))
"""Tokens after which an argument, or a part of one, begins."""

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
    if string is None:
        return _of_col(request, context) if context.last == "." else _quoted(request, context)
    if set(string.prefix) & set("ftb"):
        return []
    evaluate = evaluator(request, context)
    found = _in_expression(request, context, evaluate)
    if found:
        return found
    labels = _labels(request, context, evaluate)
    for label in containers.in_time(keys.beginning(labels, context, request), request):
        body = keys.inside(label, string.prefix, string.quote) if type(label) is str else None
        if body is not None:
            ending = "" if context.after.startswith(string.quote) else string.quote
            found.append(Completion(body + ending, string.body, "column"))
    return found[:MOST]


def _quoted(request: Request, context: Context) -> List[Completion]:
    """Return the columns, as they are written, where nothing of an argument that takes one has been typed."""
    if context.stem or context.comment or context.last not in _BEFORE or not context.brackets:
        return []
    if context.last == "[" and not context.is_value(len(context.tokens) - 2) and len(context.brackets) < 2:
        return []  # a list that is no argument
    labels = _labels(request, context, evaluator(request, context))
    if any(type(label) is not str for label in labels) and _is_row(request, context):
        return []  # their numbers
    plain = (label for label in labels if containers.is_plain(label))
    written = (keys.plain_text(label) for label in containers.in_time(plain, request))
    found = (Completion(text, context.start, "column") for text in written if text is not None)
    return list(islice(found, MOST))


def _is_row(request: Request, context: Context) -> bool:
    """Return whether the label of a row is wanted, `df.loc[`."""
    bracket = context.brackets[-1]
    indexed = evaluator(request, context).before(bracket.token) if bracket.char == "[" else UNKNOWN
    return tables.is_indexer(indexed) and len(context.arguments(bracket.token)) == 1


def _of_col(request: Request, context: Context) -> List[Completion]:
    """Return the columns that can stand after `pl.col.`, of the table that the expression is given to."""
    evaluate = evaluator(request, context)
    if not _is_col(evaluate.before(len(context.tokens) - 1)):
        return []
    labels = [label for label in _labels(request, context, evaluate, by_function=True) if type(label) is str]
    names = [name for name in ranking.select(labels, context.stem, request) if name.isidentifier()]
    return [Completion(name, context.start, "column") for name in names if not keyword.iskeyword(name)]


def _is_col(value: Any) -> bool:
    """Return whether a value is `polars.col`."""
    return value is not UNKNOWN and value is static.from_module("polars", "col")


def _in_expression(request: Request, context: Context, evaluate: Evaluator) -> List[Completion]:
    """Return what can stand in the text of `df.query(` and `df.eval(`: columns, and after an `@` names of the session."""
    string = context.string
    opening = context.callee()
    if string is None or opening is None or context.tokens[opening - 1].text not in ("query", "eval"):
        return []
    if len(context.arguments(opening)) > 1 or "\\" in context.content:
        return []
    owner = getattr(callee, "__self__", UNKNOWN) if _is_method(callee := evaluate.before(opening)) else UNKNOWN
    if static.class_of(owner) is not static.from_module("pandas", "DataFrame"):
        return []
    place = expression.place(context.content)
    if place is None:
        return []
    start = request.cursor - len(place.stem)
    if place.sign == "@":
        space: Any = request.namespace
        known: List[Any] = list(dict.keys(space)) if static.derives(type(space), dict) else []
        names = [name for name in ranking.select(known, place.stem, request) if name.isidentifier()]
        return [Completion(name, start, "name") for name in names]
    labels = [label for label in tables.columns(owner) if type(label) is str]
    found = []
    for label in ranking.select(labels, place.stem, request):
        text = expression.written(label, place, string.quote, context.after)
        if text is not None:
            found.append(Completion(text, start, "column"))
    return found


def _labels(request: Request, context: Context, evaluate: Evaluator, by_function: bool = False) -> List[Any]:
    """Return the labels that a text at the cursor may name: looked for in the brackets around it, from the inside out.

    `by_function` is whether it stands in an expression of polars, which any argument may be.
    """
    in_braces = False
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
