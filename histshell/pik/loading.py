"""`loads` and `load`: a whole stream at once."""

from __future__ import annotations

from typing import Any, Callable

from histshell.pik.errors import PikError
from histshell.pik.fast import SMALLEST, load_plain
from histshell.pik.lexer import Lexer
from histshell.pik.limits import Limits
from histshell.pik.machine import Machine
from histshell.pik.placeholders import Seen
from histshell.pik.policy import SAFE, Policy

_CHUNK = 1 << 20
_LIMITS = Limits()


def loads(
    data: Any,
    /,
    *,
    trust: Policy = SAFE,
    fix_imports: bool = True,
    encoding: str = "ASCII",
    errors: str = "strict",
    buffers: Any = None,
    persistent_load: Callable[[Any], Any] | None = None,
    on_refused: str = "raise",
    limits: Limits | None = None,
) -> Any:
    """Load the pickle in *data* (bytes or any buffer) and give its value; bytes after STOP are ignored.

    With the default policy nothing is imported or called but an exact list of plain data. What is not on it raises
    `RefusedError`, or, with ``on_refused="show"``, becomes a placeholder; the result is then a `Seen` of value and effects.
    With ``trust=EVERYTHING`` it does what `pickle.loads` of the running interpreter does, and has no limits unless they are
    given. *persistent_load* is called with persistent ids, as the method of that name of `pickle.Unpickler` is. Every error
    is a `PikError`.
    """
    if not isinstance(data, bytes):
        with memoryview(data) as view:
            if not view.contiguous:
                raise BufferError("memoryview: underlying buffer is not C-contiguous")
            data = bytes(view.cast("B") if view.ndim else view)
    if len(data) >= SMALLEST and not trust.everything:
        proved, value = load_plain(data, encoding, errors, limits or _LIMITS)
        if proved:
            return Seen(value, []) if on_refused == "show" else value
    machine = Machine(
        trust=trust, fix_imports=fix_imports, encoding=encoding, errors=errors, buffers=buffers,
        persistent_load=persistent_load, on_refused=on_refused, limits=limits,
    )  # fmt: skip
    value = machine.run(data)
    return Seen(value, machine.effects, machine.uncounted) if machine.shows else value


def load(file: Any, /, **options: Any) -> Any:
    """Load the next pickle in *file* (opened for reading bytes); the options are those of `loads`.

    The file is left just after STOP, so that another call gives the pickle after it. A file that can neither seek nor peek
    is read in the small pieces that the stream itself asks for.
    """
    return loads(_one_stream(file), **options)


def _one_stream(file: Any) -> bytes:
    """Read the bytes of one stream, up to STOP or to the end of the file."""
    lexer = Lexer()
    parts = []
    seekable = getattr(file, "seekable", lambda: False)()
    while lexer.state == "more":
        chunk = file.read(_CHUNK if seekable else lexer.lacking)
        if not chunk:
            break
        parts.append(chunk)
        lexer.feed(chunk)
        try:
            while lexer.tokens():
                pass
        except PikError:  # the machine comes to it, and knows better what went before
            break
    beyond = len(lexer.rest) if lexer.state == "complete" else 0
    if beyond:
        file.seek(-beyond, 1)
    data = b"".join(parts)
    return data[: len(data) - beyond] if beyond else data
