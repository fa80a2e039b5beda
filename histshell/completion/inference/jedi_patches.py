"""What jedi and parso do in a way of our own: keeping syntax trees, and finding the names of a class.

Loaded by `server`, in its process; each of these stands in the place of a function of theirs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from types import ModuleType
from typing import Any

_INDEXED = 40
"""How many modules are indexed at a time."""


def keep_no_pickles(cache: ModuleType) -> None:
    """Let parso keep what it has parsed in memory alone.

    By itself it writes each syntax tree as a pickle, and loads those that it finds: whoever can write to that folder can
    run code here. (A pickle that was cut short ends every completion in `EOFError`, besides.)
    """
    module: Any = cache

    def load(*_args: Any, **_named: Any) -> None:
        """Return None: nothing is kept on the disk."""

    module._load_from_file_system = module._save_to_file_system = module._remove_cache_and_update_lock = load


def look_into_classes_only(filters: Any) -> None:
    """Let jedi find the names of a class among those that stand in it.

    It goes through all names of the module for each base: 80 ms for a string, whose class has 17 of them in a file of
    40,000 names. Here the names of a module are sorted by their places, once, and those between the beginning and the
    end of the class are looked at. `filters` is `jedi.inference.filters`; one that is not as we know it is left alone.
    """
    kind = getattr(filters, "_AbstractUsedNamesFilter", None)
    definitions = getattr(filters, "_get_definition_names", None)
    if kind is None or definitions is None:
        return
    everything = kind.values
    indexes: dict[int, tuple[Any, list[tuple[int, int]], list[str]]] = {}

    def index(used: Any) -> tuple[Any, list[tuple[int, int]], list[str]]:
        """Return the places and the texts of a module's names, sorted by place."""
        found = indexes.get(id(used))
        if found is None:
            rows = sorted((leaf.start_pos, text) for text in used for leaf in used[text])
            while len(indexes) >= _INDEXED:
                del indexes[next(iter(indexes))]
            # The mapping itself is held as well, so that its number stays its own.
            found = indexes[id(used)] = (used, [place for place, _ in rows], [text for _, text in rows])
        return found

    def values(self: Any) -> Any:
        scope, cached = self._parser_scope, self._parso_cache_node
        if cached is None or scope.type != "classdef":
            return everything(self)
        _, places, texts = index(self._used_names)
        start, end = scope.start_pos, scope.end_pos
        inside = dict.fromkeys(texts[bisect_left(places, start) : bisect_left(places, end)])

        def names() -> Iterable[Any]:
            for text in inside:
                known = definitions(cached, self._used_names, text)
                yield from self._filter([name for name in known if start <= name.start_pos < end])

        return self._convert_names(names())

    kind.values = values
