"""All the ways to start Python, and whether histshell starts with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.prompt.session import CHECKOUT, SCENE, STARTUP, Session, Start, environment, same_as_bare
from tests.pythons import (
    BASIC,
    PYPY,
    Target,
    by_turns,
    home_prompts,
    numbered_prompts,
    numbered_pythons,
    some_pythons,
)

#: Ways to start that Python's start-up file is run in: options, environment variables.
WITH: dict[str, tuple[list[str], dict[str, str]]] = {
    "quiet": (["-q", "-B", "-s", "-u", "-i"], {"PYTHONHASHSEED": "0"}),
    "OO": (["-OO"], {"PYTHONDONTWRITEBYTECODE": "1"}),
    "P": (["-P"], {}),
    "S": (["-S"], {}),
    "strict": (["-W", "error", "-bb"], {}),
    "dev": (["-X", "dev", "-X", "tracemalloc"], {}),
    "strict-by-environment": ([], {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error", "PYTHONSAFEPATH": "1"}),
    "no-home": ([], {"HOME": "/nonexistent"}),
    "home-is-a-file": ([], {"HOME": "/dev/null"}),
    "ascii": ([], {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "dumb": ([], {"TERM": "dumb"}),
    "empty-settings": ([], {"HISTSHELL": "", "HISTSHELL_CHAIN": "", "HISTSHELL_PROMPT": "", "HISTSHELL_STYLE": ""}),
}


def _can(target: Target, name: str) -> bool:
    """-P came with 3.11, PyPy's line editor knows no dumb terminal, and it cannot run what has a path that it cannot encode."""
    if target.mode == PYPY and (name == "dumb" or (name == "ascii" and not str(STARTUP).isascii())):
        return False
    return name != "P" or target.minor >= (3, 11)


@by_turns("name", WITH, numbered_pythons, times=2, where=_can)
def test_the_prompt_is_there(start: Start, target: Target, name: str) -> None:
    """With any option that does not forbid start-up files; nothing is said that bare Python does not say, but where there is no
    home: what is typed cannot be kept then.
    """
    args, env = WITH[name]
    said = "histshell: what you type is not being kept: " if "HOME" in env else ""

    def script(session: Session) -> None:
        session.enter("6 * 7")
        session.enter("_ + 1")
        session.enter("1/0")
        session.enter("'\\xe9'")

    session = same_as_bare(start, target, script, said=said, args=args, env=env)
    assert any(row.startswith("h[3] >>>") for row in session.history())


OFF: dict[str, tuple[list[str], dict[str, str]]] = {
    "I": (["-I"], {}),
    "E": (["-E"], {}),
    "histshell-0": ([], {"HISTSHELL": "0"}),
}


@by_turns("name", OFF, numbered_pythons, times=2)
def test_it_stays_away(start: Start, target: Target, name: str) -> None:
    """Isolated mode, an ignored environment, and HISTSHELL=0 give the bare prompt."""
    args, env = OFF[name]
    shown = []
    for numbered in (False, True):
        session = start(target, numbered=numbered, args=args, env=env).wait_for_prompt()
        assert session.number is None
        session.enter("6 * 7")
        session.enter("dir()")
        session.enter(
            "import sys; [m for m in sys.modules if 'histshell' in m], sys.displayhook is sys.__displayhook__"
        )
        shown.append((session.leave(), session.transcript()))
    assert shown[0] == shown[1]


PIPED = [
    (["-"], "1 + 1\nprint('out'); print(sorted(dir()))\n"),
    (["-i"], "1 + 1\nprint('out')\n1/0\nimport sys\nlen([m for m in sys.modules if 'histshell' in m])\ndir()\n"),
    (["-i", "script.py"], "x + 1\ndir()\n"),
    (["script.py", "an argument"], ""),
    (["-c", "import sys; print(dir(), sys.argv, [m for m in sys.modules if 'histshell' in m])"], ""),
    (["-m", "code"], "1 + 1\n"),
]


