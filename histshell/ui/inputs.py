"""The inputs of this prompt and of the plain one, for the arrow keys and Ctrl-R, kept in a file of this user's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import datetime, timezone

from prompt_toolkit.history import FileHistory

from histshell import places
from histshell.shells import stock

MOST = 5000
"""How many of the older inputs are gone through."""

_LARGEST = 8 << 20  # bytes of a file that are read


def path() -> str:
    """The file that inputs are kept in; each begins with a comment that says when it was typed."""
    return os.path.join(places.data_dir(), "inputs")


class Inputs(FileHistory):
    """What was typed at Python's own prompt, what was typed at this one, and what is typed now.

    `before` are inputs of this process that no file has yet. A file that cannot be written to is not an error: the input
    is remembered for as long as the process lives.
    """

    def __init__(self, before: Iterable[str] = ()) -> None:
        self.before = list(before)
        self.added: list[str] = []  # here, for the plain prompt
        super().__init__(path())

    def load_history_strings(self) -> Iterable[str]:
        """All of them, the newest first."""
        try:
            own = list(_own(path()))
        except OSError:
            own = []
        found = [*(() if self.before else _python(_python_file())), *own, *self.before]
        return list(dict.fromkeys(reversed(found[-MOST:])))

    def store_string(self, string: str) -> None:
        """Add an input to the file, readable by this user alone."""
        self.added.append(string)
        stamp = datetime.now(timezone.utc).isoformat(" ", "seconds")
        text = f"\n# {stamp}\n" + "".join(f"+{line}\n" for line in string.split("\n"))
        try:
            os.makedirs(os.path.dirname(path()), mode=0o700, exist_ok=True)
            descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                if os.fstat(descriptor).st_mode & 0o077 and hasattr(os, "fchmod"):
                    os.fchmod(descriptor, 0o600)  # made by something else
                os.write(descriptor, text.encode("utf-8", "surrogatepass"))
            finally:
                os.close(descriptor)
        except OSError:  # a full disk, a read-only home
            pass


def _tail(file: str) -> str:
    """The end of a file's text."""
    with open(file, "rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - _LARGEST))
        return stream.read().decode("utf-8", "surrogateescape")


def _own(file: str) -> Iterable[str]:
    """The inputs in our file, oldest first."""
    lines: list[str] = []
    for line in _tail(file).split("\n"):
        if line.startswith("+"):
            lines.append(line[1:])
        elif lines:
            yield "\n".join(lines)
            lines = []


def _python_file() -> str:
    """The file of Python's own prompt."""
    named = os.environ.get("PYTHON_HISTORY") if sys.version_info >= (3, 13) else None
    return named or os.path.join(os.path.expanduser("~"), ".python_history")


def _python(file: str) -> list[str]:
    """The inputs in the file of Python's own prompt, oldest first: one a line; PyREPL ends the lines inside one by CR LF."""
    try:
        text = _tail(file)
    except OSError:
        return []
    if text.startswith("_HiStOrY_V2_"):  # libedit's
        text = text.partition("\n")[2].replace("\\040", " ").replace("\\134", "\\")
    return [line.replace("\0", "\n") for line in text.replace("\r\n", "\0").split("\n") if line.strip("\0 ")]


def of_this_process() -> list[str]:
    """What the plain prompt of this process remembers, oldest first."""
    history = getattr(stock.pyrepl_reader(), "history", None)
    if isinstance(history, list) and history:
        return [entry for entry in history if type(entry) is str]
    readline = sys.modules.get("readline")
    if readline is None:
        return []
    count = readline.get_current_history_length()
    return [readline.get_history_item(index) or "" for index in range(max(1, count - MOST), count + 1)]


def give_back(added: Iterable[str]) -> None:
    """Let the plain prompt of this process go through what was typed here, too."""
    history = getattr(stock.pyrepl_reader(), "history", None)
    readline = sys.modules.get("readline")
    for text in added:
        if isinstance(history, list):
            history.append(text)
        elif readline is not None:
            readline.add_history(text)
