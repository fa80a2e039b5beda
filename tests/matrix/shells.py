"""The rows and columns of the matrix: each shell, how it is started, and the Pythons it is started under."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import tomli

from tests.environments import with_packages
from tests.prompt.session import CHECKOUT, STARTUP
from tests.pythons import HOME, Python, found

#: What shows the number of the next result, and IPython's own prompt, which does not.
NUMBERED = re.compile(r"_?h\[(\d+)\] >>> ?\Z")
IPYTHON = re.compile(r"In \[\d+\]: \Z")
#: xonsh's own prompt, with the number in it.
XONSH = re.compile(r"_?h\[(\d+)\] @#? \Z")

Minor = tuple[int, int]
#: From one version to another, both included.
Range = tuple[Minor, Minor]
ALL: Range = (HOME[0], HOME[-1])


def _dependencies() -> list[str]:
    """What histshell itself needs, for the rows that import it."""
    with open(CHECKOUT / "pyproject.toml", "rb") as file:
        return list(tomli.load(file)["project"]["dependencies"])


#: Two environments for each Python, so that shells of which there are two versions are there in both.
ENVIRONMENTS: Mapping[str, Callable[[], Sequence[str]]] = {
    "shells": lambda: ["bpython==0.26", "ipykernel", "ipython", "ptpython", "rich", "xonsh", *_dependencies()],
    "older": lambda: ["bpython==0.24", "ipython==8.*", "rich"],
}


@dataclass(frozen=True)
class Row:
    """A shell: its name in the table, the package that it comes with, and how it is started.

    `version` is what the package's own version must begin with. `typed` is a line that opens the shell from Python's own.
    `installed_for` is the shell that `histshell install` is told of first. `importable` is whether the package histshell can be
    imported there, as where it is installed. A `kernel` has no terminal.
    """

    name: str
    arguments: str
    package: str = ""
    version: str = ""
    environment: str = "shells"
    pythons: Range = ALL
    prompt: re.Pattern[str] = NUMBERED
    variables: Mapping[str, str] = field(default_factory=dict)
    typed: str = ""
    installed_for: str = ""
    importable: bool = False
    kernel: bool = False

    def argv(self, interpreter: Path) -> list[str]:
        """The command that starts it."""
        return [str(interpreter), *shlex.split(self.arguments)]

    def installed(self, interpreter: Path) -> str:
        """The version of the package in an environment; empty if it is not there, or if none is needed."""
        if not self.package:
            return ""
        folders = [str(path) for path in (interpreter.parents[1] / "lib").glob("python3*/site-packages")]
        return next((found.version for found in metadata.distributions(name=self.package, path=folders)), "")


_BEFORE_3_13: Range = (HOME[0], (3, 12))
_FROM_3_13: Range = ((3, 13), HOME[-1])

ROWS = (
    Row("`python`", "-q"),
    Row("`python`, basic prompt", "-q", pythons=_FROM_3_13, variables={"PYTHON_BASIC_REPL": "1"}),
    Row("`python -m asyncio`", "-m asyncio", pythons=_FROM_3_13),
    Row("`python -m histshell --asyncio`", "-m histshell --asyncio", pythons=_BEFORE_3_13, importable=True),
    Row("`code.interact()`", "-q", typed="import code; code.interact(banner='')"),
    Row(
        "IPython 8",
        "-m IPython --no-banner --no-confirm-exit --colors=NoColor",
        "ipython",
        "8.",
        environment="older",
        prompt=IPYTHON,
    ),
    Row("IPython 9", "-m IPython --no-banner --no-confirm-exit --colors=NoColor", "ipython", "9.", prompt=IPYTHON),
    Row("Jupyter's kernel", str(Path(__file__).with_name("kernel.py")), "ipykernel", kernel=True),
    Row("ptpython", "-m ptpython", "ptpython"),
    Row("bpython 0.24", "-m bpython", "bpython", "0.24", environment="older"),
    Row("bpython 0.26", "-m bpython", "bpython", "0.26"),
    Row("xonsh", "-m xonsh", "xonsh", prompt=XONSH, installed_for="xonsh"),
    Row("`histshell`", "-m histshell.command --home repl -q", "ptpython", importable=True),
)

#: Rows that do not take part yet: those taken out of here do.
NOT_YET: frozenset[str] = frozenset()


def environment_of(row: Row, python: Python) -> Path:
    """The interpreter of the environment that a row runs in."""
    return with_packages(python, ENVIRONMENTS[row.environment](), name=f"matrix-{row.environment}")


def variables_of(row: Row) -> dict[str, str]:
    """The environment variables of a row, over those of any session."""
    more = {"PYTHONPATH": str(CHECKOUT)} if row.importable else {}
    return {"PYTHONSTARTUP": str(STARTUP), **more, **row.variables}


@dataclass(frozen=True)
class Column:
    """A Python's version: `3.12`, the newest patch release that is there; and 3.13.0 by itself, the first with PyREPL."""

    name: str
    python: Python | None

    @property
    def minor(self) -> Minor:
        """The first two numbers of the version."""
        major, minor, *_ = map(int, self.name.split("."))
        return major, minor


def columns() -> list[Column]:
    """The columns of the table, each with its interpreter, or None where this machine has none."""
    first = (3, 13, 0)
    made = []
    for minor in HOME:
        pythons = [python for python in found() if python.implementation == "cpython" and python.minor == minor]
        if minor == first[:2]:
            made.append(Column("3.13.0", next((python for python in pythons if python.version == first), None)))
            pythons = [python for python in pythons if python.version != first]
        made.append(Column(".".join(map(str, minor)), pythons[-1] if pythons else None))
    return made
