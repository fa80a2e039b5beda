"""Lists of names to trust: what is named works as in C, and reaches nothing that is not named."""

# ruff: noqa: E501 - a value or stream a line reads better than one in pieces

from __future__ import annotations

import argparse
import collections
import datetime
import functools
import pickle
import random
import re
import types
from pathlib import Path
from typing import Any

import pytest

from histshell import pik
from histshell.pik import SAFE, LimitError, Machine, PikError, RefusedError, load, loads
from tests.environments import prompts_with_packages, with_packages
from tests.pik.opened import shop
from tests.pythons import Target

from .test_placeholders import P, name, s

HERE = "tests.pik.opened.shop"


def filled(kind: Any, **attributes: Any) -> Any:
    """Make an instance with attributes."""
    made = kind()
    for each, value in attributes.items():
        setattr(made, each, value)
    return made


def _problem() -> Exception:
    problem = shop.Problem("no", 1)
    problem.extra = [1]  # type: ignore[attr-defined]
    return problem


VALUES: list[Any] = [
    filled(shop.Plain, a=1, b=[shop.Plain()], append=1, add="x"), filled(shop.Slots, one=1), filled(shop.Both, one=1, three=3),
    filled(shop.Own, a=1, append=2), shop.Keywords(size=3), shop.Row([1, 2]), shop.Table(a=1), shop.Bunch([1, 2]), filled(shop.Row, x=1),
    _problem(), shop.Colour.RED, shop.Pair(1, [2]), {shop.Pair(1, 2): shop.Point(1, (2, 3)), shop.Point(1, 2): 1, shop.Colour.RED: 2}, shop.Queue(),
    shop.Made(), types.SimpleNamespace(a=1), argparse.Namespace(b=2), functools.partial(int, "7", base=8), collections.UserDict(a=1),
    collections.ChainMap({1: 2}), {shop.Colour: 1, shop.Kind: [2]}, datetime.datetime(2026, 1, 2, 3, tzinfo=shop.Zone()),
    datetime.time(3, tzinfo=shop.Zone()), random.Random(3), ValueError("x", 1), KeyError(1), re.compile("a+", re.I), shop.Plain, shop.made, Path("a/b"),
]  # fmt: skip


def asked(stream: bytes) -> list[str]:
    """Return the names that a stream asks for beyond plain data."""
    effects = loads(stream, on_refused="show").effects
    return [effect.name for effect in effects if effect.kind == "import" and effect.refused]


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_is_trusted_works(value: Any, protocol: int) -> None:
    """With the names that it asks for the value is C's; with one of them less it is refused, by that name."""
    if protocol < 2 and type(value) in (shop.Slots, shop.Both, shop.Keywords):
        pytest.skip("copyreg cannot pickle it so")
    stream = pickle.dumps(value, protocol)
    names = asked(stream)
    ours, theirs = loads(stream, trust=names), pickle.loads(stream)
    assert type(ours) is type(theirs)
    assert pickle.dumps(ours, 4) == pickle.dumps(theirs, 4)
    for missing in names:
        with pytest.raises(RefusedError):
            loads(stream, trust=[each for each in names if each != missing])


def test_a_class_is_no_key_whose_own_class_hashes_it() -> None:
    """Classes of ABCMeta and EnumMeta are keys as any object is; what another one does is code."""
    stream = pickle.dumps({shop.Colour: 1})
    assert loads(stream, trust=[f"{HERE}.Colour"]) == {shop.Colour: 1}
    with pytest.raises(PikError):
        loads(P + b"}" + name(HERE, "Odd") + b"Ns.", trust=[f"{HERE}.Odd"])
    assert shop.RAN == []


def test_every_way_in_takes_names(tmp_path: Path) -> None:
    """`loads`, `load`, an open file, a `Machine`; a tuple, a set, an iterator; together with what is shown."""
    stream = pickle.dumps(shop.Plain())
    names = [f"{HERE}.Plain"]
    (tmp_path / "a").write_bytes(stream)
    with open(tmp_path / "a", "rb") as file:
        assert type(load(file, trust=names)) is shop.Plain
    assert [type(each) for each in pik.open(stream * 2).load(trust=tuple(names))] == [shop.Plain] * 2
    assert type(Machine(trust=set(names)).run(stream)) is shop.Plain
    assert type(loads(stream, trust=iter(names), on_refused="show").value) is shop.Plain
    assert type(loads(stream, trust=SAFE.trusting(*names))) is shop.Plain
    assert loads(pickle.dumps([1] * 1000), trust=names) == [1] * 1000


