"""Windows live while one types: `PyOS_InputHook` is called, by a real Tk on a display of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environments import with_packages
from tests.pythons import Python
from tests.ui.rich import PACKAGE, Rich, pythons, start

every_python = pytest.mark.parametrize("python", pythons())
both = pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["sync", "asyncio"])

#: A window that counts, in a file, how often its timer came; and what a person could do to it.
WINDOW = """
import threading, tkinter
root = tkinter.Tk()
label = tkinter.Label(root, text="before")
label.pack()
main = threading.get_ident()
ticks, threads = 0, set()
def tick():
    global ticks
    ticks += 1
    threads.add(threading.get_ident() == main)
    with open("ticks", "w") as file:
        file.write(str(ticks))
    global timer
    timer = root.after(5, tick)
tick()
"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server without a screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb here")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with open(reading) as file:
        number = file.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def begin(home: Path, display: str, python: Python, *arguments: str) -> Rich:
    """A rich prompt with a window; skips the test where there is no Tk."""
    interpreter = with_packages(python, (PACKAGE,))
    if subprocess.call([interpreter, "-c", "import tkinter"], stderr=subprocess.DEVNULL):
        pytest.skip("no tkinter in this Python")
    home.mkdir()
    (home / "window.py").write_text(WINDOW)
    return start(home, *arguments, python=python, DISPLAY=display)


def wait_for_ticks(rich: Rich, home: Path, more: int = 20) -> None:
    """Wait until the window's timer has come so many times again."""

    def count() -> int:
        try:
            return int((home / "ticks").read_text() or 0)
        except FileNotFoundError:
            return 0

    first = count()
    rich.wait_for(lambda: count() >= first + more)


@both
@every_python
def test_a_window_lives_while_one_types(
    python: Python, arguments: tuple[str, ...], display: str, tmp_path: Path
) -> None:
    """Its timers come in the main thread, before and behind each key; the line is entered all the same, and fd 0 is the user's."""
    home = tmp_path / "home"
    with begin(home, display, python, *arguments) as rich:
        rich.enter("from window import *; import os")
        wait_for_ticks(rich, home)
        rich.begin("6 * ")
        wait_for_ticks(rich, home)
        rich._row = rich.row
        rich.type("7")
        rich.press("enter")
        rich.wait_for_prompt()
        assert "42" in rich.screen()
        assert rich.enter("threads") == ["{True}"]
        assert rich.enter("os.isatty(0), os.ttyname(0) == os.ttyname(1)") == ["(True, True)"]
        assert rich.enter("len(os.listdir('/proc/self/fd')) < 30") == ["True"]
        rich.begin("a line")
        rich.abort()
        rich.begin("another")
        rich._row = rich.row
        os.kill(rich.pid, signal.SIGINT)
        rich.wait_for_prompt()
        rich.enter("import window; root.after_cancel(window.timer); root.destroy()")
        assert rich.enter("'after'") == ["'after'"]
        rich.press("ctrl-d")
        assert rich.wait_for_end() == 0


@both
def test_what_a_window_prints_and_raises(arguments: tuple[str, ...], display: str, tmp_path: Path) -> None:
    """Above the line that is typed; an exception of a callback ends nothing."""
    home = tmp_path / "home"
    python = next(parameter.values[0] for parameter in pythons() if not parameter.marks)  # type: ignore[attr-defined]
    with begin(home, display, python, *arguments) as rich:
        rich.enter("from window import *")
        rich.enter("def press(): print('from the', 'window'); 1 / 0")
        rich.enter("_ = root.after(300, press)")
        rich.type("a line")
        rich.wait_for("ZeroDivisionError")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> a line"))
        assert "from the window" in rich.screen()
        wait_for_ticks(rich, home)
        rich.abort()
        assert rich.enter("6 * 7") == ["42"]


def test_a_window_and_other_threads(display: str, tmp_path: Path) -> None:
    """A thread that prints, one that works, and a signal handler that raises, while a window is there."""
    home = tmp_path / "home"
    python = next(parameter.values[0] for parameter in pythons() if not parameter.marks)  # type: ignore[attr-defined]
    with begin(home, display, python) as rich:
        rich.enter("from window import *; import signal, time")
        rich.enter("threading.Thread(target=lambda: [time.sleep(0.01) for _ in range(10**6)], daemon=True).start()")
        rich.enter("threading.Timer(0.2, print, ['from a', 'thread']).start()")
        rich.type("a line")
        rich.wait_for("from a thread")
        wait_for_ticks(rich, home)
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> a line"))
        rich.abort()
        rich.enter("def ring(*args): raise TimeoutError('ring')")
        rich.enter("signal.signal(signal.SIGALRM, ring) and None")
        rich._row = rich.row + 1
        rich.type("signal.setitimer(signal.ITIMER_REAL, 0.3) and None")
        rich.press("enter")
        rich.wait_for("TimeoutError: ring")
        rich.wait_for_prompt()
        assert rich.enter("os.isatty(0) if __import__('os') and (os := __import__('os')) else 0") == ["True"]


def test_a_task_goes_on_beside_a_window(display: str, tmp_path: Path) -> None:
    """In `--asyncio` timers of both come while a line is typed, and a callback of the window may start a task."""
    home = tmp_path / "home"
    python = next(parameter.values[0] for parameter in pythons() if not parameter.marks)  # type: ignore[attr-defined]
    with begin(home, display, python, "--asyncio") as rich:
        rich.enter("from window import *; import asyncio")
        rich.enter("loop = asyncio.get_running_loop()")
        rich.enter("async def work(): await asyncio.sleep(0.05); open('worked', 'w').close()")
        rich.enter("_ = root.after(200, lambda: loop.create_task(work()))")
        rich.begin("a line")
        rich.wait_for((home / "worked").exists)
        wait_for_ticks(rich, home)
        rich.abort()
        assert rich.enter("await asyncio.sleep(0.01, 'slept')") == ["'slept'"]
