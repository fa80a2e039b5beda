"""The signature of the call that the cursor is in: its parts, and which of them the argument at the cursor fills.

Whatever the parameters were had from, a live value, a docstring or jedi, the parts are the same kind of thing, and the
argument is matched with them by the rules of Python's calls: by its place, by its name, past what has been given.
"""

from __future__ import annotations

import re
from typing import Callable, List, NamedTuple, Sequence, Set, Tuple

from histshell.preview import clip, printable

from . import docstrings, parameters
from .context import FIELD, Context, Token, read
from .expressions import evaluator
from .model import Request
from .parameters import Parameter
from .static import UNKNOWN

LENGTH = 300
"""The length of a signature as one text, in characters."""

DOC_LENGTH = 600
"""The length of the first paragraph of a docstring, in characters."""

MOST = 10
"""How many signatures of one call are read."""


BEHIND = 4_000
"""How far behind the cursor the end of a call is looked for, in characters."""


class Part(NamedTuple):
    """One part of a signature: a parameter with its stars and its default, or a lone `*` or `/`, whose `name` is empty."""

    text: str
    name: str


class Signature(NamedTuple):
    """How a call is written. `active` is the index of the part that the argument at the cursor fills, None if there is none.

    `start` is the offset of the opening parenthesis; `doc` the first paragraph of the docstring, `returns` what stands behind
    the closing parenthesis. Each may be empty, each is one bounded line.
    """

    name: str
    parts: Tuple[Part, ...]
    active: int | None
    start: int
    doc: str = ""
    returns: str = ""

    @property
    def text(self) -> str:
        """All of it as one bounded line."""
        behind = f" {self.returns}" if self.returns else ""
        return clip(f"{self.name}({', '.join(part.text for part in self.parts)}){behind}", LENGTH)


class CallForm(NamedTuple):
    """A way to call something, before it is known what is called with: `parts` are those that `parameters.parts_of` gives."""

    parts: Sequence[Parameter]
    doc: str = ""
    returns: str = ""


Infer = Callable[[Request, Context, int], List[CallForm]]
"""Asked for the calls of what stands before the parenthesis at that offset, which the live session does not know."""


class Argument(NamedTuple):
    """One argument: given by `name`, unpacked by `stars`, or by position; `stem` is all there is of one that may become any."""

    name: str = ""
    stars: str = ""
    stem: str | None = None


def find(request: Request, context: Context, infer: Infer | None = None) -> List[Signature]:
    """Return the signatures of the call that the cursor is in, the first one that fits what has been given at the head."""
    opening = enclosing(context)
    if opening is None or context.comment:
        return []
    value = evaluator(request, context).before(opening)
    start = context.primary(opening)
    if start is None:
        return []
    place = context.tokens[opening].start
    written = " ".join(context.buffer[context.tokens[start].start : place].split())
    last = written.rpartition(".")[2]
    name = last if last.isidentifier() else clip(printable(written), parameters.LONGEST_NAME)
    if value is not UNKNOWN:
        calls = _calls(value, name)
    else:
        calls = infer(request, context, place) if infer is not None else []
    given, current, later = arguments(request, context, opening)
    found: List[Signature] = []
    rest: List[Signature] = []
    for call in calls[:MOST]:
        active, fits = bind(call.parts, given, current, later)
        parts = tuple(Part(part.text, part.name if part.kind != "sign" else "") for part in call.parts)
        one = Signature(name, parts, active, place, call.doc, call.returns)
        (found if fits else rest).append(one)
    found.sort(key=lambda one: one.active is None)
    return found + rest


def _calls(value: object, name: str) -> List[CallForm]:
    """Return what is known of a live value: one call, or those that its docstring begins with."""
    doc = docstrings.paragraph(docstrings.doc(value))
    known = parameters.parameters(value)
    if known is not None:
        if doc.startswith(f"{name}("):  # it says what the parts do
            doc = docstrings.paragraph(docstrings.doc(value)[:2000].strip().partition("\n\n")[2])
        return [CallForm(parameters.parts_of(known), clip(printable(doc), DOC_LENGTH))]
    calls = parameters.described(value, name)
    lines = [line.strip() for line in docstrings.doc(value)[:2000].strip().splitlines()]
    more = clip(printable(docstrings.paragraph("\n".join(lines[len(calls) :]))), DOC_LENGTH)
    return [CallForm(parameters.parts_of(one.parameters), more, one.behind) for one in calls]


