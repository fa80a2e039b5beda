"""The rich prompt in a terminal, typed at and read like a person would."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.environments import with_packages
from tests.prompt.session import CHECKOUT, environment
from tests.pythons import Python, found
from tests.shells.shell import Numbered

PACKAGE = "ptpython"
VERSIONS = ((3, 10), (3, 12), (3, 13), (3, 14), (3, 15))


def pythons() -> list[object]:
    """One Python of each version that the rich prompt runs on, as parameters; those that are not here are skipped."""
    parameters: list[object] = []
    for minor in VERSIONS:
        there = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        name = ".".join(map(str, minor))
        if there:
            parameters.append(pytest.param(there[0], id=name))
        else:
            parameters.append(pytest.param(None, id=name, marks=pytest.mark.skip(reason=f"no Python {name} here")))
    return parameters


class Rich(Numbered):
    """`histshell repl -q` with a home directory of its own, under the Python that runs the tests or under another."""

    numbered = re.compile(r"(_?h)\[(\d+)\] >>> \Z")

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str] = ("repl", "-q"),
        *,
        python: Python | None = None,
        argv: Sequence[str] = (),
        rows: int = 30,
        columns: int = 100,
        **variables: str,
    ) -> None:
        home.mkdir(exist_ok=True)
        interpreter = sys.executable if python is None else str(with_packages(python, (PACKAGE,)))
        env = environment(home, **({} if argv else {"PYTHONPATH": str(CHECKOUT)}), **variables)
        command = list(argv) or [interpreter, "-m", "histshell.command", *arguments]
        super().__init__(command, env=env, cwd=str(home), rows=rows, columns=columns)

    def wait_for_prompt(self) -> None:
        """Wait for a prompt in a row that had none."""
        self.wait_for(self.at_prompt)

    def begin(self, text: str) -> None:
        """Type the beginning of a line, and wait until it is there."""
        self.type(text)
        self.wait_for(lambda: self.before_cursor.endswith(text))

    def abort(self) -> None:
        """Press Ctrl-C at the prompt, and wait for the next one."""
        self._row = self.row
        self.press("ctrl-c")
        self.wait_for_prompt()


def start(home: Path, *arguments: str, **how: object) -> Rich:
    """Open a rich prompt and wait for it."""
    session = Rich(home, ("repl", "-q", *arguments), **how)  # type: ignore[arg-type]
    try:
        session.wait_for_prompt()
    except BaseException:
        session.close()
        raise
    return session
