"""Running an editor in a thread of its own, so that it is in no event loop of the user's, while the main one waits for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import at_work, input_hook

if TYPE_CHECKING:
    from prompt_toolkit.application import Application

    from .terminal import Terminal

_SWITCH = 0.0005
"""The seconds after which a thread that looks for completions lets the one go on that draws; Python's own 5 ms are felt."""


_MOMENT = 0.05
"""The seconds in which a shell that lets the process go on is done with the terminal's modes."""


class Interrupted(Exception):
    """A signal handler of the user's has raised `error` while a line was being typed."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def in_thread(app: Application[str], run: Callable[[], str]) -> str:
    """Run the editor `app` by `run` in a thread, and wait for it here, the hooks of windows being called meanwhile.

    Whatever signal handlers raise meanwhile, the thread has ended when this returns.
    """
    result: list[str] = []
    failed: list[BaseException] = []
    waiting = input_hook.Waiting()

    def target() -> None:
        try:
            result.append(_in_session(app, run))
        except BaseException as error:
            failed.append(error)
        finally:
            waiting.end()

    thread = threading.Thread(target=target, name="histshell editor")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    thread.start()
    raised: BaseException | None = None
    # Not by `join` alone: interrupted by an exception, it takes the thread for ended in some versions (bpo-45274).
    while not waiting.is_over():
        try:
            waiting.wait()
        except BaseException as error:
            raised = error
            interrupt(app)
    sys.setswitchinterval(interval)
    thread.join()
    if raised is not None:
        raise Interrupted(at_work.without_our_end(raised))
    if failed:
        raise failed[0]
    return result[0]


def _in_session(app: Application[str], run: Callable[[], str]) -> str:
    """Run the editor so that what it opens itself, a browser or a menu, is at its terminal too."""
    from prompt_toolkit.application.current import create_app_session

    with create_app_session(app.input, app.output):
        return run()


def interrupt(app: Application[str]) -> bool:
    """End the line that is being typed at an editor, from any thread; false if none is."""
    return in_loop(app, lambda: _end_line(app))


def stop(app: Application[str]) -> None:
    """Do what SIGINT does: end the line that is being typed or, once it has been entered, the user's code that keeps us from it."""
    if not interrupt(app) and at_work.is_called_by(at_work.interrupted(), in_thread.__code__, *input_hook.CALLS):
        raise KeyboardInterrupt


def in_loop(app: Application[str], do: Callable[[], object]) -> bool:
    """Let a running editor's own thread call something, from any other thread; return false if it does not run."""
    loop, context = app.loop, getattr(app, "context", None)
    if loop is None or context is None or not app.is_running:
        return False
    try:
        loop.call_soon_threadsafe(do, context=context.copy())
    except RuntimeError:  # it has just ended
        return False
    return True


def _end_line(app: Application[str]) -> None:
    if app.is_running and not app.is_done:
        app.exit(exception=KeyboardInterrupt, style="class:aborting")


@contextmanager
def signals(app: Application[str], terminal: Terminal, goodbye: Callable[[], object] | None = None) -> Iterator[None]:
    """Have signals that end the process leave a usable terminal, and the line drawn after one that stopped it, while this lasts.

    `goodbye` is called when the window is closed.

    Only where the user has not said what they do. Does nothing outside the main thread.
    """

    def end(number: int, _frame: object) -> None:
        terminal.restore()
        signal.signal(number, signal.SIG_DFL)
        if goodbye is not None and number == getattr(signal, "SIGHUP", None):
            goodbye()
        os.kill(os.getpid(), number)

    def go_on(_number: int, _frame: object) -> None:
        if not app._running_in_terminal:  # else it was Ctrl-Z, whose key draws the line again
            in_loop(app, lambda: asyncio.get_running_loop().call_later(_MOMENT, _draw_again, app, terminal))

    ours = {"SIGTERM": end, "SIGHUP": end, "SIGQUIT": end, "SIGCONT": go_on}
    taken = []
    if threading.current_thread() is threading.main_thread():
        for name, handler in ours.items():
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, handler)
                taken.append((number, handler))
    try:
        yield
    finally:
        for number, handler in taken:
            if signal.getsignal(number) is handler:
                signal.signal(number, signal.SIG_DFL)


def _draw_again(app: Application[str], terminal: Terminal) -> None:
    """Draw the line below what a shell has written meanwhile, with its own modes of the terminal in place."""
    if not app.is_running or app.is_done or app._running_in_terminal:
        return
    app.input.raw_mode().__enter__()  # never left: the mode that the editor found is put back by its own
    terminal.fresh_line()
    app.renderer.reset()
    app._request_absolute_cursor_position()
    app._redraw()
