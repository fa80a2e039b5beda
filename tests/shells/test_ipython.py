"""IPython in a terminal and Jupyter's kernels: the same `h`, while prompt, `In` and `Out` stay IPython's own."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from histshell.journal.file_format import SessionLog
from tests.environments import with_packages
from tests.prompt.session import STARTUP, environment
from tests.pythons import Python, by_turns, ends, found
from tests.shells.shell import kept, targets
from tests.terminal import Terminal

#: The oldest and the newest that are supported, each under a Python that it installs on.
VERSIONS = [((3, 11), "8.*"), ((3, 11), "9.*"), ((3, 13), "9.*")]
_PROMPT = re.compile(r"In \[\d+\]: \Z")


def _targets() -> Iterator[object]:
    here = []
    for minor, version in VERSIONS:
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        name = f"{'.'.join(map(str, minor))}-ipython-{version[0]}"
        if not pythons:
            yield pytest.param(None, None, id=name, marks=pytest.mark.skip(reason=f"no Python for {name}"))
        else:
            here.append(pytest.param(pythons[0], version, id=name))
    yield from ends(here)


ipythons = pytest.mark.parametrize(("python", "version"), list(_targets()))


class IPython(Terminal):
    """An IPython that runs the start-up file, typed at."""

    def __init__(
        self, python: Python, version: str, home: Path, *, startup: bool = True, prompt: re.Pattern[str] = _PROMPT,
        **variables: str,
    ) -> None:  # fmt: skip
        interpreter = with_packages(python, (f"ipython=={version}", "ipykernel"))
        home.mkdir()
        env = environment(home, **({"PYTHONSTARTUP": str(STARTUP)} if startup else {}), **variables)
        self._prompt = prompt
        words = [str(interpreter), "-m", "IPython", "--no-banner", "--no-confirm-exit", "--colors=NoColor"]
        super().__init__(words, env=env, cwd=str(home), rows=50, columns=100)
        self._row = -1
        self.wait_for(self.at_prompt)

    def at_prompt(self) -> bool:
        """A fresh prompt of IPython's"""
        return self.row > self._row and bool(self._prompt.match(self.before_cursor)) and not self.after_cursor.strip()

    def enter(self, text: str) -> list[str]:
        """Type a line, press Enter, and return what was printed before the next prompt."""
        self._row = first = self.row
        self.type(text)
        self.press("enter")
        self.wait_for(self.at_prompt)
        return [row for row in self.history()[first + 1 : self.row] if row.strip()]


@pytest.mark.both
@ipythons
def test_results_have_numbers(python: Python, version: str, tmp_path: Path) -> None:
    """Each displayed one, once; `Out` goes on; sources are what was typed, the exact expression where there are several."""
    with IPython(python, version, tmp_path / "home") as shell:
        assert shell.enter("6 * 7") == ["Out[1]: 42"]
        assert shell.enter("None") == []
        assert shell.enter("43;") == []
        assert shell.enter("x = 1; 'two'") == ["Out[4]: 'two'"]
        assert shell.enter("h[1] + 1, Out[1], _") == ["Out[5]: (43, 42, 'two')"]
        shell.enter("get_ipython().ast_node_interactivity = 'all'")
        shell.enter("'a'; 'b'")
        assert shell.enter("[type(h).__name__, len(h), h[4:]]")[-1].endswith("['History', 6, ['a', 'b']]")
        sources = shell.enter("print([h.entry(n).source for n in (1, 2, 3, 4, 5)])")
        assert sources == ["""['6 * 7', "'two'", 'h[1] + 1, Out[1], _', "'a'", "'b'"]"""]
        table = shell.enter("h")
        assert any("6 * 7" in row for row in table)
        assert shell.enter("print(len(h))") == ["7"], "the table is no result"
        assert shell.enter("print(h.entry(6).preview)") == ["['History', 6, ['a', 'b']]"]


@ipythons
def test_errors_lose_nothing(python: Python, version: str, tmp_path: Path) -> None:
    """A `__repr__` that raises has its number; an error in a cell has none; await and magics go on."""
    with IPython(python, version, tmp_path / "home") as shell:
        shell.enter("Bad = type('Bad', (), {'__repr__': lambda self: 1 / 0})")
        assert any("ZeroDivisionError" in row for row in shell.enter("Bad()"))
        assert shell.enter("print(len(h), type(h[1]).__name__)") == ["2 Bad"]
        assert any("NameError" in row for row in shell.enter("nothing_like_it"))
        shell.enter("import asyncio")
        assert shell.enter("await asyncio.sleep(0, 'slept')")[-1].endswith("'slept'")
        assert shell.enter("print(h[-1], len(h))") == ["slept 3"]
        shell.enter("h = 5")
        shell.enter("'still'")
        assert shell.enter("print(_h[-1], h)") == ["still 5"]
        shell.enter("1 +")
        shell.enter(" 'with a blank before it'")
        assert "dropped" in shell.enter("_h.drop(2)")[0]
        assert shell.enter("print(Out.get(6), 'slept' in map(str, [_, __, ___]))") == ["None False"]
        shell.type("exit")
        shell.press("enter")
        assert shell.wait_for_end() == 0
    _is_kept(kept(tmp_path / "home"))


