"""A line says how far a long reading has come, on a terminal alone, and goes away; Ctrl-C is heard meanwhile."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import histshell.pik
from histshell.cli import main
from histshell.pik import progress

PLAIN = pickle.dumps([f"text number {number}" for number in range(60_000)], 4)
BY_THE_MACHINE = pickle.dumps([({"x": number}, frozenset((number,))) for number in range(2_000)], 4)


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        """Be one."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The standard error, on which a line is there at once."""
    made = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=made))  # pytest puts its own back before the test
    monkeypatch.setattr(progress, "_AFTER", 0)
    monkeypatch.setattr(progress, "_EACH", 0)
    return made


@pytest.mark.parametrize(
    ("data", "words"),
    [(PLAIN, ["looking through it … ", "building it … "]), (BY_THE_MACHINE, ["reading it … "])],
    ids=["plain", "by the machine"],
)
def test_the_line_goes_away(data: bytes, words: list[str], tmp_path: Path, terminal: Terminal) -> None:
    """It is there while a file is read, whoever reads it, and spaces are in its place when that is done."""
    path = tmp_path / "data.pkl"
    path.write_bytes(data)
    with histshell.pik.open(path) as file:
        file.tree()
        written = terminal.getvalue()
        assert all(word in written for word in words)
        assert set(written.split("\r")[-2]) == {" "}
        assert written.endswith("\r")
        assert file.load() == pickle.loads(data)
    assert len(terminal.getvalue()) > len(written)


def test_nothing_is_written_to_what_is_no_terminal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to a file, nor by `loads`, which nobody has asked to print."""
    histshell.pik.loads(PLAIN)
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    with histshell.pik.open(PLAIN) as file:
        file.tree()
    assert not terminal.getvalue()


def test_ctrl_c_is_heard_while_c_reads(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader of C asks for its bytes piece by piece; what interrupts that is not taken for damage."""

    def interrupt(text: str) -> int:
        if "building" in text:
            raise KeyboardInterrupt
        return len(text)

    monkeypatch.setattr(terminal, "write", interrupt)
    with histshell.pik.open(PLAIN) as file, pytest.raises(KeyboardInterrupt):
        file.load()
    assert not progress._watching


def test_the_command_is_stopped_by_ctrl_c(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and exits as what a signal stops."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("histshell.pik.mode.showing.show", stop)
    found = CliRunner().invoke(main, ["pik", str(tmp_path / "data.pkl")])
    assert (found.exit_code, found.output) == (130, "stopped\n")
