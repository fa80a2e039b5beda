"""The policy is asked before a state is given to an object, or something put into one that is no plain container."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING, Any

from histshell.pik.placeholders import Placeholder, extend
from histshell.pik.policy import trusted
from histshell.pik.policy.checks import Asked, Refuse, Rule
from histshell.pik.policy.key_types import is_plain
from histshell.pik.policy.numpy_trusted import state_rule
from histshell.preview import Kinds

if TYPE_CHECKING:
    from histshell.pik.policy.call_results import CallResults
    from histshell.pik.policy.imported import Imported
    from histshell.pik.policy.open_gate import OpenGate
    from histshell.pik.policy.refusals import Refusals

_ITEM, _ENTRY, _ORDERED = 9, 60, 150  # bytes charged for an item of a deque, a dict's entry, and an OrderedDict's
_PAIR = 80  # and for a pair that a placeholder keeps
_CHANGES = 5_000  # refused changes that are told with what they would have changed
_DICTS = Kinds(OrderedDict, defaultdict, Counter)


class Changes:
    """Change listed kinds of containers, instances of listed or trusted classes, and what trusted calls have given.

    A placeholder keeps what a stream would have put into what it stands for. What a rule allows, *opened* does.
    """

    def __init__(
        self, opened: OpenGate, imported: Imported, refusals: Refusals, results: CallResults, checked: Asked
    ) -> None:
        """Let the rules ask *checked*."""
        self._opened = opened
        self._budget = opened.budget
        self._asked = opened.asked
        self._imported = imported
        self._refusals = refusals
        self._results = results
        self._checked = checked
        self._count = 0

    # ------------------------------------------------------------------ states

    def build(self, target: Any, state: Any) -> None:
        """Do BUILD on instances of listed or trusted classes, and on what trusted calls have given."""
        kind = type(target)
        if kind is Placeholder:
            self._build_stand_in(target, state)
            return
        rule = self._rule(target)
        why = ""
        try:
            if rule is not None and rule.trusted:
                if rule.build is not None:
                    rule.build(target, state, self._checked)
                trusted.check_state(target, state)
                self._asked.add_set(self._refusals.kind(kind), target, state)
                trusted.build(target, state)
                return
            if rule is not None and rule.build is not None:
                rule.build(target, state, self._checked)
                self._opened.build(target, state)
                return
        except Refuse as refusal:
            why = str(refusal)
        self._asked.add_set(self._refusals.kind(kind), target, state, refused=True)
        if not self._refusals.shows:
            why = why or f"BUILD is not allowed on {self._refusals.kind(kind)}"
            self._refusals.refuse("BUILD", self._refusals.title(target), why)

    def _build_stand_in(self, target: Placeholder, state: Any) -> None:
        """Let a placeholder keep its state."""
        self._asked.add_set(target.what, target, state, refused=True)
        self._refusals.refuse("BUILD", target.what, "refused")
        self._budget.charge(_ITEM)
        if target.states:
            extend(target, "states", (state,))
        else:
            target.states = [state]

    def _rule(self, target: Any) -> Rule | None:
        """Give the rule for changing *target*: never a class, a module, a function, or what was imported itself."""
        if not trusted.is_changed(target) or id(target) in self._imported:
            return None
        return state_rule(target, self._results.rule_of(target), self._opened.terms.policy.trusts_numpy)

    def _is_trusted(self, target: Any) -> bool:
        """Tell whether *target* is an instance of a trusted class, or what a trusted call has given."""
        rule = self._rule(target)
        return rule is not None and rule.trusted

    # ------------------------------------------------------------------ items

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append to a deque, or to an instance of a trusted class."""
        if type(target) is deque:
            self._results.link(target, items)
            self._budget.charge(_ITEM * len(items))
            target.extend(items)
        elif self._is_trusted(target):
            self._budget.charge(_ITEM * len(items))
            trusted.extend(target, items)
        else:
            self._refuse_items(target, "list_items", items)

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of a listed kind of dict, of a list by its number, or of a trusted class's instance."""
        kind = type(target)
        if kind in _DICTS:
            if kind is defaultdict:
                self._results.link(target, (value,))
            target[key] = value
        elif kind is list and type(key) is int:
            target[key] = value
        elif self._is_trusted(target):
            if not issubclass(kind, dict):  # the machine has seen to the others
                self._budget.hash_key(key)
                self._budget.charge(_ENTRY)
            target[key] = value
        else:
            self._refuse_items(target, "dict_items", ((key, value),))

    def add(self, target: Any, items: list[Any]) -> None:
        """Add to an instance of a trusted set class."""
        if self._is_trusted(target):
            if not issubclass(type(target), set):
                for item in items:
                    self._budget.hash_key(item)
            self._budget.charge(_ENTRY * len(items))
            trusted.add(target, items)
        else:
            self._refuse_items(target, "list_items", items)

    def keep(self, target: Placeholder, field: str, items: Any) -> None:
        """Let a placeholder keep what a stream would have put into what it stands for."""
        self._budget.charge(_PAIR * len(items) if field == "dict_items" else _ITEM * len(items))
        extend(target, field, items)

    def _refuse_items(self, target: Any, field: str, items: Any) -> None:
        """Refuse to put *items* into *target*; a placeholder keeps them."""
        self._count += 1
        written = self._count <= _CHANGES or type(target) is Placeholder or not self._refusals.shows
        title = self._refusals.title(target) if written else self._refusals.kind(type(target))
        what = f"items of {title}"
        self._asked.add("set", what, what, True)
        self._refusals.refuse("a change", title, "only plain containers are changed")
        if type(target) is Placeholder:
            self.keep(target, field, items)


def is_clocked(target: Any) -> bool:
    """Tell whether it is a container of the list; the time of trusted code is not the stream's."""
    return type(target) in _DICTS or is_plain(type(target))


def entry(target: Any) -> int:
    """Give the bytes that an entry of *target*, a dict of any kind, is charged with."""
    return _ORDERED if type(target) is OrderedDict else _ENTRY
