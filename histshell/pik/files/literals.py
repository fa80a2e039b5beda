"""What Python writes for plain data, read within bounds: the header of an array, a line of a shelf's directory."""

from __future__ import annotations

import re
from typing import Any

LONGEST = 1 << 16
_DEEPEST = 24
_STRING = r"[bu]?(?:'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
_TOKEN = re.compile(rf"({_STRING})|([\[({{])|([\])}}])|(?:-?[0-9]+L?|True|False|None|[,:]|\s+)", re.DOTALL)
_LONG = re.compile(rf"({_STRING})|([0-9])L", re.DOTALL)


def literal(text: str) -> Any:
    """Return the value that *text* writes: strings, numbers, True, False, None, and lists, tuples and dicts of them.

    Anything else raises `ValueError`, and so does what is long or deep: nothing is given to Python's parser that could make
    it work hard. An ``L`` after a number, as Python 2 wrote it, is passed over.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters, and at most {LONGEST:,} are read")
    depth = at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f"nothing that plain data has: {text[at : at + 20]!a}")
        depth += bool(token[2]) - bool(token[3])
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        at = token.end()
    from ast import literal_eval

    try:
        return literal_eval(_LONG.sub(lambda found: found[1] or found[2], text).strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(str(error.args[0]) if error.args else "it cannot be read") from None
