"""Shell integration: the marks by which a terminal tells prompt, input, output and success apart.

They are the sequences OSC 133, which began in FinalTerm and which iTerm2, kitty, WezTerm, foot, Ghostty, VS Code, Windows
Terminal and tmux read: A before the prompt, B after it, C where the input has been accepted, D with a status where the
output ends. Other terminals pass over them. Nothing of this is loaded where the marks are off.
"""

import os
import sys

from histshell import line_editor
from histshell.prompt import Continuation, Prompt, Watched, taken, watched

from .stock import detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from histshell.pyrepl import Reader, Screen

# Bound here: a user may rebind them in `builtins`.
_frame, _getattr, _id, _type = sys._getframe, getattr, id, type
_Exception, _BaseException = Exception, BaseException


def mark(what: "str") -> "str":
    """Return the sequence of one mark. It ends in BEL, which all of those terminals take, as they do ESC and a backslash."""
    return f"\033]133;{what}\a"


# Without `redraw=0` kitty and Ghostty wipe the prompt out when the window changes its size, for the shell to draw it anew.
START = mark("A;redraw=0")
END = mark("B")
OUTPUT = mark("C")
ABANDONED = mark("D")
_SECONDARY = {"kitty": mark("A;k=s;redraw=0"), "Ghostty": mark("P;k=s"), "WezTerm": mark("P;k=s")}


def finished(status: "int") -> "str":
    """Return the mark at the end of an output: 0 for success, 1 after an exception."""
    return mark(f"D;{status}")


def secondary(terminal: "str") -> "str":
    """Return the mark before a continuation prompt; empty where the terminal would take it for one more prompt."""
    return _SECONDARY.get(terminal, "")


class Status:
    """Tells whether an exception has been shown since it was last asked; holds on to none of them.

    An exception and its traceback stay in `sys` until the next ones are there, so that theirs cannot be the same ids,
    not even for the same exception raised twice: that has one frame more. Where an input goes on after its first
    exception, as in PyREPL, the name of the input tells them apart.
    """

    def __init__(self) -> "None":
        self._last = self._shown()

    def __call__(self) -> "int":
        """Return 1 if an exception has been shown, else 0."""
        last, self._last = self._last, self._shown()
        return 1 if self._last is not None and self._last != last else 0

    def _shown(self) -> "tuple[int, int, str] | None":
        value: "Any" = _getattr(sys, "last_value", None)
        trace: "Any" = _getattr(sys, "last_traceback", None)
        if value is None:
            return None
        try:
            name = trace.tb_frame.f_code.co_filename
        except _Exception:  # a SyntaxError has no traceback, and anybody can set these
            name = ""
        return _id(value), _id(trace), name


class Integration:
    """The marks of a session: `stop` takes them out. What writes them depends on who draws the prompt.

    `kinds` are the classes of its prompts, by their names in `sys`; empty where they are the usual ones.
    """

    def __init__(self) -> "None":
        self.kinds: "dict[str, type[Any]]" = {}
        self.status = Status()
        self.ran = False  # whether an input has been accepted since the last prompt
        self.waiting = False  # whether a prompt has been shown whose input has not been accepted

    def shown(self) -> "None":
        """Do what is to be done each time the prompt is shown; never raises."""

    def stop(self) -> "None":
        """Write no more marks."""

    def before(self) -> "str":
        """Return the mark that ends the last output, if there is one, at the time of a new prompt."""
        ran, self.ran = self.ran, False
        status = self.status()
        return finished(status) if ran else ""


def _kinds(around: "Callable[[str, bool | None], str]") -> "dict[str, type[Any]]":
    """Return the prompts for line editors that are given their text once, which `around` puts marks around."""

    class Marked(Prompt):
        """The primary prompt."""

        __slots__ = ()

        def __str__(self) -> "str":
            text = Prompt.__str__(self)
            try:
                return around(text, _frame(0).f_back is None)
            except _BaseException:
                return text

    class MarkedContinuation(Continuation):
        """The continuation prompt."""

        __slots__ = ()

        def __str__(self) -> "str":
            text = Continuation.__str__(self)
            try:
                return around(text, None)
            except _BaseException:
                return text

    return {"ps1": Marked, "ps2": MarkedContinuation}


