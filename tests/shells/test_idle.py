"""IDLE's shell window, a real one on a display of its own: results into `h`. Skipped where there is no Tk or no Xvfb."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.prompt.session import STARTUP, environment
from tests.pythons import Python, found
from tests.shells.shell import kept

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("drive_idle.py")


@functools.cache
def pythons() -> list[Python]:
    """The Pythons that have IDLE and Tk."""
    probe = "import tkinter, idlelib.pyshell"
    numbered = [python for python in found() if python.implementation == "cpython" and python.version >= (3, 8)]
    return [one for one in numbered if subprocess.run([one.path, "-c", probe], capture_output=True).returncode == 0]


def typed(lines: list[str], home: Path, *options: str) -> list[str]:
    """Type lines into IDLE's shell; return what the window shows in the end, without what was typed."""
    if not pythons():
        pytest.skip("no Python with IDLE and Tk on this machine")
    xvfb = shutil.which("xvfb-run") if shutil.which("xauth") else None  # without which it only complains
    if xvfb is None and not os.environ.get("DISPLAY"):
        pytest.skip("no display, and no xvfb-run to make one")
    script, shown = home / "lines", home / "shown"
    script.write_text("\n".join(lines) + "\n")
    env = environment(home, PYTHONSTARTUP=str(STARTUP))
    if xvfb is None:
        env["DISPLAY"] = os.environ["DISPLAY"]
    words = [*([xvfb, "-a"] if xvfb else []), pythons()[-1].path, str(DRIVER), str(script), str(shown), *options]
    subprocess.run(words, env=env, cwd=home, capture_output=True, timeout=120, check=False)
    assert shown.exists(), "the window was never there"
    rows = shown.read_text().partition("for more information.\n")[2].splitlines()
    rows = [row[4:] if row.startswith(">>> ") else row for row in rows]  # up to 3.9 the prompts are in the text
    return [row for row in rows if row.strip() and row not in lines]


def test_results_have_numbers(tmp_path: Path) -> None:
    """With `idle -s`: each displayed one, its source as typed; an error has none, and none are lost to another hook."""
    lines = [
        "6 * 7",
        "h[1] + 1",
        "x = 5; 'a'",
        "1 / 0",
        "import sys; sys.displayhook = print",
        "'mine'",
        "sys.displayhook = sys.__displayhook__",
        "print(h[1:], [h.entry(n).source for n in range(1, 5)], _h is h)",
    ]
    shown = typed(lines, tmp_path, "-s")
    assert shown[:3] == ["42", "43", "'a'"]
    assert """[42, 43, 'a', 'mine'] ['6 * 7', 'h[1] + 1', "'a'", "'mine'"] True""" in shown
    log = kept(tmp_path)
    assert [one.source for one in log.inputs] == lines
    assert [one.source for one in log.inputs if one.outcome != "ok"] == ["1 / 0"]
    assert log.session.shell == "idle"


def test_the_pickle_mode_and_a_console(tmp_path: Path) -> None:
    """`pik()` reads its lines from the window; a console within the shell has the number in its prompt."""
    lines = ["pik()", "I7", ".", "quit", "import code", "code.interact('')", "'within'", "print(h[1:])"]
    shown = typed(lines, tmp_path, "-s")
    assert any(row.endswith("[7, 'within']") for row in shown)
    assert any("h[2] >>> " in row for row in shown)


def test_taking_it_out(tmp_path: Path) -> None:
    """What was IDLE's is IDLE's again."""
    out = "import sys; sys.modules['histshell'].uninstall()"
    hook = "print(sys.displayhook.__module__, hasattr(sys, 'ps1'), [k for k in __import__('builtins').__dict__ if k == 'h'])"
    shown = typed(["6 * 7", "kept = h", out, "'not ' 'counted'", "print(len(kept))", hook], tmp_path, "-s")
    assert shown == ["42", "'not counted'", "2", "idlelib.rpc False []"]


def test_without_the_option(tmp_path: Path) -> None:
    """IDLE without `-s` runs no start-up file; `histshell.install()` does the same by hand."""
    by_hand = f"import sys; sys.path.append({str(STARTUP.parents[1])!r}); import histshell; histshell.install()"
    shown = typed(["'h' in dir()", by_hand, "6 * 7", "print(h[1:])"], tmp_path)
    assert shown == ["False", "42", "[42]"]
