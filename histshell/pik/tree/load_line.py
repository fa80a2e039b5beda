"""The names that a file asks for, with the line that would load it; or why no list of names would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator, Sequence

from histshell.pik.tree import naming
from histshell.pik.tree.names import trusted_names
from histshell.pik.tree.wish import Line

if TYPE_CHECKING:
    from histshell.pik.placeholders import Effect
    from histshell.pik.tree.names import Name
    from histshell.pik.tree.value import Value
    from histshell.pik.tree.wish import Wish


def lines(name: str, kind: str, values: Sequence[Value], asked: list[Name], wish: Wish) -> Iterator[Line]:
    """Give the lines about the names that are asked for by a file called *name*, of that kind, with those values."""
    if not wish.effects:
        why = _unloadable(kind, values) if trusted_names(asked) is not None else ""
        whole = name if all(value.read.error is None for value in values) and not why else ""
        yield from naming.lines(asked, whole, _options(values, wish), wish)
        if why and any(one.asked for one in asked):
            yield Line(f"No line is given to load it: {why}.")


def _unloadable(kind: str, values: Sequence[Value]) -> str:
    """Say why no list of names would load it, whatever the names are; nothing where one may."""
    if "TorchScript" in kind:
        return "its classes are TorchScript's, which torch.jit.load alone makes"
    if any(effect.kind == "persistent id" for effect in _effects(values, lambda value: not value.member.storages)):
        return "it asks for what is not in the file, by persistent ids"
    if any(effect.kind == "call" and _is_of_a_call(effect.name) for effect in _effects(values)):
        return "it calls what a call has given"
    return ""


def _effects(values: Sequence[Value], which: Callable[[Value], bool] = bool) -> Iterator[Effect]:
    """Give the effects of some values, or of all."""
    return (effect for value in values if which(value) for effect in value.read.effects)


def _is_of_a_call(name: str) -> bool:
    """Tell whether what was called is what another call has given, and none of those that are called all the same."""
    return name.endswith("(…)") and not name.startswith(("functools.partial(", "builtins.getattr("))


def _options(values: Sequence[Value], wish: Wish) -> str:
    """Write what `load` needs beside names: the encoding of its texts, where that is not C's own choice, and buffers."""
    encoding = wish.encoding or next((value.read.encoding for value in values if value.read.encoding), "")
    wants = any(value.read.buffers for value in values)
    return (f", encoding={encoding!a}" if encoding else "") + (", buffers=buffers" if wants else "")
