r"""What a typed line means: bytes of the stream, in one of four spellings.

As it stands: ASCII characters are themselves, ``\xNN``, ``\n``, ``\t`` and ``\\`` are the bytes they name. ``b'…'`` is a
Python bytes literal, ``x 80 04`` is hexadecimal, ``b64 gAQu`` is base64. No opcode is lost by that: at the start of
an opcode, neither ``x`` nor what follows the ``b`` of BUILD could stand there.
"""

from __future__ import annotations

import ast
import base64
import binascii
import re

from histshell.errors import HistshellError
from histshell.preview import printable

_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|([nt\\]))")
UNIT = re.compile(r"\\(?:x[0-9a-fA-F]{2}|[nt\\])|.", re.DOTALL)
"""One byte of a plain line, as it is typed."""
_TAB = re.compile(r"(?<!\\)\t")
_NAMED = {b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


class TypingError(HistshellError):
    """A typed line cannot be turned into bytes; nothing of it has been used."""


def is_literal(text: str) -> bool:
    """Return whether a line is one of the spellings that give a whole piece of a stream, newline included or not."""
    return text.startswith(("b'", 'b"', "x ", "b64 "))


def spell_tabs(text: str) -> str:
    """Return a line with its tabs spelled out where that means the same, since not every line editor draws them rightly."""
    return text if is_literal(text) or text.startswith(":") else _TAB.sub(r"\\t", text)


def literal(text: str) -> bytes:
    """Return the bytes of a line that `is_literal`. Raises `TypingError`."""
    kind, _, rest = text.partition(" ")
    if kind == "x":
        try:
            return bytes.fromhex(rest)
        except ValueError:
            raise TypingError("x: hexadecimal digits in pairs are expected, such as  x 80 04 4e 2e") from None
    if kind == "b64":
        try:
            return base64.b64decode("".join(rest.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise TypingError(f"b64: this is no base64 ({error})") from None
    try:
        data = ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise TypingError("b: a bytes literal is expected, such as  b'\\x80\\x04N.'") from None
    if not isinstance(data, bytes):
        raise TypingError("b: a bytes literal is expected, such as  b'\\x80\\x04N.'")
    return data


def plain(text: str) -> bytes:
    """Return the bytes of any other line, its newline left out. Raises `TypingError` for what is not ASCII."""
    try:
        data = text.encode("ascii")
    except UnicodeEncodeError as error:
        character = text[error.start]
        spelled = "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
        raise TypingError(
            f"{printable(repr(character))} is not ASCII: write its bytes as {spelled} (UTF-8), or, after V, \\u{ord(character):04x}"
            if ord(character) < 0x10000
            else f"{printable(repr(character))} is not ASCII: write its bytes as {spelled} (UTF-8)"
        ) from None
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]) if found[1] else _NAMED[found[2]], data)
