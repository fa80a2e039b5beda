"""The undo log: how to take back what a machine's opcodes do, step by step."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable

from histshell.pik.placeholders import Placeholder

_MISSING = object()


class UndoLog:
    """What takes back each change to a container or an object, the newest last.

    Each method notes what *target* is like before something is done to it. Only what is plain to see can be taken back: not
    what trusted code does, nor a change of a kind of container that is not known here.
    """

    def __init__(self) -> None:
        """Begin with nothing done."""
        self.on = False  # as long as nobody wants to go back, nothing has to be noted
        self._steps: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        """Return the number of steps; it is a place to go back to."""
        return len(self._steps)

    def back(self, to: int) -> None:
        """Take back the steps down to the number *to*."""
        while len(self._steps) > to:
            undo, *details = self._steps.pop()
            undo(*details)

    def add(self, undo: Callable[..., Any], *details: Any) -> None:
        """Note a step that ``undo(*details)`` takes back."""
        self._steps.append((undo, *details))

    def before_extend(self, target: Any) -> None:
        """Note how long a list is, or what is in a deque."""
        if issubclass(type(target), list):
            self.add(list.__delitem__, target, slice(list.__len__(target), None))
        elif type(target) is deque:
            self.add(_refill_deque, target, tuple(target))
        elif type(target) is Placeholder:
            self._before_keeping(target)

    def before_set(self, target: Any, key: Any) -> None:
        """Note what a dict has under *key*, or a list at that place."""
        if issubclass(type(target), dict):
            self.add(_unset, target, key, dict.get(target, key, _MISSING))
        elif type(target) is list and type(key) is int and -len(target) <= key < len(target):
            self.add(target.__setitem__, key, target[key])
        elif type(target) is Placeholder:
            self._before_keeping(target)

    def before_add(self, target: set[Any], item: Any) -> None:
        """Note whether *item* is in a set."""
        if item not in target:
            self.add(target.discard, item)

    def before_build(self, target: Any) -> None:
        """Note the attributes of an object, where they are plain to see."""
        if type(target) is Placeholder:
            self._before_keeping(target)
            return
        try:
            inside = object.__getattribute__(target, "__dict__")
        except AttributeError:
            return
        if type(inside) is dict:
            self.add(_refill_dict, inside, dict(inside))

    def _before_keeping(self, target: Placeholder) -> None:
        """Note how much a placeholder keeps."""
        self.add(_cut, target, len(target.states), len(target.list_items), len(target.dict_items))


def _cut(target: Placeholder, *lengths: int) -> None:
    """Take from a placeholder what it keeps beyond these lengths."""
    for field, length in zip(("states", "list_items", "dict_items"), lengths):
        items = getattr(target, field)
        if len(items) > length:  # else it may be a tuple
            del items[length:]


def _unset(target: Any, key: Any, old: Any) -> None:
    """Take back one item that was set."""
    if old is _MISSING:
        del target[key]
    else:
        target[key] = old


def _refill_deque(target: Any, items: tuple[Any, ...]) -> None:
    """Put a deque back as it was."""
    target.clear()
    target.extend(items)


def _refill_dict(target: dict[Any, Any], items: dict[Any, Any]) -> None:
    """Put an instance's attributes back as they were."""
    target.clear()
    target.update(items)
