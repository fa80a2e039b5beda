"""The pictures of the rich prompt in the documentation are what it shows."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.test_docs import ROOT, drawn
from tools import picture, rich_pictures


def rows(svg: str) -> list[str]:
    """The rows of a picture, without what differs from one machine to another: version, environment, and the room beside."""
    return [re.sub(r" +", " ", re.sub(r"Python [\d.]+(?: \([^)]*\))?", "Python", row)) for row in drawn(svg)]


@pytest.mark.parametrize("name", list(rich_pictures.PICTURES))
def test_a_picture_is_what_the_prompt_shows(name: str) -> None:
    """Taken again now, it has the same text."""
    committed = (ROOT / "docs" / "_static" / f"{name}.svg").read_text(encoding="utf-8")
    assert rows(rich_pictures.take(name)) == rows(committed)


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "_static").glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_looks_alike_in_any_font(path: Path) -> None:
    """Each piece of text stands at a place of its own, as wide as its cells, and no two blanks are in it; nothing is fetched."""
    svg = path.read_text(encoding="utf-8")
    assert "url(http" not in svg
    pieces = re.findall(r'<text class="histshell-r\d+" x="([\d.]+)" y="[\d.]+"( [^>]*)>([^<]*)</text>', svg)
    assert len(pieces) > 10
    for x, placed, text in pieces:
        shown = html.unescape(text)
        assert f'textLength="{cell_len(shown) * picture.CELL:.1f}" lengthAdjust="spacingAndGlyphs"' in placed
        assert abs(float(x) / picture.CELL - round(float(x) / picture.CELL)) < 0.02
        assert "  " not in shown.replace("\xa0", " ")
