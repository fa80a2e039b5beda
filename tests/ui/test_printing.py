"""What is printed is seen: without a newline, in any column, and while a line is being typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.ui.rich import Rich, start

WIDTH = 40


#: What is printed, and the rows that it fills.
PRINTED = [
    ("x", ["x"]),
    ("xy", ["xy"]),
    ("x" * (WIDTH - 1), ["x" * (WIDTH - 1)]),
    ("x" * WIDTH, ["x" * WIDTH]),
    ("x" * (WIDTH + 1), ["x" * WIDTH, "x"]),
    ("x" * (2 * WIDTH), ["x" * WIDTH, "x" * WIDTH]),
    ("\u5b57", ["\u5b57"]),
    ("\u5b57" * (WIDTH // 2), ["\u5b57" * (WIDTH // 2)]),
    ("one\ntwo", ["one", "two"]),
    ("one\n", ["one"]),
    ("\t", []),
    ("\tx", ["        x"]),
    ("\t" * 9, []),
    ("\033[31mred", ["red"]),
    ("\033[41mr\033[7ms", ["rs"]),
    ("", []),
]
#: What a thread does, and the rows that it fills.
DONE = [
    ("print('one', 'two')", ["one two"]),
    ("print('x', end='', flush=True)", ["x"]),
    ("print('x' * 100, end='', flush=True)", ["x" * 100]),
    ("print('x', end='')", ["x"]),
    ("print('error', file=sys.stderr)", ["error"]),
    ("print('a\\nb', end='', flush=True)", ["a", "b"]),
    ("1 / 0", ["ZeroDivisionError: division by zero"]),
]
TOOLS = f"""
import sys, threading

def show(number):
    print({[printed for printed, _ in PRINTED]!r}[number], end='')

def talk(number):
    try:
        exec({[how for how, _ in DONE]!r}[number])
    finally:
        open('done', 'w').close()

def later(number):
    threading.Timer(0.3, talk, [number]).start()
"""

#: Lends a rich prompt for a test: with these arguments and columns, its screen empty.
Lend = Callable[[tuple[str, ...], int], AbstractContextManager[Rich]]


@pytest.fixture(scope="module")
def lend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lend]:
    """Rich prompts that several tests have one after the other; one in which a test has failed is not lent again."""
    kept: dict[tuple[tuple[str, ...], int], Rich] = {}

    @contextmanager
    def lend(arguments: tuple[str, ...], columns: int) -> Iterator[Rich]:
        rich = kept.pop((arguments, columns), None)
        if rich is None:
            home = tmp_path_factory.mktemp("printing")
            (home / "tools.py").write_text(TOOLS)
            rich = start(home, *arguments, columns=columns)
            rich.enter("from tools import *")
        try:
            rich.press("ctrl-l")
            rich.wait_for(lambda: rich.screen()[:1] == [rich.line.rstrip()] and rich.before_cursor.endswith(" >>> "))
            rich._row = rich.row
            yield rich
        except BaseException:
            rich.close()
            raise
        kept[arguments, columns] = rich

    yield lend
    for rich in kept.values():
        rich.close()


@pytest.mark.parametrize("number", range(len(PRINTED)), ids=[ascii(printed) for printed, _ in PRINTED])
def test_output_that_ends_anywhere(number: int, lend: Lend) -> None:
    """It stays, and the prompt begins the next line, without an empty one in between and without its colours."""
    printed, rows = PRINTED[number]
    with lend((), WIDTH) as rich:
        first = rich.row
        rich.type(f"show({number})")
        rich.press("enter")
        rich.wait_for_prompt()
        seen = [row.rstrip() for row in rich.history()[first + 1 : rich.row]]
        assert seen == (rows or ([""] if printed else []))
        assert rich.cell(rich.row, WIDTH - 1).bg == "default"


@pytest.mark.parametrize(
    "line",
    [
        "import sys; _ = sys.stderr.write('left')",
        "import os; _ = os.write(1, b'left')",
        "import subprocess; _ = subprocess.call(['printf', 'left'])",
        "import os; _ = os.system('printf left')",
        "import sys; _ = sys.stdout.buffer.write(b'left')",
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["sync", "asyncio"])
def test_output_of_others_without_a_newline(line: str, arguments: tuple[str, ...], lend: Lend) -> None:
    """Whoever wrote it."""
    with lend(arguments, 100) as rich:
        assert rich.enter(line) == ["left"]
        assert rich.enter(line.replace("left", "l")) == ["l"]


@pytest.mark.parametrize("arguments", [(), ("--asyncio",)], ids=["sync", "asyncio"])
@pytest.mark.parametrize("number", range(len(DONE)), ids=[how for how, _ in DONE])
def test_threads_print_above_the_line(number: int, arguments: tuple[str, ...], lend: Lend) -> None:
    """What a thread, started before or by a timer, prints while a line is typed stands above it; the line stays whole."""
    how, rows = DONE[number]
    with lend(arguments, 100) as rich:
        done = rich.home / "done"
        done.unlink(missing_ok=True)
        rich.type(f"later({number})")
        rich.press("enter")
        rich.wait_for_prompt()
        rich.type("a line")
        rich.wait_for(done.exists)
        if how == "print('x', end='')":  # it waits for its newline, as at any terminal, or for the end of the line
            rich._row = rich.row
            rich.press("ctrl-c")
            rich.wait_for_prompt()
        else:
            rich.wait_for(lambda: rows[-1] in rich.screen())
            rich.wait_for(lambda: rich.before_cursor.endswith(" >>> a line"))
        seen = [row.rstrip() for row in rich.screen()]
        for row in rows:
            assert row in seen
        rich.abort()
        assert rich.enter("import sys; sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__") == ["(True, True)"]


def test_a_signal_handler_prints_above_the_line(tmp_path: Path) -> None:
    """Where there is no other thread at all."""
    with start(tmp_path / "home") as rich:
        rich.enter("import signal")
        rich.enter("signal.signal(signal.SIGALRM, lambda *_: print('from a', 'handler')) and None")
        rich.enter("signal.setitimer(signal.ITIMER_REAL, 0.3) and None")
        rich.type("a line")
        rich.wait_for("from a handler")
        rich.wait_for(lambda: rich.before_cursor.endswith(" >>> a line"))
        assert "from a handler" in rich.screen()
