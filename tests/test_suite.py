"""The tests themselves: they are the same wherever they are started from, and see the prompts that they should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import pythons, quick, surroundings, turns
from tests.prompt import bare
from tests.prompt.session import CHECKOUT, STARTUP, Session, Start, environment, same_as_bare, without_our_frames
from tests.pythons import Python, Target
from tests.terminal import Terminal

_SIGNALS = "SIGINT", "SIGQUIT", "SIGHUP", "SIGPIPE", "SIGTSTP", "SIGTTOU", "SIGTERM", "SIGCHLD", "SIGALRM", "SIGWINCH"
#: Prints which signals are blocked and ignored, as proc(5) has it. Python itself ignores SIGPIPE.
_ASK = f"""
import signal
numbers = [getattr(signal, name) for name in {_SIGNALS}]
status = dict(line.split(None, 1) for line in open("/proc/self/status") if line.startswith("Sig"))
mask = lambda name: [number.name for number in numbers if int(status[name], 16) >> (number - 1) & 1]
print("blocked", mask("SigBlk:"), "ignored", mask("SigIgn:"), end=".")
"""
_DEFAULTS = "blocked [] ignored ['SIGPIPE'].\n"
#: Signals as a shell's background job, nohup or a service leave them, then a program.
_SPOILT = f"""
import os, signal, sys
numbers = [getattr(signal, name) for name in {_SIGNALS}]
for number in numbers[:-3]:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
os.execv(sys.executable, [sys.executable, "-c", sys.argv[1]])
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="proc(5) is Linux's")


def spoilt(program: str) -> str:
    """Run a program with signals ignored and blocked; return what it prints."""
    words = [sys.executable, "-c", _SPOILT, program]
    return subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=60).stdout


@linux
def test_a_terminal_has_default_signals() -> None:
    """Whatever was ignored or blocked around the tests, nothing is in a terminal of theirs."""
    program = f"""
import sys
from tests.terminal import Terminal
with Terminal([sys.executable, "-S", "-c", {_ASK!r}], env={{"PATH": ""}}, columns=400) as terminal:
    terminal.wait_for("].")
    print(terminal.screen()[0])
"""
    assert spoilt(program) == _DEFAULTS


@linux
def test_a_child_has_default_signals() -> None:
    """A child without a terminal too; and the tests themselves are not ended by what was ignored."""
    program = f"""
import os, signal, subprocess, sys
from tests.signals import give_none_to_children
give_none_to_children()
os.kill(os.getpid(), signal.SIGHUP)
os.kill(os.getpid(), signal.SIGINT)
print(subprocess.run([sys.executable, "-S", "-c", {_ASK!r}], capture_output=True, text=True).stdout)
"""
    assert spoilt(program) == _DEFAULTS


def test_ctrl_c_works_where_sigint_was_ignored(tmp_path: Path) -> None:
    """As in `make test &`: what runs in the terminal is interrupted."""
    program = f"""
import sys
from tests.terminal import Terminal
with Terminal([sys.executable, "-q"], env={environment(tmp_path)!r}) as terminal:
    terminal.wait_for(lambda: terminal.before_cursor == ">>> ")
    terminal.type("import time; print('nap' + 'ping'); time.sleep(60)\\r")
    terminal.wait_for("napping")
    terminal.wait_for_sleep()
    terminal.press("ctrl-c")
    terminal.wait_for("KeyboardInterrupt")
    print("interrupted")
"""
    assert spoilt(program) == "interrupted\n"


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("PYTHONWARNINGS", False),
        ("PYTHON_COLORS", False),
        ("HISTSHELL", False),
        ("HISTSHELL_STYLE", False),
        ("HISTSHELL_TEST_PYTHONS", True),
        ("HISTSHELL_FUZZ", True),
        ("XDG_CACHE_HOME", False),
        ("LC_ALL", False),
        ("NO_COLOR", False),
        ("INSIDE_EMACS", False),
        ("TMUX", False),
        ("TERM_PROGRAM", False),
        ("VIRTUAL_ENV", False),
        ("PATH", True),
        ("HOME", True),
        ("DISPLAY", True),
        ("PIP_INDEX_URL", True),
        ("COVERAGE_PROCESS_CONFIG", True),
    ],
)
def test_the_variables_of_others_are_not_seen(name: str, stays: bool) -> None:
    """Those that change what a prompt shows are taken out, those that tests or installations need stay."""
    environ = {name: "value", "TERM": "vt52", "LANG": "C"}
    surroundings.clear(environ)
    assert (name in environ) == stays
    assert (environ["TERM"], environ["LANG"]) == ("xterm-256color", "C.UTF-8")
    assert environ["HOME"]
    assert [one for one in os.environ if surroundings.is_anybodys(one)] == []


