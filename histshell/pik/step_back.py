"""One opcode is taken back: what it took from the stack, and the small facts of the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.opcodes import Opcode
    from histshell.pik.operations.groups import Operations
    from histshell.pik.undo_log import UndoLog


class StepBack:
    """Note in the log, before an opcode runs, what puts the stack, the protocol and the counts back as they were.

    What an opcode does to a container or an object is not seen here: who changes one notes it in the same log.
    """

    def __init__(self, operations: Operations, budget: Budget) -> None:
        """Note nothing before `begin`."""
        self._stack = operations.stack
        self._memo = operations.memo
        self._gated = operations.gated
        self._log = operations.log
        self._budget = budget

    def begin(self) -> UndoLog:
        """Log from here on; give the log."""
        if not self._log.on:
            self._log.on = True
            self._memo.count()
        return self._log

    def before(self, op: Opcode) -> None:
        """Log what the opcode may take from the stack, and the small facts."""
        values, marks = self._stack.values, self._stack.marks
        base = len(values) - op.needs
        if op.takes_mark and marks:
            base = marks[-1] - op.needs
        base = max(base, 0)
        facts = self._gated.protocol, self._budget.facts(), self._memo.facts()
        self._log.add(self._put_back, base, values[base:], len(marks), marks[-1] if marks else 0, facts)

    def _put_back(self, base: int, tail: list[Any], count: int, mark: int, facts: tuple[Any, ...]) -> None:
        """Put everything back as it was before an opcode."""
        self._stack.put_back(base, tail, count, mark)
        self._gated.protocol, spent, counts = facts
        self._budget.restore(spent)
        self._memo.restore(counts)
