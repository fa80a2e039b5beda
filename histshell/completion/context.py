"""What the cursor stands in: a tolerant reading of the buffer up to the cursor, by tokens, never by a parser.

The buffer is nearly always incomplete and often wrong, so nothing here fails: an unfinished string, bracket or
f-string field is what is looked for. Strings, comments and fields of f-strings are told apart as Python 3.12 does it
(a field may contain its string's own quote), under every version: older ones would call it a syntax error.
"""

from __future__ import annotations

import keyword
import re
from typing import Any, List, NamedTuple

WINDOW = 20_000
"""How far back the buffer is read, in characters; a string that began before is not known to be one."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\f\r]+|\\\r?\n)
      | (?P<comment>\#[^\n]*)
      | (?P<newline>\n)
      | (?P<quote>(?:[bB][rR]|[rR][bB]|[fFtT][rR]|[rR][fFtT]|[rRbBuUfFtT])?(?:\"{3}|'{3}|"|'))
      | (?P<name>[^\W\d]\w*)
      | (?P<number>0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*(?:\.(?![^\W\d])[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?)
      | (?P<op>:=|->|\*\*|//|<<|>>|[=!<>]=|\.\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BODIES = {
    '"': re.compile(r'[^\\\n"]*(?:\\.[^\\\n"]*)*', re.DOTALL),
    "'": re.compile(r"[^\\\n']*(?:\\.[^\\\n']*)*", re.DOTALL),
    '"""': re.compile(r'(?:[^\\"]|\\.|"(?!""))*', re.DOTALL),
    "'''": re.compile(r"(?:[^\\']|\\.|'(?!''))*", re.DOTALL),
}
_FIELD_TEXTS = {
    '"': re.compile(r'(?:[^\\\n"{}]|\\.|\{\{|\}\})*', re.DOTALL),
    "'": re.compile(r"(?:[^\\\n'{}]|\\.|\{\{|\}\})*", re.DOTALL),
    '"""': re.compile(r'(?:[^\\"{}]|\\.|"(?!"")|\{\{|\}\})*', re.DOTALL),
    "'''": re.compile(r"(?:[^\\'{}]|\\.|'(?!'')|\{\{|\}\})*", re.DOTALL),
}
_SPEC_TEXT = re.compile(r"[^\n{}]*")  # a format specification knows no doubled braces
_CLOSES = {")": "(", "]": "[", "}": "{"}
_COMPOUND = frozenset(
    ["if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "match", "case", "async"]
)
_VALUE_KEYWORDS = frozenset(("None", "True", "False"))
FIELD = "f{"
"""The bracket of an f-string's field."""


class Token(NamedTuple):
    """A piece of code: kind is name, number, string, op or newline; offsets are into the buffer."""

    kind: str
    text: str
    start: int
    end: int


class Bracket(NamedTuple):
    """An open bracket: `char` is one of `( [ {` or `FIELD`; `token` is the index of its token, or of what follows."""

    char: str
    token: int
    depth: int


class OpenString(NamedTuple):
    """A string that is open at the cursor: `prefix` in lower case, the offsets of its start and of its `body`.

    `token` is the index that its own token will have.
    """

    prefix: str
    quote: str
    start: int
    body: int
    token: int


class Context:
    """What stands before the cursor.

    `tokens` are those before `stem`, the identifier that is being typed (empty if none), which begins at `start`.
    `brackets` are the open ones, outermost first; `string` is the string that the cursor is in, or None; then `tokens`
    end where it begins. `statement` is the index of the first token of the statement, `comment` whether this is one.
    """

    __slots__ = (
        "after", "brackets", "buffer", "comment", "cursor", "memo", "start", "statement", "stem", "string", "tokens",
    )  # fmt: skip

    def __init__(self, buffer: str, cursor: int) -> None:
        self.buffer = buffer
        self.cursor = cursor
        self.after = buffer[cursor : cursor + 80]
        self.tokens: List[Token] = []
        self.brackets: List[Bracket] = []
        self.string: OpenString | None = None
        self.statement = 0
        self.comment = False
        self.stem = ""
        self.start = cursor
        self.memo: Any = None  # what evaluating this context has given so far, kept by `expressions`

    @property
    def last(self) -> str:
        """The text of the token before the stem, empty at the beginning."""
        return self.tokens[-1].text if self.tokens else ""

    @property
    def words(self) -> List[str]:
        """The texts of the tokens of this statement, those inside brackets too, without the stem."""
        return [token.text for token in self.tokens[self.statement :]]

    @property
    def content(self) -> str:
        """What has been typed of the open string, as it stands in the buffer."""
        return self.buffer[self.string.body : self.cursor] if self.string else ""

    def is_attribute(self) -> bool:
        """Return whether the stem follows a dot that follows a value."""
        return self.string is None and self.last == "." and self.primary(len(self.tokens) - 1) is not None

    def opening(self, token: int) -> int | None:
        """Return the index of the bracket that the closing bracket at index `token` closes."""
        depth = 0
        for index in range(token, -1, -1):
            text = self.tokens[index].text
            if self.tokens[index].kind == "op":
                if text in _CLOSES:
                    depth += 1
                elif text in "([{":
                    depth -= 1
                    if depth == 0:
                        return index
        return None

    def is_value(self, index: int) -> bool:
        """Return whether the token at `index` can end a value, so that a dot, bracket or call after it belongs to it."""
        if index < 0:
            return False
        token = self.tokens[index]
        if token.kind == "name":
            return not keyword.iskeyword(token.text) or token.text in _VALUE_KEYWORDS
        return token.kind in ("string", "number") or token.text in _CLOSES

    @property
    def after_value(self) -> bool:
        """Whether a whole value ends right before the stem; not at the beginning of a field of an f-string."""
        last = len(self.tokens) - 1
        return self.is_value(last) and not (self.brackets and self.brackets[-1].token > last)

    def primary(self, end: int) -> int | None:
        """Return the index where the dotted, subscripted, called expression begins that ends before index `end`."""
        index: int | None = end - 1
        while index is not None and self.is_value(index):
            token = self.tokens[index]
            if token.text in _CLOSES and token.kind == "op":
                index = self.opening(index)
                if index is None:
                    return None
                if self.tokens[index].text != "{" and self.is_value(index - 1):
                    index -= 1
                    continue
                return index
            if token.kind == "string":
                while index > 0 and self.tokens[index - 1].kind == "string":
                    index -= 1
                return index
            if index > 1 and self.tokens[index - 1].text == "." and self.is_value(index - 2):
                index -= 2
                continue
            if index > 0 and self.tokens[index - 1].text == ".":
                return None  # `.name` after nothing: a relative import, or a call's result that is not there
            return index
        return None

    def callee(self) -> int | None:
        """Return the index of the parenthesis of the innermost call that the cursor is in, None if it is in none."""
        if not self.brackets or self.brackets[-1].char != "(":
            return None
        index = self.brackets[-1].token
        return index if self.is_value(index - 1) else None

    def arguments(self, opening: int) -> List[List[Token]]:
        """Split what follows the open bracket at index `opening` at its own commas; the last one may be empty."""
        parts: List[List[Token]] = [[]]
        depth = 0
        for token in self.tokens[opening + 1 :]:
            if token.kind == "op":
                depth += (token.text in "([{") - (token.text in _CLOSES)
                if token.text == "," and depth == 0:
                    parts.append([])
                    continue
            parts[-1].append(token)
        return parts


def read(buffer: str, cursor: int) -> Context:
    """Read `buffer` up to `cursor`, an offset in characters; raises nothing, whatever is in it."""
    context = Context(buffer, cursor)
    begin = 0
    if cursor > WINDOW:
        begin = buffer.find("\n", cursor - WINDOW, cursor) + 1 or cursor - WINDOW
    _Reader(context, begin).run()
    tokens = context.tokens
    in_code = context.string is None and not context.comment
    if in_code and tokens and tokens[-1].end == cursor and tokens[-1].kind == "name":
        context.stem = tokens[-1].text
        context.start = tokens[-1].start
        tokens.pop()
    return context


class _Reader:
    """One pass over the buffer. `strings` are the f-strings that are open, outermost first."""

    def __init__(self, context: Context, begin: int) -> None:
        self.context = context
        self.text = context.buffer
        self.end = context.cursor
        self.position = begin
        self.strings: List[OpenString] = []
        self.in_text = False  # in the text of the innermost f-string, not in a field of it

    def run(self) -> None:
        context = self.context
        while self.position < self.end:
            if self.in_text:
                self.read_text()
                continue
            match = _TOKEN.match(self.text, self.position, self.end)
            assert match is not None
            kind, text = match.lastgroup or "", match.group()
            self.position = match.end()
            if kind == "quote":
                self.read_string(text, match.start())
            elif kind == "op":
                self.operator(text, match.start())
            elif kind == "newline":
                self.newline(match.start())
            elif kind == "comment":
                context.comment = self.position == self.end
            elif kind != "space":
                context.tokens.append(Token(kind, text, match.start(), match.end()))
        if self.in_text:
            context.string = self.strings[-1]

    def read_string(self, opening: str, start: int) -> None:
        quote = opening.lstrip("rRbBuUfFtT")
        prefix = opening[: -len(quote)].lower()
        string = OpenString(prefix, quote, start, self.position, len(self.context.tokens))
        if "f" in prefix or "t" in prefix:
            self.strings.append(string)
            self.in_text = True
            if self.position == self.end:
                self.context.string = string
            return
        match = _BODIES[quote].match(self.text, self.position, self.end)
        assert match is not None
        self.position = match.end()
        if self.text.startswith(quote, self.position) and self.position + len(quote) <= self.end:
            self.position += len(quote)
            self.context.tokens.append(Token("string", self.text[start : self.position], start, self.position))
        elif self.position >= self.end or len(quote) == 3 or self.text[self.position] == "\\":
            self.position = self.end
            self.context.string = string
        # else the line ends inside: a mistake; the newline is read as one

    def read_text(self) -> None:
        """Read on in the text of an f-string, up to a field, the end of one, or the closing quote."""
        context, string = self.context, self.strings[-1]
        brackets = context.brackets
        in_spec = bool(brackets) and brackets[-1].char == FIELD and brackets[-1].depth == len(self.strings)
        pattern = _SPEC_TEXT if in_spec else _FIELD_TEXTS[string.quote]
        match = pattern.match(self.text, self.position, self.end)
        assert match is not None
        self.position = match.end()
        if self.position >= self.end:
            return
        char = self.text[self.position]
        if not in_spec and self.text.startswith(string.quote, self.position):
            if self.position + len(string.quote) > self.end:
                self.position = self.end
                return
            self.position += len(string.quote)
            self.close_string()
        elif char == "{":
            brackets.append(Bracket(FIELD, len(context.tokens), len(self.strings)))
            self.in_text = False
            self.position += 1
        elif char == "\n" and len(string.quote) == 1:
            self.close_string()
        else:
            if char == "}" and in_spec:
                brackets.pop()
            self.position += 1

    def close_string(self) -> None:
        """Put the one token of an f-string in the place of what its fields were made of."""
        string = self.strings.pop()
        tokens = self.context.tokens
        del tokens[string.token :]
        brackets = self.context.brackets
        while brackets and brackets[-1].depth > len(self.strings):
            brackets.pop()
        tokens.append(Token("string", self.text[string.start : self.position], string.start, self.position))
        self.in_text = False

    def operator(self, text: str, start: int) -> None:
        context = self.context
        brackets = context.brackets
        in_field = bool(brackets) and brackets[-1].char == FIELD
        if text in ("}", ":") and in_field:
            if text == "}":
                brackets.pop()
            self.in_text = True
            return
        if text in "([{":
            brackets.append(Bracket(text, len(context.tokens), len(self.strings)))
        elif text in _CLOSES and brackets and brackets[-1].char == _CLOSES[text]:
            brackets.pop()
        context.tokens.append(Token("op", text, start, start + len(text)))
        if not brackets and (text == ";" or (text == ":" and self.ends_header())):
            context.statement = len(context.tokens)

    def ends_header(self) -> bool:
        """Return whether a colon outside brackets ends the header of a compound statement, so that another may follow."""
        tokens = self.context.tokens[self.context.statement :]
        return tokens[0].text in _COMPOUND and not any(token.text == "lambda" for token in tokens)

    def newline(self, start: int) -> None:
        if not self.context.brackets:
            self.context.tokens.append(Token("newline", "\n", start, start + 1))
            self.context.statement = len(self.context.tokens)
