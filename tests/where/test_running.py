"""What runs in the Python that was chosen, without a terminal: in that process, with its own environment, status and arguments."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.prompt.session import CHECKOUT
from tests.pythons import Python, found
from tests.where.places import environment, program

pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SEEN = "import os, sys; print([sys.version_info[:2], sys.prefix, sys.argv, os.getpid(), dict(os.environ), sys.path[0]])"


def guest(minor: tuple[int, int], implementation: str = "cpython") -> Python:
    """Return a Python of this version that is on the machine; skips the test where there is none."""
    for python in found():
        if python.minor == minor and python.implementation == implementation:
            return python
    return pytest.skip(f"no {implementation} {minor} here")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in an empty folder, with a PATH that has nothing in it and the variables that are given."""

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        env = {"HOME": str(home), "PATH": "/nowhere", "LANG": "C.UTF-8", "PYTHONPATH": str(CHECKOUT), **variables}
        command = [sys.executable, "-m", "histshell.command", *words]
        return subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, input="")

    return run


def test_code_runs_in_the_active_environment(run: Run, tmp_path: Path) -> None:
    """Its version, its prefix, its arguments; the user's variables as they were, PYTHONSTARTUP among them, and none of ours."""
    for minor in ((3, 10), (3, 13)):
        place = environment(tmp_path / f"an environment {minor[1]}", guest(minor).path)
        given = {"VIRTUAL_ENV": str(place), "PYTHONSTARTUP": "/nowhere/mine.py", "HISTSHELL_STYLE": "red"}
        done = run("-c", SEEN, "one", "--two", **given)
        version, prefix, argv, _, environ, first = ast.literal_eval(done.stdout)
        assert (version, prefix, argv, first) == (minor, str(place), ["-c", "one", "--two"], "")
        bare = {"HOME": str(tmp_path / "home"), "PATH": "/nowhere", "LANG": "C.UTF-8", "PYTHONPATH": str(CHECKOUT)}
        environ.pop("LC_CTYPE", None)  # Python's own
        assert environ == {**bare, **given}
        assert done.stderr == ""


def test_the_process_is_replaced(tmp_path: Path) -> None:
    """The process that was started is the one that runs the user's code: signals and job control are its own."""
    place = environment(tmp_path / "env", guest((3, 13)).path)
    env = {"PATH": "/nowhere", "PYTHONPATH": str(CHECKOUT), "VIRTUAL_ENV": str(place)}
    code = "import os, signal; print(os.getpid(), flush=True); os.kill(os.getpid(), signal.SIGTERM)"
    command = [sys.executable, "-m", "histshell.command", "-c", code]
    with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.read()) == process.pid
    assert process.returncode == -15


@pytest.mark.parametrize("words", [["-p", "PLACE"], ["-pPLACE"], ["repl", "-p", "PLACE"], ["-q", "--home"]])
def test_scripts_modules_and_statuses(words: list[str], run: Run, tmp_path: Path) -> None:
    """A script with its arguments, a module, and the status that each ends with."""
    place = environment(tmp_path / "env", guest((3, 13)).path)
    words = [word.replace("PLACE", str(place)) for word in words]
    (tmp_path / "home").mkdir()
    script = tmp_path / "home" / "repl"  # named as one of our words, which a script may be
    script.write_text("import sys\nprint(sys.argv, sys.path[0], sys.prefix)\nsys.exit(len(sys.argv))\n")
    done = run(*words, str(script), "-p", "3.13")
    prefix = sys.prefix if "--home" in words else str(place)
    assert done.stdout == f"{[str(script), '-p', '3.13']} {tmp_path}/home {prefix}\n"
    assert done.returncode == 3
    assert run(*words, "-m", "json.tool", "--help").stdout.startswith("usage:")
    assert run(*words, "-c", "raise SystemExit(7)").returncode == 7
    failed = run(*words, "-c", "1/0")
    assert (failed.returncode, failed.stderr.splitlines()[-1]) == (1, "ZeroDivisionError: division by zero")
    assert "histshell" not in failed.stderr


def test_an_older_python_runs_it_too(run: Run) -> None:
    """In an active environment of 3.8, 3.7, 2.7 or PyPy a script runs as with `python`; nothing is said of prompts."""
    done = {}
    for python in found():
        if python.minor in ((2, 7), (3, 7), (3, 8)) or python.implementation == "pypy":
            result = run("-p", python.path, "-c", "import sys; print(sys.version_info[0]); sys.exit(4)", "x")
            done[python.name] = (result.stdout, result.stderr, result.returncode)
    assert done
    assert done == {name: ("2\n" if name.startswith("2") else "3\n", "", 4) for name in done}


