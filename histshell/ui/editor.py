"""What is typed at: ptpython's input with our prompt, completer, bar and keys. Imports ptpython; see `lean_import`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import DummyCompleter
from prompt_toolkit.filters import Condition, is_done, renderer_height_is_known
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.layout.containers import ConditionalContainer, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.validation import ValidationError, Validator
from ptpython.layout import CompletionVisualisation
from ptpython.python_input import PythonInput
from ptpython.utils import unindent_code

from histshell.shells.prompt_style import STYLE, Style

from . import completer
from .bar import Bar
from .editor_thread import in_thread
from .evaluate import is_question, quietly

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.document import Document

    from histshell.completion import Engine
    from histshell.history import History

    from .input_history import InputHistory
    from .terminal import Terminal

HINT = "F7 keeps these choices"
"""What the bar says while the menu of F2 is open."""


class EditorOptions:
    """What the editor is told of the session, so that it need not know it: where names live, what the prompt says.

    `engine` completes; `marked` says whether the prompt has the marks of shell integration.
    """

    def __init__(
        self,
        history: History,
        namespace: Callable[[], dict[str, Any]],
        prompt: Callable[[], str],
        colour: str,
        engine: Engine,
        bar: bool,
        marked: bool,
    ) -> None:
        self.history = history
        self.namespace = namespace
        self.prompt = prompt
        self.colour = colour
        self.engine = engine
        self.bar = bar
        self.marked = marked


class Editor(PythonInput):
    """Reads one input after another; `read` gives its text.

    `flags` gives the flags to compile with, `inputs` is what the arrow keys and Ctrl-R go through. What ptpython's own
    class does by evaluating the user's names, jedi in this process among it, is done by the engine here. It is at `terminal`.
    """

    def __init__(
        self, options: EditorOptions, terminal: Terminal, flags: Callable[[], int], inputs: InputHistory
    ) -> None:
        self.editor_options = options
        self.terminal = terminal
        self.flags = flags
        self.inputs = inputs
        self.bar = Bar(options.history, self._mode)
        completes = options.engine.allowed != "off"
        self.source_of_completions = completer.EngineCompleter(options.engine) if completes else DummyCompleter()
        super().__init__(
            get_globals=options.namespace,
            _completer=self.source_of_completions,
            _validator=InputValidator(flags),
            input=terminal.input(),
            output=terminal.output(),
        )
        # In the place of ptpython's status bar, and under its name in the menu and in a user's configuration.
        self.ptpython_layout.root_container.children[-1] = self._bar_window()
        self.show_status_bar = options.bar
        self.all_prompt_styles[STYLE] = Style(options.prompt, options.marked, options.colour)  # type: ignore[assignment]  # it has the methods
        self.prompt_style = STYLE
        self.completion_visualisation = CompletionVisualisation.POP_UP
        self.complete_while_typing = completes
        self.show_signature = self.show_docstring = completes
        self.enable_auto_suggest = True  # the right arrow takes what is grey
        self.confirm_exit = False
        self.insert_blank_line_after_output = False
        for option in (option for category in self.options for option in category.options):
            if option.title == "Show docstring":  # what is wanted, whether there is one to show or not
                option.get_current_value = lambda: "on" if self._wants_docstring else "off"
        self.app.after_render += self._first_prompt_shown
        self.app._handle_exception = self._failed  # type: ignore[method-assign, assignment]  # positional arguments

    def _failed(self, _loop: Any, context: dict[str, Any]) -> None:
        """End the interface by an exception that nothing has caught, instead of showing it and waiting for a key."""
        error = context.get("exception")
        if self.app.is_running and not self.app.is_done:
            self.app.exit(
                exception=error if isinstance(error, Exception) else RuntimeError(str(context.get("message")))
            )

    def _first_prompt_shown(self, app: Application[str]) -> None:
        """Load what the first keys will need, now that the prompt is there."""
        self.app.after_render -= self._first_prompt_shown
        loop = app.loop
        if loop is not None:
            # The colours here, between two keys: a thread might still be at it when borrowed packages are given back.
            loop.call_later(0.02, self._warm_up)
            if self.editor_options.engine.allowed != "off":
                loop.run_in_executor(None, completer.warm_up)

    def _warm_up(self) -> None:
        try:
            load = getattr(self._lexer, "load", None)
            if load is not None:
                load()
        except Exception:  # a prompt without colours is a prompt
            pass

    def _create_buffer(self) -> Buffer:
        self.history = self.inputs
        return super()._create_buffer()

    @property
    def show_docstring(self) -> bool:
        """Whether the docstring's line is shown: if it is wanted and there is one."""
        return self._wants_docstring and bool(self.signatures and self.docstring_buffer.text)

    @show_docstring.setter
    def show_docstring(self, value: bool) -> None:
        self._wants_docstring = value

    said = ""  # what the bar says till the next prompt

    is_private = False  # whether the input that was read last begins with one space: it is not to be kept

    def read(self) -> str:
        """Return the text of the next input. Raises EOFError at the end, KeyboardInterrupt for a line that is given up."""
        mode = self.app.vi_state.input_mode

        def before() -> None:
            if self.vi_keep_last_used_mode:
                self.app.vi_state.input_mode = mode
            elif self.vi_start_in_navigation_mode:
                self.app.vi_state.input_mode = InputMode.NAVIGATION

        self.said = ""
        try:
            if sys.platform != "win32" and self.app.input.typeahead_hash() != f"fd-{self.terminal.fileno()}":
                self.app.input = self.terminal.input()  # the user has closed its descriptor
            typed: str = in_thread(self.app, lambda: self.app.run(pre_run=before, handle_sigint=False))
            from histshell.journal import secrets  # not before the first input

            self.is_private = secrets.is_private(typed)
            text = unindent_code(typed)
        finally:
            self.signatures = []
            self.default_buffer.reset()  # a search begins at the newest input again
        if text.lstrip().startswith("\x1a"):  # Ctrl-Z, the end of the input on Windows
            raise EOFError
        if text.strip() and self.insert_blank_line_after_input:
            self.app.output.write("\n")
        return text

    def get_compiler_flags(self) -> int:
        """Return what has been imported from `__future__`; ptpython's way is to ask every value in the namespace."""
        return self.flags()

    def _on_input_timeout(self, buff: Buffer) -> None:
        """Look for a signature while nothing is being typed, in another thread."""
        app = self.app
        if not self.show_signature or not app.is_running or self._get_signatures_thread_running:
            return
        self._get_signatures_thread_running = True

        async def look() -> None:
            from asyncio import get_running_loop

            from prompt_toolkit.document import Document

            try:
                while True:
                    document, size = buff.document, app.output.get_size()
                    found = await get_running_loop().run_in_executor(
                        None, completer.signatures, document, self.editor_options.engine, size.columns, size.rows
                    )
                    if buff.text == document.text:
                        break
            finally:
                self._get_signatures_thread_running = False
            if found or self.signatures:
                self.signatures = found  # type: ignore[assignment]  # what the toolbar needs of one
                doc = found[0].docstring if found else ""
                self.docstring_buffer.reset(document=Document(doc, cursor_position=0))
                app.invalidate()

        app.create_background_task(look())

    # -- our bar -------------------------------------------------------------------------------------------------------

    def _bar_window(self) -> ConditionalContainer:
        def fragments() -> Any:
            try:
                return self.bar.fragments(get_app().output.get_size().columns)
            except Exception:  # a bar is not worth an error on the screen
                return []

        shown = Condition(lambda: self.show_status_bar and not self.show_exit_confirmation)
        window = Window(FormattedTextControl(fragments), height=1, style="class:status-toolbar")
        return ConditionalContainer(window, filter=shown & ~is_done & renderer_height_is_known)

    def _mode(self) -> str:
        words = [self.said] if self.said else [HINT] if self.show_sidebar else []
        if self.vi_mode:
            words.append(f"Vi {self.app.vi_state.input_mode.name.lower()}")
        if self.paste_mode:
            words.append("F6 Paste mode is on")
        return "  ".join(words)


class InputValidator(Validator):
    """Says where an input that does not compile is wrong; warnings wait until it is compiled to be run."""

    def __init__(self, flags: Callable[[], int]) -> None:
        self.flags = flags

    def validate(self, document: Document) -> None:
        """Raise `ValidationError` for what is no Python."""
        text = unindent_code(document.text)
        if text.startswith("\x1a") or is_question(text):  # Ctrl-Z, the end of the input on Windows; `x?`
            return
        try:
            quietly(text, self.flags())
        except SyntaxError as error:
            row, column = max((error.lineno or 1) - 1, 0), max((error.offset or 1) - 1, 0)
            try:
                place = document.translate_row_col_to_index(row, column)
            except Exception:
                place = len(document.text)
            raise ValidationError(place, f"{type(error).__name__}: {error.msg}") from None
        except (ValueError, OverflowError, MemoryError, RecursionError) as error:
            raise ValidationError(0, f"{type(error).__name__}: {error}") from None
