"""The client of jedi's process: its time limits, what comes late, killing and starting anew, forks, the end."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from histshell import home
from histshell.completion.inference import client as module
from histshell.completion.inference.client import KEPT_ANSWERS, MOST_FAILURES, Client, Question
from histshell.completion.inference.provider import Inference
from tests.completion.conftest import Make
from tests.completion.jedi_process import PATIENCE, SCOPE, is_running, names, question, wait_for
from tests.pythons import Python, found, telling
from tests.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]

#: A server without jedi: it answers what it is asked by `source`, after the seconds that `line` says.
ECHO = r"""
import json, os, sys, time
print(json.dumps({"jedi": "none", "python": "3"}), flush=True)
for line in sys.stdin:
    question = json.loads(line)
    if question["do"] == "warm":
        continue
    time.sleep(question["line"])
    if question["source"].startswith("die"):
        os._exit(1)
    if question["source"].startswith("nonsense"):
        print("Traceback", flush=True)
    print(json.dumps({"id": question["id"], "names": [[question["source"], str(os.getpid()), ""]]}), flush=True)
"""


@pytest.fixture
def echo(tmp_path: Path, make: Make) -> Client:
    """A client of a server that is quick to start and does what it is told, for what does not depend on jedi."""
    (tmp_path / "echo.py").write_text(ECHO)
    return make(server=str(tmp_path / "echo.py"), limit=1.0)


def to_echo(source: str, work: float) -> Question:
    """The question for `source` that is answered after so many seconds."""
    asked: Any = {"do": "complete", "source": source, "line": work, **SCOPE}
    whole: Question = asked
    return whole


def ask(client: Client, source: str, work: float = 0, seconds: float = PATIENCE) -> list[str] | None:
    """Ask the echo; the names, or None."""
    answer = client.ask(to_echo(source, work), seconds)
    return names(answer) if answer is not None and "names" in answer else None


@contextmanager
def stopped(client: Client) -> Iterator[None]:
    """Stop the process for a moment, so that it has not answered yet; it goes on when this is left."""
    os.kill(client.pid, signal.SIGSTOP)
    yield
    os.kill(client.pid, signal.SIGCONT)


def is_asked_anew(client: Client, source: str) -> bool:
    """Ask, and tell whether the process was. (It may be so quick that the answer is there when nothing is waited for.)"""
    before = client._number
    ask(client, source, seconds=0)
    return client._number > before


@pytest.mark.slow
def test_twenty_questions_in_a_row(shared: Client) -> None:
    """One process answers all, each its own."""
    wanted = {"''": "strip", "[]": "append", "{}": "items", "0": "bit_length", "0j": "conjugate"}
    for number in range(20):
        value, name = list(wanted.items())[number % 5]
        assert name in names(shared.ask(question(f"x{number} = {value}\nx{number}.|"), PATIENCE))
    assert shared.starts == 1


def test_it_does_not_wait_longer_than_it_is_told(echo: Client) -> None:
    """Nothing by then is no answer; it is there when the same is asked again, and then at once."""
    ask(echo, "started")
    with stopped(echo):
        assert ask(echo, "late", seconds=0.01) is None
    wait_for(lambda: ask(echo, "late", seconds=0.01) == ["late"])
    assert ask(echo, "late", seconds=0) == ["late"]


def test_the_newest_question_waits_for_the_one_before(echo: Client) -> None:
    """Of several that came meanwhile only the last is asked."""
    ask(echo, "started")
    with stopped(echo):
        for source in ("first", "second", "third"):
            assert ask(echo, source, seconds=0) is None
    assert ask(echo, "third") == ["third"]
    assert ask(echo, "first", seconds=0) == ["first"]
    assert is_asked_anew(echo, "second")


def test_a_bounded_number_of_answers_is_kept(echo: Client) -> None:
    """The oldest go first, and none lives longer than a minute."""
    for number in range(KEPT_ANSWERS + 3):
        assert ask(echo, str(number)) == [str(number)]
    assert len(echo._answers) == KEPT_ANSWERS
    assert not is_asked_anew(echo, str(KEPT_ANSWERS + 2))
    assert is_asked_anew(echo, "0")


def test_an_answer_gets_old(echo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the disk may have changed: it is asked again."""
    assert ask(echo, "x") == ["x"]
    assert not is_asked_anew(echo, "x")
    monkeypatch.setattr(module, "KEPT_SECONDS", 0.0)
    assert is_asked_anew(echo, "x")


