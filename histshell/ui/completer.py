"""The completion engine as the completer of prompt_toolkit, and its signatures as ptpython shows them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from inspect import Parameter as Kinds
from itertools import islice
from typing import TYPE_CHECKING, Any

from prompt_toolkit.completion import Completer, Completion

from histshell.preview import clip

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from histshell.completion.signature import Signature

MOST = 1000
"""How many completions a menu has at most."""

LONGEST = 5000
"""In an input longer than this, in characters, nothing is looked for without TAB: reading it would take longer than typing."""

_AFTER_THE_KEY = 0.012
"""The seconds by which looking begins later than the key is pressed, which is drawn in that time."""

_DETAIL = 60
_BUDGET_MS = 150


class EngineCompleter(Completer):
    """What the engine finds; it is called in a thread of its own, while typing goes on.

    `namespace` gives the user's globals, `full` says whether jedi may be asked.
    """

    def __init__(self, namespace: Callable[[], dict[str, Any]], full: bool) -> None:
        self.namespace = namespace
        self.full = full

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The completions at the cursor, the best first."""
        try:
            if not complete_event.completion_requested:
                time.sleep(_AFTER_THE_KEY)
            return list(self._find(document, complete_event.completion_requested))
        except Exception:  # no completion is worth an error on the screen
            return []

    def _find(self, document: Document, asked: bool) -> Iterable[Completion]:
        from histshell.completion import complete, inferred

        source, cursor = document.text, document.cursor_position
        if not asked and (len(source) > LONGEST or not _goes_on(document)):
            return
        infer = inferred.ask if self.full else None
        found = complete(source, cursor, namespace=self.namespace(), budget_ms=_BUDGET_MS, infer=infer)
        if len(found) == 1 and found[0].text == source[found[0].start : cursor]:
            return  # it is there already
        for one in islice(found, MOST):
            detail = one.detail or one.type
            yield Completion(
                one.text,
                one.start - cursor,
                display=_shown(one.text),
                display_meta=f"{one.kind}  {clip(detail, _DETAIL)}".rstrip(),
            )


def warm_up() -> None:
    """Load the engine, so that the first key does not wait for that."""
    try:
        from histshell.completion import complete, inferred, signature  # noqa: F401  # loaded for the first key

        complete("p", namespace={})
    except Exception:  # it is only for speed
        pass


def _goes_on(document: Document) -> bool:
    """Whether completions are wanted without TAB: behind a name, a dot or an opening bracket of `h[`, not after a space."""
    before = document.current_line_before_cursor
    last = before[-1:]
    return last.isidentifier() or last.isdigit() or last == "." or before.endswith("h[")


def _shown(text: str) -> str:
    text = text.rstrip()
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


class ShownParameter:
    """One part of a signature as ptpython's toolbar takes it: a parameter with its stars and its default, or a lone `*` or `/`."""

    default = ""  # it is in the description
    kind = Kinds.POSITIONAL_OR_KEYWORD  # so that the toolbar adds no signs of its own

    def __init__(self, written: str) -> None:
        self.name = written.partition("=")[0].strip("*")
        self.description = written


class ShownSignature:
    """A signature as ptpython's toolbar takes it; `index` is the part that is being typed, -1 for none.

    `bracket_start` is where its parenthesis stands: row, from 1, and column.
    """

    def __init__(self, signature: Signature, argument: int, bracket_start: tuple[int, int]) -> None:
        name, _, rest = signature.text.partition("(")
        self.name = name
        self.docstring = signature.doc
        self.bracket_start = bracket_start
        parts = split(rest[: rest.rfind(")")] if rest.endswith(")") else rest)
        self.parameters = [ShownParameter(part) for part in parts]
        places = [place for place, part in enumerate(parts) if part not in ("/", "*")]
        self.index = places[argument] if argument < len(places) else -1


def signatures(document: Document, namespace: dict[str, Any], full: bool) -> list[ShownSignature]:
    """The signature of the call that the cursor is in, whatever has been typed of its arguments; none or one."""
    try:
        from histshell.completion import inferred
        from histshell.completion.signature import signature

        opening, index = innermost(document.text_before_cursor) if len(document.text) <= LONGEST else (None, 0)
        if opening is None:
            return []
        source = document.text[: opening + 1]
        found = signature(source, namespace=namespace, infer=inferred.signature if full else None)
        if found is None:
            return []
        row, column = document.translate_index_to_position(opening)
        return [ShownSignature(found, index, (row + 1, column))]
    except Exception:  # no signature is worth an error on the screen
        return []


def innermost(text: str) -> tuple[int | None, int]:
    """Where the innermost parenthesis that is open stands, and how many commas follow it; (None, 0) if there is none."""
    from histshell.completion.context import read

    context = read(text, len(text))
    if not context.brackets or context.brackets[-1].char != "(":
        return None, 0
    opening = context.brackets[-1].token
    depth = commas = 0
    for token in context.tokens[opening + 1 :]:
        if token.text in ("(", "[", "{"):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth -= 1
        elif token.text == "," and depth == 0:
            commas += 1
    return context.tokens[opening].start, commas


def split(text: str) -> list[str]:
    """The parts of a list of parameters, at the commas outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[place - 1] != "\\" else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]
