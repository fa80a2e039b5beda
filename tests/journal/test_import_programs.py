"""What the programs themselves write is brought in: each is run, or its own code that writes."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prompt_toolkit.history import FileHistory

from histshell.journal import reader
from histshell.ui.input_history import InputHistory
from tests.environments import with_packages
from tests.journal.histories import bring, written
from tests.prompt.session import environment
from tests.pythons import Python, found
from tests.shells.test_xonsh import _BARE as BARE
from tests.shells.test_xonsh import Xonsh
from tests.terminal import PATIENCE, Terminal


def newest(*, pyrepl: bool) -> Python:
    """Return the newest Python with the one or the other prompt, no preview of one that packages do not know yet."""
    pythons = [one for one in found() if one.implementation == "cpython" and (3, 11) <= one.minor <= (3, 13)]
    pythons = [one for one in pythons if (one.minor >= (3, 13)) == pyrepl]
    if not pythons:
        pytest.skip("no such Python on this machine")
    return pythons[-1]


@pytest.mark.slow
def test_ipython(tmp_path: Path) -> None:
    """Sessions of a real one, with outputs; one that is killed has no end; the cell that begins with a space stays out."""
    python = with_packages(newest(pyrepl=False), ("ipython",))
    words = [str(python), "-m", "IPython", "--simple-prompt", "-i", "--HistoryManager.db_log_output=True"]
    lines = "1+1\ndef f(x):\n    return x\n\nf('é')\n%timeit -n1 -r1 1\n 5+5\n1/0\n"
    env = environment(tmp_path, MPLCONFIGDIR=str(tmp_path))
    began = int(time.time())
    subprocess.run(
        words, input=lines + "exit()\n", env=env, cwd=tmp_path, text=True, capture_output=True, check=True, timeout=60
    )
    path = tmp_path / ".ipython/profile_default/history.sqlite"
    report = bring("ipython", path, tmp_path / "journal")
    assert (report.inputs, report.new, report.private, report.sessions, report.faults) == (6, 5, 1, 1, ())
    [file] = reader.files(str(tmp_path / "journal"))
    [log] = reader.read(file)
    assert [one.source for one in log.inputs] == [
        "1+1",
        "def f(x):\n    return x",
        "f('é')",
        "%timeit -n1 -r1 1",
        "1/0",
    ]
    assert [[result.preview for result in one.results] for one in log.inputs] == [["2"], [], ["'é'"], [], []]
    assert log.left
    assert began <= log.session.when <= time.time(), "IPython writes local time"
    assert log.session.when <= log.last <= time.time(), "and the end of a session in UTC"
    with subprocess.Popen(
        [*words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=tmp_path, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("x = 41\nx + 1\n")
        process.stdin.flush()
        while "42" not in process.stdout.readline():
            pass
        deadline = time.monotonic() + PATIENCE  # a thread of IPython's writes
        while bring("ipython", path, tmp_path / "journal", dry=True).new != 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert bring("ipython", path, tmp_path / "journal").new == 2
        process.send_signal(signal.SIGKILL)
    _, log = reader.read(file)
    assert not log.left


def test_xonsh(tmp_path: Path) -> None:
    """A session in a terminal: lines of Python and of the shell, with outcome, folder and time; JSON, then SQLite."""
    python = newest(pyrepl=False)
    for backend, folder in (("json", "history_json"), ("sqlite", "")):
        home = tmp_path / backend
        home.mkdir()
        began = time.time()
        with Xonsh(python, "xonsh", home, BARE, XONSH_HISTORY_BACKEND=backend) as shell:
            shell.enter("x = 1")
            shell.enter("echo hi $HOME")
            shell.enter("ls /there/is/none")
            shell.type("exit")
            shell.press("enter")
            shell.wait_for_end()
        report = bring("xonsh", home / ".local/share/xonsh" / folder, tmp_path / f"journal-{backend}")
        assert report.faults == ()
        [file] = reader.files(str(tmp_path / f"journal-{backend}"))
        [log] = reader.read(file)
        typed = [one for one in log.inputs if one.source != "exit"]
        assert [one.source for one in typed] == ["x = 1", "echo hi $HOME", "ls /there/is/none"]
        assert [one.outcome for one in typed] == ["ok", "ok", "failed"]
        assert [one.language for one in typed] == ["", "xonsh", "xonsh"]
        assert {one.cwd for one in typed} == {str(home)}
        assert all(began <= one.when <= time.time() for one in typed)
        assert b"PATH" not in Path(file).read_bytes()


BPYTHON = """
import sys
from pathlib import Path
from bpython.history import History
history = History(hist_size=6)
for line in sys.stdin.read().split("\\n"):
    history.append_reload_and_write(line, Path(sys.argv[1]), "utf-8")