@pytest.mark.slow
def test_a_test_that_hangs_ends_and_is_named(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    """After a time that the configuration sets, here a shorter one; the tests after it are run."""
    assert 60 <= float(pytestconfig.getini("faulthandler_timeout")) <= 600
    file = tmp_path / "test_three.py"
    file.write_text("import time\ndef test_1(): pass\ndef test_2(): time.sleep(600)\ndef test_3(): pass\n")
    where = [
        "-c",
        f"{CHECKOUT}/pyproject.toml",
        "--rootdir",
        str(tmp_path),
        "-o",
        "faulthandler_timeout=0.5",
        str(file),
    ]
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", "1", *where]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert "crashed while running 'test_three.py::test_2'" in done.stdout
    assert "1 failed, 2 passed" in done.stdout
    assert "in test_2" in done.stderr


FRAMES = {
    "ours": (CHECKOUT / "histshell" / "recorder.py", True),
    "the start-up file's": (STARTUP, True),
    "a test's": (CHECKOUT / "tests" / "prompt" / "scene" / "hostile.py", False),
    "of a folder with our name": (Path("/home/me/histshell/mine.py"), False),
    "of a folder that begins like ours": (Path(f"{CHECKOUT}/histshell-notes/mine.py"), False),
}


@pytest.mark.parametrize("columns", [*range(30, 50), 120, 1000])
@pytest.mark.parametrize(("path", "ours"), FRAMES.values(), ids=FRAMES)
def test_our_frames_are_told_by_their_folder(path: Path, ours: bool, columns: int) -> None:
    """Whatever the checkout is called, and in however many rows a terminal shows the path."""
    frame = f'  File "{path}", line 12, in display'
    rows = [frame[start : start + columns].rstrip() for start in range(0, len(frame), columns)]
    whole = ["Traceback (most recent call last):", *rows, "    source", "ValueError: mine"]
    expected = [whole[0], whole[-1]] if ours else whole
    assert without_our_frames(whole, 1, columns) == expected


def _target(version: tuple[int, int, int], mode: str) -> Target:
    return Target(Python(f"/{version}", "pypy" if mode == "pypy" else "cpython", version), mode)


def test_the_telling_prompts() -> None:
    """The oldest and the newest with readline and with PyREPL, and the newest of each other kind."""
    readline = [_target((3, minor, 0), "readline") for minor in (8, 9, 10, 12)]
    newer = [_target((3, minor, 0), mode) for minor in (13, 14, 15) for mode in ("pyrepl", "no-color", "basic")]
    chosen = pythons._telling([*readline, *newer, _target((3, 9, 16), "pypy")])
    kinds = ["3.8.0-readline", "3.12.0-readline", "3.13.0-pyrepl", "3.15.0-pyrepl", "3.15.0-no-color", "3.15.0-basic"]
    assert list(map(str, chosen)) == [*kinds, "pypy3.9.16-pypy"]
    assert pythons._telling(readline[:1]) == readline[:1]
    assert pythons._telling([]) == []


def test_prompts_in_between_take_turns() -> None:
    """Each other one of them has its turn; the most different ones always have it."""
    targets = [_target((3, minor, 0), "readline") for minor in (8, 12)]
    targets += [_target((3, 13, 0), "pyrepl"), *(_target((3, 15, 0), mode) for mode in ("pyrepl", "no-color", "basic"))]
    targets.append(_target((3, 9, 16), "pypy"))
    several = [list(map(str, turns.chosen(targets, turn))) for turn in range(8)]
    assert {tuple(one[:2]) for one in several} == {("3.8.0-readline", "3.15.0-pyrepl")}
    others = ["3.12.0-readline", "3.13.0-pyrepl", "3.15.0-no-color", "3.15.0-basic"]
    assert [one[2:] for one in several[::2]] == [[name] for name in others]
    assert [one[2:] for one in several[1::2]] == [["pypy3.9.16-pypy"]] * 4
    assert turns.chosen(targets[:1], 5) == targets[:1]
    three = [targets[0], targets[3], targets[-1]]
    assert [turns.chosen(three, turn) for turn in (0, 1)] == [three[:2], three]
    assert [turns.chosen(targets[-1:], turn) for turn in (0, 1)] == [targets[-1:]] * 2
    without = [str(turns.chosen(targets[:-1], turn)[2]) for turn in range(1, 9, 2)]
    assert without == others


def test_versions_take_turns() -> None:
    """Of many the first and the last always have it; each of two or three in every second or third test has not."""
    assert [turns.some_of(list("abcde"), turn) for turn in range(4)] == [
        list(one) for one in ("abe", "ace", "ade", "abe")
    ]
    assert [turns.some_of(list("abc"), turn) for turn in range(3)] == [list("bc"), list("ac"), list("ab")]
    assert [turns.some_of(list("ab"), turn) for turn in range(2)] == [["b"], ["a"]]
    assert turns.some_of(["a"], 4) == ["a"]


@pytest.mark.slow
def test_turns_do_not_depend_on_the_order_of_the_tests(tmp_path: Path) -> None:
    """Which is random; the oldest and the newest are by version, and `both` has all."""
    (tmp_path / "conftest.py").write_text(
        "from tests import turns\ndef pytest_collection_modifyitems(items):\n    items[:], _ = turns.select(items)\n"
    )
    (tmp_path / "test_some.py").write_text(
        "import pytest\nfrom tests.pythons import Python\n"
        "def of(count):\n    rows = [(Python('', 'cpython', (3, n, 0)), n) for n in range(count)]\n"
        "    return pytest.mark.parametrize(('python', 'version'), rows, ids=[f'<{n}>' for n in range(count)])\n"
        "@of(9)\ndef test_nine(python, version): pass\n"
        "@of(2)\ndef test_two(python, version): pass\n"
        "@pytest.mark.both\n@of(2)\ndef test_both(python, version): pass\n"
    )
    options = [
        "-c",
        f"{CHECKOUT}/pyproject.toml",
        "--rootdir",
        str(tmp_path),
        "-p",
        "no:cacheprovider",
        "--collect-only",
        "-q",
    ]
    chosen = set()
    for seed in (1, 2):
        words = [sys.executable, "-m", "pytest", *options, f"--randomly-seed={seed}", str(tmp_path)]
        done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)
        chosen.add(" ".join(sorted(row for row in done.stdout.splitlines() if "<" in row)))
    (one,) = chosen
    names = ("test_nine[<0>]", "test_nine[<8>]", "test_nine", "test_two", "test_both")
    assert [one.count(name) for name in names] == [1, 1, 3, 1, 2]


