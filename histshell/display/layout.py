"""Lines for a value: on one if it fits, else an item a line, short ones side by side; cut where there is no room.

Everything here looks at no more of a value than is shown, and stops when it has taken its time: what has not been looked at by
then is counted as left out.
"""

from __future__ import annotations

import time
from itertools import islice

from histshell.preview.text import CUT

from . import frames, texts
from .node import Node
from .texts import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

FIRST = 20
"""Of a container that does not fit in whole, as many items are shown at most."""

DEPTH = 6
"""How many levels are broken over lines."""

TIME = 0.03
"""Seconds of the processor, of our own and beside the `__repr__`s, after which no more is looked at."""

_STEP = 4  # columns
_SHORT = 24  # columns: items that are side by side
_TINY = 8  # columns: what is as short as that is not cut
_MANY = 64  # items that are looked at to see whether all are short
_WHOLE_DEPTH = 60


class Layout:
    """One showing of a value on lines of `width` columns; `bounded` or whole."""

    def __init__(self, width: int, height: int = 24, bounded: bool = True) -> None:
        self.width = max(width, 20)
        self.height = height
        self.bounded = bounded
        self.depth = DEPTH if bounded else _WHOLE_DEPTH
        self._end = time.thread_time() + TIME

    def _is_late(self, node: Node) -> bool:
        return self.bounded and time.thread_time() > self._end + node.seconds[0]

    # -- one line ------------------------------------------------------------------------------------------------------

    def flat(self, node: Node, room: int) -> str | None:
        """Return a value on one line of at most `room` columns; None if it does not fit."""
        if room <= node.too_long:
            return None
        group = node.group
        text = self._flat_text(node, room) if group is None else self._flat_group(node, room)
        if text is None:
            node.too_long = room
        return text

    def _flat_text(self, node: Node, room: int) -> str | None:
        if node.string is not None and len(node.string) > room or node.is_table and not self.bounded:
            return None
        text = self._text(node, self.width if node.is_table else room, self.height)
        return text if len(text) <= room and "\n" not in text and width(text) <= room else None

    def _text(self, node: Node, room: int, rows: int) -> str:
        """Return the text of what has no parts."""
        value = node.value
        if type(value) is int:
            return texts.integer(value)
        if node.is_table and self.bounded:
            return node.text(max(room, _SHORT), rows)
        return node.text()

    def _flat_group(self, node: Node, room: int) -> str | None:
        group = node.group
        assert group is not None
        left = room - len(group.open) - len(group.close)
        if group.count * 2 - 1 > left + 1 or (group.count and self._is_late(node)):
            return None
        out = []
        for number, part in enumerate(node.some(group.count)):
            left -= len(part.label) + (2 if number else 0)
            text = self.flat(part, left) if left > 0 else None
            if text is None:
                return None
            left -= width(text)
            out.append(part.label + text)
        return group.open + ", ".join(out) + (group.alone if len(out) == 1 else group.close)

    def collapsed(self, node: Node, room: int) -> str:
        """Return a value on one line, with as much of it as fits."""
        text = self.flat(node, room)
        if text is not None:
            return text
        group = node.group
        if group is None:
            if node.string is not None:
                return texts.cut(node.string, room)
            lines = self._text(node, room, self.height).split("\n")
            first = lines[0]
            return first if len(lines) == 1 and width(first) <= max(room, _TINY) else clip(first, room)
        out: list[str] = []
        left = room - len(group.open) - len(group.close)
        for number, part in enumerate(node.some(min(group.count, room))):
            rest = group.count - number - 1
            tail = len(f", … {rest:,} more") if rest else 0
            space = left - len(part.label) - tail - (2 if number else 0)
            text = self.flat(part, space)
            if text is None and space > _SHORT and not self._is_late(node):
                text = self.collapsed(part, space)
            if text is None:
                break
            left -= len(part.label) + width(text) + (2 if number else 0)
            out.append(part.label + text)
        hidden = group.count - len(out)
        if hidden:
            out.append(f"… {hidden:,} more")
        return group.open + ", ".join(out) + (group.alone if group.count == 1 and not hidden else group.close)

    def beginning(self, node: Node, room: int) -> str:
        """Return the first characters of what `repr` says, whether that fits or not; a cut at the end is marked."""
        text = ""
        for piece in self._pieces(node, room):
            text += piece
            if len(text) > room:
                return text[: room - 1] + CUT
        return text

    def _pieces(self, node: Node, room: int) -> Iterator[str]:
        group = node.group
        if group is None:
            string = node.string
            yield self._text(node, self.width, self.height) if string is None else repr(string[: room + 1])
            return
        yield group.open
        for number, part in enumerate(node.some(min(group.count, room))):
            yield f", {part.label}" if number else part.label
            yield from self._pieces(part, room)
        yield group.alone if group.count == 1 else group.close

    # -- all of it -----------------------------------------------------------------------------------------------------

    def lines(self, node: Node, indent: int = 0, before: str = "", after: str = "", depth: int = 0) -> Iterator[str]:
        """Yield the lines of a value, however many: `before` stands in front of the first, `after` behind the last."""
        room = self.width - indent - width(before) - len(after)
        margin = " " * indent
        text = self.flat(node, room)
        group = node.group
        if text is None and (depth >= self.depth and group is not None):
            text = self.collapsed(node, max(room, _SHORT))
        if text is not None:
            yield margin + before + text + after
        elif group is None:
            yield from self._text_lines(node, margin + before, after, self.height)
        else:
            yield margin + before + group.open
            if _is_side_by_side(self, node):
                yield from self._filled(node.all(self.bounded), indent + _STEP)
            else:
                for part in node.all(self.bounded):
                    yield from self.lines(part, indent + _STEP, part.label, ",", depth + 1)
            yield margin + group.close + after

    def _filled(self, parts: Iterator[Node], indent: int) -> Iterator[str]:
        """Yield lines of short items, as many on each as fit."""
        margin, line = " " * indent, ""
        for part in parts:
            text = self.flat(part, self.width - indent - 1)
            if text is None:  # not as short as the first ones
                if line:
                    yield margin + line
                line = ""
                yield from self.lines(part, indent, "", ",", 1)
                continue
            if line and indent + width(line) + width(text) + 2 > self.width:
                yield margin + line
                line = ""
            line += f" {text}," if line else f"{text},"
        if line:
            yield margin + line

    def _text_lines(self, node: Node, before: str, after: str, rows: int) -> Iterator[str]:
        """Yield the lines of a text that does not fit on one; a table is told that there are `rows`."""
        if node.string is not None:
            yield from self._wrapped(node.string, before, after)
            return
        space = width(before)
        lines: Iterator[str] | list[str]
        if node.is_table and not self.bounded:
            lines = frames.whole(node.value)
        else:
            lines = self._text(node, self.width - space - len(after), rows).split("\n")
        held, margin = None, " " * space
        for line in lines:
            if held is not None:
                yield held
            held = (before if held is None else margin) + line
            if not line:
                held = held.rstrip()
        yield (held or before) + after

    def _wrapped(self, value: texts.Text, before: str, after: str) -> Iterator[str]:
        room = max(self.width - width(before) - len(after) - 2, _SHORT)
        held = ""
        margin = " " * (width(before) + 1)
        for shown, end in texts.pieces(value, room):
            if held:
                yield held
            elif end == len(value):  # a single word
                yield before + shown + after
                return
            held = (margin if held else before + "(") + shown
        yield (f"{held})" if held else before + repr(value)) + after

    # -- in bounds -----------------------------------------------------------------------------------------------------

    def shown(self, node: Node) -> list[str]:
        """Return the lines of a value that take no more rows than there are."""
        lines = self.fitted(node, self.height)
        if node.asked or sum(map(self.rows, lines)) <= self.height:
            return lines
        return cut_lines(lines, self.width, self.height, node.path)  # keys that are wider than the screen, say

    def fitted(
        self, node: Node, rows: int, indent: int = 0, before: str = "", after: str = "", depth: int = 0
    ) -> list[str]:
        """Return the lines of a value that take at most `rows` rows of the screen."""
        lines = self._if_it_fits(node, rows, indent, before, after, depth)
        if lines is not None:
            return lines
        group = node.group
        margin = " " * indent
        if group is None:
            return self._cut_text(node, rows, margin + before, after)
        inner = rows - 2
        if inner < 2 or depth >= self.depth:
            return [margin + before + self.collapsed(node, self.width - indent - width(before) - len(after)) + after]
        if group.named and group.count <= inner:
            body = self._shared(node, inner, indent + _STEP, depth + 1)
        else:
            body = self._first(node, inner, indent + _STEP, depth + 1)
        return [margin + before + group.open, *body, margin + group.close + after]

    def _if_it_fits(self, node: Node, rows: int, indent: int, before: str, after: str, depth: int) -> list[str] | None:
        """Return the lines of all of a value, None if they take more rows."""
        group = node.group
        if group is not None and (rows <= node.too_tall or group.count > rows * self.width or self._is_late(node)):
            return None
        lines: list[str] = []
        given = rows
        for line in self.lines(node, indent, before, after, depth):
            lines.append(line)
            rows -= self.rows(line)
            if rows < 0:
                node.too_tall = given  # it is always asked at the same place
                return None
        return lines

    def rows(self, line: str) -> int:
        """Return how many rows of the screen a line takes."""
        return 1 if len(line) * 2 <= self.width else max(-(-width(line) // self.width), 1)

    def _shared(self, node: Node, rows: int, indent: int, depth: int) -> list[str]:
        """Show all of some named parts, the long ones in equal shares of what the short ones leave."""
        group = node.group
        assert group is not None
        parts = node.some(group.count)
        most = max(rows - len(parts) + 1, 1)
        needs = []
        for part in parts:
            whole = self._if_it_fits(part, most, indent, part.label, ",", depth)
            needs.append(sum(map(self.rows, whole)) if whole is not None else most + 1)
        shown: list[list[str]] = [[]] * len(parts)
        order = sorted(range(len(parts)), key=needs.__getitem__)
        for place, index in enumerate(order):
            share = max(min(needs[index], rows // (len(parts) - place)), 1)
            part = parts[index]
            shown[index] = lines = self.fitted(part, share, indent, part.label, ",", depth)
            rows -= sum(map(self.rows, lines))
        return [line for lines in shown for line in lines]

    def _first(self, node: Node, rows: int, indent: int, depth: int) -> list[str]:
        """Show the first parts, and how many more there are."""
        group = node.group
        assert group is not None
        count, left, shown = group.count, rows - 1, 0
        out: list[str] = []
        if _is_side_by_side(self, node):
            parts = node.some(FIRST)
            for end in range(len(parts), 0, -1):
                out = list(self._filled(iter(parts[:end]), indent))
                shown = end
                if sum(map(self.rows, out)) <= left:
                    break
        else:
            for part in node.some(FIRST):
                if left <= 0 or (out and self._is_late(node)):
                    break
                lines = self.fitted(part, min(left, max(rows // 2, 1)), indent, part.label, ",", depth)
                left -= sum(map(self.rows, lines))
                if left < 0 and out:
                    break
                out += lines
                shown += 1
        if shown < count:
            out.append(" " * indent + more(count - shown, node.path))
        return out

    def _cut_text(self, node: Node, rows: int, before: str, after: str) -> list[str]:
        """Show the beginning of a text that is longer than `rows`."""
        value = node.string
        if value is None:
            if rows == 1 and before:
                return [before + self.collapsed(node, self.width - width(before) - len(after)) + after]
            lines = list(self._text_lines(node, before, after, rows))
            return (
                lines
                if node.asked and not before
                else cut_lines(lines, self.width, rows, node.path, " " * width(before))
            )
        if rows < 3:
            return [before + texts.cut(value, (self.width - width(before) - len(after)) * rows) + after]
        out: list[str] = []
        left, margin = rows - 1, " " * (width(before) + 1)
        room, end = max(self.width - width(before) - len(after) - 2, _SHORT), 0
        for shown, upto in texts.pieces(value, room):
            line = (margin if out else before + "(") + shown
            if self.rows(line) > left:
                break
            left -= self.rows(line)
            out.append(line)
            end = upto
        if not out:
            return [before + texts.cut(value, (self.width - 1) * rows - width(before) - len(node.path)) + after]
        return [
            *out,
            margin
            + more(len(value) - end, node.path, "characters" if isinstance(value, str) else "bytes")
            + ")"
            + after,
        ]


def _is_side_by_side(layout: Layout, node: Node) -> bool:
    """Return whether all of the first items are short and have no parts."""
    group = node.group
    if group is None or group.named:
        return False
    return all(
        part.group is None and not part.label and layout.flat(part, _SHORT) is not None for part in node.some(_MANY)
    )


def more(count: int, path: str, what: str = "") -> str:
    """Say how much is left out, and where it is."""
    return f"… {count:,} more" + (f" {what}" if what else "") + (f": {path}" if path else "")


def clip(text: str, room: int) -> str:
    """Cut a line to `room` columns, marking the cut."""
    out, used = [], 1
    for character in text[: max(room, 1)]:
        used += width(character)
        if used > room:
            break
        out.append(character)
    return "".join(out) + CUT


def cut_lines(lines: list[str], columns: int, rows: int, path: str, margin: str = "") -> list[str]:
    """Cut the lines of somebody's `__repr__` to what `rows` rows have room for, and say how many more there are."""
    out: list[str] = []
    left = rows - 1
    for line in islice(lines, rows):
        takes = max(-(-width(line[: columns * rows]) // columns), 1)
        if takes > left:
            break
        left -= takes
        out.append(line)
    hidden = len(lines) - len(out)
    if hidden == 1 and left and len(out) < 2:  # one long line
        line = lines[len(out)]
        kept = line[: left * columns - 1]
        return [*out, kept + CUT, _mark(len(line) - len(kept), path, "characters", margin, columns)]
    return [*out, _mark(hidden, path, "lines" if hidden > 1 else "line", margin, columns)] if hidden else out


def _mark(hidden: int, path: str, what: str, margin: str, columns: int) -> str:
    """Say how much is left out, in one row."""
    told = margin + more(hidden, path, what)
    if width(told) > columns:
        told = more(hidden, "", what)
    return told if width(told) <= columns else clip(told, columns)
