"""Planning and carrying out: the shell's file, its backup, the record, and the way back."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from histshell.errors import HistshellError
from histshell.setup import install, rcfile, stub
from histshell.setup.dialects import DIALECTS, UnknownShellError
from histshell.setup.small_files import FileError

CONTENTS = {
    "plain": b"alias ll='ls -l'\n",
    "no final newline": b"alias ll='ls -l'",
    "CRLF": b"A=1\r\nB=2\r\n",
    "not UTF-8": b"# \xff\xfe\nA='\x80'\n",
    "empty": b"",
    "continued": b"echo a \\",
    "none": None,
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of our own, which is also that of `environ`."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XONSH_CONFIG_DIR", "ZDOTDIR", "PYTHONSTARTUP", "HISTSHELL_CHAIN"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: files with their content, links and folders with None."""
    paths = list(folder.rglob("*"))
    files = [path for path in paths if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(folder)): path.read_bytes() if path in files else None for path in paths}


def do_install(shell: str = "bash", rc: str | None = None) -> install.Installation:
    """Plan and carry out."""
    return install.install(install.plan(shell, rc, os.environ))


def undo(rc: str | None = None) -> install.Removal:
    """Plan and carry out the way back."""
    return install.uninstall(install.plan_removal(rc, os.environ), os.environ, everywhere=rc is None)


@pytest.mark.parametrize("shell", DIALECTS)
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_there_and_back_leaves_the_very_bytes(shell: str, content: bytes | None, place: Path) -> None:
    """Every file is what it was, no backup stays; only the harmless stub does."""
    rc = Path(DIALECTS[shell].rc_file(os.environ))
    if content is not None:
        rc.parent.mkdir(parents=True, exist_ok=True)
        rc.write_bytes(content)
        rc.chmod(0o640)
    before = {name: data for name, data in tree(place).items() if data is not None}
    do_install(shell)
    assert rc.read_bytes() != content
    assert install.carriers(os.environ) == [str(rc)]
    removal = undo()
    assert removal == install.Removal(stub.installed(), [], [])
    after = {name: data for name, data in tree(place).items() if data is not None}
    assert after == before | {".local/share/histshell/pythonstartup.py": stub.RETIRED}
    if content is not None:
        assert stat.S_IMODE(rc.stat().st_mode) == 0o640


def test_a_second_installation_changes_nothing(place: Path) -> None:
    """Neither a byte nor the time of any file."""
    (place / ".bashrc").write_text("A=1\n")
    do_install()
    before = {path: path.lstat().st_mtime_ns for path in place.rglob("*")}
    edit = install.plan("bash", None, os.environ)
    assert not edit.changes
    assert install.install(edit) == install.Installation([], str(place / ".bashrc.histshell-backup"))
    assert {path: path.lstat().st_mtime_ns for path in place.rglob("*")} == before


def test_a_plan_changes_nothing(place: Path) -> None:
    """Not even a folder."""
    (place / ".bashrc").write_text("A=1\n")
    before = tree(place)
    assert install.plan("bash", None, os.environ).changes
    assert install.plan("fish", None, os.environ).changes
    assert install.plan_removal(None, os.environ) == []
    assert tree(place) == before


def test_the_backup_is_the_file_from_before(place: Path) -> None:
    """With its permissions, under its name and not its target's, and an update leaves it alone."""
    (place / "dotfiles").mkdir()
    (place / "dotfiles" / "bashrc").write_text("A=1\n")
    (place / "dotfiles" / "bashrc").chmod(0o600)
    (place / ".bashrc").symlink_to("dotfiles/bashrc")
    backup = place / ".bashrc.histshell-backup"
    assert do_install().backup == str(backup)
    assert (backup.read_text(), stat.S_IMODE(backup.stat().st_mode)) == ("A=1\n", 0o600)
    assert (place / ".bashrc").is_symlink()
    assert sorted(os.listdir(place / "dotfiles")) == ["bashrc"]
    old = (place / ".bashrc").read_bytes().replace(b"export", b"  export")
    (place / ".bashrc").write_bytes(old)
    do_install()
    assert (place / ".bashrc").read_bytes() != old
    assert backup.read_text() == "A=1\n"


def test_a_backup_that_differs_is_kept(place: Path) -> None:
    """The user went on editing: those lines stay, and so does the file from before."""
    rc = place / ".bashrc"
    rc.write_text("A=1\n")
    do_install()
    rc.write_bytes(b"B=2\n" + rc.read_bytes() + b"C=3\n")
    removal = undo()
    assert rc.read_text() == "B=2\nA=1\nC=3\n"
    assert removal.backups == [str(place / ".bashrc.histshell-backup")]
    assert any("is kept" in note for note in install.farewell(removal, os.environ))
    do_install()
    assert (place / ".bashrc.histshell-backup").read_text() == "B=2\nA=1\nC=3\n"


