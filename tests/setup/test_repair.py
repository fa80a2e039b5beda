"""`histshell doctor --repair`: what `histshell install` would do, for all that is out of order; and VS Code's terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from histshell.errors import HistshellError
from histshell.setup import doctor, install, stub
from histshell.setup.doctor import NOTE, OK, PROBLEM
from histshell.setup.rcfile import BEGIN
from histshell.setup.repair import repair
from tests.setup.test_doctor import Environ, environ, texts
from tests.shells.vscode import stand_in

__all__ = ["environ"]  # the fixture


def test_what_is_right_stays(environ: Environ) -> None:
    """Nothing is written and nothing said."""
    assert repair(environ) == []


def test_an_old_block_and_a_damaged_stub(environ: Environ, tmp_path: Path) -> None:
    """A block that keeps no file of others, from another version; parts of the start-up file missing."""
    rc = tmp_path / ".bashrc"
    good = rc.read_bytes()
    begin, end = good.index(b"    case"), good.index(b"    export PYTHONSTARTUP")
    rc.write_bytes(b"alias ll=ls\n" + good[:begin] + good[end:] + b"alias la=ls\n")
    (Path(stub.installed()).parent / "home").unlink()
    assert texts(doctor.examine(environ), PROBLEM) != ""
    assert len(repair(environ)) == 2
    assert rc.read_bytes() == b"alias ll=ls\n" + good + b"alias la=ls\n"
    assert texts(doctor.examine(environ), PROBLEM) == ""
    assert repair(environ) == []


def test_no_block_at_all(environ: Environ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes where `histshell install` would put it; who has set the variable by hand keeps it so."""
    (tmp_path / ".bashrc").unlink()
    assert repair(environ) == []
    del environ["PYTHONSTARTUP"]
    monkeypatch.setattr(install, "_running_shell", lambda: "zsh")
    assert repair(environ) == [f"{tmp_path}/.zshrc has the block of this version"]
    monkeypatch.setattr(install, "_running_shell", lambda: "nosuch")
    (tmp_path / ".zshrc").unlink()
    with pytest.raises(HistshellError):
        repair(environ)


def test_a_damaged_block_is_left(environ: Environ, tmp_path: Path) -> None:
    """It is for its owner to look at; the others are repaired all the same."""
    install.install(install.plan("zsh", None, os.environ))
    (tmp_path / ".bashrc").write_bytes(BEGIN)
    zshrc = tmp_path / ".zshrc"
    good = zshrc.read_bytes()
    zshrc.write_bytes(good.replace(b"export", b"typeset -x"))
    assert len(repair(environ)) == 1
    assert zshrc.read_bytes() == good
    assert (tmp_path / ".bashrc").read_bytes() == BEGIN


def test_vs_codes_terminal_in_good_order(environ: Environ, tmp_path: Path) -> None:
    """Its file is chained: said, and no problem; PyREPL is switched off there, which is a note with a remedy."""
    environ |= {"TERM_PROGRAM": "vscode", "HISTSHELL_CHAIN": str(stand_in(tmp_path)), "PYTHON_BASIC_REPL": "1"}
    findings = doctor.examine(environ)
    assert texts(findings, PROBLEM) == ""
    assert "VS Code's own file" in texts(findings, OK)
    assert "for PyREPL without marks" in texts(findings, NOTE)


def test_vs_codes_terminal_whose_own_file_is_not_run(environ: Environ) -> None:
    """No problem, but worth knowing; nothing is said elsewhere."""
    said = "whose own start-up file is not run"
    assert said in texts(doctor.check_vscode(environ | {"TERM_PROGRAM": "vscode"}), NOTE)
    assert list(doctor.check_vscode(environ | {"PYTHON_BASIC_REPL": "1"})) == []


def test_vs_codes_file_has_won(environ: Environ, tmp_path: Path) -> None:
    """The remedy depends on what there is: a file that has the block, a login shell that passes it by, or none."""
    environ |= {"TERM_PROGRAM": "vscode", "PYTHONSTARTUP": str(stand_in(tmp_path))}
    assert f". {tmp_path}/.bashrc" in texts(doctor.check_terminal(environ), PROBLEM)
    (tmp_path / ".bash_profile").write_text("true\n")
    assert f"reads {tmp_path}/.bash_profile" in texts(doctor.check_terminal(environ), PROBLEM)
    (tmp_path / ".bashrc").unlink()
    problems = texts(doctor.check_terminal(environ), PROBLEM)
    assert "-> histshell install, then a new terminal" in problems
    assert "python.terminal.shellIntegration.enabled" in problems


@pytest.mark.parametrize(
    ("path", "is_theirs"),
    [
        ("/home/you/.config/Code/User/workspaceStorage/1/ms-python.python/pythonrc.py", True),
        ("C:\\Users\\you\\AppData\\Roaming\\Code\\User\\workspaceStorage\\1\\ms-python.python\\pythonrc.py", True),
        ("/home/you/.vscode-server/extensions/ms-python.python-2025.1.0/python_files/pythonrc.py", True),
        ("/home/you/.config/python/pythonrc.py", False),
        ("", False),
    ],
)
def test_its_file_is_known_by_its_path(path: str, is_theirs: bool) -> None:
    """On each system, and on the far end of a remote window."""
    assert doctor.is_vscodes(path) is is_theirs
