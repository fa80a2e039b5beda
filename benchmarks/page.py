"""Where the figures go: to standard output, and into the page that shows them."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def publish(section: str, text: str, write: bool) -> None:
    """Print `text`; if `write`, also put it between the marks of `section` in docs/benchmarks.md.

    Nobody types figures into that page: what stands between two marks is from one run of one program.
    """
    print(text)
    if not write:
        return
    start, end = f"<!-- {section}: begin -->\n", f"<!-- {section}: end -->\n"
    page = PAGE.read_text(encoding="utf-8")
    head, found, rest = page.partition(start)
    _, also_found, tail = rest.partition(end)
    if not (found and also_found):
        raise SystemExit(f"{PAGE} has no marks for {section!r}")
    PAGE.write_text(f"{head}{start}\n{text}\n{end}{tail}", encoding="utf-8")
