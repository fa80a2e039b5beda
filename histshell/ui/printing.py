"""Printing while a line is being typed, by threads and tasks of the user's: above the prompt, not into it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def above_the_prompt() -> Iterator[None]:
    """Let `sys.stdout` and `sys.stderr` print above what is being typed.

    Whoever has kept one of them by the end, a logging handler or a task, goes on with the stream that it stands for.
    """
    from prompt_toolkit.patch_stdout import StdoutProxy

    class Stream(StdoutProxy):
        """Prints above the prompt, and once it is closed to the stream itself."""

        def __init__(self, stream: Any) -> None:
            super().__init__(raw=True)
            self.stream = stream

        def write(self, data: str) -> int:
            """Write a text; gives its length."""
            return int(self.stream.write(data)) if self.closed else super().write(data)

        def flush(self) -> None:
            """See that what was written is to be seen."""
            if self.closed:
                self.stream.flush()
            else:
                super().flush()

    old = sys.stdout, sys.stderr
    if None in old:
        yield
        return
    with Stream(old[0]) as out, Stream(old[1]) as err:
        sys.stdout, sys.stderr = out, err
        try:
            yield
        finally:
            if sys.stdout is out:
                sys.stdout = old[0]
            if sys.stderr is err:
                sys.stderr = old[1]
