"""The pictures of the rich prompt in the documentation are what it shows."""

from __future__ import annotations

import re

import pytest

from tests.test_docs import ROOT, drawn
from tools import rich_pictures


def rows(svg: str) -> list[str]:
    """The rows of a picture, without what differs from one machine to another: version, environment, and the room beside."""
    return [re.sub(r" +", " ", re.sub(r"Python [\d.]+(?: \([^)]*\))?", "Python", row)) for row in drawn(svg)]


@pytest.mark.parametrize("name", list(rich_pictures.PICTURES))
def test_a_picture_is_what_the_prompt_shows(name: str) -> None:
    """Taken again now, it has the same text."""
    committed = (ROOT / "docs" / "_static" / f"{name}.svg").read_text(encoding="utf-8")
    assert rows(rich_pictures.take(name)) == rows(committed)
