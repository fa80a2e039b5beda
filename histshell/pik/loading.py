"""`loads` and `load`: a whole stream at once."""

from __future__ import annotations

from typing import Any, Callable, TypeVar
from weakref import WeakKeyDictionary

from histshell.pik.budget import Budget
from histshell.pik.collector import resting
from histshell.pik.errors import located
from histshell.pik.fast import SMALLEST, load_first
from histshell.pik.limits import USUAL, Limits
from histshell.pik.machine import Machine, check_options
from histshell.pik.placeholders import Seen
from histshell.pik.policy.policy import SAFE, Trust, policy_of
from histshell.pik.reading import Source

_Given = TypeVar("_Given")
_LARGE = 1 << 16  # bytes from which on the collector rests


def loads(
    data: Any,
    /,
    *,
    trust: Trust = SAFE,
    fix_imports: bool = True,
    encoding: str = "ASCII",
    errors: str = "strict",
    buffers: Any = None,
    persistent_load: Callable[[Any], Any] | None = None,
    on_refused: str = "raise",
    limits: Limits | Budget | None = None,
) -> Any:
    """Load the pickle in *data* (bytes or any buffer) and return its value; bytes after STOP are ignored.

    With the default policy nothing is imported or called but an exact list of plain data; *trust* takes the names that are
    allowed beside it, ``["module.name", …]``, or a policy. What is not on it raises
    `RefusedError`, or, with ``on_refused="show"``, becomes a placeholder; the result is then a `Seen` of value and effects.
    With ``trust=EVERYTHING`` it does what `pickle.loads` of the running interpreter does, and has no limits unless they are
    given. *persistent_load* is called with persistent ids, as the method of that name of `pickle.Unpickler` is. Every error
    is a `PikError`, and knows in ``effects`` what the stream had asked for.
    """
    if not isinstance(data, bytes):
        data = _bytes_of(data)
    options = {
        "trust": policy_of(trust),
        "fix_imports": fix_imports,
        "encoding": encoding,
        "errors": errors,
        "buffers": buffers,
    }
    return _first(
        data, persistent_load=persistent_load, on_refused=on_refused, limits=limits, **options
    )[0]  # fmt: skip


def _bytes_of(data: Any) -> bytes:
    """Copy any buffer."""
    try:
        with memoryview(data) as view:
            if not view.contiguous:
                raise BufferError("memoryview: underlying buffer is not C-contiguous")
            return bytes(view.cast("B") if view.ndim else view)
    except (TypeError, ValueError, BufferError) as cause:
        raise located(cause, None, None) from cause


def _read(file: Any) -> bytes:
    """Read the bytes of one stream; what the file raises is of its own type, and a `PikError`."""
    try:
        if not hasattr(file, "read"):  # C wants readline too
            raise TypeError("file must have 'read' and 'readline' attributes")
        return Source(file).stream()
    except Exception as cause:
        raise located(cause, None, None) from cause


def _first(data: bytes, always: bool = False, **options: Any) -> tuple[Any, int]:
    """Load the stream that *data* begins with: give what `loads` gives, and the offset after its STOP.

    *always* says that many streams come: then even the proof of a short one is worth its preparation. With a policy that allows
    everything the garbage collector is the stream's affair.
    """
    if len(data) < _LARGE or options.get("trust", SAFE).everything:
        return _load(data, always, **options)
    with resting():
        return _load(data, always, **options)


def _load(data: bytes, always: bool, **options: Any) -> tuple[Any, int]:
    """Load it: by C where the stream is proved plain, else by the machine."""
    how = options.get("on_refused", "raise")
    shows = how == "show"
    _as_ours(check_options, how, options.get("buffers"))  # C's loader would not look at them
    if (always or len(data) >= SMALLEST) and not options.get("trust", SAFE).everything:
        given = options.get("limits")
        budget = given if isinstance(given, Budget) else Budget(given)
        budget.shared = budget is given
        end, value = load_first(data, options.get("encoding", "ASCII"), options.get("errors", "strict"), budget)
        if end:
            return (Seen(value, []) if shows else value), end
    machine = _as_ours(Machine, **options)
    value = machine.run(data)
    return (Seen(value, machine.effects, machine.uncounted) if shows else value), machine.offset


def _as_ours(call: Callable[..., _Given], *args: Any, **options: Any) -> _Given:
    """Call what looks at options; what is wrong with one is a `PikError` too."""
    try:
        return call(*args, **options)
    except (TypeError, ValueError) as cause:
        raise located(cause, None, None) from None


_files: WeakKeyDictionary[Any, Budget] = WeakKeyDictionary()


def _of_file(file: Any, limits: Limits | None) -> Budget:
    """Return the budget that all streams of *file* share."""
    try:
        budget = _files.get(file)
        if budget is None or budget.limits != (limits or USUAL):
            budget = _files[file] = Budget(limits)
        return budget
    except TypeError:  # a file of a kind that cannot be kept by
        return Budget(limits)


_MANY = 50  # streams, from which on the proof's preparation is worth while for short ones
_loaded = [0]  # by `load`, in all


def load(file: Any, /, **options: Any) -> Any:
    """Load the next pickle in *file* (opened for reading bytes); the options are those of `loads`.

    The bytes are asked for as C's `pickle.load` asks for them, and the file is left where that leaves it: just after STOP, so
    that another call gives the pickle after it; together they have the limits of one stream. A file needs `read`; `readline`,
    `peek` and `readinto` make it faster.
    """
    _loaded[0] += 1
    limits = options.get("limits")
    options["trust"] = policy_of(options.get("trust", SAFE))
    if not isinstance(limits, Budget) and not (limits is None and options["trust"].everything):
        options["limits"] = _of_file(file, limits)
    return _first(_read(file), always=_loaded[0] > _MANY, **options)[0]
