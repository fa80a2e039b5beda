"""What matches what has been typed, and in which order it is shown.

Five classes of match, the better one first: the same beginning; the same but for upper and lower case; and only where nothing
has either: the beginning of a part of the name; the first letters of its parts; letters in order.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, List, Sequence, Tuple

from .containers import chunks
from .model import Completion, Request

MOST = 2000
"""How many completions an answer has at most."""

_LONGEST = 5000
"""How many characters a completion has at most: a path may have so many, and more is not typed by anybody."""

_MANY = 20_000
_SMALL_CHUNK = 500  # names to be looked at more closely between two looks at the clock
_LENGTH = 200  # of a longer name only the beginning is searched for letters in order

EXACT, FOLDED, PART, INITIALS, SCATTERED = range(5)
_BEGINNING = FOLDED  # up to here a match has the typed text at its beginning
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")
_PRIVATE_MATTERS = frozenset(("attribute", "method", "property", "function", "class", "name", "module", "parameter"))


def quality(text: str, typed: str) -> int | None:
    """Return which class of match `text` is for what was `typed`; None if it does not match."""
    if text.startswith(typed):
        return EXACT
    folded = typed.lower()
    if text[: len(typed)].lower() == folded:
        return FOLDED
    if not typed or (text[:1] == "_" and typed[0] != "_"):
        return None
    text = text[:_LENGTH]
    parts = [part.lower() for part in _PARTS.findall(text)]
    wanted = folded.replace("_", "")
    if not wanted:
        return None
    for index in range(1, len(parts)):
        if "".join(parts[index:]).startswith(wanted):
            return PART
    if len(wanted) < 2:
        return None
    if "".join(part[0] for part in parts).startswith(wanted):
        return INITIALS
    return SCATTERED if parts and parts[0][0] == wanted[0] and _in_order(wanted, text.lower()) else None


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def privacy(name: str) -> int:
    """Return 0 for a public name, 1 for a `_private` one, 2 for a `__dunder__`."""
    return 0 if name[:1] != "_" else 2 if name[:2] == "__" else 1


def is_wanted(name: str, typed: str) -> bool:
    """Return whether a name may be shown: those with two underscores only where at least one has been typed."""
    return name[:2] != "__" or typed[:1] == "_"


def select(names: Sequence[Any], typed: str, request: Request) -> List[str]:
    """Choose from `names`, which may hold anything and anything twice, the texts that match; sorted, at most `MOST`.

    Of 10⁵ names only the chosen ones are worked on further; the search ends with the request's time.
    """
    exact, loose = search(names, typed, request)
    dunders = typed[:1] == "_"
    chosen: List[str] = []
    for found in (exact, loose):
        wanted = [name for name in dict.fromkeys(found) if dunders or name[:2] != "__"]
        if len(wanted) > MOST:
            wanted = sorted(wanted)[:MOST]  # so many at once: by their characters, in a fifth of the time
        chosen += sorted(wanted, key=lambda name: (quality(name, typed) or 0, privacy(name), name.lower(), name))
    return chosen[:MOST]


def search(names: Sequence[Any], typed: str, request: Request, most: int | None = None) -> Tuple[List[str], List[str]]:
    """Find the texts that begin with `typed`, and those that match it otherwise; both in the order of `names`.

    Looser matches take further passes, so that among many names they are looked for only if nothing begins that way.
    The search ends once `most` begin that way, if it is given.
    """
    exact: List[str] = []
    for chunk in chunks(names, request):
        if _may_begin(chunk, typed):
            exact += [name for name in chunk if type(name) is str and name.startswith(typed)]
            if most is not None and len(exact) >= most:
                return exact, []
    if not typed or (exact and len(names) > _MANY):
        return exact, []
    length, folded = len(typed), typed.lower()
    loose: List[str] = []
    for chunk in chunks(names, request):
        if _may_begin(chunk, folded, fold=True):
            loose += [name for name in chunk if type(name) is str and name[:length].lower() == folded]
    if exact or loose:
        return exact, [name for name in loose if not name.startswith(typed)]
    in_order = re.compile(".*?".join(map(re.escape, folded.replace("_", ""))), re.IGNORECASE | re.DOTALL).search
    for chunk in chunks(names, request, _SMALL_CHUNK):
        likely = [name for name in chunk if type(name) is str and in_order(name, 0, _LENGTH)]
        loose += [name for name in likely if quality(name, typed) is not None]
    return [], loose


def _may_begin(chunk: Sequence[Any], typed: str, fold: bool = False) -> bool:
    """Return whether one of a chunk may begin with `typed`, told at once for all: of 10⁶ names that is four times as fast."""
    if not typed or len(chunk) < _SMALL_CHUNK:
        return True
    try:
        text = "\0" + "\0".join(chunk)
    except TypeError:  # not all of them are texts
        return True
    return "\0" + typed in (text.lower() if fold else text)


def order(completions: Iterable[Completion], request: Request) -> List[Completion]:
    """Put the completions of all providers in order, each once; within a class each provider keeps its own order.

    The stem of each is what stands between its start and the cursor. Where a completion comes from two providers,
    the first one's stays.
    """
    rows: List[Tuple[int, int, int, Completion]] = []
    seen = set()
    for completion in completions:
        key = completion.start, completion.text.rstrip("( :")
        if key in seen or len(completion.text) > _LONGEST:
            continue
        typed = request.buffer[completion.start : request.cursor]
        matches = quality(completion.text, typed)
        if matches is None:
            continue
        group = 0
        if completion.kind in _PRIVATE_MATTERS:
            if not is_wanted(completion.text, typed):
                continue
            group = privacy(completion.text)
        seen.add(key)
        rows.append((matches, group, len(rows), completion))
    if any(row[0] <= _BEGINNING for row in rows):
        rows = [row for row in rows if row[0] <= _BEGINNING]
    rows.sort(key=lambda row: row[:3])
    return [row[3] for row in rows[:MOST]]
