"""Items are put into a container: for their price, within the time that tables may take, and so that it can be undone.

What is no exact list, dict or set goes through the gate. Nothing is known here of a stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.budget import OFTEN

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.policy.open_gate import OpenGate
    from histshell.pik.undo_log import UndoLog

_ENTRY = 60  # bytes charged for an entry of a table
_SMALL = 1 << 60  # ints below it have a hash of their own
_FEW = 64  # keys of a table in which even those that all collide cost less than looking at the clock
_GATED = 8  # as many keys' time may be taken by one that is put in through the gate


class Filling:
    """Put items into what a stream has made; ``gate`` is the one that the stream has now."""

    gate: OpenGate

    def __init__(self, budget: Budget, log: UndoLog) -> None:
        """Charge *budget*, and note in *log* what takes it back."""
        self._budget = budget
        self._log = log

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append *items* to a list or to what the gate allows."""
        if self._log.on:
            self._log.before_extend(target)
        if type(target) is list:
            target.extend(items)
        else:
            self.gate.extend(target, items)

    def set_items(self, target: Any, items: list[Any]) -> None:
        """Set keys and values, alternating in *items*, in a dict or in what the gate allows."""
        if type(target) is dict:
            self.update(target, items)
            return
        gate, budget, log = self.gate, self._budget, self._log
        is_dict = issubclass(type(target), dict)
        if is_dict:
            budget.charge(gate.entry(target) * (len(items) >> 1))
        each = iter(items)
        for key, value in zip(each, each):
            if is_dict:
                gate.hash_key(key)
            if log.on:
                log.before_set(target, key)
            began = budget.timer()
            gate.set_item(target, key, value)
            if gate.is_clocked(target):
                budget.inserted(began, _GATED)

    def update(self, target: dict[Any, Any], items: list[Any]) -> None:
        """Put keys and values, alternating in *items*, into an exact dict."""
        log, budget = self._log, self._budget
        keys = items[::2]
        if self._weighed(keys) and not log.on and len(target) + len(keys) <= _FEW:
            target.update(zip(keys, items[1::2]))
            budget.memory += _ENTRY * len(keys)
            return
        number = 0
        values = iter(items)
        began = budget.timer()
        for number, key in enumerate(values, 1):
            if log.on:
                log.before_set(target, key)
            target[key] = next(values)
            if not number % OFTEN:
                began = budget.inserted(began, OFTEN)
        budget.memory += _ENTRY * number
        budget.inserted(began, number % OFTEN)

    def add(self, target: Any, items: list[Any]) -> None:
        """Add *items* to what the gate allows; `join` is for an exact set."""
        if issubclass(type(target), set):
            for item in items:
                self.gate.hash_key(item)
        if self._log.on:
            self._log.before_extend(target)
        self.gate.add(target, items)

    def join(self, target: set[Any], items: list[Any]) -> None:
        """Put *items* into an exact set."""
        log, budget = self._log, self._budget
        if self._weighed(items) and not log.on and len(target) + len(items) <= _FEW:
            target.update(items)
            budget.memory += _ENTRY * len(items)
            return
        number = 0
        began = budget.timer()
        for number, item in enumerate(items, 1):
            if log.on:
                log.before_add(target, item)
            target.add(item)
            if not number % OFTEN:
                began = budget.inserted(began, OFTEN)
        budget.memory += _ENTRY * number
        budget.inserted(began, number % OFTEN)

    def _weighed(self, keys: list[Any]) -> bool:
        """Charge the hashing of *keys*; tell whether all of them are short texts and ints, which cost nothing to compare."""
        light = True
        for key in keys:
            kind = type(key)
            if not (kind is str and len(key) < 256 or kind is int and -_SMALL < key < _SMALL):
                self.gate.hash_key(key)
                light = False
        return light
