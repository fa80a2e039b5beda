"""The command as it is typed: what it prints, where, and its exit code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import histshell
from histshell import command
from histshell.cli import main
from histshell.setup import stub
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from histshell.cli import main; main(prog_name='histshell')"]
HOSTILE = os.fsdecode(b"a 'home' $HOME\n\xff")


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a command: a home of its own and nothing of ours; this process finds its files there too."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "ZDOTDIR", "HISTSHELL_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "SHELL": "/bin/bash",
        "HISTSHELL_COMPLETION": "basic",  # jedi takes longer to start than all else of the doctor's
        "TERM": "xterm-256color",
    }


def run(environ: dict[str, str], *words: str, code: int = 0) -> tuple[str, str]:
    """Type a command; return what it printed on standard output and on standard error."""
    done = subprocess.run([*COMMAND, *words], env=environ, capture_output=True, timeout=60)
    out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
    assert done.returncode == code, (done.returncode, out, err)
    assert "Traceback" not in err
    return out, err


def test_alone_it_prints_its_help(environ: dict[str, str]) -> None:
    """With every command in it, and success."""
    out, err = run(environ)
    assert err == ""
    assert isinstance(main, click.Group)
    assert [name for name in main.commands if not re.search(rf"(?m)^  {name} +\w.*[^.]\.$", out)] == []
    assert out == run(environ, "--help")[0]


def test_it_says_its_version(environ: dict[str, str]) -> None:
    """One line."""
    assert run(environ, "--version")[0] == f"histshell {histshell.__version__}\n"


@pytest.mark.parametrize(
    "words", [["nonsense"], ["--nonsense"], ["install", "--nonsense"], ["install", "--rc"], ["path", "more"]]
)
def test_wrong_usage_is_exit_code_2(words: list[str], environ: dict[str, str]) -> None:
    """And changes nothing."""
    out, err = run(environ, *words, code=2)
    assert out == ""
    assert "Error:" in err
    assert os.listdir(environ["HOME"]) == []


@pytest.mark.slow
def test_install_shows_the_change_and_what_to_do_next(environ: dict[str, str]) -> None:
    """The diff, the file that is chained, the backup, and one last line; the second time one line is all."""
    rc = Path(environ["HOME"], ".bashrc")
    rc.write_text("A=1\n")
    out, _ = run(environ | {"PYTHONSTARTUP": "/my/rc.py"}, "install", "--shell", "bash")
    assert f"--- {rc}" in out
    assert "\n+# >>> histshell >>>\n" in out
    assert "PYTHONSTARTUP is /my/rc.py: that file is kept, and runs after histshell's" in out
    assert f"{rc}.histshell-backup" in out
    assert out.splitlines()[-1] == "Done: open a new terminal and start python."
    assert run(environ, "install", "--shell", "bash") == ("It is installed already.\n", "")
    os.unlink(stub.installed())
    assert run(environ, "install", "--shell", "bash") == ("Done: brought up to date.\n", "")


def test_a_dry_run_shows_all_and_does_nothing(environ: dict[str, str]) -> None:
    """Both ways; the text is that of the real run."""
    rc = Path(environ["HOME"], ".bashrc")
    rc.write_text("A=1\n")
    shown, _ = run(environ, "install", "--shell", "bash", "--dry-run")
    assert sorted(os.listdir(environ["HOME"])) == [".bashrc"]
    assert shown.splitlines()[-1] == "Nothing was changed."
    real, _ = run(environ, "install", "--shell", "bash")
    assert real.startswith(shown.removesuffix("Nothing was changed.\n"))
    content = rc.read_bytes()
    shown, _ = run(environ, "uninstall", "--dry-run")
    assert "\n-# >>> histshell >>>\n" in shown
    assert rc.read_bytes() == content


def test_uninstall_takes_back_and_tells_this_terminal(environ: dict[str, str]) -> None:
    """The diff, the file that is left, the variable that is still set; then there is nothing more to do."""
    rc = Path(environ["HOME"], ".bashrc")
    rc.write_text("A=1")
    run(environ, "install", "--shell", "bash")
    out, _ = run(environ | {"PYTHONSTARTUP": stub.installed()}, "uninstall")
    assert rc.read_bytes() == b"A=1"
    for part in ("\n-# >>> histshell >>>\n", f"{stub.installed()} is left", "unset PYTHONSTARTUP", "Done."):
        assert part in out
    left, last = run(environ, "uninstall")[0].splitlines()
    assert f"{stub.installed()} is left" in left
    assert last == "There was nothing to take out."


@pytest.mark.slow
def test_an_error_is_one_line_and_exit_code_1(environ: dict[str, str]) -> None:
    """A damaged block, an unknown shell, a folder for a file: on standard error, the files as they were."""
    rc = Path(environ["HOME"], ".bashrc")
    rc.write_text("# >>> histshell >>>\n")
    for words in (
        ["install", "--shell", "bash"],
        ["install", "--shell", "bash", "--dry-run"],
        ["uninstall"],
        ["install", "--shell", "nonsense", "--dry-run"],
        ["install", "--shell", "bash", "--rc", "/"],
    ):
        out, err = run(environ, *words, code=1)
        assert out == ""
        assert re.fullmatch(r"Error: [^\n]+\n", err)
    assert sorted(os.listdir(environ["HOME"])) == [".bashrc"]
    assert rc.read_text() == "# >>> histshell >>>\n"


def test_an_unknown_shell_gets_the_file_that_it_is_told_to_name(environ: dict[str, str]) -> None:
    """The lines are its owner's to write, the path in them has to be there."""
    _, err = run(environ, "install", "--shell", "nonsense", code=1)
    assert stub.installed() in err
    assert os.path.isfile(stub.installed())


