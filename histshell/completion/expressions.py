"""The value of a dotted, subscripted expression before the cursor, had without running anything."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import containers, reductions, returned, static, tables
from .context import Context, Token
from .literals import literal
from .model import Request
from .static import UNKNOWN, Instance

_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_CONDITIONS = frozenset([":", "<", ">", "==", "!=", "<=", ">=", "&", "|", "~"])
_HAVE_MASKS = ("pandas", "polars", "numpy")
_CONSTANTS = {"None": None, "True": True, "False": False}


class Evaluator:
    """Evaluates expressions of one context; `bound` says what names mean that the buffer itself binds."""

    def __init__(self, request: Request, context: Context) -> None:
        self.request = request
        self.context = context
        self.bound = bindings(context.tokens)
        self.known: Dict[int, Any] = {}

    def before(self, end: int) -> Any:
        """Return the value of the expression whose last token is the one before index `end`."""
        if end not in self.known:
            start = self.context.primary(end)
            self.known[end] = UNKNOWN if start is None else self.value(start, end)
        return self.known[end]

    def value(self, start: int, end: int) -> Any:
        """Return the value of the tokens from `start` to `end`, one expression as `Context.primary` finds it."""
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
                value = self.picked(value, index, close) if key is UNKNOWN else subscripted(value, key, self.request)
            else:
                value = self.called(value, index)
            index = close + 1
        return value

    def atom(self, start: int, end: int) -> Tuple[Any, int]:
        """Return the value that an expression begins with, and the index after it."""
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

    def called(self, value: object, opening: int) -> Any:
        """Return what the call whose parenthesis is at index `opening` gives; `super()` is an instance of the base."""
        is_empty = self.context.tokens[opening + 1].text == ")"
        if value is not super or not is_empty:
            reduced = reductions.of(value) if is_empty else UNKNOWN
            return made_by(value) if reduced is UNKNOWN else reduced
        base = self.base()
        return UNKNOWN if base is UNKNOWN else returned.instance(base)

    def base(self) -> Any:
        """Return the first base of the class that is being typed around the cursor, `object` if it names none."""
        tokens = self.context.tokens
        found: Any = UNKNOWN
        for index, token in enumerate(tokens[:-2]):
            if token.text != "class" or token.kind != "name" or (index and tokens[index - 1].kind != "newline"):
                continue
            found = object
            close = self.closing(index + 2, len(tokens)) if tokens[index + 2].text == "(" else None
            if close is not None and close > index + 3:
                end = next((i for i in range(index + 3, close) if tokens[i].text == ","), close)
                start = self.context.primary(end)
                found = self.value(start, end) if start == index + 3 else UNKNOWN
        return found if static.is_class(found) else UNKNOWN

    def name(self, name: str) -> Any:
        """Return what a name means here: what the buffer imports before what the session has."""
        if name in self.bound:
            imported = self.bound[name]
            return UNKNOWN if imported is None else _imported(*imported)
        return static.lookup(name, self.request.namespace)

    def key(self, start: int, end: int) -> Any:
        """Return the value between the brackets of a subscript: a plain one, a list of them, or any slice as `slice(None)`."""
        tokens = self.context.tokens
        if start >= end:
            return UNKNOWN
        inner = self.at_own_level(start, end)
        if any(token.text == ":" for token in inner):
            return slice(None) if not any(token.text == "," for token in inner) else UNKNOWN
        value = literal(self.context.buffer[tokens[start].start : tokens[end - 1].end])
        if value is UNKNOWN and self.context.primary(end) == start:
            value = self.value(start, end)
        return value if containers.is_plain(value) or type(value) is list else UNKNOWN

    def picked(self, value: Any, opening: int, close: int) -> Any:
        """Return what a table or an array gives for a condition, `df[df.x > 1]`; also for `df.loc[rows, columns]`."""
        if static.class_module(static.class_of(value)).partition(".")[0] not in _HAVE_MASKS:
            return UNKNOWN
        starts = [opening + 1]
        for index in range(opening + 1, close):
            token = self.context.tokens[index]
            if token.text == "," and self.is_level(opening, index):
                starts.append(index + 1)
        ends = [*(start - 1 for start in starts[1:]), close]
        if not self.is_several(starts[0], ends[0]) or len(starts) > 2 or (len(starts) == 2) > tables.is_indexer(value):
            return UNKNOWN
        if len(starts) == 1:
            return subscripted(value, slice(None), self.request)
        key = self.key(starts[1], ends[1])
        return UNKNOWN if key is UNKNOWN else subscripted(value.table, key, self.request)

    def is_level(self, opening: int, index: int) -> bool:
        """Return whether the bracket at index `opening` is the innermost one around an index."""
        inner = self.context.tokens[opening + 1 : index]
        return sum((t.text in _OPENING) - (t.text in _CLOSING) for t in inner if t.kind == "op") == 0

    def is_several(self, start: int, end: int) -> bool:
        """Return whether what is between brackets picks several: a slice, a list, a condition, or an array of truth values."""
        inner = self.at_own_level(start, end)
        if any(token.kind == "op" and token.text in _CONDITIONS for token in inner):
            return True
        value = self.value(start, end) if self.context.primary(end) == start else UNKNOWN
        return static.class_name(static.class_of(value)) in ("Series", "ndarray", "list")

    def closing(self, opening: int, end: int) -> int | None:
        """Return the index of the bracket that closes the one at index `opening`."""
        depth = 0
        for index in range(opening, end):
            token = self.context.tokens[index]
            if token.kind == "op":
                depth += (token.text in "([{") - (token.text in ")]}")
                if depth == 0:
                    return index
        return None

    def at_own_level(self, start: int, end: int) -> List[Token]:
        """Return the tokens between two indices that no further bracket encloses."""
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
    """Return the evaluator of a context, the same one for every provider."""
    if context.memo is None:
        context.memo = Evaluator(request, context)
    found: Evaluator = context.memo
    return found


def member(value: object, name: str) -> Any:
    """Return what `value.name` would be, tables of pandas included."""
    found = static.attribute(value, name)
    if found is UNKNOWN and type(value) is not Instance:
        found = containers.axis(value, name)
        if found is UNKNOWN and static.class_attribute(type(value), name) is UNKNOWN:
            found = containers.column(value, name)
    if found is UNKNOWN:
        found = returned.member(value, name)
    if found is UNKNOWN and static.class_attribute(static.class_of(value), name) is UNKNOWN:
        found = tables.item(value, name)
    return found


def subscripted(value: object, key: Any, request: Request) -> Any:
    """Return what `value[key]` would be; of tables, and what is made from them, as far as is known."""
    found = tables.item(value, key) if type(value) is Instance or type(key) in (slice, list) else UNKNOWN
    if found is UNKNOWN:
        found = containers.item(value, key, request)
    return tables.item(value, key) if found is UNKNOWN else found


def made_by(value: object) -> Any:
    """Return what calling a value gives, where that is plain: an instance of a class that makes its own in the usual way."""
    if not static.is_class(value):
        return returned.call(value)
    assert isinstance(value, type)
    new = static.class_attribute(value, "__new__")
    usual = static.class_attribute(type(value), "__call__") is type.__dict__["__call__"]
    if not usual or type(new) is not type(object.__dict__["__new__"]) or value is type:
        return UNKNOWN
    return returned.instance(value)


Bindings = Dict[str, Optional[Tuple[str, str]]]


def bindings(tokens: Sequence[Token]) -> Bindings:
    """Return what names the buffer binds: to (module, name in it) by an import, to None by anything else.

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
    """Return what an import in the buffer will bind, if it need not be run for that."""
    found = static.imported(module)
    if found is UNKNOWN or not name:
        return found
    value = static.attribute(found, name)
    return static.imported(f"{module}.{name}") if value is UNKNOWN else value


def _is_formatted(strings: Sequence[Token]) -> bool:
    return any(set(token.text.partition("'")[0].partition('"')[0].lower()) & {"f", "t"} for token in strings)
