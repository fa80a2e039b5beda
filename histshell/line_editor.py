"""The line editor of Python's own prompts: GNU readline or libedit, PyREPL, PyPy's, or none.

This is what a prompt needs of it from its beginning on: which one it is, which lines belong to the input that runs, and the
key TAB. `editing` has the rest. What is private in PyREPL is reached from these two modules, and from those that answer to TAB.
"""

import os
import sys

from . import libraries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Protocol, Sequence

    from . import pyrepl

    class AnswersTab(Protocol):
        """What answers to TAB."""

        def complete(self, text: "str", state: "int") -> "str | None":
            """Return one word after the other, as readline asks for them."""

        def press(self, reader: "pyrepl.Reader") -> "bool":
            """Answer in a reader of PyREPL's; false if that is for Python's own command."""

        def attach(self) -> "None":
            """Make TAB ours again."""

        def accept(self, reader: "pyrepl.Reader") -> "None":
            """Make of `x?` what PyREPL can run, before it is accepted."""

        def detach(self) -> "None":
            """Give TAB back."""


# Bound here: a user may rebind them in `builtins`.
_getattr, _len, _Exception = getattr, len, Exception
_modules = sys.modules


def is_embedded() -> "bool":
    """Return whether a program of its own opens the prompt, by `code.interact()`: Django's shell, Flask's, a script.

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
        if type(module) is str and (module.startswith("_pyrepl") or module == "histshell.launch"):
            return False
        frame = frame.f_back
    return True


def uses_pyrepl() -> "bool":
    """Return whether the prompt is, or is about to be, PyREPL."""
    if sys.hexversion < 0x30D0000 or sys.implementation.name != "cpython" or os.environ.get("PYTHON_BASIC_REPL"):
        return False
    if is_embedded():  # asked first: the import below would set readline's completer
        return False
    main: "Any" = sys.modules.get("_pyrepl.main")
    if main is None:
        # The interpreter is about to load it, with the folder one stands in out of the path, and will find this one.
        here = sys.path[:1] == [""]
        if here:
            del sys.path[0]
        try:
            main = libraries.users_import("_pyrepl.main", None, None, ("CAN_USE_PYREPL",))
        except ImportError:
            return False
        finally:
            if here:
                sys.path.insert(0, "")
    return bool(main.CAN_USE_PYREPL)


def uses_readline() -> "bool":
    """Return whether GNU readline (or libedit) draws the prompt."""
    return "readline" in sys.modules and sys.implementation.name == "cpython" and not uses_pyrepl()


def wrapper() -> "pyrepl.Wrapper | None":
    """Return what holds the reader of PyREPL, CPython's or PyPy's; None if there is none in this process."""
    name = "pyrepl.readline" if sys.implementation.name == "pypy" else "_pyrepl.readline"
    return getattr(_modules.get(name), "_wrapper", None)


def reader() -> "pyrepl.Reader | None":
    """Return the reader of CPython's PyREPL in this process, None if there is none yet."""
    return getattr(getattr(_modules.get("_pyrepl.readline"), "_wrapper", None), "reader", None)


def replace_in_reader(old: "object", new: "str") -> "None":
    """Let PyREPL, which is laying out its screen, show `new` in the place of the prompt `old`."""
    now = reader()
    for name in ("ps1", "ps2"):
        if getattr(now, name, None) is old:
            setattr(now, name, new)


def is_stock(completer: "object") -> "bool":
    """Return whether a completer is one that Python itself puts into its line editors."""
    kind = type(getattr(completer, "__self__", None))
    return kind.__module__ in ("rlcompleter", "_pyrepl.fancycompleter")


class LineEditor:
    """What readline knows of the input that is being typed, or runs. One a session; without readline it knows nothing.

    PyREPL has the whole input in its reader, and puts it into `linecache`.
    """

    def __init__(self) -> "None":
        self.history_length: "Callable[[], int] | None" = None
        self.mark = 0
        self.find_readline()
        self.prompt_shown()

    def find_readline(self) -> "bool":
        """See whether readline draws the prompt; a program that opens one may load it after the start-up file."""
        readline = _modules["readline"] if uses_readline() else None
        self.history_length = getattr(readline, "get_current_history_length", None)
        return readline is not None

    def prompt_shown(self) -> "None":
        """Note how much of readline's history is older than the next input."""
        if self.history_length is not None:
            self.mark = self.history_length()

    def before(self) -> "str":
        """Return the lines of this input that readline has been given already, with their ends; empty in its first line."""
        lines = self.since() if self.history_length is not None else []
        return "".join(line + "\n" for line in lines)

    def since(self) -> "list[str]":
        """Return the lines that readline has been given since the prompt was shown; a line like the one before it is given
        only once.
        """
        readline: "Any" = _modules.get("readline")
        if self.history_length is None or readline is None:
            return []
        lines = []
        for index in range(self.mark + 1, self.history_length() + 1):  # before 3.12 a comprehension is a call
            lines.append(readline.get_history_item(index) or "")
        return lines

    def last(self) -> "str":
        """Return the last line that readline has been given, whenever that was."""
        readline: "Any" = _modules.get("readline")
        return readline.get_history_item(self.history_length()) or "" if self.history_length is not None else ""