@pytest.mark.slow
def test_path_prints_the_stub_that_is_there(environ: dict[str, str]) -> None:
    """The installed one; before and after that the package's own, which is said on standard error."""
    packaged = str(ROOT / "startup" / "pythonstartup.py") + "\n"
    out, err = run(environ, "path")
    assert (out, "not installed" in err) == (packaged, True)
    run(environ, "install", "--shell", "bash")
    assert run(environ, "path") == (f"{stub.installed()}\n", "")
    run(environ, "uninstall")
    assert run(environ, "path")[0] == packaged


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.slow
def test_hostile_paths_and_encodings_end_no_command(encoding: str, environ: dict[str, str]) -> None:
    """The path is printed byte for byte, in every other line escaped."""
    home = Path(environ["HOME"], HOSTILE)
    home.mkdir()
    environ |= {"HOME": str(home), "PYTHONIOENCODING": encoding}
    (home / ".bashrc").write_bytes(b"# \xff \x1b[31m")
    out, _ = run(environ, "install", "--shell", "bash")
    assert "\x1b" not in out
    assert "a 'home' $HOME\\n\\xff/.bashrc" in out
    assert run(environ, "path")[0] == f"{home}/.local/share/histshell/pythonstartup.py\n"
    run(environ, "config")
    run(environ, "doctor", code=1)
    run(environ, "uninstall")
    assert (home / ".bashrc").read_bytes() == b"# \xff \x1b[31m"


@pytest.mark.slow
def test_doctor_prints_each_problem_with_its_remedy(environ: dict[str, str]) -> None:
    """And counts them; the exit code says whether there are any."""
    environ["PATH"] = "/nowhere"
    out, _ = run(environ, "doctor", code=1)
    assert "problem  histshell is not installed" in out
    assert "\n         → histshell install\n" in out
    assert out.splitlines()[-1] == "2 problems."
    run(environ, "install", "--shell", "bash")
    environ["PYTHONSTARTUP"] = stub.installed()
    out, _ = run(environ | {"HISTSHELL_COMPLETION": "full"}, "doctor")
    assert out.splitlines()[-1] == "No problems."
    assert "TAB asks jedi" in out
    assert "\x1b" not in out


@pytest.mark.slow
def test_doctor_repairs(environ: dict[str, str]) -> None:
    """`--repair` says what it did, and the page that follows is that of afterwards."""
    environ["PATH"] = "/nowhere"
    run(environ, "install", "--shell", "bash")
    environ["PYTHONSTARTUP"] = stub.installed()
    os.unlink(stub.installed())
    run(environ, "doctor", code=1)
    out, _ = run(environ, "doctor", "--repair")
    assert out.splitlines()[0] == f"repaired {stub.installed()} is written anew"
    assert out.splitlines()[-1] == "No problems."


@pytest.mark.slow
def test_config_sets_what_it_gets(environ: dict[str, str]) -> None:
    """Words of a value need no quotes; what wins over the file is said, and what is wrong is not kept."""
    path = run(environ, "config", "path")[0].strip()
    assert "style is now 'bold green'" in run(environ, "config", "set", "style", "bold", "green")[0]
    assert Path(path).read_text() == 'style = "bold green"\n'
    assert run(environ, "config", "get", "style")[0] == "bold green\n"
    assert (
        "HISTSHELL_STYLE is set here" in run(environ | {"HISTSHELL_STYLE": "red"}, "config", "set", "style", "blue")[0]
    )
    assert "did you mean style?" in run(environ, "config", "set", "stile", "blue", code=1)[1]
    assert "no longer set" in run(environ, "config", "unset", "style")[0]
    assert Path(path).read_text() == ""


