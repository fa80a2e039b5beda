"""Values that count what is called of them, for any Python: `python hostile.py` saves each and prints what was called."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from histshell.values.saving import Saver

import array  # isort: skip
import collections  # isort: skip
import copyreg  # isort: skip
import datetime  # isort: skip
import decimal  # isort: skip
import fractions  # isort: skip
import pathlib  # isort: skip
import uuid  # isort: skip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

called: "list[str]" = []
armed = [False]


def counting(name: "str") -> "Any":
    """Return a method that notes that it was called."""

    def method(*_: "Any", **_named: "Any") -> "Any":
        if armed[0]:
            called.append(name)
        raise RuntimeError(name)

    return method


NAMES = [
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__getattr__",
    "__getattribute__",
    "__iter__",
    "__len__",
    "__bool__",
    "__repr__",
    "__str__",
    "__format__",
    "__index__",
    "__int__",
    "__float__",
    "__bytes__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__contains__",
    "__getitem__",
    "__next__",
    "__call__",
    "__sizeof__",
    "__del__",
    "__copy__",
    "__deepcopy__",
    "__instancecheck__",
    "__subclasscheck__",
    "__class_getitem__",
    "__missing__",
    "__length_hint__",
    "keys",
    "items",
    "values",
    "__dir__",
    "__set_name__",
    "__get__",
    "__buffer__",
    "__array__",
    "__fspath__",
    "utcoffset",
    "tzname",
    "dst",
    "fromutc",
    "bit_length",
]
BODY = {name: counting(name) for name in NAMES}


class Meta(type):
    """A metaclass that counts too."""


def hashed(_: "Any") -> "int":
    """Hash as nothing special, and count."""
    if armed[0]:
        called.append("__hash__")
    return 7


for name in ("__eq__", "__hash__", "__instancecheck__", "__subclasscheck__", "__getattribute__", "__call__", "mro"):
    if name != "mro":
        setattr(Meta, name, hashed if name == "__hash__" else counting("Meta." + name))


def make(base: "Any") -> "Any":
    """Return an instance of a hostile subclass, None where there can be none."""
    body: "dict[str, Any]" = dict(BODY)
    body["__hash__"] = hashed
    body["__class__"] = property(counting("__class__"))
    body["__dict__"] = property(counting("__dict__"))
    try:
        kind = type.__call__(Meta, "Hostile", (base,), body)
        return base.__new__(kind, *ARGUMENTS.get(base, ()))
    except Exception:
        return None


ARGUMENTS: "dict[Any, tuple[Any, ...]]" = {
    range: (3,),
    slice: (3,),
    datetime.date: (2020, 1, 1),
    datetime.datetime: (2020, 1, 1),
    array.array: ("i",),
    decimal.Decimal: ("1",),
    datetime.timezone: (datetime.timedelta(0),),
    fractions.Fraction: (1, 2),
}
BASES: "tuple[Any, ...]" = (
    object,
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    list,
    tuple,
    dict,
    set,
    frozenset,
    collections.OrderedDict,
    collections.Counter,
    collections.deque,
    collections.defaultdict,
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
    decimal.Decimal,
    fractions.Fraction,
    uuid.UUID,
    pathlib.PurePosixPath,
    array.array,
)


def holders(thing: "Any") -> "Iterator[Any]":
    """Yield values of plain types that hold a hostile thing somewhere."""
    yield thing
    yield type(thing)
    yield [thing]
    yield (1, (thing,))
    yield {"key": [thing]}
    yield [[1, 2, 3]] * 3 + [thing]
    makers: "list[Any]" = [
        lambda: {thing: 1},
        lambda: {1, thing},
        lambda: frozenset([thing]),
        lambda: collections.OrderedDict([(thing, 1)]),
        lambda: collections.OrderedDict([((1, thing), 1)]),
        lambda: collections.Counter({thing: 1}),
        lambda: collections.Counter({"a": thing}),
        lambda: collections.defaultdict(thing),
        lambda: collections.defaultdict(type(thing)),
        lambda: collections.deque([thing]),
        lambda: slice(thing, thing, thing),
        lambda: datetime.datetime(2020, 1, 1, tzinfo=thing),
        lambda: datetime.time(1, tzinfo=thing),
        lambda: {datetime.datetime(2020, 1, 1): collections.OrderedDict([(datetime.time(1, tzinfo=thing), 1)])},
        lambda: [datetime.timezone(thing)] if datetime.timezone(thing) is not datetime.timezone.utc else None,
        lambda: set_slot(fractions.Fraction(1, 2), "_numerator", thing),
        lambda: set_slot(uuid.UUID(int=1), "int", thing),
        lambda: set_slot(uuid.UUID(int=1), "is_safe", thing),
        lambda: set_slot(pathlib.PurePosixPath("a"), "_raw_paths", [thing]),
        lambda: set_slot(pathlib.PurePosixPath("a"), "_parts", [thing]),
        lambda: set_attribute(collections.Counter("a"), thing),
        lambda: set_attribute(collections.OrderedDict(a=1), thing),
    ]
    for make_one in makers:
        try:
            made = make_one()
        except Exception:
            continue
        yield made
        yield [made]


def set_slot(value: "Any", name: "str", thing: "Any") -> "Any":
    """Put a thing into a slot, past what the class would say."""
    object.__setattr__(value, name, thing)
    return value


def set_attribute(value: "Any", thing: "Any") -> "Any":
    """Hang a thing on an instance."""
    value.thing = thing
    return value


def hijacked(*_: "Any") -> "Any":
    """What the user has told copyreg."""
    called.append("copyreg")
    return str, ("hijacked",)


HARMLESS = (None, Saver().save(None), Saver().save([None]))


def main() -> "None":
    """Save everything."""
    for kind in BASES:
        copyreg.pickle(kind, hijacked)
    armed[0] = False
    saver = Saver()
    kept: "list[Any]" = []
    saver.save([datetime.date(2020, 1, 1), decimal.Decimal(1)])
    for base in BASES:
        thing = make(base)
        if thing is None:
            continue
        for value in holders(thing):
            armed[0] = True
            data = saver.save(value)
            armed[0] = False
            if data not in HARMLESS:
                print("saved:", base.__name__, type.__repr__(type(value)), data[-60:])
            kept.append(value)
    good = [bytearray(b"x"), 1 + 2j, decimal.Decimal(1), collections.Counter("a"), {1: datetime.date(2020, 1, 1)}]
    armed[0] = True
    assert saver.save(good) is not None, saver.why
    armed[0] = False
    print(len(kept), "values", *sorted(set(called)))
    sys.stdout.flush()
    os._exit(0)  # the hostile values stay unasked


main()
