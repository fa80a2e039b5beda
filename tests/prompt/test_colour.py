"""Colour where there is colour, none where not, and right widths in both."""

from __future__ import annotations

import pytest

from tests.prompt.session import Session, Start
from tests.pythons import NO_COLOR, PYPY, Target, by_turns, numbered_prompts, some_pythons

PLAIN = {
    "no-color": {"NO_COLOR": "1"},
    "python-colors-0": {"PYTHON_COLORS": "0"},
    "dumb": {"TERM": "dumb"},
    "style-none": {"HISTSHELL_STYLE": "none"},
}


def _painted(session: Session) -> list[bool]:
    """For each cell of the cursor's row up to the cursor, whether it differs from plain text."""
    cells = [session.cell(session.row, column) for column in range(session.column)]
    return [cell.bold or cell.fg != "default" for cell in cells]


@numbered_prompts
def test_the_prompt_is_painted(start: Start, target: Target) -> None:
    """In a terminal with colour, at each prompt, and what is typed behind it is not."""
    session = start(target).wait_for_prompt()
    wanted = target.mode != NO_COLOR
    for _ in range(2):
        painted = _painted(session)
        assert painted[: len("h[1] >>>")] == [wanted] * len("h[1] >>>")
        session.type("'typed'")
        session.wait_for(lambda: session.before_cursor.endswith("'typed'"))
        if target.minor < (3, 14):  # from there on PyREPL paints what is typed as well
            assert not any(_painted(session)[len("h[1] >>> ") :])
        session.press("enter")
        session.wait_for_prompt()


@pytest.mark.parametrize("variables", PLAIN.values(), ids=PLAIN)
@numbered_prompts
def test_a_plain_prompt_where_no_colour_is_wanted(start: Start, target: Target, variables: dict[str, str]) -> None:
    """NO_COLOR, PYTHON_COLORS=0, a dumb terminal, or the setting; no marks of readline's are visible."""
    if "HISTSHELL_STYLE" in variables and target.is_pyrepl:
        pytest.skip("Python itself paints this prompt, whatever it is")
    session = start(target, env=variables).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    assert not any(_painted(session))
    session.enter("'a'")
    assert session.prompt == "h[2] >>> "
    assert not any(_painted(session))


@pytest.mark.parametrize("style", ["bold green", "underline"])
@numbered_prompts
def test_a_style_of_ones_own(start: Start, target: Target, style: str) -> None:
    """HISTSHELL_STYLE paints the whole prompt, and nothing but it."""
    session = start(target, env={"HISTSHELL_STYLE": style}).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    if target.mode == NO_COLOR:
        assert not any(_painted(session))
        return
    for column in range(len("h[1] >>>")):
        cell = session.cell(session.row, column)
        if style == "underline":
            assert cell.underscore
        else:
            assert cell.fg == style.split()[-1]
    session.enter("'a'")
    assert session.prompt == "h[2] >>> "


@pytest.mark.parametrize(("style", "columns"), [("", 40), ("bold green", 41)])
@numbered_prompts
def test_a_long_line_wraps_where_it_should(start: Start, target: Target, style: str, columns: int) -> None:
    """A hundred characters in a narrow window, edited at both ends: screen and value are what was typed."""
    variables = {"HISTSHELL_STYLE": style} if style else {}
    session = start(target, env=variables, columns=columns).wait_for_prompt()
    first = session.row
    text = "'" + "".join(chr(ord("a") + i % 26) for i in range(100)) + "'"
    whole = "h[1] >>> " + text
    broken = target.mode == NO_COLOR and target.minor <= (3, 14)

    def shown() -> str:
        rows = session.history()[first:]
        if target.mode == PYPY or target.is_pyrepl:
            rows = [row.rstrip("\\") if len(row) >= columns - 1 else row for row in rows]
        return "".join(rows)

    session.type(text)
    session.wait_for(lambda: shown() == whole)
    session.press("home")
    session.wait_for(lambda: session.row == first and session.column == len("h[1] >>> "))
    session.press("right")
    session.type("12")
    session.press("end", "backspace")
    session.type("34'")
    whole = whole.replace("'a", "'12a")[:-1] + "34'"
    if not broken:  # without colour this PyREPL paints wrong what is inserted before a wrap, at the bare prompt too
        session.wait_for(lambda: shown() == whole)
    session.press("enter")
    session.wait_for_prompt()
    assert session.prompt == "h[2] >>> "
    session.enter(f"h[1] == '12' + {text} + '34'")
    assert session.history()[session.row - 1] == "True"


@numbered_prompts
def test_a_resized_window(start: Start, target: Target) -> None:
    """Made narrower at the prompt, the window goes on working."""
    session = start(target, columns=100).wait_for_prompt()
    session.enter("'wide'")
    session.resize(20, 60)
    session.enter("'narrow'")
    assert session.prompt == "h[3] >>> "
    assert session.printed("h[1:]") == "['wide', 'narrow']"


@pytest.mark.parametrize(
    ("template", "prompt"),
    [("€ [{n}]: ", "€ [1]: "), ("漢{n}> ", "漢1> "), (">>> ", ">>> ")],
)
@numbered_prompts
def test_a_template_of_ones_own(start: Start, target: Target, template: str, prompt: str) -> None:
    """HISTSHELL_PROMPT changes the text; the continuation prompt has the same width, also for wide characters."""
    if target.mode == PYPY and not template.isascii():
        pytest.skip("PyPy's line editor takes a wide character for a narrow one")
    session = start(target, env={"HISTSHELL_PROMPT": template})
    session.wait_for(lambda: session.before_cursor == prompt)
    width = session.column - 1  # without the blank, which belongs to both
    session.type("if 1:")
    session.press("enter")
    session.wait_for(session.at_continuation)
    assert session.line[:width] == "...".rjust(width)


@by_turns("template", ["{nothing}", "{", "{n!x}", "{n.x}"], some_pythons)
def test_a_bad_template_is_one_warning(start: Start, target: Target, template: str) -> None:
    """It is named in one line, and the prompt is the usual one."""
    session = start(target, args=["-q"], env={"HISTSHELL_PROMPT": template}).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    warning = [row for row in session.history()[: session.row] if row]
    assert "HISTSHELL_PROMPT" in " ".join(warning)
    assert warning[0].startswith("histshell: ")
    assert sum(row.startswith("histshell") for row in warning) == 1