class InText(Integration):
    """Integration in the text of the prompt: for GNU readline and libedit, which draw it, and for a plain C prompt.

    C's loop asks for the text with no Python below it, and drops it when it has read and parsed the input, just before that
    is run: that is where the output begins. `input()`, which the other loops ask with, drops it at once, so there the
    beginning is told with the end, and the status is all that a terminal learns.
    """

    def __init__(self, terminal: "str") -> "None":
        Integration.__init__(self)
        quoted = "\001{}\002" if line_editor.uses_readline() else "{}"
        self._start, self._end = quoted.format(START), quoted.format(END)
        dots = secondary(terminal)
        self._dots = (quoted.format(dots), self._end) if dots else ("", "")
        self.kinds = _kinds(self.around)
        self._then: "Callable[[], object] | None" = None  # who else is to be told that the input has been read

    def around(self, text: "str", in_c: "bool | None") -> "str":
        """Return the marked text of a new prompt, for C's loop or for another; with None, of a continuation prompt.

        What ends the last output is written at once: it must not be drawn again with the line.
        """
        if in_c is None:
            return self._dots[0] + text + self._dots[1]
        told: "Any" = text
        if _type(told) is Watched:
            self._then = taken(told)
        late = ""
        if self.waiting:
            self.ran, late = True, OUTPUT
        end = late + self.before()
        if end:
            write(1, end)
        self.waiting = True
        text = self._start + text + self._end
        return watched(text, self.accepted) if in_c else text

    def accepted(self) -> "None":
        """Note that the input has been read."""
        then, self._then = self._then, None
        try:
            if then is not None:
                then()
        finally:
            if self.waiting:
                self.waiting, self.ran = False, True
                write(1, OUTPUT)

    def stop(self) -> "None":
        """Write no more marks."""
        self.waiting = False


class InConsole(Integration):
    """Integration around what PyREPL draws, CPython's and PyPy's: written by themselves, to where the cursor is.

    Its prompt stays as it is: it counts such a sequence as columns, up to 3.15.2 at least, and 3.13 would send it again at
    each key. Four methods of its console are ours, for that one object, and call its own.
    """

    def __init__(self) -> "None":
        Integration.__init__(self)
        self._console: "Screen | None" = None
        self._ours: "dict[str, Any]" = {}
        self._next = ""  # what is to be written before the next drawing

    def shown(self) -> "None":
        """Join the reader that shows the first prompt; it tells of all others by itself."""
        if self._console is not None:
            return
        try:
            wrapper = line_editor.wrapper()
            if wrapper is not None:
                reader = wrapper.get_reader()
                self._next = START
                self._join(reader)
        except _Exception:  # never into the user's prompt
            pass

    def _join(self, reader: "Reader") -> "None":
        console = reader.console
        refresh, clear = console.refresh, console.clear
        prepare, restore = console.prepare, console.restore

        def marked_refresh(*args: "Any") -> "Any":
            text, self._next = self._next, ""
            if not text:
                return refresh(*args)
            self._write(text)
            self.waiting = True
            done = refresh(*args)
            if not reader.buffer:  # the cursor stands behind the prompt
                self._write(END)
            return done

        def marked_restore() -> "Any":
            done = restore()
            if self.waiting and reader.finished:
                self.waiting, self.ran = False, True
                self._write(OUTPUT)
            return done

        def marked_prepare() -> "Any":
            if self.waiting:  # after Ctrl-C, Ctrl-Z or a pager: the prompt will be drawn anew
                self._next = ABANDONED + START
            elif _getattr(reader, "more_lines", None) is not None:  # a statement is asked for; `input()` has one line
                self._next = self.before() + START
            return prepare()

        def marked_clear() -> "Any":
            if self.waiting and not self._next:
                self._next = START
            return clear()

        self._console = console
        self._ours = {"refresh": marked_refresh, "clear": marked_clear}
        self._ours.update(prepare=marked_prepare, restore=marked_restore)
        console.__dict__.update(self._ours)

    def _write(self, text: "str") -> "None":
        try:
            if self._console is not None:
                self._console.flushoutput()
                write(self._console.output_fd, text)
        except _Exception:  # never into the user's prompt
            pass

    def _leave(self) -> "None":
        """Give the console its own methods back."""
        for name, ours in self._ours.items():
            if self._console.__dict__.get(name) is ours:
                del self._console.__dict__[name]
        self._ours = {}

    def stop(self) -> "None":
        """Write no more marks."""
        self._leave()


def write(descriptor: "int", text: "str") -> "None":
    """Write marks to the terminal, past the streams of Python, which a user may have turned elsewhere."""
    try:
        os.write(descriptor, text.encode())
    except OSError:
        pass


def attach() -> "Integration | None":
    """Mark the prompts from now on; None where there is no terminal for it."""
    out = sys.stdout
    if out is None or not detect.is_terminal(out) or os.environ.get("TERM", "dumb") == "dumb":
        return None
    if line_editor.uses_pyrepl() or sys.implementation.name == "pypy":
        return InConsole()
    return InText(detect.marking_terminal())
