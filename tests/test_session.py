"""Installing into an interpreter and taking everything out again, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(program: str) -> str:
    """Run a program in a fresh interpreter and return what it prints; it must print nothing to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.stdout


def test_install_and_uninstall_leave_no_trace() -> None:
    """Prompts, hook and names are as they were."""
    program = """
import builtins, sys
sys.ps1, sys.ps2 = ">>> ", "... "
before = dict(vars(builtins)), set(globals())
import histshell
histshell.install()
assert str(sys.ps1) == "h[1] >>> " and str(sys.ps2) == "     ... ", (sys.ps1, sys.ps2)
assert h is histshell.h is _h is builtins.h and sys.displayhook is not sys.__displayhook__
sys.displayhook("x")
assert sys.ps1 == "h[2] >>> " and h[1] == "x"
histshell.install()
assert histshell.h is h
histshell.uninstall()
histshell.uninstall()
after = {name: value for name, value in vars(builtins).items() if name != "_"}
assert (after, set(globals()) - {"histshell", "before", "after"}) == (before[0], before[1])
assert (sys.ps1, sys.ps2, sys.displayhook) == (">>> ", "... ", sys.__displayhook__)
"""
    assert run(program) == "'x'\n"


def test_names_that_are_taken_stay() -> None:
    """Neither a name of the user's nor one in builtins is taken away, on the way in or out."""
    program = """
import builtins, sys
h, builtins._h = "mine", "theirs"
import histshell
histshell.install()
assert (h, _h, builtins.h is histshell.h) == ("mine", "theirs", True)
assert str(sys.ps1) == "[1] >>> "
del builtins._h
histshell.uninstall()
assert h == "mine" and not hasattr(builtins, "h")
"""
    assert run(program) == ""


def test_prompts_and_hook_of_the_users_stay() -> None:
    """A prompt that the user has set stays, and results are recorded all the same."""
    program = """
import sys
sys.ps1 = "mine> "
sys.displayhook = mine = lambda value: print("shown", value)
import histshell
histshell.install()
assert sys.ps1 == "mine> " and str(sys.ps2) == "     ... "
sys.displayhook(5)
sys.displayhook(None)
assert histshell.h[1:] == [5] and sys.ps1 == "mine> "
histshell.uninstall()
assert sys.displayhook is mine and sys.ps1 == "mine> "
"""
    assert run(program) == "shown 5\nshown None\n"


@pytest.mark.parametrize(
    "module",
    ["histshell", "histshell.session", "histshell.recorder", "histshell.hook", "histshell.prompt", "histshell.history"],
)
def test_reloading_goes_on_with_the_same_history(module: str) -> None:
    """`importlib.reload` of any of our modules, and the results keep their numbers."""
    program = f"""
import importlib, sys
import histshell
histshell.install()
sys.displayhook(1)
importlib.reload(importlib.import_module({module!r}))
str(sys.ps1)
sys.displayhook(2)
str(sys.ps1)
sys.displayhook(3)
assert list(h) == [None, 1, 2, 3], list(h)
assert histshell.h is h and str(sys.ps1) == "h[4] >>> "
"""
    assert run(program) == "1\n2\n3\n"


def test_another_shell_is_left_alone() -> None:
    """Started from IPython's frames, nothing happens."""
    program = """
import sys
import histshell
namespace = {"__name__": "IPython.core.shell", "histshell": histshell, "sys": sys}
exec("histshell.install({})", namespace)
assert sys.displayhook is sys.__displayhook__ and not hasattr(sys, "ps1")
"""
    assert run(program) == ""


def test_the_package_names() -> None:
    """Everything public is there, lazily, and anything else is an AttributeError."""
    program = """
import histshell
assert [name for name in histshell.__all__ if not hasattr(histshell, name)] == []
assert dir(histshell) == sorted(histshell.__all__)
try: histshell.nothing
except AttributeError as error: print(error)
"""
    assert run(program) == "module 'histshell' has no attribute 'nothing'\n"
