"""The pickle mode at the terminal: reads lines, prints values, and keeps the results.

It reads with `input()`, so it has the editing of whatever prompt it is opened from, and works without a terminal.
"""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Callable
from typing import Any

from histshell import settings
from histshell.errors import HistshellError
from histshell.history import History
from histshell.pik.commands import COMMANDS, LEAVING, Commands, program
from histshell.pik.desk import Desk, Loaded
from histshell.pik.errors import PikError
from histshell.pik.placeholders import Effect
from histshell.pik.printer import show
from histshell.pik.terminal import Lines
from histshell.preview import clip

BANNER = """\
Pik -- the pickle loader.
Type a pickle, for example  (I1  then  I2  then  t.
Help: :help   Back to Python: quit or Ctrl-D"""

PROMPT = "pik> "
MORE = "...> "
LinesOf = Callable[["list[str]", Desk], Any]


class Console:
    """The mode, from entering to leaving. `history` gets the values; `namespace` is where `:dump` evaluates."""

    def __init__(self, history: History, namespace: dict[str, Any], lines: LinesOf | None = None) -> None:
        self.history = history
        self.lines: LinesOf = lines or (lambda words, _desk: Lines(words))
        self.desk = Desk(self._persistent, settings.load().encoding)
        self.commands = Commands(self.desk, namespace, self._loaded)

    def run(self) -> None:
        """Read and do line after line until the user leaves."""
        print(BANNER)
        with self.lines([*(f":{name}" for name in COMMANDS), ":quit"], self.desk) as lines:
            while True:
                try:
                    line = lines.read(PROMPT if self.desk.fresh else MORE)
                except EOFError:
                    print()
                    return
                except KeyboardInterrupt:
                    print("\nKeyboardInterrupt")
                    continue
                if line.strip() == ":quit":
                    return
                if (self.desk.fresh or self.desk.failed is not None) and line.strip() in LEAVING:
                    return
                try:
                    self._do(line)
                except KeyboardInterrupt:
                    print("KeyboardInterrupt; the line is taken back")
                    self.desk.undo()

    def _do(self, line: str) -> None:
        """Do what one line says; whatever goes wrong is printed."""
        try:
            if line.startswith(":"):
                for text in self.commands.run(line):
                    print(text)
            elif line.strip() == "?":
                self._say_awaited()
            elif line.strip() or not self.desk.fresh:
                for loaded in self.desk.type(line):
                    self._loaded(loaded)
        except PikError as error:
            self._fail(error)
        except HistshellError as error:
            print(error)
        except Exception as error:  # trusted code may raise anything
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Say what went wrong with the stream, and how to go on."""
        for loaded in getattr(error, "loaded", []):
            self._loaded(loaded)
        sentence = str(error) if isinstance(error, PikError) else f"{type(error).__name__}: {error}"
        print(sentence)
        if self.desk.failed is not None:
            print(":undo takes the last line back, :clear begins anew, quit leaves")

    def _say_awaited(self) -> None:
        if self.desk.failed is not None:
            print(
                f"the stream has failed: {self.desk.failed}\n:undo takes the last line back, :clear begins anew, quit leaves"
            )
        else:
            print(self.desk.awaited() or "an opcode; :help tells about them")

    def _loaded(self, loaded: Loaded) -> None:
        """Record a value, then print it and what was refused."""
        text = show(loaded.value)
        if loaded.value is not None:
            record = self.history.record(loaded.value, time.time())
            record.source = loaded.source
            record.preview = clip(text)
            builtins._ = loaded.value  # type: ignore[attr-defined]  # as the display hook does
        print(text)
        names = _say_refused(loaded.effects, loaded.uncounted)
        if names:
            print(f"If you mean it:  :trust {' '.join(names)}   and type it again")

    def _persistent(self, number: Any) -> Any:
        """The result of that number: what `P3` pushes."""
        try:
            position = int(number)
        except (TypeError, ValueError):
            raise PikError(f"persistent id {clip(show(number))}: the number of a result is expected") from None
        return self.history.entry(position).value


def _say_refused(effects: list[Effect], uncounted: int) -> list[str]:
    """If anything was refused, print all that the stream asked for; give the names it wanted to import and may not."""
    refused = [effect for effect in effects if effect.refused]
    if refused:
        print("Nothing was run. The stream asks for:")
        for effect in effects:
            print(f"  {effect.kind} {effect.what}{'' if effect.refused else '  (allowed)'}")
        if uncounted:
            print(f"  and {uncounted} more")
    return list(dict.fromkeys(effect.what for effect in refused if effect.kind == "import"))


def enter(
    history: History | None = None, namespace: dict[str, Any] | None = None, lines: LinesOf | None = None
) -> None:
    """Enter the pickle mode; returns when the user leaves it.

    Values go into `history` (default: that of the prompt). `namespace` is where `:dump` evaluates (default:
    that of `__main__`). `lines` makes what reads the lines (default: `terminal.Lines`, by `input()`), given the commands and
    the desk. Python's state is untouched but for what trusted names do.
    """
    if history is None:
        known = (vars(builtins).get(name) for name in ("_h", "h"))
        history = next((value for value in known if isinstance(value, History)), History())
    if namespace is None:
        namespace = sys.modules["__main__"].__dict__
    Console(history, namespace, lines).run()


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


def show_files(names: list[str]) -> bool:
    """Load the pickles in files (`-`: standard input) by the safe policy, print their values; True if all was well."""
    from io import BytesIO

    from histshell.pik.commands import read
    from histshell.pik.loading import load

    good = True
    for name in names:
        try:
            data = sys.stdin.buffer.read() if name == "-" else read(name)
            if not data:
                raise HistshellError(f"{name}: empty")
            file = BytesIO(data)
            while data[file.tell() :].strip():  # a newline that an editor has left at the end is no pickle
                seen = load(file, on_refused="show")
                print(show(seen.value))
                _say_refused(seen.effects, seen.uncounted)
                good = good and not any(effect.refused for effect in seen.effects)
        except PikError as error:
            print(f"{name}: {error}", file=sys.stderr)
            good = False
        except HistshellError as error:
            print(error, file=sys.stderr)
            good = False
    return good
