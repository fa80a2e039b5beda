"""jedi's process: what it answers, what it never loads, its cache, its memory, its end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from histshell import home
from histshell.completion.inference import answers, jedi_patches
from histshell.completion.inference.client import SERVER, Client, Question
from tests.completion.conftest import Make
from tests.completion.jedi_process import PATIENCE, SCOPE, is_running, names, question, wait_for
from tests.pythons import thorough

pytestmark = pytest.mark.slow

Process = subprocess.Popen[bytes]


@contextmanager
def server(cache: Path, memory: int = 1024, seconds: float = 60, parent: int = 0, **how: Any) -> Iterator[Process]:
    """A bare server process, with its pipes."""
    argv = [sys.executable, "-I", SERVER, str(cache), home.SITE, str(memory), str(seconds), str(parent or os.getpid())]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **how) as process:
        try:
            yield process
        finally:
            process.kill()


def tell(process: Process, message: Question) -> None:
    """Write one line."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def hear(process: Process) -> dict[str, Any]:
    """Read one line."""
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


@pytest.mark.parametrize(
    ("marked", "name", "kind", "detail"),
    [
        ('"abc".strip().|', "splitlines", "function", "splitlines(self, keepends: bool = False) -> list[str]"),
        ("import os; os.path.|", "join", "function", "join("),
        ("import nothing_like_it, o|", "os", "module", ""),
        ("from os import |", "path", "module", ""),
        ('open("x", |', "encoding=", "param", "encoding: str | None = None"),
        ("def f(größe):\n    return |_", "größe", "param", "größe"),
        ("class A:\n    @property\n    def width(self) -> int: ...\nA().|", "width", "property", "width(self) -> int"),
        ("class A:\n    width: int = 3\nA().|", "width", "int", "width: int = 3"),
        ("class Base: ...\nclass Derived(Base): ...\n|", "Derived", "class", "class Derived(Base)"),
        ("x = '😀'; y = x.upper().|", "casefold", "function", "casefold(self) -> str"),
        ("import sqlite3\nsqlite3.connect('').cursor().|", "fetchone", "function", "fetchone(self) -> Any"),
        ("import math\nmath.|", "hypot", "function", "hypot("),
    ],
)
def test_a_name_comes_with_its_type_and_one_line(
    marked: str, name: str, kind: str, detail: str, shared: Client
) -> None:
    """For results of calls, modules, parameters, what is in the block; lines and columns count characters."""
    answer = shared.ask(question(marked), PATIENCE)
    assert answer is not None
    assert name in names(answer)
    (found,) = [entry for entry in answer["names"] if entry[0] == name]
    assert found[1] == kind
    assert found[2].startswith(detail)
    assert "\n" not in found[2]
    assert len(found[2]) <= 200


def test_what_only_the_stub_of_builtins_imports_is_no_name(shared: Client) -> None:
    """`AbstractSet` is not there in any Python; a name of the buffer is."""
    found = names(shared.ask(question("own = 1\n|", bare=True), PATIENCE))
    assert {"own", "zip"} <= set(found)
    assert "AbstractSet" not in found


def test_the_standard_library_is_that_of_the_users_version(shared: Client) -> None:
    """The stubs say since when there is what; a version that nobody has heard of gets the newest grammar."""
    assert "batched" not in names(shared.ask(question("import itertools; itertools.|", python=[3, 11]), PATIENCE))
    assert "batched" in names(shared.ask(question("import itertools; itertools.|", python=[3, 99]), PATIENCE))


def test_a_signature_and_its_docstring(shared: Client) -> None:
    """Of the call that the cursor is in; nothing where there is no call."""
    source = "def area(width, height=2):\n    '''Width by height.\n\n    More.'''\narea(1, |"
    answer = shared.ask(question(source, do="signature"), PATIENCE)
    assert answer is not None
    (one,) = answer["signatures"]
    assert one["parameters"] == [["width", 1, "width"], ["height", 1, "height=2"]]
    assert (one["returns"], one["doc"]) == ("", "Width by height.")
    nothing = shared.ask(question("1 + |", do="signature"), PATIENCE)
    assert nothing is not None
    assert nothing["signatures"] == []


def test_code_of_the_users_is_read_and_never_run(tmp_path: Path, shared: Client) -> None:
    """A module, a package's extension module, a sitecustomize: their files are on the path, none leaves a trace."""
    traces = tmp_path / "ran"
    source = f"open({str(traces)!r}, 'a').write(__name__)\nclass Thing:\n    def answer(self): return 42\n"
    folder = tmp_path / "site"
    (folder / "package").mkdir(parents=True)
    for name in ("mine", "sitecustomize", "usercustomize", "jedi", "package/__init__"):
        (folder / f"{name}.py").write_text(source)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    (folder / f"package/fast{suffix}").write_bytes(b"loading this would be an ImportError, and is not tried")
    path = [str(folder), *SCOPE["path"]]
    for marked in ("import mine\nmine.Thing().|", "import package\npackage.Thing().|", "import jedi\njedi.Thing().|"):
        assert "answer" in names(shared.ask(question(marked, path=path), PATIENCE))
    assert names(shared.ask(question("import package.fast\npackage.fast.|", path=path), PATIENCE)) == []
    assert not traces.exists()


