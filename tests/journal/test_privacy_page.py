"""The page about privacy says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from histshell.journal import secrets, tokens

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text("utf-8")


def test_every_format_of_a_token_is_on_the_page() -> None:
    """Each service has its row, with what its tokens begin with."""
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE))
    for service, prefixes, _, _ in tokens.PREFIXES:
        assert rows[service] == ", ".join(f"`{prefix}`" for prefix in prefixes.split())
    assert [service for service, _, _ in tokens.SHAPES if service not in rows] == []
    assert len(rows) >= len(tokens.PREFIXES) + len(tokens.SHAPES)


def test_what_the_page_calls_harmless_is_kept() -> None:
    """The examples of what stays, and of what is not found."""
    for example in re.findall(r"`([a-z_]+ = [^`]+)`", PAGE):
        secrets._known.clear()
        assert secrets.mask(example) == (example, False), example


def test_the_bounds_on_the_page_are_those_of_the_filter() -> None:
    """How much is looked at, and how much is remembered."""
    assert f"the first {secrets.LIMIT:,} characters" in PAGE
    assert f"more than {secrets._MOST_KNOWN} others" in PAGE
