"""`h.help(x)` and `h.source(x)`, and what `x?` and `x??` show at a prompt that knows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, List

from histshell import views
from histshell.completion import static
from histshell.completion.static import UNKNOWN
from histshell.display.showing import AROUND, screen
from histshell.history import Own
from histshell.preview import clip, printable

from . import facts
from .question import Question, looked_up, question

if TYPE_CHECKING:
    from histshell.history import History

_NOTHING: Any = UNKNOWN


class Told(Own):
    """What is known of something. Shown at the prompt, bounded, it gets no number; `page()` shows all of it in a pager."""

    def __init__(self, lines: List[str], how: str) -> None:
        self._lines = lines
        self._how = how

    def __repr__(self) -> str:
        if not os.isatty(1):
            return facts.bounded(self._lines, f"{self._how}.page()")
        columns, rows = screen()
        return facts.bounded(self._lines, f"{self._how}.page()", columns, max(rows - AROUND, 5))

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self._lines)

    def page(self) -> None:
        """Show all of it in a pager, as `help` does."""
        import pydoc

        pydoc.pager(self.text)


def help(self: History, x: object = _NOTHING) -> Told:  # noqa: A001  # it is called `h.help`
    """Tell how `x` is called, what it is, where it stands and what its docstring says; nothing of it is run.

    Without `x`: what can be done with `h`, in a screen.

    `x` may be a text that names something, such as `"df.head"`: then that is looked up, without running anything either.
    """
    return _told(self, x, False)


def source(self: History, x: object = _NOTHING) -> Told:
    """Show the source of `x`, from its file or as it was typed; nothing of it is run. `x` may be a text that names it."""
    return _told(self, x, True)


def _told(history: History, x: Any, whole: bool) -> Told:
    word = "source" if whole else "help"
    if x is UNKNOWN:
        if not whole:
            from histshell import helping

            return Told([views.fit(line, views.columns()) for line in helping.lines()], "h.help()")
        return Told([f"of what? h.{word}(x), and h.{word}('x.y'), which runs nothing to get there"], f"h.{word}(x)")
    namespace = _namespace(history)
    first: List[str] = []
    if type(x) is str:
        asked = question(f"{x}?")
        if asked is not None and looked_up(asked.expression, namespace) is not UNKNOWN:
            return answer(asked._replace(whole=whole), namespace)
        if x.isidentifier():
            first = [f"there is no {clip(printable(x), 200)} here; of the text itself:", ""]
    return Told([*first, *facts.about(x, _name(x, namespace), namespace, views.columns(), whole)], f"h.{word}(…)")


def _namespace(history: History) -> Any:
    """Return the names of the prompt whose history it is; none if it is nobody's."""
    session = history.__dict__.get("__session__")
    return session.names_now() if session is not None else {}


def _name(value: Any, namespace: Any) -> str:
    """Return a name for a value: what Python keeps as its name, or the one that it has at the prompt."""
    found = static.attribute(value, "__name__")
    if type(found) is str:
        return clip(found, 60)
    for name, known in list(dict.items(namespace)) if static.derives(type(namespace), dict) else ():
        if known is value and type(name) is str and name.isidentifier() and name[:1] != "_":
            return name
    return "x"


def answer(asked: Question, namespace: Any) -> Told:
    """Answer `x?` or `x??`."""
    expression = asked.expression
    how = f"h.{'source' if asked.whole else 'help'}({expression!r})"
    value = looked_up(expression, namespace)
    if value is UNKNOWN:
        return Told([_unknown(expression, asked.whole, namespace)], how)
    return Told(facts.about(value, expression, namespace, views.columns(), asked.whole), how)


def _unknown(expression: str, whole: bool, namespace: Any) -> str:
    """Say why nothing is known."""
    shown = clip(printable(expression), 200)
    if expression.isidentifier() and static.lookup(expression, namespace) is UNKNOWN:
        return f"there is no {shown} here"
    return (
        f"what {shown} is cannot be told without running something: h.{'source' if whole else 'help'}({shown}) runs it"
    )