def test_a_changed_file_and_a_new_one_are_seen(tmp_path: Path, shared: Client) -> None:
    """What is known of modules is kept between questions, and forgotten when their files change."""
    path = [str(tmp_path), *SCOPE["path"]]

    def ask(name: str) -> list[str]:
        different = os.urandom(4).hex()  # or the answer would be the one that was kept
        return names(shared.ask(question(f"import {name}\n{name}.|\n# {different}", path=path), PATIENCE))

    assert ask("mine") == []
    (tmp_path / "mine.py").write_text("first = 1\n")
    assert "first" in ask("mine")
    (tmp_path / "mine.py").write_text("second = 1\n")
    os.utime(tmp_path / "mine.py", (2**31, 2**31))
    assert "second" in ask("mine")


@pytest.fixture
def tiny(tmp_path: Path) -> Question:
    """A question about a module of one name: it needs no other."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "tiny.py").write_text("only = 1\n")
    return question("import tiny\ntiny.|", path=[str(tmp_path / "modules")])


def test_no_pickle_is_loaded_or_written(tmp_path: Path, make: Make) -> None:
    """Jedi's own cache, filled by jedi itself with pickles that run code: none is loaded, and none is put beside them."""
    cache, mark = tmp_path / "cache", tmp_path / "ran"
    fill = (
        f"import jedi; jedi.settings.cache_directory = {str(cache)!r}\n"
        "print(len(jedi.Script(\"''.\", environment=jedi.InterpreterEnvironment()).complete()))"
    )
    subprocess.run([sys.executable, "-c", fill], check=True, capture_output=True)
    pickles = sorted(cache.glob("*/*.pkl"))
    assert pickles
    for path in pickles:
        path.write_bytes(b"cos\nmkdir\n(S" + repr(str(mark)).encode() + b"\ntR.")
    before = sorted(tmp_path.rglob("*"))
    assert "strip" in names(make(cache).ask(question("''.|"), PATIENCE))
    assert not mark.exists()
    assert [path for path in sorted(tmp_path.rglob("*")) if not path.name.startswith("cache-times")] == before
    subprocess.run([sys.executable, "-c", fill], check=False, capture_output=True)
    assert mark.exists()  # jedi by itself does load them


@pytest.mark.parametrize("how", ["a file", "nowhere"])
def test_without_a_cache_folder(how: str, tmp_path: Path, tiny: Question, make: Make) -> None:
    """The folder cannot be made: the answers are the same."""
    cache = tmp_path / "file" / "cache" if how == "a file" else Path("/dev/null/histshell")
    (tmp_path / "file").touch()
    assert names(make(cache).ask(tiny, PATIENCE))[0] == "only"


