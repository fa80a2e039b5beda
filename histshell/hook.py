"""The display hook: what stands in `sys.displayhook`, how it is put there again, and how it is taken out.

Loaded before the first prompt; what happens to a value is in `recorder`, loaded with the first result.
"""

import sys

if sys.implementation.name == "cpython":
    from _functools import partial, reduce  # `functools` itself costs 2 ms where it is not loaded yet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    Hook = Callable[[object], object]
    Display = Callable[[object, Hook], object]

_getattr = getattr  # bound here: `attach` goes on when a user rebinds it in `builtins`
_stock_hook = sys.__displayhook__


class DisplayHook:
    """Wraps whatever display hook is in force, once, and again when somebody has put another in its place.

    `display(value, inner)` is called for a value that is not None while the stock hook `inner` is wrapped, and
    `pass_on(value, inner)` for every value, None too, where `inner` is any other hook, and in PyPy, whose stock hook is not C's.
    """

    def __init__(self, display: "Display", pass_on: "Display") -> "None":
        self.display = display
        self.pass_on = pass_on
        self.hook: "Hook | None" = None
        self._wrapped: "list[tuple[Hook, Hook]]" = []
        self._branches: "list[_Branch]" = []

    def hand_over(self, display: "Display", pass_on: "Display") -> "None":
        """Call these two from now on, also in hooks that are already in place."""
        self.display = display
        self.pass_on = pass_on
        for branch in self._branches:
            branch.lead_to(display)

    def attach(self) -> "None":
        """Wrap the display hook, if it is not ours already. Called at each prompt: cheap, and the same when repeated."""
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
        if inner is _stock_hook and sys.implementation.name == "cpython":
            branch = _Branch(inner)
            branch.lead_to(self.display)
            self._branches.append(branch)
            return partial(round, branch)  # type: ignore[call-overload]  # see _Branch

        def hook(value: "object") -> "object":
            return self.pass_on(value, inner)

        return hook


class _Branch:
    """The other half of `partial(round, branch)`, a display hook that runs no Python code for None.

    `round(branch, value)` calls `branch.__round__()` if the value is None and `branch.__round__(value)` if not;
    `reduce(display, (inner,))` returns `inner` and `reduce(display, (inner,), value)` calls `display(value, inner)`.
    All of that is C. Why: after `breakpoint()` or `pdb.set_trace()` the debugger stops at the next line of Python
    that runs, and up to Python 3.12 that would be the first line of our hook, called with the None they return.
    """

    __slots__ = ("__round__", "inner")  # looked up on the type and fetched from the instance, in C as well

    def __init__(self, inner: "Hook") -> "None":
        self.inner = inner

    def lead_to(self, display: "Display") -> "None":
        self.__round__ = partial(reduce, display, (self.inner,))
