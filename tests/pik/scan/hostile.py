"""Files that want to do harm: what runs code inside containers, containers that lie, bombs, names that a terminal obeys.

Each maker is given the path that the code would make a directory at, and gives the file's bytes. What is expected is one of
`ASKS` (whatever else is wrong with it), `BROKEN` (damaged, or named for what it is), `PLAIN`; several where both are true answers.
"""

# ruff: noqa: E501 - a file a line reads better than a file in pieces

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from tests.pik.dangers import g, r, s, t

PLAIN, ASKS, BROKEN = 0, 1, 2
Maker = Callable[[str], bytes]


def run(path: str) -> bytes:
    """A stream that makes a directory."""
    return r(g("os", "mkdir"), s(path)) + b"."


GOOD = pickle.dumps({"plain": [1, 2, 3]}, 4)
LAUGHS = (
    b"]("
    + b"K\x01" * 10
    + b"e"
    + b"q\x00]("
    + b"".join(b"h%c" % n * 10 + b"eq%c](" % (n + 1) for n in range(60))
    + b"h\x3ce."
)


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return made.getvalue()


def tarred(*entries: tuple[str, bytes], how: str = "w") -> bytes:
    """A tar archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=how) as archive:  # type: ignore[call-overload]  # the mode is one of its
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def npy(header: str, data: bytes, version: int = 1) -> bytes:
    """An array's file, with any header."""
    raw = header.encode() + b"\n"
    size = struct.pack("<H", len(raw)) if version == 1 else struct.pack("<I", len(raw))
    return b"\x93NUMPY" + bytes([version, 0]) + size + raw + data


OBJECTS = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"


