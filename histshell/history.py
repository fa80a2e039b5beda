"""`h`: the list of results, numbered from 1.

Loaded before the first prompt, so it holds no more than the list itself; tables and searches are in `views`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .entry import Entry
    from .views import Said, View

    Base = list[Any]
else:
    Base = list

KEPT = "results are kept as h[1], h[2]… · h lists them"
"""What somebody is told who has no result yet."""

# Bound here, so that the prompt goes on when a user rebinds them in `builtins`.
_len = len
_append = list.append
_get = list.__getitem__
_getattr, _type, _int, _slice = getattr, type, int, slice
_import = __import__


if "Own" not in globals():  # kept when the module is reloaded: what was made before is still ours

    class Own:
        """Base of what is histshell's own and no result of the user's: displayed, it gets no number (a prompt is a text, and does).

        A copy of it is itself. In a pickle it is what `saved` makes of it, without a name of ours, so that a saved session can be
        loaded where histshell is not installed.
        """

        __slots__ = ()

        def __copy__(self) -> "object":
            return self

        def __deepcopy__(self, _memo: "object") -> "object":
            return self

        def __reduce_ex__(self, _protocol: "object") -> "tuple[Any, ...]":
            from . import saved

            return saved.reduced(self)


class Command:
    """A row of the table of what can be done with `h`: a method whose function is loaded when it is first asked for.

    `module` is that of the function, within the package; the function has the name of the method, and `line` says what it
    does, as in the docs.
    """

    __slots__ = ("function", "line", "module", "name")

    def __init__(self, module: "str", line: "str" = "") -> "None":
        self.module = module
        self.line = line
        self.name = ""
        self.function: "Any" = None

    def __set_name__(self, _owner: "type", name: "str") -> "None":
        self.name = name

    def __get__(self, history: "History | None", kind: "type") -> "Any":
        function = self.function
        if function is None:
            name = self.name.strip("_")
            module = _import("histshell." + self.module, globals(), None, (name,))
            function = self.function = _getattr(module, name)
        return function if history is None else function.__get__(history, kind)


class ValueCommand(Command):
    """A row that is a value: its function is called when it is asked for, and that of `set_` and its name when it is set."""

    __slots__ = ()

    def __get__(self, history: "History | None", kind: "type") -> "Any":
        got = Command.__get__(self, history, kind)
        return self if history is None else got()

    def __set__(self, history: "History", value: "object") -> "None":
        name = "set_" + self.name
        module = _import("histshell." + self.module, globals(), None, (name,))
        function = _getattr(module, name, None)
        if function is None:
            raise AttributeError(f"h.{self.name} cannot be set")
        function(history, value)


class _Words:
    """The text that `help(h)` begins with, made from the table of commands when it is asked for."""

    __slots__ = ()

    def __get__(self, _history: "object", _kind: "type") -> "str":
        try:
            text: "str" = _import("histshell.helping", globals(), None, ("text",)).text()
        except Exception:  # histshell is gone, or nothing can be imported
            return "The results of this session, by number: h[1], h[2]."
        return text


class Record:
    """What the recorder keeps beside a value, as little as can be: 80 bytes, and shared strings.

    `when` is in seconds since the epoch. `source` is the whole input, shared by its results; `where`
    says which part of it made this one (see `positions.exact`). `preview` is None until the
    value has been displayed, and where another hook displayed it. `value` ties the record to the value, since
    a user may reorder the list it belongs to.
    """

    __slots__ = ("cwd", "preview", "source", "value", "when", "where")

    def __init__(self, value: "object", when: "float") -> "None":
        self.value = value
        self.when = when
        self.source = ""
        self.where = 0
        self.cwd = ""
        self.preview: "str | None" = None


class History(Own, Base):
    """The results of a session: `h[1]` is the first, `h[-1]` the last, `len(h)` the next one's number.

    A list in every respect but one: no result ever gets another number. What would take one out of a list frees its
    place, what would move others raises `NumbersStay`. `h[0]` is None so that numbers and positions agree. Printed, it
    shows a table of the last results. It does not compare or call what it holds: equal results are kept apart, by position.

    What is known of a result lies in a second list at the same position and is believed only if it was made for
    the very object that stands there, so whatever a user does to the list, no result gets another's source.
    """

    __doc__: "Any" = _Words()  # type: ignore[assignment, unused-ignore]

    def __init__(self) -> "None":
        list.__init__(self, (None,))
        self.__session__: "Any" = None  # whose it is, while that runs
        self.__records__: "list[Record | None]" = [None]

    if TYPE_CHECKING:  # for readers of types; the table below is what runs
        entry: Callable[[int], Entry]
        show: Callable[..., View]
        find: Callable[[object], View]
        ui: Callable[[], None]
        budget: int
        memory: Callable[[], object]
        drop: Callable[..., Said]
        errors: Any
        search: Callable[..., Any]
        forget: Callable[..., object]
        pause: Callable[..., object]
        past: Any
        resume: Callable[..., Said]
        keep: Callable[..., Said]
        page: Callable[..., None]
        help: Callable[..., Any]
        source: Callable[..., Any]

    else:
        entry = Command("views", "all that is known of result `n`")
        show = Command("views", "the last `n` results (20)")
        find = Command("views", "those that match a text, a type or a function")
        page = Command("paging", "shows all of result `n` (the last) in a pager")
        ui = Command("session", "moves over to the rich prompt")
        memory = Command("holding.memory_commands", "how much the results hold, by size")
        drop = Command("holding.memory_commands", "lets go of result `n` at once, also of the shell's own copies")
        budget = ValueCommand(
            "holding.memory_commands", "how many bytes all results may hold; `h.budget = 2 << 30` sets it"
        )
        search = Command("journal.found", "the inputs of all sessions that have all words of a text")
        forget = Command("privacy", "forgets result `n`: value, record and the input that made it")
        pause = Command("privacy", "keeps nothing typed from now on; `h.pause(False)` goes on")
        errors = ValueCommand(
            "holding.memory_commands", "the last exceptions, live: `h.errors[-1]`, `h.errors.debug(-1)`"
        )
        past = ValueCommand("values.past", "the sessions before: `h.past[-1][3]` is result 3 of the last one")
        resume = Command("values.resuming", "goes on with the session before, or with one of `h.past`")
        keep = Command("values.keeping", "saves result `n` even if it is large")

        help = Command("completion.asking.commands", "tells how `x` is called, what it is, where it stands")
        source = Command("completion.asking.commands", "shows the source of `x`, from its file or as it was typed")

        __delitem__, __imul__ = Command("edits"), Command("edits")
        pop = Command("edits", "frees the last result, or result `n`, and returns it")
        remove = Command("edits", "frees the first result that is equal to `x`")
        insert = Command("edits", "raises `NumbersStay`, unless it is at the end")
        sort = Command("edits", "raises `NumbersStay`: `sorted(h[1:])`, `h[:0:-1]`")
        reverse = Command("edits", "raises `NumbersStay`: `sorted(h[1:])`, `h[:0:-1]`")

    def __setitem__(self, where: "Any", value: "Any") -> "None":
        """Put a value in the place of a result, or values in those of a slice; `h[:] = values` begins a new list."""
        # The plain cases are here: what they need is loaded, whatever a user has done to `builtins`.
        records = self.__records__
        if _type(where) is _int:
            list.__setitem__(self, where, value)
            position = where if where >= 0 else where + _len(self)
            records[position : position + 1] = (None,) if position < _len(records) else ()
        elif _type(where) is _slice and where.start is where.stop is where.step is None:
            list.__setitem__(self, where, value)
            records[:] = (None,)
        else:
            _set_slice.__get__(self, History)(where, value)

    def clear(self) -> "None":
        """Forget everything; the next result is number 1."""
        reset(self)

    def __repr__(self) -> "str":
        try:
            return repr(self.show())
        except Exception as error:  # histshell is gone or another's, or nothing can be imported: `builtins.len = None`
            why = f"{type(error).__name__}: {error}"
            return f"<the history, with {_len(self) - 1} results; the table cannot be made: {why}>"


_set_slice = Command("edits")
_set_slice.name = "set_slice"


def record(history: "History", value: "object", when: "float") -> "Record":
    """Append `value` and return a new record for what is known of it; calls nothing of the value.

    Works from several threads at once and when interrupted at any point: the value goes in first, by one
    call that cannot be split, and its record is then put where the value is found.
    """
    _append(history, value)
    position = _len(history) - 1
    made = Record(value, when)
    records = history.__records__
    if _len(records) == position and _get(history, position) is value:
        _append(records, made)  # as it is nearly always
    else:
        _place(history, made)
    return made


def _place(history: "History", made: "Record") -> "None":
    """Put a record beside its value after a user has changed the list, or while another thread records."""
    if _len(history) == 1:  # all results had been taken away: counting starts again
        list.insert(history, 0, None)
        history.__records__[:] = [None]
    position = _len(history) - 1
    while position > 0 and _get(history, position) is not made.value:  # another thread was quicker
        position -= 1
    records = history.__records__
    if _len(records) > _len(history):  # results were taken away: let go of what was known of them
        del records[_len(history) :]
    while _len(records) <= position:
        _append(records, None)
    records[position] = made


def reset(history: "History") -> "None":
    """Forget everything; the next result is number 1."""
    history.__records__[:] = [None]
    list.__setitem__(history, slice(None), (None,))
