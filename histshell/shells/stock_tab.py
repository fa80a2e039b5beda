"""TAB in Python's own prompts: where our completer takes the place of the stock one, and gives it back.

What completes is loaded when TAB is first pressed. Nothing here may fail or take time: it runs at each prompt.
"""

import sys

from .stock import is_stock, uses_pyrepl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from histshell.prompt import Face

    from .stock import Inputs

_getattr, _len, _Exception = getattr, len, Exception  # bound here: a user may rebind them in `builtins`
_modules = sys.modules


class Tab:
    """Takes the place of the stock completer at the first prompt, and again whenever Python puts its own back.

    `face` knows the namespace and `inputs` where the statement begins; `full` says whether jedi may be asked. A completer
    that a user has set himself stays. The line editor's other settings, its delimiters among them, are left alone:
    pdb and `input()` use them too, and where a word begins is found out without them.
    """

    def __init__(self, face: "Face", inputs: "Inputs", full: "bool") -> "None":
        self.face = face
        self.inputs = inputs
        self.full = full
        self.ours = self.complete  # one object, to be known again
        self.stock: "Callable[[str, int], str | None] | None" = None
        self.state: "Any" = None  # what the module that handles the key keeps between two of them
        self._commands: "dict[str, Any]" = {}  # those of PyREPL's reader
        self._command: "Any" = None
        self._base: "Any" = None
        self._past: "Any" = ()
        self._prompts = -1
        self._bound = False
        self._started = False  # jedi; should it end, the next TAB starts it anew
        self._is_pyrepl: "bool | None" = None

    def prompt_shown(self) -> "None":
        """Done each time the prompt is shown, in some versions at each key; as cheap as can be."""
        command = self._command
        if command is not None and self._commands.get("complete") is command and _len(self._past) == self._prompts:
            return
        try:
            if self._is_pyrepl is None:
                self._is_pyrepl = uses_pyrepl()
            if self._is_pyrepl:
                reader = _modules["_pyrepl.readline"]._wrapper.reader
                self._into_pyrepl(reader)
                prompts = _len(reader.history)
            else:
                self._into_readline()
                prompts = self._prompts + 1
            if self.full and not self._started and prompts > self._prompts >= 0:  # the first prompt has been shown
                self._started = True
                from histshell.completion import inferred

                inferred.start()
            self._prompts = prompts
        except _Exception:  # a line editor that is not as we know it keeps its own completer
            pass

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
        if self.state is not None:
            self.state.attach()

    def _into_pyrepl(self, reader: "Any") -> "None":
        """Put our command in the place of PyREPL's: a completer could only append, here a word can be replaced."""
        base = _modules["_pyrepl.completing_reader"].complete
        commands = reader.commands
        if commands.get("complete") is base:

            def do(command: "Any") -> "None":
                from histshell.shells import stock_pyrepl

                if not stock_pyrepl.press(self, command.reader):
                    base.do(command)

            self._command = type(base)("complete", (base,), {"do": do})
            self._base = commands["complete"]
            commands["complete"] = self._command
        self._commands, self._past = commands, reader.history

    def complete(self, text: "str", state: "int") -> "str | None":
        """The completer for `readline.set_completer`."""
        from histshell.shells import stock_readline

        return stock_readline.complete(self, text, state)

    def stop(self) -> "None":
        """Put back what was there before, and end jedi."""
        readline: "Any" = _modules.get("readline")
        if self._bound and readline is not None and readline.get_completer() is self.ours:
            readline.set_completer(self.stock)
        if self.state is not None:
            self.state.detach()
        if self._command is not None and self._commands.get("complete") is self._command:
            self._commands["complete"] = self._base
        self._command = None
        inferred: "Any" = _modules.get("histshell.completion.inferred")
        if inferred is not None:
            inferred.stop()
