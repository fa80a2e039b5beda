"""xonsh, set up by `histshell install`: the same `h`, its own prompt with the number in it, and shell commands left alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environments import with_packages
from tests.prompt.session import CHECKOUT, environment
from tests.pythons import Python, by_turns
from tests.shells.shell import kept, set_up, targets
from tests.terminal import Terminal

#: The oldest that is supported, and the newest under several Pythons.
VERSIONS = [((3, 11), "xonsh==0.19.*"), ((3, 11), "xonsh"), ((3, 13), "xonsh"), ((3, 14), "xonsh")]
_OWN = re.compile(r"(_?h\[\d+\]) @#? \Z")
_WHOLE = re.compile(r"\A(_?h\[\d+\]) >>> \Z")
_BARE = re.compile(r" @#? \Z")


xonshes = pytest.mark.parametrize(("python", "package"), list(targets(*VERSIONS)))


def interpreter(python: Python, package: str) -> str:
    """The Python of an environment that has xonsh and what draws its prompt."""
    return str(with_packages(python, (package, "prompt_toolkit")))


def histshell(home: Path, *arguments: str, **variables: str) -> str:
    """Run the command; return what it printed."""
    words = [sys.executable, "-c", "from histshell.cli import main; main()", *arguments]
    env = environment(home, **variables)
    done = subprocess.run(words, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory in which histshell has been set up for xonsh."""
    set_up(tmp_path / "home", "xonsh")
    return tmp_path / "home"


class Xonsh(Terminal):
    """A xonsh, typed at; `prompt` is what its prompt is known by."""

    def __init__(
        self, python: Python, package: str, home: Path, prompt: re.Pattern[str] = _OWN, **variables: str
    ) -> None:
        env = environment(home, XONSH_SHOW_TRACEBACK="0", **variables)
        self._prompt = prompt
        self._row = -1
        words = [interpreter(python, package), "-m", "xonsh"]
        super().__init__(words, env=env, cwd=str(home), rows=50, columns=100)
        self.wait_for(self.at_prompt)

    def at_prompt(self) -> bool:
        """A fresh prompt of xonsh's"""
        return self.row > self._row and bool(self._prompt.search(self.before_cursor)) and not self.after_cursor.strip()

    @property
    def number(self) -> str:
        """The number in the prompt, with the name: `h[3]`."""
        match = self._prompt.search(self.before_cursor)
        assert match, self.before_cursor
        return match[1]

    def enter(self, text: str) -> list[str]:
        """Type a line, press Enter, and return what was printed before the next prompt."""
        self._row = first = self.row
        self.type(text)
        self.press("enter")
        self.wait_for(self.at_prompt)
        return [row.rstrip() for row in self.history()[first + 1 : self.row] if row.strip()]


@pytest.mark.both
@xonshes
def test_results_have_numbers_and_commands_have_none(python: Python, package: str, home: Path) -> None:
    """The lines of the README; None, errors and what a shell command gives get no number."""
    with Xonsh(python, package, home) as shell:
        assert shell.number == "h[1]"
        assert shell.enter("lambda x: x * 2") == ["<function __main__.<lambda>>"]
        assert shell.enter("[1, 2, 3, 4, 5]") == ["[1, 2, 3, 4, 5]"]
        assert shell.enter("list(map(h[1], h[2]))") == ["[2, 4, 6, 8, 10]"]
        assert shell.number == "h[4]"
        assert shell.enter("echo hi") == ["hi"]
        shell.enter("ls /")
        shell.enter("!(echo hidden)")
        shell.enter("None")
        assert any("ZeroDivisionError" in row for row in shell.enter("1 / 0"))
        assert shell.number == "h[4]"
        assert shell.enter("$(echo captured)") == ["'captured'"]
        assert shell.number == "h[5]"
        sources = shell.enter("print([h.entry(n).source for n in (1, 2, 3, 4)])")
        assert sources == ["['lambda x: x * 2', '[1, 2, 3, 4, 5]', 'list(map(h[1], h[2]))', '$(echo captured)']"]
        assert any("[2, 4, 6, 8, 10]" in row for row in shell.enter("h"))
        assert shell.number == "h[5]", "the table is no result"


