"""What a user's code may do to the rich prompt: it goes on, and the results are there."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.pythons import Python
from tests.ui.rich import Rich, pythons, start

#: What is entered first, what goes wrong then, and what is said.
WRONG = [
    (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass E(Exception):\n    x: int = 1\n",
        "raise E(5)",
        "E: 5",
    ),
    ("class E(Exception):\n    def with_traceback(self, trace): raise OSError\n", "raise E('why')", "E: why"),
    ("class E(Exception):\n    def __str__(self): raise OSError\n", "raise E()", "E: <exception str() failed>"),
    ("import sys\nsys.stderr = None\n", "1 / 0", "ZeroDivisionError: division by zero"),
    ("import sys\ndel sys.excepthook\n", "1 / 0", "ZeroDivisionError: division by zero"),
    ("import sys\nsys.excepthook = lambda *args: {}['no']\n", "raise ValueError('this')", "ValueError: this"),
    ("import sys\nsys.excepthook = 5\n", "raise ValueError('this')", "ValueError: this"),
    ("try:\n    exit()\nexcept SystemExit:\n    pass\n", "print('goes on')", "goes on"),
    ("class R:\n    def __repr__(self): raise OSError('repr')\n", "R()", "OSError: repr"),
    ("long = '+'.join(['1'] * 2000)\n", "eval(long)", "2000"),
    ("import sys\nsys.stderr.close()\n", "1 / 0", "ZeroDivisionError: division by zero"),
    ("import sys\nsys.stdin.close()\n", "print('goes on')", "goes on"),
]
#: They are typed in two sessions, each of which ends with what cannot be taken back.
HALVES = [WRONG[::2], WRONG[1::2]]


@pytest.mark.parametrize("half", [0, 1])
def test_it_goes_on(half: int, tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Each is said as Python says it, and what was recorded before is there."""
    with start(tmp_path / "home") as rich:
        rich.enter("import sys; excepthook = sys.excepthook, sys.stdin, sys.stderr; 'kept'")
        for preparation, line, said in HALVES[half]:
            with subtests.test(line, preparation=preparation):
                rich.paste(preparation)
                rich._row = rich.row
                rich.press("enter")
                rich.wait_for_prompt()
                assert said in [row.strip() for row in rich.enter(line)]
                assert rich.enter("h[1]") == ["'kept'"]
                rich.enter("sys.excepthook, sys.stdin, sys.stderr = excepthook")


def test_a_long_expression(tmp_path: Path) -> None:
    """As long as Python's own compiler takes it."""
    with start(tmp_path / "home", columns=200) as rich:
        rich.paste("+".join(["1"] * 1500))
        rich._row = rich.row
        rich.press("enter")
        rich.wait_for_prompt()
        assert rich.enter("h[1]") == ["1500"]


def test_signals_at_any_moment(tmp_path: Path) -> None:
    """Ten times as many as anybody would send: between two inputs, while one begins, while its end is shown."""
    with start(tmp_path / "home") as rich:
        rich.enter("'kept'")
        for number in range(30):
            rich.type("1")
            rich.press("enter")
            for _ in range(3):
                os.kill(rich.pid, signal.SIGINT)
                rich._read(0.002 * (number % 5))
        rich.press("ctrl-c")
        rich.type("print('at ' 'the end')")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> print('at ' 'the end')"))
        rich.press("enter")
        rich.wait_for("at the end")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> "))
        rich._row = rich.row - 1
        rich.wait_for_prompt()
        assert rich.enter("h[1]") == ["'kept'"]


def test_a_signal_handler_that_raises(tmp_path: Path) -> None:
    """What it raises while a line is typed is shown as the user's; no second editor is left running."""
    with start(tmp_path / "home") as rich:
        rich.enter("import signal, threading")
        rich.enter("def ring(*args): raise TimeoutError('ring')")
        rich.enter("signal.signal(signal.SIGALRM, ring) and None")
        rich._row = rich.row + 1
        rich.type("signal.setitimer(signal.ITIMER_REAL, 0.2) and None")
        rich.press("enter")
        rich.wait_for("TimeoutError: ring")
        rich.wait_for_prompt()
        assert rich.enter("[t.name for t in threading.enumerate() if 'editor' in t.name]") == ["[]"]


def test_code_is_compiled_without_our_own_flags(tmp_path: Path) -> None:
    """Annotations of a script and of a start-up file are what they are there; the folder and the arguments are Python's."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "script.py").write_text("def f(x: int): pass\n")
    (home / "startup.py").write_text("def g(x: int): pass\n")
    (home / "beside.py").write_text("value = 5\n")
    with Rich(home, ["-q", "script.py"]) as rich:
        rich.wait_for_prompt()
        assert rich.enter("f.__annotations__['x']") == ["<class 'int'>"]
    with start(home, PYTHONSTARTUP=str(home / "startup.py")) as rich:
        assert rich.enter("g.__annotations__['x']") == ["<class 'int'>"]
        assert rich.enter("import sys, beside; sys.argv, sys.path[0], beside.value") == ["([''], '', 5)"]


def test_a_module_and_the_prompt_have_one_namespace(tmp_path: Path) -> None:
    """As with `python -i -m`: what its functions change is seen at the prompt."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "counting.py").write_text("count = 0\ndef more():\n    global count\n    count += 1\n")
    with Rich(home, ["-q", "-m", "counting"]) as rich:
        rich.wait_for_prompt()
        rich.enter("more()")
        assert rich.enter("count, __name__") == ["(1, '__main__')"]