@numbered_pythons
def test_a_program_is_left_alone(target: Target, tmp_path: Path) -> None:
    """Where no person types, all of the output and the exit status are those of bare Python."""
    (tmp_path / "script.py").write_text("import sys\nx = 5\nprint('script', sys.argv, sorted(dir()))\n")
    for args, typed in PIPED:
        bare, ours = (
            subprocess.run(
                [target.python.path, *args],
                input=typed,
                env=environment(tmp_path, **target.environment, **variables),
                cwd=tmp_path,
                capture_output=True,
                text=True,
            )
            for variables in ({}, {"PYTHONSTARTUP": str(STARTUP)})
        )
        assert (ours.returncode, ours.stdout, ours.stderr) == (bare.returncode, bare.stdout, bare.stderr), args


@numbered_pythons
def test_a_program_in_a_terminal_is_left_alone(start: Start, target: Target, tmp_path: Path) -> None:
    """A script that talks to the user has the terminal to itself."""
    (tmp_path / "script.py").write_text(
        "import sys\nprint('Hello', input('Who? '))\n"
        "print(sorted(dir()), [m for m in sys.modules if 'histshell' in m])\nsys.exit(3)\n"
    )
    shown = []
    for numbered in (False, True):
        session = start(target, numbered=numbered, args=["script.py"], cwd=tmp_path)
        session.wait_for("Who? ".rstrip())
        session.type("nobody")
        session.press("enter")
        shown.append((session.wait_for_end(), session.transcript()))
    assert shown[0] == shown[1]
    assert shown[0][0] == 3


@numbered_prompts
def test_a_prompt_after_a_script(start: Start, target: Target) -> None:
    """`python -i script.py`: numbered where Python runs start-up files then (PyREPL), as bare elsewhere."""
    script_file = str(CHECKOUT / "tests" / "prompt" / "scene" / "script.py")

    def script(session: Session) -> None:
        session.enter("x")
        session.enter("h")
        session.enter("sorted(n for n in dir() if not n.startswith('__'))")
        session.enter("__name__, __file__.rpartition('/')[2]")

    if target.is_pyrepl:
        session = same_as_bare(start, target, script, args=["-i", script_file, "an argument"])
        assert any(row.startswith("_h[2] >>>") for row in session.history())
    else:
        shown = []
        for numbered in (False, True):
            session = start(target, numbered=numbered, args=["-i", script_file, "an argument"]).wait_for_prompt()
            assert session.number is None
            script(session)
            shown.append((session.leave(), session.transcript()))
        assert shown[0] == shown[1]


@home_prompts
def test_asyncio(start: Start, target: Target) -> None:
    """`python -m asyncio` runs start-up files from 3.13 on: numbered, in its own namespace and thread, awaiting too."""
    if target.minor < (3, 13):
        pytest.skip("start-up files are run by asyncio's prompt from 3.13 on")

    def script(session: Session) -> None:
        session.enter("6 * 7")
        session.enter("await asyncio.sleep(0, 'awaited')")
        session.enter("_")
        if target.mode != BASIC:
            session.block("async def f():", "    return 'from f'")
            session.enter("await f()")

    session = same_as_bare(start, target, script, args=["-m", "asyncio"])
    assert any(row.startswith("h[3] >>>") for row in session.history())


@home_prompts
def test_asyncio_when_ignoring_the_environment(start: Start, target: Target) -> None:
    """3.13's asyncio runs PYTHONSTARTUP even under -I and -E; histshell stays away all the same."""
    if target.minor < (3, 13):
        pytest.skip("start-up files are run by asyncio's prompt from 3.13 on")
    for option in ("-I", "-E"):
        session = start(target, args=[option, "-m", "asyncio"]).wait_for_prompt()
        assert session.number is None
        session.close()


# -- by hand -----------------------------------------------------------------------------------------------------------


