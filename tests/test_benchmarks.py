"""The benchmarks run and fill their tables; what they measure is not judged here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.spread import noise
from tests.pythons import thorough

ROOT = Path(__file__).resolve().parent.parent


def tables(module: str, *arguments: str) -> list[list[str]]:
    """Run a benchmark with the interpreter of the tests; return the cells of its tables' rows, without the headings."""
    words = [sys.executable, "-m", f"benchmarks.{module}", "--python", sys.executable, *arguments]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("|")]
    return [row for row in rows if re.fullmatch(r"[+-]?[\d.]+", row[-1])]


@pytest.mark.slow
def test_the_start_is_measured() -> None:
    """A row for bare python and one for histshell, with milliseconds."""
    bare, ours = tables("startup", "--rounds", "2", "--no-peers")
    assert (bare[0], ours[0]) == ("bare `python`", "histshell")
    assert float(bare[1]) > 1
    assert float(ours[1]) > 1


@pytest.mark.slow
def test_the_shells_are_measured() -> None:
    """A row for each shell that is there: two times, their difference, their ratio and how far they lie apart."""
    ((name, bare, ours, more, ratio, spread, runs),) = tables("shells", "--rounds", "2", "--no-peers")
    assert (name, runs) == ("python", "2")
    assert re.fullmatch(r"\d+ %", spread)
    assert float(more) == pytest.approx(float(ours) - float(bare), abs=0.11)
    assert float(ratio) == pytest.approx(float(ours) / float(bare), abs=0.02)


@pytest.mark.slow
@thorough
def test_the_start_in_an_environment_is_measured() -> None:
    """A row for histshell's own Python, and one for each way to another, with what it costs more."""
    own, *others = tables("guests", "--rounds", "2")
    assert [row[0] for row in others] == ["active environment", "shim of pyenv's", "`-p PATH`"]
    for row in others:
        assert float(row[3]) == pytest.approx(float(row[1]) - float(own[1]), abs=0.11)


@pytest.mark.slow
@thorough
def test_what_is_looked_at_is_measured() -> None:
    """A row for each key in the browser, and for each traceback beside Python's."""
    rows = tables("looking", "--rounds", "1")
    assert [row[0] for row in rows[:2]] == ["a letter at the prompt", "a letter of the search"]
    for _, plain, ours, ratio in rows[4:]:
        assert float(ratio) == pytest.approx(float(ours) / float(plain), rel=0.9)


STEADY = {"bare": [40.0, 41, 40, 39, 40, 41, 40, 40], "ours": [42.0, 42, 43, 42, 41, 42, 42, 43]}
SCATTERED = [[20.0, 60, 30, 40, 25, 70, 35, 40], [42.0, 90, 43, 20, 41, 42, 30, 60]]
SLOWER = [[40.0, 40, 40, 40, 41, 62, 62, 62], [42.0, 42, 42, 42, 64, 64, 64, 64]]


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (STEADY, ""),
        ({**STEADY, "slow": SCATTERED[0]}, ""),  # one contender that is not steady says nothing against the machine
        (dict(enumerate(SCATTERED)), "spread"),
        (dict(enumerate(SLOWER)), "drift"),
        ({"bare": [40.0]}, "nothing was measured twice"),
        ({}, "nothing was measured twice"),
    ],
)
def test_a_noisy_table_is_told(times: dict[str, list[float]], said: str) -> None:
    """Times that lie far apart, and a machine that is slower in the second half of the rounds."""
    told = noise(times)
    assert told.startswith("too noisy to publish") == bool(said)
    assert said in told


def test_a_noisy_table_stays_out_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is printed, with the reason; what is quiet is written. Without any, nothing stands between the marks."""
    path = tmp_path / "page.md"
    path.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n")
    monkeypatch.setattr(page, "PAGE", path)
    page.publish_tables("x", "head\n", [("quiet\n", ""), ("noisy\n", "too noisy")], write=True)
    assert path.read_text() == "a\n<!-- x: begin -->\n\nhead\n\nquiet\n\n<!-- x: end -->\nb\n"
    assert capsys.readouterr().out == "head\n\nquiet\n\nnoisy\n\ntoo noisy\n\n"
    page.publish_tables("x", "head\n", [("noisy\n", "too noisy")], write=True)
    assert page.between(path, "x") == ""
    page.publish_tables("x", "head\n", [("quiet\n", "")], write=False)
    assert page.between(path, "x") == ""


def test_the_page_has_no_noisy_table() -> None:
    """Bare Python of one version has about the same time in each table of first prompts."""
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    times: dict[str, set[float]] = {}
    for version, rows in re.findall(r"### Python (\S+)\n\n((?:\|.*\n)+)", text):
        for time in re.findall(r"^\| (?:bare `python`|python) \| ([\d.]+)", rows, re.MULTILINE):
            times.setdefault(version, set()).add(float(time))
    assert times
    assert [version for version, seen in times.items() if max(seen) > 1.25 * min(seen)] == []


@pytest.mark.slow
@thorough
def test_recording_is_measured() -> None:
    """A row for each length of the history, and one for the key press and the weight of an entry."""
    short, long, other = tables("recording", "--inputs", "3", "--entries", "20000")
    assert (short[1], long[1]) == ("10", "20,000")
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


@pytest.mark.slow
@thorough
def test_the_search_is_measured() -> None:
    """A row for each query: in the process, once more, and as a command."""
    rows = tables("searching", "--sessions", "3", "--each", "20", "--rounds", "1", "--no-peers")
    assert len(rows) == 11
    assert all(float(cell) >= 0 for row in rows for cell in row[1:4])


@pytest.mark.slow
@thorough
def test_showing_values_is_measured() -> None:
    """A row for each value, with the most that ours took at its end."""
    rows = tables("display", "--rounds", "1", "--no-peers")
    assert {"dict of 100 keys", "list of 1,000,000", "small list"} <= {row[0] for row in rows}
    assert all(float(row[1]) <= float(row[-1]) for row in rows)


@pytest.mark.slow
@thorough
def test_the_journal_is_measured() -> None:
    """A row for each Python: what an input costs, with a result and without, and after many."""
    ((_, *costs),) = tables("journal", "--rounds", "1", "--entries", "2000")
    assert all(0 < float(cost) < 5000 for cost in costs[:4])
