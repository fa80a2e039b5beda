"""Packed streams and text: what they unpack to, how far they are read where they are damaged, and where they are stopped."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from histshell.pik import files
from histshell.pik.errors import PikError
from histshell.pik.files.bounds import Bounds
from tests.pik.files.making import ASKS, PLAIN, narrow, opened, reads


def _old_joblib(data: bytes) -> bytes:
    return b"ZF" + hex(len(data)).encode().ljust(19) + zlib.compress(data)


PACKINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("bz2", bz2.compress),
    ("xz", lzma.compress),
    ("lzma", lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
    ("zlib", zlib.compress),
    ("zlib", lambda data: zlib.compress(data, 9)),
    ("zlib", _old_joblib),
    ("base64", base64.b64encode),
    ("base64", base64.urlsafe_b64encode),
    ("base64", base64.encodebytes),
]


@pytest.mark.parametrize(("word", "pack"), PACKINGS)
def test_what_is_packed_is_told_by_its_header_however_deep(word: str, pack: Callable[[bytes], bytes]) -> None:
    """The kind is in words, outermost first, and the pickle is what it was."""
    once, twice = opened(pack(PLAIN)), opened(gzip.compress(pack(PLAIN)))
    assert (once.kind, once.pickles) == (f"{word} > pickle", {"": PLAIN})
    assert (twice.kind, twice.pickles) == (f"gzip > {word} > pickle", {"": PLAIN})
    assert once.members[0].inside == (word,)
    assert not once.damaged + once.odd + twice.damaged + twice.odd


@pytest.mark.parametrize(("word", "pack"), PACKINGS[:7])
def test_what_is_cut_is_read_as_far_as_it_goes(word: str, pack: Callable[[bytes], bytes]) -> None:
    """What a stream asks for before the damage is still there to be seen."""
    data = ASKS[:-1] + b"".join(b"I%d\n0" % (n * n) for n in range(6_000)) + b"N."
    packed = pack(data)
    found = opened(packed[: len(packed) * 2 // 3])
    assert found.like
    if word != "bz2":  # which has one block of all of it
        assert found.kind == f"{word} > pickle"
        assert data.startswith(found.pickles[""])
        assert len(found.pickles[""]) > 500
    assert any("ends before its end" in text and "byte " in text for text in found.damaged)


WRONG = [
    (gzip.compress(PLAIN)[:-8] + b"\0" * 8, "gzip data is damaged"),
    (gzip.compress(PLAIN) + b"junk", "after the gzip data: 4 bytes"),
    (gzip.compress(PLAIN) + b"\0" * 100, ""),
    (gzip.compress(PLAIN[:5]) + gzip.compress(PLAIN[5:]), ""),
    (b"ZF" + b"0x99".ljust(19) + zlib.compress(PLAIN), f"153 bytes are announced, and {len(PLAIN)} are there"),
    (b"\x28\xb5\x2f\xfd" + b"\xff" * 20, "zstd"),
    (b"\x04\x22\x4d\x18" + b"\xff" * 20, "lz4"),
]


@pytest.mark.parametrize(("data", "said"), WRONG, ids=range(len(WRONG)))  # gzip writes the time
def test_what_is_wrong_with_a_packed_stream_is_said(data: bytes, said: str) -> None:
    """One sentence, with the offset where there is one."""
    found = opened(data)
    assert found.like
    assert said in " ".join(found.damaged + found.odd) if said else not found.damaged + found.odd


def test_zstd_is_read_where_python_has_it() -> None:
    """From 3.14 on."""
    zstd = pytest.importorskip("compression.zstd")
    assert opened(zstd.compress(PLAIN)).pickles == {"": PLAIN}


SEVERAL = [
    (PLAIN + PLAIN, [0, len(PLAIN)], []),
    (PLAIN + b"\n", [0], []),
    (PLAIN + b"\r\nxx", [0], ["after the last pickle: 4 bytes"]),
    (PLAIN + b"\0" * 500 + PLAIN, [0, len(PLAIN) + 500], ["between two pickles: 500 bytes"]),
    (PLAIN + b"---- garbage" + PLAIN + b"!", [0, len(PLAIN) + 12], ["between two pickles: 12", "after the last pickle: 1 byte"]),
    (PLAIN + ASKS, [0, len(PLAIN)], []),
    (PLAIN + b"PK\5\6" + b"\0" * 18, [0], ["after the last pickle: 22 bytes, which are looked into: zip"]),
    (b"\x80\x04" + b"\x8e" + (1 << 22).to_bytes(8, "little") + b"." * (1 << 22) + b"." + ASKS, [0, 11 + (1 << 22) + 1], []),
]  # fmt: skip


@pytest.mark.parametrize(("data", "offsets", "odd"), SEVERAL, ids=range(len(SEVERAL)))
def test_several_pickles_in_one_file(data: bytes, offsets: list[int], odd: list[str]) -> None:
    """Each is a member, and what lies between and after is counted."""
    found = opened(data)
    assert [member.offset for member in found.members] == offsets
    assert len(found.odd) == len(odd)
    assert all(part in text for part, text in zip(odd, found.odd, strict=True))


def test_a_large_streams_end_is_not_looked_for_if_its_reader_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has loaded it says how much it used."""
    data = b"\x80\x02" + b"N0" * (3 << 20) + b"N."
    monkeypatch.setattr("histshell.pik.files.streams.extent", None)
    with files.open(data + PLAIN) as file:
        file.members[0].used = len(data)
        monkeypatch.undo()
        assert [member.offset for member in file.members] == [0, len(data)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b'{"a": [1, 2]}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer"),
        ((20).to_bytes(8, "little") + b'{"__metadata__": {}}', "safetensors"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 90, "HDF5"),
        (b"PAR1" + b"\0" * 90, "Parquet"),
        (b"\x08\x07\x12\x07pytorch", "ONNX model"),
        (b"\x7fELF" + b"\0" * 90, "ELF program or library"),
        (b"\xcf\x9a\x57\x13" + b"\0" * 90, "dbm (gdbm)"),
        (b"\0" * 12 + b"\x61\x15\x06\0" + b"\0" * 90, "dbm (Berkeley DB, as ndbm)"),
        (b"SQLite format 3\0" + b"\0" * 84, "SQLite database"),
        (b"import os\nclass A: pass\n", "text"),
        (b"const x = 1\nlet y\n", "text"),
        (b"(c) 2020 Somebody\nAll rights\n", "text"),
        (b"Version 1.0\nIt is good.\n", "text"),
        ("naïve text — with dashes".encode(), "text"),
        (b"aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=", "text"),
        (bytes(range(200, 256)), "unknown"),
    ],
)
def test_others_are_named_for_what_they_are(data: bytes, kind: str) -> None:
    """None of them is taken for a pickle."""
    found = opened(data)
    assert (found.kind, found.like, found.pickles) == (kind, False, {})


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        ASKS,
        ASKS[:-1],
        b"cos\nsystem\n\xff\xff",
        b"(ios\nsystem\n\x00",
        b"(lp0\nI1\naI2",
        b"]q\0(K\1K\2e.",
        b"N.",
        b"\x80\x03",
        b"\x80\x02}q\0U\1a",
        b"X\2\0\0\0osX\6\0\0\0system\x93\xff",
    ],
)
def test_whatever_a_loader_would_begin_is_a_pickle(data: bytes) -> None:
    """A file that asks for a name before it fails is none that is named for something else."""
    assert opened(data).kind == "pickle"