def test_config_shows_each_value_and_where_it_comes_from(environ: dict[str, str]) -> None:
    """The default, the file with its line, the variable; what is wrong, on standard error, with file and line."""
    out, err = run(environ, "config")
    assert re.search(r"(?m)^style +'bold magenta' +default ", out)
    assert "config.toml (there is none)" in out
    assert err == ""
    config = Path(environ["HOME"], "c.toml")
    config.write_text('# mine\nstyle = "green"\npromt = "x"\nprompt = "{x}"\n')
    environ |= {"HISTSHELL_CONFIG": str(config)}
    out, err = run(environ, "config")
    assert re.search(rf"(?m)^style +'green' +{re.escape(str(config))}:2 ", out)
    assert re.search(r"(?m)^prompt +'\{h\}\[\{n\}\] >>> ' +default ", out)
    assert f"{config}:3: there is no setting 'promt'" in err
    assert f"{config}:4: prompt: '{{x}}' is no template" in err
    out, _ = run(environ | {"HISTSHELL_STYLE": "none"}, "config")
    assert re.search(r"(?m)^style +'none' +HISTSHELL_STYLE ", out)


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_there_is_colour_where_there_is_colour(more: dict[str, str], coloured: bool, environ: dict[str, str]) -> None:
    """In a terminal that has it, unless it is not wanted."""
    environ |= {"PATH": "/nowhere", "PYTHONDONTWRITEBYTECODE": ""} | more
    with Terminal([*COMMAND, "doctor"], env=environ) as terminal:
        terminal.wait_for("problems.")
        assert terminal.wait_for_end() == 1
        row = next(number for number, text in enumerate(terminal.history()) if text.startswith("problem "))
        assert (terminal.cell(row, 0).fg == "red") == coloured


@pytest.mark.slow
def test_a_closed_pipe_is_no_traceback(environ: dict[str, str]) -> None:
    """`histshell doctor | head -1`."""
    line = " ".join(f'"{word}"' for word in COMMAND)
    done = subprocess.run(["sh", "-c", f"{line} doctor | head -n 1"], env=environ, capture_output=True, text=True)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


SHELLS = {"bash": ["bash", "-i"], "zsh": ["zsh", "-i"], "fish": ["fish", "-i"]}


@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"no {name} on this machine"))
        for name in SHELLS
    ],
)
def test_a_new_terminal_numbers_its_results_until_uninstalled(
    shell: str, environ: dict[str, str], tmp_path: Path
) -> None:
    """The whole way: install, a new shell, python, the user's own file runs too; uninstall, and Python is bare."""
    mine = tmp_path / "mine.py"
    mine.write_text("print('mine', 'ran')\n")
    environ |= {"PYTHONSTARTUP": str(mine)}
    del environ["PYTHONPATH"]
    with_package = environ | {"PYTHONPATH": str(ROOT)}
    run(with_package, "install", "--shell", shell)
    python = f'"{sys.executable}" -q\r'
    with Terminal(SHELLS[shell], env=environ, cwd=str(tmp_path)) as terminal:
        terminal.type(python)
        terminal.wait_for("h[1] >>>")
        assert any("mine ran" in row for row in terminal.screen())
        terminal.type("6 * 7\r")
        terminal.wait_for("h[2] >>>")
        run(with_package, "uninstall")
        terminal.type("exit()\r")
        terminal.type(python)
        terminal.wait_for(lambda: sum("mine ran" in row for row in terminal.history()) == 2)
        terminal.wait_for(lambda: terminal.before_cursor == ">>> ")
    with Terminal(SHELLS[shell], env=environ, cwd=str(tmp_path)) as terminal:
        terminal.type('echo "<$HISTSHELL_CHAIN>" "$PYTHONSTARTUP"\r')
        terminal.wait_for(lambda: any(row.startswith("<> /") and row.endswith("mine.py") for row in terminal.screen()))


def test_a_slip_is_told(environ: dict[str, str], tmp_path: Path) -> None:
    """A word that is nearly a command, and no file, gets a hint and exit code 2."""
    door = [sys.executable, "-m", "histshell.command"]
    done = subprocess.run([*door, "serch"], env=environ, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "histshell: there is no command or file 'serch'; did you mean 'histshell search'?\n"
    (tmp_path / "serch").write_text("print('mine')")
    done = subprocess.run([*door, "--home", "serch"], env=environ, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "mine\n"


def test_no_command_loads_what_another_needs() -> None:
    """The programs whose histories are imported are nobody else's matter."""
    code = "import sys, histshell.cli; print([m for m in sys.modules if m.startswith('histshell.journal')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_start_path_does_not_load_the_command() -> None:
    """Neither click nor rich nor anything of the set-up is imported with the package."""
    unwanted = "m.split('.')[0] in ('click', 'rich', 'shellingham', 'platformdirs') or 'setup' in m"
    code = f"import sys, histshell.session; print([m for m in sys.modules if {unwanted}])"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_door_knows_all_commands() -> None:
    """`histshell WORD` is a command of that name; every other word is for the rich prompt, `repl` too."""
    assert isinstance(main, click.Group)
    assert {*command.COMMANDS, "repl"} == set(main.commands)