@pytest.mark.parametrize(("every", "names"), [(False, "3.8 3.14 pypy3.9"), (True, "3.8 3.12 3.13 3.14 pypy3.9")])
def test_the_oldest_and_the_newest(monkeypatch: pytest.MonkeyPatch, every: bool, names: str) -> None:
    """Of all, or of each kind."""
    versions = [Python("", "cpython", (3, minor, 0)) for minor in (8, 9, 12, 13, 14)]
    monkeypatch.setattr(pythons, "found", lambda: (*versions, Python("", "pypy", (3, 9, 16))))
    monkeypatch.setattr(pythons, "EVERY", every)
    parameters: list[Any] = list(pythons._extremes())
    targets = [parameter.values[0] for parameter in parameters]
    assert " ".join(target.python.name.rpartition(".")[0] for target in targets) == names


def test_ends_are_the_first_and_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once; all of them where every prompt takes part."""
    monkeypatch.setattr(pythons, "EVERY", False)
    assert [pythons.ends(list(range(n))) for n in range(5)] == [[], [0], [0, 1], [0, 2], [0, 3]]
    monkeypatch.setattr(pythons, "EVERY", True)
    assert pythons.ends([1, 2, 3]) == [1, 2, 3]


def _turns(monkeypatch: pytest.MonkeyPatch, every: bool, **how: Any) -> list[str]:
    monkeypatch.setattr(pythons, "EVERY", every)
    here = [pytest.param(_target((3, minor, 0), "readline"), id=f"3.{minor}") for minor in (8, 9, 10)]
    missing = pytest.param(None, id="3.11", marks=pytest.mark.skip(reason="not here"))
    mark = pythons.by_turns("value", "abcd", pytest.mark.parametrize("target", [*here, missing]), **how)
    assert mark.args[0] == ("target", "value")
    return [row.id for row in mark.args[1]]


def test_values_take_turns_at_the_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value somewhere, each prompt with some of them; where every prompt takes part, all values at the telling ones."""
    assert _turns(monkeypatch, False) == ["3.11", "3.8-a", "3.9-b", "3.10-c", "3.8-d"]
    twice = _turns(monkeypatch, False, times=2)
    assert [sum(value in row for row in twice) for value in "abcd"] == [2, 2, 2, 2]
    assert len(_turns(monkeypatch, False, times=None)) == 1 + 3 * 4
    assert _turns(monkeypatch, True)[1:9] == ["3.8-a", "3.10-a", "3.8-b", "3.10-b", "3.8-c", "3.9-c", "3.10-c", "3.8-d"]
    only = _turns(monkeypatch, False, where=lambda target, value: value != "b" and target.minor == (3, 9))
    assert only == ["3.11", "3.9-a", "3.9-c", "3.9-d"]


