"""The parameters of something that can be called, and its signature as text, without running any of its code.

Functions say them in their code objects, functions in C in `__text_signature__`. Annotations are left out: from
Python 3.14 on reading them runs code, and before it showing them does.
"""

from __future__ import annotations

import re
import types
from typing import Any, Callable, List, NamedTuple

from histshell.preview import clip, preview

from . import static
from .context import Context, read
from .expressions import evaluator
from .model import Request
from .static import UNKNOWN, Instance

LENGTH = 300
"""The length of a signature and of a docstring's line, in characters."""
_DEFAULT_LENGTH = 30
_DEPTH = 10  # of wrappers, partial objects and callable instances inside one another

_VARARGS, _VARKEYWORDS = 0x04, 0x08  # of code.co_flags; inspect, which names them, takes 12 ms to load


class Parameter(NamedTuple):
    """One parameter: `kind` is `/` (by position only), empty (either way), `*` (by keyword only) or `*args`, `**kw`."""

    name: str
    kind: str
    default: str


Infer = Callable[[Request], "Signature | None"]


class Signature(NamedTuple):
    """What `f(` shows: the call as text and the first line of the docstring, each one bounded line, `doc` maybe empty."""

    text: str
    doc: str


def signature(
    source: str, cursor: int | None = None, *, namespace: Any, infer: Infer | None = None
) -> Signature | None:
    """The signature of the call that the cursor is in, right after `(` or a comma; None if that cannot be said.

    `cursor` is an offset in characters, the end if left out; `namespace` is the user's globals. `infer(request)` is asked
    about what the live session does not know. Runs none of the user's code and raises nothing.
    """
    try:
        request = Request(source, len(source) if cursor is None else cursor, namespace, _deadline())
        context = read(request.source, request.cursor)
        return find(request, context, infer)
    except Exception:  # a value of a kind that nobody thought of is no reason to disturb the prompt
        return None


def find(request: Request, context: Context, infer: Infer | None = None) -> Signature | None:
    """The signature of the call that the cursor is in, with nothing typed of the argument."""
    opening = context.callee()
    if opening is None or context.stem or context.string or context.comment or context.last not in ("(", ","):
        return None
    value = evaluator(request, context).before(opening)
    if value is UNKNOWN:
        return infer(request) if infer is not None else None
    start = context.primary(opening)
    assert start is not None
    written = context.source[context.tokens[start].start : context.tokens[opening].start].strip()
    name = written.rpartition(".")[2] if written.rpartition(".")[2].isidentifier() else written
    shown = text(value, name)
    doc = clip(static.doc_line(value), LENGTH)  # of some it is what the signature was taken from
    return Signature(shown, doc if doc != shown else "") if shown else None


def _deadline() -> float:
    from time import monotonic

    return monotonic() + 0.1


def text(value: object, name: str) -> str:
    """The signature of a value as one would write its `def`, called `name`; empty if it is not known."""
    found = parameters(value)
    if found is None:
        line = static.doc_line(value)  # of built-in functions without a signature it often begins with one
        return clip(line, LENGTH) if line.startswith(f"{name}(") else ""
    parts: List[str] = []
    for index, parameter in enumerate(found):
        if parameter.kind == "*" and not any(p.kind == "*" or p.kind == "*args" for p in found[:index]):
            parts.append("*")
        stars = {"*args": "*", "**kw": "**"}.get(parameter.kind, "")
        parts.append(stars + parameter.name + (f"={parameter.default}" if parameter.default else ""))
        if parameter.kind == "/" and (index + 1 == len(found) or found[index + 1].kind != "/"):
            parts.append("/")
    return clip(f"{name}({', '.join(parts)})", LENGTH)


def parameters(value: Any, depth: int = 0) -> List[Parameter] | None:
    """The parameters of a value that can be called, without the bound first one; None if they are not known."""
    if depth > _DEPTH or value is UNKNOWN:
        return None
    kind = type(value)
    if kind is types.FunctionType:
        wrapped = dict.get(value.__dict__, "__wrapped__", UNKNOWN)
        return _of_function(value) if wrapped is UNKNOWN else parameters(wrapped, depth + 1)
    if kind is types.MethodType:
        return _without_first(parameters(value.__func__, depth + 1))
    if kind in _IN_C:
        return _of_text(getattr(value, "__text_signature__", None))  # a type of C's; PyPy's have none
    if kind is static.from_module("functools", "partial"):
        return _of_partial(value, depth)
    if static.is_class(value):
        return _of_class(value, depth)
    if kind is Instance:
        return _called(value.cls, depth)
    wrapped = dict.get(static.own_dict(value), "__wrapped__", UNKNOWN)
    if type(wrapped) is types.FunctionType:
        return parameters(wrapped, depth + 1)
    return _called(kind, depth)


