"""`histshell` in a terminal, in the environment that is active: with that one's packages, and nothing installed there."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.prompt.session import CHECKOUT
from tests.pythons import found
from tests.ui.rich import Guest, Rich, guests
from tests.where.places import environment, program, pyenv

every_guest = pytest.mark.parametrize("guest", guests(count=2))
#: What Python, readline and the measuring of coverage set.
NOT_OURS = ("LC_", "COLUMNS", "LINES", "COVERAGE_")
COMMAND = [sys.executable, "-m", "histshell.command"]


def open_command(home: Path, *words: str, columns: int = 160, **variables: Any) -> Rich:
    """Start the command in a terminal, in an environment of these variables."""
    variables = {"PYTHONPATH": str(CHECKOUT), "PATH": "/nowhere", **variables}
    return Rich(home, argv=[*COMMAND, *words], columns=columns, **variables)


def banner(rich: Rich) -> list[str]:
    """The rows above the first prompt, but for what the first day's line says."""
    rich.wait_for_prompt()
    return [row.rstrip() for row in rich.history()[: rich.row] if not row.startswith("h[1]: results are kept")]


@every_guest
def test_the_users_own_packages(guest: Guest, tmp_path: Path) -> None:
    """They win in the user's code, though the prompt is drawn by home's; what is not the environment's cannot be imported."""
    place = guest.environment
    with open_command(tmp_path / "home", VIRTUAL_ENV=str(place)) as rich:
        rows = banner(rich)
        assert rows[0].startswith(f"Python {'.'.join(map(str, guest.version))} ")
        assert rows[2:] == [f"{place}/bin/python: the active environment (VIRTUAL_ENV)"]
        rich.wait_for(f"Python {'.'.join(map(str, guest.version))} ({place.name}, active)")
        rich.enter("import sys, os, prompt_toolkit, rich, jedi, numpy as np, pandas as pd")
        assert rich.enter("prompt_toolkit.__version__, jedi.__version__") == ["('3.0.36', '0.19.1')"]
        assert rich.enter("{m.__name__ for m in (prompt_toolkit, rich, jedi, np) if sys.prefix not in m.__file__}") == [
            "set()"
        ]
        rows = rich.enter("import ptpython")
        assert rows[-1] == "ModuleNotFoundError: No module named 'ptpython'"
        assert rich.enter("sys.argv, sys.path[0], os.getpid() == " + str(rich.pid)) == ["([''], '', True)"]
        assert rich.enter("[name for name in os.environ if 'HISTSHELL_B' in name]") == ["[]"]
        rich.enter("import subprocess")
        child = "subprocess.check_output([sys.executable, '-c', 'import os; print(sorted(os.environ))'], text=True)"
        names = ast.literal_eval(ast.literal_eval(rich.enter(child)[0]))
        wanted = ["HISTSHELL_COMPLETION", "HOME", "LANG", "PATH", "PYTHONPATH", "TERM", "VIRTUAL_ENV"]
        assert [name for name in names if not name.startswith(NOT_OURS)] == wanted
        assert rich.enter("[name for name in globals() if 'guest' in name or name[:5] == '_hist']") == ["[]"]
        rich.enter("df = pd.DataFrame({'region': ['a', 'b'], 'sold': np.arange(2)})")
        assert rich.enter("df")[0].split() == ["region", "sold"]
        rich.wait_for("DataFrame 2×2")
        rich.begin("df.reg")
        rich.wait_for("region")
        rich.abort()
        assert rich.enter("sys.modules['histshell.home'].python()") == [repr(sys.executable)]  # whose jedi is asked
        rich.begin("'coloured'")
        rich.wait_for(lambda: rich.cell(rich.row, 12).fg != "default")
        rich.abort()
        rich.type("print('it', 'runs'); __import__('time').sleep(60)")
        rich.press("enter")
        rich.wait_for("it runs")
        rich.press("ctrl-c")
        rich.wait_for("KeyboardInterrupt")
        rich.wait_for_prompt()
        rich.type("sys.exit(5)")
        rich.press("enter")
        assert rich.wait_for_end() == 5