@pytest.mark.parametrize("data", [b"\x82\x01)R.", b"\x82\x01)R\xff\xff", b"\x84\1\0\0\0}b\xff", b"\x82\x01."])
def test_a_number_of_the_extension_registry_is_asked_for_where_it_is_used(data: bytes) -> None:
    """What a loader may have registered is called, or is all there is."""
    assert opened(data).kind == "pickle"


@pytest.mark.parametrize(
    "data", [b"\x82\xa7strings\x90\xa6lookup\xc0", b"\x84\xa5nodes\x91\x84\xa5index\0", b"\x83\xa1a\1\xa1b\2\xa1c\xc3"]
)
def test_message_pack_is_no_pickle(data: bytes) -> None:
    """Its maps begin as opcodes of the extension registry do: spaCy, and others, write their data so."""
    assert not opened(data).like


def test_a_session_of_an_old_django_is_read() -> None:
    """A signature stands before the pickle."""
    assert opened(base64.b64encode(b"0123456789" * 4 + b":" + PLAIN)).pickles == {"": PLAIN}


_SIGNED = b":1wXyZa:" + b"s1gn-tur_" * 4


def _session(data: bytes, dot: bytes = b"") -> bytes:
    """Write a session as Django signs it, with nothing that could check it."""
    return dot + base64.urlsafe_b64encode(data).rstrip(b"=") + _SIGNED


@pytest.mark.parametrize("around", [b"%b", b"%b\n", b'"%b"'])
@pytest.mark.parametrize("asked", [PLAIN, ASKS, PLAIN + bytes(3), ASKS * 2000])
def test_a_signed_session_is_read(asked: bytes, around: bytes) -> None:
    """Django's, packed or not, however long; that nobody has checked the signature is said."""
    for data, dot, kind in ((asked, b"", "base64 > pickle"), (zlib.compress(asked), b".", "base64 > zlib > pickle")):
        found = opened(around % _session(data, dot))
        assert found.kind == kind
        assert found.pickles[""].startswith(asked[: len(PLAIN)])
        assert found.notes == [
            "a session that Django has signed on 2026-06-12 09:53:10 UTC; its signature is not checked"
        ]


