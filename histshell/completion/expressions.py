"""The value of a dotted, subscripted expression before the cursor, had without running anything."""

from __future__ import annotations

import ast
import types
import warnings
from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import containers, static
from .context import Context, Token
from .model import Request
from .static import UNKNOWN, Instance

_LITERAL_LENGTH = 2_000
_CONSTANTS = {"None": None, "True": True, "False": False}


def literal(text: str) -> Any:
    """The value of a literal of numbers, texts, bytes, None, and tuples and lists of them; else `UNKNOWN`."""
    if len(text) > _LITERAL_LENGTH:
        return UNKNOWN
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "\d": the line is being typed, and nothing may be printed over it
            return ast.literal_eval(text.strip())
    except Exception:  # SyntaxError, ValueError, MemoryError and RecursionError, by version
        return UNKNOWN


class Evaluator:
    """Evaluates expressions of one context; `bound` says what names mean that the buffer itself binds."""

    def __init__(self, request: Request, context: Context) -> None:
        self.request = request
        self.context = context
        self.bound = bindings(context.tokens)
        self.known: Dict[int, Any] = {}

    def before(self, end: int) -> Any:
        """The value of the expression whose last token is the one before index `end`."""
        if end not in self.known:
            start = self.context.primary(end)
            self.known[end] = UNKNOWN if start is None else self.value(start, end)
        return self.known[end]

    def value(self, start: int, end: int) -> Any:
        """The value of the tokens from `start` to `end`, one expression as `Context.primary` finds it."""
        tokens = self.context.tokens
        value, index = self.atom(start, end)
        while index < end and value is not UNKNOWN:
            text = tokens[index].text
            if text == "." and index + 1 < end:
                value = member(value, tokens[index + 1].text)
                index += 2
                continue
            close = self.closing(index, end)
            if close is None:
                return UNKNOWN
            if text == "[":
                key = self.key(index + 1, close)
                value = UNKNOWN if key is UNKNOWN else containers.item(value, key, self.request)
            else:
                value = made_by(value)
            index = close + 1
        return value

    def atom(self, start: int, end: int) -> Tuple[Any, int]:
        """The value that an expression begins with, and the index after it."""
        tokens = self.context.tokens
        first = tokens[start]
        if first.kind == "name":
            return (_CONSTANTS[first.text] if first.text in _CONSTANTS else self.name(first.text)), start + 1
        if first.kind == "number":
            return literal(first.text), start + 1
        if first.kind == "string":
            index = start
            while index < end and tokens[index].kind == "string":
                index += 1
            text = " ".join(token.text for token in tokens[start:index])
            return (Instance(str) if _is_formatted(tokens[start:index]) else literal(text)), index
        close = self.closing(start, end)
        if close is None:
            return UNKNOWN, end
        if first.text == "[":
            return Instance(list), close + 1
        if first.text == "{":
            inner = self.at_own_level(start + 1, close)
            braces = dict if start + 1 == close or any(t.text in (":", "**") for t in inner) else set
            return Instance(braces), close + 1
        inner = self.at_own_level(start + 1, close)
        if start + 1 == close or any(token.text == "," for token in inner):
            return Instance(tuple), close + 1
        return (self.value(start + 1, close) if self.context.primary(close) == start + 1 else UNKNOWN), close + 1

    def name(self, name: str) -> Any:
        """What a name means here: what the buffer imports before what the session has."""
        if name in self.bound:
            imported = self.bound[name]
            return UNKNOWN if imported is None else _imported(*imported)
        return static.lookup(name, self.request.namespace)

    def key(self, start: int, end: int) -> Any:
        """The value between the brackets of a subscript: a plain one, a list of them, or any slice as `slice(None)`."""
        tokens = self.context.tokens
        if start >= end:
            return UNKNOWN
        inner = self.at_own_level(start, end)
        if any(token.text == ":" for token in inner):
            return slice(None) if not any(token.text == "," for token in inner) else UNKNOWN
        value = literal(self.context.source[tokens[start].start : tokens[end - 1].end])
        if value is UNKNOWN and self.context.primary(end) == start:
            value = self.value(start, end)
        return value if containers.is_plain(value) or type(value) is list else UNKNOWN

    def closing(self, opening: int, end: int) -> int | None:
        """The index of the bracket that closes the one at index `opening`."""
        depth = 0
        for index in range(opening, end):
            token = self.context.tokens[index]
            if token.kind == "op":
                depth += (token.text in "([{") - (token.text in ")]}")
                if depth == 0:
                    return index
        return None

    def at_own_level(self, start: int, end: int) -> List[Token]:
        """The tokens between two indices that no further bracket encloses."""
        depth = 0
        found = []
        for token in self.context.tokens[start:end]:
            if token.kind == "op":
                depth -= token.text in ")]}"
            if depth == 0:
                found.append(token)
            if token.kind == "op":
                depth += token.text in "([{"
        return found


