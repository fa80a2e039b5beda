"""Wiring history, display hook and prompt to the shell that runs, and taking them out again."""

import atexit
import builtins
import os
import sys

from . import history as history_module
from . import places, prompt
from .history import History
from .hook import DisplayHook
from .recorder import Recorder
from .shells import stock
from .shells.stock_tab import Tab

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable

    from .settings import Settings
    from .shells.marks import Marks

    FindNamespace = Callable[[], "dict[str, object] | None"]

_len, _type, _str, _getattr = (
    len,
    type,
    str,
    getattr,
)  # bound here: `refresh` goes on when a user rebinds them in `builtins`

_modules, _frame = sys.modules, sys._getframe

NAMES = ("h", "_h")
_STOCK_PROMPTS = (">>> ", "... ", ">>>> ", ".... ")  # the last two are PyPy's


class Pik:
    """The prompt's `pik`: `pik()` opens the pickle mode, `pik(value)` shows the pickle program of a value.

    The names of the package `histshell.pik` hang on it: `pik.loads(data)`.
    """

    __slots__ = ("_session",)

    def __init__(self, session: "Names") -> "None":
        self._session = session

    def __call__(self, *value: "object") -> "None":
        """Open the pickle mode; with a value, show its pickle program instead."""
        from .pik import console

        if len(value) > 1:
            raise TypeError(f"pik() takes one value, or none, not {len(value)}")
        if value:
            console.dump(value[0])
        else:
            console.enter(self._session.history, self._session.names_now(), self._session.lines)

    def __getattr__(self, name: "str") -> "object":
        from . import pik

        return getattr(pik, name)

    def __dir__(self) -> "list[str]":
        from . import pik

        return list(pik.__all__)

    def __repr__(self) -> "str":
        return "pik() opens the pickle mode; pik(value) shows the pickle program of a value"


class Names:
    """The history and the names by which the user reaches it: all that is ours in a shell that is not Python's own.

    `detach` takes out what has been put into that shell. Where nobody reads what it writes, as in a kernel, it is `quiet`.
    """

    detach: "Callable[[], object] | None" = None
    settings: "Settings | None" = None
    quiet = False
    tab: "Tab | None" = None
    lines: "Any" = None  # what the pickle mode reads with, where that is not `input()`

    def __init__(self, namespace: "dict[str, object]") -> "None":
        self.history = History()
        history_module.open_rich = self.open_rich = self.ui
        self.pik = Pik(self)
        self.namespace = namespace
        self.inspecting = False

    def publish(self, namespace: "dict[str, object]") -> "None":
        """Make the history known by its names, where they are free."""
        self.namespace = namespace
        for name in NAMES:
            builtins.__dict__.setdefault(name, self.history)
        builtins.__dict__.setdefault("pik", self.pik)
        namespace.setdefault(NAMES[0], self.history)

    def ui(self, asynchronous: "bool" = False) -> "bool":
        """Open the rich prompt, where the session is one of Python's own prompts; false if it cannot be."""
        del asynchronous
        sys.stderr.write("histshell: the rich prompt opens from Python's own prompt; this shell stays as it is\n")
        return False

    def names_now(self) -> "dict[str, object]":
        """The globals of the prompt that was shown last."""
        return self.namespace

    def stop(self) -> "None":
        """Take everything out again. What was recorded stays with whoever holds the history."""
        if history_module.open_rich is self.open_rich:
            history_module.open_rich = None
        if self.detach is not None:
            self.detach()
        for namespace in (self.namespace, builtins.__dict__):
            for name in NAMES:
                if namespace.get(name) is self.history:
                    del namespace[name]
        if builtins.__dict__.get("pik") is self.pik:
            del builtins.__dict__["pik"]


