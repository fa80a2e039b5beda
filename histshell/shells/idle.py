"""IDLE's shell window: results into `h`. Its prompts are drawn by another process, which asks nobody.

The code that is typed runs in a process of its own (`idlelib.run`), which runs a start-up file with `idle -s`. The text of
an input stays with the window; it is asked for over the connection that also carries what is printed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable

from histshell.hook import DisplayHook

if TYPE_CHECKING:
    from types import FrameType

    from .guests import Guest


def attach(guest: Guest, frame: FrameType | None) -> Callable[[], None]:
    """Hook into the IDLE that called `frame`; return what takes everything out again."""
    hook = DisplayHook(guest.display, guest.pass_on)
    hook.attach()
    executive = _find(frame)
    run = getattr(executive, "runcode", None)
    text = guest.prompt()
    old = getattr(sys, "ps1", None)
    shown = ""

    def refresh() -> None:
        """Keep the number in `sys.ps1` for a console within the shell; a plain string, since IDLE itself splits it."""
        nonlocal shown
        if getattr(sys, "ps1", None) in (old, shown):
            shown = text()
            sys.ps1 = shown

    def runcode(code: Any) -> Any:
        """Before each input see that the display hook is ours, and the number right: the pickle mode has values too."""
        hook.attach()
        refresh()
        return run(code)  # type: ignore[misc]  # set only if there is one

    guest.refresh = refresh
    guest.source = lambda displays: _source(executive, displays)
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

    return detach


def _source(executive: Any, frame: FrameType | None) -> tuple[str, int]:
    """The text of the input, as the window keeps it, and the place in it."""
    from histshell import inputs

    while frame is not None and not frame.f_code.co_filename.startswith("<pyshell#"):
        frame = frame.f_back
    if frame is None or executive is None:
        return "", 0
    lines = executive.rpchandler.remotecall("linecache", "getlines", (frame.f_code.co_filename,), {})
    text = "".join(lines).rstrip("\n")
    return text, inputs.position(frame.f_code, frame.f_lasti) if ";" in text or "\n" in text else 0


def _find(frame: FrameType | None) -> Any:
    """What runs the inputs in IDLE's second process; None with `idle -n`, which has no second one."""
    while frame is not None:
        found = frame.f_locals.get("self")
        if type(found).__module__ == "idlelib.run" and hasattr(found, "runcode") and hasattr(found, "rpchandler"):
            return found
        frame = frame.f_back
    return None
