"""The root of every error that histshell raises on purpose."""


class HistshellError(Exception):
    """Something histshell was asked for could not be done; its text says what to do."""


class NoSuchResult(HistshellError, IndexError):  # reads as what is the matter
    """There is no result of that number.

    Attributes: `number` (what was asked for) and `last` (the highest number there is, 0 for none).
    """

    def __init__(self, number: "int", last: "int") -> "None":
        super().__init__(number, last)
        self.number = number
        self.last = last

    def __str__(self) -> "str":
        if self.last == 0:
            return f"result {self.number}: there are no results yet"
        return f"result {self.number}: results go from 1 to {self.last}"
