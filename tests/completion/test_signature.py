"""The signature of the call around the cursor: its parts, and the one that the argument at the cursor fills."""

from __future__ import annotations

import functools
import inspect
import sys
import types
from typing import Any, NamedTuple

import pytest

from histshell.completion import Engine
from histshell.completion.inference.client import Client
from histshell.completion.inference.provider import Inference
from histshell.completion.signature import Signature
from tests.completion import hooks
from tests.completion.jedi_process import PATIENCE

#: What can be typed, and what jedi reads as text.
TYPED = '''
def f(a, b, c=3): """Add up."""
def places(first, second, /, third, *, fourth=4): pass
def many(a, *args, k, last=None, **kw): pass
def names(*, one, two): pass
def none(): pass
def text(s=', (', t=']'): pass
class Account:
    def __init__(self, owner, balance=0): pass
    def pay(self, amount, note=None): pass
    @classmethod
    def empty(cls, owner): pass
    @staticmethod
    def convert(amount, rate=1): pass
account = Account("Ann")
'''

#: What only the live session knows.
LIVE = """
import functools, inspect
from functools import lru_cache, partial, wraps
class Made:
    def __new__(cls, x, y=2): return object.__new__(cls)
class Meta(type):
    def __call__(cls, key, *, deep=False): pass
class OfMeta(metaclass=Meta):
    def __init__(self, other): pass
class Single(type):
    def __call__(cls, *args, **kwargs): return type.__call__(cls, *args, **kwargs)
class OfSingle(metaclass=Single):
    def __init__(self, other): pass
class Both:
    def __new__(cls, *args, **kwargs): return object.__new__(cls)
    def __init__(self, told, why=1): pass
class Called:
    def __call__(self, what, loud=True): pass
called = Called()
@wraps(f)
def wrapped(*args, **kwargs): pass
@lru_cache()
def cached(key, deep=1): pass
def given(*args): pass
given.__signature__ = inspect.Signature([inspect.Parameter("shown", 1), inspect.Parameter("more", 3, default=2)])
def odd(x): pass
odd.__signature__ = "not one"
part = partial(f, 1)
by_name = partial(f, b=1)
pay = account.pay
xs, m, d = [1], {}, {}
"""

F = "f(a, b, c=3)"
PLACES = "places(first, second, /, third, *, fourth=4)"
MANY = "many(a, *args, k, last=None, **kw)"


class Row(NamedTuple):
    """A line with its cursor, the signature that is shown, and the text of the part that is active; None if none is."""

    line: str
    shown: str | None
    active: str | None = None


