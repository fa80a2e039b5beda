"""The pickle mode in the rich prompt: opcodes in colour, those that are legal here by TAB, stack and memo in the bar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.shortcuts import PromptSession

from histshell import interrupts
from histshell.pik.mode import lookahead, notation, pasting
from histshell.pik.mode.console import MORE
from histshell.shells.prompt_style import styled_prompt

from . import streams
from .editor_thread import Interrupted, in_thread, interrupt, signals
from .evaluate import Crash
from .keys import suspend
from .terminal import standing_in

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from histshell.pik.mode.stream import Stream

    from .loop import Loop

_typed = InMemoryHistory()
"""The lines of earlier visits, for the arrow keys."""

_STYLES = {
    "opcode": "class:pygments.keyword",
    "argument": "class:pygments.literal.string",
    "wrong": "class:validation-toolbar",
}


class PikLines:
    """Reads the lines of the pickle mode inside a `with` block; the interface of `histshell.pik.mode.lines.Lines`."""

    def __init__(self, rich: Loop, words: list[str], stream: Stream) -> None:
        self.rich = rich
        self.stream = stream
        editor = rich.editor
        self._prompt_style = styled_prompt(editor.editor_options.colour)
        self._completer = OpcodeCompleter(stream, words)
        self._session: PromptSession[str] = PromptSession(
            lexer=OpcodeLexer(stream),
            completer=self._completer,
            complete_while_typing=False,
            bottom_toolbar=self._bar,
            history=_typed,
            style=editor.app.style,
            include_default_pygments_style=False,
            key_bindings=self._keys(),
            editing_mode=editor.editing_mode,
            reserve_space_for_menu=8,
            prompt_continuation=[(self._prompt_style, MORE)],
            input=rich.terminal.input(),
            output=rich.terminal.output(),
        )

    def __enter__(self) -> PikLines:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def read(self, prompt: str) -> str:
        """Return one line without its newline. Raises EOFError and KeyboardInterrupt as `input` does, `Crash` if the
        interface fails.
        """
        session, terminal = self._session, self.rich.terminal
        streams.flush()
        try:
            with interrupts.Held(partial(interrupt, session.app)), signals(session.app, terminal), standing_in():
                terminal.fresh_line()
                with streams.above_the_prompt(session.app, terminal):
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
        """Return stack and memo as they are with what has been typed of this line."""
        try:
            columns = get_app().output.get_size().columns
            text = get_app().current_buffer.text
            seen = lookahead.look(self.stream, "" if "\n" in text else text)
            if "\n" in text:
                seen = seen._replace(note=f"then {len(pasting.lines(text))} lines, when they are entered")
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
            text = buffer.document.text_before_cursor
            if buffer.complete_state:
                buffer.complete_next()
            elif not text.startswith(":") and not any(self._completer.offers(text)):  # in an argument: as it is typed
                buffer.insert_text(notation.spell_tabs(text + "\t")[len(text) :])
            else:
                buffer.start_completion(select_first=False)

        return bindings


class OpcodeLexer(Lexer):
    """Opcodes in one colour, their arguments in another, what cannot be an opcode marked."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Return the styled pieces of the line; a paste of several has no colours."""
        if document.line_count > 1:
            lines = document.lines
            return lambda line: [("", lines[line])]
        try:
            pieces: StyleAndTextTuples = [
                (_STYLES.get(kind, ""), text) for kind, text in lookahead.pieces(self.stream, document.text)
            ]
        except Exception:
            pieces = [("", document.text)]
        return lambda _line: pieces


class OpcodeCompleter(Completer):
    """The commands after a colon; else the opcodes that are legal for the stack as it is at the cursor, with their cards."""

    def __init__(self, stream: Stream, words: Iterable[str]) -> None:
        self.stream = stream
        self.words = list(words)

    def get_completions(self, document: Document, _complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return the completions at the cursor."""
        return [] if "\n" in document.text else self.offers(document.text_before_cursor)

    def offers(self, text: str) -> list[Completion]:
        """Return what may follow the text of a line."""
        try:
            return list(self._find(text))
        except Exception:
            return []

    def _find(self, text: str) -> Iterable[Completion]:
        if text.startswith(":"):
            if re.fullmatch(r":\w*", text):
                for word in self.words:
                    if word.startswith(text):
                        yield Completion(word, -len(text))
            return
        for offer in lookahead.legal(self.stream, text):
            yield Completion(offer.text, display=f"{offer.text}  {offer.name}", display_meta=offer.card)
