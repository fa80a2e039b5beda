"""The writer, on real files: records, inputs within inputs, forks, interrupts, and files that change under it."""

from __future__ import annotations

import _thread
import errno
import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from histshell import history
from histshell.errors import NoSuchResult
from histshell.journal import about, file, mounts, outcome, place, reader, writer
from histshell.journal.file_format import Input, SessionLog


class Kept:
    """A journal in a folder of its own, and what a reader makes of it."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "histshell" / "journal"
        self.history = history.History()
        self.journal = writer.Journal(self.history, lambda: about.about("test"))

    def result(self, value: object, shown: str | None = None) -> None:
        """Record a result, displayed as that text."""
        history.record(self.history, value, time.time()).preview = shown

    def input(self, source: str, *values: object) -> None:
        """An input that has these results."""
        self.journal.accepted(source)
        for value in values:
            self.result(value, repr(value))
        self.journal.over()

    def logs(self) -> list[SessionLog]:
        """All sessions that are in the folder."""
        return [log for path in reader.files(str(self.folder)) for log in reader.read(path)]

    def inputs(self) -> list[Input]:
        """The inputs of the one session."""
        (log,) = self.logs()
        return log.inputs

    def sources(self) -> list[str]:
        """Their texts."""
        return [one.source for one in self.inputs()]

    @property
    def path(self) -> Path:
        """The file."""
        (path,) = self.folder.glob("*.jsonl")
        return path


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    """A journal that has not been told anything."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Kept(tmp_path / "state")
    yield made
    made.journal.close()


# -- records -----------------------------------------------------------------------------------------------------------


def test_nothing_is_there_before_the_first_input(kept: Kept) -> None:
    """Neither file nor folder; a session without an input says no goodbye."""
    kept.journal.over()
    kept.journal.goodbye()
    assert not kept.folder.exists()
    kept.journal.accepted("1")
    assert kept.folder.exists()


def test_an_input_is_there_before_it_runs(kept: Kept) -> None:
    """With its text and time, and without an outcome; the folder is the user's alone, and git leaves it out."""
    kept.journal.accepted("os._exit(1)")
    (one,) = kept.inputs()
    assert (one.source, one.outcome, one.seconds) == ("os._exit(1)", "", None)
    assert abs(one.when - time.time()) < 60
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert (kept.folder / ".gitignore").read_text() == "*\n"


def test_what_is_told_of_an_input_that_is_over(kept: Kept) -> None:
    """Results with number, type, preview and size; seconds; then the session's end."""
    kept.journal.accepted("40 + 2; 'a\\nb'")
    kept.result(42, "42")
    kept.result("a\nb")
    kept.journal.over()
    kept.journal.goodbye()
    (log,) = kept.logs()
    (one,) = log.inputs
    assert one.outcome == "ok"
    assert one.seconds is not None
    assert 0 <= one.seconds < 60
    assert [(r.number, r.type, r.preview) for r in one.results] == [
        (1, "builtins.int", "42"),
        (2, "builtins.str", "'a\\nb'"),
    ]
    assert one.results[0].bytes == sys.getsizeof(42)
    assert log.left
    session = log.session
    assert session.id == kept.journal.id == kept.path.stem
    assert (session.pid, session.author, session.shell, session.cwd) == (os.getpid(), "person", "test", os.getcwd())
    assert session.python == ".".join(map(str, sys.version_info[:3]))
    assert session.executable == sys.executable


