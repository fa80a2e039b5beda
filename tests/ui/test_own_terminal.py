"""The rich prompt has a terminal of its own: whatever the user's code does to its streams and descriptors, it goes on."""

from __future__ import annotations

import ast
import itertools
import sys
from pathlib import Path

import pytest

from tests.pythons import EVERY, Python, by_turns
from tests.ui.rich import Rich, pythons, start

#: `use(number)` takes the streams or descriptors of one combination; `see(what)` writes where no stream is needed.
TOOLS = """
import io, itertools, os, sys

class Raising:
    encoding = errors = "utf-8"
    def __getattr__(self, name):
        raise RuntimeError(name)
    def _raise(self, *args):
        raise self.error("from a stream")
    write = flush = read = readline = fileno = isatty = close = _raise
    error = RuntimeError

class Fatal(BaseException):
    pass

class RaisingFatally(Raising):
    error = Fatal

def closed():
    stream = open(os.devnull, "r+")
    stream.close()
    return stream

REAL = {name: getattr(sys, name) for name in ("stdin", "stdout", "stderr")}
STREAMS = {
    "as it is": lambda name: REAL[name],
    "None": lambda name: None,
    "closed": lambda name: closed(),
    "text": lambda name: io.StringIO("a\\n"),
    "object": lambda name: object(),
    "raising": lambda name: Raising(),
    "raising fatally": lambda name: RaisingFatally(),
    "gone": None,
}
WAYS = list(itertools.product(STREAMS.items(), repeat=3))
FDS = {"as it is": None, "closed": -1, "null": os.open(os.devnull, os.O_RDWR), "pipe": os.pipe()[0]}
PLACES = list(itertools.product(FDS.values(), repeat=3))
KEPT = [os.dup(fd) for fd in range(3)]

def use(number):
    for name, (kind, make) in zip(REAL, WAYS[number]):
        if make is not None:
            setattr(sys, name, make(name))
        elif hasattr(sys, name):
            delattr(sys, name)

def place(number):
    for fd, (kept, other) in enumerate(zip(KEPT, PLACES[number])):
        os.dup2(kept, fd)
        if other == -1:
            os.close(fd)
        elif other is not None:
            os.dup2(other, fd)

def see(what):
    with open("seen", "w") as file:
        file.write(repr(what))
"""


def begin(home: Path, *arguments: str, python: Python | None = None) -> Rich:
    """A rich prompt with the tools at hand."""
    home.mkdir()
    (home / "tools.py").write_text(TOOLS)
    rich = start(home, *arguments, python=python)
    rich.enter("from tools import *")
    return rich


def seen(rich: Rich, home: Path, expression: str) -> object:
    """The value of an expression, whose `repr` is Python again, taken past all streams."""
    enter(rich, f"see({expression})")
    return ast.literal_eval((home / "seen").read_text())


def enter(rich: Rich, text: str) -> None:
    """Type a line and wait for the prompt below it."""
    rich._row = rich.row
    rich.type(text)
    rich.press("enter")
    rich.wait_for_prompt()


def combinations(kinds: int, seed: int) -> list[int]:
    """Return which ways of three streams are tried: all where every prompt takes part, else those that have every pair of kinds.

    A latin square: whatever two of the three streams are, one way has them; another `seed` gives another third.
    """
    if EVERY:
        return list(range(kinds**3))
    return [
        (first * kinds + second) * kinds + (first + second + seed) % kinds
        for first in range(kinds)
        for second in range(kinds)
    ]


