"""Take the terminal picture of the README: run a session in a terminal emulator and write what it shows as SVG.

    python -m tools.picture docs/_static/session.svg

The session is that of the README, typed at the newest Python on this machine; nothing in the picture is drawn by hand.
"""

from __future__ import annotations

import html
import itertools
import os
import re
import sys
import tempfile
from pathlib import Path

import pyte
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.prompt.session import STARTUP, Session
from tests.pythons import Target, found
from tests.terminal import Terminal
from tests.transcripts import transcripts

README = Path(__file__).resolve().parent.parent / "README.md"
COLUMNS = 84
CELL = 12.2  # how wide rich draws a column
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

_DARK = [(30, 33, 39), (224, 108, 117), (152, 195, 121), (229, 192, 123)]
_DARK += [(97, 175, 239), (198, 120, 221), (86, 182, 194), (215, 218, 224)]
_BRIGHT = [(92, 99, 112), *_DARK[1:5], (213, 145, 234), _DARK[6], (255, 255, 255)]
_THEME = TerminalTheme((30, 33, 39), (215, 218, 224), _DARK, _BRIGHT)
#: pyte's names of the colours that rich calls otherwise.
_NAMES = {"default": None, "brown": "yellow", "brightbrown": "bright_yellow"}


def colour(name: str) -> str | None:
    """Return rich's name of a colour that pyte names: a word, or six hexadecimal digits; None for the default."""
    if name in _NAMES:
        return _NAMES[name]
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
        return "#" + name
    return name.replace("bright", "bright_", 1) if name.startswith("bright") else name


def style(cell: pyte.screens.Char) -> Style:
    """Return the look of one cell of the terminal."""
    return Style(
        color=colour(cell.fg),
        bgcolor=colour(cell.bg),
        bold=cell.bold,
        italic=cell.italics,
        underline=cell.underscore,
        reverse=cell.reverse,
    )


def text(session: Terminal) -> Text:
    """Return all rows that a session's screen shows, in its colours; without an empty one that some versions begin with."""
    rows: list[Text] = []
    for row, shown in enumerate(session.screen(), session.top):
        if not shown and not rows:
            continue
        cells = [session.cell(row, column) for column in range(_length(session, row, len(shown)))]
        runs = itertools.groupby(cells, style)
        rows.append(Text.assemble(*(("".join(cell.data for cell in run), look) for look, run in runs)))
    return Text("\n").join(rows)


def _length(session: Terminal, row: int, shown: int) -> int:
    """Return how many cells of a row there are to be seen: blanks at its end count if they have a colour of their own."""
    painted = [
        column + 1
        for column in range(COLUMNS)
        if session.cell(row, column).bg != "default" or session.cell(row, column).reverse
    ]
    return max([shown, *painted])


def take() -> str:
    """Type the README's session and then `h`, and return the SVG of the screen."""
    (transcript,) = transcripts(README)
    python = [python for python in found() if python.implementation == "cpython"][-1]
    target = Target(python, python.modes[0])
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        Session(target, Path(home), startup=STARTUP, args=["-q"], columns=COLUMNS) as session,
    ):
        session.wait_for_prompt()
        for line in [*transcript.inputs(), "h"]:
            session.enter(line)
        picture = text(session)
    return svg(picture, COLUMNS, f"python {python.name}")


def svg(picture: Text, columns: int, title: str) -> str:
    """Return a screen as SVG, in a window with a title."""
    # The recorded console writes nowhere: without a file it would print the picture as well.
    with open(os.devnull, "w") as nowhere:
        console = Console(
            record=True,
            width=columns,
            file=nowhere,
            force_terminal=True,
            color_system="truecolor",
            legacy_windows=False,
        )
        console.print(picture, no_wrap=True, highlight=False)
        return exact(console.export_svg(title=title, theme=_THEME, unique_id="histshell"))


def exact(svg: str) -> str:
    """Return a picture that looks alike in any font: each piece of text stands at its own column, as wide as its cells.

    What is far from what stands before it is a piece of its own, so that columns stay columns also where no font is monospaced. No
    font is fetched.
    """
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")
    return re.sub(
        r'<text class="(histshell-r\d+)" x="([\d.]+)" (y="[\d.]+") textLength="[^"]*" ([^>]*)>([^<]*)</text>\s*',
        _pieces,
        svg,
    )


def _pieces(run: re.Match[str]) -> str:
    """Return a run of text as pieces that hold no two blanks."""
    look, start, row, clip, written = run.groups()
    text = html.unescape(written).replace("\xa0", " ").replace("\n", " ")
    pieces = []
    for piece in re.finditer(r"\S+(?: \S+)*", text):
        x = float(start) + cell_len(text[: piece.start()]) * CELL
        width = cell_len(piece[0]) * CELL
        place = f'x="{x:.1f}" {row} textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" {clip}'
        pieces.append(f'<text class="{look}" {place}>{html.escape(piece[0], quote=False)}</text>\n')
    return "".join(pieces)


def main() -> None:
    """Write the picture to the path given."""
    Path(sys.argv[1]).write_text(take(), encoding="utf-8")
    print(sys.argv[1])


if __name__ == "__main__":
    main()
