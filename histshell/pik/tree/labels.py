"""The labels of the tree's children, and the path that they make: ``estimators_[3].tree_``, ``['weights'][0]``."""

from __future__ import annotations

import ast
from typing import Any

from histshell.pik.placeholders import Placeholder
from histshell.preview import clip, printable, show

_LONGEST = 80


def attribute(name: object) -> str:
    """Give the label of an attribute."""
    if type(name) is str and name.isidentifier() and name.isascii() and len(name) <= _LONGEST:
        return f".{name}"
    return f".<{show(name, width=5, depth=2, total=_LONGEST)}>"


def item(number: int) -> str:
    """Give the label of an item of a list."""
    return f"[{number}]"


def argument(number: int) -> str:
    """Give the label of an argument of a call."""
    return f"({number})"


def keyword(name: object) -> str:
    """Give the label of a keyword argument of a call."""
    return f"({clip(printable(name), _LONGEST) if type(name) is str else show(name, total=_LONGEST)}=)"


def key(value: Any) -> str:
    """Give the label of a key: as it is written in Python, cut."""
    if type(value) is str and len(value) <= _LONGEST:
        return f"[{printable(repr(value))}]"
    if type(value) is Placeholder:
        return f"[{clip(value.what, _LONGEST)}]"
    return f"[{show(value, width=6, depth=3, total=_LONGEST)}]"


def split(path: str) -> list[str]:
    """Cut a path into labels, whatever quotes it is written with. Raises ValueError where it is none."""
    labels = []
    at = 0
    if path[:1] not in (".", "[", "("):
        path = "." + path
    while at < len(path):
        end = _end(path, at)
        labels.append(_spelled(path[at:end]))
        at = end
    return labels


def wanted(path: str) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """Give the numbers and keys that a path has labels for. Raises ValueError where it is none, or has keys that were cut."""
    found = [_wanted(label) for label in split(path)]
    numbers = tuple({value: 0 for value in found if type(value) is int})
    return numbers, tuple(value for value in found if value is not None)


def _wanted(label: str) -> Any:
    """Give the key that a label is of; None where it is of an attribute."""
    if label[0] != "[":
        return None
    try:
        value = ast.literal_eval(label[1:-1])
        hash(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        value = None
    if value is None or key(value) != label or "…" in label:
        raise ValueError(label)
    return value


def _end(path: str, at: int) -> int:
    """Give the end of the label that begins at *at*."""
    first = path[at]
    if first == "." and path[at + 1 : at + 2] != "<":
        end = at + 1
        while end < len(path) and path[end] not in ".[(":
            end += 1
        if end == at + 1:
            raise ValueError(f"{printable(path[at:])}: a name is expected after the dot")
        return end
    closing = {"[": "]", "(": ")", ".": ">"}.get(first)
    if closing is None:
        raise ValueError(f"{printable(path[at:])}: .name, [item] or ['key'] is expected")
    quote, end = "", at + 1
    depth = 0
    while end < len(path):
        c = path[end]
        if quote:
            end += c == "\\"
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c == closing and not depth:
            return end + 1
        else:
            depth += (c in "[(") - (c in "])")
        end += 1
    raise ValueError(f"{printable(path[at:])}: {closing} is expected")


def _spelled(label: str) -> str:
    """Write a label as the tree does: quotes and spaces as Python has them."""
    if label[0] != "[":
        return label
    try:
        return key(ast.literal_eval(label[1:-1]))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return label
