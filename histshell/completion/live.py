"""Completing what the session knows: attributes of a value, names, and parameters of what is being called."""

from __future__ import annotations

import builtins
import keyword
from typing import Any, Container, Iterator, List

from histshell.preview import clip, preview

from . import attribute_names, containers, docstrings, ranking, signature, static, tables
from .context import Context
from .expressions import Evaluator, evaluator, member
from .model import Completion, Request
from .parameters import parameters as read_parameters
from .static import UNKNOWN, Instance

DETAILED = 200
"""For how many completions of one answer a detail is made; nobody reads more."""
_DETAIL = 100
_COLON_WORDS = frozenset(("else", "finally", "try"))
_LONE_WORDS = frozenset(("None", "True", "False", "break", "continue", "pass", "else", "finally", "try", "_"))
_VALUE_WORDS = frozenset(["None", "True", "False", "await", "lambda", "not", "yield"])
_BETWEEN_WORDS = frozenset(["and", "or", "not", "in", "is", "if", "else", "for", "from", "as", "async", "import"])
_SOFT_WORDS = frozenset(("match", "case", "type"))


def complete(request: Request, context: Context) -> List[Completion]:
    """Return attributes after a dot; otherwise parameters of the call, then names and keywords."""
    if context.string is not None or context.comment:
        return []
    evaluate = evaluator(request, context)
    if context.last == ".":
        return list(attributes(request, context, evaluate.before(len(context.tokens) - 1)))
    if context.tokens and context.tokens[-1].end == context.start and context.tokens[-1].kind in ("number", "string"):
        return []  # a digit or a quote right before: no name can begin here
    if context.after_value and not opens_match(
        context
    ):  # after a whole expression only an operator or a word of syntax can follow
        return list(keywords(request, context)) if context.stem else []
    return [
        *parameters(request, context, evaluate),
        *names(request, context, evaluate),
        *keywords(request, context),
    ]


def likely(found: List[Completion]) -> List[Completion]:
    """Return what is left without built-in names and keywords: where columns can stand, these are in the way."""
    return [one for one in found if one.kind != "keyword" and one.text.rstrip("(") not in builtins.__dict__]


def opens_match(context: Context) -> bool:
    """Return whether only `match`, `case` or `type` stands before, at the beginning of a statement."""
    words = context.words
    return len(words) == 1 and words[0] in _SOFT_WORDS and context.start > context.tokens[-1].end


def attributes(request: Request, context: Context, value: object) -> Iterator[Completion]:
    """Yield the attributes of a value that go on with the stem."""
    if value is UNKNOWN:
        return
    known: List[Any] = attribute_names.names(value, request.left())
    columns = {label for label in tables.columns(value) or containers.column_names(value) if type(label) is str}
    after_call = context.after.startswith("(")
    for index, name in enumerate(ranking.select([*known, *columns], context.stem, request)):
        if name.isidentifier() and not keyword.iskeyword(name):
            is_looked_at = index < DETAILED and (not index or request.left() > 0)
            found = member(value, name) if is_looked_at else static.attribute(value, name)
            yield describe(name, context.start, found, kind_of(value, name, found, columns), index, after_call)


def kind_of(value: object, name: str, found: object, columns: Container[str] = ()) -> str:
    """Return what an attribute of a value is: a method, a property, a column, or none of these."""
    raw = static.class_attribute(static.class_of(value), name) if not static.is_module(value) else UNKNOWN
    if name in columns and raw is UNKNOWN:
        return "column"
    if type(raw) is property or type(raw) is static.from_module("functools", "cached_property"):
        return "property"
    if found is UNKNOWN or type(found) is Instance:
        return "property" if static.class_module(type(raw)) == "pandas.core.accessor" else "attribute"
    if static.is_class(found):
        return "class"
    if not static.is_callable(found):
        return "attribute"
    return "function" if static.is_module(value) else "method" if _is_method(value, raw) else "attribute"