"""


def test_bpython(tmp_path: Path) -> None:
    """Its own code, with room for six lines: it drops the first line of a block, and the rest comes in no second time."""
    python = with_packages(newest(pyrepl=False), ("bpython",))
    path = tmp_path / "pythonhist"
    for typed in ("a = 1\n\ndef f():\n    return 'é'\n\nf()", "b\nc", "d\ne", "for x in a:\n    x\n\nx"):
        subprocess.run([str(python), "-c", BPYTHON, str(path)], input=typed, text=True, check=True, timeout=60)
        bring("bpython", path, tmp_path / "journal")
    assert written(tmp_path / "journal") == [
        "a = 1",
        "def f():\n    return 'é'",
        "f()",
        "b",
        "c",
        "d",
        "e",
        "for x in a:\n    x",
        "x",
    ]


def test_prompt_toolkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The class that ptpython writes by, and that of our rich prompt."""
    history = FileHistory(tmp_path / "history")
    typed = ["1+1", "def f():\n    return '+'\n\n# comment", "+1", "'é'"]
    for text in typed:
        history.store_string(text)
    assert bring("ptpython", tmp_path / "history", tmp_path / "journal").new == 4
    assert written(tmp_path / "journal") == typed
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    ours = InputHistory()
    began = int(time.time())
    for text in typed:
        ours.store_string(text)
    assert bring("histshell", Path(ours.filename), tmp_path / "ours").new == 4  # type: ignore[arg-type]  # it is a str
    [log] = reader.read(reader.files(str(tmp_path / "ours"))[0])
    assert [one.source for one in log.inputs] == typed
    assert all(began <= one.when <= time.time() for one in log.inputs)


def test_readline(tmp_path: Path) -> None:
    """What GNU readline, or libedit, writes for this very Python: a line for each line of a block."""
    script = "import readline, sys\nfor line in sys.stdin.read().split('\\n'): readline.add_history(line)\n"
    script += "readline.write_history_file(sys.argv[1])"
    path = tmp_path / "history"
    typed = "a = 'b c'\ndef f():\n    return '\\\\'\nf()"
    subprocess.run([sys.executable, "-c", script, str(path)], input=typed, text=True, check=True, timeout=60)
    bring("python", path, tmp_path / "journal")
    assert written(tmp_path / "journal") == ["a = 'b c'", "def f():\n    return '\\\\'", "f()"]


def test_libedit(tmp_path: Path) -> None:
    """Its escapes, where the library is there: macOS's Pythons and uv's have it."""
    try:
        libedit = ctypes.CDLL("libedit.so.2")
    except OSError:
        pytest.skip("no libedit on this machine")
    typed = ["a = 1", "x\ty", "'é' + \"ü\"", "back\\slash", "def f():\n    return 1", "#hash"]
    libedit.using_history()
    for text in typed:
        libedit.add_history(text.encode())
    libedit.write_history(os.fsencode(tmp_path / "history"))
    assert (tmp_path / "history").read_bytes().startswith(b"_HiStOrY_V2_")
    bring("python", tmp_path / "history", tmp_path / "journal")
    assert written(tmp_path / "journal") == typed


def test_pyrepl(tmp_path: Path) -> None:
    """A block typed at a prompt of 3.13 or later is one input; PyREPL writes it when it leaves."""
    python = newest(pyrepl=True)
    with Terminal([python.path, "-q"], env=environment(tmp_path), cwd=str(tmp_path), rows=30, columns=80) as terminal:
        terminal.wait_for(lambda: terminal.before_cursor == ">>> ")
        terminal.type("1+1\n")
        terminal.wait_for(lambda: terminal.before_cursor == ">>> " and terminal.row > 1)
        terminal.paste("def f(x):\n    return x\n")
        terminal.type("\n")
        terminal.wait_for(lambda: terminal.before_cursor == ">>> " and terminal.row > 3)
        row = terminal.row
        terminal.type("f('é')\n")
        terminal.wait_for(lambda: terminal.before_cursor == ">>> " and terminal.row > row + 1)
        terminal.type("exit\n")
        terminal.wait_for_end()
    assert b"\r\n" in (tmp_path / ".python_history").read_bytes()
    bring("python", tmp_path / ".python_history", tmp_path / "journal")
    assert written(tmp_path / "journal") == ["1+1", "def f(x):\n    return x", "f('é')"]
