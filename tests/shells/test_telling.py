"""What an adapter tells of its shell's inputs: never an exception, nothing before the first, nothing where it is switched off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from histshell.history import History, record
from histshell.journal import about, reader
from histshell.journal.writer import Journal
from histshell.shells.telling import ExitStatus, Inputs


def once(history: History) -> Callable[[], Journal]:
    """What gives the journal of a history, always the same one."""
    journal = Journal(history, lambda: about.about("ashell"))
    return lambda: journal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the journals of this test lie."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "histshell" / "journal"


def test_inputs_and_their_ends(folder: Path) -> None:
    """With results, errors, a status in place of one, and a goodbye."""
    history, counted = History(), []
    inputs = Inputs(once(history), lambda: counted.append(len(history)))
    inputs.accepted("one\n")
    record(history, 1, 0.0)
    inputs.over()
    inputs.accepted("two")
    inputs.over(ExitStatus(3))
    inputs.whole("three +", None, SyntaxError("no"))
    inputs.accepted("\n")
    inputs.over()
    inputs.accepted("four")
    inputs.end()
    (log,) = reader.read(*reader.files(str(folder)))
    errors = [one.error for one in log.inputs]
    assert [one.source for one in log.inputs] == ["one", "two", "three +", "four"]
    assert errors[:3] == [None, ("ExitStatus", "3"), ("SyntaxError", "no")]
    assert [one.number for one in log.inputs[0].results] == [1]
    assert log.left
    assert counted == [2, 2, 2, 2]


def test_switched_off(folder: Path) -> None:
    """With no journal nothing is written, and results are counted all the same."""
    counted = []
    inputs = Inputs(lambda: None, lambda: counted.append(1))
    inputs.accepted("one")
    inputs.over()
    inputs.whole("two")
    inputs.end()
    assert not folder.exists()
    assert counted == [1, 1]


def test_whatever_goes_wrong_the_shell_goes_on() -> None:
    """The journal cannot be had, or what counts the results raises."""

    def fail() -> None:
        raise ZeroDivisionError

    inputs = Inputs(fail, fail)
    for _ in range(2):
        inputs.accepted("one")
        inputs.over()
    inputs.end()


def test_nothing_is_loaded_before_the_first_input() -> None:
    """No module of the journal, by what is there to be told."""
    code = (
        "import sys; from histshell.shells import telling; telling.Inputs(lambda: None); "
        "print([name for name in sys.modules if 'journal' in name])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
