"""Which Python is chosen, and why: with real files, none of which is run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from histshell.where import asked, choice, interpreter
from tests.where.places import environment, program, pyenv

MINOR = "{}.{}".format(*sys.version_info)


def chosen(tmp_path: Path, folder: Path | None = None, **variables: str) -> choice.Choice:
    """Choose with these variables, and a PATH that has nothing if none is given."""
    return choice.choose({"PATH": "/nowhere", "HOME": str(tmp_path), **variables}, str(folder or tmp_path))


def test_an_active_environment_wins_over_path(tmp_path: Path) -> None:
    """VIRTUAL_ENV first, then CONDA_PREFIX, then PATH, whatever stands first there. Blanks in a path are nothing special."""
    one, two = environment(tmp_path / "mounted disk" / "one"), environment(tmp_path / "two")
    path = str(program(tmp_path / "bin" / "python3").parent)
    found = chosen(tmp_path, VIRTUAL_ENV=str(one), CONDA_PREFIX=str(two), PATH=path)
    assert (found.path, found.short, found.said) == (f"{one}/bin/python", "active", "")
    found = chosen(tmp_path, VIRTUAL_ENV="", CONDA_PREFIX=str(two), PATH=path)
    assert (found.path, found.long) == (f"{two}/bin/python", "the active conda environment (CONDA_PREFIX)")
    found = chosen(tmp_path, PATH=path)
    assert (found.path, found.short) == (f"{path}/python3", "PATH")


def test_a_conda_environment_without_python(tmp_path: Path) -> None:
    """It has nothing to run and is nothing to complain about: `python3` of PATH is what its user would get."""
    (tmp_path / "tools").mkdir()
    path = str(program(tmp_path / "bin" / "python3").parent)
    found = chosen(tmp_path, CONDA_PREFIX=str(tmp_path / "tools"), PATH=path)
    assert (found.path, found.said) == (f"{path}/python3", "")


def _folder(path: Path) -> None:
    path.mkdir(parents=True)


def _loop(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to(path)


def _fifo(path: Path) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: None, "is not there"),
        (_folder, "is a folder"),
        (_loop, "cannot be used"),
        (lambda path: program(path, "#!/bin/sh\necho printed\n"), "is a script"),
        (lambda path: program(path, "\x7fELF", mode=0o644), "is not executable"),
        (lambda path: (program(path, "x"), path.write_text("")), "is empty"),
        (lambda path: (path.parent.mkdir(parents=True), path.symlink_to("/nowhere/python")), "is a link to nothing"),
        (_fifo, "is no file"),
    ],
    ids=["missing", "folder", "loop", "script", "not-executable", "empty", "dangling", "fifo"],
)
def test_a_broken_environment_gets_one_sentence(make: object, said: str, tmp_path: Path) -> None:
    """And home's Python: not the next one in PATH, which the user does not mean."""
    assert callable(make)
    make(tmp_path / "broken" / "bin" / "python")
    path = str(program(tmp_path / "bin" / "python3").parent)
    for variable in ("VIRTUAL_ENV", *(["CONDA_PREFIX"] if said != "is not there" else [])):
        found = chosen(tmp_path, None, PATH=path, **{variable: str(tmp_path / "broken")})
        assert (found.path, found.short) == ("", "home")
        assert found.said.startswith(f"{variable}: {tmp_path}/broken/bin/python {said}")


def test_an_environment_that_is_a_file_or_not_a_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative VIRTUAL_ENV would be one of the folder that one stands in."""
    environment(tmp_path / "here")
    monkeypatch.chdir(tmp_path)
    assert "is not the whole path" in chosen(tmp_path, VIRTUAL_ENV="here").said
    (tmp_path / "file").write_text("")
    assert "file/bin/python cannot be used: Not a directory" in chosen(tmp_path, VIRTUAL_ENV=f"{tmp_path}/file").said
    assert "cannot be used" in chosen(tmp_path, VIRTUAL_ENV="/a\0b").said


def test_nothing_of_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty and relative entries of PATH are passed over, and so is what the shell would not start either."""
    monkeypatch.chdir(tmp_path)
    program(tmp_path / "python3")
    program(tmp_path / "bin" / "python3")
    program(tmp_path / "unfit" / "python3", "\x7fELF", mode=0o644)
    (tmp_path / "folder" / "python3").mkdir(parents=True)
    good = str(program(tmp_path / "good" / "python3").parent)
    before = [".", "", "bin", "./bin", f"{tmp_path}/unfit", f"{tmp_path}/folder"]
    assert chosen(tmp_path, PATH=":".join([*before, good])).path == f"{good}/python3"
    assert chosen(tmp_path, PATH=":".join(before)).short == "home"


