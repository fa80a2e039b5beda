"""`histshell search`, `sessions`, `show` and `export`, and `h.search`, as they are typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest

from histshell.history import History
from histshell.journal import export, query_text, reader, sessions
from histshell.journal.matching import BadQuery
from tests.journal import journals as written
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-c", "import sys; sys.argv[0] = 'histshell'; from histshell.command import main; main()"]
NASTY = "print('\x1b[2J\x07\u202e')\nsecond = 'line'"


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a command, with three sessions in its journals."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    state = tmp_path / (
        "Library/Application Support/histshell" if sys.platform == "darwin" else ".local/state/histshell"
    )
    folder = state / "journal"
    now = time.time()
    written.put(
        folder, 1, written.session(1, ["import numpy as np", "np.mean([1])"], when=now - 9000, cwd="/home/me/a")
    )
    failed = written.typed(3, "1 / 0", now - 60) + written.over(
        4, error="ZeroDivisionError", preview="division\x1b]0;x\x07"
    )
    pickle = written.typed(5, "(I1\nt.", now - 50, language="pik") + written.over(6, 1)
    magic = written.typed(7, "%timeit x", now - 40) + written.over(8)
    nasty = written.typed(1, NASTY, now - 90) + written.over(2, 1, "builtins.str", "a\x1b[31mb")
    head = written.head(2, when=now - 100, cwd="/home/me/b\x1b[1m", host="lab\x07")
    written.put(folder, 2, head + nasty + failed + pickle + magic)
    written.put(folder, 3, written.session(3, ["np.MEAN(x)"], when=now - 3 * 86400))
    return {
        "HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    }


def run(environ: dict[str, str], *words: str, code: int = 0) -> str:
    """Type a command; return what it printed."""
    done = subprocess.run([*COMMAND, *words], env=environ, capture_output=True, timeout=60, cwd=environ["HOME"])
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert b"Traceback" not in done.stderr
    return (done.stdout if code != 2 else done.stderr).decode()


def test_a_result_is_a_line_of_fields(environ: dict[str, str]) -> None:
    """Number, age, folder, source and preview, with tabs between them, the newest first."""
    out = run(environ, "search", "MEAN", "np")
    assert [line.split("\t") for line in out.splitlines()] == [
        ["2", "2h", "/home/me/a", "np.mean([1])", "1"],
        ["1", "3d", "/home/me", "np.MEAN(x)", "1"],
    ]


@pytest.mark.slow
def test_options_narrow_the_search(environ: dict[str, str]) -> None:
    """Each of them; the exit code is 1 when nothing is left."""
    assert len(run(environ, "search", "np", "--since", "1d").splitlines()) == 2
    assert len(run(environ, "search", "np", "--since", "yesterday").splitlines()) == 2  # where it is one o'clock, too
    assert len(run(environ, "search", "np", "--until", "2d").splitlines()) == 1
    assert len(run(environ, "search", "--cwd", "/home/me/a").splitlines()) == 2
    assert len(run(environ, "search", "--failed", "--type", "ZeroDivisionError").splitlines()) == 1
    assert len(run(environ, "search", "-n", "1").splitlines()) == 1
    assert len(run(environ, "search", "--regex", r"^np\.\w+\(x").splitlines()) == 1
    assert (
        len(run(environ, "search", "--session", written.name(1), "--python", "3.13", "--host", "lab").splitlines()) == 2
    )
    assert run(environ, "search", "nothing of it", code=1) == ""
    assert run(environ, "search", "np", "--here", code=1) == ""


@pytest.mark.parametrize(
    "words", [["--since", "soon"], ["--regex", "("], ["-n", "0"], ["--nonsense"], ["--here", "--cwd", "/"]]
)
def test_wrong_use_is_exit_code_2(words: list[str], environ: dict[str, str]) -> None:
    """With a sentence."""
    assert "Error: " in run(environ, "search", *words, code=2)


def test_json_is_an_object_a_line(environ: dict[str, str]) -> None:
    """With the fields that the docs name."""
    row = json.loads(run(environ, "search", "--json", "1 / 0"))
    assert row | {"when": 0} == {
        "session": written.name(2), "number": None, "source": "1 / 0", "when": 0, "seconds": 0.001, "cwd": "/home/me/b\x1b[1m",
        "host": "lab\x07", "outcome": "failed", "type": "ZeroDivisionError",
        "preview": "ZeroDivisionError: no division\x1b]0;x\x07",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [["search"], ["sessions"], ["show", "-1"], ["show", written.name(2)], ["search", "--json"], ["sessions", "--json"]],
)
def test_nothing_of_what_was_typed_moves_the_cursor(words: list[str], environ: dict[str, str]) -> None:
    """Neither in a pipe nor in a terminal."""
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", run(environ, *words))


@pytest.mark.parametrize("columns", [40, 100])
def test_a_table_fits_the_terminal(columns: int, environ: dict[str, str]) -> None:
    """Each result on a line of its own."""
    with Terminal([*COMMAND, "search"], env=environ, columns=columns) as terminal:
        assert terminal.wait_for_end() == 0
        rows = [row.rstrip() for row in terminal.screen() if row.strip()]
    assert rows[0].split() == ["n", "age", "cwd", "source", "preview"]
    assert len(rows) == 8
    assert max(map(len, rows)) < columns


def test_a_pipe_that_breaks_is_quiet(environ: dict[str, str]) -> None:
    """`histshell search | head -1` ends without a word."""
    sources = [f"value_{number} = {'x' * 200}" for number in range(3000)]
    written.put(Path(environ["HOME"]) / ".local/state/histshell/journal", 9, written.session(9, sources))
    command = subprocess.Popen(
        [*COMMAND, "search", "value", "-n", "3000"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    command.wait(30)


@pytest.mark.slow
def test_sessions_are_named_by_a_beginning_or_from_the_end(environ: dict[str, str]) -> None:
    """What names none, or several, is told."""
    assert [line.split("\t")[0] for line in run(environ, "sessions").splitlines()] == [
        written.name(3), written.name(1), written.name(2)
    ]  # fmt: skip
    assert {line.split("\t")[-1] for line in run(environ, "sessions").splitlines()} <= {"", "no goodbye", "open"}
    assert json.loads(run(environ, "sessions", "-n", "1", "--json"))["inputs"] == 4
    assert written.name(2) in run(environ, "show", "-1")
    assert written.name(1) in run(environ, "show", written.name(1)[:15])
    for name in ("2026", "nonsense", "-9", "-0", ""):
        run(environ, "show", name, code=1)


def test_a_script_runs_what_did_not_fail(environ: dict[str, str]) -> None:
    """What failed, and lines of the pickle mode, are comments."""
    out = run(environ, "export", written.name(2))
    assert "\n# failed: ZeroDivisionError: no division\\x1b]0;x\\x07\n# 1 / 0\n" in out
    assert "\n# pik:\n# (I1\n# t.\n" in out
    assert "second = 'line'" in out
    compile(out.replace("%timeit", "# %timeit"), "script", "exec")


def test_a_notebook_is_one_that_nbformat_validates(environ: dict[str, str], tmp_path: Path) -> None:
    """Sources of several lines whole, magics as they are, what failed as a comment; nobody else can read the file."""
    file = tmp_path / "out.ipynb"
    run(environ, "export", "-1", "-o", str(file))
    before = file.read_bytes()
    run(environ, "export", "-1", "--format", "ipynb", "-o", str(file), code=1)  # it is somebody's
    assert file.read_bytes() == before
    run(environ, "export", "-1", "--format", "ipynb", "-o", str(file), "--force")
    assert file.stat().st_mode & 0o777 == 0o600
    book = nbformat.read(file, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    sources = ["".join(cell["source"]) for cell in book["cells"]][1:]
    assert sources == [NASTY, "# 1 / 0", "# (I1\n# t.", "%timeit x"]


def test_other_forms_have_every_input(environ: dict[str, str]) -> None:
    """Markdown with fences that no source closes, JSON with all that is known."""
    out = run(environ, "export", "-1", "--format", "markdown")
    assert out.count("```python") == 3
    assert "```pik\n# (I1" in out
    whole = json.loads(run(environ, "export", "-1", "--format", "json"))
    assert [one["outcome"] for one in whole["inputs"]] == ["ok", "failed", "ok", "ok"]
    assert whole["inputs"][0]["results"][0]["preview"] == "a\x1b[31mb"


@pytest.mark.parametrize("form", ["script", "markdown", "ipynb", "json"])
def test_a_terminal_obeys_nothing_of_an_export(environ: dict[str, str], form: str) -> None:
    """It is escaped there; in a pipe or a file it is what was typed."""
    with Terminal([*COMMAND, "export", "-1", "--format", form], env={**environ, "NO_COLOR": "1"}, cwd=str(ROOT)) as it:
        it.wait_for_end()
        shown = "\n".join(it.history())
    assert "print('" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "u202e" in shown


@pytest.mark.parametrize(
    ("source", "is_run"),
    [("df?", False), ("df.head??", False), ("d['#']?", False), ("1 + 1  # why?", True), ("x = 1\n# so?", True)],
)
def test_what_was_asked_is_a_comment_in_a_script(tmp_path: Path, source: str, is_run: bool) -> None:
    """`x?` is no Python: the script would end before it began."""
    written.put(tmp_path, 1, written.head(1) + written.typed(1, source) + written.over(2, 1))
    (log,) = sessions.every(str(tmp_path))
    assert export.script(log).endswith(f"\n\n{'' if is_run else '# '}{source}\n")


def test_whatever_a_journal_says_can_be_exported(tmp_path: Path) -> None:
    """Lone surrogates, NULs, fences, odd languages and times, no inputs at all."""
    sources = ["'\udc80\0'", "```\nx\n````", "", "\r\n", "a\u2028b"]
    lines = [written.typed(2 * at + 1, one, 1e11, language="x`y") + written.over(2 * at + 2, at + 1, "\udc80", "\ud800")
             for at, one in enumerate(sources)]  # fmt: skip
    written.put(tmp_path, 1, written.head(1, cwd="\udc80", when=-5) + "".join(lines))
    written.put(tmp_path, 2, written.head(2))
    for log in sessions.every(str(tmp_path)):
        for form in export.FORMATS:
            text = export.export(log, form)
            text.encode()
            if form == "ipynb":
                nbformat.validate(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
        assert "".join(export.shown(log)).isprintable()


def test_times_as_one_types_them() -> None:
    """Dates are days here, ages count back from now."""
    now = datetime(2026, 11, 20, 15, 30).timestamp()
    assert query_text.moment("3d", now=now) == now - 3 * 86400
    assert query_text.moment("1.5 h", now=now) == now - 5400
    assert query_text.moment("2026-11-20") == datetime(2026, 11, 20).timestamp()
    assert query_text.moment("2026-11-20", end=True) == pytest.approx(datetime(2026, 11, 21).timestamp())
    assert query_text.moment("Yesterday", now=now) == datetime(2026, 11, 19).timestamp()
    assert query_text.moment("2026-11-20T10:30:00Z") == query_text.moment("2026-11-20 11:30:00+01:00")
    assert query_text.moment(timedelta(hours=1), now=now) == now - 3600
    assert query_text.moment(date(2026, 11, 20)) == datetime(2026, 11, 20).timestamp()
    wrong: list[Any] = ["soon", "2026-13-01", [], "9" * 400, "h", date.max]
    for text in wrong:
        with pytest.raises(BadQuery):
            query_text.moment(text, end=True)


def test_at_the_prompt_a_search_is_a_table(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all sessions; parts of it are such tables again."""
    monkeypatch.setenv("COLUMNS", "70")
    view = History().search("np", type="int")
    rows = repr(view).splitlines()
    assert environ["HOME"]
    assert len(view) == 3 == len(rows) - 1
    assert view[0].source == "np.mean([1])"
    assert len(view[1:]) == 2
    assert repr(History().search("not there")) == "nothing found"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"colour": "red"}, "there is no 'colour' to search by; there are since, until, cwd, here, session, "),
        ({"words": 3}, "words are expected, not 3"),
        ({"session": 3}, "session is a text, not 3"),
        ({"cwd": 3}, "cwd is a text, not 3"),
        ({"regex": re.compile("x")}, "regex is a text, not "),
    ]
    for asked, said in wrong:
        with pytest.raises(BadQuery) as raised:
            History().search(**asked)
        assert str(raised.value).startswith(said)


def test_where_there_is_nothing_yet_the_commands_say_so(environ: dict[str, str], tmp_path: Path) -> None:
    """On a terminal; into a pipe they write nothing, and the exit code tells."""
    for words, said in (
        (("sessions",), "no sessions yet"),
        (("search", "word"), "nothing found"),
        (("show", "-1"), "Error: there is no session -1: there are none yet"),
    ):
        with Terminal([*COMMAND, *words], env={**environ, "HOME": str(tmp_path / "none")}) as terminal:
            terminal.wait_for(said)


def test_reading_a_folder_that_is_none_finds_nothing(tmp_path: Path) -> None:
    """Nor raises."""
    assert reader.files(str(tmp_path / "none")) == []
    assert sessions.every(str(tmp_path)) == []
