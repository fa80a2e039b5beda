"""At real prompts: a session is killed, said once by the next one, and gone on with."""

from __future__ import annotations

import os
import time
from pathlib import Path

from histshell.journal import reader
from tests.prompt.session import STARTUP, Session, fresh_home
from tests.pythons import Target, home_prompts, some_pythons
from tests.terminal import PATIENCE
from tests.ui.rich import Rich

SAID = "without a goodbye"


def opened(target: Target, home: Path, **variables: str) -> Session:
    """Open a numbered prompt in a home that stays as it is."""
    session = Session(target, home, startup=STARTUP, cwd=home, env=variables)
    session.wait_for_prompt()
    return session


def killed(target: Target, home: Path) -> None:
    """Have a session that is killed in the middle of an input."""
    session = opened(target, home)
    session.enter("6 * 7")
    session.enter("list(range(40))[38:]")
    session.wait_for(lambda: _saved(home) == 2)  # a thread does
    session.enter("import os")
    session.type("os.kill(os.getpid(), 9)")
    session.press("enter")
    session.wait_for_end()
    session.close()


def _saved(home: Path) -> int:
    """Return of how many results the journals there have the value."""
    logs = [log for file in reader.files(str(home / ".local/state/histshell/journal")) for log in reader.read(file)]
    return sum(result.value is not None for log in logs for one in log.inputs for result in one.results)


def joined(rows: list[str]) -> str:
    """Return what was shown, its lines joined."""
    return "".join(rows)


@some_pythons
def test_a_killed_session_is_said_once_and_gone_on_with(target: Target, tmp_path: Path) -> None:
    """Of two that are opened at once one says it, before its second prompt; then its results have their numbers again."""
    home = fresh_home(tmp_path / "home")
    killed(target, home)
    both = [opened(target, home), opened(target, home)]
    try:
        assert not any(SAID in joined(session.history()) for session in both)
        shown = [joined(session.enter("x = 1")) for session in both]
        deadline = time.monotonic() + PATIENCE  # a machine that is busy has it said by a later prompt
        while not any(SAID in text for text in shown) and time.monotonic() < deadline:
            time.sleep(0.1)
            shown = [text + joined(session.enter("")) for text, session in zip(shown, both)]
        said = [SAID in text for text in shown]
        assert sorted(said) == [False, True]
        line = shown[said.index(True)]
        assert "with 2 results, in os.kill(os.getpid(), 9); h.resume() has them back" in line
        session = both[said.index(True)]
        assert "2 results, h[1] to h[2]" in joined(session.enter("h.resume()"))
        assert session.number == 3
        assert session.enter("h[2]") == ["[38, 39]"]
        assert session.enter("h.past[-1][1]") == ["42"]
        assert SAID not in joined(session.enter("y = 1") + both[said.index(False)].enter("y = 1"))
        session.press("up", "up", "up", "up")
        session.wait_for(lambda: session.line.rstrip().endswith(">>> os.kill(os.getpid(), 9)"))
    finally:
        for one in both:
            one.close()


@home_prompts
def test_a_session_that_is_gone_on_with_is_not_said(target: Target, tmp_path: Path) -> None:
    """Whoever types `h.resume()` first knows of it."""
    home = fresh_home(tmp_path / "home")
    killed(target, home)
    with opened(target, home) as session:
        session.enter("h.resume()")
        for _ in range(3):
            session.enter("x = 1")
        assert "2 results, h[1] to h[2]" in joined(session.history())
        assert SAID not in joined(session.history())


def test_the_rich_prompt_says_it_too(tmp_path: Path) -> None:
    """Before its second prompt, where the machine is not busy."""
    home = tmp_path / "home"
    first = Rich(home)
    first.wait_for_prompt()
    first.enter("6 * 7")
    os.kill(first.pid, 9)
    first.wait_for_end()
    first.close()
    with Rich(home) as second:
        second.wait_for_prompt()
        deadline = time.monotonic() + PATIENCE
        while SAID not in joined(second.history()) and time.monotonic() < deadline:
            second.enter("x = 1")
            time.sleep(0.1)
        assert SAID in joined(second.history())
