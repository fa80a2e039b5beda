"""`h.keep(7)`: a result is saved on purpose, however large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Tuple

from histshell.holding.memory_commands import held
from histshell.placeholder import Placeholder
from histshell.preview import sentence, show, type_title
from histshell.preview.library import class_names
from histshell.views import Said

from . import restoring, walking
from .parts import NotPlain, Slow
from .saving import Saver

if TYPE_CHECKING:
    from histshell.history import History

_EFFORT = 1 << 40
_LOOKED_AT = 1_000_000  # things that are looked through to say where in a value something lies


def keep(self: History, number: int | None = None) -> Said:
    """Save result `number` (negative: from the end), up to a gigabyte, and say in one line what was done, or why it cannot be."""
    if number is None:
        return Said("which? h.keep(3) saves result 3")
    entry = self.entry(number)
    value = entry.there
    if type(value) is Placeholder:
        return Said(f"result {entry.number} is {value.text[1:-1]}: there is nothing to save")
    held(self).kept.add(entry.number)
    journal: Any = getattr(self.__session__, "journal", None)
    stays = f"result {entry.number} stays here, but is not saved: "
    if journal is None:
        return Said(stays + "no journal is kept, by the settings or by this shell")
    saver = Saver(restoring.MOST, _EFFORT)
    data = saver.save(value)
    if data is None:
        return Said(stays + _why(saver, value))
    why = journal.keep(entry.number, data)
    if why:
        return Said(stays + why)
    return Said(f"result {entry.number} is saved: {len(data):,} bytes; it comes back with this session's results")


def _why(saver: Saver, value: object) -> str:
    """Return why a value cannot be saved, naming the part that is in the way."""
    try:
        walking.ValueWalk(saver.limit, saver.effort).over(value)
    except NotPlain as error:
        part = error.part
        where = path_to(value, part)
        if where is None or part is value:
            return f"it is {_described(value)}, {error.why}"
        return f"{where} is {_described(part)}, {error.why}"
    except (Slow, Exception):  # changed meanwhile, no memory
        pass
    return saver.why


def _described(part: object) -> str:
    """Return what a thing is, in a few words, without asking it."""
    module, name = class_names(type(part))
    if module == "builtins" and name in ("list", "tuple", "dict", "set", "frozenset", "str", "bytes", "int"):
        return f"of type {name}"
    return f"of type {type_title(type(part))}"


def path_to(value: object, part: object) -> str | None:
    """Return where in a value something lies, as one would write it after the value: `[2]['model']`; None if it is not found."""
    waiting: List[Tuple[Any, str]] = [(value, "")]
    seen = set()
    for thing, path in waiting:
        if thing is part:
            return path
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        waiting.extend(_inside(thing, path))
        if len(waiting) > _LOOKED_AT:
            return None
    return None


def _inside(thing: Any, path: str) -> Iterator[Tuple[Any, str]]:
    kind = type(thing)
    if kind is list or kind is tuple:
        yield from _each(enumerate(thing), path)
    elif kind is dict or (kind.__base__ is dict and isinstance(thing, dict)):
        yield from _each(((show(key, total=60), one) for key, one in list(dict.items(thing))), path)
        for key in list(dict.keys(thing)):
            yield key, f"{path} key {sentence(show(key, total=60))}"
    elif kind is set or kind is frozenset:
        for one in thing:
            yield one, f"{path} item"


def _each(pairs: Iterable[Tuple[Any, Any]], path: str) -> Iterator[Tuple[Any, str]]:
    for key, one in pairs:
        yield one, f"{path}[{key}]"