def text(value: object, name: str) -> str:
    """Return the signature of a live value as one would write its `def`, called `name`; empty if it is not known."""
    known = parameters.parameters(value)
    if known is None:
        line = docstrings.doc_line(value)  # of built-in functions without a signature it often begins with one
        return clip(printable(line), LENGTH) if line.startswith(f"{name}(") else ""
    return clip(f"{name}({', '.join([part.text for part in parameters.parts_of(known)])})", LENGTH)


# -- the call in the buffer -----------------------------------------------------------------------------------------------


def enclosing(context: Context) -> int | None:
    """Return the index of the parenthesis of the innermost call around the cursor, past brackets that are no call's."""
    for bracket in reversed(context.brackets):
        index = bracket.token
        if bracket.char == "(" and context.is_value(index - 1):
            defines = index > 1 and context.tokens[index - 2].text in ("def", "class")
            return None if defines else index
    return None


def begins_argument(buffer: str, cursor: int) -> bool:
    """Return whether the cursor is right after the parenthesis of a call, or after a comma of it, with nothing typed."""
    if buffer[:cursor].rstrip()[-1:] not in ("(", ","):
        return False
    context = read(buffer, cursor)
    return context.callee() is not None and not context.string and not context.comment and context.last in ("(", ",")


def arguments(request: Request, context: Context, opening: int) -> Tuple[List[Argument], Argument, List[str]]:
    """Return what is given before the cursor, what stands at it, and the names that are given behind it."""
    begin, cursor = context.tokens[opening].end, request.cursor
    tokens = _closed(request, context, opening)
    if tokens is None:  # what is behind the cursor may belong to something else
        tokens = _before_cursor(context, opening)
        if tokens and tokens[-1].end == cursor and _goes_on_as_keyword(request.buffer, cursor):
            tokens.append(Token("op", "=", cursor, cursor))
    before: List[List[Token]] = []
    after: List[List[Token]] = []
    here: List[Token] = []
    for part, limits in split(tokens, begin):
        if limits[1] < cursor:
            before.append(part)
        elif limits[0] <= cursor:
            here = part
        else:
            after.append(part)
    given = [argument(part) for part in before if part]
    later = [argument(part).name for part in after if part]
    return given, argument(here), later


def _closed(request: Request, context: Context, opening: int) -> List[Token] | None:
    """Return the tokens of all arguments, those behind the cursor too; None if the call is not closed."""
    end = min(len(request.buffer), request.cursor + BEHIND)
    whole = read(request.buffer, end)
    first = context.tokens[opening]
    index = next((index for index, token in enumerate(whole.tokens) if token.start == first.start), None)
    if index is None:  # further back than is read
        return None
    tokens = whole.tokens[index + 1 :]
    last = closing(tokens)
    return tokens[:last] if last is not None else None


def _before_cursor(context: Context, opening: int) -> List[Token]:
    """Return the tokens of the arguments up to the cursor; a string that is open there is one."""
    fields = [bracket.token for bracket in context.brackets if bracket.char == FIELD and bracket.token > opening]
    if fields or context.string is not None:
        last = fields[0] if fields else context.string.token if context.string is not None else 0
        place = context.tokens[last - 1].end
        return [*context.tokens[opening + 1 : last], Token("string", "", place, context.cursor)]
    tokens = context.tokens[opening + 1 :]
    return [*tokens, Token("name", context.stem, context.start, context.cursor)] if context.stem else tokens


def _goes_on_as_keyword(buffer: str, cursor: int) -> bool:
    return _KEYWORD.match(buffer, cursor) is not None


_KEYWORD = re.compile(r"\w*\s*=(?!=)")


