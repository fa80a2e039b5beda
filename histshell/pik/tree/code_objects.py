"""`Code`: what a stream says of a code object. None is made of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from histshell.pik.placeholders import Placeholder
from histshell.pik.tree.placed import made, text
from histshell.preview import sentence

_VARARGS, _VARKEYWORDS = 4, 8
MOST = 20  # names in a line


class Code(NamedTuple):
    """What a stream says of a code object, of any version of Python."""

    name: str
    argcount: int
    posonly: int
    kwonly: int
    flags: int
    code: bytes
    consts: tuple[Any, ...]
    names: tuple[Any, ...]
    varnames: tuple[Any, ...]
    filename: str
    line: int
    given: int  # how many arguments, which tells the version

    @property
    def signature(self) -> str:
        """Its arguments, as they are written in Python."""
        names = [word(name) for name in self.varnames]
        positional, at = names[: self.argcount], self.argcount
        keywords = names[at : at + self.kwonly]
        at += self.kwonly
        if self.posonly:
            positional.insert(self.posonly, "/")
        if self.flags & _VARARGS:
            positional.append("*" + "".join(names[at : at + 1]))
            at += 1
        elif keywords:
            positional.append("*")
        rest = ["**" + "".join(names[at : at + 1])] if self.flags & _VARKEYWORDS else []
        return f"({', '.join([*positional, *keywords, *rest][:MOST])})"


def word(name: Any) -> str:
    """Write a name in a signature or a line of names."""
    return sentence(text(name), 60) or "?"


def code_of(thing: Any) -> Code | None:
    """Read a code object; None where it is none."""
    if type(thing) is not Placeholder:
        return None
    given = made(thing)
    if given.name not in ("CodeType", "code", "_create_code") or type(given.args) is not tuple:
        return None
    args = given.args
    for at in range(4, len(args) - 6):
        tuples = all(type(part) is tuple for part in args[at + 1 : at + 4])
        if type(args[at]) in (bytes, str) and tuples and type(args[at + 4]) in (str, bytes):
            break
    else:
        return None
    counts: list[int] = []
    for part in reversed(args[:at]):
        if type(part) is not int:
            break
        counts.insert(0, part)
    flags, first = counts[-1], counts[:-3]  # before: argcount, or with posonly and kwonly
    posonly, kwonly = (first[1], first[2]) if len(first) > 2 else (0, first[1] if len(first) > 1 else 0)
    code = args[at] if type(args[at]) is bytes else args[at].encode("latin-1", "replace")
    consts, names, varnames, filename, name = args[at + 1 : at + 6]
    line = next((part for part in args[at + 6 :] if type(part) is int), 0)
    return Code(
        text(name), first[0] if first else 0, posonly, kwonly, flags, code, consts, names, varnames, text(filename), line,
        len(counts) + len(args) - at,
    )  # fmt: skip
