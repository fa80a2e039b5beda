"""The Pythons that the tests drive, and the prompts that each of them has.

Found in `HISTSHELL_TEST_PYTHONS` (paths, separated like `PATH`), then in `PATH`, pyenv and uv; of one version the first
that is found. A version that ought to be tested and is not on the machine becomes a test that is skipped and says so.
"""

from __future__ import annotations

import functools
import glob
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

#: CPython's minor versions: those where histshell starts, those where it may, and those where it must be silent.
HOME = ((3, 10), (3, 11), (3, 12), (3, 13), (3, 14), (3, 15))
GUEST = ((3, 8), (3, 9))
SILENT = ((2, 7), (3, 6), (3, 7))

#: The kinds of prompt. `readline`: the C prompt up to 3.12. From 3.13 on `pyrepl`, its variant without colour (other code
#: draws the prompt there), and `basic`, which is the C prompt again. `pypy` has a line editor of its own.
READLINE, PYREPL, NO_COLOR, BASIC, PYPY = "readline", "pyrepl", "no-color", "basic", "pypy"

_MODE_ENVIRONMENT = {
    READLINE: {},
    PYREPL: {},
    NO_COLOR: {"NO_COLOR": "1"},
    BASIC: {"PYTHON_BASIC_REPL": "1"},
    PYPY: {},
}

_PROBE = """
import sys
print(hasattr(sys, 'pypy_version_info') and 'pypy' or 'cpython')
print('.'.join(str(n) for n in sys.version_info[:3]))
print(getattr(sys, 'base_prefix', sys.prefix) != sys.prefix and 'environment' or 'base')
"""


_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Python:
    """One interpreter: where it is and what it is."""

    path: str
    implementation: str
    version: tuple[int, int, int]

    @property
    def minor(self) -> tuple[int, int]:
        """The first two numbers of the version."""
        return self.version[:2]

    @property
    def name(self) -> str:
        """The name in test ids: `3.13.0`, `pypy3.9.16`."""
        return ("pypy" if self.implementation == "pypy" else "") + ".".join(map(str, self.version))

    @property
    def modes(self) -> tuple[str, ...]:
        """The kinds of prompt that this interpreter has."""
        if self.implementation == "pypy":
            return (PYPY,)
        return (READLINE,) if self.minor < (3, 13) else (PYREPL, NO_COLOR, BASIC)


@dataclass(frozen=True)
class Target:
    """A prompt to type at: an interpreter in one of its modes."""

    python: Python
    mode: str

    def __str__(self) -> str:
        return f"{self.python.name}-{self.mode}"

    @property
    def minor(self) -> tuple[int, int]:
        """The first two numbers of the interpreter's version."""
        return self.python.minor

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that ask for this mode."""
        return dict(_MODE_ENVIRONMENT[self.mode])

    @property
    def is_pyrepl(self) -> bool:
        """Whether CPython's own line editor, written in Python, reads the keys."""
        return self.mode in (PYREPL, NO_COLOR)


def _candidates() -> Iterator[str]:
    """Yield paths that may be interpreters, the most wanted first."""
    yield from filter(None, os.environ.get("HISTSHELL_TEST_PYTHONS", "").split(os.pathsep))
    names = ["python", "python2", "python3", "pypy3", *(f"python{a}.{b}" for a, b in SILENT + GUEST + HOME)]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        # pyenv's shims are shell scripts that start one of the interpreters listed below, or fail.
        if os.path.basename(folder) != "shims":
            yield from (path for name in names if (path := shutil.which(name, path=folder)))
    home = os.path.expanduser("~")
    uv = os.environ.get("UV_PYTHON_INSTALL_DIR", os.path.join(home, ".local/share/uv/python"))
    for pattern in (
        os.path.join(os.environ.get("PYENV_ROOT", os.path.join(home, ".pyenv")), "versions/*/bin/python"),
        os.path.join(uv, "*/bin/python3"),
    ):
        yield from sorted(glob.glob(pattern))