@pytest.mark.slow
def test_a_stopped_process_is_killed_and_another_started(echo: Client) -> None:
    """SIGSTOP: not even its own timer ends it. The question that it died of is not asked again at once."""
    assert ask(echo, "x") == ["x"]
    pid = echo.pid
    os.kill(pid, signal.SIGSTOP)
    assert ask(echo, "hangs", seconds=0.05) is None
    wait_for(lambda: ask(echo, "y", seconds=0.05) == ["y"])
    assert echo.pid not in (0, pid)
    assert not is_running(pid)
    assert echo.starts == 2
    assert echo.ask(to_echo("hangs", 0), 1) == {"error": "it does not answer"}


@pytest.mark.slow
def test_jedis_own_process_is_ended_by_its_timer(make: Make) -> None:
    """A question that takes longer than its limit: the client sees the end at once."""
    client = make(limit=0.05)
    wait_for(lambda: client.about or client.ask(question("0|"), 0.1))
    pid = client.pid
    answer = client.ask(question("import asyncio, typing, inspect\n" * 5000 + "asyncio.|"), PATIENCE)
    assert answer == {"error": "a question took longer than it may"}
    assert not is_running(pid)


def test_a_killed_process_is_started_anew(echo: Client) -> None:
    """A kill -9 of the server, idle or at work."""
    assert ask(echo, "x") == ["x"]
    os.kill(echo.pid, signal.SIGKILL)
    assert ask(echo, "y") == ["y"]
    ask(echo, "at work", 0.3, seconds=0.01)
    os.kill(echo.pid, signal.SIGKILL)
    wait_for(lambda: ask(echo, "z") == ["z"])
    assert echo.starts == 3
    assert echo.off == ""


@pytest.mark.parametrize("source", ["die", "nonsense"])
def test_after_a_few_failures_in_a_row_it_stays_off(source: str, echo: Client) -> None:
    """With a reason; an answer in between makes the count start again."""
    ask(echo, source)
    assert ask(echo, "fine") == ["fine"]
    for number in range(MOST_FAILURES):
        ask(echo, f"{source} {number}")
    assert f"failed {MOST_FAILURES} times" in echo.off
    starts = echo.starts
    assert ask(echo, "fine again") is None
    assert echo.starts == starts
    assert echo.pid == 0


def test_a_question_that_ends_two_processes_is_not_asked_again(echo: Client) -> None:
    """Tried once more, since somebody else may have killed the first; then it is known for a minute."""
    assert ask(echo, "die") is None
    assert ask(echo, "die") is None
    assert echo.starts == 2
    assert ask(echo, "fine") == ["fine"]


def test_a_python_that_has_gone_is_a_reason(cache: Path, tmp_path: Path) -> None:
    """Home removed while the session runs."""
    client = Client(str(tmp_path / "gone" / "python"), str(cache), home.SITE)
    for _ in range(MOST_FAILURES):
        assert client.ask(question("''.|"), 0.1) is None
    assert "it cannot be started" in client.off
    assert "No such file" in client.off


@pytest.mark.slow
def test_a_home_removed_while_it_runs_does_no_harm(make: Make, tmp_path: Path) -> None:
    """The server's file is gone: the process goes on; one that has to be started is not there."""
    for name in ("server.py", "answers.py", "jedi_patches.py"):
        (tmp_path / name).write_text(Path(module.SERVER).with_name(name).read_text())
    client = make(server=str(tmp_path / "server.py"))
    assert "strip" in names(client.ask(question("''.|"), PATIENCE))
    (tmp_path / "server.py").unlink()
    assert "append" in names(client.ask(question("[].|"), PATIENCE))
    os.kill(client.pid, signal.SIGKILL)
    wait_for(lambda: client.ask(question("{}.|"), 0.1) is None and client.off)
    assert "it ended by itself" in client.off


