"""`Entry`: one result and what is known of it, made on demand from the record that the history keeps."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from .history import Record


class Entry:
    """One result and what is known of it. Immutable.

    Attributes: `number` (from 1), `value`, `source` (the expression that made it, or the whole input where
    that is one statement; empty if unknown), `when` (aware `datetime` in UTC, or None), `cwd` (the working
    directory then, empty if unknown), `preview` (one line of at most 200 characters: the text that was
    displayed, or a bounded rendering that calls no method of the value).

    Entries compare by identity: comparing values would run their code.
    """

    __slots__ = ("_record", "number", "value")

    number: "int"
    value: "object"
    _record: "Record | None"

    def __init__(self, number: "int", value: "object", record: "Record | None" = None) -> "None":
        put = object.__setattr__
        put(self, "number", number)
        put(self, "value", value)
        put(self, "_record", record)

    def __setattr__(self, name: "str", value: "object") -> "None":
        raise AttributeError(f"an Entry cannot be changed: {name!r}")

    def __delattr__(self, name: "str") -> "None":
        raise AttributeError(f"an Entry cannot be changed: {name!r}")

    @property
    def source(self) -> "str":
        """The text that made the value."""
        if self._record is None or not self._record.source:
            return ""
        from .inputs import exact

        return exact(self._record.source, self._record.where)

    @property
    def when(self) -> "datetime | None":
        """The moment it was recorded, in UTC."""
        if self._record is None:
            return None
        from datetime import datetime, timezone

        return datetime.fromtimestamp(self._record.when, timezone.utc)

    @property
    def cwd(self) -> "str":
        """The working directory at that moment."""
        return self._record.cwd if self._record is not None else ""

    @property
    def preview(self) -> "str":
        """One line that shows the value."""
        from .preview import one_line, preview

        shown = self._record.preview if self._record is not None else None
        return one_line(shown) if shown is not None else preview(self.value)

    def __repr__(self) -> "str":
        source = f" <- {self.source!r}" if self.source else ""
        return f"<Entry {self.number}: {self.preview}{source}>"
