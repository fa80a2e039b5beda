"""One-line previews that are bounded in length and in work, and call no method of what they show.

Exact built-in scalars and containers are rendered as `repr` would; everything else as its type and
address, since asking it could run any code.
"""

from __future__ import annotations

import sys

LIMIT = 200
"""The length of a preview, in characters."""

_DEPTH = 6
_INT_BITS = 2000  # decimal text of a longer integer is slow to make, and refused beyond 4300 digits
_CUT = "…"

_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    dict: ("{", "}"),
}
# Types are looked up by id: comparing or hashing one would call its metaclass, which may be anybody's.
_SHOWN = frozenset(map(id, (bool, float, complex, range)))
_BRACKETED = frozenset(map(id, _BRACKETS))
_type_name = type.__dict__["__name__"].__get__
_type_module = type.__dict__["__module__"].__get__


def preview(value: object, limit: int = LIMIT) -> str:
    """Show `value` in at most `limit` characters; survives any value, shared and circular ones too."""
    try:
        parts: list[str] = []
        _render(value, parts, limit, 0, set())
        text = "".join(parts)
    except Exception:  # the value changes while it is looked at, in another thread
        text = opaque(value)
    return clip(text, limit)


def clip(text: str, limit: int = LIMIT) -> str:
    """Cut `text` to `limit` characters, the last of which marks the cut."""
    return text if len(text) <= limit else text[: limit - 1] + _CUT


def one_line(text: str) -> str:
    """The displayed text of a value on one line: its lines joined by a space, control characters escaped."""
    if "\n" in text:
        text = " ".join(part.strip() for part in text.split("\n"))
    return printable(text)


def printable(text: str) -> str:
    """Escape what a terminal would obey or not show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def type_name(value: object) -> str:
    """The name of the value's type, read past any metaclass."""
    return str(_type_name(type(value)))


def opaque(value: object) -> str:
    """`<module.Type object at 0x…>` without asking the value."""
    kind = type(value)
    module = _type_module(kind)
    prefix = f"{module}." if type(module) is str and module != "builtins" else ""
    return f"<{prefix}{_type_name(kind)} object at {id(value):#x}>"


def _render(value: object, parts: list[str], limit: int, depth: int, above: set[int]) -> None:
    """Append the text of `value` to `parts` until `limit` characters are there."""
    kind = type(value)
    if value is None or value is Ellipsis or value is NotImplemented or id(kind) in _SHOWN:
        parts.append(repr(value))
    elif kind is int:
        parts.append(repr(value) if value.bit_length() <= _INT_BITS else f"<int of {value.bit_length()} bits>")  # type: ignore[attr-defined]  # kind is int
    elif kind is str or kind is bytes:
        parts.append(repr(value[: limit + 1]))  # type: ignore[index]  # kind is str or bytes
    elif id(kind) in _BRACKETED:
        _render_items(value, parts, limit, depth, above)
    elif kind is type:
        module = _type_module(value)
        name = type.__dict__["__qualname__"].__get__(value)
        parts.append(f"<class '{name}'>" if module == "builtins" else f"<class '{module}.{name}'>")
    elif kind is type(sys):
        name = value.__dict__.get("__name__")
        parts.append(f"<module {name!r}>" if type(name) is str else "<module>")
    elif kind is type(opaque):
        parts.append(f"<function {value.__qualname__} at {id(value):#x}>")  # type: ignore[attr-defined]  # a function
    elif kind is type(len):
        parts.append(repr(value) if value.__self__ is None or type(value.__self__) is type(sys) else opaque(value))  # type: ignore[attr-defined]  # a built-in function
    else:
        parts.append(opaque(value))


def _render_items(value: object, parts: list[str], limit: int, depth: int, above: set[int]) -> None:
    """Append a built-in container; `above` holds the ids of the containers that it lies in."""
    start, end = _BRACKETS[type(value)]
    if not value and type(value) in (set, frozenset):
        parts.append(f"{type(value).__name__}()")
        return
    if id(value) in above:
        parts.append(f"{start}...{end}")
        return
    if depth >= _DEPTH:
        parts.append(f"{start}{_CUT}{end}")
        return
    above.add(id(value))
    parts.append(start)
    first = True
    for item in value.items() if type(value) is dict else value:  # type: ignore[attr-defined]  # a container
        if not first:
            parts.append(", ")
        if sum(map(len, parts)) > limit:
            break
        first = False
        if type(value) is dict:
            _render(item[0], parts, limit, depth + 1, above)
            parts.append(": ")
            item = item[1]
        _render(item, parts, limit, depth + 1, above)
    if type(value) is tuple and len(value) == 1:
        parts.append(",")
    parts.append(end)
    above.discard(id(value))
