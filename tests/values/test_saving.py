"""Plain values are saved as they are, all others refused, and nothing of either runs."""

from __future__ import annotations

import copyreg
import datetime
import decimal
import subprocess
import sys
from collections import Counter, OrderedDict, deque
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import loads
from histshell.values import walking
from histshell.values.parts import NotPlain
from histshell.values.saving import AT_ONCE, LIMIT, Saver
from tests import pythons
from tests.values import plain

HERE = Path(__file__).parent


def back(value: object) -> Any:
    """Return a value after it has been saved and loaded."""
    saver = Saver()
    data = saver.save(value)
    assert data is not None, saver.why
    assert len(data) <= LIMIT
    return loads(data)


@pytest.mark.parametrize("value", plain.values(), ids=lambda value: f"{type(value).__name__}")
def test_a_plain_value_comes_back_as_it_was(value: object) -> None:
    """Equal, and of the same types all through."""
    assert plain.same(back(value), value)


def test_shared_parts_are_shared_again() -> None:
    """What is one thing in two places is that when it comes back, in circles too."""
    circle: list[Any] = [deque([1])]
    circle += [circle, (circle, circle[0])]
    found = back(circle)
    assert found[1] is found
    assert found[2][0] is found
    assert found[2][1] is found[0]


def nested(depth: int) -> Any:
    """Return a list in a list, so deep."""
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


class Mine(list):  # type: ignore[type-arg]
    """A subclass, which may do anything."""


def hung() -> Counter[str]:
    """Return a Counter on which something has been hung."""
    counter = Counter("a")
    counter.more = 1  # type: ignore[attr-defined]
    return counter


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (object(), "not plain data"),
        (len, "not plain data"),
        (int, "not plain data"),
        (sys, "not plain data"),
        (Mine(), "not plain data"),
        ([1, {"a": (Mine(),)}], "not plain data"),
        (hung(), "not plain data"),
        (Path("a"), "not plain data"),
        (..., "not plain data"),
        (slice([]), "not plain data"),
        (memoryview(b""), "not plain data"),
        (decimal.Decimal("1" * 100_001), "not plain data"),
        (nested(101), "nested more than 100 deep"),
        (nested(100_000), "nested more than 100 deep"),
        ("x" * (LIMIT + 1), "more than 262,144 bytes"),
        (["x" * (LIMIT + 1)], "more than 262,144 bytes"),
        ([*range(LIMIT + 1)], "more than 262,144 bytes"),
        (["é" * 80_000, "ü" * 80_000], "more than 262,144 bytes"),
        (1 << (8 * LIMIT + 8), "more than 262,144 bytes"),
        ([b"x" * 200_000, b"y" * 200_000], "more than 262,144 bytes"),
    ],
    ids=lambda value: value[:20] if type(value) is str else type(value).__name__,
)
def test_what_is_not_plain_is_refused(value: object, why: str) -> None:
    """`why` says the reason; depth and size end it before a pickler is asked."""
    saver = Saver()
    assert saver.save(value) is None
    assert why in saver.why


@pytest.mark.slow
def test_neither_depth_nor_circles_of_tuples_reach_the_pickler() -> None:
    """A tuple in a circle is gone through once for each list that leads back to it: that counts as depth."""
    inside: list[Any] = [[] for _ in range(200)]
    around = tuple(inside)
    for one in inside:
        one.append(around)
    assert Saver().save(nested(100)) is not None
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**6)
    try:
        assert Saver().save(around) is None
        assert Saver().save(nested(300_000)) is None
    finally:
        sys.setrecursionlimit(limit)


def test_what_takes_long_is_for_later() -> None:
    """At the prompt a large value is given up at once, without a look at each item; that is no refusal."""
    saver = Saver(effort=AT_ONCE)
    for value in (
        [*range(5000)],
        dict.fromkeys(range(5000)),
        [[1]] * 10 + [[one] for one in range(5000)],
        deque(range(9000)),
    ):
        assert saver.save(value) is None
        assert saver.slow
    assert saver.save([1, 2, 3]) is not None
    assert not saver.slow


def test_extensions_of_copyreg_are_not_used() -> None:
    """A code in a stream would mean something else in another session, and is never loaded."""
    copyreg.add_extension("decimal", "Decimal", 77)
    try:
        assert back(decimal.Decimal(1)) == 1
    finally:
        copyreg.remove_extension("decimal", "Decimal", 77)


def test_saving_imports_nothing() -> None:
    """The modules that are loaded stay the same, those of numpy too."""
    program = """if 1:
        import collections, datetime, decimal, sys
        from histshell.values.saving import Saver, load
        load()
        before = set(sys.modules)
        for value in (datetime.date(2020, 1, 1), decimal.Decimal(1), collections.Counter('a'), object(), [print]):
            Saver().save(value)
        print(set(sys.modules) - before)"""
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=HERE.parents[1]
    )
    assert shown.stdout.strip() == "set()"


def test_a_class_of_the_users_that_has_a_librarys_name_is_not_that() -> None:
    """A name can be forged; the class itself cannot."""
    forged = type("Decimal", (), {"__module__": "decimal", "__str__": lambda _self: "1"})
    assert Saver().save(forged()) is None


_ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters())
    | st.binary()
    | st.dates()
    | st.datetimes()
    | st.timedeltas()
    | st.decimals()
    | st.fractions()
    | st.uuids()
    | st.builds(PurePosixPath, st.text("ab/."))
    | st.builds(range, st.integers(), st.integers())
)
_KEYS = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.tuples(st.integers(), st.text())
_VALUES = st.recursive(
    _ATOMS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(_KEYS, inner)
        | st.dictionaries(_KEYS, inner).map(OrderedDict)
        | st.sets(_KEYS)
        | st.frozensets(_KEYS)
        | st.lists(inner).map(deque)
        | st.binary().map(bytearray)
    ),
    max_leaves=25,
)


@settings(max_examples=60)
@given(_VALUES)
def test_any_plain_value_comes_back(value: object) -> None:
    """Whatever is made of plain parts."""
    assert plain.same(back(value), value)


def test_arrays_of_numpy_come_back() -> None:
    """Of plain dtypes, in their order, with their bytes' order and unit of time; others are refused."""
    np = pytest.importorskip("numpy")
    kept = [
        np.arange(5),
        np.arange(6.0).reshape(2, 3).T,
        np.array(3),
        np.array(["a", "bcd"]),
        np.array([b"x"]),
        np.array([1, 2], ">i4"),
        np.array(["2020-01-01"], "M8[D]"),
        np.zeros((0, 3)),
        np.arange(10)[::2],
        np.array([1], "f2"),
        np.array(["x"], ">U3"),
        np.array([True]),
        np.zeros((2, 2), order="F"),
        np.array([1j], "c8"),
        np.array([3], "m8[25s]"),
    ]
    for value in kept:
        found = back(value)
        assert type(found) is np.ndarray
        assert (found.dtype, found.shape) == (value.dtype, value.shape)
        assert found.dtype.byteorder == value.dtype.byteorder
        assert found.tobytes() == value.tobytes()
        assert found.flags.f_contiguous == (value.flags.f_contiguous or not value.size or found.ndim < 2)
        assert found.flags.writeable
    scalars = [
        np.float64(1.5),
        np.bool_(True),
        np.str_("x"),
        np.bytes_(b"x"),
        np.datetime64("2020-01-01T00:00:00", "25s"),
        np.int8(3),
    ]
    for value in scalars:
        assert type(back(value)) is type(value)
        assert back(value) == value
    assert back([kept[0]] * 2 + scalars)[1].tolist() == [0, 1, 2, 3, 4]
    refused = [
        np.array([(1, 2)], dtype="i4,i4"),
        np.array([None]),
        np.ma.array([1]),
        np.zeros(3).view(np.recarray),
        np.zeros(LIMIT),
        np.array([1], dtype=np.dtype("i4", metadata={"a": print})),
    ]
    for value in refused:
        assert Saver().save(value) is None


PYTHONS = [one for one in pythons.telling(pythons.found()) if one.minor >= (3, 8)]


@pytest.mark.parametrize("python", PYTHONS, ids=lambda python: python.name)
def test_nothing_of_a_hostile_value_runs(python: pythons.Python) -> None:
    """Subclasses of all kinds whose every method counts its calls, in values of all kinds; `copyreg` turned against us."""
    shown = subprocess.run(
        [python.path, "-W", "ignore", str(HERE / "hostile.py")], capture_output=True, text=True, check=True, timeout=60
    )
    count, *called = shown.stdout.split()
    assert int(count) > 900
    assert called == ["values"]


@pytest.mark.slow
def test_every_python_loads_what_any_other_has_saved(tmp_path: Path) -> None:
    """The oldest and the newest of each implementation, both ways."""
    some = {one.implementation: [two for two in PYTHONS if two.implementation == one.implementation] for one in PYTHONS}
    chosen = [python for group in some.values() for python in pythons.ends(group)]
    for saver in chosen:
        file = tmp_path / saver.name
        subprocess.run([saver.path, "-W", "ignore", str(HERE / "plain.py"), "save", str(file)], check=True, timeout=60)
    for loader in chosen:
        for saver in chosen:
            if loader is not saver:
                command = [loader.path, "-W", "ignore", str(HERE / "plain.py"), "load", str(tmp_path / saver.name)]
                shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
                assert not shown.stdout, f"{saver.name} to {loader.name}: {shown.stdout}"


def test_the_depth_that_is_walked_is_that_of_the_pickler() -> None:
    """Foreign objects count with their parts: a pickler calls itself for each."""
    value: Any = 1
    for _ in range(60):
        value = deque([value])
    walk = walking.ValueWalk(LIMIT, 1 << 30)
    walk.over(value)
    for _ in range(60):
        value = OrderedDict([(1, value)])
    with pytest.raises(NotPlain):
        walking.ValueWalk(LIMIT, 1 << 30).over(value)


def test_dates_of_a_zone_with_rules_are_not_saved() -> None:
    """Another machine may have other rules for it."""
    zoneinfo = pytest.importorskip("zoneinfo")
    try:
        zone = zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        pytest.skip("no table of zones on this machine")
    assert Saver().save(datetime.datetime(2020, 1, 1, tzinfo=zone)) is None
