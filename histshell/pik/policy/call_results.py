"""What calls have given a stream: charged, clocked, and remembered where a state may follow."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any

from histshell.pik.policy.checks import ITERATORS, TRUSTED, Asked, Rule
from histshell.pik.policy.key_types import is_plain, is_sized

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.policy.imported import Imported

_INSTANCE = 100  # bytes charged for an instance of a trusted class
_TABLES = (set, frozenset, dict, OrderedDict, Counter, defaultdict)
_SIZES = (list, tuple, set, frozenset, dict)


class CallResults:
    """Charge what is made; hold what trusted calls have given, of classes that the stream does not name."""

    def __init__(self, budget: Budget, imported: Imported, checked: Asked) -> None:
        """Tell *checked* what iterators go through."""
        self._budget = budget
        self._imported = imported
        self._checked = checked
        self._trusted: dict[int, Any] = {}
        self._kinds: dict[int, type] = {}

    def has_kind(self, kind: Any) -> bool:
        """Tell whether a trusted call has given an instance of *kind*."""
        return id(kind) in self._kinds

    def rule_of(self, target: Any) -> Rule | None:
        """Give the rule of an instance: its class's, or that of what a trusted call has given."""
        rule = self._imported.rule_of(type(target))
        if rule is None and id(target) in self._trusted:
            return TRUSTED
        return rule

    def clocked(self, function: Any, args: tuple[Any, ...]) -> Any:
        """Call *function*; the clock runs where it puts many keys into a table, which may take any time."""
        if (
            not args
            or not any(function is known for known in _TABLES)
            or not any(type(args[-1]) is known for known in _SIZES)
        ):
            return function(*args)
        budget = self._budget
        began = budget.timer()
        made = function(*args)
        budget.inserted(began, len(args[-1]))
        return made

    def made(self, thing: Any, rule: Rule | None = None) -> Any:
        """Charge what was made, and remember what a trusted call has given: a state may follow."""
        kind = type(thing)
        if rule is not None and rule.trusted and id(kind) not in self._imported and not is_plain(kind):
            self._trusted[id(thing)] = thing
            self._kinds[id(kind)] = kind
        if kind is deque:
            self.link(thing, thing)
        elif kind is defaultdict:
            self.link(thing, thing.values())
        # sys.getsizeof calls __sizeof__, which is the type's own for what is listed
        self._budget.charge(sys.getsizeof(thing, _INSTANCE) if is_sized(kind) else _INSTANCE)
        return thing

    def walked(self, made: Any, args: tuple[Any, ...]) -> Any:
        """Note what an iterator goes through; one over another is walked through by recursion in C."""
        if type(made) in ITERATORS:
            for arg in args:
                if type(arg) in ITERATORS:
                    self._budget.link(made, arg)
            self._checked.walks(made, args)
        return made

    def link(self, target: Any, items: Any) -> None:
        """Note what goes into *target* that is freed by recursion in C, as it is itself."""
        for item in items:
            if type(item) is deque or type(item) is defaultdict:
                self._budget.link(target, item)
