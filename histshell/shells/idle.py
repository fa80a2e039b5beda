"""IDLE's shell window: results into `h`. Its prompts are drawn by another process, which asks nobody.

The code that is typed runs in a process of its own (`idlelib.run`), which runs a start-up file with `idle -s`. The text of
an input stays with the window; it is asked for over the connection that also carries what is printed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from histshell.hook import DisplayHook

from .joining import Joined

if TYPE_CHECKING:
    from types import FrameType

    from .joining import Given


def attach(given: Given, frame: FrameType | None) -> Joined:
    """Hook into the IDLE that called `frame`; return what is joined."""
    hook = DisplayHook(given.display, given.pass_on)
    hook.attach()
    executive = _find(frame)
    run = getattr(executive, "runcode", None)
    text, inputs = given.prompt(), given.inputs
    old = getattr(sys, "ps1", None)
    shown = ""

    def refresh() -> None:
        """Keep the number in `sys.ps1` for a console within the shell; a plain string, since IDLE itself splits it."""
        nonlocal shown
        if getattr(sys, "ps1", None) in (old, shown):
            shown = text()
            sys.ps1 = shown

    def runcode(code: Any) -> Any:
        """Check before each input that the display hook is ours and the number right: the pickle mode has values too."""
        hook.attach()
        refresh()
        inputs.accepted(_text(executive, code.co_filename))
        executive.user_exc_info = executive.usr_exc_info = None  # the one up to 3.9
        try:
            return run(code)  # type: ignore[misc]  # set only if there is one
        finally:
            failed = executive.user_exc_info or executive.usr_exc_info
            inputs.over(failed[1] if failed else None)

    refresh()
    if run is not None:
        executive.runcode = runcode

    def detach() -> None:
        hook.detach()
        if getattr(sys, "ps1", None) == shown:
            if old is None:
                del sys.ps1
            else:
                sys.ps1 = old
        if run is not None:
            executive.__dict__.pop("runcode", None)

    return Joined(detach, lambda displays: _source(executive, displays), refresh)


def _source(executive: Any, frame: FrameType | None) -> tuple[str, int]:
    """Return the text of the input, as the window keeps it, and the place in it."""
    from histshell import positions

    while frame is not None and not frame.f_code.co_filename.startswith("<pyshell#"):
        frame = frame.f_back
    if frame is None or executive is None:
        return "", 0
    text = _text(executive, frame.f_code.co_filename)
    return text, positions.position(frame.f_code, frame.f_lasti) if ";" in text or "\n" in text else 0


def _text(executive: Any, name: str) -> str:
    """Return the text of the input that the window knows by a file's name, empty if it cannot be asked."""
    try:
        lines = executive.rpchandler.remotecall("linecache", "getlines", (name,), {})
    except Exception:  # the window is gone, or another IDLE's
        return ""
    return "".join(lines).rstrip("\n")


def _find(frame: FrameType | None) -> Any:
    """Return what runs the inputs in IDLE's second process; None with `idle -n`, which has no second one."""
    while frame is not None:
        found = frame.f_locals.get("self")
        if type(found).__module__ == "idlelib.run" and hasattr(found, "runcode") and hasattr(found, "rpchandler"):
            return found
        frame = frame.f_back
    return None
