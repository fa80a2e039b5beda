"""Zip and tar archives: what stands in them, and each way in which one can disagree with itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.pik.files.making import ASKS, PLAIN, Record, narrow, npy, opened, tarred, zipped

A, B = Record(b"a.pkl"), Record(b"b", ASKS, 8)


def _by_library(packing: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        archive.writestr("a.pkl", PLAIN)
        archive.writestr("folder/", b"")
        archive.writestr("é", ASKS)
        archive.writestr("text", b"hello\n")
    return file.getvalue()


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_the_library_writes(packing: int) -> None:
    """Members are told by their own headers, whatever they are called."""
    found = opened(_by_library(packing))
    assert (found.kind, found.damaged, found.odd) == ("zip", [], [])
    assert found.pickles == {"a.pkl": PLAIN, "é": ASKS}
    assert [(member.name, member.what) for member in found.members if member.kind == "other"] == [("text", "text")]


def test_archives_in_archives() -> None:
    """Names are joined, and the containers are told outermost first."""
    inner = zipped(Record(b"x", gzip.compress(PLAIN)))
    found = opened(tarred((b"in.zip", zipped(Record(b"y.zip", inner, 8)))))
    assert found.kind == "tar"
    assert [(member.name, member.inside) for member in found.members] == [
        ("in.zip/y.zip/x", ("tar", "zip", "zip", "gzip"))
    ]
    assert not found.damaged + found.odd


def _two_ends() -> bytes:
    first = zipped(Record(b"hidden", ASKS))
    return zipped(A, before=first)


def _two_directories() -> bytes:
    """One where the end says, with `hidden`; another right before the end."""
    first = zipped(Record(b"hidden", ASKS))
    at = first.index(b"PK\1\2")
    return zipped(A, before=first, shift=at - zipped(A, before=first).rindex(b"PK\1\2"))


DISAGREEING = [
    # (archive, names of the pickles that are found, what is said)
    (zipped(A, Record(b"a.pkl", ASKS)), 2, "two members are named a.pkl"),
    (zipped(A, Record(b"A.PKL")), 2, "differ only in upper and lower case"),
    (zipped(Record(b"a", listed={"name": b"b"})), 1, "the record has the name a"),
    (zipped(Record(b"a", method=8, listed={"method": 0})), 0, "method 8, not 0"),
    (zipped(Record(b"a", listed={"crc": 1})), 1, "do not have the checksum"),
    (zipped(Record(b"a", listed={"size": 5})), 1, "size 10, not 5"),
    (zipped(Record(b"a", listed={"packed": 10_000})), 1, "reach beyond where they can be"),
    (zipped(A, B, Record(b"c", is_listed=False)), 3, "c: a record that the directory does not list"),
    (zipped(A, Record(b"c", is_listed=False), B), 3, "c: a record that the directory does not list"),
    (zipped(A, Record(b"b", at=0)), 3, "its record overlaps that of"),
    (zipped(Record(b"a", at=9_999_999)), 1, "there is no record where the directory says"),
    (zipped(A, before=b"#!/bin/sh\nexit\n", shift=-15), 1, "before the archive: 15 bytes"),
    (zipped(A, before=b"#!/bin/sh\nexit\n"), 1, "before the first record: 15 bytes"),
    (zipped(A, after=b"junk"), 1, "after the archive: 4 bytes"),
    (zipped(A, between=b"secret"), 1, "between two records: 6 bytes"),
    (_two_ends(), 2, "another end of a directory"),
    (_two_directories(), 2, "two directories"),
    (zipped(A)[:-30], 1, "no directory at its end"),
    (zipped(A)[:30], 0, "no directory at its end"),
    (zipped(A).replace(b"PK\1\2", b"PK\1\7"), 1, "the directory is damaged after 0 members"),
    (zipped(Record(b"a", flags=1)), 0, "a is encrypted"),
    (zipped(Record(b"a", method=9)), 0, "method 9, Deflate64"),
    (zipped(Record(b"a", method=77)), 0, "method 77"),
    (zipped(Record(b"../../x")), 1, "leads out of the folder"),
    (zipped(Record(b"/etc/x")), 1, "leads out of the folder"),
    (zipped(Record(b"C:\\x")), 1, "leads out of the folder"),
    (zipped(Record(b"a\x1b[2Jb")), 1, "has characters in it that no name has"),
    (zipped(Record(b"a.txt\0.pkl")), 1, "up to the NUL"),
    (zipped(Record(b"\xff\xfe", flags=0x800)), 1, "is not the UTF-8"),
    (zipped(Record("a\u202eb".encode(), flags=0x800)), 1, "has characters in it that no name has"),
]


@pytest.mark.parametrize(("data", "count", "said"), DISAGREEING, ids=range(len(DISAGREEING)))
def test_an_archive_that_disagrees_with_itself_says_so(data: bytes, count: int, said: str) -> None:
    """And every pickle that anybody may read in it is found."""
    found = opened(data)
    assert said in " | ".join(found.damaged + found.odd)
    assert len([member for member in found.members if member.kind == "pickle"]) == count
    assert found.like


def test_a_sound_archive_has_no_findings() -> None:
    """Neither one with descriptors after its members, as those have that are written to a pipe."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "abc":
            archive.writestr(name, PLAIN * 10)
    for data in (zipped(A, B), pipe.getvalue()):
        found = opened(data)
        assert not found.damaged + found.odd


