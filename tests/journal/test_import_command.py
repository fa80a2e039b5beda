"""`histshell import` as it is typed: what it finds by itself, what it says, its exit code, and what it never does."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from histshell import libraries
from histshell.cli import main
from histshell.journal import reader
from tests.journal.histories import ipython, written, xonsh_json
from tests.prompt.session import CHECKOUT, environment
from tests.terminal import Terminal

COMMAND = [sys.executable, "-c", "from histshell.cli import main; main(prog_name='histshell')"]


class Machine:
    """A home with a history of every kind."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = environment(home, PYTHONPATH=str(CHECKOUT))
        self.journal = home / ".local/state/histshell/journal"
        self.put(".python_history", "import os\nos.getcwd()\n")
        self.put(".pythonhist", "def f():\n    return 1\nf()\n")
        self.put(".local/share/ptpython/history", "\n# 2026-11-29 07:16:14.787385\n+1+1\n")
        self.put(".ptpython/history", "\n# 2020-11-29 07:16:14.787385\n+'old'\n")
        self.put(".local/share/histshell/inputs", "\n# 2026-11-29 07:16:14+00:00\n+h[1]\n")
        ipython(home / ".ipython/profile_default/history.sqlite", [(1, ["x = 5", "x"]), (2, ["y"])])
        ipython(home / ".ipython/profile_work/history.sqlite", [(1, ["work"])])
        xonsh_json(home / ".local/share/xonsh/history_json", "s1", ["ls"])

    def put(self, name: str, text: str) -> Path:
        """Write a file below the home."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *words: str, code: int = 0, **env: str) -> str:
        """Type a command, to this process; return all that it printed."""
        os.chdir(self.home)
        done = CliRunner().invoke(main, ["import", *words], env={**self.env, **env})
        assert done.exit_code == code, done.output
        return done.output

    def state(self) -> dict[str, tuple[int, bytes]]:
        """Return what stands in the home but for what is ours."""
        files = [path for path in self.home.rglob("*") if path.is_file() and self.journal not in path.parents]
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A home with histories, and an environment that names no other."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("XDG_", "XONSH", "IPYTHON", "PYTHON_HISTORY")):
            monkeypatch.delenv(name)
    return Machine(tmp_path / "home")


EVERYTHING = sorted(
    [
        "import os",
        "os.getcwd()",
        "def f():\n    return 1",
        "f()",
        "1+1",
        "'old'",
        "h[1]",
        "x = 5",
        "x",
        "y",
        "work",
        "ls",
    ]
)


def test_all_histories_are_found_and_brought_in_once(machine: Machine) -> None:
    """Without a word: each program, each profile, old places too; a second time nothing is new, and the originals are untouched."""
    before = machine.state()
    said = machine.run()
    assert machine.state() == before
    assert sorted(written(machine.journal)) == EVERYTHING
    assert re.search(r"(?m)^ipython +~?\S*profile_default/history\.sqlite: 3 inputs in 2 sessions, 3 new$", said)
    assert re.search(r"(?m)^bpython +\S+/\.pythonhist: 2 inputs, 2 new$", said)
    said = machine.run()
    assert len(re.findall(", 0 new", said)) == 8
    assert sorted(written(machine.journal)) == EVERYTHING


def test_what_is_written_is_for_its_owner_alone(machine: Machine) -> None:
    """0600 in a folder of 0700, one file a history, no lock and no copy left behind."""
    machine.run()
    assert stat.S_IMODE(machine.journal.stat().st_mode) == 0o700
    names = sorted(os.listdir(machine.journal))
    assert all(re.fullmatch(r"\.gitignore|import-[a-z]+-[0-9a-f]{12}\.jsonl", name) for name in names)
    assert len(names) == 9
    assert {stat.S_IMODE((machine.journal / name).stat().st_mode) for name in names} == {0o600}
    assert os.listdir(machine.home / ".cache/histshell") == []


def test_a_dry_run_writes_nothing(machine: Machine) -> None:
    """It says the same numbers."""
    said = machine.run("--dry-run")
    assert "3 inputs in 2 sessions, 3 new (nothing was written)" in said
    assert not machine.journal.exists()
    machine.run("python")
    assert ", 0 new\n" in machine.run("--dry-run", "python")


def test_one_program_or_one_file(machine: Machine) -> None:
    """A file that lies elsewhere needs its program's name; the same file by another path is the same history."""
    machine.run("bpython")
    assert sorted(written(machine.journal)) == ["def f():\n    return 1", "f()"]
    machine.put("elsewhere.txt", "a\nb\n")
    assert "2 new" in machine.run("python", "elsewhere.txt")
    os.symlink("elsewhere.txt", machine.home / "link.txt")
    assert "0 new" in machine.run("python", "link.txt")
    assert "1 new" in machine.run("ipython", str(machine.home / ".ipython/profile_work"))


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["nothing"], 2, "'nothing' is not one of"),
        (["python", "a", "b"], 2, "unexpected extra argument"),
        (["python", "no/file"], 1, "no/file: there is no such file"),
        (["python", "."], 1, "this is a folder"),
        (["ipython", ".pythonhist"], 1, "this is no SQLite database"),
    ],
)
def test_what_is_wrong_is_a_sentence(machine: Machine, words: list[str], code: int, sentence: str) -> None:
    """2 where the command is typed wrongly, 1 where there is nothing to be had."""
    assert sentence in machine.run(*words, code=code)
    assert written(machine.journal) == []


