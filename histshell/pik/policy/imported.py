"""What a stream has imported by an allowed name, looked up by identity: never by its ``==`` or hash."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple

from histshell.pik.policy.checks import Rule


class Import(NamedTuple):
    """One thing that was imported: the rule for it, the dotted name, and the name's two parts."""

    thing: Any
    rule: Rule
    what: str
    resolved: tuple[str, str]


class Imported(Dict[int, Import]):
    """Id to import; what is imported is held, so that the ids stay its own."""

    def note(self, thing: Any, rule: Rule, what: str, resolved: tuple[str, str]) -> None:
        """Note that the stream has *thing* by this name."""
        self[id(thing)] = Import(thing, rule, what, resolved)

    def rule_of(self, thing: Any) -> Rule | None:
        """Give the rule of an object that the stream imported, else None."""
        known = self.get(id(thing))
        return known.rule if known else None
