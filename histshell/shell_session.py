"""What is ours in every shell: the history, the names by which it is reached, and the prompt's `pik`."""

import builtins
import sys

from .history import History, Own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable

    from .journal.writer import Journal
    from .settings import Settings
    from .shells.telling import Inputs
    from .ui.opening import RichPrompt

NAMES = ("h", "_h")

# Bound here: a user may rebind them in `builtins`.
_id, _len, _getattr, _type, _str, _Exception, _get = id, len, getattr, type, str, Exception, list.__getitem__

_CALLED = {"IPython": "ipython", "ipykernel": "jupyter", "idlelib": "idle"}
"""What a shell is called in the journal, where not as its package."""

_SMALL = frozenset(map(id, (int, float, complex, bool)))  # by id: comparing somebody's class would call its metaclass


class Pik(Own):
    """The prompt's `pik`: `pik()` opens the pickle mode, `pik("file.pkl")` shows what is in a file, `pik(value)` a value's program.

    The names of the package `histshell.pik` hang on it: `pik.loads(data)`.
    """

    __slots__ = ("_session",)

    def __init__(self, session: "ShellSession") -> "None":
        self._session = session

    def __call__(self, *value: "object") -> "object":
        """Open the pickle mode. With a file's path, or a pickle's bytes, give its tree; with another value show its program."""
        from .pik.mode import console

        if len(value) > 1:
            raise TypeError(f"pik() takes one value, or none, not {len(value)}")
        if value:
            from .pik.tree import shown

            if shown.is_shown(value[0]):
                return shown.look(value[0])
            console.dump(value[0])
        else:
            session = self._session
            lines = session.rich.pik_lines if session.rich is not None else None
            console.enter(session.history, session.names_now(), lines, session.journal)
        return None

    def __getattr__(self, name: "str") -> "object":
        from . import pik

        return getattr(pik, name)

    def __dir__(self) -> "list[str]":
        from . import pik

        return list(pik.__all__)

    def __repr__(self) -> "str":
        return "pik() is the pickle mode, pik(path) shows a file, pik(value) a value's program"


