"""What the line editor of this process remembers, and borrowing it for lines that are no inputs of Python's.

The beginning of a prompt needs none of this; see `line_editor`.
"""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, Set, Union

from . import line_editor

if TYPE_CHECKING:
    from .pyrepl import Wrapper

Completer = Callable[[str, int], Union[str, None]]

BEGIN, END = b"\x1b[200~", b"\x1b[201~"
"""What a terminal puts around a paste for a program that has asked for it."""

_COMMANDS = ("enable_bracketed_paste", "perform_bracketed_paste")
"""What PyREPL does at the first of these, up to 3.13 and from 3.14 on."""


def earlier(most: int) -> List[str]:
    """Return the last inputs that the plain prompt of this process remembers, at most so many of readline's; oldest first."""
    history = getattr(line_editor.reader(), "history", None)
    if isinstance(history, list) and history:
        return [entry for entry in history if type(entry) is str]
    readline = sys.modules.get("readline")
    if readline is None:
        return []
    count = readline.get_current_history_length()
    return [readline.get_history_item(index) or "" for index in range(max(1, count - most), count + 1)]


def add(inputs: Iterable[str]) -> None:
    """Let the plain prompt of this process go through these, too."""
    history = getattr(line_editor.reader(), "history", None)
    readline = sys.modules.get("readline")
    for text in inputs:
        if isinstance(history, list):
            history.append(text)
        elif readline is not None:
            readline.add_history(text)


def forget(sources: Set[str]) -> bool:
    """Take inputs out of what the plain prompt of this process remembers; whether there were any."""
    found = False
    history = getattr(line_editor.reader(), "history", None)
    if isinstance(history, list):
        left = [entry for entry in history if not (type(entry) is str and entry.strip() in sources)]
        found = len(left) < len(history)
        history[:] = left
    readline = sys.modules.get("readline")
    if readline is None or not hasattr(readline, "remove_history_item"):
        return found
    lines = [readline.get_history_item(index) or "" for index in range(1, readline.get_current_history_length() + 1)]
    for source in sources:
        wanted = [
            line.rstrip() for line in source.split("\n") if line.strip()
        ]  # a line of a block is an entry of its own
        for at in range(len(lines) - len(wanted), -1, -1):
            if [line.rstrip() for line in lines[at : at + len(wanted)]] == wanted:
                found = True
                for index in range(at + len(wanted) - 1, at - 1, -1):
                    readline.remove_history_item(index)
                    del lines[index]
    return found


def borrowed(spell: Callable[[str], str]) -> Borrowed:
    """Return the line editor that `input()` uses now; `spell` writes a line of a paste so that it can be shown and edited."""
    if sys.stdin is None or not sys.stdin.isatty():
        return Borrowed()
    pyrepl: Any = sys.modules.get("_pyrepl.readline")
    wrapper: Any = getattr(pyrepl, "_wrapper", None)
    if getattr(pyrepl, "raw_input", None) is not None and hasattr(wrapper, "get_reader") and hasattr(wrapper, "config"):
        return _PyREPL(wrapper, spell)
    readline = sys.modules.get("readline")
    if readline is not None and hasattr(readline, "remove_history_item"):
        return _Readline(readline)
    return Borrowed()


class Borrowed:
    """The line editor while it reads lines that are no inputs of Python's. Without line editing there is nothing to keep apart."""

    def begin(self, typed: List[str], complete: Completer) -> None:
        """Start."""

    def read(self, prompt: str, more: str) -> str:
        """Read one line, or a paste of several."""
        del more
        return builtins.input(prompt)  # what the prompt has put there: PyREPL has one of its own

    def line(self) -> str:
        """Return what has been typed of the line."""
        return ""

    def end(self) -> List[str]:
        """Stop; return the lines typed here."""
        return []


