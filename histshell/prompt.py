"""The prompt: an object in `sys.ps1` whose text is always up to date and that cannot fail.

The idea is Peter Norvig's. His object also records, whenever it is asked for its text; ours only shows.
It is a `str` because PyREPL without colour searches and slices it, and ends the session over anything else; its
content is then what is seen, so the recorder puts a fresh one in `sys.ps1` after each result.
"""

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from .history import History

TEMPLATE = "{h}[{n}] >>> "
COLOUR = "1;35"  # bold magenta, as Python's own prompt has been since 3.13

# Bound here, so that the prompt goes on when a user rebinds them in `builtins`.
_builtins = builtins.__dict__
_len = len
_str = str
_type = type
_new, _same, _contains = str.__new__, str.__eq__, str.__contains__
_BaseException = BaseException
_MISSING = object()
_FALLBACK = ">>> "
_CONTINUATION = "... "


class Face:
    """What the two prompts have in common: the history, the names it can be reached by, template and style.

    `namespace` is the user's globals, `template` a text with `{h}` and `{n}`. `colour` holds the parameters of the
    terminal's SGR sequence, empty for none; with `marked` it is written between the marks by which GNU readline counts
    columns. `tick` is called each time a prompt is shown; it must be cheap. `asked` is called besides where `str` asks for it,
    which PyREPL does not do at each key. `renew` is given a prompt whose content is shown though it is out of date.
    """

    #: What puts marks for the terminal around a text, where there are any; see `shells.marks`.
    around: "Callable[[str, bool | None], str] | None" = None

    def __init__(
        self,
        history: "History",
        namespace: "dict[str, object]",
        template: "str" = TEMPLATE,
        colour: "str" = "",
        marked: "bool" = False,
        tick: "Callable[[], object] | None" = None,
        renew: "Callable[[Prompt], object] | None" = None,
    ) -> "None":
        self.history = history
        self.namespace = namespace
        self.template = template
        self.tick = tick
        self.renew = renew
        self.asked: "Callable[[], object] | None" = None
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
        """The prompt's text without colour, for example `h[3] >>> `; its cost does not grow with the history."""
        number = _len(self.history)
        if number == 0:  # all results were taken away by slicing: counting starts again
            self.history.reset()
            number = 1
        name = self.name()
        if number != self._number or name is not self._name:
            # The usual template has no need of str.format, which takes longer than all the rest of this.
            usual = self.template is TEMPLATE
            self._text = f"{name}[{number}] >>> " if usual else self.template.format(h=name, n=number)
            self._number, self._name = number, name
        return self._text

    def name(self) -> "str":
        """The name that reaches the history from the prompt now: `h`, `_h`, or none."""
        if self.namespace.get("h", _builtins.get("h")) is self.history:
            return "h"
        if self.namespace.get("_h", _builtins.get("_h")) is self.history:
            return "_h"
        return ""

    def continuation(self) -> "str":
        """`... ` under the end of the prompt."""
        text = self.text()
        if text.isascii():
            return _CONTINUATION.rjust(_len(text))
        from .views import width  # only for a template of the user's; not worth loading before the first prompt

        return _CONTINUATION.rjust(width(text))


class Prompt(str):
    """The primary prompt, for `sys.ps1`. Shows the number that the next result will get.

    `str(prompt)` is the text as it is now, in colour; the content of the string is the text, without colour, as it
    was when the object was made. Neither ever raises, whatever a user has rebound.
    """

    __slots__ = ("_face",)
    _face: "Face"

    def __new__(cls, face: "Face | History") -> "Prompt":
        """Make a prompt of a face, or of a history that the name `h` reaches."""
        if _type(face) is not Face:
            face = Face(face, {"h": face})  # type: ignore[arg-type]  # a History
        self = _str.__new__(cls, face.text())
        self._face = face
        return self

    def fresh(self) -> "Prompt":
        """A prompt whose content is the text as it is now."""
        fresh = _new(_type(self), self._face.text())
        fresh._face = self._face
        return fresh

    def __str__(self) -> "str":
        try:
            face = self._face
            if face.tick is not None:
                face.tick()
            if face.asked is not None:
                face.asked()
            return face.marked[0] + face.text() + face.marked[1]
        except _BaseException:  # also Ctrl-C: an exception here ends the session in PyREPL
            return _FALLBACK

    def __format__(self, spec: "str") -> "str":
        """Give the text as it is now, in colour but without readline's marks."""
        # PyREPL formats the prompt at each key, and asyncio's banner prints it raw: no marks here.
        try:
            face = self._face
            if face.tick is not None:
                face.tick()
            text = face.paint[0] + face.text() + face.paint[1]
            return text if not spec else _str.__format__(text, spec)
        except _BaseException:
            return _FALLBACK

    def __contains__(self, text: "object") -> "bool":
        # PyREPL of 3.13 without colour shows the content, and asks for a newline in it whenever it lays out the screen;
        # first of all before the prompt is shown, so there is time for another object in the place of this one.
        try:
            face = self._face
            if face.tick is not None:
                face.tick()
            if face.renew is not None and not _same(self, face.text()):
                face.renew(self)
        except _BaseException:
            pass
        return _contains(self, text)  # type: ignore[arg-type]  # str itself says so if it is no str


class Continuation(str):
    """The continuation prompt, for `sys.ps2`: as wide as the primary one."""

    __slots__ = ("_face",)
    _face: "Face"

    def __new__(cls, face: "Face") -> "Continuation":
        """Make the prompt that goes with the primary one of the same face."""
        self = _str.__new__(cls, face.continuation())
        self._face = face
        return self

    def __str__(self) -> "str":
        try:
            face = self._face
            return face.marked[0] + face.continuation() + face.marked[1]
        except _BaseException:
            return _CONTINUATION

    def __format__(self, spec: "str") -> "str":
        """Give the text as it is now, in colour but without readline's marks."""
        try:
            face = self._face
            return face.paint[0] + face.continuation() + face.paint[1]
        except _BaseException:
            return _CONTINUATION
