"""TAB in PyREPL: what its command `complete` does in our place.

List and signature are shown as the reader's message, below the whole input: it takes them away at the next key, and the
cursor stays where it is. (Its own menu is laid out above the line in 3.13.0, and moves the cursor in others.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List

from histshell.views import fit

from . import stock, stock_answer

if TYPE_CHECKING:
    from .stock_tab import Tab

_NOTHING = "[ no matches ]"
_NOT_YET = "[ no matches yet: press TAB again ]"


class _Keys:
    """What is kept from one TAB to the next: where it was, what was shown, and how often."""

    def __init__(self) -> None:
        self.place: tuple[str, int] = ("", -1)
        self.answer = stock_answer.Answer()
        self.page = 0

    def attach(self) -> None:
        """Nothing of the terminal is ours between two keys."""

    detach = attach


def press(tab: Tab, reader: Any) -> bool:
    """Answer to TAB in a reader. False if that is for Python's own command to do: indent, or ask a user's completer."""
    try:
        completer = reader.config.readline_completer
        source, cursor = "".join(reader.buffer), reader.pos
        if len(source) != len(reader.buffer) or not (completer is None or stock.is_stock(completer)):
            return False
        if stock_answer.is_blank(source, cursor):
            return False
    except Exception:  # a reader that is not as we know it
        return False
    try:
        _answer(tab, reader, source, cursor)
    except Exception:  # never into the user's prompt; the line stays as it is
        pass
    return True


def _answer(tab: Tab, reader: Any, source: str, cursor: int) -> None:
    keys = tab.state
    if type(keys) is not _Keys:
        keys = tab.state = _Keys()
    again = keys.place == (source, cursor)
    listed = again and len(keys.answer.completions) > 1
    if listed:
        keys.page += 1
    else:
        keys.answer = stock_answer.answer(tab, source, cursor, again)
        keys.page = 0
    keys.place = source, cursor
    answer = keys.answer
    if answer.signature:
        _show(reader, answer.signature)
    elif not answer.completions:
        from histshell.completion import inferred

        _show(reader, [_NOT_YET if tab.full and inferred.is_pending() else _NOTHING])
    else:
        start, text = stock_answer.insertion(answer.completions, source, cursor)
        if text != source[start:cursor]:
            _replace(reader, start, cursor, text)
            keys.place = "", -1
        elif len(answer.completions) > 1:
            rows = reader.console.height - source.count("\n") - 2
            _show(reader, stock_answer.listing(answer.completions, reader.console.width, rows, keys.page))


def _show(reader: Any, lines: Any) -> None:
    """Show lines below the input until the next key."""
    columns = reader.console.width
    shown: List[str] = [fit(line, columns - 1) for line in lines]
    reader.msg = "\n".join(shown)
    invalidate = getattr(reader, "invalidate_message", None)  # from 3.15 on
    if invalidate is not None:
        invalidate()
    else:
        reader.dirty = True


def _replace(reader: Any, start: int, cursor: int, text: str) -> None:
    """Put `text` in the place of what stands from `start` to the cursor."""
    typed = "".join(reader.buffer[start:cursor])
    if text.startswith(typed):
        reader.insert(text[len(typed) :])
        return
    del reader.buffer[start:cursor]
    reader.pos = start
    reader.insert(text)
