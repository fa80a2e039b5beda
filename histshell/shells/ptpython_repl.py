"""ptpython started by itself: results into `h`, the numbered prompt as a style of ptpython's."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Iterator

from .joining import Joined
from .prompt_style import STYLE, Style

if TYPE_CHECKING:
    from types import FrameType

    from .joining import Given


def attach(given: Given, frame: FrameType | None) -> Joined | None:
    """Hook into the ptpython that called `frame`; return what is joined, None if there is none."""
    repl = _find(frame)
    if repl is None:
        return None
    show, evaluate, evaluate_async = repl._show_result, repl.eval, repl.eval_async
    typed, inputs = "", given.inputs

    def _show_result(result: object) -> Any:
        given.record(result, sys._getframe(1))
        try:
            return show(result)
        except BaseException as error:
            inputs.over(error)
            raise
        finally:
            inputs.over()  # once

    def eval_(text: str) -> object:
        nonlocal typed
        typed = text.strip("\n")
        inputs.accepted(typed)
        try:
            result = evaluate(text)
        except BaseException as error:
            inputs.over(error)
            raise
        if result is None:  # any other is shown
            inputs.over()
        return result

    async def eval_async(text: str) -> object:
        nonlocal typed
        typed = text.strip("\n")
        inputs.accepted(typed)
        try:
            result = await evaluate_async(text)
        except BaseException as error:
            inputs.over(error)
            raise
        if result is None:
            inputs.over()
        return result

    repl._show_result, repl.eval, repl.eval_async = _show_result, eval_, eval_async
    style = repl.prompt_style
    repl.all_prompt_styles[STYLE] = Style(given.prompt(), given.marked)
    if not given.plain:
        repl.prompt_style = STYLE
    completer = repl.completer
    repl.completer = _completer(given, completer)

    def detach() -> None:
        for name in ("_show_result", "eval", "eval_async"):
            repl.__dict__.pop(name, None)
        if repl.prompt_style == STYLE:
            repl.prompt_style = style
        repl.all_prompt_styles.pop(STYLE, None)
        repl.completer = completer

    return Joined(detach, lambda _frame: (typed, 0))


def _find(frame: FrameType | None) -> Any:
    """Return the REPL among the frames: it runs the start-up file, or its configuration."""
    while frame is not None:
        for name in ("self", "repl"):
            found = frame.f_locals.get(name)
            if type(found).__module__.partition(".")[0] == "ptpython" and hasattr(found, "_show_result"):
                return found
        frame = frame.f_back
    return None


def _completer(given: Given, theirs: Any) -> Any:
    """Return the completer of ptpython, with the results before it."""
    module: Any = sys.modules.get("prompt_toolkit.completion")
    if module is None:
        return theirs

    class Results(module.Completer):  # type: ignore[misc]  # of a package that may be missing
        """Completes what begins with a result."""

        def get_completions(self, document: Any, _event: Any) -> Iterator[Any]:
            """Yield the completions at the cursor."""
            line = document.current_line_before_cursor
            for one in given.completions(line):
                yield module.Completion(one.text, one.start - len(line), display_meta=one.detail)

    return module.merge_completers([Results(), theirs])