@pytest.mark.parametrize(
    "wrong", [["plain"], [""], ["os.*"], ["everything"], ["a..b"], [".a"], ["a."], "os.system", [1], [b"a.b"]], ids=repr
)
def test_a_wrong_name_is_told(wrong: Any) -> None:
    """No dot, a wildcard, nothing, no text: the error says what was found and what is expected."""
    with pytest.raises(ValueError, match=r"expected (module\.name|one|a (list|name))|module\.name"):
        loads(b"N.", trust=wrong)
    with pytest.raises(PikError):
        loads(b"N.", trust=wrong)


class Broken:
    """A file that cannot be read."""

    def read(self, _: int) -> bytes:
        """Fail as a disk does."""
        raise OSError(5, "Input/output error")

    readline = readinto = read


@pytest.mark.parametrize("way", [lambda module: module.loads("text"), lambda module: module.load(1), lambda module: module.load(Broken()),
                                 lambda module: module.loads(memoryview(b"aNbN")[::2]), lambda module: module.loads(b"S'x'\n.", encoding="none")])  # fmt: skip
def test_what_is_no_stream_ends_as_in_c(way: Any) -> None:
    """No bytes, no file, a file that fails, a wrong encoding: a `PikError`, and of the type that C raises."""
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        way(pickle)
    with pytest.raises(PikError) as ours:
        way(pik)
    assert isinstance(ours.value, type(theirs.value))


def t(*parts: bytes) -> bytes:
    """A tuple."""
    return b"(" + b"".join(parts) + b"t"


PLAIN, LOUD = name(HERE, "Plain"), name(HERE, "loud")
NEW = PLAIN + b")\x81"
DEEP = b"N" + b"\x85" * 300_000

