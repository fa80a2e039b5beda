"""Joining histshell to shells that are not Python's own prompt: which adapter for which, and what an adapter does.

An adapter is a module with one function, `attach(given, frame)`: it hooks recording into the shell that runs, which called
`frame`, and returns what is `Joined`, or None if the shell is not as it knows it. No adapter imports its shell: the shell
runs already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

if TYPE_CHECKING:
    from types import FrameType

    from .joining import Given, Joined

ADAPTERS: Dict[str, str] = {
    "IPython": "ipython",
    "ipykernel": "ipython",
    "ptpython": "ptpython_repl",
    "bpython": "bpython",
    "xonsh": "xonsh",
    "idlelib": "idle",
}
"""The package of a shell, and the module beside this one that knows it."""


def attach(shell: str, given: Given, frame: FrameType | None) -> Joined | None:
    """Join histshell to the shell of that package, which called `frame`; None if there is no adapter that knows it."""
    module = ADAPTERS.get(shell)
    if module is None:
        return None
    adapter: Any = __import__(f"histshell.shells.{module}", globals(), None, ["attach"])
    joined: Joined | None = adapter.attach(given, frame)
    if joined is not None:
        given.joined(joined)
    return joined
