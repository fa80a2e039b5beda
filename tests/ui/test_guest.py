"""The rich prompt in an environment that has nothing installed: its packages come from histshell's home, and stay there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environments import with_packages
from tests.pythons import Python
from tests.shells.shell import set_up
from tests.ui.rich import Rich, pythons

every_python = pytest.mark.parametrize("python", pythons())
BORROWED = "('ptpython', 'prompt_toolkit', 'pygments', 'wcwidth', 'jedi', 'appdirs')"


@every_python
def test_by_the_setting(python: Python, tmp_path: Path) -> None:
    """`ui = "ptpython"`: `python` opens the rich prompt, and nothing of it can be imported, or is in the namespace."""
    home = tmp_path / "home"
    stub = set_up(home, "bash")
    config = home / ".config" / "histshell" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('ui = "ptpython"\n')
    with Rich(home, argv=[python.path, "-q"], PYTHONSTARTUP=str(stub), columns=140) as rich:
        rich.wait_for_prompt()
        rich.wait_for("no results yet")
        rich.enter("import sys")
        assert rich.enter(f"[name for name in sys.modules if name.split('.')[0] in {BORROWED}]") == ["[]"]
        rows = rich.enter("import prompt_toolkit")
        assert rows[-1] == "ModuleNotFoundError: No module named 'prompt_toolkit'"
        # The one that hands out what the library has been loaded for already, and nothing of home.
        assert rich.enter("[type(one).__name__ for one in sys.meta_path if 'histshell' in type(one).__module__]") == [
            "['OneCopyFinder']"
        ]
        assert rich.enter("[one for one in sys.path if 'histshell' in one or '.venv' in one]") == ["[]"]
        assert rich.enter("sorted(name for name in globals() if name[:2] != '__')") == ["['h', 'sys']"]
        rich.begin("h[1].app")
        rich.wait_for("append")
        rich.abort()
        rich.type("sys.exit(5)")
        rich.press("enter")
        # Bare too, Python 3.13.0 gives 1 for any.
        assert rich.wait_for_end() in ((5, 1) if python.version == (3, 13, 0) else (5,))


@every_python
def test_moving_over_and_back(python: Python, tmp_path: Path) -> None:
    """`h.ui()` at the plain prompt: results, names and inputs are there, and on the way back too; `exit(4)` ends it all."""
    home = tmp_path / "home"
    stub = set_up(home, "bash")
    with Rich(home, argv=[python.path, "-q"], PYTHONSTARTUP=str(stub)) as rich:
        rich.wait_for_prompt()
        rich.enter("value = 40")
        rich.enter("value + 1")
        rich.enter("h.ui()")
        rich.wait_for("1 result")
        assert rich.enter("value + 2, h[1]") == ["(42, 41)"]
        rich.press("up", "up")
        rich.wait_for(lambda: rich.before_cursor.endswith("h.ui()"))
        rich.abort()
        assert "this is the rich prompt" in rich.enter("h.ui()")[0]
        rich._row = rich.row
        rich.press("ctrl-d")
        rich.wait_for_prompt()
        assert rich.enter("h[2]") == ["(42, 41)"]
        rich.press("up", "up", "up")
        rich.wait_for(lambda: rich.before_cursor.endswith("value + 2, h[1]"))
        rich.press("ctrl-u")
        rich.wait_for(rich.at_prompt)
        rich._row = rich.row
        rich.type("h.ui()")
        rich.press("enter")
        rich.wait_for("3 results")
        rich.type("exit(4)")
        rich.press("enter")
        assert rich.wait_for_end() in ((4, 1) if python.version == (3, 13, 0) else (4,))


def test_the_users_own_packages_win(tmp_path: Path) -> None:
    """Where the environment has its own pygments, code sees that one, and the prompt is drawn by home's."""
    python = next(parameter.values[0] for parameter in pythons(every=True) if parameter.id == "3.12")  # type: ignore[attr-defined]
    if python is None:
        pytest.skip("no Python 3.12 here")
    interpreter = with_packages(python, ("pygments==2.17.2",))
    home = tmp_path / "home"
    stub = set_up(home, "bash")
    with Rich(home, argv=[str(interpreter), "-q"], PYTHONSTARTUP=str(stub), HISTSHELL_UI="ptpython") as rich:
        rich.wait_for_prompt()
        rich.begin("'coloured'")
        rich.wait_for(lambda: rich.cell(rich.row, 12).fg != "default")
        rich.abort()
        rich.enter("import pygments")
        assert rich.enter("pygments.__version__") == ["'2.17.2'"]
        rich.begin("'coloured'")
        rich.wait_for(lambda: rich.cell(rich.row, 12).fg != "default")
        rich.abort()
        assert rich.enter("import pygments.lexers; pygments.lexers.__file__.startswith(pygments.__path__[0])") == [
            "True"
        ]


def test_where_home_has_none_to_lend(tmp_path: Path) -> None:
    """One line says so, and the plain prompt opens."""
    home = tmp_path / "home"
    stub = set_up(home, "bash")
    (stub.parent / "home").write_text(f"{Path(__file__).parents[2]}\n/nowhere/bin/python\n")
    python = next(parameter.values[0] for parameter in pythons(every=True) if parameter.values[0])  # type: ignore[attr-defined]
    with Rich(home, argv=[python.path, "-q"], PYTHONSTARTUP=str(stub), HISTSHELL_UI="ptpython") as rich:
        rich.wait_for("the rich prompt cannot be opened")
        rich.wait_for_prompt()
        assert rich.enter("1") == ["1"]


@every_python
def test_asyncio_keeps_its_own_prompt(python: Python, tmp_path: Path) -> None:
    """`python -m asyncio` with `ui = "ptpython"`: its loop runs, so its own prompt stays, and awaits."""
    if python.minor < (3, 13):
        pytest.skip("Python runs no start-up file there")
    home = tmp_path / "home"
    stub = set_up(home, "bash")
    argv = [python.path, "-m", "asyncio"]
    with Rich(home, argv=argv, PYTHONSTARTUP=str(stub), HISTSHELL_UI="ptpython") as session:
        session.wait_for_prompt()
        session.enter("import asyncio")
        assert session.enter("await asyncio.sleep(0, 'slept')") == ["'slept'"]
