"""Executed at a prompt: a tracer, a profiler and an audit hook of the user's, which note what they see of histshell.

`watch("trace")`, `watch("profile")` or `watch("audit")` begins; `seen()` gives what was noted since the last time, as (what runs,
what it was called by) or as the name of the event.
"""

import sys

_noted = []  # type: ignore[var-annotated]
_kind = ""


def _is_ours(frame):  # type: ignore[no-untyped-def]
    name = frame.f_globals.get("__name__")
    return type(name) is str and name.partition(".")[0] == "histshell"


def _call(frame, event, _arg):  # type: ignore[no-untyped-def]
    if event == "call" and _is_ours(frame):  # type: ignore[no-untyped-call]
        caller = frame.f_back
        _noted.append((frame.f_code.co_name, caller is not None and _is_ours(caller)))  # type: ignore[no-untyped-call]


def _audit(event, _args):  # type: ignore[no-untyped-def]
    global _kind
    if _kind != "audit":
        return
    _kind = ""  # what is done here is not to be noted
    frame = sys._getframe().f_back
    while frame is not None and not _is_ours(frame):  # type: ignore[no-untyped-call]
        frame = frame.f_back
    if frame is not None:
        _noted.append(event)
    _kind = "audit"


def watch(kind):  # type: ignore[no-untyped-def]
    """Begin to note."""
    global _kind
    _kind = kind
    if kind == "audit":
        sys.addaudithook(_audit)
    else:
        {"trace": sys.settrace, "profile": sys.setprofile}[kind](_call)


def seen():  # type: ignore[no-untyped-def]
    """Give what was noted, and begin anew."""
    found = list(_noted)
    del _noted[:]
    return found
