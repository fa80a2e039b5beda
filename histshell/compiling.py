"""What a console of Python's compiles with, where its inputs are told of before they run."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

# Bound here: a user may rebind them in `builtins`.
_getattr, _Exception = getattr, Exception


class Compiling:
    """What a `code.InteractiveConsole` compiles its inputs with, its own in it: tells of an input that is whole, before it runs.

    `depth` is the asker's: at which depth of inputs within inputs the last one runs, 0 when it is over.
    """

    def __init__(
        self, inner: "Callable[..., Any]", has_read: "Callable[[Compiling, str, BaseException | None], object]"
    ) -> "None":
        self.inner = inner
        self.has_read = has_read
        self.depth = 0

    def __call__(self, source: "str", *arguments: "object", **named: "object") -> "Any":
        """Compile, as the console's own does: None for an input that is not whole."""
        try:
            code = self.inner(source, *arguments, **named)
        except _Exception as error:
            self.has_read(self, source, error)
            raise
        if code is not None:
            self.has_read(self, source, None)
        return code

    def __getattr__(self, name: "str") -> "Any":
        if name[:2] == "__":
            raise AttributeError(name)
        return _getattr(self.inner, name)
