"""A signal at any moment: while the rich prompt opens, while a line is typed, while it closes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.environments import with_packages
from tests.prompt.session import CHECKOUT, STARTUP
from tests.pythons import EVERY, Python
from tests.ui.rich import PACKAGE, Rich, pythons, start

#: Runs the command with a SIGINT at the given line of ours that is run; says in a file how many there were.
INJECTING = """
import atexit, signal, sys

class Injector:
    def __init__(self, at):
        self.at, self.count = at, 0
        atexit.register(self.say)
    def say(self):
        sys.settrace(None)
        with open("count", "w") as stream:
            stream.write(str(self.count))
    def trace(self, frame, event, arg):
        file = frame.f_code.co_filename
        if not ("/histshell/" in file or "/ptpython/" in file) or frame.f_code.co_name == "release":
            return None  # what is done at the exit looks at the frame that a signal comes in, which is this one here
        if event == "line":
            self.count += 1
            if self.count == self.at:
                signal.raise_signal(signal.SIGINT)
        return self.trace

def main():
    injector = Injector(int(sys.argv.pop(1)))
    from histshell import command, interrupts
    interrupts.sigint.ours()  # what comes before this is Python's own start
    sys.settrace(injector.trace)
    command.main()
"""

#: At how many lines, all over the session, there is a signal.
TRIES = 24 if EVERY else 8


def _injected(home: Path, at: int) -> Rich:
    home.mkdir(exist_ok=True)
    (home / "injecting.py").write_text(INJECTING)
    words = ["-c", "import injecting; injecting.main()", str(at), "--home", "repl", "-q"]
    return Rich(home, argv=[sys.executable, *words], PYTHONPATH=f"{CHECKOUT}:{home}")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many lines of ours one session runs, from the command to its end."""
    home = tmp_path_factory.mktemp("counting") / "home"
    with _injected(home, -1) as rich:
        rich.wait_for_prompt()
        rich.press("ctrl-d")
        assert rich.wait_for_end() == 0
    return int((home / "count").read_text())


@pytest.mark.parametrize("part", range(TRIES))
def test_ctrl_c_at_any_line_of_opening_and_closing(part: int, lines: int, tmp_path: Path) -> None:
    """There is a prompt, which works, and an end with its status; nothing of ours is to be seen."""
    with _injected(tmp_path / "home", 2 + (lines - 2) * part // TRIES) as rich:
        rich.wait_for(rich.at_prompt)
        assert rich.enter("6 * 7") == ["42"]
        rich.press("ctrl-d")
        assert rich.wait_for_end() == 0
        assert not any("Traceback" in row or "histshell" in row for row in rich.history()), rich.history()


@pytest.mark.parametrize("python", pythons())
def test_ctrl_c_while_it_opens_over_a_plain_prompt(python: Python, tmp_path: Path) -> None:
    """`h.ui()` typed, and signals after it, some of them while it opens: there is a prompt, and nothing of ours is shown."""
    home = tmp_path / "home"
    home.mkdir()
    interpreter = str(with_packages(python, (PACKAGE,)))
    with Rich(home, argv=[interpreter], PYTHONSTARTUP=str(STARTUP)) as rich:
        rich.wait_for(lambda: rich.before_cursor.endswith("h[1] >>> "))
        rich.enter("'kept'")
        for moment in range(6):
            rich._row = rich.row
            rich.type(
                f"print('it opens', {moment}) or h.ui()"
            )  # from there on: PyREPL does not withstand a signal before
            rich.press("enter")
            rich.wait_for(f"it opens {moment}")
            for _ in range(5):
                rich._read(0.005 + 0.003 * moment)
                os.kill(rich.pid, signal.SIGINT)
            rich.wait_for("1 result")
            rich.wait_for(rich.at_prompt)
            rich._row = rich.row
            rich.press("ctrl-d")
            rich.wait_for_prompt()
        assert rich.enter("h[1]")[-1:] == ["'kept'"]  # readline may draw the prompt once more before it
        assert not any("histshell" in row for row in rich.history())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["sync", "asyncio"])
