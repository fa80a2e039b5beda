"""Sparse members of tar archives, in GNU's old form and the three of PAX: `tarfile` reads the same, and what a map lies is said."""

from __future__ import annotations

import io
import tarfile
import tracemalloc

import pytest

from histshell.pik import files
from tests.pik.files.making import ASKS, PLAIN, opened

HOLE = 5_000
#: A pickle with nothing but zeros in its middle.
DATA = b"\x80\x04(B" + HOLE.to_bytes(4, "little") + bytes(HOLE) + ASKS[:-1] + b"t."
PARTS = [(0, 8), (8 + HOLE, len(DATA) - HOLE - 8)]
STORED = b"".join(DATA[offset : offset + length] for offset, length in PARTS)
Parts = list[tuple[int, int]]


def block(name: bytes, size: int, kind: bytes, more: bytes = b"") -> bytes:
    """Make a header; *more* goes where the old form has its map."""
    head = (
        name.ljust(100, b"\0")
        + b"0000644\0"
        + b"0000000\0" * 2
        + b"%011o\0" % size
        + b"00000000000\0"
        + b" " * 8
        + kind
    )
    head = (head + b"\0" * 100 + b"ustar  \0").ljust(386, b"\0") + more
    head = head.ljust(512, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


def padded(data: bytes) -> bytes:
    """Fill up the last block."""
    return data + bytes(-len(data) % 512)


def numbers(parts: Parts, room: int) -> bytes:
    """Write parts as the old form has them, in room for so many."""
    return b"".join(b"%011o\0%011o\0" % part for part in parts).ljust(24 * room, b"\0")


def old(parts: Parts, size: int, stored: bytes) -> bytes:
    """A member in the old form: four parts in the header, 21 in each block after it."""
    rest = [parts[at : at + 21] for at in range(4, len(parts), 21)]
    more = numbers(parts[:4], 4) + (b"\1" if rest else b"\0") + b"%011o\0" % size
    blocks = b"".join(
        (numbers(some, 21) + (b"\1" if number < len(rest) else b"\0")).ljust(512, b"\0")
        for number, some in enumerate(rest, 1)
    )
    return block(b"it", len(stored), b"S", more) + blocks + padded(stored)


def attributes(*pairs: tuple[str, object]) -> bytes:
    """Write a header of attributes."""
    said = b""
    for key, value in pairs:
        line = f" {key}={value}\n".encode()
        length = len(line) + len(str(len(line) + 2))
        said += b"%d" % length + line
        assert len(b"%d" % length + line) == length
    return block(b"x", len(said), b"x") + padded(said)


def pax00(parts: Parts, size: int, stored: bytes) -> bytes:
    """A key for each number."""
    pairs = [(f"GNU.sparse.{key}", value) for part in parts for key, value in zip(("offset", "numbytes"), part)]
    said = attributes(("GNU.sparse.size", size), ("GNU.sparse.numblocks", len(parts)), *pairs)
    return said + block(b"it", len(stored), b"0") + padded(stored)


def pax01(parts: Parts, size: int, stored: bytes) -> bytes:
    """All numbers in one key."""
    text = ",".join(str(number) for part in parts for number in part)
    said = attributes(("GNU.sparse.size", size), ("GNU.sparse.name", "it"), ("GNU.sparse.map", text))
    return said + block(b"GNUSparseFile.1/it", len(stored), b"0") + padded(stored)


def pax10(parts: Parts, size: int, stored: bytes) -> bytes:
    """The numbers in lines before what is stored."""
    text = padded(b"".join(b"%d\n" % number for number in (len(parts), *(number for part in parts for number in part))))
    said = attributes(
        ("GNU.sparse.major", 1), ("GNU.sparse.minor", 0), ("GNU.sparse.name", "it"), ("GNU.sparse.realsize", size)
    )
    return said + block(b"GNUSparseFile.1/it", len(text + stored), b"0") + text + padded(stored)


FORMS = [old, pax00, pax01, pax10]
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
PLAIN_AFTER = block(b"after", len(PLAIN), b"0") + padded(PLAIN)


def archive(member: bytes) -> bytes:
    """Make an archive of it and a plain one."""
    return member + PLAIN_AFTER + bytes(1024)


@forms
@pytest.mark.parametrize("pieces", [1, 3, 60], ids=lambda pieces: f"{pieces} parts")
def test_a_sparse_member_is_read_as_tarfile_reads_it(form, pieces: int) -> None:  # type: ignore[no-untyped-def]
    """Its holes are zeros; what comes after it is found."""
    data = DATA if pieces == 1 else b"\x80\x04(" + (b"B\x08\x02\0\0" + bytes(520)) * pieces + b"t."
    parts = PARTS
    if pieces > 1:
        parts = [(0, 3), *((3 + 525 * number, 5) for number in range(pieces)), (len(data) - 2, 2), (len(data), 0)]
    stored = b"".join(data[at : at + length] for at, length in parts)
    tar = archive(form(parts, len(data), stored))
    with tarfile.open(fileobj=io.BytesIO(tar)) as library:
        members = {member.name: library.extractfile(member).read() for member in library}  # type: ignore[union-attr]
    assert members == {"it": data, "after": PLAIN}
    found = opened(tar)
    assert (found.kind, found.damaged, found.odd) == ("tar", [], [])
    assert found.pickles == members


@forms
@pytest.mark.parametrize(
    ("parts", "size", "said"),
    [
        ([(0, 8), (4, 4)], 8, "its parts overlap, or are in no order"),
        ([(8, 4), (0, 8)], 12, "its parts overlap, or are in no order"),
        ([(0, 12), (20, 12)], 24, "a part of it ends at 32"),
        ([(0, 8)], 8, "its map is for "),
    ],
    ids=["overlap", "order", "end", "length"],
)
def test_a_map_that_lies_is_damage(form, parts: Parts, size: int, said: str) -> None:  # type: ignore[no-untyped-def]
    """What is stored is looked at as it lies there, and the members after it are found."""
    found = opened(archive(form(parts, size, ASKS)))
    assert said in " | ".join(found.damaged)
    assert found.pickles["after"] == PLAIN
    assert len(found.pickles) == 1 + (said != "its map is for ")


@forms
def test_a_hole_costs_what_a_bomb_may(form) -> None:  # type: ignore[no-untyped-def]
    """A petabyte of zeros is not made; a member that is no pickle is only looked at, and nothing is wrong with it."""
    size = 1 << 32 if form is old else 1 << 50
    bomb = b"\x80\x04B\xff\xff\xff\x7f"
    tracemalloc.start()
    found = opened(archive(form([(0, len(bomb)), (size - 1, 1)], size, bomb + b".")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert f"it is sparse: {len(bomb) + 1} bytes become {size:,}, which are not read further than this" in " ".join(
        found.damaged
    )
    assert found.pickles["after"] == PLAIN
    assert peak < 1 << 27
    with files.open(archive(form([(0, 5)], size, b"text\n"))) as text:
        assert [(member.name, member.kind) for member in text.members] == [("it", "other"), ("after", "pickle")]
        assert text.findings == []
    early = opened(archive(form([(0, len(ASKS) - 1)], size, ASKS[:-1])))
    assert early.pickles["it"].startswith(ASKS[:-1])


def test_a_map_that_is_cut_off_or_endless() -> None:
    """Each is a sentence."""
    cut = old([(number, 1) for number in range(60)], 60, b"")
    assert "it is sparse, and its map is damaged: it is cut off" in " ".join(opened(cut[:1200]).damaged)
    said = attributes(("GNU.sparse.major", 1), ("GNU.sparse.minor", 0), ("GNU.sparse.realsize", 10))
    for text, why in (
        (b"x\n", "a number in it is none"),
        (b"3\n1\n", "it is cut off"),
        (b"99999999999\n", "it is to have 99,999,999,999 parts"),
    ):
        found = opened(said + block(b"it", len(text), b"0") + text)
        assert f"it is sparse, and its map is damaged: {why}" in " ".join(found.damaged)
    odd = attributes(("GNU.sparse.size", 10), ("GNU.sparse.map", "1,2,3"))
    assert "a part has no length" in " ".join(opened(archive(odd + block(b"it", 2, b"0") + padded(b"ab"))).damaged)


def _list(text: bytes, kind: bytes = b"x") -> bytes:
    """A list of attributes, as it stands."""
    return block(b"x", len(text), kind) + padded(text)


def _sized(said: bytes, field: bytes | None = None, name: bytes = b"it", kind: bytes = b"0") -> bytes:
    """A member of which a size is said that readers read in their own ways; where it is 0, the next member is in its bytes."""
    inner = padded(b"junk" * 100) + block(b"asks", len(ASKS), b"0") + padded(ASKS)
    head = block(name, len(inner), kind)
    if field is not None:
        head = head[:124] + field.ljust(12, b"\0") + head[136:]
        plain = head[:148] + b" " * 8 + head[156:]
        head = plain[:148] + b"%06o\0 " % sum(plain) + plain[156:]
    return said + head + inner


#: Archives in which `tarfile` comes to a pickle that another reader may not come to.
ODD = {
    "a size in other digits": _sized(attributes(("size", "\u0665\u0661\u0662"))),
    "a size with a sign": _sized(attributes(("size", "+512"))),
    "a size with a line": _sized(attributes(("size", "5_1_2"))),
    "a size in the header with a line": _sized(b"", b"1_000"),
    "a size in the header with a sign": _sized(b"", b"+1000"),
    "a length with zeros": _sized(_list(b"%020d size=512\n" % 30)),
    "the first of two lists": _sized(attributes(("size", 512)) + attributes(("size", 1536))),
    "a folder with bytes": block(b"it/", 1024, b"\0") + block(b"asks", len(ASKS), b"0") + padded(ASKS),
    "nothing of a sparse member": attributes(
        ("GNU.sparse.size", len(ASKS)), ("GNU.sparse.map", f"0,{len(ASKS)}")
    ) + block(b"it", 0, b"0") + padded(ASKS),
    "two maps": attributes(
        ("GNU.sparse.major", 1), ("GNU.sparse.minor", 0), ("GNU.sparse.size", len(DATA)),
        ("GNU.sparse.map", ",".join(str(number) for part in PARTS for number in part)),
    ) + block(b"it", len(STORED), b"0") + padded(STORED),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_what_tarfile_comes_to_is_told(what: str) -> None:
    """Whatever another reader makes of the same bytes; that they disagree is damage."""
    tar = ODD[what] + bytes(1024)
    with tarfile.open(fileobj=io.BytesIO(tar)) as library:
        data = [library.extractfile(member).read() for member in library if member.isfile()]  # type: ignore[union-attr]
    asking = [one for one in data if b"system" in one and not one.startswith(b"junk")]
    found = opened(tar)
    assert asking
    assert set(asking) <= set(found.pickles.values()), found
    assert found.damaged or "header" in what or "zeros" in what


@pytest.mark.parametrize("text", ["\u00b2", "x", "-512", "9" * 30, ""])
def test_a_size_that_is_none_is_said(text: str) -> None:
    """It is a sentence, and the pickle is found all the same where it lies."""
    found = opened(archive(attributes(("size", text)) + block(b"it", 0, b"0")))
    assert "its size is written " in " ".join(found.damaged)
    assert text[:1] in ("9", "-") or found.pickles["after"] == PLAIN


@pytest.mark.slow
def test_lists_of_attributes_are_bounded() -> None:
    """However many there are, in one list and in all together."""
    assert "there are too many attributes" in " ".join(opened(archive(_list(b"6 a=b\n" * 150_000) * 3)).damaged)
    found = opened(archive(_list(b"8 size=\n" * 110_000)))
    assert "there are too many attributes" in " ".join(found.damaged)
    found = opened(archive(_list(b"7 a=bc\n") + _list(b"9 size=3\n") * 2))
    assert "two lists of attributes for one member" in " ".join(found.damaged)
    assert "a list of attributes is damaged" in " ".join(opened(archive(_list(b"x size=3\n"))).damaged)
    assert "a number in it is less than 0" in " ".join(opened(archive(old([(4, -1)], 9, b"abcd"))).damaged)