def closing(tokens: Sequence[Token]) -> int | None:
    """Return the index of the bracket that closes the one before the first token."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind == "op":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
            if depth < 0:
                return index
    return None


def split(tokens: Sequence[Token], begin: int) -> List[Tuple[List[Token], Tuple[int, int]]]:
    """Return the arguments, each with the offsets where it begins and ends; commas of a lambda or a `for` divide nothing."""
    parts: List[Tuple[List[Token], Tuple[int, int]]] = []
    part: List[Token] = []
    depth = 0
    inside: List[str] = []  # the word that ends a list of names at this depth: `:` after `lambda`, `in` after `for`
    for token in tokens:
        if token.kind == "op":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth == 0 and token.kind == "name" and token.text in ("lambda", "for"):
            inside.append(":" if token.text == "lambda" else "in")
        elif depth == 0 and inside and token.text == inside[-1]:
            inside.pop()
        if token.text == "," and token.kind == "op" and depth == 0 and not inside:
            parts.append((part, (begin, token.start)))
            part, begin = [], token.end
            continue
        part.append(token)
    return [*parts, (part, (begin, 1 << 60))]


def argument(part: Sequence[Token]) -> Argument:
    """Return what kind of argument these tokens make."""
    if not part:
        return Argument(stem="")
    first = part[0]
    if first.kind == "op" and first.text in ("*", "**"):
        return Argument(stars=first.text)
    if first.kind == "name" and len(part) > 1 and part[1].kind == "op" and part[1].text == "=":
        return Argument(name=first.text)
    return Argument(stem=first.text if first.kind == "name" and len(part) == 1 else None)


# -- matching them --------------------------------------------------------------------------------------------------------


def bind(
    parts: Sequence[Parameter], given: Sequence[Argument], current: Argument, later: Sequence[str]
) -> Tuple[int | None, bool]:
    """Return the index of the part that `current` fills, None if there is none; and whether all that is given can be."""
    free = [index for index, part in enumerate(parts) if part.kind in ("/", "")]  # by position, in order
    rest = next((index for index, part in enumerate(parts) if part.kind == "*args"), None)
    others = next((index for index, part in enumerate(parts) if part.kind == "**kw"), None)
    named = {part.name: index for index, part in enumerate(parts) if part.kind in ("", "*") and part.name}
    taken: Set[int] = set()
    by_name = unpacked = False
    fits = True
    for one in given:
        if one.stars == "*":  # how many it gives is not known: as many as there are places
            taken.update(free)
            free = []
        elif one.stars:
            by_name = unpacked = True
        elif one.name:
            by_name = True
            index = named.get(one.name, others)
            fits = fits and index is not None and index not in taken - {others}
            taken.update(() if index is None else (index,))
        elif free:
            taken.add(free.pop(0))
        elif rest is None:
            fits = False
    free = [index for index in free if index not in taken]
    gone = taken | {named[name] for name in later if name in named}
    place = free[0] if free else rest
    if current.stars:
        return (place if current.stars == "*" else others), fits
    if current.name:
        index = named.get(current.name, others)
        return index, fits and index is not None and index not in taken - {others}
    if not by_name and place is not None:
        return place, fits
    if current.stem is None:  # a whole expression, where none can be given by position
        return None, False
    ways = {name: index for name, index in named.items() if index not in gone}
    begun = [index for name, index in ways.items() if current.stem and name.startswith(current.stem)]
    if begun:
        return begun[0], fits
    if current.stem == "" and ways and not unpacked:
        return min(ways.values()), fits
    return others, fits and (others is not None or current.stem == "")


def left(known: Sequence[Parameter], given: Sequence[Argument], later: Sequence[str]) -> List[Parameter]:
    """Return the parameters that can be given by name and have not been; what is unpacked may give any, and takes none away."""
    names = {one.name for one in given} | set(later)
    count = sum(1 for one in given if not one.name and not one.stars)
    by_place = [parameter for parameter in known if parameter.kind in ("/", "")][:count]
    return [one for one in known if one.kind in ("", "*") and one.name not in names and one not in by_place]