def test_a_signal_that_ends_it(number: int, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """The process has ended by that signal, and the shell has a terminal that echoes, wraps and edits."""
    shell = ["/bin/sh"]
    with Rich(tmp_path / "home", argv=shell, PS1="shell> ", PYTHONPATH=str(CHECKOUT)) as rich:
        rich.wait_for(lambda: rich.before_cursor == "shell> ")
        words = " ".join(["repl", "-q", *arguments])
        rich.type(f"ulimit -c 0; {sys.executable} -m histshell.command --home {words}; echo status $?\n")
        rich.wait_for_prompt()
        rich.enter("import os")
        pid = int(rich.enter("os.getpid()")[0])
        rich.begin("a line")
        os.kill(pid, number)
        rich.wait_for(f"status {128 + number}")
        rich.wait_for(lambda: rich.before_cursor.endswith("shell> "))
        rich.type("stty -a\n")
        rich.wait_for("icanon")
        rich.wait_for(lambda: rich.before_cursor.endswith("shell> "))
        shown = " ".join(rich.screen())
        assert all(f" {mode} " in shown for mode in ("icanon", "isig", "echo", "icrnl"))


@pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["sync", "asyncio"])
def test_a_handler_of_the_users_that_raises(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """While a line is typed, and while something is awaited: it is shown, the prompt goes on, and tasks live."""
    with start(tmp_path / "home", *arguments) as rich:
        rich.enter("import asyncio, signal")
        rich.enter("def ring(*args): raise TimeoutError('ri' 'ng')")
        rich.enter("signal.signal(signal.SIGALRM, ring) and None")
        if arguments:
            rich.enter("task = asyncio.create_task(asyncio.sleep(1000))")
        for _ in range(2):
            before = sum("TimeoutError: ring" in row for row in rich.history())
            rich.type("signal.setitimer(signal.ITIMER_REAL, 0.2) and None")
            rich.press("enter")
            rich.wait_for(lambda before=before: sum("TimeoutError: ring" in r for r in rich.history()) > before)  # type: ignore[misc]
            rich.wait_for(lambda: rich.before_cursor.endswith(" >>> "))
            rich._row = rich.row - 1
        rich.abort()
        assert rich.enter("task.done()" if arguments else "False") == ["False"]


def test_stopped_from_outside_and_continued(tmp_path: Path) -> None:
    """The line is drawn again, and its keys work."""
    shell = ["/bin/bash", "--norc", "--noprofile"]
    with Rich(tmp_path / "home", argv=shell, PS1="shell> ", PYTHONPATH=str(CHECKOUT)) as rich:
        rich.wait_for(lambda: rich.before_cursor == "shell> ")
        rich.type(f"{sys.executable} -m histshell.command --home repl -q\n")
        rich.wait_for_prompt()
        rich.enter("import os")
        pid = int(rich.enter("os.getpid()")[0])
        for number in (signal.SIGTSTP, signal.SIGSTOP):
            rich.begin("1 + 1")
            row = rich.row
            os.kill(pid, number)
            rich.wait_for(lambda row=row: rich.row > row and rich.before_cursor == "shell> ")  # type: ignore[misc]
            rich.type("fg\n")
            rich.wait_for(lambda: rich.before_cursor.endswith("1 + 1"))
            rich._row = rich.row
            rich.press("enter")
            rich.wait_for_prompt()
            assert "2" in rich.screen()


def test_a_window_that_changes_its_size_while_code_runs(tmp_path: Path) -> None:
    """The prompt is drawn in the new one."""
    with start(tmp_path / "home") as rich:
        rich.type("input()")
        rich.press("enter")
        rich.wait_for(lambda: rich.row == 1)
        rich.resize(24, 60)
        rich._row = rich.row
        rich.type("\n")
        rich.wait_for_prompt()
        rich.wait_for(lambda: max(map(len, rich.screen())) <= 60)
        assert rich.enter("6 * 7") == ["42"]
