"""numpy's, joblib's and PyTorch's files: those that the libraries wrote, and those that lie about what is in them."""

from __future__ import annotations

import shutil
import struct
from array import array
from pathlib import Path

import pytest

from histshell.pik import files
from histshell.pik.files import npy as npy_files
from histshell.pik.files.literals import literal
from histshell.pik.files.model import ArrayHeader, Member
from tests.pik.files.making import ASKS, FIXTURES, PLAIN, Record, joblib, npy, opened, reads, zipped

SIX = array("d", range(6)).tobytes()
TURNED = array("d", [0, 3, 1, 4, 2, 5]).tobytes()


def _bytes(header: ArrayHeader | None) -> bytes:
    assert header is not None
    return header.read(0, header.size)


def test_numpys_own_files() -> None:
    """Plain arrays by their headers; arrays of objects as their pickles."""
    plain = opened((FIXTURES / "numpy-plain.npy").read_bytes())
    assert (plain.kind, plain.data[""]) == ("npy", SIX)
    header = plain.members[0].array
    assert header is not None
    assert (header.dtype, header.shape, header.fortran, header.offset) == ("<f8", (2, 3), False, 128)
    assert header.read(8, 24) == SIX[8:24]
    objects = opened(FIXTURES / "numpy-objects.npy")
    assert [(member.kind, member.array and member.array.dtype) for member in objects.members] == [("pickle", "|O")]
    both = opened(FIXTURES / "numpy.npz")
    assert [(member.name, member.kind) for member in both.members] == [
        ("a.npy", "array"), ("o.npy", "pickle"), ("f.npy", "array"),
    ]  # fmt: skip
    assert both.data["o.npy"] == objects.data[""]
    packed = opened(FIXTURES / "numpy-packed.npz")
    assert (packed.kind, packed.data["a.npy"]) == ("npz", TURNED)
    assert not plain.damaged + objects.damaged + both.damaged + packed.damaged + both.odd


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (npy(shape="(-1,)"), "a shape has no length '-1'"),
        (npy(shape=f"({1 << 40}, {1 << 40})"), "more than any machine has"),
        (npy(shape="(1000,)"), "8,000 bytes of array are announced, and 16 are there"),
        (npy(shape="(1,)"), "after the array: 8 bytes"),
        (npy(shape="(True,)"), "a shape has no length"),
        (npy(shape="5"), "this is no shape"),
        (npy(descr="'<f3'"), "the dtype '<f3' is not known"),
        (npy(descr="'|\\x1b[2J'"), "is not known"),
        (npy(descr="__import__('os')"), "its header cannot be read"),
        (npy(descr="'<f8' * 1000000000"), "its header cannot be read"),
        (npy(descr="(" * 5000), "nested too deep"),
        (npy(descr="[('a', '<f8', (2,)), ('b', '|S3')]", data=b"\0" * 38), ""),
        (npy(version=2), ""),
        (npy(version=3), ""),
        (npy(version=4), "version 4.0 of the format is not known"),
        (b"\x93NUMPY\2\0\xff\xff\xff\xff{", "its header is to have 4,294,967,295 bytes"),
        (b"\x93NUMPY\1\0\x40\0{", "it ends within its header"),
        (b"\x93NUMPY", "version none"),
        (npy(descr="'|O'", data=b"nothing here"), "no pickle follows its header"),
        (npy(descr="[('a', '|O')]", data=ASKS), ""),
        (npy() + npy(), ""),
        (npy() + ASKS, "after the array: 23 bytes"),
    ],
)
def test_an_arrays_header_that_lies_says_so(data: bytes, said: str) -> None:
    """In one sentence; nothing is evaluated, and no room is made for what is announced."""
    found = opened(data)
    assert found.kind == "npy"
    assert said in " | ".join(found.damaged + found.odd) if said else not found.damaged + found.odd
    assert (ASKS in found.pickles.values()) == (ASKS in data)


def test_literals_are_plain_data() -> None:
    """What Python 2 wrote is read too."""
    assert literal("{'a': (1, -2L), \"b\": [True, None, b'x']}") == {"a": (1, -2), "b": [True, None, b"x"]}
    for text in ("1+1", "f(1)", "[" * 100 + "]" * 100, "'a' 'b' c", "1" * 70_000, "-" * 50_000 + "1", "{[]: 1}", "# x"):
        with pytest.raises(ValueError, match=r"."):
            literal(text)
    assert npy_files.itemsize(literal("[('a', '<M8[ns]'), ('', '|V3'), ('b', [('c', '<U2', (2, 2))])]")) == (43, False)