#: Each with the names that are trusted: streams that would reach what is not named, or change what a program uses.
ATTACKS: dict[str, tuple[list[str], bytes]] = {
    "an attribute of a trusted class": (["Plain"], name(HERE, "Plain.__init__.__globals__")),
    "by getattr": (["Plain"], name("builtins", "getattr") + t(PLAIN, s("__init__")) + b"R"),
    "by getattr, twice": (["Plain"], name("builtins", "getattr") + t(name("builtins", "getattr") + t(PLAIN, s("__init__")) + b"R", s("__globals__")) + b"R"),
    "by getattr of an instance": (["Plain"], name("builtins", "getattr") + t(NEW, s("__class__")) + b"R"),
    "the module": (["Plain"], name("tests.pik.opened", "shop")),
    "BUILD on the class": (["Plain"], PLAIN + t(b"N", b"}" + s("__eq__") + b"Ns") + b"b"),
    "BUILD on a function": (["made"], name(HERE, "made") + t(b"N", b"}" + s("__code__") + b"Ns") + b"b"),
    "a class for an instance": (["Slots"], name(HERE, "Slots") + b")\x81" + t(b"N", b"}" + s("__class__") + name("builtins", "list") + b"s") + b"b"),
    "planted __setstate__": (["Plain"], NEW + b"}" + s("__setstate__") + name("builtins", "bytearray") + b"sbK\x01b"),
    "planted __reduce_ex__": (["Plain"], NEW + b"}" + s("__reduce_ex__") + name("builtins", "bytearray") + b"sb"),
    "planted append": (["Plain", "loud"], NEW + b"}" + s("append") + LOUD + b"sbK\x01a"),
    "planted extend": (["Plain", "loud"], NEW + b"}" + s("extend") + LOUD + b"sb(K\x01e"),
    "planted add": (["Plain", "loud"], NEW + b"}" + s("add") + LOUD + b"sb(K\x01\x90"),
    "in an exception": (["Problem"], name(HERE, "Problem") + b")\x81}" + s("__class__") + name("builtins", "list") + b"sb"),
    "a datetime in what is no zone": (["Plain"], name("datetime", "datetime") + t(b"C\x0a\x07\xea\1\2\3\0\0\0\0\0", NEW) + b"R"),
    "an instance is called": (["Loud"], name(HERE, "Loud") + b")\x81)R"),
    "a result is called": (["made"], name(HERE, "made") + b")R)R"),
    "a program's settings": (["SETTINGS"], name(HERE, "SETTINGS") + s("debug") + b"\x88s"),
    "a program's list": (["RAN"], name(HERE, "RAN") + b"Na"),
    "a program's object": (["THE_ONE", "Plain"], name(HERE, "THE_ONE") + b"}" + s("a") + b"Ksb"[:1] + b"\x01sb"),
    "a hash beyond the stack": (["Pair"], b"}" + name(HERE, "Pair") + t(DEEP, b"N") + b"\x81Ns"),
    "a hash that hides it": (["Point"], b"}" + name(HERE, "Point") + b")\x81}(" + s("x") + DEEP + s("y") + b"Nub" + b"Ns"),
    "a hash that never ends": (["Pair"], b"}" + b"N" + (b"2" + b"\x86") * 45 + b"\x94" + name(HERE, "Pair") + t(b"h\0", b"h\0") + b"\x81Ns"),
    "an extension": (["Plain"], b"\x82\x01"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", ATTACKS)
@pytest.mark.parametrize("how", ["raise", "show"])
def test_what_is_trusted_reaches_nothing_else(case: str, how: str) -> None:
    """It is refused, or has a limit; shown, a placeholder stands there. Nothing of the program is changed."""
    trusted, stream = ATTACKS[case]
    names = [f"{HERE}.{each}" for each in trusted]
    try:
        loads(P + stream + b".", trust=names, on_refused=how)
    except (RefusedError, LimitError, AttributeError, TypeError, pickle.UnpicklingError) as error:
        assert isinstance(error, PikError)  # noqa: PT017 - where it is shown, none comes
    else:
        assert how == "show"
    assert shop.RAN == []
    assert shop.SETTINGS == {"debug": False}
    assert vars(shop.THE_ONE) == {}


def test_an_attribute_is_trusted_by_its_own_name() -> None:
    """`getattr` of what a stream imports is an import of the dotted name, shown and trusted as that."""
    stream = (
        P
        + name("builtins", "getattr")
        + t(name("zoneinfo", "ZoneInfo"), s("_unpickle"))
        + b"R"
        + t(s("UTC"), b"K\x01")
        + b"R."
    )
    assert asked(stream) == ["zoneinfo.ZoneInfo", "zoneinfo.ZoneInfo._unpickle"]
    assert str(loads(stream, trust=asked(stream))) == "UTC"
    for some in (["zoneinfo.ZoneInfo"], ["builtins.getattr", "zoneinfo.ZoneInfo"]):
        with pytest.raises(RefusedError) as caught:
            loads(stream, trust=some)
        assert caught.value.name == "zoneinfo.ZoneInfo._unpickle"


@pytest.mark.slow
def test_an_import_takes_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a trusted module takes to be imported, and its own code to hash and to fill: that is not the stream's."""
    (tmp_path / "slow_shop.py").write_text(
        "import time\n"
        "time.sleep(0.4)\n"
        "class Thing:\n"
        "    def __hash__(self): time.sleep(0.04); return 1\n"
        "    def __eq__(self, other): return self is other\n"
        "class Table(dict):\n"
        "    def __setitem__(self, key, value): time.sleep(0.1); dict.__setitem__(self, key, value)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    stream = (
        P
        + b"}("
        + (name("slow_shop", "Thing") + b")\x81N") * 4
        + b"u0"
        + name("slow_shop", "Table")
        + b")\x81"
        + b"(K\x01NK\x02NK\x03NK\x04NK\x05Nu."
    )
    assert len(loads(stream, trust=["slow_shop.Thing", "slow_shop.Table"])) == 5


@prompts_with_packages
def test_numpy_trusted_is_as_in_c_or_refused(target: Target) -> None:
    """Arrays of objects, with fields and of classes, in a process of its own, where what is wrong would crash it."""
    import subprocess

    python = with_packages(target.python)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [python, "-W", "ignore", "-m", "tests.pik.opened.numpy_checks"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=root,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    fine, refused = map(int, done.stdout.split())
    assert fine > 50
    assert refused > 100
