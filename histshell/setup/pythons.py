"""Every Python on this machine, found by where they usually are and asked what they are.

Each is run once, isolated from its environment, for a fraction of a second, and several at a time.
Scripts (the shims of pyenv and asdf) are not Pythons: what they start is found where it is.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

NAMES = re.compile(r"(python|pypy)(\d+(\.\d+)?t?)?(\.exe)?")
SECONDS = 2.5  # for all of them together; eleven took 0.15 s on two cores

# Any Python from 2.7 on can run it. The answer has a mark before it: readline may print a control sequence.
# With a folder as argument it also loads histshell from there, the way the start-up file does.
PROBE = r"""
import sys
sys.path[:] = [folder for folder in sys.path if folder]
editors = []
for name in ("_pyrepl", "pyrepl", "readline"):
    try:
        __import__(name)
        editors.append(name)
    except ImportError:
        pass
failure = ""
if sys.argv[1:] and sys.version_info >= (3, 8):
    try:
        import _frozen_importlib, _frozen_importlib_external
        package = sys.argv[1] + "/histshell"
        spec = _frozen_importlib_external.spec_from_file_location(
            "histshell", package + "/__init__.py", submodule_search_locations=[package])
        sys.modules["histshell"] = _frozen_importlib.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["histshell"])
        import histshell.session
    except Exception as error:
        failure = ascii("%s: %s" % (type(error).__name__, error))[1:-1]
about = getattr(sys, "implementation", None)
sys.stdout.write("\nhistshell\t%s\t%s\t%s\t%s\t%s\n" % (".".join(map(str, sys.version_info[:3])),
    about.name if about else "cpython", getattr(about, "cache_tag", None) or "", " ".join(editors), failure))
"""


@dataclass(frozen=True)
class Python:
    """One interpreter: where it was found and what it answered.

    `version` is (major, minor, micro); `implementation` is `cpython`, `pypy` …; `cache_tag` is the middle part of
    its compiled files' names, empty where it compiles none; `editors` are the line editors it can load, of
    `_pyrepl`, `pyrepl` and `readline`; `failure` says why it cannot load histshell, if it was asked to. Where it
    did not answer, `version` is empty and `problem` says why.
    """

    path: str
    version: tuple[int, ...] = ()
    implementation: str = ""
    cache_tag: str = ""
    editors: tuple[str, ...] = ()
    failure: str = ""
    problem: str = ""


def find(environ: Mapping[str, str] | None = None, site: str = "", seconds: float = SECONDS) -> list[Python]:
    """Find and ask every Python, newest first; those that gave no answer within `seconds` come last.

    Each also tries to load the histshell that is in the folder `site`, if that is given.
    """
    paths = candidates(os.environ if environ is None else environ)
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(max_workers=2 * (os.cpu_count() or 1)) as pool:
        found = list(pool.map(lambda path: probe(path, site, deadline - time.monotonic()), paths))
    return sorted(found, key=lambda python: (python.version, python.implementation), reverse=True)


def candidates(environ: Mapping[str, str]) -> list[str]:
    """Return the paths worth asking, each real file once: the active environment's, PATH's, pyenv's, uv's, our own."""
    chosen: dict[str, str] = {}
    for path in _places(environ):
        if _is_program(path):
            chosen.setdefault(os.path.realpath(path), path)
    return list(chosen.values())


def probe(path: str, site: str = "", seconds: float = SECONDS) -> Python:
    """Ask one Python what it is. Raises nothing: who does not answer has a `problem`."""
    if seconds <= 0:
        return Python(path, problem="not asked: the others took too long")
    end = time.monotonic() + seconds
    # -I is not known before 3.4; -E and -s are all that 2.7 has of it. -S: no site-packages, no .pth code.
    # -B: to look is not to write.
    for options in (["-I", "-S", "-B"], ["-E", "-s", "-S", "-B"]):
        try:
            run = subprocess.run(  # noqa: S603  # asking the interpreters found is the point
                [path, *options, "-c", PROBE, *filter(None, [site])], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, timeout=max(0.05, end - time.monotonic()),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Python(path, problem=f"no answer within {seconds:.1f} s")
        except OSError as error:
            return Python(path, problem=f"cannot be started: {error.strerror}")
        for line in run.stdout.decode("utf-8", "replace").splitlines():
            mark, *facts = line.split("\t")
            if mark == "histshell" and len(facts) == 5 and re.fullmatch(r"\d+(\.\d+)+", facts[0]):
                version = tuple(map(int, facts[0].split(".")))
                return Python(path, version, facts[1], facts[2], tuple(facts[3].split()), facts[4])
        if run.returncode != 2:  # 2: an option it does not know
            break
    return Python(path, problem=f"ended with status {run.returncode} and without an answer")


def _places(environ: Mapping[str, str]) -> Iterable[str]:
    """Yield the paths at which a Python may be, wanted first ones first."""
    home = environ.get("HOME") or os.path.expanduser("~")
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if environ.get(variable):
            yield os.path.join(environ[variable], "bin", "python")
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        for name in _listed(folder or os.curdir):
            if NAMES.fullmatch(name):
                yield os.path.abspath(os.path.join(folder, name))
    versions = os.path.join(environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv"), "versions")
    data = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    managed = environ.get("UV_PYTHON_INSTALL_DIR") or os.path.join(data, "uv", "python")
    for folder in (versions, managed):
        for version in _listed(folder):
            for name in ("python3", "python", "pypy3"):
                yield os.path.join(folder, version, "bin", name)
    yield sys.executable


def _listed(folder: str) -> list[str]:
    """Return the names in a folder, sorted; none where it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _is_program(path: str) -> bool:
    """Return whether a path is a program and not a script, an empty alias of Windows, or the trap that macOS sets."""
    if sys.platform == "darwin" and path == "/usr/bin/python3":
        # Without the command line tools this file opens a window that offers them.
        return os.path.exists("/Library/Developer/CommandLineTools") or os.path.exists("/Applications/Xcode.app")
    try:
        if not (stat.S_ISREG(os.stat(path).st_mode) and os.access(path, os.X_OK)):
            return False
        with open(path, "rb") as file:
            return file.read(2) not in (b"", b"#!")
    except OSError:
        return False
