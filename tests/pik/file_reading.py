"""`load` against C's `load` of the Python that this is started with: the same values, the same places in the file.

`python file_reading.py COUNT` prints the differences and how many streams were compared. The tests start it under each Python.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import tempfile
from collections.abc import Callable
from random import Random
from typing import Any

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class _Only:
    """A file with nothing but what C must have."""

    def __init__(self, data: bytes, *more: str) -> None:
        self._file = io.BufferedReader(io.BytesIO(data), 64) if "peek" in more else io.BytesIO(data)
        for name in ("read", "readline", *more):
            setattr(self, name, getattr(self._file, name))
        self.tell = self._file.tell


def _real(data: bytes) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the reader closes it
    file.write(data)
    file.seek(0)
    return file


KINDS: dict[str, Callable[[bytes], Any]] = {
    "BytesIO": io.BytesIO,
    "buffered": lambda data: io.BufferedReader(io.BytesIO(data)),
    "small buffer": lambda data: io.BufferedReader(io.BytesIO(data), 16),
    "a file": _real,
    "read and readline": _Only,
    "no readinto": lambda data: _Only(data, "peek"),
    "no peek": lambda data: _Only(data, "readinto"),
}


def _frame(length: int) -> bytes:
    return b"\x95" + struct.pack("<Q", length)


#: Streams in which frames end where they should not; each is followed by another stream.
CROSSED = [
    b"\x80\x04" + _frame(6) + b"\x8c\x05hello.",
    b"\x80\x04" + _frame(4) + b"\x8c\x05hello.",
    b"\x80\x04" + _frame(2) + b"Vab\n.",
    b"\x80\x04" + _frame(3) + b"NNVhidden\n.\nVshown\n.",
    b"\x80\x04" + _frame(100) + b"K\x01." + b"x" * 97,
    b"\x80\x04" + _frame(5) + b"K\x01.",
    b"\x80\x04" + _frame(3) + b"B\x04\0\0\0abcd.",
    b"\x80\x04" + _frame(7) + b"B\x04\0\0\0abcd.",
    b"\x80\x04" + _frame(12) + _frame(2) + b"K\x01.",
    b"\x80\x04" + _frame(9) + _frame(3) + b"K\x01.",
    b"\x80\x04" + _frame(1) + b"K\x01K\x02.",
    b"\x80\x04" + _frame(2) + b"I12\n34\n.",
    b"\x80\x04" + _frame(0) + b"N.",
    b"\x80\x04" + _frame(4) + b"\x8c\x02abNN.",
    b"\x80\x05" + _frame(4) + b"\x96\x04\0\0\0\0\0\0\0abcd.",
]
PLAIN = [
    b"N.",
    b"",
    b"I1\n.",
    b"X\x05\0\0\0abc",
    b"(I1\nI2\n",
    b"\xff",
    b"V",
    b"C\x05abcde.",
    b"\x8e\x02\0\0\0\0\0\0\0ab.",
]


def _read(load: Callable[[Any], Any], file: Any) -> list[Any]:
    """Load what there is, up to five pickles: values and places, or the error's kind."""
    from tests.pik import streams

    found: list[Any] = []
    for _ in range(5):
        try:
            found.append((streams.portrait(load(file)), file.tell()))
        except Exception as error:
            found.append({kind.__name__ for kind in type(error).__mro__ if kind.__module__ in ("builtins", "_pickle")})
            break
    return found


def _alike(ours: list[Any], theirs: list[Any]) -> bool:
    """Tell whether all is the same; an error of ours may be of more kinds than C's, not of fewer."""
    if type(theirs[-1]) is set and type(ours[-1]) is set:
        return ours[:-1] == theirs[:-1] and theirs[-1] <= ours[-1]
    return ours == theirs


def differences(data: bytes) -> list[str]:
    """Tell where `load` and C's part, for each kind of file."""
    from histshell.pik import EVERYTHING, load

    found = []
    for kind, make in KINDS.items():
        ours, theirs = _read(lambda file: load(file, trust=EVERYTHING), make(data)), _read(pickle.load, make(data))
        if not _alike(ours, theirs):
            found.append(f"{kind}: {data[:80]!r}: C {theirs}, ours {ours}")
    return found


def main(count: int) -> int:
    """Compare, and print what differs."""
    sys.path.insert(0, ROOT)
    from histshell.pik.versions import FRAMED_LINES
    from tests.pik import streams

    tried = [first + second for first in [*CROSSED, *PLAIN] for second in (b"N.", b"\x80\x04K\x07.", b"")]
    tried += [pickle.dumps("x" * 200_000) + pickle.dumps([b"y" * 70_000, bytearray(b"z" * 90_000)], 5) + b"I1\n."]
    tried += [b"".join(pickle.dumps(list(range(n)), n % 6) for n in range(5))]
    for seed in range(count):
        rng = Random(seed)
        stream = pickle.dumps([streams.value(rng) for _ in range(rng.randrange(4))], rng.randrange(6))
        if seed % 3 == 1:  # a frame of another length
            stream = b"\x80\x04" + _frame(rng.randrange(len(stream) + 3)) + pickle.dumps(streams.value(rng), 2)[2:]
        elif seed % 3 == 2 and not FRAMED_LINES:
            stream = streams.mutated(rng, stream)
        tried.append(stream + pickle.dumps(seed, 0) + b"N.")
    found = [one for stream in tried for one in differences(stream)]
    print(*found[:20], sep="\n")
    print(f"{len(tried)} streams")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
