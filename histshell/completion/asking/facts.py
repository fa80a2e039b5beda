"""What is known of a value, as text: how it is called, what it is, where it stands, its docstring or its source."""

from __future__ import annotations

import types
from typing import Any, List

from histshell.completion import docstrings, parameters, signature, static, summary, written
from histshell.completion.signature import Part, Signature
from histshell.completion.static import Instance
from histshell.preview import clip, preview, printable, type_title
from histshell.preview.text import width

from . import sources

LINES = 100
"""How many lines of a docstring or a source are shown at once, where there is no screen that has to hold them."""

_LINE = 500  # characters of one
_PREVIEW = 1000


def about(value: Any, name: str, namespace: Any, columns: int, whole: bool = False) -> List[str]:
    """Return what is known of a value, all of it, in lines; if `whole`, with its source in place of the docstring."""
    head = [*_called(value, name, columns), *_what(value, columns)]
    text, why = sources.source(value, namespace) if whole else ("", "")
    body = text or documentation(value)
    lines = [printable(clip(line, _LINE)) for line in body.expandtabs().splitlines()]
    if why:
        head.append(clip(printable(why), _LINE))
    elif not lines:
        head.append("no docstring")
    return [*head, *([""] if lines else []), *lines]


def _called(value: Any, name: str, columns: int) -> List[str]:
    """Return the signatures of what can be called, wrapped; none of other values."""
    if not (static.is_callable(value) or type(value) in (staticmethod, classmethod)):
        return []
    last = name.rpartition(".")[2]
    name = last if last.isidentifier() else clip(printable(name), 60)
    known = parameters.parameters(sources.plain(value) if type(value) is classmethod else value)
    if known is not None:
        calls = [(parameters.parts_of(known), "")]
    else:
        calls = [(parameters.parts_of(one.parameters), one.behind) for one in parameters.described(value, name)]
    found: List[str] = []
    for parts, behind in calls[: signature.MOST]:
        shown = tuple(Part(part.text, part.name) for part in parts)
        found += written.lines(Signature(name, shown, None, 0, "", behind), columns)
    return found


def _what(value: Any, columns: int) -> List[str]:
    """Return what a value is, where it is written, and a preview of one that is not written anywhere."""
    where = sources.place(value)
    stands = f"{where.file}:{where.line}" if where.line else where.file
    shown = clip(printable(f"{kind(value)}{f', {stands}' if stands else ''}"), _LINE)
    table = _table(value)
    if table:
        return [shown, clip(table, columns - 1)]
    if _is_plain_value(value):
        return [shown, printable(preview(value, min(_PREVIEW, columns * 5)))]
    return [shown]


def _table(value: Any) -> str:
    """Return shape and columns of a table; empty for what is none."""
    try:
        names = summary.columns(value)
        return f"{summary.kind(value)}  {names}" if names else ""
    except Exception:  # one that another thread is changing
        return ""


_WORDS = {
    types.FunctionType: "function", types.BuiltinFunctionType: "built-in function",
    types.MethodDescriptorType: "method", types.WrapperDescriptorType: "method", types.MethodWrapperType: "method",
    types.ClassMethodDescriptorType: "class method", classmethod: "class method", staticmethod: "static method",
    property: "property", types.GetSetDescriptorType: "attribute", types.MemberDescriptorType: "attribute",
}  # fmt: skip
_KINDS = {id(kind): word for kind, word in _WORDS.items()}


def kind(value: Any) -> str:
    """Return in words what a value is."""
    cls = type(value)
    if cls is Instance:
        return f"a {type_title(value.cls)}; more cannot be told without running something"
    if static.is_module(value):
        return "package" if "__path__" in static.own_dict(value) else "module"
    if static.is_class(value):
        meta = "" if cls is type else f" ({type_title(cls)})"
        return f"class {type_title(value)}{meta}"
    if cls is types.MethodType:
        owner = value.__self__
        owner = owner.cls if type(owner) is Instance else owner if static.is_class(owner) else type(owner)
        return f"method of {type_title(owner)}"
    if cls is types.BuiltinFunctionType and not static.is_module(value.__self__) and value.__self__ is not None:
        owner = value.__self__
        return f"built-in method of {type_title(owner if static.is_class(owner) else type(owner))}"
    word = _KINDS.get(id(cls), "")
    if cls is types.FunctionType:
        flags = value.__code__.co_flags
        word = next((name for bit, name in _FUNCTIONS if flags & bit), word)
        module = value.__module__
        return f"{word} of {module}" if type(module) is str and module != "__main__" else word
    return word or type_title(cls)


_FUNCTIONS = ((0x80, "coroutine function"), (0x200, "asynchronous generator function"), (0x20, "generator function"))


def _is_plain_value(value: Any) -> bool:
    """Return whether a value is neither written anywhere by itself nor only known by its class."""
    cls = type(value)
    written = id(cls) in _KINDS or static.is_module(value) or static.is_class(value)
    return not (written or cls is Instance or static.is_callable(value))


def documentation(value: Any) -> str:
    """Return the docstring of a value without its margin; of one that has none by itself, that of its class.

    Of a method without one it is that of the same method in a base.
    """
    text = docstrings.doc(value)
    if not text and type(value) is property:
        text = value.__doc__ if type(value.__doc__) is str else docstrings.doc(value.fget)
    if not text and id(type(value)) in _KINDS and type(value) is not types.FunctionType:
        found = static.attribute(value, "__doc__")
        text = found if type(found) is str else docstrings.doc(sources.plain(value))
    if not text and type(value) is types.MethodType:
        text = _inherited(value)
    if not text and static.is_class(value):
        text = next(filter(None, map(docstrings.doc, static.mro(value)[1:-1])), "")
    if not text and _is_plain_value(value):
        text = docstrings.doc(type(value))
    if not text and type(value) is Instance:
        text = docstrings.doc(value.cls)
    return _without_margin(text)


def _inherited(method: Any) -> str:
    owner = method.__self__
    cls = owner.cls if type(owner) is Instance else owner if static.is_class(owner) else type(owner)
    name = getattr(method.__func__, "__name__", "") if type(method.__func__) is types.FunctionType else ""
    for base in static.mro(cls):
        found = sources.plain(static.class_dict(base).get(name))
        text = docstrings.doc(found) if found is not None else ""
        if text:
            return text
    return ""


def _without_margin(text: str) -> str:
    from inspect import cleandoc

    return cleandoc(text)


def bounded(lines: List[str], how: str, columns: int = 0, rows: int = LINES) -> str:
    """Return as many lines as `rows` of a screen hold as one text, and a last line that says what shows the others.

    Without `columns` each line is a row.
    """
    room, shown = min(rows, LINES), 0
    for line in lines:
        room -= max(-(-width(line) // columns), 1) if columns else 1
        if room < 0 and shown:
            break
        shown += 1
    more = len(lines) - shown
    return "\n".join(lines[:shown] + [f"… {more:,} more line{'s' * (more != 1)}: {how}"] * (more > 0))