def test_a_python_without_jedi_is_a_reason_at_once(tmp_path: Path, make: Make) -> None:
    """The process says what is missing; it is started once."""
    (tmp_path / "server.py").write_text(
        "import json; print(json.dumps({'error': \"ModuleNotFoundError: No module named 'jedi'\"}))"
    )
    client = make(server=str(tmp_path / "server.py"))
    wait_for(lambda: client.ask(question("''.|"), 0.1) is None and client.off)
    assert "has no jedi that runs: ModuleNotFoundError: No module named 'jedi'" in client.off
    assert client.starts == 1


def test_a_forked_process_asks_one_of_its_own(echo: Client) -> None:
    """Two that read one pipe would take each other's answers. The child's client is another; the parent's goes on."""
    assert ask(echo, "parent") == ["parent"]
    ours = echo.pid
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            echo.forget()
            other = Client(sys.executable, "", "", server=echo._argv[4])
            text = json.dumps([ask(other, "child"), other.pid, echo.pid])
            other.stop()
            os.write(writing, text.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        answer, pid, left = json.loads(file.read())
    os.waitpid(child, 0)
    assert (answer, left) == (["child"], 0)
    assert pid != ours
    assert ask(echo, "parent again") == ["parent again"]
    assert echo.pid == ours
    assert echo.starts == 1


def test_an_interrupted_question_leaves_nothing_behind(echo: Client) -> None:
    """Ctrl-C while it is waited for: raised as ever, and the next question gets its own answer."""
    ask(echo, "x")
    pid = echo.pid
    old = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            ask(echo, "slow", 0.3)
    finally:
        signal.signal(signal.SIGALRM, old)
    assert not is_running(pid)
    assert ask(echo, "y") == ["y"]


def test_ctrl_c_at_the_prompt_does_not_reach_it(cache: Path, tmp_path: Path) -> None:
    """Pressed in a terminal, where it is sent to all processes of the foreground; nothing of it is shown."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.completion.jedi_process import client, question, names\n"
        "from pathlib import Path\n"
        "c = client(Path(sys.argv[2]))\n"
        "def ask(text): print('|'.join(n for n in names(c.ask(question(text), 60)) if n[0] in 'as'))\n"
        "def same(pid): print('same' if pid == c.pid and c.starts == 1 else 'another')\n"
    )
    (tmp_path / "rc.py").write_text(code)
    env = {"HOME": str(tmp_path), "TERM": "dumb", "PATH": os.environ["PATH"], "PYTHONSTARTUP": ""}
    argv = [sys.executable, "-q", "-i", str(tmp_path / "rc.py"), str(ROOT), str(cache)]
    with Terminal(argv, env=env, cwd=str(tmp_path), columns=300) as terminal:
        terminal.wait_for(lambda: terminal.before_cursor == ">>> ")
        terminal.type("ask(\"''.|\"); pid = c.pid\r")
        terminal.wait_for("swapcase")
        terminal.wait_for(lambda: terminal.before_cursor == ">>> ")
        terminal.wait_for_sleep()  # a signal that comes just before readline's select() is seen with the next key
        terminal.press("ctrl-c")
        terminal.wait_for(lambda: terminal.screen()[-2:-1] == ["KeyboardInterrupt"])
        terminal.type("ask('[].|'); same(pid)\r")
        terminal.wait_for(lambda: "same" in terminal.screen() or "another" in terminal.screen())
        assert "append|sort" in terminal.screen()
        assert "same" in terminal.screen()
        assert "Traceback" not in "\n".join(terminal.screen())


def test_a_large_question_and_a_large_answer_fit_through(echo: Client) -> None:
    """Both are larger than a pipe; neither side waits for the other for ever."""
    source = "ü😀" * 200_000
    assert ask(echo, source) == [source]


def test_lone_surrogates_come_through(echo: Client) -> None:
    """What a terminal may hand over."""
    assert ask(echo, "\udce4\ud83d") == ["\udce4\ud83d"]


def test_a_user_who_waits_for_any_child_does_no_harm(echo: Client) -> None:
    """`os.wait()` takes the exit status that we would ask for."""
    ask(echo, "x")
    os.kill(echo.pid, signal.SIGKILL)
    assert os.wait()[0]
    assert ask(echo, "y") == ["y"]


GUESTS = telling([python for python in found() if python.minor >= (3, 8)])


@pytest.mark.parametrize("python", GUESTS, ids=lambda python: python.name)
def test_every_guest_can_ask(python: Python, cache: Path, tmp_path: Path) -> None:
    """From 3.8 on, PyPy too; nothing but the standard library and histshell is imported there for it."""
    code = (
        "import sys; sys.path.append(sys.argv[1]); before = set(sys.modules)\n"
        "from histshell.completion import Engine\nfrom histshell.completion.inference import client, provider\n"
        "asked = provider.Inference(client.Client(sys.argv[2], sys.argv[3], ''))\n"
        "engine = Engine({}, inference=asked)\n"
        "print([c.text for c in engine.complete('str().strip().sp', budget_ms=60_000)])\n"
        "call = 'def made_here(a, b): pass\\nmade_here(1, '\n"
        "print(engine.signature(call, budget_ms=60_000).active)\n"
        "engine.stop()\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(name for name in new if 'site-packages' in str(getattr(sys.modules.get(name), '__file__', ''))))\n"
        "from histshell import libraries\n"
        "print('histshell' in new, 'jedi' in new, libraries.present('subprocess') is not None)\n"
    )
    argv = [python.path, "-c", code, str(ROOT), sys.executable, str(cache)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
    assert done.stderr == ""
    answer, active, foreign, names = done.stdout.splitlines()
    assert (answer, active) == ("['split(', 'splitlines(']", "1")
    assert foreign == "[]"
    assert names == f"True False {not hasattr(os, 'posix_spawn') or python.implementation == 'pypy'}"


def test_starting_does_not_wait_for_the_process(make: Make) -> None:
    """It is asked for and goes on by itself, while the caller's interpreter is free."""
    client = make()
    begun = time.thread_time()
    assert client.start(SCOPE)
    assert time.thread_time() - begun < 0.5
    assert client.about == {}
    wait_for(lambda: client.ask(question("0|"), 0.05) is not None or client.about)


def test_an_answer_is_taken_in_by_who_waits(echo: Client) -> None:
    """Whatever has been asked since: what is no question for jedi would never read it, and wait for ever without waiting."""
    assert ask(echo, "late", 0.05, 0) is None
    inference = Inference(echo)
    assert inference.is_pending()
    wait_for(lambda: inference.wait(PATIENCE) and not inference.is_pending())
    assert ask(echo, "late", 0.05, 0) == ["late"]


def test_one_thread_starts_it(echo: Client) -> None:
    """While another is asking nothing is started beside it."""
    inference = Inference(echo)
    with inference._asking:
        inference.start()
        assert echo.starts == 0
    inference.start()
    assert echo.starts == 1


def test_how_long_answers_took_is_said_of_one_and_of_several(tmp_path: Path) -> None:
    """In the words for each; nothing where nothing is known."""
    file = tmp_path / "jedi-times"
    for times, said in (
        ([], ""),
        ([87.2], "; the last answer took 87 ms"),
        ([87.2, 20.4, 300.0], "; the last 3 answers took 20 to 300 ms, half of them at most 87"),
    ):
        file.write_text(json.dumps({"ms": times}))
        assert module.last_times(str(tmp_path / "jedi")) == said


def test_a_wait_sees_a_signal_that_came_just_before_it(echo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel is asked for a moment at a time: a signal that is there already would not wake it."""
    asked: list[float] = []

    class Poll:
        """Waits no time, and notes how long it was told to."""

        def register(self, *_: object) -> None:
            """Take no descriptor."""

        def poll(self, milliseconds: float) -> list[tuple[int, int]]:
            """Nothing is ready."""
            asked.append(milliseconds)
            return []

    assert ask(echo, "started") == ["started"]
    monkeypatch.setattr(select, "poll", Poll)
    assert not echo.wait(0.3)
    assert 0 < max(asked) <= 100
    assert len(asked) > 3