def test_a_machine_without_histories(machine: Machine, tmp_path: Path) -> None:
    """Nothing is found, and that is said, with status 1."""
    assert "There is no history of" in machine.run(code=1, HOME=str(tmp_path / "none"))


def test_the_places_that_variables_name(machine: Machine, tmp_path: Path) -> None:
    """Where each program would look."""
    (tmp_path / "py").write_text("from_variable\n")
    ipython(tmp_path / "ipy/profile_x/history.sqlite", [(1, ["ipythondir"])])
    xonsh_json(tmp_path / "xonsh/history_json", "s9", ["xonsh_data_dir"])
    machine.put("bp/bpython/config", f"[general]\nhist_file = {tmp_path}/bphist\n")
    (tmp_path / "bphist").write_text("bpython_config\n")
    machine.run(
        PYTHON_HISTORY=str(tmp_path / "py"), IPYTHONDIR=str(tmp_path / "ipy"), XONSH_DATA_DIR=str(tmp_path / "xonsh"),
        XDG_CONFIG_HOME=str(machine.home / "bp"),
    )  # fmt: skip
    new = ["from_variable", "ipythondir", "xonsh_data_dir", "bpython_config"]
    assert sorted(written(machine.journal)) == sorted([*EVERYTHING, *new])


def test_a_fault_of_one_history_keeps_none_of_the_others(machine: Machine) -> None:
    """A sentence for it, status 1, and all that is whole."""
    machine.put(".ipython/profile_work/history.sqlite", "no database")
    (machine.home / ".pythonhist").unlink()
    (machine.home / ".pythonhist").mkdir()
    said = machine.run(code=1)
    assert "this is no SQLite database" in said
    assert "Is a directory" in said
    assert len(written(machine.journal)) == len(EVERYTHING) - 3


def test_what_a_history_holds_does_not_reach_the_terminal(machine: Machine) -> None:
    """Names of files, too."""
    path = machine.put("evil\x1b]0;title\x07\n.sqlite", "\x1b[2J")
    said = machine.run("ipython", str(path), code=1)
    assert "\x1b" not in said
    assert "\x07" not in said


def test_an_input_that_begins_with_a_space_stays_out(machine: Machine) -> None:
    """It is counted, and nothing more."""
    machine.put(".python_history", " private = 1\npublic = 1\n")
    said = machine.run("python")
    assert "1 input left out that begins with a space" in said
    assert b"private" not in b"".join(path.read_bytes() for path in machine.journal.iterdir())
    assert written(machine.journal) == ["public = 1"]


def test_secrets_are_masked_on_the_way_in(machine: Machine) -> None:
    """In an input and in an output, of a list and of a database; a second import knows the masked ones again."""
    secret = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0" + "x1Y2z3"
    machine.put(".python_history", f"token = '{secret}'\nplain = 1\n")
    ipython(machine.home / ".ipython/profile_work/history.sqlite", [(5, [f"login('{secret}')", "_"])])
    with sqlite3.connect(machine.home / ".ipython/profile_work/history.sqlite") as database:
        database.execute("INSERT INTO output_history VALUES (5, 2, ?)", (repr(secret),))
    said = machine.run()
    assert "in 1 of them a secret was masked" in said
    assert "in 2 of them a secret was masked" in said
    assert secret.encode() not in b"".join(path.read_bytes() for path in machine.journal.iterdir())
    assert "plain = 1" in written(machine.journal)
    assert len(re.findall(", 0 new", machine.run())) == 8


def test_what_was_forgotten_does_not_come_back(machine: Machine) -> None:
    """Neither from a list nor from a database, not even when the journal itself is lost; what is new beside it comes."""
    pytest.importorskip("histshell.journal.forgetting")
    machine.put(".python_history", "a\nsecret\nb\nlast\n")
    machine.run("python")
    machine.run("ipython")
    notes: dict[str, list[list[int]]] = {}
    session = ""
    for path in machine.journal.glob("*.jsonl"):
        kept = []
        for line in path.read_bytes().splitlines(keepends=True):
            record = json.loads(line)
            session = record["id"] if record["kind"] == "session" else session
            if record.get("source") in ("secret", "last", "x = 5", "work"):
                notes.setdefault(session, []).append([record["seq"], record["seq"]])
            else:
                kept.append(line)
        path.write_bytes(b"".join(kept))
    (machine.journal / "note.forgotten").write_text(json.dumps({"v": 1, "records": notes}))
    assert sorted(written(machine.journal)) == ["a", "b", "x", "y"]
    assert len(re.findall(", 0 new", machine.run("python") + machine.run("ipython"))) == 3
    for path in machine.journal.glob("*.jsonl"):
        path.unlink()
    machine.run("python")
    machine.run("ipython")
    assert sorted(written(machine.journal)) == ["a", "b", "x", "y"]
    machine.put(".python_history", "secret\nb\nlast\nnew\n")
    machine.run("python")
    assert sorted(written(machine.journal)) == ["a", "b", "new", "x", "y"]


