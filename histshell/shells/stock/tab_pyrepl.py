"""TAB in PyREPL: what its command `complete` does in our place.

List and signature are shown as the reader's message, below the whole input: it takes them away at the next key, and the
cursor stays where it is. (Its own menu is laid out above the line in 3.13.0, and moves the cursor in others.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, List

from histshell import line_editor
from histshell.views import fit

from . import answer

if TYPE_CHECKING:
    from histshell.completion.engine import Engine
    from histshell.pyrepl import Reader

_NOTHING = "[ no matches ]"


class Keys:
    """What is kept from one TAB to the next: where it was, what was shown, and how often."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.place: tuple[str, int] = ("", -1)
        self.answer = answer.Answer()
        self.page = 0

    def attach(self) -> None:
        """Do nothing: between two keys nothing of the terminal is ours."""

    detach = attach

    def press(self, reader: Reader) -> bool:
        """Handle TAB in a reader; return false where Python's own command has to: to indent, or to ask a user's completer."""
        try:
            completer = reader.config.readline_completer
            buffer, cursor = "".join(reader.buffer), reader.pos
            if len(buffer) != len(reader.buffer) or not (completer is None or line_editor.is_stock(completer)):
                return False
            if answer.is_blank(buffer, cursor):
                return False
        except Exception:  # a reader that is not as we know it
            return False
        try:
            self._answer(reader, buffer, cursor)
        except Exception:  # never into the user's prompt; the line stays as it is
            pass
        return True

    def _answer(self, reader: Reader, buffer: str, cursor: int) -> None:
        again = self.place == (buffer, cursor)
        listed = again and len(self.answer.completions) > 1
        if listed:
            self.page += 1
        else:
            before = self.answer if again else None
            say = None if _has_key(reader) else lambda: _say(reader)
            self.answer = answer.answer(self.engine, buffer, cursor, before, _keys(reader), say)
            self.page = 0
            _show(reader, [])  # that it waited
        self.place = buffer, cursor
        found = self.answer
        rows = reader.console.height - buffer.count("\n") - 2
        below = found.below(reader.console.width, rows)
        if below:
            _show(reader, below)
        elif not found.completions:
            _show(reader, [answer.NOT_YET if found.is_late else _NOTHING])
        else:
            start, text = answer.insertion(found.completions, buffer, cursor)
            if text != buffer[start:cursor]:
                _replace(reader, start, cursor, text)
                self.place = "", -1
            elif len(found.completions) > 1:
                _show(reader, answer.listing(found.completions, reader.console.width, rows, self.page))

    def accept(self, reader: Reader) -> None:
        """Put the call that answers it in the place of `x?`, before the reader accepts it; other inputs stay as they are."""
        from histshell.completion import containers, static
        from histshell.completion.asking.question import question

        if getattr(reader, "more_lines", None) is None:  # `input()` asks
            return
        asked = question("".join(reader.buffer))
        if asked is None:
            return
        names = self.engine.names()
        for name in ("h", "_h"):
            if containers.is_history(static.lookup(name, names)):
                text = f"{name}.{'source' if asked.whole else 'help'}({asked.expression!r})"
                _replace(reader, 0, len(reader.buffer), text)
                return


def _keys(reader: Reader) -> int:
    """Return the descriptor that keys come from."""
    descriptor = getattr(reader.console, "input_fd", 0)
    return descriptor if type(descriptor) is int else 0


def _has_key(reader: Reader) -> bool:
    """Return whether a key has been read already and waits to be handled; nothing else is to wait then."""
    more = getattr(reader.console, "more_in_buffer", None)
    queue = getattr(reader.console, "event_queue", None)
    return bool(more is not None and more()) or (queue is not None and not queue.empty())


def _say(reader: Reader) -> None:
    """Show at once that jedi is waited for."""
    _show(reader, [answer.WAITS])
    reader.refresh()


def _show(reader: Reader, lines: Iterable[str]) -> None:
    """Show lines below the input until the next key."""
    columns = reader.console.width
    shown: List[str] = [fit(line, columns - 1) for line in lines]
    reader.msg = "\n".join(shown)
    invalidate = getattr(reader, "invalidate_message", None)  # from 3.15 on
    if invalidate is not None:
        invalidate()
    else:
        reader.dirty = True


def _replace(reader: Reader, start: int, cursor: int, text: str) -> None:
    """Put `text` in the place of what stands from `start` to the cursor."""
    typed = "".join(reader.buffer[start:cursor])
    if text.startswith(typed):
        reader.insert(text[len(typed) :])
        return
    del reader.buffer[start:cursor]
    reader.pos = start
    reader.insert(text)
