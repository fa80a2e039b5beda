"""The rich prompt with `await` at the top level: inputs run in an event loop, which goes on while the next one is typed."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from .evaluate import is_coroutine, report

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
        loop.add_signal_handler(signal.SIGINT, cancel)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
        pass
    try:
        await task
    except asyncio.CancelledError:
        if not interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        try:
            loop.remove_signal_handler(signal.SIGINT)
        except (NotImplementedError, RuntimeError, ValueError):
            pass
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if leaving:
        raise leaving[0]


def _cancel(loop: asyncio.AbstractEventLoop) -> None:
    """End what is left running."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