def test_a_history_that_shrinks_and_grows(machine: Machine) -> None:
    """The file of Python's prompt, written over by a session that knew nothing of another's inputs."""
    machine.run("python")
    machine.put(".python_history", "import os\nos.getcwd()\na\n")
    assert "1 new" in machine.run("python")
    machine.put(".python_history", "import os\nos.getcwd()\nb\n")
    assert "1 new" in machine.run("python")
    machine.put(".python_history", "b\nc\n")
    assert "1 new" in machine.run("python")
    assert written(machine.journal) == ["import os", "os.getcwd()", "a", "b", "c"]


@pytest.mark.slow
def test_two_imports_at_once_bring_each_input_in_once(machine: Machine) -> None:
    """Whoever comes second is told to try again, or finds nothing new."""
    ipython(machine.home / ".ipython/profile_default/history.sqlite", [(9, [f"x{n}" for n in range(3000)])])
    words = [*COMMAND, "import", "ipython"]
    several = [
        subprocess.Popen(words, env=machine.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(4)
    ]
    said = [one.communicate(timeout=60)[0].decode() for one in several]
    assert all(
        one.returncode == 0 or "another import of it is running" in out for one, out in zip(several, said, strict=True)
    )
    machine.run("ipython")
    found = written(machine.journal)
    assert len(found) == len(set(found)) == 3004


def test_a_lock_of_a_dead_import_holds_nobody_up(machine: Machine) -> None:
    """That of a living one does."""
    machine.run("python")
    [journal] = machine.journal.glob("*.jsonl")
    lock = journal.with_suffix(".lock")
    machine_name = os.uname().nodename
    lock.write_text(f"{os.getpid()} {machine_name}\n")
    assert f"process {os.getpid()}" in machine.run("python", code=1)
    dead = subprocess.Popen(["true"])
    dead.wait()
    lock.write_text(f"{dead.pid} {machine_name}\n")
    machine.run("python")
    lock.write_text("")
    os.utime(lock, (time.time() - 60, time.time() - 60))
    machine.run("python")
    assert not lock.exists()


def test_an_import_that_was_killed_is_finished_by_the_next(machine: Machine) -> None:
    """A record that stands half in the file is no record, and comes whole."""
    machine.run("ipython")
    journals = sorted(machine.journal.glob("*.jsonl"))
    for journal in journals:
        data = journal.read_bytes()
        journal.write_bytes(data[: len(data) * 2 // 3])
    machine.run("ipython")
    assert sorted(written(machine.journal)) == sorted(["x = 5", "x", "y", "work"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_nothing(machine: Machine) -> None:
    """The reason is said, with status 1."""
    state = machine.home / ".local/state"
    state.mkdir(mode=0o500)
    assert "Permission denied" in machine.run("python", code=1)


def test_a_full_disk_is_a_sentence(machine: Machine) -> None:
    """What was written is whole, and the next import goes on."""
    script = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    script += "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); "
    words = [
        sys.executable,
        "-c",
        script + "from histshell.cli import main; main(prog_name='histshell')",
        "import",
        "xonsh",
    ]
    xonsh_json(machine.home / ".local/share/xonsh/history_json", "s2", [f"x{n} = '{'y ' * 100}'" for n in range(3000)])
    done = subprocess.run(words, env=machine.env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "File too large" in done.stdout
    machine.run("xonsh")
    found = written(machine.journal)
    assert len(found) == len(set(found)) == 3001


def test_a_python_without_sqlite3_says_so(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other histories come in."""
    real = libraries.BUILTINS["__import__"]

    def without(name: str, *rest: Any) -> Any:
        if name == "sqlite3":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setitem(libraries.BUILTINS, "__import__", without)
    assert "was built without sqlite3" in machine.run(code=1)
    assert "import os" in written(machine.journal)


def test_a_long_import_shows_how_far_it_is_and_can_be_interrupted(machine: Machine) -> None:
    """A bar on the terminal after a second; Ctrl-C leaves what is written whole, and the next import has the rest."""
    inputs = [f"x = {n}" for n in range(60_000)]
    ipython(machine.home / ".ipython/profile_default/history.sqlite", [(9, inputs)])
    with Terminal(
        [*COMMAND, "import", "ipython"], env=machine.env, cwd=str(machine.home), rows=20, columns=100
    ) as terminal:
        terminal.wait_for(
            lambda: terminal.ended or any("history.sqlite" in row and " inputs" in row for row in terminal.screen())
        )
        with suppress(ProcessLookupError):
            os.kill(terminal.pid, signal.SIGINT)
        terminal.wait_for_end()
    machine.run("ipython")
    found = [
        one.source for path in reader.files(str(machine.journal)) for log in reader.read(path) for one in log.inputs
    ]
    assert len(found) == 60_004
