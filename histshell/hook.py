"""The display hook: what stands in `sys.displayhook`, how it is put there again, and how it is taken out.

What happens to a value is in `recorder`.
"""

import sys

from .history import Own

if sys.implementation.name == "cpython":
    from _functools import partial, reduce  # `functools` itself costs 2 ms where it is not loaded yet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    Hook = Callable[[object], object]

_getattr = getattr  # bound here: `attach` goes on when a user rebinds it in `builtins`
_stock_hook = sys.__displayhook__


class DisplayHook:
    """Wraps whatever display hook is in force, once, and again when somebody has put another in its place.

    `display(value, inner)` is called for a value that is not None while the stock hook `inner` is wrapped, and
    `pass_on(inner, value)` for every value, None too, where `inner` is any other hook; and in PyPy, whose stock hook
    is not C's. Each is the only frame of ours below the user's.
    """

    def __init__(
        self, display: "Callable[[object, Hook], object]", pass_on: "Callable[[Hook, object], object]"
    ) -> "None":
        self.display = display
        self.pass_on = pass_on
        self.hook: "Hook | None" = None
        self._wrapped: "list[tuple[Hook, Hook]]" = []

    def attach(self) -> "None":
        """Wrap the display hook, if it is not ours already. Called at each prompt, so it is cheap."""
        current = _getattr(sys, "displayhook", None)
        if current is self.hook or current is None:
            return
        for inner, hook in self._wrapped:
            if hook is current:  # an older one of ours, put back by whoever saved it
                self.hook = hook
                return
            if inner is current:
                self.hook = sys.displayhook = hook
                return
        self.hook = sys.displayhook = self._wrap(current)
        self._wrapped.append((current, self.hook))

    def detach(self) -> "None":
        """Put back the hook that ours wraps, unless somebody has replaced ours."""
        for inner, hook in self._wrapped:
            if hook is _getattr(sys, "displayhook", None):
                sys.displayhook = inner
        self.hook = None

    def _wrap(self, inner: "Hook") -> "Hook":
        if sys.implementation.name == "cpython" and inner is _stock_hook:
            return _Installed(round, _Branch(self.display, inner))
        return _Installed(self.pass_on, inner)


if sys.implementation.name == "cpython":

    class _Installed(Own, partial):  # type: ignore[misc]  # what C makes has no type
        """What stands in `sys.displayhook`: a call in C, with no frame of its own."""

        __slots__ = ()

else:

    class _Installed(Own):  # type: ignore[no-redef]  # the other of two
        """What stands in `sys.displayhook`: `partial` is Python there, and would be one frame more."""

        __slots__ = ("_function", "_inner")

        def __init__(self, function: "Callable[..., object]", inner: "Hook") -> "None":
            self._function = function
            self._inner = inner

        def __call__(self, value: "object") -> "object":
            return self._function(self._inner, value)


class _Branch:
    """The other half of `partial(round, branch)`, a display hook that runs no Python code for None.

    `round(branch, value)` calls `branch.__round__()` if the value is None and `branch.__round__(value)` if not;
    `reduce(display, (inner,))` returns `inner` and `reduce(display, (inner,), value)` calls `display(value, inner)`.
    All of that is C. Why: after `breakpoint()` or `pdb.set_trace()` the debugger stops at the next line of Python
    that runs, and up to Python 3.12 that would be the first line of our hook, called with the None they return.
    """

    __slots__ = ("__round__",)  # looked up on the type and fetched from the instance, in C as well

    def __init__(self, display: "Callable[[object, Hook], object]", inner: "Hook") -> "None":
        self.__round__ = partial(reduce, display, (inner,))
