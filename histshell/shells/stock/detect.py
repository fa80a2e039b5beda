"""CPython's own prompts: the C one with readline, PyREPL, `-m asyncio`, `code.interact()`; and PyPy's."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any, Callable, Mapping

    from histshell.line_editor import LineEditor

OTHERS = ("IPython", "ipykernel", "bpython", "ptpython", "xonsh", "idlelib")
"""Shells that run start-up files but are no stock prompt, by the package that calls."""


def foreign(frame: "FrameType | None") -> "str":
    """Return the package of the shell that runs the start-up file, told by the frames that called it; empty for a stock prompt."""
    while frame is not None:
        module = frame.f_globals.get("__name__")
        package = module.partition(".")[0] if type(module) is str else ""
        if package in OTHERS:
            return package
        frame = frame.f_back
    return ""


def console_asking(frame: "FrameType | None") -> "dict[str, Any] | None":
    """Return the attributes of the `code.InteractiveConsole` that asks for its prompt in `frame`; None for the interpreter's own.

    Its `locals` are a dict.
    """
    for _ in _DEPTH:
        if frame is None:
            return None
        if frame.f_code.co_name == "interact":
            console: "dict[str, Any]" = getattr(frame.f_locals.get("self"), "__dict__", _NOTHING)
            if type(console.get("locals")) is dict:
                return console
        frame = frame.f_back
    return None


_NOTHING: "dict[str, Any]" = {}
_DEPTH = range(40)  # frames between a prompt and who asks for it: PyREPL has the most, about fifteen


def is_copy(prompt: "str", text: "str") -> "bool":
    """Return whether `prompt` is what asyncio makes of a prompt object: from 3.15 on it puts a painted copy in `sys.ps1`.

    `text` is what the object showed at the time.
    """
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    if getattr(spec, "name", None) != "asyncio.__main__":
        return False
    import re

    return re.sub(r"\033\[[0-9;]*m|\033\][^\a]*\a|[\001\002]", "", prompt) == text


def wants_colour() -> "bool":
    """Return whether the prompt is to have colour, by the rules of CPython's own `_colorize`."""
    given = os.environ.get("PYTHON_COLORS")
    if given in ("0", "1"):
        return given == "1"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM", "dumb") != "dumb" and is_terminal(sys.stdout)


def is_terminal(stream: "Any") -> "bool":
    """Return whether a stream is at a terminal; one that is missing, closed or the user's own may not be."""
    try:
        return bool(stream.isatty())
    except Exception:  # whatever it is, the prompt goes on
        return False


def is_read_by_program(environ: "Mapping[str, str] | None" = None) -> "bool":
    """Return whether a program at the other end of the terminal knows the prompt by its text: Emacs' `run-python` and its kind.

    Emacs says `comint` in `INSIDE_EMACS` for those, but also for `M-x shell`, where a person reads what a shell starts. So
    besides either python.el's own variable is there, or no shell stands between Emacs and this process.
    """
    get = (os.environ if environ is None else environ).get
    if "comint" not in get("INSIDE_EMACS", "").split(","):
        return False
    if get("PYTHONUNBUFFERED"):
        return True
    try:
        return os.getsid(0) == os.getpid()
    except (AttributeError, OSError):  # Windows has no sessions
        return True


def wants_plain(setting: "str") -> "bool":
    """Return whether the prompt is to be Python's own `>>> `, by the setting `plain_prompt`."""
    return setting == "on" or (setting == "auto" and is_read_by_program())


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
    """Return the terminal, if it is one that is known to understand the marks of shell integration; empty if not."""
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
    inner = get("TMUX") or get("STY") or get("ZELLIJ") or get("INSIDE_EMACS")
    return "" if inner else name  # inherited from around a terminal in the terminal


def wants_marks(setting: "str") -> "bool":
    """Return whether the prompt is to have the marks of shell integration, by the setting of that name."""
    return setting == "on" or (setting == "auto" and marking_terminal() != "")


class SourceFinder:
    """Finds the text of the input that is running, in its own line editor among other places; remembers the last answer."""

    def __init__(self, editor: "LineEditor") -> "None":
        self._editor = editor
        self._find: "Callable[[FrameType, LineEditor], tuple[str, CodeType, int]] | None" = None
        self._position: "Callable[[CodeType, int], int] | None" = None
        self._code: "CodeType | None" = None
        self._offset = 0
        self._answer = ("", 0)

    def source(self, frame: "FrameType") -> "tuple[str, int]":
        """Return the text of the whole input, and which part of it runs in `frame` (see `positions.position`)."""
        if frame.f_code is not self._code or frame.f_lasti != self._offset:
            if self._find is None or self._position is None:
                from histshell import positions
                from histshell.shells.stock import source

                self._find, self._position = source.find, positions.position
            text, code, offset = self._find(frame, self._editor)
            self._answer = text, self._position(code, offset) if ";" in text or "\n" in text else 0
            self._code, self._offset = frame.f_code, frame.f_lasti
        return self._answer
