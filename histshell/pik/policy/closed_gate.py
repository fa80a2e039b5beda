"""The gate of a stream that is not trusted: what it would import, call or change, the policy is asked about first."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from functools import partial
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from histshell import libraries
from histshell.pik.errors import RefusedError
from histshell.pik.placeholders import Placeholder, extend
from histshell.pik.policy import trusted
from histshell.pik.policy.checks import ATTRIBUTES, ITERATORS, TRUSTED, Asked, Refuse, Rule
from histshell.pik.policy.ids import is_id
from histshell.pik.policy.key_types import HASHABLE, KeyTypes, is_plain, is_sized
from histshell.pik.policy.numpy_trusted import state_rule
from histshell.pik.policy.open_gate import NO_NEW, OpenGate, Terms, c_find_class
from histshell.preview import Kinds, quoted, show, type_title

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.effects import Effects

_MISSING = object()
_ITEM, _ENTRY, _ORDERED = 9, 60, 150  # bytes charged for an item of a deque, a dict's entry, and an OrderedDict's
_STAND_IN, _PAIR = 150, 80  # and for a placeholder, and a pair that it keeps
_CHANGES = 5_000  # refused changes that are told with what they would have changed
_INSTANCE = 100  # bytes charged for an instance of a trusted class
_DICTS = Kinds(OrderedDict, defaultdict, Counter)
_TABLES = (set, frozenset, dict, OrderedDict, Counter, defaultdict)
_SIZES = (list, tuple, set, frozenset, dict)
_KNOWN = frozenset(map(id, (tuple, frozenset)))
_FOREIGN = 100  # as many keys' time may one take that hashes by a method of its own


class ClosedGate(OpenGate):
    """Ask the policy before anything is imported, called or changed.

    Only what the stream itself imported by an allowed name may be called: an object's identity is looked up, never its
    ``==`` or hash. What is refused raises `RefusedError`, or becomes a `Placeholder` where the machine shows.
    """

    def __init__(self, terms: Terms, budget: Budget, asked: Effects) -> None:
        """Go by the policy in *terms*."""
        super().__init__(terms, budget, asked)
        self._imported: dict[int, tuple[Any, Rule, str, tuple[str, str]]] = {}
        self._found: dict[tuple[str, str, bool], Any] = {}
        self._unknown: dict[
            tuple[str, str, bool], tuple[tuple[str, str], str, str]
        ] = {}  # what is refused: how to write it
        self._kinds: dict[int, tuple[type, str]] = {}
        self._changes = 0
        self._results: dict[int, Any] = {}  # what trusted calls have given, of classes that the stream does not name
        self._result_kinds: dict[int, type] = {}
        self._keys = KeyTypes(lambda kind: self.rule_of(kind) is not None or id(kind) in self._result_kinds, terms)
        self._checked = Asked(budget, self.rule_of, self.hash_key, self.reduce)

    def rule_of(self, thing: Any) -> Rule | None:
        """Give the rule of an object that the stream imported, else None."""
        known = self._imported.get(id(thing))
        return known[1] if known else None

    def _title(self, thing: Any) -> str:
        """Name *thing* for a refusal."""
        known = self._imported.get(id(thing))
        if known:
            return known[2]
        if type(thing) is Placeholder:
            return thing.what
        return show(thing, total=60)

    def _stand_in(self, function: Any, what: str, args: Any, keywords: Any) -> Placeholder:
        """Give what stands for a call of *function*, which is written *what*, that does not happen."""
        self.budget.charge(_STAND_IN)
        known = self._imported.get(id(function))
        module = name = ""
        if known:
            module, name = known[3]
        elif type(function) is Placeholder and function.args is None:
            module, name = function.module, function.name
        return Placeholder(what, args, keywords, module=module, name=name, function=function)

    def _kind(self, kind: type) -> str:
        """Name a class for a refusal; written once, as it may be asked for with every other byte."""
        known = self._kinds.get(id(kind))
        if known is None:
            known = self._kinds[id(kind)] = (kind, type_title(kind))
        return known[1]

    def _refuse(self, kind: str, what: str, why: str, placeholder: Placeholder | None = None, name: str = "") -> Any:
        """Refuse: raise, or give *placeholder* where the machine shows."""
        if self.terms.shows:
            return placeholder
        error = RefusedError(f"{kind} of {what} refused: {why}")
        error.name = name or what
        raise error

    def find(self, module: str, name: str, protocol: int) -> Any:
        """Import what the policy allows."""
        asked = (module, name, protocol < 3)
        cached = self._found.get(asked)
        if cached is not None:
            self._note_import(self._imported[id(cached)][2])
            return cached
        unknown = self._unknown.get(asked)
        if unknown is not None:
            return self._refuse_import(*unknown)
        resolved = self.terms.policy.resolve(module, name, protocol, self.terms.fix_imports)
        what = ".".join(resolved)
        rule = self.terms.policy.rule(*resolved)
        if rule is None:
            spelled = "" if resolved == (module, name) else f" (written {quoted(f'{module}.{name}')})"
            self._unknown[asked] = unknown = (resolved, quoted(what), spelled)
            self.budget.charge(len(what))
            return self._refuse_import(*unknown)
        self._note_import(what)
        if rule.make is not None:
            found = rule.make
        elif rule.users:
            found = c_find_class(*resolved, 4 if "." in resolved[1] else 3, False)
            try:
                trusted.check_found(found)
            except Refuse as refusal:
                self.asked.add_import(quoted(what), True, what)
                stand_in = Placeholder(quoted(what), module=resolved[0], name=resolved[1])
                return self._refuse("import", quoted(what), str(refusal), stand_in, what)
        else:
            found = libraries.of_library(*resolved)
        self._imported[id(found)] = (found, rule, what, resolved)
        self._found[asked] = found
        return found

    def _refuse_import(self, resolved: tuple[str, str], what: str, spelled: str) -> Any:
        """Refuse the import of a resolved name, which is written *what* where it is shown."""
        name = ".".join(resolved)
        self.asked.add_import(what, True, name)
        self.budget.charge(_STAND_IN)
        why = f"not on the safe list{spelled}; to allow it, trust {what}"
        return self._refuse("import", what, why, Placeholder(what, module=resolved[0], name=resolved[1]), name)

    def extension(self, code: int, protocol: int) -> Any:
        """Refuse: the registry is never asked, a stream that was loaded before may have filled it."""
        what = f"extension registry code {code}"
        self.asked.add_import(what, True, "")
        return self._refuse("import", what, "the extension registry is never used", Placeholder(what))

    def _call(self, thing: Any, args: Any, check: Any, rule: Rule | None, keywords: Any = None) -> Placeholder | None:
        """Check a call; give the placeholder that stands for it, or None where it may happen."""
        why = "it did not come from the safe list"
        what = self._title(thing)
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
                self.asked.add_call(what, args)
                return None
            except Refuse as refusal:
                why = str(refusal)
        placeholder = self._stand_in(thing, what, args, keywords)
        self.asked.add_call(what, args, keywords, True)
        self._refuse("call", what, why, placeholder)
        return placeholder

    def reduce(self, function: Any, args: Any) -> Any:
        """Call what the policy allows with these arguments."""
        rule = self.rule_of(function) or self._partial_rule(function)
        stand_in = self._call(function, args, rule and rule.call, rule)
        if stand_in is not None:
            return stand_in
        if function is ATTRIBUTES:
            return self._attribute(*args)
        apply = rule.make if rule is not None else None
        if apply is not None and hasattr(type(apply), "apply"):  # map and filter call through this gate
            return self._made(apply.apply(self._checked, *args))
        return self._walked(self._made(self._clocked(function, args), rule), args)

    def _partial_rule(self, function: Any) -> Rule | None:
        """Give the rule for a `partial` that the stream has made, of what it has imported: so classes with keywords are written."""
        if type(function) is not partial or self.rule_of(partial) is None:
            return None
        rule = self.rule_of(function.func)
        return rule if rule is not None and rule.trusted else None

    def _attribute(self, thing: Any, name: str) -> Any:
        """Do `getattr` of what the stream has imported: an import of the dotted name."""
        known = self._imported.get(id(thing))
        if known:
            module, outer = known[3]
        elif type(thing) is Placeholder and thing.args is None and thing.module:
            module, outer = thing.module, thing.name
        else:
            stand_in = self._stand_in(ATTRIBUTES, "builtins.getattr", (thing, name), None)
            self.asked.add_call("builtins.getattr", (thing, name), None, True)
            return self._refuse("call", "builtins.getattr", "only what a stream imports has attributes", stand_in)
        return self.find(module, f"{outer}.{name}", 4)

    def instantiate(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Do OBJ and INST, as the policy allows."""
        rule = self.rule_of(cls)
        if not args and rule is not None and not rule.trusted and isinstance(cls, type):
            stand_in = self._call(cls, args, rule.new, rule)
            return stand_in if stand_in is not None else self._made(cls.__new__(cls))  # type: ignore[call-overload]
        stand_in = self._call(cls, args, rule and rule.call, rule)
        if stand_in is not None:
            return stand_in
        if not args and isinstance(cls, type) and getattr(cls, "__getinitargs__", _MISSING) is _MISSING:
            return self._made(cls.__new__(cls), rule)  # type: ignore[call-overload]
        return self._walked(self._made(self._clocked(cls, args), rule), args)

    def new(self, cls: Any, args: Any, keywords: Any, name: str) -> Any:
        """Do NEWOBJ and NEWOBJ_EX, as the policy allows."""
        rule = self.rule_of(cls)
        if rule is not None and not isinstance(cls, type):
            rule = None
        if keywords is not None and type(keywords) is not dict:
            raise UnpicklingError(f"{name} kwargs argument must be a dict")
        stand_in = self._call(cls, args, rule and rule.new, rule, keywords)
        if stand_in is not None:
            return stand_in
        if cls.__flags__ & NO_NEW:
            raise UnpicklingError(f"{name} class argument '{cls.__name__}' doesn't have __new__")
        made = self._made(cls.__new__(cls, *args, **(keywords or {})), rule)
        return self._walked(made, args)

    def _walked(self, made: Any, args: tuple[Any, ...]) -> Any:
        """Note what an iterator goes through; one over another is walked through by recursion in C."""
        if any(type(made) is known for known in ITERATORS):
            for arg in args:
                if any(type(arg) is known for known in ITERATORS):
                    self.budget.link(made, arg)
            self._checked.walks(made, args)
        return made

    def _clocked(self, function: Any, args: tuple[Any, ...]) -> Any:
        """Call *function*; the clock runs where it puts many keys into a table, which may take any time."""
        if (
            not args
            or not any(function is known for known in _TABLES)
            or not any(type(args[-1]) is known for known in _SIZES)
        ):
            return function(*args)
        budget = self.budget
        began = budget.timer()
        made = function(*args)
        budget.inserted(began, len(args[-1]))
        return made

    def _made(self, thing: Any, rule: Rule | None = None) -> Any:
        """Charge what was made, and remember what a trusted call has given: a state may follow."""
        kind = type(thing)
        if rule is not None and rule.trusted and id(kind) not in self._imported and not is_plain(kind):
            self._results[id(thing)] = thing
            self._result_kinds[id(kind)] = kind
        if kind is deque:
            self._link(thing, thing)
        elif kind is defaultdict:
            self._link(thing, thing.values())
        # sys.getsizeof calls __sizeof__, which is the type's own for what is listed
        self.budget.charge(sys.getsizeof(thing, _INSTANCE) if is_sized(type(thing)) else _INSTANCE)
        return thing

    def _trust_in(self, target: Any) -> Rule | None:
        """Give the rule for changing *target*: never a class, a module, a function, or what was imported itself."""
        if not trusted.is_changed(target) or id(target) in self._imported:
            return None
        rule = self.rule_of(type(target))
        if rule is None and id(target) in self._results:
            rule = TRUSTED
        return state_rule(target, rule, self.terms.policy.trusts_numpy)

    def build(self, target: Any, state: Any) -> None:
        """Do BUILD on instances of listed or trusted classes, and on what trusted calls have given."""
        kind = type(target)
        if kind is Placeholder:
            self._build_stand_in(target, state)
            return
        rule = self._trust_in(target)
        why = f"BUILD is not allowed on {self._kind(kind)}"
        try:
            if rule is not None and rule.trusted:
                if rule.build is not None:
                    rule.build(target, state, self._checked)
                trusted.check_state(target, state)
                self.asked.add_set(self._kind(kind), target, state)
                trusted.build(target, state)
                return
            if rule is not None and rule.build is not None:
                rule.build(target, state, self._checked)
                super().build(target, state)
                return
        except Refuse as refusal:
            why = str(refusal)
        self.asked.add_set(self._kind(kind), target, state, refused=True)
        if not self.terms.shows:
            self._refuse("BUILD", self._title(target), why)

    def _build_stand_in(self, target: Placeholder, state: Any) -> None:
        """Let a placeholder keep its state."""
        self.asked.add_set(target.what, target, state, refused=True)
        if not self.terms.shows:
            self._refuse("BUILD", target.what, "refused")
        self.budget.charge(_ITEM)
        if target.states:
            extend(target, "states", (state,))
        else:
            target.states = [state]

    def _keep(self, target: Placeholder, field: str, items: Any) -> None:
        """Let a placeholder keep what a stream would have put into what it stands for."""
        self.budget.charge(_PAIR * len(items) if field == "dict_items" else _ITEM * len(items))
        extend(target, field, items)

    def _is_trusted(self, target: Any) -> bool:
        """Tell whether *target* is an instance of a trusted class, or what a trusted call has given."""
        rule = self._trust_in(target)
        return rule is not None and rule.trusted

    def _refuse_change(self, target: Any) -> None:
        """Refuse to put something into *target*."""
        self._changes += 1
        written = self._changes <= _CHANGES or type(target) is Placeholder or not self.terms.shows
        title = self._title(target) if written else self._kind(type(target))
        what = f"items of {title}"
        self.asked.add("set", what, what, True)
        self._refuse("a change", title, "only plain containers are changed")

    def _refuse_items(self, target: Any, field: str, items: Any) -> None:
        """Refuse to put *items* into *target*; a placeholder keeps them."""
        self._refuse_change(target)
        if type(target) is Placeholder:
            self._keep(target, field, items)

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append to a deque, or to an instance of a trusted class."""
        if type(target) is deque:
            self._link(target, items)
            self.budget.charge(_ITEM * len(items))
            target.extend(items)
        elif self._is_trusted(target):
            self.budget.charge(_ITEM * len(items))
            trusted.extend(target, items)
        else:
            self._refuse_items(target, "list_items", items)

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of a listed kind of dict, of a list by its number, or of a trusted class's instance."""
        kind = type(target)
        if kind in _DICTS:
            if kind is defaultdict:
                self._link(target, (value,))
            target[key] = value
        elif kind is list and type(key) is int:
            target[key] = value
        elif self._is_trusted(target):
            if not issubclass(kind, dict):  # the machine has seen to the others
                self.budget.hash_key(key)
                self.budget.charge(_ENTRY)
            target[key] = value
        else:
            self._refuse_items(target, "dict_items", ((key, value),))

    def _link(self, target: Any, items: Any) -> None:
        """Note what goes into *target* that is freed by recursion in C, as it is itself."""
        for item in items:
            if type(item) is deque or type(item) is defaultdict:
                self.budget.link(target, item)

    def add(self, target: Any, items: list[Any]) -> None:
        """Add to an instance of a trusted set class."""
        if self._is_trusted(target):
            if not issubclass(type(target), set):
                for item in items:
                    self.budget.hash_key(item)
            self.budget.charge(_ENTRY * len(items))
            trusted.add(target, items)
        else:
            self._refuse_items(target, "list_items", items)

    def is_clocked(self, target: Any) -> bool:
        """Tell whether it is a container of the list; the time of trusted code is not the stream's."""
        return type(target) in _DICTS or is_plain(type(target))

    def entry(self, target: Any) -> int:
        """Give the bytes that an entry of *target*, a dict of any kind, is charged with."""
        return _ORDERED if type(target) is OrderedDict else _ENTRY

    def hash_key(self, key: Any) -> int:
        """Charge the hashing of *key*; refuse to hash an object of an unknown type."""
        steps = self.budget.hash_key(key)
        if id(type(key)) not in HASHABLE:
            self._keys.check(key)
            if id(type(key)) not in _KNOWN:
                self.budget.grant(_FOREIGN)
        return steps

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
        self.budget.charge(_STAND_IN)
        return Placeholder(f"persistent id {show(pid, width=20, total=200)}", (pid,), verb="loaded")

    def miss_persistent(self, pid: Any) -> None:
        """Let a placeholder stand for it where the machine shows."""
        if not self.terms.shows:
            super().miss_persistent(pid)
