"""Arrow's types, which a stream makes by its functions, named as Arrow writes them."""

from __future__ import annotations

from typing import Any

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.placed import Made, made, text
from histshell.preview import printable

_DEEPEST = 10
_LONGEST = 80
_MOST = 20  # fields of a structure that are written


def called(thing: Any) -> Made | None:
    """Give what a function of Arrow's was to be called with; None for anything else."""
    if type(thing) is not Placeholder:
        return None
    given = made(thing)
    return given if given.top.startswith("pyarrow.") and type(given.args) is tuple else None


def name(thing: Any, deep: int = 0) -> str:
    """Name a type as Arrow does: ``int64``, ``list<item: string>``; ``?`` where it is none that is known."""
    given = called(thing)
    if given is None or deep > _DEEPEST:
        return "?"
    try:
        return _name(given.short, given.args, deep)
    except (IndexError, TypeError, ValueError):
        return "?"


def _name(made_by: str, args: Any, deep: int) -> str:
    if made_by == "type_for_alias":
        return printable(text(args[0])[:_LONGEST]) or "?"
    if made_by == "timestamp":
        zone = f", tz={printable(text(args[1])[:_LONGEST])}" if len(args) > 1 and args[1] is not None else ""
        return f"timestamp[{printable(text(args[0])[:_LONGEST])}{zone}]"
    if made_by.startswith("decimal") and all(type(arg) is int for arg in args[:2]):
        return f"{made_by}({args[0]}, {args[1]})"
    if made_by == "dictionary":
        values, indices = name(args[1], deep + 1), name(args[0], deep + 1)
        return f"dictionary<values={values}, indices={indices}, ordered={int(bool(args[2]))}>"
    if made_by == "list_" and len(args) > 1 and args[1] != -1:
        return f"fixed_size_list<{_field(args[0], deep)}>[{int(args[1])}]"
    if made_by in ("list_", "large_list"):
        return f"{made_by.rstrip('_')}<{_field(args[0], deep)}>"
    if made_by == "struct":
        return (
            f"struct<{', '.join(_field(part, deep) for part in list(args[0])[:_MOST])}{', …' * (len(args[0]) > _MOST)}>"
        )
    if made_by == "map_":
        return f"map<{', '.join(_of_field(part, deep) for part in args[:2])}>"
    if made_by == "binary":
        return f"fixed_size_binary[{int(args[0])}]" if args else "binary"
    return printable(made_by) if not args else "?"


def field(thing: Any) -> tuple[str, Any] | None:
    """Give name and type of a field; None where it is none."""
    given = called(thing)
    if given is None or given.short != "field" or len(given.args) < 2:
        return None
    return text(given.args[0]), given.args[1]


def _of_field(thing: Any, deep: int) -> str:
    """Name the type of a field, or a type."""
    known = field(thing)
    return name(known[1] if known is not None else thing, deep + 1)


def _field(thing: Any, deep: int) -> str:
    """Write a field with its name; a type alone is that of items."""
    known = field(thing)
    if known is None:
        return f"item: {name(thing, deep + 1)}"
    given = called(thing)
    strict = " not null" if given is not None and len(given.args) > 2 and given.args[2] is False else ""
    return f"{printable(known[0][:_LONGEST])}: {name(known[1], deep + 1)}{strict}"
