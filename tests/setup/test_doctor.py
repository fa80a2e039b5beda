"""The doctor's page: each thing that can be wrong is found, and has its remedy."""

from __future__ import annotations

import functools
import os
import py_compile
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from histshell import home
from histshell.setup import doctor, install, pythons, stub
from histshell.setup.doctor import NOTE, OK, PROBLEM, Diagnosis, examine
from histshell.setup.rcfile import BEGIN
from tests.pythons import Python, found

Environ = dict[str, str]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environ:
    """The environment of a new terminal in a home of our own, histshell installed for bash; also this process's."""
    for name in [*os.environ]:
        if name.startswith(
            ("HISTSHELL", "XDG_", "XONSH", "PYTHON", "ZDOTDIR", "PYENV_", "UV_", "VIRTUAL_ENV", "CONDA_")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    install.install(install.plan("bash", None, os.environ))
    monkeypatch.setenv("PYTHONSTARTUP", stub.installed())
    monkeypatch.setenv("HISTSHELL_COMPLETION", "basic")  # jedi takes longer to start than all else
    return dict(os.environ)


def texts(findings: Iterable[Diagnosis], level: str) -> str:
    """What is said at one level, with the remedies, a line each."""
    return "\n".join(f"{finding.what} -> {finding.remedy}" for finding in findings if finding.level == level)


@pytest.mark.slow
def test_a_good_installation_has_no_problem(environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part is named: the stub, the package, the shell's file, the variable, the Pythons, the settings, jedi."""
    monkeypatch.setenv("HISTSHELL_COMPLETION", "full")
    findings = examine(environ)
    assert texts(findings, PROBLEM) == ""
    good = texts(findings, OK)
    parts = [stub.installed(), home.SITE, f"{tmp_path}/.bashrc:1", "PYTHONSTARTUP", sys.executable, "config.toml"]
    for part in [*parts, "TAB asks jedi"]:
        assert part in good


def test_a_settings_file_is_only_named_where_there_is_one(
    environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is none, there is one, and one is named that is not there."""
    path = tmp_path / ".config/histshell/config.toml"
    assert texts(doctor.check_settings(environ), OK) == f"the settings are right: there is no file of them ({path}) -> "
    path.parent.mkdir(parents=True)
    path.write_text('style = "green"\n')
    assert texts(doctor.check_settings(environ), OK) == f"the settings are right ({path}) -> "
    monkeypatch.setenv("HISTSHELL_CONFIG", str(tmp_path / "gone.toml"))
    findings = list(doctor.check_settings(environ))
    assert [finding.level for finding in findings] == [NOTE]
    assert f"{tmp_path}/gone.toml, and there is no such file" in findings[0].what


def test_nothing_installed_is_one_problem_with_one_remedy(environ: Environ, tmp_path: Path) -> None:
    """In a terminal that does not know histshell."""
    shutil.rmtree(tmp_path / ".local")
    (tmp_path / ".bashrc").unlink()
    del environ["PYTHONSTARTUP"]
    problems = texts(examine(environ), PROBLEM).splitlines()
    assert problems[0] == "histshell is not installed: there is no start-up file -> histshell install"
    assert len(problems) == 2
    assert "PYTHONSTARTUP is not set" in problems[1]


def test_every_problem_has_a_remedy(environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen of them at once: none is without."""
    (Path(stub.installed()).parent / "home").write_text("/gone\n")
    (tmp_path / ".bashrc").write_bytes(BEGIN)
    (tmp_path / "config.toml").write_text("promt = 1\n")
    monkeypatch.setenv("HISTSHELL_CONFIG", str(tmp_path / "config.toml"))
    environ |= {"HISTSHELL": "0", "PYTHONSTARTUP": "/gone.py", "HISTSHELL_CHAIN": "/gone.py"}
    problems = [finding for finding in examine(environ) if finding.level == PROBLEM]
    assert len(problems) >= 6
    assert [problem.what for problem in problems if not problem.remedy] == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: (data / "pythonstartup.py").unlink(), "not installed"),
        (lambda data: (data / "pythonstartup.py").write_text("# histshell's, but old\n"), "is not the one of"),
        (lambda data: (data / "pythonstartup.py").write_bytes(stub.RETIRED), "was uninstalled"),
        (lambda data: [(data / "pythonstartup.py").unlink(), (data / "pythonstartup.py").mkdir()], "cannot be used"),
        (lambda data: (data / "otherwise.py").unlink(), "is not the one of"),
        (lambda data: (data / "home").unlink(), "'home' beside the start-up file is missing"),
        (lambda data: (data / "home").write_text("/gone\n"), "looks for histshell in /gone"),
        (lambda data: (data / "home").write_bytes(b""), "looks for histshell in "),
    ],
)
def test_a_stub_that_does_not_work_is_found(damage: Callable[[Path], object], said: str, environ: Environ) -> None:
    """Missing, old, retired, not a file, without its home; the remedy is to install again."""
    damage(Path(stub.installed()).parent)
    problems = texts(examine(environ), PROBLEM)
    assert said in problems
    assert "histshell install" in problems


