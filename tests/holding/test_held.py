"""A budget for what the results hold: who goes, who stays, and what is said."""

from __future__ import annotations

import weakref
from typing import Any

import pytest

from histshell.errors import HistshellError
from histshell.history import History, record
from histshell.holding import held, memory_commands
from histshell.holding.last_exceptions import MOST
from histshell.placeholder import Placeholder


class Blob(list[Any]):
    """Can be referred to weakly."""

    def __repr__(self) -> str:
        return "<Blob>"


def blob(size: int = 100_000) -> Blob:
    """A value of so many bytes, and a few more."""
    return Blob([b"x" * size])


def filled(*values: object) -> History:
    """A history in which these are counted."""
    history = History()
    for value in values:
        record(history, value, 0.0).source = "blob()"
    memory_commands.held(history).catch_up()
    return history


def test_what_was_not_used_for_longest_goes_first() -> None:
    """The last result stays, and what is kept; small ones are not touched. One line says which went."""
    history = filled(blob(), 5, blob(), blob(), "text", blob(), blob())
    counting = memory_commands.held(history)
    counting.use(1)
    counting.kept.add(4)
    history.budget = 310_000
    said = memory_commands.prompt_shown(history)
    gone = [number for number in range(1, len(history)) if type(history[number]) is Placeholder]
    assert gone == [3, 6]
    assert "h[3] (tests.holding.test_held.Blob, 100 kB), h[6]" in said
    assert history.entry(3).source == "blob()"
    assert "100 kB, <" in history.entry(3).preview
    assert memory_commands.prompt_shown(history) == ""


def test_what_went_is_gone() -> None:
    """Nothing of ours holds it any more."""
    value = blob()
    gone = weakref.ref(value)
    history = filled(value, blob())
    del value
    history.budget = 0
    memory_commands.prompt_shown(history)
    assert gone() is None
    assert type(history[2]) is Blob


def failing(size: int) -> BaseException:
    """An exception in whose frame so much is held."""

    def fail() -> None:
        held_by_it = b"x" * size
        raise ValueError(f"with {len(held_by_it)}")

    try:
        fail()
    except ValueError as error:
        return error
    raise AssertionError


def test_exceptions_are_counted_and_go_before_results() -> None:
    """By what their frames hold."""
    history = filled(blob(), blob())
    counting = memory_commands.held(history)
    for number in range(3):
        memory_commands.failed(history, failing(200_000), f"fail({number})")
    assert 600_000 < sum(counting.of_errors.values()) < 700_000
    history.budget = 450_000
    memory_commands.prompt_shown(history)
    assert len(history.errors) == 1
    assert type(history[1]) is Blob
    assert "fail(2)" in repr(history.errors)


def test_the_last_exceptions_are_held_live() -> None:
    """So many; the same one raised again counts once, and is the newest."""
    history = History()
    made = [ValueError(str(index)) for index in range(MOST + 5)]
    for error in [*made, made[10]]:
        memory_commands.failed(history, error, "raise it")
    assert list(history.errors) == [*made[5:10], *made[11:], made[10]]
    assert history.errors[-1] is made[10]
    with pytest.raises(HistshellError, match="no exception 99"):
        history.errors[99]
    with pytest.raises(HistshellError, match="no frames"):
        history.errors.debug(-1)


def test_a_line_that_was_given_up_is_no_exception() -> None:
    """Python's own prompt says KeyboardInterrupt then, without a frame; Ctrl-C that stopped an input has some."""
    history = History()
    memory_commands.failed(history, KeyboardInterrupt(), "")
    assert repr(history.errors) == "no exceptions yet"
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt as stopped:
        memory_commands.failed(history, stopped, "while True: pass")
    assert len(history.errors) == 1


def test_a_table_of_exceptions_runs_nothing_of_them() -> None:
    """Neither `__str__` nor what an argument has; control characters are escaped, and it fits the terminal."""

    class Loud(Exception):
        def __str__(self) -> str:
            raise AssertionError("asked")

    history = History()
    memory_commands.failed(history, Loud("\x1b[2J" + "x" * 500, Loud()), "a\x1b[31m = 1")
    shown = repr(history.errors)
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_dropping_frees_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also `_`; a placeholder says what it was, a second time says that it is gone."""
    import builtins

    value = blob()
    gone = weakref.ref(value)
    history = filled(value, "other")
    monkeypatch.setattr(builtins, "_", value, raising=False)
    del value
    said = repr(history.drop(1))
    assert gone() is None
    assert said.startswith("dropped h[1]: about 100 kB")
    assert "dropped: tests.holding.test_held.Blob" in repr(history[1])
    assert "gone already" in repr(history.drop(1))
    with pytest.raises(HistshellError):
        history.drop(9)


def test_the_table_shows_the_largest_first() -> None:
    """With its size, what is kept, and the sum against the budget."""
    history = filled(blob(50_000), blob(200_000), 1, blob(20_000))
    memory_commands.held(history).kept.add(2)
    rows = repr(history.memory()).splitlines()
    assert [row.split()[0] for row in rows[1:4]] == ["2", "1", "4"]
    assert "200 kB kept" in rows[1]
    assert rows[-1].startswith("about 270 kB of ")


@pytest.mark.parametrize("value", ["a", None, -1, 1.5, float("nan"), float("inf"), True])
def test_a_budget_is_a_number_of_bytes(value: object) -> None:
    """Anything else is refused, and the old one stays."""
    history = History()
    before = history.budget
    with pytest.raises(HistshellError, match="number of bytes"):
        history.budget = value  # type: ignore[assignment]
    assert history.budget == before


def test_the_default_is_a_share_of_the_machine() -> None:
    """A quarter of its memory or of the control group's, and no more than 8 GiB."""
    assert 0 < held.machine_share() <= 8 << 30


def test_many_small_results_cost_nothing_to_count() -> None:
    """Nothing is kept of them, and each prompt looks at a few thousand only."""
    history = History()
    for index in range(3 * held.CHUNK):
        list.append(history, index)
        history.__records__.append(None)
    counting = memory_commands.held(history)
    counting.catch_up()
    assert counting._next == held.CHUNK + 1
    counting.catch_up()
    counting.catch_up()
    assert counting._next == len(history)
    assert counting.sizes == counting.used == {}


def test_a_value_that_grows_is_counted_anew() -> None:
    """One of them a second, and all by `h.memory()`."""
    history = filled(blob(), blob())
    history[1].append(b"y" * 10**6)
    repr(history.memory())
    assert memory_commands.held(history).total() > 1_200_000
