"""Completion at the prompt: what can stand at the cursor, found without running any of the user's code.

`Engine` answers for a prompt; `complete` asks one, for a program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, List

from .engine import BASIC, BUDGET_MS, OFF, Engine
from .model import Completion, Request

if TYPE_CHECKING:
    from .engine import Namespace

__all__ = ["BUDGET_MS", "Completion", "Engine", "Request", "complete"]


def complete(
    source: str,
    cursor: int | None = None,
    *,
    namespace: Namespace,
    budget_ms: float = BUDGET_MS,
    allowed: str | None = None,
) -> List[Completion]:
    """Return what TAB finds at `cursor` (an offset in characters; the end if left out), the best first.

    `source` is the whole input so far, `namespace` the globals of the prompt, or what gives them. Raises nothing, prints
    nothing, imports nothing for an answer and takes `budget_ms` milliseconds at most. jedi is asked for what the live
    session cannot say: what a call returns, names inside a block. Its first answer takes a second or two; what has not
    come in time is there when the same is asked again. With `allowed="basic"` it is not asked; without, that is as the
    user has set it.
    """
    return Engine(namespace, _setting() if allowed is None else allowed).complete(source, cursor, budget_ms=budget_ms)


def _setting() -> str:
    """Return what the settings allow; where they turn TAB off, a call of `complete` is still answered, without jedi."""
    try:
        from histshell import settings

        allowed = settings.load().completion
    except Exception:  # settings that cannot be read
        return BASIC
    return BASIC if allowed == OFF else allowed
