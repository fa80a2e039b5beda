"""Wiring history, display hook and prompt to the shell that runs, and taking them out again."""

import atexit
import os
import sys
import time

from . import libraries, line_editor, places, prompt
from .history import KEPT, History, reset
from .hook import DisplayHook
from .recorder import Recorder
from .shell_session import ShellSession
from .shells.stock import detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable

    from .completion.engine import Engine
    from .display.showing import Showing
    from .settings import Settings
    from .shells.integration import Integration
    from .shells.stock.inputs import StockInputs

    FindNamespace = Callable[[], "dict[str, object] | None"]

# Bound here: `refresh` goes on when a user rebinds them in `builtins`.
_len, _type, _str, _getattr, _Exception = len, type, str, getattr, Exception

_modules, _frame, _clock = sys.modules, sys._getframe, time.perf_counter

_STOCK_PROMPTS = (">>> ", "... ", ">>>> ", ".... ")  # the last two are PyPy's


class StockSession(ShellSession):
    """What is installed in this process. There is at most one; `install` and `uninstall` manage it."""

    def __init__(self, namespace: "dict[str, object]", find: "FindNamespace | None" = None) -> "None":
        ShellSession.__init__(self, namespace)
        self.find_namespace = find
        self.embedded = line_editor.is_embedded()
        self.may_be_copied = sys.version_info >= (3, 15)
        self.copied = ""
        self.opens_rich = False  # the command opens the rich prompt once the user's start-up file has run
        self.editor = line_editor.LineEditor()
        self.recorder = recorder = Recorder(self.history, detect.SourceFinder(self.editor).source, self.refresh)
        self.hook = DisplayHook(recorder.display, recorder.pass_on)
        self.settings = _settings()
        self.keeps = self.settings is None or self.settings.journal == "on"
        self.kinds: "dict[str, type[Any]]" = {"ps1": prompt.Prompt, "ps2": prompt.Continuation}  # also after a reload
        pypy = (
            sys.implementation.name == "pypy" and not self.embedded
        )  # which sets them after the start-up file has run
        self.old = {"ps1": ">>>> ", "ps2": ".... "} if pypy else {"ps1": ">>> ", "ps2": "... "}
        self.plain = detect.wants_plain(self._setting("plain_prompt"))
        template = self.old["ps1"] if self.plain else self._setting("prompt")
        marked = line_editor.uses_readline()
        self.prompt_text = prompt.PromptText(self.history, namespace, template, self._colour(), marked, self)
        completes = self._setting("completion") != "off"
        self._values: "Showing | None" = None
        self.show_values()
        self.tab = line_editor.TabKey(self._answering, self._second_prompt) if completes else None
        self._engine: "Engine | None" = None
        self.inputs: "StockInputs | None" = None  # which are told to the journal; there from the first one on
        self.joins = True  # at the first prompt, PyREPL's reader
        self.unsure: "tuple[str, float, float, int, object] | None" = None
        self.statements = line_editor.Statements(self._has_read)
        self.integration: "Integration | None" = None
        if detect.wants_marks(self._setting("shell_integration")):
            from .shells import integration

            self.integration = integration.attach()
            if self.integration is not None:
                self.kinds.update(self.integration.kinds)

    def _setting(self, name: "str") -> "str":
        """Return the text of one of the settings that a start needs."""
        value: "str" = prompt.DEFAULTS[name] if self.settings is None else _getattr(self.settings, name)
        return value

    def _colour(self) -> "str":
        """Return the prompt's colour; none where PyREPL paints it, or it is Python's own, and no other style has been chosen."""
        if not detect.wants_colour():
            return ""
        if self.settings is not None and self.settings.origin("style") != "default":
            from .settings import sgr

            return sgr(self.settings.style)
        return "" if self.plain or line_editor.uses_pyrepl() else prompt.COLOUR

    def start(self) -> "None":
        """Install everything into the interpreter; a prompt that the user has set stays."""
        self.publish(self.namespace)
        self.copied = self.prompt_text.text()
        for name, kind in self.kinds.items():
            old = getattr(sys, name, self.old[name])
            if type(old) is str and old in _STOCK_PROMPTS:
                self.old[name] = old
                if self.plain and name == "ps2":
                    continue  # it is the right one already
                setattr(sys, name, kind(self.prompt_text))
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
                sys.ps1 = self.kinds["ps1"](self.prompt_text)

    def publish(self, namespace: "dict[str, object]") -> "None":
        """Make the history known by its names, where they are free."""
        self.prompt_text.namespace = namespace
        ShellSession.publish(self, namespace)

    def names_now(self) -> "dict[str, object]":
        """Return the globals of the prompt that was shown last: those of a console within this one, while it is open."""
        return self.prompt_text.namespace

    # -- told by the prompt, as `prompt.PromptText` says; nothing of it may take time ---------------------------------

    def shown(self) -> "None":
        """Note that the prompt is shown."""
        if self.inputs is not None:
            self.inputs.shown = _clock()  # what follows may take longer than the input did
        elif self.unsure is not None:
            unsure, self.unsure = self.unsure, None
            try:
                from . import first_input

                first_input.look_back(self, unsure)
            except _Exception:  # nothing can be imported any more; the prompt keeps its number
                pass
        if sys.displayhook is not self.hook.hook:
            self.hook.attach()
        self.count_results()
        self.editor.prompt_shown()
        if self.tab is not None:
            self.tab.prompt_shown()
        if self.joins:
            self.joins = False
            if line_editor.uses_pyrepl() or sys.implementation.name == "pypy":
                self.statements.join()
            self._recall()
        if self.find_namespace is not None or self.inspecting or self.embedded:
            self._first_prompt()
        self.prompt_text.namespace = self.namespace
        if self.integration is not None:
            self.integration.shown()

    def looked_back(self) -> "None":
        """Note that it is known whether a session crashed here."""
        ShellSession.looked_back(self)
        if self.inputs is not None:
            self.inputs.then = None

    def recall(self, inputs: "list[str]") -> "None":
        """Let the arrow keys go through the inputs of a session that this one goes on with."""
        self.recalls = inputs
        if self.rich is not None or not self.joins:
            self._recall()

    def _recall(self) -> "None":
        """Hand on what the arrow keys are to have; at the first prompt the line editor is there."""
        if self.recalls:
            inputs, self.recalls = self.recalls, []
            if self.rich is not None:
                self.rich.recall(inputs)
            else:
                from . import editing

                editing.add(inputs)
                self.editor.prompt_shown()

    def asked(self) -> "None":
        """Note that the text is asked for by `str`, not at each key: by C's loop, or by a console within this prompt."""
        below = _frame(1).f_back
        if self.kinds["ps1"] is not prompt.Prompt and below is not None:  # one with marks has called it
            below = below.f_back
        if below is None:
            inputs = self.inputs
            if inputs is not None:
                inputs.loop_asks()
                self.prompt_text.gone = inputs.loop_has_read
            else:
                self.prompt_text.gone = self._has_read if self.keeps else None
            return
        self.prompt_text.gone = None
        if "code" in _modules:
            console = detect.console_asking(below)
            if console is not None:  # it has names of its own
                self.prompt_text.namespace = console["locals"]
                if self.keeps:
                    try:
                        from . import first_input

                        first_input.console_asks(self, console)
                    except _Exception:  # nothing can be imported, with `builtins.len = None`, say
                        pass

    def _has_read(self, text: "str | None" = None) -> "None":
        """The first input of all has been read, and is about to run: the text that PyREPL has, none where C's loop has read it."""
        if text is None and self.editor.history_length is not None and self.editor.history_length() <= self.editor.mark:
            # An empty line, Ctrl-D, or a line that is the newest in readline's file as well: nothing is done for it yet.
            text = self.editor.last()
            self.unsure = text, _clock(), time.thread_time(), _len(self.history), _getattr(sys, "last_value", None)
        elif text is None or text.strip():
            try:
                from . import first_input

                first_input.has_read(self, text)
            except _Exception:
                _ = self.journal  # cannot be made either, and says so

    def stale(self, old: "prompt.Prompt") -> "None":
        """Put a fresh prompt in the place of one that PyREPL shows and that is out of date."""
        self.refresh()
        fresh: "Any" = _getattr(sys, "ps1", None)
        if _type(fresh) is self.kinds["ps1"]:
            line_editor.replace_in_reader(old, fresh)

    def input_of(self, error: "Any") -> "str":
        """Return the text of the input that an exception has ended, empty if unknown."""
        traceback = BaseException.__dict__["__traceback__"].__get__(error)
        if traceback is None:
            return "\n".join(self.editor.since()) or getattr(error, "text", "") or ""
        from .shells.stock import source

        return source.find(traceback.tb_frame, self.editor)[0]

    def _first_prompt(self) -> "None":
        """Do what could not be done before the prompt was there."""
        if self.inspecting:
            self.inspecting = False
            os.environ.pop("PYTHONINSPECT", None)  # or each child would open a prompt at its end
        if self.embedded:
            self.embedded = False
            if self.editor.find_readline():
                self.prompt_text.mark()
        namespace = self.find_namespace() if self.find_namespace is not None else None
        if namespace is not None:
            self.find_namespace = None
            self.publish(namespace)

    def refresh(self) -> "None":
        """Bring the content of the prompts up to date; a user's own are left alone."""
        current: "Any" = _getattr(sys, "ps1", None)
        if self.may_be_copied and _type(current) is _str:
            self.may_be_copied = False
            if detect.is_copy(current, self.copied):
                current = sys.ps1 = self.kinds["ps1"](self.prompt_text)
        if _type(current) is self.kinds["ps1"]:
            fresh = sys.ps1 = current.fresh()
            if _len(fresh) != _len(current) and _type(_getattr(sys, "ps2", None)) is self.kinds["ps2"]:
                sys.ps2 = self.kinds["ps2"](self.prompt_text)
        elif self.tab is not None:  # a prompt of the user's, which does not tell when it is shown
            self.tab.prompt_shown()

    def ui(self, asynchronous: "bool" = False) -> "bool":
        """Open the rich prompt over this session; returns when it is left by Ctrl-D, false if it failed or cannot be opened.

        Then one line says why. `SystemExit` passes when the user's code raises it.
        """
        import _signal  # type: ignore[import-not-found]  # a part of the interpreter

        old: "Any" = None
        try:  # at each moment of opening and closing SIGINT is held; the user's code is given it
            old = _signal.signal(_signal.SIGINT, _hold)
        except ValueError:  # not the main thread
            pass
        from . import interrupts

        with interrupts.Held(theirs=old):
            from . import rich_prompt

            try:
                return rich_prompt.open_over(self, asynchronous)
            finally:
                self.refresh()

    def engine(self) -> "Engine":
        """Return what completes in this session; made when it is first asked for."""
        if self._engine is None:
            from .completion.engine import Engine

            self._engine = Engine(self.names_now, self._setting("completion"))
        return self._engine

    def _second_prompt(self) -> "None":
        self.engine().prompt_shown()

    def _answering(self, key: "line_editor.TabKey") -> "line_editor.AnswersTab":
        from .shells.stock.tab import Tab

        return Tab(key, self.engine(), self.editor)

    def greet(self) -> "None":
        """Say in a line what there is, where histshell has never been before, and somebody reads it."""
        if (
            self.keeps
            and not self.plain
            and all(map(detect.is_terminal, (sys.stdout, sys.stderr)))
            and places.is_new_here()
        ):
            shown = self.prompt_text.text().rstrip(" >:")
            sys.stderr.write(f"{shown}: {KEPT}\n" if shown else f"{KEPT}\n")
            sys.stderr.flush()

    def _end_completion(self) -> "None":
        """Give TAB back, and end jedi."""
        if self.tab is not None:
            self.tab.stop()
        if self._engine is not None:
            self._engine.stop()

    def _end_journal(self) -> "None":
        """Say goodbye."""
        if self.inputs is not None:
            self.inputs.end()
        elif self._journal is not None:
            self._journal.goodbye()

    def show_values(self, is_rich: "bool" = False, paint: "Callable[[str], str] | None" = None) -> "None":
        """Have values shown as the settings say for this prompt; `paint` colours a text."""
        display = self._setting("display")
        self._painter, self._values, self._is_rich = paint, None, is_rich
        self.recorder.showing = self._showing if display == "pretty" or (is_rich and display == "auto") else None

    def _showing(self) -> "Showing | None":
        """Return what shows values; loaded with the first one. None where it cannot be: then they look as Python shows them."""
        if self._values is None:
            try:
                from .display.showing import AROUND, ROUND, Showing

                rows = AROUND if self._is_rich else ROUND
                self._values = Showing(self.prompt_text.result, self._painter, rows)
            except _Exception:  # histshell is gone, or another's
                self.recorder.showing = None
        return self._values

    def rich_prompt_shown(self, is_first: "bool") -> "None":
        """Do for the rich prompt what `shown` does for the plain one."""
        if sys.displayhook is not self.hook.hook:
            self.hook.attach()
        self.count_results()
        self.editor.prompt_shown()
        self._recall()
        self.refresh()
        if self.tab is not None and not is_first:
            self.tab.another_prompt()
        if self.looks_back and not is_first:
            self.say_what_crashed()

    def release(self) -> "None":
        """Let go of all that is the user's at the end of the process, while files can still be closed."""
        try:
            self._end_journal()
            self._end_completion()
            reset(self.history)
            self.history.__dict__.pop("__held__", None)  # the exceptions
            self._error = None
            self.namespace = self.prompt_text.namespace = {}
        except KeyboardInterrupt:  # the process ends anyway
            pass

    def stop(self) -> "None":
        """Take everything out again. What was recorded stays with whoever holds the history."""
        atexit.unregister(self.release)
        self.hook.detach()
        self.recorder.stop()
        self.prompt_text.gone = None
        self.statements.leave()
        self._end_journal()
        self._end_completion()
        if self.integration is not None:
            self.integration.stop()
        for name, kind in self.kinds.items():
            if type(getattr(sys, name, None)) is kind:
                setattr(sys, name, self.old[name])
        ShellSession.stop(self)