@xonshes
def test_blocks_and_lines_with_several_values(python: Python, package: str, home: Path) -> None:
    """Each displayed value has its number and, where it can be told, the expression it came from."""
    with Xonsh(python, package, home) as shell:
        assert shell.enter("1; [2, 3]") == ["1", "[2, 3]"]
        assert shell.number == "h[3]"
        shell.type("for i in range(2):")
        shell.press("enter")
        shell.type("i + 10")
        shell.press("enter")
        assert shell.enter("")[-2:] == ["10", "11"]
        assert shell.number == "h[5]"
        shell.enter("echo x; 5; 6")
        assert shell.number == "h[7]"
        assert shell.enter("print([h.entry(n).source for n in (1, 2)])") == ["['1', '[2, 3]']"]
        assert shell.enter("print(h.entry(4).source.split()[0], h.entry(6).source)") == ["for echo x; 5; 6"]


@xonshes
def test_errors_lose_nothing(python: Python, package: str, home: Path) -> None:
    """A `__repr__` that raises, a history whose name is taken, another display hook."""
    with Xonsh(python, package, home) as shell:
        shell.enter("Bad = type('Bad', (), {'__repr__': lambda self: 1 / 0})")
        shell.enter("Bad()")
        assert shell.number == "h[2]"
        shell.enter("h = 0")
        assert shell.number == "_h[2]"
        shell.enter("del h")
        shell.enter("import sys; sys.displayhook = lambda value: print('mine', type(value).__name__)")
        assert shell.enter("'still'") == ["mine str"]
        assert shell.number == "h[3]"
        assert shell.enter("print(h[2])")[0] == "still"


@by_turns("kind", ["prompt_toolkit", "readline"], xonshes)
def test_the_pickle_mode_and_the_end(python: Python, package: str, kind: str, home: Path) -> None:
    """`pik()` reads its own lines in both of xonsh's line editors, and the exit status is what is asked for."""
    with Xonsh(python, package, home, SHELL_TYPE=kind) as shell:
        assert shell.enter("print($SHELL_TYPE)") == [kind]
        shell.type("pik()")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell.type("I7")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "...> ")
        shell.type(".")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell._row = shell.row
        shell.type("quit")
        shell.press("enter")
        shell.wait_for(shell.at_prompt)
        assert shell.number == "h[2]"
        assert shell.enter("print(h[1])") == ["7"]
        shell.type("exit 3")
        shell.press("enter")
        assert shell.wait_for_end() == 3


@xonshes
def test_ctrl_d(python: Python, package: str, home: Path) -> None:
    """It leaves, as ever; what was typed is in the journal, and which of it failed."""
    with Xonsh(python, package, home) as shell:
        shell.enter("1")
        shell.enter("ls /nowhere/at/all")
        shell.enter("echo said")
        shell.enter("1 / 0")
        shell.press("ctrl-d")
        assert shell.wait_for_end() == 0
    log = kept(home)
    assert (log.session.shell, log.left) == ("xonsh", True)
    listing = log.inputs[1].error
    assert listing is not None
    assert listing[0] in ("ExitStatus", "subprocess.CalledProcessError")  # by version
    assert [(one.source, (one.error or ("",))[0], len(one.results)) for one in log.inputs] == [
        ("1", "", 1),
        ("ls /nowhere/at/all", listing[0], 0),
        ("echo said", "", 0),
        ("1 / 0", "ZeroDivisionError", 0),
    ]


