"""The rich prompt with `await` at the top level: inputs run in an event loop, which goes on while the next one is typed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from histshell import failures

from .evaluate import Crash, is_coroutine, report
from .loop import interrupt

if TYPE_CHECKING:
    from .loop import Loop


def run(rich: Loop) -> None:
    """Go on until the user leaves, as `Loop.run` does."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # One thread of our own to read in: the loop's may all be busy with the user's work.
    reader = ThreadPoolExecutor(1, "histshell reader")
    try:
        with _Sigint(loop) as sigint:
            loop.run_until_complete(_run(rich, loop, reader, sigint))
    finally:
        try:
            interrupt(rich.editor.app)  # should a task have ended all this while a line was typed
            reader.shutdown()
            _cancel(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


class _Sigint:
    """What SIGINT does: `act` while the loop waits, and inside `by_python` what the user or Python lets it do."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.act: Callable[[], object] = lambda: None
        self.old: Any = None
        self.waiting: Any = None

    def __enter__(self) -> _Sigint:
        try:
            self.old = signal.getsignal(signal.SIGINT) or signal.default_int_handler
            self.loop.add_signal_handler(signal.SIGINT, lambda: self.act())
            self.waiting = signal.getsignal(signal.SIGINT)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            self.waiting = None
        return self

    def __exit__(self, *exc: object) -> None:
        if self.waiting is not None:
            self.loop.remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, self.old)

    @contextmanager
    def by_python(self) -> Iterator[None]:
        """For code that runs in this thread without giving the loop a turn."""
        if self.waiting is None:
            yield
            return
        try:
            signal.signal(signal.SIGINT, self.old)
            yield
            self.old = signal.getsignal(signal.SIGINT) or signal.default_int_handler  # the input may have set its own
        finally:
            signal.signal(signal.SIGINT, self.waiting)


async def _run(rich: Loop, loop: asyncio.AbstractEventLoop, reader: ThreadPoolExecutor, sigint: _Sigint) -> None:
    while True:
        sigint.act = partial(interrupt, rich.editor.app)  # by a signal: Ctrl-C itself is a key then
        text = await loop.run_in_executor(reader, rich.read, True)  # what tasks print stands above the prompt
        sigint.act = lambda: None
        if text is None:
            return
        try:
            await _one(rich, loop, text, sigint)
        except KeyboardInterrupt:  # while an exception was being shown
            failures.say("\nKeyboardInterrupt\n")


async def _one(rich: Loop, loop: asyncio.AbstractEventLoop, text: str, sigint: _Sigint) -> None:
    """Run one input in this thread; Ctrl-C ends it, and not the loop."""
    evaluator = rich.evaluator
    try:
        code = evaluator.compile(text)
        with sigint.by_python():
            value = evaluator.function(code)()
        if is_coroutine(code):
            await _awaited(loop, value, sigint)
    except (SystemExit, Crash):
        raise
    except BaseException as error:
        with sigint.by_python():
            report(error)


async def _awaited(loop: asyncio.AbstractEventLoop, coroutine: object, sigint: _Sigint) -> None:
    """Wait for an input that awaits, as a task that Ctrl-C cancels."""
    leaving: list[BaseException] = []
    interrupted = False

    async def body() -> None:
        try:
            await coroutine  # type: ignore[misc]  # it is one
        except (SystemExit, Crash) as error:  # in a task it would end the loop at once
            leaving.append(error)

    task = loop.create_task(body())

    def cancel() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    sigint.act = cancel
    try:
        await task
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        sigint.act = lambda: None
    if leaving:
        raise leaving[0]


def _cancel(loop: asyncio.AbstractEventLoop) -> None:
    """End what is left running."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
