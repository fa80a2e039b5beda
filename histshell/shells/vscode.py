"""VS Code's terminal: its Python extension has a start-up file of its own, whose prompt object marks where each input begins.

That object, no `str`, writes invisible marks (OSC 633) around `>>> `, the success of the last input among them, and forgets
that success when it is asked for its text. So it is asked once a prompt, and our text takes the place of its `>>> `.
"""

from __future__ import annotations

import sys

from histshell import line_editor, prompt

_STOCK = ">>> "
_MARK = "\033]633;"
_shown, _formatted = prompt.Prompt.__str__, prompt.Prompt.__format__
_str, _BaseException = str, BaseException  # bound here: a user may rebind them in `builtins`


def is_marking(shown: object) -> bool:
    """Return whether a prompt object is one of VS Code's: no text, but a class in its file, or one that writes its marks."""
    if isinstance(shown, str):
        return False
    code = getattr(getattr(type(shown), "__str__", None), "__code__", None)
    if code is None:
        return False
    path = code.co_filename.replace("\\", "/").lower()
    if path.endswith("/pythonrc.py") and ("vscode" in path or "ms-python" in path):
        return True
    return any(isinstance(constant, str) and _MARK in constant for constant in code.co_consts)


def kind(inner: object) -> type[prompt.Prompt]:
    """Return a class of prompts whose text has the marks of `inner` around it.

    Without them in PyREPL and PyPy's line editor, which write them at each key, and put the cursor where it must not be
    because of them (PyREPL of 3.13.0 and 3.15, PyPy 3.9). VS Code switches PyREPL off for that reason.
    """
    if line_editor.uses_pyrepl() or sys.implementation.name != "cpython":
        return prompt.Prompt

    def around(text: str) -> str:
        try:
            before, sign, after = _str(inner).rpartition(_STOCK)
            return prompt.replaced(text, before + text + after) if sign else text
        except _BaseException:  # theirs, or Ctrl-C: it would leave the prompt empty
            return text

    class VSCodePrompt(prompt.Prompt):
        """The numbered prompt between VS Code's marks. Its content is the text without them."""

        __slots__ = ()

        def __str__(self) -> str:
            return around(_shown(self))

        def __format__(self, spec: str) -> str:
            return around(_formatted(self, spec))

    return VSCodePrompt
