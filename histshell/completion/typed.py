"""The source text of what was typed: of the functions and classes of a session, where Python or its line editor kept it.

PyREPL and the basic prompt from 3.13 on keep each input, under the file name of its code (`linecache.cache`) or, from
3.13.1 or so on, under its code (`linecache._interactive_cache`); so do IPython, bpython and the rich prompt. Where that is
gone, and at the C prompt, there are the lines of the line editor's history.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from types import CodeType, FunctionType
from typing import Any, Iterator, List

from histshell import libraries

from . import static
from .context import Token, read
from .literals import literal

LONGEST = 6_000
"""The length of a definition that is taken over, in characters."""

_LAST_INPUTS = 3_000
_LONGEST_SCRIPT = 1_000_000
_INPUTS = ("<python-input-", "<stdin>-", "<stdin-", "<ipython-input-", "<bpython-input-")
_WRAPPERS = 10


def inputs() -> List[str]:
    """Return the earlier inputs that this process remembers, oldest first: the line editor's history, then what Python kept."""
    return [*_history(), *_kept()]


def script(namespace: Any) -> List[str]:
    """Return the text of the script that was run before the prompt, `python -i script.py`; none if there was none."""
    path = dict.get(namespace, "__file__") if static.derives(type(namespace), dict) else None
    if type(path) is not str or not os.path.isabs(path):
        return []
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LONGEST_SCRIPT:
            return []
        with open(path, encoding="utf-8", errors="replace") as file:
            return [file.read(_LONGEST_SCRIPT)]
    except (OSError, ValueError):
        return []


def _kept() -> List[str]:
    linecache: Any = libraries.present("linecache")
    texts = []
    for name, entry in list(getattr(linecache, "cache", {}).items()):
        if type(name) is str and name.startswith(_INPUTS) and len(entry) > 2:
            texts.append("".join(entry[2]))
    seen = set()
    for key, entry in list(getattr(linecache, "_interactive_cache", {}).items()):
        if (
            key[0].startswith(_INPUTS) and len(entry) > 2 and id(entry) not in seen
        ):  # one entry for all code of an input
            seen.add(id(entry))
            texts.append("".join(entry[2]))
    return texts[-_LAST_INPUTS:]


def _history() -> List[str]:
    pyrepl: Any = sys.modules.get("_pyrepl.readline")
    reader = getattr(getattr(pyrepl, "_wrapper", None), "reader", None)
    if reader is not None and reader.history:  # it may be there beside the basic prompt, which does not use it
        return [line for line in reader.history[-_LAST_INPUTS:] if type(line) is str]
    readline: Any = sys.modules.get("readline")
    if readline is None:
        return []
    last = readline.get_current_history_length()
    return [readline.get_history_item(index) or "" for index in range(max(1, last - _LAST_INPUTS), last + 1)]


def unwrapped(value: Any) -> Any:
    """Return the function that a value wraps, `functools.cache` and the like included; the value itself if it wraps none."""
    for _ in range(_WRAPPERS):
        inner = dict.get(static.own_dict(value), "__wrapped__")
        if inner is None:
            break
        value = inner
    return value


def function(code: CodeType, earlier: List[str], namespace: Any) -> str | None:
    """Return the text of the function that has this code: its `def` with the decorators, or its `lambda`; None if it is gone."""
    text = _of_code(code)
    if text is not None:
        found = _at_line(text, code)
        if found is not None:
            return found
    if code.co_name == "<lambda>":
        return next(filter(None, (_lambda(text, 1, code) for text in reversed(earlier) if "lambda" in text)), None)
    for text in _candidates("def", code.co_name, earlier, namespace):
        if all(re.search(rf"\b{re.escape(name)}\b", text) for name in _parameters(code)):
            return text
    return None


def class_(kind: type, name: str, earlier: List[str], namespace: Any) -> str | None:
    """Return the text of a class of that name; None if it is gone."""
    for method in list(static.class_dict(kind).values()):
        method = unwrapped(getattr(method, "__func__", None) if type(method) in (staticmethod, classmethod) else method)
        if type(method) is FunctionType and method.__qualname__.rpartition(".")[0].rpartition(".")[2] == name:
            text = _of_code(method.__code__)
            if text is not None:
                lines = text.splitlines(True)[: method.__code__.co_firstlineno]
                found = definition("".join(lines), "class", name, text)
                if found is not None:
                    return found
    return next(_candidates("class", name, earlier, namespace), None)


def _parameters(code: CodeType) -> List[str]:
    return [name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name.isidentifier()]


def _of_code(code: CodeType) -> str | None:
    """Return the text of the input that a code object was compiled from."""
    linecache: Any = libraries.present("linecache")
    by_code = getattr(linecache, "_interactive_cache", {})
    name = getattr(code, "co_qualname", code.co_name)
    for entry in (
        by_code.get((code.co_filename, name, code.co_firstlineno)),
        getattr(linecache, "cache", {}).get(code.co_filename),
    ):
        if entry is not None and len(entry) > 2:
            return "".join(entry[2])
    return None


