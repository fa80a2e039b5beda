"""Virtual environments with packages that the tests use at a prompt: numpy, rich, sympy; and with other shells.

Made once and kept in `HISTSHELL_TEST_CACHE`, or in ~/.cache/histshell-tests. Where they cannot be made (no network,
no pip for that Python), the tests that need them are skipped and say so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pythons import EVERY, Python, Target, found

PACKAGES = ("numpy", "rich", "sympy")
#: One Python with a C prompt, one with PyREPL.
VERSIONS = ((3, 11), (3, 13))
#: Seconds that an installation may take; it needs two to twenty.
LIMIT = 180

#: What could not be made, and why: this process does not try again. After a timeout it tries nothing more.
_failed: dict[Path, str] = {}


def _targets() -> Iterator[object]:
    for minor in VERSIONS:
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        # Of several patch releases the one that can make an environment with pip, which a distribution's may not.
        pythons.sort(
            key=lambda python: subprocess.call([python.path, "-c", "import ensurepip"], stderr=subprocess.DEVNULL)
        )
        if not pythons:
            name = ".".join(map(str, minor))
            yield pytest.param(None, id=name, marks=pytest.mark.skip(reason=f"no Python {name} on this machine"))
        for mode in pythons[0].modes[: None if EVERY else 1] if pythons else ():
            yield pytest.param(target := Target(pythons[0], mode), id=str(target))


#: The prompts of two interpreters, or one of each where not every prompt takes part. They are started with
#: `python=with_packages(target.python)`.
prompts_with_packages = pytest.mark.parametrize("target", list(_targets()))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file, so that of several test processes one makes something and the others wait."""
    import fcntl

    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def cache_folder() -> Path:
    """Return the folder of what is kept between runs of the tests, made if need be."""
    home = Path(os.environ.get("HISTSHELL_TEST_CACHE") or Path.home() / ".cache" / "histshell-tests")
    home.mkdir(parents=True, exist_ok=True)
    return home


def with_packages(python: Python, packages: Sequence[str] = PACKAGES, name: str = "") -> Path:
    """Return the interpreter of an environment with packages, made if need be; skips the test if that fails.

    A long list of packages gets a short `name` for its directory, which tells lists of that name apart as well.
    """
    home = cache_folder()
    words = f"{name}-{zlib.crc32(' '.join(packages).encode()):08x}" if name else "-".join(packages)
    environment = home / f"{python.name}-{words}".replace("*", "x")
    interpreter = environment / "bin" / "python"
    with alone(home / f"{environment.name}.lock"):
        if not (environment / "complete").exists():
            try:
                if why := _failed.get(environment) or _failed.get(home):
                    pytest.skip(why)
                _run(python.path, "-m", "venv", "--clear", "--without-pip", str(environment))
                _install(interpreter, packages)
            except subprocess.SubprocessError as error:
                detail = str(getattr(error, "stderr", None) or error)
                why = f"no environment with {', '.join(packages)} for {python.name}: {detail.strip()[-200:]}"
                _failed[home if isinstance(error, subprocess.TimeoutExpired) else environment] = why
                pytest.skip(why)
            (environment / "complete").touch()
    return interpreter


def _install(interpreter: Path, packages: Sequence[str]) -> None:
    """Install packages with uv, and where that fails with pip: a machine may tell pip alone where its packages are.

    Both are this process's own, working on that environment: not every Python here has a pip.
    """
    python = sys.executable
    try:
        _run(python, "-m", "uv", "pip", "install", "--quiet", "--python", str(interpreter), *packages)
    except subprocess.CalledProcessError:
        _run(python, "-m", "pip", "--python", str(interpreter), "install", "--quiet", "--prefer-binary", *packages)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT)
