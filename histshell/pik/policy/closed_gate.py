"""The gate of a stream that is not trusted: what it would import, call or change, the policy is asked about first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.errors import RefusedError
from histshell.pik.placeholders import Placeholder
from histshell.pik.policy import gated_changes
from histshell.pik.policy.call_results import CallResults
from histshell.pik.policy.checks import Asked
from histshell.pik.policy.gated_calls import Calls
from histshell.pik.policy.gated_changes import Changes
from histshell.pik.policy.gated_imports import Imports
from histshell.pik.policy.ids import is_id
from histshell.pik.policy.imported import Imported
from histshell.pik.policy.key_types import HASHABLE, KeyTypes
from histshell.pik.policy.open_gate import OpenGate, Terms
from histshell.pik.policy.refusals import STAND_IN, Refusals
from histshell.preview import show

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.effects import Effects

_KNOWN = frozenset(map(id, (tuple, frozenset)))
_FOREIGN = 100  # as many keys' time may one take that hashes by a method of its own


class ClosedGate(OpenGate):
    """Ask the policy before anything is imported, called or changed.

    Only what the stream itself imported by an allowed name may be called: an object's identity is looked up, never its
    ``==`` or hash. What is refused raises `RefusedError`, or becomes a `Placeholder` where the machine shows. Here each question
    of the machine is handed to the part that knows; what is hashed, and which ids are handed on, is decided here.
    """

    def __init__(self, terms: Terms, budget: Budget, asked: Effects) -> None:
        """Go by the policy in *terms*."""
        super().__init__(terms, budget, asked)
        opened = OpenGate(terms, budget, asked)
        imported = Imported()
        refusals = Refusals(terms, budget, imported)
        checked = Asked(budget, imported.rule_of, self.hash_key, self.reduce)
        results = CallResults(budget, imported, checked)
        self._imported = imported
        self._refusals = refusals
        self._imports = Imports(opened, imported, refusals)
        self._calls = Calls(asked, imported, refusals, results, checked, self.find)
        self._changes = Changes(opened, imported, refusals, results, checked)
        self._keys = KeyTypes(lambda kind: imported.rule_of(kind) is not None or results.has_kind(kind), terms)

    # ------------------------------------------------------------------ names and calls

    def find(self, module: str, name: str, protocol: int) -> Any:
        """Import what the policy allows."""
        return self._imports.find(module, name, protocol)

    def extension(self, code: int, protocol: int) -> Any:
        """Refuse: the registry is never asked."""
        return self._imports.extension(code)

    def reduce(self, function: Any, args: Any) -> Any:
        """Call what the policy allows with these arguments."""
        return self._calls.reduce(function, args)

    def instantiate(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Do OBJ and INST, as the policy allows."""
        return self._calls.instantiate(cls, args)

    def new(self, cls: Any, args: Any, keywords: Any, name: str) -> Any:
        """Do NEWOBJ and NEWOBJ_EX, as the policy allows."""
        return self._calls.new(cls, args, keywords, name)

    def is_imported(self, thing: Any) -> bool:
        """Tell whether the stream itself has imported it, by an allowed name."""
        return self._imported.rule_of(thing) is not None

    def stand_in(self, function: Any, what: str, args: Any) -> Placeholder:
        """Give what stands for a call of *function*, which is written *what*, that does not happen."""
        return self._refusals.stand_in(function, what, args, None)

    # ------------------------------------------------------------------ changes

    def build(self, target: Any, state: Any) -> None:
        """Do BUILD on instances of listed or trusted classes, and on what trusted calls have given."""
        self._changes.build(target, state)

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append to a deque, or to an instance of a trusted class."""
        self._changes.extend(target, items)

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of a listed kind of dict, of a list by its number, or of a trusted class's instance."""
        self._changes.set_item(target, key, value)

    def add(self, target: Any, items: list[Any]) -> None:
        """Add to an instance of a trusted set class."""
        self._changes.add(target, items)

    def keep(self, target: Placeholder, field: str, items: Any) -> None:
        """Let a placeholder keep what a stream would have put into what it stands for."""
        self._changes.keep(target, field, items)

    def is_clocked(self, target: Any) -> bool:
        """Tell whether it is a container of the list; the time of trusted code is not the stream's."""
        return gated_changes.is_clocked(target)

    def entry(self, target: Any) -> int:
        """Give the bytes that an entry of *target*, a dict of any kind, is charged with."""
        return gated_changes.entry(target)

    # ------------------------------------------------------------------ hashing

    def hash_key(self, key: Any) -> int:
        """Charge the hashing of *key*; refuse to hash an object of an unknown type."""
        steps = self.budget.hash_key(key)
        if id(type(key)) not in HASHABLE:
            self._keys.check(key)
            if id(type(key)) not in _KNOWN:
                self.budget.grant(_FOREIGN)
        return steps

    # ------------------------------------------------------------------ persistent ids

    def persistent(self, pid: Any) -> Any:
        """Give what *pid* stands for; only an exact str or int is handed to the session."""
        if self.terms.persistent_load is None:
            return self._refuse_persistent(pid)
        if not is_id(pid):
            if self.terms.shows:
                return self._refuse_persistent(pid)
            self.asked.add_persistent(pid, True)
            error = RefusedError("a persistent id must be a str, an int, or a small tuple of plain values")
            error.name = "persistent id"
            raise error
        return super().persistent(pid)

    def _refuse_persistent(self, pid: Any) -> Placeholder:
        """Give what stands for the object of a persistent id, which is its one argument."""
        self.asked.add_persistent(pid, True)
        self.budget.charge(STAND_IN)
        return Placeholder(f"persistent id {show(pid, width=20, total=200)}", (pid,), verb="loaded")

    def miss_persistent(self, pid: Any) -> None:
        """Let a placeholder stand for it where the machine shows."""
        if not self.terms.shows:
            super().miss_persistent(pid)
