"""`histshell pik` of folders: what is looked at, the table, the exit status, JSON, SARIF."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it comes with nbformat
import pexpect
import pytest
from click.testing import CliRunner, Result

from histshell.cli import main
from histshell.pik.scan import sarif, table, verdict, walk
from histshell.pik.tree.draw import cells
from histshell.pik.tree.wish import Wish
from tests.pik.dangers import DANGERS
from tests.pik.scan.comparing import FILES
from tests.pik.scan.sarif_schema import SCHEMA

RUNS = b"cposix\nsystem\n(S'echo no'\ntR."
UNKNOWN = b"cshop\nThing\n)\x81."
PLAIN = pickle.dumps({"a": [1, 2]})


def pik(*words: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["pik", *words], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file of each verdict, and with what is none."""
    top = tmp_path / "models"
    (top / "deep" / "er").mkdir(parents=True)
    (top / ".hidden").mkdir()
    (top / ".git").mkdir()
    (top / "good.pkl").write_bytes(PLAIN)
    (top / "deep" / "asks.bin").write_bytes(UNKNOWN)
    (top / "deep" / "er" / "no name").write_bytes(RUNS)
    (top / ".hidden" / "cut.pkl").write_bytes(PLAIN[:-3])
    (top / ".git" / "evil.pkl").write_bytes(RUNS)
    (top / "notes.txt").write_text("Read the other file.\n")
    (top / "RECORD").write_text("".join(f"cups-1.0/{name}.py,sha256=4d,{n}\n" for n, name in enumerate("abcdef")))
    (top / "page.pkl").write_text("<!DOCTYPE html><title>404</title>")
    (top / "large.pkl").write_bytes(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 9\n"
    )
    return top


def test_a_folder_has_a_line_for_each_file_with_a_pickle(folder: Path) -> None:
    """Verdict, name, kind and content; the worst last; other files are counted; hidden folders are seen, version control's not."""
    found = pik(str(folder))
    lines = found.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[:4]] == ["plain", "damaged", "asks for names", "runs things"]
    for line, name, words in zip(
        lines,
        ("good.pkl", "cut.pkl", "asks.bin", "no name"),
        ("dict of 1", "STOP", "unknown: shop.Thing", "posix.system runs a shell command"),
        strict=False,
    ):
        assert name in line
        assert words in line or name == "cut.pkl"
    assert "4 files with pickles: 1 runs things, 1 asks for names, 1 is damaged, 1 is plain. Nothing was run." in lines
    assert any(line.startswith("4 files of other kinds: ") and "HTML" in line and "LFS" in line for line in lines)
    assert "Left alone: 1 folders of version control." in lines
    assert found.exit_code == 1


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["good.pkl"], 0), ([".hidden"], 2), (["good.pkl", ".hidden"], 2), ([".hidden", "deep"], 1),
        (["deep/asks.bin", "good.pkl"], 1),
        (["page.pkl", "good.pkl"], 2), (["nothing", "good.pkl"], 2), (["nothing", "deep"], 1),
    ],
)  # fmt: skip
def test_the_exit_status_is_that_of_the_worst(folder: Path, names: list[str], status: int) -> None:
    """One that asks outranks one that is damaged; what was named and is no pickle counts, what lies in a folder does not."""
    paths = [str(folder / name) for name in names]
    assert pik("--table", *paths).exit_code == status
    assert pik("--sarif", *paths).exit_code == status
    if any(map(os.path.isdir, paths)):
        assert pik("--json", *paths).exit_code == status


def test_a_folder_without_pickles_is_plain(tmp_path: Path) -> None:
    """There is nothing to be afraid of, and a CI goes on."""
    (tmp_path / "notes.txt").write_text("nothing")
    found = pik(str(tmp_path))
    assert found.exit_code == 0
    assert "No file with a pickle in it. Nothing was run." in found.stdout


