"""CPython's own prompts: the C one with readline, PyREPL, `-m asyncio`, `code.interact()`; and PyPy's."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Mapping

OTHERS = ("IPython", "ipykernel", "bpython", "ptpython", "xonsh", "idlelib")
"""Shells that run start-up files but are no stock prompt, by the package that calls."""


def foreign(frame: "FrameType | None") -> "str":
    """The package of the shell that runs the start-up file, told by the frames that called it; empty for a stock prompt."""
    while frame is not None:
        module = frame.f_globals.get("__name__")
        package = module.partition(".")[0] if type(module) is str else ""
        if package in OTHERS:
            return package
        frame = frame.f_back
    return ""


def uses_pyrepl() -> "bool":
    """Whether the prompt is, or is about to be, PyREPL."""
    if sys.hexversion < 0x30D0000 or sys.implementation.name != "cpython" or os.environ.get("PYTHON_BASIC_REPL"):
        return False
    if is_embedded():  # asked first: the import below would set readline's completer
        return False
    try:  # already loaded where the interpreter runs the start-up file
        main = __import__("_pyrepl.main", None, None, ["CAN_USE_PYREPL"])
    except ImportError:
        return False
    return bool(main.CAN_USE_PYREPL)


def is_embedded() -> "bool":
    """Whether a program of its own opens the prompt, by `code.interact()`: Django's shell, Flask's, a script.

    `input()` reads the lines there, with readline if the program has loaded it, and in no version PyREPL.
    """
    if not sys.argv or sys.argv[0] in ("", "-") or sys.flags.inspect or os.environ.get("PYTHONINSPECT"):
        return False
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if getattr(spec, "name", None) == "asyncio.__main__":
        return False
    frame: "FrameType | None" = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if type(module) is str and (module.startswith("_pyrepl") or module == "histshell.by_hand"):
            return False
        frame = frame.f_back
    return True


def console_namespace(frame: "FrameType | None") -> "dict[str, object] | None":
    """The namespace of the `code.InteractiveConsole` that asks for its prompt in `frame`; None for the interpreter's own."""
    for _ in _DEPTH:
        if frame is None:
            return None
        if frame.f_code.co_name == "interact":
            namespace = getattr(frame.f_locals.get("self"), "__dict__", _NOTHING).get("locals")
            if type(namespace) is dict:
                return namespace
        frame = frame.f_back
    return None


_NOTHING: "dict[str, Any]" = {}
_DEPTH = range(40)  # frames between a prompt and who asks for it: PyREPL has the most, about fifteen


def uses_readline() -> "bool":
    """Whether GNU readline (or libedit) draws the prompt."""
    return "readline" in sys.modules and sys.implementation.name == "cpython" and not uses_pyrepl()


def pyrepl_reader() -> "Any":
    """The reader of PyREPL in this process, None if there is none."""
    readline = sys.modules.get("_pyrepl.readline")
    return getattr(getattr(readline, "_wrapper", None), "reader", None)


def replace_in_reader(old: "object", new: "str") -> "None":
    """Let PyREPL, which is laying out its screen, show `new` in the place of the prompt `old`."""
    reader = pyrepl_reader()
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

    return re.sub(r"\033\[[0-9;]*m|\033\][^\a]*\a|[\001\002]", "", prompt) == text


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


_PROGRAMS = {"iTerm.app": "iTerm2", "WezTerm": "WezTerm", "ghostty": "Ghostty", "vscode": "VS Code", "tmux": "tmux"}
_TERMS = {
    "xterm-kitty": "kitty",
    "xterm-ghostty": "Ghostty",
    "wezterm": "WezTerm",
    "foot": "foot",
    "foot-extra": "foot",
}
_VARIABLES = {"KITTY_WINDOW_ID": "kitty", "WEZTERM_PANE": "WezTerm", "WT_SESSION": "Windows Terminal"}


def marking_terminal(environ: "Mapping[str, str] | None" = None) -> "str":
    """The terminal, if it is one that is known to understand the marks of shell integration; empty if not."""
    get = (os.environ if environ is None else environ).get
    name = _PROGRAMS.get(get("TERM_PROGRAM", "")) or _TERMS.get(get("TERM", ""), "")
    if not name:
        name = "iTerm2" if get("LC_TERMINAL") == "iTerm2" else ""  # what ssh may hand on
        for variable in _VARIABLES:
            if get(variable):
                name = _VARIABLES[variable]
    if name == "tmux":  # it names itself from 3.2 on, and reads the marks, for its own use, from 3.4 on
        major, _, minor = get("TERM_PROGRAM_VERSION", "").replace("next-", "").partition(".")
        return name if major.isdigit() and (int(major) > 3 or (major == "3" and "4" <= minor[:1] <= "9")) else ""
    if name and (get("TMUX") or get("STY") or get("ZELLIJ")):  # inherited from around a terminal in the terminal
        return ""
    return name


def wants_marks(setting: "str") -> "bool":
    """Whether the prompt is to have the marks of shell integration, by the setting of that name."""
    return setting == "on" or (setting == "auto" and marking_terminal() != "")


def is_stock(completer: "object") -> "bool":
    """Whether a completer is one that Python itself puts into its line editors."""
    kind = type(getattr(completer, "__self__", None))
    return kind.__module__ in ("rlcompleter", "_pyrepl.fancycompleter")


class Inputs:
    """Finds the text of the input that is running. One for each session; remembers the last answer."""

    def __init__(self) -> "None":
        self.history_length: "Callable[[], int] | None" = None
        self.mark = 0
        self.find_readline()
        self._find: "Callable[[FrameType, int], tuple[str, CodeType, int]] | None" = None
        self._position: "Callable[[CodeType, int], int] | None" = None
        self._code: "CodeType | None" = None
        self._offset = 0
        self._answer = ("", 0)
        self.prompt_shown()

    def find_readline(self) -> "bool":
        """See whether readline draws the prompt; a program that opens one may load it after the start-up file."""
        readline = sys.modules["readline"] if uses_readline() else None
        self.history_length = getattr(readline, "get_current_history_length", None)
        return readline is not None

    def prompt_shown(self) -> "None":
        """Note how much of readline's history is older than the next input."""
        if self.history_length is not None:
            self.mark = self.history_length()

    def before(self) -> "str":
        """The lines of this input that readline has been given already, with their ends; empty in its first line."""
        readline: "Any" = sys.modules.get("readline")
        if self.history_length is None or readline is None:
            return ""
        last = self.history_length()
        lines = [readline.get_history_item(index) or "" for index in range(self.mark + 1, last + 1)]
        return "".join(line + "\n" for line in lines)

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
