"""The inputs of all sessions, for the arrow keys; where no journal is kept, those of this prompt, in a file of this user's."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from prompt_toolkit.history import FileHistory

from histshell import places

if TYPE_CHECKING:
    from histshell.journal.newest import Newest

MOST = 5000
"""How many of the older inputs are gone through."""

_LARGEST = 8 << 20  # bytes of a file that are read

_AT_FIRST, _LATER = 2.0, 0.004
"""Seconds for which other sessions' journals are read: in a thread when the first prompt is there, and at each other one."""


def path() -> str:
    """Return the file that inputs are kept in; each begins with a comment that says when it was typed."""
    return os.path.join(places.data_dir(), "inputs")


class InputHistory(FileHistory):
    """What was typed at Python's own prompt, what was typed at this one, and what is typed now; the input typed here last is the
    last one.

    `before` are inputs of this process that no file has yet. If `is_wide`, the journals have what is typed, and the inputs of all
    other sessions come from there. A file that cannot be written to is not an error: the input is remembered for as long as the
    process lives.
    """

    def __init__(self, before: Iterable[str] = (), is_wide: bool = False) -> None:
        self.before = list(before)
        self.added: list[str] = []  # here, for the plain prompt
        self.is_paused: Callable[[], bool] = lambda: False
        self.is_there = False  # the editor has them
        self.is_wide = is_wide
        self._typed: list[tuple[float, str]] = []
        self._old: list[str] | None = None  # of the files
        self._newest: Newest | None = None
        super().__init__(path())

    async def load(self) -> AsyncGenerator[str, None]:
        """Yield all of them, the newest first. Called at each prompt."""
        if not self._loaded:
            # In a thread: the first prompt is there, and what is typed at it is not to wait.
            old = await asyncio.get_running_loop().run_in_executor(None, self._load, _AT_FIRST)
            if not self._loaded:  # by now
                self._loaded, self._loaded_strings = True, old
        elif self.is_wide and self._newest is not None and self._newest.look(_LATER):
            self._loaded_strings = self._load(0)
        for text in self._loaded_strings:
            yield text
        self.is_there = True

    def load_history_strings(self) -> list[str]:
        """Return all of them, the newest first."""
        return self._load(_AT_FIRST)

    def _load(self, seconds: float) -> list[str]:
        if self._old is None:
            try:
                own = list(_own(path()))
            except OSError:
                own = []
            self._old = [*(() if self.before else _python(_python_file())), *own][-MOST:]
        dated = list(self._typed)
        if self.is_wide:
            dated = sorted(self._others(seconds) + dated)
        found = [*self._old, *self.before, *(text for _, text in dated), *(text for _, text in self._typed[-1:])]
        return list(dict.fromkeys(reversed(found)))[:MOST]

    def _others(self, seconds: float) -> list[tuple[float, str]]:
        """Return the inputs in the journals, this session's among them."""
        if self._newest is None:
            from histshell.journal import newest, place

            self._newest = newest.Newest(place.folder(), "")
        if seconds:
            self._newest.look(seconds)
        return self._newest.found

    def append_string(self, string: str) -> None:
        """Add an input; what is like it is there once."""
        self._typed.append((time.time(), string))
        if string in self._loaded_strings:
            self._loaded_strings.remove(string)
        super().append_string(string)

    def recall(self, inputs: Iterable[str]) -> None:
        """Take up the inputs of a session that this one goes on with; no file gets them."""
        recalled, now = list(inputs), time.time()
        self._typed += [(now + count / 1e6, text) for count, text in enumerate(recalled)]
        if self._loaded:
            self._loaded_strings = list(dict.fromkeys([*reversed(recalled), *self._loaded_strings]))

    def store_string(self, string: str) -> None:
        """Add an input to the file, readable by this user alone."""
        self.added.append(string)
        if self.is_wide:
            return
        from histshell.journal import secrets  # not before the first input

        if self.is_paused() or secrets.is_private(string):
            return
        string, _ = secrets.mask(string)
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

    def forget(self, sources: set[str]) -> bool:
        """Let go of inputs; the file is rewritten by others. Whether there were any."""
        found = False
        if self._newest is not None:
            self._newest.forget(sources)
        self._typed = [one for one in self._typed if one[1].strip() not in sources]
        for known in (self.before, self.added, self._loaded_strings, self._old or []):
            left = [text for text in known if text.strip() not in sources]
            found = found or len(left) < len(known)
            known[:] = left
        return found


def _tail(file: str) -> str:
    """Return the end of a file's text."""
    with open(file, "rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - _LARGEST))
        return stream.read().decode("utf-8", "surrogateescape")


def _own(file: str) -> Iterable[str]:
    """Yield the inputs in our file, oldest first."""
    lines: list[str] = []
    for line in _tail(file).split("\n"):
        if line.startswith("+"):
            lines.append(line[1:])
        elif lines:
            yield "\n".join(lines)
            lines = []


def _python_file() -> str:
    """Return the file of Python's own prompt."""
    named = os.environ.get("PYTHON_HISTORY") if sys.version_info >= (3, 13) else None
    return named or os.path.join(os.path.expanduser("~"), ".python_history")


def _python(file: str) -> list[str]:
    """Return the inputs in the file of Python's own prompt, oldest first: one a line; PyREPL ends the lines inside one by CR LF."""
    try:
        text = _tail(file)
    except OSError:
        return []
    if text.startswith("_HiStOrY_V2_"):  # libedit's
        text = text.partition("\n")[2].replace("\\040", " ").replace("\\134", "\\")
    return [line.replace("\0", "\n") for line in text.replace("\r\n", "\0").split("\n") if line.strip("\0 ")]