def _hold(_number: "int", _frame: "object") -> "None":
    """Stand for SIGINT's handler until `interrupts` has been loaded."""


_VARIABLES = tuple(
    "HISTSHELL_" + name
    for name in ("PROMPT", "PLAIN_PROMPT", "STYLE", "COMPLETION", "DISPLAY", "SHELL_INTEGRATION", "UI", "JOURNAL")
)


def _settings() -> "Settings | None":
    """Return the settings, or None where nothing is set: reading them would be a fifth of the time that a start takes."""
    for variable in os.environ:
        if variable in _VARIABLES:
            break
    else:
        if not os.path.exists(places.config_file()):
            return None
    from .settings import load

    return load()


_session: "ShellSession | None" = globals().get("_session")  # kept when the module is reloaded


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
    libraries.start()
    shell = detect.foreign(caller)
    session: "ShellSession" = ShellSession(namespace) if shell else StockSession(namespace, find)
    try:
        if isinstance(session, StockSession):
            session.start()
        else:
            session.publish(namespace)
            if not session.join(shell, caller):
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
    if isinstance(_session, StockSession):
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
    libraries.stop()


def current() -> "StockSession | None":
    """Return the session of this process, if there is one and it is of one of Python's own prompts."""
    return _session if isinstance(_session, StockSession) else None


def at_start() -> "Callable[[], None] | None":
    """Return what a start-up file does last: open the rich prompt, if the settings say so."""
    session = current()
    if session is None:
        return None
    if not (sys.flags.quiet or session.opens_rich):
        session.greet()
    if session.settings is None or session.settings.ui != "ptpython":
        return None
    from . import rich_prompt

    return rich_prompt.at_start(session)


def ui(self: "History") -> "None":
    """Move over to the rich prompt, with all results and names; Ctrl-D comes back."""
    if _session is not None and _session.history is self:
        _session.ui()


def history() -> "History":
    """Return the history of the running session; a new one, not recorded into, if there is no session."""
    return _session.history if _session is not None else History()
