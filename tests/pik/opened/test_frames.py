"""`load` is the running C's `load`, and lengths beyond memory end as in C: on each Python of this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from histshell.pik import disassemble
from histshell.pik.versions import FRAMED_LINES
from tests.pythons import EVERY, GUEST, found

CHECKS = Path(__file__).with_name("frame_checks.py")
PYTHONS = {
    ".".join(map(str, python.minor)): python.path
    for python in found()
    if python.implementation == "cpython" and python.minor >= GUEST[0]
}
SOME = PYTHONS if EVERY else {minor: path for minor, path in PYTHONS.items() if minor in ("3.10", "3.13", "3.15")}


@pytest.mark.parametrize("minor", SOME)
def test_frames_and_lengths_are_as_in_c(minor: str) -> None:
    """Values, exceptions, and the place where the file is left; what differs between `load` and `loads` is noted in the listing."""
    done = subprocess.run([str(SOME[minor]), CHECKS], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 1_500


@pytest.mark.skipif(FRAMED_LINES, reason="refused by this Python's C")
def test_the_listing_notes_what_load_would_lose() -> None:
    """An argument that crosses the end of its frame is read anew from a file; bytes are put together."""
    stream = b"\x80\x04\x95\x03\0\0\0\0\0\0\0X\x02\0\0\0ab."
    assert [line.opcode.name for line in disassemble(stream) if "load(file) reads other bytes" in line.note] == [
        "BINUNICODE"
    ]
    whole = b"\x80\x04\x95\x08\0\0\0\0\0\0\0X\x02\0\0\0ab."
    assert not any(line.note for line in disassemble(whole))