class _Kinds:
    """A set of built-in classes that is asked by identity: a foreign class may have a metaclass with `__hash__`."""

    def __init__(self, *kinds: type) -> None:
        self.ids = static.ids(*kinds)

    def __contains__(self, kind: object) -> bool:
        return id(kind) in self.ids


_IN_C = _Kinds(
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType,
)  # fmt: skip


def _called(cls: type, depth: int) -> List[Parameter] | None:
    call = static.class_attribute(cls, "__call__")
    return _without_first(parameters(call, depth + 1)) if type(call) is types.FunctionType else None


def _of_class(cls: Any, depth: int) -> List[Parameter] | None:
    """The parameters of a class: those of `__init__`, or of `__new__` where that is the one it has written."""
    if static.class_attribute(type(cls), "__call__") is not type.__dict__["__call__"]:
        return None  # its metaclass takes the call
    for base in static.mro(cls):
        entries = static.class_dict(base)
        for name in ("__init__", "__new__"):
            if name in entries:
                method = entries[name]
                if type(method) is staticmethod:
                    method = method.__func__
                if type(method) is types.FunctionType:
                    return _without_first(parameters(method, depth + 1))
                return [] if base is object else _of_text(_text_signature(base))
    return None


_text_signature = (
    type.__dict__["__text_signature__"].__get__ if "__text_signature__" in type.__dict__ else lambda _: None
)


def _of_partial(value: Any, depth: int) -> List[Parameter] | None:
    found = parameters(value.func, depth + 1)
    if found is None:
        return None
    given, taken = len(value.args), []
    for parameter in found:
        if parameter.kind in ("", "/") and given:
            given -= 1
        elif not any(type(name) is str and name == parameter.name for name in value.keywords):
            taken.append(parameter)
    return taken


def _without_first(found: List[Parameter] | None) -> List[Parameter] | None:
    if found and found[0].kind in ("", "/"):
        return found[1:]
    return found


def _of_function(function: Any) -> List[Parameter]:
    """Read a code object: the order of its names is positional, keyword-only, `*args`, `**kw`."""
    code = function.__code__
    names = code.co_varnames
    positional, keyword_only = code.co_argcount, code.co_kwonlyargcount
    defaults = function.__defaults__ or ()
    found = []
    for index in range(positional):
        place = index - (positional - len(defaults))
        default = preview(defaults[place], _DEFAULT_LENGTH) if place >= 0 else ""
        found.append(Parameter(names[index], "/" if index < code.co_posonlyargcount else "", default))
    after = positional + keyword_only
    if code.co_flags & _VARARGS:
        found.append(Parameter(names[after], "*args", ""))
        after += 1
    given = function.__kwdefaults__ or {}
    for name in names[positional : positional + keyword_only]:
        found.append(Parameter(name, "*", preview(given[name], _DEFAULT_LENGTH) if name in given else ""))
    if code.co_flags & _VARKEYWORDS:
        found.append(Parameter(names[after], "**kw", ""))
    return found


_SPLIT = re.compile(
    r"""((?:[^,()\[\]{}'"]|\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")+),?"""
)


def _of_text(signature: object) -> List[Parameter] | None:
    """Read what a function in C says of itself: `($self, /, sep=None, maxsplit=-1)`."""
    if type(signature) is not str or not signature.startswith("("):
        return None
    found: List[Parameter] = []
    kind = ""
    for part in (match.strip() for match in _SPLIT.findall(signature[1 : signature.rfind(")")])):
        name, _, default = (piece.strip() for piece in part.partition("="))
        if part == "/":
            found = [parameter._replace(kind="/") for parameter in found]
        elif part == "*":
            kind = "*"
        elif name.startswith("**"):
            found.append(Parameter(name[2:], "**kw", ""))
        elif name.startswith("*"):
            found.append(Parameter(name[1:], "*args", ""))
            kind = "*"
        elif name.isidentifier():
            found.append(Parameter(name, kind, clip(default, _DEFAULT_LENGTH)))
        elif not name.startswith("$"):
            return None
    return found
