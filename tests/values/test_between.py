"""What is large is saved between prompts, and what may have changed meanwhile is not; `h.keep` saves on purpose."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from histshell import forking
from histshell.history import History, record
from histshell.holding import memory_commands
from histshell.journal import about
from histshell.journal.writer import Journal
from histshell.placeholder import Placeholder
from histshell.values import all_sessions
from histshell.values.between import Keeper


class Wiring:
    """A history with a journal and what saves its values, driven as a shell does."""

    def __init__(self, limit: int = 262_144) -> None:
        self.history = History()
        self.journal = Journal(self.history, lambda: about.about("test"))
        self.history.__session__ = SimpleNamespace(
            journal=self.journal, loaded_settings=lambda: SimpleNamespace(budget="auto")
        )
        self.keeper = Keeper(self.journal, limit)
        self.journal.save = self.keeper.save

    def type(self, source: str, *values: object) -> None:
        """Type an input that gives results."""
        self.journal.accepted(source)
        for value in values:
            record(self.history, value, time.time())
        self.journal.over()

    def rest(self) -> None:
        """Wait for the thread, however slow the machine is."""
        assert self.keeper._running.acquire(timeout=60)
        self.keeper._running.release()

    def back(self) -> list[object]:
        """Return the results as a later session finds them."""
        self.rest()
        all_sessions.forget()
        return list(History().past[-1])


@pytest.fixture
def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Wiring]:
    """Makes histories with journals; their journals lie in a folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Wiring


def test_small_and_large_values_come_back(wired: Callable[..., Wiring]) -> None:
    """Numbers and texts at once, the first list and large ones from a thread."""
    made = wired()
    made.type("one", 1)
    made.type("two", [2])
    made.rest()
    made.type("three", list(range(20_000)), "text")
    made.rest()
    made.type("four", {"a": 1})
    assert made.back() == [1, [2], list(range(20_000)), "text", {"a": 1}]


def test_what_the_next_input_may_have_changed_is_not_saved(wired: Callable[..., Wiring]) -> None:
    """A value that waits is given up when an input is accepted: it would be saved as something else than it was."""
    made = wired()
    made.keeper._running.acquire()  # the thread has no time
    value = [1]
    made.type("value", value)
    made.keeper._running.release()
    made.type("value.append(2)")
    value.append(2)
    made.type("other", [3])
    first, other = made.back()
    assert type(first) is Placeholder
    assert other == [3]
    assert made.journal.keep(1, b"N.", made.journal.inputs - 1) == "the next input may change it"


def test_the_first_list_is_saved_however_fast_one_types(wired: Callable[..., Wiring]) -> None:
    """The input after it waits for the thread, a moment; those after that do not."""
    made = wired()
    value = [1]
    made.type("value", value)
    made.journal.accepted("value.append(2)")
    value.append(2)
    made.journal.over()
    assert made.journal.before_input is None
    assert made.back() == [[1]]


def test_what_cannot_be_saved_is_a_placeholder(wired: Callable[..., Wiring]) -> None:
    """Not plain, too large, or saved by no setting."""
    made = wired(limit=100)
    made.type("object()", object())
    made.type("text", "x" * 200)
    assert [type(value) for value in made.back()] == [Placeholder, Placeholder]


def test_a_value_is_kept_on_purpose(wired: Callable[..., Wiring]) -> None:
    """Larger than the limit; or it says which part is in the way, in one line."""
    made = wired(limit=100)
    made.type("text", "x" * 200)
    made.type("parts", [1, {"rows": (print,)}])
    made.type("nothing", None)
    assert "result 1 is saved: 205 bytes" in repr(made.history.keep(1))
    assert repr(made.history.keep(2)) == (
        "result 2 stays here, but is not saved: [1]['rows'][0] is of type builtin_function_or_method, not plain data"
    )
    made.history.pop(1)
    assert "nothing to save" in repr(made.history.keep(1))
    assert made.back()[0] == "x" * 200


def test_without_a_journal_nothing_is_kept() -> None:
    """One line says so."""
    history = History()
    record(history, 1, 0.0)
    assert "no journal is kept" in repr(history.keep(1))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_saves_for_itself(wired: Callable[..., Wiring], tmp_path: Path) -> None:
    """Its journal is another, and the thread of the first is not in it."""
    made = wired()
    made.type("one", [1])
    made.rest()
    made.keeper._running.acquire()
    child = os.fork()
    if not child:
        made.type("two", list(range(9000)))
        made.rest()
        os._exit(0)
    made.keeper._running.release()
    os.waitpid(child, 0)
    all_sessions.forget()
    assert len(list((tmp_path / "histshell" / "journal").glob("*.values"))) == 2
    assert [list(one) for one in History().past] in ([[[1]], [list(range(9000))]], [[list(range(9000))], [[1]]])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_waits_for_the_thread(wired: Callable[..., Wiring], monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves no thread of ours behind, whose locks nobody would release, and Python warns of none."""
    monkeypatch.setattr(forking, "_PATIENCE", 20.0)  # a busy machine
    made = wired()
    for value in ([1], list(range(9000)), [[2]] * 900, list(range(20_000))):
        made.type("one", value)
        child = os.fork()
        if not child:
            os._exit(made.keeper._running.locked())
        assert os.waitpid(child, 0)[1] == 0


def test_what_the_budget_lets_go_of_is_saved_first(wired: Callable[..., Wiring]) -> None:
    """If it is plain: then it is loaded when somebody looks at it, and counts again; what is kept on purpose stays."""
    made = wired()
    made.history.budget = 3_000_000
    made.type("large", "x" * 2_000_000)
    made.type("kept", "y" * 2_000_000)
    made.history.keep(2)
    made.type("third", "z" * 2_000_000)
    memory_commands.prompt_shown(made.history)
    raw = list.__getitem__(made.history, 1)
    assert "let go, and saved" in repr(raw)
    assert type(list.__getitem__(made.history, 2)) is str
    assert made.history[1] == "x" * 2_000_000
    assert made.history[1] is made.history[1]
    made.type("fourth", 4)
    assert "let go" in memory_commands.prompt_shown(made.history)
