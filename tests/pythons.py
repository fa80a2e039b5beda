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
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

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


def _probe(path: str) -> Python | None:
    """Ask an interpreter what it is. None for a virtual environment: its `site` would not be the bare one."""
    try:
        done = subprocess.run([path, "-E", "-S", "-c", _PROBE], capture_output=True, text=True, timeout=30, check=True)
        implementation, version, kind = done.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
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


def _targets(wanted: Iterable[tuple[int, int]], pypy: bool, first_mode: bool) -> Iterator[object]:
    for minor in wanted:
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        if not pythons:
            name = ".".join(map(str, minor))
            yield pytest.param(None, id=name, marks=pytest.mark.skip(reason=f"no Python {name} on this machine"))
        for python in pythons:
            for mode in python.modes[:1] if first_mode else python.modes:
                yield pytest.param(target := Target(python, mode), id=str(target))
    if pypy:
        pypys = [python for python in found() if python.implementation == "pypy" and python.minor >= (3, 9)]
        if not pypys:
            yield pytest.param(None, id="pypy", marks=pytest.mark.skip(reason="no PyPy 3.9 or later on this machine"))
        for python in pypys:
            yield pytest.param(target := Target(python, PYPY), id=str(target))


def _extremes() -> Iterator[object]:
    numbered = [python for python in found() if python.minor >= GUEST[0]]
    for mode in (READLINE, PYREPL, PYPY):
        pythons = [python for python in numbered if python.modes[0] == mode]
        if not pythons:
            yield pytest.param(None, id=mode, marks=pytest.mark.skip(reason=f"no Python with a {mode} prompt"))
        for python in dict.fromkeys(pythons[:1] + pythons[-1:]):
            yield pytest.param(target := Target(python, mode), id=str(target))


#: Each prompt of the versions where histshell must start.
home_prompts = pytest.mark.parametrize("target", list(_targets(HOME, pypy=False, first_mode=False)))
#: The same and those where it starts as a guest.
numbered_prompts = pytest.mark.parametrize("target", list(_targets(GUEST + HOME, pypy=True, first_mode=False)))
#: One prompt for each of these interpreters, for what does not depend on who reads the keys.
numbered_pythons = pytest.mark.parametrize("target", list(_targets(GUEST + HOME, pypy=True, first_mode=True)))
#: One prompt for each interpreter that histshell may be installed under.
home_pythons = pytest.mark.parametrize("target", list(_targets(HOME, pypy=False, first_mode=True)))
#: The oldest and the newest of each kind, for what costs many sessions and depends little on the version.
some_pythons = pytest.mark.parametrize("target", list(_extremes()))
#: The versions on which the start-up file must do nothing at all.
silent_pythons = pytest.mark.parametrize("target", list(_targets(SILENT, pypy=False, first_mode=True)))
