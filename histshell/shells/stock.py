"""CPython's own prompts: the C one with readline, PyREPL, `-m asyncio`, `code.interact()`; and PyPy's."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable

    from histshell.prompt import Face

_getattr = getattr  # bound here: `Tab` goes on when a user rebinds it in `builtins`

OTHERS = ("IPython", "ipykernel", "bpython", "ptpython", "xonsh", "idlelib")
"""Shells that run start-up files but are no stock prompt, by the package that calls."""


def recognise(frame: "FrameType | None") -> "bool":
    """Whether a stock prompt is what runs the start-up file, judged by the frames that called it."""
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if type(module) is str and module.partition(".")[0] in OTHERS:
            return False
        frame = frame.f_back
    return True


def uses_pyrepl() -> "bool":
    """Whether the prompt is, or is about to be, PyREPL."""
    if sys.hexversion < 0x30D0000 or sys.implementation.name != "cpython" or os.environ.get("PYTHON_BASIC_REPL"):
        return False
    try:  # already loaded where the interpreter runs the start-up file
        main = __import__("_pyrepl.main", None, None, ["CAN_USE_PYREPL"])
    except ImportError:
        return False
    return bool(main.CAN_USE_PYREPL)


def uses_readline() -> "bool":
    """Whether GNU readline (or libedit) draws the prompt."""
    return "readline" in sys.modules and sys.implementation.name == "cpython" and not uses_pyrepl()


def replace_in_reader(old: "object", new: "str") -> "None":
    """Let PyREPL, which is laying out its screen, show `new` in the place of the prompt `old`."""
    readline = sys.modules.get("_pyrepl.readline")
    reader = getattr(getattr(readline, "_wrapper", None), "reader", None)
    for name in ("ps1", "ps2"):
        if getattr(reader, name, None) is old:
            setattr(reader, name, new)


def is_copy(prompt: "str", text: "str") -> "bool":
    """Whether `prompt` is what asyncio makes of a prompt object: from 3.15 on it puts a painted copy in `sys.ps1`.

    `text` is what the object showed at the time.
    """
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if getattr(spec, "name", None) != "asyncio.__main__":
        return False
    import re

    return re.sub(r"\033\[[0-9;]*m", "", prompt) == text


def wants_colour() -> "bool":
    """Whether the prompt is to have colour, by the rules of CPython's own `_colorize`."""
    given = os.environ.get("PYTHON_COLORS")
    if given in ("0", "1"):
        return given == "1"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM", "dumb") != "dumb" and sys.stdout is not None and sys.stdout.isatty()


class Tab:
    """Takes the place of the stock completer, at the first prompt. What completes is loaded when TAB is first pressed.

    `face` knows the namespace and `inputs` where the statement begins; `full` says whether jedi may be asked. A completer
    that a user has set himself stays. The line editor's other settings, its delimiters among them, are left alone: other
    programs that run at the prompt use them too.
    """

    def __init__(self, face: "Face", inputs: "Inputs", full: "bool") -> "None":
        self.face = face
        self.inputs = inputs
        self.full = full
        self.ours = self.complete  # one object, to be known again
        self.stock: "Callable[[str, int], str | None] | None" = None
        self.reader: "Any" = None
        self.command: "Any" = None
        self._prompts = -1

    def prompt_shown(self) -> "None":
        """Done each time the prompt is shown; as cheap as can be."""
        try:
            editor = sys.modules.get("_pyrepl.readline")
            reader = _getattr(_getattr(editor, "_wrapper", None), "reader", None)
            if reader is not None:
                if reader.commands.get("complete") is not self.command or self.command is None:
                    self._into_pyrepl(reader)
                prompts = len(reader.history)
            else:
                readline = sys.modules.get("readline")
                if readline is None or sys.implementation.name != "cpython":
                    return
                current = readline.get_completer()
                if current is not self.ours and is_stock(current):
                    self.stock = current
                    readline.set_completer(self.ours)
                prompts = self._prompts + 1
            if self._prompts == -1:
                self._prompts = prompts
            elif self.full and prompts != self._prompts:  # the second prompt: nobody waits for the first any more
                self.full = False
                from histshell.completion import inferred

                inferred.start()
                self.full = True
        except Exception:  # a line editor that is not as we know it keeps its own completer
            pass

    def _into_pyrepl(self, reader: "Any") -> "None":
        """Put our command in the place of PyREPL's: a completer could only append, here a word can be replaced."""
        module = sys.modules["_pyrepl.completing_reader"]
        base = module.complete
        if reader.commands.get("complete") is base:

            def do(command: "Any") -> "None":
                from histshell.shells import stock_pyrepl

                if not stock_pyrepl.press(self, command):
                    base.do(command)

            self.reader, self.command = reader, type(base)("complete", (base,), {"do": do})
            reader.commands["complete"] = self.command

    def complete(self, text: "str", state: "int") -> "str | None":
        """The completer for `readline.set_completer`."""
        from histshell.shells import stock_readline

        return stock_readline.complete(self, text, state)

    def stop(self) -> "None":
        """Put back what was there before, and end jedi."""
        readline = sys.modules.get("readline")
        if self.stock is not None and readline is not None and readline.get_completer() is self.ours:
            readline.set_completer(self.stock)
        if self.reader is not None and self.reader.commands.get("complete") is self.command:
            self.reader.commands["complete"] = self.command.__base__
        inferred: "Any" = sys.modules.get("histshell.completion.inferred")
        if inferred is not None:
            inferred.stop()


def is_stock(completer: "object") -> "bool":
    """Whether a completer is one that Python itself puts into its line editors."""
    kind = type(_getattr(completer, "__self__", None))
    return kind.__module__ in ("rlcompleter", "_pyrepl.fancycompleter")


class Inputs:
    """Finds the text of the input that is running. One for each session; remembers the last answer."""

    def __init__(self) -> "None":
        readline = sys.modules["readline"] if uses_readline() else None
        self.history_length: "Callable[[], int] | None" = getattr(readline, "get_current_history_length", None)
        self.mark = 0
        self._find: "Callable[[FrameType, int], tuple[str, CodeType, int]] | None" = None
        self._position: "Callable[[CodeType, int], int] | None" = None
        self._code: "CodeType | None" = None
        self._offset = 0
        self._answer = ("", 0)
        self.prompt_shown()

    def prompt_shown(self) -> "None":
        """Note how much of readline's history is older than the next input."""
        if self.history_length is not None:
            self.mark = self.history_length()

    def source(self, frame: "FrameType") -> "tuple[str, int]":
        """The text of the whole input, and which part of it runs in `frame` (see `inputs.position`)."""
        if frame.f_code is not self._code or frame.f_lasti != self._offset:
            if self._find is None or self._position is None:
                from histshell import inputs
                from histshell.shells import stock_source

                self._find, self._position = stock_source.find, inputs.position
            text, code, offset = self._find(frame, self.mark if self.history_length is not None else -1)
            self._answer = text, self._position(code, offset) if ";" in text or "\n" in text else 0
            self._code, self._offset = frame.f_code, frame.f_lasti
        return self._answer
