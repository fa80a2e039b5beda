"""The start-up file in the data directory, and the one that takes its place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from histshell import home
from histshell.errors import HistshellError
from histshell.setup import doctor, stub
from histshell.setup.small_files import FileError
from tests.pythons import Python, found
from tests.terminal import Terminal

EVERY_PYTHON = pytest.mark.parametrize("python", found(), ids=lambda python: python.name)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a data directory of our own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "it's a $HOME"))
    return tmp_path / "it's a $HOME" / "histshell"


def test_placing_it_twice_writes_it_once(data: Path) -> None:
    """The stub is the packaged one, `home` names where we are; the second time there is nothing to do."""
    assert stub.state() == stub.MISSING
    assert stub.named_home() is None
    assert stub.place() == [str(data / name) for name in ("home", "otherwise.py", "pythonstartup.py")]
    assert stub.state() == stub.CURRENT
    assert stub.named_home() == home.SITE
    assert stub.installed() == str(data / "pythonstartup.py")
    assert (data / "home").read_bytes() == os.fsencode(f"{home.SITE}\n{sys.executable}\n")
    assert stub.place() == []


@pytest.mark.parametrize("half", ["home", "otherwise.py", "pythonstartup.py"])
def test_a_half_done_installation_is_completed(half: str, data: Path) -> None:
    """Whichever of the files is missing or stale is written, the other left alone."""
    stub.place()
    (data / half).unlink()
    assert stub.place() == [str(data / half)]
    (data / half).write_text("stale\n")
    assert stub.place() == [str(data / half)]
    assert stub.state() == stub.CURRENT


def test_another_version_is_told_from_this_one(data: Path) -> None:
    """One changed byte is another version."""
    stub.place()
    with open(data / "pythonstartup.py", "a") as file:
        file.write("\n")
    assert stub.state() == stub.OTHER


def test_retiring_leaves_one_harmless_file(data: Path) -> None:
    """And nothing if there was nothing; placed again, all is as before."""
    assert stub.retire() is None
    assert not data.exists()
    stub.place()
    assert stub.retire() == str(data / "pythonstartup.py")
    assert os.listdir(data) == ["pythonstartup.py"]
    assert stub.state() == stub.GONE
    assert stub.retire() is None
    stub.place()
    assert stub.state() == stub.CURRENT


def test_retiring_what_is_half_done(data: Path) -> None:
    """What is there without the stub is removed; a stub alone is replaced."""
    stub.place()
    (data / "pythonstartup.py").unlink()
    assert stub.retire() is None
    assert os.listdir(data) == []
    stub.place()
    (data / "home").unlink()
    assert stub.retire() is not None
    assert stub.state() == stub.GONE


def test_both_are_known_as_ours(tmp_path: Path) -> None:
    """By their first line; no other file is, and none that is missing."""
    stub.place()
    assert stub.is_ours(stub.installed())
    assert stub.is_ours(stub.packaged())
    stub.retire()
    assert stub.is_ours(stub.installed())
    (tmp_path / "rc.py").write_text("import os\n")
    assert not stub.is_ours(str(tmp_path / "rc.py"))
    assert not stub.is_ours(str(tmp_path / "gone.py"))


def test_a_package_without_its_stub_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Half an upgrade."""
    monkeypatch.setattr(home, "SITE", str(tmp_path))
    with pytest.raises(HistshellError, match="install histshell again"):
        stub.place()


def test_a_home_with_a_line_break_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would be cut off at the end of its first line."""
    monkeypatch.setattr(home, "SITE", str(tmp_path / "two\nlines"))
    with pytest.raises(HistshellError, match="line break"):
        stub.place()


def test_a_data_directory_that_cannot_be_made_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the path."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(FileError, match="file/histshell"):
        stub.place()


def test_the_doctor_knows_from_which_python_on_it_does_something() -> None:
    """The number in the start-up file and the doctor's are one."""
    with open(stub.packaged()) as file:
        versions = re.findall(r"sys\.version_info >= \((\d+), (\d+)\)", file.read())
    assert versions == [tuple(map(str, doctor.RUNS_FROM))]


