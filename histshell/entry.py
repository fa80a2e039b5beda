"""`Entry`: one result and what is known of it, made on demand from the record that the history keeps."""

from .history import Own
from .placeholder import Placeholder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from .history import Record


class Entry(Own):
    """One result and what is known of it. Immutable.

    Attributes: `number` (from 1), `value`, `source` (the expression that made it, or the whole input where
    that is one statement; empty if unknown), `when` (aware `datetime` in UTC, or None), `cwd` (the working
    directory then, empty if unknown), `preview` (one line of at most 200 characters: the text that was
    displayed, or a bounded rendering that calls no method of the value).

    Entries compare by identity: comparing values would run their code.
    """

    __slots__ = ("_record", "_value", "number")

    number: "int"
    _value: "object"
    _record: "Record | None"

    def __init__(self, number: "int", value: "object", record: "Record | None" = None) -> "None":
        put = object.__setattr__
        put(self, "number", number)
        put(self, "_value", value)
        put(self, "_record", record)

    def __setattr__(self, name: "str", value: "object") -> "None":
        raise AttributeError(f"an Entry cannot be changed: {name!r}")

    def __delattr__(self, name: "str") -> "None":
        raise AttributeError(f"an Entry cannot be changed: {name!r}")

    @property
    def value(self) -> "object":
        """The value; one that is saved is loaded now."""
        value = self._value
        if type(value) is Placeholder and value.load is not None:
            value = value.load()
            object.__setattr__(self, "_value", value)
        return value

    @property
    def there(self) -> "object":
        """What stands at its place in the history: the value, or a `Placeholder` for it."""
        return self._value

    @property
    def source(self) -> "str":
        """The text that made the value."""
        if self._record is None or not self._record.source:
            return ""
        from .positions import exact

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

        value = self._value
        shown = self._record.preview if self._record is not None else None
        if type(value) is Placeholder:
            if value.load is not None and shown is not None:
                return one_line(shown)
            return f"{value.text} {one_line(value.preview)}".rstrip()
        return one_line(shown) if shown is not None else preview(value)

    def __repr__(self) -> "str":
        from .preview import sentence

        source = f" <- {sentence(repr(self.source))}" if self.source else ""
        return f"<Entry {self.number}: {self.preview}{source}>"
