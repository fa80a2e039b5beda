"""What `benchmarks.recording` runs inside the sessions it measures; executed in their namespace.

The functions import what they need, so that no session has more loaded than another when the clock runs.
"""

import sys
from time import perf_counter as clock

value = 12345
times: list[float] = []  # seconds, one for each result that was timed


class Sink:
    """Takes the place of standard output while one value is displayed, and stops the clock at the end of its line."""

    encoding = "utf-8"
    start = 0.0

    def write(self, text: str) -> None:
        """Swallow `text`; at the end of the line, note the time and give standard output back."""
        if text[-1:] == "\n":
            times.append(clock() - self.start)
            sys.stdout = sys.__stdout__


sink = Sink()


def timed(result: object) -> object:
    """Return `result`, to be displayed next, and start the clock: all that follows is the display hook's."""
    sys.stdout = sink
    sink.start = clock()
    return result


def report(seconds: list[float]) -> None:
    """Print numbers for the measuring process, seconds as microseconds."""
    print("REPORT", *(f"{number * 1e6:.3f}" for number in seconds))


class Quiet:
    """Standard output goes nowhere for as long as a `with` block runs."""

    def __enter__(self) -> None:
        import os

        self.file = open(os.devnull, "w")
        self.saved, sys.stdout = sys.stdout, self.file

    def __exit__(self, *error: object) -> None:
        sys.stdout = self.saved
        self.file.close()


def display(values: list[int]) -> None:
    """Display each of `values` the way a loop typed at the prompt does."""
    exec(compile("for one in values: one\n", "<loop>", "single"), {"values": values})


def fill(entries: int) -> None:
    """Display so many values, all the same object."""
    with Quiet():
        display([value] * entries)


def inputs(count: int) -> float:
    """Return the median of the seconds that a result takes, over `count` inputs that follow each other at once.

    Each input has a code object and a text of its own. From 3.13 on its text is put where the prompt of that version
    puts it; before, it is looked for in readline's history, and found there, as always.
    """
    import linecache
    from statistics import median

    codes = []
    for number in range(count):
        text, name = f"timed(value)  # {number}\n", f"<python-input-9{number:06}>"
        codes.append(compile(text, name, "single"))
        if sys.version_info >= (3, 13):
            linecache.cache[name] = (len(text), None, [text], name)
    times.clear()
    for code in codes:
        exec(code)
    return median(times)


def keys() -> list[float]:
    """Return the seconds that PyREPL's questions to the prompt take at each key press.

    With colour it formats the prompt, without it looks for a newline; each for ours and for a plain string, in turn.
    """
    import timeit
    from statistics import median

    names = {"p": sys.ps1, "s": ">>> ", "__name__": "_pyrepl.reader"}  # who asks there, which the prompt looks at
    statements = ("f'{p}'", "f'{s}'", "'\\n' in p", "'\\n' in s")
    rounds = [[timeit.timeit(one, globals=names, number=10000) / 10000 for one in statements] for _ in range(21)]
    return [median(column) for column in zip(*rounds, strict=True)]


def weigh(entries: int) -> float:
    """Return the bytes that an entry takes beside its value, its source and its preview, times 1e-6 for `report`."""
    import gc
    import tracemalloc

    values = [number + 1000 for number in range(entries)]
    display(values[:1])
    gc.collect()
    tracemalloc.start()
    with Quiet():
        display(values)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    previews = sum(sys.getsizeof(repr(number)) for number in values)
    return (taken - previews) / entries * 1e-6
