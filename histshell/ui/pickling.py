"""The pickle mode in the rich prompt: opcodes in colour, those that are legal here by TAB, stack and memo in the bar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.shortcuts import PromptSession

from histshell.pik import looking
from histshell.shells.ptpython import styled_prompt

from .evaluate import Crash
from .keys import suspend
from .loop import Interrupted, Sigint, fresh_line, in_thread

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from histshell.pik.desk import Desk

    from .loop import Loop

_typed = InMemoryHistory()
"""The lines of earlier visits, for the arrow keys."""

_STYLES = {
    "opcode": "class:pygments.keyword",
    "argument": "class:pygments.literal.string",
    "wrong": "class:validation-toolbar",
}


class PikLines:
    """Reads the lines of the pickle mode inside a `with` block; the interface of `histshell.pik.terminal.Lines`."""

    def __init__(self, rich: Loop, words: list[str], desk: Desk) -> None:
        self.rich = rich
        self.desk = desk
        editor = rich.editor
        self._prompt_style = styled_prompt(editor.face.colour)
        self._session: PromptSession[str] = PromptSession(
            lexer=OpcodeLexer(desk),
            completer=OpcodeCompleter(desk, words),
            complete_while_typing=False,
            bottom_toolbar=self._bar,
            history=_typed,
            style=editor.app.style,
            include_default_pygments_style=False,
            key_bindings=self._keys(),
            editing_mode=editor.editing_mode,
            reserve_space_for_menu=8,
        )

    def __enter__(self) -> PikLines:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def read(self, prompt: str) -> str:
        """One line without its newline. Raises EOFError and KeyboardInterrupt as `input` does, `Crash` if the interface fails."""
        session = self._session
        fresh_line()
        try:
            with Sigint(session.app), self.rich.lent:
                return in_thread(
                    session.app, lambda: session.prompt([(self._prompt_style, prompt)], handle_sigint=False)
                )
        except EOFError:
            raise
        except Interrupted as interruption:
            raise interruption.error from None
        except Exception as error:
            raise Crash from error

    def _bar(self) -> StyleAndTextTuples:
        """Stack and memo as they are with what has been typed of this line."""
        try:
            columns = get_app().output.get_size().columns
            seen = looking.look(self.desk, get_app().current_buffer.text)
            return [("", line + "\n" * (number == 0)) for number, line in enumerate(seen.lines(columns))]
        except Exception:  # a bar is not worth an error on the screen
            return []

    def _keys(self) -> KeyBindings:
        bindings = KeyBindings()

        @bindings.add("c-z")
        def _(_event: KeyPressEvent) -> None:
            suspend()

        @bindings.add("tab")
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if buffer.complete_state:
                buffer.complete_next()
            else:
                buffer.start_completion(select_first=False)

        return bindings


class OpcodeLexer(Lexer):
    """Opcodes in one colour, their arguments in another, what cannot be an opcode marked."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The styled pieces of the line."""
        try:
            pieces: StyleAndTextTuples = [
                (_STYLES.get(kind, ""), text) for kind, text in looking.pieces(self.desk, document.text)
            ]
        except Exception:
            pieces = [("", document.text)]
        return lambda _line: pieces


class OpcodeCompleter(Completer):
    """The commands after a colon; else the opcodes that are legal for the stack as it is at the cursor, with their cards."""

    def __init__(self, desk: Desk, words: Iterable[str]) -> None:
        self.desk = desk
        self.words = list(words)

    def get_completions(self, document: Document, _complete_event: CompleteEvent) -> Iterable[Completion]:
        """The completions at the cursor."""
        try:
            return list(self._find(document.text_before_cursor))
        except Exception:
            return []

    def _find(self, text: str) -> Iterable[Completion]:
        if text.startswith(":"):
            if re.fullmatch(r":\w*", text):
                for word in self.words:
                    if word.startswith(text):
                        yield Completion(word, -len(text))
            return
        for offer in looking.legal(self.desk, text):
            yield Completion(offer.text, display=f"{offer.text}  {offer.name}", display_meta=offer.card)
