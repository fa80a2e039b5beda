"""The assembler: a listing, or opcodes written by hand, back into bytes.

A line is ``NAME argument``; an offset before it (``12:``) and a remark after it (two blanks and ``#``) are skipped. The argument is
a Python literal, or, for opcodes that take text up to a newline, that text as it stands.
"""

from __future__ import annotations

import ast
import re
import struct
from pickle import encode_long
from struct import pack
from typing import Any

from histshell.pik.errors import PikError
from histshell.pik.opcodes import BY_NAME, Opcode

_LINE = re.compile(r"\s*(?:\d+:)?\s*([A-Za-z][A-Za-z0-9_]*)(?:\s+(.*?))?\s*", re.DOTALL)
_REMARK = re.compile(r"""\s\s+#.*$""")
_FORMATS = {"uint1": "<B", "uint2": "<H", "int4": "<i", "uint4": "<I", "uint8": "<Q"}
_LENGTHS = {"count1": "<B", "count4": "<I", "count8": "<Q"}


def assemble(text: str) -> bytes:
    """Return the bytes of the opcodes in *text*, one a line.

    Raises `PikError` that names the line for an unknown opcode or an argument that does not fit it.
    """
    out = []
    for number, line in enumerate(text.split("\n"), 1):
        line = _REMARK.sub("", line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        op = BY_NAME.get(found.group(1).upper()) if found else None
        if found is None or op is None:
            raise PikError(f"line {number}: found {line.strip()[:40]!r}, expected an opcode's name")
        try:
            out.append(bytes((op.code,)) + _argument(op, found.group(2) or ""))
        except (ValueError, SyntaxError, TypeError, struct.error, OverflowError) as cause:
            raise PikError(f"line {number}: {op.name} {found.group(2) or ''}: {cause}") from cause
    return b"".join(out)


def _literal(text: str, *kinds: type) -> Any:
    """Read one Python literal of one of *kinds*."""
    value = ast.literal_eval(text)
    if type(value) not in kinds:
        raise ValueError(f"found {type(value).__name__}, expected {' or '.join(kind.__name__ for kind in kinds)}")
    return value


def _line(text: str) -> bytes:
    """Read a line's text: a bytes literal, or the text as it stands."""
    raw: bytes = _literal(text, bytes) if text[:2] in ("b'", 'b"') else text.encode("latin-1")
    if b"\n" in raw:
        raise ValueError("a line cannot hold a newline")
    return raw + b"\n"


def _argument(op: Opcode, text: str) -> bytes:
    """Return the bytes of an argument."""
    kind = op.argument
    if kind == "":
        if text:
            raise ValueError("takes no argument")
        return b""
    if kind == "line":
        return _line(text)
    if kind == "lines":
        return b"".join(map(_line, _two(text)))
    if kind == "float8":
        return bytes.fromhex(text[2:]).rjust(8, b"\0") if text[:2] == "0x" else pack(">d", float(text))
    if kind in _FORMATS:
        return pack(_FORMATS[kind], _literal(text, int))
    if op.made == "int" and not text.startswith("b"):
        raw = encode_long(_literal(text, int))
    else:
        value = _literal(text, str, bytes)
        raw = value.encode("utf-8", "surrogatepass") if type(value) is str else value
    return pack(_LENGTHS[kind], len(raw)) + raw


def _two(text: str) -> list[str]:
    """Split the two words of GLOBAL, each as it stands or a bytes literal."""
    words = re.findall(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*"|\S+""", text)
    if len(words) != 2:
        raise ValueError("expected a module and a name")
    return words
