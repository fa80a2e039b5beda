"""What is said of one value of a file: its tree, what is wrong with it, and the same for programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Iterator

from histshell.pik.effects import about_effects
from histshell.pik.tree import draw, plan
from histshell.pik.tree.wish import JSON, LEAST, Line
from histshell.preview import sentence

if TYPE_CHECKING:
    from histshell.pik.files.model import Finding
    from histshell.pik.tree.reading import Read
    from histshell.pik.tree.value import Value
    from histshell.pik.tree.wish import Wish


def lines(value: Value, wish: Wish, many: int, room: int) -> Iterator[Line]:
    """Give the lines of a value, which is one of *many* in its file; *room* is how many lines all of them have."""
    member, node = value.member, value.tree
    if many > 1 and node.whole and not wish.path and value.read.error is None and not member.findings:
        yield Line(f"{sentence(member.name, 80) or 'value'}   {draw.describe(plan.Branch('', node))}")
        return
    if many > 1 or member.name:
        facts = [protocol(value.read) if member.kind == "pickle" else "array", f"at byte {member.offset:,}"]
        yield Line(f"{sentence(member.name, 80) or 'value'}   {', '.join(facts)}", "title")
    if wish.path:
        try:
            node = plan.find(node, wish.path)
        except ValueError as error:
            yield Line(str(error), "problem")
            return
    branch = plan.plan(node, wish.bounds(many, room), _spelled(wish.path))
    for line in draw.lines(branch, wish.width, wish.ascii_only):
        yield Line(line)
    yield from _problems(value)
    if wish.code:
        yield from _code(branch)
    if wish.effects and value.read.effects:
        for line in about_effects(value.read.effects, value.read.uncounted):
            yield Line(line)


def _problems(value: Value) -> Iterator[Line]:
    """Say what is wrong with a value, and with what lies around it."""
    if value.read.error is not None:
        error = value.read.error
        yield Line(f"It ends too soon: {error}" if value.read.stack else f"It cannot be read: {error}", "problem")
        if isinstance(error, UnicodeDecodeError):
            yield Line("Its texts are Python 2's; --encoding latin1 reads any of them, as bytes one by one.", "note")
    if value.read.encoding:
        yield Line("Python 2 has written it; its texts are read as latin1 (--encoding latin1, or another).", "note")
    for finding in value.member.findings:
        yield finding_line(finding)


def as_json(value: Value, wish: Wish, many: int) -> dict[str, Any]:
    """Give a value, which is one of *many* in its file, as JSON has it."""
    made: dict[str, Any] = {
        "name": sentence(value.member.name), "kind": value.member.kind, "offset": value.member.offset,
        "asks": value.asks, "findings": [finding_json(finding) for finding in value.member.findings],
    }  # fmt: skip
    if value.read.error is not None:
        made["error"] = {"sentence": str(value.read.error), "offset": value.read.error.offset}
    if value.read.encoding:
        made["encoding"] = value.read.encoding
    try:
        node = plan.find(value.tree, wish.path) if wish.path else value.tree
    except ValueError as error:
        made["missing"] = str(error)
        return made
    bounds = wish.bounds(many)
    if not wish.everything and wish.depth is None:
        bounds = replace(JSON, lines=(JSON.lines - LEAST) // many + LEAST)
    made["tree"] = draw.as_json(plan.plan(node, bounds, _spelled(wish.path)))
    return made


def _code(top: plan.Branch) -> Iterator[Line]:
    """Give the instructions of the functions that are shown."""
    todo = [top]
    while todo:
        branch = todo.pop()
        todo += reversed(branch.below)
        if branch.node.more is not None and branch.same is None:
            yield Line(f"{branch.path or 'code'}: {branch.node.text}", "title")
            for text in branch.node.more():
                yield Line(text)


def _spelled(path: str) -> str:
    return sentence(path[1:] if path.startswith(".") else path, 200)


def finding_line(finding: Finding) -> Line:
    """Say what was found."""
    return Line(sentence(str(finding)), "problem" if finding.damaged else "note")


def finding_json(finding: Finding) -> dict[str, Any]:
    """Give what was found, as JSON has it."""
    return {"sentence": sentence(finding.sentence), "offset": finding.offset, "damaged": finding.damaged}


def protocol(found: Read) -> str:
    """Say which protocol a pickle has."""
    head = found.head
    if head[:1] == b"\x80" and len(head) > 1:
        return f"protocol {head[1]}"
    return "protocol 0 or 1" if head else ""
