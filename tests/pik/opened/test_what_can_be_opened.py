"""What `pik.open` takes, and what it says of the rest: an error of Pik's, and of the type that Python's own `open` or C raises."""

from __future__ import annotations

import array
import gzip
import io
import os
import pickle
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from histshell import pik

DATA = pickle.dumps([1, [2]])
pytestmark = pytest.mark.usefixtures("here")


class Reads:
    """A file object that gives what it is told to, once."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def read(self, _size: int) -> Any:
        """Give it."""
        given, self.given = self.given, b""
        if isinstance(given, Exception):
            raise given
        return given


class Named(os.PathLike[Any]):
    """A path that is none."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def __fspath__(self) -> Any:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


WRONG: list[tuple[Any, type[Exception], str]] = [
    (5, TypeError, "a path, bytes or a binary file is expected, not int"),
    (None, TypeError, "not NoneType"), (1.5, TypeError, "not float"), ([DATA], TypeError, "not list"), (int, TypeError, "not type"),
    (Named(5), TypeError, "not Named"), (Named(ValueError("bad")), ValueError, "bad"),
    ("nosuch", FileNotFoundError, "No such file or directory"), ("", FileNotFoundError, "No such file"),
    ("a\0b", ValueError, "cannot be a file's name"), ("\ud800", ValueError, "cannot be a file's name"),
    ("folder", IsADirectoryError, "a folder, not a file"), ("file/x", NotADirectoryError, "Not a directory"),
    ("dangling", FileNotFoundError, "No such file"), ("loop", OSError, "Too many levels of symbolic links"),
    ("x" * 5_000, OSError, "File name too long"),
    ("pipe", pik.PikError, "a pipe, not a file; what comes out of it can be given as standard input"),
    ("socket", OSError, "a socket, not a file"), ("/dev/zero", pik.PikError, "a device, not a file"),
    (io.StringIO("N."), TypeError, "a binary file is needed"), (Reads(None), TypeError, "a binary file is needed"),
    (Reads("N."), TypeError, "a binary file is needed"), (Reads(ZeroDivisionError("x\x1b")), ZeroDivisionError, "x\\\\x1b"),
]  # fmt: skip


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a file, and with much that is none."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(DATA)
    Path("folder").mkdir()
    Path("dangling").symlink_to("nowhere")
    Path("loop").symlink_to("loop")
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")


@pytest.mark.parametrize(("what", "kind", "said"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_opened_is_an_error_of_both_kinds(what: Any, kind: type[Exception], said: str) -> None:
    """`except PikError` and what one would write around Python's `open` both catch it, at once; it says why in a sentence."""
    with pytest.raises(pik.PikError, match=said) as caught:
        pik.open(what)
    assert isinstance(caught.value, kind)
    assert str(caught.value).isprintable()
    if isinstance(what, str) and what.isprintable():
        assert str(caught.value).startswith((what or "''")[:100])
        assert getattr(caught.value, "filename", what) == what


def test_a_file_object_that_is_closed_or_that_writes() -> None:
    """What it raises itself; a file of Pik's that was closed is a ValueError, as any other."""
    with open("file", "rb") as file:
        pass
    with pytest.raises(pik.PikError, match="closed") as caught:
        pik.open(file)
    assert isinstance(caught.value, ValueError)
    with open("new", "wb") as new, pytest.raises(pik.PikError) as caught:
        pik.open(new)
    assert isinstance(caught.value, io.UnsupportedOperation)
    with pik.open("file") as opened:
        pass
    with pytest.raises(pik.PikError, match="is closed: open it again") as caught:
        opened.load()
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("limit", ["1", 1.5, True, -1])
def test_a_limit_is_a_number_of_bytes(limit: Any) -> None:
    """Anything else is said at once, and not when something is unpacked."""
    with pytest.raises(pik.PikError, match="limit: found") as caught:
        pik.open(DATA, limit=limit)
    assert isinstance(caught.value, ValueError if limit == -1 else TypeError)


OPTIONS: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"trust": 5}, TypeError), ({"trust": None}, TypeError), ({"trust": "os.system"}, ValueError), ({"buffers": 5}, TypeError),
    ({"on_refused": "x"}, ValueError), ({"limits": 5}, TypeError),
]  # fmt: skip


@pytest.mark.parametrize(("options", "kind"), OPTIONS, ids=range(len(OPTIONS)))
def test_wrong_options_are_errors_of_pik_too(options: dict[str, Any], kind: type[Exception]) -> None:
    """Of `loads`, `load` and a file that was opened alike."""
    for load in (
        pik.loads,
        lambda data, **more: pik.load(io.BytesIO(data), **more),
        lambda data, **more: pik.open(data).load(**more),
    ):
        for data in (DATA, pickle.dumps(list(range(1_000)))):  # by the machine, and by C
            with pytest.raises(pik.PikError) as caught:
                load(data, **options)
            assert isinstance(caught.value, kind)


@pytest.mark.parametrize(
    "what",
    [DATA, bytearray(DATA), memoryview(DATA), array.array("B", DATA), pickle.PickleBuffer(DATA), Reads(bytearray(DATA)),
     Named("file"), Named(b"file"), io.BytesIO(DATA)],
    ids=range(9),
)  # fmt: skip
def test_what_can_be_opened(what: Any) -> None:
    """Paths, any buffer, and what can be read."""
    with pik.open(what) as file:
        assert file.load() == [1, [2]]
        assert "list of 2" in repr(file.tree())


def test_a_file_that_can_be_read_once_is_shown_as_often_as_one_likes() -> None:
    """Also going in from what was shown, and from where a file stood when it was opened."""
    Path("packed").write_bytes(gzip.compress(DATA))
    with gzip.open("packed") as file:
        opened = pik.open(file)
        assert opened[1] == [2]
        shown = opened.tree(path="[1]")
        assert shown.names == []
        assert repr(shown.path("[1]")).splitlines()[1] == "[2]"
        assert opened.load() == [1, [2]]
    behind = io.BytesIO(b"xx" + DATA)
    behind.read(2)
    opened = pik.open(behind)
    behind.read()
    assert "list of 2" in repr(opened.tree())


def test_a_limit_holds_for_the_tree_too() -> None:
    """And for what is shown next."""
    opened = pik.open(gzip.compress(pickle.dumps(bytes(1000))), limit=100)
    shown = opened.tree()
    assert "not unpacked further" in repr(shown)
    assert "not unpacked further" in repr(shown.all())


def test_a_file_that_grows_is_read_as_it_was() -> None:
    """What is appended meanwhile is not of it."""
    with pik.open("file") as opened:
        with open("file", "ab") as file:
            file.write(b"cos\nsystem\n.")
        assert opened.names == []
        assert opened.load() == [1, [2]]
        assert len(opened.values) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="these files are Linux's")
def test_files_of_the_system_without_a_size_are_read_to_their_end() -> None:
    """It gives them a page at a time."""
    with pik.open("/proc/self/smaps") as opened:
        assert opened.kind == "text"
        assert int(repr(opened).split(" bytes")[0].rpartition(" ")[2].replace(",", "")) > 10_000
