"""Bytecode that a stream brings, as instructions, where it is this Python's. No code object is made of it, and nothing is run."""

from __future__ import annotations

import dis
import sys
from typing import TYPE_CHECKING, Any, Iterator

from histshell.preview import sentence, show

if TYPE_CHECKING:
    from histshell.pik.tree.code_objects import Code

_MOST = 2_000  # instructions of one function
_ARGUMENTS = 18 if sys.version_info >= (3, 11) else 16  # of types.CodeType
_WIDE = 1 << 31
#: How far a number is shifted that is an index of a name, by this version's reckoning.
_SHIFTED = {"LOAD_GLOBAL": 1} if sys.version_info >= (3, 11) else {}
if sys.version_info >= (3, 12):
    _SHIFTED.update(LOAD_ATTR=1, LOAD_SUPER_ATTR=2)
_NONE: tuple[Any, ...] = ()
_CACHES: Any = getattr(dis, "_inline_cache_entries", None)  # by number on 3.11 and 3.12, by name from 3.13 on


def _caches(op: int) -> int:
    """Give how many places behind an instruction are its cache's."""
    if _CACHES is None:
        return 0
    if isinstance(_CACHES, dict):
        return int(_CACHES.get(dis.opname[op], 0))
    return int(_CACHES[op])


def _instructions(raw: bytes) -> Iterator[tuple[int, int, int]]:
    """Give offset, opcode and argument of each. Raises ValueError where it cannot be this Python's."""
    at = extended = 0
    while at < len(raw):
        op, argument = raw[at], raw[at + 1] | extended
        if dis.opname[op].startswith("<"):
            raise ValueError("no opcode")
        yield at, op, argument
        extended = argument << 8 if dis.opname[op] == "EXTENDED_ARG" else 0
        if extended > _WIDE:
            raise ValueError("no argument")
        at += 2
        skipped = _caches(op)
        if any(raw[at : at + 2 * skipped]):
            raise ValueError("no cache")
        at += 2 * skipped


def is_ours(code: Code) -> bool:
    """Tell whether bytecode can be this Python's: as many parts, opcodes that it has, and empty caches where it has caches."""
    if code.given != _ARGUMENTS or not code.code or len(code.code) % 2:
        return False
    try:
        found = [dis.opname[op] for _, op, _ in _instructions(code.code)]
    except ValueError:
        return False
    if sys.version_info >= (3, 11) and "RESUME" not in found:
        return False
    return any(name.startswith(("RETURN", "RAISE", "RERAISE")) or "JUMP" in name for name in found[-8:])


def lines(code: Code) -> Iterator[str]:
    """Give its instructions, a line each; one line where it is another Python's."""
    if not is_ours(code):
        yield f"{len(code.code):,} bytes of code, of another version of Python than this one"
        return
    for number, (at, op, argument) in enumerate(_instructions(code.code)):
        if number == _MOST:
            yield "…"
            return
        name = dis.opname[op]
        shown = _argument(code, op, name, argument) if op >= dis.HAVE_ARGUMENT or op in dis.hasname else ""
        yield f"{at:6d}  {name:<24} {shown}".rstrip()


def _argument(code: Code, op: int, name: str, argument: int) -> str:
    """Write an argument: the name or constant that it means, else its number."""
    index, table = argument, _NONE
    if op in dis.hasconst:
        table = code.consts
    elif op in dis.hasname:
        index, table = argument >> _SHIFTED.get(name, 0), code.names
    elif op in dis.haslocal and argument < len(code.varnames):
        table = code.varnames
    if index >= len(table):
        return str(argument)
    value = table[index]
    return show(value, width=6, depth=3, total=60) if op in dis.hasconst else sentence(str(value), 60)
