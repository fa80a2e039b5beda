"""The prompt: an object in `sys.ps1` whose text is always up to date and that cannot fail.

The idea is Peter Norvig's. His object also records, whenever it is asked for its text; ours only shows.
It is a `str` because PyREPL without colour searches and slices it, and ends the session over anything else; its
content is then what is seen, so the recorder puts a fresh one in `sys.ps1` after each result.
"""

import builtins

from .history import Own, reset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Protocol

    from .history import History

    class Listener(Protocol):
        """Who is told when a prompt is seen; see `PromptText`."""

        def shown(self) -> "None":
            """Note that a prompt is shown."""

        def asked(self) -> "None":
            """Note that the text is asked for by `str`."""

        def stale(self, prompt: "Prompt") -> "None":
            """Note that a prompt is shown whose content is out of date."""


TEMPLATE = "{h}[{n}] >>> "
DEFAULTS = {
    "prompt": TEMPLATE, "plain_prompt": "auto", "completion": "full", "display": "auto", "shell_integration": "auto",
}  # fmt: skip
"""What a start needs of the settings where nothing is set, so that `settings`, which has them from here, is not loaded."""

COLOUR = "1;35"  # bold magenta, as Python's own prompt has been since 3.13

# Bound here, so that the prompt goes on when a user rebinds them in `builtins`.
_builtins = builtins.__dict__
_len = len
_str = str
_type = type
_new, _same, _contains = str.__new__, str.__eq__, str.__contains__
_BaseException, _KeyboardInterrupt = BaseException, KeyboardInterrupt
_MISSING = object()
_FALLBACK = ">>> "
_TWICE = 1, 2
_CONTINUATION = "... "


class PromptText:
    """What the two prompts say: the history, the names it can be reached by, template and style.

    `namespace` is the user's globals, `template` a text with `{h}` and `{n}`. `colour` holds the parameters of the
    terminal's SGR sequence, empty for none; with `marked` it is written between the marks by which GNU readline counts
    columns. `listener`, None for none, is told when the prompt is seen:

    - `shown()` each time a prompt is shown; it must be cheap;
    - `asked()` where `str` asks for the text, which PyREPL does not do at each key;
    - `stale(prompt)` where the content of a prompt is shown though it is out of date.

    `gone`, None for nobody, is called when whoever was given the text lets go of it: C's loop does when it has read an input.
    """

    def __init__(
        self,
        history: "History",
        namespace: "dict[str, object]",
        template: "str" = TEMPLATE,
        colour: "str" = "",
        marked: "bool" = False,
        listener: "Listener | None" = None,
    ) -> "None":
        self.history = history
        self.namespace = namespace
        self.template = template
        self.listener = listener
        self.gone: "Callable[[], object] | None" = None
        self.marked = self.paint = (f"\033[{colour}m", "\033[0m") if colour else ("", "")
        if marked:
            self.mark()
        self._number = -1
        self._name = ""
        self._text = ""

    def mark(self) -> "None":
        """Write the colour between the marks by which GNU readline counts columns."""
        start, end = self.paint
        if start:
            self.marked = f"\001{start}\002", f"\001{end}\002"

    def text(self) -> "str":
        """Return the prompt's text without colour, for example `h[3] >>> `; its cost does not grow with the history."""
        number = _len(self.history)
        if number == 0:  # all results were taken away by slicing: counting starts again
            reset(self.history)
            number = 1
        get, history = self.namespace.get, self.history  # in one piece: each call is one that the user's tracer sees
        if get("h", _builtins.get("h")) is history:
            name = "h"
        elif get("_h", _builtins.get("_h")) is history:
            name = "_h"
        else:
            name = ""  # none of the names that the prompt could say
        if number != self._number or name is not self._name:
            # The usual template has no need of str.format, which takes longer than all the rest of this.
            usual = self.template is TEMPLATE
            self._text = f"{name}[{number}] >>> " if usual else self.template.format(h=name, n=number)
            self._number, self._name = number, name
        return self._text

    def result(self, number: "int") -> "str":
        """Return how a result is reached, such as `h[3]`; empty where none of our names is free."""
        self.text()
        return f"{self._name}[{number}]" if self._name else ""

    def continuation(self, text: "str") -> "str":
        """Return `... ` under the end of the prompt with that text."""
        if text.isascii():
            return _CONTINUATION.rjust(_len(text))
        from .preview.text import width  # only for a template of the user's; not worth loading before the first prompt

        return _CONTINUATION.rjust(width(text))


class Watched(str):
    """The text of a prompt, which tells when it is let go of. C's loop does that when it has read and parsed an input, before it
    runs it; nothing may be raised there, nor printed.

    `told` is a list of what is called then, or None. A `__del__` would not do: Ctrl-C may come at its first instruction, which
    no `try` of its own is around. `end` is a generator that waits within one, and is thrown out of it when it is let go of.
    """

    __slots__ = ("end", "told")
    end: "Any"
    told: "list[Any]"