def test_another_copy_of_the_package_is_named(environ: Environ, tmp_path: Path) -> None:
    """Two installations: this command may be the wrong one."""
    other = tmp_path / "other"
    shutil.copytree(Path(home.SITE) / "histshell", other / "histshell")
    (Path(stub.installed()).parent / "home").write_text(f"{other}\n")
    problems = texts(examine(environ), PROBLEM)
    assert f"starts the histshell in {other}" in problems
    assert home.SITE in problems


@pytest.mark.parametrize(
    ("value", "level", "said"),
    [
        ("", PROBLEM, "not set in this terminal -> open a new terminal"),
        ("/gone/rc.py", PROBLEM, "names /gone/rc.py, and there is no such file"),
        ("{tmp}/rc.py", PROBLEM, "names another file in this terminal: {tmp}/rc.py"),
        ("{tmp}/Code/User/workspaceStorage/1/ms-python.python/pythonrc.py", PROBLEM, "VS Code has set PYTHONSTARTUP"),
        ("{tmp}/.vscode/extensions/python_files/pythonrc.py", PROBLEM, "VS Code has set PYTHONSTARTUP"),
        ("{tmp}/pythonrc.py", PROBLEM, "names another file in this terminal: {tmp}/pythonrc.py"),
        ("{packaged}", NOTE, "names another copy of histshell's start-up file"),
        ("{link}", OK, "PYTHONSTARTUP names it"),
    ],
)
def test_the_variable_in_this_terminal_is_judged(
    value: str, level: str, said: str, environ: Environ, tmp_path: Path
) -> None:
    """Ours (by any name), a copy, somebody else's, VS Code's, a missing file, none."""
    (tmp_path / "link.py").symlink_to(stub.installed())
    value = value.format(tmp=tmp_path, packaged=stub.packaged(), link=tmp_path / "link.py")
    if value.startswith(str(tmp_path)) and not os.path.exists(value):
        Path(value).parent.mkdir(parents=True, exist_ok=True)
        Path(value).write_text("import sys\n")
    environ["PYTHONSTARTUP"] = value
    assert said.format(tmp=tmp_path) in texts(doctor.check_terminal(environ), level)


def test_being_switched_off_is_a_problem(environ: Environ) -> None:
    """HISTSHELL=0, as the start-up file reads it; any other value is none."""
    assert "HISTSHELL=0" in texts(doctor.check_terminal(environ | {"HISTSHELL": "0"}), PROBLEM)
    assert texts(doctor.check_terminal(environ | {"HISTSHELL": "1"}), PROBLEM) == ""


def test_the_chained_file_is_named_or_missed(environ: Environ, tmp_path: Path) -> None:
    """There, gone, or histshell's own."""
    mine = tmp_path / "mine.py"
    mine.touch()
    assert f"{mine} is run after it" in texts(doctor.check_terminal(environ | {"HISTSHELL_CHAIN": str(mine)}), OK)
    assert "no such file" in texts(doctor.check_terminal(environ | {"HISTSHELL_CHAIN": "/gone.py"}), PROBLEM)
    own = environ | {"HISTSHELL_CHAIN": stub.packaged()}
    assert "histshell's own start-up file" in texts(doctor.check_terminal(own), NOTE)