@by_turns("kind", ["prompt_toolkit", "readline"], xonshes)
def test_results_complete(python: Python, package: str, kind: str, home: Path) -> None:
    """The numbers after `h[`, and what goes on from one; a command's own completions are still there."""
    with Xonsh(python, package, home, SHELL_TYPE=kind) as shell:
        shell.enter("'some text'")
        shell.enter("'more'")
        shell.type("h[1].capit")
        shell.press("tab")
        shell.wait_for(lambda: "h[1].capitalize" in shell.before_cursor)
        shell.press("ctrl-u")
        shell.wait_for(shell.at_prompt)
        shell.type("print(1, h[")
        shell.press(*["tab"] * (2 if kind == "readline" else 1))
        shell.wait_for(lambda: any(re.search(r"1\]\s+(h\[)?2\]|(?<!h\[)2\]", row) for row in shell.screen()))
        shell.press("ctrl-u")
        shell.wait_for(shell.at_prompt)
        (home / "a-file").touch()
        shell.type("ls a-")
        shell.press("tab")
        shell.wait_for(lambda: "ls a-file" in shell.before_cursor)


OWN_RC = "$PROMPT = 'mine {h} @ '\n"


@xonshes
def test_a_prompt_of_the_users_stays(python: Python, package: str, home: Path) -> None:
    """Whatever the settings say; and it can have the number."""
    rc = home / ".config" / "xonsh" / "rc.xsh"
    rc.write_text(OWN_RC)
    mine = re.compile(r"\Amine (h\[\d+\]) @ \Z")
    with Xonsh(python, package, home, mine, HISTSHELL_PROMPT="true") as shell:
        shell.enter("6 * 7")
        assert shell.number == "h[2]"
    assert rc.read_text() == OWN_RC


ASKED = {"true": _WHOLE, "<{h}/{n}> ": re.compile(r"\A<(h/\d)> \Z")}


@by_turns("setting", ASKED, xonshes)
def test_the_numbered_prompt(python: Python, package: str, setting: str, home: Path) -> None:
    """Where the user has asked for it, it takes the place of xonsh's own."""
    prompt = ASKED[setting]
    with Xonsh(python, package, home, prompt, HISTSHELL_PROMPT=setting) as shell:
        shell.enter("6 * 7")
        shell.enter("echo hi")
        assert shell.number == shell.number.replace("1", "2")


@xonshes
def test_uninstalling_in_the_shell(python: Python, package: str, home: Path) -> None:
    """Hook, prompt, fields, completer and names are what they were."""
    (home / ".config" / "xonsh" / "rc.xsh").write_text(
        "import sys\nbefore = $PROMPT, sorted($PROMPT_FIELDS), sys.displayhook\n"
    )
    with Xonsh(python, package, home) as shell:
        shell.enter("'counted'")
        shell._prompt = _BARE
        shell.enter("import histshell; histshell.uninstall()")
        assert shell.enter("'not counted'") == ["'not counted'"]
        assert "h[" not in shell.before_cursor
        assert shell.enter("print(before == ($PROMPT, sorted($PROMPT_FIELDS), sys.displayhook))") == ["True"]
        assert shell.enter("print('histshell' in __xonsh__.completers, 'h' in globals())") == ["False False"]
        assert shell.enter("import builtins; print([n for n in ('h', '_h', 'pik') if hasattr(builtins, n)])") == ["[]"]


@xonshes
def test_a_prompt_that_is_set_later_stays(python: Python, package: str, home: Path) -> None:
    """Ours is only the default, so that no program started from xonsh sees it, and any other one wins."""
    with Xonsh(python, package, home) as shell:
        assert shell.enter("env | grep ^PROMPT= | wc -l") == ["0"]
        shell._prompt = re.compile(r"\Alater \Z")
        shell.enter("$PROMPT = 'later '")
        shell.enter("import histshell; histshell.uninstall()")
        shell._prompt = _BARE
        shell.enter("del $PROMPT")
        assert "h[" not in shell.before_cursor


@xonshes
def test_an_alias_is_not_taken(python: Python, package: str, home: Path) -> None:
    """A variable `h` would make the user's command `h` one that cannot be typed."""
    (home / ".config" / "xonsh" / "rc.xsh").write_text("aliases['h'] = 'echo alias'\n")
    with Xonsh(python, package, home) as shell:
        assert shell.number == "_h[1]"
        assert shell.enter("h me") == ["alias me"]
        shell.enter("6 * 7")
        assert shell.enter("print(_h[1])") == ["42"]