JOBLIB = ["joblib-2.joblib", "joblib-5.joblib", "joblib-zlib", "joblib-gzip", "joblib-bz2", "joblib-lzma", "joblib-xz"]


@pytest.mark.parametrize("name", JOBLIB)
def test_joblibs_arrays_lie_between_the_opcodes(name: str) -> None:
    """They are taken out, and each is described; one of objects is a pickle of its own."""
    found = opened((FIXTURES / name).read_bytes())
    packing = name.partition("-")[2]
    assert found.kind == ("joblib" if "." in name else f"{packing} > joblib")
    assert [member.kind for member in found.members] == ["pickle", "pickle"]
    holes = found.members[0].holes
    assert [(hole.array.dtype, hole.array.shape) for hole in holes] == [
        ("<f8", (2, 3)), ("<f8", (2, 3)), ("|O", (3,)),
        ("[('a', '|i1'), ('b', '<f8', (2,)), ('c', '<M8[ns]')]", (3,)),
        ("[('a', '|i1'), ('', '|V7'), ('b', '<f8')]", (2,)), ("<U3", (2,)), ("<f8", (0, 3)), ("<i8", ()), ("<f8", (2, 3)),
    ]  # fmt: skip
    assert [_bytes(hole.array) for hole in holes[:2]] == [SIX, TURNED]
    assert holes[1].array.fortran
    assert not holes[0].array.fortran
    assert _bytes(holes[7].array) == struct.pack("<q", 5)
    assert _bytes(holes[5].array).decode("utf-32-le") == "abcd\0\0"
    assert holes[2].pickle == "array 2" == found.members[1].name
    assert found.data["array 2"].startswith(b"\x80")
    assert found.data["array 2"].endswith(b".")
    assert not found.damaged + found.odd
    places = [hole.offset for hole in holes]
    assert places == sorted(places)
    assert all(found.data[""][place - 1 : place] == b"b" for place in places)  # each behind its BUILD


def test_old_joblib_has_its_arrays_beside_the_file(tmp_path: Path) -> None:
    """Of the same folder, by plain names, and no links."""
    for path in FIXTURES.glob("old*"):
        shutil.copy(path, tmp_path)
    found = opened(tmp_path / "old.pkl")
    assert (found.kind, [member.name for member in found.members]) == (
        "joblib", ["", "old.pkl_01.npy", "old.pkl_02.npy"],
    )  # fmt: skip
    assert [found.data[f"old.pkl_0{n}.npy"] for n in (1, 2)] == [SIX, TURNED]
    packed = opened(tmp_path / "old-packed.pkl")
    assert packed.kind == "zlib > joblib"
    member = packed.member("old-packed.pkl_01.npy.z")
    assert (member.kind, packed.data[member.name], member.array and member.array.shape) == ("array", SIX, (2, 3))
    (tmp_path / "old.pkl_01.npy").rename(tmp_path / "elsewhere")
    (tmp_path / "old.pkl_01.npy").symlink_to("elsewhere")
    (tmp_path / "old.pkl_02.npy").unlink()
    found = opened(tmp_path / "old.pkl")
    assert len(found.members) == 1
    assert "a link, which is not followed" in found.damaged[0]
    assert "No such file" in found.damaged[1]
    assert "came without a folder" in opened((tmp_path / "old.pkl").read_bytes()).damaged[0]
    name = b"old.pkl_01.npy"
    for other in (b"../../x/y.npy ", b"/etc/passwd   ", b"a\0b.npy       "):
        (tmp_path / "old.pkl").write_bytes((FIXTURES / "old.pkl").read_bytes().replace(name, other))
        assert "this is no plain name" in opened(tmp_path / "old.pkl").damaged[0]


