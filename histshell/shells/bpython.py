"""bpython: results into `h`, and the numbered prompt as plain text, which is all that it takes for one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from histshell.hook import DisplayHook

from .joining import Joined

if TYPE_CHECKING:
    from types import FrameType

    from .joining import Given


def attach(given: Given, frame: FrameType | None) -> Joined:
    """Hook into the bpython that called `frame`; return what is joined."""
    hook = DisplayHook(given.display, given.pass_on)
    hook.attach()
    text = given.prompt()
    shown = ">>> "

    def refresh() -> None:
        """Show the number of the moment, unless the user has set a prompt."""
        nonlocal shown
        if not given.plain and getattr(sys, "ps1", shown) == shown:
            shown = text()
            sys.ps1, sys.ps2 = shown, "... ".rjust(len(shown))

    refresh()
    interpreter = _find(frame)
    inputs = given.inputs
    run, run_code = getattr(interpreter, "runsource", None), getattr(interpreter, "runcode", None)
    text_now, ran = "", False

    def runsource(*args: Any, **named: Any) -> Any:
        """Check before each input that the display hook is ours, and after it that the prompt is right."""
        nonlocal text_now, ran
        hook.attach()
        text_now, ran = args[0] if args else named.get("source", ""), False
        try:
            more = run(*args, **named)  # type: ignore[misc]  # set only if there is one
            if not more and not ran:  # it could not be compiled
                inputs.whole(text_now, 0.0, getattr(sys, "last_value", None))
            return more
        finally:
            refresh()

    def runcode(*args: Any, **named: Any) -> Any:
        """Tell of an input that is whole and about to run."""
        nonlocal ran
        ran = True
        inputs.accepted(text_now)
        try:
            return run_code(*args, **named)  # type: ignore[misc]  # set only if there is one
        except BaseException as error:
            inputs.over(error)
            raise
        finally:
            inputs.over(inputs.last_error())

    if run is not None and run_code is not None:
        interpreter.runsource, interpreter.runcode = runsource, runcode

    def detach() -> None:
        hook.detach()
        if getattr(sys, "ps1", None) == shown:
            sys.ps1, sys.ps2 = ">>> ", "... "
        for name in ("runsource", "runcode"):
            getattr(interpreter, "__dict__", {}).pop(name, None)

    return Joined(detach, _source, refresh)


def _source(frame: FrameType) -> tuple[str, int]:
    """Return the text of the input, which bpython keeps in `linecache`, and the place in it."""
    from histshell import positions

    from .stock import source

    text, code, offset = source.find(frame, None)
    return text, positions.position(code, offset) if ";" in text or "\n" in text else 0


def _find(frame: FrameType | None) -> Any:
    """Return the interpreter of bpython, which one of the frames has."""
    while frame is not None:
        found = getattr(frame.f_locals.get("self"), "interp", None) or frame.f_locals.get("interpreter")
        if type(found).__module__.partition(".")[0] == "bpython" and hasattr(found, "runsource"):
            return found
        frame = frame.f_back
    return None
