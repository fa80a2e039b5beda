"""What a press of TAB comes to in a stock prompt: text to put in, a list to show, or a signature; no line editor in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable, List, NamedTuple, Sequence, Tuple

from histshell.interrupts import Deferred
from histshell.views import fit, pad, width

from .kept_output import KeptOutput

if TYPE_CHECKING:
    from histshell.completion.engine import Engine
    from histshell.completion.model import Completion
    from histshell.completion.signature import Signature

DETAILED = 20
"""How many completions are shown with kind and detail, one a line; more of them are shown in columns."""

WAITS = "[ waiting for jedi: any key ends it ]"
NOT_YET = "[ no matches yet: press TAB again ]"

LONGEST_WAIT = 10.0
"""How long a TAB waits for what only jedi knows, in seconds. What comes later is there for the next one."""

_NAME_COLUMN = 40
_LEAST_DETAIL = 10


class Answer(NamedTuple):
    """What is known at a cursor: the completions, best first, or the signature, or lines that answer `x?`."""

    completions: Tuple[Completion, ...] = ()
    signature: Signature | None = None
    told: Tuple[str, ...] = ()
    is_late: bool = False  # jedi still looks for it

    def below(self, columns: int, rows: int) -> List[str]:
        """Return what is to be shown below the line: signature or answer, in at most `rows` lines; nothing for completions."""
        if self.signature is not None:
            from histshell.completion import written

            return written.lines(self.signature, columns, rows)
        if len(self.told) > rows > 1:
            return [*self.told[: rows - 1], f"… {len(self.told) - rows + 1} more lines"]
        return list(self.told)


def is_blank(buffer: str, cursor: int) -> bool:
    """Return whether there is nothing but white space before the cursor in its line: there TAB indents."""
    return not buffer[buffer.rfind("\n", 0, cursor) + 1 : cursor].strip()


def answer(
    engine: Engine,
    buffer: str,
    cursor: int,
    before: Answer | None = None,
    keys: int = -1,
    say: Callable[[], object] | None = None,
) -> Answer:
    """Ask the engine. In a call with nothing typed of the argument the signature comes first, names when TAB comes again.

    `before` is what the TAB before this one came to, if it was at the same place. What only jedi knows is waited for, until
    there is a key to read from the descriptor `keys`: `say` is called before that.
    """
    from histshell.completion.signature import begins_argument

    if buffer.rstrip().endswith("?") and cursor == len(buffer):
        return Answer(told=_told(engine, buffer))
    engine.prompt_shown()
    again = before is not None and not before.is_late
    if not again and begins_argument(buffer, cursor):

        def ask() -> Answer:
            return Answer(signature=engine.signature(buffer, cursor))

        found = _waited(engine, ask, keys, say)
        if found.signature is not None or found.is_late:
            return found
    return _waited(engine, lambda: _completions(engine, buffer, cursor), keys, say)


def _completions(engine: Engine, buffer: str, cursor: int) -> Answer:
    from histshell.completion import model

    found = engine.complete(buffer, cursor)
    # Upper and lower case are one only where nothing begins as it was typed; and what is complete needs no more.
    exact = [one for one in found if one.text.startswith(buffer[one.start : cursor])]
    chosen = exact or found
    return Answer(() if model.is_there(chosen, buffer, cursor) else tuple(chosen))


def _waited(engine: Engine, ask: Callable[[], Answer], keys: int, say: Callable[[], object] | None) -> Answer:
    """Ask, and where there is nothing and jedi still looks wait for what it says; Ctrl-C ends that as any key does."""
    found = ask()
    if found != Answer() or not engine.is_pending() or say is None:
        return found
    deadline = time.monotonic() + LONGEST_WAIT
    try:
        with KeptOutput(keys):
            if not engine.wait(0, keys):
                with Deferred():  # a screen that is drawn in part would not be what the line editor takes it for
                    say()
            while found == Answer() and engine.is_pending():
                if not engine.wait(deadline - time.monotonic(), keys):
                    return Answer(is_late=True)
                found = ask()
    except KeyboardInterrupt:
        return Answer(is_late=True)
    return found


def _told(engine: Engine, buffer: str) -> Tuple[str, ...]:
    """Return the answer to `x?`, none if it is no question."""
    from histshell.completion.asking import commands
    from histshell.completion.asking.question import question

    asked = question(buffer)
    return tuple(commands.answer(asked, engine.names()).text.splitlines()) if asked is not None else ()


def insertion(completions: Tuple[Completion, ...], buffer: str, cursor: int) -> Tuple[int, str]:
    """Return what all completions have in common, as (start, text): it takes the place of `buffer[start:cursor]`.

    Only what goes on with what has been typed, in whatever case: of names that match in a looser way the first letters
    would take typed ones away.
    """
    start = min(completion.start for completion in completions)
    lines = [buffer[start : completion.start] + completion.text for completion in completions]
    typed = buffer[start:cursor]
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
    texts = [completion.shown for completion in completions]
    across, wide = _grid(texts, columns)
    if len(texts) <= across * rows:
        return _in_columns(texts, across, wide)
    size = across * (rows - 1)
    pages = -(-len(texts) // size)
    begin = page % pages * size
    lines = _in_columns(texts[begin : begin + size], across, wide)
    return [*lines, _place(begin, min(size, len(texts) - begin), len(texts), columns)]


def _place(begin: int, count: int, total: int, columns: int) -> str:
    """Return the last line of one part of a list."""
    return fit(f"{begin + 1} to {begin + count} of {total}", columns)


def _detailed(completions: Tuple[Completion, ...], columns: int) -> List[str]:
    texts = [completion.shown for completion in completions]
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
    """Return how many columns fit beside one another, and how wide each is."""
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
