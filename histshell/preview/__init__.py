"""The one bounded renderer of values, and the one function that escapes text for a terminal.

For small ordinary values it prints what `repr` prints. It is iterative, bounded in width, depth and total size, raises
nothing, and calls no method of anything unknown: types are compared by identity (hashing or comparing a class calls its
metaclass, which may be anybody's), attributes are read through the slots of built-in types, and what remains is
shown as its type and address. What is left out is marked by an ellipsis character: ``[0, 1, 2, … 997 more]``.
"""

from __future__ import annotations

from .builtin_types import SHAPES, Beginning
from .printer import Printer
from .text import LIMIT, clip, one_line, opaque, printable, quoted, sentence, title, type_name, type_title
from .type_sets import Kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .builtin_types import Part

__all__ = [
    "LIMIT",
    "SHAPES",
    "Beginning",
    "Kinds",
    "call",
    "called",
    "clip",
    "one_line",
    "opaque",
    "preview",
    "printable",
    "quoted",
    "sentence",
    "show",
    "title",
    "type_name",
    "type_title",
]

_DEPTH = 6  # of a preview


def preview(value: object, limit: int = LIMIT) -> str:
    """Show `value` in at most `limit` characters; survives any value, shared and circular ones too."""
    return clip(show(value, width=max(limit, 1), depth=_DEPTH, total=limit), limit)


def show(value: object, *, width: int = 1000, depth: int = 100, total: int = 20_000) -> str:
    """Give *value* as text: at most *width* items of a container, *depth* levels, *total* characters."""
    return Printer(width, depth, total).run(iter([(value,)]))


def call(what: object, args: object, keywords: object = None, total: int = 200) -> str:
    """Give a call as text, e.g. ``os.system('xclock')``; *what* is a name, escaped already, or the function itself."""
    name = what if type(what) is str else title(what)
    return Printer(100, 20, total).run(called(name, args, keywords))


def called(name: str, args: object, keywords: object) -> Iterator[Part]:
    """Give the parts of a call."""
    yield f"{name}("
    between = ""
    if type(args) is tuple:
        for arg in args:
            yield between
            yield (arg,)
            between = ", "
    else:
        yield "*"
        yield (args,)
        between = ", "
    if type(keywords) is dict:
        for key, arg in keywords.items():
            yield f"{between}{quoted(key)}=" if type(key) is str else f"{between}**"
            yield (arg,)
            between = ", "
    yield ")"
