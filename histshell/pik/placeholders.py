"""What stands on the stack for something that was refused, and what a stream has asked for."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, NamedTuple, Sequence

from histshell import preview


class Placeholder:
    """An object that was not imported or not made. It is equal to itself alone, and runs nothing.

    ``module`` and ``name`` say what the stream imports, resolved; what is called without having a name of its own leaves both
    empty, and ``function`` is what was to be called. ``args`` is None for a bare import, else the arguments of the call that did
    not happen, ``kwargs`` its keywords or None. What the stream would have put into it: ``state`` is what BUILD gives, or None
    (``states`` has each, where there are several), ``list_items`` what is appended or added, ``dict_items`` pairs of key and
    value, in their order, for no key is ever hashed.

    ``what`` is the resolved name in a form that can be printed, ``verb`` what did not happen.
    """

    __slots__ = ("args", "dict_items", "function", "kwargs", "list_items", "module", "name", "states", "verb", "what")

    def __init__(
        self, what: str, args: Any = None, kwargs: Any = None, verb: str = "", *,
        module: str = "", name: str = "", function: Any = None,
    ) -> None:  # fmt: skip
        """Stand for *what*, or with *args* for its call."""
        self.what = what
        self.module = module
        self.name = name
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.verb = verb or ("imported" if args is None else "called")
        self.states: Sequence[Any] = ()
        self.list_items: Sequence[Any] = ()
        self.dict_items: Sequence[tuple[Any, Any]] = ()

    @property
    def state(self) -> Any:
        """Give the state that the stream gave last."""
        return self.states[-1] if self.states else None

    def __repr__(self) -> str:
        """Say what would have happened, cut to a line."""
        return preview.show(self, total=1_000)

    def __reduce__(self) -> Any:
        """Refuse to be pickled: a placeholder is for looking at."""
        raise TypeError(f"a placeholder cannot be pickled: {self.what} was refused")


def extend(placeholder: Placeholder, field: str, items: Iterable[Any]) -> None:
    """Keep *items*, which a stream would have put into what *placeholder* stands for, in its field of that name."""
    there = getattr(placeholder, field)
    if type(there) is tuple:  # nothing yet, which most of them stay with
        there = []
        setattr(placeholder, field, there)
    there.extend(items)


def _parts(_: Any, value: Placeholder) -> Iterator[Any]:
    if value.args is None or value.verb == "loaded":
        yield f"<not {value.verb}: {value.what}>"
        return
    yield f"<not {value.verb}: "
    yield from preview.called(value.what, value.args, value.kwargs)
    yield ">"


preview.SHAPES[id(Placeholder)] = (_parts, "<...>")


class Effect(NamedTuple):
    """A thing that a stream asks for: ``kind`` is ``import``, ``call``, ``set`` or ``persistent id``.

    ``what`` says it in a line that can be printed, ``name`` is the resolved name as the stream has it (empty where it is
    longer than anybody would trust), ``offset`` the byte at which it is asked for first, ``count`` how often.
    """

    kind: str
    what: str
    refused: bool
    offset: int
    count: int = 1  # type: ignore[assignment]  # of the stream, not of the tuple
    name: str = ""

    @property
    def times(self) -> str:
        """Say how often, where it is more than once."""
        return f"  ×{self.count:,}" if self.count > 1 else ""

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{'would ' if self.refused else ''}{self.kind} {self.what} (byte {self.offset}){self.times}"


class Seen(NamedTuple):
    """What ``on_refused="show"`` gives: the value, placeholders in it, and everything the stream asked for, in order.

    ``uncounted`` is the number of allowed effects beyond ``Limits.effects``, which are not listed.
    """

    value: Any
    effects: list[Effect]
    uncounted: int = 0

    def __str__(self) -> str:
        """Print the value and below it the effects, a line each."""
        return "\n".join([preview.show(self.value), *lines(self.effects, str)])


#: How many characters the list of effects may take when it is printed.
_MOST_TEXT = 4_000_000


def lines(effects: Sequence[Effect], line: Any) -> Iterator[str]:
    """Yield the lines of the effects, bounded in all; what is refused comes first where not all of it fits."""
    if len(effects) * 250 > _MOST_TEXT:
        effects = sorted(effects, key=lambda effect: not effect.refused)
    left = _MOST_TEXT
    for number, effect in enumerate(effects):
        text = line(effect)
        left -= len(text) + 1
        if left < 0:
            yield f"and {len(effects) - number} more"
            return
        yield text
