"""Shelves: a member a key, in both forms that are read; and nothing that is run, loaded or written for it."""

from __future__ import annotations

import bz2
import lzma
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pik.files.making import ASKS, FIXTURES, PLAIN, Record, npy, opened, zipped
from tests.test_imports import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Have the shelves in a folder of their own."""
    for path in (*FIXTURES.glob("dumb*"), FIXTURES / "sqlite3"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind"),
    [("dumb", "dumb"), ("dumb.dir", "dumb"), ("dumb.dat", "dumb"), ("sqlite3", "sqlite3")],
)
def test_a_row_is_a_member(folder: Path, name: str, kind: str) -> None:
    """Its name is the key, and its bytes are the pickle; long ones lie in pages of their own."""
    found = opened(folder / name)
    assert (found.kind, found.damaged, found.odd) == (f"shelve ({kind})", [], [])
    assert set(found.pickles) == {"k0", "k1", "k2", "k3", "é\x1b["}
    assert b"x" * 9000 in found.pickles["é\x1b["]
    assert all(data.endswith(b".") for data in found.pickles.values())
    assert sorted(path.name for path in folder.iterdir()) == ["dumb.bak", "dumb.dat", "dumb.dir", "sqlite3"]


DIRECTORIES = [
    (b"'a', (0, 10)\n'a', (512, 5)\n", "two lines of the directory have the key a"),
    (b"'a', (0, 10)\n'b', (3, 5)\n", "b: its value overlaps another's"),
    (b"'a', (0, 99999999)\n", "99,999,999 bytes are announced, and "),
    (b"'a', (0, 10)\n'b', (-1, 5)\n", "cannot be read: it is not written as Python writes it"),
    (b"'a', (0, 10)\n__import__('os'), (0, 5)\n", "cannot be read"),
    (b"'a', (0, 10)\n'\\x1b[2J', (512, 900000)\n", r"'\x1b[2J'"),
]


@pytest.mark.parametrize(("lines", "said"), DIRECTORIES, ids=range(len(DIRECTORIES)))
def test_a_directory_that_lies_says_so(folder: Path, lines: bytes, said: str) -> None:
    """Nothing of it is evaluated."""
    (folder / "dumb.dir").write_bytes(lines)
    found = opened(folder / "dumb.dir")
    assert found.kind in ("shelve (dumb)", "dbm (dumb)")
    assert said in " | ".join(found.damaged + found.odd)


def test_the_other_file_is_of_the_same_folder_and_no_link(folder: Path) -> None:
    """What cannot be read is said."""
    (folder / "dumb.dat").rename(folder / "elsewhere")
    (folder / "dumb.dat").symlink_to("elsewhere")
    assert "a link, which is not followed" in opened(folder / "dumb.dir").damaged[0]
    (folder / "dumb.dat").unlink()
    assert "No such file" in opened(folder / "dumb.dir").damaged[0]


def _database(path: Path, rows: int, page: int = 512) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size = {page}")
    connection.execute("CREATE TABLE IF NOT EXISTS Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)")
    values = [(b"%d" % number, PLAIN if number % 7 else ASKS + b"x" * (number * 3)) for number in range(rows)]
    connection.executemany("INSERT INTO Dict VALUES (CAST(? AS BLOB), ?)", values)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("page", [512, 4096, 65536])
def test_a_database_of_many_pages(tmp_path: Path, page: int) -> None:
    """Trees of pages, and chains of them, as the library writes them."""
    _database(tmp_path / "a", 1_000, page)
    found = opened(tmp_path / "a")
    assert list(found.pickles) == [str(number) for number in range(1_000)]
    assert found.pickles["1"] == PLAIN
    assert found.pickles["994"] == ASKS
    assert not found.damaged
    assert "after the last pickle: 21 bytes" in found.odd[0]


def test_a_database_that_lies(tmp_path: Path) -> None:
    """No page is read twice, none that is not there, and no view is run."""
    _database(tmp_path / "a", 60)
    sound = (tmp_path / "a").read_bytes()
    for number in range(0, len(sound), 499):
        broken = bytearray(sound)
        broken[number : number + 8] = b"\xff" * 8
        opened(bytes(broken))
    for number in range(100, 512 * 6, 61):
        broken = bytearray(sound)
        broken[number] ^= 0x55
        opened(bytes(broken))
    assert "a page is not there" in " ".join(opened(sound[: len(sound) // 2]).damaged)
    connection = sqlite3.connect(tmp_path / "b")
    connection.execute("CREATE VIEW Dict AS SELECT 'a' AS key, randomblob(1000000000) AS value")
    connection.close()
    found = opened(tmp_path / "b")
    assert (found.kind, found.like) == ("SQLite database", False)
    assert "is no table of keys and values" in found.damaged[0]


def test_what_waits_in_another_file_is_said(folder: Path) -> None:
    """A shelf that was not closed has its newest rows in a log beside it."""
    (folder / "sqlite3-wal").write_bytes(b"x")
    assert "-wal" in opened(folder / "sqlite3").damaged[0]


_PROGRAM = """
import sys
sys.path.insert(0, {root!r})
import histshell
from histshell.pik import files
sys.path[:] = ["", *sys.path[1:]]
with files.open(sys.argv[1]) as file:
    print(file.kind, [bytes(member.data()) for member in file.members])
"""


def test_nothing_of_the_folder_is_run(tmp_path: Path) -> None:
    """A `zlib.py` that lies where one stands is not what unpacks."""
    for name in ("zlib", "gzip", "bz2", "lzma", "zipfile", "ast", "binascii", "_bz2", "_lzma", "numpy", "lz4"):
        (tmp_path / f"{name}.py").write_text("print('run')\nraise SystemExit(1)\n", encoding="utf-8")
    inner = lzma.compress(zipped(Record(b"a.npy", npy()), Record(b"b", PLAIN, 8)))
    (tmp_path / "a.pkl").write_bytes(bz2.compress(inner))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(root=str(ROOT)), "a.pkl"], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stdout.startswith("bz2 > xz > zip [b'"), done.stdout + done.stderr
    assert "run" not in done.stdout
