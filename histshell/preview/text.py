"""Text for a terminal, escaped and bounded: what somebody else wrote, and the names of types and functions."""

from __future__ import annotations

LIMIT = 200
"""The length of a preview, in characters."""

CUT = "…"

_type_name = type.__dict__["__name__"].__get__
_type_qualname = type.__dict__["__qualname__"].__get__
_type_module = type.__dict__["__module__"].__get__
_Function, _Builtin = type(lambda: None), type(id)

#: Printable to Python and invisible to people: joiners, fillers and variation selectors that are no format characters.
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10)))
)


def printable(text: str) -> str:
    """Escape what a terminal would obey or not show: C0, C1, DEL, line ends, format characters (bidirectional marks,
    zero width), surrogates, private and unassigned ones, spaces of other widths, and what takes no room.
    """
    if text.isascii() and text.isprintable():
        return text
    out = []
    before = ""
    for c in text:
        seen = c.isprintable() and (c not in _INVISIBLE and c < "\U000e0100" or c in "\ufe0e\ufe0f" and before > "\x7f")
        out.append(c if seen else ascii(c)[1:-1])
        before = c
    return "".join(out)


_DRAWN = dict.fromkeys(range(0x2500, 0x2580), " ")


def one_line(text: str) -> str:
    """Put the displayed text of a value on one line: its lines joined by a space, the rest as `printable` has it.

    Of a table the words are left, without the lines that are drawn around them.
    """
    if "\n" in text and "│" in text:
        text = " ".join(text.translate(_DRAWN).split())
    elif "\n" in text:
        text = " ".join(part.strip() for part in text.split("\n"))
    return printable(text)


def clip(text: str, limit: int = LIMIT) -> str:
    """Cut `text` to `limit` characters, the last of which marks the cut."""
    return text if len(text) <= limit else text[: limit - 1] + CUT


def width(text: str) -> int:
    """Return how many columns a terminal uses for `text`: two for wide characters, none for combining ones."""
    if text.isascii() or text.replace(CUT, "").isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def sentence(text: str, limit: int = 1000) -> str:
    """Put text that somebody else wrote, such as an error's, on one line: escaped, and bounded at both its ends."""
    text = str.__str__(text)
    if len(text) > limit:
        text = f"{text[: limit * 3 // 4]}{CUT} {len(text) - limit:,} more {CUT}{text[-limit // 4 :]}"
    return one_line(text)


def quoted(name: str, limit: int = LIMIT) -> str:
    """Write a name that somebody else wrote: as it stands if it is made of ASCII identifiers and dots, else quoted, escaped
    and bounded, so that nothing in it can be read as what stands around it.
    """
    if len(name) <= limit:
        plain = name.isascii() and all(part.isidentifier() for part in name.split("."))
        return name if plain else ascii(name)
    head, tail = name[: limit // 2], name[-limit // 4 :]
    return f"{head!a}{CUT} {len(name) - len(head) - len(tail):,} more {CUT}{tail!a}"


def type_name(value: object) -> str:
    """Return the name of the value's type, read past any metaclass."""
    return str(_type_name(type(value)))


def type_title(kind: type) -> str:
    """Return module and name of a class, read past any metaclass, escaped and bounded."""
    module, name = _type_module(kind), _type_qualname(kind)
    if type(module) is not str or module == "builtins":
        module = ""
    parts = [sentence(part, LIMIT) for part in (module, name.rpartition("<locals>.")[2]) if part]
    return ".".join(parts)


def opaque(value: object) -> str:
    """Write `<module.Type object at 0x…>` without asking the value; of a class made in a function the last name."""
    return f"<{type_title(type(value))} object at {id(value):#x}>"


def title(thing: object) -> str:
    """Name a function or class without asking it."""
    kind = type(thing)
    if issubclass(kind, type):
        module = _type_module(thing)
        name = _type_qualname(thing)
    elif kind is _Function or kind is _Builtin:
        module, name = thing.__module__, thing.__qualname__  # type: ignore[attr-defined]  # C's own attributes
    else:
        return opaque(thing)
    return ".".join(sentence(part, LIMIT) for part in (module, name) if issubclass(type(part), str))
