"""Colours of what is typed: the lexer and the colour schemes, each loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from prompt_toolkit.lexers import Lexer

if TYPE_CHECKING:
    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples


READABLE = {
    "pygments.comment": "italic",
    "pygments.operator": "",
    "pygments.name.namespace": "bold",
    "pygments.name.entity": "bold",
    "pygments.name.attribute": "",
    "pygments.name.function": "bold",
    "pygments.name.class": "bold",
    "pygments.literal.string.interpol": "bold ansired",
    "pygments.literal.string.regex": "ansired",
    "pygments.literal.number": "ansimagenta",
    "pygments.generic.output": "",
    "auto-suggestion": "#888888",
}
"""What ptpython has in bright black or bright blue: greys in many schemes, and the background's own colour in some."""


class InputLexer(Lexer):
    """Python's colours; compiling the lexer's expressions takes 30 ms, which an empty input does not need."""

    def __init__(self, lexer: Lexer | None = None) -> None:
        self._lexer = lexer

    def load(self) -> Lexer:
        """Return the lexer itself."""
        if self._lexer is None:
            from prompt_toolkit.lexers import PygmentsLexer
            from pygments.lexers.python import PythonLexer

            self._lexer = PygmentsLexer(PythonLexer)
        return self._lexer

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Return the styled pieces of each line."""
        if not document.text:
            return lambda _line: []
        return self.load().lex_document(document)


class CodeStyles(dict[str, Any]):
    """The colour schemes for code, by name; a scheme is made when it is asked for."""

    def __init__(self) -> None:
        from prompt_toolkit.styles import Style
        from ptpython import style

        super().__init__()
        self["default-ansi"] = Style.from_dict({**style.default_ansi_code_style, **READABLE})
        self["win32"] = Style.from_dict(style.win32_code_style)

    def __missing__(self, name: str) -> Any:
        from prompt_toolkit.styles.pygments import style_from_pygments_cls
        from pygments.styles import get_style_by_name
        from pygments.util import ClassNotFound

        try:
            made = self[name] = style_from_pygments_cls(get_style_by_name(name))
        except ClassNotFound:
            raise KeyError(name) from None
        return made

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or name in self._names()

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*dict.keys(self), *self._names()])

    def keys(self) -> Any:
        """Return the names of all of them."""
        return list(self)

    @staticmethod
    def _names() -> list[str]:
        from pygments.styles import get_all_styles

        return list(get_all_styles())
