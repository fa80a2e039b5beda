"""Which part of a tree is shown: what lies near its root first, within bounds of lines, depth and items."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from histshell.pik.tree import labels
from histshell.pik.tree.model import Child, Node

ROW = 20  # lines of the items of the root
NESTED = 8  # lines of one node that is not the root, where there are few
_DEEPEST = 100
_LOOKED = 1_000  # attributes of an object among which those are found that say most


@dataclass(frozen=True)
class Bounds:
    """How much of a tree is shown: ``lines`` in all, ``depth`` levels below the root, ``items`` of one node below it.

    ``inside`` opens what a line says all of, too.
    """

    lines: int = 30
    depth: int = _DEEPEST
    items: int = NESTED
    inside: bool = False


#: Everything, but what nobody would read; and what a depth that is asked for brings.
ALL = Bounds(300_000, _DEEPEST, 300_000, inside=True)
DEEP = Bounds(10_000, 3, 50)


@dataclass
class Branch:
    """A node that is shown: ``path`` leads to it, ``below`` is what is shown of its children.

    ``more`` is how many are left out, -1 where nobody has counted them. ``same`` is the path of the object that it is too.
    ``closed`` is whether it has children of which none is shown.
    """

    label: str
    node: Node
    path: str = ""
    depth: int = 0
    below: list[Branch] = field(default_factory=list)
    more: int = 0
    same: str | None = None
    closed: bool = False


def plan(root: Node, bounds: Bounds, path: str = "") -> Branch:
    """Choose what is shown of *root*, level by level; *path* is the one that has led to it."""
    top = Branch("", root, path)
    seen: dict[int, str] = {}
    _meet(top, seen)
    left = bounds.lines - 1
    todo = deque([top])
    while todo:
        branch = todo.popleft()
        if branch.same is not None or not _opens(branch, bounds):
            continue
        if branch.depth >= bounds.depth or left < 1:
            branch.closed = True
            continue
        left -= _open(branch, min(left, _room(branch, bounds)), seen)
        todo.extend(sorted(branch.below, key=lambda below: not _is_learnt(below.label)))
    return top


def _opens(branch: Branch, bounds: Bounds) -> bool:
    """Tell whether what is in a node is shown on lines of its own."""
    node = branch.node
    if node.count == 0 and node.kind in ("list", "tuple", "set", "dict") and "unfinished" not in node.facts:
        return False
    if node.whole or (node.flat and node.kind != "frame"):
        return bounds.inside
    return True


def _room(branch: Branch, bounds: Bounds) -> int:
    """Give how many children of a node may be shown: attributes and keys of the root all, of a row of items fewer."""
    if branch.depth:
        return bounds.items
    return max(ROW, bounds.items) if branch.node.kind in ("list", "tuple", "set", "array") else bounds.lines


def _open(branch: Branch, most: int, seen: dict[int, str]) -> int:
    """Take the first children of a node, or those that say most; return how many lines they are."""
    every = branch.node.children()
    children = list(islice(every, most + 1))
    if len(children) > most:
        if branch.node.kind == "object":
            children = _telling([*children, *islice(every, _LOOKED)], max(most - 1, 0))
        del children[max(most - 1, 0) :]
        count = branch.node.count
        branch.more = count - len(children) if count is not None and branch.node.kind != "object" else -1
        branch.more = branch.more if branch.more > 0 else -1
    for label, node in children:
        child = Branch(label, node, join(branch.path, label), branch.depth + 1)
        _meet(child, seen)
        branch.below.append(child)
    return len(children) + (branch.more != 0)


def _is_learnt(label: str) -> bool:
    """Tell whether an attribute is what a model has learnt, as scikit-learn and whoever follows it names such."""
    return label[:1] == "." and label[:2] != "._" and label[-1:] == "_" and label[-2:] != "__"


def _telling(children: list[Child], most: int) -> list[Child]:
    """Give the children that say most of a model, in their order: what it has learnt, then parameters that are not None."""
    if not any(_is_learnt(label) for label, _ in children):
        return children
    ranks = [0 if _is_learnt(label) else 1 + (node.type == "NoneType") for label, node in children]
    best = sorted(range(len(children)), key=lambda number: ranks[number])[:most]
    return [children[number] for number in sorted(best)]


def _meet(branch: Branch, seen: dict[int, str]) -> None:
    """Remember where an object is shown; note where it is shown again."""
    number = branch.node.identity
    if number is None or (branch.node.kind == "tuple" and branch.node.whole):
        return
    if number in seen:
        branch.same = seen[number]
    else:
        seen[number] = branch.path


def join(path: str, label: str) -> str:
    """Give the path of a child."""
    return path + label if path or not label.startswith(".") else label[1:]


def find(root: Node, path: str) -> Node:
    """Go down a *path* of labels. Raises ValueError with a sentence where it leads nowhere."""
    node, gone = root, ""
    for label in labels.split(path):
        found = next((child for name, child in node.children() if name == label), None)
        if found is None:
            there = ", ".join(name.lstrip(".") for name, _ in islice(node.children(), 6))
            what = gone or "the value"
            raise ValueError(f"{what} has no {label.lstrip('.')}" + (f"; it has {there}" if there else ""))
        node, gone = found, join(gone, label)
    return node
