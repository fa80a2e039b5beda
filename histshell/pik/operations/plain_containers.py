"""Opcodes that make lists, tuples, dicts and sets, and that fill what lies on the stack."""

from __future__ import annotations

from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.errors import StackUnderflow
from histshell.pik.versions import EMPTY_CHECKED

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.operations.filling import Filling
    from histshell.pik.operations.stack import Stack
    from histshell.pik.undo_log import UndoLog

# What things take in memory, in bytes, on a 64-bit build, with the garbage collector's header.
_LIST, _DICT, _SET, _TUPLE, _ITEM = 72, 80, 232, 56, 8

_size_of_set: Callable[[set[Any]], int] = getattr(set, "__sizeof__", len)  # PyPy has none


class Containers:
    """Take items from the stack, charge for the container, and let *filling* put them in."""

    def __init__(self, stack: Stack, budget: Budget, log: UndoLog, filling: Filling) -> None:
        """Work on *stack*."""
        self._stack = stack
        self._values = stack.values
        self._budget = budget
        self._log = log
        self._filling = filling

    # lists

    def _empty_list(self, _: None) -> None:
        self._budget.memory += _LIST
        self._values.append([])

    def _list(self, _: None) -> None:
        mark = self._stack.take_mark()
        items = self._values[mark:]
        self._budget.memory += _LIST + _ITEM * len(items)
        self._values[mark:] = [items]

    def _append(self, _: None) -> None:
        values = self._values
        if len(values) - 1 <= self._stack.fence:
            raise self._stack.short(2)
        item = values.pop()
        target = values[-1]
        if type(target) is list and not self._log.on:
            target.append(item)
        else:
            self._filling.extend(target, [item])

    def _appends(self, _: None) -> None:
        stack, values = self._stack, self._values
        mark = stack.take_mark()
        if mark <= stack.fence:
            raise StackUnderflow(0, 1, bool(stack.marks))
        items = values[mark:]
        if items or EMPTY_CHECKED:
            del values[mark:]
            self._filling.extend(values[-1], items)

    # tuples

    def _empty_tuple(self, _: None) -> None:
        self._values.append(())

    def _tuple(self, _: None) -> None:
        mark = self._stack.take_mark()
        items = tuple(self._values[mark:])
        self._budget.memory += _TUPLE + _ITEM * len(items)
        self._values[mark:] = [items]

    def _tuple1(self, _: None) -> None:
        values = self._values
        if len(values) - 1 < self._stack.fence:
            raise self._stack.short(1)
        self._budget.memory += _TUPLE + _ITEM
        values[-1] = (values[-1],)

    def _tuple2(self, _: None) -> None:
        values = self._values
        if len(values) - 2 < self._stack.fence:
            raise self._stack.short(2)
        self._budget.memory += _TUPLE + 2 * _ITEM
        last = values.pop()
        values[-1] = (values[-1], last)

    def _tuple3(self, _: None) -> None:
        values = self._values
        if len(values) - 3 < self._stack.fence:
            raise self._stack.short(3)
        self._budget.memory += _TUPLE + 3 * _ITEM
        values[-3:] = [tuple(values[-3:])]

    # dicts

    def _empty_dict(self, _: None) -> None:
        self._budget.memory += _DICT
        self._values.append({})

    def _dict(self, _: None) -> None:
        mark = self._stack.take_mark()
        items = self._values[mark:]
        if len(items) % 2:
            raise UnpicklingError("odd number of items for DICT")
        made: dict[Any, Any] = {}
        self._budget.memory += _DICT
        self._filling.update(made, items)
        self._values[mark:] = [made]

    def _setitem(self, _: None) -> None:
        values = self._values
        mark = len(values) - 2
        if mark <= self._stack.fence:
            raise self._stack.short(3)
        items = values[mark:]
        del values[mark:]
        self._filling.set_items(values[-1], items)

    def _setitems(self, _: None) -> None:
        stack, values = self._stack, self._values
        mark = stack.take_mark()
        if mark <= stack.fence:
            raise StackUnderflow(0, 1, bool(stack.marks))
        items = values[mark:]
        if items:
            if len(items) % 2:
                raise UnpicklingError("odd number of items for SETITEMS")
            del values[mark:]
            if type(values[-1]) is dict:
                self._filling.update(values[-1], items)
            else:
                self._filling.set_items(values[-1], items)

    # sets

    def _empty_set(self, _: None) -> None:
        self._budget.memory += _SET
        self._values.append(set())

    def _additems(self, _: None) -> None:
        stack, values = self._stack, self._values
        mark = stack.take_mark()
        if mark <= stack.fence:
            raise StackUnderflow(0, 1, bool(stack.marks))
        items = values[mark:]
        if items or EMPTY_CHECKED:
            del values[mark:]
            if type(values[-1]) is set:
                self._filling.join(values[-1], items)
            else:
                self._filling.add(values[-1], items)

    def _frozenset(self, _: None) -> None:
        mark = self._stack.take_mark()
        items = self._values[mark:]
        made: set[Any] = set()
        self._budget.memory += _SET
        self._filling.join(made, items)
        self._budget.memory += _size_of_set(made)
        self._values[mark:] = [frozenset(made)]
