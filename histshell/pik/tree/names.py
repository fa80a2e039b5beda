"""All names that a stream asks for: each with how often, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Sequence

from histshell.pik.placeholders import Effect
from histshell.pik.policy.rules import RULES
from histshell.pik.tree.builders import builds, is_class, is_numpy_data
from histshell.pik.tree.gadgets import runs
from histshell.preview import quoted

PLAIN, BUILDS, UNKNOWN, RUNS = "plain", "builds", "unknown", "runs"
_MAPPED = "numpy.memmap"  # called, it opens a file; in the pickle of one it is only the class of an array


@dataclass(frozen=True)
class Name:
    """A name that a stream asks for, as it is called in Python 3.

    ``kind`` is ``class``, ``function`` or ``?``, ``count`` how often it is used. ``verdict`` is ``plain`` (of the safe list, or
    numpy's data), ``builds`` (of a well-known library, and it only builds), ``unknown``, or ``runs``; then ``words`` says what
    it does. ``asked`` is whether it must be trusted by its name to load.
    """

    module: str
    name: str
    kind: str
    count: int
    verdict: str
    words: str
    asked: bool = True

    @property
    def full(self) -> str:
        """Module and name."""
        return f"{self.module}.{self.name}" if self.module else self.name

    @property
    def shown(self) -> str:
        """Module and name as they can be printed."""
        return quoted(self.full)


def names(effects: Iterable[Effect]) -> list[Name]:
    """Give the names among the effects of a stream, in the order in which they were first asked for."""
    imports: dict[str, int] = {}
    calls: dict[str, int] = {}
    refused: dict[str, bool] = {}
    for effect in effects:
        if effect.kind == "import":
            name = effect.name or effect.what
            imports[name] = imports.get(name, 0) + effect.count
            refused[name] = refused.get(name, False) or effect.refused
        elif effect.kind == "call" and effect.name:
            calls[effect.name] = calls.get(effect.name, 0) + effect.count
    begins = all(map(is_numpy_data, calls))  # a class can be begun as an array's is, then, and that is all
    return [
        _judged(name, max(count, calls.get(name, 0)), refused[name], name in calls, begins)
        for name, count in imports.items()
    ]


def _judged(full: str, count: int, refused: bool, called: bool, begins: bool) -> Name:
    """Say what is known of a name; *begins* is whether nothing is called but what arrays are made with."""
    module, name = split(full)
    kind = "class" if is_class(full) else "function" if called else "?"
    if full == _MAPPED and begins:
        return Name(module, name, kind, count, BUILDS, "only builds", refused)
    words = runs(full) if refused else ""  # of `getattr`, which is allowed, each attribute is a name of its own
    if words:
        return Name(module, name, kind, count, RUNS, words)
    if is_numpy_data(full):
        return Name(module, name, kind, count, PLAIN, "numpy's data", refused)
    if (module, name) in RULES:
        return Name(module, name, kind, count, PLAIN, "plain data", refused)
    if builds(full):
        return Name(module, name, kind, count, BUILDS, "only builds", refused)
    return Name(module, name, kind, count, UNKNOWN, "", refused)


def split(full: str) -> tuple[str, str]:
    """Cut a dotted name into module and name: a class and what hangs on it are no module."""
    parts = full.split(".")
    for number, part in enumerate(parts[1:], 1):
        if part.lstrip("_")[:1].isupper() or part[:2] == "__":
            return ".".join(parts[:number]), ".".join(parts[number:])
    module, _, name = full.rpartition(".")
    return module, name


def asks(found: Sequence[Name]) -> bool:
    """Tell whether any name is more than plain data."""
    return any(name.verdict != PLAIN for name in found)


def trusted_names(found: Sequence[Name]) -> list[str] | None:
    """Give the names that must be trusted to load the value; None where no list does it: something in it runs things."""
    if any(name.verdict == RUNS for name in found):
        return None
    return [name.full for name in found if name.asked]