EVIL = b"cos\nsystem\n(S'x'\ntR."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (joblib(), ""),
        (joblib(shape=b"K\x03\x85"), "an array of 24 bytes is announced, and 17 are there"),
        (joblib(shape=b"J\xff\xff\xff\xff\x85"), "a shape has no length '-1'"),
        (joblib(shape=b"\x8a\x09" + b"\0" * 7 + b"\x01\0" + b"\x85"), "and 17 are there"),
        (joblib(shape=b"\x8a\x10" + b"\x7f" * 16 + b"\x85"), "more than any machine has"),
        (joblib(shape=b"N"), "this is no shape"),
        (joblib(dtype=b"X\2\0\0\0f9"), "is not known"),
        (joblib(dtype=b"N"), "its dtype is none that is known"),
        (joblib(dtype=b"X\2\0\0\0O8", raw=b"\xffxx"), "an array's own pickle has no end"),
        (joblib(dtype=b"X\2\0\0\0O8", raw=EVIL), ""),
        (joblib(more=b"X\x1b\0\0\0numpy_array_alignment_bytesK\x10", raw=b"\x03\xff\xff\xff" + b"\0" * 16), ""),
        (joblib(raw=EVIL[:16]), "pickle alone would run them"),
        (joblib()[:-5], "an array of 16 bytes is announced, and 12 are there"),
        (joblib() + PLAIN, ""),
        (joblib() + b"xyz", "after the last pickle: 3 bytes"),
    ],
)
def test_a_stream_of_joblibs_that_lies_says_so(data: bytes, said: str) -> None:
    """What stands before the lie is still a member; the pickles that anybody would run are members too."""
    found = opened(data)
    assert found.kind == "joblib"
    assert said in " | ".join(found.damaged + found.odd) if said else not found.damaged + found.odd
    assert found.pickles[""].startswith(b"\x80\x02cjoblib")
    assert (EVIL[:16] in b"".join(found.pickles.values())) == (EVIL[:16] in data)


def test_an_array_within_a_frame_lies_after_it() -> None:
    """A frame is read whole before its opcodes are run, so that joblib's loader reads on behind it."""
    made = joblib()
    body = made[2:-17]
    framed = b"\x80\x04\x95" + struct.pack("<Q", len(body) + 2) + body + b"N0" + bytes(16) + b"."
    found = opened(framed)
    assert found.kind == "joblib"
    assert not found.damaged
    assert found.pickles[""] == framed[:-17] + b"."
    assert found.members[0].holes[0].offset == len(framed) - 17
    assert found.members[0].holes[0].array.offset == len(framed) - 17


def _storages(member: Member) -> dict[str, bytes]:
    return {key: header.read(0, header.size) for key, header in member.storages.items()}


def test_pytorchs_checkpoints_of_both_formats() -> None:
    """The pickle knows its storages by their keys."""
    five = struct.pack("<5q", *range(5))
    halves, floats = struct.pack("<3e", 1, 1, 1), struct.pack("<10f", *range(10))
    new = opened((FIXTURES / "torch.pt").read_bytes())
    assert (new.kind, new.notes) == ("PyTorch checkpoint (zip)", ["version 3"])
    assert new.members[0].name == "torch/data.pkl"
    assert list(_storages(new.members[0]).values()) == [five, halves, floats]
    assert [member.name for member in new.members if member.kind == "storage"] == [f"torch/data/{n}" for n in range(3)]
    old = opened((FIXTURES / "torch-legacy.pt").read_bytes())
    assert (old.kind, old.notes) == ("PyTorch checkpoint (legacy)", ["byteorder little"])
    assert list(old.pickles) == ["data", "magic number", "protocol", "sys_info", "keys"]
    assert sorted(_storages(old.members[0]).values()) == sorted([five, halves, floats])
    script = opened((FIXTURES / "torchscript.pt").read_bytes())
    assert script.kind == "TorchScript (zip)"
    assert {"torchscript/data.pkl", "torchscript/constants.pkl"} <= set(script.pickles)
    assert not new.damaged + new.odd + old.damaged + old.odd + script.damaged + script.odd


def test_an_exported_program_is_no_package() -> None:
    """Each has a version; a package names the modules that it takes from outside. An archive within one has storages of its own."""
    inner = zipped(Record(b"archive/data.pkl"), Record(b"archive/data/0", b"1234"), Record(b"archive/version", b"3\n"))
    parts = [
        Record(b"m/archive_format", b"pt2"),
        Record(b"m/.data/version", b"6"),
        Record(b"m/data/sample_inputs/model.pt", inner, method=8),
    ]
    with files.open(zipped(*parts)) as file:
        (pickle,) = [member for member in file.members if member.kind == "pickle"]
        assert file.kind == "PyTorch exported program (zip)"
        assert list(pickle.storages) == ["0"]
        assert not any("Python code" in note for note in file.notes)
    package = opened(zipped(*parts, Record(b"m/.data/extern_modules", b"os")))
    assert package.kind == "PyTorch package (zip)"
    assert any("Python code" in note for note in package.notes)


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (zipped(Record(b"x/data.pkl"), Record(b"x/version", b"3\n"), Record(b"x/data/0", bytes(64), at=0)), "checkpoint",
         "its record overlaps"),
        (zipped(Record(b"x/data.pkl"), Record(b"x/version", b"3\n"), Record(b"x/DATA.pkl", ASKS)), "checkpoint",
         "differ only in upper and lower case"),
        (zipped(Record(b"x/data.pkl"), Record(b"x/version", b"3\n"), Record(b"y/data.pkl", ASKS)), "checkpoint",
         "y/data.pkl' stands outside"),
        (zipped(Record(b"x/data.pkl"), Record(b"x/data/0", b"1"), Record(b"x/byteorder", b"\x1b[2Jmiddle")), "checkpoint",
         "neither little nor big"),
        (zipped(Record(b"x/.data/version", b"6"), Record(b"x/a/m.py", b"import os\n"), Record(b"x/b.pkl")), "package", ""),
        (zipped(Record(b"x/data.pkl"), Record(b"x/version", b"3\n"))[:-60], "checkpoint", "no directory at its end"),
    ],
)  # fmt: skip
def test_a_checkpoint_that_disagrees_with_itself(data: bytes, kind: str, said: str) -> None:
    """It is still what it is, and all its pickles are found."""
    found = opened(data)
    assert kind in found.kind
    assert said in " | ".join(found.damaged + found.odd)
    assert (ASKS in found.pickles.values()) == (ASKS in data)


