"""The gate of a stream that is trusted with everything: what it imports, calls or changes is done, as C does it.

Whatever an opcode imports, calls or changes goes through a gate; the machine itself only moves things on its stack. A gate knows no
machine: it has the caller's terms, the budget, and the list of what the stream asks for.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from pickle import Unpickler, UnpicklingError
from typing import TYPE_CHECKING, Any, Callable

from histshell import libraries
from histshell.preview import quoted, title, type_title

if TYPE_CHECKING:
    from histshell.pik.budget import Budget
    from histshell.pik.effects import Effects
    from histshell.pik.policy.policy import Policy

_MISSING = object()
_ENTRY = 60  # bytes charged for an entry of a dict
NO_NEW = 1 << 7  # Py_TPFLAGS_DISALLOW_INSTANTIATION: what C sees as a type without tp_new


def put_state(target: Any, state: Any) -> None:
    """Put what BUILD gives into the dict and the slots of an instance, where it has no ``__setstate__``. Raises as C does."""
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


def c_find_class(module: str, name: str, protocol: int, fix_imports: bool) -> Any:
    """Import as the C loader does after it saw PROTO *protocol*: its own find_class does it."""
    finder = Unpickler(BytesIO(b"\x80%cN." % protocol), fix_imports=fix_imports)
    finder.load()
    return libraries.as_user(
        finder.find_class, module, name
    )  # what is trusted is the user's, and no name of our imports


@dataclass
class Terms:
    """What the caller of `histshell.pik.loads` allows and gives: the arguments of it that a gate needs.

    ``shows`` is whether what is refused becomes a placeholder and ends nothing.
    """

    policy: Policy
    fix_imports: bool = True
    persistent_load: Callable[[Any], Any] | None = None
    shows: bool = False


class OpenGate:
    """Do what C does, unchecked."""

    def __init__(self, terms: Terms, budget: Budget, asked: Effects) -> None:
        """Go by *terms*, charge *budget*, and list in *asked* what the stream asks for."""
        self.terms = terms
        self.budget = budget
        self.asked = asked

    def find(self, module: str, name: str, protocol: int) -> Any:
        """Import *name* from *module*, as a stream of *protocol* means it."""
        self._note_import(f"{module}.{name}")
        return c_find_class(module, name, protocol, self.terms.fix_imports)

    def _note_import(self, name: str) -> None:
        """Note an import that is done."""
        self.asked.add_import(quoted(name), False, name)

    def _title(self, thing: Any) -> str:
        """Name *thing* for the list of effects."""
        return title(thing)

    def extension(self, code: int, protocol: int) -> Any:
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
        found = cache[code] = self.find(*pair, protocol)
        return found

    def reduce(self, function: Any, args: Any) -> Any:
        """Call *function*."""
        if not callable(function):
            raise TypeError(f"'{type(function).__name__}' object is not callable")
        if not isinstance(args, tuple):
            raise TypeError("argument list must be a tuple")
        self.asked.add_call(self._title(function), args)
        return function(*args)

    def instantiate(self, cls: Any, args: tuple[Any, ...]) -> Any:
        """Do what OBJ and INST do: without arguments a class is not called, its ``__new__`` is."""
        self.asked.add_call(self._title(cls), args)
        if not args and isinstance(cls, type) and getattr(cls, "__getinitargs__", _MISSING) is _MISSING:
            return cls.__new__(cls)  # type: ignore[call-overload]
        return cls(*args)

    def new(self, cls: Any, args: Any, keywords: Any, name: str) -> Any:
        """Do what NEWOBJ and NEWOBJ_EX do."""
        if not isinstance(cls, type):
            raise UnpicklingError(f"{name} class argument must be a type, not {type(cls).__name__}")
        if cls.__flags__ & NO_NEW:
            raise UnpicklingError(f"{name} class argument '{cls.__name__}' doesn't have __new__")
        if not isinstance(args, tuple):
            raise UnpicklingError(f"{name} args argument must be a tuple, not {type(args).__name__}")
        if keywords is not None and not isinstance(keywords, dict):
            raise UnpicklingError(f"{name} kwargs argument must be a dict, not {type(keywords).__name__}")
        self.asked.add_call(self._title(cls), args)
        return cls.__new__(cls, *args, **(keywords or {}))

    def build(self, target: Any, state: Any) -> None:
        """Hand *state* to *target* as BUILD does."""
        self.asked.add_set(type_title(type(target)), target, state)
        setstate: Any = getattr(target, "__setstate__", _MISSING)
        if setstate is not _MISSING:
            setstate(state)
            return
        put_state(target, state)

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

    def is_clocked(self, target: Any) -> bool:
        """Tell whether putting something into *target* is held against the clock: not where a program's own code does it."""
        return True

    def entry(self, target: Any) -> int:
        """Give the bytes that an entry of *target*, a dict of any kind, is charged with."""
        return _ENTRY

    def add(self, target: Any, items: list[Any]) -> None:
        """Add *items* to *target*, which is no exact set."""
        if isinstance(target, set):
            set.update(target, tuple(items))
            return
        add = target.add
        for item in items:
            add(item)

    def hash_key(self, key: Any) -> int:
        """Charge the hashing of *key*; give its steps of work."""
        return self.budget.hash_key(key)

    def persistent(self, pid: Any) -> Any:
        """Give what *pid* stands for."""
        self.asked.add_persistent(pid, False)
        return self.terms.persistent_load(pid)  # type: ignore[misc]  # see miss_persistent

    def miss_persistent(self, pid: Any) -> None:
        """Say that nobody can give what *pid* stands for, before the stream's id is looked at any closer."""
        self.asked.add_persistent(pid, True)
        raise UnpicklingError(
            "A load persistent id instruction was encountered, but no persistent_load function was specified."
        )
