"""The bar at the bottom: how many results there are, the last one's type and size, Python, environment and directory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from histshell.views import fit, width

from . import describe

if TYPE_CHECKING:
    from histshell.history import History

_BAR = "class:status-toolbar"
_KEY = "class:status-toolbar.key"
_KEYS = (("F2", "Menu"), ("F3", "Inputs"), ("F4", "Vi/Emacs"), ("F5", "Results"))

Fragments = list[tuple[str, str]]


class Bar:
    """What the bar shows, laid out anew only when something has changed: it is drawn at each key.

    `mode` gives a few words about how keys are taken, empty for the usual way.
    """

    def __init__(self, history: History, mode: Callable[[], str]) -> None:
        self.history = history
        self.mode = mode
        self._python = describe.python()
        self._directory = ""
        self._last: Any = None
        self._shown: tuple[Any, ...] = ()
        self._fragments: Fragments = []

    def prompt_shown(self) -> None:
        """Look at what only an input can have changed."""
        self._directory = describe.directory()
        count = len(self.history) - 1
        self._last = (count, describe.about(list.__getitem__(self.history, count)) if count > 0 else "")

    def fragments(self, columns: int) -> Fragments:
        """Return the bar, at most `columns` wide, as styled pieces."""
        shown = (columns, self._last, self._directory, self.mode())
        if shown != self._shown:
            self._shown, self._fragments = shown, self._lay_out(columns)
        return self._fragments

    def _lay_out(self, columns: int) -> Fragments:
        count, last = self._last or (0, "")
        results = "no results yet" if not count else f"{count:,} result{'s' if count > 1 else ''}"
        parts = [results, *([f"h[{count}] {last}"] if last else []), *([mode] if (mode := self.mode()) else [])]
        left = "  ".join(parts)
        right = [self._python, self._directory]
        short = [self._python, "…/" + self._directory.rpartition("/")[2]]
        room = columns - width(left) - 4
        few = (_KEYS[0], _KEYS[-1])
        keys: tuple[tuple[str, str], ...] = ()
        text = ""
        for chosen, shown in ((right, _KEYS), (right, few), (short, few), (right, ()), (short, ()), (right[:1], ())):
            needed = width("  ".join(chosen)) + sum(len(key) + len(what) + 2 for key, what in shown) + 2 * bool(shown)
            if needed <= room:
                text, keys = "  ".join(chosen), shown
                break
        pieces: Fragments = [(_BAR, " " + fit(left, max(columns - 2, 1)))]
        if keys:
            pieces.append((_BAR, "  "))
            for key, what in keys:
                pieces += [(_KEY, key), (_BAR, f" {what} ")]
        used = sum(width(piece) for _, piece in pieces)
        pieces.append((_BAR, " " * max(columns - used - width(text) - 1, 0)))
        pieces.append((_BAR, text + " "))
        return pieces
