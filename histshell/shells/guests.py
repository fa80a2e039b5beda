"""Joining histshell to shells that are not Python's own prompt: which adapter for which, and what an adapter does.

An adapter is a module with one function, `attach(guest)`: it hooks recording into the shell that runs, and returns the
function that takes everything out again, or None if the shell is not as it knows it. No adapter imports its shell: the shell
runs already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict

from histshell.recorder import Recorder

if TYPE_CHECKING:
    from types import FrameType

    from histshell.session import Names

ADAPTERS: Dict[str, str] = {"IPython": "ipython", "ipykernel": "ipython"}
"""The package of a shell, and the module beside this one that knows it."""


class Guest:
    """What an adapter is given: the history, the names, and the recorder to call with each displayed value."""

    def __init__(self, names: Names) -> None:
        self.history = names.history
        self.pik: Callable[..., object] = names.pik
        self.source: Callable[[FrameType], tuple[str, int]] = lambda _frame: ("", 0)
        self._recorder = Recorder(names.history, lambda frame: self.source(frame), lambda: None)

    def record(self, value: object, frame: FrameType | None) -> None:
        """Give a value that is about to be displayed its number; `frame` displays it. None gets no number."""
        if value is not None:
            self._recorder.record(value, frame)


def attach(names: Names, shell: str) -> bool:
    """Join `names` to the shell of that package; whether there is an adapter for it, and it fits."""
    module = ADAPTERS.get(shell)
    if module is None:
        return False
    adapter: Any = __import__(f"histshell.shells.{module}", None, None, ["attach"])
    names.detach = adapter.attach(Guest(names))
    return names.detach is not None