def _answer(path: str) -> list[str] | None:
    """Return the three words that an interpreter says of itself; None where there is none, or it says nothing in time."""
    try:
        done = subprocess.run([path, "-E", "-S", "-c", _PROBE], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    words = done.stdout.split()
    return words if len(words) == 3 else None


def _probe(path: str) -> Python | None:
    """Ask an interpreter what it is. None for a virtual environment: its `site` would not be the bare one."""
    answer = _answer(path) or _answer(
        path
    )  # the second time for a machine that is too busy: all workers must find the same
    if answer is None:
        return None
    implementation, version, kind = answer
    if kind != "base":
        return None
    major, minor, patch = map(int, version.split("."))
    return Python(path, implementation, (major, minor, patch))


@functools.cache
def found() -> tuple[Python, ...]:
    """Return the interpreters of this machine, sorted by version, one for each version and implementation."""
    paths = list({os.path.realpath(path): path for path in reversed(list(_candidates()))}.values())[::-1]
    with ThreadPoolExecutor(4) as pool:
        pythons = [python for python in pool.map(_probe, paths) if python]
    chosen = {python.name: python for python in reversed(pythons)}
    return tuple(sorted(chosen.values(), key=lambda python: (python.implementation, python.version)))


#: Whether every prompt takes part: `make test ALL=1`. Else the telling ones do.
EVERY = bool(os.environ.get("HISTSHELL_TEST_ALL"))

#: A test that takes seconds and hardly ever fails alone.
thorough = pytest.mark.skipif(not EVERY, reason="with ALL=1")


def by_turns(
    name: str,
    values: Iterable[object],
    prompts: pytest.MarkDecorator,
    times: int | None = 1,
    where: Callable[[Any, Any], bool] | None = None,
) -> pytest.MarkDecorator:
    """Parametrize as `prompts` do, and by a name: each value at `times` of those `where` it means something, None for all.

    Other ones from value to value, so that each prompt has its share: for what differs from value to value and from prompt to
    prompt, and rarely in one pair alone. Where every prompt takes part, all of the telling ones and a third of the others.
    """
    names, parameters = prompts.args
    rows = [pytest.param(*one.values, None, id=one.id, marks=one.marks) for one in parameters if one.values[0] is None]
    here = [one for one in parameters if one.values[0] is not None]
    for turn, value in enumerate(values):
        useful = [one for one in here if not where or where(one.values[0], value)]
        rows += [pytest.param(*one.values, value, id=f"{one.id}-{value}") for one in _chosen(useful, turn, times)]
    return pytest.mark.parametrize((*([names] if isinstance(names, str) else names), name), rows)


def _chosen(useful: list[Any], turn: int, times: int | None) -> list[Any]:
    """The prompts whose turn it is, in their order."""
    size = len(useful)
    if EVERY:
        firsts = [one.values[0] for one in useful]
        most = _telling(firsts) if all(isinstance(one, Target) for one in firsts) else [*firsts[:1], *firsts[-1:]]
        return [one for place, one in enumerate(useful) if one.values[0] in most or (place + turn) % 3 == 0]
    places = {(turn + step * size // times) % size for step in range(times)} if times and size else range(size)
    return [one for place, one in enumerate(useful) if place in places]


def _targets(wanted: Iterable[tuple[int, int]], pypy: bool, first_mode: bool) -> Iterator[object]:
    """Yield the prompts of the wanted versions as parameters, and a test that is skipped for each that is not here.

    Where not every prompt takes part: of those with readline and with PyREPL the oldest and the newest, of the other kinds
    the newest. Code that draws or reads differs between these; what differs between two versions in the middle is rare.
    """
    targets = []
    for minor in wanted:
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        if not pythons:
            name = ".".join(map(str, minor))
            yield pytest.param(None, id=name, marks=pytest.mark.skip(reason=f"no Python {name} on this machine"))
        targets += [Target(python, mode) for python in pythons for mode in python.modes[: 1 if first_mode else None]]
    if pypy:
        pypys = [python for python in found() if python.implementation == "pypy" and python.minor >= (3, 9)]
        if not pypys:
            yield pytest.param(None, id="pypy", marks=pytest.mark.skip(reason="no PyPy 3.9 or later on this machine"))
        targets += [Target(python, PYPY) for python in pypys]
    for target in targets if EVERY else _telling(targets):
        yield pytest.param(target, id=str(target))


def ends(rows: Sequence[_Row]) -> list[_Row]:
    """Return all rows where every prompt takes part, else the first and the last: of versions the oldest and the newest."""
    return list(rows) if EVERY else [*rows[:1], *rows[1:][-1:]]


def telling(pythons: Sequence[Python]) -> list[Python]:
    """Return all of them where every prompt takes part, else those whose prompts are the telling ones."""
    chosen = _telling([Target(python, python.modes[0]) for python in pythons])
    return [python for python in pythons if EVERY or python in [target.python for target in chosen]]


def _telling(targets: Sequence[Target]) -> list[Target]:
    """Return the oldest and the newest prompt with readline and with PyREPL, and the newest of each other kind."""
    kinds = {mode: [target for target in targets if target.mode == mode] for mode in _MODE_ENVIRONMENT}
    telling = [*kinds[READLINE][:1], *kinds[PYREPL][:1], *(prompts[-1] for prompts in kinds.values() if prompts)]
    return [target for target in targets if target in telling]


def _extremes() -> Iterator[object]:
    """Yield the oldest and the newest of each kind as parameters; where not every prompt takes part, the oldest and the newest of
    CPython, which are of two kinds, and PyPy.
    """
    numbered = [python for python in found() if python.minor >= GUEST[0]]
    for mode in (READLINE, PYREPL, PYPY):
        pythons = [python for python in numbered if python.modes[0] == mode]
        if not pythons:
            yield pytest.param(None, id=mode, marks=pytest.mark.skip(reason=f"no Python with a {mode} prompt"))
        oldest, newest = pythons[:1], pythons[-1:]
        for python in dict.fromkeys(oldest + newest if EVERY else oldest if mode == READLINE else newest):
            yield pytest.param(target := Target(python, mode), id=str(target))


#: Each prompt of the versions where histshell must start.
home_prompts = pytest.mark.parametrize("target", list(_targets(HOME, pypy=False, first_mode=False)))
#: The same and those where it starts as a guest.
numbered_prompts = pytest.mark.parametrize("target", list(_targets(GUEST + HOME, pypy=True, first_mode=False)))
#: One prompt for each of these interpreters, for what does not depend on who reads the keys.
numbered_pythons = pytest.mark.parametrize("target", list(_targets(GUEST + HOME, pypy=True, first_mode=True)))
#: One prompt for each interpreter that histshell may be installed under.
home_pythons = pytest.mark.parametrize("target", list(_targets(HOME, pypy=False, first_mode=True)))
#: The oldest and the newest, of each kind where every prompt takes part: for what costs many sessions and depends little on the
#: version.
some_pythons = pytest.mark.parametrize("target", list(_extremes()))
#: The versions on which the start-up file must do nothing at all.
silent_pythons = pytest.mark.parametrize("target", list(_targets(SILENT, pypy=False, first_mode=True)))