def _is_method(value: object, raw: object) -> bool:
    """Return whether what can be called is written in the class of a value, or in a class that is the value."""
    return raw is not UNKNOWN or static.is_class(value)


def describe(name: str, start: int, value: object, kind: str, index: int, bare: bool) -> Completion:
    """Return the completion for a name and its value; `bare` if no parenthesis is wanted after one that can be called."""
    if value is UNKNOWN:
        return Completion(name, start, kind)
    if type(value) is Instance:
        return Completion(name, start, kind, static.class_name(value.cls))
    if static.is_module(value):
        kind = "module"
    text = name if bare or kind == "property" or not static.is_callable(value) else name + "("
    return Completion(
        text, start, kind, static.class_name(type(value)), detail(name, value) if index < DETAILED else ""
    )


def detail(name: str, value: object) -> str:
    """Return one bounded line about a value: its signature, the first line of its docstring, or a preview."""
    if static.is_module(value):
        return clip(docstrings.doc_line(value), _DETAIL)
    if static.is_callable(value):
        shown = signature.text(value, name)
        return clip(shown or docstrings.doc_line(value), _DETAIL)
    return preview(value, _DETAIL)


def names(request: Request, context: Context, evaluate: Evaluator) -> Iterator[Completion]:
    """Yield the names that go on with the stem: those of the buffer and of the session, then the built-in ones."""
    bare = context.after.startswith("(") or _wants_no_call(context)
    namespace = request.namespace
    own: List[Any] = list(dict.keys(namespace)) if static.derives(type(namespace), dict) else []  # type: ignore[arg-type]  # a dict
    seen = set()
    for known in (own + list(evaluate.bound), list(builtins.__dict__)):
        for index, name in enumerate(ranking.select(known, context.stem, request)):
            if name in seen or not name.isidentifier() or keyword.iskeyword(name):
                continue
            seen.add(name)
            yield describe(name, context.start, evaluate.name(name), "name", index, bare)


def _wants_no_call(context: Context) -> bool:
    """Return whether a name here is not called as a rule: after `class A(`, `except`, `del`, `global`."""
    words = context.words
    if not words:
        return False
    if words[0] == "class" and context.brackets:
        return True
    return words[0] in ("except", "del", "global", "nonlocal")


def keywords(request: Request, context: Context) -> Iterator[Completion]:
    """Yield the keywords that can stand here, with the space or colon that always follows them."""
    if _wants_no_call(context) and context.words[0] != "except":
        return
    after_value = context.after_value
    at_start = len(context.tokens) == context.statement and not context.brackets
    if at_start:
        words = [*keyword.kwlist, *_SOFT_WORDS.intersection(getattr(keyword, "softkwlist", ()))]
    else:
        words = list(_BETWEEN_WORDS if after_value else _VALUE_WORDS)
        if context.brackets and not after_value:
            words += ["for", "if", "else", "in", "async"]
    for word in ranking.select(words, context.stem, request):
        ending = "" if word in _LONE_WORDS else " "
        if at_start and word in _COLON_WORDS:
            ending = ":"
        if context.after[:1] == ending:
            ending = ""
        yield Completion(word + ending, context.start, "keyword")


def parameters(request: Request, context: Context, evaluate: Evaluator) -> Iterator[Completion]:
    """Yield the parameters of the call around the cursor that can be given by name and have not been."""
    opening = context.callee()
    if opening is None or context.last not in ("(", ","):
        return
    known = read_parameters(evaluate.before(opening))
    if not known:
        return
    given, _, later = signature.arguments(request, context, opening)
    shown = {parameter.name: parameter for parameter in signature.left(known, given, later)}
    ending = "" if context.after.startswith("=") else "="
    selected = ranking.select(list(shown), context.stem, request)
    for name in sorted(selected, key=list(shown).index):
        default = shown[name].default
        yield Completion(name + ending, context.start, "parameter", "", f"{name}={default}" if default else name)
