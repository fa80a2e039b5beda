"""Joining histshell to shells that are not Python's own prompt: which adapter for which, and what an adapter does.

An adapter is a module with one function, `attach(guest, frame)`: it hooks recording into the shell that runs, which called
`frame`, and returns the function that takes everything out again, or None if the shell is not as it knows it. No adapter
imports its shell: the shell runs already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator

from histshell.recorder import Recorder

from . import stock

if TYPE_CHECKING:
    from types import FrameType

    from histshell.completion.model import Completion
    from histshell.session import Names

ADAPTERS: Dict[str, str] = {
    "IPython": "ipython",
    "ipykernel": "ipython",
    "ptpython": "ptpython",
    "bpython": "bpython",
    "xonsh": "xonsh",
    "idlelib": "idle",
}
"""The package of a shell, and the module beside this one that knows it."""

_OF_A_RESULT = re.compile(r"\b_?h\[[^\]\n]*$|\b_?h\[-?\d+\][^\s,;=]*$")


class Guest:
    """What an adapter is given: the history and its names, and what to call with each value that is displayed.

    `template` is the prompt's, empty if the user has not set one; `asked` is whether he has asked for the numbered prompt in
    every shell, by `prompt = true`; `marked` says whether the prompt is to have the marks of shell integration (see `marks`), if
    the adapter can put them there. An adapter sets `source`, which tells the text of the
    input that displays in a frame and the place in it, and `refresh`, called after a result has its number.
    """

    def __init__(self, names: Names, template: str, asked: bool) -> None:
        self.history = names.history
        self.names = names
        self.template = template
        self.asked = asked
        self.marked = False
        self.source: Callable[[FrameType], tuple[str, int]] = lambda _frame: ("", 0)
        self.refresh: Callable[[], object] = lambda: None
        recorder = Recorder(names.history, lambda frame: self.source(frame), lambda: self.refresh())
        self.display, self.pass_on = recorder.display, recorder.pass_on
        self._record = recorder.record

    def record(self, value: object, frame: FrameType | None) -> None:
        """Give a value that is about to be displayed its number; `frame` displays it. None gets no number."""
        if value is None:
            return
        try:
            self._record(value, frame)
        except Exception:  # whatever it is, the shell goes on
            pass

    def prompt(self, template: str = "") -> Callable[[], str]:
        """A function that gives the prompt's text as it is at the moment, without colour; `template` is the user's."""
        from histshell import prompt

        face = prompt.Face(self.history, {}, template or self.template or prompt.TEMPLATE)

        def text() -> str:
            face.namespace = self.names.namespace
            return face.text()

        return text

    def completions(self, line: str) -> Iterator[Completion]:
        """What goes on from a result at the end of a line, or the numbers after `h[`; nothing elsewhere."""
        if _OF_A_RESULT.search(line):
            from histshell.completion import complete

            for one in complete(line, namespace=self.names.namespace, budget_ms=50):
                if one.kind in ("result", "attribute", "key"):
                    yield one


def attach(names: Names, shell: str, frame: FrameType | None) -> bool:
    """Join `names` to the shell of that package, which called `frame`; whether there is an adapter that knows it."""
    module = ADAPTERS.get(shell)
    if module is None:
        return False
    from histshell import settings

    loaded = settings.load()
    adapter: Any = __import__(f"histshell.shells.{module}", None, None, ["attach"])
    template = loaded.prompt if loaded.origin("prompt") != "default" else ""
    guest = Guest(names, template, loaded.text("prompt").lower() == settings.TRUE)
    guest.marked = stock.wants_marks(loaded.shell_integration)
    names.detach = adapter.attach(guest, frame)
    names.settings = loaded
    return names.detach is not None
