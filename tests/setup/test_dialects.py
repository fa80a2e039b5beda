"""The lines for each shell, run in the real shells; and which file each shell reads."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from histshell.setup import dialects
from histshell.setup.dialects import DIALECTS, UnknownShellError, candidates, login_note, shell_of
from histshell.setup.rcfile import put_in

# How each shell is started for a script, in the strictest way that it has. RC_QUOTES makes '' in quotes a quote.
SHELLS = {
    "bash": ["bash", "--norc", "-eu"],
    "bash-posix": ["bash", "--posix", "--norc", "-eu"],
    "sh": ["sh", "-eu"],
    "dash": ["dash", "-eu"],
    "zsh": ["zsh", "-f", "-eu"],
    "zsh-options": ["zsh", "-f", "-eu", "-o", "rcquotes", "-o", "extendedglob", "-o", "globsubst", "-o", "shwordsplit"],
    "fish": ["fish", "--no-config"],
}

HOSTILE = [
    "plain",
    "two words",
    "it's",
    "''",
    'say "no"',
    "$HOME ${HOME} $(touch gone) `touch gone`",
    "two\nlines",
    "end\\",
    "a\\'b",
    "*?[a]~!#&;|<>",
    "# <<< histshell",
    "ünïcode",
    b"not \xff utf-8".decode("utf-8", "surrogateescape"),
    "-n",
]


def in_shell(name: str) -> pytest.MarkDecorator:
    """Skip where the shell is not on this machine."""
    return pytest.mark.skipif(shutil.which(SHELLS[name][0]) is None, reason=f"no {SHELLS[name][0]} on this machine")


each_shell = pytest.mark.parametrize("shell", [pytest.param(name, marks=in_shell(name)) for name in SHELLS])


def run(shell: str, folder: Path, stub: Path, script: str, **environ: str) -> dict[bytes, bytes]:
    """Run `script`, in which SOURCE reads the block, and return the environment that a child then gets."""
    lines = dialects.fish_lines if shell == "fish" else dialects.sh_lines
    rc = folder / "rc"
    rc.write_bytes(put_in(b"", lines(os.fsencode(stub)), "rc"))
    script = script.replace("SOURCE", "source ./rc" if shell == "fish" else ". ./rc") + "\nenv -0"
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run([*SHELLS[shell], "-c", script], cwd=folder, env=base | environ, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    pairs = (pair.partition(b"=") for pair in done.stdout.split(b"\0"))
    return {name: value for name, _, value in pairs if name in (b"PYTHONSTARTUP", b"HISTSHELL_CHAIN")}


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A stub where the installer would put it."""
    path = tmp_path / "data" / "histshell" / "pythonstartup.py"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@each_shell
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_any_path_survives_the_shell(shell: str, name: str, tmp_path: Path) -> None:
    """The variable holds the very bytes of the path, and nothing in it is run."""
    stub = tmp_path / name / "histshell" / "pythonstartup.py"
    stub.parent.mkdir(parents=True)
    stub.touch()
    assert run(shell, tmp_path, stub, "SOURCE") == {b"PYTHONSTARTUP": os.fsencode(stub)}
    assert not (tmp_path / "gone").exists()


@each_shell
@pytest.mark.parametrize("times", [1, 2, 3])
def test_an_earlier_startup_file_is_chained_once(shell: str, times: int, stub: Path, tmp_path: Path) -> None:
    """However often the block is read, the user's own file is what is chained, whatever its name."""
    mine = "/home/me/my 'own' $file.py"
    assert run(shell, tmp_path, stub, "SOURCE\n" * times, PYTHONSTARTUP=mine) == {
        b"PYTHONSTARTUP": os.fsencode(stub),
        b"HISTSHELL_CHAIN": mine.encode(),
    }


@each_shell
@pytest.mark.parametrize("value", ["", "/old/place/histshell/pythonstartup.py"])
def test_nothing_and_our_own_file_are_not_chained(shell: str, value: str, stub: Path, tmp_path: Path) -> None:
    """An empty variable is no file; a stub in another place is no file of the user's."""
    assert run(shell, tmp_path, stub, "SOURCE", PYTHONSTARTUP=value) == {b"PYTHONSTARTUP": os.fsencode(stub)}


@each_shell
def test_a_nested_shell_keeps_the_chain(shell: str, stub: Path, tmp_path: Path) -> None:
    """What a shell inherits from one that has read the block is right already."""
    inherited = {"PYTHONSTARTUP": str(stub), "HISTSHELL_CHAIN": "/mine.py"}
    found = run(shell, tmp_path, stub, "SOURCE", **inherited)
    assert found == {name.encode(): value.encode() for name, value in inherited.items()}


@each_shell
def test_without_the_stub_the_block_does_nothing(shell: str, stub: Path, tmp_path: Path) -> None:
    """A missing start-up file ends some Pythons, so it is never named."""
    stub.unlink()
    assert run(shell, tmp_path, stub, "SOURCE", PYTHONSTARTUP="/mine.py") == {b"PYTHONSTARTUP": b"/mine.py"}


@each_shell
def test_the_block_leaves_no_variable_of_its_own(shell: str, stub: Path, tmp_path: Path) -> None:
    """The names set in the shell afterwards are those set before, and the two it is there for."""
    list_them = "set --names" if shell == "fish" else "set | sed -n 's/^\\([A-Za-z_]*\\)=.*/\\1/p'"
    script = f"{list_them} >before; SOURCE\n{list_them} >after"
    run(shell, tmp_path, stub, script, PYTHONSTARTUP="/mine.py")
    before, after = (set((tmp_path / name).read_text().split()) for name in ("before", "after"))
    assert {name for name in after - before if not name.startswith(("_", "BASH_", "PIPESTATUS", "pipestatus"))} == {
        "HISTSHELL_CHAIN"
    }