class _Loud(Exception):
    """An exception whose text nobody may ask for."""

    def __str__(self) -> str:
        raise AssertionError("asked")

    __repr__ = __str__


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ValueError("no"), "ValueError", "no"),
        (KeyError("a"), "KeyError", "'a'"),
        (ValueError(), "ValueError", ""),
        (ValueError(1, "b"), "ValueError", "(1, 'b')"),
        (OSError(errno.ENOENT, "No such file", "x"), "FileNotFoundError", "[Errno 2] No such file: 'x'"),
        (SyntaxError("invalid syntax", ("<stdin>", 1, 4, "x +=")), "SyntaxError", "invalid syntax"),
        (SystemExit(3), "SystemExit", "3"),
        (NoSuchResult(9, 2), "histshell.errors.NoSuchResult", "result 9: results go from 1 to 2"),
        (SystemExit("no more"), "SystemExit", "no more"),
        (_Loud("quiet"), "tests.journal.test_writer._Loud", "quiet"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_is_told_of_an_exception(kept: Kept, error: BaseException, kind: str, message: str) -> None:
    """Its type, and its message as far as that is plain; nothing of it is run."""
    kept.journal.accepted("f()")
    kept.journal.over(error)
    (one,) = kept.inputs()
    assert (one.outcome, one.error) == ("failed", (kind, message))


def test_leaving_is_no_failure(kept: Kept) -> None:
    """`exit()` and `sys.exit(0)` are over as they should be."""
    for error in (SystemExit(), SystemExit(0)):
        kept.journal.accepted("exit()")
        kept.journal.over(error)
    assert [(one.outcome, one.error) for one in kept.inputs()] == [("ok", None)] * 2


def test_nothing_of_a_value_is_run(kept: Kept) -> None:
    """A value whose every method raises is told of by type and address."""

    class Meta(type):
        def __getattribute__(cls, name: str) -> Any:
            raise AssertionError(name)

    class Hostile(metaclass=Meta):
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(name)

    kept.journal.accepted("x")
    kept.result(Hostile())
    kept.journal.over()
    (result,) = kept.inputs()[0].results
    assert result.type.endswith("Hostile")
    assert result.bytes is None
    assert not kept.journal.trouble.line


def test_an_input_within_an_input_has_its_own_results(kept: Kept) -> None:
    """As in `code.interact()`: each result belongs to one input, and the outer one ends when it is over."""
    journal = kept.journal
    journal.accepted("run()")
    kept.result(1)
    journal.accepted("inner")
    kept.result(2)
    assert journal.runs() == 2
    journal.over()
    kept.result(3)
    journal.over()
    outer, inner = kept.inputs()
    assert [r.number for r in outer.results] == [1, 3]
    assert [r.number for r in inner.results] == [2]


def test_inputs_of_two_threads(kept: Kept) -> None:
    """Each thread's inputs end by themselves, and no record is cut by another's."""

    def work(name: str) -> None:
        for number in range(200):
            kept.journal.accepted(f"{name}{number}")
            kept.journal.over()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    inputs = kept.inputs()
    assert sorted(one.source for one in inputs) == sorted(f"{name}{number}" for name in "abcd" for number in range(200))
    assert {one.outcome for one in inputs} == {"ok"}


def test_no_more_results_than_can_be_read(kept: Kept) -> None:
    """A loop that displays for ever has one record of a bounded size."""
    kept.input("for i in range(5000): i", *range(5000))
    assert [r.number for r in kept.inputs()[0].results] == list(range(1, outcome.MOST_RESULTS + 1))
    kept.input("'next'", "next")
    assert [r.number for r in kept.inputs()[1].results] == [5001]


def test_results_that_are_taken_away(kept: Kept) -> None:
    """A history that is emptied, or shortened, in the middle of an input."""
    kept.input("1", 1)
    kept.journal.accepted("h[:] = []")
    kept.history[:] = []
    kept.journal.over()
    kept.history.__records__[:] = [None]
    list.append(kept.history, None)
    kept.input("2", 2)
    assert [[r.preview for r in one.results] for one in kept.inputs()][::2] == [["1"], ["2"]]


def test_what_was_no_input_is_not_read(kept: Kept) -> None:
    """A record may turn out to be one too many."""
    kept.journal.accepted("x += 1")
    kept.journal.over(void=True)
    kept.input("y", 1)
    assert kept.sources() == ["y"]


def test_an_input_that_is_seen_only_afterwards(kept: Kept) -> None:
    """Is one record."""
    kept.result(5, "5")
    kept.journal.whole("5", 0.25)
    (one,) = kept.inputs()
    assert (one.outcome, one.seconds, [r.preview for r in one.results]) == ("ok", 0.25, ["5"])


def test_a_pause_and_a_blank(kept: Kept) -> None:
    """What is typed meanwhile, or begins with a blank, is in no file, and neither is its result."""
    kept.input("1", 1)
    kept.journal.paused = True
    kept.input("'hidden one'", "hidden one")
    kept.journal.paused = False
    kept.input(" 'hidden two'", "hidden two")
    kept.input("2", 2)
    assert kept.sources() == ["1", "2"]
    assert [r.number for one in kept.inputs() for r in one.results] == [1, 4]
    assert "hidden" not in kept.path.read_text()


def test_a_session_that_ends_in_a_pause_has_said_goodbye(kept: Kept) -> None:
    """Or the next one would say that it was lost; that record has nothing of what was typed."""
    kept.input("1", 1)
    kept.journal.paused = True
    kept.input("'hidden'", "hidden")
    kept.journal.goodbye()
    assert json.loads(kept.path.read_text().splitlines()[-1]).keys() == {"kind", "seq", "when"}
    assert kept.sources() == ["1"]


def test_a_secret_is_masked_wherever_it_is(kept: Kept) -> None:
    """In the source, a preview, and a message; the rest of the records stays."""
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    kept.journal.accepted(f"login({token!r})")
    kept.result(token, repr(token))
    kept.journal.over(ValueError(f"bad token {token}"))
    assert token not in kept.path.read_text()
    (one,) = kept.inputs()
    assert one.masked
    assert one.source.startswith("login(")


def test_each_change_of_the_folder_is_told(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it has been deleted."""
    kept.input("1", 1)
    monkeypatch.chdir(tmp_path)
    kept.input("2", 2)
    kept.input("3", 3)
    assert [one.cwd for one in kept.inputs()][1:] == [str(tmp_path)] * 2
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    kept.input("4", 4)
    assert kept.sources() == ["1", "2", "3", "4"]
    assert not kept.journal.trouble.line


def test_a_clock_that_is_set_back(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records go on in their order, and no input takes less than no time."""
    kept.input("1", 1)
    monkeypatch.setattr(writer, "time", lambda: 1000.0)
    monkeypatch.setattr(writer, "perf_counter", lambda: 0.0)
    kept.journal.accepted("2")
    kept.journal.over(end=-5.0)
    assert kept.sources() == ["1", "2"]
    assert kept.inputs()[1].seconds == 0.0


def test_a_forked_process_has_a_journal_of_its_own(kept: Kept) -> None:
    """From its first input on; it writes nothing to its parent's, not at its end either."""
    kept.journal.accepted("os.fork()")
    child = os.fork()
    if not child:
        try:
            kept.journal.over()
            kept.journal.goodbye()
            kept.input("'of the child'", "of the child")
            kept.journal.goodbye()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    kept.journal.over()
    kept.input("'of the parent'", "of the parent")
    parent, other = sorted(kept.logs(), key=lambda log: log.session.pid != os.getpid())
    assert [one.source for one in parent.inputs] == ["os.fork()", "'of the parent'"]
    assert not parent.left
    assert [one.source for one in other.inputs] == ["'of the child'"]
    assert (other.session.pid, other.left) == (child, True)


class _Interrupting:
    """Raises KeyboardInterrupt at one line of ours, as a signal handler would."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0

    def trace(self, frame: Any, event: str, _arg: object) -> Any:
        """Count the lines."""
        if not frame.f_globals.get("__name__", "").startswith("histshell.journal."):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.at:
                raise KeyboardInterrupt
        return self.trace

    def __call__(self, step: Any, *arguments: object) -> bool:
        """Do a step; whether it was interrupted."""
        old = sys.gettrace()
        sys.settrace(self.trace)
        try:
            step(*arguments)
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(old)
        return False


@pytest.mark.parametrize("step", ["accepted", "over"])
def test_an_interrupt_at_any_line(kept: Kept, step: str) -> None:
    """Ctrl-C is raised, for the user's code, and the record is there, once, all the same."""
    kept.input("'warm'", "warm")
    at, interrupted = 0, True
    while interrupted:
        at += 1
        interrupting = _Interrupting(at)
        if step == "accepted":
            interrupted = interrupting(kept.journal.accepted, f"input {at}")
        else:
            kept.journal.accepted(f"input {at}")
            kept.result(at, str(at))
            interrupted = interrupting(kept.journal.over)
        while kept.journal.runs():
            kept.journal.over()
    assert at > 20
    inputs = kept.inputs()[1:]
    begun = range(at + 1 - len(inputs), at + 1)
    assert begun[0] <= 3  # in the first lines of `accepted` nothing has begun yet
    assert [one.source for one in inputs] == [f"input {number}" for number in begun]
    assert {one.outcome for one in inputs} == {"ok"}
    if step == "over":
        assert [[r.preview for r in one.results] for one in inputs] == [[str(number)] for number in range(1, at + 1)]


# -- the file ----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_replaced(kept: Kept) -> None:
    """Somebody has rewritten it beside, and renamed it: the record goes into that one as well, and so do all later ones."""
    for number in range(3):
        kept.input(str(number), number)
    beside = kept.folder / "beside"
    beside.write_text("".join(line for line in kept.path.read_text().splitlines(True) if '"source": "1"' not in line))
    beside.rename(kept.path)
    for number in range(3, 6):
        kept.input(str(number), number)
    assert kept.sources() == ["0", "2", "3", "4", "5"]
    assert '"source": "1"' not in kept.path.read_text()


@pytest.mark.parametrize("what", ["file", "folder", "emptied"])
def test_a_file_that_is_deleted(kept: Kept, what: str) -> None:
    """A new one is begun, of the same session."""
    kept.input("1", 1)
    if what == "file":
        kept.path.unlink()
    elif what == "emptied":
        os.truncate(kept.path, 0)
    else:
        for path in kept.folder.iterdir():
            path.unlink()
        kept.folder.rmdir()
    kept.input("2", 2)
    kept.input("3", 3)
    (log,) = kept.logs()
    assert log.session.id == kept.journal.id
    assert [one.source for one in log.inputs] == ["2", "3"]
    assert not kept.journal.trouble.line


def test_descriptors_that_are_closed(kept: Kept, tmp_path: Path) -> None:
    """The user's code closes all there are, and opens files of its own: nothing is written into those."""
    kept.input("1", 1)
    assert kept.journal._file is not None
    descriptor = kept.journal._file._descriptor
    os.close(descriptor)
    theirs = os.open(tmp_path / "theirs", os.O_RDWR | os.O_CREAT)
    os.dup2(theirs, descriptor)
    kept.input("2", 2)
    for number in {descriptor, theirs}:  # the one may be the other
        os.close(number)
    kept.input("3", 3)
    assert (tmp_path / "theirs").read_bytes() == b""
    assert kept.sources() == ["1", "2", "3"]


def test_the_first_file_of_a_user_has_the_number_it_ever_had(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours is out of the way."""
    monkeypatch.setattr(file, "_HIGH", range(500, 600))  # the journals of other tests may have taken all there are
    with open(tmp_path / "before", "w") as before:
        number = before.fileno()
    kept.input("1", 1)
    assert kept.journal._file is not None
    assert kept.journal._file._descriptor > number


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Set how large a file of this process may become; none at the end of the test. Python ignores SIGXFSZ.

    Meanwhile no module's cache is written: some versions write one in part, and read it for ever.
    """
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_record_that_is_written_in_part(kept: Kept, limit: Any) -> None:
    """The disk is full in the middle of one: it is completed when there is room, and nothing is lost or damaged."""
    kept.input("1", 1)
    size = kept.path.stat().st_size
    limit(size + 50)
    kept.input("2" * 100, 2)
    kept.input("3", 3)
    assert kept.path.stat().st_size == size + 50
    assert kept.sources() == ["1"]
    soft_again = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    limit(soft_again)
    kept.input("4", 4)
    assert kept.sources() == ["1", "2" * 100, "3", "4"]
    assert {one.outcome for one in kept.inputs()} == {"ok"}


def test_a_record_in_part_in_a_file_that_is_replaced(kept: Kept, limit: Any) -> None:
    """It is written whole into the new one."""
    kept.input("1", 1)
    limit(kept.path.stat().st_size + 50)
    kept.input("2" * 100, 2)
    limit(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    beside = kept.folder / "beside"
    beside.write_bytes(kept.path.read_bytes())
    beside.rename(kept.path)
    kept.input("3", 3)
    assert kept.sources() == ["1", "2" * 100, "3"]


def test_what_waits_is_bounded(kept: Kept, limit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that stays full does not fill the memory; the newest are kept."""
    monkeypatch.setattr(file, "MOST", 5000)
    kept.input("1", 1)
    limit(kept.path.stat().st_size)
    for number in range(100):
        kept.input(f"{number} {'x' * 100}", number)
    limit(resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    kept.input("'last'", "last")
    assert kept.sources()[-2:] == [f"99 {'x' * 100}", "'last'"]
    assert 5 < len(kept.sources()) < 40
    assert kept.journal._file is not None
    assert kept.journal._file.given_up > 50


def test_one_line_says_what_is_not_kept(kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once, with the reason and the folder; when the reason is gone all of it is there."""
    (tmp_path / "state").write_text("in the way")
    for number in range(3):
        kept.input(str(number), number)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("histshell: what you type is not being kept: Not a directory: ")
    (tmp_path / "state").unlink()
    kept.input("3", 3)
    assert kept.sources() == ["0", "1", "2", "3"]


def test_a_home_that_is_not_there_is_not_made(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything written below the folder that one stands in."""
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    kept.input("1", 1)
    assert not (tmp_path / "home").exists()
    assert "No such file or directory" in kept.journal.trouble.line or kept.journal.trouble._noted


# -- file systems that may never answer --------------------------------------------------------------------------------


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The state lies on what the table of mounts calls NFS."""
    table = tmp_path / "mounts"
    table.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/home {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(mounts, "TABLE", str(table))


@pytest.mark.usefixtures("remote")
def test_a_thread_writes_to_a_network(kept: Kept) -> None:
    """In order; at the end it is waited for. There is no thread while there is nothing to write."""
    for number in range(50):
        kept.input(str(number), number)
    kept.journal.goodbye()
    assert kept.sources() == [str(number) for number in range(50)]
    assert kept.logs()[0].left
    assert kept.journal._worker is not None
    assert not kept.journal._worker._at_work


@pytest.mark.usefixtures("remote")
def test_a_file_that_a_network_keeps_for_us(kept: Kept) -> None:
    """NFS gives a deleted file another name as long as it is open: the path is looked at as well."""
    kept.input("1", 1)
    kept.journal.goodbye()
    kept.path.rename(kept.folder / ".nfs0001")
    kept.input("2", 2)
    kept.journal.goodbye()
    assert kept.sources() == ["2"]


@pytest.mark.usefixtures("remote")
def test_a_server_that_hangs(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is a pipe that nobody reads, whose `open` waits as for a vanished server; the prompt waits for a moment, once."""
    name = "20261129-101112-0123456789"
    monkeypatch.setattr(place, "new_id", lambda _when: name)
    place.make(str(kept.folder))
    pipe = kept.folder / f"{name}.jsonl"
    os.mkfifo(pipe)
    began = time.monotonic()
    for number in range(20):
        kept.input(str(number), number)
    assert time.monotonic() - began < 5  # it is 0.04 seconds; the bound is for a busy machine
    kept.journal.goodbye()  # which waits for half a second, and no longer
    os.close(os.open(pipe, os.O_RDONLY))  # the server is back
    pipe.unlink()
    assert kept.journal._worker is not None
    kept.journal._worker.wait(10)
    kept.input("'last'", "last")
    kept.journal._worker.wait(10)
    assert kept.sources() == [*map(str, range(20)), "'last'"]


@pytest.mark.parametrize(
    ("kind", "remote"),
    [("ext4", False), ("tmpfs", False), ("overlay", False), ("nfs", True), ("nfs4", True), ("cifs", True), ("fuse.sshfs", True),
     ("lustre", True), ("gpfs", True), ("afs", True), ("9p", True), ("fuseblk", False)],
)  # fmt: skip
def test_which_file_systems_may_wait(kind: str, remote: bool) -> None:
    """Those of the network, and those of FUSE."""
    assert mounts.is_remote(kind) is remote


def test_the_mount_that_counts_is_the_innermost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also behind a link, and with a blank in its name."""
    table = tmp_path / "mounts"
    away = tmp_path / "far away"
    (away / "home").mkdir(parents=True)
    (tmp_path / "link").symlink_to(away / "home")
    place_of = str(away).replace(" ", "\\040")
    table.write_text(f"/dev/sda / ext4 rw 0 0\ns:/ {place_of} nfs rw 0 0\ntmpfs {place_of}/home/local tmpfs rw 0 0\n")
    monkeypatch.setattr(mounts, "TABLE", str(table))
    assert mounts.may_wait()
    assert mounts.lies_remote(str(tmp_path / "link"))
    assert not mounts.lies_remote(str(tmp_path / "link" / "local"))
    assert not mounts.lies_remote(str(tmp_path))


def _let_go(made: list[object]) -> None:
    made.clear()
    for _ in range(1000):
        _thread.get_ident()


def test_an_interrupt_that_waits() -> None:
    """Where nothing may be raised, Ctrl-C is put off until C has let go of what was given for it."""
    from histshell import interrupts

    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _let_go([interrupts.later()])
    finally:
        signal.signal(signal.SIGINT, old)
