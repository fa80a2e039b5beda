"""ptpython started by itself: results into `h`, the numbered prompt as a style of ptpython's."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Callable, Iterator

if TYPE_CHECKING:
    from types import FrameType

    from .guests import Guest

STYLE = "histshell"
"""The name of the prompt's style, in ptpython's menu."""


def configure(repl: Any) -> None:
    """Number the results of a ptpython; one line in its `config.py`: `configure(repl)`."""
    import histshell

    histshell.install(repl.get_globals())


def attach(guest: Guest, frame: FrameType | None) -> Callable[[], None] | None:
    """Hook into the ptpython that called `frame`; return what takes everything out again, None if there is none."""
    repl = _find(frame)
    if repl is None:
        return None
    show, evaluate, evaluate_async = repl._show_result, repl.eval, repl.eval_async
    typed = ""

    def _show_result(result: object) -> Any:
        guest.record(result, sys._getframe(1))
        return show(result)

    def eval_(text: str) -> object:
        nonlocal typed
        typed = text.strip("\n")
        return evaluate(text)

    def eval_async(text: str) -> object:
        nonlocal typed
        typed = text.strip("\n")
        return evaluate_async(text)

    guest.source = lambda _frame: (typed, 0)
    repl._show_result, repl.eval, repl.eval_async = _show_result, eval_, eval_async
    style = repl.prompt_style
    repl.all_prompt_styles[STYLE] = Style(guest.prompt(), guest.marked)
    repl.prompt_style = STYLE
    completer = repl.completer
    repl.completer = _completer(guest, completer)

    def detach() -> None:
        for name in ("_show_result", "eval", "eval_async"):
            repl.__dict__.pop(name, None)
        if repl.prompt_style == STYLE:
            repl.prompt_style = style
        repl.all_prompt_styles.pop(STYLE, None)
        repl.completer = completer

    return detach


class Style:
    """A prompt style, in ptpython's sense: the number before an input, nothing before a result.

    If it is `marked` it has the marks between which a terminal sees a prompt, in fragments that prompt_toolkit hands on
    without counting them. `colour` is one of our settings.
    """

    def __init__(self, text: Callable[[], str], marked: bool = False, colour: str = "") -> None:
        self._text = text
        self._marked = marked
        self._style = styled_prompt(colour)

    def in_prompt(self) -> list[tuple[str, str]]:
        """The primary prompt."""
        text = self._text()
        if not self._marked:
            return [(self._style, text)]
        from . import marks

        # Such a fragment is written with the character behind it: so the second stands before the prompt's blank, and comes
        # when the accepted line is drawn for the last time.
        start, end = ("[ZeroWidthEscape]", marks.START), ("[ZeroWidthEscape]", marks.END)
        return [start, (self._style, text[:-1]), end, (self._style, text[-1:])]

    def in2_prompt(self, width: int) -> list[tuple[str, str]]:
        """The continuation prompt, as wide."""
        return [("class:prompt.dots", "... ".rjust(width))]

    def out_prompt(self) -> list[tuple[str, str]]:
        """What stands before a result."""
        return []


def styled_prompt(style: str) -> str:
    """The style of a prompt in prompt_toolkit's words, given one of our settings."""
    return f"class:prompt {_styled(style)}".strip()


def _styled(style: str) -> str:
    """A style of our settings, `bold bright-green`, in prompt_toolkit's words: `bold ansibrightgreen`."""
    plain = ("bold", "dim", "italic", "underline", "reverse")
    words = []
    for word in style.split():
        if word.isdigit():
            words.append(_of_256(int(word)))
        elif word != "none":
            words.append(
                word
                if word in plain
                else "ansi" + {"white": "gray", "bright-white": "white"}.get(word, word).replace("-", "")
            )
    return " ".join(words)


def _of_256(number: int) -> str:
    """The colour of that number of the 256, as `#rrggbb`; the first sixteen are the terminal's own."""
    if number < 16:
        names = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "gray")
        bright = (
            "brightblack",
            "brightred",
            "brightgreen",
            "brightyellow",
            "brightblue",
            "brightmagenta",
            "brightcyan",
            "white",
        )
        return "ansi" + (names + bright)[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    steps = (0, 95, 135, 175, 215, 255)
    rest = number - 16
    return "#" + "".join(f"{steps[part]:02x}" for part in (rest // 36, rest // 6 % 6, rest % 6))


def _find(frame: FrameType | None) -> Any:
    """The REPL among the frames: it runs the start-up file, or its configuration."""
    while frame is not None:
        for name in ("self", "repl"):
            found = frame.f_locals.get(name)
            if type(found).__module__.partition(".")[0] == "ptpython" and hasattr(found, "_show_result"):
                return found
        frame = frame.f_back
    return None


def _completer(guest: Guest, theirs: Any) -> Any:
    """The completer of ptpython, with the results before it."""
    module: Any = sys.modules.get("prompt_toolkit.completion")
    if module is None:
        return theirs

    class Results(module.Completer):  # type: ignore[misc]  # of a package that may be missing
        """Completes what begins with a result."""

        def get_completions(self, document: Any, _event: Any) -> Iterator[Any]:
            """The completions at the cursor."""
            line = document.current_line_before_cursor
            for one in guest.completions(line):
                yield module.Completion(one.text, one.start - len(line), display_meta=one.detail)

    return module.merge_completers([Results(), theirs])
