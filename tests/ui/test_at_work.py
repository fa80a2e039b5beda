"""Ctrl-C ends code of the user's that never ends, wherever it runs: awaited, in a task, a callback, a handler, a window."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.pythons import Python, by_turns
from tests.ui.rich import Rich, pythons, start
from tests.ui.test_windows import begin, display

__all__ = ["display"]  # a fixture

BUSY = """
import asyncio, signal
def spin(*args):
    open("busy", "w").close()
    while True:
        pass
async def never(): spin()
async def both(): await asyncio.gather(never(), asyncio.sleep(1000))
async def healthy():
    while True:
        await asyncio.sleep(0.01)
"""
AWAITED = "await never()"
NESTED = "await both()"
CALLBACK = "_ = asyncio.get_running_loop().call_later(0.1, spin)"
TASK = "task = asyncio.create_task(never())"
HANDLER = "_ = signal.signal(signal.SIGALRM, spin), signal.setitimer(signal.ITIMER_REAL, 0.1)"
WINDOW = "_ = root.after(100, spin)"


#: Seconds of the processor.
MOST_FOR_A_TRACEBACK = 1.5


def _is_asked(rich: Rich) -> bool:
    """Whether the cursor stands behind a prompt."""
    return rich.before_cursor.endswith(" >>> ")


def _is_asked_or_takes_long(rich: Rich, enough: float) -> bool:
    """Whether the cursor stands behind a prompt, or the process has used so many seconds."""
    return _is_asked(rich) or rich.seconds > enough


def _stop(rich: Rich, home: Path, line: str) -> list[str]:
    """Type a line, wait until it is busy, press Ctrl-C until there is a prompt, and return what all that showed.

    What is awaited needs one; pressed again it might end the traceback that is just being printed. So might any other, and it is
    pressed again when so much of the processor's time has been used as no traceback takes.
    """
    first = rich.row
    rich.type(line)
    rich.press("enter")
    rich.wait_for((home / "busy").exists)
    if not line.startswith("await"):  # then a line is being typed, and Ctrl-C would be a key
        rich.wait_for(lambda: _is_asked(rich))
        rich.begin("pass")
        rich.press("enter")
        rich.wait_for(lambda: rich.column == 0)
    for _ in range(3):
        rich.press("ctrl-c")
        enough = rich.seconds + (MOST_FOR_A_TRACEBACK if line != AWAITED else float("inf"))
        rich.wait_for(partial(_is_asked_or_takes_long, rich, enough))
        if _is_asked(rich):
            break
    rich.wait_for(lambda: _is_asked(rich))
    rich._row = rich.row - 1
    assert rich.enter("print(6 * 7)")[-1] == "42"
    return rich.history()[first:]


every_python = pytest.mark.parametrize("python", pythons())


@by_turns("line", [AWAITED, NESTED, CALLBACK, TASK, HANDLER], every_python)
def test_in_an_event_loop(line: str, python: Python, tmp_path: Path) -> None:
    """With `--asyncio`; another task that was there before lives on."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "spinning.py").write_text(BUSY)
    with start(home, "--asyncio", python=python) as rich:
        rich.enter("from spinning import *")
        rich.enter("other = asyncio.create_task(healthy())")
        rows = _stop(rich, home, line)
        assert any("KeyboardInterrupt" in row for row in rows)
        assert not any("histshell" in row for row in rows if "F2 Menu" not in row)  # the bar names the environment
        if line != HANDLER:  # which may have been called in the middle of that task
            assert rich.enter("other.done()")[-1] == "False"
        assert rich.enter("await asyncio.sleep(0, 'slept')")[-1] == "'slept'"


@pytest.mark.parametrize("python", pythons())
def test_where_it_was(python: Python, tmp_path: Path) -> None:
    """What is awaited is ended by one Ctrl-C, with a traceback as anywhere."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "spinning.py").write_text(BUSY)
    with start(home, "--asyncio", python=python) as rich:
        rich.enter("from spinning import *")
        rows = _stop(rich, home, AWAITED)
        assert "in spin" in "".join(rows), "\n".join(rows)  # a long path goes on in the next row
        assert sum("^C" in row for row in rows) <= 1
        assert not any("in _arrived" in row or "in __call__" in row for row in rows)


def test_in_a_handler(tmp_path: Path) -> None:
    """Without a loop of events, while a line is typed."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "spinning.py").write_text(BUSY)
    with start(home) as rich:
        rich.enter("from spinning import *")
        rows = _stop(rich, home, HANDLER)
        assert any("KeyboardInterrupt" in row for row in rows)
        assert not any("histshell" in row for row in rows if "F2 Menu" not in row)


@by_turns("how", ["", "--asyncio"], every_python)
def test_in_a_window(how: str, python: Python, display: str, tmp_path: Path) -> None:
    """A callback of Tk's."""
    home = tmp_path / "home"
    with begin(home, display, python, *how.split()) as rich:
        (home / "spinning.py").write_text(BUSY)
        rich.enter("from spinning import *; from window import root")
        rows = _stop(rich, home, WINDOW)
        assert any("KeyboardInterrupt" in row for row in rows)