def test_what_cannot_be_used(run: Run, tmp_path: Path) -> None:
    """One sentence and home's Python for an environment; for what was asked for by `-p`, an end with status 2."""
    script = program(tmp_path / "env" / "bin" / "python", "#!/bin/sh\necho printed\n")
    done = run("-c", "import sys; print(sys.prefix)", VIRTUAL_ENV=str(tmp_path / "env"))
    assert done.stdout == f"{sys.prefix}\n"
    assert done.stderr == f"histshell: VIRTUAL_ENV: {script} is a script; this is histshell's own Python\n"
    no_python = program(tmp_path / "other" / "bin" / "python", "no program of any machine")
    done = run("-c", "import sys; print(sys.prefix)", VIRTUAL_ENV=str(tmp_path / "other"))
    assert done.stdout == f"{sys.prefix}\n"
    assert (
        done.stderr == f"histshell: {no_python} cannot be started: Exec format error; this is histshell's own Python\n"
    )
    for word, said in ((str(script), "is a script"), (str(no_python), "Exec format error"), ("9.9", "no such Python")):
        done = run("-p", word, "-c", "print(1)")
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert said in done.stderr
    hostile = run("-p", "./\x1b[2J", "-c", "print(1)")
    assert (hostile.returncode, "\x1b" in hostile.stderr) == (2, False)
    assert run("-p").returncode == run("--home", "-p", "3.13").returncode == 2


def test_it_does_not_go_round_in_a_circle(run: Run, tmp_path: Path) -> None:
    """An environment whose Python starts histshell again, by a program or by its own start: the second one stays at home."""
    python = guest((3, 13))
    place = environment(tmp_path / "env", python.path)
    site = place / "lib" / "python3.13" / "site-packages"
    site.mkdir(parents=True)
    (site / "sitecustomize.py").write_text(
        f"import os, sys\nif 'HISTSHELL_BECOMES' in os.environ:\n    os.execv({sys.executable!r}, [{sys.executable!r},"
        " '-m', 'histshell.command', '-c', 'import sys; print(sys.prefix)'])\n"
    )
    done = run("-c", "print('there')", VIRTUAL_ENV=str(place))
    assert done.stdout == f"{sys.prefix}\n"
    assert done.stderr == "histshell: that Python starts histshell again; this is histshell's own Python\n"


def test_where_histshell_is_in_the_active_environment(run: Run) -> None:
    """As with `uv run histshell`: home is the active environment, and no process is replaced."""
    code = "import sys; print(sys.orig_argv[1:3], __import__('histshell.home').home.why)"
    assert run("-c", code, VIRTUAL_ENV=sys.prefix).stdout == "['-m', 'histshell.command'] active\n"


def test_without_a_terminal_there_is_no_prompt(run: Run, tmp_path: Path) -> None:
    """A pipe as standard input is no prompt's input; said at once, with no other Python started for it."""
    place = environment(tmp_path / "env", guest((3, 13)).path)
    done = run(VIRTUAL_ENV=str(place))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "histshell: the prompt needs a terminal as its input\n"


def test_pickle_files_are_shown_by_any_python(run: Run, tmp_path: Path) -> None:
    """Files are looked at in home's Python, whose answer is everybody's; with `-p` before it in that one."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "a.pkl").write_bytes(b"I42\n.")
    place = environment(tmp_path / "env", guest((3, 13)).path)
    for words in (["pik", "a.pkl"], ["pik", "-p", str(place), "a.pkl"], ["-p", str(place), "pik", "a.pkl"]):
        done = run(*words, VIRTUAL_ENV="/nowhere")
        title, value = done.stdout.splitlines()
        assert title.startswith("a.pkl   pickle, protocol 0 or 1, 5 bytes, one value ")
        assert (value, done.stderr, done.returncode) == ("42", "", 0)
    done = subprocess.run(
        [sys.executable, "-m", "histshell.command", "-p", str(place), "pik"],
        env={"PYTHONPATH": str(CHECKOUT), "PATH": os.defpath, "HOME": str(tmp_path)},
        input="I42\n.\n",
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == ("42\n", 0)
