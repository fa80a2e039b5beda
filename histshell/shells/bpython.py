"""bpython: results into `h`, and the numbered prompt as plain text, which is all that it takes for one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable

from histshell.hook import DisplayHook

if TYPE_CHECKING:
    from types import FrameType

    from .guests import Guest


def attach(guest: Guest, frame: FrameType | None) -> Callable[[], None]:
    """Hook into the bpython that called `frame`; return what takes everything out again."""
    hook = DisplayHook(guest.display, guest.pass_on)
    hook.attach()
    text = guest.prompt()
    shown = ">>> "

    def refresh() -> None:
        """Show the number of the moment, unless the user has set a prompt himself."""
        nonlocal shown
        if getattr(sys, "ps1", shown) == shown:
            shown = text()
            sys.ps1, sys.ps2 = shown, "... ".rjust(len(shown))

    guest.refresh = refresh
    guest.source = _source
    refresh()
    interpreter = _find(frame)
    run = getattr(interpreter, "runsource", None)

    def runsource(*args: Any, **named: Any) -> Any:
        """Before each input see that the display hook is ours, after it that the prompt is right."""
        hook.attach()
        try:
            return run(*args, **named)  # type: ignore[misc]  # set only if there is one
        finally:
            refresh()

    if run is not None:
        interpreter.runsource = runsource

    def detach() -> None:
        hook.detach()
        if getattr(sys, "ps1", None) == shown:
            sys.ps1, sys.ps2 = ">>> ", "... "
        if run is not None:
            interpreter.__dict__.pop("runsource", None)

    return detach


def _source(frame: FrameType) -> tuple[str, int]:
    """The text of the input, which bpython keeps in `linecache`, and the place in it."""
    from histshell import inputs

    from . import stock_source

    text, code, offset = stock_source.find(frame, -1)
    return text, inputs.position(code, offset) if ";" in text or "\n" in text else 0


def _find(frame: FrameType | None) -> Any:
    """The interpreter of bpython, which one of the frames has."""
    while frame is not None:
        found = getattr(frame.f_locals.get("self"), "interp", None) or frame.f_locals.get("interpreter")
        if type(found).__module__.partition(".")[0] == "bpython" and hasattr(found, "runsource"):
            return found
        frame = frame.f_back
    return None
