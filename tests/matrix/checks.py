"""What every shell is asked, in one session and in this order. A check that fails says what it saw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tests.matrix.driven import Driven

Check = Callable[[Driven], None]

_OUT = re.compile(r"\AOut\[\d+\]: ?")


def displayed(rows: Iterable[str], values: Iterable[str]) -> list[str]:
    """Of these values, those that stand in a row by themselves, in the order of the rows."""
    wanted = set(values)
    return [value for row in rows if (value := _OUT.sub("", row).strip()) in wanted]


def printed(shell: Driven, expression: str) -> str:
    """What `print(expression)` prints, which records nothing."""
    rows = shell.enter(f"print({expression})")
    assert rows, f"print({expression}) shows nothing"
    return rows[-1]


def count(shell: Driven) -> int:
    """How many results there are."""
    return int(printed(shell, "len(h) - 1"))


def expect(what: str, seen: object, wanted: object) -> None:
    """Compare, and say what is being compared."""
    assert seen == wanted, f"{what}: {seen!r} in place of {wanted!r}"


# -- the checks --------------------------------------------------------------------------------------------------------


def results(shell: Driven) -> None:
    """Three results are displayed and have the numbers 1 to 3."""
    for value in ("40", "2", "'three'"):
        expect(f"display of {value}", displayed(shell.enter(value), [value]), [value])
    expect("h[1:]", printed(shell, "h[1:]"), "[40, 2, 'three']")


def reuse(shell: Driven) -> None:
    """A result is used by its number, and what comes of it is a result."""
    expect("h[1] + h[2]", displayed(shell.enter("h[1] + h[2]"), ["42"]), ["42"])
    expect("h[4]", printed(shell, "h[4]"), "42")


def number_in_the_prompt(shell: Driven) -> None:
    """The prompt shows the number that the next result will have."""
    expect("number in the prompt", shell.shown_number(), count(shell) + 1)


def error(shell: Driven) -> None:
    """An error has no number, and the shell goes on."""
    before = count(shell)
    rows = shell.enter("1 / 0")
    assert any("ZeroDivisionError" in row for row in rows), rows
    expect("results after an error", count(shell), before)


def none(shell: Driven) -> None:
    """None is not displayed and has no number."""
    before = count(shell)
    expect("display of None", displayed(shell.enter("None"), ["None"]), [])
    expect("results after None", count(shell), before)


def _several(shell: Driven, text: str, values: list[str], *, all_of_them: bool) -> None:
    before = count(shell)
    seen = displayed(shell.enter(text), values)
    if all_of_them:
        expect(f"display of {text!r}", seen, values)
    expect(f"results of {text!r}", printed(shell, f"h[{before + 1}:]"), f"[{', '.join(seen)}]")


def several_on_a_line(shell: Driven) -> None:
    """Both values of `71; 72` are displayed."""
    _several(shell, "71; 72", ["71", "72"], all_of_them=True)


def several_have_numbers(shell: Driven) -> None:
    """Of several values on a line, exactly those that are displayed have numbers."""
    _several(shell, "73; 74", ["73", "74"], all_of_them=False)


def block(shell: Driven) -> None:
    """The values of a loop are displayed."""
    _several(shell, "for i in (81, 82): i", ["81", "82"], all_of_them=True)


def block_has_numbers(shell: Driven) -> None:
    """Of a block's values, exactly those that are displayed have numbers."""
    _several(shell, "if True: 83; 84", ["83", "84"], all_of_them=False)


def after_rich(shell: Driven) -> None:
    """After `rich.pretty.install()` results go on having numbers, and `h` is a table."""
    shell.enter("import rich.pretty; rich.pretty.install()")
    before = count(shell)
    expect("display of a result", displayed(shell.enter("'by rich'"), ["'by rich'"]), ["'by rich'"])
    expect("results", count(shell), before + 1)
    assert any("by rich" in row for row in shell.enter("h")), "h does not show the results"
    expect("results after h", count(shell), before + 1)


def pickle_mode(shell: Driven) -> None:
    """`pik()` reads lines of its own, its values have numbers, and `quit` leads back."""
    before = count(shell)
    rows = shell.answer("pik()", [("pik> ", "I7"), ("...> ", "."), ("pik> ", "quit")])
    assert "7" in rows, rows
    expect("results after pik()", count(shell), before + 1)
    expect("h[-1]", printed(shell, "h[-1]"), "7")


def exit_3(shell: Driven) -> None:
    """`exit(3)` ends the shell with that status."""
    expect("exit status", shell.leave("exit(3)"), 3)


def sys_exit_3(shell: Driven) -> None:
    """`sys.exit(3)` ends it where `exit(3)` does not."""
    expect("exit status", shell.leave("import sys; sys.exit(3)"), 3)


CHECKS: tuple[Check, ...] = (
    results,
    reuse,
    number_in_the_prompt,
    error,
    none,
    several_on_a_line,
    several_have_numbers,
    block,
    block_has_numbers,
    after_rich,
    pickle_mode,
    exit_3,
    sys_exit_3,
)


def failures(shell: Driven) -> dict[str, str]:
    """Make all checks in one session, which they end, and return what each one that failed has seen, by its name."""
    failed: dict[str, str] = {}
    for check in CHECKS:
        if check is sys_exit_3 and not failed.get("exit_3", "").startswith("exit status: None"):
            continue  # it has ended, with whatever status
        try:
            check(shell)
        except (AssertionError, OSError, ValueError) as problem:  # a terminal's error is an AssertionError
            failed[check.__name__] = str(problem) or repr(problem)
            shell.recover()
    return failed
