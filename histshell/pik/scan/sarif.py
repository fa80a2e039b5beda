"""A scan as SARIF 2.1.0, which code scanning services read (https://docs.oasis-open.org/sarif/sarif/v2.1.0/).

One result for each thing to be told: each name that runs things, the names that are unknown, those that only build, what is
damaged, what is odd. A file that is plain has none.
"""

from __future__ import annotations

import os
from typing import Any, Iterator
from urllib.parse import quote

from histshell import __version__
from histshell.pik.scan.verdict import BUILDS, RUNS, UNKNOWN, Row

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST = 50  # names in one sentence

#: id -> level, short description, what to do.
RULES: dict[str, tuple[str, str, str]] = {
    "pickle-runs-things": (
        "error", "The pickle asks for a name that runs things.",
        "Do not load it. Nothing was run by looking at it; `histshell pik FILE` shows what it would have done.",
    ),
    "pickle-unknown-names": (
        "warning", "The pickle asks for names that are not known.",
        "Load it only if you trust who made it, and with these names alone.",
    ),
    "pickle-library-names": (
        "note", "The pickle asks for names of well-known libraries that only build values.",
        "Load it with these names alone: `pik.open(path).load(trust=[...])`.",
    ),
    "pickle-damaged": (
        "warning", "The file is damaged, disagrees with itself, or could not be read whole.",
        "What could not be read may be anything.",
    ),
    "pickle-odd": (
        "note", "There is something odd about the file.", "It can be read; other programs may see something else in it.",
    ),
}  # fmt: skip


def document(rows: list[Row], root: str, status: int) -> dict[str, Any]:
    """Return the whole of it; paths are relative to the folder *root* where they lie in it."""
    ids = list(RULES)
    results = [
        {
            "ruleId": rule,
            "ruleIndex": ids.index(rule),
            "level": RULES[rule][0],
            "message": {"text": text},
            "locations": [{"physicalLocation": _place(row.path, root, offset)}],
        }
        for row in rows
        for rule, text, offset in _told(row)
    ]
    driver = {
        "name": "histshell pik",
        "version": __version__,
        "rules": [
            {
                "id": rule,
                "shortDescription": {"text": short},
                "help": {"text": remedy},
                "defaultConfiguration": {"level": level},
            }
            for rule, (level, short, remedy) in RULES.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "exitCode": status}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _told(row: Row) -> Iterator[tuple[str, str, int | None]]:
    """Give what is to be told of a file: rule, sentence, and offset where there is one."""
    for name in row.names:
        if name.verdict == RUNS:
            yield "pickle-runs-things", f"It asks for {name.shown}, which {name.words}.", None
    for verdict, rule in ((UNKNOWN, "pickle-unknown-names"), (BUILDS, "pickle-library-names")):
        names = [name.shown for name in row.names if name.verdict == verdict]
        if names:
            more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
            yield rule, f"It asks for {', '.join(names[:_MOST])}{more}.", None
    for text, offset, damaged in row.problems:
        yield "pickle-damaged" if damaged else "pickle-odd", text, offset


def _place(path: str, root: str, offset: int | None) -> dict[str, Any]:
    """Say where it is, as a reference that is relative to the root of the repository."""
    absolute = os.path.abspath(path)
    inside = os.path.join(os.path.abspath(root), "")
    if absolute.startswith(inside):
        where: dict[str, Any] = {"uri": _quoted(absolute[len(inside) :]), "uriBaseId": "%SRCROOT%"}
    else:
        where = {"uri": f"file://{'' if absolute.startswith('/') else '/'}{_quoted(absolute)}"}
    place: dict[str, Any] = {"artifactLocation": where}
    if offset is not None:
        place["region"] = {"byteOffset": offset}
    return place


def _quoted(path: str) -> str:
    """Write a path as part of a URI; bytes that are no text, as they are."""
    return quote(os.fsencode(path.replace(os.sep, "/")), safe="/")
