"""The parameters of something that can be called, without running any of its code.

Functions say them in their code objects, functions in C in `__text_signature__`, or in the first lines of their docstring.
Annotations are left out: from Python 3.14 on reading them runs code, and before it showing them does.
"""

from __future__ import annotations

import re
import types
from collections import OrderedDict
from gc import get_referents
from typing import Any, Iterator, List, NamedTuple, Sequence, Tuple

from histshell.preview import clip, preview, printable

from . import docstrings, static
from .static import UNKNOWN, Instance

MOST = 100
"""How many parameters of one signature are read."""
LONGEST_NAME = 60
_DEFAULT_LENGTH = 30
_DEPTH = 10  # of wrappers, partial objects and callable instances inside one another

_VARARGS, _VARKEYWORDS = 0x04, 0x08  # of code.co_flags; inspect, which names them, takes 12 ms to load


class Parameter(NamedTuple):
    """One parameter: `kind` is `/` (by position only), empty (either way), `*` (by keyword only) or `*args`, `**kw`.

    `default` is how its default is shown, `written` how the whole is where that is not name and default.
    """

    name: str
    kind: str
    default: str = ""
    written: str = ""

    @property
    def text(self) -> str:
        """The parameter as it stands in a signature."""
        if self.written:
            return self.written
        stars = {"*args": "*", "**kw": "**"}.get(self.kind, "")
        return stars + printable(clip(self.name, LONGEST_NAME)) + (f"={self.default}" if self.default else "")


def parameters(value: Any, depth: int = 0) -> List[Parameter] | None:
    """Return the parameters of a value that can be called, without the bound first one; None if they are not known."""
    if depth > _DEPTH or value is UNKNOWN:
        return None
    kind = type(value)
    if kind is types.FunctionType:
        own = value.__dict__
        given = _given(dict.get(own, "__signature__", UNKNOWN))
        if given is not None:
            return given
        wrapped = dict.get(own, "__wrapped__", UNKNOWN)
        found = parameters(wrapped, depth + 1) if wrapped is not UNKNOWN else None
        return _of_function(value) if found is None else found
    if kind is types.MethodType:
        return _without_first(parameters(value.__func__, depth + 1))
    if kind in _IN_C:
        return _of_text(getattr(value, "__text_signature__", None), kind in _UNBOUND)  # a type of C's; PyPy's have none
    if kind is static.from_module("functools", "partial"):
        return _of_partial(value, depth)
    if kind is staticmethod:
        return parameters(value.__func__, depth + 1)
    if static.is_class(value):
        return _of_class(value, depth)
    if kind is Instance:
        return _called(value.cls, depth)
    own = static.own_dict(value)
    given = _given(dict.get(own, "__signature__", UNKNOWN))
    if given is not None:
        return given
    wrapped = dict.get(own, "__wrapped__", UNKNOWN)
    if type(wrapped) is types.FunctionType:
        return parameters(wrapped, depth + 1)
    return _called(kind, depth)


def shown(default: Any) -> str:
    """Write a default as one would: a class or function by its name, what has no readable form, such as `object()`, as `…`."""
    if static.is_class(default):
        return printable(clip(static.class_name(default), _DEFAULT_LENGTH))
    if type(default) is types.FunctionType or type(default) is types.BuiltinFunctionType:
        name = default.__name__
        return "…" if name == "<lambda>" else printable(clip(name, _DEFAULT_LENGTH))
    text = preview(default, _DEFAULT_LENGTH)
    return "…" if text[:1] == "<" else text


def _given(signature: Any) -> List[Parameter] | None:
    """Return what stands under `__signature__`, if it is what `inspect` makes and nothing else."""
    if signature is UNKNOWN:
        return None
    kind, one = static.from_module("inspect", "Signature"), static.from_module("inspect", "Parameter")
    if kind is UNKNOWN or type(signature) is not kind:
        return None
    known = static.attribute(signature, "_parameters")
    if type(known) is not types.MappingProxyType or not all(type(inner) in _DICTS for inner in get_referents(known)):
        return None
    empty = static.attribute(one, "empty")
    found = []
    for name in known:
        place = static.attribute(known[name], "_kind") if type(known[name]) is one else UNKNOWN
        if type(name) is not str or not static.derives(type(place), int):
            return None
        default = static.attribute(known[name], "_default")
        written = "" if default is empty or default is UNKNOWN else shown(default)
        found.append(Parameter(name, KINDS[int.__index__(place)], written))
    return found[:MOST]