BOTH = [
    Row("f(|", F, "a"),
    Row("f(|)", F, "a"),
    Row("f(1, |", F, "b"),
    Row("f(1, b|", F, "b"),
    Row("f(1, 2, |)", F, "c=3"),
    # by name, in any order; what has been given already is passed over
    Row("f(b=|", F, "b"),
    Row("f(b|=1)", F, "b"),
    Row("f(|b=1)", F, "b"),
    Row("f(c=1, a=|", F, "a"),
    Row("f(c=1, |", F, "a"),
    Row("f(a=1, c=2, |", F, "b"),
    Row("f(c=1, |, a=2)", F, "b"),
    Row("f(1, c=2, |", F, "b"),
    Row("f(a=1, b=2, c=3, |", F, None),
    Row("f(wrong=|", F, None),
    Row("f(a == |", F, "a"),
    # too many
    Row("f(1, 2, 3, |", F, None),
    Row("f(1, 2, 3, 4|", F, None),
    Row("none(|", "none()", None),
    Row("f(c=1, 2|", F, None),
    # what else has commas
    Row("f('a, b', |", F, "b"),
    Row("f('a, |", F, "a"),
    Row("f(1, '''a,\n, |", F, "b"),
    Row("f([1, 2, |", F, "a"),
    Row("f((1, 2), |", F, "b"),
    Row("f({1: 2, 3: |", F, "a"),
    Row("f(d[1, 2:3], |", F, "b"),
    Row("f(d[1, |", F, "a"),
    Row("f(lambda x, y: |", F, "a"),
    Row("f(lambda x, y: x, |", F, "b"),
    Row("f(lambda x, y=1: (x, y), c=|", F, "c=3"),
    Row("f(x for x, y in d, |", F, "b"),
    Row("f([x for x, y in d], |", F, "b"),
    Row("f(z := 1, |", F, "b"),
    Row("f(\n    1,\n    |\n)", F, "b"),
    Row("f(1,  # one, two\n  |", F, "b"),
    Row("f(f'{a, b}', |", F, "b"),
    Row("f(f'{a, |", F, "a"),
    # calls in calls
    Row("f(1, places(1, |", PLACES, "second"),
    Row("f(1, places(1, 2), |", F, "c=3"),
    Row("f(1, (2, |", F, "b"),
    Row("print(f(1, |\nprint(2)", F, "b"),
    # places and names
    Row("places(1, |", PLACES, "second"),
    Row("places(1, 2, |", PLACES, "third"),
    Row("places(1, 2, 3, |", PLACES, "fourth=4"),
    Row("places(1, 2, 3, 4|", PLACES, None),
    Row("places(1, 2, fourth=4, |", PLACES, "third"),
    Row("places(first=|", PLACES, None),
    Row("names(|", "names(*, one, two)", "one"),
    Row("names(tw|", "names(*, one, two)", "two"),
    Row("names(two=1, |", "names(*, one, two)", "one"),
    Row("many(1, |", MANY, "*args"),
    Row("many(1, 2, 3, |", MANY, "*args"),
    Row("many(1, 2, k=|", MANY, "k"),
    Row("many(1, 2, k=3, |", MANY, "last=None"),
    Row("many(1, 2, k=3, last=4, |", MANY, "**kw"),
    Row("many(1, other=|", MANY, "**kw"),
    Row("many(1, la|", MANY, "*args"),
    Row("many(1, k=1, la|", MANY, "last=None"),
    # unpacking
    Row("f(*|", F, "a"),
    Row("f(1, *xs|", F, "b"),
    Row("many(*xs, |", MANY, "*args"),
    Row("f(*xs, |", F, None),
    Row("f(*xs, c=|", F, "c=3"),
    Row("many(1, **m|", MANY, "**kw"),
    Row("f(**m|", F, None),
    Row("f(**m, b|", F, "b"),
    Row("f(**m, c=|", F, "c=3"),
    # classes and methods
    Row("Account(|", "Account(owner, balance=0)", "owner"),
    Row("Account('Ann', |", "Account(owner, balance=0)", "balance=0"),
    Row("account.pay(1, |", "pay(amount, note=None)", "note=None"),
    Row("Account.pay(account, |", "pay(self, amount, note=None)", "amount"),
    Row("Account.empty(|", "empty(owner)", "owner"),
    Row("Account.convert(1, |", "convert(amount, rate=1)", "rate=1"),
    Row("text(|", "text(s=', (', t=']')", "s=', ('"),
    # no call
    Row("f|(", None),
    Row("f(1)|", None),
    Row("(1, |", None),
    Row("[f, |", None),
    Row("def f(a, |", None),
    Row("class Account(|", None),
    Row("if (1, |", None),
    Row("# f(1, |", None),
]
ONLY_LIVE = [
    Row("Made(1, |", "Made(x, y=2)", "y=2"),
    Row("OfMeta(deep=|", "OfMeta(key, *, deep=False)", "deep=False"),
    Row("OfSingle(|", "OfSingle(other)", "other"),
    Row("Both(1, |", "Both(told, why=1)", "why=1"),
    Row("called('x', |", "called(what, loud=True)", "loud=True"),
    Row("wrapped(1, |", "wrapped(a, b, c=3)", "b"),
    Row("cached(1, |", "cached(key, deep=1)", "deep=1"),
    Row("given(1, |", "given(shown, *, more=2)", "more=2"),
    Row("odd(|", "odd(x)", "x"),
    Row("part(|", "part(b, c=3)", "b"),
    Row("part(1, |", "part(b, c=3)", "c=3"),
    Row("by_name(|", "by_name(a, *, b=1, c=3)", "a"),
    Row("by_name(1, |", "by_name(a, *, b=1, c=3)", "b=1"),
    Row("pay(1, |", "pay(amount, note=None)", "note=None"),
]
IN_C = [
    Row("''.split(',', |", "split(sep=None, maxsplit=-1)", "maxsplit=-1"),
    Row("''.split(maxsplit=|", "split(sep=None, maxsplit=-1)", "maxsplit=-1"),
    Row("str.split('', |", "split(self, /, sep=None, maxsplit=-1)", "sep=None"),
    Row("f'{xs}'.split(|", "split(sep=None, maxsplit=-1)", "sep=None"),
    Row("divmod(1, |", "divmod(x, y, /)", "y"),
    Row("divmod(1, 2, |", "divmod(x, y, /)", None),
]
BY_DOC = [  # a docstring that begins with calls; the first that fits what has been given
    Row("several(|", "several(stop) -> made", "stop"),
    Row("several(1, |", "several(start, stop[, step]) -> made", "stop["),
    Row("several(1, 2, |", "several(start, stop[, step]) -> made", "step]"),
    Row("several(1, 2, 3, |", "several(*args[, key=func])", "*args["),
    Row("several(key=|", "several(*args[, key=func])", "key=func]"),
    Row("several(1, 2, key=|", "several(*args[, key=func])", "key=func]"),
]


