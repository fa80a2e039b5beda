"""Opening the rich prompt over a session, and what becomes of it when it cannot be opened or fails."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any, Protocol

from histshell import editing, interrupts, tracebacks
from histshell.errors import HistshellError
from histshell.shells.stock import detect

from . import fallback, painting, streams
from .evaluate import Crash, Runner
from .terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from histshell.completion import Engine
    from histshell.history import History
    from histshell.journal.writer import Journal
    from histshell.pik.mode.stream import Stream
    from histshell.prompt import PromptText
    from histshell.settings import Settings

    from .loop import Loop
    from .pik_lines import PikLines


class NoRichPrompt(HistshellError):
    """The rich prompt cannot be opened here; the sentence says why, and what to do."""


class Host(Protocol):
    """What the rich prompt asks of the session that it is opened over."""

    history: History
    namespace: dict[str, Any]
    prompt_text: PromptText
    rich: RichPrompt | None

    @property
    def journal(self) -> Journal | None:
        """What each input is told to, None where none is kept; asked for no earlier than there is one."""

    def loaded_settings(self) -> Settings:
        """Return the settings in force."""

    def engine(self) -> Engine:
        """Return what completes."""

    def show_values(self, is_rich: bool = ..., paint: Callable[[str], str] | None = ...) -> None:
        """Have values shown as the settings say for this prompt."""

    def rich_prompt_shown(self, is_first: bool) -> None:
        """Note that a prompt is about to be shown."""


class RichPrompt:
    """The rich prompt while it is open, as the session knows it."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def pik_lines(self, words: list[str], stream: Stream) -> PikLines:
        """Return what the pickle mode reads its lines with."""
        from .pik_lines import PikLines

        return PikLines(self._loop, words, stream)

    def forget(self, sources: set[str]) -> bool:
        """Take inputs out of what the editor remembers; whether there were any."""
        return self._loop.editor.inputs.forget(sources)

    def recall(self, inputs: list[str]) -> None:
        """Let the arrow keys go through these as well, oldest first, before all others."""
        self._loop.editor.inputs.recall(inputs)


def open_prompt(session: Host, asynchronous: bool = False) -> bool:
    """Run the rich prompt until it is left; false after a crash, where the caller goes on with a prompt of its own.

    Raises `NoRichPrompt` before anything is shown, and `SystemExit` when the user's code asks for it. SIGINT is ours meanwhile, but
    for the user's code.
    """
    with interrupts.Held():
        terminal = _check()
        try:
            with _NoCollection():
                rich = _make(session, terminal, asynchronous)
        except Exception as error:
            terminal.close()
            raise NoRichPrompt(
                f"the rich prompt cannot be opened: {_sentence(error)} ('histshell doctor' helps)"
            ) from error
        return _run(session, rich, asynchronous)


def _run(session: Host, rich: Loop, asynchronous: bool) -> bool:
    """Run a prompt that is open; false after a crash."""
    session.rich = RichPrompt(rich)
    session.show_values(True, painting.Painter(rich.editor))
    with interrupts.GivenBack():
        streams.flush()  # what a start-up file has printed
    try:
        if asynchronous:
            from . import loop_async as waiting

            waiting.run(rich)
        else:
            rich.run()
    except Crash as crash:
        rich.terminal.restore()
        what = f"the rich prompt failed ({_sentence(crash.__cause__)}); this is the plain one, h is kept"
        tracebacks.say(f"histshell: {what}\n")
        _debug(crash)
        return fallback.go_on(session.namespace, rich.terminal, lambda: session.journal)
    finally:
        session.rich = None
        session.show_values()
        editing.add(rich.editor.inputs.added)
        rich.terminal.close()
    return True


class _NoCollection:
    """While this lasts, the garbage collector rests: of all that is loaded and made nothing is garbage, and looking takes 10 ms."""

    def __enter__(self) -> None:
        self.enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *exc: object) -> None:
        if self.enabled:
            gc.enable()


def _check() -> Terminal:
    """Return the terminal, opened. Raises `NoRichPrompt` where there is no use in trying."""
    try:
        if not (_may_be_terminal(0) and _may_be_terminal(1)):
            raise OSError
        terminal = Terminal()
    except OSError:
        raise NoRichPrompt("the rich prompt needs a terminal") from None
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        terminal.close()
        raise NoRichPrompt(
            f"the rich prompt cannot be drawn in this terminal (TERM is {os.environ.get('TERM', 'not set')})"
        )
    return terminal


def _may_be_terminal(fd: int) -> bool:
    """Return whether a descriptor is a terminal, or closed, so that it does not say where this process reads or prints."""
    try:
        os.fstat(fd)
    except OSError:
        return True
    return os.isatty(fd)


def _make(session: Host, terminal: Terminal, asynchronous: bool) -> Loop:
    """Load the interface, and make an editor for the session."""
    from . import lean_import

    lean_import.load()
    from . import choices, configuration, editor, input_history, keys, loop, raised

    runner = Runner(session.namespace, asynchronous)
    settings = session.loaded_settings()
    marked = detect.wants_marks(settings.shell_integration)
    is_wide = settings.journal == "on" and settings.input_history == "histshell"
    with lean_import.few_styles():
        made = editor.Editor(
            editor.EditorOptions(
                session.history,
                lambda: session.namespace,
                session.prompt_text.text,
                settings.style,
                session.engine(),
                settings.bar == "on",
                marked,
            ),
            terminal,
            lambda: runner.flags,
            input_history.InputHistory(editing.earlier(input_history.MOST), is_wide),
        )
    made.inputs.is_paused = lambda: session.journal is not None and session.journal.paused
    shown = raised.Raised(settings.tracebacks)
    keys.bind(made, shown)
    configuration.run(made)
    choices.bind(made, settings.menu)
    is_first = True

    def before() -> None:
        nonlocal is_first
        session.rich_prompt_shown(is_first)
        runner.namespace = session.namespace
        made.bar.prompt_shown()
        is_first = False

    return loop.Loop(
        made,
        terminal,
        runner,
        before,
        loop.OutputMarks(terminal) if marked else None,
        lambda: session.journal,
        shown.text,
    )


def _sentence(error: BaseException | None) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _debug(error: BaseException) -> None:
    if os.environ.get("HISTSHELL_DEBUG") and error.__cause__ is not None:
        import traceback

        traceback.print_exception(error.__cause__)