def repeated(packer: Callable[[bytes], bytes], megabytes: int) -> bytes:
    """A packed stream of so many megabytes, made of short ones."""
    return packer(b"\0" * (4 << 20)) * (megabytes // 4)


def deflated(count: int) -> bytes:
    """A gzip stream of *count* megabytes of nothing, made without packing them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"\0" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * count + b"\x03\0" + b"\0" * 8


def overlapped(count: int, data: bytes, name: bytes = b"a.pkl") -> bytes:
    """A zip of which *count* entries are one record."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
    record = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0" + sizes + struct.pack("<HH", len(name), 0) + name + packed
    entry = (
        b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0"
        + sizes
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    listed = min(count, 65535)
    end = b"PK\x05\x06\0\0\0\0" + struct.pack("<HHIIH", listed, listed, len(entry) * count, len(record), 0)
    if count > 65535:
        big = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(entry) * count, len(record))
        where = len(record) + len(entry) * count
        end = big + b"PK\x06\x07" + struct.pack("<IQI", 0, where, 1) + end
    return record + entry * count + end


def disagreeing(path: str) -> bytes:
    """A zip whose directory names one record, while another lies where the first one is read from the front."""
    shown, hidden = zipped(("a.pkl", GOOD)), zipped(("a.pkl", run(path)))
    cut = hidden.index(b"PK\x01\x02")
    end = bytearray(shown)
    at = end.index(b"PK\x01\x02")
    struct.pack_into("<I", end, at + 42, cut)
    struct.pack_into("<I", end, end.index(b"PK\x05\x06") + 16, cut + at)
    return hidden[:cut] + bytes(end)


def nested(data: bytes, times: int) -> bytes:
    """Packed again and again."""
    for _ in range(times):
        data = gzip.compress(data, 1)
    return data


def torch_zip(data: bytes, *more: tuple[str, bytes]) -> bytes:
    """A checkpoint of PyTorch's."""
    return zipped(("m/data.pkl", data), *more, ("m/version", b"3\n"), ("m/byteorder", b"little"))


def tensor(key: str, count: int, kind: str = "FloatStorage", size: bytes = b"K\x02\x85") -> bytes:
    """The pickle of a tensor that lies in a storage."""
    pid = t(s("storage"), g("torch", kind), s(key), s("cpu"), b"J" + struct.pack("<i", count)) + b"Q"
    return (
        b"\x80\x02"
        + g("torch._utils", "_rebuild_tensor_v2")
        + b"("
        + pid
        + b"K\0"
        + size
        + b"K\x01\x85\x89"
        + g("collections", "OrderedDict")
        + b")RtR."
    )


def legacy(*streams: bytes) -> bytes:
    """A checkpoint as PyTorch wrote it before: a magic number, a version, the system, then these."""
    head = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    return b"".join([*(pickle.dumps(one, 2) for one in head), *streams])


def wrapper(shape: bytes, kind: bytes = b"f8") -> bytes:
    """The object of joblib before an array between the opcodes."""
    dtype = g("numpy", "dtype") + t(s(kind.decode()), b"\x89", b"\x88") + b"R"
    state = (
        b"}("
        + s("subclass")
        + g("numpy", "ndarray")
        + s("shape")
        + shape
        + s("order")
        + s("C")
        + s("dtype")
        + dtype
        + s("allow_mmap")
        + b"\x89u"
    )
    return g("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81" + state + b"b"


def joblib(shape: bytes, raw: bytes, after: bytes = b"", kind: bytes = b"f8") -> bytes:
    """A file of joblib's with one array."""
    return b"\x80\x04](" + wrapper(shape, kind) + raw + after + b"e."


def lfs(_: str) -> bytes:
    """What Git keeps in place of a large file."""
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


def dumb(path: str) -> bytes:
    """The index of a dbm whose entries are code."""
    return f"'a', (0, __import__('os').mkdir({path!r}))\n'b', (0, 5)\n".encode()


#: Arguments that C reads and that are not written as Python writes them.
ODD = (b"I\v5", b"I0X1F", b"I5\0?", b"L\f5L", b"FInf", b"F-Infinity", b"F1e5\0", b"Np+1", b"Np1_0", b"Np1\n0g 1")
FIELD = s("a") + b"\x85}" + s("a") + g("numpy", "dtype") + t(s("f8"), b"\x89", b"\x88") + b"RK\0\x86s"


def behind(line: bytes) -> Maker:
    """A stream that pushes something by a line first."""
    return lambda path: line + b"\n0" + run(path)


def headed(name: bytes, kind: bytes = b"0", data: bytes = GOOD) -> bytes:
    """A tar archive of one member with a name and a type that `tarfile` would not write."""
    made = bytearray(tarred(("a.pkl", data)))
    made[:100] = name.ljust(100, b"\0")
    made[148:157] = b" " * 8 + kind
    made[148:156] = b"%06o\0 " % sum(made[:512])
    return bytes(made)


def hidden(
    path: str, shape: bytes = b"K\x20\x85", more: bytes = b"", front: bytes = b"", *, name: bytes = b"",
    state: tuple[str, bytes, int, int] | None = None,
) -> bytes:  # fmt: skip
    """A file of joblib's whose array ends elsewhere than it seems to, before opcodes that run: *more* are pairs of its state.

    *state* is that of its dtype: its code, subarray, names and fields, size, and flags.
    """
    made = b"\x80\x04]" + wrapper(shape)
    if name:
        made = made.replace(g("joblib.numpy_pickle", "NumpyArrayWrapper"), name)
    if state:
        code, parts, size, flags = state
        given = b"(K\x03" + s("|") + parts + bytes([75, size, 75, 1, 75, flags]) + b"tb"
        made = made.replace(s("f8"), s(code)).replace(b"\x89\x88tR", b"\x89\x88tR" + given)
    if flags_objects(state):
        return made + (run(path)[:-1] + b"0N.").ljust(256, b"z") + b"a."
    made = made[:-2] + more + made[-2:] + front
    return made + b"N0" + b"." * 6 + b"\0" * (24 if state else 0) + b"00" + run(path)[:-1] + b"." + b"z" * 200 + b"."


def addressed(path: str) -> bytes:
    """A base64 text that is one pickle with its hyphens, bytes and nothing else, and another where they are dropped."""
    text = base64.b64encode(b"\x80\x04C\x03xyz0" + run(path) + b" " * 300)
    return text[:4] + b"---" + text[4:337] + base64.b64encode(b".")


def flags_objects(state: tuple[str, bytes, int, int] | None) -> bool:
    """Tell whether a dtype says to have objects."""
    return state is not None and bool(state[3] & 1)


EVIL = "\x1b]0;owned\x07\x1b[2J\r\u202e\u200b\x9b31m"
SHIFT = "\r\x1b[A\x1b[2K"

#: name -> (maker, what may be answered). In the first part all run code where their own loader reads them.
HOSTILE: dict[str, tuple[Maker, tuple[int, ...]]] = {
    "gzip": (lambda p: gzip.compress(run(p)), (ASKS,)),
    "bz2": (lambda p: bz2.compress(run(p)), (ASKS,)),
    "xz": (lambda p: lzma.compress(run(p)), (ASKS,)),
    "lzma": (lambda p: lzma.compress(run(p), lzma.FORMAT_ALONE), (ASKS,)),
    "zlib": (lambda p: zlib.compress(run(p)), (ASKS,)),
    "gzip in bz2 in xz": (lambda p: lzma.compress(bz2.compress(gzip.compress(run(p)))), (ASKS,)),
    "tar": (lambda p: tarred(("a.pkl", run(p))), (ASKS,)),
    "tar.gz with a gzip in it": (lambda p: tarred(("a.pkl.gz", gzip.compress(run(p))), how="w:gz"), (ASKS,)),
    "zip": (lambda p: zipped(("a.pkl", run(p))), (ASKS,)),
    "zip, packed": (lambda p: zipped(("a.pkl", run(p)), method=zipfile.ZIP_DEFLATED), (ASKS,)),
    "zip, packed by bz2": (lambda p: zipped(("a.pkl", run(p)), method=zipfile.ZIP_BZIP2), (ASKS,)),
    "zip in a zip": (lambda p: zipped(("in.zip", zipped(("a.pkl", run(p))))), (ASKS,)),
    "zip in a tar in a zip": (lambda p: zipped(("in.tar", tarred(("in.zip", zipped(("a.pkl", run(p))))))), (ASKS,)),
    "zip without a good name": (lambda p: zipped(("readme.txt", run(p))), (ASKS,)),
    "zip after other bytes": (lambda p: b"#!/bin/sh\nexit 0\n" + zipped(("a.pkl", run(p))), (ASKS, BROKEN)),
    "zip after a tar": (lambda p: tarred(("a.pkl", GOOD)) + zipped(("a.pkl", run(p))), (ASKS,)),
    "zip after a gzip stream": (lambda p: gzip.compress(GOOD) + zipped(("a.pkl", run(p))), (ASKS,)),
    "zip of two of one name, the last runs": (lambda p: twice(GOOD, run(p)), (ASKS,)),
    "zip of two of one name, the first runs": (lambda p: twice(run(p), GOOD), (ASKS,)),
    "zip that disagrees with itself": (disagreeing, (ASKS, BROKEN)),
    "zip with names that go out": (lambda p: zipped(("../../a.pkl", run(p)), ("/etc/a.pkl", GOOD)), (ASKS,)),
    "zip with a name that a terminal obeys": (lambda p: zipped((EVIL + ".pkl", run(p))), (ASKS,)),
    "zip with a name that overwrites its line": (lambda p: zipped(("a.pkl" + SHIFT + "good.pkl", run(p))), (ASKS,)),
    "zip cut before its directory": (lambda p: zipped(("a.pkl", run(p)), ("b.pkl", GOOD))[:-90], (ASKS, BROKEN)),
    "zip with a comment that is a zip": (lambda p: commented(run(p)), (ASKS, BROKEN)),
    "zip said to be locked": (lambda p: locked(run(p)), (ASKS, BROKEN)),
    "zip of 64 bits": (lambda p: overlapped(70_000, run(p)), (ASKS,)),
    "npz of objects": (lambda p: zipped(("x.npy", npy(OBJECTS, run(p)))), (ASKS,)),
    "npz with a pickle beside": (lambda p: zipped(("x.npy", npy(OBJECTS, GOOD)), ("y.npy", run(p))), (ASKS,)),
    "npy of objects": (lambda p: npy(OBJECTS, run(p)), (ASKS,)),
    "npy of objects, version 2": (lambda p: npy(OBJECTS, run(p), 2), (ASKS,)),
    "npy of structured objects": (lambda p: npy("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }", run(p)), (ASKS,)),
    "npy with a pickle after its numbers": (lambda p: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8 + run(p)), (ASKS, BROKEN, PLAIN)),
    "joblib": (lambda p: joblib(b"K\x01\x85", b"\0" * 8, run(p)[:-1]), (ASKS,)),
    "joblib, packed": (lambda p: zlib.compress(joblib(b"K\x01\x85", b"\0" * 8, run(p)[:-1])), (ASKS,)),
    "joblib of objects": (lambda p: joblib(b"K\x01\x85", run(p), kind=b"O8"), (ASKS,)),
    "joblib whose header is shorter than its array": (lambda p: joblib(b"K\x00\x85", b"", run(p)[:-1]), (ASKS,)),
    "joblib whose shape is negative": (lambda p: joblib(b"J\xff\xff\xff\xff\x85", b"", run(p)[:-1]), (ASKS, BROKEN)),
    "joblib with 2**60 items": (lambda p: joblib(b"\x8a\x08" + b"\0" * 7 + b"\x10\x85", b"", run(p)[:-1]), (ASKS, BROKEN)),
    "joblib that runs before its array": (lambda p: b"\x80\x04](" + run(p)[:-1] + wrapper(b"\x8a\x08" + b"\0" * 7 + b"\x10\x85") + b"e.", (ASKS,)),
    "PyTorch": (lambda p: torch_zip(run(p)), (ASKS,)),
    "PyTorch, beside a storage": (lambda p: torch_zip(tensor("0", 2), ("m/data/0", b"\0" * 8), ("m/data/1", run(p))), (ASKS,)),
    "PyTorch, in an id": (lambda p: torch_zip(b"\x80\x02" + t(s("storage"), run(p)[:-1], s("0"), s("cpu"), b"K\x02") + b"Q."), (ASKS,)),
    "PyTorch with two data.pkl": (lambda p: zipped(("m/data.pkl", tensor("0", 2)), ("n/data.pkl", run(p)), ("m/data/0", b"\0" * 8)), (ASKS,)),
    "TorchScript, in its constants": (lambda p: torch_zip(GOOD, ("m/constants.pkl", run(p)), ("m/code/a.py", b"x = 1")), (ASKS,)),
    "PyTorch, legacy": (lambda p: legacy(run(p), pickle.dumps([], 2)), (ASKS,)),
    "PyTorch, legacy, in its first": (lambda p: run(p) + legacy(GOOD), (ASKS,)),
    "PyTorch, legacy, in its keys": (lambda p: legacy(GOOD, run(p)), (ASKS,)),
    "after a plain one": (lambda p: GOOD + run(p), (ASKS,)),
    "after a thousand plain ones": (lambda p: GOOD * 1000 + run(p), (ASKS,)),
    "after a plain one and nothing": (lambda p: GOOD + b"\0" * 100 + run(p), (ASKS, BROKEN)),
    "after a plain one and a line": (lambda p: GOOD + b"\n" + run(p), (ASKS, BROKEN)),
    "packed, after a plain one": (lambda p: GOOD + zlib.compress(run(p)), (ASKS, BROKEN)),
    "two gzip streams": (lambda p: gzip.compress(GOOD) + gzip.compress(run(p)), (ASKS,)),
    "after a gzip stream, where no loader reads": (lambda p: gzip.compress(GOOD) + run(p), (ASKS, BROKEN, PLAIN)),
    "base64": (lambda p: base64.b64encode(run(p)), (ASKS,)),
    "base64 in lines": (lambda p: base64.encodebytes(s("x" * 300) + b"0" + run(p)), (ASKS,)),
    "base64 for addresses": (lambda p: base64.urlsafe_b64encode(b"\x80\x04C\x04\xff\xef\xbf\xfb0" + run(p)), (ASKS,)),
    "base64 that is plain for addresses, and not for others": (addressed, (ASKS,)),
    "base64 of a gzip stream": (lambda p: base64.b64encode(gzip.compress(run(p))), (ASKS, BROKEN)),
    "a gzip stream that is cut": (lambda p: gzip.compress(run(p) + b"x" * 99)[:-6], (ASKS,)),
    "a gzip stream with a wrong sum": (lambda p: gzip.compress(run(p))[:-8] + b"12345678", (ASKS,)),
    "an xz stream that is cut": (lambda p: lzma.compress(run(p) + bytes(range(256)) * 90)[:-30], (ASKS, BROKEN)),
    "a stream that is cut": (lambda p: run(p)[:-1], (ASKS,)),
    "a name with a carriage return": (lambda _: b"cos\rsystem\nx\n)R.", (ASKS, BROKEN)),
    "a name that a terminal obeys": (lambda _: s("os\x1b[2J") + s(EVIL) + b"\x93)R.", (ASKS,)),
    "a name with letters that look alike": (lambda _: b"\x80\x04" + s("\u043es") + s("system") + b"\x93" + s("x") + b"\x85R.", (ASKS,)),
    "an old id that a terminal obeys": (lambda _: b"P" + SHIFT.encode() + b"\n.", (ASKS,)),
    "behind a long text": (lambda p: b"X" + struct.pack("<I", 20_000) + b"a" * 20_000 + b"0" + run(p), (ASKS,)),
    "behind a long line": (lambda p: b"V" + b"a" * 20_000 + b"\n0" + run(p), (ASKS,)),
    **{f"behind {line!r}": (behind(line), (ASKS,)) for line in ODD},
    "a tar whose name is a pickle": (lambda p: headed(b"\x80\x04" + run(p)), (ASKS,)),
    "a zstd frame that is skipped, and a text": (lambda p: b"U*M\x18" + struct.pack("<I", 383) + (b"x" * 36 + b"0" + run(p)).ljust(383), (ASKS,)),
    "a tar with a type that nobody knows": (lambda p: headed(b"a.pkl", b"Z", run(p)), (ASKS,)),
    "a tar with a file that is sparse": (lambda p: headed(b"a.pkl", b"S", run(p)), (ASKS, BROKEN)),
    "xz, then lzma": (lambda p: lzma.compress(GOOD) + lzma.compress(run(p), lzma.FORMAT_ALONE), (ASKS,)),
    "PyTorch, where storages lie, of objects": (lambda p: torch_zip(GOOD, ("m/data/0", npy(OBJECTS, run(p)))), (ASKS,)),
    "PyTorch, where storages lie, a pickle": (lambda p: torch_zip(GOOD, ("m/data/0", b"\x80\x04" + run(p))), (ASKS,)),
    "PyTorch, where storages lie, a checkpoint": (lambda p: zipped(("m/archive_format", b"pt2"), ("m/data/weights/a.pt", torch_zip(run(p)))), (ASKS,)),
    "joblib, its class in an escape": (lambda p: hidden(p, b"K\x01\x85", name=b"Vjoblib.numpy\\u005fpickle\n" + s("NumpyArrayWrapper") + b"\x93"), (ASKS,)),
    "joblib, its class by way of a module": (lambda p: hidden(p, b"K\x01\x85", name=s("joblib") + s("numpy_pickle.NumpyArrayWrapper") + b"\x93"), (ASKS,)),
    "joblib, a second shape in an escape": (lambda p: hidden(p, more=b"Vsh\\u0061pe\nK\x01\x85"), (ASKS,)),
    "joblib, a second shape behind many attributes": (lambda p: hidden(p, more=b"".join(s(f"k{n}") + b"N" for n in range(1_100)) + s("shape") + b"K\x01\x85"), (ASKS, BROKEN)),
    "joblib, a padding behind many attributes": (lambda p: hidden(p, b"K\x01\x85", b"".join(s(f"k{n}") + b"N" for n in range(1_100)) + s("numpy_array_alignment_bytes") + b"K\x10", b"\x08" + b"\0" * 8), (ASKS, BROKEN)),
    "joblib, a shape from an odd place of the memo": (lambda p: b"\x80\x04K\x01\x85p10\n0K\x20\x85p1_1\n0" + hidden(p, b"g10\n", s("shape") + b"g1_0\n")[2:], (ASKS,)),
    "joblib, a text that is shorter by its state": (lambda p: hidden(p, state=("S8", b"NNN", 1, 0)), (ASKS, BROKEN)),
    "joblib, fields that reach beyond their dtype": (lambda p: hidden(p, state=("V8", b"N" + FIELD, 1, 0)), (ASKS, BROKEN)),
    "joblib, objects by a flag": (lambda p: b"\x80\x04]" + wrapper(b"K\x01\x85") + b"\0" * 8 + b"a" + hidden(p, state=("V8", b"N" + FIELD, 8, 63))[3:], (ASKS, BROKEN)),
    "joblib, opcodes behind a long text in an array": (lambda p: b"\x80\x04]" + wrapper(b"M\x20\x10\x85") + (b"X" + struct.pack("<I", 20_000) + b"a" * 20_000 + b"0" + run(p)).ljust(0x8100) + b"a.", (ASKS,)),
    # what runs nothing, and lies, or costs
    "a text that a terminal obeys": (lambda _: pickle.dumps({EVIL: [EVIL, EVIL.encode("utf-8", "replace")]}), (PLAIN,)),
    "a pickle as bytes in a pickle": (lambda p: pickle.dumps({"inner": run(p)}), (PLAIN,)),
    "gzip with a name that a terminal obeys": (lambda _: b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + EVIL.encode() + b"\0" + gzip.compress(GOOD)[10:], (PLAIN,)),
    "a tar with names that a terminal obeys": (lambda _: tarred((EVIL + "a.pkl", GOOD), (SHIFT + "b.pkl", GOOD)), (PLAIN,)),
    "a dtype that takes bytes for objects": (lambda _: r(g("numpy", "dtype"), s("V8")) + b"(K\x03" + s("|") + b"N" + FIELD.replace(s("f8"), s("O8")) + b"K\x08K\1K\0tb.", (BROKEN,)),
    "a dtype with a field beyond it": (lambda _: r(g("numpy", "dtype"), s("V8")) + b"(K\x03" + s("|") + b"N" + FIELD.replace(s("f8"), s("S90")) + b"K\x08K\1K\0tb.", (BROKEN,)),
    "PyTorch, a storage that is short": (lambda _: torch_zip(tensor("0", 100, size=b"K\x64\x85"), ("m/data/0", b"\0" * 8)), (ASKS,)),
    "PyTorch, a storage that is not there": (lambda _: torch_zip(tensor("../0", 2)), (ASKS,)),
    "PyTorch, records that overlap": (lambda _: torch_overlap(), (ASKS, BROKEN)),
    "PyTorch, a tensor beyond all": (lambda _: torch_zip(tensor("0", 2, size=b"\x8a\x08" + b"\xff" * 7 + b"\x7f\x85"), ("m/data/0", b"\0" * 8)), (ASKS,)),
    "npy, a header that is code": (lambda p: npy(f"__import__('os').mkdir({p!r})", b""), (BROKEN,)),
    "npy, brackets in brackets": (lambda _: npy("(" * 60_000, b""), (BROKEN,)),
    "npy, a header of 4 GB": (lambda _: b"\x93NUMPY\x02\0\xff\xff\xff\xff{'descr'", (BROKEN,)),
    "npy, 2**62 items": (lambda _: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 9), }", b"\0" * 8), (BROKEN,)),
    "npy, a dtype of 10**9 bytes": (lambda _: npy("{'descr': '|S1000000000', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8), (BROKEN,)),
    "npz that is longer than it is": (lambda _: lying(), (BROKEN, PLAIN)),
    "npz of billion laughs": (lambda _: zipped(("x.npy", npy(OBJECTS, LAUGHS))), (PLAIN, BROKEN)),
    "billion laughs in a zip": (lambda _: zipped(("x.pkl", LAUGHS)), (PLAIN, BROKEN)),
    "joblib, wrappers in wrappers": (lambda _: b"\x80\x04" + wrapper(b"K\x01\x85") * 5_000 + b".", (PLAIN, BROKEN)),
    "a dumb index that is code": (dumb, (BROKEN,)),
    "SQLite, pages that go round": (lambda _: b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20" + b"\0" * 76 + b"\x05\0\0\0\x01\0\0\0\0\0\0\x01" * 300, (BROKEN,)),
    "a gzip bomb": (lambda _: deflated(20_000), (BROKEN,)),
    "a gzip bomb in a gzip bomb": (lambda _: gzip.compress(deflated(4_000)), (BROKEN,)),
    "a bz2 bomb": (lambda _: repeated(bz2.compress, 32_000), (BROKEN,)),
    "an xz bomb": (lambda _: repeated(lambda data: lzma.compress(data, preset=0), 16_000), (BROKEN,)),
    "an xz bomb in a tar": (lambda _: tarred(("a.xz", repeated(lambda data: lzma.compress(data, preset=0), 8_000))), (BROKEN,)),
    "a bomb in base64": (lambda _: base64.b64encode(deflated(4_000)), (BROKEN,)),
    "a bomb behind a pickle's head": (lambda _: gzip.compress(b"\x80\x04B\xff\xff\xff\x7f" + b"\0" * (32 << 20), 1), (BROKEN,)),
    "a zip whose entries overlap": (lambda _: overlapped(5_000, b"\0" * (16 << 20)), (BROKEN,)),
    "a zip of a million entries": (lambda _: overlapped(1_000_000, GOOD), (PLAIN, BROKEN)),
    "a hundred gzip streams in each other": (lambda p: nested(run(p), 100), (ASKS, BROKEN)),
    "zips in each other": (lambda _: packs(30), (BROKEN,)),
    "a tar of 15,000 entries": (lambda _: tarred(("a.pkl", GOOD))[:1024] * 15_000, (PLAIN, BROKEN)),
    "a tar with a size below nothing": (lambda _: resized(b"\xff" * 12), (BROKEN,)),
    "a tar with a size of 2**60": (lambda _: resized(b"\x80\0\0\0" + struct.pack(">Q", 1 << 60)), (BROKEN,)),
    "a memo number of 2**27, packed": (lambda _: gzip.compress(b"Np134217728\n."), (BROKEN,)),
    "tuples as key, in a zip": (lambda _: zipped(("a.pkl", b"}K\x01" + b"2\x86" * 45 + b"Ns.")), (BROKEN,)),
    "a Git LFS pointer": (lfs, (BROKEN,)),
    "safetensors": (lambda _: struct.pack("<Q", 70) + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(70) + b"\0" * 4, (BROKEN,)),
    "safetensors with a header of 2**60": (lambda _: struct.pack("<Q", 1 << 60) + b'{"a":', (BROKEN,)),
    "HTML": (lambda _: b"<!DOCTYPE html><title>404</title>", (BROKEN,)),
    "JSON in JSON in JSON": (lambda _: b"[" * 100_000, (BROKEN,)),
    "nothing": (lambda _: b"", (BROKEN,)),
    "a text that begins like a pickle": (lambda _: b"(see the other file.\n", (BROKEN,)),
}  # fmt: skip


def twice(one: bytes, two: bytes) -> bytes:
    """A zip with two entries of one name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.pkl", one)
        archive.NameToInfo.clear()
        archive.writestr("a.pkl", two)
    return made.getvalue()


def commented(data: bytes) -> bytes:
    """A zip whose comment is another one, with a directory of its own."""
    made = io.BytesIO(zipped(("a.pkl", GOOD)))
    with zipfile.ZipFile(made, "a") as archive:
        archive.comment = zipped(("b.pkl", data))
    return made.getvalue()


def locked(data: bytes) -> bytes:
    """A zip whose entry is said to be encrypted, and is not."""
    made = bytearray(zipped(("a.pkl", data)))
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def lying() -> bytes:
    """An npz whose directory says that an entry is longer."""
    made = bytearray(zipped(("x.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8))))
    struct.pack_into("<II", made, made.index(b"PK\x01\x02") + 20, 1 << 30, 1 << 30)
    return bytes(made)


def torch_overlap() -> bytes:
    """A checkpoint of which two storages are said to begin at one place, within another record."""
    made = bytearray(torch_zip(tensor("0", 2), ("m/data/0", b"\0" * 64), ("m/data/1", b"\0" * 64)))
    entries = [at for at in range(len(made)) if made[at : at + 4] == b"PK\x01\x02"]
    made[entries[2] + 42 : entries[2] + 46] = made[entries[1] + 42 : entries[1] + 46]
    return bytes(made)


def packs(times: int) -> bytes:
    """Zips in each other, ten a level as far as they go."""
    data = zipped(("a", b"\0" * 1000), method=zipfile.ZIP_DEFLATED)
    for _ in range(times):
        data = zipped(*((str(n), data) for n in range(2)), method=zipfile.ZIP_DEFLATED)
    return data


def resized(size: bytes) -> bytes:
    """A tar whose first entry says another size."""
    made = bytearray(tarred(("a.pkl", GOOD)))
    made[124:136] = size
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made[:512])
    return bytes(made)
