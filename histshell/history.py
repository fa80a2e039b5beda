"""`h`: the list of results, numbered from 1.

Loaded before the first prompt, so it holds no more than the list itself; tables and searches are in `views`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .entry import Entry
    from .views import View

    Base = list[Any]
else:
    Base = list

# Bound here, so that the prompt goes on when a user rebinds them in `builtins`.
_len = len
_append = list.append
_get = list.__getitem__


open_rich: "Callable[[], object] | None" = None
"""Opens the rich prompt; set by the session."""


class Record:
    """What the recorder keeps beside a value, as little as can be: 80 bytes, and shared strings.

    `when` is in seconds since the epoch. `source` is the whole input, shared by its results; `where`
    says which part of it made this one (see `inputs.exact`). `preview` is None until the
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


class History(Base):
    """The results of a session: `h[1]` is the first, `h[-1]` the last, `len(h)` the next one's number.

    A list in every respect; `h[0]` is None so that numbers and positions agree. Printed, it shows a table of the
    last results. It does not compare or call what it holds: equal results are kept apart, by position.

    What is known of a result lies in a second list at the same position and is believed only if it was made for
    the very object that stands there, so whatever a user does to the list, no result gets another's source.
    """

    def __init__(self) -> "None":
        list.__init__(self, (None,))
        self._records: "list[Record | None]" = [None]

    def record(self, value: "object", when: "float") -> "Record":
        """Append `value` and return a new record for what is known of it; calls nothing of the value.

        Works from several threads at once and when interrupted at any point: the value goes in first, by one
        call that cannot be split, and its record is then put where the value is found.
        """
        _append(self, value)
        position = _len(self) - 1
        record = Record(value, when)
        records = self._records
        if _len(records) == position and _get(self, position) is value:
            _append(records, record)  # as it is nearly always
        else:
            self._place(record)
        return record

    def _place(self, record: "Record") -> "None":
        """Put a record beside its value after a user has changed the list, or while another thread records."""
        if _len(self) == 1:  # all results had been taken away: counting starts again
            list.insert(self, 0, None)
            self._records[:] = [None]
        position = _len(self) - 1
        while position > 0 and _get(self, position) is not record.value:  # another thread was quicker
            position -= 1
        records = self._records
        if _len(records) > _len(self):  # results were taken away: let go of what was known of them
            del records[_len(self) :]
        while _len(records) <= position:
            _append(records, None)
        records[position] = record

    def reset(self) -> "None":
        """Forget everything; the next result is number 1."""
        self._records[:] = [None]
        list.__setitem__(self, slice(None), (None,))

    clear = reset

    def entry(self, number: "int") -> "Entry":
        """What is known of result `number` (negative: from the end). Raises `NoSuchResult`, an IndexError."""
        from .entry import Entry

        last = _len(self) - 1
        position = number + last + 1 if number < 0 else number
        if not 0 < position <= last:
            from .errors import NoSuchResult

            raise NoSuchResult(number, max(last, 0))
        value = self[position]
        record = self._records[position] if position < _len(self._records) else None
        return Entry(position, value, record if record is not None and record.value is value else None)

    def show(self, n: "int" = 20) -> "View":
        """The last `n` results as a view that prints as a table."""
        from .views import View

        return View(self, range(max(1, _len(self) - max(n, 0)), _len(self)))

    def ui(self) -> "None":
        """Move over to the rich prompt, with all results and names; Ctrl-D comes back."""
        if open_rich is not None:
            open_rich()

    def find(self, what: "object") -> "View":
        """The results that match `what`, as a view.

        A string: it occurs in the source or the preview, upper and lower case alike. A type: the value is an
        instance. Anything else callable: it returns true for the value; where it raises, there is no match.
        """
        from .views import View, matcher

        matches = matcher(what)
        return View(self, [number for number in range(1, _len(self)) if matches(self.entry(number))])

    def __repr__(self) -> "str":
        try:
            return repr(self.show())
        except ImportError as error:  # histshell has been removed or replaced meanwhile
            return f"<the history, with {_len(self) - 1} results; the table cannot be made: {error}>"
