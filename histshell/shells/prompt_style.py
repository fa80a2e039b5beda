"""The numbered prompt as a style of ptpython's, in its own shell and in the rich prompt: text with styles of prompt_toolkit's."""

from __future__ import annotations

from typing import Callable

STYLE = "histshell"
"""The name of the prompt's style, in ptpython's menu."""


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
        """Return the primary prompt."""
        text = self._text()
        if not self._marked:
            return [(self._style, text)]
        from . import integration

        # Such a fragment is written with the character behind it: so the second stands before the prompt's blank, and comes
        # when the accepted line is drawn for the last time.
        start, end = ("[ZeroWidthEscape]", integration.START), ("[ZeroWidthEscape]", integration.END)
        return [start, (self._style, text[:-1]), end, (self._style, text[-1:])]

    def in2_prompt(self, width: int) -> list[tuple[str, str]]:
        """Return the continuation prompt, as wide."""
        return [("class:prompt.dots", "... ".rjust(width))]

    def out_prompt(self) -> list[tuple[str, str]]:
        """Return what stands before a result."""
        return []


def styled_prompt(style: str) -> str:
    """Return the style of a prompt in prompt_toolkit's words, given one of our settings."""
    return f"class:prompt {_styled(style)}".strip()


def _styled(style: str) -> str:
    """Return a style of our settings, `bold bright-green`, in prompt_toolkit's words: `bold ansibrightgreen`."""
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
    """Return the colour of that number of the 256, as `#rrggbb`; the first sixteen are the terminal's own."""
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
