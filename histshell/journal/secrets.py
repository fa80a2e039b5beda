"""What no journal may hold: tokens, keys and passwords, found by their shape or by the name they are given to, and masked.

`mask` looks at every input, so it begins with a gate that costs some microseconds; the rules run when that finds something. All
of it is linear in the text, which is bounded.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Tuple

MASK = "***"
"""What stands where a secret stood."""

LIMIT = 100_000
"""Characters of a text that are looked at; what is longer is cut there, since what was not looked at is not kept."""

CUT = "…"
"""What ends a preview that was cut, maybe within a token."""

Span = Tuple[int, int]

_first: Any = None  # compiled with the first input: by far the most have nothing in them that is as long as a secret
_run: Any = None
_joint: Any = None
_known: Dict[str, None] = {}  # what was masked in this session: shown again, it has no name beside it any more

_names: Dict[str, None] = {}  # of the user's own, in lower case
_patterns: List[Any] = []

_MOST_KNOWN = 200
_OVERLAP = 4000  # characters: no token is longer


def is_private(source: str) -> bool:
    """Return whether an input begins with exactly one space: it is not to be kept. A pasted, indented block is no such input."""
    if source[:1] != " " or source[1:2].isspace():
        return False
    lines = [line for line in source.split("\n")[1:] if line.strip()]
    return not lines or not all(line[0] == " " for line in lines) or all(line[:2] == "  " for line in lines)


def mask(text: str) -> Tuple[str, bool]:
    """Return the text with its secrets masked, and whether there were any. Raises nothing.

    What was masked once is masked wherever it is shown again in this session: a password that is printed by its name.
    """
    if len(text) > LIMIT:
        text = text[:LIMIT] + CUT
    if not suspicious(text):
        return text, False
    from . import secret_rules

    spans = secret_rules.find(text, _names, _patterns)
    for known in list(_known):
        at = text.find(known)
        while at >= 0:
            spans.append((at, at + len(known)))
            at = text.find(known, at + len(known))
    if not spans:
        return text, False
    for start, end in spans:
        remember(text[start:end])
    return _without(text, spans), True


def extend(more: Iterable[str]) -> None:
    """Mask these too: what is given to a name, and what a pattern finds. `secret_patterns` has seen to it that none takes long."""
    from histshell import secret_patterns

    names = [one.lower() for one in more if secret_patterns.is_name(one)]
    _names.update(dict.fromkeys(names))
    _patterns[:] = [re.compile(one) for one in more if not secret_patterns.is_name(one)]


def remember(secret: str) -> None:
    """Mask this text wherever it is shown from now on; what is short, or a whole block of a key, is found by its rule alone."""
    if not 8 <= len(secret) <= 4000 or secret in _known:
        return
    if len(_known) >= _MOST_KNOWN:
        del _known[next(iter(_known))]
    _known[secret] = None


def holds_secret(value: object, data: bytes) -> bool:
    """Return whether a value that is to be saved holds a secret; `data` is its pickle. Such a value is not saved.

    Texts are found in the pickle by their shape. What is known by its key alone is looked for in the value, which is plain data, so
    that nothing of it is called.
    """
    text = data.decode("latin-1")
    for at in range(0, len(text), LIMIT - _OVERLAP):
        if mask(text[at : at + LIMIT])[1]:
            return True
    from . import named_secrets

    return named_secrets.held(value, _names) if named_secrets.is_told_of(text) else False


def suspicious(text: str) -> bool:
    """Return whether a rule may find something in a text: the gate, which is cheap, and right for nearly all inputs."""
    global _first, _run, _joint
    if _first is None:
        _first = re.compile(r"""[^A-Za-z0-9_.)\]][^\s"']{8}""").search
        _run = re.compile("[A-Za-z0-9_-]{16}").search
        _joint = re.compile(r"""["'][\s+\\]+[rbufRBUF]{0,2}["']|\\\r?\n""").search
    if _first(" " + text) is None and CUT not in text:
        return bool(_patterns) or bool(_names)
    low = text.lower()
    # One after the other, as Python compiles it: a loop or an expression would take five times as long.
    return (
        "pass" in low or "pw" in low or "secret" in low or "token" in low or "apikey" in low
        or "api_key" in low or "api-key" in low or "_key" in low or "-key" in low or "accesskey" in low or "accountkey" in low
        or "credential" in low or "auth" in low or "bearer" in low or "cookie" in low or "session" in low or "private" in low
        or "jwt" in low or "sig=" in low or "signature" in low or ("://" in low and "@" in low) or CUT in low
        or " -u " in low or "login(" in low
        or _run(text) is not None or _joint(text) is not None or _shows_known(text) or bool(_patterns) or bool(_names)
    )  # fmt: skip


def _shows_known(text: str) -> bool:
    """Return whether something that was masked before is shown again."""
    return bool(_known) and any(known in text for known in _known)


def _without(text: str, spans: List[Span]) -> str:
    """Return a text in which each of these stretches is masked; those that overlap are one."""
    parts = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            parts += [text[at:start], MASK]
        at = max(at, end)
    return "".join([*parts, text[at:]])
