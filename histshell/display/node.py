"""A value that is being shown: its parts, looked at one by one, and its text, asked for once."""

from __future__ import annotations

import time
from itertools import islice

from . import frames
from .shapes import divide, is_plain, raised
from .texts import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .frames import Fitting
    from .shapes import Group
    from .texts import Text

_LONG_PATH = 40  # characters


class Node:
    """A value, how one gets at it (`path`, empty if there is no short way), and what stands before it (`label`).

    `asked` tells that the user's own options want all of a table. `parts` are those that have been looked at. `seconds` counts, for
    all nodes of a value, the time that their `__repr__`s took.
    """

    __slots__ = (
        "_fitting",
        "_group",
        "_rest",
        "_text",
        "asked",
        "label",
        "open",
        "parts",
        "path",
        "seconds",
        "too_long",
        "too_tall",
        "value",
    )

    def __init__(
        self,
        value: object,
        path: str = "",
        text: str | None = None,
        label: str = "",
        within: Node | None = None,
    ) -> None:
        self.value = value
        self.path = path
        self.label = label
        self.too_long = self.too_tall = -1
        self.asked = False
        self.parts: list[Node] = []
        self._text = text
        self._fitting: Fitting | None = None
        self._group: Group | None = None
        self._rest: Iterator[tuple[str, str, object]] | None = None
        self.seconds: list[float] = [0.0] if within is None else within.seconds
        self.open: tuple[int, ...] = () if within is None else within.open
        if text is None and not is_plain(value):
            self._divide(within)

    def _divide(self, within: Node | None) -> None:
        began = time.thread_time()
        group = divide(self.value)
        self.seconds[0] += time.thread_time() - began
        if group is None:
            self._fitting = frames.fitting(self.value)
            return
        if within is not None and id(self.value) in self.open:
            self._text = group.recursive
            return
        self._group = group
        self.open = (*self.open, id(self.value))
        self._rest = group.items()

    @property
    def group(self) -> Group | None:
        """What it is made of; None for what is written as one text."""
        return self._group

    def some(self, count: int) -> list[Node]:
        """Return the first `count` parts, kept."""
        parts = self.parts
        if len(parts) < count:
            parts.extend(islice(self._more(), count - len(parts)))
        return parts[:count]

    def all(self, keep: bool) -> Iterator[Node]:
        """Yield all parts. Without `keep` those that have not been looked at before are not kept, so that it can be done once."""
        yield from self.parts
        for part in self._more():
            if keep:
                self.parts.append(part)
            yield part

    def _more(self) -> Iterator[Node]:
        rest = self._rest
        if rest is None:
            return
        while True:
            try:
                label, step, value = next(rest)
            except StopIteration:
                return
            except RuntimeError:  # another thread changes it
                return
            path = self.path + step if self.path and step else ""
            yield Node(value, path if len(path) <= _LONG_PATH else "", None, label, self)

    @property
    def string(self) -> Text | None:
        """The value itself, where it is a text or bytes."""
        value = self.value
        return value if type(value) is str or type(value) is bytes else None

    @property
    def is_table(self) -> bool:
        """Whether it is a table or an array, which can be told how much room there is."""
        return self._fitting is not None

    def text(self, columns: int = 80, rows: int = 24) -> str:
        """Return what `repr` says. A part whose `__repr__` raises is said to be one; the value itself raises.

        A table is told how much room there is, and asked again where that has become less.
        """
        text = self._text
        if text is None or (self._fitting is not None and not self.asked and _is_larger(text, columns, rows)):
            began = time.thread_time()
            try:
                if self._fitting is not None:
                    text, self.asked = self._fitting(self.value, columns, rows)
                else:
                    text = str.__str__(repr(self.value))
            except Exception as error:
                if not self.open:
                    raise
                text = raised(self.value, error)
            finally:
                self.seconds[0] += time.thread_time() - began
            self._text = text
        return text


def _is_larger(text: str, columns: int, rows: int) -> bool:
    lines = text.split("\n")
    return len(lines) > rows or max(map(width, lines)) > columns
