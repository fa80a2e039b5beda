"""Python source in a terminal's own colours: those that can be read on dark and on light, and none for the rest.

One expression over a line takes some microseconds; pygments' lexer, which knows what stands in the lines before, takes a hundred,
and 30 ms to be loaded. Lines of a traceback stand alone.
"""

from __future__ import annotations

import keyword
import re

_STYLES = {"comment": "3", "string": "31", "number": "36", "decorator": "35", "keyword": "32", "constant": "36"}
"""The parameters of SGR for kinds of tokens."""

_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
    |(?P<string>\b[rbfutRBFUT]{1,2}(?=["'])(?:"{3}.*?(?:"{3}|$)|'{3}.*?(?:'{3}|$)|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)
        |"{3}.*?(?:"{3}|$)|'{3}.*?(?:'{3}|$)|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)
    |(?P<number>(?<![\w.])\d[\w.]*)
    |(?P<decorator>^\s*@[\w.]+)
    |(?P<constant>(?<![\w.])(?:None|True|False)\b)
    |(?P<keyword>(?<![\w.])(?:"""
    + "|".join(sorted(set(keyword.kwlist) - {"None", "True", "False"}))
    + r")\b)",
    re.VERBOSE,
)

_LONGEST = 1000
"""A longer line has no colours."""


def coloured(line: str) -> str:
    """Return a line of source with escapes for its colours."""
    return line if len(line) > _LONGEST else _TOKEN.sub(_style, line)


def _style(found: re.Match[str]) -> str:
    return f"\033[{_STYLES[found.lastgroup or 'comment']}m{found.group()}\033[0m"