def _legacy(keys: bytes = b"](X\1\0\0\x000e.", after: bytes = struct.pack("<q", 2) + bytes(8)) -> bytes:
    value = b"\x80\x02(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\x000X\3\0\0\0cpuK\2NtQ."
    return (
        bytes.fromhex("8002 8a0a6cfc9c46f9206aa85019 2e 8002 4de903 2e")
        + b"\x80\x02}X\x0d\0\0\0little_endian\x88s." + value + b"\x80\x02" + keys + after
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_legacy(), ""),
        (_legacy(after=struct.pack("<q", 1 << 40)), "is to have 1,099,511,627,776 items, and 0 bytes are there"),
        (_legacy(after=struct.pack("<q", -1) + bytes(8)), "is to have -1 items"),
        (_legacy(after=struct.pack("<q", 2) + bytes(20)), "after the last storage: 12 bytes"),
        (_legacy(keys=b"](X\1\0\0\x001e."), "nothing in its value refers to the storage '1'"),
        (_legacy(keys=b"K\1."), "there is no list of the storages' keys"),
        (_legacy()[:70], "it ends within its pickles, in that of its data"),
    ],
)
def test_an_old_checkpoint_that_lies_says_so(data: bytes, said: str) -> None:
    """And has its pickles all the same."""
    found = opened(data)
    assert found.kind == "PyTorch checkpoint (legacy)"
    assert said in " | ".join(found.damaged + found.odd) if said else not found.damaged + found.odd
    assert len(found.pickles) >= 4


def _sparse(path: Path, size: int) -> None:
    """Write a checkpoint whose one storage is a hole in the file."""
    body = zipped(Record(b"archive/data.pkl"), Record(b"archive/byteorder", b"little"))
    at = body.index(b"PK\1\2")
    head = body[:at] + b"PK\3\4" + struct.pack("<5H3I2H", 45, 0, 0, 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 14, 20)
    wide = struct.pack("<HHQQ", 1, 16, size, size)
    head += b"archive/data/0" + wide
    directory = body[at : body.index(b"PK\5\6")] + b"PK\1\2\x2d\0"
    directory += struct.pack("<5H3I5H2I", 45, 0, 0, 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 14, 20, 0, 0, 0, 0, at)
    directory += b"archive/data/0" + wide
    start = len(head) + size
    end = b"PK\6\6" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, 3, 3, len(directory), start)
    end += b"PK\6\7" + struct.pack("<IQI", 0, start + len(directory), 1)
    end += b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 3, 3, len(directory), 0xFFFFFFFF, 0)
    with path.open("wb") as file:
        file.write(head)
        file.seek(size, 1)
        file.write(directory + end)


def test_a_checkpoint_of_20_gigabytes_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what says what is in it, and what is asked for."""
    path = tmp_path / "large.pt"
    _sparse(path, 20 << 30)
    asked = reads(monkeypatch)
    with files.open(path) as file:
        assert (file.kind, file.size > 20 << 30) == ("PyTorch checkpoint (zip)", True)
        members = list(file.members)
        assert members[0].data() == PLAIN
        storage = members[0].storages["0"]
        assert (storage.size, storage.read((20 << 30) - 1, 21 << 30), storage.read(0, 4)) == (20 << 30, b"\0", bytes(4))
        assert not file.findings
    assert sum(asked) < 1 << 20
