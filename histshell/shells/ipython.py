"""IPython in a terminal, Jupyter's kernels and consoles: results into `h`.

Prompt, `In` and `Out` stay IPython's own, unless the user has asked for the numbered prompt.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, Callable, List

from .joining import Joined

if TYPE_CHECKING:
    from .joining import Given


def attach(given: Given, _frame: FrameType | None) -> Joined | None:
    """Hook into the IPython that runs; return what is joined, None if none runs."""
    shell: Any = _running()
    if shell is None:
        return None
    hook = shell.displayhook
    format_value = hook.compute_format_data

    def compute_format_data(result: object) -> Any:
        """Record, then let IPython make its texts of the value: that runs its `__repr__`."""
        given.record(result, sys._getframe(1))
        return format_value(result)

    hook.compute_format_data = compute_format_data
    completer = getattr(shell, "Completer", None)
    undo = [*_complete(given, completer), _add_magic(shell, given), *_tell(given, shell)]
    quiet = not hasattr(shell, "prompts")  # a kernel has none, and what it prints is in some cell's output
    if given.asked and not quiet:
        undo += _number(given, shell)

    def detach() -> None:
        if hook.__dict__.get("compute_format_data") is compute_format_data:
            del hook.compute_format_data
        for step in undo:
            try:
                step()
            except Exception:  # the shell may have been changed since
                pass

    return Joined(
        detach,
        lambda frame: _source(shell, frame),
        quiet=quiet,
        forget_copies=lambda value: _forget_copies(shell, value),
    )


def _tell(given: Given, shell: Any) -> List[Callable[[], object]]:
    """Tell of each cell that IPython runs for somebody, and keeps in its own history."""
    inputs = given.inputs
    cells: List[bool] = []  # those that run, one within the other: whether it is told of

    def comes(info: Any = None) -> None:
        """Begin a cell."""
        kept = info is not None and bool(info.store_history) and not info.silent
        cells.append(kept)
        if kept:
            inputs.accepted(info.raw_cell)

    def over(result: Any = None) -> None:
        """End a cell."""
        if cells and cells.pop():
            inputs.over(result.error_before_exec or result.error_in_exec if result is not None else None)

    shell.events.register("pre_run_cell", comes)
    shell.events.register("post_run_cell", over)
    return [
        lambda: shell.events.unregister("pre_run_cell", comes),
        lambda: shell.events.unregister("post_run_cell", over),
    ]


def _running() -> Any:
    """Return the shell of this process."""
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get() if get is not None else None


def _source(shell: Any, frame: FrameType) -> tuple[str, int]:
    """Return the cell that displays, as it was typed, and the place in it if IPython has run it as it stands."""
    from histshell import positions

    cells = shell.history_manager.input_hist_raw
    typed = cells[-1].strip("\n") if cells else ""
    below: FrameType | None = frame
    while below is not None and below.f_globals is not shell.user_ns:
        below = below.f_back
    linecache: Any = sys.modules.get("linecache")
    if below is None or linecache is None:
        return typed, 0
    ran = "".join(linecache.getlines(below.f_code.co_filename)).strip("\n")
    if ran != typed or not (";" in typed or "\n" in typed):
        return typed, 0
    return typed, positions.position(below.f_code, below.f_lasti)


def _forget_copies(shell: Any, value: object) -> None:
    """Let go of a result in what IPython keeps beside the user's names."""
    hook = shell.displayhook
    for name in ("_", "__", "___"):
        if getattr(hook, name, None) is value:
            setattr(hook, name, None)
    results: List[Any] = [getattr(hook, "exec_result", None), getattr(shell, "last_execution_result", None)]
    for result in results:
        if getattr(result, "result", None) is value:
            result.result = None


def _add_magic(shell: Any, given: Given) -> Callable[[], object]:
    """`%pik` opens the pickle mode, `%pik EXPR` shows the pickle of a value."""

    def pik(line: str) -> object:
        """Open the pickle mode; with an expression, show the pickle program of its value instead."""
        return given.pik(*([shell.ev(line)] if line.strip() else []))

    shell.register_magic_function(pik, "line", "pik")
    magics = shell.magics_manager.magics["line"]
    return lambda: magics.pop("pik", None)


def _number(given: Given, shell: Any) -> List[Callable[[], object]]:
    """Show the numbered prompt, in IPython's own colours; prompts that the user has chosen stay."""
    module: Any = sys.modules["IPython.terminal.prompts"]
    theirs = shell.prompts
    if type(theirs) is not module.Prompts:
        return []
    text = given.prompt()
    token = module.Token

    class Numbered(module.Prompts):  # type: ignore[misc]  # of a package that may be missing
        """The number of the next result before an input, nothing before a result."""

        def in_prompt_tokens(self) -> Any:
            """Return the primary prompt, behind the mode of vi's keys where IPython shows it."""
            return [(token.Prompt, self.vi_mode() + text())]

        def continuation_prompt_tokens(self, width: int | None = None, **place: Any) -> Any:
            """Return the continuation prompt, as wide; of `place`, which differs by version, only a wrapped line matters."""
            dots = "" if place.get("wrap_count") else "... "
            return [(token.Prompt, dots.rjust(self._width() if width is None else width))]

        def out_prompt_tokens(self) -> Any:
            """Return what stands before a result."""
            return []

    ours = Numbered(shell)
    shell.prompts = ours
    return [lambda: setattr(shell, "prompts", theirs) if shell.prompts is ours else None]


def _complete(given: Given, completer: Any) -> List[Callable[[], object]]:
    """Let `h[` complete to the numbers, newest first, and `h[1].` go on from the value."""
    undo: List[Callable[[], object]] = []
    if completer is None:
        return undo
    module: Any = sys.modules.get("IPython.core.completer")

    def results(context: Any) -> Any:
        """Return the numbers of the results after `h[`, and what goes on from one; jedi knows neither."""
        line = context.text_until_cursor
        names: List[str] = []
        for one in given.completions(line):
            typed = len(line) - one.start
            if typed <= len(context.token):
                text = one.text if one.kind == "key" else one.text.rstrip("(")
                names.append(context.token[: len(context.token) - typed] + text)
        return {
            "completions": [module.SimpleCompletion(name, type="result") for name in names],
            "matched_fragment": context.token,
            "suppress": bool(names),
            "ordered": True,
        }

    try:
        matcher = module.context_matcher()(results)
        completer.custom_matchers.append(matcher)
        undo.append(lambda: completer.custom_matchers.remove(matcher))
    except Exception:  # an older IPython, or a newer one: it completes as it did
        pass
    return undo
