"""xonsh: results of Python expressions into `h`, and the number as a field of xonsh's own prompt.

What a shell command gives is no result. Names that xonsh knows as commands are not taken: a name that Python has is
Python's in xonsh, and the command could not be typed any more.
"""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any, Callable, List

from histshell.hook import DisplayHook

from . import telling
from .joining import Joined

if TYPE_CHECKING:
    from types import FrameType

    from .joining import Given

FIELD, WHOLE = "h", "histshell"
"""The fields of `$PROMPT` that are ours: the number, `h[3]`, and the whole numbered prompt."""

_END = "{prompt_end}"


def attach(given: Given, _frame: FrameType | None) -> Joined | None:
    """Hook into the xonsh that runs; return what is joined, None where nobody types."""
    shell: Any = getattr(sys.modules.get("xonsh.built_ins"), "XSH", None)
    events: Any = getattr(sys.modules.get("xonsh.events"), "events", None)
    if events is None or getattr(shell, "env", None) is None or not shell.env.get("XONSH_INTERACTIVE"):
        return None
    typed, inputs = _Typed(given.namespace), given.inputs

    def pass_on(inner: Callable[[object], object], value: object) -> object:
        """Record a value that is no shell command, then let xonsh show it."""
        if _is_command(value):
            typed.ran_command = True
            return inner(value)
        return given.pass_on(inner, value)

    hook = DisplayHook(given.display, pass_on)
    hook.attach()

    def input_comes(cmd: str = "", **_more: object) -> None:
        """Note an input that is about to run, and see that the display hook is still ours."""
        typed.begin(cmd)
        inputs.accepted(cmd)
        hook.attach()
        if waiting:  # until now, since xonsh has to load its own completers for it
            waiting.clear()
            try:
                undo.append(_complete(given, shell.completers))
            except Exception:  # a newer xonsh: it completes as it did
                pass

    def input_over(rtn: object = 0, **_more: object) -> None:
        """End an input; of a failed shell command there is no more than its status."""
        failed = rtn if type(rtn) is int and rtn else None
        inputs.over((_raised(sys._getframe(1)) or telling.ExitStatus(failed)) if failed else None)

    _leave_commands(given, shell.aliases)
    events.on_precommand(input_comes)
    events.on_postcommand(input_over)
    undo = [
        hook.detach,
        lambda: events.on_precommand.discard(input_comes),
        lambda: events.on_postcommand.discard(input_over),
        *_number(given, shell.env),
    ]

    waiting = [True]

    def detach() -> None:
        for step in undo:
            try:
                step()
            except Exception:  # the shell may have been changed since
                pass

    return Joined(detach, typed.source)


def _raised(frame: FrameType | None) -> BaseException | None:
    """Return what an input has raised, which xonsh has in the frame that tells of its end."""
    for _ in range(8):
        if frame is None:
            break
        if frame.f_globals.get("__name__") in ("xonsh.shells.base_shell", "xonsh.base_shell"):
            found = frame.f_locals.get("exc_info")
            return found[1] if type(found) is tuple and isinstance(found[1], BaseException) else None
        frame = frame.f_back
    return None


class _Typed:
    """The text of the input that runs; `ran_command` is whether a shell command in it has ended already."""

    def __init__(self, namespace: Callable[[], dict[str, object]]) -> None:
        self.ran_command = False
        self._namespace = namespace
        self._typed = ""

    def begin(self, text: str) -> None:
        """Note the text of the next input."""
        self._typed = text.strip("\n")
        self.ran_command = False

    def source(self, frame: FrameType) -> tuple[str, int]:
        """Return the input that displays, and the place in it.

        xonsh counts columns in characters, and in its own text of an input, which differs behind a shell command.
        """
        from histshell import positions

        text = self._typed
        below: FrameType | None = frame
        namespace = self._namespace()
        while below is not None and below.f_globals is not namespace:
            below = below.f_back
        several = ";" in text or "\n" in text
        if below is None or not several or not text.isascii() or self.ran_command:
            return text, 0
        return text, positions.position(below.f_code, below.f_lasti)


def _is_command(value: object) -> bool:
    """Return whether a value is what a shell command gives, told by its type alone."""
    module = sys.modules.get("xonsh.procs.pipelines")
    kinds = [getattr(module, name, None) for name in ("HiddenCommandPipeline", "CommandPipeline")]
    return any(type(value) is kind for kind in kinds)


def _leave_commands(given: Given, aliases: Any) -> None:
    """Give the names back that the user has as aliases: with a variable of that name they could not be called."""
    ours = {"h": given.history, "_h": given.history, "pik": given.pik}
    for name, value in ours.items():
        if name in aliases:
            for namespace in (given.namespace(), builtins.__dict__):
                if namespace.get(name) is value:
                    del namespace[name]


def _number(given: Given, env: Any) -> List[Callable[[], object]]:
    """Make the number a field, and show it in the prompt if that is still xonsh's own.

    Ours is the default then, and no value: a value of `$PROMPT` would be exported, and zsh would show it as it stands.
    """
    fields = env["PROMPT_FIELDS"]
    made = {FIELD: given.prompt("{h}[{n}]"), WHOLE: given.prompt()}
    for name, text in made.items():
        fields.setdefault(name, text)
    known, theirs = env._vars, env._vars["PROMPT"]
    prompt = None if given.plain else _numbered(env, chosen=bool(given.template))
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
    """Return the prompt with the number in it, for xonsh's own; None if the user has set one.

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


def _complete(given: Given, completers: Any) -> Callable[[], object]:
    """Let `h[` complete to the numbers, and `h[1].` go on from the value, before xonsh's own completers are asked."""
    tools: Any = sys.modules.get("xonsh.completers.tools")

    def histshell(_prefix: str, line: str, _start: int, end: int, _names: object) -> Any:
        """Results by their number, and what goes on from one"""
        line = line[:end]
        return {
            tools.RichCompletion(one.text, prefix_len=len(line) - one.start, description=one.detail)
            for one in given.completions(line)
        }

    theirs = list(completers.items())
    completers.clear()
    completers.update([("histshell", histshell), *theirs])
    return lambda: completers.pop("histshell") if completers.get("histshell") is histshell else None