def test_the_shells_files_are_judged(environ: Environ, tmp_path: Path) -> None:
    """Right, of another version, overridden further down, damaged, without a block at all."""
    rc = tmp_path / ".bashrc"
    good = rc.read_bytes()
    rc.write_bytes(good.replace(b"export", b"typeset -x"))
    assert f"histshell install --rc {rc}" in texts(doctor.check_rc_files(environ), PROBLEM)
    rc.write_bytes(good + b"\nexport PYTHONSTARTUP=~/mine.py\n")
    line = good.count(b"\n") + 2
    assert f"{rc}:{line} sets PYTHONSTARTUP again" in texts(doctor.check_rc_files(environ), PROBLEM)
    rc.write_bytes(b"export PYTHONSTARTUP=~/mine.py\n" + good)
    assert f"{rc}:2 names it" in texts(doctor.check_rc_files(environ), OK)
    rc.write_bytes(good + good)
    assert "damaged" in texts(doctor.check_rc_files(environ), PROBLEM)
    rc.unlink()
    assert "by hand" not in texts(doctor.check_rc_files(environ), PROBLEM)
    assert "no shell's start-up file" in texts(doctor.check_rc_files(environ), NOTE)
    del environ["PYTHONSTARTUP"]
    assert "no shell's start-up file" in texts(doctor.check_rc_files(environ), PROBLEM)


def test_the_file_of_xonsh_is_judged(environ: Environ, tmp_path: Path) -> None:
    """By its own lines: right, or of another version."""
    install.install(install.plan("xonsh", None, environ))
    rc = tmp_path / ".config/xonsh/rc.d/histshell.xsh"
    assert f"{rc}:1 names it" in texts(doctor.check_rc_files(environ), OK)
    rc.write_bytes(rc.read_bytes().replace(b"XONSH_INTERACTIVE", b"OTHER"))
    assert f"histshell install --rc {rc}" in texts(doctor.check_rc_files(environ), PROBLEM)
    install.install(install.plan(install.choose_shell(None, str(rc), environ), str(rc), environ))
    assert texts(doctor.check_rc_files(environ), PROBLEM) == ""


