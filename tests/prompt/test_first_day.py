"""The line that is said where histshell has never been before: once, and to somebody who reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from histshell.history import KEPT
from tests.prompt.session import STARTUP, Session, environment, fresh_home
from tests.pythons import Target, numbered_pythons
from tests.ui.rich import Rich


@numbered_pythons
def test_the_first_prompt_says_what_there_is(target: Target, tmp_path: Path) -> None:
    """In a line; the second one does not, nor does an empty `h` say anything else."""
    home = fresh_home(tmp_path / "home")
    for first in (True, False):
        with Session(target, home, startup=STARTUP, first=True) as session:
            session.wait_for_prompt()
            lines = [line for line in session.history() if KEPT in line]
            assert lines == ([f"h[1]: {KEPT}"] if first else [])
            assert session.enter("h") == [f"no results yet: {KEPT}"]
            session.leave()  # a session that is killed at its end is told of in the next one


def test_whoever_wants_nothing_said_is_told_nothing(tmp_path: Path) -> None:
    """In a pipe, and with -q, in the rich prompt too; which is not the first time then."""
    home = fresh_home(tmp_path / "home")
    target = next(one.values[0] for one in numbered_pythons.args[1] if one.values[0] is not None)
    env = environment(home, PYTHONSTARTUP=str(STARTUP))
    words = [str(target.python.path), "-i"]
    done = subprocess.run(words, input="1\n", env=env, capture_output=True, text=True)
    assert KEPT not in done.stdout + done.stderr
    with Session(target, home, startup=STARTUP, args=["-q"]) as session:
        session.wait_for_prompt()
        assert not [line for line in session.history() if KEPT in line]
    with Rich(home, ("repl", "-q")) as rich:
        rich.wait_for_prompt()
        assert not [line for line in rich.history() if KEPT in line]
    for first in (True, False):
        with Rich(home, ("repl",)) as rich:
            rich.wait_for_prompt()
            assert len([line for line in rich.history() if line == f"h[1]: {KEPT}"]) == first
