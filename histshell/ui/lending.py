"""Where the interface's packages come from: this Python, if it is histshell's own, and else from histshell's home.

Borrowed packages are in `sys.modules` only while the interface itself runs, so what the user imports is his own.
"""

from __future__ import annotations

import os
import sys

from histshell import home

ROOTS = ("ptpython", "prompt_toolkit", "pygments", "wcwidth", "appdirs")
"""The packages that the interface is made of."""


class Lent:
    """A context in which the interface's packages can be imported. May be entered again inside itself."""

    def __init__(self) -> None:
        self._borrowed = None if is_home() else home.Borrowed(*ROOTS)
        self._depth = 0

    def __enter__(self) -> None:
        if self._borrowed is not None and self._depth == 0:
            self._borrowed.__enter__()
        self._depth += 1

    def __exit__(self, *exc: object) -> None:
        self._depth -= 1
        if self._borrowed is not None and self._depth == 0:
            self._borrowed.__exit__(*exc)


def is_home() -> bool:
    """Whether this Python has the interface's packages from histshell's home by itself, or home has none to lend."""
    folders = home.sites()
    if not any(os.path.isdir(os.path.join(folder, "ptpython")) for folder in folders):
        return True
    there = {os.path.realpath(folder) for folder in folders}
    for entry in sys.path:
        if os.path.isdir(os.path.join(entry or ".", "ptpython")):
            return os.path.realpath(entry or ".") in there  # the first one is the one that an import finds
    return False
