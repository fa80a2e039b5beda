"""What the setting `secrets` may say: names, and regular expressions that cannot take long. Loaded where that is set."""

from __future__ import annotations

import re
from typing import Any, Iterator, List

MOST = 50
"""How many names and patterns there may be, and `LONGEST` how many characters each may have."""

LONGEST = 200

_MANY = 100
_OFTEN = 20  # a part that may be repeated more than so many times counts as repeated without end


def lines(text: str) -> List[str]:
    """Return the names and patterns of a setting: a list in the file, else a text with blanks between. Raises ValueError."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]") and text[1:].lstrip()[:1] in ("'", '"', "]"):
        import ast

        try:
            found: Any = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
            raise ValueError("this is no list of texts") from error
    else:
        found = text.split()
    if len(found) > MOST:
        raise ValueError(f"more than {MOST} names and patterns")
    for one in found:
        if type(one) is not str or not one.strip() or "\n" in one or len(one) > LONGEST:
            raise ValueError(f"each name or pattern is a text of one line, of at most {LONGEST} characters")
        if not is_name(one):
            check(one)
    return list(found)


def is_name(text: str) -> bool:
    """Return whether this is a name that is given a secret; all else is a pattern."""
    return text.isidentifier()


def check(pattern: str) -> None:
    """See whether a regular expression is one, and takes a bounded time. Raises ValueError with a sentence.

    At most two parts may be repeated without end, one after the other, and neither has a repeated or an optional one within. So
    the time grows with the square of the text at most, and that is bounded where the pattern is used.
    """
    try:
        found = re.compile(pattern)
        parts = _parser().parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    if found.match(""):
        raise ValueError(f"{pattern!r} matches the empty text")
    if _repeated(parts, False) > 2:
        raise ValueError(
            f"{pattern!r} may take too long: at most two parts may be repeated without end, and nothing may vary within one"
        )


def nested(pattern: str) -> bool:
    """Return whether a part that is repeated without end has a part within that is."""
    return _nested(_parser().parse(pattern), False)


def _parser() -> Any:
    try:
        return re._parser  # type: ignore[attr-defined, unused-ignore]
    except AttributeError:  # before 3.11
        import sre_parse

        return sre_parse


def _walk(part: Any) -> Iterator[Any]:
    """Yield the parts directly within a part of a parsed expression."""
    if isinstance(part, (list, tuple)) or hasattr(part, "data"):
        yield from getattr(part, "data", part)


def _is_op(part: Any, *names: str) -> bool:
    return isinstance(part, tuple) and len(part) == 2 and any(name in getattr(part[0], "name", "") for name in names)


def _repeated(part: Any, within: bool) -> int:
    """Return how many parts are repeated without end; many for what may take exponential time."""
    if _is_op(part, "GROUPREF"):
        return _MANY
    if _is_op(part, "BRANCH") and within:
        return _MANY
    if _is_op(part, "REPEAT"):
        least, most, inner = part[1]
        if within and least != most:
            return _MANY
        often = int(most) > _OFTEN
        return int(often) + _repeated(inner, within or int(most) > 1)
    return sum(_repeated(one, within) for one in _walk(part))


def _nested(part: Any, within: bool) -> bool:
    if _is_op(part, "REPEAT"):
        _, most, inner = part[1]
        without_end = int(most) > 1_000_000
        return (within and without_end) or _nested(inner, within or without_end)
    return any(_nested(one, within) for one in _walk(part))
