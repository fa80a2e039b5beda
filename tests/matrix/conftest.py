"""`--write`: what the cells have seen goes into docs/shells.md, when all of them are through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.page import put
from tests.matrix import page
from tests.matrix.shells import ROWS, columns

#: What the cells have seen: reports come to the process that was started, whichever worker made them.
_seen: list[dict[str, Any]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--write`."""
    parser.addoption("--write", action="store_true", help="put the matrix into docs/shells.md")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what a cell has seen, if it is as it should be."""
    if report.when == "call" and report.passed:
        _seen.extend(json.loads(str(value)) for name, value in report.user_properties if name == "cell")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table. Cells that did not run here stay what they were."""
    if not session.config.getoption("write") or hasattr(session.config, "workerinput") or not _seen:
        return
    table = page.documented()
    versions: dict[str, set[str]] = {}
    for cell in _seen:
        table.cells[cell["shell"], cell["column"]] = tuple(cell["reasons"])
        versions.setdefault(cell["shell"], set()).update(filter(None, [cell["version"]]))
    names = {row.name for row in ROWS if row.package}
    table.versions.update({name: ", ".join(sorted(versions[name])) for name in names & versions.keys()})
    pythons = ", ".join(column.python.name for column in columns() if column.python)
    table.line = f"The Pythons of the last run: {pythons}."
    put(page.PAGE, page.SECTION, page.render(table))
