"""Who gets SIGINT, with real signals."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from histshell import interrupts
from histshell.interrupts import Deferred, Held


def test_a_deferred_signal_comes_at_the_end_once() -> None:
    """What is begun is done to its end."""
    done: list[int] = []

    def draw() -> None:
        with Deferred():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append(1)

    with pytest.raises(KeyboardInterrupt):
        draw()
    assert done == [1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_nothing_came_and_nothing_is_raised() -> None:
    """And the handler is as it was."""
    with Deferred():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_deferred_signal_goes_to_who_has_it() -> None:
    """The user's own handler, or whoever holds it."""
    came: list[str] = []
    old = signal.signal(signal.SIGINT, lambda *_: came.append("user's"))
    try:
        with Deferred():
            signal.raise_signal(signal.SIGINT)
            assert came == []
        assert came == ["user's"]
        with Held(lambda: came.append("holder's")):
            with Deferred():
                signal.raise_signal(signal.SIGINT)
            assert came == ["user's", "holder's"]
    finally:
        signal.signal(signal.SIGINT, old)


def test_a_signal_that_comes_before_it_is_ours_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The act of who was interrupted is not the next one's."""
    before = interrupts.sigint.act

    def too_early(_theirs: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(interrupts.sigint, "ours", too_early)
    with pytest.raises(KeyboardInterrupt):
        Held(lambda: None).__enter__()
    assert interrupts.sigint.act is before


def _at_line(number: int, raised: list[str]) -> Callable[[FrameType, str, object], Any]:
    """A trace function that raises SIGINT before line number `number` of those of `interrupts` that are run."""
    lines = iter(range(number + 1))

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        if frame.f_code.co_filename != interrupts.__file__:
            return None
        if event == "line" and next(lines, None) == number:
            raised.append(frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else frame.f_code.co_name)
            signal.raise_signal(signal.SIGINT)
        return trace

    return trace


def test_no_signal_is_lost_on_the_way_in_and_out() -> None:
    """At whatever line of ours it comes, it arrives; and the handler and the act are as they were."""
    old = sys.gettrace()
    before = interrupts.sigint.act
    for number in range(1000):
        raised: list[str] = []
        came = False
        sys.settrace(_at_line(number, raised))
        try:
            with Deferred():
                pass
        except KeyboardInterrupt:
            came = True
        finally:
            sys.settrace(old)
        assert came == bool(raised), raised
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert (interrupts.sigint.act, interrupts.sigint.is_ours) == (before, False), raised
        if not raised:
            break
    assert 20 < number < 1000
