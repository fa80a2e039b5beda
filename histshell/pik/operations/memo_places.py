"""Opcodes that store in the memo and fetch from it."""

from __future__ import annotations

from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from histshell.pik import arguments
from histshell.pik.memo import EMPTY

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.memo import Memo
    from histshell.pik.operations.stack import Stack
    from histshell.pik.undo_log import UndoLog


class MemoPlaces:
    """Move values between *stack* and *memo*; those that are stored in turn, as nearly all are, in no more than a line."""

    def __init__(self, stack: Stack, memo: Memo, budget: Budget, log: UndoLog) -> None:
        """Let *budget* say which numbers are too high, and note in *log* what takes a number back."""
        self._stack = stack
        self._values = stack.values
        self._memo = memo
        self._budget = budget
        self._log = log

    def _get(self, line: bytes) -> None:
        self._binget(arguments.memo_number(line))

    def _binget(self, number: int) -> None:
        items = self._memo.items
        value = items[number] if 0 <= number < len(items) else EMPTY
        if value is EMPTY:
            value = self._memo.get(number)
        if value is EMPTY:
            raise UnpicklingError(f"Memo value not found at index {number}")
        self._values.append(value)

    _long_binget = _binget

    def _put(self, line: bytes) -> None:
        if len(line) < 2:
            raise UnpicklingError("pickle data was truncated")
        if len(self._values) <= self._stack.fence:
            raise self._stack.short(1)
        number = arguments.memo_number(line)
        if number < 0:
            raise ValueError("negative PUT argument")
        self._binput(number)

    def _binput(self, number: int) -> None:
        values = self._values
        if len(values) <= self._stack.fence:
            raise self._stack.short(1)
        memo = self._memo
        if memo.dense and number == len(memo.items):
            memo.items.append(values[-1])
        else:
            self._store(number, values[-1])

    _long_binput = _binput

    def _memoize(self, _: None) -> None:
        values = self._values
        if len(values) <= self._stack.fence:
            raise self._stack.short(1)
        memo = self._memo
        if memo.dense:
            memo.items.append(values[-1])
        else:
            self._store(memo.next, values[-1])

    def _store(self, number: int, value: Any) -> None:
        """Store *value* in the memo under any *number*."""
        self._budget.memo_number(number)
        forget = self._memo.store(number, value)
        if self._log.on:
            self._log.add(forget)