def test_every_pair_of_streams_is_among_the_combinations(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each two of the three places."""
    monkeypatch.setattr(sys.modules[__name__], "EVERY", False)
    for seed in (0, 3):
        ways = [(number // 64, number // 8 % 8, number % 8) for number in combinations(8, seed)]
        for places in itertools.combinations(range(3), 2):
            assert len({tuple(way[place] for place in places) for way in ways}) == 64
    monkeypatch.setattr(sys.modules[__name__], "EVERY", True)
    assert combinations(8, 0) == list(range(512))


@pytest.mark.parametrize(("arguments", "seed"), [((), 0), (("--asyncio",), 3)], ids=["sync", "asyncio"])
@pytest.mark.parametrize("part", range(4 if EVERY else 1))
def test_every_combination_of_streams(part: int, arguments: tuple[str, ...], seed: int, tmp_path: Path) -> None:
    """Each of three replaced, closed, taken away, raising: the prompt comes back, and each value has been recorded."""
    home = tmp_path / "home"
    numbers = combinations(8, seed)[part :: 4 if EVERY else 1]
    with begin(home, *arguments) as rich:
        for number in numbers:
            enter(rich, f"use({number}); {number}")
        assert seen(rich, home, "h[1:]") == numbers
        enter(rich, "use(0)")
        assert rich.enter("6 * 7") == ["42"]


@pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["sync", "asyncio"])
def test_every_combination_of_descriptors(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Each of fd 0 to 2 closed, or something else."""
    home = tmp_path / "home"
    with begin(home, *arguments) as rich:
        for number in range(64):
            enter(rich, f"place({number}); {number}")
        assert seen(rich, home, "h[1:]") == list(range(64))
        enter(rich, "place(0)")
        assert rich.enter("6 * 7") == ["42"]


LINES = [
    "sys.stdin = io.StringIO('a\\n')",
    "sys.stdout.close()",
    "sys.stdin.close(), sys.stdout.close(), sys.stderr.close()",
    "os.close(0), os.close(1), os.close(2)",
    "os.closerange(3, 300)",
    "os.set_blocking(0, False), os.set_blocking(1, False)",
]


@by_turns("line", LINES, pytest.mark.parametrize("python", pythons()))
def test_the_prompt_goes_on(line: str, python: Python, tmp_path: Path) -> None:
    """In each version: completion, the browser, the pickle mode too."""
    home = tmp_path / "home"
    with begin(home, python=python) as rich:
        rich.enter("'kept'")
        enter(rich, line)
        rich.begin("h[1].capi")
        rich.wait_for("capitalize")
        rich.abort()
        rich.press("f5")
        rich.wait_for("Search:")
        rich.press("f5")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> "))
        assert seen(rich, home, "h[1]") == "kept"
        enter(rich, "sys.stdout = open('/dev/tty', 'w')")
        rich.type("pik()")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor == "pik> ")
        rich._row = rich.row
        rich.type("I5\n.")
        rich.press("enter")
        # The terminal itself eats a Ctrl-D that comes between two lines, as under every program.
        rich.wait_for(lambda: rich.before_cursor == "pik> " and any(row == "5" for row in rich.screen()))
        rich._row = rich.row
        rich.press("ctrl-d")
        rich.wait_for_prompt()


def test_where_a_user_prints(tmp_path: Path) -> None:
    """Into what stands in `sys.stdout` when it prints, by a thread, too, while a line is typed; a value likewise."""
    home = tmp_path / "home"
    with begin(home) as rich:
        rich.enter("text = sys.stdout = io.StringIO(); import threading, contextlib")
        enter(rich, "'shown'")
        enter(rich, "print('printed')")
        enter(rich, "threading.Timer(0.2, lambda: (print('by a thread'), open('done', 'w').close())).start()")
        rich.begin("a line")
        rich.wait_for((home / "done").exists)
        rich.abort()
        enter(rich, 'exec(\'with contextlib.redirect_stdout(sys.__stdout__): print("on " "the screen")\')')
        enter(rich, "sys.stdout = REAL['stdout']")
        assert rich.enter("text.getvalue()") == ["\"'shown'\\nprinted\\nby a thread\\n\""]
        assert "on the screen" in rich.screen()


def test_a_value_that_cannot_be_shown_is_an_error_as_anywhere(tmp_path: Path) -> None:
    """Python's own sentence on the standard error, and the value has its number."""
    with begin(tmp_path / "home") as rich:
        enter(rich, "sys.stdout.close()")
        assert rich.enter("'kept'")[-1] == "ValueError: I/O operation on closed file."
        enter(rich, "sys.stdout = None")
        assert rich.enter("'kept too'")[-1] == "RuntimeError: lost sys.stdout"
        assert rich.prompt == "h[3]"


@pytest.mark.parametrize("way", ["streams", "descriptors", "both"])
def test_the_plain_prompt_after_a_crash_needs_no_stream(way: str, tmp_path: Path) -> None:
    """It has the history and the names, and leaves with the status that is asked for."""
    home = tmp_path / "home"
    breaking = {
        "streams": "sys.stdin, sys.stdout, sys.stderr = None, closed(), Raising()",
        "descriptors": "[os.close(fd) for fd in range(3)] and None",
        "both": "sys.stdin, sys.stdout, sys.stderr, _ = None, None, None, [os.close(fd) for fd in range(3)]",
    }
    with begin(home) as rich:
        rich.enter("'kept'")
        enter(rich, breaking[way])
        rich.type(
            "import histshell.libraries as ours; ours.loaded('prompt_toolkit.application').Application.run = None"
        )
        rich.press("enter")
        rich.wait_for("the rich prompt failed")
        rich.wait_for(rich.at_prompt)
        assert seen(rich, home, "h[1]") == "kept"
        rich.type("exit(3)")
        rich.press("enter")
        assert rich.wait_for_end() in (3, 120)  # 120 is Python's own, where it cannot write what was printed


def test_descriptors_have_the_numbers_that_they_have_anywhere(tmp_path: Path) -> None:
    """The editor's own is out of the way, and is not handed to children."""
    with begin(tmp_path / "home") as rich:
        enter(rich, "file = open('tools.py')")
        assert rich.enter("file.fileno() < 20") == ["True"]
        rich.enter("import subprocess")
        listing = rich.enter("sorted(map(int, os.listdir('/proc/self/fd')))[-1] >= 100")
        assert listing == ["True"]
        child = "subprocess.check_output(['ls', '/proc/self/fd']).split()"
        assert rich.enter(f"max(map(int, {child})) < 20") == ["True"]