def test_a_file_that_was_made_and_then_edited_is_left(place: Path) -> None:
    """The user's lines stay, and the user is told that they do; xonsh's own file as well."""
    rc = place / ".config/xonsh/rc.d/histshell.xsh"
    do_install("xonsh")
    rc.write_bytes(rc.read_bytes() + b"$MINE = 1\n")
    removal = undo()
    assert rc.read_bytes() == b"$MINE = 1\n"
    assert removal == install.Removal(stub.installed(), [], [], [str(rc)])
    assert any(f"{rc} is left" in note for note in install.farewell(removal, os.environ))


def test_every_shell_is_cleared_at_once_and_one_by_name(place: Path) -> None:
    """The stub stays as long as one of them names it; a file named with --rc is remembered."""
    do_install("bash")
    do_install("fish")
    do_install("sh", str(place / "my rc"))
    files = [str(place / name) for name in (".bashrc", ".config/fish/config.fish", "my rc")]
    assert install.carriers(os.environ) == files
    assert undo(files[0]) == install.Removal(None, [], files[1:])
    assert stub.state() == stub.CURRENT
    assert undo() == install.Removal(stub.installed(), [], [])
    assert [path for path in files if os.path.exists(path)] == []


def test_a_file_without_a_block_is_no_reason_to_retire_the_stub(place: Path) -> None:
    """A wrong --rc changes nothing for who names the stub by hand."""
    stub.place()
    (place / "rc").touch()
    assert undo(str(place / "rc")) == install.Removal(None, [], [])
    assert stub.state() == stub.CURRENT
    assert undo() == install.Removal(stub.installed(), [], [])


@pytest.mark.parametrize("damage", ["open", "double"])
def test_a_damaged_block_stops_everything(damage: str, place: Path) -> None:
    """Neither way is anything changed, and the stub is not even placed."""
    do_install("zsh")
    undo()
    shutil.rmtree(place / ".local")
    block = rcfile.BEGIN + b"\nx\n" + rcfile.END + b"\n"
    (place / ".bashrc").write_bytes(rcfile.BEGIN + b"\n" if damage == "open" else block * 2)
    before = tree(place)
    with pytest.raises(rcfile.BlockError, match="bashrc"):
        do_install()
    with pytest.raises(rcfile.BlockError, match="bashrc"):
        undo()
    assert tree(place) == before


def test_a_file_that_cannot_be_written_is_told_with_the_way_out(place: Path) -> None:
    """It is as it was; the stub is in place and harms nobody, so the lines can be put in by hand."""
    (place / ".bashrc").write_text("A=1\n")
    (place / ".bashrc").chmod(0o444)
    with pytest.raises(FileError, match="read-only; histshell install --dry-run"):
        do_install()
    assert (place / ".bashrc").read_text() == "A=1\n"
    assert not (place / ".bashrc.histshell-backup").exists()
    assert stub.state() == stub.CURRENT


def test_an_interrupted_installation_is_finished_by_the_next(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at any replacement: the shell's file is whole, and doing it again gives the same as doing it once."""
    (place / ".bashrc").write_text("A=1\n")
    do_install()
    finished = tree(place)
    undo()
    real, count = os.replace, 0
    for stop in range(1, 20):
        shutil.rmtree(place / ".local")
        calls = 0

        def killed(source: str, target: str) -> None:
            nonlocal calls, count
            calls += 1
            if calls == stop:  # noqa: B023  # used up in this very turn
                count += 1
                raise KeyboardInterrupt
            real(source, target)

        monkeypatch.setattr(os, "replace", killed)
        try:
            do_install()
        except KeyboardInterrupt:
            assert (place / ".bashrc").read_text() == "A=1\n"
            assert not (place / ".bashrc.histshell-backup").exists()
        else:
            break
        finally:
            monkeypatch.setattr(os, "replace", real)
        do_install()
        assert tree(place) == finished
        undo()
    assert count == 6  # home, the stub and what it reads, the record, the backup, the file itself


def test_a_damaged_record_costs_only_the_record(place: Path) -> None:
    """What it said is lost, what shells read is found all the same."""
    do_install()
    for text in ("", "{", "3", "[1, null]", "\xff"):
        (place / ".local/share/histshell/rcfiles.json").write_text(text, encoding="latin-1")
        assert install.carriers(os.environ) == [str(place / ".bashrc")]
    undo()


def test_the_shell_is_the_one_named_then_the_files_then_the_running_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """And only then the login shell; without any, the user is asked to say it."""
    running: list[str | None] = ["zsh"]
    monkeypatch.setattr(install, "_running_shell", lambda: running[0])
    environ = {"SHELL": "/usr/bin/dash"}
    assert install.choose_shell("FISH", "/x/.bashrc", environ) == "fish"
    assert install.choose_shell(None, "/x/config.fish", environ) == "fish"
    assert install.choose_shell(None, "/x/rc", environ) == "zsh"
    running[0] = None
    assert install.choose_shell(None, None, environ) == "dash"
    with pytest.raises(HistshellError, match="--shell"):
        install.choose_shell(None, None, {})


@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"no {name} on this machine"))
        for name in ("bash", "zsh", "fish", "dash")
    ],
)
def test_the_running_shell_is_found(shell: str) -> None:
    """Started from each, without a terminal and whatever $SHELL says."""
    code = "from histshell.setup.install import choose_shell; print(choose_shell(None, None, {'SHELL': '/bin/wrong'}))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [shell, "-c", f'"{sys.executable}" -c "{code}"; true'], cwd=root, env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == shell + "\n"


