"""The rich prompt in a terminal, typed at and read like a person would."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from tests.environments import with_packages
from tests.prompt.session import CHECKOUT, environment
from tests.pythons import EVERY, Python, ends, found
from tests.shells.shell import Numbered
from tests.terminal import PATIENCE

PACKAGE = "ptpython"
VERSIONS = ((3, 10), (3, 12), (3, 13), (3, 14), (3, 15))


def pythons(every: bool = EVERY) -> list[object]:
    """One Python of each version that the rich prompt runs on, as parameters; those that are not here are skipped.

    Unless `every` one is asked for, the oldest and the newest.
    """
    parameters: list[object] = []
    here = []
    for minor in VERSIONS:
        there = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        name = ".".join(map(str, minor))
        if there:
            here.append(pytest.param(there[0], id=name))
        else:
            parameters.append(pytest.param(None, id=name, marks=pytest.mark.skip(reason=f"no Python {name} here")))
    return parameters + (here if every else ends(here))


@dataclass(frozen=True)
class Guest(Python):
    """A Python of whose environment `histshell` is, with packages of its own that the prompt is made of in other versions."""

    @property
    def environment(self) -> Path:
        """Its environment, made if need be."""
        return with_packages(self, GUESTS_PACKAGES, name="own").parent.parent


#: What a guest has of its own: the prompt's packages in versions that are not home's, and what people with data have.
GUESTS_PACKAGES = ("prompt_toolkit==3.0.36", "rich==13.7.0", "jedi==0.19.1", "numpy", "pandas", "polars")
GUESTS_VERSIONS = ((3, 10), (3, 11), (3, 12), (3, 13), (3, 14), (3, 15))


def guests(turn: int = 0, count: int = 1) -> list[object]:
    """A guest of each version as parameters; where not every prompt takes part `count` of those that are here, by `turn`."""
    missing: list[object] = []
    here: list[object] = []
    for minor in GUESTS_VERSIONS:
        name = ".".join(map(str, minor))
        there = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        if there:
            here.append(pytest.param(Guest(there[0].path, "cpython", there[0].version), id=f"guest-{name}"))
        else:
            skip = pytest.mark.skip(reason=f"no Python {name} here")
            missing.append(pytest.param(None, id=f"guest-{name}", marks=[skip]))
    chosen = here if EVERY else [here[(turn + step) % len(here)] for step in range(count)] if here else []
    return [*chosen, *missing] if EVERY else chosen


def places(name: str) -> list[object]:
    """Where a test of that name runs: at home or, every third of them, in a guest; in each where every prompt takes part."""
    turn = zlib.crc32(name.encode())
    home = pytest.param(None, id="home")
    return [home, *guests()] if EVERY else (guests(turn // 3) if turn % 3 == 0 else []) or [home]


_IN_A_LINE = re.compile(r"\s*(?:_?h\[\d+\] >>>|\.\.\.|pik)")


class Rich(Numbered):
    """`histshell --home repl -q` with a home directory of its own, under the Python that runs the tests or under another;
    `histshell repl -q` in the environment of a guest.

    Without jedi, whose process takes as long to start as all the rest: `HISTSHELL_COMPLETION="full"` has it.
    """

    #: The guest that is meant where no Python is named, None for home.
    place: ClassVar[Guest | None] = None

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
        self.home = home
        variables = {"HISTSHELL_COMPLETION": "basic", **variables}
        where = ["--home"]
        python = python or (None if argv else self.place)
        if python is None or isinstance(python, Guest):
            interpreter = sys.executable
        else:
            interpreter = str(with_packages(python, (PACKAGE,)))
        if isinstance(python, Guest):
            where, variables = [], {"VIRTUAL_ENV": str(python.environment), **variables}
        env = environment(home, **({} if argv else {"PYTHONPATH": str(CHECKOUT)}), **variables)
        command = list(argv) or [interpreter, "-m", "histshell.command", *where, *arguments]
        super().__init__(command, env=env, cwd=str(home), rows=rows, columns=columns)

    def wait_for(self, what: str | Callable[[], bool], *, timeout: float = PATIENCE) -> None:
        """Wait until it holds and nothing more is drawn: who acts then sees a whole screen, with the cursor in its place."""
        self.wait_for_still(what, timeout=timeout)

    def wait_for_prompt(self) -> None:
        """Wait for a prompt in a row that had none."""
        self.wait_for(self.at_prompt)

    def begin(self, text: str) -> None:
        """Type the beginning of a line, and wait until it is there."""
        self.type(text)
        self.wait_for(lambda: self.before_cursor.endswith(text))

    def abort(self) -> None:
        """Press Ctrl-C at the prompt, and wait for the next one."""
        self.wait_for(lambda: _IN_A_LINE.match(self.before_cursor) is not None)  # and not in what is drawn below it
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