def _at_line(text: str, code: CodeType) -> str | None:
    """Return the function in `text` that its code says begins there."""
    lines = text.splitlines(True)
    if not 0 < code.co_firstlineno <= len(lines):
        return None
    if code.co_name == "<lambda>":
        return _lambda(text, code.co_firstlineno, code)
    found = block(text, len("".join(lines[: code.co_firstlineno - 1])))
    return found if found and re.search(rf"\bdef[ ]+{re.escape(code.co_name)}\b", found) else None


def _candidates(word: str, name: str, earlier: List[str], namespace: Any) -> Iterator[str]:
    """Yield definitions of a name, the newest first: in what was typed, then in texts that may have been given to `exec`."""
    if not name.isidentifier():
        return
    for text in reversed(earlier):
        found = definition(text, word, name) if "\n" in text and name in text else None
        if found is not None:
            yield found
    joined = "\n".join(earlier)
    found = definition(joined, word, name)  # a history that is kept line by line
    if found is not None:
        yield found
    wanted = re.compile(rf"\b{word}[ ]+{name}\b")
    for text in reversed(earlier):
        if wanted.search(text):
            for token in read(text + "\n", len(text) + 1).tokens:
                value = literal(token.text) if token.kind == "string" and wanted.search(token.text) else None
                found = definition(value, word, name) if type(value) is str else None
                if found is not None:
                    yield found
    for value in list(dict.values(namespace)) if static.derives(type(namespace), dict) else ():
        found = definition(value, word, name) if type(value) is str and wanted.search(value) else None
        if found is not None:
            yield found


def definition(text: str, word: str, name: str, whole: str | None = None) -> str | None:
    """Return the last definition of a name in `text`, its decorators included; read on in `whole`, which begins with `text`."""
    start = None
    for match in re.finditer(rf"^[ \t]*(?:async[ ]+)?{word}[ ]+{name}\b", text, re.MULTILINE):
        start = match.start()
    if start is None:
        return None
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("@"):
            break
        start = above
    return block(whole or text, start)


def decorated(name: str, earlier: List[str], namespace: Any) -> str | None:
    """Return the text of a function of that name that a decorator has replaced by one of its own."""
    return next((text for text in _candidates("def", name, earlier, namespace) if text.startswith("@")), None)


def renamed(text: str, word: str, name: str) -> str:
    """Return a definition under another name."""
    return re.sub(rf"(\b{word}[ ]+)[^\W\d]\w*", rf"\g<1>{name}", text, count=1)


def block(text: str, start: int) -> str | None:
    """Return the compound statement, decorators before it included, that begins in the line at offset `start`, without its
    margin.
    """
    part = text[start : start + LONGEST + 1]
    tokens = read(part + "\n", len(part) + 1).tokens
    header = False
    end = len(part)
    margin: int | None = None
    for before, token in zip([Token("newline", "", 0, 0), *tokens], tokens):
        if token.kind == "newline" or before.kind != "newline":
            continue
        column = token.start - (part.rfind("\n", 0, token.start) + 1)
        if margin is None:
            margin = column
        elif header and column <= margin:
            end = token.start
            break
        header = header or token.text in ("def", "class", "async")
    if not header or end > LONGEST or margin is None:
        return None
    lines = part[:end].rstrip().split("\n")
    return "\n".join(line[margin:] if not line[:margin].strip() else line for line in lines)


def _lambda(text: str, line: int, code: CodeType) -> str | None:
    """Return the last `lambda` from that line on that has the parameters of `code`."""
    tokens = read(text + "\n", len(text) + 1).tokens
    start = len("".join(text.splitlines(True)[: line - 1]))
    found = None
    for index, token in enumerate(tokens):
        if token.text == "lambda" and token.kind == "name" and token.start >= start:
            if found is not None and text.count("\n", start, token.start) and line > 1:
                break
            end = _end_of_lambda(tokens, index)
            written = text[token.start : end]
            names = re.findall(r"[^\W\d]\w*", written.partition(":")[0])[1:]
            if all(name in names for name in _parameters(code)):
                found = written
    return found if found and len(found) <= LONGEST else None


def _end_of_lambda(tokens: List[Token], index: int) -> int:
    """Return where the lambda ends whose word is at `index`: at the bracket that closes, or a comma or word that ends its body."""
    depth, in_body = 0, False
    for token in tokens[index + 1 :]:
        if token.kind == "op":
            depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if depth < 0 or (
            depth == 0 and (token.kind == "newline" or token.text == ";" or (in_body and token.text in (",", "for")))
        ):
            break
        in_body = in_body or (depth == 0 and token.text == ":")
        end = token.end
    return end
