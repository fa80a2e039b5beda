"""Pik: pickle's stack language, exact like C and safe by construction.

`loads` and `load` read a stream by an exact list of plain data, and `open` a file, whatever it is packed in; `Machine` runs one
opcode by opcode, forwards and back; `disassemble` and `assemble` turn bytes into a listing and back. Nothing here is imported
when a prompt starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from histshell.pik.assembler import assemble
from histshell.pik.errors import LimitError, PikError, RefusedError
from histshell.pik.limits import Limits
from histshell.pik.listing import disassemble
from histshell.pik.loading import load, loads
from histshell.pik.machine import Machine
from histshell.pik.policy.policy import EVERYTHING, SAFE

if TYPE_CHECKING:
    from histshell.pik.mode.console import enter
    from histshell.pik.opened import open  # noqa: A004  # it is called as pik.open

__all__ = [
    "EVERYTHING",
    "SAFE",
    "LimitError",
    "Limits",
    "Machine",
    "PikError",
    "RefusedError",
    "assemble",
    "disassemble",
    "enter",
    "load",
    "loads",
    "open",
]


def __getattr__(name: str) -> object:
    """Load the console when somebody enters the mode, and the readers of files when somebody opens one."""
    if name == "open":
        from histshell.pik.opened import open as opens

        return opens
    if name != "enter":
        raise AttributeError(f"module 'histshell.pik' has no attribute {name!r}")
    from histshell.pik.mode.console import enter

    return enter
