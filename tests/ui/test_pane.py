"""The history browser's pane: the whole value, searched, scrolled, copied, and never waited for."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from histshell import finding
from histshell.history import History, record
from histshell.placeholder import Placeholder
from histshell.ui import clipboard, looked_at, pane
from histshell.ui.sifting import Sifter
from tests.ui.rich import Guest, guests, start


def waited(condition: Callable[[], bool]) -> bool:
    """Wait until it holds."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.001)
    return condition()


def shown(make: Callable[[], Iterator[str]]) -> pane.Pane:
    """A pane that shows something, made whole."""
    made = pane.Pane(lambda _seconds, do: do(), lambda: None)
    made.show("what", [("", "head")], make)
    assert made.making is not None
    assert waited(lambda: made.making is None or made.making.is_over)
    return made


def test_what_is_made_is_escaped_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the value says or raises; what has been made stays."""
    made = shown(lambda: iter(["\x1b[31m\tred\nmore", "\u202e"]))
    assert made.text() == "\\x1b[31m   red\nmore\n\\u202e"

    def failing() -> Iterator[str]:
        yield "first"
        raise SystemExit("no")

    made = shown(failing)
    assert made.text() == "first"
    assert made.state(10) == "its text cannot be had: SystemExit: no"
    monkeypatch.setattr(pane, "MOST_LINES", 100)
    monkeypatch.setattr(pane, "_AHEAD", (10, 0))
    made = pane.Pane(lambda _seconds, do: do(), lambda: None)
    made.show("what", [("", "head")], lambda: map(str, range(10**9)))
    assert waited(lambda: made.making is not None and made.making.is_waiting)
    assert "1 to 5 of 11 lines and more" in made.state(5)
    assert not made.interrupt()
    made.scroll("end", 5, 20)
    assert waited(lambda: made.making is not None and made.making.is_over)
    assert made.count() == 101
    assert "the first 100 lines" in made.state(10)


def test_scrolling() -> None:
    """By lines, pages and columns, within what there is."""
    made = shown(lambda: (f"{n:03}" + "x" * n for n in range(100)))

    def first() -> str:
        return "".join(text for _, text in made.fragments(10, 20)).split("\n")[0]

    assert first() == "head"
    for key, seen in (
        ("down", "000"), ("pagedown", "010" + "x" * 10), ("up", "009" + "x" * 9), ("end", "090" + "x" * 17),
        ("down", "090" + "x" * 17), ("right", "x" * 20), ("left", "090" + "x" * 17), ("home", "head"), ("up", "head"),
    ):  # fmt: skip
        made.scroll(key, 10, 20)
        assert first() == seen, key
    assert made.state(10) == "1 to 10 of 101 lines"


def test_a_value_that_does_not_end_is_stopped() -> None:
    """By Ctrl-C, or when another is looked at; its thread ends."""
    for stop in (pane.Pane.interrupt, pane.Pane.close):
        running, ended = threading.Event(), threading.Event()

        def endless(running: threading.Event = running, ended: threading.Event = ended) -> Iterator[str]:
            try:
                while not ended.is_set():
                    running.set()
                yield ""
            finally:
                ended.set()

        made = pane.Pane(lambda _seconds, do: do(), lambda: None)
        made.show("what", [], endless)
        assert running.wait(30)
        stop(made)
        assert ended.wait(30)
    assert not made.interrupt()


def test_the_search_runs_nothing_of_a_value() -> None:
    """It finds what is written anywhere in containers, and of an object what was displayed."""

    class Loud:
        def __repr__(self) -> str:
            raise AssertionError

    history = History()
    for value in (list(range(20_000)), {"deep": [{"a": ("needle", b"x")}]}, Loud(), "x" * 1000 + "Needle"):
        record(history, value, 0.0).source = "made()"
    list.append(history, Placeholder(5))
    assert history.find("19876").numbers == [1]
    assert history.find("NEEDLE").numbers == [2, 4]
    assert history.find("list of 20,000").numbers == [1]
    assert history.find("made").numbers == [1, 2, 3, 4]
    assert history.find("loud").numbers == [3]
    assert len(finding.value_text(["x" * 1000] * 10_000)) <= finding.LIMIT
    answers: list[Any] = []
    sifter = Sifter(history, 3)
    for words, numbers in ((("needle",), [4, 2]), (("made", "NEEDLE", "deep"), [2]), (("made()",), [4, 3, 2])):
        answers.clear()
        sifter.ask(words, looked_at.rows(history, [], "results"), lambda *answer: answers.append(answer))
        assert waited(lambda: bool(answers))
        assert [item.number for item in answers[-1][1]] == numbers
    assert answers[-1][2] is False  # there may be more


def test_what_is_not_there_is_loaded_when_it_is_asked_for() -> None:
    """Until then it is shown, and searched, by its preview."""
    loaded: list[int] = []
    history = History()

    def load() -> object:
        loaded.append(1)
        return [1, "whole"]

    waiting = Placeholder(1, "(saved)", load)
    waiting.preview, waiting.type = "[1, …", "list"
    list.append(history, waiting)
    item = looked_at.Item("results", 1, "")
    _, make, instead = looked_at.shown(history, item, 80, False, lambda error: iter([str(error)]))
    assert (make, instead) == (None, "(saved) [1, …\n\nCtrl-L loads it")
    assert history.find("(saved)").numbers == [1]
    assert history.find("whole").numbers == []
    assert not loaded
    make = looked_at.shown(history, item, 80, True, lambda error: iter([str(error)]))[1]
    assert not loaded  # a thread does it
    assert make is not None
    assert list(make()) == ["[1, 'whole']"]
    assert loaded == [1]


def test_what_is_copied_is_bounded_and_said() -> None:
    """In the form that a terminal takes it."""
    written: list[str] = []

    class Output:
        write_raw = written.append

        def flush(self) -> None:
            pass

    output: Any = Output()
    assert clipboard.copy(output, "größe", "h[3]") == "copied h[3]: 5 characters"
    sent = re.fullmatch(r"\x1b\]52;c;(.*)\a", written.pop())
    assert sent is not None
    assert base64.b64decode(sent[1]).decode() == "größe"
    said = clipboard.copy(output, "é" * 50_000, "h[3]")
    assert said == "copied h[3]: the first 37,497 characters of 50,000"
    assert len(written.pop()) < 100_020
    assert clipboard.copy(output, "", "h[3]") == "there is nothing to copy"
    assert not written


@pytest.mark.parametrize("size", [(24, 80), (50, 200)], ids=["24x80", "50x200"])
@pytest.mark.parametrize("python", [None, *guests()[-1:]])
def test_at_the_prompt(python: Guest | None, size: tuple[int, int], tmp_path: Path) -> None:
    """A long value to its end, a table sideways, one that hangs, a search in what is not on the screen, errors, and copying."""
    if (python is None) != (size[0] == 24):
        pytest.skip("one size for each is enough")
    with start(tmp_path / "home", python=python, rows=size[0], columns=size[1]) as rich:
        rich.enter("{n: 'needle %d' % n for n in range(300)}")
        rich.enter(
            "armed = False; slow = type('Slow', (), {'__repr__': lambda s: exec('while armed: pass') or 'slow\\x1b[31m'})()"
        )
        rich.enter("slow")
        if python is not None:
            rich.enter("import pandas; pandas.DataFrame({f'colour{n}': range(200) for n in range(40)})")
        else:
            rich.enter("['wide ' * 3]")
        rich.enter("1 / 0  # wrong")
        rich.enter("armed = True")
        rich.press("f5")
        rich.wait_for("3 found")
        if python is not None:
            rich.wait_for("h[3]  DataFrame 200×40  colour0, colour1, ")
            rich.press("f6")
            rich.wait_for("of 204 lines")  # all of it is there
            rich.wait_for("F6: the list")
            assert not any("colour39" in row for row in rich.screen())
            for _ in range(60):
                rich.press("right")
            rich.wait_for("colour39")
            rich.press("f6")
            rich.wait_for("F6: into it")
        rich.press("down")
        rich.wait_for("slow\\x1b[31m")
        rich.wait_for("…  ")
        rich.press("ctrl-c")
        rich.wait_for("stopped by Ctrl-C")
        rich.type("needle 299'")
        rich.wait_for("1 found")
        rich.press("f6")
        rich.wait_for("F6: the list")
        rich.press("last")
        rich.wait_for("299: 'needle 299'")
        rich.press("f8")
        rich.wait_for("copied h[1]: ")
        rich.press("escape", "ctrl-u", "ctrl-t")
        rich.wait_for("armed = True")
        rich.press("ctrl-t")
        rich.wait_for("Traceback (most recent call last):")
        rich.press("enter")
        rich.wait_for(lambda: rich.before_cursor.endswith(">>> h.errors[-1]"))
        rich.enter(".args")