_DICTS = (dict, OrderedDict)
KINDS = ("/", "", "*args", "*", "**kw")
"""The kinds in the order in which `inspect` numbers them."""


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
_UNBOUND = _Kinds(types.MethodDescriptorType, types.WrapperDescriptorType)


def _called(cls: type, depth: int) -> List[Parameter] | None:
    call = static.class_attribute(cls, "__call__")
    return _without_first(parameters(call, depth + 1)) if type(call) is types.FunctionType else None


def _of_class(cls: Any, depth: int) -> List[Parameter] | None:
    """Return the parameters of a class: those of its metaclass's `__call__`, of `__init__` or of `__new__`, whichever says most.

    One that only hands on, `(*args, **kwargs)`, says nothing as long as another is there.
    """
    given = _given(static.class_dict(cls).get("__signature__", UNKNOWN))
    if given is not None:
        return given
    call = static.class_attribute(type(cls), "__call__")
    found: List[Parameter] | None = None
    if call is not type.__dict__["__call__"]:
        if type(call) is not types.FunctionType:
            return None  # its metaclass takes the call
        found = _without_first(parameters(call, depth + 1))
        if not _hands_on(found):
            return found
    for base in static.mro(cls):
        entries = static.class_dict(base)
        written = [entries[name] for name in ("__init__", "__new__") if name in entries]
        for known in _of_makers(base, written, depth):
            if known is not None and not _hands_on(known):
                return known if base is not object or found is None else found
            found = found or known
        if written:
            break
    return found


def _of_makers(base: type, written: List[Any], depth: int) -> Iterator[List[Parameter] | None]:
    """Yield the parameters of each method of a class that makes an instance; those in C say it together."""
    in_c = False
    for method in written:
        if type(method) is staticmethod:
            method = method.__func__
        if type(method) is types.FunctionType:
            yield _without_first(parameters(method, depth + 1))
        else:
            in_c = True
    if in_c:
        yield [] if base is object else _of_text(_text_signature(base))


def _hands_on(found: List[Parameter] | None) -> bool:
    """Return whether parameters are `*args` and `**kwargs` and no more."""
    return bool(found) and all(parameter.kind in ("*args", "**kw") for parameter in found or ())


_text_signature = (
    type.__dict__["__text_signature__"].__get__ if "__text_signature__" in type.__dict__ else lambda _: None
)


def _of_partial(value: Any, depth: int) -> List[Parameter] | None:
    """Return those of the function that have not been given; from the first one given by name on they can only be given by name."""
    found = parameters(value.func, depth + 1)
    if found is None:
        return None
    gap = static.from_module("functools", "Placeholder")  # from 3.14 on: a place that is left open
    given, taken, by_name = list(value.args), [], False
    named = {name: value.keywords[name] for name in list(value.keywords) if type(name) is str}
    for parameter in found:
        if parameter.kind in ("", "/") and given:
            if given.pop(0) is gap and gap is not UNKNOWN:
                taken.append(parameter._replace(kind="/"))
            continue
        if parameter.kind in ("", "*") and parameter.name in named:
            by_name = True
            parameter = parameter._replace(kind="*", default=shown(named[parameter.name]))
        elif by_name and parameter.kind == "":
            parameter = parameter._replace(kind="*")
        elif by_name and parameter.kind == "*args":
            continue
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
        default = shown(defaults[place]) if place >= 0 else ""
        found.append(Parameter(names[index], "/" if index < code.co_posonlyargcount else "", default))
    after = positional + keyword_only
    if code.co_flags & _VARARGS:
        found.append(Parameter(names[after], "*args", ""))
        after += 1
    given = function.__kwdefaults__ or {}
    for name in names[positional : positional + keyword_only]:
        found.append(Parameter(name, "*", shown(given[name]) if name in given else ""))
    if code.co_flags & _VARKEYWORDS:
        found.append(Parameter(names[after], "**kw", ""))
    return found


