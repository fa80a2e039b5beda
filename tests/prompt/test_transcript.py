"""The three lines that say what histshell is, and the first things anybody tries after them."""

from __future__ import annotations

from tests.prompt.session import Start
from tests.pythons import Target, home_prompts, numbered_prompts
from tests.terminal import KEYS


@home_prompts
def test_the_three_lines(start: Start, target: Target) -> None:
    """Each result has its number, and the numbers work."""
    session = start(target, args=["-q"]).wait_for_prompt()
    assert session.prompt == "h[1] >>> "
    (function,) = session.enter("lambda x: x * 2")
    assert session.enter("[1, 2, 3, 4, 5]") == ["[1, 2, 3, 4, 5]"]
    assert session.enter("list(map(h[1], h[2]))") == ["[2, 4, 6, 8, 10]"]
    assert function.startswith("<function <lambda> at 0x")
    assert [row for row in session.screen() if row] == [
        "h[1] >>> lambda x: x * 2",
        function,
        "h[2] >>> [1, 2, 3, 4, 5]",
        "[1, 2, 3, 4, 5]",
        "h[3] >>> list(map(h[1], h[2]))",
        "[2, 4, 6, 8, 10]",
        "h[4] >>>",
    ]
    assert session.leave() == 0


@numbered_prompts
def test_equal_results_each_get_a_number(start: Start, target: Target) -> None:
    """No result is compared with another one, and None has no number."""
    session = start(target).wait_for_prompt()
    for line in ("1", "True", "1.0", "None", "1"):
        session.enter(line)
    assert session.prompt == "h[5] >>> "
    assert session.printed("h[1:], h[0], len(h), h[-1]") == "[1, True, 1.0, 1] None 5 1"
    assert session.printed("_") == "1"


@numbered_prompts
def test_a_block_shows_and_keeps_each_result(start: Start, target: Target) -> None:
    """A loop at the prompt displays what it computes; the continuation prompt is as wide as the prompt."""
    session = start(target).wait_for_prompt()
    assert session.block("for i in range(3):", "    i * i") == ["0", "1", "4"]
    assert session.prompt == "h[4] >>> "
    assert session.printed("h[1:]") == "[0, 1, 4]"
    rows = [row for row in session.history() if row.lstrip().startswith("...")]
    assert rows, session.history()
    assert all(row.startswith("     ...") for row in rows), rows


@numbered_prompts
def test_several_values_on_a_line(start: Start, target: Target) -> None:
    """What is displayed is recorded: all values at a C prompt, the last where Python shows only that."""
    session = start(target).wait_for_prompt()
    shown = session.enter("'a'; 'b'; 'c'")
    assert shown == (["'c'"] if target.is_pyrepl else ["'a'", "'b'", "'c'"])
    assert session.number == 1 + len(shown)
    assert session.printed("h[1:]") == "[" + ", ".join(shown) + "]"


@numbered_prompts
def test_an_entry_knows_its_source(start: Start, target: Target) -> None:
    """`h.entry(n)` has the input that made the value, and where and when."""
    session = start(target).wait_for_prompt()
    session.enter("6 * 7")
    session.enter("x = [1, 2]; x + x")
    session.block("if x:", "    sum(x)")
    look = "h.entry({0}).number, repr(h.entry({0}).source), h.entry({0}).value"
    assert session.printed(look.format(1)) == "1 '6 * 7' 42"
    assert session.printed(look.format(2)).startswith("2 ")
    assert "x + x" in session.printed(look.format(2))
    assert "sum(x)" in session.printed(look.format(3))


@numbered_prompts
def test_the_table(start: Start, target: Target) -> None:
    """`h` alone prints the table of the results, and has no number itself."""
    session = start(target).wait_for_prompt()
    session.enter("'first'")
    session.enter("[2] * 2")
    rows = session.enter("h")
    assert session.prompt == "h[3] >>> "
    assert any("'first'" in row and "str" in row for row in rows), rows
    assert any("[2, 2]" in row and "list" in row and "[2] * 2" in row for row in rows), rows


@numbered_prompts
def test_the_last_line_comes_back(start: Start, target: Target) -> None:
    """The line editor's own history works, with a number for each."""
    session = start(target).wait_for_prompt()
    session.enter("'again'")
    session.press("up")
    session.wait_for(lambda: "'again'" in session.line)
    session.press("enter")
    session.wait_for(session.at_prompt)
    assert session.prompt == "h[3] >>> "
    assert session.printed("h[1] is not None, h[1] == h[2]") == "True True"
    assert KEYS["up"] not in "".join(session.history())