@pytest.mark.skipif(os.name == "nt", reason="Unix has these")
def test_what_is_no_file_is_not_opened(folder: Path, tmp_path: Path) -> None:
    """Neither pipes, sockets and devices, which may have no end, nor links, which lead out or round."""
    os.mkfifo(folder / "pipe.pkl")
    (tmp_path / "outside.pkl").write_bytes(RUNS)
    (folder / "link.pkl").symlink_to(tmp_path / "outside.pkl")
    (folder / "zero.pkl").symlink_to("/dev/zero")
    (folder / "round").symlink_to(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(folder)
        try:
            listening.bind("socket.pkl")
        finally:
            os.chdir(here)
        seen = walk.Walk([str(folder)])
        names = [os.path.basename(path) for path in seen]
    assert "link.pkl" not in names
    assert len(names) == 8
    assert sum(seen.left.values()) == 6
    found = pik("--table", str(folder / "pipe.pkl"), str(folder / "link.pkl"))  # named: told what it is; followed
    assert "a pipe, not a file" in found.stdout
    assert "link.pkl" in found.stdout
    assert found.exit_code == 1


def test_what_is_no_file_or_no_pickle_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was named: it has a line with a sentence, and the exit status says that something was wrong."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("loop").symlink_to("loop")
    Path("text").write_text("hello\n")
    Path("good").write_bytes(pickle.dumps(1))
    found = pik("--table", "pipe", "loop", "none", "/dev/null", "text", "good")
    assert found.exit_code == 2
    assert [line.split("  ")[0] for line in found.stdout.splitlines()[:6]] == ["plain", "no pickle"] + ["not read"] * 4
    for said in (
        "a pipe, not a file", "Too many levels of symbolic links", "No such file or directory", "a device, not a file",
        "1 file with pickles: 1 is plain. Nothing was run.", "4 files could not be read.", "1 file named with no pickle in it.",
    ):  # fmt: skip
        assert said in found.stdout
    assert "damaged" not in found.stdout
    rows = [json.loads(line) for line in pik("--json", "--table", "pipe", "text").stdout.splitlines()]
    assert [(row["verdict"], row["status"]) for row in rows] == [("not read", 2), ("no pickle", 2)]


def test_a_folder_as_json_is_an_object_a_line(folder: Path) -> None:
    """Each has its verdict and the tree; what is only for people goes to the standard error."""
    found = pik("--json", str(folder))
    rows = {Path(row["file"]).name: row for row in map(json.loads, found.stdout.splitlines())}
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "good.pkl": "plain", "cut.pkl": "damaged", "asks.bin": "asks for names", "no name": "runs things",
    }  # fmt: skip
    assert rows["good.pkl"]["values"][0]["tree"]["count"] == 1
    assert rows["no name"]["names"][0]["words"] == "runs a shell command"
    assert "Nothing was run." in found.stderr
    many = folder / "many.pkl"
    many.write_bytes(pickle.dumps(list(range(5000))))
    bounded, whole = (len(pik("--json", *more, "--table", str(many)).stdout) for more in ([], ["--all"]))
    assert bounded < 20_000 < whole


