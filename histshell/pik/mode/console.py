"""The pickle mode at the terminal: reads lines, prints values, and keeps the results.

It reads with `input()`, so it has the editing of whatever prompt it is opened from, and works without a terminal.
"""

from __future__ import annotations

import builtins
import sys
import time
from typing import Any, Callable, Iterable, Protocol, Sequence

from histshell import settings
from histshell.errors import HistshellError
from histshell.history import History, record
from histshell.pik.effects import about_effects, is_asking, trust_words
from histshell.pik.errors import PikError, RefusedError
from histshell.pik.mode import pasting
from histshell.pik.mode.commands import COMMANDS, LEAVING, Commands, program, said
from histshell.pik.mode.lines import Lines
from histshell.pik.mode.stream import Broken, Loaded, Stream
from histshell.pik.placeholders import Effect
from histshell.preview import LIMIT, clip, show

BANNER = """\
Pik -- the pickle loader.
Type a pickle, for example  (I1  then  I2  then  t.
Help: :help   Back to Python: quit or Ctrl-D"""

WAY_OUT = ":undo takes the last line back, :clear begins anew, quit leaves"
MOST_ADVISED = 20
"""How many names one line of advice has."""

PROMPT = "pik> "
MORE = "...> "
_ROOM = 1_000_000
_FULL = 20_000


class Told(Protocol):
    """What is told of each line: the journal of a session."""

    def accepted(self, source: str, language: str = "") -> None:
        """A line was entered."""

    def over(self, error: BaseException | None = None) -> None:
        """It is done."""


LinesOf = Callable[["list[str]", Stream], Any]


PLAIN, ASKS, BROKEN = 0, 1, 2
"""What an exit status says of a stream: plain data, one that asks for more (whatever else), one that is broken."""


class Room:
    """How much the values of one file or one line may say together: with few bytes each, thousands could each fill a screen."""

    def __init__(self, length: int = 0) -> None:
        """Give room for what stands in *length* bytes."""
        self.left = _ROOM + length

    def show(self, value: object) -> str:
        """Give a value as text, in full as long as there is room; then cut to a line or two."""
        text = show(value, total=max(min(self.left, _FULL), LIMIT))
        self.left -= len(text)
        return text


