"""Completing the key in `d["`, `d[`, `d["a", ` and `df[["a", "`: with the quote that was typed, and escaped for it."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, NamedTuple, Tuple

from histshell.preview import preview, type_name

from . import containers, tables
from .context import Context
from .expressions import evaluator
from .literals import literal
from .model import Completion, Request
from .ranking import MOST, search
from .static import UNKNOWN

_DETAILED = 200  # beyond so many nobody reads the previews
_DETAIL = 80
_SMALL = 10_000  # so many values are looked at for the previews
_MOST_BITS = 2000
_SHOWN_LENGTH = 1000  # a longer key is not one that anybody completes


class Subscript(NamedTuple):
    """The subscript that the cursor is in: the container, the elements before this one (of a tuple), where this
    one starts (an offset), and what closes it.
    """

    value: Any
    before: Tuple[Any, ...]
    start: int
    close: str


def find(request: Request, context: Context) -> Subscript | None:
    """Find the subscript of which the cursor is in the key, at its top level, in a tuple's or in a list's element."""
    brackets = context.brackets
    close = "]"
    index = len(brackets) - 1
    if index < 0 or brackets[index].char not in ("[", "("):
        return None
    if not _is_subscript(context, index):
        close = (")" if brackets[index].char == "(" else "]") + close
        index -= 1
        if index < 0 or not _is_subscript(context, index) or brackets[index + 1].token != brackets[index].token + 1:
            return None
    inner = brackets[-1]
    before: Tuple[Any, ...] = ()
    *done, current = context.arguments(inner.token)
    for part in done:
        if not part:
            return None
        value = literal(context.buffer[part[0].start : part[-1].end])
        if not containers.is_plain(value):
            return None
        before += (value,)
    if close == "]]":
        before, close = (), "]"  # a list of keys: each element is one, and the list goes on
    if context.string is not None:
        start = context.string.body
        if current:
            return None
    else:
        start = current[0].start if current else context.start
        if context.stem or request.buffer[start : request.cursor].strip() in (")", "]"):
            return None
    value = evaluator(request, context).before(brackets[index].token)
    return None if value is UNKNOWN else Subscript(value, before, start, close)


def _is_subscript(context: Context, index: int) -> bool:
    bracket = context.brackets[index]
    return bracket.char == "[" and context.is_value(bracket.token - 1)


def complete(request: Request, context: Context) -> List[Completion]:
    """Return the keys that go on with what has been typed."""
    subscript = find(request, context)
    if subscript is None or containers.is_history(subscript.value):
        return []
    string = context.string
    if string is not None and set(string.prefix) & {"f", "t", "u"}:
        return []
    values = _values(containers.mapping(subscript.value))
    word = "column" if tables.table_of(subscript.value) is not UNKNOWN else "key"
    found: List[Completion] = []
    for key in containers.in_time(_matching(request, context, subscript), request):
        shown = write(key, context, subscript)
        if shown is not None:
            detail, kind = "", ""
            if id(key) in values and len(found) < _DETAILED:
                value = values[id(key)]
                detail, kind = preview(value, _DETAIL), type_name(value)
            found.append(Completion(shown, subscript.start, word, kind, detail))
            if len(found) >= MOST:
                break
    return found


def _values(container: Any) -> Dict[int, Any]:
    """Return the values of a small dict, by the ids of their keys."""
    if container is None or dict.__len__(container) > _SMALL:
        return {}
    return {id(key): value for key, value in list(dict.items(container))}


def _matching(request: Request, context: Context, subscript: Subscript) -> Iterable[Any]:
    """Return the keys that may go on with what has been typed, in the container's order."""
    keys = containers.keys(subscript.value) or tables.columns(subscript.value)
    string = context.string
    if string is not None and not subscript.before:
        wanted = bytes if "b" in string.prefix else str
        meant = literal(f"{string.prefix}{string.quote}{context.content}{string.quote}")
        return _beginning(keys, meant, request) if type(meant) is wanted else ()
    if not subscript.before and request.buffer[subscript.start : request.cursor] == "":
        keys = keys[: 2 * MOST]
    return (key for chunk in containers.chunks(keys, request) for key in chunk if containers.is_plain(key))


