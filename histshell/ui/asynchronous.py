"""The rich prompt with `await` at the top level: inputs run in an event loop, which goes on while the next one is typed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .evaluate import is_coroutine, report
from .loop import Interrupts

if TYPE_CHECKING:
    from .loop import Loop


def run(rich: Loop) -> None:
    """Go on until the user leaves, as `Loop.run` does."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_run(rich, loop))
    finally:
        try:
            _cancel(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


async def _run(rich: Loop, loop: asyncio.AbstractEventLoop) -> None:
    while True:
        with _OnInterrupt(loop, Interrupts(rich.editor.app).interrupt):  # by a signal: Ctrl-C itself is a key then
            text = await loop.run_in_executor(None, _read, rich)
        if text is None:
            return
        await _one(rich, loop, text)


def _read(rich: Loop) -> str | None:
    """Read an input; what tasks print meanwhile stands above the prompt."""
    with rich.lent:
        from prompt_toolkit.patch_stdout import patch_stdout

        with patch_stdout(raw=True):
            return rich.read()


async def _one(rich: Loop, loop: asyncio.AbstractEventLoop, text: str) -> None:
    """Run one input in this thread; Ctrl-C ends it, and not the loop."""
    evaluator = rich.evaluator
    try:
        code = evaluator.compile(text)
        value = evaluator.function(code)()
        if is_coroutine(code):
            await _awaited(loop, value)
    except SystemExit:
        raise
    except BaseException as error:
        report(error)


async def _awaited(loop: asyncio.AbstractEventLoop, coroutine: object) -> None:
    """Wait for an input that awaits, as a task that Ctrl-C cancels."""
    leaving: list[SystemExit] = []
    interrupted = False

    async def body() -> None:
        try:
            await coroutine  # type: ignore[misc]  # it is one
        except SystemExit as error:  # in a task it would end the loop at once
            leaving.append(error)

    task = loop.create_task(body())

    def cancel() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    try:
        with _OnInterrupt(loop, cancel):
            await task
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    if leaving:
        raise leaving[0]


class _OnInterrupt:
    """What a SIGINT does while the event loop waits; whatever handler there was is put back."""

    def __init__(self, loop: asyncio.AbstractEventLoop, act: Callable[[], object]) -> None:
        self.loop = loop
        self.act = act
        self.old: Any = None

    def __enter__(self) -> None:
        try:
            old = signal.getsignal(signal.SIGINT)
            self.loop.add_signal_handler(signal.SIGINT, self.act)
            self.old = old
        except (NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            pass

    def __exit__(self, *exc: object) -> None:
        if self.old is not None:
            self.loop.remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, self.old)


def _cancel(loop: asyncio.AbstractEventLoop) -> None:
    """End what is left running."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
