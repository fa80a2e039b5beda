"""Writing the journal of the running session: nothing before the first input, one `write` a record, nothing raised."""

from __future__ import annotations

import os
from _thread import RLock, get_ident
from time import perf_counter, time
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Tuple

from . import mounts, outcome, place, records, saying, secrets
from .file import AppendFile, ValuesFile
from .file_format import VERSION
from .slow import Worker

if TYPE_CHECKING:
    from histshell.history import History

    from .outcome import Ranges, Running, Saves

PATIENCE = 0.04
"""Seconds that a prompt waits for the first `open` where it may take long; if it does, a thread goes on with it."""

_AT_EXIT = 0.5  # seconds that the end of the process waits for that thread

# Each call of ours is one that the user's tracer sees, so the usual way through this module has few.
_getpid, _quoted, _directory, _OSError = os.getpid, records.quoted, os.getcwd, OSError
_mask, _is_private, _holds_secret = secrets.mask, secrets.is_private, secrets.holds_secret


class Journal:
    """What a shell tells of its inputs: `accepted` and `over`, or `whole` where it shows an input only when it has run.

    `about()` gives the fields of the first record. Results are the ones that `history` has got meanwhile. `save(value, number)`
    gives the bytes of a plain value, None where it is not to be kept, or comes later, by `keep`; they go into the file of values.
    While `paused`, nothing is written but the goodbye. `before_goodbye` is called before the last record, `before_input`, if
    there is one, before that of an input. An input within an input, as in `code.interact()`, has its own results. A forked
    process begins a journal of its own, at its first input. No method raises anything but what a signal handler of the user's
    raises meanwhile; the record is kept then too.
    """

    def __init__(self, history: History, about: Callable[[], Dict[str, Any]], save: Saves | None = None) -> None:
        self.history = history
        self.about = about
        self.save = save
        self.paused = False
        self._file: AppendFile | None = None
        self._values: ValuesFile | None = None
        self.inputs = 0  # accepted so far
        self.before_goodbye: Callable[[], object] = lambda: None
        self.before_input: Callable[[], object] | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Have no file yet, and no input that runs."""
        self.id = ""
        self.trouble = saying.Trouble()
        self._pid = _getpid()
        self._seq = 0  # of the last record; 0 is the first one's
        self._cwd = ""
        self._told = len(self.history) - 1  # results up to this one belong to an input, or to none
        self._running: Dict[int, List[Running | None]] = {}  # by thread; None stands for an input that is not kept
        self._lock = RLock()
        self._line = ""  # the record of the step that is being done, when it is made
        self._worker: Worker | None = None
        self._goes_on = ""  # the session whose results were there before the first input
        self.close()

    def close(self) -> None:
        """Let go of the files: those of a parent process, which it goes on with itself."""
        for file in (self._file, self._values):
            if file is not None:
                file.close()
        self._file = self._values = None

    # -- told by the shell ---------------------------------------------------------------------------------------------

    def accepted(self, source: str, language: str = "") -> None:
        """An input was accepted, and is about to run."""
        before = None
        try:
            if self._pid != _getpid():
                self._begin_anew()
            if self.before_input is not None:
                self.before_input()
            with self._lock:
                self._line = ""
                before = self._seq, self._cwd, self._told
                self._accepted(source, language)
        except Exception as error:
            self.trouble.broke(error)
        except BaseException:
            self._once_more(before, self._accepted, source, language)
            raise

    def over(self, error: BaseException | None = None, void: bool = False, end: float = 0.0, thread: int = 0) -> None:
        """The input that was accepted last is over; `error` is what it raised. With `void` it turns out that there was none.

        `end` is when that was, by `time.perf_counter`, if that is not now; `thread` is that which accepted it, if not this one.
        """
        end = end or perf_counter()
        stack = self._running.get(thread or get_ident())
        if not stack or self._pid != _getpid():
            return
        running, before = stack[-1], None
        try:
            with self._lock:
                self._line = ""
                before = self._seq, self._cwd, self._told
                self._over(stack, running, end, error, void)
            if self.trouble.line:
                self.trouble.say()
        except Exception as problem:
            self.trouble.broke(problem)
        except BaseException:
            self._once_more(before, self._over, stack, running, end, error, void)
            raise

    def whole(
        self, source: str, seconds: float | None = None, error: BaseException | None = None, language: str = ""
    ) -> None:
        """An input has run, which was not seen before; `seconds` is None where it is not known how long it took."""
        before = None
        try:
            if self._pid != _getpid():
                self._begin_anew()
            with self._lock:
                self._line = ""
                before = self._seq, self._cwd, self._told
                self._whole(source, seconds, error, language)
            if self.trouble.line:
                self.trouble.say()
        except Exception as problem:
            self.trouble.broke(problem)
        except BaseException:
            self._once_more(before, self._whole, source, seconds, error, language)
            raise

    def goodbye(self) -> None:
        """The session is left as it should be."""
        try:
            if self._pid == _getpid() and self._file is not None:
                self.before_goodbye()
                self._seq += 1  # in a pause too: it has the time alone, and without it the session would count as lost
                self._put(f'{{"kind": "goodbye", "seq": {self._seq}, "when": {time():.3f}}}\n')
                if self._worker is not None:
                    self._worker.wait(_AT_EXIT)
        except Exception:  # the process ends, and nobody reads a line of ours any more
            pass

    def keep(self, number: int, data: bytes, inputs: int = -1) -> str:
        """Put the value of a result into the file of values, if no input was accepted since there were `inputs`.

        Returns why it was not done, an empty text if it was. Called from any thread.
        """
        value = list.__getitem__(self.history, number) if number < len(self.history) else None
        if _holds_secret(value, data):
            return "there is a secret in it"
        with self._lock:
            journal = self._file
            if journal is None or self._pid != _getpid():
                return "nothing of this session is kept yet"
            if inputs >= 0 and inputs != self.inputs:
                return "the next input may change it"
            if self.paused:
                return "h.pause() is on"
            self._seq = seq = self._seq + 1
            if self._worker is not None:
                self._put("", lambda: self._values_beside(journal).record(seq, number, data))
                return ""
            line = self._values_beside(journal).record(seq, number, data)
            self._put(line)
            return "" if '"at"' in line else "the disk does not take it"

    def resumed(self, session: str) -> None:
        """The history has the results of another session now, which are none of an input's."""
        with self._lock:
            self._told = len(self.history) - 1
            if self._file is None:
                self._goes_on = session
            elif not self.paused:
                self._seq += 1
                self._put(records.line("resumed", self._seq, {"when": round(time(), 3), "session": session}))

    def runs(self, thread: int = 0) -> int:
        """How many inputs of a thread, this one if none is named, run one within the other, as far as is known."""
        return len(self._running.get(thread or get_ident(), ())) if self._pid == _getpid() else 0

    def came(self, last: int) -> None:
        """Have the results after that number be those of the next input that is told of."""
        self._told = min(self._told, last - 1)

    def threads(self) -> List[int]:
        """Return the threads that have had inputs."""
        return list(self._running)

    @property
    def is_remote(self) -> bool:
        """Whether the journals lie where a call may wait for another machine."""
        return self._worker is not None

    def has_results(self) -> bool:
        """Whether the input that runs has results so far."""
        stack = self._running.get(get_ident())
        running = stack[-1] if stack else None
        return len(self.history) - 1 > self._told or (running is not None and bool(running.results))

    def settle(self) -> str:
        """Have all that waits written, as far as that can be; return the journal's path, empty if there is none yet."""
        if self._file is None or self._pid != _getpid():
            return ""
        if self._worker is not None:
            self._worker.wait(_AT_EXIT)
        else:
            self._file.flush()
        return self._file.path

    def unkept(self) -> int | None:
        """Keep no more of the input that runs; return its record, None if it has none."""
        stack = self._running.get(get_ident())
        if not stack or stack[-1] is None:
            return None
        seq, stack[-1] = stack[-1].seq, None
        return seq

    # -- records -------------------------------------------------------------------------------------------------------

    def _once_more(self, before: Tuple[int, str, int] | None, step: Callable[..., None], *arguments: Any) -> None:
        """Do a step to its end that a signal handler of the user's has interrupted, by Ctrl-C: nothing of it is lost."""
        try:
            with self._lock:
                if before is None:  # it had not begun
                    step(*arguments)
                elif not self._line:
                    self._seq, self._cwd, self._told = before
                    stack = self._running.get(get_ident())
                    if stack and stack[-1] is not None and stack[-1].seq > self._seq:  # its own
                        del stack[-1]
                    step(*arguments)
                elif self._worker is None and self._file is not None:
                    if not self._file.holds(self._line.encode()):
                        self._put(self._line)
                    self._file.flush()
        except Exception as error:
            self.trouble.broke(error)

    def _accepted(self, source: str, language: str) -> None:
        self.inputs += 1
        thread, last = get_ident(), len(self.history) - 1
        stack = self._running.get(thread)
        if stack is None:
            stack = self._running[thread] = []
        elif stack and stack[-1] is not None and last > self._told:
            stack[-1].results.append((self._told + 1, last))
        self._told = last
        if self.paused or _is_private(source):
            stack.append(None)
            return
        source, masked = _mask(source)
        self._seq = seq = self._seq + 1
        more = ', "masked": true' if masked else ""
        if language:
            more += f', "language": {_quoted(language)}'
        try:
            cwd = _directory()
        except _OSError:  # it is gone
            cwd = ""
        if cwd != self._cwd:
            self._cwd = cwd
            more += f', "cwd": {_quoted(cwd)}'
        running = outcome.Running()
        running.seq, running.masked, running.results, running.begun = seq, masked, [], perf_counter()
        stack.append(running)
        self._line = line = (
            f'{{"kind": "input", "seq": {seq}, "when": {time():.3f}, "source": {_quoted(source)}{more}}}\n'
        )
        if self._worker is None and self._file is not None:
            if not self._file.append(line.encode()):
                self.trouble.fault(self._file)
        else:
            self._put(line)
        running.begun = perf_counter()

    def _over(
        self, stack: List[Running | None], running: Running | None, end: float, error: BaseException | None, void: bool
    ) -> None:  # fmt: skip
        told, self._told = self._told, len(self.history) - 1
        if stack and stack[-1] is running:
            del stack[-1]
        if running is None:
            return
        results = running.results
        if self._told > told:
            results = [*results, (told + 1, self._told)]
        self._seq = seq = self._seq + 1
        line = f'{{"kind": "outcome", "seq": {seq}, "of": {running.seq}, "seconds": {max(end - running.begun, 0.0):.6f}'
        if void:
            line += ', "void": true'
        if error is not None:
            line += outcome.failure(error, running.masked)
        if results:
            self._with_results(line, results, running.masked)
            return
        self._line = line = line + "}\n"
        if self._worker is None and self._file is not None:
            if not self._file.append(line.encode()):
                self.trouble.fault(self._file)
        else:
            self._put(line)

    def _whole(self, source: str, seconds: float | None, error: BaseException | None, language: str) -> None:
        self.inputs += 1
        told, self._told = self._told, len(self.history) - 1
        if self.paused or _is_private(source):
            return
        source, masked = _mask(source)
        self._seq += 1
        line = f'{{"kind": "whole", "seq": {self._seq}, "when": {time() - (seconds or 0.0):.3f}, "source": {_quoted(source)}'
        if masked:
            line += ', "masked": true'
        if language:
            line += f', "language": {_quoted(language)}'
        try:
            cwd = _directory()
        except _OSError:
            cwd = ""
        if cwd != self._cwd:
            self._cwd = cwd
            line += f', "cwd": {_quoted(cwd)}'
        if seconds is not None:
            line += f', "seconds": {max(seconds, 0.0):.6f}'
        if error is not None:
            line += outcome.failure(error, masked)
        if self._told > told:
            self._with_results(line, [(told + 1, self._told)], masked)
        else:
            self._line = line + "}\n"
            self._put(self._line)

    def _with_results(self, line: str, results: Ranges, masked: bool) -> None:
        """Write a record that has results, and before it the values that are kept of them."""
        rows, values = outcome.rows(self.history, results, masked, self.save)

        def whole() -> str:
            if values and self._file is not None:
                self._values_beside(self._file).put(rows, values)
            return f'{line}, "results": [{", ".join(rows)}]}}\n'

        if self._worker is None or not values:
            self._line = whole()
            self._put(self._line)
        else:
            self._put("", whole)

    def _values_beside(self, journal: AppendFile) -> ValuesFile:
        """Return the file of values, which is made when the first comes."""
        if self._values is None:
            self._values = ValuesFile(journal.path)
        return self._values

    def _put(self, line: str, make: Callable[[], str] | None = None) -> None:
        """Write a record, or have the thread make and write it."""
        file = self._file
        if file is None:
            self._first(line)
        elif self._worker is None:
            if not file.append(line.encode()):
                self.trouble.fault(file)
        else:
            added = self._worker.add(lambda: file.append((make() if make is not None else line).encode()))
            if file.fault or not added:
                self.trouble.fault(file)

    def _first(self, line: str) -> None:
        """Write the first record of all, and the one that begins the session before it."""
        now = time()
        self.id = place.new_id(now)
        folder = place.folder()
        about = {"v": VERSION, "id": self.id, "when": round(now, 3), **self.about()}
        if self._goes_on:
            about["resumed"] = self._goes_on
        head = records.line("session", 0, about).encode()
        file = self._file = AppendFile(
            os.path.join(folder, self.id + place.SUFFIX), lambda: place.make(folder), lambda: head
        )
        if not mounts.may_wait():
            self._put(line)
            return
        worker = self._worker = Worker()

        def look() -> None:
            file.asks = mounts.lies_remote(os.path.dirname(folder))

        worker.add(look)
        self._put(line)
        if worker.wait(PATIENCE) and not file.asks:
            self._worker = None
            if file.fault:
                self.trouble.fault(file)
