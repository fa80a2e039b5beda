"""One session a cell: what its checks find is explained, and is what docs/shells.md says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.matrix import driven, known, page
from tests.matrix.checks import failures
from tests.matrix.shells import NOT_YET, ROWS, Column, Row, columns, environment_of
from tests.terminal import TerminalError


def _cells() -> Iterator[object]:
    for column in columns():
        for row in ROWS:
            if row.name not in NOT_YET and page.exists(row, column.name):
                missing = pytest.mark.skip(reason=f"no Python {column.name} on this machine")
                marks = () if column.python else (missing,)
                yield pytest.param(row, column, id=f"{column.name}-{row.name.replace('`', '')}", marks=marks)


def _failed(row: Row, interpreter: Path, home: Path) -> dict[str, str]:
    """Run the session of a cell, and return what has failed, with what was seen."""
    version = row.installed(interpreter)
    if not version.startswith(row.version):
        return {known.INSTALLS: f"{row.package} {version or 'is not there'}"}
    try:
        shell = driven.start(row, interpreter, home)
    except TerminalError as error:
        return {known.STARTS: str(error)}
    try:
        return failures(shell)
    finally:
        shell.close()


@pytest.mark.parametrize(("row", "column"), list(_cells()))
def test_a_session(
    row: Row,
    column: Column,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
) -> None:
    """Every check is green or has its reason in `known.py`, and the page says the same."""
    assert column.python is not None
    interpreter = environment_of(row, column.python)
    reasons = known.reasons(row.name, column.name, _failed(row, interpreter, tmp_path / "home"))
    if not request.config.getoption("write"):
        shown = page.documented().cells.get((row.name, column.name))
        assert shown == reasons, "docs/shells.md is out of date; `make shells` writes its table"
    version = row.installed(interpreter)
    cell = {
        "shell": row.name,
        "column": column.name,
        "reasons": reasons,
        "version": version * version.startswith(row.version),
    }
    record_property("cell", json.dumps(cell))