@pytest.mark.parametrize("python", found(), ids=lambda python: python.name)
def test_each_python_is_judged_by_trying(
    python: Python, environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs, or is too old; with a broken package it says what breaks."""
    monkeypatch.setattr(pythons, "find", functools.partial(pythons.find, seconds=60))  # however busy the machine is
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(python.path)
    where = f"({tmp_path}/bin/python)"
    name = f"{'PyPy' if python.implementation == 'pypy' else 'Python'} {'.'.join(map(str, python.version))} {where}"
    findings = list(doctor.check_pythons(environ))
    if python.version < (3, 8):
        assert f"{name} is too old" in texts(findings, NOTE)
        return
    assert f"{name} runs it, with" in texts(findings, OK)
    broken = tmp_path / "broken" / "histshell"
    broken.mkdir(parents=True)
    (broken / "__init__.py").touch()
    (Path(stub.installed()).parent / "home").write_text(f"{broken.parent}\n")
    assert f"{name} cannot load histshell: ModuleNotFoundError" in texts(doctor.check_pythons(environ), PROBLEM)


@pytest.fixture
def package(environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, not compiled, and only one Python to load it."""
    site = tmp_path / "site"
    shutil.copytree(Path(home.SITE) / "histshell", site / "histshell", ignore=shutil.ignore_patterns("__pycache__"))
    (Path(environ["PYTHONSTARTUP"]).parent / "home").write_text(f"{site}\n")
    only = pythons.Python(sys.executable, (3, 11, 7), "cpython", sys.implementation.cache_tag or "", ("readline",))
    monkeypatch.setattr(pythons, "find", lambda _environ, _site: [only])
    return site / "histshell"


def test_a_package_that_cannot_be_compiled_is_slow(
    package: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not ours to write, and no compiled file in it; one that is up to date helps, a stale one not."""
    assert texts(doctor.check_pythons(environ), PROBLEM) == ""
    monkeypatch.setattr(os, "access", lambda path, _mode: not str(path).startswith(str(package)))
    assert "is not yours to write -> as its owner: PYTHON -m compileall" in texts(
        doctor.check_pythons(environ), PROBLEM
    )
    session = package / "session.py"
    py_compile.compile(str(session), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
    assert texts(doctor.check_pythons(environ), PROBLEM) == ""
    os.utime(session, (1, 1))
    assert "is compiled anew" in texts(doctor.check_pythons(environ), PROBLEM)


def test_a_python_told_not_to_compile_is_noted(package: Path, environ: Environ) -> None:
    """PYTHONDONTWRITEBYTECODE is the user's own wish: no problem, and yet a remedy."""
    environ["PYTHONDONTWRITEBYTECODE"] = "1"
    assert "PYTHONDONTWRITEBYTECODE is set -> PYTHON -m compileall" in texts(doctor.check_pythons(environ), NOTE)
    assert str(package) in texts(doctor.check_pythons(environ), NOTE)
    assert texts(doctor.check_pythons(environ | {"PYTHONPYCACHEPREFIX": "/p"}), PROBLEM) == ""


def test_wrong_settings_are_named_with_file_and_line(
    environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `histshell config` names them."""
    config = tmp_path / "my.toml"
    config.write_text('# mine\nstyle = "purple"\n')
    monkeypatch.setenv("HISTSHELL_CONFIG", str(config))
    assert f"{config}:2: style: 'purple'" in texts(examine(environ), PROBLEM)


def test_a_check_that_fails_does_not_end_the_page(environ: Environ, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own error is a finding, and the others go on."""

    def check_broken(_environ: Mapping[str, str]) -> Iterable[Diagnosis]:
        yield Diagnosis(OK, "begun")
        raise RuntimeError("oh")

    monkeypatch.setattr(doctor, "CHECKS", (check_broken, doctor.check_stub))
    findings = examine(environ)
    assert [finding.level for finding in findings] == [OK, PROBLEM, OK]
    assert "check_broken could not be done: RuntimeError: oh" in findings[1].what


@pytest.mark.slow
def test_the_page_is_there_at_once(environ: Environ, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a Python that hangs on the machine too; generous, for a machine that is busy."""
    monkeypatch.setattr(pythons, "PROBE", "while True: pass")
    start = time.monotonic()
    assert "no answer" in texts(examine(environ), NOTE)
    assert time.monotonic() - start < 15


@pytest.mark.parametrize(
    ("variables", "level", "said"),
    [
        ({"TERM_PROGRAM": "WezTerm"}, OK, "marked for WezTerm"),
        ({}, NOTE, "not known to read the marks"),
        (
            {"TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.2"},
            NOTE,
            "tmux reads the marks from 3.4 on",
        ),
        ({"STY": "1", "KITTY_WINDOW_ID": "1"}, NOTE, "GNU screen"),
        ({"TERM": "dumb", "HISTSHELL_SHELL_INTEGRATION": "on"}, NOTE, "TERM=dumb"),
        ({"HISTSHELL_SHELL_INTEGRATION": "on"}, OK, "shell_integration = on"),
        ({"HISTSHELL_SHELL_INTEGRATION": "off", "TERM_PROGRAM": "WezTerm"}, NOTE, "shell_integration = off"),
    ],
)
def test_marks(
    environ: Environ, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], level: str, said: str
) -> None:
    """Whether the prompts are marked for this terminal, and why not."""
    for name in (
        "TERM_PROGRAM",
        "TERM_PROGRAM_VERSION",
        "LC_TERMINAL",
        "KITTY_WINDOW_ID",
        "WEZTERM_PANE",
        "WT_SESSION",
    ):
        environ.pop(name, None)
    for name in ("TMUX", "STY", "ZELLIJ"):
        environ.pop(name, None)
    environ.update({"TERM": "xterm-256color", **variables})
    if "HISTSHELL_SHELL_INTEGRATION" in variables:
        monkeypatch.setenv("HISTSHELL_SHELL_INTEGRATION", variables["HISTSHELL_SHELL_INTEGRATION"])
    assert said in texts(doctor.check_marks(environ), level)
