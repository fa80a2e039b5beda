"""The table of shells in the documentation: how it is judged, written and read. Its sessions are in tests/matrix/."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.page import between, put
from tests.matrix import known, page
from tests.matrix.known import INSTALLS, STARTS, Known
from tests.matrix.shells import NOT_YET, ROWS, columns

KNOWN = (
    Known(("one",), ("loop",), "It has no loops."),
    Known(("one",), ("exit",), "It never ends.", ("3.13.0",)),
    Known(("two",), (STARTS,), "It is broken."),
)


def test_a_failure_with_a_reason_is_a_footnote() -> None:
    """The reasons of the cell, and of no other; none where all is well."""
    assert known.reasons("one", "3.12", {"loop": "saw 3"}, KNOWN) == ("It has no loops.",)
    both = known.reasons("one", "3.13.0", {"loop": "saw 3", "exit": "saw 1"}, KNOWN)
    assert both == ("It has no loops.", "It never ends.")
    assert known.reasons("three", "3.12", {}, KNOWN) == ()


def test_a_failure_without_a_reason_fails() -> None:
    """And the sentence says what was seen."""
    with pytest.raises(AssertionError, match=r"one under Python 3.12\nexit: saw 1"):
        known.reasons("one", "3.12", {"loop": "", "exit": "saw 1"}, KNOWN)


def test_a_reason_without_a_failure_fails() -> None:
    """What works is not to be excused."""
    with pytest.raises(AssertionError, match="loop works"):
        known.reasons("one", "3.12", {}, KNOWN)
    with pytest.raises(AssertionError, match="starts works"):
        known.reasons("two", "3.12", {}, KNOWN)


def test_where_nothing_starts_nothing_else_is_judged() -> None:
    """A shell that does not start needs a reason for that alone."""
    assert known.reasons("two", "3.12", {STARTS: "ended"}, KNOWN) == ("It is broken.",)
    with pytest.raises(AssertionError, match="installs: not there"):
        known.reasons("one", "3.12", {INSTALLS: "not there"}, KNOWN)


def test_the_known_differences_speak_of_shells_columns_and_checks_that_exist() -> None:
    """A name that is spelled wrongly would excuse nothing, and nobody would notice."""
    from tests.matrix.checks import CHECKS

    shells = {row.name for row in ROWS}
    names = {column.name for column in columns()}
    checks = {check.__name__ for check in CHECKS} | {INSTALLS, STARTS}
    for entry in known.KNOWN:
        assert set(entry.shells) <= shells
        assert set(entry.columns) <= names
        assert set(entry.checks) <= checks
    assert shells >= NOT_YET


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Marks, numbers of footnotes and versions lead back to the cells; cells that nobody has seen are not made up."""
    first, second = (row for row in ROWS if row.name in ("ptpython", "IPython 9"))
    table = page.Table(
        {(first.name, "3.12"): ("B.", "A."), (second.name, "3.12"): ("A.",), (second.name, "3.13.0"): ()},
        {second.name: "1.2.3, 1.3"},
        "The last line.",
    )
    path = tmp_path / "page.md"
    path.write_text("before\n<!-- matrix: begin -->\n<!-- matrix: end -->\nafter\n")
    put(path, page.SECTION, page.render(table))
    assert path.read_text().startswith("before\n<!-- matrix: begin -->\n\n| ")
    assert path.read_text().endswith("\nThe last line.\n\n<!-- matrix: end -->\nafter\n")
    assert "| 1, 2 |" in path.read_text()
    assert "\n1. B.\n2. A.\n" in path.read_text()
    assert page.parse(between(path, page.SECTION)) == table


def test_the_table_of_the_page_is_laid_out_as_it_would_be_now() -> None:
    """Rows, columns and footnotes are those of the code; every cell was seen by a session."""
    table = page.documented()
    assert page.render(table).rstrip("\n") == between(page.PAGE, page.SECTION)
    wanted = {
        (row.name, column.name)
        for row in ROWS
        for column in columns()
        if row.name not in NOT_YET and page.exists(row, column.name)
    }
    assert table.cells.keys() == wanted
