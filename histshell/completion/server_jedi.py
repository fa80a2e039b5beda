"""What jedi and parso do in a way of our own: keeping pickles, and finding the names of a class.

Loaded by `server`, in its process; each of these stands in the place of a function of theirs.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_left
from collections.abc import Iterable
from types import ModuleType
from typing import Any

_INDEXED = 40
"""How many modules are indexed at a time."""


def keep_pickles_safely(cache: ModuleType, folder: str) -> None:
    """Let no damaged, half-written or unwritable pickle of parso's become an error of every completion.

    parso writes into the file that others read, and hands on every error of reading: one process killed while it
    writes, and each completion that needs that module ends in `EOFError`, for ever. Here a pickle is put in its place
    when it is complete, one that cannot be read is removed, and a folder that cannot be used only costs time.
    """
    module: Any = cache
    read, directory = module._load_from_file_system, module._get_hashed_path
    sweep, usable = module._remove_cache_and_update_lock, _is_ours(folder)

    def load(grammar: str, path: str, changed: float, cache_path: Any = None) -> Any:
        if not usable:
            return None
        try:
            return read(grammar, path, changed, cache_path=cache_path)
        except Exception:  # EOFError, UnpicklingError, OSError, and what else bytes at random make pickle raise
            try:
                os.unlink(directory(grammar, path, cache_path=cache_path))
            except OSError:
                pass
            return None

    def save(grammar: str, path: str, item: object, cache_path: Any = None) -> None:
        if not usable:
            return
        import pickle

        try:
            final = directory(grammar, path, cache_path=cache_path)
            unfinished = f"{final}.{os.getpid()}"
            with open(unfinished, "wb") as file:
                pickle.dump(item, file, pickle.HIGHEST_PROTOCOL)
            os.replace(unfinished, final)
        except OSError:  # the disk is full, the folder was taken away
            pass

    def tidy(cache_path: Any = None) -> None:
        if usable:
            try:
                sweep(cache_path=cache_path)
            except OSError:
                pass

    module._load_from_file_system, module._save_to_file_system = load, save
    module._remove_cache_and_update_lock = tidy


def _is_ours(folder: str) -> bool:
    """Make the folder if need be; whether it belongs to this user and nobody else can write to it."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        status = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return False
    if stat.S_IMODE(status.st_mode) & 0o077:
        try:
            os.chmod(folder, 0o700)
        except OSError:
            return False
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


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
        """The places and the texts of a module's names, sorted by place."""
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
