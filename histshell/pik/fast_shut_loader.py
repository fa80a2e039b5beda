"""C's loader with its doors shut: whatever a stream says, and were its proof wrong, nothing is imported or called."""

from __future__ import annotations

from pickle import Unpickler, UnpicklingError
from typing import Any, NoReturn


class ShutLoader(Unpickler):
    """`pickle.Unpickler` whose `find_class` and `persistent_load` always raise."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse every import."""
        raise UnpicklingError(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        """Refuse every persistent id."""
        raise UnpicklingError("persistent id")
