"""What the results hold, at real prompts: a budget that lets go, and exceptions that can be looked into."""

from __future__ import annotations

from tests.prompt.session import Session, Start
from tests.pythons import Target, numbered_prompts


@numbered_prompts
def test_a_budget_and_exceptions(start: Start, target: Target) -> None:
    """What is too much is let go and told in one line; an exception is debugged where it was raised."""
    session = start(target, rows=60).wait_for_prompt()
    session.block("class Rows(list):", "    __repr__ = lambda self: '<Rows>'")
    session.enter("h.budget = 300_000")  # an estimate may stop early on a slow machine
    assert session.enter("Rows(range(10**5))") == ["<Rows>"]
    gone = session.enter("Rows(range(10**5))")
    assert gone[0] == "<Rows>"
    assert "".join(gone[1:]).startswith("histshell: let go of h[1] (__main__.Rows, ")
    assert "let go: __main__.Rows" in "".join(session.enter("h[1]"))
    _errors(session)
    assert session.leave() == 0


def _errors(session: Session) -> None:
    session.block("def divide(x):", "    y = x - 7", "    return x / y")
    session.enter("divide(7)")
    session.enter("1 +")
    rows = session.enter("h.errors")
    assert [row.split()[0] for row in rows[1:]] == ["[-2]", "[-1]"]
    assert rows[1].rstrip().endswith("divide(7)")
    assert "SyntaxError" in rows[2]
    session.enter("h.errors.debug(-2)", until=session.at_debugger)
    assert "0" in session.enter("p y", until=session.at_debugger)
    session.enter("q")
