"""The process that jedi lives in, as seen from the user's: started, asked, ended, and started anew.

Nothing here waits longer than it is told to. What is not answered in time is kept when it comes, and handed out when the
same is asked again. A process that does not answer at all is killed; after `MOST_FAILURES` in a row it stays off.
"""

from __future__ import annotations

import _thread
import json
import os
import select
import time
from typing import Any, Dict, List, Tuple, TypedDict

Answer = Dict[str, Any]


class Scope(TypedDict):
    """What a question is about: the user's path, absolute, and the version of that Python."""

    path: List[str]
    python: List[int]


class Question(Scope):
    """What jedi's process is asked; `server` says what each means."""

    do: str
    bare: bool
    source: str
    line: int
    column: int


SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")

LIMIT = 15.0
"""How much of the processor a question may take, in seconds. By the clock it is more, as busy as the machine is."""

HANGS = 4
"""How many times as long by the clock ends it too: what hangs may use no processor at all."""

_AT_ONCE = 0.1
"""The seconds that are waited for in one call: a signal that comes just before it into the kernel is seen after it."""

START_LIMIT = 60.0
"""How long a start may take, in seconds: importing jedi, which may not be compiled yet, from a slow disk."""

MEMORY = 1024
"""How much address space the process may have, in megabytes; with pandas and numpy read it takes 250."""

MOST_FAILURES = 3
KEPT_ANSWERS = 32
KEPT_SECONDS = 60.0

# What the process may know of the user's environment: nothing that changes how a Python starts or what jedi reads.
_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PATH", "TMPDIR")

_ENDINGS = {3: "it ran out of memory", -27: "a question took longer than it may"}  # the server's own; SIGPROF


EXAMPLE: Question = {
    "do": "complete",
    "bare": False,
    "source": '"".up',
    "line": 1,
    "column": 5,
    "path": [],
    "python": [3, 12],
}
"""A question that any jedi can answer at once."""