def run(python: Python, **environ: str) -> tuple[str, str]:
    """Start an interactive Python, its input a pipe; return what it printed about its names, and its complaints."""
    done = subprocess.run(
        [python.path, "-i"],
        input="print('names %s' % sorted(n for n in dir() if not n.startswith('__') or n == '__file__'))\n",
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LANG": "C.UTF-8", "TERM": "dumb", **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    return done.stdout, re.sub(r"(?m)^(Python |\[|Type |>>> )+.*\n?", "", done.stderr)


def test_all_that_the_stub_reads_is_installed_with_it() -> None:
    """The files that it looks for beside itself are those that are placed."""
    with open(stub.packaged()) as file:
        beside = set(re.findall(r'here \+ "/([^"]+)"', file.read()))
    assert beside == {stub.HOME, *stub.PARTS} - {stub.NAME}


@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "POSIX"])
def test_a_home_of_any_name_is_found(locale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes, a dollar, bytes that are no UTF-8 in the package's folder, warnings as errors: the prompt is numbered."""
    site = tmp_path / os.fsdecode(b"it's \xc3\xbc $HOME \xff")
    shutil.copytree(Path(home.SITE) / "histshell", site / "histshell")
    for name in stub.PARTS:
        shutil.copyfile(Path(home.SITE) / "startup" / name, site / "histshell" / name)
    monkeypatch.setattr(home, "SITE", str(site))
    stub.place()
    env = {"HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": locale, "PYTHONSTARTUP": stub.installed()}
    env |= {"PYTHONWARNDEFAULTENCODING": "1", "PYTHONWARNINGS": "error"}
    with Terminal([sys.executable, "-q"], env=env, cwd=str(tmp_path)) as terminal:
        terminal.wait_for(lambda: ">>>" in terminal.before_cursor)
        assert terminal.screen() == ["h[1] >>>"]


def test_a_package_that_went_first_is_one_line(tmp_path: Path) -> None:
    """Removed without `histshell uninstall`: the bare prompt, and who can help."""
    stub.place()
    Path(stub.installed()).with_name("home").write_text("/gone\n")
    env = {"HOME": str(tmp_path), "TERM": "xterm", "PYTHONSTARTUP": stub.installed()}
    with Terminal([sys.executable, "-q"], env=env, cwd=str(tmp_path), columns=400) as terminal:
        terminal.wait_for(lambda: ">>>" in terminal.before_cursor)
        complaint, prompt = terminal.screen()
    assert "histshell: not started: FileNotFoundError" in complaint
    assert "histshell doctor" in complaint
    assert prompt == ">>>"


@EVERY_PYTHON
def test_the_retired_file_leaves_no_trace(python: Python) -> None:
    """On every Python there is: no output, no name."""
    stub.place()
    stub.retire()
    out, complaints = run(python, PYTHONSTARTUP=stub.installed())
    bare, bare_complaints = run(python)
    assert (out, complaints) == (bare, bare_complaints)
    assert "names []" in out


@EVERY_PYTHON
def test_the_retired_file_still_runs_the_users_own(python: Python, tmp_path: Path) -> None:
    """In the prompt's namespace, with its own `__file__`, as Python would have run it."""
    mine = tmp_path / "mine.py"
    mine.write_bytes(
        b"# coding: latin-1\nmine = u'\xfc' == u'\\xfc'\nprint((__file__.split('/')[-1], mine, __name__))\n"
    )
    stub.place()
    stub.retire()
    out, complaints = run(python, PYTHONSTARTUP=stub.installed(), HISTSHELL_CHAIN=str(mine))
    assert "('mine.py', True, '__main__')" in out
    assert "names ['mine']" in out
    assert "Error" not in complaints


@EVERY_PYTHON
def test_the_retired_file_does_not_raise(python: Python, tmp_path: Path) -> None:
    """A file of the user's that is missing, or raises, is shown as Python shows it; one that is the stub is no loop."""
    broken = tmp_path / "broken.py"
    broken.write_text("1/0\n")
    stub.place()
    stub.retire()
    for chain, complaint in ((broken, "ZeroDivisionError"), (tmp_path / "gone.py", "gone.py"), (stub.installed(), "")):
        out, complaints = run(python, PYTHONSTARTUP=stub.installed(), HISTSHELL_CHAIN=str(chain))
        assert "names []" in out
        assert complaint in complaints
        assert bool(complaint) == ("Error" in complaints)


PYREPLS = [python for python in found() if python.implementation == "cpython" and python.minor >= (3, 13)]


@pytest.mark.parametrize("python", PYREPLS, ids=lambda python: python.name)
def test_an_open_terminal_survives_the_removal(python: Python, tmp_path: Path) -> None:
    """`python -i script` ends at once where the start-up file is missing: the reason that one is left."""
    script = tmp_path / "script.py"
    script.write_text("answer = 42\n")
    stub.place()
    stub.retire()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm", "PYTHONSTARTUP": stub.installed()}
    with Terminal([python.path, "-i", str(script)], env=env, cwd=str(tmp_path)) as terminal:
        terminal.wait_for(">>>")
        terminal.type("answer + 1\r")
        terminal.wait_for("43")
    os.unlink(stub.installed())
    with Terminal([python.path, "-i", str(script)], env=env, cwd=str(tmp_path)) as terminal:
        assert terminal.wait_for_end() == 1
