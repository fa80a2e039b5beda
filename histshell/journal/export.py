"""A session as a script, as Markdown, as a notebook or as JSON. What failed is there, and does not run again."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any, Dict, Iterator, List

from histshell import preview, quiet

from .file_format import Input, SessionLog
from .search import Hit

FORMATS = ("script", "markdown", "ipynb", "json")


def export(log: SessionLog, form: str) -> str:
    """Return a session in one of `FORMATS`, with a newline at its end."""
    made = {"script": script, "markdown": markdown, "ipynb": notebook, "json": as_json}[form](log)
    # A lone surrogate is in no encoding; as it is written in Python it is.
    return made.encode("utf-8", "backslashreplace").decode("utf-8")


def about(log: SessionLog) -> str:
    """Return what a session is, in one line."""
    session = log.session
    parts = [f"Python {session.python}" if session.python else "", session.shell, session.host, session.cwd]
    known = ", ".join(preview.sentence(part, 200) for part in parts if part)
    return f"Session {session.id}, {time_of(session.when)}" + (f" ({known})" if known else "")


def time_of(when: float) -> str:
    """Return a time as a date and a time of day here, empty if it is none."""
    try:
        return datetime.fromtimestamp(when).strftime("%Y-%m-%d %H:%M:%S") if when > 0 else ""
    except (ValueError, OverflowError, OSError):
        return ""


def runs(one: Input) -> bool:
    """Return whether an input can be run again: Python's, no question, and it did not fail."""
    return one.outcome != "failed" and not one.language and not _asks(one.source)


def _asks(source: str) -> bool:
    """Return whether an input is `x?` or `x??`: one line that ends so, and not with a comment."""
    text = source.strip()
    if not text.endswith("?") or "\n" in text or "\r" in text:
        return False
    return "#" not in text or not _compiles(text)


def _compiles(text: str) -> bool:
    try:
        quiet.parsed(text)
    except Exception:  # among them a text too deep to parse
        return False
    return True


def _source(one: Input) -> str:
    """Return a source with line ends that are newlines alone, none at its end."""
    return one.source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\\0").rstrip("\n")


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def _said(one: Input) -> str:
    """Return what came of an input, in one line; empty if nothing did."""
    return preview.one_line(Hit(one).preview[:2000])


def script(log: SessionLog) -> str:
    """Return a Python script: what failed, and what is no Python, stands in it as comments."""
    parts = [_commented(about(log))]
    for one in log.inputs:
        source = _source(one)
        if runs(one):
            parts.append(source)
            continue
        if one.outcome != "failed" and not one.language:
            parts.append(_commented(source))  # a question
            continue
        why = f"failed: {_said(one)}" if one.outcome == "failed" else f"{preview.sentence(one.language, 40)}:"
        parts.append(f"{_commented(why)}\n{_commented(source)}")
    return "\n\n".join(parts) + "\n"


def markdown(log: SessionLog) -> str:
    """Return the inputs as blocks of code, and below each what came of it."""
    parts = [f"# {_plain(about(log))}"]
    for one in log.inputs:
        source = _source(one) if runs(one) else _commented(_source(one))
        parts.append(_fenced(source, one.language if one.language.isalnum() else "python"))
        if one.results or one.error:
            parts.append(_fenced("\n".join(_outputs(one)), "text"))
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Return a text in which Markdown finds nothing to act on."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#!|&~$" else c for c in text)


def _fenced(text: str, language: str) -> str:
    """Return a block with a fence that is longer than any in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def _outputs(one: Input) -> List[str]:
    """Return a line for each result, and for the exception."""
    lines = [f"[{result.number}] {preview.one_line(result.preview)}" for result in one.results]
    return [*lines, *([preview.one_line(": ".join(filter(None, one.error)))] if one.error else ())]


def notebook(log: SessionLog) -> str:
    """Return a notebook of format 4.5: a cell an input, its results' previews below it."""
    cells: List[Dict[str, Any]] = [
        {"cell_type": "markdown", "id": "about", "metadata": {}, "source": _lines(_plain(about(log)))}
    ]
    for number, one in enumerate(log.inputs, 1):
        source = _source(one) if runs(one) else _commented(_source(one))
        cells.append(
            {
                "cell_type": "code",
                "execution_count": number,
                "id": f"input-{number}",
                "metadata": {},
                "outputs": _displayed(one, number),
                "source": _lines(source),
            }
        )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _lines(text: str) -> List[str]:
    """Return a text as a notebook holds it: its lines, each but the last with its end."""
    lines = text.split("\n")
    return [*(line + "\n" for line in lines[:-1]), *([lines[-1]] if lines[-1] else ())]


def _displayed(one: Input, number: int) -> List[Dict[str, Any]]:
    """Return the outputs of a cell."""
    outputs: List[Dict[str, Any]] = [
        {
            "data": {"text/plain": _lines(result.preview)},
            "execution_count": number,
            "metadata": {},
            "output_type": "execute_result",
        }
        for result in one.results[-1:]
    ]
    for result in one.results[:-1]:
        shown = {"data": {"text/plain": _lines(result.preview)}, "metadata": {}, "output_type": "display_data"}
        outputs.insert(len(outputs) - 1, shown)
    if one.error:
        outputs.append({"ename": one.error[0], "evalue": one.error[1], "output_type": "error", "traceback": []})
    return outputs


def as_json(log: SessionLog) -> str:
    """Return all that is known of a session and its inputs."""
    session = log.session._asdict()
    del session["path"]
    inputs = []
    for one in log.inputs:
        fields = one._asdict()
        del fields["session"]
        fields["results"] = [result._asdict() for result in one.results]
        for result in fields["results"]:
            del result["value"]
        fields["error"] = {"type": one.error[0], "message": one.error[1]} if one.error else None
        inputs.append(fields)
    # Indented, it would be written by Python, ten times slower; so an input is a line.
    about = json.dumps({**session, "last": log.last, "left": log.left}, indent=1)[: -len("\n}")]
    return about + ',\n "inputs": [' + ",".join(f"\n  {json.dumps(one)}" for one in inputs) + "\n ]\n}\n"


def shown(log: SessionLog) -> Iterator[str]:
    """Yield a session as lines for a terminal: each input with the number of its result as the prompt had it."""
    yield about(log)
    for one in log.inputs:
        number = f"[{one.results[0].number}] " if one.results else ""
        for at, line in enumerate(_source(one).split("\n")):
            yield f"{number + '>>>' if at == 0 else '.' * 3:>10} {preview.printable(line)}"
        for result in one.results:
            yield f"{'':10} {preview.one_line(result.preview)}"
        if one.error:
            yield f"{'':10} {preview.one_line(': '.join(filter(None, one.error)))}"


def write(path: str, text: str, force: bool = False) -> None:
    """Write an export into a file, for this user's eyes alone; with `force` in the place of one that is there. Raises OSError."""
    how = os.O_TRUNC if force else os.O_EXCL
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        if hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), 0o600)
        file.write(text)
