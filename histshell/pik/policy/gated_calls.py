"""The policy is asked before something is called, or an instance made."""

from __future__ import annotations

from functools import partial
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, Callable

from histshell.pik.placeholders import Placeholder
from histshell.pik.policy.checks import ATTRIBUTES, Asked, Refuse, Rule
from histshell.pik.policy.open_gate import NO_NEW

if TYPE_CHECKING:
    from histshell.pik.effects import Effects
    from histshell.pik.policy.call_results import CallResults
    from histshell.pik.policy.imported import Imported
    from histshell.pik.policy.refusals import Refusals

_MISSING = object()


class Calls:
    """Call what the stream itself imported by an allowed name, and nothing else; list in *asked* all that it asks for.

    *find* imports the dotted name that `getattr` of something imported means.
    """

    def __init__(
        self, asked: Effects, imported: Imported, refusals: Refusals, results: CallResults, checked: Asked,
        find: Callable[[str, str, int], Any],
    ) -> None:  # fmt: skip
        """Let the rules ask *checked*, and charge *results*."""
        self._asked = asked
        self._imported = imported
        self._refusals = refusals
        self._results = results
        self._checked = checked
        self._find = find

    def reduce(self, function: Any, args: Any) -> Any:
        """Call what the policy allows with these arguments."""
        rule = self._imported.rule_of(function) or self._partial_rule(function)
        stand_in = self._refused(function, args, rule and rule.call, rule)
        if stand_in is not None:
            return stand_in
        if function is ATTRIBUTES:
            return self._attribute(*args)
        results = self._results
        apply = rule.make if rule is not None else None
        if apply is not None and hasattr(type(apply), "apply"):  # map and filter call through this gate
            return results.made(apply.apply(self._checked, *args))
        return results.walked(results.made(results.clocked(function, args), rule), args)

    def instantiate(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Do OBJ and INST, as the policy allows."""
        results = self._results
        rule = self._imported.rule_of(cls)
        if not args and rule is not None and not rule.trusted and isinstance(cls, type):
            stand_in = self._refused(cls, args, rule.new, rule)
            return stand_in if stand_in is not None else results.made(cls.__new__(cls))  # type: ignore[call-overload]
        stand_in = self._refused(cls, args, rule and rule.call, rule)
        if stand_in is not None:
            return stand_in
        if not args and isinstance(cls, type) and getattr(cls, "__getinitargs__", _MISSING) is _MISSING:
            return results.made(cls.__new__(cls), rule)  # type: ignore[call-overload]
        return results.walked(results.made(results.clocked(cls, args), rule), args)

    def new(self, cls: Any, args: Any, keywords: Any, name: str) -> Any:
        """Do NEWOBJ and NEWOBJ_EX, as the policy allows."""
        rule = self._imported.rule_of(cls)
        if rule is not None and not isinstance(cls, type):
            rule = None
        if keywords is not None and type(keywords) is not dict:
            raise UnpicklingError(f"{name} kwargs argument must be a dict")
        stand_in = self._refused(cls, args, rule and rule.new, rule, keywords)
        if stand_in is not None:
            return stand_in
        if cls.__flags__ & NO_NEW:
            raise UnpicklingError(f"{name} class argument '{cls.__name__}' doesn't have __new__")
        made = self._results.made(cls.__new__(cls, *args, **(keywords or {})), rule)
        return self._results.walked(made, args)

    def _refused(
        self, thing: Any, args: Any, check: Any, rule: Rule | None, keywords: Any = None
    ) -> Placeholder | None:
        """Check a call; give the placeholder that stands for it, or None where it may happen."""
        why = "it did not come from the safe list"
        what = self._refusals.title(thing)
        if (
            type(thing) is Placeholder and thing.args is not None and not what.endswith("(…)")
        ):  # of any length otherwise
            what += "(…)"  # it is a result that is called
        if rule is not None:
            try:
                if type(args) is not tuple:
                    raise Refuse("its arguments are no tuple")
                if not rule.trusted:
                    if check is None or keywords:
                        raise Refuse("it may not be called so")
                    check(args, self._checked)
                self._asked.add_call(what, args)
                return None
            except Refuse as refusal:
                why = str(refusal)
        placeholder = self._refusals.stand_in(thing, what, args, keywords)
        self._asked.add_call(what, args, keywords, True)
        self._refusals.refuse("call", what, why, placeholder)
        return placeholder

    def _partial_rule(self, function: Any) -> Rule | None:
        """Give the rule for a `partial` that the stream has made, of what it has imported: so classes with keywords are written."""
        if type(function) is not partial or self._imported.rule_of(partial) is None:
            return None
        rule = self._imported.rule_of(function.func)
        return rule if rule is not None and rule.trusted else None

    def _attribute(self, thing: Any, name: str) -> Any:
        """Do `getattr` of what the stream has imported: an import of the dotted name."""
        known = self._imported.get(id(thing))
        if known:
            module, outer = known.resolved
        elif type(thing) is Placeholder and thing.args is None and thing.module:
            module, outer = thing.module, thing.name
        else:
            stand_in = self._refusals.stand_in(ATTRIBUTES, "builtins.getattr", (thing, name), None)
            self._asked.add_call("builtins.getattr", (thing, name), None, True)
            why = "only what a stream imports has attributes"
            return self._refusals.refuse("call", "builtins.getattr", why, stand_in)
        return self._find(module, f"{outer}.{name}", 4)