def test_a_python_that_is_too_old(tmp_path: Path) -> None:
    """`python3` of PATH gives way to home's, and the banner says so; an active environment's is run, whatever it is."""
    old = program(tmp_path / "old" / "python3.9", "\x7fELF")
    (old.parent / "python3").symlink_to("python3.9")
    found = chosen(tmp_path, PATH=str(old.parent))
    assert (found.path, found.long) == ("", f"histshell's own Python (python3 of PATH, {old.parent}/python3, is 3.9)")
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").symlink_to(old)
    assert chosen(tmp_path, VIRTUAL_ENV=f"{tmp_path}/env").path == f"{tmp_path}/env/bin/python"


def test_a_version_is_told_by_the_files(tmp_path: Path) -> None:
    """By the name that a link leads to, the one library beside it, or what an environment has noted."""
    assert interpreter.version(str(environment(tmp_path / "env") / "bin" / "python")) == sys.version_info[:2]
    alone = program(tmp_path / "alone" / "bin" / "python3", "\x7fELF")
    assert interpreter.version(str(alone)) == ()
    library = tmp_path / "alone" / "lib" / "python3.12"
    library.mkdir(parents=True)
    (library / "os.py").touch()
    assert interpreter.version(str(alone)) == (3, 12)
    noted = program(tmp_path / "noted" / "bin" / "python", "\x7fELF")
    (tmp_path / "noted" / "pyvenv.cfg").write_text("version_info = 3.8.1.final.0\n")
    assert interpreter.version(str(noted)) == (3, 8)


@pytest.mark.parametrize(
    ("version", "local", "found"),
    [
        ("", "", "3.12.1"),
        ("3.11.7", "3.12.1\n", "3.11.7"),
        ("", "# mine\n3.11.7\n", "3.11.7"),
        ("", "3.11\n", "3.11.10"),  # the newest: numbers are compared as numbers
        ("", "9.9 python-3.11.7", "3.11.7"),  # the first that is there, as with several versions
        ("3.12.1/envs/mine", "", "3.12.1/envs/mine"),
    ],
)
def test_a_shim_of_pyenvs_is_resolved(version: str, local: str, found: str, tmp_path: Path) -> None:
    """By PYENV_VERSION, `.python-version` here or above, and pyenv's own `version`. The shim is not run."""
    root = pyenv(tmp_path / "pyenv", "3.11.7", "3.11.10", "3.12.1")
    (root / "version").write_text("3.12.1\n")
    environment(root / "versions" / "3.12.1" / "envs" / "mine")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    if local:
        (tmp_path / "a" / ".python-version").write_text(local)
    got = chosen(tmp_path, below, PATH=f"{root}/shims", PYENV_VERSION=version)
    assert (got.path, got.long) == (f"{root}/versions/{found}/bin/python3", f"python3 of PATH, {found} by pyenv")


@pytest.mark.parametrize("name", ["../../here", "/here", "..", ".", "", "9.9", "a\0b", "3.12.1/../../../here"])
def test_a_version_that_pyenv_does_not_have(name: str, tmp_path: Path) -> None:
    """A `.python-version` names one of pyenv's versions and no path: one sentence, and home's Python."""
    root = pyenv(tmp_path / "pyenv", "3.12.1")
    environment(tmp_path / "here")
    below = tmp_path / "below"
    below.mkdir()
    os.mkfifo(below / ".python-version")  # which nobody writes into
    (tmp_path / ".python-version").write_text(f"{name}\n")
    (root / "version").write_text("none-such\n")
    found = chosen(tmp_path, below, PATH=f"{root}/shims")
    assert (found.path, found.short) == ("", "home")
    assert "pyenv has no python3 in " in found.said


