"""The root of every error that histshell raises on purpose."""


class HistshellError(Exception):
    """Something histshell was asked for could not be done; its text says what to do."""

    def __reduce__(self) -> "tuple[object, ...]":
        # What `h` raises may lie in a saved session, which is to be loaded where there is no histshell: there it is the
        # error of Python's that it derives from. What other parts raise is their callers' to catch, as itself.
        if type(self).__module__ != __name__:
            return Exception.__reduce__(self)  # type: ignore[return-value]  # a tuple
        known = [base for base in type(self).__mro__ if base.__module__ == "builtins"]
        return known[0], (str(self),)


class NoSuchResult(HistshellError, IndexError):  # reads as what is the matter
    """There is no result of that number, or not any more.

    Attributes: `number` (what was asked for), `last` (the highest number there is, 0 for none) and `freed`, whether there
    was one that has been freed.
    """

    def __init__(self, number: "int", last: "int", freed: "bool" = False) -> "None":
        super().__init__(number, last)
        self.number = number
        self.last = last
        self.freed = freed

    def __str__(self) -> "str":
        if self.freed:
            return f"result {self.number} has been freed"
        if self.last == 0:
            return f"result {self.number}: there are no results yet"
        return f"result {self.number}: results go from 1 to {self.last}"


class NumbersStay(HistshellError, TypeError):  # reads as the rule that was about to be broken
    """What was asked of `h` would have given results other numbers; its text says what to type."""
