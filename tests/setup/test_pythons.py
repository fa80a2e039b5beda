"""Finding the Pythons of a machine, and asking them what they are."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from histshell.setup import pythons
from histshell.setup.pythons import Python, candidates, find, probe
from tests.pythons import Python as Interpreter
from tests.pythons import found

ROOT = Path(__file__).resolve().parents[2]
REAL = os.path.realpath(sys.executable)


def empty(tmp_path: Path, **more: str) -> dict[str, str]:
    """An environment that leads to no Python but our own."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    return {"HOME": str(tmp_path), "PATH": str(tmp_path / "bin"), **more}


def copy(path: Path) -> str:
    """Put a program, which is not one of the machine's, at a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shutil.which("true") or "/bin/true", path)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("python", found(), ids=lambda python: python.name)
def test_each_python_says_what_it_is(python: Interpreter) -> None:
    """From 2.7 to the newest, CPython and PyPy."""
    answer = probe(python.path, seconds=30)
    assert (answer.path, answer.problem) == (python.path, "")
    assert (answer.version, answer.implementation) == (python.version, python.implementation)
    assert bool(answer.cache_tag) == (python.version >= (3, 2))
    assert ("_pyrepl" in answer.editors) == (python.implementation == "cpython" and python.version >= (3, 13))


@pytest.mark.parametrize("python", found(), ids=lambda python: python.name)
def test_each_python_tries_to_load_histshell(python: Interpreter, tmp_path: Path) -> None:
    """This checkout's, where it is meant to run; not a broken one; and nothing is written beside it."""
    package = tmp_path / "histshell"
    shutil.copytree(ROOT / "histshell", package, ignore=shutil.ignore_patterns("__pycache__"))
    assert probe(python.path, str(tmp_path), seconds=30).failure == ""
    (package / "session.py").write_text("raise RuntimeError('broken\\tin two')\n")
    failure = probe(python.path, str(tmp_path), seconds=30).failure
    assert failure == ("RuntimeError: broken\\tin two" if python.version >= (3, 8) else "")
    assert not (package / "__pycache__").exists()


@pytest.mark.slow
def test_a_python_is_asked_in_isolation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a module in the current folder nor PYTHONSTARTUP, PYTHONPATH or sitecustomize are run."""
    for name in ("readline.py", "sitecustomize.py", "usercustomize.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "readline.py"))
    for python in found():
        assert probe(python.path, seconds=30).version == python.version
    assert not (tmp_path / "ran").exists()


def test_the_places_are_looked_at_in_order(tmp_path: Path) -> None:
    """The active environments, PATH, pyenv, uv; our own Python closes the list."""
    paths = [
        copy(tmp_path / "venv" / "bin" / "python"),
        copy(tmp_path / "conda" / "bin" / "python"),
        *(copy(tmp_path / "bin" / name) for name in ("pypy3", "python", "python3.12", "python3.13t")),
        *(copy(tmp_path / ".pyenv" / "versions" / name / "bin" / "python") for name in ("2.7.18", "3.12.1")),
        copy(tmp_path / ".local" / "share" / "uv" / "python" / "cpython-3.12" / "bin" / "python3"),
    ]
    environ = empty(tmp_path, VIRTUAL_ENV=str(tmp_path / "venv"), CONDA_PREFIX=str(tmp_path / "conda"))
    assert candidates(environ) == [*paths, sys.executable]


def test_the_places_move_with_the_variables_of_their_tools(tmp_path: Path) -> None:
    """PYENV_ROOT, UV_PYTHON_INSTALL_DIR, XDG_DATA_HOME."""
    pyenv = copy(tmp_path / "p" / "versions" / "3.12.1" / "bin" / "python")
    uv = copy(tmp_path / "u" / "cpython-3.12" / "bin" / "python3")
    data = copy(tmp_path / "d" / "uv" / "python" / "cpython-3.12" / "bin" / "python3")
    own = [sys.executable]
    assert candidates(empty(tmp_path, PYENV_ROOT=str(tmp_path / "p"))) == [pyenv, *own]
    assert candidates(empty(tmp_path, UV_PYTHON_INSTALL_DIR=str(tmp_path / "u"))) == [uv, *own]
    assert candidates(empty(tmp_path, XDG_DATA_HOME=str(tmp_path / "d"))) == [data, *own]


def test_what_is_no_python_program_is_left_out(tmp_path: Path) -> None:
    """Shims are scripts; so are `python3-config` and what else begins like it; an empty file is an alias of Windows."""
    environ = empty(tmp_path)
    shim = Path(copy(tmp_path / "bin" / "python3.11"))
    shim.write_text("#!/bin/sh\ntouch ran\n")
    for name in ("python3-config", "python3.12-gdb.py", "pythonw", "mypython", "python3.12.1"):
        copy(tmp_path / "bin" / name)
    Path(copy(tmp_path / "bin" / "python3.9")).write_bytes(b"")
    Path(copy(tmp_path / "bin" / "python3.8")).chmod(0o644)
    (tmp_path / "bin" / "python3.7").mkdir()
    (tmp_path / "bin" / "python3.6").symlink_to("nowhere")
    assert candidates(environ) == [sys.executable]


def test_one_file_is_asked_once(tmp_path: Path) -> None:
    """However many names lead to it; the first name found is the one shown."""
    environ = empty(tmp_path)
    for name in ("python", "python3"):
        (tmp_path / "bin" / name).symlink_to(REAL)
    assert candidates(environ) == [str(tmp_path / "bin" / "python")]


def test_a_relative_and_an_empty_entry_of_path_are_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the shells have it; what is found has an absolute path."""
    monkeypatch.chdir(tmp_path)
    here, below = copy(tmp_path / "python"), copy(tmp_path / "sub" / "python")
    assert candidates({"HOME": str(tmp_path), "PATH": f":sub:{tmp_path}/gone"})[:2] == [here, below]


def test_a_python_that_hangs_does_not_hold_up_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is shared by all, and each that gave no answer says so."""
    environ = empty(tmp_path)
    for name in ("python", "python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (tmp_path / "bin" / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(REAL, tmp_path / "bin" / name)
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setattr(pythons, "PROBE", "while True: pass")
    start = time.monotonic()
    answers = find(environ, seconds=0.4)
    assert time.monotonic() - start < 10
    assert len(answers) == 7
    assert all("no answer" in answer.problem or "not asked" in answer.problem for answer in answers)


def test_a_program_that_is_no_python_has_a_problem(tmp_path: Path) -> None:
    """It ends without an answer, or cannot be started at all."""
    assert "without an answer" in probe(copy(tmp_path / "bin" / "python3")).problem
    garbage = tmp_path / "bin" / "python3.12"
    garbage.write_bytes(b"\x7fnot a program")
    garbage.chmod(0o755)
    assert "cannot be started" in probe(str(garbage)).problem


def test_the_newest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and not by text; those without an answer last."""
    versions = {"a": (3, 9, 1), "b": (3, 13, 0), "c": (), "d": (3, 10, 2)}
    monkeypatch.setattr(pythons, "candidates", lambda _environ: list(versions))
    monkeypatch.setattr(pythons, "probe", lambda path, _site, _seconds: Python(path, versions[path]))
    assert [python.path for python in find({})] == ["b", "d", "a", "c"]