def test_pyenvs_system_is_the_next_in_path(tmp_path: Path) -> None:
    """`system`, also where pyenv is told nothing at all; another tool's script is not run."""
    root = pyenv(tmp_path / "pyenv", "3.12.1")
    path = str(program(tmp_path / "bin" / "python3").parent)
    assert chosen(tmp_path, PATH=f"{root}/shims:{path}").path == f"{path}/python3"
    assert chosen(tmp_path, PATH=f"{root}/shims:{path}", PYENV_VERSION="system").path == f"{path}/python3"
    other = program(tmp_path / "other" / "python3", "#!/bin/sh\nexec asdf exec python3\n").parent
    assert "is a script" in chosen(tmp_path, PATH=f"{other}:{path}").said


def test_the_environment_of_the_project(tmp_path: Path) -> None:
    """Of the folder one stands in or one above it, up to one's home, which is nobody's project."""
    environment(tmp_path / ".venv")
    below = tmp_path / "project" / "a" / "b"
    below.mkdir(parents=True)
    environ = {"HOME": str(tmp_path)}
    assert choice.project_environment(str(below), environ) == ""
    with pytest.raises(asked.NoSuchPython, match=r"there is no \.venv"):
        asked.find(".", environ, str(below))
    mine = environment(tmp_path / "project" / ".venv")
    assert choice.project_environment(str(below), environ) == str(mine)
    assert asked.find(".", environ, str(below)).path == f"{mine}/bin/python"
    assert choice.choose({**environ, "PATH": ""}, str(below)).short == "home"  # it is never taken unasked


def test_a_python_by_its_version(tmp_path: Path) -> None:
    """The newest of pyenv's and uv's; else a program in PATH, but never one of the folder that one stands in."""
    root = pyenv(tmp_path / ".pyenv", "3.13.2", "3.13.10", "3.12.9", "mine")
    uv = tmp_path / ".local" / "share" / "uv" / "python"
    for name in (
        "cpython-3.13.9-linux-x86_64-gnu",
        "cpython-3.12.11-linux-x86_64-gnu",
        "pypy-3.10.16-linux-x86_64-gnu",
    ):
        environment(uv / name)
    path = program(tmp_path / "bin" / "python3.9").parent
    program(tmp_path / "python3.8")
    environ = {"HOME": str(tmp_path), "PATH": f".:{path}"}
    for name, place in {
        "3.13": root / "versions" / "3.13.10",
        "3.13.2": root / "versions" / "3.13.2",
        "3.12": uv / "cpython-3.12.11-linux-x86_64-gnu",
        "pypy-3.10": uv / "pypy-3.10.16-linux-x86_64-gnu",
        "mine": root / "versions" / "mine",
        "./.pyenv/versions/mine": root / "versions" / "mine",
        "~/.pyenv/versions/mine": root / "versions" / "mine",
    }.items():
        os.environ["HOME"], old = str(tmp_path), os.environ["HOME"]
        try:
            found = asked.find(name, environ, str(tmp_path))
        finally:
            os.environ["HOME"] = old
        assert (found.path, found.short) == (f"{place}/bin/python", f"-p {name}")
    whole = asked.find(f"{path}/python3.9", environ, str(tmp_path))
    assert (whole.path, whole.short, whole.long) == (f"{path}/python3.9", "-p", "named by -p")
    assert asked.find("3.9", environ, str(tmp_path)).path == f"{path}/python3.9"
    assert asked.find("python3.9", environ, str(tmp_path)).path == f"{path}/python3.9"
    for name in ("3.8", "3.99", "python3.8", "../x", "/nowhere/python", ".."):
        with pytest.raises(asked.NoSuchPython):
            asked.find(name, environ, str(tmp_path))
