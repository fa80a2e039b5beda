"""Policies: which names a stream may import, and what may be done with them.

`SAFE` is an exact list of plain data, `EVERYTHING` is C's `pickle.loads`. A policy is immutable; `Policy.trusting` gives
one that allows more.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from histshell.pik import names
from histshell.pik.arrays import numpy_rule
from histshell.pik.rules import RULES, TRUSTED, Rule


@dataclass(frozen=True)
class Policy:
    """An exact list of what may be imported, with a `Rule` for each name.

    ``rules`` maps (module, name), as they are called in Python 3, to rules; ``trusted`` holds ``module.name`` and
    ``module.*`` that a person has named. With ``everything`` nothing is checked. A policy does not import anything.
    """

    title: str
    rules: dict[tuple[str, str], Rule] = field(default_factory=dict, repr=False)
    trusted: frozenset[str] = frozenset()
    everything: bool = False
    #: Give ``__builtin__.map``, ``filter``, ``zip`` and ``range`` the lists they gave in Python 2.
    python2_lists: bool = False

    def resolve(self, module: str, name: str, protocol: int, fix_imports: bool) -> tuple[str, str]:
        """Give the module and name that the stream means (see `names.resolve`)."""
        if self.python2_lists and module == "__builtin__" and protocol < 3 and (module, name) in self.rules:
            return module, name
        return names.resolve(module, name, protocol, fix_imports)

    def rule(self, module: str, name: str) -> Rule | None:
        """Give the rule for a resolved name, None where it is not allowed."""
        if self.trusted and self._trusts(module, name):
            return TRUSTED
        return self.rules.get((module, name)) or (numpy_rule(module, name) if self.rules else None)

    def _trusts(self, module: str, name: str) -> bool:
        """Tell whether a person has trusted it, by its exact name or, undotted, by its module."""
        if f"{module}.{name}" in self.trusted:
            return True
        return "." not in name and f"{module}.*" in self.trusted

    def trusting(self, *trust: str) -> Policy:
        """Give a policy that also allows *trust*: ``module.name``, ``module.*`` or ``everything``.

        Raises ValueError for anything else. The caller warns of ``module.*``: a module's names are more than they seem.
        """
        for item in trust:
            module, _, name = item.rpartition(".")
            if item != "everything" and not (module and name and all(module.split("."))):
                raise ValueError(f"trust {item!r}: expected module.name, module.* or everything")
        everything = self.everything or "everything" in trust
        return replace(self, trusted=self.trusted | (set(trust) - {"everything"}), everything=everything)

    def __reduce__(self) -> Any:
        """Refuse to be saved: trust lasts for a session."""
        raise TypeError("a policy is not saved: what it trusts was meant for this session")


SAFE = Policy("safe", RULES)
EVERYTHING = Policy("everything", everything=True)
