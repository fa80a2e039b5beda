"""What C makes of an argument written in text: INT, LONG, FLOAT, STRING and the memo's numbers.

Every function takes the line as it stands in the stream, newline included, and raises the type that C raises.
The oddities are C's: text ends at a NUL, INT goes through strtol, FLOAT takes no white space before the number.
"""

from __future__ import annotations

import codecs
import re
from math import isinf
from pickle import UnpicklingError
from sys import maxsize

from histshell.pik.versions import EXACT_BOOLS, INT_BASE

_STRTOL = re.compile(
    rb"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)"
    if INT_BASE == 0
    else rb"[ \t\n\v\f\r]*([+-]?)([0-9]+)"
)
_STRTOD = re.compile(
    rb"[+-]?(?:((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])"
)
_LONG_MIN, _LONG_MAX = -(1 << 63), (1 << 63) - 1
_TRUNCATED = "pickle data was truncated"


def _strtol(line: bytes) -> tuple[int | None, int]:
    """Do as C's strtol: return the value (None where it is out of range) and where it stopped."""
    found = _STRTOL.match(line)
    if found is None:
        return 0, 0
    sign, digits = found.groups()
    if digits[:2] in (b"0x", b"0X"):
        base = 16
    else:
        base = 8 if INT_BASE == 0 and digits[:1] == b"0" else 10
    # 64 bits never need more than 64 digits once leading zeros are gone; a longer text is out of range unread.
    if len(digits.lstrip(b"0xX")) > 64:
        return None, found.end()
    value = int(digits, base)
    if sign == b"-":
        value = -value
    return (value if _LONG_MIN <= value <= _LONG_MAX else None), found.end()


def int_line(line: bytes) -> int | bool:
    """Read the argument of INT."""
    if len(line) < 2:
        raise UnpicklingError(_TRUNCATED)
    if line[0] in b"123456789" and 2 < len(line) < 19 and line[:-1].isdigit():
        return int(line)  # the ordinary spelling, which every version reads alike
    if EXACT_BOOLS and line in (b"00\n", b"01\n"):
        return line == b"01\n"
    value, end = _strtol(line)
    if value is None or line[end : end + 1] not in (b"\n", b"\0"):
        try:
            return int(line.split(b"\0", 1)[0], INT_BASE)
        except ValueError:
            raise ValueError("could not convert string to int") from None
    if not EXACT_BOOLS and len(line) == 3 and value in (0, 1):
        return bool(value)
    return value


def _number(text: bytes, base: int) -> int:
    """Do as C's PyLong_FromString, whose message cannot be written where the text is no UTF-8."""
    try:
        return int(text, base)
    except ValueError:
        text[:200].decode()
        raise


def long_line(line: bytes) -> int:
    """Read the argument of LONG."""
    if len(line) < 2:
        raise UnpicklingError(_TRUNCATED)
    if line[-2:-1] == b"L":
        line = line[:-2]
    return _number(line.split(b"\0", 1)[0], INT_BASE)


def float_line(line: bytes) -> float:
    """Read the argument of FLOAT."""
    if len(line) < 2:
        raise UnpicklingError(_TRUNCATED)
    found = _STRTOD.match(line)
    if found is None:
        raise ValueError("could not convert string to float")
    value = float(found.group())
    if found.group(1) is not None and isinf(value):
        raise OverflowError("value too large to convert to float")
    if line[found.end() : found.end() + 1] not in (b"\n", b"\0"):
        raise ValueError("could not convert string to float")
    return value


def quoted_line(line: bytes) -> bytes:
    """Read the argument of STRING, to bytes: strip the quotes, resolve the escapes."""
    text = line[:-1]
    if len(text) < 2 or text[0] != text[-1] or text[:1] not in (b"'", b'"'):
        raise UnpicklingError("the STRING opcode argument must be quoted")
    return codecs.escape_decode(text[1:-1])[0]


def old_string(raw: bytes, encoding: str, errors: str) -> str | bytes:
    """Decode the bytes of a Python 2 string as the *encoding* setting says."""
    if encoding == "bytes":
        return raw
    return str(raw, encoding, errors) if raw else ""  # without anything to decode C does not look for the codec


def memo_number(line: bytes) -> int:
    """Read the argument of GET or PUT."""
    if len(line) < 2:
        raise UnpicklingError(_TRUNCATED)
    if line[:-1].isdigit() and len(line) < 18:
        return int(line)
    value = _number(line.split(b"\0", 1)[0], 10)
    if not -maxsize - 1 <= value <= maxsize:
        raise OverflowError("Python int too large to convert to C ssize_t")
    return value


def name_lines(lines: tuple[bytes, bytes], encoding: str) -> tuple[str, str]:
    """Read the two lines of GLOBAL (UTF-8) or INST (ASCII)."""
    module, name = lines
    if len(module) < 2:
        raise UnpicklingError(_TRUNCATED)
    decoded = module[:-1].decode(encoding)
    if len(name) < 2:
        raise UnpicklingError(_TRUNCATED)
    return decoded, name[:-1].decode(encoding)