def test_it_has_no_terminal_and_no_file_of_the_parents(tmp_path: Path) -> None:
    """What the parent left open for its children is closed; its directory can be removed."""
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no /proc here")
    with open(tmp_path / "left open", "w") as file:
        os.set_inheritable(file.fileno(), True)
        with server(tmp_path / "cache", close_fds=False, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
            hear(process)
            links = {os.readlink(f"/proc/{process.pid}/fd/{name}") for name in os.listdir(f"/proc/{process.pid}/fd")}
            assert os.readlink(f"/proc/{process.pid}/cwd") == "/"
    assert {link.partition(":")[0] for link in links} == {"pipe", os.devnull}


def test_it_ends_with_its_input(tmp_path: Path) -> None:
    """When the other end of the pipe is closed."""
    with server(tmp_path) as process:
        hear(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_it_ends_with_its_parent_though_its_input_is_held_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child of the user's process has inherited the pipe, and lives on; seen within `PARENT_SECONDS`, here a tenth."""
    source = Path(SERVER).read_text().replace("PARENT_SECONDS = 10.0", "PARENT_SECONDS = 0.1")
    monkeypatch.setattr(f"{__name__}.SERVER", str(tmp_path / "server.py"))
    (tmp_path / "server.py").write_text(source)
    for name in (answers.__file__, jedi_patches.__file__):
        shutil.copy(str(name), tmp_path)
    with server(tmp_path / "cache", parent=1) as process:
        hear(process)
        assert process.wait(PATIENCE) == 0


def test_the_kernel_ends_a_question_that_takes_too_long(tmp_path: Path) -> None:
    """Whatever it is doing: by SIGPROF."""
    with server(tmp_path, seconds=0.05) as process:
        hear(process)
        tell(process, question("import asyncio, typing, inspect\n" * 5000 + "asyncio.|", id=1))
        assert process.wait(PATIENCE) == -signal.SIGPROF


def test_a_question_that_waits_for_the_processor_is_not_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine it takes many times as long by the clock."""
    shutil.copy(SERVER, tmp_path)
    (tmp_path / "jedi_patches.py").write_text("")
    (tmp_path / "answers.py").write_text(
        "import time\n"
        "class Jedi:\n"
        "    def __init__(self, patches): pass\n"
        "    def about(self): return {}\n"
        "    def answer(self, question): time.sleep(0.5); return {'names': [['slow', '', '']]}\n"
    )
    monkeypatch.setattr(f"{__name__}.SERVER", str(tmp_path / "server.py"))
    with server(tmp_path / "cache", seconds=0.2) as process:
        hear(process)
        tell(process, question("0|", id=1))
        assert names(hear(process)) == ["slow"]


@thorough
def test_memory_is_capped(tmp_path: Path) -> None:
    """A question that needs more ends the process, with a status of its own."""
    with server(tmp_path, memory=100) as process:
        hear(process)
        tell(process, question("x = [" + "1, " * 200_000 + "]\nx.|", id=1))
        assert process.wait(PATIENCE) == 3


def test_an_error_of_jedis_is_an_answer(make: Make) -> None:
    """A place that is not in the source; the next question is answered."""
    client = make()
    answer = client.ask(question("|", line=99), PATIENCE)
    assert answer is not None
    assert "ValueError" in answer["error"]
    assert "strip" in names(client.ask(question("''.|"), PATIENCE))
    assert client.starts == 1


def test_without_jedi_it_says_so(tmp_path: Path) -> None:
    """One line, and the end."""
    argv = [sys.executable, "-I", "-S", SERVER, str(tmp_path), str(tmp_path), "1024", "5", str(os.getpid())]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    assert "No module named 'jedi'" in json.loads(done.stdout)["error"]
    assert done.returncode == 1


def test_it_is_killed_with_its_user(cache: Path, tmp_path: Path) -> None:
    """SIGKILL of the process that asks: nothing of it can run, and jedi's process is gone all the same."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.completion.jedi_process import client, question\n"
        "from pathlib import Path\n"
        "c = client(Path(sys.argv[2])); c.ask(question(\"''.|\"), 60)\n"
        "print(c.pid, flush=True); sys.stdin.read()"
    )
    argv = [sys.executable, "-c", code, str(Path(__file__).parents[2]), str(cache)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as user:
        assert user.stdout is not None
        pid = int(user.stdout.readline())
        assert is_running(pid)
        user.kill()
    wait_for(lambda: not is_running(pid))


COMPARE = """
import importlib, importlib.util, sys
spec = importlib.util.spec_from_file_location("server", sys.argv[1])
server = importlib.util.module_from_spec(spec)
spec.loader.exec_module(server)
answers, patches = (server._beside(name) for name in ("answers", "jedi_patches"))
filters = importlib.import_module("jedi.inference.filters")
theirs = filters._AbstractUsedNamesFilter.values
engine = answers.Jedi(patches)
ours = filters._AbstractUsedNamesFilter.values
assert ours is not theirs
for line in sys.stdin.read().split("---\\n"):
    question = {"do": "complete", "bare": False, "source": line, "line": line.count("\\n") + 1, "path": [], "python": [3, 12]}
    question["column"] = len(line) - line.rfind("\\n") - 1
    answers = []
    for values in (theirs, ours):
        filters._AbstractUsedNamesFilter.values = values
        engine._state = None
        answers.append(sorted(engine.answer(question)["names"]))
    assert answers[0] == answers[1], line
    print(len(answers[0]))
"""


@thorough
def test_names_found_by_their_places_are_the_ones_that_jedi_finds(tmp_path: Path) -> None:
    """Of strings, containers, classes with bases, attributes set in methods, nested classes and private names."""
    lines = [
        '"a".strip().', "[].", "{}.items().", "(1).", "import argparse\nargparse.ArgumentParser().",
        "import collections\ncollections.OrderedDict().", "import datetime\ndatetime.datetime.now().",
        "class A:\n    class B:\n        c = 1\n    __d = 2\n    def e(self, f):\n        self.g = f\nA().",
        "import enum\nenum.Enum.", "import threading\nthreading.Thread().",
    ]  # fmt: skip
    words = [sys.executable, "-c", COMPARE, SERVER, str(tmp_path / "cache")]
    done = subprocess.run(words, input="---\n".join(lines), capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == ""
    assert [int(count) > 3 for count in done.stdout.split()] == [True] * len(lines)