def test_the_inputs_are_made_private(tmp_path: Path) -> None:
    """Also in a file that was there before, readable by all."""
    folder = tmp_path / "home" / ".local" / "share" / "histshell"
    folder.mkdir(parents=True)
    kept = folder / "inputs"
    kept.write_text("")
    kept.chmod(0o644)
    with start(tmp_path / "home", HISTSHELL_JOURNAL="off") as rich:
        rich.enter("1")
        assert kept.stat().st_mode & 0o777 == 0o600


def test_looking_at_a_pickle_runs_nothing(tmp_path: Path) -> None:
    """A trusted instance on the stack: typing opcodes that would hash it, or hand it something, calls nothing of it."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "spy.py").write_text(
        "calls = []\n"
        "class K:\n"
        "    def __hash__(self): calls.append('hash'); return 1\n"
        "    def __eq__(self, other): calls.append('eq'); return True\n"
        "    def append(self, x): calls.append('append')\n"
        "    def __setitem__(self, k, v): calls.append('set')\n"
    )
    with start(home) as rich:
        rich.enter("import spy")
        rich.type("pik()")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        for line in (":trust spy.K", "(cspy", "K", ")\\x81"):
            rich._row = rich.row
            rich.type(line)
            rich.press("enter")
            rich.wait_for(lambda: rich.row > rich._row and rich.before_cursor in ("pik> ", "...> "))
        for typed, seen in (("Nd", "then DICT"), ("\\x91", "then FROZENSET"), ("}N2s", ""), ("Na", "then APPEND")):
            rich.begin(typed)
            if seen:
                rich.wait_for(seen)
            rich.press(*["backspace"] * len(typed))
            rich.wait_for(lambda: rich.before_cursor == "...> ")
        rich.press("ctrl-d")
        rich.wait_for(lambda: rich.before_cursor == "h[1] >>> ")
        rich._row = rich.row - 1
        assert rich.enter("spy.calls") == ["[]"]


def test_await_with_a_busy_executor(tmp_path: Path) -> None:
    """The prompt does not wait for the user's threads; what a task kept of the streams goes on printing."""
    with start(tmp_path / "home", "--asyncio") as rich:
        rich.enter("import asyncio, time, logging, sys")
        rich.enter("loop = asyncio.get_running_loop()")
        rich.enter("jobs = [loop.run_in_executor(None, time.sleep, 600) for _ in range(60)]")
        assert rich.enter("1") == ["1"]
        rich.enter(
            "async def keep(): global kept; await asyncio.sleep(0.01); kept = sys.stdout; open('done', 'w').close()"
        )
        rich.enter("task = asyncio.create_task(keep())")
        rich.wait_for((tmp_path / "home" / "done").exists)
        rich.enter("None")
        assert rich.enter("print('by what it kept', file=kept)") == ["by what it kept"]


@pytest.mark.parametrize("python", pythons())
def test_every_task_cancelled(python: Python, tmp_path: Path) -> None:
    """`asyncio.all_tasks()` are the user's, and cancelling each that can be had leaves the prompt."""
    with start(tmp_path / "home", "--asyncio", python=python) as rich:
        rich.enter("import asyncio")
        assert rich.enter("asyncio.all_tasks()") == ["set()"]
        rich.enter("task = asyncio.create_task(asyncio.sleep(1000))")
        assert rich.enter("len(asyncio.all_tasks()), asyncio.current_task() in asyncio.all_tasks()") == ["(1, False)"]
        rich.enter("_ = [each.cancel() for each in asyncio.all_tasks()]")
        rich.enter("_ = asyncio.current_task().cancel()")
        rich.enter("await asyncio.sleep(0)")
        assert rich.enter("task.cancelled()") == ["True"]
        rich.enter("async def everything(): return [each.cancel() for each in asyncio.all_tasks()]")
        assert rich.enter("await everything(); await asyncio.sleep(0)")[-1].endswith("CancelledError")
        rich.enter("others = asyncio.all_tasks() - {asyncio.current_task()}")
        assert rich.enter("await asyncio.gather(*others)") == ["[]"]
        rich.press("ctrl-d")
        assert rich.wait_for_end() == 0
        assert not any("destroyed" in row or "never" in row for row in rich.history())


def test_the_display_hook_taken_away(tmp_path: Path) -> None:
    """Python's own is put back, as with `sys.excepthook`, and results have numbers."""
    with start(tmp_path / "home") as rich:
        rich.enter("import sys; del sys.displayhook, sys.excepthook")
        assert rich.enter("5") == ["5"]
        assert rich.enter("1 / 0")[-1] == "ZeroDivisionError: division by zero"
        assert rich.enter("h[1]") == ["5"]


def test_every_module_taken_away(tmp_path: Path) -> None:
    """Where nothing can be imported any more the plain prompt takes over, with what was there."""
    with start(tmp_path / "home") as rich:
        rich.enter("import sys, histshell.libraries as ours; 'kept'")
        rich.type("ours.loaded('prompt_toolkit.application').Application.run = None; sys.modules.clear()")
        rich.press("enter")
        rich.wait_for("h is kept")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> "))
        rich.type("h[1] + '!'")
        rich.press("enter")
        rich.wait_for("'kept!'")
