"""The completion engine as the completer of prompt_toolkit, and its signatures as ptpython shows them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from inspect import Parameter as Kinds
from itertools import islice
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import Completer, Completion

from histshell.preview import clip

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from histshell.completion import Engine
    from histshell.completion.signature import Signature

MOST = 1000
"""How many completions a menu has at most."""

LONGEST = 5000
"""In an input longer than this, in characters, nothing is looked for without TAB: reading it would take longer than typing."""

_AFTER_THE_KEY = 0.012
"""The seconds by which looking begins later than the key is pressed, which is drawn in that time."""

_LONGEST_WAIT = 20.0
"""How long an answer of jedi's is waited for while nothing is typed, in seconds: longer than a question may take."""

_LOOKS_UP = 0.02
"""The seconds between two looks at whether something has been typed: so long the next key's completions wait for this one's,
and Enter."""

_DETAIL = 60
_SHOWN_LINES = 12  # as many as ptpython has room for
_BUDGET_MS = 150
"""How long may be looked for completions, in milliseconds, where there are some."""


class EngineCompleter(Completer):
    """What the engine finds; it is called in a thread of its own, while typing goes on.

    `asked` counts the calls that a key asked for. While `is_wanted`, one is waiting for a call that typing began to end.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked = 0
        self.is_wanted = False

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return the completions at the cursor, the best first."""
        asked = complete_event.completion_requested
        try:
            if asked:
                self.asked += 1
                self.is_wanted = False
            elif not _goes_on(document):
                return []
            else:
                time.sleep(_AFTER_THE_KEY)
            if asked or document.current_line_before_cursor.endswith("."):
                self.engine.prompt_shown()
            return self._waited_for(document, asked) if asked or _goes_on(document) else []
        except Exception:  # no completion is worth an error on the screen
            return []

    def _waited_for(self, document: Document, asked: bool) -> list[Completion]:
        """Return what is found, with what jedi says a little later, if nothing is typed meanwhile: the end of the input waits
        for this thread, and so do the next key's completions.
        """
        app, begin = get_app(), time.monotonic()
        buffer = app.current_buffer
        found, is_late = self._find(document, asked)
        while is_late and not app.is_done and buffer.document == document:
            if self.is_wanted and not asked:
                break
            if time.monotonic() > begin + (_BUDGET_MS / 1000 if found else _LONGEST_WAIT):
                break
            if self.engine.wait(_LOOKS_UP) or not self.engine.is_pending():
                found, is_late = self._find(document, asked)
        return found

    def _find(self, document: Document, asked: bool) -> tuple[list[Completion], bool]:
        """Return what there is by now, and whether jedi is still at it."""
        from histshell.completion.model import is_there

        buffer, cursor = document.text, document.cursor_position
        if not asked and len(buffer) > LONGEST:
            return [], False
        found, is_late = self.engine.ask(buffer, cursor, _BUDGET_MS, 1000 * _LOOKS_UP)
        if is_there(found, buffer, cursor):
            return [], is_late
        return [
            Completion(
                one.text,
                one.start - cursor,
                display=one.shown,
                display_meta=f"{one.kind}  {clip(one.detail or one.type, _DETAIL)}".rstrip(),
            )
            for one in islice(found, MOST)
        ], is_late


def warm_up() -> None:
    """Load the engine, so that the first key does not wait for that."""
    try:
        from histshell.completion import Engine
        from histshell.completion.inference import provider  # noqa: F401  # loaded for the first key

        Engine({}, "basic").complete("p")
    except Exception:  # it is only for speed
        pass


def _goes_on(document: Document) -> bool:
    """Return whether completions are wanted without TAB: behind a name, a dot, `h[` or the quote of a key, not after a space."""
    before = document.current_line_before_cursor
    last = before[-1:]
    return last.isidentifier() or last.isdigit() or last == "." or before.endswith(("h[", '["', "['"))


class ShownParameter:
    """One part of a signature as ptpython's toolbar takes it: a parameter with its stars and its default, or a lone `*` or `/`."""

    default = ""  # it is in the description
    kind = Kinds.POSITIONAL_OR_KEYWORD  # so that the toolbar adds no signs of its own

    def __init__(self, name: str, written: str) -> None:
        self.name = name
        self.description = written


class ShownSignature:
    """A signature as ptpython's toolbar takes it; `index` is the part that is being typed, -1 for none.

    `bracket_start` is where its parenthesis stands: row, from 1, and column. Of a long one the parts before the active
    one are left out, as many as it takes to have that one on the screen; `docstring`, which is shown at the bottom, then begins
    with the whole of it.
    """

    def __init__(self, signature: Signature, bracket_start: tuple[int, int], columns: int, rows: int) -> None:
        from histshell.completion import written

        self.name = signature.name
        fits = len(signature.text) + 2 <= columns
        shown = (
            written.paragraph(signature.doc, columns - 1) if fits else written.lines(signature, columns, rows // 2 + 2)
        )
        self.docstring = "\n".join(shown[:_SHOWN_LINES])
        self.bracket_start = bracket_start
        self.parameters = [ShownParameter(part.name, part.text) for part in signature.parts]
        self.index = -1 if signature.active is None else signature.active
        hidden = _hidden([len(part.text) + 2 for part in signature.parts], self.index, columns - len(self.name) - 3)
        if hidden:
            self.parameters[:hidden] = [ShownParameter("", "…")]
            self.index -= hidden - 1


def _hidden(widths: list[int], index: int, room: int) -> int:
    """Return how many parts to leave out for the one at `index` to end within `room`; not the last before it alone."""
    hidden = 0
    while hidden < index and sum(widths[hidden : index + 1]) + (3 if hidden else 0) > room:
        hidden += 1
    return hidden


def signatures(document: Document, engine: Engine, columns: int, rows: int) -> list[ShownSignature]:
    """Return the signature of the call that the cursor is in, whatever has been typed of its arguments; none or one."""
    if len(document.text) > LONGEST:
        return []
    try:
        found = engine.signature(document.text, document.cursor_position)
        if found is None:
            return []
        row, column = document.translate_index_to_position(found.start)
        return [ShownSignature(found, (row + 1, column), columns, rows)]
    except Exception:  # no signature is worth an error on the screen
        return []
