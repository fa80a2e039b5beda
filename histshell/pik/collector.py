"""The garbage collector rests while a stream is read: what is read is not garbage."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def resting() -> Iterator[None]:
    """Switch the collector off, if it is on, and on again at the end.

    It would go through all that was read again and again, and that while keys are put in under the clock.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