def namespace() -> dict[str, Any]:
    """The globals of the table."""
    values: dict[str, Any] = {"__name__": "__main__"}
    exec(TYPED + LIVE, values)
    return values


def compare(row: Row, engine: Engine, before: str = "") -> Signature | None:
    """Ask at the cursor of a row, and compare what is shown, what is active, and where the parenthesis stands."""
    line, place = row.line.replace("|", "", 1), row.line.index("|")
    found = engine.signature(before + line, len(before) + place, budget_ms=1000 * PATIENCE)
    assert (found and found.text) == row.shown
    if found is not None:
        assert (None if found.active is None else found.parts[found.active].text) == row.active
        assert found.start >= len(before)
        assert (before + line)[found.start] == "("
    return found


@pytest.mark.parametrize("row", [*BOTH, *ONLY_LIVE], ids=lambda row: row.line)
def test_what_the_live_session_knows(row: Row) -> None:
    """Each row, of what has been run."""
    compare(row, Engine(namespace(), "basic"))


@pytest.mark.parametrize("row", BOTH, ids=lambda row: row.line)
def test_what_jedi_reads_has_the_same_parts(row: Row, shared: Client) -> None:
    """The same rows, of what is only typed."""
    compare(row, Engine({}, inference=Inference(shared)), TYPED)


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="these are not written in C here")
@pytest.mark.parametrize("row", IN_C, ids=lambda row: row.line)
def test_what_is_written_in_c(row: Row) -> None:
    """By `__text_signature__`; what is bound has no `self`."""
    compare(row, Engine(namespace(), "basic"))


def test_a_docstring_that_begins_with_calls() -> None:
    """Each is a signature; what fits comes first, and all are there."""

    class Several:
        """several(stop) -> made
        several(start, stop[, step]) -> made
        several(*args[, key=func])

        Make some.
        """

        __call__ = len  # nothing that would say its parameters

    engine = Engine({"several": Several()}, "basic")
    Several.__doc__ = inspect.cleandoc(Several.__doc__ or "")
    vars(engine._namespace["several"])["__doc__"] = Several.__doc__  # type: ignore[index]  # a dict
    for row in BY_DOC:
        found = compare(row, engine)
        assert found is not None
        assert found.doc == "Make some."
    assert len(engine.signatures("several(")) == 3


