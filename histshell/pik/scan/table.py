"""The rows of a scan as a table, and what is said below it."""

from __future__ import annotations

from collections import Counter
from typing import Iterator, NamedTuple

from histshell.pik.scan.verdict import ASKING, DAMAGED, GOOD, NO_PICKLE, RUNNING, UNREAD, Row
from histshell.pik.tree.draw import cells, fit

_STYLES = {
    RUNNING: "bold red", ASKING: "yellow", DAMAGED: "magenta", UNREAD: "magenta", NO_PICKLE: "magenta", GOOD: "green",
}  # fmt: skip
_WORDS = {RUNNING: "run things", ASKING: "ask for names", DAMAGED: "are damaged", GOOD: "are plain"}
_WORD = {RUNNING: "runs things", ASKING: "asks for names", DAMAGED: "is damaged", GOOD: "is plain"}
_KINDS = 5  # kinds of other files that are named
_NAME, _KIND = 20, 28  # columns of a name at least, of a kind at most


class Line(NamedTuple):
    """A line of the table: its first words, the style that they have, and the rest."""

    first: str
    style: str
    rest: str


def lines(rows: list[Row], width: int, ascii_only: bool = False) -> Iterator[Line]:
    """Give a line for each file, as wide as *width*, 0 for as wide as it wants to be; the worst come last, next to the sum."""
    if not rows:
        return
    order = [GOOD, NO_PICKLE, UNREAD, DAMAGED, ASKING, RUNNING]
    first = max(len(row.verdict) for row in rows)
    kinds = min(max(len(row.kind) for row in rows), min(width // 6, _KIND) if width else _KIND)
    longest = max(cells(row.shown) for row in rows)
    dots = "..." if ascii_only else "…"
    named = longest if not width else min(longest, max((width - first - kinds - 6) // 2, _NAME))
    for row in sorted(rows, key=lambda row: order.index(row.verdict)):
        name = _end(row.shown, named, dots)
        holds = "" if any(reason.startswith(row.holds) for reason in row.reasons) else row.holds
        what = "; ".join(filter(None, [holds, *row.reasons]))
        left = width - first - kinds - named - 6 if width else max(cells(what), 1)
        rest = f"  {name}{' ' * (named - cells(name))}  {fit(row.kind, kinds, dots):<{kinds}}  {fit(what, max(left, 10), dots)}"
        yield Line(f"{row.verdict:<{first}}", _STYLES[row.verdict], rest.rstrip())


def _end(text: str, room: int, dots: str) -> str:
    """Cut a path at its beginning: its end tells files apart."""
    if cells(text) <= room:
        return text
    text = text[-room:]
    while cells(text) > room - len(dots):
        text = text[1:]
    return dots + text


def summary(rows: list[Row], others: Counter[str], left: Counter[str]) -> Iterator[str]:
    """Say how many there are of which kind, and what was not looked at."""
    counts = Counter(row.verdict for row in rows)
    parts = [
        f"{counts[verdict]:,} {_WORD[verdict] if counts[verdict] == 1 else _WORDS[verdict]}"
        for verdict in (RUNNING, ASKING, DAMAGED, GOOD)
        if counts[verdict]
    ]
    many = sum(counts[verdict] for verdict in _WORDS)
    said = f"{_files(many)} with pickles: {', '.join(parts)}" if many else "No file with a pickle in it"
    yield f"{said}. Nothing was run."
    if counts[UNREAD]:
        yield f"{_files(counts[UNREAD])} could not be read."
    if counts[NO_PICKLE]:
        yield f"{_files(counts[NO_PICKLE])} named with no pickle in {'it' if counts[NO_PICKLE] == 1 else 'them'}."
    if others:
        kinds = [f"{count:,} {kind or 'other'}" for kind, count in others.most_common(_KINDS)]
        more = sum(others.values()) - sum(count for _, count in others.most_common(_KINDS))
        many = sum(others.values())
        yield f"{_files(many)} of other kinds: {', '.join(kinds)}{f', {more:,} more' if more else ''}."
    if left:
        yield f"Left alone: {', '.join(f'{count:,} {what}' for what, count in left.items())}."


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
