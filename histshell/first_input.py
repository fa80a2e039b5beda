"""What a session does from its first input on: its journal, what is told of the inputs, and the line about one that crashed.

Not loaded before the first prompt; the sessions, whose parts these are, call it.
"""

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import compiling
    from .journal.writer import Journal
    from .session import StockSession
    from .shell_session import ShellSession
    from .shells.stock.inputs import StockInputs

_QUICK = 1.0, 0.005
"""Seconds, and seconds of the processor: what is over sooner, and has shown nothing, may have been an empty line."""

# Bound here: a user may rebind them in `builtins`.
_len, _getattr, _type, _Exception, _KeyboardInterrupt = len, getattr, type, Exception, KeyboardInterrupt
_clock, _worked = time.perf_counter, time.thread_time


def journal(session: "ShellSession") -> "Journal | None":
    """Make what is kept of a session; None where the settings say that nothing is."""
    settings = session.loaded_settings()
    if settings.journal != "on":
        return None
    from .journal import about, writer

    if settings.secrets:
        from .journal import secrets

        secrets.extend(settings.secrets.split("\n"))
    made = writer.Journal(session.history, lambda: about.about(session.shell), None)

    def first_value(value: "object", number: "int") -> "bytes | None":
        """Return the bytes of a plain result; what makes them is loaded when the first one is there."""
        made.save = None
        try:
            from .values.between import Keeper

            made.save = save = Keeper(made, int(settings.value_limit)).save
            return save(value, number)
        except _Exception:  # nothing can be imported, with `builtins.type = None`; the record is kept all the same
            return None

    if settings.values == "plain":
        made.save = first_value
    return made


def say_what_crashed(session: "ShellSession") -> "None":
    """Say, once, that a session ended in this folder without a goodbye, as soon as that is known."""
    if session.crashes is None:
        kept = session.begun_journal
        if session.quiet or kept is None or not kept.id:
            return
        from .values import watch as watching

        watch = session.crashes = watching.Watch(kept.id, os.getcwd())
        done = watch.done(watching.PATIENCE)
    else:
        done = session.crashes.done()
    if done:
        watch, session.crashes = session.crashes, None
        session.looked_back()
        if watch.found is not None and watch.found.log.session.id != session.resumed:
            from .values import crashed

            session.tell(crashed.line(watch.found, _len(session.history) > 1, time.time()))


def told(session: "StockSession") -> "StockInputs | None":
    """Return what is told of the inputs, for the journal; made for the first one. None where nothing is kept."""
    kept = session.journal if session.inputs is None else None
    if kept is not None:
        from .shells.stock.inputs import StockInputs

        offers = session.loaded_settings().input_history == "histshell"
        session.inputs = inputs = StockInputs(kept, session.editor, offers)
        if session.plain:  # a program reads, which knows the prompt by its text and every other line for an answer
            session.looks_back = False
        inputs.then = session.say_what_crashed if session.looks_back else None
        session.statements.asks, session.statements.has_read = inputs.asks, inputs.has_read
        session.statements.leaves = inputs.leaves
    return session.inputs


def has_read(session: "StockSession", text: "str | None") -> "None":
    """The first input of all has been read, and is about to run: the text that PyREPL has, none where C's loop has read it."""
    inputs = told(session)
    if inputs is not None:
        if text is None:
            inputs.loop_has_read()
        else:
            inputs.has_read(text)


def look_back(session: "StockSession", unsure: "tuple[str, float, float, int, object]") -> "None":
    """Keep an input of which it was not certain that there was one, if something has come of it."""
    text, began, worked, count, before = unsure
    error: "Any" = _getattr(sys, "last_value", None)
    if error is before:
        error = None
    seconds = _clock() - began
    given_up = (
        error is not None and _getattr(sys, "last_traceback", None) is None and _type(error) is _KeyboardInterrupt
    )
    took = seconds > _QUICK[0] or _worked() - worked > _QUICK[1]
    if (_len(session.history) > count or error is not None or took) and not given_up:
        inputs = told(session)
        if inputs is not None:
            inputs.journal.came(count)
            inputs.journal.whole(text.rstrip(), seconds, error)


def console_asks(session: "StockSession", console: "dict[str, Any]") -> "None":
    """Have a console tell of its inputs, before they run, and of the end of the one before."""
    if console.get("histshell_tells"):  # our own, which stands in for the rich prompt
        return
    from . import compiling

    own: "Any" = console.get("compile")
    if _type(own) is not compiling.Compiling:
        if own is not None:

            def console_has_read(asking: "compiling.Compiling", text: "str", error: "BaseException | None") -> "None":
                inputs = told(session)
                if inputs is not None:
                    inputs.console_has_read(asking, text, error)

            console["compile"] = compiling.Compiling(own, console_has_read)
    elif session.inputs is not None:
        session.inputs.console_asks(own)