class ShellSession:
    """The history and the names by which the user reaches it: all that is ours in a shell that is not Python's own.

    `settings` are None where none are set, and nobody has asked for the others. Where nobody reads what is written, as in a
    kernel, it is `quiet`.
    """

    settings: "Settings | None" = None
    quiet = False
    shell = "python"  # its name in the journal
    keeps = True  # until the settings, which are not read for it before there is an input, say no
    rich: "RichPrompt | None" = None  # the rich prompt while it is open
    forget_copies: "Callable[[object], object]" = staticmethod(lambda _value: None)  # the shell's own, of a result
    _inputs: "Inputs | None" = None  # of a shell that an adapter knows
    _detach: "Callable[[], object] | None" = None  # takes out what an adapter has put into the shell

    def __init__(self, namespace: "dict[str, object]") -> "None":
        self.history = History()
        self.history.__session__ = self
        self.pik = Pik(self)
        self.namespace = namespace
        self.inspecting = False
        self._journal: "Journal | None" = None
        self._counted = 1
        self.resumed = ""  # the session that this one goes on with
        self.recalls: "list[str]" = []  # inputs of another session, which the arrow keys get at the first prompt
        self.crashes: "Any" = None  # looks whether there is one
        self.looks_back = True  # until it is known whether a session crashed here
        self._error: "object" = getattr(sys, "last_value", None)

    def publish(self, namespace: "dict[str, object]") -> "None":
        """Make the history known by its names, where they are free."""
        self.namespace = namespace
        for name in NAMES:
            builtins.__dict__.setdefault(name, self.history)
        builtins.__dict__.setdefault("pik", self.pik)
        namespace.setdefault(NAMES[0], self.history)

    def join(self, shell: "str", frame: "FrameType") -> "bool":
        """Hook recording into the shell of that package, which called `frame`; whether there is an adapter that knows it."""
        from .shells import adapters, joining, telling

        self.shell = _CALLED.get(shell, shell)
        inputs = telling.Inputs(lambda: self.journal, self._input_over)
        given = joining.Given(self.history, self.pik, self.names_now, self.loaded_settings(), inputs)
        joined = adapters.attach(shell, given, frame)
        if joined is not None:
            self._inputs = inputs
            self._detach, self.quiet, self.forget_copies = joined.detach, joined.quiet, joined.forget_copies
        return joined is not None

    def loaded_settings(self) -> "Settings":
        """Return the settings, read now if there was no need to before."""
        if self.settings is None:
            from .settings import load

            self.settings = load()
        return self.settings

    @property
    def journal(self) -> "Journal | None":
        """What is kept of this session; made when it is first asked for, for the first input. None where the settings say no."""
        if self._journal is None and self.keeps:
            try:
                from . import first_input

                self._journal = first_input.journal(self)
            except _Exception:
                self.tell("what you type is not being kept: histshell is not what it was when this session began")
            self.keeps = self._journal is not None
        return self._journal

    @property
    def begun_journal(self) -> "Journal | None":
        """What is kept of this session so far; None before the first input."""
        return self._journal

    def ui(self, asynchronous: "bool" = False) -> "bool":
        """Open the rich prompt, where the session is one of Python's own prompts; false if it cannot be."""
        del asynchronous
        sys.stderr.write("histshell: the rich prompt opens from Python's own prompt; this shell stays as it is\n")
        return False

    def count_results(self) -> "None":
        """Have the results that came since the last time counted, and the exception that ended an input noted. At each prompt."""
        count, error = _len(self.history), _getattr(sys, "last_value", None)
        if count == self._counted and error is self._error:
            return
        new, self._counted, failed, self._error = count - self._counted, count, error is not self._error, error
        if not failed and new == 1:
            value = _get(self.history, count - 1)
            if _id(_type(value)) in _SMALL or (_type(value) is _str and _len(value) < 4096):
                return  # it is counted with the next one
        try:
            from .holding import memory_commands

            if failed and error is not None:
                memory_commands.failed(self.history, error, self.input_of(error))
            told = memory_commands.prompt_shown(self.history)
            if told:
                self.tell(told)
        except _Exception:  # it is only counting
            pass

    def _input_over(self) -> "None":
        """Do what there is to do before the next prompt of a shell that an adapter knows."""
        self.count_results()
        if self.looks_back:
            self.say_what_crashed()

    def say_what_crashed(self) -> "None":
        """Say, once, that a session ended in this folder without a goodbye. From the second prompt on, until it is known."""
        try:
            from . import first_input

            first_input.say_what_crashed(self)
        except _Exception:
            self.looked_back()

    def looked_back(self) -> "None":
        """Note that it is known whether a session crashed here."""
        self.looks_back = False

    def tell(self, text: "str") -> "None":
        """Say something in a line of its own. PyREPL has the terminal in raw mode already when it asks for its prompt."""
        if not self.quiet and sys.stderr is not None:
            if sys.stdout is not None:
                sys.stdout.flush()
            sys.stderr.write("histshell: " + text + ("\r\n" if sys.stderr.isatty() else "\n"))
            sys.stderr.flush()

    def input_of(self, error: "Any") -> "str":
        """Return the text of the input that an exception has ended, empty if unknown."""
        traceback = BaseException.__dict__["__traceback__"].__get__(error)
        if traceback is None:
            return getattr(error, "text", "") or ""
        from .shells.stock import source

        return source.find(traceback.tb_frame, None)[0]

    def names_now(self) -> "dict[str, object]":
        """Return the globals of the prompt that was shown last."""
        return self.namespace

    def stop(self) -> "None":
        """Take everything out again. What was recorded stays with whoever holds the history."""
        if self._inputs is not None:
            self._inputs.end()
        if self._detach is not None:
            self._detach()
        for namespace in (self.namespace, builtins.__dict__):
            for name in NAMES:
                if namespace.get(name) is self.history:
                    del namespace[name]
        if builtins.__dict__.get("pik") is self.pik:
            del builtins.__dict__["pik"]