class _Readline(Borrowed):
    """GNU readline, or libedit."""

    def __init__(self, readline: Any) -> None:
        self.readline = readline

    def begin(self, typed: List[str], complete: Completer) -> None:
        readline = self.readline
        self.length = readline.get_current_history_length()
        for line in typed:
            readline.add_history(line)
        self.old = readline.get_completer(), readline.get_completer_delims()
        readline.set_completer(complete)
        readline.set_completer_delims(" ")

    def line(self) -> str:
        line = self.readline.get_line_buffer()
        return line if isinstance(line, str) else bytes(line).decode("utf-8", "replace")  # bytes in PyPy

    def end(self) -> List[str]:
        readline = self.readline
        readline.set_completer(self.old[0])
        readline.set_completer_delims(self.old[1])
        last = readline.get_current_history_length()
        typed = [readline.get_history_item(index) or "" for index in range(self.length + 1, last + 1)]
        for index in range(last - 1, self.length - 1, -1):
            readline.remove_history_item(index)
        return typed


class _PyREPL(Borrowed):
    """The reader of Python 3.13 and later; its parts have no public names, so each is looked at before it is used."""

    def __init__(self, wrapper: Wrapper, spell: Callable[[str], str]) -> None:
        self.wrapper = wrapper
        self.spell = spell

    def begin(self, typed: List[str], complete: Completer) -> None:
        reader = self.wrapper.get_reader()
        self.length = len(reader.history)
        reader.history.extend(typed)
        self.config = self.wrapper.config
        self.old = self.config.readline_completer, self.config.completer_delims
        self.config.readline_completer = complete
        self.config.completer_delims = frozenset(" ")
        self.paste = _Paste(reader, self.spell)
        self.paste.__enter__()

    def read(self, prompt: str, more: str) -> str:
        self.paste.show(prompt, more)
        history = self.wrapper.get_reader().history
        before = len(history)
        text = builtins.input(prompt)
        if text and len(history) == before:  # from 3.14 on what `input()` reads is no part of it
            history.append(text)
        return text

    def line(self) -> str:
        return "".join(self.wrapper.get_reader().buffer)

    def end(self) -> List[str]:
        self.paste.__exit__()
        self.config.readline_completer, self.config.completer_delims = self.old
        history = self.wrapper.get_reader().history
        typed = list(history[self.length :])
        del history[self.length :]
        return typed


class _Paste:
    """Keeps every line of a paste in PyREPL's reader, which has one line when it reads for `input()`.

    The reader cuts what it has at the first newline after each command; up to 3.13 it takes the keys of a paste one by one,
    and from 3.14 on it takes for pasted what has been typed after it.
    """

    def __init__(self, reader: Any, spell: Callable[[str], str]) -> None:
        self.reader = reader
        self._spell = spell
        self._old: dict[str, Any] = {}

    def __enter__(self) -> _Paste:
        reader = self.reader
        for name in _COMMANDS:
            for spelled in (name, name.replace("_", "-")):
                base = reader.commands.get(spelled)
                if base is not None:
                    self._old[spelled] = base
                    reader.commands[spelled] = type(base)(
                        base.__name__, (base,), {"do": lambda command: self._paste(command)}
                    )
        reader.after_command = self._after_command
        return self

    def __exit__(self, *exc: object) -> None:
        self.reader.commands.update(self._old)
        self.reader.__dict__.pop("after_command", None)

    def show(self, first: str, more: str) -> None:
        """Let the lines of a paste have these prompts; the next statement at Python's prompt sets its own."""
        self.reader.ps2 = first
        self.reader.ps3 = more
        self.reader.ps4 = ""  # for the last one: it would have the lines counted for each line

    def _after_command(self, command: Any) -> None:
        """Do what the reader does after each command, but for the cutting."""
        reader = self.reader
        whole, place = reader.buffer, reader.pos
        type(reader).after_command(reader, command)
        if len(reader.buffer) < len(whole) and whole[len(reader.buffer)] == "\n":
            reader.buffer, reader.pos = whole, place

    def _paste(self, command: Any) -> None:
        """Read up to the end of the paste and no further, then put it in at once: drawing the screen for each key takes long."""
        console, data = command.reader.console, bytearray()
        while not data.endswith(END):
            event = console.get_event()
            if event is not None and event.evt == "key":
                data += bytes(event.raw)
        del data[-len(END) :]
        text = data.decode(getattr(console, "encoding", None) or "utf-8", "replace")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        command.reader.insert("\n".join(map(self._spell, text.split("\n"))))
        cache: Any = getattr(command.reader, "last_refresh_cache", None)
        if cache is not None and hasattr(cache, "invalidated"):
            cache.invalidated = True