def test_very_many_members_are_cut_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """And records that all have one place are still charged for what they unpack to."""
    narrow(monkeypatch)
    one = b"PK\1\2\x14\0" + struct.pack("<5H3I5H2I", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    count = 100_000
    local = b"PK\3\4" + struct.pack("<5H3I2H", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    large = b"PK\6\6" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, count, count, len(one) * count, len(local))
    large += b"PK\6\7" + struct.pack("<IQI", 0, len(local) + len(one) * count, 1)
    end = b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 65535, 65535, len(one) * count, len(local), 0)
    found = opened(local + one * count + large + end)
    assert "100,000 members: only the first 500 are looked at" in " ".join(found.damaged)
    assert len(found.members) == 500


def test_members_share_what_may_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them alone would be in bounds."""
    narrow(monkeypatch)
    big = Record(b"0", b"\x80\x02" + bytes(2 << 20), 8)
    packed = zipped(*(Record(b"%d" % number, big.data, 8) for number in range(4)))
    assert not opened(zipped(big)).damaged
    found = opened(packed)
    assert "which only a bomb does" in " ".join(found.damaged)
    assert sum(map(len, found.data.values())) < 5 << 20


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar_archives(form: int, tmp_path: Path) -> None:
    """Long names in each of the forms; links are not followed."""
    path = tmp_path / "a.tar"
    name = "d/" * 30 + "x" * 60 + "é.pkl"
    with tarfile.open(path, "w", format=form) as archive:
        info = tarfile.TarInfo(name)
        info.size = len(PLAIN)
        archive.addfile(info, io.BytesIO(PLAIN))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found = opened(path)
    assert (found.kind, found.pickles, found.damaged) == ("tar", {name: PLAIN}, [])
    assert "link is a symbolic link, which is not followed" in found.odd[0]
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert opened(pack(path.read_bytes())).pickles == {name: PLAIN}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (tarred((b"a", PLAIN), size=b"77777777777\0"), "are announced, and"),
        (tarred((b"a", PLAIN), size=b"\x80" + b"\0" * 3 + b"\xff" * 8), "are announced, and"),
        (tarred((b"a", PLAIN), size=b"\xff" * 12), "a header that is none: its size is wrong"),
        (tarred((b"a", PLAIN), size=b"nonsense\0\0\0\0"), "a header that is none: its size is wrong"),
        (tarred((b"a", PLAIN)) + b"x", "after the end of the archive"),
        (tarred((b"a", PLAIN))[:1024], "ends without its end"),
        (tarred((b"a", PLAIN), (b"a", ASKS)), "two members are named a"),
        (tarred((b"../x", PLAIN)), "leads out of the folder"),
        (tarred((b"a\x1b]0;x\x07", PLAIN)), "has characters in it that no name has"),
        (tarred((b"a", PLAIN), (b"b", PLAIN))[:1024] + b"\1" * 512, "its checksum is wrong"),
        (tarred((b"a", PLAIN), kind=b"6"), "a pipe, which is not followed"),
        (tarred((b"a", b"x" * 2_000_000), kind=b"L"), "which is too long"),
    ],
)
def test_a_tar_whose_headers_lie_says_so(data: bytes, said: str) -> None:
    """And is read as far as it goes."""
    found = opened(data)
    assert found.kind == "tar"
    assert said in " | ".join(found.damaged + found.odd)


def test_pytorchs_oldest_checkpoints_are_tar_archives() -> None:
    """They are named, and each of their pickles is found."""
    found = opened(tarred(*((name, PLAIN) for name in (b"sys_info", b"pickle", b"storages", b"tensors"))))
    assert found.kind == "PyTorch checkpoint (tar, before 0.2)"
    assert list(found.pickles) == ["sys_info", "pickle", "storages", "tensors"]


def test_npz_and_other_archives_are_named() -> None:
    """By what is in them."""
    assert opened(zipped(Record(b"a.npy", npy()))).kind == "npz"
    clash = opened(zipped(Record(b"a.npy", npy()), Record(b"a.npy.npy", npy())))
    assert "one name for numpy" in " ".join(clash.odd)
    office = opened(zipped(Record(b"[Content_Types].xml", b"<a/>")))
    assert (office.kind, office.like) == ("zip (Office document)", False)
    assert opened(zipped(Record(b"[Content_Types].xml", b"<a/>"), A)).like


def test_archives_in_archives_are_bounded_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few members each of them has."""
    narrow(monkeypatch)
    inner = zipped(*(Record(b"%d" % number, PLAIN, 8) for number in range(100)))
    found = opened(zipped(*(Record(b"%d.zip" % number, inner, 8) for number in range(30))))
    assert "of all its archives: the others are not looked into" in " ".join(found.damaged)
    assert 500 < sum(member.kind == "pickle" for member in found.members) < 2_000
