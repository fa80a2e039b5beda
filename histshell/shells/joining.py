"""What an adapter is given, and what it gives back; `adapters` says what an adapter is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable, Iterator, NamedTuple

from histshell.recorder import Recorder

from . import telling
from .stock import detect

if TYPE_CHECKING:
    from types import FrameType

    from histshell.completion.model import Completion
    from histshell.history import History
    from histshell.settings import Settings

_GOES_ON = ("result", "attribute", "method", "property", "function", "class", "module", "column", "key")
"""What can follow a result; the shell's own completer has the rest."""

_OF_A_RESULT = re.compile(r"\b_?h\[[^\]\n]*$|\b_?h\[-?\d+\][^\s,;=]*$")


class Joined(NamedTuple):
    """What an adapter gives back.

    `detach` takes everything out again; `source` tells the text of the input that displays in a frame, and the place in it;
    `refresh` is called after a result has its number; it is `quiet` where nobody reads what is written, as in a kernel;
    `forget_copies` lets go of what the shell itself keeps of a result.
    """

    detach: Callable[[], object]
    source: Callable[[FrameType], tuple[str, int]]
    refresh: Callable[[], object] = lambda: None
    quiet: bool = False
    forget_copies: Callable[[object], object] = lambda _value: None


class Given:
    """What an adapter is given: the history, its names, the user's settings, and what to call with each displayed value.

    `namespace()` is the globals of the prompt, `pik` what is known there by that name. `template` is the prompt's, empty if the
    user has not set one; `asked` is whether the numbered prompt was asked for in every shell, by `prompt = true`; `plain` is
    whether the shell's own prompt is to stay as it is; `marked` says whether the prompt is to have the marks of shell
    integration (see `integration`), if the adapter can put them there. `inputs` is to be told of the shell's inputs.
    """

    def __init__(
        self,
        history: History,
        pik: Callable[..., object],
        namespace: Callable[[], dict[str, object]],
        loaded: Settings,
        inputs: telling.Inputs | None = None,
    ) -> None:
        from histshell import settings

        self.history = history
        self.inputs = telling.Inputs(lambda: None) if inputs is None else inputs
        self.pik = pik
        self.namespace = namespace
        self.plain = detect.wants_plain(loaded.plain_prompt)
        self.template = loaded.prompt if loaded.origin("prompt") != "default" and not self.plain else ""
        self.asked = loaded.text("prompt").lower() == settings.TRUE and not self.plain
        self.marked = detect.wants_marks(loaded.shell_integration)
        self._joined: Joined | None = None
        recorder = Recorder(history, self._source, self._refresh)
        self.display, self.pass_on = recorder.display, recorder.pass_on
        self._record = recorder.record

    def _source(self, frame: FrameType) -> tuple[str, int]:
        return self._joined.source(frame) if self._joined is not None else ("", 0)

    def _refresh(self) -> None:
        if self._joined is not None:
            self._joined.refresh()

    def joined(self, joined: Joined) -> None:
        """Ask what an adapter has given back, from now on."""
        self._joined = joined

    def record(self, value: object, frame: FrameType | None) -> None:
        """Give a value that is about to be displayed its number; `frame` displays it. None gets no number."""
        if value is None:
            return
        self.inputs.results_come()  # those before
        try:
            self._record(value, frame)
        except Exception:  # whatever it is, the shell goes on
            pass

    def prompt(self, template: str = "") -> Callable[[], str]:
        """Return a function that gives the prompt's text as it is at the moment, without colour; `template` is the user's."""
        from histshell import prompt

        prompt_text = prompt.PromptText(self.history, {}, template or self.template or prompt.TEMPLATE)

        def text() -> str:
            prompt_text.namespace = self.namespace()
            return prompt_text.text()

        return text

    def completions(self, line: str) -> Iterator[Completion]:
        """Yield what goes on from a result at the end of a line, or the numbers after `h[`; nothing elsewhere."""
        if _OF_A_RESULT.search(line):
            from histshell.completion import Engine

            engine = Engine(self.namespace, "basic")  # jedi is the shell's own affair
            for one in engine.complete(line, budget_ms=50):
                if one.kind in _GOES_ON:
                    yield one
