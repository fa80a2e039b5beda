"""What is forgotten is gone from every file, and does not come back; all else stays."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from histshell.journal import forgetting, inputs_file, place, reader, selecting
from histshell.journal.file import AppendFile
from tests.journal.written import ROOT, Written, holds, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the journals of a home."""
    return tmp_path / ".local" / "state" / "histshell" / "journal"


def forget(folder: Path, *words: str, session: str = "", before: float | None = None) -> list[selecting.Gone]:
    """Forget what is wanted; return the inputs."""
    found, gone = selecting.select(str(folder), selecting.ToSelect(words, session, before))
    assert forgetting.carry_out(str(folder), found) == []
    return gone


def sources(path: Path) -> list[str]:
    """The inputs that are left."""
    return [one.source for log in reader.read(str(path)) for one in log.inputs]


@pytest.mark.parametrize(
    "where",
    [
        ("x = 'plumTREE'", [], "", b""),
        ("x", ["'a plumtree, and more'"], "", b""),
        ("x", [], "no such Plumtree", b""),
        ("x", ["'cut…'"], "", b"\x80\x05\x8c\x0ca PlumTree !\x94."),
        ("x", ["b'cut…'"], "", b"\x80\x05C\x10" + "PlumTree".encode("utf-16-le") + b"."),
        ("x", ["array('cut…')"], "", b"\x80\x05C\x20" + "PLUMtree".encode("utf-32-be") + b"."),
    ],
    ids=["source", "preview", "message", "value", "value in UTF-16", "value in UTF-32"],
)
def test_an_input_goes_wherever_the_text_is(folder: Path, where: tuple[str, list[str], str, bytes]) -> None:
    """With its outcome and its values; upper and lower case are alike, and the other inputs stay."""
    source, previews, error, value = where
    one = Written(folder)
    one.input("first = 1", "'one'", value=b"VALUE-1")
    seq = one.input(source, *previews, error=error, value=value)
    one.input("last = 3", "'three'", value=b"VALUE-3")
    gone = forget(folder, "plumtree")
    assert [item.seq for item in gone] == [seq]
    assert sources(one.path) == ["first = 1", "last = 3"]
    assert not re.search(b"(?i)plumtree", one.path.read_bytes() + one.values.read_bytes())
    for log in reader.read(str(one.path)):
        for item in log.inputs:
            at, size = item.results[0].value or (0, 0)
            assert one.values.read_bytes()[at : at + size] in (b"VALUE-1", b"VALUE-3")


def test_all_words_must_occur(folder: Path) -> None:
    """In one input, in any order, also in its preview."""
    one = Written(folder)
    one.input("alpha beta")
    one.input("beta", "'ALPHA'")
    one.input("alpha")
    assert len(forget(folder, "beta", "alpha")) == 2
    assert sources(one.path) == ["alpha"]


def test_text_that_is_no_ascii_is_found(folder: Path) -> None:
    """However JSON writes it."""
    one = Written(folder)
    one.input("x = 'Straße \\u00dcber \\n'")
    one.input("y = 'Zürich'")
    assert len(forget(folder, "zÜRICH")) == 1
    assert len(sources(one.path)) == 1


def test_a_session_goes_whole(folder: Path) -> None:
    """Its journal and its values are removed, and what was damaged with them; other sessions stay."""
    one, other = Written(folder), Written(folder, name="other-1")
    one.input("x = 1", "'value'", value=b"VALUE")
    one.put(b"damaged line\n")
    other.input("y = 1")
    forget(folder, session=one.id)
    assert not one.path.exists()
    assert not one.values.exists()
    assert sources(other.path) == ["y = 1"]


def test_a_session_of_a_file_of_many_goes(folder: Path) -> None:
    """An import is one file; what is left of it stays."""
    one = Written(folder)
    one.input("x = 1")
    one.put(b'{"kind": "session", "seq": 0, "v": 1, "id": "second-1", "when": 5}\n')
    one.put(b'{"kind": "whole", "seq": 1, "when": 5, "source": "y = 2"}\n')
    forget(folder, session="second-1")
    assert sources(one.path) == ["x = 1"]
    assert b"second-1" not in one.path.read_bytes()


def test_what_is_older_goes(folder: Path) -> None:
    """By the time of each input; a session of which nothing is left goes whole."""
    old, new = Written(folder, when=1_000.0), Written(folder, when=2_000_000.0)
    old.input("a = 1")
    new.input("b = 1")
    new.input("c = 1")
    forget(folder, before=2_000_100.0)
    assert not old.path.exists()
    assert sources(new.path) == ["c = 1"]


def test_the_note_has_numbers_and_no_text(folder: Path) -> None:
    """Session and records, and nothing that is made of what was forgotten."""
    one = Written(folder)
    one.input("keep")
    one.input("plumtree = 7")
    forget(folder, "plumtree")
    (note,) = folder.glob("*" + place.FORGOTTEN)
    assert json.loads(note.read_text()) == {"v": 1, "records": {one.id: [[3, 4]]}}
    assert forgetting.forgotten(str(folder)) == {one.id: {3, 4}}
    assert note.stat().st_mode & 0o777 == one.path.stat().st_mode & 0o777 == 0o600