class Statements:
    """Tells when PyREPL, CPython's or PyPy's, asks for a statement, and when it has read one. `input()` asks it as well: not told.

    Two methods of its console are ours, for that one object, and call its own. Its terminal is as other programs have it whenever
    something is told.
    """

    def __init__(self, has_read: "Callable[[str], object]") -> "None":
        self.asks: "Callable[[], object] | None" = None
        self.leaves: "Callable[[], object] | None" = None  # it stops asking, whether it has read one or not
        self.has_read = has_read
        self._console: "Any" = None
        self._ours: "dict[str, Any]" = {}

    def join(self) -> "None":
        """Join the reader that shows the first prompt, if there is one."""
        try:
            reader: "Any" = wrapper().get_reader()  # type: ignore[union-attr]  # none where none is there: an error like others
            self._console = reader.console
            prepare, restore = self._console.prepare, self._console.restore
        except _Exception:  # it is not as we know it: nothing is told
            return

        def telling_prepare() -> "Any":
            if self.asks is not None and _getattr(reader, "more_lines", None) is not None:  # `input()` has one line
                try:
                    self.asks()
                except _Exception:
                    pass
            return prepare()

        def telling_restore() -> "Any":
            if not reader.finished:
                reader.msg = ""  # Ctrl-C: the screen is drawn once more, without what was shown below the line
            done = restore()
            if self.leaves is not None:
                try:
                    self.leaves()
                except _Exception:
                    pass
            if reader.finished and _getattr(reader, "more_lines", None) is not None:
                try:
                    self.has_read(reader.get_unicode())
                except _Exception:
                    pass
            return done

        self._ours = {"prepare": telling_prepare, "restore": telling_restore}
        self._console.__dict__.update(self._ours)

    def leave(self) -> "None":
        """Give the console its own methods back."""
        for name, ours in self._ours.items():
            if self._console.__dict__.get(name) is ours:
                del self._console.__dict__[name]
        self._ours = {}


class QuestionKey:
    """Has `x?` answered in PyREPL: the key types itself, and lets us look at the line when Enter is pressed next.

    No other key is ours: a line without a question mark runs nothing that a tracer would see.
    """

    _NAME = "question-mark"

    def __init__(self, reader: "Any", tab: "Callable[[], AnswersTab]") -> "None":
        self._tab = tab
        self._commands: "dict[str, Any]" = reader.commands
        self._keys: "dict[str, Any]" = _getattr(_getattr(reader, "input_trans", None), "ck", _NO_KEYS)
        self._enter: "Any" = self._commands.get("maybe-accept")
        insert: "Any" = self._commands.get("self-insert")
        self._was = self._keys.get("?")
        if self._was != "self-insert" or self._enter is None or insert is None:
            return  # a reader that is not as we know it, or a key that is somebody's

        def type_it(command: "pyrepl.KeyCommand") -> "None":
            insert.do(command)
            if self._commands.get("maybe-accept") is self._enter:
                self._commands["maybe-accept"] = self._ours

        def accept(command: "pyrepl.KeyCommand") -> "None":
            self._commands["maybe-accept"] = self._enter
            try:
                self._tab().accept(command.reader)
            except _Exception:  # then it is Python's to say what it thinks of it
                pass
            self._enter.do(command)

        self._ours: "Any" = type(self._enter)("maybe_accept", (self._enter,), {"do": accept})
        self._commands[self._NAME] = type(insert)("self_insert", (insert,), {"do": type_it})
        self._keys["?"] = self._NAME

    def stop(self) -> "None":
        """Give the key back."""
        if self._keys.get("?") == self._NAME:
            self._keys["?"] = self._was
            self._commands.pop(self._NAME, None)
            if self._commands.get("maybe-accept") is self._ours:
                self._commands["maybe-accept"] = self._enter


