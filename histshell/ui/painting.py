"""Colours of the values that are shown: those that the editor gives to texts, numbers and keywords."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .editor import Editor

PARTS = r"""
      (?P<string> \b(?:b|B)?'(?:[^'\\\n]|\\.)*' | \b(?:b|B)?"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | "(?:[^"\\\n]|\\.)*" )
    | (?P<number> (?<![\w.]) -?(?: 0x[0-9a-f]+ | \d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?j? | \.\d+ | inf\b | nan\b ) (?![\w]) )
    | (?P<constant> \b(?:True|False|None)\b )
    | (?P<hidden> …\ [\d,]+\ more[^\n]* )
"""
STYLES = {
    "string": "class:pygments.literal.string",
    "number": "class:pygments.literal.number",
    "constant": "class:pygments.keyword.constant",
}


class Painter:
    """Paints the text of a value, if it goes to the terminal, in the scheme that the editor has now."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self._find: re.Pattern[str] | None = None
        self._codes: dict[str, str] = {}
        self._scheme: object = None

    def __call__(self, text: str) -> str:
        """Return the text with colours; as it is where nobody would see any."""
        try:
            out: Any = sys.stdout
            if out is not sys.__stdout__ or not (out and out.isatty()):
                return text
            codes = self._codes_now()
        except Exception:  # a value without colours is a value
            return text
        if self._find is None:
            self._find = re.compile(PARTS, re.VERBOSE)

        def painted(match: re.Match[str]) -> str:
            code = codes.get(match.lastgroup or "", "")  # what is hidden is only said
            return f"{code}{match.group()}\x1b[0m" if code else match.group()

        return self._find.sub(painted, text)

    def _codes_now(self) -> dict[str, str]:
        """Return the terminal's sequences for the parts of a value."""
        from prompt_toolkit.output.vt100 import _EscapeCodeCache

        editor = self.editor
        scheme = editor._current_style, editor.app.color_depth
        if scheme != self._scheme:
            escapes, plain = _EscapeCodeCache(scheme[1]), scheme[0].get_attrs_for_style_str("")
            attrs = {name: scheme[0].get_attrs_for_style_str(style) for name, style in STYLES.items()}
            self._codes = {name: escapes[one] for name, one in attrs.items() if one != plain}
            self._scheme = scheme
        return self._codes