def test_an_unknown_shell_is_an_error_with_the_stubs_path() -> None:
    """So its owner can write the lines by hand."""
    with pytest.raises(UnknownShellError) as caught:
        install.plan("nu", None, os.environ)
    assert (caught.value.shell, caught.value.stub) == ("nu", stub.installed())


@pytest.mark.parametrize(
    ("line", "sets"),
    [
        ("PYTHONSTARTUP=~/rc.py", True),
        ("  export PYTHONSTARTUP=~/rc.py", True),
        ("export A=1 PYTHONSTARTUP=~/rc.py", True),
        ("set -gx PYTHONSTARTUP ~/rc.py", True),
        ("setenv PYTHONSTARTUP ~/rc.py", True),
        ("[ -f rc.py ] && export PYTHONSTARTUP=rc.py", True),
        ("# export PYTHONSTARTUP=~/rc.py", False),
        ("echo $PYTHONSTARTUP", False),
        ('[ "$PYTHONSTARTUP" = x ]', False),
        ("unset PYTHONSTARTUP", False),
        ("set -e PYTHONSTARTUP", False),
        ("alias bare='PYTHONSTARTUP= python'", False),
        ("alias bare='env PYTHONSTARTUP= python'", False),
        ("export MY_PYTHONSTARTUP=1 PYTHONSTARTUP2=2", False),
    ],
)
def test_lines_that_set_the_variable_are_found(line: str, sets: bool) -> None:
    """Before the block they are chained, after it they win; inside it they are ours."""
    block = rcfile.put_in(b"a\n", DIALECTS["bash"].lines(b"/stub"), "rc")
    text = line.encode() + b"\n" + block + line.encode() + b"\n"
    numbers = [(1, False), (text.count(b"\n"), True)]
    assert install.assignments(text, "rc") == (numbers if sets else [])


def test_the_notes_say_what_is_chained_and_what_wins(place: Path) -> None:
    """The variable as it is now, the lines of the file, a hard link, a login shell that misses the file."""
    rc = place / ".bashrc"
    rc.write_text("export PYTHONSTARTUP=~/a.py\n")
    os.link(rc, place / "other")
    (place / ".bash_profile").write_text("A=1\n")
    environ = dict(os.environ) | {"PYTHONSTARTUP": "/my/rc.py"}
    text = "\n".join(install.notes(install.plan("bash", None, environ), "bash", environ))
    for part in (
        "PYTHONSTARTUP is /my/rc.py",
        ".bashrc:1 sets PYTHONSTARTUP: what it names is kept",
        "hard link",
        ".bash_profile",
    ):
        assert part in text
    do_install()
    rc.write_bytes(rc.read_bytes() + b"export PYTHONSTARTUP=~/b.py\n")
    text = "\n".join(install.notes(install.plan("bash", None, environ), "bash", environ))
    assert "after histshell's block and wins" in text
    assert install.notes(install.plan("zsh", None, {"HOME": str(place)}), "zsh", {"HOME": str(place)}) == []


def test_our_own_variable_is_nothing_to_note(place: Path) -> None:
    """An installation done again in a terminal that has it."""
    do_install()
    environ = {"HOME": str(place), "PYTHONSTARTUP": stub.installed()}
    assert install.notes(install.plan("bash", None, environ), "bash", environ) == []


@pytest.mark.parametrize(
    ("chain", "remedy"), [("", "unset PYTHONSTARTUP"), ("/my/rc.py", 'export PYTHONSTARTUP="$HISTSHELL_CHAIN"')]
)
def test_the_farewell_knows_the_terminal_it_is_said_in(chain: str, remedy: str) -> None:
    """Where the variable is still set, how to clear it, or to give it its old value."""
    do_install()
    removal = undo()
    environ = {"PYTHONSTARTUP": stub.installed(), "HISTSHELL_CHAIN": chain}
    assert any(remedy in note for note in install.farewell(removal, environ))
    assert not any("variable" in note for note in install.farewell(removal, {}))


def test_hostile_paths_go_through_a_real_shell(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home directory itself: spaces, quotes, a dollar, a line break, bytes that are no UTF-8."""
    home = place / os.fsdecode(b'it\'s "a" $HOME\n\xff')
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (home / ".bashrc").write_bytes(b"A=1")
    do_install()
    done = subprocess.run(
        ["bash", "-c", '. ~/.bashrc; printf %s "$PYTHONSTARTUP"'],
        env={"HOME": str(home)},
        capture_output=True,
        check=True,
    )
    assert done.stdout == os.fsencode(stub.installed())
    undo()
    assert (home / ".bashrc").read_bytes() == b"A=1"