class Session(Names):
    """What is installed in this process. There is at most one; `install` and `uninstall` manage it."""

    def __init__(self, namespace: "dict[str, object]", find: "FindNamespace | None" = None) -> "None":
        Names.__init__(self, namespace)
        self.find_namespace = find
        self.embedded = stock.is_embedded()
        self.may_be_copied = sys.version_info >= (3, 15)
        self.copied = ""
        self.inputs = stock.Inputs()
        self.recorder = recorder = Recorder(self.history, self.inputs.source, self.refresh)
        self.hook = DisplayHook(recorder.display, recorder.pass_on)
        self.settings = _settings()
        self.kinds = {"ps1": prompt.Prompt, "ps2": prompt.Continuation}  # the same ones when `prompt` is reloaded
        self.old = {"ps1": ">>> ", "ps2": "... "}
        template = self.settings.prompt if self.settings is not None else prompt.TEMPLATE
        marked = stock.uses_readline()
        self.face = prompt.Face(self.history, namespace, template, self._colour(), marked, self.tick, self.renew)
        self.face.asked = self.asked
        completion = self.settings.completion if self.settings is not None else "full"
        self.tab = Tab(self.face, self.inputs, completion == "full") if completion != "off" else None
        self.marks: "Marks | None" = None
        integration = self.settings.shell_integration if self.settings is not None else "auto"
        if stock.wants_marks(integration):
            from .shells import marks

            self.marks = marks.attach(self)

    def _colour(self) -> "str":
        """The prompt's colour; none where PyREPL paints it and no other style has been chosen."""
        if not stock.wants_colour():
            return ""
        if self.settings is not None and self.settings.origin("style") != "default":
            from .settings import sgr

            return sgr(self.settings.style)
        return "" if stock.uses_pyrepl() else prompt.COLOUR

    def start(self) -> "None":
        """Install everything into the interpreter; a prompt that the user has set stays."""
        self.publish(self.namespace)
        self.copied = self.face.text()
        for name, kind in self.kinds.items():
            old = getattr(sys, name, self.old[name])
            if type(old) is str and old in _STOCK_PROMPTS:
                self.old[name] = old
                setattr(sys, name, kind(self.face))
        self.compose()
        self.hook.attach()
        atexit.register(self.release)

    def compose(self) -> "None":
        """Put the number into a prompt object of VS Code's, whose marks stay; any other prompt stays as it is."""
        current: "Any" = getattr(sys, "ps1", None)
        if current is not None and not isinstance(current, str):
            from .shells import vscode

            if vscode.is_marking(current):
                self.old["ps1"] = current
                self.kinds["ps1"] = vscode.kind(current)
                sys.ps1 = self.kinds["ps1"](self.face)

    def publish(self, namespace: "dict[str, object]") -> "None":
        """Make the history known by its names, where they are free."""
        self.face.namespace = namespace
        Names.publish(self, namespace)

    def names_now(self) -> "dict[str, object]":
        """The globals of the prompt that was shown last: those of a console within this one, while it is open."""
        return self.face.namespace

    def tick(self) -> "None":
        """Done each time the prompt is shown."""
        if sys.displayhook is not self.hook.hook:
            self.hook.attach()
        self.inputs.prompt_shown()
        if self.tab is not None:
            self.tab.prompt_shown()
        if self.find_namespace is not None or self.inspecting or self.embedded:
            self._first_prompt()
        self.face.namespace = self.namespace

    def asked(self) -> "None":
        """Done each time the text is asked for by `str`, not at each key: look for a console within this prompt."""
        if "code" in _modules:
            inner = stock.console_namespace(_frame(1).f_back)
            if inner is not None:  # it has names of its own
                self.face.namespace = inner

    def _first_prompt(self) -> "None":
        """What could not be done before the prompt was there."""
        if self.inspecting:
            self.inspecting = False
            os.environ.pop("PYTHONINSPECT", None)  # or each child would open a prompt at its end
        if self.embedded:
            self.embedded = False
            if self.inputs.find_readline():
                self.face.mark()
        namespace = self.find_namespace() if self.find_namespace is not None else None
        if namespace is not None:
            self.find_namespace = None
            self.publish(namespace)

    def refresh(self) -> "None":
        """Bring the content of the prompts up to date; a user's own are left alone."""
        current: "Any" = _getattr(sys, "ps1", None)
        if self.may_be_copied and _type(current) is _str:
            self.may_be_copied = False
            if stock.is_copy(current, self.copied):
                current = sys.ps1 = self.kinds["ps1"](self.face)
        if _type(current) is self.kinds["ps1"]:
            fresh = sys.ps1 = current.fresh()
            if _len(fresh) != _len(current) and _type(_getattr(sys, "ps2", None)) is self.kinds["ps2"]:
                sys.ps2 = self.kinds["ps2"](self.face)
        elif self.tab is not None:  # a prompt of the user's, which does not tell when it is shown
            self.tab.prompt_shown()

    def renew(self, shown: "prompt.Prompt") -> "None":
        """Put a fresh prompt where PyREPL shows the content of one that is out of date."""
        self.refresh()
        fresh: "Any" = _getattr(sys, "ps1", None)
        if _type(fresh) is self.kinds["ps1"]:
            stock.replace_in_reader(shown, fresh)

    def ui(self, asynchronous: "bool" = False) -> "bool":
        """Open the rich prompt over this session; returns when it is left by Ctrl-D, false if it failed or cannot be opened.

        Then one line says why. `SystemExit` passes when the user's code raises it.
        """
        from .errors import HistshellError

        try:
            if self.lines is not None:
                raise HistshellError("this is the rich prompt")
            if sys.version_info < (3, 10):
                raise HistshellError("the rich prompt needs Python 3.10 or later")
            from .ui import opening

            return opening.open_prompt(self, asynchronous)
        except HistshellError as error:
            sys.stderr.write(f"histshell: {error}\n")
            return False
        except Exception as error:  # none is expected; but none may cost the results
            sys.stderr.write(f"histshell: the rich prompt failed ({type(error).__name__}: {error})\n")
            return False
        finally:
            self.refresh()

    def ui_at_start(self) -> "None":
        """Open the rich prompt in the place of the plain one; does not return unless it cannot be opened, or fails."""
        for name in ("_histshell", "__file__", "__cached__"):  # the start-up file's, which waits for this to return
            self.namespace.pop(name, None)
        if self.ui():
            raise SystemExit

    def rich_prompt_shown(self) -> "None":
        """What `tick` is for the plain prompt."""
        if sys.displayhook is not self.hook.hook:
            self.hook.attach()
        self.inputs.prompt_shown()
        self.refresh()

    def loaded_settings(self) -> "Settings":
        """The settings, read now if there was no need to before."""
        if self.settings is None:
            from .settings import load

            self.settings = load()
        return self.settings

    def release(self) -> "None":
        """Let go of all that is the user's at the end of the process, while his files can still be closed."""
        if self.tab is not None:
            self.tab.stop()
        self.history.reset()
        self.namespace = self.face.namespace = {}

    def stop(self) -> "None":
        """Take everything out again. What was recorded stays with whoever holds the history."""
        atexit.unregister(self.release)
        self.hook.detach()
        self.recorder.stop()
        if self.tab is not None:
            self.tab.stop()
        if self.marks is not None:
            self.marks.stop()
        for name, kind in self.kinds.items():
            if type(getattr(sys, name, None)) is kind:
                setattr(sys, name, self.old[name])
        Names.stop(self)