@every_guest
def test_scripts_and_await(guest: Guest, tmp_path: Path) -> None:
    """A script runs in the environment and the prompt follows, with `await`; the user's start-up file runs without one."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "script.py").write_text("import sys\nx = sys.prefix\nprint(sys.argv)\n")
    (home / "mine.py").write_text("import sys, os\nmine = os.environ['PYTHONSTARTUP']\n")
    variables: Any = {"VIRTUAL_ENV": str(guest.environment), "PYTHONSTARTUP": str(home / "mine.py")}
    with open_command(home, "-q", "script.py", "-p", "3.1", **variables) as rich:
        assert banner(rich) == ["['script.py', '-p', '3.1']"]
        assert rich.enter("x") == [repr(str(guest.environment))]
        assert rich.enter("'mine' in globals()") == ["False"]
        rich.press("ctrl-d")
        assert rich.wait_for_end() == 0
    with open_command(home, "--asyncio", "-q", **variables) as rich:
        rich.wait_for_prompt()
        assert rich.enter("mine") == [repr(str(home / "mine.py"))]
        rich.enter("import asyncio")
        assert rich.enter("await asyncio.sleep(0, 'slept')") == ["'slept'"]


def test_which_one_and_why(tmp_path: Path) -> None:
    """By a shim of pyenv's; a project's `.venv` is said to be there, and taken by `-p .` alone; home's own by `--home`."""
    (python,) = [python for python in found() if python.minor == (3, 13)][:1] or [pytest.skip("no Python 3.13 here")]
    home = tmp_path / "home"
    project = environment(home / "project\x1b[2J" / ".venv", python.path).parent
    root = pyenv(tmp_path / "pyenv", "3.13.99", python=python.path)
    (root / "version").write_text("3.13\n")
    program(project / "python3", "#!/bin/sh\necho somebody\n")
    argv = ["/bin/sh", "-c", f'cd "$PROJECT"; exec {" ".join(COMMAND)} "$@"', "sh"]
    given: Any = {"PYTHONPATH": str(CHECKOUT), "PATH": f".:{root}/shims", "PROJECT": str(project)}

    def look(bar: str, *words: str) -> list[str]:
        with Rich(home, argv=[*argv, *words], columns=200, **given) as rich:
            rows = banner(rich)
            rich.wait_for(bar)
            rows += rich.enter("import sys; sys.prefix")
            rich.press("ctrl-d")  # a session without a goodbye would be spoken of in the next
            assert rich.wait_for_end() == 0
        return rows[2:]

    version = ".".join(map(str, python.version))
    shown = "~/project\\x1b[2J/.venv"
    assert look(f"Python {version} (3.13.99, PATH)") == [
        f"{root}/versions/3.13.99/bin/python3: python3 of PATH, 3.13.99 by pyenv",
        f"{shown} is the project's: histshell -p .",
        repr(f"{root}/versions/3.13.99"),
    ]
    assert look(f"Python {version} (project\\x1b[2J, -p .)", "-p", ".") == [
        f"{shown}/bin/python: the project's environment (-p .)",
        repr(f"{project}/.venv"),
    ]
    home_line = f"{sys.executable}: histshell's own Python (--home)"
    assert look(", home)", "--home") == [home_line, repr(sys.prefix)]


@pytest.mark.parametrize("name", ["3.9", "pypy", "3.7"])
def test_a_python_without_the_rich_prompt(name: str, tmp_path: Path) -> None:
    """An active environment's opens its own plain prompt, numbered from 3.8 on; a line says why. The start-up file runs."""
    for python in found():
        if name == ("pypy" if python.implementation == "pypy" else "{}.{}".format(*python.version)):
            break
    else:
        pytest.skip(f"no {name} here")
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine.py").write_text("mine = 'mine'\n")
    place = environment(tmp_path / "env", python.path)
    variables: Any = {"VIRTUAL_ENV": str(place), "PYTHONSTARTUP": str(home / "mine.py")}
    with open_command(home, **variables) as rich:
        rich.wait_for(lambda: rich.before_cursor.endswith(">>> "))
        said = rich.history()[0]
        if name == "3.7":
            assert (
                said
                == f"histshell: Python {'.'.join(map(str, python.version))} is too old for numbers; this is its own prompt"
            )
            assert rich.before_cursor == ">>> "
            return
        assert said.startswith("histshell: the rich prompt needs CPython 3.10 or later; this is the plain one of ")
        assert f"{place}/bin/python: the active environment (VIRTUAL_ENV)" in rich.history()
        rich.wait_for_prompt()
        assert rich.enter("mine") == ["'mine'"]
        assert rich.enter("import sys, os; sys.argv, sys.path[0], sys.prefix") == [f"([''], '', {str(place)!r})"]
        assert rich.enter("[name for name in os.environ if name in ('PYTHONINSPECT', 'HISTSHELL_BECOMES')]") == ["[]"]
        rich.type("sys.exit(5)")
        rich.press("enter")
        assert rich.wait_for_end() == 5


def test_the_pickle_mode_is_there_too(tmp_path: Path) -> None:
    """`histshell pik` opens it in the active environment, whose classes can be trusted; a file of the folder's is not imported."""
    (python,) = [python for python in found() if python.minor == (3, 13)][:1] or [pytest.skip("no Python 3.13 here")]
    place = environment(tmp_path / "env", python.path)
    site = place / "lib" / "python3.13" / "site-packages"
    site.mkdir(parents=True)
    (site / "installed.py").write_text("class Thing: pass\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / "lying.py").write_text("raise SystemExit('imported')\n")
    with open_command(home, "pik", VIRTUAL_ENV=str(place)) as rich:
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        assert rich.history()[0] == f"{place}/bin/python: the active environment (VIRTUAL_ENV)"
        for typed in (":trust installed.Thing", "cinstalled\\nThing\\n)R."):
            rich.type(typed)
            rich.press("enter")
        rich.wait_for("<installed.Thing object at ")
        for typed in (":trust lying.Thing", "clying\\nThing\\n."):
            rich.type(typed)
            rich.press("enter")
        rich.wait_for("No module named")
        rich.press("ctrl-d")
        assert rich.wait_for_end() == 0


def test_a_broken_environment_is_said(tmp_path: Path) -> None:
    """One sentence above the banner, and the prompt of home's Python."""
    with open_command(tmp_path / "home", VIRTUAL_ENV="/nowhere/\x1b]0;title\x07") as rich:
        rows = banner(rich)
        said = "VIRTUAL_ENV: /nowhere/\\x1b]0;title\\x07/bin/python is not there; this is histshell's own Python"
        assert rows[0] == f"histshell: {said}"
        assert rows[3] == f"{sys.executable}: histshell's own Python"
        assert rich.enter("import sys; sys.executable == " + repr(os.path.abspath(sys.executable))) == ["True"]
