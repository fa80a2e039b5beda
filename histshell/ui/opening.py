"""Opening the rich prompt over a session, and what becomes of it when it cannot be opened or fails."""

from __future__ import annotations

import gc
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from histshell import failures
from histshell.errors import HistshellError
from histshell.shells import stock

from .evaluate import Crash, Evaluator
from .lending import Lent

if TYPE_CHECKING:
    from histshell.session import Session

    from .loop import Loop


class NoRichPrompt(HistshellError):
    """The rich prompt cannot be opened here; the sentence says why, and what to do."""


def open_prompt(session: Session, asynchronous: bool = False) -> bool:
    """Run the rich prompt until it is left; false after a crash, where the caller goes on with a prompt of his own.

    Raises `NoRichPrompt` before anything is shown, and `SystemExit` when the user's code asks for it.
    """
    _check()
    lent = Lent()
    try:
        with lent, _NoCollection():
            rich = _make(session, lent, asynchronous)
    except Exception as error:
        raise NoRichPrompt(
            f"the rich prompt cannot be opened: {_sentence(error)} ('histshell doctor' helps)"
        ) from error
    old = session.lines
    session.lines = lambda words, desk: _pik_lines(rich, words, desk)
    try:
        if asynchronous:
            from . import asynchronous as waiting

            waiting.run(rich)
        else:
            rich.run()
    except Crash as crash:
        _restore_terminal()
        what = f"the rich prompt failed ({_sentence(crash.__cause__)}); this is the plain one, h is kept"
        failures.say(f"histshell: {what}\n")
        _debug(crash)
        return False
    finally:
        session.lines = old
        from . import inputs

        inputs.give_back(rich.editor.inputs.added)
    return True


class _NoCollection:
    """While this lasts, the garbage collector rests: of all that is loaded and made nothing is garbage, and looking takes 10 ms."""

    def __enter__(self) -> None:
        self.enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *exc: object) -> None:
        if self.enabled:
            gc.enable()


def _check() -> None:
    """Raise `NoRichPrompt` where there is no use in trying."""
    streams = (sys.stdin, sys.stdout)
    if not all(stream is not None and stream.isatty() for stream in streams):
        raise NoRichPrompt("the rich prompt needs a terminal")
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        raise NoRichPrompt(
            f"the rich prompt cannot be drawn in this terminal (TERM is {os.environ.get('TERM', 'not set')})"
        )


def _make(session: Session, lent: Lent, asynchronous: bool) -> Loop:
    """Load the interface, and make an editor for the session."""
    from . import parts

    parts.load()
    from . import configuration, editor, inputs, keys, loop

    evaluator = Evaluator(session.namespace, asynchronous)
    settings = session.loaded_settings()
    marked = stock.wants_marks(settings.shell_integration)
    with parts.few_styles():
        made = editor.Editor(
            editor.Face(
                session.history,
                lambda: session.namespace,
                session.face.text,
                settings.style,
                settings.completion,
                settings.bar == "on",
                marked,
            ),
            lambda: evaluator.flags,
            inputs.Inputs(inputs.of_this_process()),
        )
    keys.bind(made)
    configuration.run(made)
    prompts = 0

    def before() -> None:
        nonlocal prompts
        session.rich_prompt_shown()
        evaluator.namespace = session.namespace
        made.bar.prompt_shown()
        prompts += 1
        if prompts == 2 and settings.completion == "full":
            from histshell.completion import inferred

            inferred.start()

    return loop.Loop(made, evaluator, lent, before, loop.Marks() if marked else None)


def _pik_lines(rich: Loop, words: list[str], desk: Any) -> Any:
    """What the pickle mode reads its lines with while the rich prompt is open."""
    with rich.lent:
        from .pickling import PikLines

        return PikLines(rich, words, desk)


def _restore_terminal() -> None:
    """Leave the modes that an interface may have died in: raw input, alternate screen, hidden cursor, bracketed paste."""
    try:
        import termios

        state = termios.tcgetattr(0)
        state[0] |= termios.ICRNL | termios.IXON
        state[1] |= termios.OPOST
        state[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN
        termios.tcsetattr(0, termios.TCSADRAIN, state)
        os.write(1, b"\033[?1049l\033[?25h\033[?2004l\033[0m\r\n")
        time.sleep(0.1)  # the terminal may be about to answer where the cursor is
        termios.tcflush(0, termios.TCIFLUSH)
    except Exception:  # no terminal any more
        pass


def _sentence(error: BaseException | None) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _debug(error: BaseException) -> None:
    if os.environ.get("HISTSHELL_DEBUG") and error.__cause__ is not None:
        import traceback

        traceback.print_exception(error.__cause__)
