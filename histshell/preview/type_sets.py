"""Sets of types that are asked by identity."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator


class Kinds:
    """A set of types that is asked by identity: ``type(x) in Kinds(int, str)`` runs no code of a metaclass."""

    __slots__ = ("_ids", "_kinds")

    def __init__(self, *kinds: type) -> None:
        self._kinds = kinds
        self._ids = frozenset(map(id, kinds))

    def __contains__(self, kind: object) -> bool:
        return id(kind) in self._ids

    def __iter__(self) -> Iterator[type]:
        return iter(self._kinds)
