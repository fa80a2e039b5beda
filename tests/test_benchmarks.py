"""The benchmarks run and fill their tables; what they measure is not judged here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import page

ROOT = Path(__file__).resolve().parent.parent


def tables(module: str, *arguments: str) -> list[list[str]]:
    """Run a benchmark with the interpreter of the tests; return the cells of its tables' rows, without the headings."""
    words = [sys.executable, "-m", f"benchmarks.{module}", "--python", sys.executable, *arguments]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("|")]
    return [row for row in rows if re.fullmatch(r"[+-]?[\d.]+", row[-1])]


def test_the_start_is_measured() -> None:
    """A row for bare python and one for histshell, with milliseconds."""
    bare, ours = tables("startup", "--rounds", "2", "--no-peers")
    assert (bare[0], ours[0]) == ("bare `python`", "histshell")
    assert float(bare[1]) > 1
    assert float(ours[1]) > 1


def test_the_shells_are_measured() -> None:
    """A row for each shell that is there: two times, their difference and their ratio."""
    ((name, bare, ours, more, ratio, runs),) = tables("shells", "--rounds", "2", "--no-peers")
    assert (name, runs) == ("python", "2")
    assert float(more) == pytest.approx(float(ours) - float(bare), abs=0.11)
    assert float(ratio) == pytest.approx(float(ours) / float(bare), abs=0.02)


def test_recording_is_measured() -> None:
    """A row for each length of the history, and one for the key press and the weight of an entry."""
    short, long, other = tables("recording", "--inputs", "3", "--entries", "2000")
    assert (short[1], long[1]) == ("10", "2,000")
    assert all(float(number) > 0 for row in (short, long) for number in row[2:4])
    assert 40 < float(other[-1]) < 1000


def test_figures_are_put_between_the_marks_of_their_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the section's own text is replaced, and a page without the marks is an error."""
    path = tmp_path / "page.md"
    path.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n")
    monkeypatch.setattr(page, "PAGE", path)
    page.publish("x", "new\n", write=True)
    assert path.read_text() == "a\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nb\n"
    with pytest.raises(SystemExit):
        page.publish("y", "new\n", write=True)
