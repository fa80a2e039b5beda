"""Histories that are databases or JSON: sessions, times and outcomes; locked, written to meanwhile, and damaged."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from histshell.journal import reader
from histshell.journal.file_format import SessionLog
from tests.journal.histories import XONSH, bring, ipython, written, xonsh_json


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, where the copies are made."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "histshell"


def logs(folder: Path) -> list[SessionLog]:
    """Return the sessions in a folder that has one journal."""
    [file] = reader.files(str(folder))
    return reader.read(file)


def test_sessions_of_ipython_are_sessions_here(tmp_path: Path) -> None:
    """With start and end, inputs as typed, and outputs as previews; a second import has nothing new."""
    path = ipython(
        tmp_path / "history.sqlite",
        [(1, ["1+1", "%time x"]), (2, ["def f():\n    return 1"])],
        end="2025-03-05 01:02:03+00:00",
    )
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO output_history VALUES (1, 1, '2')")
        database.execute("UPDATE history SET source = 'get_ipython().run_line_magic(1)' WHERE line = 2")
    assert bring("ipython", path, tmp_path / "journal").new == 3
    first, second = logs(tmp_path / "journal")
    assert [one.source for one in first.inputs] == ["1+1", "%time x"]
    assert [one.language for one in first.inputs] == ["", "ipython"]
    assert [(one.number, one.preview) for one in first.inputs[0].results] == [(1, "2")]
    assert (first.inputs[0].outcome, first.inputs[1].outcome) == ("ok", "")
    assert time.strftime("%H:%M:%S", time.localtime(first.session.when)) == "10:11:12"
    assert first.left
    assert first.last == 1741136523.0
    assert [one.source for one in second.inputs] == ["def f():\n    return 1"]
    assert bring("ipython", path, tmp_path / "journal").new == 0


def test_sessions_that_are_open_at_an_import_are_gone_on_with(tmp_path: Path) -> None:
    """Two of them, and a third: each input is in its session, once, and a session that has ended meanwhile has its end."""
    path, folder = tmp_path / "history.sqlite", tmp_path / "journal"
    ipython(path, [(1, ["a"]), (2, ["b", "c"])])
    assert bring("ipython", path, folder).new == 3
    ipython(path, [(1, ["a", "d"]), (2, ["b", "c", "e"]), (3, ["f"])])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE sessions SET end = '2025-03-09 00:00:00' WHERE session = 1")
    assert bring("ipython", path, folder).new == 3
    found = logs(folder)
    assert [[one.source for one in log.inputs] for log in found] == [["a", "d"], ["b", "c", "e"], ["f"]]
    assert [log.left for log in found] == [True, False, False]


def test_a_database_that_begins_anew_gets_other_sessions(tmp_path: Path) -> None:
    """IPython puts a locked one aside and counts from 1 again."""
    path, folder = tmp_path / "history.sqlite", tmp_path / "journal"
    bring("ipython", ipython(path, [(1, ["a"])]), folder)
    path.unlink()
    ipython(path, [(1, ["b"])])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE sessions SET start = '2026-01-01 00:00:00'")
    assert bring("ipython", path, folder).new == 1
    assert written(folder) == ["a", "b"]


LOCKER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    database.execute(statement).fetchall()
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, *statements: str) -> Iterator[None]:
    """Have another process execute statements and keep the database open."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(path), *statements], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            process.stdin.close()


