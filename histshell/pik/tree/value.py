"""One value of a file: what was read of it, and whether it asks for more than plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from histshell.pik.errors import RefusedError
from histshell.pik.tree import naming
from histshell.pik.tree.names import PLAIN, Name

if TYPE_CHECKING:
    from histshell.pik.files.model import Member
    from histshell.pik.placeholders import Effect
    from histshell.pik.tree.model import Node
    from histshell.pik.tree.reading import Read


@dataclass
class Value:
    """One value of a file: its member, what was read of it, its tree, and the names it asks for."""

    member: Member
    read: Read
    tree: Node
    names: list[Name] = field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether it asks for more than plain data; numpy's data is plain."""
        if any(name.verdict != PLAIN for name in self.names) or isinstance(self.read.error, RefusedError):
            return True
        plain = {name.full for name in self.names}
        return any(effect.refused and not _is_data(effect, plain, self.member) for effect in self.read.effects)


def _is_data(effect: Effect, plain: set[str], member: Member) -> bool:
    """Tell whether what was refused is numpy's data, or a storage that lies in the file."""
    if effect.kind == "persistent id":
        return bool(member.storages)
    return naming.is_numpy(effect.name) and (effect.kind != "import" or effect.name in plain)
