"""The rich prompt with `await` at the top level: inputs run in an event loop, which goes on while the next one is typed."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from histshell import interrupts, tracebacks

from . import at_work, input_hook, streams
from .editor_thread import interrupt, signals
from .evaluate import Crash, is_coroutine

if TYPE_CHECKING:
    from types import CodeType

    from .loop import Loop


def run(rich: Loop) -> None:
    """Go on until the user leaves, as `Loop.run` does."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    selector = getattr(loop, "_selector", None)
    if isinstance(selector, selectors.BaseSelector):  # windows live on while the loop waits
        loop._selector = input_hook.Selector(selector)  # type: ignore[attr-defined]  # private
    # One thread of our own to read in: the loop's may all be busy with the user's work.
    reader = ThreadPoolExecutor(1, "histshell reader")
    main = _Main(_run(rich, loop, reader), loop=loop)
    getattr(asyncio.tasks, "_unregister_task", lambda _task: None)(
        main
    )  # private; `asyncio.all_tasks()` are the user's
    try:
        with interrupts.Held():
            _go_on(loop, main, rich.report)
    finally:
        try:
            interrupt(rich.editor.app)  # should a task have ended all this while a line was typed
            reader.shutdown()
            _cancel(loop, main)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


class _Main(asyncio.Task):  # type: ignore[type-arg]  # not at run time
    """The prompt itself, which no code of the user's cancels: it is the current task of what is typed."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002  # its name is `Task.cancel`'s
        """Do nothing."""
        return False


def _go_on(
    loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], report: Callable[[BaseException], object]
) -> None:
    """Run the loop until the task is done, whatever signal handlers of the user's raise in the middle of it."""
    while True:
        try:
            loop.run_until_complete(task)
            return
        except (SystemExit, Crash):
            raise
        except KeyboardInterrupt as error:  # out of a task or a callback
            interrupts.sigint.ours()
            at_work.without_our_end(error)
            if task.done():
                raise
            report(error)
        except BaseException as error:
            if task.done():
                raise
            report(error)


async def _run(rich: Loop, loop: asyncio.AbstractEventLoop, reader: ThreadPoolExecutor) -> None:
    app = rich.editor.app
    while True:
        interrupts.sigint.ours()
        stop = _Stop(loop, partial(interrupt, app))
        with _acts(stop), signals(app, rich.terminal, rich.told.goodbye):  # Ctrl-C itself is a key then
            text = await loop.run_in_executor(reader, rich.read)
        if text is None:
            return
        try:
            await _one(rich, loop, text)
        except KeyboardInterrupt:  # while an exception was being shown
            interrupts.sigint.ours()
            tracebacks.say("\nKeyboardInterrupt\n")


class _Stop:
    """What SIGINT does while the loop runs: `act`, which the loop has to come to.

    In the middle of `own`, the code that an input awaits, it is raised there instead, as anywhere. Other tasks and callbacks are
    left alone, unless the loop has not come to it when the next one arrives: then something keeps it, and it is raised there.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], object], own: CodeType | None = None) -> None:
        self.loop = loop
        self.act = act
        self.own = own
        self._unheeded = False

    def __call__(self) -> None:
        frame = at_work.interrupted()
        if self.own is not None and at_work.is_within(frame, self.own):
            raise KeyboardInterrupt
        self.act()
        if self._unheeded and at_work.is_called_by(frame, _go_on.__code__, *input_hook.CALLS):
            self._unheeded = False
            raise KeyboardInterrupt
        self._unheeded = True
        self.loop.call_soon_threadsafe(self._heeded)

    def _heeded(self) -> None:
        self._unheeded = False


@contextmanager
def _acts(act: Callable[[], object]) -> Iterator[None]:
    """Have SIGINT do `act` while this lasts, at any moment in the main thread."""
    interrupts.sigint.act = act
    try:
        yield
    finally:
        interrupts.sigint.act = lambda: None


async def _one(rich: Loop, loop: asyncio.AbstractEventLoop, text: str) -> None:
    """Run one input in this thread; Ctrl-C ends it, and not the loop."""
    runner = rich.runner
    rich.told.accepted(text, rich.editor.is_private)
    try:
        with interrupts.GivenBack():
            answered = runner.answered(text)
        if not answered:
            code = runner.compile(text)
            with interrupts.GivenBack():
                value = runner.function(code)()
            if is_coroutine(code):
                await _awaited(loop, value)
        with interrupts.GivenBack():
            streams.flush()
        rich.told.over()
    except (SystemExit, Crash) as error:
        interrupts.sigint.ours()
        rich.told.over(error)
        raise
    except BaseException as error:
        interrupts.sigint.ours()
        rich.told.over(error)
        with interrupts.GivenBack():
            streams.flush()
            rich.report(error)


async def _awaited(loop: asyncio.AbstractEventLoop, coroutine: object) -> None:
    """Wait for an input that awaits, as a task that Ctrl-C cancels."""
    leaving: list[BaseException] = []
    interrupted = False

    async def body() -> None:
        try:
            await coroutine  # type: ignore[misc]  # it is one
        except (SystemExit, KeyboardInterrupt, Crash) as error:  # in a task it would end the loop at once
            leaving.append(at_work.without_our_end(error))

    task = loop.create_task(body())

    def cancel() -> None:
        nonlocal interrupted
        interrupted = True
        loop.call_soon_threadsafe(task.cancel)

    try:
        with _acts(_Stop(loop, cancel, body.__code__)):
            await task
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    if leaving:
        raise leaving[0]


def _cancel(loop: asyncio.AbstractEventLoop, main: asyncio.Task[None]) -> None:
    """End what is left running."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if not main.done():
        asyncio.Task.cancel(main)
        tasks.add(main)
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
