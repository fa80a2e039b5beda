"""What lies behind a pickle is looked into as a file of its own would be; the mark of an archive's end alone is no archive."""

from __future__ import annotations

import bz2
import gzip
import lzma
import marshal
import sqlite3
import zlib
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from histshell.cli import main
from histshell.pik import files
from histshell.pik.files.sources import Memory
from tests.pik.files.making import ASKS, PLAIN, Record, joblib, npy, opened, tarred, zipped

ZIP = zipped(Record(b"a.pkl", ASKS, 8))
BEHIND = {
    "a zip": (ZIP, "[1]/a.pkl", "zip"),
    "a zip, not packed": (zipped(Record(b"a.pkl", ASKS)), "[1]/a.pkl", "zip"),
    "a zip behind a newline": (b"\n" + ZIP, "[1]/a.pkl", "zip"),
    "a zip behind other bytes": (b"junk" * 9 + ZIP, "[1]/a.pkl", "zip"),
    "a zip behind many zeros": (bytes(70_000) + ZIP, "[1]/a.pkl", "zip"),
    "a zip that is cut off": (zipped(Record(b"a.pkl", ASKS))[:-30], "[1]/a.pkl", "zip"),
    "a tar": (tarred((b"a.pkl", ASKS)), "[1]/a.pkl", "tar"),
    "a packed tar": (gzip.compress(tarred((b"a.pkl", ASKS))), "[1]/a.pkl", "gzip > tar"),
    "an array of objects": (npy("'|O'", "(1,)", ASKS), "[1]", "npy"),
    **{
        word: (pack(ASKS), "[1]", f"{word} > pickle")
        for word, pack in (("gzip", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zlib", zlib.compress))
    },
}  # fmt: skip


@pytest.mark.parametrize("what", BEHIND)
@pytest.mark.parametrize("around", ["", "gzip", "zip", "joblib"])
def test_what_lies_behind_a_pickle_is_looked_into(what: str, around: str) -> None:
    """Wherever the pickle itself lies; that there is something is said."""
    data, name, kind = BEHIND[what]
    first = joblib() if around == "joblib" else PLAIN
    whole = first + data
    if around == "gzip":
        whole = gzip.compress(whole)
    elif around == "zip":
        whole, name = zipped(Record(b"m", whole, 8)), "m" + name
    found = opened(whole)
    assert found.pickles[name] == ASKS
    assert f"which are looked into: {kind}" in " ".join(found.odd)
    assert bool(found.damaged) == ("cut off" in what)


@pytest.mark.parametrize(
    "rest", [ASKS, bz2.compress(ASKS), ZIP, bytes(9) + ASKS], ids=["pickle", "bz2", "zip", "zeros"]
)
@pytest.mark.parametrize("word", ["gzip", "xz", "zlib"])
def test_what_lies_behind_packed_data_is_looked_into(word: str, rest: bytes) -> None:
    """It belongs to nothing, and its names are told."""
    pack: Any = {"gzip": gzip.compress, "xz": lzma.compress, "zlib": zlib.compress}[word]
    found = opened(pack(PLAIN) + rest)
    assert ASKS in found.pickles.values()
    assert "which belong to nothing" in " ".join(found.odd)
    assert found.damaged == []


def test_what_is_packed_between_two_pickles_is_looked_into() -> None:
    """And so is what follows."""
    found = opened(PLAIN + gzip.compress(ASKS) + PLAIN)
    assert found.pickles == {"": PLAIN, " (before the next)": ASKS, "[1]": PLAIN}
    assert (
        opened((gzip.compress(PLAIN) + bz2.compress(PLAIN)) * 500).damaged[0].count("there have been 30 such already")
        == 1
    )


def test_a_database_behind_a_pickle_is_looked_into(tmp_path: Path) -> None:
    """As a shelf would be."""
    with sqlite3.connect(tmp_path / "a.db") as made:
        made.execute("CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)")
        made.execute("INSERT INTO Dict VALUES (?, ?)", (b"k", ASKS))
    made.close()
    assert ASKS in opened(PLAIN + (tmp_path / "a.db").read_bytes()).pickles.values()


@pytest.mark.parametrize("rest", [b"\x89PNG\r\n\x1a\nxxxx", b"hello world\n", b"PK and more", b"x\x9cno zlib", b"{}"])
def test_what_has_no_pickle_in_it_is_counted(rest: bytes) -> None:
    """As odd, and no more."""
    found = opened(PLAIN + rest)
    assert (list(found.pickles), found.damaged) == ([""], [])
    assert found.odd == [f"byte {len(PLAIN)}: after the last pickle: {len(rest)} bytes"]


def test_the_verdict_takes_in_what_lies_behind(tmp_path: Path) -> None:
    """Names, exit status and table."""
    path = tmp_path / "it.pkl"
    path.write_bytes(PLAIN + ZIP)
    done = CliRunner().invoke(main, ["pik", str(path)])
    assert done.exit_code == 1
    assert "os.system  function  ×1  runs a shell command" in done.output
    assert CliRunner().invoke(main, ["pik", str(tmp_path)]).output.startswith("runs things")


def bytecode(value: Any) -> bytes:
    """Make a `.pyc` with a constant."""
    return MAGIC_NUMBER + bytes(12) + marshal.dumps(compile(f"it = {value!r}", "it", "exec"))


MARKS = [
    b"PK\5\6",
    b"PK\5\6" + bytes(18),
    b"PK\5\6" + b"\1" * 18,
    b"PK\5\6" + b"\xff" * 18,
    b"PK\5\6\0\0\0\0\1\0\1\0\x2e\0\0\0\0\0\0\0\0\0",
]


@pytest.mark.parametrize("mark", MARKS, ids=range(len(MARKS)))
@pytest.mark.parametrize(
    ("make", "kind"),
    [(lambda mark: bytecode(mark), "Python bytecode"),
     (lambda mark: b"MZ" + bytes(99) + mark + b"rest", "Windows program or library"),
     (lambda mark: b"\x89PNG\r\n\x1a\n" + mark * 50 + b"rest", "PNG image"),
     (lambda mark: b"\x7fELF" + mark + b"x", "ELF program or library")],
    ids=["pyc", "exe", "png", "elf"],
)  # fmt: skip
def test_the_mark_of_an_end_alone_is_no_archive(make: Any, kind: str, mark: bytes, tmp_path: Path) -> None:
    """Whatever reads archives has it in it, and is no damaged one."""
    found = opened(make(mark))
    assert (found.kind, found.like, found.damaged) == (kind, False, [])
    path = tmp_path / "it"
    path.write_bytes(make(mark))
    assert f"It is no pickle: {kind}." in CliRunner().invoke(main, ["pik", str(path)]).output
    assert "No file with a pickle in it" in CliRunner().invoke(main, ["pik", str(tmp_path)]).output


@pytest.mark.parametrize(
    "before", [b"MZ" + bytes(500), b"#!/bin/sh\nexit\n", bytecode(b"PK\5\6"), b"\x7fELF" + bytes(99)], ids=range(4)
)
@pytest.mark.parametrize("after", [b"", b"signature"], ids=["at its end", "signed"])
def test_an_archive_behind_a_program_is_one(before: bytes, after: bytes) -> None:
    """With places counted from its own beginning, or from the file's."""
    for shift in (0, -len(before)):
        found = opened(zipped(Record(b"a.pkl", ASKS), before=before, shift=shift, after=after))
        assert found.kind == "zip"
        assert found.pickles == {"a.pkl": ASKS}


class Counting(Memory):
    """Bytes in memory; how many of them were read is counted."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.given = 0

    def read(self, offset: int, count: int) -> bytes:
        """Return some of them."""
        data = super().read(offset, count)
        self.given += len(data)
        return data


def _behind_each(count: int) -> bytes:
    """Make short pickles, each with a name that is none behind it, and a long text that leads to bytes that all of them share."""
    each = len(b"\x80\x02.c\xff\n\xff\nX") + 4
    return b"".join(
        b"\x80\x02.c\xff\n\xff\nX" + ((count - number - 1) * each + 20_000).to_bytes(4, "little")
        for number in range(count)
    )


#: Each is gone through again and again by what looks for the next pickle from every place where one may begin.
AGAIN = {
    "headers without an end": b"\x80\x02.\xff" + (b"J\x80\x02.\xff" + b"\x80\x02" * 49) * 500,
    "pickles far apart": (b"\x80\x04N." + b"\xff" * 100) * 5_000,
    "long texts that lead to one place": _behind_each(200)
    + b"a" * 20_000
    + (b"N" * 15_000 + b"U\0" * 5_000) * 40
    + b"\xff",
    "pickles without headers": b"N." * 30_000,
    "pickles with and without headers": b"\x80\x04N.N." * 15_000,
}


@pytest.mark.parametrize("what", AGAIN)
def test_looking_for_the_next_pickle_is_bounded(what: str) -> None:
    """However many places there are where one may begin: those that begin are found, or it is said that not all are looked at."""
    source = Counting(AGAIN[what])
    count = 0
    with files.open(source) as file:
        for member in file.members:
            count += 1 if member.run is None else sum(1 for _ in member.run)
        assert source.given < 120_000_000 + 20 * source.size
        all_of_them = source._data.count(b"N.") + source._data.count(b"\x80\x02.")
        assert count == all_of_them or any("not all are looked at" in str(finding) for finding in file.findings)


def test_an_archive_behind_pickles_without_headers_is_one() -> None:
    """The name of its first member may be a pickle, too."""
    found = opened(PLAIN + tarred((b"N.", ASKS)))
    assert ASKS in found.pickles.values()
