"""The list of commands: finding a Python, and trying histshell from a checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.prompt.session import environment
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
FIND = ROOT / "tools" / "find-python"


def find(*pythons: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run tools/find-python with these arguments."""
    words = ["sh", str(FIND), *map(str, pythons)]
    return subprocess.run(words, env=environment(home), capture_output=True, text=True)


def fake_python(folder: Path, version: str) -> Path:
    """Make an interpreter that says it has another version, and otherwise is the one that runs the tests."""
    folder.mkdir()
    path = folder / "python3"
    code = f"import sys; sys.version_info = ({version}); exec(sys.argv[1])"
    path.write_text(f'#!/bin/sh\nshift; exec "{sys.executable}" -c "{code}" "$@"\n')
    path.chmod(0o755)
    return path


def test_a_python_that_is_new_enough_is_found(tmp_path: Path) -> None:
    """The first one from 3.10 on is taken, also when an older one comes before it."""
    old = fake_python(tmp_path / "old", "3, 9, 18")
    new = fake_python(tmp_path / "new", "3, 10, 0")
    found = find(old, new, home=tmp_path)
    assert (found.returncode, found.stdout.strip()) == (0, str(new))


def test_without_a_new_python_the_remedy_is_named(tmp_path: Path) -> None:
    """The message says what was looked at and how to name another one."""
    old = fake_python(tmp_path / "old", "3, 9, 18")
    found = find(old, tmp_path / "missing", home=tmp_path)
    assert found.returncode == 1
    assert str(old) in found.stderr
    assert "PYTHON=" in found.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.skipif(not (ROOT / ".venv" / "ready-run").exists(), reason="not run by make: there is no .venv to try")
def test_make_try_opens_the_prompt_and_leaves_the_home_directory_alone(tmp_path: Path) -> None:
    """`make try` numbers results whatever the user has set for histshell, and writes nothing but Python's own history."""
    env = environment(tmp_path, HISTSHELL="0", HISTSHELL_CHAIN="/nonexistent")
    with Terminal(["make", "-C", str(ROOT), "try"], env=env) as terminal:
        terminal.wait_for("h[1] >>>")
        terminal.type("6 * 7\r")
        terminal.wait_for("h[2] >>>")
        assert "42" in terminal.screen()
        terminal.press("ctrl-d")
        assert terminal.wait_for_end() == 0
    assert {path.name for path in tmp_path.iterdir()} <= {".python_history"}