def test_a_copy_that_comes_back_is_rewritten(folder: Path) -> None:
    """By a sync, say; what was typed again later is a new record, and stays."""
    one = Written(folder)
    one.input("plumtree", "'plumtree'", value=b"PLUMTREE")
    journal, values = one.path.read_bytes(), one.values.read_bytes()
    forget(folder, "plumtree")
    one.path.write_bytes(journal)
    one.values.write_bytes(values)
    one.input("plumtree")
    assert forgetting.clean(str(folder)) == 1
    assert sources(one.path) == ["plumtree"]
    assert b"PLUMTREE" not in one.values.read_bytes()
    assert forgetting.clean(str(folder)) == 0


@pytest.mark.parametrize(
    "note",
    [
        b"", b"[]", b"{", b'{"records": 3}', b'{"records": {"../x": [[0, 9]]}}',
        b'{"records": {"a": [[0, 1e9], [3], "x", [2, 1], [-1, 4]]}}',
        b'{"records": {"a": [[0, 999999999999]]}}', b"\xff" * 100, b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_note_that_is_wrong_says_nothing(folder: Path, note: bytes) -> None:
    """Whoever wrote it: nothing is raised, and no record is left out for it."""
    folder.mkdir(parents=True)
    (folder / ("x" + place.FORGOTTEN)).write_bytes(note)
    assert not any(forgetting.forgotten(str(folder)).values())


def test_damaged_lines_with_the_text_go(folder: Path) -> None:
    """A line that is no record may hold it; other damage stays as it is, and so does what is not known."""
    one = Written(folder)
    one.put(b'{"kind": "input", "seq": 7, "source": "PlumTree\n{"other": damage}\n{"kind": "new", "seq": 8, "x": 1}\n')
    one.input("plumtree")
    forget(folder, "plumtree")
    assert b'{"other": damage}\n{"kind": "new", "seq": 8, "x": 1}\n' in one.path.read_bytes()
    assert b"lumtree" not in one.path.read_bytes().lower()


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """What stands in a journal's place and is none is left alone."""
    one = Written(folder)
    one.input("plumtree")
    outside = tmp_path / "outside.jsonl"
    outside.write_bytes(one.path.read_bytes())
    os.replace(outside, tmp_path / "moved")
    (folder / "link.jsonl").symlink_to(tmp_path / "moved")
    (folder / "folder.jsonl").mkdir()
    os.mkfifo(folder / "pipe.jsonl")
    forget(folder, "plumtree")
    assert b"plumtree" in (tmp_path / "moved").read_bytes()


def test_an_open_session_goes_on_in_the_new_file(folder: Path) -> None:
    """Its next record is written there, and a record that it wrote while the file was rewritten is taken over."""
    one = Written(folder)
    one.input("plumtree")
    file = AppendFile(str(one.path), lambda: None)
    assert file.append(b'{"kind": "whole", "seq": 3, "source": "a"}\n')
    stays = forgetting._stays

    def slow(*arguments: object) -> bool:
        if not late:
            late.append(1)
            assert file.append(b'{"kind": "whole", "seq": 4, "source": "b"}\n')  # it is copied, or taken over
        return stays(*arguments)  # type: ignore[arg-type]

    late: list[int] = []
    pytest.MonkeyPatch().setattr(forgetting, "_stays", slow)
    try:
        forget(folder, "plumtree")
    finally:
        forgetting._stays = stays
    assert file.append(b'{"kind": "whole", "seq": 5, "source": "c"}\n')
    assert sources(one.path) == ["a", "b", "c"]


_WRITES = """
import sys
sys.path.insert(0, sys.argv[2])
from histshell.journal.file import AppendFile
file = AppendFile(sys.argv[1], lambda: None)
for seq in range(100, 3100):
    assert file.append(b'{"kind": "whole", "seq": %d, "source": "live %d"}\\n' % (seq, seq))
"""


def test_nothing_is_lost_of_a_session_that_writes_meanwhile(folder: Path) -> None:
    """Its journal is rewritten again and again under it."""
    one = Written(folder)
    writer = subprocess.Popen([sys.executable, "-c", _WRITES, str(one.path), str(ROOT)])
    for number in range(20):
        one.input(f"plumtree {number}")  # a writer of its own, but appending is safe here
        forget(folder, "plumtree")
    assert writer.wait(60) == 0
    forget(folder, "plumtree")
    assert set(sources(one.path)) == {f"live {seq}" for seq in range(100, 3100)}


_FORGETS = """
import sys
sys.path.insert(0, sys.argv[2])
from histshell.journal import forgetting, selecting
print("begun", flush=True)
found, _ = selecting.select(sys.argv[1], selecting.ToSelect(("plumtree",)))
forgetting.carry_out(sys.argv[1], found)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_whole_files(folder: Path) -> None:
    """Each journal is the old one or the new one; the next time does the rest, and nothing half written stays."""
    journals = [Written(folder, name=f"session-{number}") for number in range(4)]
    texts = [f"keep {number}" for number in range(300)]
    for one in journals:
        for text in texts:
            one.put(json.dumps({"kind": "whole", "seq": one.seq + 1, "source": text}).encode() + b"\n")
            one.seq += 1
        one.input("plumtree", "'x'", value=b"PLUMTREE")
    copies = {path: path.read_bytes() for path in folder.iterdir()}
    for delay in range(12):
        for path, data in copies.items():
            path.write_bytes(data)
        process = subprocess.Popen([sys.executable, "-c", _FORGETS, str(folder), str(ROOT)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay * 0.006)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for one in journals:
            assert [text for text in sources(one.path) if text != "plumtree"] == texts
    forgetting.clean(str(folder))
    forget(folder, "plumtree")
    assert not holds(folder, "plumtree")
    assert not holds(folder, "PLUMTREE")
    assert not list(folder.glob("*" + forgetting.NEW))


def test_what_a_killed_process_left_is_removed(folder: Path) -> None:
    """But not what one is writing now, here or on another machine."""
    Written(folder)
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    here = forgetting._machine()
    left = folder / f"x.jsonl.{here}.{process.pid}{forgetting.NEW}"
    mine, other, old = (
        folder / f"{name}{forgetting.NEW}" for name in (f"x.{here}.{os.getpid()}", "y.else-where.1", "z.else.1")
    )
    for path in (left, mine, other, old):
        path.write_bytes(b"plumtree")
    os.utime(old, (1, 1))
    assert set(forgetting.stale(str(folder))) == {str(left), str(old)}
    forgetting.clean(str(folder))
    assert {path.name for path in folder.glob("*" + forgetting.NEW)} == {mine.name, other.name}
    assert socket.gethostname()


# ------------------------------------------------------------------ the command


def test_the_command_shows_asks_and_forgets(folder: Path, tmp_path: Path) -> None:
    """Nothing is changed before a y or --yes; then the bytes are gone from every file of ours, the rich prompt's too."""
    one = Written(folder)
    one.input("plumtree = '\x1b[31m'", "'plumtree'", value=b"plumtree")
    one.input("other = 1")
    inputs = tmp_path / ".local" / "share" / "histshell" / "inputs"
    inputs.parent.mkdir(parents=True)
    inputs.write_text("\n# 2026-01-01\n+x = 'plumtree'\n+y\n\n# 2026-01-02\n+z = 1\n")
    shown = run(tmp_path, "forget", "PlumTree")
    assert shown.returncode == 1
    assert "nobody to ask" in shown.stderr
    assert "1 input of 1 session with 1 saved value; 1 input in the rich prompt's own file." in shown.stdout
    assert "\x1b" not in shown.stdout
    assert holds(tmp_path, "plumtree")
    done = run(tmp_path, "forget", "PlumTree", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Done.\n")
    assert not holds(tmp_path, "plumtree")
    assert sources(one.path) == ["other = 1"]
    assert inputs.read_text() == "\n# 2026-01-02\n+z = 1\n"
    nothing = run(tmp_path, "forget", "PlumTree", "--yes")
    assert (nothing.returncode, nothing.stdout) == (1, "No input found.\n")


def test_the_command_says_what_it_wants(tmp_path: Path) -> None:
    """Nothing is never everything."""
    for words in ([], ["  "], ["--before", "some day"]):
        assert run(tmp_path, "forget", *words, "--yes").returncode == 2


def test_the_command_forgets_what_is_old(folder: Path, tmp_path: Path) -> None:
    """And a session by its name."""
    one, two = Written(folder), Written(folder, when=time.time() - 1000)
    one.input("plumtree")
    two.input("new = 1")
    assert run(tmp_path, "forget", "--before", "3d", "--yes").returncode == 0
    assert not one.path.exists()
    assert "no session 'x'" in run(tmp_path, "forget", "--session", "x", "--yes").stderr
    assert run(tmp_path, "forget", "--session", two.id[:-3], "--yes").returncode == 0
    assert not two.path.exists()


def test_a_journal_that_cannot_be_rewritten_is_told(folder: Path, tmp_path: Path) -> None:
    """Where no note can be written nothing is changed, and one line says so."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    one = Written(folder)
    one.input("plumtree")
    folder.chmod(0o500)
    try:
        done = run(tmp_path, "forget", "plumtree", "--yes")
    finally:
        folder.chmod(0o700)
    assert done.returncode == 1
    assert "nothing was forgotten" in done.stderr


def test_inputs_of_the_rich_prompt_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks, blank lines within them, and what is damaged."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = Path(inputs_file.path())
    path.parent.mkdir(parents=True)
    path.write_text("stray\n# a\n+one\n+\n+two\n# b\n+three\n\n# c\n+four\n")
    assert inputs_file.count(lambda text: text == "one\n\ntwo") == 1
    assert inputs_file.forget(lambda text: "two" in text or text == "four") == 2
    assert "three" in path.read_text()
    assert "one" not in path.read_text()
    assert inputs_file.forget(lambda text: "two" in text) == 0