@xonshes
def test_a_python_started_from_it_is_numbered(python: Python, package: str, home: Path) -> None:
    """As from any other shell; a start-up file that was there before is chained, and is not run by xonsh."""
    mine = home / "mine.py"
    mine.write_text("print('my own start-up file')\n")
    with Xonsh(python, package, home, PYTHONSTARTUP=str(mine)) as shell:
        assert not any("my own" in row for row in shell.screen())
        assert shell.enter("import sys; print($HISTSHELL_CHAIN)") == [str(mine)]
        shell.type("@(sys.executable)")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "h[1] >>> ")
        assert any("my own" in row for row in shell.screen())
        shell.type("exit()")
        shell.press("enter")
        shell.wait_for(shell.at_prompt)


def run(python: Python, package: str, home: Path, *arguments: str, text: str = "") -> tuple[str, str]:
    """Run a xonsh that nobody types at; return what it wrote to its two streams."""
    words = [interpreter(python, package), "-m", "xonsh", *arguments]
    done = subprocess.run(
        words, env=environment(home), input=text, cwd=home, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout, done.stderr


@xonshes
def test_scripts_are_left_alone(python: Python, package: str, home: Path) -> None:
    """A file, a command, a pipe: nothing is loaded, and nothing is set."""
    script = "import sys; print('histshell' in sys.modules, 'h' in globals(), 'PYTHONSTARTUP' in ${...})\n"
    (home / "script.xsh").write_text(script)
    answer = ("False False False\n", "")
    assert run(python, package, home, "script.xsh") == answer
    assert run(python, package, home, "-c", script) == answer
    assert run(python, package, home, text=script) == answer


@xonshes
def test_any_path_survives(python: Python, package: str, tmp_path: Path) -> None:
    """Where histshell's files are is no concern of the language that names them: quotes, a dollar, a line break."""
    folder = tmp_path / "home"
    data = tmp_path / 'it\'s "a" $HOME {x}\n\\'
    folder.mkdir()
    histshell(folder, "install", "--shell", "xonsh", XDG_DATA_HOME=str(data))
    with Xonsh(python, package, folder, XDG_DATA_HOME=str(data)) as shell:
        shell.enter("import os")
        assert shell.enter("print(os.path.isfile($PYTHONSTARTUP))") == ["True"]


@xonshes
def test_the_shell_is_found(python: Python, package: str, home: Path) -> None:
    """`histshell install`, typed in xonsh, knows where it is."""
    code = "from histshell.setup.install import choose_shell; print(choose_shell(None, None, {}))"
    line = f'@({sys.executable!r}) -c "{code}"\n'  # a path may have blanks
    xonsh = str(Path(interpreter(python, package)).with_name("xonsh"))
    words = [xonsh, "-c", line]
    done = subprocess.run(words, env=environment(home), cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "xonsh\n", done.stderr


@xonshes
def test_it_can_be_switched_off(python: Python, package: str, home: Path) -> None:
    """By the same variable as everywhere."""
    with Xonsh(python, package, home, _BARE, HISTSHELL="0") as shell:
        shell.enter("import sys")
        assert shell.enter("print('h' in globals(), 'histshell' in sys.modules)") == ["False False"]


@by_turns("left", ["the package is gone", "the data directory is gone", "uninstalled, file kept"], xonshes)
def test_without_histshell_xonsh_is_bare(python: Python, package: str, left: str, home: Path) -> None:
    """Its file says nothing and does nothing when what it loads is not there any more."""
    data = home / ".local" / "share" / "histshell"
    file = home / ".config" / "xonsh" / "rc.d" / "histshell.xsh"
    text = file.read_bytes()
    if left == "the package is gone":
        (data / "home").write_text("/nowhere\n")
    elif left == "the data directory is gone":
        os.rename(data, home / "elsewhere")
    else:
        histshell(home, "uninstall")
        assert not file.exists()
        file.write_bytes(text)
    with Xonsh(python, package, home, _BARE) as shell:
        assert not any("histshell" in row for row in shell.screen())
        assert shell.enter("6 * 7") == ["42"]
        assert shell.enter("print('h' in globals(), '_histshell' in globals())") == ["False False"]
