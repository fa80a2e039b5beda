"""What is known to differ, and why. The one place for it: what is not in the table fails, and so does an entry that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: What is asked of a cell before any check: its package is there in that version, and the first prompt comes.
INSTALLS = "installs"
STARTS = "starts"


@dataclass(frozen=True)
class Known:
    """In these shells these checks fail, under all Pythons or those of these columns, for this reason."""

    shells: tuple[str, ...]
    checks: tuple[str, ...]
    reason: str
    columns: tuple[str, ...] = ()

    def covers(self, shell: str, column: str) -> bool:
        """Whether it speaks of a cell."""
        return shell in self.shells and (not self.columns or column in self.columns)


_IPYTHON = ("IPython 8", "IPython 9")
_KERNEL = "Jupyter's kernel"

KNOWN = (
    Known(
        ("`python`", "`python -m asyncio`"),
        ("several_on_a_line",),
        "Of `71; 72` this prompt displays the last value only, and that one has a number.",
        ("3.13.0", "3.13", "3.14", "3.15"),
    ),
    Known(
        ("`python`", "`code.interact()`"),
        ("exit_3",),
        "Python 3.13.0 ends with status 1 in place of what `exit` is given, without histshell as well.",
        ("3.13.0",),
    ),
    Known(_IPYTHON, ("number_in_the_prompt",), "The prompt stays IPython's own and shows no number of `h`."),
    Known(
        (_KERNEL,),
        ("number_in_the_prompt",),
        "A kernel has no prompt; it is driven by its client here, not in a terminal.",
    ),
    Known(
        (*_IPYTHON, _KERNEL),
        ("several_on_a_line", "block"),
        "IPython displays the last expression of an input only, and nothing of a block.",
    ),
    Known(
        _IPYTHON,
        ("exit_3", "sys_exit_3"),
        "IPython's `exit` takes no status, and `sys.exit(3)` does not end it, without histshell as well.",
    ),
    Known((_KERNEL,), ("exit_3", "sys_exit_3"), "A cell cannot end its kernel with a status; the client ends it."),
    Known(
        ("ptpython",),
        ("several_on_a_line", "block"),
        "ptpython displays the value of an input that is a single expression, and nothing else.",
    ),
    Known(
        ("ptpython",),
        ("exit_3",),
        "ptpython's `exit` takes no status, without histshell as well; `sys.exit(3)` does.",
    ),
    Known(
        ("bpython 0.26",),
        ("exit_3",),
        "bpython 0.26 ends with status 1 in place of what `exit` is given, without histshell as well.",
        ("3.10", "3.11"),
    ),
    Known(
        ("xonsh",),
        ("exit_3",),
        "In xonsh `exit` is a command, `exit 3`, and no function, without histshell as well; `sys.exit(3)` works.",
    ),
    Known(("IPython 9",), (INSTALLS,), "IPython 9 cannot be installed under Python 3.10.", ("3.10",)),
    Known(
        ("bpython 0.24",),
        (STARTS,),
        "bpython 0.24 does not start under Python 3.14 and later, without histshell as well.",
        ("3.14", "3.15"),
    ),
)


def reasons(shell: str, column: str, failed: Mapping[str, str], known: tuple[Known, ...] = KNOWN) -> tuple[str, ...]:
    """Return why the checks of a cell failed, each reason once.

    `failed` has what each of those checks saw. AssertionError if one fails without a reason, or if one that is said
    to fail does not.
    """
    started = {INSTALLS, STARTS}.isdisjoint(failed)
    wrong = []
    unexplained = dict(failed)
    found = []
    for entry in known:
        if not entry.covers(shell, column):
            continue
        if not started and {INSTALLS, STARTS}.isdisjoint(entry.checks):
            continue  # nothing of what it speaks of was tried
        found.append(entry.reason)
        for check in entry.checks:
            if check not in failed:
                wrong.append(f"{check} works, and tests/matrix/known.py says: {entry.reason}")
            unexplained.pop(check, None)
    wrong += [f"{check}: {seen}" for check, seen in unexplained.items()]
    assert not wrong, "\n".join([f"{shell} under Python {column}", *wrong])
    return tuple(found)
