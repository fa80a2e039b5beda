"""The list of commands: finding a Python, and trying histshell from a checkout."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.prompt.session import environment
from tests.pythons import thorough
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
    path.write_text(f'#!/bin/sh\nshift; exec {shlex.quote(sys.executable)} -c "{code}" "$@"\n')
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


@thorough
@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.slow
def test_what_failed_gets_a_second_try_alone(tmp_path: Path) -> None:
    """By AGAIN, and only that; what fails twice has failed, and so has what could not be run at all."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_late.py").write_text(
        "from pathlib import Path\n"
        "def test_right(): pass\n"
        "def test_late():\n"
        "    mark = Path(__file__).with_name('mark')\n"
        "    late = mark.exists()\n"
        "    mark.touch()\n"
        "    assert late\n"
    )
    (tmp_path / "test_wrong.py").write_text("def test_wrong(): assert False\n")
    (tmp_path / "test_broken.py").write_text("import nothing_of_this_name\n")

    def run(file: str, again: str = "1") -> tuple[bool, str]:
        own = f"{tmp_path / file} -c {tmp_path / 'pytest.ini'} --rootdir {tmp_path} -p no:hypothesispytest"
        words = ["make", "-o", ".venv/ready-test", "-C", str(ROOT), "test", "WORKERS=2"]
        words += [f"AGAIN={again}", f"ARGS={own}"]
        done = subprocess.run(words, env=environment(tmp_path), capture_output=True, text=True)
        return done.returncode == 0, done.stdout

    passed, said = run("test_late.py")
    assert passed
    assert "1 failed, 1 passed" in said
    assert "once more, alone:" in said
    (tmp_path / "mark").unlink()
    assert not run("test_late.py", again="")[0]
    passed, said = run("test_wrong.py")
    assert not passed
    assert said.count("1 failed") == 2
    assert not run("test_broken.py")[0]


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_the_tests_are_run_without_the_settings_of_anybody(tmp_path: Path) -> None:
    """Python's own variables, which no test could take back, are taken out; ALL asks for every prompt."""
    env = environment(tmp_path, PYTHONOPTIMIZE="2", PYTHONPATH="/nonexistent", PYTHON_BASIC_REPL="1")
    words = ["make", "-n", "-o", ".venv/ready-test", "-C", str(ROOT), "test"]
    said = subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout
    for name in ("PYTHONOPTIMIZE", "PYTHONPATH", "PYTHON_BASIC_REPL"):
        assert f"-u {name} " in said
    assert "HISTSHELL_TEST_ALL" not in said
    said = subprocess.run([*words, "ALL=1"], env=env, capture_output=True, text=True, check=True).stdout
    assert "HISTSHELL_TEST_ALL=1" in said


def test_the_hooks_before_a_commit_are_those_of_lint() -> None:
    """`.pre-commit-config.yaml` runs what `make lint` runs, nothing else, and fetches nothing."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    lint = [line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe.splitlines()]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: (.*)$", hooks, re.MULTILINE)
    assert [entry.removesuffix(" --force-exclude") for entry in entries] == lint
    assert re.findall(r"repo: (.*)", hooks) == ["local"]


def _tab_finds(terminal: Terminal, name: str) -> bool:
    """Jedi's answer; its process takes a second or two to start, so TAB is pressed again."""
    if any(name in row for row in terminal.screen()):
        return True
    terminal.press("tab")
    time.sleep(0.3)
    return False


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.skipif(not (ROOT / ".venv" / "ready-run").exists(), reason="not run by make: there is no .venv to try")
@pytest.mark.parametrize("rich", [False, True])
def test_make_try_writes_nothing_outside_the_checkout(tmp_path: Path, rich: bool) -> None:
    """Whatever the user has set for histshell, results are numbered, TAB asks jedi, and no file comes into the home directory."""
    env = environment(tmp_path, HISTSHELL="0", HISTSHELL_CHAIN="/nonexistent")
    with Terminal(["make", "-C", str(ROOT), "try"], env=env) as terminal:
        terminal.wait_for("h[1] >>>")
        terminal.type("6 * 7\r")
        terminal.wait_for("h[2] >>>")
        assert "42" in terminal.screen()
        if rich:
            terminal.type("h.ui()\r")
            terminal.wait_for(lambda: any("h[2] >>>" in row for row in terminal.screen()[terminal.row :]))
        terminal.type("'  x '.strip().uppe")
        terminal.wait_for(lambda: _tab_finds(terminal, "upper"))
        terminal.press("ctrl-c" if rich else "ctrl-u")
        terminal.wait_for(lambda: terminal.before_cursor == "h[2] >>> ")
        terminal.type("import os; os.path.expanduser('~'), sorted(n for n in dir() if n[0] != '_')\r")
        terminal.wait_for(lambda: f"('{tmp_path}', ['h', 'os'])" in "".join(terminal.screen()))
        terminal.type("exit()\r")
        assert terminal.wait_for_end() == 0
    assert [str(path) for path in tmp_path.rglob("*")] == []
