"""Many sessions at once in one folder, some of them killed at random moments: nothing is lost whose next prompt was shown."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
from pathlib import Path

import pexpect
import pytest

from histshell.journal import reader
from tests.journal.test_kept import logs
from tests.prompt.session import STARTUP, environment
from tests.pythons import EVERY, GUEST, HOME, Target, found

_PROMPT = re.compile(rb"h\[\d+\] (?:\x1b\[0m)?>>> ")
_KILLED, _LEFT = "killed", "left"


def prompts() -> list[Target]:
    """One prompt of each Python that is here, PyPy's too."""
    pythons = [python for python in found() if python.minor in GUEST + HOME]
    return [Target(python, python.modes[number % len(python.modes)]) for number, python in enumerate(pythons)]


class Typist(threading.Thread):
    """Types so many inputs at a prompt of its own; the one that is to be killed is, at a random moment of that."""

    def __init__(self, target: Target, home: Path, inputs: int, killed: bool) -> None:
        super().__init__()
        self.inputs = inputs
        self.killed = killed
        self.done = 0  # how many have been followed by a prompt
        self.failure: BaseException | None = None
        more = {"PYTHONSTARTUP": str(STARTUP), "HISTSHELL_COMPLETION": "off", "NO_COLOR": "1", **target.environment}
        env = environment(home, **more)
        self.child = pexpect.spawn(
            str(target.python.path), ["-q"], env=env, timeout=120, dimensions=(24, 200), cwd=str(home)
        )
        self.child.delaybeforesend = None
        self.child.expect(_PROMPT)
        self.last = random.randrange(inputs // 4, inputs) if killed else inputs

    @property
    def pid(self) -> int:
        """The process."""
        return int(self.child.pid)

    def run(self) -> None:
        """Type."""
        try:
            for number in range(self.last):
                self.child.send(f"{number}\r")
                self.child.expect_exact(f"h[{number + 2}] >>> ")  # PyREPL draws the same prompt again at each key
                self.done += 1
            if self.killed:
                self.child.send(f"print('runn' + 'ing', {self.last}); sum(range(10**10))\r")
                self.child.expect_exact("running")
                threading.Event().wait(random.random() / 5)
                os.kill(self.pid, signal.SIGKILL)
                self.child.expect(pexpect.EOF)
            else:
                self.child.sendeof()
                self.child.expect(pexpect.EOF)
        except BaseException as error:
            self.failure = error
        finally:
            self.child.close(force=True)


def check(typists: list[Typist], home: Path) -> None:
    """Hold the journals against what was typed."""
    by_process = {log.session.pid: log for log in logs(home)}
    assert len(by_process) == len(typists)
    for typist in typists:
        assert typist.failure is None, typist.failure
        log = by_process[typist.pid]
        assert [one.source for one in log.inputs[: typist.done]] == [str(number) for number in range(typist.done)]
        assert [one.results[0].preview for one in log.inputs[: typist.done]] == [
            str(number) for number in range(typist.done)
        ]
        assert {one.outcome for one in log.inputs[: typist.done]} == {"ok"}
        rest = log.inputs[typist.done :]
        assert log.left is not typist.killed
        if typist.killed:
            assert [one.source for one in rest] == [f"print('runn' + 'ing', {typist.last}); sum(range(10**10))"]
            assert rest[0].outcome == ""
        else:
            assert rest == []
        lines = Path(log.session.path).read_bytes().split(b"\n")
        assert lines.pop() == b""
        assert all(reader.parsed(line) is not None for line in lines)


@pytest.mark.parametrize(("sessions", "inputs"), [(6, 30), pytest.param(32, 1000, marks=pytest.mark.slow)])
def test_sessions_at_once(tmp_path: Path, sessions: int, inputs: int) -> None:
    """A third of them is killed; of each of those the input that ran is there as well."""
    if sessions > 6 and not EVERY:
        pytest.skip("the big one takes minutes: make test ALL=1")
    targets = prompts()
    typists = [
        Typist(targets[number % len(targets)], tmp_path, inputs, killed=number % 3 == 0) for number in range(sessions)
    ]
    for typist in typists:
        typist.start()
    for typist in typists:
        typist.join()
    check(typists, tmp_path)
