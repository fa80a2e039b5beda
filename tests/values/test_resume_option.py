"""`--resume` on the command line."""

from __future__ import annotations

import re
from pathlib import Path

from histshell import command_line
from tests.ui.rich import Rich


def test_the_option_names_a_session_or_none() -> None:
    """Before what is run; an id begins behind an equals sign."""
    assert command_line.parse(["--resume", "-q"], "histshell").resume == ""
    assert command_line.parse(["--resume=20261120-13"], "histshell").resume == "20261120-13"
    assert command_line.parse(["x.py", "--resume"], "histshell").resume is None
    assert command_line.parse([], "histshell").resume is None


def test_the_rich_prompt_opens_with_the_results_of_the_session_before(tmp_path: Path) -> None:
    """The first number is the next one, a line says so, and the up-arrow has the inputs."""
    home = tmp_path / "home"
    with Rich(home) as first:
        first.wait_for_prompt()
        first.enter("6 * 7")
        first.press("ctrl-d")
        first.wait_for_end()
    with Rich(home, ("repl", "-q", "--resume")) as second:
        second.wait_for_prompt()
        assert "goes on with session" in "".join(second.history())
        assert second.prompt == "h[2]"
        assert second.enter("h[1]") == ["42"]
        second.press("up", "up")
        second.wait_for(lambda: re.search(r">>> 6 \* 7\s*\Z", second.line) is not None)


def test_without_a_session_before_a_line_says_so(tmp_path: Path) -> None:
    """And the prompt opens all the same."""
    with Rich(tmp_path / "home", ("repl", "-q", "--resume")) as session:
        session.wait_for_prompt()
        assert "there are no sessions with results before this one" in "".join(session.history())