def last_times(folder: str) -> str:
    """Return what the processes that keep their cache in `folder` noted of their last answers, as a clause; empty if nothing."""
    try:
        with open(folder + "-times", encoding="utf-8") as file:
            times = sorted(map(float, json.load(file)["ms"]))
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    if not times:
        return ""
    if len(times) == 1:
        return f"; the last answer took {times[0]:.0f} ms"
    middle = times[len(times) // 2]
    return (
        f"; the last {len(times)} answers took {times[0]:.0f} to {times[-1]:.0f} ms, half of them at most {middle:.0f}"
    )


class Client:
    """One process at a time, and what it has answered. Belongs to the process that made it, not to its forks.

    `python` runs the server, the times of its answers are noted beside `folder`, and `site` is where jedi is looked for
    besides. `off` says why no process will be started any more, and is empty as long as one may be.
    """

    def __init__(
        self, python: str, folder: str, site: str, *, limit: float = LIMIT, memory: int = MEMORY, server: str = SERVER
    ) -> None:
        self.owner = os.getpid()
        # Windows: no poll() for pipes, and no process groups. TAB does without jedi there.
        self.off = "" if hasattr(select, "poll") else "this system has no poll(), by which it would be waited for"
        self.about: Answer = {}
        self.starts = 0
        self.python = python
        self.limit = limit
        self._argv = [python, "-I", "-X", "utf8", server, folder, site, str(memory), str(limit), str(self.owner)]
        self._process: _Process | None = None
        self._failures = 0
        self._since = 0.0
        self._number = 0
        self._asked: Tuple[int, str] | None = None  # the question that the process works on
        self._next: str | None = None
        self._died_with = ""  # the question that a process ended at, for whatever reason
        self._answers: Dict[str, Tuple[float, Answer]] = {}

    @property
    def pid(self) -> int:
        """The process that answers, 0 if there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def is_busy(self) -> bool:
        """Whether a question is being worked on, or waits for the process to be ready."""
        return self._process is not None and (self._asked is not None or self._next is not None)

    def start(self, scope: Scope) -> bool:
        """Start a process unless there is one, and let it get ready for `scope` (`path` and `python`); return whether one runs."""
        if self._process is None and not self.off:
            self.starts += 1
            self.about = {}
            self._since = time.monotonic()
            try:
                self._process = _Process(self._argv)
                self._process.send(json.dumps({"do": "warm", "path": scope["path"], "python": scope["python"]}))
            except Exception as error:  # the file is gone, no more processes or descriptors, no such system call
                self._failed(f"it cannot be started: {error}")
        return self._process is not None

    def ask(self, question: Question, seconds: float) -> Answer | None:
        """Return the answer, if it comes within that many seconds; otherwise None, and it is kept for the next time."""
        key = json.dumps(question)
        deadline = time.monotonic() + seconds
        try:
            self._pump(0)
            kept = self._kept(key)
            while kept is None and self._needed(question):
                self._post(key)
                heard = self._pump(deadline - time.monotonic())
                kept = self._kept(key)
                if not heard and (self._process is not None or time.monotonic() > deadline):
                    break  # the time is over; a process that ended is started anew as long as there is some
            return kept
        except Exception as error:  # an answer that is none
            self._failed(f"{type(error).__name__}: {error}")
            return None
        except BaseException:  # Ctrl-C, at any point: what is half written or half read is of no use
            self.stop()
            raise

    def wait(self, seconds: float, keys: int = -1) -> bool:
        """Wait until the process has something to say, at most that long; return whether it has.

        What there is to read from the descriptor `keys` ends the wait. Nothing is read: Ctrl-C costs nothing.
        """
        process = self._process
        return process is not None and process.wait(seconds, keys)

    def hear(self) -> None:
        """Take in what the process has said."""
        try:
            self._pump(0)
        except Exception as error:  # as for `ask`
            self._failed(f"{type(error).__name__}: {error}")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process. A later question starts another one."""
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
        self._asked = self._next = None

    def forget(self) -> None:
        """Drop the process without ending it: it belongs to the process that this one was forked from."""
        if self._process is not None:
            process, self._process = self._process, None
            process.close()

    def _needed(self, question: Question) -> bool:
        """Kill a process that has worked for too long, and start another; return whether one runs."""
        busy = self._process is not None and (self._asked is not None or not self.about)
        limit = HANGS * self.limit if self.about else START_LIMIT
        if busy and time.monotonic() - self._since > limit:
            self._failed("it does not answer", True)
        return self.start(question)

    def _post(self, key: str) -> None:
        """Send a question now, or after the one that is being worked on; only the newest waits."""
        if self._asked is None:
            self._number += 1
            self._asked = self._number, key
            self._since = time.monotonic()
            assert self._process is not None
            self._process.send(f'{{"id": {self._number}, {key[1:]}')
        elif self._asked[1] != key:
            self._next = key

    def _pump(self, seconds: float) -> bool:
        """Wait for what there is to read, at most that long, and take it in. False if there was nothing or no process."""
        if self._process is None:
            return False
        lines, ended = self._process.exchange(seconds)
        for line in lines:
            self._take(json.loads(line))
        if ended:
            status = self._process.status()
            self._failed(_ENDINGS.get(status, "it ended by itself"), status in _ENDINGS)
        return bool(lines) and not ended

    def _take(self, answer: Answer) -> None:
        """Read one line of the process: who answers, why nobody does, or an answer."""
        if "id" not in answer:
            if "error" in answer:
                self.off = f"{self.python} has no jedi that runs: {answer['error']}"
            self.about = answer
            self._since = time.monotonic()
        elif self._asked is not None and self._asked[0] == answer["id"]:
            self._keep(self._asked[1], answer)
            self._asked, following = None, self._next
            self._next = None
            self._failures = 0
            if following is not None:
                self._post(following)

    def _failed(self, reason: str, by_question: bool = False) -> None:
        """End a process that has failed; a question that seems to be the cause is not asked again for a while."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
        if self._asked is not None:
            if by_question or (self.about and self._asked[1] == self._died_with):
                self._keep(self._asked[1], {"error": reason})
            self._died_with = self._asked[1] if self.about else ""
        self._asked = self._next = None
        self.about = {}
        self._failures += 1
        if self._failures >= MOST_FAILURES and not self.off:
            self.off = f"{self.python} failed {self._failures} times: {reason}"

    def _keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, and let go of the oldest beyond `KEPT_ANSWERS`."""
        self._answers.pop(key, None)
        self._answers[key] = time.monotonic(), answer
        while len(self._answers) > KEPT_ANSWERS:
            del self._answers[next(iter(self._answers))]

    def _kept(self, key: str) -> Answer | None:
        """Return what was answered to the same question within the last minute."""
        when, answer = self._answers.get(key, (0.0, None))
        return answer if answer is not None and time.monotonic() - when < KEPT_SECONDS else None


class _Process:
    """A child process and its two pipes. Neither reading nor writing blocks.

    It has no terminal: it is in a session of its own, so that no key pressed at the prompt reaches it, and its input,
    output and errors are the pipes and nothing. Its input ends with us, however we end.
    """

    def __init__(self, argv: List[str]) -> None:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        pipes = [*os.pipe(), *os.pipe()]  # none is inherited: each is closed when a program is started
        self._in, self._out = pipes[1], pipes[2]
        try:
            self.pid = _spawn(argv, environment, pipes[0], pipes[3])
        except BaseException:
            os.close(pipes[1])
            os.close(pipes[2])
            raise
        finally:
            os.close(pipes[0])
            os.close(pipes[3])
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._unsent = b""
        self._unread = b""
        self._writing = _thread.allocate_lock()  # one thread may ask while another waits

    def send(self, message: str) -> None:
        """Send a line, all in ASCII; what does not fit now with the next `exchange`."""
        with self._writing:
            self._unsent += message.encode("ascii") + b"\n"
        self._write()

    def exchange(self, seconds: float) -> Tuple[List[bytes], bool]:
        """Wait at most that long; return the lines that are complete, and whether the process is gone."""
        poll = select.poll()  # select() would refuse descriptors beyond 1023
        deadline = time.monotonic() + max(seconds, 0.0)
        lines: List[bytes] = []
        while not lines:
            poll.register(self._out, select.POLLIN)
            if self._unsent:
                poll.register(self._in, select.POLLOUT)
            ready = poll.poll(max(0.0, 1000 * (deadline - time.monotonic())))
            if not ready:
                break
            for descriptor, _ in ready:
                if descriptor == self._in:
                    self._write()
                    poll.unregister(self._in)
                else:
                    data = os.read(self._out, 1 << 18)
                    if not data:
                        return lines, True
                    *lines, self._unread = (self._unread + data).split(b"\n")
        return lines, False

    def wait(self, seconds: float, keys: int) -> bool:
        """Wait, and write what has not been written yet; return whether there is something to read, its end or an answer."""
        deadline = time.monotonic() + seconds
        while True:
            poll = select.poll()
            poll.register(self._out, select.POLLIN)
            if self._unsent:
                poll.register(self._in, select.POLLOUT)
            if keys >= 0:
                poll.register(keys, select.POLLIN)
            left = deadline - time.monotonic()
            ready = [descriptor for descriptor, _ in poll.poll(1000 * max(0.0, min(left, _AT_ONCE)))]
            if self._out in ready:
                return True
            if keys in ready or (not ready and left <= _AT_ONCE):
                return False
            self._write()

    def _write(self) -> None:
        with self._writing:
            try:
                while self._unsent:
                    self._unsent = self._unsent[os.write(self._in, self._unsent) :]
            except BlockingIOError:
                pass
            except BrokenPipeError:  # it has ended, which reading will tell
                self._unsent = b""

    def status(self) -> int:
        """Return the exit status of a process that has closed its output, or minus the signal that ended it; 0 if unknown."""
        for _ in range(20):  # it is over, or will be in a moment
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else has asked: os.wait() at the prompt
                return 0
            if pid:
                self.pid = 0
                return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
            time.sleep(0.001)
        return 0

    def kill(self) -> None:
        """Kill the process and close the pipes."""
        if self.pid:
            try:
                os.kill(self.pid, 9)
            except OSError:
                pass
            self.status()
        self.close()

    def close(self) -> None:
        """Close the pipes."""
        for descriptor in (self._in, self._out):
            if descriptor >= 0:
                os.close(descriptor)
        self._in = self._out = -1


def _spawn(argv: List[str], environment: Dict[str, str], stdin: int, stdout: int) -> int:
    """Start a program in a session of its own; return its process id. Takes a millisecond, half of it the kernel's."""
    if not hasattr(os, "posix_spawn"):  # PyPy
        import subprocess

        started = subprocess.Popen(  # noqa: S603  # a program of our own, by its path, and no shell
            argv, env=environment, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True
        )
        started.returncode = 0  # it is ours to wait for, and no warning at the end of the prompt
        return started.pid
    actions: List[Any] = [
        (os.POSIX_SPAWN_DUP2, stdin, 0),
        (os.POSIX_SPAWN_DUP2, stdout, 1),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    options: Dict[str, Any] = {"file_actions": actions, "setsigmask": ()}
    try:
        return os.posix_spawn(argv[0], argv, environment, setsid=True, **options)
    except NotImplementedError:  # a C library without it; a group of its own keeps Ctrl-C away too
        return os.posix_spawn(argv[0], argv, environment, setpgroup=0, **options)