def beginning(labels: List[Any], context: Context, request: Request) -> Iterable[Any]:
    """Return those of some labels, which may be anything, that go on with the text at the cursor."""
    string = context.string
    meant = literal(f"{string.prefix}{string.quote}{context.content}{string.quote}") if string is not None else None
    return _beginning(labels, meant, request) if type(meant) is str else ()


def _beginning(keys: List[Any], meant: Any, request: Request) -> List[Any]:
    """Return the texts (or bytes) that begin with `meant`, tuples whose first part does, then looser matches."""
    kind, length = type(meant), len(meant)
    exact: List[Any]
    exact, loose = search(keys, meant, request, MOST) if kind is str else ([], [])
    if kind is bytes:
        exact = [key for chunk in containers.chunks(keys, request) for key in chunk if type(key) is bytes]
        exact = [key for key in exact if key[:length] == meant]
    tuples: List[Any] = []
    if len(keys) <= _SMALL or not exact:
        for chunk in containers.chunks(keys, request):
            tuples += [key for key in chunk if type(key) is tuple and key and type(key[0]) is kind]
    return [*exact, *(key for key in tuples if key[0][:length] == meant and containers.is_plain(key)), *loose]


def write(key: Any, context: Context, subscript: Subscript) -> str | None:
    """Return the text that completes a key from `subscript.start` on; None if the key cannot be written there."""
    parts = key if type(key) is tuple else (key,)
    given = len(subscript.before)
    if given >= len(parts) or (given and type(key) is not tuple):
        return None
    if not all(containers.same(part, was) for part, was in zip(parts, subscript.before)):
        return None
    if type(key) is tuple and len(parts) < 2:
        return None  # written with a comma that nobody expects
    if subscript.close != "]" and type(key) is not tuple:
        return None
    close = subscript.close
    string, after = context.string, context.after
    texts = [plain_text(part) for part in parts[given:]]
    if string is not None:
        body = inside(parts[given], string.prefix, string.quote)
        if after.startswith(string.quote):
            return body if len(texts) == 1 else None
        texts[0] = None if body is None else body + string.quote
    text = ", ".join(part for part in texts if part is not None)
    return None if None in texts or len(text) > _SHOWN_LENGTH else text + _missing(close, after)


def _missing(close: str, after: str) -> str:
    """Return what of the closing brackets is not there yet."""
    return next(close[:n] for n in range(len(close) + 1) if after.startswith(close[n:]))


def plain_text(key: Any) -> str | None:
    """Write a plain key as Python source, texts in double quotes unless they hold some; None if there is no way."""
    if type(key) is tuple:
        parts = [plain_text(part) for part in key]
        inner = ", ".join(part for part in parts if part is not None)
        return None if None in parts else f"({inner},)" if len(key) == 1 else f"({inner})"
    if type(key) is str or type(key) is bytes:
        prefix = "b" if type(key) is bytes else ""
        shown = key.decode("latin-1") if type(key) is bytes else key
        quote = "'" if '"' in shown and "'" not in shown else '"'
        body = inside(key, prefix, quote)
        return None if body is None else prefix + quote + body + quote
    if type(key) is int and key.bit_length() > _MOST_BITS:
        return None
    text = repr(key)
    return None if "inf" in text or "nan" in text else text


def inside(key: Any, prefix: str, quote: str) -> str | None:
    """Write a text or bytes for the inside of a string with that prefix and quote; None if it cannot be written there."""
    text: Any = key.decode("latin-1") if type(key) is bytes else key
    if type(text) is not str or ("b" in prefix) != (type(key) is bytes):
        return None
    if len(text) > _SHOWN_LENGTH:
        return None
    plain = text.isprintable() and "\\" not in text and quote[0] not in text
    if plain and ("b" not in prefix or text.isascii()):
        return text
    if "r" in prefix:
        return None
    return "".join(_escaped(char, quote[0], "b" in prefix) for char in text)


def _escaped(char: str, quote: str, is_bytes: bool) -> str:
    if char in (quote, "\\"):
        return "\\" + char
    if is_bytes:
        return char if " " <= char <= "~" else repr(char.encode("latin-1"))[2:-1]
    return char if char.isprintable() else repr(char)[1:-1]