_NO_KEYS: "dict[str, Any]" = {}


class TabKey:
    """Takes the place of the stock completer at the first prompt, and again whenever Python puts its own back.

    `make` makes what answers when TAB is first pressed. `second` is called once, when a prompt is shown that is not the first.
    A completer that a user has set stays. The line editor's other settings, its delimiters among them, are left alone:
    pdb and `input()` use them too, and where a word begins is found out without them. Nothing here may fail or take time: it
    runs at each prompt.
    """

    def __init__(self, make: "Callable[[TabKey], AnswersTab]", second: "Callable[[], object]") -> "None":
        self.ours = self.complete  # one object, to be known again
        self.stock: "Callable[[str, int], str | None] | None" = None
        self._make = make
        self._tab: "AnswersTab | None" = None
        self._second = second
        self._commands: "dict[str, Any]" = {}  # those of PyREPL's reader
        self._command: "Any" = None
        self._base: "Any" = None
        self._question: "QuestionKey | None" = None
        self._past: "Sequence[str]" = ()
        self._prompts = -1
        self._bound = False
        self._goes_on = False  # a second prompt has been shown
        self._is_pyrepl: "bool | None" = None

    def tab(self) -> "AnswersTab":
        """Return what answers."""
        if self._tab is None:
            self._tab = self._make(self)
        return self._tab

    def prompt_shown(self) -> "None":
        """Do what each prompt needs, in some versions at each key; as cheap as can be."""
        command = self._command
        if command is not None and self._commands.get("complete") is command and _len(self._past) == self._prompts:
            return
        try:
            if self._is_pyrepl is None:
                self._is_pyrepl = uses_pyrepl()
            if self._is_pyrepl:
                reader = _modules[
                    "_pyrepl.readline"
                ]._wrapper.reader  # each call here is one that the user's tracer sees
                self._into_pyrepl(reader)
                prompts = _len(reader.history)
            else:
                self._into_readline()
                prompts = self._prompts + 1
            if not self._goes_on and prompts > self._prompts >= 0:  # the first prompt has been shown
                self.another_prompt()  # once
            self._prompts = prompts
        except _Exception:  # a line editor that is not as we know it keeps its own completer
            pass

    def another_prompt(self) -> "None":
        """Note that a prompt is shown which is not the session's first, here or in the rich prompt; told on once."""
        if not self._goes_on:
            self._goes_on = True
            self._second()

    def _into_readline(self) -> "None":
        """Become the completer of GNU readline, or of libedit."""
        readline: "Any" = _modules.get("readline")
        if readline is None or sys.implementation.name != "cpython":
            return
        current = readline.get_completer()
        if current is self.ours or not (current is None or is_stock(current)):
            return
        if current is None:
            if self._bound:  # taken away on purpose
                return
            # Nobody has bound the key either: asyncio's prompt up to 3.12, `python -m code`.
            editline = "libedit" in (readline.__doc__ or "") or _getattr(readline, "backend", "") == "editline"
            readline.parse_and_bind("bind ^I rl_complete" if editline else "tab: complete")
        else:
            self.stock = current
        self._bound = True
        readline.set_completer(self.ours)
        if self._tab is not None:
            self._tab.attach()

    def _into_pyrepl(self, reader: "pyrepl.Reader") -> "None":
        """Replace PyREPL's command with ours: a completer could only append, a command can replace the word."""
        base: "Any" = _modules["_pyrepl.completing_reader"].complete
        commands = reader.commands
        theirs: "Any" = commands.get("complete")
        if theirs is base:

            def do(command: "pyrepl.KeyCommand") -> "None":
                if not self.tab().press(command.reader):
                    base.do(command)

            self._command = type(base)("complete", (base,), {"do": do})
            self._base = theirs
            commands["complete"] = self._command
            self._question = QuestionKey(reader, self.tab)
        self._commands, self._past = commands, reader.history

    def complete(self, text: "str", state: "int") -> "str | None":
        """Return the completer for `readline.set_completer`."""
        return self.tab().complete(text, state)

    def stop(self) -> "None":
        """Put back what was there before."""
        readline: "Any" = _modules.get("readline")
        if self._bound and readline is not None and readline.get_completer() is self.ours:
            readline.set_completer(self.stock)
        if self._tab is not None:
            self._tab.detach()
        if self._command is not None and self._commands.get("complete") is self._command:
            self._commands["complete"] = self._base
        self._command = None
        if self._question is not None:
            self._question.stop()
            self._question = None
