"""A refusal is said, or stands on the stack as a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from histshell.pik.errors import RefusedError
from histshell.pik.placeholders import Placeholder
from histshell.preview import show, type_title

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.policy.imported import Imported
    from histshell.pik.policy.open_gate import Terms

#: Bytes charged for a placeholder.
STAND_IN = 150


class Refusals:
    """Refuse by the caller's terms: raise, or let the stream go on with what stands for the refused."""

    def __init__(self, terms: Terms, budget: Budget, imported: Imported) -> None:
        """Name things as the stream has *imported* them."""
        self._terms = terms
        self._budget = budget
        self._imported = imported
        self._kinds: dict[int, tuple[type, str]] = {}

    @property
    def shows(self) -> bool:
        """Give whether the machine shows what is refused, and goes on."""
        return self._terms.shows

    def refuse(self, kind: str, what: str, why: str, placeholder: Placeholder | None = None, name: str = "") -> Any:
        """Refuse: raise, or give *placeholder* where the machine shows."""
        if self._terms.shows:
            return placeholder
        error = RefusedError(f"{kind} of {what} refused: {why}")
        error.name = name or what
        raise error

    def title(self, thing: Any) -> str:
        """Name *thing* for a refusal."""
        known = self._imported.get(id(thing))
        if known:
            return known.what
        if type(thing) is Placeholder:
            return thing.what
        return show(thing, total=60)

    def kind(self, kind: type) -> str:
        """Name a class for a refusal; written once, as it may be asked for with every other byte."""
        known = self._kinds.get(id(kind))
        if known is None:
            known = self._kinds[id(kind)] = (kind, type_title(kind))
        return known[1]

    def stand_in(self, function: Any, what: str, args: Any, keywords: Any) -> Placeholder:
        """Give what stands for a call of *function*, which is written *what*, that does not happen."""
        self._budget.charge(STAND_IN)
        known = self._imported.get(id(function))
        module = name = ""
        if known:
            module, name = known.resolved
        elif type(function) is Placeholder and function.args is None:
            module, name = function.module, function.name
        return Placeholder(what, args, keywords, module=module, name=name, function=function)
