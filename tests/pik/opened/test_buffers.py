"""Pickles of protocol 5 whose buffers are kept elsewhere: they are read on past each, and loaded where the buffers are given."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from histshell import pik
from histshell.cli import main
from tests.pik.dangers import g, r, s

BUFFER, READONLY = b"\x97", b"\x98"
FROMBUFFER = b"cnumpy._core.numeric\n_frombuffer\n(%scnumpy\ndtype\n(Vf8\nI0\nI1\ntRI2\nI3\n\x86VC\ntR"


def outside(value: Any) -> tuple[bytes, list[pickle.PickleBuffer]]:
    """Pickle a value with its buffers outside."""
    buffers: list[pickle.PickleBuffer] = []
    return pickle.dumps(value, 5, buffer_callback=buffers.append), buffers


def shown(path: Path, *options: str) -> tuple[int, str]:
    """Return status and output of the command."""
    done = CliRunner().invoke(main, ["pik", str(path), *options])
    return done.exit_code, done.output


def test_a_buffer_that_is_kept_elsewhere_has_its_place_in_the_tree(tmp_path: Path) -> None:
    """The file is not damaged: it is said that it wants buffers, and what takes them."""
    path = tmp_path / "it.pkl"
    path.write_bytes(outside({"a": pickle.PickleBuffer(b"ab"), "b": pickle.PickleBuffer(bytearray(3)), "c": [1]})[0])
    status, said = shown(path)
    assert status == 0
    assert "├ ['a']  buffer 0, kept elsewhere\n├ ['b']  buffer 1, kept elsewhere\n└ ['c']  [1]" in said
    assert "it wants 2 buffers that are not in the file: load(buffers=[…]) takes them, in their order" in said
    assert "too soon" not in said
    path.write_bytes(outside(pickle.PickleBuffer(b"ab"))[0])
    assert "it wants one buffer that is not in the file: load(buffers=[…]) takes it" in shown(path)[1]


def test_names_behind_a_buffer_are_told(tmp_path: Path) -> None:
    """With the buffers given, a loader would come to them."""
    path = tmp_path / "it.pkl"
    path.write_bytes(b"\x80\x05" + BUFFER + READONLY + b"0" + r(g("os", "system"), s("x")) + b".")
    status, said = shown(path)
    assert status == 1
    assert "os.system  function  ×1  runs a shell command" in said
    assert shown(tmp_path)[1].startswith("runs things")


def test_an_array_says_where_its_bytes_are(tmp_path: Path) -> None:
    """Shape and dtype are in the stream; the line that loads it takes buffers."""
    path = tmp_path / "it.pkl"
    path.write_bytes(b"\x80\x05" + FROMBUFFER % BUFFER + b".")
    status, said = shown(path)
    assert status == 0
    assert "ndarray (2, 3) float64  buffer 0, kept elsewhere" in said
    assert "'numpy.dtype'], buffers=buffers)" in said.replace("\n", "").replace(",  ]", "]")
    assert shown(path, "--path", "[0]")[1].count("buffer 0") == 0


def test_plain_data_of_a_buffer_stays_plain(tmp_path: Path) -> None:
    """A `bytearray` of one asks for nothing more than plain data."""
    path = tmp_path / "it.pkl"
    path.write_bytes(b"\x80\x05" + r(g("builtins", "bytearray"), BUFFER) + b".")
    assert shown(path)[0] == 0
    assert "bytearray" in shown(path)[1]


@pytest.mark.parametrize("stream", [READONLY + b".", b"N" + READONLY + b".", BUFFER + b"(" + READONLY + b"."])
def test_what_is_no_buffer_is_not_made_read_only(stream: bytes, tmp_path: Path) -> None:
    """It ends the stream, as in C."""
    path = tmp_path / "it.pkl"
    path.write_bytes(b"\x80\x05" + stream)
    status, said = shown(path)
    assert status == 2
    assert "READONLY_BUFFER at byte" in said


def test_an_open_file_is_loaded_with_buffers() -> None:
    """As `loads` takes them; several values take them one after another, and too few are what they are for C."""
    data, _ = outside([pickle.PickleBuffer(b"ab"), 1])
    with pik.open(data) as file:
        assert repr(file[0]) == "<buffer 0, kept elsewhere>"
        assert file[1] == 1
        assert file.load(buffers=[b"xy"]) == [b"xy", 1]
        with pytest.raises(pik.PikError, match="no \\*buffers\\* argument was given") as caught:
            file.load()
        assert isinstance(caught.value, pickle.UnpicklingError)
    with pik.open(data * 2) as file:
        assert file.load(buffers=[b"xy", b"z"]) == [[b"xy", 1], [b"z", 1]]
        with pytest.raises(pik.PikError, match="not enough out-of-band buffers"):
            file.load(buffers=[b"xy"])
