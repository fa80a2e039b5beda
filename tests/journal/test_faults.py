"""What may go wrong with the journal's file, each at a real prompt: the input runs, one line says it, and nothing else changes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journal.test_kept import logs
from tests.prompt.session import Session, Start
from tests.pythons import PYPY, Target, numbered_prompts, some_pythons

SAID = "histshell: what you type is not being kept: "


def journal(home: Path) -> Path:
    """The folder of the journals."""
    return home / ".local" / "state" / "histshell" / "journal"


def works(session: Session) -> list[str]:
    """Type a few inputs whose results must be shown as ever; return what histshell has said."""
    assert session.enter("6 * 7")[0] == "42"
    assert session.enter("_ + 1")[0] == "43"
    assert any(row.startswith("ZeroDivisionError") for row in session.enter("1/0"))
    assert session.enter("'still' + ' here'") == ["'still here'"]
    return [row for row in session.history() if row.startswith("histshell:")]


def sources(home: Path) -> list[str]:
    """What is in the one journal."""
    (log,) = logs(home)
    return [one.source for one in log.inputs]


TYPED = ["6 * 7", "_ + 1", "1/0", "'still' + ' here'"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of the sessions that `start` starts."""
    return tmp_path / "home"


def _a_file(path: Path) -> Callable[[], None]:
    shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    return path.unlink


@pytest.mark.parametrize("what", [".local", ".local/state", ".local/state/histshell", ".local/state/histshell/journal"])
@some_pythons
def test_a_file_in_the_place_of_a_folder(start: Start, target: Target, home: Path, what: str) -> None:
    """It is said once; what was typed meanwhile is written when there is a folder again."""
    session = start(target, columns=400).wait_for_prompt()
    undo = _a_file(home / what)
    said = works(session)
    assert len(said) == 1
    assert said[0].startswith(SAID)
    undo()
    session.enter("'last'")
    assert sources(home) == [*TYPED, "'last'"]
    assert session.leave() == 0


@some_pythons
def test_a_folder_that_may_not_be_written_to(start: Start, target: Target, home: Path) -> None:
    """It is said once, and tried again."""
    if os.geteuid() == 0:
        pytest.skip("the superuser may write everywhere")
    session = start(target, columns=400).wait_for_prompt()
    home.chmod(0o500)
    said = works(session)
    home.chmod(0o700)
    assert [row.startswith(f"{SAID}Permission denied") for row in said] == [True]
    session.enter("'last'")
    assert sources(home) == [*TYPED, "'last'"]


@numbered_prompts
def test_files_that_may_not_grow(start: Start, target: Target, home: Path) -> None:
    """A quota, in the middle of a record: it is said once; when there is room the rest is written, and nothing is damaged."""
    # Without caches: some versions write one in part, and go on with that for ever.
    session = start(target, columns=400, env={"PYTHONDONTWRITEBYTECODE": "1"}).wait_for_prompt()
    session.enter("import resource as r")
    limit = "r.setrlimit(r.RLIMIT_FSIZE, ({0}, r.getrlimit(r.RLIMIT_FSIZE)[1]))"
    session.enter("import glob, os")
    session.enter(f"path, = glob.glob({str(journal(home) / '*.jsonl')!r})")
    session.enter(limit.format("os.path.getsize(path) + 70"))
    said = works(session)
    assert [row.startswith(f"{SAID}File too large") for row in said] == [True]
    session.enter(limit.format("-1"))
    session.enter("'last'")
    assert sources(home)[-6:] == [*TYPED, limit.format("-1"), "'last'"]
    assert session.leave() == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with 64 KiB, where one may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 1000)
        except OSError:
            pass


@some_pythons
def test_a_disk_that_is_full(start: Start, target: Target, small_disk: Path) -> None:
    """It is said once; when there is room all that was typed is there."""
    session = start(target, columns=400, env={"XDG_STATE_HOME": str(small_disk)}).wait_for_prompt()
    session.enter("x = 1")
    filler = small_disk / "filler"
    _fill(filler)
    # What is left of the file's last page is used up first.
    session.enter(f"len({'y' * 5000!r})")
    said = works(session)
    assert [row.startswith(f"{SAID}No space left on device") for row in said] == [True]
    filler.unlink()
    session.enter("'last'")
    (path,) = (small_disk / "histshell" / "journal").glob("*.jsonl")
    kept = path.read_text()
    for typed in [*TYPED, "'last'"]:
        assert kept.count(f'"source": "{typed}"') == 1
    assert kept.endswith("\n")


@numbered_prompts
def test_what_is_deleted_under_a_session(start: Start, target: Target, home: Path) -> None:
    """The file, then the folder: both are made anew, and nothing is said."""
    session = start(target, columns=400).wait_for_prompt()
    session.enter("x = 1")
    (path,) = journal(home).glob("*.jsonl")
    path.unlink()
    session.enter("'second'")
    session.enter("'third'")
    assert sources(home) == ["'second'", "'third'"] or sources(home) == ["x = 1", "'second'", "'third'"]
    shutil.rmtree(home / ".local")
    assert works(session) == []
    assert sources(home) == TYPED
    assert (journal(home) / ".gitignore").exists()
    (log,) = logs(home)
    assert log.session.id == path.stem


@some_pythons
def test_a_module_that_a_user_has_broken(start: Start, target: Target, home: Path) -> None:
    """Names of `builtins` and of `os` that are gone are not missed."""
    if target.mode == PYPY or target.is_pyrepl:
        pytest.skip("its own prompt needs them")
    session = start(target, columns=400).wait_for_prompt()
    session.enter("import builtins, os, time, sys")
    session.enter("for name in ('len', 'str', 'type', 'repr', 'getattr', 'OSError'): delattr(builtins, name)\n")
    session.enter("del os.write, os.fstat, os.getcwd, os.getpid, time.time; sys.stderr = None")
    session.enter("'last'")
    session.enter("x = 5")
    assert sources(home)[-2:] == ["'last'", "x = 5"]
