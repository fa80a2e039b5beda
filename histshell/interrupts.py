"""Who gets SIGINT while histshell itself is at work: the line that is being typed, or nobody; and the user's code while that runs.

A `KeyboardInterrupt` in the middle of our own code would cost the prompt and show our frames. Nothing is imported for it but
what every interpreter has built in.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` is made of: that would import `enum`

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Act = Callable[[], object]


class Sigint:
    """SIGINT of this process, handed to and fro. There is one, `sigint`.

    While it is `ours`, `act` is called for each; `theirs` puts back what the user's code had set, or Python's own handler, which
    asyncio and others look for. Both do nothing outside the main thread.
    """

    def __init__(self) -> "None":
        self.act: "Act" = _nothing
        self.is_ours = False
        self._theirs: "Any" = _signal.default_int_handler
        self._is_leaving = False
        self._came = False  # while it was leaving

    def ours(self, theirs: "Any" = None) -> "None":
        """Take SIGINT: `act` is called for each. `theirs` is the handler it had, if that is not the one in place."""
        self._is_leaving = self._came = False
        try:
            old: "Any" = _signal.signal(_signal.SIGINT, self._arrived)
        except ValueError:  # not the main thread, or not the main interpreter
            return
        self.is_ours = True
        if theirs is not None:
            old = theirs
        if getattr(old, "__self__", None) is not self:  # one that was not set by Python is None, and cannot be put back
            self._theirs = old if old is not None else _signal.default_int_handler

    def theirs(self, act: "Act | None" = None) -> "None":
        """Give SIGINT to the user's code. Called last of all that is ours: a signal may come at once.

        One that comes on the way is theirs too. `act` is what is done from the next time on that it is ours.
        """
        if self.is_ours:
            self._is_leaving = True
            if act is not None:
                self.act = act
            self.is_ours = False
            try:
                _signal.signal(_signal.SIGINT, self._theirs)
            except ValueError:
                self.is_ours, self._is_leaving = True, False
            if self._came:
                self._came = False
                _signal.raise_signal(_signal.SIGINT)

    def let_go(self) -> "None":
        """Do what `theirs` does, at the end of the process: the few steps of ours that are left are not interrupted."""
        if self.is_ours and callable(self._theirs):
            theirs = self._theirs

            def arrived(number: "int", frame: "Any") -> "None":
                if frame is None or frame.f_globals.get("__package__") != "histshell":
                    theirs(number, frame)

            self.is_ours = False
            _signal.signal(_signal.SIGINT, arrived)
        else:
            self.theirs()

    def _arrived(self, _number: "int", _frame: "object") -> "None":
        if self._is_leaving:
            self._came = True
        else:
            self.act()


def _nothing() -> "None":
    pass


sigint = Sigint()


class Held:
    """A context in which SIGINT is ours, and afterwards whose it was; `act` is what it does meanwhile.

    `theirs` is the handler that it had, if one that only holds it has been put in its place already.
    """

    def __init__(self, act: "Act" = _nothing, theirs: "Any" = None) -> "None":
        self.act = act
        self.handler = theirs

    def __enter__(self) -> "None":
        self._was = sigint.is_ours
        self._old = sigint.act
        try:
            sigint.act = self.act
            sigint.ours(self.handler)
        except BaseException:  # a signal that the handler before still got: nobody comes to `__exit__`
            sigint.act = self._old
            raise

    def __exit__(self, *exc: "object") -> "None":
        if self._was or not sigint.is_ours:
            sigint.act = self._old
        else:
            sigint.theirs(self._old)


class Deferred:
    """A context in which SIGINT waits; it arrives when that is left, once however often it came."""

    def __enter__(self) -> "None":
        self._came = False
        self._held = Held(self._note)
        self._held.__enter__()

    def __exit__(self, *exc: "object") -> "None":
        self._held.__exit__()
        if self._came:
            _signal.raise_signal(_signal.SIGINT)

    def _note(self) -> "None":
        self._came = True


class GivenBack:
    """A context in which the user's code has SIGINT, and afterwards whoever had it."""

    def __enter__(self) -> "None":
        self._was = sigint.is_ours
        sigint.theirs()

    def __exit__(self, *exc: "object") -> "None":
        if self._was:
            sigint.ours()


def later() -> "object":
    """Return an object that has SIGINT arrive when it is let go of, with no Python in between: for one that came where nothing
    may be raised, as in `__del__`.
    """
    from _functools import partial
    from _thread import interrupt_main
    from _weakref import ref

    made: "set[object]" = set()
    once: "Any" = iter(interrupt_main, 0)
    _later[:] = [ref(made, partial(next, once))]  # called with nothing: the reference is `next`'s default
    return made


_later: "list[object]" = []