def test_several_signatures_of_jedis(shared: Client) -> None:
    """Overloads are all there, the one that fits first."""
    source = (
        "from typing import overload\n"
        "@overload\ndef two(word: str) -> str: ...\n"
        "@overload\ndef two(left: int, right: int = 1) -> int: ...\n"
        "def two(*args): pass\n"
    )
    engine = Engine({}, inference=Inference(shared))
    for line, shown, active in (
        ("two(", "two(word: str) -> str", 0),
        ("two(1, ", "two(left: int, right: int=1) -> int", 1),
        ("two(right=", "two(left: int, right: int=1) -> int", 1),
    ):
        found = engine.signatures(source + line, budget_ms=1000 * PATIENCE)
        assert len(found) >= 2
        assert (found[0].text, found[0].active) == (shown, active)


def test_an_answer_of_jedis_is_good_for_all_arguments(shared: Client) -> None:
    """It is asked once for a call, whatever is typed of it; the active part is told without it."""
    engine = Engine({}, inference=Inference(shared))
    before = "def once(one, two): pass\nonce("
    assert engine.signature(before, budget_ms=1000 * PATIENCE) is not None
    again = [engine.signature(before + typed, budget_ms=0) for typed in ("1, ", "two=", "1, 2, ")]
    assert [one and one.active for one in again] == [1, 1, None]


def test_what_is_shown_is_bounded_and_printable() -> None:
    """However many parameters there are, and whatever their names and defaults."""
    many = eval(f"lambda {', '.join(f'p{number}=None' for number in range(250))}: 0")
    code = (lambda _name, _other=None: 0).__code__
    odd: Any = types.FunctionType(
        code.replace(co_varnames=("\x1b[2J" * 50, "\u202eother")), {}, "odd", ("\x1b[31m" * 50,)
    )
    for value in (many, odd):
        found = Engine({"x": value}, "basic").signature("x(")
        assert found is not None
        assert len(found.text) <= 300
        assert len(found.parts) <= 250
        assert all(part.text.isprintable() and len(part.text) <= 200 for part in found.parts)


def test_what_wraps_itself_ends() -> None:
    """A class whose `__init__` wraps the class, functions that wrap one another, a method of a method of a method."""

    class Ring:
        def __init__(self, one: int) -> None:
            pass

    def first(a: int) -> None:
        pass

    def second(b: int) -> None:
        pass

    Ring.__init__.__wrapped__ = Ring  # type: ignore[attr-defined]  # as nobody should
    first.__wrapped__, second.__wrapped__ = second, first  # type: ignore[attr-defined]  # as above
    deep: Any = first
    for _ in range(100):
        deep = types.MethodType(deep, 1)
    engine = Engine({"Ring": Ring, "first": first, "deep": deep}, "basic")
    assert [engine.signature(name) is not None for name in ("Ring(", "first(")] == [True, True]
    assert engine.signature("deep(") is None


def test_nothing_of_the_users_is_run() -> None:
    """Not by what is given as `__signature__`, as a default, or to `partial`; nor by what is called."""
    values = hooks.values()
    spy = values["plain_value"]

    def function(first: Any = spy, *, second: Any = spy) -> None:
        pass

    function.__signature__ = spy  # type: ignore[attr-defined]  # as anybody may
    values.update(function=function, part=functools.partial(function, spy, second=spy))
    values["wraps"] = functools.wraps(function)(lambda *_: None)
    values["wrapped_spy"] = types.FunctionType((lambda _: 0).__code__, {}, "wrapped_spy")
    values["wrapped_spy"].__wrapped__ = spy
    values["like"] = inspect.Signature([inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=spy)])
    values["shown"] = lambda: 0
    values["shown"].__signature__ = values["like"]
    hooks.CALLS.clear()
    engine = Engine(values, "basic")
    for name in ("function", "part", "wraps", "wrapped_spy", "shown", "plain_value", "plain_class", "dict_class"):
        for typed in ("(", "(plain_value, ", "(*plain_value, ", "(second=", "(plain_value.", "([plain_value, "):
            engine.signatures(name + typed)
            assert hooks.CALLS == [], name + typed
    assert [one.text.partition("(")[0] for one in engine.signatures("shown(")] == ["shown"]
    hooks.Colliding.silent = True
