"""What is written under Python's own prompt is written to its end, with real signals and the real stream."""

from __future__ import annotations

import signal
import sys

import pytest

from histshell.shells.stock.tab_readline import Words


def test_ctrl_c_while_a_list_is_drawn_comes_when_the_line_stands_under_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The line editor would take the screen for what it is not."""
    words = object.__new__(Words)

    def redraw() -> None:
        sys.stdout.write("first half, ")
        signal.raise_signal(signal.SIGINT)
        sys.stdout.write("second half")

    words.redraw = redraw
    with pytest.raises(KeyboardInterrupt):
        words.below(["a list"])
    assert capsys.readouterr().out.endswith("first half, second half")
