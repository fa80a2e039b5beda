"""Secrets that are known by the name they are given to: as a value, an argument, an entry of a dict, in a connection string."""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict, deque
from typing import Any, FrozenSet, Iterable, Iterator, List, Tuple

from .likely import is_given, looks_secret

Span = Tuple[int, int]


def _set(words: str) -> FrozenSet[str]:
    return frozenset(words.split())


_FOUND_BY = ("pass", "pw", "secret", "token", "key", "credential", "auth", "cookie", "session", "jwt", "sig")
_STRONG = _set(
    "password passwords passwort passwd passphrase passcode pwd pw pass secret secrets credential credentials"
)
_OF_KEYS = _set(
    "api access secret private signing encryption auth master account storage subscription service consumer client license app"
    " application admin deploy webhook shared"
)
_NO_TOKENS = _set(
    "pad eos bos unk mask sep cls start end stop special image audio video next prev last first word text sub byte additional"
    " prompt input output extra fill blank oov sos eot think tool new current decoder forced suffix prefix middle trigger"
    " placeholder str"
)
_WEAK = _set("jwt cookie sessionid csrftoken auth authorization apikey accesskey")
_IN_ADDRESSES = _set("sig signature sharedaccesskey accountkey accesskey")
_WORDS = _set("true false none null required optional password passwd secret token string value text empty yes off")

_DICTS = (dict, OrderedDict, defaultdict)
_HOLDING = (*_DICTS, list, tuple, set, frozenset, deque)
_MOST_HELD = 20_000

_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_LONGEST_NAME = 80

_AFTER = re.compile(
    r"[\"'\\\])]{0,6}\s{0,20}(?::\s{0,9}[A-Za-z_][A-Za-z0-9_.\[\]| ]{0,60}(?==))?"
    r"(?:[:=!]?==?|:|=>|,)(?:\\+[nrt]|[\s\\]){0,20}[(\[{]{0,3}(?:\\+n)?\s{0,20}"
    r"(?:#[^\n]{0,200}?(?:\n|\\n)\s{0,20})?"
    r"(?:os\.(?:environ\.get|getenv)\([^(),\n]{0,80},\s{0,3}|"
    r"[A-Za-z_][A-Za-z0-9_.]{0,60}(?:[(\[][^()\[\]\n]{0,80}[)\]])?\s{1,3}or\s{1,3}|"
    r"(?:(?:pydantic\.)?Secret[A-Za-z]{0,10}|str|bytes|bytearray|(?:base64\.)?b64decode)\()?"
)
_LITERAL = re.compile(
    r"[rbufRBUF]{0,2}(?:"
    r'"""(?P<a>[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*)(?:"""|$)|'
    r"'''(?P<b>[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*)(?:'''|$)|"
    r'\\{1,3}"(?P<c>[^"\\]*)(?:\\{1,3}"|$)|'
    r"\\{1,3}'(?P<d>[^'\\]*)(?:\\{1,3}'|$)|"
    r'"(?P<e>[^"\\\n]*(?:\\.[^"\\\n]*)*)(?:"|$|(?=\n))|'
    r"'(?P<f>[^'\\\n]*(?:\\.[^'\\\n]*)*)(?:'|$|(?=\n))"
    r")",
    re.DOTALL,
)
_BETWEEN = re.compile(r"[\s+\\()]{0,60}")
_COMMA = re.compile(r"[,:]\s{0,20}")  # of a tuple, or a dict
_CALL = re.compile(
    r"(?:basic_?auth|digest_?auth|(?:set|make|check|hash|verify)_password|login)\(\s{0,9}(?:key=|token=)?"
)
_COMMAND = re.compile(r" (?!(?:if|or|and|in|is|not|else|for)\b)[a-z]")
_BARE = re.compile(r"(=|\s{0,2}:\s{1,2}|\s{1,2})([^\s;&\"'\\,(){}<>\[\]=*]{4,400}={0,2})")


