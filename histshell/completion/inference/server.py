r"""jedi in a process of its own: reads questions on standard input and writes answers to standard output.

Run as a script by histshell's home Python (3.10 or later), isolated from the user's environment: it knows nothing of
histshell and needs nothing but the standard library and jedi. A question is one line of JSON and so is its answer:

    {"id": 1, "do": "complete", "bare": false, "source": "import os\nos.pa", "line": 2, "column": 3,
     "path": ["/usr/lib/…"], "python": [3, 12]}
    {"id": 1, "names": [["path", "module", "module path"], …]}

`line` is counted from 1, `column` in characters from 0; `bare` says that a name is wanted, and not one of an object's or
a module's. `do` is `complete`, `signature`, or `warm`, which is not answered: jedi gets ready for that `path` and
version. The first line of output says which jedi answers, or why none does. The process ends with its input;
while it works on a question a timer of the kernel's limits the processor that it takes, so that it is gone even when it goes
round where no Python code runs. What waits for ever is ended by the client.

By itself jedi keeps the modules that it has parsed as pickles, and loading a pickle can run anything: here they are kept in
memory, and no file is written but the times of the last answers, as text.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answers import Jedi
    from .client import Question, Scope

FIRST_WORDS = ('"".', "import os; os.path.", "open(", "[].", "{}.")
"""What is completed before there is a question, so that the first one finds jedi warm."""

KEPT_TIMES = 20
LONGEST_ERROR = 200
"""In characters."""

# C code of Python's that finds no memory does not always say so: "error return without exception set".
_OUT_OF_MEMORY = (MemoryError, SystemError)

PARENT_SECONDS = 10.0
"""How often it is looked whether the parent is still there: a child of the parent's may keep our input open."""


class Questions:
    """The questions, a line each, of a file descriptor. `waiting()` tells whether there is one, without waiting for it."""

    def __init__(self, descriptor: int, parent: int) -> None:
        self._descriptor = descriptor
        self._parent = parent
        self._data = b""
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def waiting(self) -> bool:
        """Return whether there is something to read, or nothing will ever come."""
        return b"\n" in self._data or bool(self._poll.poll(0))

    def next(self) -> bytes | None:
        """Wait for the next line; None at the end, or when the parent has gone."""
        while b"\n" not in self._data:
            while not self._poll.poll(PARENT_SECONDS * 1000):
                if os.getppid() != self._parent:
                    return None
            data = os.read(self._descriptor, 1 << 16)
            if not data:
                return None
            self._data += data
        line, _, self._data = self._data.partition(b"\n")
        return line


class Times:
    """How long the last answers took, kept in a file beside the cache for whoever asks how well this works.

    Written after an answer has been sent; of several processes the last one's stay.
    """

    def __init__(self, path: str, about: dict[str, object]) -> None:
        self.path = path
        self.about = about
        self.last: list[float] = []
        try:
            with open(path, encoding="utf-8") as file:
                kept = json.load(file)
            if {name: kept[name] for name in about} == about:
                self.last = [float(one) for one in kept["ms"]]
        except (OSError, ValueError, LookupError, TypeError):  # none yet, or of another jedi
            pass

    def note(self, milliseconds: float) -> None:
        """Add the time of one answer."""
        self.last = [*self.last[1 - KEPT_TIMES :], milliseconds]
        unfinished = f"{self.path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self.path), 0o700, exist_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w") as file:
                json.dump({**self.about, "ms": self.last}, file)
            os.replace(unfinished, self.path)
        except OSError:  # the disk is full, the folder is not ours
            pass


def _beside(name: str) -> Any:
    """Load a module from this file's folder, which an isolated Python does not search."""
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"histshell_{name}", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(folder: str, site: str, megabytes: str, seconds: str, parent: str) -> int:
    """Serve until the input ends; return the exit status.

    The times of the answers are kept in a file called as `folder` with `-times`; `site` is where jedi is looked for after
    this Python's own places; the process may take up that many megabytes, a question that many seconds of the processor (on a
    busy machine the clock says nothing), and `parent` is the process that started it.
    """
    _close_others()
    os.umask(0o077)
    os.chdir("/")
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what anything prints is no answer
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _limit_memory(int(megabytes))

    def say(answer: dict[str, object]) -> None:
        data = json.dumps(answer).encode() + b"\n"
        while data:
            data = data[os.write(answers, data) :]

    lines = Questions(0, int(parent))
    sys.path.append(site)
    try:
        engine: Jedi = _beside("answers").Jedi(_beside("jedi_patches"))
    except _OUT_OF_MEMORY:
        raise
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})
        return 1
    say(engine.about())
    times = Times(folder + "-times", engine.about())
    while True:
        line = lines.next()
        if line is None:
            return 0
        question = json.loads(line)
        if question["do"] == "warm":
            _warm_up(engine, question, lines)
            continue
        signal.setitimer(signal.ITIMER_PROF, float(seconds))
        answer = {"id": question["id"], **_answered(engine.answer, question)}
        signal.setitimer(signal.ITIMER_PROF, 0)
        say(answer)
        times.note(answer["ms"])


def _answered(answer: Callable[[Question], dict[str, object]], question: Question) -> dict[str, Any]:
    """Return the answer to a question, which may be that there was an error."""
    start = time.monotonic()
    try:
        given = answer(question)
    except _OUT_OF_MEMORY:
        raise
    except Exception as error:  # jedi raises many things, RecursionError and its own errors among them
        given = {"error": f"{type(error).__name__}: {error}"[:LONGEST_ERROR]}
    return {"ms": round(1000 * (time.monotonic() - start), 1), **given}


def _warm_up(engine: Jedi, scope: Scope, lines: Questions) -> None:
    """Let jedi read the stubs that nearly every question needs, until there is a question."""
    for source in FIRST_WORDS:
        if lines.waiting():
            return
        question: Question = {
            "do": "complete",
            "bare": False,
            "source": source,
            "line": 1,
            "column": len(source),
            "path": scope["path"],
            "python": scope["python"],
        }
        _answered(engine.answer, question)
    gc.freeze()  # syntax trees stay for good; a full collection would go through all of them
    gc.set_threshold(20_000, 20, 50)


def _close_others() -> None:
    """Close what the parent left open for its children: its terminal, perhaps."""
    for name in os.listdir("/dev/fd"):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:  # the one that the list was read with
                pass


def _limit_memory(megabytes: int) -> None:
    """Let the kernel refuse what goes beyond; systems without that limit go on without."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    except (OSError, ValueError):
        pass


if __name__ == "__main__":
    try:
        status = main(*sys.argv[1:])
    except _OUT_OF_MEMORY:
        status = 3
    except (KeyboardInterrupt, BrokenPipeError):
        status = 2
    os._exit(status)  # nothing to tidy up, and a heap of syntax trees takes 100 ms to take down