_VARIABLES = tuple("HISTSHELL_" + name for name in ("PROMPT", "STYLE", "COMPLETION", "SHELL_INTEGRATION", "UI"))


def _settings() -> "Settings | None":
    """The settings, or None where nothing is set: reading them would be a fifth of the time that a start takes."""
    for variable in os.environ:
        if variable in _VARIABLES:
            break
    else:
        if not os.path.exists(places.config_file()):
            return None
    from .settings import load

    return load()


_session: "Names | None" = globals().get("_session")  # kept when the module is reloaded


def install(namespace: "dict[str, object] | None" = None, find: "FindNamespace | None" = None) -> "None":
    """Number the results of this prompt from now on.

    `namespace` is the globals of the prompt (default: the caller's); where the prompt will only make it later, `find`
    is asked for it at each prompt until it answers. Typed again, it only makes the names known in `namespace`.
    In IPython, Jupyter's kernels, ptpython, bpython and xonsh it does what their adapters do; others stay as they are.
    """
    global _session
    caller: "FrameType" = sys._getframe(1)
    if namespace is None:
        namespace = caller.f_globals
    if _session is not None:
        _session.publish(namespace)
        compose()
        return
    shell = stock.foreign(caller)
    session: "Names" = Names(namespace) if shell else Session(namespace, find)
    try:
        if isinstance(session, Session):
            session.start()
        else:
            from .shells import guests

            session.publish(namespace)
            if not guests.attach(session, shell, caller):
                session.stop()
                return
    except BaseException:
        session.stop()
        raise
    _session = session
    if session.settings is not None and not session.quiet:
        for problem in session.settings.problems[:1]:
            sys.stderr.write(f"histshell: {problem} ('histshell config' shows all)\n")


def compose() -> "None":
    """Number the prompt of a start-up file that ran after the session began: VS Code's. The start-up file calls this."""
    if isinstance(_session, Session):
        _session.compose()


def inspect_once() -> "None":
    """Let the interpreter open its own prompt when this program ends, as `python -i` does."""
    if _session is not None and not os.environ.get("PYTHONINSPECT"):
        os.environ["PYTHONINSPECT"] = "1"
        _session.inspecting = True


def uninstall() -> "None":
    """Give the prompt back as it was; does nothing if histshell is not installed."""
    global _session
    if _session is not None:
        _session.stop()
        _session = None


def current() -> "Session | None":
    """The session of this process, if there is one and it is of one of Python's own prompts."""
    return _session if isinstance(_session, Session) else None


def at_start() -> "Callable[[], None] | None":
    """What a start-up file does last: open the rich prompt, if the settings say so."""
    session = current()
    if session is None or session.settings is None or session.settings.ui != "ptpython" or session.lines is not None:
        return None
    main = sys.modules.get("__main__")
    if getattr(getattr(main, "__spec__", None), "name", None) == "asyncio.__main__":
        return None  # its loop runs already, and its prompt awaits
    return session.ui_at_start if session.namespace is getattr(main, "__dict__", None) else None


def history() -> "History":
    """The history of the running session; a new one, not recorded into, if there is no session."""
    return _session.history if _session is not None else History()
