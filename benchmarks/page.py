"""Where the figures go: to standard output, and into the page that shows them. Other tables are put into theirs too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def publish(section: str, text: str, write: bool) -> None:
    """Print `text`; if `write`, also put it between the marks of `section` in docs/benchmarks.md.

    Nobody types figures into that page: what stands between two marks is from one run of one program.
    """
    print(text)
    if write:
        put(PAGE, section, text)


def publish_tables(section: str, head: str, tables: Iterable[tuple[str, str]], write: bool) -> None:
    """Print tables, each with what is to be said against it; if `write`, put those into the page that nothing is said against.

    `head` stands above them. Where none is left, neither is the head.
    """
    good = []
    print(head)
    for table, noise in tables:
        print(f"{table}\n{noise}\n" if noise else table)
        good += [] if noise else [table]
    if write:
        put(PAGE, section, "\n".join([head, *good]) if good else "")


def put(page: Path, section: str, text: str) -> None:
    """Put `text` between the marks of `section` in a page."""
    head, _, tail = _parts(page, section)
    page.write_text(f"{head}\n{text}\n{tail}", encoding="utf-8")


def between(page: Path, section: str) -> str:
    """Return what stands between the marks of `section` in a page, without the blank lines beside them."""
    return _parts(page, section)[1].strip("\n")


def _parts(page: Path, section: str) -> tuple[str, str, str]:
    """Return a page up to the first mark of a section and with it, what follows, and the rest from the second mark on."""
    start, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->\n"
    head, found, rest = page.read_text(encoding="utf-8").partition(start)
    text, also_found, tail = rest.partition(end)
    if not (found and also_found):
        raise SystemExit(f"{page} has no marks for {section!r}")
    return head + start, text, end + tail
