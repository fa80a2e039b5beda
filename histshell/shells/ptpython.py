"""The line for a user's `config.py` of ptpython: `from histshell.shells.ptpython import configure`."""

from __future__ import annotations

from typing import Any


def configure(repl: Any) -> None:
    """Number the results of a ptpython; one line in its `config.py`: `configure(repl)`."""
    from histshell import session

    session.install(repl.get_globals())
