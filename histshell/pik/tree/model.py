"""The tree of a value: nodes, which make their children when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Tuple

from histshell.preview import printable, quoted

Child = Tuple[str, "Node"]
Children = Callable[[], Iterator[Child]]


def no_children() -> Iterator[Child]:
    """Give nothing."""
    return iter(())


@dataclass
class Node:
    """One thing in the tree. All its texts are inert: what a terminal would obey is escaped, and they are cut.

    ``kind`` says how it is drawn: ``scalar``, ``text``, ``bytes``, ``list``, ``tuple``, ``set``, ``dict``, ``object``,
    ``array``, ``tensor``, ``frame``, ``class``, ``function``, ``ref``, ``cut``. ``type`` is the short name of its type,
    ``module`` where the type is from, empty for what is plain. ``text`` is the value in few words. ``count`` is the number
    of its items, None where it has none. ``facts`` are for programs: numbers, texts and lists of them. ``children`` gives
    pairs of a label and a node, lazily: labels are ``.name`` for an attribute, ``[3]`` and ``['key']`` for items, ``(0)``
    and ``(name=)`` for what a call is given. Nodes of one object have one ``identity``, by which shared objects and cycles
    are found.
    """

    kind: str
    type: str
    module: str = ""
    text: str = ""
    count: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    children: Children = no_children
    identity: int | None = None
    #: Its text has its first items; with ``whole`` it says all that there is.
    flat: bool = False
    whole: bool = False
    #: What can be said of it beyond that, where somebody asks: the instructions of code.
    more: Callable[[], Iterator[str]] | None = None


def imported(module: str, name: str, is_class: bool) -> Node:
    """Make the node of a class or function that is only named."""
    full = quoted(f"{module}.{name}" if module else name)
    return Node("class", "class" if is_class else "name", printable(module), full, whole=True)
