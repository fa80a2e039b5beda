"""From a session to the rich prompt: whether it can be opened, and what is said where it cannot, or fails."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Callable, Protocol

from . import tracebacks
from .errors import HistshellError

if TYPE_CHECKING:
    from .ui.opening import Host

    class OpensRich(Host, Protocol):
        """The session that is asked for the rich prompt."""

        opens_rich: bool

        def ui(self) -> bool:
            """Open the rich prompt."""


def open_over(session: OpensRich, asynchronous: bool) -> bool:
    """Run the rich prompt over a session until it is left; false, after one line that says why, if it failed or cannot be opened.

    SIGINT is ours meanwhile. `SystemExit` passes when the user's code raises it.
    """
    try:
        if session.rich is not None or session.opens_rich:
            raise HistshellError("this is the rich prompt")
        if sys.version_info < (3, 10):
            raise HistshellError("the rich prompt needs Python 3.10 or later")
        from .ui import opening

        return opening.open_prompt(session, asynchronous)
    except HistshellError as error:
        tracebacks.say(f"histshell: {error}\n")
    except Exception as error:  # none is expected; but none may cost the results
        tracebacks.say(f"histshell: the rich prompt failed ({type(error).__name__}: {error})\n")
    return False


def at_start(session: OpensRich) -> Callable[[], None] | None:
    """Return what opens the rich prompt in the place of the plain one that starts; None where it is not to be opened."""
    main = sys.modules.get("__main__")
    if session.rich is not None or session.opens_rich:
        return None
    if getattr(getattr(main, "__spec__", None), "name", None) == "asyncio.__main__":
        return None  # its loop runs already, and its prompt awaits
    return partial(_open, session) if session.namespace is getattr(main, "__dict__", None) else None


def _open(session: OpensRich) -> None:
    """Open the rich prompt; does not return unless it cannot be opened, or fails."""
    for name in ("_histshell", "__file__", "__cached__"):  # the start-up file's, which waits for this to return
        session.namespace.pop(name, None)
    if session.ui():
        raise SystemExit
