"""What Pik raises: facts as attributes, the sentence in ``__str__``.

An error that C's `pickle.loads` would have raised too derives from both `PikError` and the type that C
raises (see `blend`), so that ``except EOFError`` and ``except HistshellError`` both catch it.
"""

from __future__ import annotations

from pickle import UnpicklingError
from typing import TYPE_CHECKING

from histshell.errors import HistshellError
from histshell.preview import sentence

if TYPE_CHECKING:
    from histshell.pik.placeholders import Effect


class PikError(HistshellError):
    """A pickle stream could not be loaded.

    ``offset`` is the position of the opcode in the stream (0-based, bytes), ``opcode`` its name, ``problem``
    what went wrong. Where the stack was too short, ``found`` and ``needed`` count items. ``effects`` is what the stream
    had asked for until then, as in `Seen`, and ``uncounted`` the number of allowed things beyond the limit. The sentence
    is on one line, bounded, and can be printed: what the stream says in it is escaped.
    """

    offset: int | None = None
    opcode: str | None = None
    problem: str = ""
    found: int | None = None
    needed: int | None = None
    effects: list[Effect] = []  # noqa: RUF012  # each error is given its own
    uncounted: int = 0

    def __str__(self) -> str:
        """Say where, what was found, and what was expected."""
        problem = sentence(self.problem or super().__str__())
        if self.opcode is None:
            return problem if self.offset is None else f"byte {self.offset}: {problem}"
        return f"{self.opcode} at byte {self.offset}: {problem}"

    def tell(self, effects: list[Effect], uncounted: int) -> None:
        """Take what the stream had asked for, past what the class that C would have raised does with attributes."""
        BaseException.__setattr__(self, "effects", effects)
        BaseException.__setattr__(self, "uncounted", uncounted)

    def __reduce__(self) -> tuple[type, tuple[str], dict[str, object]]:
        """Travel between processes as the plain class, the sentence, and what the stream asked for."""
        return (PikError, (str(self),), {"effects": self.effects, "uncounted": self.uncounted})


class RefusedError(PikError, UnpicklingError):
    """The policy does not allow what the stream asks for; ``name`` is what it asked for, resolved."""

    name: str = ""


class LimitError(PikError, UnpicklingError, MemoryError):
    """The stream asks for more than `Limits` allows; ``limit`` names the field."""

    limit: str = ""


class Unallocated(UnpicklingError, MemoryError):
    """More bytes are announced than there are, and more than a machine has (inside the package only).

    C allocates before it reads, so there it depends on the machine which of the two errors comes.
    """


class StackUnderflow(UnpicklingError):
    """An opcode wants more items than there are above the mark (inside the package only)."""

    def __init__(self, found: int, needed: int, marked: bool) -> None:
        where = "above the mark" if marked else "on the stack"
        items = "1 item" if found == 1 else f"{found} items"
        super().__init__(f"{items} {where}, needs {needed}")
        self.found = found
        self.needed = needed


_blends: dict[type[BaseException], type[PikError]] = {PikError: PikError}


def blend(kind: type[BaseException]) -> type[PikError]:
    """Return the class that derives from `PikError` and from *kind*; one class for each kind."""
    known = _blends.get(kind)
    if known is None:
        if kind is StackUnderflow:
            known = blend(UnpicklingError)
        elif issubclass(kind, PikError):
            known = kind
        else:
            known = type(kind.__name__, (PikError, kind), {"__module__": __name__})
        _blends[kind] = known
    return known


def located(cause: BaseException, offset: int | None, opcode: str | None) -> BaseException:
    """Turn *cause* into a `PikError` of the same type that knows *offset* and *opcode*.

    An exception whose type cannot be derived from (or whose constructor does not take its own arguments)
    comes back as it is: it is better to pass on the true error than a poor copy.
    """
    if isinstance(cause, PikError):
        return _placed(cause, offset, opcode, "")
    try:
        kind = blend(type(cause))
        error = kind(*cause.args)
        error.__dict__.update(getattr(cause, "__dict__", {}))
        problem = str(cause) or type(cause).__name__
    except Exception:  # a foreign exception class may refuse anything
        return cause
    return _placed(error, offset, opcode, problem)


def is_tellable(cause: BaseException) -> bool:
    """Return whether *cause* says more than the error made of it, and a traceback may print it as it is."""
    if type(cause) in (StackUnderflow, UnpicklingError):
        return False
    try:
        text = str(cause)
    except Exception:  # trusted code may raise anything
        return False
    return sentence(text) == text


def _placed(error: PikError, offset: int | None, opcode: str | None, problem: str) -> PikError:
    """Write the place into *error*, unless it has one."""
    if error.offset is None:
        error.offset = offset
        error.opcode = opcode
        error.problem = problem or error.args[0]
    return error
