"""The state of the pickle mode: the stream that is being typed, and the way back.

It neither reads nor prints; `console` does both.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, Sequence

from histshell.errors import HistshellError
from histshell.pik.lexer import Awaits
from histshell.pik.machine import Machine, Savepoint
from histshell.pik.mode import notation
from histshell.pik.placeholders import Effect
from histshell.pik.policy.play import PLAY
from histshell.pik.policy.policy import Policy

_STEPPED = 1 << 16  # bytes that begin a stream, from which on they are run at once; the way back is to before them
_WITH_A_WAY_BACK = 1 << 18  # bytes that may go into a stream that has begun: each opcode is logged


class TooLate(HistshellError):
    """More bytes than can be taken back, for a stream that has begun; nothing of them has been used."""


class Loaded(NamedTuple):
    """A stream that has come to its STOP: its value, what it asked for, and the lines that were typed."""

    value: Any
    effects: list[Effect]
    uncounted: int
    source: str
    trusted: bool = False  # whether anything was trusted, and so may have been run


class Broken(NamedTuple):
    """A line that was broken off by an error: the streams that it had completed, and what the last one had asked for."""

    error: BaseException
    loaded: Sequence[Loaded] = ()
    effects: Sequence[Effect] = ()
    uncounted: int = 0


class _Before(NamedTuple):
    """How things were before a line was typed: of the stream's bytes and lines, which only grow, how many there were."""

    machine: Machine
    place: Savepoint
    data: bytearray
    size: int
    lines: list[str]
    many: int
    persistent: Callable[[Any], Any] | None


class Stream:
    """One stream after another, fed by typed lines.

    `machine` has the stack and the memo of the stream that is typed now. `persistent` is asked for persistent ids. `broken` is
    what became of the line before this one, where an error has broken it off.
    """

    def __init__(self, persistent: Callable[[Any], Any] | None, encoding: str = "ASCII", policy: Policy = PLAY) -> None:
        self.persistent = persistent
        self.encoding = encoding
        self.policy = policy
        self._undo: list[_Before] = []
        self.clear()

    def clear(self) -> None:
        """Begin a new stream, and forget the way back."""
        self.broken: Broken | None = None
        self._begin()
        self._undo.clear()

    def _begin(self) -> None:
        """Have nothing of a stream yet. What was there stays with the way back."""
        self.machine = self._machine()
        self._data = bytearray()
        self._lines: list[str] = []

    @property
    def data(self) -> bytes:
        """The bytes of the stream that is typed now or, between streams, of the last one."""
        return bytes(self._data)

    @property
    def fresh(self) -> bool:
        """Whether the next line begins a stream."""
        return self.machine.complete or not self._data

    @property
    def failed(self) -> BaseException | None:
        """The error at which the stream stands, if any."""
        return self.machine.error

    def awaited(self) -> str:
        """What the stream waits for; empty where the next line begins one."""
        return "" if self.fresh else str(self.machine.awaiting)

    @property
    def in_line(self) -> bool:
        """Whether the stream stands within an argument that a newline ends, where any text may follow."""
        return self.machine.awaiting.what is Awaits.LINE

    def trust(self, *names: str) -> None:
        """Allow names from here on, all of them or none. Raises ValueError for what cannot be one."""
        self.policy = self.policy.trusting(*names)
        self.machine.policy = self.policy

    def type(self, text: str) -> list[Loaded]:
        """Take one typed line, without its newline, and give the streams that it completes.

        Raises `notation.TypingError` before anything is done; an error of the stream (`PikError`, or what trusted code raises)
        leaves the stream where it happened. What was completed before it is in `broken`.
        """
        whole = notation.is_literal(text) and not self.in_line and self.failed is None
        return self._take(notation.literal(text) if whole else notation.plain(text), text, newline=not whole)

    def take(self, data: bytes, title: str) -> list[Loaded]:
        """Take bytes as they are, from a file; like `type` otherwise.

        A stream of which any byte is a file's has no access to what `persistent` gives, until the file is taken back.
        """
        persistent, self.persistent = self.persistent, None
        given, self.machine.terms.persistent_load = self.machine.terms.persistent_load, None
        try:
            return self._take(data, title, newline=False, given=given)
        finally:
            self.persistent = persistent

    def _take(self, data: bytes, text: str, newline: bool, given: Any = None) -> list[Loaded]:
        self.broken = None
        if self.failed is not None:
            raise self.failed
        if len(data) > _WITH_A_WAY_BACK and not self.fresh:
            raise TooLate(f"{len(data):,} bytes at once can only begin a stream: `:clear` first")
        given = given or self.machine.terms.persistent_load
        before = _Before(
            self.machine, self.machine.save(), self._data, len(self._data), self._lines, len(self._lines), given
        )
        if self.fresh:
            self._undo.clear()
        self._undo.append(before)
        done: list[Loaded] = []
        try:
            while True:
                if self.machine.complete or len(data) > _STEPPED and not self._data:
                    self._begin()
                if not self._lines or self._lines[-1] != text or not done:
                    self._lines.append(text)
                data = self._feed(data, newline)
                if not self.machine.complete:
                    return done
                machine = self.machine
                source = "\n".join(self._lines)
                done.append(
                    Loaded(machine.value, machine.effects, machine.uncounted, source, bool(self.policy.trusted))
                )
                if not data:
                    return done
        except BaseException as error:
            self.broken = Broken(error, done, self.machine.effects, self.machine.uncounted)
            raise

    def _feed(self, data: bytes, newline: bool) -> bytes:
        """Feed the machine; give what is left after a STOP."""
        start = len(self._data)
        self._data += data
        if len(data) > _STEPPED and not start:
            self.machine.feed_at_once(data)
        else:
            self.machine.feed(data)
        if newline and self.in_line:
            self._data += b"\n"
            self.machine.feed(b"\n")
        if not self.machine.complete:
            return b""
        rest = bytes(self.machine.lexer.rest)
        del self._data[len(self._data) - len(rest) :]
        return rest if len(self._data) >= start else b""

    def undo(self) -> str | None:
        """Take the last line back, machine and all; give its text, or None where there is none."""
        if not self._undo:
            return None
        line = self._lines[-1] if self._lines else ""
        self.machine, place, self._data, size, self._lines, count, self.machine.terms.persistent_load = self._undo.pop()
        del self._data[size:], self._lines[count:]
        self.machine.undo(place)
        self.machine.policy = self.policy
        return line

    def fresh_machine(self) -> Machine:
        """A machine at the beginning of a stream."""
        return self._machine()

    def _machine(self) -> Machine:
        return Machine(trust=self.policy, encoding=self.encoding, persistent_load=self.persistent, on_refused="show")
