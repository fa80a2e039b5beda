"""Tracebacks in the rich prompt: Python's own text in colour, with no frame of ours, and the libraries' frames in a line.

What a frame and an exception say, and where a line is marked, is what the running Python's `traceback` says. Which frames are
shown, and how, is decided here.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from histshell import tracebacks
from histshell.preview import printable

from . import source_colours

OURS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
"""The folder of the package."""

_LIBRARY = os.path.join(os.path.dirname(os.__file__), "")
_PACKAGES = ("site-packages", "dist-packages")
_COMPILED = (".pyx", ".pxi", ".pxd")
"""How the files end that Cython names in frames, by a path from where the package was built."""
_LONGEST = 12
"""How many functions that call each other are seen to repeat."""
_REPEATED = 3  # how often frames are shown before the rest is folded, as in Python

_PLACE, _MARK, _KIND, _BOLD, _END = "\033[35m", "\033[1;31m", "\033[1;31m", "\033[1m", "\033[0m"


class Raised:
    """Shows exceptions; `how` is the setting: folded, whole, or python.

    Keeps the text of the last one, so that its folded frames can be shown when they are asked for. A hook of the user's, in
    `sys.excepthook`, is called in its place.
    """

    def __init__(self, how: str) -> None:
        self.how = how
        self._last: list[tuple[Any, list[Any]]] = []

    def text(self, error: BaseException, trace: Any) -> str | None:
        """Return the text of an exception, None if it is to be Python's own."""
        self._last = []
        if self.how == "python" or not _is_at_terminal():
            return None
        found = traceback.TracebackException(type(error), error, trace, compact=True)
        self._last = _with_frames(found)
        return "".join(_made(self._last, self.how == "folded", _wants_colour()))

    def lines(self, error: BaseException, whole: bool) -> Iterator[str]:
        """Yield the text of an exception that was raised before, without colour; the last one at the prompt stays what it is."""
        trace = BaseException.__dict__["__traceback__"].__get__(error)
        found = traceback.TracebackException(type(error), error, trace, compact=True)
        texts = (
            found.format()
            if self.how == "python"
            else _made(_with_frames(found), self.how == "folded" and not whole, False)
        )
        for text in texts:
            yield text.rstrip("\n")

    def whole(self) -> str:
        """Return the last text again, with all frames; empty where nothing was folded."""
        if not self._last or not any(_is_folded(frames) for _, frames in self._last):
            return ""
        return "".join(_made(self._last, False, _wants_colour()))


def _with_frames(found: Any) -> list[tuple[Any, list[Any]]]:
    """Return an exception's text and those that belong to it, each with its frames but ours."""
    return [(one, _without_ours(one.stack or ())) for one in _all(found)]


def _made(texts: list[tuple[Any, list[Any]]], folded: bool, colour: bool) -> Iterator[str]:
    """Yield the pieces of the first of these texts, which has the others in it."""
    for one, frames in texts:
        if one.stack is not None:
            one.stack = _Frames(frames, folded, colour)
        one.format_exception_only = _Ending(one, colour)
    yield from texts[0][0].format()


def _all(found: Any) -> Iterator[Any]:
    """Yield an exception's text and those that belong to it: causes, contexts, members of a group."""
    waiting, seen = [found], set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *(getattr(one, "exceptions", None) or ())]


class _Ending:
    """Writes the lines that say which exception it is, in the place of the method: `traceback` asks each for them."""

    def __init__(self, one: Any, colour: bool) -> None:
        self.one = one
        self.colour = colour

    def __call__(self, **_how: Any) -> Iterator[str]:
        first = True
        for text in type(self.one).format_exception_only(self.one):
            text = escaped(text)
            if self.colour and text.startswith("  File "):
                text = _frame(text)  # of a SyntaxError: the line, and where it is wrong
            elif self.colour and text.startswith("    "):
                text = _source_or_mark(text)
            elif self.colour and first:
                first = False
                text = _named(text)
            yield text


class _Frames(traceback.StackSummary):
    """Frames that write themselves as they are shown here."""

    def __init__(self, frames: Iterable[Any], folded: bool, colour: bool) -> None:
        super().__init__(frames)
        self.folded = folded
        self.colour = colour

    def format(self, **_how: Any) -> list[str]:
        """Return the texts of the frames."""
        texts: list[str] = []
        runs = _runs(self) if self.folded else [("", list(self))]
        for library, frames in runs:
            if library:
                texts.append(f"  … {len(frames):,} frame{'s' * (len(frames) != 1)} of {library} (F7 shows the whole)\n")
                continue
            for shown, repeated in _repeating(frames):
                if repeated:
                    texts.append(_again(len(shown), repeated))
                    continue
                for text in traceback.StackSummary.from_list(shown).format():
                    texts.append(_frame(escaped(text)) if self.colour else escaped(text))
        return texts


