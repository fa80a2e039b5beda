"""xonsh: results of Python expressions into `h`, and the number as a field of xonsh's own prompt.

What a shell command gives is no result. Names that xonsh knows as commands are not taken: a name that Python has is
Python's in xonsh, and the command could not be typed any more.
"""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any, Callable, List

from histshell.hook import DisplayHook

if TYPE_CHECKING:
    from types import FrameType

    from histshell.session import Names

    from .guests import Guest

FIELD, WHOLE = "h", "histshell"
"""The fields of `$PROMPT` that are ours: the number, `h[3]`, and the whole numbered prompt."""

_END = "{prompt_end}"


def attach(guest: Guest, _frame: FrameType | None) -> Callable[[], None] | None:
    """Hook into the xonsh that runs; return what takes everything out again, None where nobody types."""
    shell: Any = getattr(sys.modules.get("xonsh.built_ins"), "XSH", None)
    events: Any = getattr(sys.modules.get("xonsh.events"), "events", None)
    if events is None or getattr(shell, "env", None) is None or not shell.env.get("XONSH_INTERACTIVE"):
        return None
    inputs = Inputs(guest.names)

    def pass_on(inner: Callable[[object], object], value: object) -> object:
        """Record a value that is no shell command, then let xonsh show it."""
        if _is_command(value):
            inputs.ran_command = True
            return inner(value)
        return guest.pass_on(inner, value)

    hook = DisplayHook(guest.display, pass_on)
    hook.attach()

    def input_comes(cmd: str = "", **_more: object) -> None:
        """Note an input that is about to run, and see that the display hook is still ours."""
        inputs.begin(cmd)
        hook.attach()
        if waiting:  # until now, since xonsh has to load its own completers for it
            waiting.clear()
            try:
                undo.append(_complete(guest, shell.completers))
            except Exception:  # a newer xonsh: it completes as it did
                pass

    _leave_commands(guest, shell.aliases)
    guest.source = inputs.source
    events.on_precommand(input_comes)
    undo = [
        hook.detach,
        lambda: events.on_precommand.discard(input_comes),
        *_number(guest, shell.env),
    ]

    waiting = [True]

    def detach() -> None:
        for step in undo:
            try:
                step()
            except Exception:  # the shell may have been changed since
                pass

    return detach


class Inputs:
    """The text of the input that runs; `ran_command` is whether a shell command in it has ended already."""

    def __init__(self, names: Names) -> None:
        self.ran_command = False
        self._names = names
        self._typed = ""

    def begin(self, text: str) -> None:
        """Note the text of the next input."""
        self._typed = text.strip("\n")
        self.ran_command = False

    def source(self, frame: FrameType) -> tuple[str, int]:
        """The input that displays, and the place in it.

        xonsh counts columns in characters, and in its own text of an input, which differs behind a shell command.
        """
        from histshell import inputs

        text = self._typed
        below: FrameType | None = frame
        while below is not None and below.f_globals is not self._names.namespace:
            below = below.f_back
        several = ";" in text or "\n" in text
        if below is None or not several or not text.isascii() or self.ran_command:
            return text, 0
        return text, inputs.position(below.f_code, below.f_lasti)


def _is_command(value: object) -> bool:
    """Whether a value is what a shell command gives, told by its type alone."""
    module = sys.modules.get("xonsh.procs.pipelines")
    kinds = [getattr(module, name, None) for name in ("HiddenCommandPipeline", "CommandPipeline")]
    return any(type(value) is kind for kind in kinds)


def _leave_commands(guest: Guest, aliases: Any) -> None:
    """Give the names back that the user has as aliases: with a variable of that name he could not call them."""
    ours = {"h": guest.history, "_h": guest.history, "pik": guest.names.pik}
    for name, value in ours.items():
        if name in aliases:
            for namespace in (guest.names.namespace, builtins.__dict__):
                if namespace.get(name) is value:
                    del namespace[name]


def _number(guest: Guest, env: Any) -> List[Callable[[], object]]:
    """Make the number a field, and show it in the prompt if that is still xonsh's own.

    Ours is the default then, and no value: a value of `$PROMPT` would be exported, and zsh would show it as it stands.
    """
    fields = env["PROMPT_FIELDS"]
    made = {FIELD: guest.prompt("{h}[{n}]"), WHOLE: guest.prompt()}
    for name, text in made.items():
        fields.setdefault(name, text)
    known, theirs = env._vars, env._vars["PROMPT"]
    prompt = _numbered(env, chosen=bool(guest.template))
    ours = theirs if prompt is None else theirs._replace(default=prompt)
    known["PROMPT"] = ours

    def take_prompt() -> None:
        if known["PROMPT"] is ours:
            known["PROMPT"] = theirs

    def take_fields() -> None:
        for name, text in made.items():
            if fields.get(name) is text:
                del fields[name]

    return [take_prompt, take_fields]


def _numbered(env: Any, chosen: bool) -> str | None:
    """The prompt with the number in it, for xonsh's own; None if the user has set one.

    One that has been `chosen` in the settings takes the place of all of it.
    """
    module = sys.modules.get("xonsh.prompt.base")
    stock = module.default_prompt() if module is not None else None
    if stock is None or env.get("PROMPT") != stock:
        return None
    if chosen:
        return "{BOLD_BLUE}{" + WHOLE + "}{RESET}"
    before, end, after = stock.rpartition(_END)
    return f"{before}{{{FIELD}}} {end}{after}" if end else None


def _complete(guest: Guest, completers: Any) -> Callable[[], object]:
    """Let `h[` complete to the numbers, and `h[1].` go on from the value, before xonsh's own completers are asked."""
    tools: Any = sys.modules.get("xonsh.completers.tools")

    def histshell(_prefix: str, line: str, _start: int, end: int, _names: object) -> Any:
        """Results by their number, and what goes on from one"""
        line = line[:end]
        return {
            tools.RichCompletion(one.text, prefix_len=len(line) - one.start, description=one.detail)
            for one in guest.completions(line)
        }

    theirs = list(completers.items())
    completers.clear()
    completers.update([("histshell", histshell), *theirs])
    return lambda: completers.pop("histshell") if completers.get("histshell") is histshell else None
