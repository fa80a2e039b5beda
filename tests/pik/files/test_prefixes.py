"""What a transfer, an editor or a shell makes of a pickle: it is found all the same, and what is wrong is said."""

from __future__ import annotations

import base64
import gzip
import io
import lzma
from pathlib import Path

import pytest
from click.testing import CliRunner

from histshell.cli import main
from tests.pik.files.making import ASKS, PLAIN, npy, opened, tarred, zipped

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 10\r\n\r\n"
OLD = b"(lp0\nI1\na."
BEFORE = {
    "a byte order mark": (b"\xef\xbb\xbf", "3 bytes, a byte order mark"),
    "a newline": (b"\n", "1 byte, white space"),
    "blank lines": (b"\r\n \r\n", "5 bytes, white space"),
    "an HTTP header": (HTTP, f"{len(HTTP)} bytes, an HTTP header"),
}


@pytest.mark.parametrize("data", [PLAIN, OLD, ASKS, gzip.compress(PLAIN), base64.b64encode(PLAIN * 3)], ids=range(5))
@pytest.mark.parametrize("before", BEFORE)
def test_a_pickle_behind_what_does_not_belong_to_it_is_found(before: str, data: bytes) -> None:
    """It is damage, since a loader stops there."""
    prefix, said = BEFORE[before]
    found = opened(prefix + data)
    alone = opened(data)
    if before in ("a newline", "blank lines") and alone.kind.startswith("base64"):
        assert (found.kind, found.damaged) == (alone.kind, [])  # white space belongs to it
        return
    assert (found.kind, found.like, list(found.pickles.values())) == (alone.kind, True, list(alone.pickles.values()))
    assert found.damaged == [f"byte 0: before it: {said}, at which a loader of pickles stops"]
    if alone.kind == "pickle":
        assert found.members[0].offset == len(prefix)


@pytest.mark.parametrize(
    "text", [b"hello\n", b"(see below).\nI am text.\n", b"cat\ndog\nmouse\n", b"{}", b"<html></html>", b"1.\n2.\n"]
)
@pytest.mark.parametrize("before", ["a byte order mark", "a newline", "blank lines"])
def test_a_text_is_none(before: str, text: bytes) -> None:
    """However it begins."""
    found = opened(BEFORE[before][0] + text)
    assert (found.like, found.pickles, found.damaged) == (False, {}, [])


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_looked_into(codec: str) -> None:
    """A Windows shell writes so what is printed; an address of data has base64 too."""
    found = opened(base64.b64encode(ASKS).decode().encode(codec))
    assert (found.kind, found.pickles, found.damaged) == ("UTF-16 > base64 > pickle", {"": ASKS}, [])
    assert opened(OLD.decode().encode(codec)).pickles == {"": OLD}
    assert not opened("hello world, this is text\n".encode(codec)).like
    found = opened(b"data:application/octet-stream;base64," + base64.b64encode(ASKS))
    assert (found.kind, found.pickles, found.damaged) == ("base64 > pickle", {"": ASKS}, [])


@pytest.mark.parametrize("text", [b'"%s"', b'"%s"\n', b"'%s'\n", b"b'%s'", b'b"%s"\r\n'])
def test_base64_in_quotes(text: bytes) -> None:
    """As Python or JSON writes it."""
    assert opened(text % base64.b64encode(PLAIN)).pickles == {"": PLAIN}


def test_what_was_written_as_text_is_named() -> None:
    """Its bytes are others, or lost; a lone byte is no text."""
    said = "pickle that was written as text, which it is not"
    assert opened(PLAIN.decode("latin-1").encode()).kind == said
    assert opened(PLAIN.decode("utf-8", "replace").encode()).kind == said
    assert opened(b"\x80").kind == opened(b"\xff" * 3).kind == "unknown"


def test_such_headers_in_one_another_are_bounded() -> None:
    """And so is what lies behind what lies behind."""
    for data in (HTTP * 3_000 + PLAIN, b"\xef\xbb\xbf\n" * 3_000 + PLAIN, b"data:;base64," * 2_000):
        found = opened(data)
        assert found.pickles == {}
        assert "no more are gone into" in " ".join(found.damaged)
    deep = opened((PLAIN + npy("'|O'", "(1,)", PLAIN)) * 2_000)
    assert "which are not looked into: there have been 30 such already" in " ".join(deep.damaged)
    assert len(deep.pickles) == 61


def test_archives_and_arrays_one_after_another() -> None:
    """As `tar -i` reads them, and as `np.save` writes them into an open file."""
    found = opened(tarred((b"a", PLAIN)) + tarred((b"b", ASKS)) + lzma.compress(b""))
    assert found.pickles == {"a": PLAIN, "b": ASKS}
    assert "after the end of the archive there are other bytes" in " ".join(found.odd)
    arrays = opened(npy("'|O'", "(1,)", PLAIN) * 40 + npy() + npy("'|O'", "(1,)", ASKS))
    assert [member.kind for member in arrays.members] == ["pickle"] * 40 + ["array", "pickle"]
    assert arrays.damaged + arrays.odd == []
    assert ASKS in arrays.data.values()


def test_an_archive_without_a_pickle_says_so(tmp_path: Path) -> None:
    """And not only by its exit status."""
    path = tmp_path / "it.zip"
    path.write_bytes(zipped())
    done = CliRunner().invoke(main, ["pik", str(path)])
    assert done.exit_code == 2
    assert "There is no pickle in it." in done.output
    assert io.StringIO(done.output).readline().startswith("it.zip   zip, 22 bytes, 0 values")
