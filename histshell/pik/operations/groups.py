"""The groups of one stream, joined: what runs each opcode."""

from __future__ import annotations

from typing import Any, Callable

from histshell.pik.budget import Budget
from histshell.pik.memo import Memo
from histshell.pik.opcodes import OPCODES
from histshell.pik.operations.constants import Constants
from histshell.pik.operations.filling import Filling
from histshell.pik.operations.gated import Gated
from histshell.pik.operations.memo_places import MemoPlaces
from histshell.pik.operations.plain_containers import Containers
from histshell.pik.operations.stack import Stack
from histshell.pik.policy.open_gate import OpenGate, Terms
from histshell.pik.undo_log import UndoLog

_PUSHES = [op.code for op in OPCODES if op.pushes]
#: For each group the codes of its opcodes, and the names of the methods.
_METHODS = {
    group: [(op.code, name) for op in OPCODES for name in [f"_{op.name.lower()}"] if name in vars(group)]
    for group in (Stack, Constants, Containers, MemoPlaces, Gated)
}


class Operations:
    """Make the groups for one stream, each with what it needs; what they share is here to be looked at.

    ``table`` has the function for each code; it takes the argument as the lexer gives it. FRAME and STOP are not among them: what
    they do is not done on a stack.
    """

    def __init__(self, budget: Budget, terms: Terms, encoding: str, errors: str, buffers: Any) -> None:
        """Begin with nothing on the stack, and with no gate: whoever made this sets one."""
        self.stack = stack = Stack()
        self.memo = memo = Memo()
        self.log = log = UndoLog()
        self.gated = Gated(stack, terms, log)
        self._filling = Filling(budget, log)
        self.table: list[Callable[[Any], None] | None] = [None] * 256
        table: list[Any] = self.table
        push = stack.values.append  # the list is never replaced, so this stays right
        for code in _PUSHES:
            table[code] = push
        for group in (
            stack,
            Constants(stack, budget, encoding, errors, buffers),
            Containers(stack, budget, log, self._filling),
            MemoPlaces(stack, memo, budget, log),
            self.gated,
        ):
            for code, name in _METHODS[type(group)]:
                table[code] = getattr(group, name)

    @property
    def gate(self) -> OpenGate:
        """Give what is asked before something is imported, called or changed; all who ask it are handed a new one."""
        return self.gated.gate

    @gate.setter
    def gate(self, gate: OpenGate) -> None:
        self.gated.gate = self._filling.gate = gate
