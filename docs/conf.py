"""Sphinx: how the documentation is built. `make docs` does it, and takes a warning for an error."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.token import Generic, Text, _TokenType

if TYPE_CHECKING:
    from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import histshell  # after the line above: the checkout's own, whatever is installed

project = "histshell"
author = "The histshell developers"
copyright = "2026, The histshell developers"
version = release = histshell.__version__

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

html_theme = "furo"
html_title = "histshell"
html_static_path = ["_static"]
html_show_sourcelink = False


class TranscriptLexer(Lexer):
    """The language `histshell`: what a session at the numbered prompt looks like."""

    name = "histshell transcript"
    aliases = ["histshell"]  # noqa: RUF012  # Pygments asks for a list on the class
    _prompt = re.compile(r"(_?h\[\d+\] >>> ?|>>> |\s*\.\.\. ?)(.*\n?)")
    _pickle_mode = re.compile(r"((?:pik|\.\.\.)> ?)(.*\n?)")

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield position, kind and text of each token: prompts, Python after them, and what was printed."""
        python = PythonLexer(ensurenl=False)
        position = 0
        for line in text.splitlines(keepends=True):
            match = self._prompt.match(line)
            pickled = self._pickle_mode.match(line)
            if pickled is not None:
                yield position, Generic.Prompt, pickled[1]
                yield position + len(pickled[1]), Text, pickled[2]
            elif match is None:
                yield position, Generic.Output, line
            else:
                yield position, Generic.Prompt, match[1]
                start = position + len(match[1])
                for offset, kind, value in python.get_tokens_unprocessed(match[2]):
                    yield start + offset, kind if value.strip() else Text, value
            position += len(line)


def setup(app: Sphinx) -> None:
    """Make the language of the transcripts known."""
    app.add_lexer("histshell", TranscriptLexer)
