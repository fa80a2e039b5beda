"""The policy is asked before a name is imported; what it allows comes from the library, or by the user's own import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell import libraries
from histshell.pik.placeholders import Placeholder
from histshell.pik.policy import trusted
from histshell.pik.policy.checks import Refuse
from histshell.pik.policy.open_gate import c_find_class
from histshell.pik.policy.refusals import STAND_IN
from histshell.preview import quoted

if TYPE_CHECKING:
    from histshell.pik.policy.checks import Rule
    from histshell.pik.policy.imported import Imported
    from histshell.pik.policy.open_gate import OpenGate
    from histshell.pik.policy.refusals import Refusals


class Imports:
    """Import for one stream, each name once."""

    def __init__(self, opened: OpenGate, imported: Imported, refusals: Refusals) -> None:
        """Go by the terms of *opened*, and note in *imported* what was allowed."""
        self._terms = opened.terms
        self._budget = opened.budget
        self._asked = opened.asked
        self._imported = imported
        self._refusals = refusals
        self._found: dict[tuple[str, str, bool], Any] = {}
        #: What is refused: how to write it.
        self._unknown: dict[tuple[str, str, bool], tuple[tuple[str, str], str, str]] = {}

    def find(self, module: str, name: str, protocol: int) -> Any:
        """Import what the policy allows."""
        asked = (module, name, protocol < 3)
        cached = self._found.get(asked)
        if cached is not None:
            self._note(self._imported[id(cached)].what)
            return cached
        unknown = self._unknown.get(asked)
        if unknown is not None:
            return self._refuse(*unknown)
        resolved = self._terms.policy.resolve(module, name, protocol, self._terms.fix_imports)
        what = ".".join(resolved)
        rule = self._terms.policy.rule(*resolved)
        if rule is None:
            spelled = "" if resolved == (module, name) else f" (written {quoted(f'{module}.{name}')})"
            self._unknown[asked] = unknown = (resolved, quoted(what), spelled)
            self._budget.charge(len(what))
            return self._refuse(*unknown)
        self._note(what)
        try:
            found = _get(rule, resolved)
        except Refuse as refusal:
            self._asked.add_import(quoted(what), True, what)
            stand_in = Placeholder(quoted(what), module=resolved[0], name=resolved[1])
            return self._refusals.refuse("import", quoted(what), str(refusal), stand_in, what)
        self._imported.note(found, rule, what, resolved)
        self._found[asked] = found
        return found

    def _note(self, name: str) -> None:
        """Note an import that is done."""
        self._asked.add_import(quoted(name), False, name)

    def _refuse(self, resolved: tuple[str, str], what: str, spelled: str) -> Any:
        """Refuse the import of a resolved name, which is written *what* where it is shown."""
        name = ".".join(resolved)
        self._asked.add_import(what, True, name)
        self._budget.charge(STAND_IN)
        why = f"not on the safe list{spelled}; to allow it, trust {what}"
        stand_in = Placeholder(what, module=resolved[0], name=resolved[1])
        return self._refusals.refuse("import", what, why, stand_in, name)

    def extension(self, code: int) -> Any:
        """Refuse: the registry is never asked, a stream that was loaded before may have filled it."""
        what = f"extension registry code {code}"
        self._asked.add_import(what, True, "")
        return self._refusals.refuse("import", what, "the extension registry is never used", Placeholder(what))


def _get(rule: Rule, resolved: tuple[str, str]) -> Any:
    """Give what stands under an allowed name. Raises `Refuse` where the trusted name of a user's is of a kind that is not given."""
    if rule.make is not None:
        return rule.make
    if not rule.users:
        return libraries.of_library(*resolved)
    found = c_find_class(*resolved, 4 if "." in resolved[1] else 3, False)
    trusted.check_found(found)
    return found
