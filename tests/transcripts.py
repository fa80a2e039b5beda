"""Transcripts in Markdown: finding the blocks marked `histshell`, and comparing them with what a terminal shows.

A block whose first prompt has number 1 starts a session; another one goes on with the session of the block above it.
`…`, with the blanks around it, stands for any text within a line, and alone on a line for any number of lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(
    r"^(?P<fence>```+)(?P<language>[^\s`]*)[^\n]*\n(?P<text>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL
)
_PROMPT = re.compile(r"(?P<prompt>_?h\[(?P<number>\d+)\] >>> ?)(?P<text>.*)")
_PICKLE_MODE = re.compile(r"(?P<prompt>pik>|\.\.\.>) ?(?P<text>.*)")
_CONTINUATION = re.compile(r"(?P<prompt> *\.\.\. ?)(?P<text>.*)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line of the page that its text starts on, from 1."""

    language: str
    text: str
    line: int


@dataclass
class Transcript:
    """What a page shows of one session: where it starts, and all its lines without trailing blanks."""

    page: Path
    line: int
    lines: list[str] = field(default_factory=list)

    def inputs(self) -> list[str]:
        """Return the lines that are typed, without their prompts."""
        typed: list[str] = []
        in_input = False
        for line in self.lines:
            match = _PROMPT.match(line) or _PICKLE_MODE.match(line) or (_CONTINUATION.match(line) if in_input else None)
            in_input = match is not None
            if match:
                typed.append(match["text"])
        return typed

    def difference(self, shown: Sequence[str]) -> str:
        """Return an empty string if `shown`, the lines of a terminal, is what is written here; else both."""
        rows = [line.rstrip() for line in shown]
        if _matches(self.lines, rows):
            return ""
        return "\n".join([f"{self.page}:{self.line} says:", *self.lines, "", "the terminal shows:", *rows])


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a Markdown page."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        yield Block(match["language"], match["text"], text.count("\n", 0, match.start("text")) + 1)


def transcripts(page: Path) -> list[Transcript]:
    """Return the sessions that a page shows, in order."""
    found: list[Transcript] = []
    for block in blocks(page):
        if block.language != "histshell":
            continue
        lines = [line.rstrip() for line in block.text.splitlines()]
        first = _PROMPT.match(lines[0])
        if first is None:
            raise ValueError(f"{page}:{block.line}: a transcript starts with a prompt, not with {lines[0]!r}")
        if first["number"] == "1":
            found.append(Transcript(page, block.line))
        if not found:
            raise ValueError(
                f"{page}:{block.line}: no session to go on with: the first prompt has number {first['number']}"
            )
        found[-1].lines.extend(lines)
    return found


def _matches(expected: Sequence[str], rows: Sequence[str]) -> bool:
    """Tell whether the rows are those expected, where `…` stands for anything."""
    if not expected:
        return not rows
    if expected[0].strip() == "…":
        return any(_matches(expected[1:], rows[skip:]) for skip in range(len(rows) + 1))
    if not rows:
        return False
    pattern = ".*".join(re.escape(part) for part in re.split(r" *… *", expected[0]))
    return re.fullmatch(pattern, rows[0]) is not None and _matches(expected[1:], rows[1:])
