"""What `benchmarks.journal` runs inside the sessions it measures; executed in their namespace."""

import sys
import time


def report(seconds: list[float]) -> None:
    """Print numbers for the measuring process, seconds as microseconds."""
    print("REPORT", *(f"{number * 1e6:.3f}" for number in seconds))


def fill(entries: int) -> None:
    """Give the history so many results."""
    history = sys.modules["histshell.session"].history()
    history.extend(range(entries))


def costs(count: int, result: bool) -> list[float]:
    """Tell the journal of so many inputs, each with a result or none; return the processor's seconds that each took."""
    session = sys.modules["histshell.session"].current()
    record = sys.modules["histshell.history"].record
    inputs, history = session.inputs, session.history
    was = inputs.runs, inputs.journal._running
    inputs.runs, inputs.journal._running = 0, {}
    taken = []
    for number in range(count):
        source = f"frame.column_{number}.mean()"
        start = time.thread_time()
        inputs.has_read(source)
        middle = time.thread_time()
        if result:
            record(history, number, 0.0).preview = str(number)
        again = time.thread_time()
        inputs.asks()
        taken.append(middle - start + time.thread_time() - again)
    inputs.hangup.leave()
    inputs.runs, inputs.journal._running = was
    return taken


def nothing(count: int) -> list[float]:
    """Return what the clock itself takes, as often."""
    taken = []
    for _ in range(count):
        start = time.thread_time()
        middle = time.thread_time()
        again = time.thread_time()
        taken.append(middle - start + time.thread_time() - again)
    return taken