def evaluator(request: Request, context: Context) -> Evaluator:
    """The evaluator of a context, the same one for every source."""
    if context.memo is None:
        context.memo = Evaluator(request, context)
    found: Evaluator = context.memo
    return found


def member(value: object, name: str) -> Any:
    """What `value.name` would be, tables of pandas included."""
    found = static.attribute(value, name)
    if found is UNKNOWN and type(value) is not Instance:
        found = containers.axis(value, name)
        if found is UNKNOWN and static.class_attribute(type(value), name) is UNKNOWN:
            found = containers.column(value, name)
    return found


def made_by(value: object) -> Any:
    """What calling a value gives, where that is plain: an instance of a class that makes its own in the usual way."""
    if not static.is_class(value):
        return UNKNOWN
    assert isinstance(value, type)
    new = static.class_attribute(value, "__new__")
    usual = static.class_attribute(type(value), "__call__") is type.__dict__["__call__"]
    if not usual or type(new) is not type(object.__dict__["__new__"]) or value is type:
        return UNKNOWN
    # One that its class writes in Python has attributes that only its source tells.
    return Instance(value, is_all=type(static.class_attribute(value, "__init__")) is not types.FunctionType)


Bindings = Dict[str, Optional[Tuple[str, str]]]


def bindings(tokens: Sequence[Token]) -> Bindings:
    """What names the buffer binds: to (module, name in it) by an import, to None by anything else.

    An assignment counts once its statement has ended: in `x = x.` the second one is still the old one.
    """
    found: Bindings = {}
    start = 0
    for index, token in enumerate(tokens):
        if token.text in (";", "\n") and token.kind in ("op", "newline"):
            _bind_targets(tokens[start:index], found)
            start = index + 1
    for index, token in enumerate(tokens):
        previous = tokens[index - 1].text if index else ""
        if token.kind == "name":
            if previous in ("as", "def", "class"):
                found.setdefault(token.text)
        elif token.text == ":=" and index:
            found[previous] = None
        if token.kind == "name" and token.text in ("for", "lambda"):
            end = ":" if token.text == "lambda" else "in"
            _bind_names(tokens, index + 1, end, found)
        elif token.text == "(" and index > 1 and tokens[index - 2].text == "def":
            _bind_names(tokens, index + 1, "", found)
    return found


def _bind_targets(statement: Sequence[Token], found: Bindings) -> None:
    """Bind what a finished statement imports or assigns to."""
    if not statement:
        return
    if statement[0].text in ("import", "from"):
        _bind_imports([token.text for token in statement], found)
        return
    depth, last = 0, -1
    for index, token in enumerate(statement):
        if token.kind == "op":
            depth += (token.text in "([{") - (token.text in ")]}")
            if token.text == "=" and depth == 0:
                last = index
    for index in range(last):
        around = statement[index - 1].text if index else "", statement[index + 1].text
        if statement[index].kind == "name" and around[0] != "." and around[1] not in (".", "[", "("):
            found[statement[index].text] = None


def _bind_names(tokens: Sequence[Token], start: int, end: str, found: Bindings) -> None:
    """Bind the names of a list of targets or parameters, up to `end` or the bracket that closes it."""
    depth = 0
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.kind == "op":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth < 0 or (depth == 0 and token.text == end):
            return
        if token.kind == "name" and tokens[index - 1].text in ("for", "lambda", "(", ",", "*", "**", "["):
            found[token.text] = None


def _bind_imports(words: List[str], found: Bindings) -> None:
    """Bind the names of `import a.b as c, d` or `from a.b import c as d`, given as the texts of its tokens."""
    head = ""
    if words[0] == "from":
        if "import" not in words:
            return
        head = "".join(words[1 : words.index("import")])
        words = words[words.index("import") :]
    part: List[str] = []
    for word in [*words[1:], ","]:
        if word != ",":
            part.append(word)
            continue
        plain = [piece for piece in part if piece not in ("(", ")")]
        part = []
        if not plain or plain == ["*"]:
            continue
        path = "".join(plain[:-2] if "as" in plain else plain)
        if head:
            found[plain[-1]] = (head, path)
        elif "as" in plain:
            found[plain[-1]] = (path, "")
        else:
            found[plain[0]] = (plain[0], "")


def _imported(module: str, name: str) -> Any:
    """What an import in the buffer will bind, if it need not be run for that."""
    found = static.imported(module)
    if found is UNKNOWN or not name:
        return found
    value = static.attribute(found, name)
    return static.imported(f"{module}.{name}") if value is UNKNOWN else value


def _is_formatted(strings: Sequence[Token]) -> bool:
    return any(set(token.text.partition("'")[0].partition('"')[0].lower()) & {"f", "t"} for token in strings)