def find(text: str, names: Iterable[str] = ()) -> List[Span]:
    """Return the stretches of a text that stand where a secret of that name would stand, and look like one."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join([c.lower() if c.isascii() else c for c in text])
    spans: List[Span] = []
    if "(" in lower:
        for call in _CALL.finditer(lower):
            spans += _literals(text, call.end(), True)
    for word in (*_FOUND_BY, *names):
        at = lower.find(word)
        while at >= 0:
            start, end = _name(text, at, at + len(word))
            spans += _given(text, start, end, 2 if lower[start:end] in names else weight(text[start:end]))
            at = lower.find(word, end)
    return spans


def is_told_of(text: str) -> bool:
    """Return whether a word occurs by which such names are found."""
    lower = text.lower()
    return any(word in lower for word in _FOUND_BY)


def held(value: object, names: Iterable[str] = ()) -> bool:
    """Return whether a key of a dict within plain data says that its value is a secret, and it looks like one.

    Of more than `_MOST_HELD` values nobody knows: these count as if there were one.
    """
    todo: List[Any] = [value]
    looked = 0
    while todo:
        looked += 1
        if looked > _MOST_HELD:
            return True
        one = todo.pop()
        kind = type(one)
        if kind in _DICTS:
            for key, inner in dict.items(one):
                if type(key) is str and type(inner) in (str, bytes):
                    strength = 2 if key.lower() in names else weight(key)
                    shown = inner if type(inner) is str else inner.decode("latin-1")
                    if strength and looks_secret(shown[:4000], strict=strength == 2):
                        return True
                elif type(inner) in _HOLDING:
                    todo.append(inner)
        elif kind in _HOLDING:
            todo += [inner for inner in one if type(inner) in _HOLDING]
    return False


def _name(text: str, start: int, end: int) -> Span:
    """Return from where to where the name reaches that a word was found in."""
    first, last = max(0, start - _LONGEST_NAME), min(len(text), end + _LONGEST_NAME)
    while start > first and text[start - 1] in _NAME_CHARACTERS:
        start -= 1
    while end < last and text[end] in _NAME_CHARACTERS:
        end += 1
    return start, end


def _given(text: str, start: int, end: int, strength: int) -> Iterator[Span]:
    """Yield what is given to the name that stands there."""
    if not strength:
        return
    after = _AFTER.match(text, end)
    if after and _LITERAL.match(text, after.end()):
        yield from _literals(text, after.end(), strength == 2)
        return
    bare = _BARE.match(text, end)
    if bare is None:
        return
    sign, value, inside = bare.group(1), bare.group(2), _is_inside(text, start)
    named = value.replace(".", "_").isidentifier()
    if named and text[bare.end() : bare.end() + 1] in ("(", "["):
        return
    option = text[start : start + 1] == "-"
    if sign == "=" and strength == 2 and (inside or option):
        if is_given(value) and value.lower() not in _WORDS and not weight(value):
            yield bare.span(2)
    elif (
        (sign.strip() or option)
        and looks_secret(value, strict=strength == 2)
        and (inside or option or not named or _is_told(text, start, bare.end()))
    ):
        yield bare.span(2)


def _is_told(text: str, start: int, end: int) -> bool:
    """Return whether a name stands in a sentence, or in a command of a shell, and is no argument and no variable of Python's."""
    line = text[max(text.rfind("\n", 0, start) + 1, start - 400) : start]
    if line.lstrip()[:1] in ("!", "%") or line[-1:] in (";", "&", "?"):
        return True
    if not line.strip():
        return _COMMAND.match(text, end) is not None
    return line[-1:] == " " and line[-2:-1] != "," and line.count("(") <= line.count(")")


def _is_inside(text: str, at: int) -> bool:
    """Return whether a place is within a literal, as far as its line tells, and the triple quotes before it."""
    line = text[max(text.rfind("\n", 0, at) + 1, at - 400) : at]
    if line.count('"') % 2 or line.count("'") % 2:
        return True
    before = text[max(0, at - 2000) : at]
    return before.count('"""') % 2 == 1 or before.count("'''") % 2 == 1


def weight(name: str) -> int:
    """Return 2 for a name that says password or secret, 1 for one that may well be of something secret, 0 for any other."""
    if name.lower() in _IN_ADDRESSES:
        return 2
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_").split("_")
    parts = [part for part in split if part and not part.isdigit()]
    if not parts:
        return 0
    last = parts[-1].rstrip("0123456789")
    before = parts[-2] if len(parts) > 1 else ""
    if last in _STRONG or last.endswith(("password", "passwd", "secret")):
        return 2
    if last == "signature":
        return 2 if before == "amz" else 0
    if last in ("token", "tokens"):
        return 0 if before in _NO_TOKENS else 1
    if last in ("key", "keys"):
        return 2 if before in _OF_KEYS or "secret" in parts else 0
    if last == "id":
        return 1 if before == "session" else 0
    return 1 if last in _WEAK or last.endswith(("token", "apikey", "secretkey")) else 0


def _literals(text: str, at: int, strict: bool) -> Iterator[Span]:
    """Yield the literals from here on, in pieces or separated by commas, that look like a secret."""
    for _ in range(20):  # of a tuple; more are no names and passwords
        pieces: List[Span] = []
        match = _LITERAL.match(text, at)
        while match is not None and match.lastgroup is not None:
            pieces.append(match.span(match.lastgroup))
            between = _BETWEEN.match(text, match.end())
            at = between.end() if between else match.end()
            match = _LITERAL.match(text, at)
        if not pieces:
            return
        if looks_secret("".join([text[start:end] for start, end in pieces]), strict=strict):
            yield from [piece for piece in pieces if piece[0] < piece[1]]
        comma = _COMMA.match(text, at)
        if comma is None:
            return
        at = comma.end()
