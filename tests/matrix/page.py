"""The matrix as a table in docs/shells.md: written from what was seen, and read again to be compared.

A cell is a tuple of reasons, the sentences of `known.py`; an empty one is a ✓. In the page they are footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.page import between
from tests.matrix.shells import NOT_YET, ROWS, Row, columns
from tests.prompt.session import CHECKOUT

PAGE = CHECKOUT / "docs" / "shells.md"
SECTION = "matrix"

#: Row and column by their names, and the reasons.
Cells = Mapping[tuple[str, str], tuple[str, ...]]

_NAME = re.compile(r"(?P<name>.*?)(?: \((?P<versions>[^()]*\d[^()]*)\))?")
_YES, _LATER, _UNKNOWN = "✓", "not yet", "?"


@dataclass
class Table:
    """The cells, the versions of the shells that were seen, by their rows, and the line under the table."""

    cells: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    line: str = ""


def exists(row: Row, column: str) -> bool:
    """Whether there is such a prompt: some came with a version, or went with one."""
    major, minor = map(int, column.split(".")[:2])
    return row.pythons[0] <= (major, minor) <= row.pythons[1]


def render(table: Table) -> str:
    """Return the Markdown of a table, its footnotes numbered as they come."""
    names = [column.name for column in columns()]
    notes: dict[str, int] = {}
    lines = ["| | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for row in ROWS:
        versions = table.versions.get(row.name, "")
        told = versions and row.name not in NOT_YET and not row.name.endswith(versions)
        label = f"{row.name} ({versions})" if told else row.name
        lines.append("| " + " | ".join([label, *(_cell(row, name, table.cells, notes) for name in names)]) + " |")
    lines += ["", *(f"{number}. {reason}" for reason, number in notes.items())]
    return "\n".join([*lines, "", table.line, ""])


def _cell(row: Row, column: str, cells: Cells, notes: dict[str, int]) -> str:
    """The text of one cell; new reasons get the next numbers."""
    if not exists(row, column):
        return " "
    if row.name in NOT_YET:
        return _LATER
    found = cells.get((row.name, column))
    if not found:
        return _UNKNOWN if found is None else _YES
    return ", ".join(str(notes.setdefault(reason, len(notes) + 1)) for reason in found)


def parse(text: str) -> Table:
    """Read a table that `render` has made."""
    notes = dict(re.findall(r"^(\d+)\. (.+)$", text, re.MULTILINE))
    head, *lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    names = [name.strip() for name in head[1:]]
    table = Table(line=text.rstrip("\n").rpartition("\n")[2])
    for label, *row in lines[1:]:
        match = _NAME.fullmatch(label.strip())
        assert match
        if match["versions"]:
            table.versions[match["name"]] = match["versions"]
        for name, cell in zip(names, row):
            word = cell.strip()
            if word and word not in (_LATER, _UNKNOWN):
                numbers = [] if word == _YES else word.split(", ")
                table.cells[match["name"], name] = tuple(notes[number] for number in numbers)
    return table


def documented() -> Table:
    """The table that stands in the page."""
    return parse(between(PAGE, SECTION))
