"""Opcodes that import, call, change, or ask for what is not in the stream: all of it goes through the gate."""

from __future__ import annotations

from pickle import HIGHEST_PROTOCOL, UnpicklingError
from typing import TYPE_CHECKING

from histshell.pik import arguments
from histshell.pik.errors import StackUnderflow

if TYPE_CHECKING:
    from histshell.pik.operations.stack import Stack
    from histshell.pik.policy.open_gate import OpenGate, Terms
    from histshell.pik.undo_log import UndoLog


class Gated:
    """Hand to the gate what lies on *stack*; ``gate`` is the one that the stream has now.

    ``protocol`` is what the stream has said; nobody but who imports asks for it.
    """

    gate: OpenGate

    def __init__(self, stack: Stack, terms: Terms, log: UndoLog) -> None:
        """Go by *terms* where a persistent id is asked for, and note in *log* what is changed."""
        self._stack = stack
        self._values = stack.values
        self._terms = terms
        self._log = log
        self.protocol = 0

    def _proto(self, protocol: int) -> None:
        if protocol > HIGHEST_PROTOCOL:
            raise ValueError(f"unsupported pickle protocol: {protocol}")
        self.protocol = protocol

    # names

    def _ext1(self, code: int) -> None:
        self._values.append(self.gate.extension(code, self.protocol))

    _ext2 = _ext4 = _ext1

    def _global(self, lines: tuple[bytes, bytes]) -> None:
        module, name = arguments.name_lines(lines, "utf-8")
        self._values.append(self.gate.find(module, name, self.protocol))

    def _stack_global(self, _: None) -> None:
        values = self._values
        if len(values) - 2 < self._stack.fence:
            raise self._stack.short(2)
        name = values.pop()
        module = values.pop()
        if type(name) is not str or type(module) is not str:
            raise UnpicklingError("STACK_GLOBAL requires str")
        values.append(self.gate.find(module, name, self.protocol))

    # making objects

    def _reduce(self, _: None) -> None:
        values = self._values
        if len(values) - 2 < self._stack.fence:
            raise self._stack.short(2)
        args = values.pop()
        function = values.pop()
        values.append(self.gate.reduce(function, args))

    def _build(self, _: None) -> None:
        values = self._values
        if len(values) - 2 < self._stack.fence:
            raise self._stack.short(2)
        state = values.pop()
        if self._log.on:
            self._log.before_build(values[-1])
        self.gate.build(values[-1], state)

    def _inst(self, lines: tuple[bytes, bytes]) -> None:
        mark = self._stack.take_mark()
        module, name = arguments.name_lines(lines, "ascii")
        cls = self.gate.find(module, name, self.protocol)
        args = tuple(self._values[mark:])
        del self._values[mark:]
        self._values.append(self.gate.instantiate(cls, args))

    def _obj(self, _: None) -> None:
        values = self._values
        mark = self._stack.take_mark()
        if len(values) - mark < 1:
            raise StackUnderflow(0, 1, True)
        cls, *args = values[mark:]
        del values[mark:]
        values.append(self.gate.instantiate(cls, tuple(args)))

    def _newobj(self, _: None) -> None:
        values = self._values
        if len(values) - 2 < self._stack.fence:
            raise self._stack.short(2)
        args = values.pop()
        cls = values.pop()
        values.append(self.gate.new(cls, args, None, "NEWOBJ"))

    def _newobj_ex(self, _: None) -> None:
        values = self._values
        if len(values) - 3 < self._stack.fence:
            raise self._stack.short(3)
        cls, args, keywords = values[-3:]
        del values[-3:]
        if keywords is None:
            raise UnpicklingError("NEWOBJ_EX kwargs argument must be a dict, not NoneType")
        values.append(self.gate.new(cls, args, keywords, "NEWOBJ_EX"))

    # persistent ids

    def _persid(self, line: bytes) -> None:
        if self._terms.persistent_load is None:
            self.gate.miss_persistent(line[:-1].decode("latin-1"))
        try:
            pid = line[:-1].decode("ascii")
        except UnicodeDecodeError:
            raise UnpicklingError("persistent IDs in protocol 0 must be ASCII strings") from None
        self._values.append(self.gate.persistent(pid))

    def _binpersid(self, _: None) -> None:
        values = self._values
        if self._terms.persistent_load is None:
            self.gate.miss_persistent(values[-1] if len(values) > self._stack.fence else "")
        if len(values) - 1 < self._stack.fence:
            raise self._stack.short(1)
        values.append(self.gate.persistent(values.pop()))