def _again(frames: int, repeated: int) -> str:
    """Return the line about frames that come again, in Python's words where there is one."""
    if frames == 1:
        return f"  [Previous line repeated {repeated} more time{'s' * (repeated != 1)}]\n"
    return f"  [Previous {frames} frames repeated {repeated} more time{'s' * (repeated != 1)}]\n"


def _without_ours(frames: Iterable[Any]) -> list[Any]:
    return [one for one in frames if not str(one.filename).startswith(OURS)]


def _is_folded(frames: list[Any]) -> bool:
    return any(_library_of(one.filename) for one in frames)


def _runs(frames: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Return the frames in runs: those of the user's code, with an empty name, and those of libraries, with theirs."""
    runs: list[tuple[list[str], list[Any]]] = []
    for one in frames:
        library = _library_of(one.filename)
        if not library and runs and runs[-1][0] and str(one.filename).endswith(_COMPILED):
            library = runs[-1][0][-1]  # of a package that is not known by that name, which called it
        if not runs or bool(runs[-1][0]) != bool(library):
            runs.append(([], []))
        if library and library not in runs[-1][0]:
            runs[-1][0].append(library)
        runs[-1][1].append(one)
    return [(", ".join(names[:3]) + ", …" * (len(names) > 3), run) for names, run in runs]


def _library_of(file: str) -> str:
    """Return the name of the package, or of the module of the standard library, that a file is of; empty for the user's own."""
    path = str(file)
    if path.startswith("<frozen "):
        return printable(path[8:].rstrip(">").partition(".")[0])
    parts = path.replace("\\", "/").split("/")
    for place in range(len(parts) - 2, -1, -1):
        if parts[place] in _PACKAGES:
            return printable(parts[place + 1].removesuffix(".py"))
    if path.endswith(_COMPILED) and not os.path.isabs(path):
        return _library_compiled(parts)
    if path.startswith(_LIBRARY):
        return printable(path[len(_LIBRARY) :].replace("\\", "/").partition("/")[0].removesuffix(".py"))
    return ""


def _library_compiled(parts: list[str]) -> str:
    """Return the package of a compiled module that is named by a relative path, such as `pandas/_libs/index.pyx`."""
    for name in parts[:-1]:
        module = sys.modules.get(name)
        file = module.__dict__.get("__file__") if type(module) is ModuleType else None
        if type(file) is str and not file.endswith(_COMPILED):
            return _library_of(file)
    return ""


def _repeating(frames: list[Any]) -> Iterator[tuple[list[Any], int]]:
    """Yield the frames in pieces: such as are shown, with 0, or the length of a cycle and how often it comes again."""
    keys = [(one.filename, one.lineno, one.name) for one in frames]
    place = start = 0
    while place < len(keys):
        for length in range(1, _LONGEST + 1):
            count = 1
            while keys[place : place + length] == keys[place + count * length : place + (count + 1) * length]:
                count += 1
            if count > _REPEATED:
                stop = place + _REPEATED * length
                yield frames[start:stop], 0
                yield frames[stop : stop + length], count - _REPEATED
                place = start = place + count * length
                break
        else:
            place += 1
    if frames[start:]:
        yield frames[start:], 0


# -- escapes and colours -----------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """Return a text in which nothing is obeyed by a terminal; its lines and tabs stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def _frame(text: str) -> str:
    """Return the text of a frame in colour: where it is, the source, and what marks a part of it."""
    head, newline, rest = text.partition("\n")
    return f"{_PLACE}{head}{_END}{newline}" + _source_or_mark(rest)


def _source_or_mark(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(
        f"{_MARK}{line}{_END}" if line.strip() and not line.strip(" ^~") else source_colours.coloured(line)
        for line in lines
    )


def _named(text: str) -> str:
    """Return the last line of a traceback: the exception's name and what it says, bold."""
    name, colon, said = text.partition(":")
    if not all(part.isidentifier() for part in name.strip().split(".")):
        return f"{_KIND}{text.rstrip(chr(10))}{_END}\n"
    first, newline, more = said.partition("\n")
    bold = f"{_BOLD}{first}{_END}" if first.strip() else first
    return f"{_KIND}{name.rstrip()}{_END}{colon}{bold}{newline}{more}" if colon else f"{_KIND}{name.strip()}{_END}\n"


def _is_at_terminal() -> bool:
    """Return whether what is shown is seen at a terminal; elsewhere it is Python's own text."""
    try:
        return bool(sys.stderr.isatty())
    except Exception:  # missing, closed, or the user's own
        return False


def _wants_colour() -> bool:
    environ = os.environ
    return not environ.get("NO_COLOR") and environ.get("PYTHON_COLORS") != "0"


def show_whole(raised: Raised) -> None:
    """Show the last traceback with all its frames."""
    tracebacks.say(raised.whole() or "no frames were folded\n")
