"""What stands on the stack for something that was refused, and the list of what the stream wanted."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple

from histshell.pik import printer


class Placeholder:
    """An object that was not imported or not made.

    ``what`` is the resolved name (``os.system``), ``arguments`` None for a bare import, else the arguments of the
    call that did not happen. It has an identity and nothing else: no stream can put anything into it.
    """

    __slots__ = ("arguments", "keywords", "what")

    def __init__(self, what: str, arguments: Any = None, keywords: Any = None) -> None:
        """Stand for *what*, or with *arguments* for its call."""
        self.what = what
        self.arguments = arguments
        self.keywords = keywords

    def __repr__(self) -> str:
        """Say what would have happened, cut to a line."""
        return printer.show(self)

    def __reduce__(self) -> Any:
        """Refuse to be pickled: a placeholder is for looking at."""
        raise TypeError(f"a placeholder cannot be pickled: {self.what} was refused")


def _parts(_: Any, value: Placeholder) -> Iterator[Any]:
    if value.arguments is None:
        yield f"<not imported: {value.what}>"
        return
    yield "<not called: "
    yield from printer.called(value.what, value.arguments, value.keywords)
    yield ">"


printer.PARTS[Placeholder] = (_parts, "<...>")


class Effect(NamedTuple):
    """One thing that a stream asks for: ``kind`` is ``import``, ``call``, ``set`` or ``persistent id``."""

    kind: str
    what: str
    refused: bool
    offset: int

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{'would ' if self.refused else ''}{self.kind} {self.what} (byte {self.offset})"


class Seen(NamedTuple):
    """What ``on_refused="show"`` gives: the value, placeholders in it, and everything the stream asked for, in order.

    ``uncounted`` is the number of effects beyond ``Limits.effects``, which are not listed.
    """

    value: Any
    effects: list[Effect]
    uncounted: int = 0

    def __str__(self) -> str:
        """Print the value and below it the effects, a line each."""
        return "\n".join([printer.show(self.value), *map(str, self.effects)])