def _is_kept(log: SessionLog) -> None:
    """What the journal has of it."""
    assert (log.session.shell, log.left) == ("ipython", True)
    by_source = {one.source: one for one in log.inputs}
    assert by_source["Bad()"].results[0].type == "__main__.Bad"
    assert (by_source["nothing_like_it"].error or ("",))[0] == "NameError"
    assert (by_source["1 +"].error or ("",))[0] == "SyntaxError"
    slept = by_source["await asyncio.sleep(0, 'slept')"]
    assert [(one.number, one.preview) for one in slept.results] == [(2, "'slept'")]
    assert [one.source for one in log.inputs if "blank" in one.source or not one.outcome] == []


@ipythons
def test_the_pickle_mode_and_completion(python: Python, version: str, tmp_path: Path) -> None:
    """`%pik` and `pik()`; `h[` completes to the numbers, and `h[1].` goes on."""
    with IPython(python, version, tmp_path / "home") as shell:
        shell.enter("'some text'")
        assert "BININT1 1" in "\n".join(shell.enter("%pik (1, 2)"))
        shell._row = shell.row
        shell.type("%pik")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell.type("I7\r")
        shell.wait_for(lambda: shell.before_cursor == "...> ")
        shell.type(".\r")
        shell.wait_for(lambda: any(row == "7" for row in shell.screen()))
        shell.wait_for(lambda: shell.before_cursor == "pik> ")
        shell._row = shell.row
        shell.type("quit\r")
        shell.wait_for(shell.at_prompt)
        assert shell.enter("print(h[2])") == ["7"]
        shell.type("h[1].capi")
        shell.press("tab")
        shell.wait_for(lambda: "h[1].capitalize" in shell.before_cursor)
        shell.press("ctrl-u")
        shell.type("h[")
        shell.press("tab")
        shell.wait_for(lambda: {"1]", "2]"} <= {word for row in shell.screen() for word in row.split()})


@ipythons
def test_as_an_extension(python: Python, version: str, tmp_path: Path) -> None:
    """`%load_ext histshell` where the package can be imported, and `%unload_ext` takes everything out again."""
    with IPython(python, version, tmp_path / "home", startup=False) as shell:
        shell.enter(f"import sys; sys.path.append({str(STARTUP.parents[1])!r})")
        shell.enter("before = set(get_ipython().magics_manager.magics['line'])")
        shell.enter("%load_ext histshell")
        shell.enter("'counted'")
        assert shell.enter("print(h[1])") == ["counted"]
        shell.enter("%unload_ext histshell")
        shell.enter("'not counted'")
        assert any("NameError" in row for row in shell.enter("h"))
        assert shell.enter("print(set(get_ipython().magics_manager.magics['line']) - before)") == ["set()"]


_NUMBERED = re.compile(r"_?h\[\d+\] >>> \Z")


@ipythons
def test_the_numbered_prompt_where_it_is_asked_for(python: Python, version: str, tmp_path: Path) -> None:
    """With `prompt = true`: our numbers before an input, nothing before a result, and IPython's own history goes on."""
    with IPython(python, version, tmp_path / "home", prompt=_NUMBERED, HISTSHELL_PROMPT="true") as shell:
        assert shell.before_cursor == "h[1] >>> "
        assert shell.enter("6 * 7") == ["42"]
        assert shell.enter("x = 1") == []
        assert shell.before_cursor == "h[2] >>> "
        assert shell.enter("h[1] + 1, Out[1], _") == ["(43, 42, 42)"]
        assert shell.enter("print(In[3])") == ["h[1] + 1, Out[1], _"]
        shell.enter("h = 0")
        assert shell.before_cursor == "_h[3] >>> "
        shell.enter("del h")
        shell.type("if True:")
        shell.press("enter")
        shell.wait_for(lambda: shell.before_cursor.strip() == "...")
        assert shell.before_cursor == "     ...     ", "under the end of the prompt, and the indentation"
        shell.type("print('in a block')")
        shell.press("enter")
        assert shell.enter("")[-1] == "in a block"
        assert shell.before_cursor == "h[3] >>> "