def test_each_shell_has_its_file() -> None:
    """The files, as they lie in a plain home directory."""
    environ = {"HOME": "/home/me"}
    assert {name: dialect.rc_file(environ) for name, dialect in DIALECTS.items()} == {
        "bash": "/home/me/.bashrc",
        "zsh": "/home/me/.zshrc",
        "fish": "/home/me/.config/fish/config.fish",
        "sh": "/home/me/.profile",
        "dash": "/home/me/.profile",
        "ash": "/home/me/.profile",
        "xonsh": "/home/me/.config/xonsh/rc.d/histshell.xsh",
    }


def test_the_file_moves_with_the_variables_of_the_shell() -> None:
    """In $ZDOTDIR for zsh, in $XDG_CONFIG_HOME for fish, unless that is relative; in either of xonsh's two."""
    environ = {"HOME": "/home/me", "ZDOTDIR": "/z", "XDG_CONFIG_HOME": "/c"}
    assert DIALECTS["zsh"].rc_file(environ) == "/z/.zshrc"
    assert DIALECTS["fish"].rc_file(environ) == "/c/fish/config.fish"
    assert DIALECTS["fish"].rc_file(environ | {"XDG_CONFIG_HOME": "c"}) == "/home/me/.config/fish/config.fish"
    assert DIALECTS["xonsh"].rc_file(environ) == "/c/xonsh/rc.d/histshell.xsh"
    assert DIALECTS["xonsh"].rc_file(environ | {"XONSH_CONFIG_DIR": "~/x"}) == "/home/me/x/rc.d/histshell.xsh"


@in_shell("zsh")
def test_zsh_is_asked_where_its_files_are(tmp_path: Path) -> None:
    """A ZDOTDIR that .zshenv sets without exporting it is found, even from another shell."""
    (tmp_path / ".zshenv").write_text("ZDOTDIR=$HOME/'my zsh'\n")
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    assert DIALECTS["zsh"].rc_file(environ) == str(tmp_path / "my zsh" / ".zshrc")
    assert str(tmp_path / "my zsh" / ".zshrc") in candidates(environ)


@in_shell("zsh")
@pytest.mark.parametrize("zshenv", ["# no ZDOTDIR\n", "ZDOTDIR=relative\n", "exit 3 # ZDOTDIR\n"])
def test_a_zshenv_that_says_nothing_useful_means_home(zshenv: str, tmp_path: Path) -> None:
    """No value, a relative one, a failure: the file in the home directory."""
    (tmp_path / ".zshenv").write_text(zshenv)
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    assert DIALECTS["zsh"].rc_file(environ) == str(tmp_path / ".zshrc")


@pytest.mark.parametrize(
    ("path", "shell"),
    [
        ("/home/me/.bashrc", "bash"),
        ("/home/me/.bash_profile", "bash"),
        ("/z/.zshrc", "zsh"),
        ("/home/me/.profile", "sh"),
        ("/home/me/.zprofile", "sh"),
        ("/etc/profile.d/histshell.sh", "sh"),
        ("/c/fish/config.fish", "fish"),
        ("/c/fish/conf.d/python.fish", "fish"),
        ("/c/xonsh/rc.d/histshell.xsh", "xonsh"),
        ("/home/me/.xonshrc", "xonsh"),
        ("/home/me/.kshrc", None),
        ("/home/me/rc", None),
    ],
)
def test_a_file_name_tells_its_shell(path: str, shell: str | None) -> None:
    """So `--rc config.fish` gets fish's lines from whatever shell it is typed in."""
    assert shell_of(path) == shell


@pytest.mark.parametrize(
    ("files", "platform", "named"),
    [
        ({}, "linux", None),
        ({}, "darwin", ".bash_profile"),
        ({".bash_profile": "export A=1\n"}, "linux", ".bash_profile"),
        ({".bash_profile": "export A=1 # not .bashrc\n"}, "linux", ".bash_profile"),
        ({".bash_profile": "[ -f ~/.bashrc ] && . ~/.bashrc\n"}, "darwin", None),
        ({".bash_login": "", ".profile": ". ~/.bashrc\n"}, "linux", ".bash_login"),
        ({".profile": '. "$HOME/.bashrc"\n'}, "linux", None),
    ],
)
def test_a_login_bash_that_misses_bashrc_is_noticed(
    files: dict[str, str], platform: str, named: str | None, tmp_path: Path
) -> None:
    """The first login file there is decides; macOS starts a login shell in every terminal."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    environ = {"HOME": str(tmp_path)}
    note = login_note(environ, str(tmp_path / ".bashrc"), platform)
    assert (note is None) == (named is None)
    assert named is None or named in str(note)
    assert login_note(environ, str(tmp_path / ".zshrc"), platform) is None


def test_an_unknown_shell_is_told_what_to_write() -> None:
    """The sentence has the variable, its value, and the shells there are rules for, on one line."""
    text = str(UnknownShellError("nu", "/data/histshell/pythonstartup.py"))
    for part in ("'nu'", "PYTHONSTARTUP", "/data/histshell/pythonstartup.py", "HISTSHELL_CHAIN", "bash", "fish"):
        assert part in text
    assert "\n" not in text