def _opener() -> None:
    Terminal(["true"], env={})


def _by_a_helper() -> object:
    return [_opener for _ in range(2)]


def _harmless() -> str:
    return str(environment(Path("/")))


def test_who_opens_a_terminal_is_found() -> None:
    """By the names that a function reaches, helpers included; one that only asks for the environment of a session does not."""
    assert [quick._opens_a_terminal(one) for one in (_opener, _by_a_helper, _harmless)] == [True, True, False]


def test_what_the_bare_prompt_shows_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the same test, script, arguments and interpreter; not where a path of this run alone is among them."""
    monkeypatch.setattr(bare, "_folder", lambda: tmp_path)
    target = _target((3, 14, 0), "pyrepl")
    monkeypatch.setattr(bare, "_stamp", lambda path: f"{path} 1 2")
    bare.Kept(target, _opener, {}).keep(["shown", "exit status 0"])
    assert bare.Kept(target, _opener, {}).lines == ["shown", "exit status 0"]
    for other in (
        bare.Kept(target, _harmless, {}),
        bare.Kept(target, _opener, {"args": ["-q"]}),
        bare.Kept(_target((3, 14, 0), "basic"), _opener, {}),
    ):
        assert other.lines is None
    monkeypatch.setattr(bare, "_stamp", lambda path: f"{path} 1 3")
    assert bare.Kept(target, _opener, {}).lines is None
    monkeypatch.setattr(bare, "_stamp", lambda path: f"{path} 1 2")
    assert bare.Kept(target, _opener, {}).lines is not None
    monkeypatch.setattr(bare, "_files", lambda *_: [tmp_path / "test_other.py"])
    (tmp_path / "test_other.py").write_text("changed")
    assert bare.Kept(target, _opener, {}).lines is None
    (tmp_path / "test_other.py").unlink()
    before = len(list(tmp_path.iterdir()))
    bare.Kept(target, _opener, {"cwd": "/tmp/pytest-of-me/pytest-1/x"}).keep(["a"])
    assert len(list(tmp_path.iterdir())) == before == 1


def test_a_comparison_that_fails_with_what_is_kept_is_made_again(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a wrong transcript costs time and no more, and a difference is found as before."""
    monkeypatch.setattr(bare, "_folder", lambda: tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    target = next(python for python in pythons.found() if python.minor >= (3, 8))

    def script(session: Session) -> None:
        session.enter("6 * 7")

    prompt = Target(target, target.modes[0])
    same_as_bare(start, prompt, script)
    (file,) = (tmp_path / "kept").iterdir()
    right = file.read_text()
    same_as_bare(start, prompt, script)
    file.write_text('["wrong"]')
    same_as_bare(start, prompt, script)
    assert file.read_text() == right

    def differs(session: Session) -> None:
        session.enter(f"print({session.number})")

    with pytest.raises(pytest.fail.Exception):
        same_as_bare(start, prompt, differs)
