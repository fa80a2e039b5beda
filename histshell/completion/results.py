"""Completing `h[`: the numbers of the results, the newest first, each with what was displayed for it."""

from __future__ import annotations

from itertools import islice
from typing import Iterator, List

from histshell.placeholder import Placeholder
from histshell.preview import clip, type_name
from histshell.views import entry

from .containers import is_history
from .context import Context
from .keys import find
from .model import Completion, Request

MOST = 100
"""How many results are offered at once."""
_DETAIL = 120


def complete(request: Request, context: Context) -> List[Completion]:
    """Return the numbers that go on with what has been typed between the brackets of `h[`."""
    subscript = find(request, context)
    if subscript is None or context.string is not None or not is_history(subscript.value):
        return []
    typed = request.buffer[subscript.start : request.cursor]
    history = subscript.value
    last = list.__len__(history) - 1
    close = "" if context.after.startswith("]") else "]"
    found = []
    for number in islice(numbers(typed, last), MOST):
        value = list.__getitem__(history, number)
        if type(value) is Placeholder:
            continue
        detail = clip(entry(history, number).preview, _DETAIL)
        found.append(Completion(f"{number}{close}", subscript.start, "result", type_name(value), detail))
    return found


def numbers(typed: str, last: int) -> Iterator[int]:
    """Yield the numbers from `last` down to 1, or from -1 down to `-last`, that are written with `typed` at their beginning.

    Found by counting, not by looking at each: of a million results those that begin with 12 are four ranges.
    """
    digits = typed[1:] if typed[:1] == "-" else typed
    if digits.startswith("0") or not (digits.isdecimal() or not digits):
        return
    if not digits:
        yield from range(-1, -last - 1, -1) if typed else range(last, 0, -1)
        return
    first = int(digits)
    ranges = []
    width = 1
    while first * width <= last:
        ranges.append(range(first * width, min((first + 1) * width, last + 1)))
        width *= 10
    if typed[:1] == "-":
        yield from (-number for numbers in ranges for number in numbers)
    else:
        yield from (number for numbers in reversed(ranges) for number in reversed(numbers))