@pytest.mark.parametrize(
    "text",
    [
        _session(b'{"a": 1}'), _session(zlib.compress(b'{"a": 1}'), b"."), _session(zlib.compress(PLAIN)), _session(PLAIN, b"."),
        _session(PLAIN)[:-30], _session(PLAIN).replace(b":", b";"), _session(PLAIN).replace(b":", b"::"), b"gAR9lC4:x", _SIGNED,
        b"A" * 9 + _SIGNED, b"words of a text: and more" + _SIGNED,
    ],
)  # fmt: skip
def test_what_django_would_not_load_is_no_session(text: bytes) -> None:
    """JSON, which most sessions are; without a signature; packed without the dot that says so."""
    found = opened(text)
    assert (found.kind, found.like, found.notes, found.damaged) == ("text", False, [], [])


def test_a_bomb_is_stopped_and_its_beginning_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """200 to 1 beyond what is free, for the file as a whole; a limit that is given is one however few bytes there are."""
    small = gzip.compress(PLAIN + bytes(5 << 20))
    assert "1,000,000 bytes are unpacked at most" in " ".join(opened(small, limit=1_000_000).damaged)
    assert not opened(small).damaged
    narrow(monkeypatch)
    found = opened(gzip.compress(gzip.compress(ASKS + bytes(10 << 20))))
    assert found.pickles[""].startswith(ASKS)
    assert sum(map(len, found.data.values())) < 5 << 20
    assert any("which only a bomb does" in text for text in found.damaged)


def test_what_stands_too_deep_is_not_gone_into() -> None:
    """A packed stream in a packed stream, and so on."""
    data = PLAIN
    for _ in range(30):
        data = gzip.compress(data)
    found = opened(data)
    assert found.like
    assert found.pickles == {}
    assert "no more are gone into" in " ".join(found.damaged)


def test_many_pickles_are_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first are members, and the others one that goes through them; where a file has more than any should, it is said."""
    narrow(monkeypatch)
    found = opened(b"N." * 5_000)
    assert ([member.kind for member in found.members], found.damaged) == (["pickle"] * 500 + ["run"], [])
    run = found.members[-1].run
    assert run is not None
    assert list(run) == list(run) == [b"N."] * 4_500
    assert [member.offset for member in run.members()] == list(range(1_000, 10_000, 2))
    monkeypatch.setattr("histshell.pik.files.streams._LEAST", 3)
    monkeypatch.setattr(Bounds, "of", classmethod(lambda cls, limit: cls(members=500, pickles=0)))  # noqa: ARG005
    with files.open(b"N." * 5_000) as file:
        many = file.members[-1].run
        assert many is not None
        assert sum(1 for _ in many) == 3_333 - 500
        assert [str(finding) for finding in file.findings] == [
            "byte 6666: more than 3,333 pickles: the others are not looked at"
        ]


def test_a_path_bytes_and_file_objects(tmp_path: Path) -> None:
    """All of them are read from where they stand, and a file on the disk is not read whole."""
    path = tmp_path / "a\x1b[31m.png"
    path.write_bytes(b"xx" + PLAIN)
    with path.open("rb") as file:
        file.seek(2)
        assert opened(file).pickles == {"": PLAIN}
    memory = io.BytesIO(b"xx" + PLAIN)
    memory.seek(2)
    assert opened(memory).pickles == {"": PLAIN}
    assert opened(gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(PLAIN)))).pickles == {"": PLAIN}
    path.write_bytes(PLAIN)
    assert opened(path).pickles == opened(str(path)).pickles == {"": PLAIN}
    with files.open(str(path)) as file_:
        member = file_.members[0]
    with pytest.raises(PikError, match="closed"):
        member.data()


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """A pipe would keep the prompt waiting; each gets a sentence."""
    os.mkfifo(tmp_path / "pipe")
    for path, said in (
        (tmp_path / "pipe", "a pipe"), (tmp_path, "a folder"), (Path("/dev/null"), "a device"),
        (tmp_path / "none", "No such file"), (Path("a\0b"), "cannot be a file's name"),
    ):  # fmt: skip
        with pytest.raises(PikError, match=said):
            files.open(path)


def test_a_file_that_becomes_shorter_is_a_finding(tmp_path: Path) -> None:
    """Nothing is mapped: no signal comes."""
    path = tmp_path / "a"
    path.write_bytes(PLAIN + b"\x80\x04B\0\0\x10\0" + bytes(1 << 20) + b".")
    with files.open(path) as file:
        member = file.members[1]
        os.truncate(path, 1000)
        assert len(member.data()) == 1000 - len(PLAIN)
        assert "become shorter" in file.findings[-1].sentence


def test_a_jump_over_what_is_long_reads_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stream of some gigabytes, most of them one argument, as much is read as is gone through."""
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(b"\x80\x04\x8e" + struct.pack("<Q", 3 << 30))
        file.seek(3 << 30, 1)
        file.write(b"." + PLAIN)
    asked = reads(monkeypatch)
    monkeypatch.setattr("histshell.pik.files.extents._SEARCHED", 1 << 20)
    with files.open(path) as opened_:
        assert [member.offset for member in opened_.members] == [0, 12 + (3 << 30)]
    assert sum(asked) < 20 << 20