@numbered_prompts
def test_installed_by_hand(start: Start, target: Target) -> None:
    """`import histshell; histshell.install()` at any prompt, and `uninstall()` takes all of it back."""
    session = start(target, numbered=False, env={"PYTHONPATH": str(CHECKOUT)}).wait_for_prompt()
    session.enter("'before'")
    names = session.printed("dir()")
    session.enter("import histshell; histshell.install()")
    assert session.prompt == "h[1] >>> "
    session.enter("'recorded'")
    assert session.printed("h[1], histshell.h is h") == "recorded True"
    session.enter("histshell.install()")
    assert session.prompt == "h[2] >>> "
    assert session.enter("'again'") == ["'again'"]
    assert session.printed("h[1:]") == "['recorded', 'again']"
    session.enter("histshell.uninstall()")
    assert session.number is None
    assert session.enter("'after'") == ["'after'"]
    session.enter("del histshell")
    assert session.printed("dir()") == names
    assert session.printed("__import__('sys').displayhook is __import__('sys').__displayhook__") == "True"


@numbered_pythons
def test_installed_by_hand_inside_interact(start: Start, target: Target) -> None:
    """At the prompt of `code.interact()`, where no start-up file reaches."""
    session = start(target, numbered=False, args=["-m", "code"], env={"PYTHONPATH": str(CHECKOUT)}).wait_for_prompt()
    session.enter("import histshell; histshell.install()")
    assert session.prompt == "h[1] >>> "
    session.enter("6 * 7")
    assert session.printed("h[1], repr(h.entry(1).source)") == "42 '6 * 7'"


@numbered_prompts
def test_the_module(start: Start, target: Target) -> None:
    """`python -m histshell` is the numbered prompt without any start-up file."""
    session = start(
        target, numbered=False, args=["-m", "histshell"], env={"PYTHONPATH": str(CHECKOUT)}
    ).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    session.enter("6 * 7")
    session.enter("x = 5")
    assert session.printed("h[1], x, __name__") == "42 5 __main__"
    assert session.printed("[n for n in dir() if not n.startswith('__')]") == "['h', 'x']"
    # With PyREPL after a script, Python's own exit(4) ends with status 1.
    bare = start(target, numbered=False, args=["-i", "-c", ""]).wait_for_prompt()
    statuses = []
    for each in (bare, session):
        each.type("exit(4)")
        each.press("enter")
        statuses.append(each.wait_for_end())
    assert statuses[1] == statuses[0]


@numbered_pythons
def test_the_module_after_a_script(start: Start, target: Target) -> None:
    """`python -m histshell script.py args`: the script's names, then the prompt, `h` or `_h`."""
    script_file = str(SCENE / "script.py")
    args = ["-m", "histshell", script_file, "an argument"]
    session = start(target, numbered=False, args=args, env={"PYTHONPATH": str(CHECKOUT)}).wait_for_prompt()
    assert session.prompt == "_h[1] >>> "
    session.enter("x")
    assert (
        session.printed("h, _h[1], __name__, __import__('sys').argv[1:]") == "the script's 5 __main__ ['an argument']"
    )
    assert session.leave() == 0


@numbered_pythons
def test_a_scripts_traceback_is_whole_wherever_it_lies(start: Start, target: Target, tmp_path: Path) -> None:
    """Its frames are known to be the script's whatever its folder is called: our name, or that of Python's own helper."""
    for folder in ("histshell", "my runpy demos"):
        script_file = tmp_path / folder / "script.py"
        script_file.parent.mkdir()
        script_file.write_text("def broken():\n    return 1 / 0\n\nbroken()\n")
        args = ["-m", "histshell", str(script_file)]
        session = start(target, numbered=False, args=args, env={"PYTHONPATH": str(CHECKOUT)}, columns=400)
        session.wait_for_prompt()
        shown = "\n".join(session.history())
        assert [row.rpartition(" in ")[2] for row in shown.splitlines() if row.startswith("  File ")] == [
            "<module>",
            "broken",
        ]


