"""What is shipped: the wheel and the source distribution are built, and the wheel is installed and run.

Each needs a build environment, which pip fills from the package index or its cache; without either the build fails here
too. The tests of this module share one build and one installation, whichever worker runs them.
"""

from __future__ import annotations

import email.parser
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from histshell import __version__
from tests.environments import alone
from tests.pythons import thorough
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
#: The start-up files, by their names in the wheel.
STARTUP = {f"histshell/{path.name}": path for path in sorted((ROOT / "startup").glob("*.py"))}
STUB = "histshell/pythonstartup.py"

pytestmark = pytest.mark.slow


def run(*argv: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a command outside the checkout and return what it printed; fail with that if it fails."""
    done = subprocess.run(
        [str(word) for word in argv], cwd="/", env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one worker makes, the first that wants it; the others wait, and have the same."""
    common = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder = common / name
    with alone(common / f"{name}.lock"):
        if not (common / f"{name}.complete").exists():
            make(folder)
            (common / f"{name}.complete").touch()
    return folder


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that was built from it and not from the checkout."""
    return once(tmp_path_factory, "dist", lambda folder: run(sys.executable, "-m", "build", "--outdir", folder, ROOT))


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """The wheel."""
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with nothing but the wheel and what it depends on."""

    def make(folder: Path) -> None:
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        run(sys.executable, "-m", "pip", "-qq", "--python", folder / "bin" / "python", "install", wheel)

    return once(tmp_path_factory, "venv", make)


def clean_environment(home: Path) -> dict[str, str]:
    """The environment of a child: an empty home directory, a plain terminal, nothing of the running tests'."""
    return {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """The wheel is pure, typed and licensed, has the start-up file, and no test or tool."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    info = f"histshell-{__version__}.dist-info"
    assert wheel.name == f"histshell-{__version__}-py3-none-any.whl"
    assert {"histshell/py.typed", "histshell/session.py", f"{info}/licenses/LICENSE"} <= set(names)
    assert {name.partition("/")[0] for name in names} == {"histshell", info}
    in_checkout = {
        str(path.relative_to(ROOT)) for path in (ROOT / "histshell").rglob("*") if path.suffix in (".py", ".typed")
    }
    assert {name for name in names if name.startswith("histshell/")} == in_checkout | set(STARTUP)


def test_the_metadata_says_who_what_and_for_which_python(wheel: Path) -> None:
    """What an index shows: version, license, Python, and the README as the description."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"histshell-{__version__}.dist-info/METADATA").decode()
    metadata = email.parser.Parser().parsestr(text)
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.10"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert metadata.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")


def test_each_dependency_has_its_reason(wheel: Path) -> None:
    """What the wheel requires are the packages of the table in docs/architecture.md, and no others."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"histshell-{__version__}.dist-info/METADATA").decode()
    required = re.findall(r"^Requires-Dist: ([\w-]+)", text, re.MULTILINE)
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"^## Dependencies$(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    explained = re.findall(r"^\| ([a-z][\w-]*) \|", section, re.MULTILINE)
    assert sorted(required) == sorted(set(explained) - {"package"})


@thorough
def test_the_source_distribution_can_be_tested(dist: Path) -> None:
    """Who packages histshell finds the sources of the tests and the documentation in the source distribution."""
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "tools/find-python", "docs/conf.py"}
    wanted |= {"startup/pythonstartup.py", "histshell/py.typed", "tests/test_packaging.py"}
    assert wanted <= names
    assert not [name for name in names if name.startswith((".venv", "dist")) or name.endswith(".pyc")]


def test_the_installed_command_runs(home: Path, tmp_path: Path) -> None:
    """`histshell --version` answers from a clean environment, and the start-up files are those of the checkout."""
    env = clean_environment(tmp_path)
    assert __version__ in run(home / "bin" / "histshell", "--version", env=env)
    for name, path in STARTUP.items():
        (installed,) = home.glob(f"lib/python*/site-packages/{name}")
        assert installed.read_bytes() == path.read_bytes()


def test_the_start_up_file_of_the_wheel_starts_the_prompt(home: Path, tmp_path: Path) -> None:
    """The start-up file, where the wheel has put it, gives the environment's own Python the numbered prompt."""
    (stub,) = home.glob(f"lib/python*/site-packages/{STUB}")
    env = {**clean_environment(tmp_path), "PYTHONSTARTUP": str(stub)}
    with Terminal([str(home / "bin" / "python"), "-q"], env=env, cwd=str(tmp_path)) as terminal:
        terminal.wait_for("h[1] >>>")
        terminal.type("6 * 7\r")
        terminal.wait_for("h[2] >>>")
        assert "42" in terminal.screen()
        terminal.press("ctrl-d")
        assert terminal.wait_for_end() == 0