INSERT = "INSERT INTO history VALUES (1, 3, 'c', 'c')"
SPILL = f"INSERT INTO history SELECT 9, value, '{'x' * 3000}', 'y' FROM json_each('[1,2,3,4,5,6,7,8,9]')"
HELD = {
    "exclusive": (["BEGIN EXCLUSIVE"], ["a", "b"]),
    "not yet committed": (["BEGIN IMMEDIATE", INSERT], ["a", "b"]),
    "half written": (["PRAGMA cache_size=1", "PRAGMA cache_spill=1", "BEGIN IMMEDIATE", INSERT, SPILL], ["a", "b"]),
    "in the write-ahead log": (["PRAGMA journal_mode=WAL", INSERT], ["a", "b", "c"]),
    "log and exclusive": (
        ["PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", INSERT, "BEGIN EXCLUSIVE"],
        ["a", "b", "c"],
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_a_database_is_read_while_another_process_holds_it(tmp_path: Path, cache: Path, case: str) -> None:
    """What is committed is found at once, and nothing changes where the database lies."""
    path = ipython(tmp_path / "there" / "history.sqlite", [(1, ["a", "b"])])
    statements, expected = HELD[case]
    with held(path, *statements):
        before = {one.name: (one.stat().st_mtime_ns, one.read_bytes()) for one in path.parent.iterdir()}
        report = bring("ipython", path, tmp_path / "journal")
        assert {one.name: (one.stat().st_mtime_ns, one.read_bytes()) for one in path.parent.iterdir()} == before
    assert report.faults == ()
    assert written(tmp_path / "journal") == expected
    assert list(cache.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_left_alone(tmp_path: Path, cache: Path) -> None:
    """No copy can be made, and none is needed: the database is read where it lies, without a file beside it."""
    path = ipython(tmp_path / "there" / "history.sqlite", [(1, ["a"])], wal=True)
    cache.parent.write_text("a file, where the folder should be")
    names = sorted(os.listdir(path.parent))
    assert bring("ipython", path, tmp_path / "journal").new == 1
    assert sorted(os.listdir(path.parent)) == names == ["history.sqlite"]


def sized(path: Path) -> Path:
    """Make a database of many small pages, so that damage hits each kind of them."""
    ipython(path, [(number, [f"x{number}_{line} = 'abcdefgh'" for line in range(8)]) for number in range(1, 9)])
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO history VALUES (8, 99, 'long', ?)", ("x = 1;" * 300,))
        database.commit()
        database.execute("PRAGMA page_size=512")
        database.execute("VACUUM")
    return path


def test_damage_anywhere_in_a_database_is_stepped_over(tmp_path: Path) -> None:
    """64 bytes of garbage at each of its places, or the file cut there: all inputs but those of a page, and none made up."""
    whole = sized(tmp_path / "whole.sqlite").read_bytes()
    path = tmp_path / "history.sqlite"
    rng = random.Random(3)
    for at in range(64, len(whole), 64):
        path.write_bytes(whole[:at] + rng.randbytes(64) + whole[at + 64 :])
        report = bring("ipython", path, tmp_path / "dry", dry=True)
        assert 54 <= report.new <= 65, at
        if at % 512:
            continue
        path.write_bytes(whole[:at])
        report = bring("ipython", path, tmp_path / "dry", dry=True)
        assert report.faults or report.new == 65
        assert report.new <= 65


def test_what_can_be_read_of_a_damaged_database_is_brought_in_once(tmp_path: Path) -> None:
    """One page of inputs is lost, the others are there, and a sentence says so; when the page is back, so are they."""
    path = sized(tmp_path / "history.sqlite")
    whole = path.read_bytes()
    start = whole.index(b"x4_3 = ") // 512 * 512
    path.write_bytes(whole[:start] + b"\xff" * 512 + whole[start + 512 :])
    report = bring("ipython", path, tmp_path / "journal")
    assert 50 < report.new < 65
    assert "damaged" in report.faults[0]
    assert bring("ipython", path, tmp_path / "journal").new == 0
    path.write_bytes(whole)
    assert bring("ipython", path, tmp_path / "journal").new == 65 - report.new
    assert len(written(tmp_path / "journal")) == len(set(written(tmp_path / "journal"))) == 65


def test_what_was_deleted_from_a_damaged_database_stays_deleted(tmp_path: Path) -> None:
    """Rows that are gone and pages that are free are still in the file, and not looked at."""
    path = sized(tmp_path / "history.sqlite")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("DELETE FROM history WHERE session < 6")
    data = bytearray(path.read_bytes())
    assert any(b"x%d_1 = " % number in data for number in range(1, 6))
    at = data.index(b"CREATE TABLE history")
    data[at : at + 20] = b"\xff" * 20
    path.write_bytes(data)
    report = bring("ipython", path, tmp_path / "journal")
    assert report.faults
    assert {one[:2] for one in written(tmp_path / "journal")} == {"x6", "x7", "x8", "x "}


NO_HISTORY = {
    "empty": b"",
    "a text": b"import os\n" * 50,
    "another's": None,
    "garbage": bytes(range(256)) * 40,
    "a header alone": b"SQLite format 3\0" + b"\0" * 200,
}


@pytest.mark.parametrize("case", NO_HISTORY)
@pytest.mark.parametrize("kind", ["ipython", "xonsh"])
def test_what_is_no_history_is_a_sentence(tmp_path: Path, kind: str, case: str) -> None:
    """Nothing is raised, and nothing written."""
    path = tmp_path / "file.sqlite"
    data = NO_HISTORY[case]
    if data is None:
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE other (x)")
            database.execute(
                "CREATE VIEW history AS SELECT 1 AS session, 1 AS line, 'view' AS source, 'view' AS source_raw"
            )
    else:
        path.write_bytes(data)
    report = bring(kind, path, tmp_path / "journal")
    assert (report.inputs, len(report.faults)) == (0, 1)
    assert reader.files(str(tmp_path / "journal")) == []


def test_values_of_any_type_in_a_database_do_no_harm(tmp_path: Path) -> None:
    """Numbers, blobs, NULL, invalid UTF-8, lines below zero, texts of megabytes."""
    path = ipython(tmp_path / "history.sqlite", [(1, ["good"])])
    odd = [None, 5, 1.5, b"\xff\x00", "x" * 3_000_000, ""]
    with sqlite3.connect(path) as database:
        for number, value in enumerate(odd, 2):
            database.execute("INSERT INTO history VALUES (1, ?, ?, ?)", (number, value, value))
            database.execute("INSERT OR IGNORE INTO history VALUES (?, ?, 'q', 'q')", (value, value))
        database.execute("INSERT INTO history VALUES (1, 50, 'x', CAST(x'61ff62' AS TEXT))")
        database.execute("INSERT INTO history VALUES (1, -5, 'minus', 'minus')")
        database.execute("INSERT INTO history VALUES (1, 9000000000000000000, 'far', 'far')")
        database.execute("UPDATE sessions SET start = x'00ff', end = 1e300")
    assert bring("ipython", path, tmp_path / "journal").faults == ()
    assert {"good", "a\ufffdb"} <= set(written(tmp_path / "journal"))


def test_files_of_xonsh_are_sessions_with_outcome_and_folder(tmp_path: Path) -> None:
    """Python and shell alike; the environment that xonsh keeps beside them stays out."""
    folder = tmp_path / "history_json"
    path = xonsh_json(
        folder, "11111111-2222-3333-4444-555555555555", ["x = 1", "echo $HOME"], ts=[1.7e9, 1.7e9 + 9], locked=False
    )
    text = path.read_text().replace('"rtn": 0', '"rtn": 2', 1)
    path.write_text(text)
    xonsh_json(folder, "other", ["z"])
    assert bring("xonsh", folder, tmp_path / "journal").new == 3
    first = logs(tmp_path / "journal")[0]
    one, two = first.inputs
    assert (one.source, one.outcome, one.error, one.seconds, one.cwd) == (
        "x = 1",
        "failed",
        ("exit code", "2"),
        0.5,
        "/home/me",
    )
    assert (two.source, two.outcome, two.language, two.when) == ("echo $HOME", "ok", "xonsh", 1.7e9 + 2)
    assert first.left
    assert first.last == 1.7e9 + 9
    assert b"env-of-xonsh" not in Path(reader.files(str(tmp_path / "journal"))[0]).read_bytes()


def test_one_file_of_xonsh_and_its_folder_are_one_history(tmp_path: Path) -> None:
    """A file that was named has nothing new when its folder comes in; it grows, it loses commands, and only what is new is new."""
    folder, journal = tmp_path / "history_json", tmp_path / "journal"
    path = xonsh_json(folder, "s1", ["a", "b", "c"])
    xonsh_json(folder, "s2", ["d"])
    assert bring("xonsh", path, journal).new == 3
    assert bring("xonsh", folder, journal).new == 1
    data = json.loads(path.read_text())
    del data["data"]["cmds"][1]
    data["data"]["cmds"].append({"inp": "e", "rtn": 0, "ts": [1.7e9 + 50, 1.7e9 + 51]})
    path.write_text(json.dumps(data))
    assert bring("xonsh", folder, journal).new == 1
    assert sorted(written(journal)) == list("abcde")


def test_damage_anywhere_in_a_file_of_xonsh_is_stepped_over(tmp_path: Path) -> None:
    """At each 64th byte, and cut there: the commands before and behind it are found."""
    path = xonsh_json(tmp_path / "history_json", "s", [f"x{number} = 'abcdefgh'" for number in range(40)])
    whole = path.read_bytes()
    for at in range(0, len(whole), 64):
        path.write_bytes(whole[:at] + b"\xff\x00{[" + whole[at + 4 :])
        report = bring("xonsh", path, tmp_path / "dry", dry=True)
        assert 38 <= report.new <= 40, at
        path.write_bytes(whole[:at])
        report = bring("xonsh", path, tmp_path / "dry", dry=True)
        assert report.new <= 40
        assert report.faults


def test_hostile_json_takes_no_time(tmp_path: Path) -> None:
    """Deep, endless, or full of beginnings."""
    folder = tmp_path / "history_json"
    folder.mkdir()
    for number, text in enumerate(
        [
            "[" * 100_000,
            '{"cwd":' * 50_000,
            '{"inp": "' * 50_000,
            '{"data": {"cmds": [1, null, {"inp": 5}, {"inp": "ok", "ts": "x"}], "ts": 5}}',
        ]
    ):
        (folder / f"xonsh-{number}.json").write_text(text)
    report = bring("xonsh", folder, tmp_path / "journal")
    assert written(tmp_path / "journal") == ["ok"]
    assert len(report.faults) == 3


def test_a_database_of_xonsh_is_read(tmp_path: Path) -> None:
    """Sessions by their name, even when the oldest commands are deleted between two imports."""
    path, folder = tmp_path / "xonsh-history.sqlite", tmp_path / "journal"
    with sqlite3.connect(path) as database:
        database.execute(XONSH)
        rows = [
            (f"c{number}", number % 2, 1.7e9 + number, 1.7e9 + number + 0.25, f"s{number % 2}", "/tmp")
            for number in range(10)
        ]
        database.executemany(
            "INSERT INTO xonsh_history (inp, rtn, tsb, tse, sessionid, cwd) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
    assert bring("xonsh", path, folder).new == 10
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM xonsh_history WHERE tsb < 1.7e9 + 5")
        database.execute(
            "INSERT INTO xonsh_history (inp, rtn, tsb, tse, sessionid) VALUES ('new', 0, 1.7e9 + 99, 1.7e9 + 99.5, 's0')"
        )
    assert bring("xonsh", path, folder).new == 1
    even, odd = logs(folder)
    assert [one.source for one in even.inputs] == ["c0", "c2", "c4", "c6", "c8", "new"]
    assert {one.outcome for one in odd.inputs} == {"failed"}