def watched(text: "str", gone: "Any") -> "Watched":
    """Return a prompt's text that calls `gone` when it is let go of."""
    made = Watched(text)
    made.told = told = [gone]
    made.end = end = _telling(told)
    end.__next__()
    return made


def taken(old: "Any") -> "Any":
    """Return what a prompt's text is to call, and let it call nothing."""
    gone, old.told[0] = old.told[0], None
    return gone


def _telling(told: "list[Any]") -> "Iterator[None]":
    try:
        try:
            yield
        finally:
            gone = told[0]
            if gone is not None:
                gone()
    except _KeyboardInterrupt:
        try:
            from . import interrupts

            _ = interrupts.later()  # which is let go of when this is over
        except _BaseException:
            pass
    except _BaseException:
        pass


def replaced(old: "str", new: "str") -> "str":
    """Return `new`, which tells in the place of `old`, if that does."""
    return new if _type(old) is not Watched else watched(new, taken(old))


class Prompt(Own, str):
    """The primary prompt, for `sys.ps1`. Shows the number that the next result will get.

    `str(prompt)` is the text as it is now, in colour; the content of the string is the text, without colour, as it
    was when the object was made. Neither ever raises, whatever a user has rebound.
    """

    __slots__ = ("_prompt_text",)
    _prompt_text: "PromptText"

    def __new__(cls, prompt_text: "PromptText | History") -> "Prompt":
        """Make a prompt of its text, or of a history that the name `h` reaches."""
        if _type(prompt_text) is not PromptText:
            prompt_text = PromptText(prompt_text, {"h": prompt_text})  # type: ignore[arg-type]  # a History
        self = _str.__new__(cls, prompt_text.text())
        self._prompt_text = prompt_text
        return self

    def fresh(self) -> "Prompt":
        """Return a prompt whose content is the text as it is now."""
        fresh = _new(_type(self), self._prompt_text.text())
        fresh._prompt_text = self._prompt_text
        return fresh

    def __str__(self) -> "str":
        for _ in _TWICE:
            try:
                prompt_text = self._prompt_text
                listener = prompt_text.listener
                if listener is not None:
                    listener.shown()
                    listener.asked()
                text = prompt_text.marked[0] + prompt_text.text() + prompt_text.marked[1]
                if prompt_text.gone is not None:
                    text = watched(text, prompt_text.gone)
                return text
            except _KeyboardInterrupt:  # between two inputs: nothing tells of the next one without its prompt
                continue
            except _BaseException:  # an exception here ends the session in PyREPL
                break
        return _FALLBACK

    def __format__(self, spec: "str") -> "str":
        """Return the text as it is now, in colour but without readline's marks."""
        # PyREPL formats the prompt at each key, and asyncio's banner prints it raw: no marks here.
        try:
            prompt_text = self._prompt_text
            if prompt_text.listener is not None:
                prompt_text.listener.shown()
            text = prompt_text.paint[0] + prompt_text.text() + prompt_text.paint[1]
            return text if not spec else _str.__format__(text, spec)
        except _BaseException:
            return _FALLBACK

    def __contains__(self, text: "object") -> "bool":
        # PyREPL of 3.13 without colour shows the content, and asks for a newline in it whenever it lays out the screen;
        # first of all before the prompt is shown, so there is time for another object in the place of this one.
        try:
            prompt_text = self._prompt_text
            listener = prompt_text.listener
            if listener is not None:
                listener.shown()
                if not _same(self, prompt_text.text()):
                    listener.stale(self)
        except _BaseException:
            pass
        return _contains(self, text)  # type: ignore[arg-type]  # str itself says so if it is no str


class Continuation(Own, str):
    """The continuation prompt, for `sys.ps2`: as wide as the primary one."""

    __slots__ = ("_prompt_text",)
    _prompt_text: "PromptText"

    def __new__(cls, prompt_text: "PromptText") -> "Continuation":
        """Make the prompt that goes with the primary one of the same text."""
        self = _str.__new__(cls, prompt_text.continuation(prompt_text.text()))
        self._prompt_text = prompt_text
        return self

    def __str__(self) -> "str":
        try:
            prompt_text = self._prompt_text
            text = prompt_text.text()
            dots = _CONTINUATION.rjust(_len(text)) if text.isascii() else prompt_text.continuation(text)
            return prompt_text.marked[0] + dots + prompt_text.marked[1]
        except _BaseException:
            return _CONTINUATION

    def __format__(self, spec: "str") -> "str":
        """Return the text as it is now, in colour but without readline's marks."""
        try:
            prompt_text = self._prompt_text
            return prompt_text.paint[0] + prompt_text.continuation(prompt_text.text()) + prompt_text.paint[1]
        except _BaseException:
            return _CONTINUATION
