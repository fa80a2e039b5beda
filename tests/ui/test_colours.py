"""The colours of what is typed can be read on dark and on light."""

from __future__ import annotations

import pytest

from histshell import settings
from histshell.ui.colours import READABLE, CodeStyles

XTERM = {"ansired": "cd0000", "ansimagenta": "cd00cd"}
SOLARIZED = {"ansired": "dc322f", "ansimagenta": "d33682"}
#: A background, and the colours that text has in front of it.
SCHEMES = {
    "black": ("000000", XTERM),
    "white": ("ffffff", XTERM),
    "solarized dark": ("002b36", SOLARIZED),
    "solarized light": ("fdf6e3", SOLARIZED),
}


def luminance(colour: str) -> float:
    """Return how light a colour is, from 0 to 1, as WCAG 2 says."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_is_ours_has_contrast(scheme: str) -> None:
    """At least three to one, what large text has to have; a terminal's own colour has what its owner gave it."""
    background, palette = SCHEMES[scheme]
    for style in [*READABLE.values(), "ansimagenta"]:  # the last is the prompt's
        for word in style.split():
            if word not in ("bold", "italic"):
                assert contrast(palette.get(word, word[1:]), background) >= 3, style


def test_nothing_that_is_typed_is_in_bright_black() -> None:
    """Solarized has its background there, and others a grey that is hardly seen."""
    rules = dict(CodeStyles()["default-ansi"].style_rules)
    assert "pygments.literal.number" in rules
    assert [name for name, rule in rules.items() if "brightblack" in rule or "brightblue" in rule] == []
    assert "magenta" in settings.load({}, "/nonexistent").style