def test_sarif_is_what_the_standard_wants(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result for each thing to be told, at a place that is relative to where one stands; none for what is plain."""
    monkeypatch.chdir(folder)
    (folder / "sp ace%.pkl").write_bytes(RUNS)
    document = json.loads(pik("--sarif", ".").stdout)
    jsonschema.validate(document, SCHEMA)
    (run,) = document["runs"]
    told = {(one["ruleId"], one["level"], _uri(one)) for one in run["results"]}
    assert told >= {
        ("pickle-runs-things", "error", "deep/er/no%20name"),
        ("pickle-runs-things", "error", "sp%20ace%25.pkl"),
        ("pickle-unknown-names", "warning", "deep/asks.bin"),
        ("pickle-damaged", "warning", ".hidden/cut.pkl"),
    }
    assert "good.pkl" not in {_uri(one) for one in run["results"]}
    assert [list(sarif.RULES)[one["ruleIndex"]] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    assert run["invocations"][0]["exitCode"] == 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "version": "2.0.0"}, SCHEMA)


def _uri(result: dict[str, Any]) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_one_file_has_sarif_too() -> None:
    """The same as a folder with it alone, for a real file as for one that is not there."""
    found = pik("--sarif", str(FILES / "sklearn-forest.pkl"))
    (result,) = json.loads(found.stdout)["runs"][0]["results"]
    assert (result["ruleId"], result["level"], found.exit_code) == ("pickle-library-names", "note", 1)
    assert pik("--sarif", str(FILES / "nothing.pkl")).exit_code == 2


@pytest.mark.parametrize("words", [["--json", "--sarif"], ["--path", "a"], ["--depth", "2"], ["--effects"], ["--code"]])
def test_what_is_for_one_file_is_not_for_a_folder(folder: Path, words: list[str]) -> None:
    """It is said, and it is wrong use."""
    found = pik(*words, str(folder))
    assert found.exit_code == 2
    assert "Usage" in found.stderr


def test_names_of_files_are_inert(tmp_path: Path) -> None:
    """Neither a file's name nor a name in a stream reaches the terminal as a control sequence."""
    (tmp_path / "a\x1b[2J\r\u202e.pkl").write_bytes(b"c\x1b]0;x\x07\nsystem\n)R.")
    for words in ([], ["--json"], ["--sarif"]):
        shown = pik(*words, str(tmp_path)).output
        assert shown
        assert [c for c in shown if not (c.isprintable() or c == "\n")] == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_told(folder: Path) -> None:
    """A folder that cannot be listed, and a file that cannot be read, are trouble."""
    (folder / "deep").chmod(0)
    try:
        found = pik(str(folder))
    finally:
        (folder / "deep").chmod(0o700)
    assert found.exit_code == 2
    assert "Permission denied" in found.stderr


def test_lines_are_as_wide_as_the_terminal() -> None:
    """Long names keep their ends, and nothing is wrapped; in a pipe nothing is cut."""
    rows = [verdict.Row("x", "folder/" * 30 + f"{n}\u5b57.pkl", "pickle", "plain", "dict of 7" * 20) for n in range(3)]
    for width in (80, 200):
        shown = [line.first + line.rest for line in table.lines(rows, width)]
        assert all(cells(line) <= width for line in shown)
        assert all("\u5b57.pkl" in line for line in shown)
    assert all(rows[0].shown in line.rest or ".pkl" in line.rest for line in table.lines(rows, 0))
    assert list(table.lines([], 80)) == []
    assert "1 file of other kinds: 1 JSON." in list(table.summary([], Counter(JSON=1), Counter()))


def test_every_danger_in_a_folder_runs_things_or_asks(tmp_path: Path) -> None:
    """Nothing of the corpus of dangers is called plain or damaged, and nothing of it runs."""
    for number, make in enumerate(DANGERS.values()):
        (tmp_path / f"{number}.pkl").write_bytes(make(str(tmp_path / "ran")))
    found = [json.loads(line) for line in pik("--json", str(tmp_path)).stdout.splitlines()]
    assert len(found) == len(DANGERS)
    names = list(DANGERS)
    wrong = [
        names[int(Path(row["file"]).stem)] for row in found if row["verdict"] not in ("runs things", "asks for names")
    ]
    assert wrong == []
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal")
def test_control_c_leaves_what_was_seen(tmp_path: Path) -> None:
    """The table of what was looked at, and a sentence; while it looks, the terminal shows how far it is."""
    shutil.copy(FILES / "sklearn-forest.pkl", tmp_path / "a.pkl")
    slow = pickle.dumps([{"a": n} for n in range(20_000)])
    for number in range(300):
        (tmp_path / f"b{number}.pkl").write_bytes(slow)
    code = "from histshell.command import main; main()"
    child = pexpect.spawn(
        sys.executable, ["-c", code, "pik", str(tmp_path)], dimensions=(24, 100), timeout=60, encoding="utf-8"
    )
    child.expect("looked at")
    child.sendintr()
    child.expect("asks for names")
    child.expect("RandomForest")
    child.expect("Stopped: the other files were not looked at")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert child.signalstatus in (None, signal.SIGINT)


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipe")
@pytest.mark.parametrize("words", [["--all"], ["--effects"], ["--table"]])
def test_a_reader_that_goes_away_is_no_verdict(words: list[str], tmp_path: Path) -> None:
    """No traceback, no word, and none of the statuses that say what a file is."""
    (tmp_path / "a.pkl").write_bytes(PLAIN)
    reader, writer = os.pipe()
    os.close(reader)
    code = "from histshell.command import main; main()"
    argv = [sys.executable, "-c", code, "pik", *words, str(tmp_path / "a.pkl")]
    done = subprocess.run(argv, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell is needed")
@pytest.mark.parametrize(("words", "status"), [("- <&-", 2), ("a.pkl >&-", 0)])
def test_a_stream_that_was_closed(words: str, status: int, tmp_path: Path) -> None:
    """There is nothing to read then, or nobody to read: the status is what it is."""
    (tmp_path / "a.pkl").write_bytes(PLAIN)
    command = f"'{sys.executable}' -c 'from histshell.command import main; main()' pik {words}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"Traceback" in done.stderr) == (status, False)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the mark is Linux's")
def test_many_files_take_no_more_memory_than_few(tmp_path: Path) -> None:
    """What was read of a file is let go before the next one is read."""
    for number in range(800):
        (tmp_path / str(number)).write_bytes(pickle.dumps({"n": [number] * 2000}))
    code = (  # the highest mark of this process itself: that of getrusage() counts what had been of the one it comes from
        "import sys; from histshell import cli_pik; cli_pik.show([sys.argv[1]]);"
        "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[-1]) < 120_000


def test_a_fault_of_ours_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is none of the plain ones then, and what it was is asked for."""
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(1))
    monkeypatch.setattr(verdict, "_holds", lambda _: 1 / 0)
    row = verdict.look(str(tmp_path / "a.pkl"), Wish())
    said = "histshell failed at it, please report that: ZeroDivisionError"
    assert (row.verdict, row.problems) == ("damaged", [(said, None, True)])
