"""The two ways in which a machine meets the world: `OpenGate` does what C does, `ClosedGate` asks the policy first.

Whatever an opcode imports, calls or changes goes through one of them; the machine itself only moves things on its stack.
"""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from io import BytesIO
from pickle import PickleBuffer, Unpickler, UnpicklingError
from time import perf_counter
from typing import TYPE_CHECKING, Any

from histshell.pik.arrays import numpy_state
from histshell.pik.errors import RefusedError
from histshell.pik.placeholders import Placeholder
from histshell.pik.rules import Asked, Refuse, Rule

if TYPE_CHECKING:
    from histshell.pik.machine import Machine

_MISSING = object()
_INSTANCE = 100  # bytes charged for an instance of a trusted class
_NO_NEW = 1 << 7  # Py_TPFLAGS_DISALLOW_INSTANTIATION: what C sees as a type without tp_new


def c_find_class(module: str, name: str, protocol: int, fix_imports: bool) -> Any:
    """Import as the C loader does after it saw PROTO *protocol*: its own find_class does it."""
    finder = Unpickler(BytesIO(b"\x80%cN." % protocol), fix_imports=fix_imports)
    finder.load()
    return finder.find_class(module, name)


class OpenGate:
    """Do what C does, unchecked."""

    def __init__(self, machine: Machine) -> None:
        """Serve *machine*."""
        self.machine = machine

    def find(self, module: str, name: str) -> Any:
        """Import *name* from *module*."""
        machine = self.machine
        machine.note("import", f"{module}.{name}", False)
        return c_find_class(module, name, machine.protocol, machine.fix_imports)

    def extension(self, code: int) -> Any:
        """Give what the extension registry has for *code*."""
        import copyreg

        if code <= 0:
            raise UnpicklingError("EXT specifies code <= 0")
        cache: dict[int, Any] = copyreg._extension_cache  # type: ignore[attr-defined]
        known = cache.get(code, _MISSING)
        if known is not _MISSING:
            return known
        pair = copyreg._inverted_registry.get(code)  # type: ignore[attr-defined]
        if pair is None:
            raise ValueError(f"unregistered extension code {code}")
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise ValueError(f"_inverted_registry[{code}] isn't a 2-tuple of strings")
        found = cache[code] = self.find(*pair)
        return found

    def reduce(self, function: Any, args: Any) -> Any:
        """Call *function*."""
        if not callable(function):
            raise TypeError(f"'{type(function).__name__}' object is not callable")
        if not isinstance(args, tuple):
            raise TypeError("argument list must be a tuple")
        if self.machine.shows:
            self.machine.note_call(function, args)
        return function(*args)

    def instantiate(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Do what OBJ and INST do: without arguments a class is not called, its ``__new__`` is."""
        if self.machine.shows:
            self.machine.note_call(cls, args)
        if not args and isinstance(cls, type) and getattr(cls, "__getinitargs__", _MISSING) is _MISSING:
            return cls.__new__(cls)  # type: ignore[call-overload]
        return cls(*args)

    def new(self, cls: Any, args: Any, keywords: Any, name: str) -> Any:
        """Do what NEWOBJ and NEWOBJ_EX do."""
        if not isinstance(cls, type):
            raise UnpicklingError(f"{name} class argument must be a type, not {type(cls).__name__}")
        if cls.__flags__ & _NO_NEW:
            raise UnpicklingError(f"{name} class argument '{cls.__name__}' doesn't have __new__")
        if not isinstance(args, tuple):
            raise UnpicklingError(f"{name} args argument must be a tuple, not {type(args).__name__}")
        if keywords is not None and not isinstance(keywords, dict):
            raise UnpicklingError(f"{name} kwargs argument must be a dict, not {type(keywords).__name__}")
        if self.machine.shows:
            self.machine.note_call(cls, args)
        return cls.__new__(cls, *args, **(keywords or {}))

    def build(self, target: Any, state: Any) -> None:
        """Hand *state* to *target* as BUILD does."""
        if self.machine.shows:
            self.machine.note_set(target, state)
        setstate: Any = getattr(target, "__setstate__", _MISSING)
        if setstate is not _MISSING:
            setstate(state)
            return
        slots = None
        has_slots = isinstance(state, tuple) and len(state) == 2
        if has_slots:
            state, slots = state
        if state is not None:
            if not isinstance(state, dict):
                raise UnpicklingError("state is not a dictionary")
            inside = target.__dict__
            for key, value in list(state.items()):
                inside[sys.intern(key) if type(key) is str else key] = value
        if has_slots:
            if not isinstance(slots, dict):
                raise UnpicklingError("slot state is not a dictionary")
            for key, value in list(slots.items()):
                setattr(target, key, value)

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append *items* to *target*, which is no exact list."""
        extend: Any = getattr(target, "extend", _MISSING)
        if extend is not _MISSING:
            extend(items)
            return
        append = target.append
        for item in items:
            append(item)

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set one item of *target*, which is no exact dict."""
        target[key] = value

    def add(self, target: Any, items: list[Any]) -> None:
        """Add *items* to *target*, which is no exact set."""
        if isinstance(target, set):
            set.update(target, tuple(items))
            return
        add = target.add
        for item in items:
            add(item)

    def hash_key(self, key: Any) -> None:
        """Charge the hashing of *key*."""
        self.machine.weigher.charge(key)

    def persistent(self, pid: Any) -> Any:
        """Give what *pid* stands for."""
        load = self.machine.persistent_load
        if load is None:
            raise UnpicklingError(
                "A load persistent id instruction was encountered, but no persistent_load function was specified."
            )
        return load(pid)


_HASHABLE = frozenset((type(None), bool, int, float, complex, str, bytes, type, Placeholder))
_DICTS = frozenset((OrderedDict, defaultdict, Counter))


class ClosedGate(OpenGate):
    """Ask the policy before anything is imported, called or changed.

    Only what the stream itself imported by an allowed name may be called: an object's identity is looked up, never its
    ``==`` or hash. What is refused raises `RefusedError`, or becomes a `Placeholder` where the machine shows.
    """

    def __init__(self, machine: Machine) -> None:
        """Serve *machine*, by its policy."""
        super().__init__(machine)
        self._imported: dict[int, tuple[Any, Rule, str]] = {}
        self._found: dict[tuple[str, str, bool], Any] = {}
        self._nested: dict[int, Any] = {}  # tuples and frozensets that hold nothing of a foreign type, by id
        self._asked = Asked(machine.limits, self.rule_of, self.hash_key, self.reduce)

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
        from histshell.pik.printer import show

        return show(thing, total=60)

    def _refuse(self, kind: str, what: str, why: str, placeholder: Placeholder | None = None) -> Any:
        """Refuse: raise, or give *placeholder* where the machine shows."""
        if self.machine.shows:
            return placeholder
        error = RefusedError(f"{kind} of {what} refused: {why}")
        error.name = what
        raise error

    def find(self, module: str, name: str) -> Any:
        """Import what the policy allows."""
        machine = self.machine
        old = machine.protocol < 3
        cached = self._found.get((module, name, old))
        if cached is not None and not machine.shows:
            return cached
        resolved = machine.policy.resolve(module, name, machine.protocol, machine.fix_imports)
        what = ".".join(resolved)
        rule = machine.policy.rule(*resolved)
        machine.note("import", what, rule is None)
        if rule is None:
            spelled = "" if resolved == (module, name) else f" (written {module}.{name})"
            why = f"not on the safe list{spelled}; to allow it, trust {what}"
            return self._refuse("import", what, why, Placeholder(what))
        if rule.make is not None:
            found = rule.make
        elif rule.trusted:
            found = c_find_class(*resolved, 4 if "." in resolved[1] else 3, False)
        else:
            found = getattr(__import__(resolved[0], {}, {}, ["__doc__"], 0), resolved[1])
        self._imported[id(found)] = (found, rule, what)
        self._found[module, name, old] = found
        return found

    def extension(self, code: int) -> Any:
        """Refuse: the registry is never asked, a stream that was loaded before may have filled it."""
        what = f"extension registry code {code}"
        self.machine.note("import", what, True)
        return self._refuse("import", what, "the extension registry is never used", Placeholder(what))

    def _call(self, thing: Any, args: Any, check: Any, rule: Rule | None, keywords: Any = None) -> Placeholder | None:
        """Check a call; give the placeholder that stands for it, or None where it may happen."""
        why = "it did not come from the safe list"
        if rule is not None:
            try:
                if type(args) is not tuple:
                    raise Refuse("its arguments are no tuple")
                if rule.trusted:
                    if self.machine.shows:
                        self.machine.note_call(thing, args)
                    return None
                if check is None or keywords:
                    raise Refuse("it may not be called so")
                check(args, self._asked)
                if self.machine.shows:
                    self.machine.note_call(thing, args)
                return None
            except Refuse as refusal:
                why = str(refusal)
        what = self._title(thing)
        placeholder = Placeholder(what, args, keywords)
        if self.machine.shows:
            self.machine.note_call(thing, args, placeholder)
        self._refuse("call", what, why, placeholder)
        return placeholder

    def _run(self, rule: Rule | None, function: Any, *args: Any, **keywords: Any) -> Any:
        """Call what may be called; the time of code that a person trusts is not the stream's."""
        if rule is None or not rule.trusted:
            return function(*args, **keywords)
        began = perf_counter()  # a tenth of the price of process_time
        try:
            return function(*args, **keywords)
        finally:
            self.machine.excuse(perf_counter() - began)

    def reduce(self, function: Any, args: Any) -> Any:
        """Call what the policy allows with these arguments."""
        rule = self.rule_of(function)
        stand_in = self._call(function, args, rule and rule.call, rule)
        if stand_in is not None:
            return stand_in
        apply = rule.make if rule is not None else None
        if apply is not None and hasattr(type(apply), "apply"):  # map and filter call through this gate
            return self._made(apply.apply(self._asked, *args))
        return self._made(self._run(rule, function, *args))

    def instantiate(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Do OBJ and INST, as the policy allows."""
        rule = self.rule_of(cls)
        if not args and isinstance(cls, type) and rule is not None and not rule.trusted:
            stand_in = self._call(cls, args, rule.new, rule)
            return stand_in if stand_in is not None else self._made(cls.__new__(cls))  # type: ignore[call-overload]
        stand_in = self._call(cls, args, rule and rule.call, rule)
        if stand_in is not None:
            return stand_in
        if not args and isinstance(cls, type) and getattr(cls, "__getinitargs__", _MISSING) is _MISSING:
            return cls.__new__(cls)  # type: ignore[call-overload]
        return self._made(self._run(rule, cls, *args))

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
        if cls.__flags__ & _NO_NEW:
            raise UnpicklingError(f"{name} class argument '{cls.__name__}' doesn't have __new__")
        return self._made(self._run(rule, cls.__new__, cls, *args, **(keywords or {})))

    def _made(self, thing: Any) -> Any:
        """Charge what was made."""
        machine = self.machine
        # sys.getsizeof calls __sizeof__, which is the type's own for what is listed
        machine.charge(sys.getsizeof(thing, _INSTANCE) if type(thing).__module__ in _SIZED else _INSTANCE)
        return thing

    def build(self, target: Any, state: Any) -> None:
        """Do BUILD on instances of listed or trusted classes, never on a class, a module or a function."""
        kind = type(target)
        rule = self.rule_of(kind) or numpy_state(target)
        if rule is not None and rule.build is None and not rule.trusted:
            rule = numpy_state(target)
        why = f"BUILD is not allowed on {kind.__module__}.{kind.__qualname__}" if kind is not Placeholder else "refused"
        if rule is not None and not isinstance(target, type):
            try:
                if rule.trusted:
                    self._check_trusted_state(state)
                elif rule.build is not None:
                    rule.build(target, state, self._asked)
                else:
                    raise Refuse(why)
                self._run(rule, super().build, target, state)
                return
            except Refuse as refusal:
                why = str(refusal)
        if self.machine.shows:
            self.machine.note_set(target, state, refused=True)
        self._refuse("BUILD", self._title(target), why)

    def _check_trusted_state(self, state: Any) -> None:
        """Refuse a state that plants methods: names with double underscores, and those that opcodes call."""
        parts = state if type(state) is tuple and len(state) == 2 else (state,)
        for part in parts:
            if type(part) is dict:
                for key in part:
                    planted = type(key) is str and (key[:2] == "__" or key in ("append", "extend", "add"))
                    if planted:
                        raise Refuse(f"the state would set {key}")

    def _trusted_kind(self, target: Any, kinds: tuple[type, ...]) -> bool:
        """Tell whether *target* is an instance of a trusted class that derives from one of *kinds*."""
        rule = self.rule_of(type(target))
        return rule is not None and rule.trusted and isinstance(target, kinds)

    def _refuse_change(self, target: Any) -> None:
        """Refuse to put something into *target*."""
        self.machine.note("set", f"items of {self._title(target)}", True)
        self._refuse("a change", self._title(target), "only plain containers are changed")

    def extend(self, target: Any, items: list[Any]) -> None:
        """Append to a deque, or to an instance of a trusted list class."""
        if type(target) is deque:
            target.extend(items)
        elif self._trusted_kind(target, (list, deque)):
            type(target).extend(target, items)
        else:
            self._refuse_change(target)

    def set_item(self, target: Any, key: Any, value: Any) -> None:
        """Set an item of a listed kind of dict, of a list by its number, or of a trusted class's instance."""
        kind = type(target)
        if kind in _DICTS:
            self.hash_key(key)
            target[key] = value
        elif kind is list and type(key) is int or self._trusted_kind(target, (dict, list)):
            target[key] = value
        else:
            self._refuse_change(target)

    def add(self, target: Any, items: list[Any]) -> None:
        """Add to an instance of a trusted set class."""
        if self._trusted_kind(target, (set,)):
            set.update(target, items)
        else:
            self._refuse_change(target)

    def hash_key(self, key: Any) -> None:
        """Charge the hashing of *key*; refuse to hash an object of an unknown type."""
        kind = type(key)
        self.machine.weigher.charge(key)
        if kind in _HASHABLE:
            return
        if kind in _NESTED:
            for part in key:
                if type(part) not in _HASHABLE:
                    self._check_nested(key)
                    return
        elif kind not in _UNHASHABLE and not self._known_kind(kind):
            self._refuse_key(kind)

    def _check_nested(self, key: Any) -> None:
        """Check the types of all that is in nested tuples and frozensets; each shared part once."""
        known = self._nested
        seen: dict[int, Any] = {}
        todo = [key]
        while todo:
            item = todo.pop()
            kind = type(item)
            if kind in _NESTED:
                if id(item) not in known and id(item) not in seen:
                    seen[id(item)] = item
                    todo.extend(item)
            elif kind not in _HASHABLE and kind not in _UNHASHABLE and not self._known_kind(kind):
                self._refuse_key(kind)
        known.update(seen)  # held, so that their ids stay their own

    def _known_kind(self, kind: type) -> bool:
        """Tell whether *kind* is a class of the list, or trusted."""
        if self.rule_of(kind) is not None:
            return True
        return (kind.__module__, kind.__qualname__) in self.machine.policy.rules and kind.__module__ in _SIZED

    def _refuse_key(self, kind: type) -> None:
        """Refuse to hash an instance of *kind*, whatever the machine does with what is refused."""
        error = RefusedError(f"hashing of {kind.__module__}.{kind.__qualname__} refused: it is not on the safe list")
        error.name = f"{kind.__module__}.{kind.__qualname__}"
        raise error

    def persistent(self, pid: Any) -> Any:
        """Give what *pid* stands for; only an exact str or int is handed to the session."""
        if type(pid) not in (str, int):
            error = RefusedError("a persistent id must be a str or an int")
            error.name = "persistent id"
            raise error
        return super().persistent(pid)


_NESTED = (tuple, frozenset)
_UNHASHABLE = frozenset((list, dict, set, bytearray, deque, PickleBuffer, OrderedDict, defaultdict, Counter))
_SIZED = frozenset(
    ("builtins", "collections", "datetime", "decimal", "fractions", "uuid", "pathlib", "pathlib._local", "array")
)