class Console:
    """The mode, from entering to leaving. `history` gets the values; `namespace` is where `:dump` evaluates.

    With `quiet` it prints values, and what commands answer, to the standard output and everything else to the standard error;
    `status` is then what the streams were.
    """

    def __init__(
        self,
        history: History,
        namespace: dict[str, Any],
        lines: LinesOf | None = None,
        quiet: bool = False,
        journal: Told | None = None,
    ) -> None:
        self.history = history
        self.journal = journal
        self.lines: LinesOf = lines or (lambda words, _stream: Lines(words, MORE))
        self.quiet = quiet
        self.status = PLAIN
        self.room = Room()
        self.stream = Stream(self._persistent, settings.load().encoding)
        self.commands = Commands(self.stream, namespace, self._loaded)

    def run(self) -> None:
        """Read and do line after line until the user leaves."""
        print(BANNER)
        with self.lines([*(f":{name}" for name in COMMANDS), ":quit"], self.stream) as lines:
            while True:
                try:
                    text = lines.read(PROMPT if self.stream.fresh else MORE)
                except EOFError:
                    print()
                    return
                except KeyboardInterrupt:
                    print("\nKeyboardInterrupt")
                    continue
                if not self._told(text):
                    return

    def _told(self, text: str) -> bool:
        """Do what was entered, and tell the journal of it; false if it leaves."""
        journal = self.journal if text.strip() else None
        if journal is None:
            return self._take(pasting.lines(text))
        failed = self.stream.failed
        journal.accepted(text, "pik")
        try:
            return self._take(pasting.lines(text))
        finally:
            journal.over(None if self.stream.failed is failed else self.stream.failed)

    def _take(self, lines: list[str]) -> bool:
        """Do line after line of what was entered at once; false if one leaves. After an error in it only commands count."""
        unused, leaving = 0, False
        for number, line in enumerate(lines):
            if number and self.stream.failed is not None and not (line.startswith(":") or self._leaves(line)):
                unused += bool(line.strip())
                continue
            leaving = self._leaves(line)
            if leaving or not self._done(line):
                unused += sum(1 for rest in lines[number + 1 :] if rest.strip())
                break
        if unused:
            print(f"{unused} more line{'s' if unused > 1 else ''} of the paste: not used")
        return not leaving

    def _done(self, line: str) -> bool:
        """Do what one line says; false if that was interrupted."""
        try:
            self._do(line)
        except KeyboardInterrupt:
            print("KeyboardInterrupt; the line is taken back")
            self.stream.undo()
            return False
        return True

    def _leaves(self, line: str) -> bool:
        """Return whether a line is one that leaves the mode, here."""
        word = line.strip()
        return word == ":quit" or (word in LEAVING and (self.stream.fresh or self.stream.failed is not None))

    def feed(self, lines: Iterable[str]) -> int:
        """Take lines that nobody types, to their end; return the status. After an error only commands are taken."""
        for line in lines:
            if self.stream.failed is None or line.startswith(":"):
                self._do(line)
        if self.stream.failed is None and self.stream.awaited():
            self._remark(f"the lines end within a stream, which waits for: {self.stream.awaited()}")
            machine = self.stream.machine
            self._say_refused(machine.effects, machine.uncounted, bool(self.stream.policy.trusted))
            self._judge(ASKS if is_asking(machine.effects) else BROKEN)
        return self.status

    def _judge(self, status: int) -> None:
        """Keep the worst status so far: a stream that asks for something is worse than a broken one."""
        self.status = ASKS if ASKS in (status, self.status) else max(status, self.status)

    def _remark(self, text: str) -> None:
        """Print what is no value."""
        print(text, file=sys.stderr if self.quiet else None)

    def _do(self, line: str) -> None:
        """Do what one line says; whatever goes wrong is printed."""
        if self.quiet:
            self.room.left += len(line)
        else:
            self.room = Room(len(line))
        try:
            if line.startswith(":"):
                for text in self.commands.run(line):
                    print(text)
            elif line.strip() == "?":
                self._say_awaited()
            elif line.strip() or not self.stream.fresh:
                for loaded in self.stream.type(line):
                    self._loaded(loaded)
        except PikError as error:
            self._fail(error)
        except HistshellError as error:
            self._remark(str(error))
            self._judge(BROKEN)
        except Exception as error:  # trusted code may raise anything
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Say what went wrong with the stream, and how to go on."""
        broken = self.stream.broken
        if broken is None or broken.error is not error:  # of a stream that has failed before, or of a command
            broken = Broken(error)
        for loaded in broken.loaded:
            self._loaded(loaded)
        known = error if isinstance(error, PikError) else broken
        effects = known.effects
        self._remark(str(error) if isinstance(error, PikError) else said(error))
        self._say_refused(effects, known.uncounted, bool(self.stream.policy.trusted))
        self._judge(ASKS if is_asking(effects) or isinstance(error, RefusedError) else BROKEN)
        if self.stream.failed is not None and not self.quiet:
            print(WAY_OUT)

    def _say_awaited(self) -> None:
        if self.stream.failed is not None:
            self._remark(f"the stream has failed: {self.stream.failed}\n{WAY_OUT}")
        else:
            self._remark(self.stream.awaited() or "an opcode; :help tells about them")

    def _loaded(self, loaded: Loaded) -> None:
        """Record a value, then print it and what was refused."""
        text = self.room.show(loaded.value)
        if loaded.value is not None:
            made = record(self.history, loaded.value, time.time())
            made.source = loaded.source
            made.preview = clip(text)
            builtins._ = loaded.value  # type: ignore[attr-defined]  # as the display hook does
        print(text)
        self._say_refused(loaded.effects, loaded.uncounted, loaded.trusted)
        self._judge(ASKS if is_asking(loaded.effects) else PLAIN)

    def _say_refused(self, effects: Sequence[Effect], uncounted: int, trusted: bool) -> None:
        """Print what was refused, and what to type for it."""
        if not is_asking(effects):
            return
        for line in about_effects(effects, uncounted, trusted):
            self._remark(line)
        if self.quiet:
            return
        names, others = trust_words(effects, self.stream.policy.trusting)
        if names:
            more = "" if len(names) <= MOST_ADVISED else f"   (and {len(names) - MOST_ADVISED:,} names more)"
            print(f"If you mean it:  :trust {' '.join(names[:MOST_ADVISED])}{more}   and type it again")
        if others:
            print(f"{others:,} name{'s' if others > 1 else ''} cannot be trusted: too long, or no name")

    def _persistent(self, number: Any) -> Any:
        """Return the result of that number: what `P3` pushes."""
        try:
            position = int(number)
        except (TypeError, ValueError):
            raise PikError(f"persistent id {show(number, total=100)}: the number of a result is expected") from None
        if position.bit_length() > 63:  # no number of a result, and too long to be said
            raise PikError(f"persistent id {show(number, total=100)}: the number of a result is expected")
        return self.history.entry(position).value


def enter(
    history: History | None = None,
    namespace: dict[str, Any] | None = None,
    lines: LinesOf | None = None,
    journal: Told | None = None,
) -> None:
    """Enter the pickle mode; returns when the user leaves it.

    Values go into `history` (default: that of the prompt). `namespace` is where `:dump` evaluates (default:
    that of `__main__`). `lines` makes what reads the lines (default: `mode.lines.Lines`, by `input()`), given the commands and
    the stream; `journal` is told of each. Python's state is untouched but for what trusted names do.
    """
    if history is None:
        known = (vars(builtins).get(name) for name in ("_h", "h"))
        history = next((value for value in known if isinstance(value, History)), History())
    if namespace is None:
        namespace = sys.modules["__main__"].__dict__
    Console(history, namespace, lines, journal=journal).run()


def prepare_terminal() -> None:
    """Load what gives `input()` its line editing; at Python's own prompt it is there already."""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            import readline  # noqa: F401  # imported for its effect
        except ImportError:
            pass


def dump(value: object) -> None:
    """Print the pickle program of a value, as a listing."""
    import pickle

    for line in program(value, pickle.DEFAULT_PROTOCOL):
        print(line)


def read_lines() -> int:
    """Take the lines of standard input as if they were typed, print the values only, and return the exit status."""
    stream = getattr(sys.stdin, "buffer", None)
    lines = (raw.decode("utf-8", "surrogateescape").rstrip("\r\n") for raw in stream or ())
    return Console(History(), sys.modules["__main__"].__dict__, quiet=True).feed(lines)