@numbered_prompts
def test_the_module_with_asyncio(start: Start, target: Target) -> None:
    """`python -m histshell --asyncio` awaits at the prompt, on every version."""
    args = ["-m", "histshell", "--asyncio"]
    session = start(target, numbered=False, args=args, env={"PYTHONPATH": str(CHECKOUT)}).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    session.enter("import asyncio")
    session.enter("await asyncio.sleep(0, 'awaited')")
    assert session.prompt == "h[2] >>> "
    session.enter("6 * 7")
    assert session.printed("h[1], h[2]") == "awaited 42"


# -- when something is wrong -------------------------------------------------------------------------------------------


def _copy(tmp_path: Path) -> Path:
    """Copy the package and the start-up file, to break the copy; return its root."""
    root = tmp_path / "copy"
    for folder in ("histshell", "startup"):
        shutil.copytree(CHECKOUT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def _append(root: Path, name: str, text: str) -> None:
    with open(root / "histshell" / name, "a", encoding="utf-8") as file:
        file.write(text)


def _truncate(root: Path) -> None:
    path = root / "histshell" / "prompt.py"
    path.write_text(path.read_text(encoding="utf-8")[:-400], encoding="utf-8")


def _remove_module(root: Path) -> None:
    (root / "histshell" / "hook.py").unlink()


def _remove_package(root: Path) -> None:
    shutil.rmtree(root / "histshell")


def _wrong_home(root: Path) -> None:
    (root / "startup" / "home").write_text("/nonexistent/place\n")


def _empty_home(root: Path) -> None:
    (root / "startup" / "home").write_text("")


def _binary_home(root: Path) -> None:
    (root / "startup" / "home").write_bytes(b"\xff\xfe\x00\n")


BROKEN = {
    "package-removed": _remove_package,
    "module-removed": _remove_module,
    "truncated": _truncate,
    "half-upgraded": lambda root: _append(root, "session.py", "\nfrom .history import nothing_of_this_name\n"),
    "syntax-error": lambda root: _append(root, "__init__.py", "\ndef broken(:\n"),
    "null-bytes": lambda root: _append(root, "session.py", "\0"),
    "not-utf-8": lambda root: (root / "histshell" / "hook.py").write_bytes(b"# \xff\xfe\n"),
    "bug-at-import": lambda root: _append(root, "prompt.py", "\n1/0\n"),
    "bug-in-start": lambda root: _append(root, "session.py", "\nSession.start = lambda self: 1/0\n"),
    "bug-that-exits": lambda root: _append(root, "session.py", "\nraise SystemExit(9)\n"),
    "bug-that-is-an-interrupt": lambda root: _append(root, "session.py", "\nraise KeyboardInterrupt\n"),
    "stack-overflow": lambda root: _append(root, "session.py", "\ndef f(): f()\nf()\n"),
    "wrong-home": _wrong_home,
    "empty-home": _empty_home,
    "binary-home": _binary_home,
}


@pytest.fixture(scope="module")
def bare_transcripts() -> dict[str, tuple[int, list[str]]]:
    """Exit status and rows of the bare prompt, by target: the same for all that may be broken."""
    return {}


def _look_around(session: Session) -> tuple[int, list[str]]:
    first = session.wait_for_prompt().row
    for line in ("6 * 7", "_", "1/0", "sorted(dir())", "import sys; sys.path, sys.meta_path, sys.ps1, sys.displayhook"):
        session.enter(line)
    return session.leave(), session.transcript()[first:]


@by_turns("name", BROKEN, some_pythons)
def test_a_broken_installation_leaves_the_bare_prompt(
    start: Start, target: Target, tmp_path: Path, name: str, bare_transcripts: dict[str, tuple[int, list[str]]]
) -> None:
    """One line, then all is as without histshell; HISTSHELL_DEBUG=1 shows the traceback."""
    root = _copy(tmp_path)
    BROKEN[name](root)
    stub = root / "startup" / "pythonstartup.py"
    if str(target) not in bare_transcripts:
        bare_transcripts[str(target)] = _look_around(start(target, numbered=False, args=["-q"], columns=400))
    session = start(target, startup=stub, args=["-q"], columns=400).wait_for_prompt()
    said = [row for row in session.history()[: session.row] if row]
    assert len(said) == 1, said
    assert said[0].startswith("histshell")
    assert _look_around(session) == bare_transcripts[str(target)]
    session = start(target, startup=stub, env={"HISTSHELL_DEBUG": "1"}).wait_for_prompt()
    assert session.number is None
    assert any(row.startswith("Traceback (most recent call last)") for row in session.history())


@pytest.mark.parametrize("what", ["package", "module", "startup"])
@some_pythons
def test_an_unreadable_installation(start: Start, target: Target, tmp_path: Path, what: str) -> None:
    """Files that may not be read: the bare prompt."""
    if os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    root = _copy(tmp_path)
    path = {"package": "histshell", "module": "histshell/session.py", "startup": "startup/pythonstartup.py"}[what]
    (root / path).chmod(0)
    session = start(target, startup=root / "startup" / "pythonstartup.py").wait_for_prompt()
    (root / path).chmod(0o755)
    assert session.number is None
    assert session.enter("6 * 7") == ["42"]


@by_turns("what", ["everything", "the-rest", "garbage"], some_pythons)
def test_an_upgrade_under_a_running_session(start: Start, target: Target, tmp_path: Path, what: str) -> None:
    """The package goes, or changes, after the prompt is there: values are displayed, with one line at most."""
    root = _copy(tmp_path)
    session = start(target, startup=root / "startup" / "pythonstartup.py").wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    if what == "everything":
        shutil.rmtree(root)
    else:
        loaded = {"__init__.py", "history.py", "hook.py", "prompt.py", "session.py", "stock.py", "places.py"}
        for path in (root / "histshell").rglob("*.py"):
            if path.name not in loaded:
                path.write_text("def broken(:\n") if what == "garbage" else path.unlink()
        shutil.rmtree(root / "histshell" / "__pycache__", ignore_errors=True)
    said = session.enter("6 * 7")
    assert said[-1] == "42"
    assert len(said) <= 2, said
    assert session.enter("_ + 1") == ["43"]
    assert len(session.enter("1/0")) <= 6
    session.enter("h")
    assert session.enter("'still here'") == ["'still here'"]


# -- the chain ---------------------------------------------------------------------------------------------------------

CHAINED = {
    "runs": ("mine = 5\nimport sys\n", ["mine", "sys.__name__"], True),
    "sets-a-prompt": ("import sys\nsys.ps1 = 'mine> '\n", [], False),
    "has-an-h": ("h = 'my own'\n", ["h"], True),
    "raises": ("before = 1\n1/0\nafter = 2\n", ["before", "1"], True),
    "syntax-error": ("def broken(:\n", ["1"], True),
    "exits": ("raise SystemExit(3)\n", ["1"], True),
    "encoded": ("# -*- coding: latin-1 -*-\nmine = 'caf\xe9'\n", ["mine"], True),
}


@by_turns("how", [*CHAINED, "runs-off", "sets-a-prompt-off", "raises-off"], some_pythons)
def test_the_users_own_start_up_file_is_run_too(start: Start, target: Target, tmp_path: Path, how: str) -> None:
    """HISTSHELL_CHAIN runs after ours, in the user's namespace; what goes wrong in it is its own affair."""
    name, off = how.removesuffix("-off"), how.endswith("-off")
    text, lines, prompt_stays = CHAINED[name]
    chain = tmp_path / "my start-up.py"
    chain.write_bytes(text.encode("latin-1"))
    env = {"HISTSHELL_CHAIN": str(chain), **({"HISTSHELL": "0"} if off else {})}
    bare = start(target, startup=chain)
    ours = start(target, env=env)
    if name == "exits":
        bare.wait_for(lambda: bare.ended or bare.at_prompt())
        ours.wait_for(lambda: ours.ended or ours.at_prompt())
        assert bare.ended == ours.ended
        if ours.ended:
            assert ours.wait_for_end() == bare.wait_for_end()
        return
    if not prompt_stays:
        bare.wait_for(lambda: bare.before_cursor == "mine> ")
        ours.wait_for(lambda: ours.before_cursor == "mine> ")
        return
    for line in [*lines, "sorted(n for n in dir() if not n.startswith('__') and n != 'h')"]:
        assert ours.wait_for_prompt().enter(line) == bare.wait_for_prompt().enter(line)
    assert (ours.number is None) == off
    errors = [row for row in bare.history() if "Error" in row]
    assert [row for row in ours.history() if "Error" in row] == errors


def _is_through(session: Session) -> bool:
    """The process has ended, or asks."""
    return session.ended or session.at_prompt()


RAISING = {
    "at once": "1/0\n",
    "in a call": "def f(): g()\ndef g(): {}['key']\nf()\n",
    "syntax": "x = 1\ndef broken(:\n",
    "indentation": "if 1:\nx = 1\n",
    "interrupted": "def f(): raise KeyboardInterrupt\nf()\n",
    "generator-exit": "raise GeneratorExit('left')\n",
    "context": "try:\n    1/0\nexcept ZeroDivisionError:\n    raise KeyError('second')\n",
    "cause": "try:\n    1/0\nexcept ZeroDivisionError as error:\n    raise KeyError('second') from error\n",
    "compiled": "compile('1 +', 'other', 'exec')\n",
    "imports": "import there_is_no_such_module\n",
    "group": "raise ExceptionGroup('several', [ValueError(1), KeyError(2)])\n",
    "hook": "import sys\nsys.excepthook = lambda *error: print('mine', error[2].tb_lineno)\n1/0\n",
}


def _is_shown(target: Target, name: str) -> bool:
    """Bare PyPy ends when it is interrupted; with histshell it goes on, as CPython does."""
    return (name, target.mode) != ("interrupted", PYPY)


@by_turns("name", RAISING, some_pythons, where=_is_shown)
def test_a_chained_file_that_raises_shows_what_the_bare_prompt_shows(
    start: Start, target: Target, tmp_path: Path, name: str
) -> None:
    """No frame of ours, and `pdb.pm()` finds the same."""
    chain = tmp_path / "start-up.py"
    chain.write_text(RAISING[name])
    shown = []
    for how in ({"startup": chain}, {"env": {"HISTSHELL_CHAIN": str(chain)}}):
        session = start(target, args=["-q"], **how).wait_for_prompt()
        session.enter("import sys, traceback")
        session.printed("[frame[:3] for frame in traceback.extract_tb(sys.last_traceback)], sys.last_type")
        shown.append(session.transcript())
    assert shown[1] == shown[0]
    assert not [row for row in shown[1] if "otherwise" in row]


@pytest.mark.parametrize("args", [["-q"], ["-q", "-i"]])
@numbered_pythons
def test_a_chained_file_that_exits(start: Start, target: Target, tmp_path: Path, args: list[str]) -> None:
    """The process ends as it does without histshell, with `-i` too; what PyPy does then is PyPy's."""
    chain = tmp_path / "start-up.py"
    chain.write_text("import sys\nsys.exit('done')\n")
    shown = []
    for how in ({"startup": chain}, {"env": {"HISTSHELL_CHAIN": str(chain)}}):
        session = start(target, args=args, **how)
        session.wait_for(partial(_is_through, session))
        shown.append((session.leave(), session.transcript()))
    assert shown[1] == shown[0]


@numbered_pythons
def test_a_missing_chained_file(start: Start, target: Target) -> None:
    """It was removed: one line at most, and the numbered prompt."""
    session = start(target, args=["-q"], env={"HISTSHELL_CHAIN": "/nonexistent/startup.py"}).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    assert len([row for row in session.history()[: session.row] if row]) <= 1


@numbered_pythons
def test_the_chain_is_not_ourselves(start: Start, target: Target) -> None:
    """A chain that leads back to the start-up file does not run for ever."""
    session = start(target, args=["-q"], env={"HISTSHELL_CHAIN": str(STARTUP)}).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    assert session.enter("6 * 7") == ["42"]
    assert session.prompt == "h[2] >>> "
