"""Inputs of several lines out of a history that has a line of text for each line: what is one block is one input again."""

from __future__ import annotations

import re
import warnings
from typing import Iterable, Iterator, List

_MOST = 400  # lines of a block
_WIDEST = 4000  # characters of a line that may be part of one

_CLAUSE = re.compile(r"(else|elif|except|finally|case)\b")
_OPENS = re.compile(r"""[(\[{]|["']{3}|\\$|:\s*(#.*)?$|^\s*@""")


def joined(entries: Iterable[str]) -> Iterator[str]:
    """Yield the inputs in the entries of a history, the oldest first. An entry of several lines is whole as it is.

    A block goes on while Python finds it unfinished, with each indented line, and with a clause such as `else:`, as long as what
    comes of it can be parsed; empty lines are not in such histories. Nothing is run.
    """
    rest = list(entries)
    at = 0
    while at < len(rest):
        length = _length(rest, at) if _OPENS.search(rest[at]) and "\n" not in rest[at] else 1
        yield "\n".join(rest[at : at + length])
        at += length


def _length(rest: List[str], at: int) -> int:
    """Return how many entries from one on are one input."""
    lines = [rest[at]]
    length, whole = 1, _state(rest[at])
    for line in rest[at + 1 : at + _MOST]:
        if "\n" in line or len(line) > _WIDEST or whole is None:
            break
        if whole and not line.startswith((" ", "\t")) and not _CLAUSE.match(line):
            break
        lines.append(line)
        whole = _state("\n".join(lines))
        if whole:
            length = len(lines)
    return length


def _state(text: str) -> "bool | None":
    """Return whether Python can parse a text (True), wants more of it (False), or neither (None)."""
    import codeop

    if len(text) > _WIDEST * 10:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return codeop.compile_command(text, "<history>", "exec") is not None
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
            return None
