"""The state of the pickle mode: the stream that is being typed, and the way back.

It neither reads nor prints; `console` does both.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from histshell.pik import typed
from histshell.pik.errors import PikError
from histshell.pik.machine import Machine, Savepoint
from histshell.pik.placeholders import Effect
from histshell.pik.play import PLAY
from histshell.pik.policy import Policy


class Loaded(NamedTuple):
    """A stream that has come to its STOP: its value, what it asked for, and the lines that were typed."""

    value: Any
    effects: list[Effect]
    uncounted: int
    source: str


class _Before(NamedTuple):
    """How things were before a line was typed."""

    machine: Machine
    place: Savepoint
    data: bytes
    lines: tuple[str, ...]


class Desk:
    """One stream after another, fed by typed lines.

    `data` holds the bytes of the stream that is typed now or, between streams, of the last one; `machine` has its stack and
    memo. `persistent` is asked for persistent ids.
    """

    def __init__(self, persistent: Callable[[Any], Any], encoding: str = "ASCII", policy: Policy = PLAY) -> None:
        self.persistent = persistent
        self.encoding = encoding
        self.policy = policy
        self._undo: list[_Before] = []
        self.clear()

    def clear(self) -> None:
        """Begin a new stream, and forget the way back."""
        self.machine = self._machine()
        self.data = b""
        self._lines: tuple[str, ...] = ()
        self._undo.clear()

    @property
    def fresh(self) -> bool:
        """Whether the next line begins a stream."""
        return self.machine.complete or not self.data

    @property
    def failed(self) -> BaseException | None:
        """The error at which the stream stands, if any."""
        return self.machine.error

    def awaited(self) -> str:
        """What the stream waits for; empty where the next line begins one."""
        if self.fresh:
            return ""
        return "" if self.failed is not None else self.machine.awaiting

    def trust(self, *names: str) -> None:
        """Allow names from here on. Raises ValueError for what cannot be one."""
        self.policy = self.policy.trusting(*names)
        self.machine.policy = self.policy

    def type(self, text: str) -> list[Loaded]:
        """Take one typed line, without its newline, and give the streams that it completes.

        Raises `typing.TypingError` before anything is done; an error of the stream (`PikError`, or what trusted code raises)
        leaves the desk where it happened. What was completed before it is in the error's `loaded`.
        """
        whole = typed.is_literal(text) and not self.machine.awaiting.startswith("in ") if not self.failed else False
        return self._take(typed.literal(text) if whole else typed.plain(text), text, newline=not whole)

    def take(self, data: bytes, title: str) -> list[Loaded]:
        """Take bytes as they are, from a file; like `type` otherwise."""
        return self._take(data, title, newline=False)

    def _take(self, data: bytes, text: str, newline: bool) -> list[Loaded]:
        if self.failed is not None:
            raise self.failed
        before = _Before(self.machine, self.machine.save(), self.data, self._lines)
        if self.machine.complete or not self.data:
            self._undo.clear()
        self._undo.append(before)
        done: list[Loaded] = []
        try:
            while True:
                if self.machine.complete:
                    self.machine, self.data, self._lines = self._machine(), b"", ()
                if not self._lines or self._lines[-1] != text or not done:
                    self._lines += (text,)
                data = self._feed(data, newline)
                if not self.machine.complete:
                    return done
                machine = self.machine
                done.append(Loaded(machine.value, list(machine.effects), machine.uncounted, "\n".join(self._lines)))
                if not data:
                    return done
        except BaseException as error:
            error.__dict__["loaded"] = done
            raise

    def _feed(self, data: bytes, newline: bool) -> bytes:
        """Feed the machine; give what is left after a STOP."""
        start = len(self.data)
        self.data += data
        if not self.machine.feed(data) and newline and self.machine.awaiting.startswith("in "):
            self.data += b"\n"
            self.machine.feed(b"\n")
        if not self.machine.complete:
            return b""
        rest = bytes(self.machine.lexer.rest)
        self.data = self.data[: len(self.data) - len(rest)] if rest else self.data
        return rest if len(self.data) >= start else b""

    def undo(self) -> str | None:
        """Take the last line back, machine and all; give its text, or None where there is none."""
        if not self._undo:
            return None
        line = self._lines[-1] if self._lines else ""
        self.machine, place, self.data, self._lines = self._undo.pop()
        self.machine.undo(place)
        self.machine.policy = self.policy
        return line

    def fresh_machine(self) -> Machine:
        """A machine at the beginning of a stream."""
        return self._machine()

    def _machine(self) -> Machine:
        return Machine(trust=self.policy, encoding=self.encoding, persistent_load=self.persistent, on_refused="show")


def is_stream_error(error: BaseException) -> bool:
    """Whether an error is the stream's own, rather than one that trusted code raised."""
    return isinstance(error, PikError)
