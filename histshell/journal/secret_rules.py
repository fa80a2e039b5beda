"""The rules by which secrets are found in a text; loaded with the first text that `secrets` finds suspicious.

Each rule yields stretches of the text, from and to. All are linear: where one thing may follow another, what lies between is
bounded, and no expression has two ways to match the same characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Dict, Iterable, Iterator, List, Pattern, Tuple

from . import named_secrets, tokens
from .likely import is_given, looks_secret

Span = Tuple[int, int]

_CUT = "…"
_WINDOW = 1000  # characters: no secret that a pattern of the user's finds is longer

_starts: Dict[str, List[Tuple[str, str, int]]] = {}  # by the first two characters of a token
_bodies: Dict[str, "re.Pattern[str]"] = {}
_shapes: List[Tuple[str, "re.Pattern[str]"]] = []

_RUN = re.compile(r"[A-Za-z0-9_-]{16,}")
_SHORT_RUN = re.compile(r"[A-Za-z0-9_./$+=%-]{2,400}…")
_AWS = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")  # the secret that goes with an access key
_COLOUR = re.compile("(?:[0-9]{1,3}m)?")
_EDGE = re.compile(r"[A-Za-z0-9]+")
_JOINT = re.compile(r"""(?<![\\])["'](?:[ \t\r\n+\\]+[rbufRBUF]{0,2})?["']|\\\r?\n[ \t]*""")


def find(text: str, names: Iterable[str] = (), patterns: Iterable[Pattern[str]] = ()) -> List[Span]:
    """Return the stretches of a text that are secret; they may overlap. `names` and `patterns` are the user's own."""
    if not _starts:
        _prepare()
    spans = list(_tokens(text))
    if spans and ("AKIA" in text or "ASIA" in text):
        spans += [found.span() for found in _AWS.finditer(text)]
    if "PRIVATE KEY" in text or "PuTTY" in text:
        spans += _keys(text)
    spans += _addresses(text)
    spans += _headers(text)
    spans += named_secrets.find(text, names)
    for pattern in patterns:
        spans += _own(text, pattern)
    view, places = _joined(text) if "\\" in text or '"' in text or "'" in text else (text, [])
    if places:
        for start, end in _tokens(view):
            spans += _pieces(places, start, end)
    return spans


def _own(text: str, pattern: Pattern[str]) -> Iterator[Span]:
    """Yield what a pattern of the user's finds: it looks at so much of the text at a time that it cannot take long."""
    for at in range(0, len(text), _WINDOW):
        for found in pattern.finditer(text, at, at + 2 * _WINDOW):
            if found.end() > found.start():
                yield found.span()


def _prepare() -> None:
    """Make the tables of what tokens look like."""
    for _, prefixes, body, least in tokens.PREFIXES:
        for prefix in prefixes.split():
            _starts.setdefault(prefix[:2], []).append((prefix, body, least))
        if body not in _bodies:
            _bodies[body] = re.compile(f"[{body}]*")
    for rows in _starts.values():
        rows.sort(key=lambda row: -len(row[0]))
    _shapes.extend((needle, re.compile(expression)) for _, needle, expression in tokens.SHAPES)


# ------------------------------------------------------------------ tokens of services


def _tokens(text: str) -> Iterator[Span]:
    """Yield the tokens of well-known services, also where a preview was cut within one."""
    for run in _RUN.finditer(text):
        yield from _in_run(text, run.start(), run.end())
    if _CUT in text:
        for run in _SHORT_RUN.finditer(text):
            yield from _in_run(text, run.start(), run.end())
    for needle, expression in _shapes:
        if needle in text:
            for found in expression.finditer(text):
                yield found.span()


def _in_run(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the tokens that begin in a stretch of letters and digits, or shortly before it: some have dots in their beginning."""
    at = max(0, start - 24)
    while at < end:
        edge = _EDGE.search(text, at, end)
        if edge is None:
            return
        begin = edge.start()
        at = edge.end()
        if begin == max(0, start - 24) and begin and text[begin - 1].isalnum():
            continue  # in the middle of a word
        escaped = begin > 0 and text[begin - 1] == "\\"  # what `repr` has written: `\\n`, `\\x1b`, `\\u200b`
        starts = [begin, begin + 1, begin + 3, begin + 5] if escaped else [begin]
        if begin and text[begin - 1] in "[;":  # a colour of the terminal ends before it
            starts.append(_COLOUR.match(text, begin).end())  # type: ignore[union-attr]  # it may be empty
        for begins in starts:
            found = _token(text, begins)
            if found > begins:
                yield begins, found
                at = max(at, found)
                break


def _token(text: str, begin: int) -> int:
    """Return where the token ends that begins here, `begin` if there is none."""
    for prefix, body, least in _starts.get(text[begin : begin + 2], ()):
        if text.startswith(prefix, begin):
            match = _bodies[body].match(text, begin + len(prefix))
            end = match.end() if match else begin
            if end - begin - len(prefix) >= least or text.startswith(_CUT, end):
                return end
    return begin


def _joined(text: str) -> Tuple[str, List[Span]]:
    """Return the text with the joints of literals that are written in pieces left out, and where in both each piece begins."""
    parts: List[str] = []
    places: List[Span] = []
    at = length = 0
    for joint in _JOINT.finditer(text):
        if joint.group() in ('""', "''"):
            continue
        parts.append(text[at : joint.start()])
        places.append((length, at))
        length += joint.start() - at
        at = joint.end()
    return "".join([*parts, text[at:]]), [*places, (length, at)] if parts else []


def _pieces(places: List[Span], start: int, end: int) -> Iterator[Span]:
    """Yield where in the text the pieces lie of what was found in the joined one."""
    for index in range(bisect_right(places, (start, 1 << 60)) - 1, len(places)):
        joined, at = places[index]
        if joined >= end:
            return
        until = places[index + 1][0] if index + 1 < len(places) else end
        yield at + max(0, start - joined), at + min(end, until) - joined


# ------------------------------------------------------------------ private keys

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-[23]:")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC:[ \t]*[0-9a-f]*")
_LINE = re.compile(r"[A-Za-z0-9+/=]{20,}")
_FIRST = re.compile(r"(?:\\r|\\n|[\r\n])[\s\\nrt\"'+bu()]{0,40}([A-Za-z0-9+/=]+)")
_FAR = 400  # characters between two lines of a key: headers, quotes, indentation


def _keys(text: str) -> Iterator[Span]:
    """Yield blocks of private keys, from their first line to their last; also those that are cut, or written in pieces."""
    at = 0
    while True:
        begin = _BEGIN.search(text, at)
        if begin is None:
            return
        at = begin.end()
        last = at
        first = _FIRST.match(text, at)
        if first:
            last = first.end()
        while True:
            line = _LINE.search(text, last, last + _FAR)
            if line is None:
                break
            last = line.end()
        end = _END.search(text, last if last > at else at, last + _FAR)
        if end:
            yield begin.start(), end.end()
            at = end.end()
        elif last > at:
            short = _FIRST.match(text, last)
            yield begin.start(), short.end() if short else last
            at = last


# ------------------------------------------------------------------ addresses and headers

_ADDRESS = re.compile(r"[A-Za-z0-9+.]://([^\s/?#\"'<>`\\@]{0,300})@")
_SLASHED = re.compile(r"://[^\s/:@\"'<>]{0,100}:([^\s\"'<>]{1,300})@[A-Za-z0-9\[]")
_HEADER = re.compile(
    r"(?i)(?:authorization|x-(?:api|auth)-(?:key|token)|api-key|x-amz-security-token)[\"'\\]{0,3}\s{0,3}[:=,]\s{0,3}[rbuf]{0,2}"
    r"[\"'\\]{0,3}(?:(?:bearer|basic|token|digest|apikey|negotiate|aws4-hmac-sha256)\s{1,3})?([^\s\"'\\{}<>,*]{6,4000})"
)
_SCHEME = re.compile(r"(?i)\b(?:bearer|basic)\s{1,3}([A-Za-z0-9._~+/=-]{8,4000})")
_USER = re.compile(r"\s-u\s{1,3}['\"\\]{0,2}[A-Za-z0-9_.@-]{1,60}:([^\s'\"\\{}$*]{3,200})")
_COOKIE = re.compile(
    r"(?i)\b(?:set-)?cookie[\"'\\]{0,3}\s{0,3}[:,]\s{0,3}[rbuf]{0,2}[\"'\\]{0,3}([^\"'\\\r\n{}]{8,4000})"
)
_PAIR = re.compile(r"[^\s=;]{1,100}=([^\s;*]{6,4000})")


def _addresses(text: str) -> Iterator[Span]:
    """Yield the passwords in addresses, and what stands in the place of a user's name and is none."""
    if "://" not in text or "@" not in text:
        return
    for found in _ADDRESS.finditer(text):
        user, colon, password = found.group(1).partition(":")
        if colon and is_given(password):
            yield found.end(1) - len(password), found.end(1)
        if looks_secret(user):
            yield found.start(1), found.start(1) + len(user)
    for found in _SLASHED.finditer(text):
        if (
            "://" not in found.group(1)
            and not re.match(r"[0-9]{1,5}(?:/|$)", found.group(1))
            and is_given(found.group(1))
        ):
            yield found.span(1)


def _headers(text: str) -> Iterator[Span]:
    """Yield what authorization headers and cookies hold."""
    lower = text.lower()
    if "auth" in lower or "api-key" in lower or "x-amz" in lower:
        for found in _HEADER.finditer(text):
            if looks_secret(found.group(1), least=6):
                yield found.span(1)
    if "bearer" in lower or "basic" in lower:
        for found in _SCHEME.finditer(text):
            if looks_secret(found.group(1)):
                yield found.span(1)
    if " -u " in lower:  # curl's
        for found in _USER.finditer(text):
            yield found.span(1)
    if "cookie" in lower:
        for found in _COOKIE.finditer(text):
            for pair in _PAIR.finditer(text, found.start(1), found.end(1)):
                if looks_secret(pair.group(1)):
                    yield pair.span(1)