@ipythons
def test_the_numbered_prompt_goes_as_it_came(python: Python, version: str, tmp_path: Path) -> None:
    """`uninstall` gives IPython's own back; prompts that the user sets later stay, whatever happens then."""
    home = tmp_path / "home"
    with IPython(python, version, home, prompt=_NUMBERED, HISTSHELL_PROMPT="True") as shell:
        shell.enter("'counted'")
        shell._prompt = _PROMPT
        shell.enter("import histshell; histshell.uninstall()")
        assert shell.before_cursor == "In [3]: "
        assert shell.enter("'not counted'") == ["Out[3]: 'not counted'"]
        shell._prompt = _NUMBERED
        shell.enter("histshell.install(globals())")
        shell.enter("from IPython.terminal.prompts import Prompts, Token")
        shell._prompt = re.compile(r"mine \Z")
        mine = "type('Mine', (Prompts,), {'in_prompt_tokens': lambda self: [(Token.Prompt, 'mine ')]})"
        shell.enter(f"get_ipython().prompts = {mine}(get_ipython())")
        shell.enter("'counted again'")
        shell.enter("print(len(h))")
        shell.enter("histshell.uninstall()")
        assert shell.before_cursor == "mine "


@ipythons
def test_only_true_changes_the_prompt(python: Python, version: str, tmp_path: Path) -> None:
    """A template, made for Python's own prompts, does not; nor does a value that is none."""
    with IPython(python, version, tmp_path / "home", HISTSHELL_PROMPT="{h}[{n}] >>> ") as shell:
        assert shell.enter("6 * 7") == ["Out[1]: 42"]
    with IPython(python, version, tmp_path / "home2", HISTSHELL_PROMPT="false") as shell:
        assert any("'false' is no template" in row for row in shell.screen())
        assert shell.enter("6 * 7") == ["Out[1]: 42"]


KERNEL = """
import json, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3")
said = []
def run(code):
    printed = []
    def hook(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        elif message["msg_type"] == "execute_result":
            printed.append(message["content"]["data"]["text/plain"])
    client.execute_interactive(code, output_hook=hook, timeout=60)
    said.append("".join(printed))  # a stream may come in several messages
for cell in ("6 * 7", "h[1] + 1", "print(len(h), h.entry(1).source)", "1/0", "print(h[2], type(h).__name__)"):
    run(cell)
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps(said))
"""


def _kernel_environment(interpreter: Path, home: Path, prompt: str) -> dict[str, str]:
    """The environment of a kernel that this interpreter runs, started as from a terminal that has the variable."""
    return environment(
        home,
        PYTHONSTARTUP=str(STARTUP),
        HISTSHELL_PROMPT=prompt,
        JUPYTER_PATH=str(interpreter.parents[1] / "share" / "jupyter"),
        JUPYTER_PLATFORM_DIRS="1",
        PYDEVD_DISABLE_FILE_VALIDATION="1",  # or the kernel's debugger warns of the interpreter, at its leisure
    )


SETTINGS = ["", "true", "{wrong}"]


@by_turns("prompt", SETTINGS, ipythons)
def test_a_kernel_records_and_says_nothing(python: Python, version: str, prompt: str, tmp_path: Path) -> None:
    """The cells show what they show without us, whatever the settings say, and nothing is written beside them."""
    interpreter = with_packages(python, (f"ipython=={version}", "ipykernel"))
    env = _kernel_environment(interpreter, tmp_path, prompt)
    words = [str(interpreter), "-W", "ignore", "-c", KERNEL]
    done = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "histshell" not in done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ["42", "43", "3 6 * 7\n", "", "43 History\n"]
    log = kept(tmp_path)
    assert [one.outcome for one in log.inputs] == ["ok", "ok", "ok", "failed", "ok"]
    assert (log.inputs[0].source, log.session.shell) == ("6 * 7", "ipython")


class Console(IPython):
    """A Jupyter console: a terminal at the one end, and a kernel that runs the start-up file at the other."""

    def __init__(self, python: Python, package: str, home: Path, prompt: str) -> None:
        interpreter = with_packages(python, (package,))
        home.mkdir()
        env = _kernel_environment(interpreter, home, prompt)
        words = [str(interpreter), "-W", "ignore", "-m", "jupyter_console", "--ZMQTerminalInteractiveShell.banner="]
        Terminal.__init__(self, words, env=env, cwd=str(home), rows=50, columns=100)
        self._prompt = _PROMPT
        self._row = -1
        self.wait_for(self.at_prompt)


consoles = pytest.mark.parametrize(
    ("python", "package"), list(targets(((3, 11), "jupyter_console"), ((3, 13), "jupyter_console")))
)


@by_turns("prompt", SETTINGS, consoles)
def test_jupyter_console(python: Python, package: str, prompt: str, tmp_path: Path) -> None:
    """Results go into the kernel's `h`; the console shows its own prompts and nothing of ours."""
    with Console(python, package, tmp_path / "home", prompt) as shell:
        assert not any("histshell" in row for row in shell.screen())
        assert shell.enter("6 * 7") == ["Out[1]: 42"]
        assert shell.enter("h[1] + 1") == ["Out[2]: 43"]
        assert shell.enter("print(len(h), h.entry(2).source)") == ["3 h[1] + 1"]
        assert any("6 * 7" in row for row in shell.enter("h"))
        assert any("BININT1 1" in row for row in shell.enter("%pik (1, 2)"))