def _of_text(signature: object, unbound: bool = False) -> List[Parameter] | None:
    """Read what a function in C says of itself: `($self, /, sep=None, maxsplit=-1)`; `$self` is given by who calls `unbound`."""
    if type(signature) is not str or not signature.startswith("("):
        return None
    found: List[Parameter] = []
    kind = ""
    for part in split(signature[1 : signature.rfind(")")]):
        name, _, default = (piece.strip() for piece in part.partition("="))
        if part == "/":
            found = [parameter._replace(kind="/") for parameter in found]
        elif part == "*":
            kind = "*"
        elif name.startswith("**"):
            found.append(Parameter(name[2:], "**kw"))
        elif name.startswith("*"):
            found.append(Parameter(name[1:], "*args"))
            kind = "*"
        elif name.isidentifier():
            default = "…" if default[:1] == "<" else clip(default, _DEFAULT_LENGTH)
            found.append(Parameter(name, kind, printable(default)))
        elif name == "$self" and unbound:
            found.append(Parameter("self", "/"))
        elif not name.startswith("$"):
            return None
    return found[:MOST]


_NOT_PLAIN = re.compile(r"[(\[{'\"]")


def split(text: str, brackets: str = "([{") -> List[str]:
    """Return the parts of a list of parameters, at the commas outside quotes and those brackets."""
    if not _NOT_PLAIN.search(text):
        return [part.strip() for part in text.split(",") if part.strip()]
    parts, depth, quote, start, skip = [], 0, "", 0, False
    closing = brackets.translate({ord("("): ")", ord("["): "]", ord("{"): "}"})
    for place, character in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in brackets:
            depth += 1
        elif character in closing:
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


class Described(NamedTuple):
    """A call as a docstring has it: its parameters as far as they can be told, and what stands behind the parenthesis."""

    parameters: List[Parameter]
    behind: str


_LINES = 20  # of a docstring, that may begin with calls
_OWN_NAMES = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)


def described(value: Any, written: str) -> List[Described]:
    """Return the calls that a docstring begins with: `range(stop) -> range object`, `range(start, stop[, step]) -> …`.

    `written` is the name by which the value is called; its own is looked for as well.
    """
    names = {written}
    if static.is_class(value):
        names.add(static.class_name(value))
    elif any(type(value) is kind for kind in _OWN_NAMES):
        names.add(value.__name__)  # a slot of these types
    found = []
    for line in docstrings.doc(value)[:2000].strip().splitlines()[:_LINES]:
        name, bracket, rest = line.strip().partition("(")
        if not bracket or name.rpartition(".")[2] not in names:
            break
        inside, end = _closed(rest)
        if end < 0:
            break
        found.append(Described(_of_words(inside), printable(clip(rest[end:].strip(), _DEFAULT_LENGTH * 2))))
    return found


def _closed(text: str) -> Tuple[str, int]:
    """Return what stands before the parenthesis that closes, and the place behind it; -1 if there is none."""
    depth = 1
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[:place], place + 1
    return text, -1


def _of_words(text: str) -> List[Parameter]:
    """Return parameters as people write them, `start, stop[, step]`: joined by a comma the parts are that very text again."""
    found: List[Parameter] = []
    kind = ""
    for part in split(text, "({")[:MOST]:
        bare = part.strip("[] ")
        name = bare.partition("=")[0].strip("[] ")
        shown = printable(clip(part, LONGEST_NAME))
        if bare == "/":
            found = [parameter._replace(kind="/") if parameter.name else parameter for parameter in found]
            found.append(Parameter("", "sign", "", shown))
        elif bare == "*":
            kind = "*"
            found.append(Parameter("", "sign", "", shown))
        elif bare == "...":
            found.append(Parameter("", "*args", "", shown))
        elif name.startswith("**"):
            found.append(Parameter(name[2:], "**kw", "", shown))
        elif name.startswith("*"):
            found.append(Parameter(name[1:], "*args", "", shown))
            kind = "*"
        else:
            found.append(Parameter(name if name.isidentifier() else "", kind, "", shown))
    return found


def _ends_places(parameter: Parameter) -> bool:
    """Return whether what follows a part can be given by name only."""
    return parameter.kind in ("*", "*args") or (parameter.kind == "sign" and "*" in parameter.written)


def parts_of(found: Sequence[Parameter]) -> List[Parameter]:
    """Return the same with the lone signs `/` and `*` where one writes them, as parameters without a name."""
    parts: List[Parameter] = []
    for index, parameter in enumerate(found):
        if parameter.kind == "*" and not any(_ends_places(before) for before in found[:index]):
            parts.append(Parameter("", "sign", "", "*"))
        parts.append(parameter)
        last = index + 1 == len(found) or found[index + 1].kind != "/"
        if parameter.kind == "/" and last and not (index + 1 < len(found) and found[index + 1].kind == "sign"):
            parts.append(Parameter("", "sign", "", "/"))
    return parts
