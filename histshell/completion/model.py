"""What every part of the completion engine speaks of: the request, its clock, and the completion."""

from __future__ import annotations

import time
from typing import Any, Mapping, Sequence

KINDS = (
    "attribute", "method", "property", "function", "class", "column", "key", "path", "module", "keyword", "parameter", "name",
    "result",
)  # fmt: skip


class Completion:
    """One way to go on. Immutable.

    `text` takes the place of what stands between `start` (an offset into the buffer, in characters) and the cursor.
    `kind` is one of `KINDS`; `type` the name of the value's type, empty if unknown; `detail` one bounded line about
    it (a signature, a preview, the first line of a docstring), empty if there is none.
    """

    __slots__ = ("detail", "kind", "start", "text", "type")

    text: str
    start: int
    kind: str
    type: str
    detail: str

    def __init__(self, text: str, start: int, kind: str, type: str = "", detail: str = "") -> None:  # noqa: A002
        put = object.__setattr__
        put(self, "text", text)
        put(self, "start", start)
        put(self, "kind", kind)
        put(self, "type", type)
        put(self, "detail", detail)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Completion cannot be changed: {name!r}")

    @property
    def shown(self) -> str:
        """The text as one printable word."""
        return "".join(c if c.isprintable() else "?" for c in self.text.rstrip())

    def _facts(self) -> tuple[str, int, str, str, str]:
        return self.text, self.start, self.kind, self.type, self.detail

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Completion) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self._facts())

    def __repr__(self) -> str:
        more = "".join(f", {name}={value!r}" for name, value in (("type", self.type), ("detail", self.detail)) if value)
        return f"Completion({self.text!r}, start={self.start}, kind={self.kind!r}{more})"


class Request:
    """One question: the buffer, the cursor in it, where names live, and when an answer must be there.

    `buffer` is the whole input so far, all its lines; `cursor` an offset into it, in characters. `namespace` is the
    user's globals, a dict whose values may be of any kind and are never trusted. `deadline` is a moment of
    `time.monotonic()`; a provider that is slow by nature looks at `left()` and gives what it has. `is_unanswered` says
    afterwards whether jedi still works on it.
    """

    __slots__ = ("buffer", "cursor", "deadline", "is_unanswered", "namespace")

    def __init__(self, buffer: str, cursor: int, namespace: Mapping[str, Any], deadline: float) -> None:
        self.buffer = buffer
        self.cursor = cursor
        self.namespace = namespace
        self.deadline = deadline
        self.is_unanswered = False

    @property
    def before(self) -> str:
        """The buffer up to the cursor."""
        return self.buffer[: self.cursor]

    def left(self) -> float:
        """Return how much time is left, in seconds; negative once it is up."""
        return self.deadline - time.monotonic()


def is_there(found: Sequence[Completion], buffer: str, cursor: int) -> bool:
    """Return whether what has been typed is complete already: there is one way to go on, and it adds nothing."""
    return len(found) == 1 and found[0].text == buffer[found[0].start : cursor]
