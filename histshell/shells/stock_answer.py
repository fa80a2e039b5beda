"""What a press of TAB comes to in a stock prompt: text to put in, a list to show, or a signature; no line editor in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, NamedTuple, Sequence, Tuple

from histshell.views import fit, pad, width

if TYPE_CHECKING:
    from histshell.completion.model import Completion

    from .stock_tab import Tab

DETAILED = 20
"""How many completions are shown with kind and detail, one a line; more of them are shown in columns."""

_NAME_COLUMN = 40
_LEAST_DETAIL = 10


class Answer(NamedTuple):
    """What is known at a cursor: the completions, best first, and the lines of the signature, if that was asked for."""

    completions: Tuple[Completion, ...] = ()
    signature: Tuple[str, ...] = ()


def is_blank(source: str, cursor: int) -> bool:
    """Whether there is nothing but white space before the cursor in its line: there TAB indents."""
    return not source[source.rfind("\n", 0, cursor) + 1 : cursor].strip()


def answer(tab: Tab, source: str, cursor: int, again: bool) -> Answer:
    """Ask the engine. In a call with nothing typed of the argument the signature comes first, names when TAB comes `again`."""
    from histshell import completion
    from histshell.completion import inferred, signature

    namespace = tab.face.namespace
    if not again and source[:cursor].rstrip()[-1:] in ("(", ","):
        shown = signature.signature(source, cursor, namespace=namespace, infer=inferred.signature if tab.full else None)
        if shown is not None:
            return Answer(signature=tuple(filter(None, shown)))
    infer = inferred.ask if tab.full else None
    found = completion.complete(source, cursor, namespace=namespace, infer=infer)
    # Upper and lower case are one only where nothing begins as it was typed; and what is complete needs no more.
    exact = [one for one in found if one.text.startswith(source[one.start : cursor])]
    chosen = exact or found
    if len(chosen) == 1 and chosen[0].text == source[chosen[0].start : cursor]:
        chosen = []
    return Answer(tuple(chosen))


def insertion(completions: Tuple[Completion, ...], source: str, cursor: int) -> Tuple[int, str]:
    """What all completions have in common, as (start, text): it takes the place of `source[start:cursor]`.

    Only what goes on with what has been typed, in whatever case: of names that match in a looser way the first letters
    would take typed ones away.
    """
    start = min(completion.start for completion in completions)
    lines = [source[start : completion.start] + completion.text for completion in completions]
    typed = source[start:cursor]
    first, last = min(lines), max(lines)
    length = 0
    while length < len(first) and first[length] == last[length]:
        length += 1
    common = first[:length]
    if len(lines) == 1 or common.lower().startswith(typed.lower()):
        return start, common
    return start, typed


def listing(completions: Tuple[Completion, ...], columns: int, rows: int, page: int = 0) -> List[str]:
    """Lay out completions in at most `rows` lines of `columns` characters; `page` counts how often they have been shown.

    A few are shown one a line with kind and detail, many in columns, sorted downwards; the last line says how many
    more there are.
    """
    if rows < 2 or columns < 4:
        return []
    if len(completions) <= min(DETAILED, rows):
        return _detailed(completions, columns)
    if all(completion.kind == "result" for completion in completions):  # a number alone says nothing
        pages = -(-len(completions) // (rows - 1))
        begin = page % pages * (rows - 1)
        some = completions[begin : begin + rows - 1]
        return [*_detailed(some, columns), _place(begin, len(some), len(completions), columns)]
    texts = [_shown(completion) for completion in completions]
    across, wide = _grid(texts, columns)
    if len(texts) <= across * rows:
        return _in_columns(texts, across, wide)
    size = across * (rows - 1)
    pages = -(-len(texts) // size)
    begin = page % pages * size
    lines = _in_columns(texts[begin : begin + size], across, wide)
    return [*lines, _place(begin, min(size, len(texts) - begin), len(texts), columns)]


def _place(begin: int, count: int, total: int, columns: int) -> str:
    """The last line of one part of a list."""
    return fit(f"{begin + 1} to {begin + count} of {total}", columns)


def _shown(completion: Completion) -> str:
    """The text of a completion as one printable word."""
    text = completion.text.rstrip()
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def _detailed(completions: Tuple[Completion, ...], columns: int) -> List[str]:
    texts = [_shown(completion) for completion in completions]
    first = min(max(map(width, texts)), _NAME_COLUMN, max(columns // 2, 8))
    second = max(len(completion.kind) for completion in completions)
    lines = []
    for completion, text in zip(completions, texts):
        line = pad(fit(text, first), first) + "  " + completion.kind.ljust(second)
        detail = completion.detail or completion.type
        room = columns - width(line) - 3
        if detail and room >= _LEAST_DETAIL:
            line += "  " + fit(detail, room)
        lines.append(fit(line.rstrip(), columns - 1))
    return lines


def _grid(texts: List[str], columns: int) -> Tuple[int, int]:
    """How many columns fit beside one another, and how wide each is."""
    wide = min(max(map(width, texts)), columns - 2) + 2
    return max(1, columns // wide), wide


def _in_columns(texts: List[str], across: int, wide: int) -> List[str]:
    down = -(-len(texts) // across)
    lines = []
    for row in range(down):
        cells = [pad(fit(text, wide - 2), wide) for text in texts[row::down]]
        lines.append("".join(cells).rstrip())
    return lines


def plain_listing(words: Sequence[str], columns: int, rows: int) -> List[str]:
    """Lay out words that somebody else's completer has found, in columns."""
    texts = [word for word in words if word.strip()]
    if not texts:
        return []
    across, wide = _grid(texts, columns)
    lines = _in_columns(texts[: across * max(1, rows - 1)], across, wide)
    more = len(texts) - across * max(1, rows - 1)
    return [*lines, f"and {more} more"] if more > 0 else lines
