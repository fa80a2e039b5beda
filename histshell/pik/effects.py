"""The list of what a stream asks for, as it grows: one row for each distinct thing, with a count.

It outlives whatever becomes of the stream. What is refused has always a row of its own; only what is allowed is merely
counted when there is too much of it. A row is charged as memory, so the list is bounded as everything is.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, Sequence

from histshell.pik.placeholders import Effect, lines
from histshell.preview import LIMIT, call, quoted, show

_ROW = 400  # bytes charged for a row, beside its text
_WRITTEN = 100  # refused calls of one name, each written out with its arguments
_WRITTEN_IN_ALL = 5_000  # and of all names; then each name has one more row for what is left
_LONGEST_NAME = 200  # that advice repeats


class Effects:
    """What one stream asks for. ``most`` is the number of allowed things that are listed, ``charge`` takes bytes.

    ``where`` gives the offset of what asks.
    """

    def __init__(self, most: int, charge: Callable[[int], None], where: Callable[[], int]) -> None:
        """Begin with nothing."""
        self.most = most
        self.charge = charge
        self.where = where
        self.uncounted = 0
        self._rows: dict[tuple[str, str, bool], Effect] = {}
        self._counts: dict[tuple[str, str, bool], int] = {}
        self._log: list[tuple[str, str, bool] | None] | None = None
        self._written: dict[str, int] = {}
        self._written_in_all = 0

    def __len__(self) -> int:
        """Return the number of distinct things."""
        return len(self._rows)

    @property
    def list(self) -> list[Effect]:
        """Them in the order in which they were first asked for."""
        return [row._replace(count=self._counts[key]) for key, row in self._rows.items()]

    def mark(self) -> int:
        """Return a place to go back to, and keep what is needed for it from here on."""
        if self._log is None:
            self._log = []
        return len(self._log)

    def back(self, mark: int) -> None:
        """Go back to *mark*."""
        log = self._log or []
        while len(log) > mark:
            key = log.pop()
            if key is None:
                self.uncounted -= 1
                continue
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key], self._rows[key]

    def add(self, kind: str, key: str, what: str, refused: bool, name: str = "") -> None:
        """Note one thing; *key* tells it from others of its kind, *what* is the line about it."""
        row = (kind, key, refused)
        if row in self._counts:
            self._counts[row] += 1
        elif not refused and len(self._rows) >= self.most:
            self.uncounted += 1
            if self._log is not None:
                self._log.append(None)
            return
        else:
            self._counts[row] = 1
            self._rows[row] = Effect(kind, what, refused, self.where(), 1, name if len(name) <= _LONGEST_NAME else "")
            self.charge(_ROW + len(what) + len(key))
        if self._log is not None:
            self._log.append(row)

    def add_import(self, what: str, refused: bool, name: str) -> None:
        """Note an import of *name*, written *what*."""
        self.add("import", what, what, refused, name)

    def add_call(self, name: str, args: Any, keywords: Any = None, refused: bool = False) -> None:
        """Note a call, written as it would be in Python: the first of what is allowed, each of what is refused."""
        if not refused:
            known = ("call", name, False) in self._counts
            self.add("call", name, "" if known else call(name, args, keywords), False, name)
            return
        written = self._written.get(name, 0)
        if written < _WRITTEN or self._written_in_all < _WRITTEN_IN_ALL:
            self._written[name] = written + 1
            self._written_in_all += 1
            what = call(name, args, keywords)
        else:
            what = f"{name}(…), its arguments not listed"
        self.add("call", what, what, True, name)

    def add_set(self, name: str, target: Any, state: Any, refused: bool = False) -> None:
        """Note what BUILD gives to a *target* of the kind *name*."""
        known = not refused and ("set", name, False) in self._counts
        written = self._written.get("set " + name, 0)
        if known or (refused and written >= _WRITTEN and self._written_in_all >= _WRITTEN_IN_ALL):
            what = f"{name}, to what is not listed"
        else:
            self._written["set " + name] = written + 1
            self._written_in_all += refused
            what = f"{show(target, total=100)} to {show(state, total=200)}"
        self.add("set", what if refused else name, what, refused, name)

    def add_persistent(self, pid: Any, refused: bool) -> None:
        """Note that the stream asks for the object of the persistent id *pid*."""
        what = show(pid, width=20, total=LIMIT)
        self.add("persistent id", what, what, refused)


def is_asking(effects: Sequence[Effect]) -> bool:
    """Return whether anything on the list was refused."""
    return any(effect.refused for effect in effects)


def about_effects(effects: Sequence[Effect], uncounted: int, trusted: bool = False) -> Iterator[str]:
    """Say all that a stream asks for, a line each, bounded in all."""
    yield "What is refused was not run. The stream asks for:" if trusted else "Nothing was run. The stream asks for:"
    for line in lines(effects, lambda one: f"{one.kind} {one.what}{one.times}{'' if one.refused else '  (allowed)'}"):
        yield f"  {line}"
    if uncounted:
        yield f"  and {uncounted:,} more that are allowed"


def trust_words(effects: Sequence[Effect], trusting: Callable[[str], Any]) -> tuple[list[str], int]:
    """Return the names that a person may trust, as words of ``:trust``, and how many cannot be trusted by their name."""
    words: dict[str, None] = {}
    others = 0
    for effect in effects:
        if effect.kind != "import" or not effect.refused:
            continue
        try:
            if not effect.name or effect.name.endswith(".*"):  # which as a word means every name of a module
                raise ValueError(effect.name)
            trusting(effect.name)
        except ValueError:
            others += 1
        else:
            words[quoted(effect.name)] = None
    return list(words), others
