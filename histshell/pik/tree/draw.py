"""A tree as lines for a terminal, and as what JSON has."""

from __future__ import annotations

import unicodedata
from typing import Any, Iterator

from histshell.pik.tree.model import Node
from histshell.pik.tree.plan import Branch
from histshell.preview import sentence

_WIDEST_LABEL = 28
_MODULE = 46  # the column in which the root's module stands
_UNICODE = ("├ ", "└ ", "│ ", "  ", "…")
_ASCII = ("|- ", "`- ", "|  ", "   ", "...")
_CONTAINERS = ("list", "tuple", "set", "dict")
_EMPTY = {"list": "[]", "tuple": "()", "dict": "{}"}


def lines(top: Branch, width: int = 100, ascii_only: bool = False) -> Iterator[str]:
    """Give the lines of what is shown of a tree, none longer than *width* cells."""
    sign, last_sign, bar, space, cut = _ASCII if ascii_only else _UNICODE
    types = {(top.node.type, top.node.module)}
    words = describe(top)
    module = top.node.module if top.node.kind == "object" else ""
    yield fit(f"{words:<{_MODULE - 1}} {module}" if module else words, width, cut)
    todo = [(_rows(top), "", _label_width(top))]
    while todo:
        rows, indent, room = todo[-1]
        branch, text, is_last = next(rows, (None, "", False))
        if branch is None and not text:
            todo.pop()
            continue
        start = indent + (last_sign if is_last else sign)
        if branch is None:
            yield fit(f"{start}{cut} {text}", width, cut)
            continue
        words = describe(branch)
        kind = (branch.node.type, branch.node.module)
        if branch.node.kind == "object" and kind[1] and kind not in types and branch.same is None:
            types.add(kind)
            words += f"   {kind[1]}"
        label = branch.label[1:] if branch.label.startswith(".") else branch.label
        yield fit(f"{start}{label:<{room}}  {words}".rstrip(), width, cut)
        if branch.below:
            todo.append((_rows(branch), indent + (space if is_last else bar), _label_width(branch)))


def _rows(branch: Branch) -> Iterator[tuple[Branch | None, str, bool]]:
    """Give what stands below a branch, each with whether it is the last; at the end, in words, what is left out."""
    for number, child in enumerate(branch.below, 1):
        yield child, "", number == len(branch.below) and not branch.more
    if branch.more:
        yield None, f"{branch.more:,} more" if branch.more > 0 else "more", True


def _label_width(branch: Branch) -> int:
    """Give the room that the labels below a branch take."""
    return min(max((len(child.label.lstrip(".")) for child in branch.below), default=0), _WIDEST_LABEL)


def describe(branch: Branch) -> str:
    """Say in a line what a node is."""
    if branch.same is not None:
        return f"the same as {branch.same or 'the whole'}"
    words = _words(branch.node)
    return f"{words}  …" if branch.closed else words


def _words(node: Node) -> str:
    kind, text = node.kind, node.text
    if kind == "scalar":
        return text if not node.module or text.startswith(node.type) else f"{text}   {node.type}"
    if kind in ("text", "bytes"):
        return text if node.whole else f"{node.type} of {node.count:,}  {text}"
    if kind in _CONTAINERS:
        if "unfinished" in node.facts:
            return f"{node.type}{_unfinished(node)}"
        if not node.count:
            return _EMPTY.get(node.type, f"empty {node.type}")
        if node.whole:
            return text
        of = f" {node.facts['of']}" if "of" in node.facts else ""
        return f"{node.type} of {node.count:,}{of}{'  ' + text if text else ''}"
    if kind == "object":
        between = "" if text.startswith("(") else "  "
        many = f"  of {node.count:,}" if node.count is not None else ""
        return f"{node.type}{between if text else ''}{text}{many}{_unfinished(node)}"
    if kind == "class" and node.type != "class":
        return text
    return f"{node.type}{' ' if text.startswith('(') else '  '}{text}".rstrip()


def _unfinished(node: Node) -> str:
    return "  (it ends too soon)" if node.facts.get("unfinished") else ""


def fit(line: str, width: int, cut: str = "…") -> str:
    """Cut a line to *width* cells of a terminal."""
    if line.isascii() and len(line) <= width:
        return line
    room, out = width - len(cut), 0
    for number, c in enumerate(line):
        out += 2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1
        if out > room and (out > width or cells(line[number + 1 :], width - out + 1) > width - out):
            return line[:number] + cut
    return line


def cells(text: str, most: int = 1 << 30) -> int:
    """Count the cells that a text takes, up to *most*."""
    if text.isascii():
        return len(text)
    count = 0
    for c in text[: most + 1]:
        count += 2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1
    return count


def as_json(top: Branch) -> dict[str, Any]:
    """Give what is shown of a tree, as dicts and lists that JSON has."""
    made = _object(top)
    todo = [(top, made)]
    while todo:
        branch, into = todo.pop()
        for child in branch.below:
            row = _object(child)
            into.setdefault("children", []).append(row)
            todo.append((child, row))
    return made


def _object(branch: Branch) -> dict[str, Any]:
    """Give one node without its children."""
    node = branch.node
    row: dict[str, Any] = {"label": branch.label} if branch.label else {}
    if branch.same is not None:
        return {**row, "kind": "ref", "ref": branch.same}
    row.update(kind=node.kind, type=node.type)
    for name, value in (
        ("module", node.module),
        ("text", node.text),
        ("count", node.count),
        ("facts", _plain(node.facts)),
    ):
        if value not in ("", None, {}):
            row[name] = value
    if branch.more:
        row["more"] = branch.more if branch.more > 0 else True
    elif branch.closed:
        row["more"] = True
    return row


def _plain(value: Any) -> Any:
    """Give facts as JSON has them: no number that is none, no text that is not inert."""
    if type(value) is dict:
        return {str(name): _plain(part) for name, part in value.items()}
    if type(value) in (list, tuple):
        return [_plain(part) for part in value]
    if type(value) is float and (value != value or value in (float("inf"), float("-inf"))):
        return repr(value)
    if type(value) is str:
        return sentence(value, 500)
    if type(value) is int and value.bit_length() > 64:
        return hex(value)
    return value if value is None or type(value) in (bool, int, float) else str(value)
