"""IPython in a terminal, Jupyter's kernels and consoles: results into `h`.

Prompt, `In` and `Out` stay IPython's own, unless the user has asked for the numbered prompt.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, Callable, List

if TYPE_CHECKING:
    from .guests import Guest


def attach(guest: Guest, _frame: FrameType | None) -> Callable[[], None] | None:
    """Hook into the IPython that runs; return what takes everything out again, None if none runs."""
    shell: Any = _running()
    if shell is None:
        return None
    hook = shell.displayhook
    format_value = hook.compute_format_data

    def compute_format_data(result: object) -> Any:
        """Record, then let IPython make its texts of the value: that runs its `__repr__`."""
        guest.record(result, sys._getframe(1))
        return format_value(result)

    guest.source = lambda frame: _source(shell, frame)
    hook.compute_format_data = compute_format_data
    completer = getattr(shell, "Completer", None)
    undo = [*_complete(guest, completer), _add_magic(shell, guest)]
    guest.names.quiet = not hasattr(shell, "prompts")  # a kernel has none, and what it prints is in some cell's output
    if guest.asked and not guest.names.quiet:
        undo += _number(guest, shell)

    def detach() -> None:
        if hook.__dict__.get("compute_format_data") is compute_format_data:
            del hook.compute_format_data
        for step in undo:
            try:
                step()
            except Exception:  # the shell may have been changed since
                pass

    return detach


def _running() -> Any:
    """The shell of this process."""
    get = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get() if get is not None else None


def _source(shell: Any, frame: FrameType) -> tuple[str, int]:
    """The cell that displays, as it was typed, and the place in it if IPython has run it as it stands."""
    from histshell import inputs

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
    return typed, inputs.position(below.f_code, below.f_lasti)


def _add_magic(shell: Any, guest: Guest) -> Callable[[], object]:
    """`%pik` opens the pickle mode, `%pik EXPR` shows the pickle of a value."""

    def pik(line: str) -> None:
        """Open the pickle mode; with an expression, show the pickle program of its value instead."""
        guest.names.pik(*([shell.ev(line)] if line.strip() else []))

    shell.register_magic_function(pik, "line", "pik")
    magics = shell.magics_manager.magics["line"]
    return lambda: magics.pop("pik", None)


def _number(guest: Guest, shell: Any) -> List[Callable[[], object]]:
    """Show the numbered prompt, in IPython's own colours; prompts that the user has chosen himself stay."""
    module: Any = sys.modules["IPython.terminal.prompts"]
    theirs = shell.prompts
    if type(theirs) is not module.Prompts:
        return []
    text = guest.prompt()
    token = module.Token

    class Numbered(module.Prompts):  # type: ignore[misc]  # of a package that may be missing
        """The number of the next result before an input, nothing before a result."""

        def in_prompt_tokens(self) -> Any:
            """The primary prompt, behind the mode of vi's keys where IPython shows it."""
            return [(token.Prompt, self.vi_mode() + text())]

        def continuation_prompt_tokens(self, width: int | None = None, **place: Any) -> Any:
            """The continuation prompt, as wide; of `place`, which differs by version, only a wrapped line matters."""
            dots = "" if place.get("wrap_count") else "... "
            return [(token.Prompt, dots.rjust(self._width() if width is None else width))]

        def out_prompt_tokens(self) -> Any:
            """What stands before a result."""
            return []

    ours = Numbered(shell)
    shell.prompts = ours
    return [lambda: setattr(shell, "prompts", theirs) if shell.prompts is ours else None]


def _complete(guest: Guest, completer: Any) -> List[Callable[[], object]]:
    """Let `h[` complete to the numbers, newest first, and `h[1].` go on from the value."""
    undo: List[Callable[[], object]] = []
    if completer is None:
        return undo
    module: Any = sys.modules.get("IPython.core.completer")

    def results(context: Any) -> Any:
        """The numbers of the results after `h[`, and what goes on from one; jedi knows neither."""
        line = context.text_until_cursor
        names: List[str] = []
        for one in guest.completions(line):
            typed = len(line) - one.start
            if typed <= len(context.token):
                text = one.text.rstrip("(") if one.kind == "attribute" else one.text
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
