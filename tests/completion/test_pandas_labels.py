"""The labels of pandas' indexes: those that the package gives, with no code run for them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from histshell.completion import Engine, containers
from histshell.completion.model import Request
from histshell.completion.pandas_labels import labels
from histshell.completion.static import UNKNOWN

pd: Any = pytest.importorskip("pandas")
np: Any = pytest.importorskip("numpy")

INDEXES: dict[str, Any] = {
    "texts": lambda: pd.Index(["a", "b", "c"]),
    "anything": lambda: pd.Index(["a", 1, None, ("x", 2)], dtype=object),
    "a range": lambda: pd.RangeIndex(3, 9, 2),
    "numbers": lambda: pd.Index([3, 1, 2]),
    "floats": lambda: pd.Index([1.5, 2.5]),
    "categories": lambda: pd.CategoricalIndex(["b", "a", "b"]),
    "strings": lambda: pd.Index(["a", "b"], dtype="string"),
    "masked numbers": lambda: pd.Index([1, 2], dtype="Int64"),
    "levels": lambda: pd.MultiIndex.from_product([["a", "b"], [1, 2]]),
    "levels of categories": lambda: pd.MultiIndex.from_arrays([pd.Categorical(["b", "a"]), range(2)]),
    "none": lambda: pd.Index([], dtype=object),
}


@pytest.mark.parametrize("make", INDEXES.values(), ids=INDEXES)
def test_labels_are_those_that_pandas_gives(make: Any) -> None:
    """All of them, and the first of them."""
    index = make()
    assert labels(index, 100) == index.tolist()
    assert labels(index, 2) == index.tolist()[:2]


def test_what_takes_code_to_make_is_not_known_but_has_its_place() -> None:
    """A moment, a missing number, a level's moment."""
    assert labels(pd.date_range("2020", periods=2), 100) == [UNKNOWN, UNKNOWN]
    assert labels(pd.Index([1, None], dtype="Int64"), 100) == [1, UNKNOWN]
    both = pd.MultiIndex.from_arrays([["a", "b"], pd.date_range("2020", periods=2)])
    assert labels(both, 100) == [("a", UNKNOWN), ("b", UNKNOWN)]
    assert labels(pd.MultiIndex.from_arrays([["a", None]]), 100) == [("a",), (UNKNOWN,)]


class Called(list[str]):
    """Notes what of the user's was called, once it is `on`."""

    on = False

    def note(self, what: str) -> None:
        """Keep what was called."""
        if self.on:
            self.append(what)


CALLED = Called()


class Zone(datetime.tzinfo):
    """A time zone of the user's."""

    def utcoffset(self, _when: object) -> datetime.timedelta:
        """None."""
        CALLED.note("utcoffset")
        return datetime.timedelta(0)

    dst = utcoffset

    def tzname(self, _when: object) -> str:
        """Its name."""
        CALLED.note("tzname")
        return "here"


class Array(np.ndarray):  # type: ignore[misc, unused-ignore]
    """An array of the user's."""

    def __array_finalize__(self, _other: object) -> None:
        CALLED.note("__array_finalize__")

    def tolist(self) -> list[object]:
        """Another list."""
        CALLED.note("tolist")
        return ["ours"]


def _in_zone() -> Any:
    return pd.DatetimeIndex(["2020", "2021"]).tz_localize(Zone())


def _in_array() -> Any:
    index = pd.Index(["a", "b"], dtype=object)
    object.__setattr__(index, "_data", np.array(["a", "b"], dtype=object).view(Array))
    return index


LINES = ("df.|", 'df["|', "df.groupby(|", 'df.query("|', "df.loc[|", 'df.loc[:, "|', "df.a.mean().|", "df.mean().|")


@pytest.mark.parametrize("make", [_in_zone, _in_array, lambda: pd.MultiIndex.from_arrays([_in_zone(), ["a", "b"]])])
def test_nothing_in_an_index_runs(make: Any) -> None:
    """Time zones, subclasses of arrays; as columns and as rows."""
    columns, rows = pd.DataFrame([[1, 2], [3, 4]]), pd.DataFrame({"a": [1, 2]})
    columns.columns = rows.index = make()
    CALLED.clear()
    for table in (columns, rows):
        engine = Engine({"df": table}, "basic")
        for line in LINES:
            CALLED.on = True
            engine.complete(line[:-1])
            CALLED.on = False
    assert CALLED == []


def test_what_the_user_has_put_into_pandas_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an index neither `tolist` nor `[…]`."""
    table = pd.DataFrame({"alpha": [1, 2]})
    CALLED.clear()
    CALLED.on = True
    for name in ("tolist", "__getitem__"):
        monkeypatch.setattr(pd.Index, name, lambda *_: CALLED.note("patched"))
    try:
        found = [one.text for one in Engine({"df": table}, "basic").complete('df.groupby("')]
    finally:
        CALLED.on = False
    assert (found, CALLED) == (['alpha"'], [])


class Block:
    """No block at all."""

    def __getattr__(self, name: str) -> object:
        CALLED.note(name)
        raise AttributeError(name)


def test_blocks_that_are_none_are_not_asked() -> None:
    """Their attributes may be anybody's, and the package's code in C trusts them."""
    table = pd.DataFrame({"a": [1.0, 2.0]})
    blocks = table._mgr.blocks
    table._mgr.blocks = (Block(),)
    CALLED.clear()
    CALLED.on = True
    try:
        assert containers.dtype_of(table) is UNKNOWN
    finally:
        CALLED.on = False
        table._mgr.blocks = blocks
    assert CALLED == []
    assert containers.dtype_of(table) == np.dtype(float)


@pytest.mark.parametrize("line", ['df.query("', 'df.query("`', "df.", "df.mean().", "df.groupby(", 'df["'])
def test_what_nobody_types_is_no_completion(line: str) -> None:
    """A label of a million characters."""
    found = Engine({"df": pd.DataFrame([[1, 2]], columns=["a" * 10**6, "b"])}, "basic").complete(line)
    assert any(one.text.startswith(("b", '"b')) for one in found)
    assert max(len(one.text) for one in found) < 100


def test_what_takes_long_ends_with_the_time() -> None:
    """A hundred things are looked at always."""
    late, early = Request("", 0, {}, 0.0), Request("", 0, {}, float("inf"))
    assert len(list(containers.in_time(range(1000), late))) == 100
    assert len(list(containers.in_time(range(1000), early))) == 1000


@pytest.mark.parametrize("line", ["df.groupby(", 'df.groupby("', "df.merge(df, on="])
def test_labels_that_are_long_to_write_are_not_all_written(line: str) -> None:
    """The answer has what was written in its time."""
    table = pd.DataFrame(np.zeros((1, 1500)), columns=[f"\x1b{number}" for number in range(1500)])
    found = Engine({"df": table}, "basic").complete(line, budget_ms=0)
    assert 0 < len([one for one in found if one.kind == "column"]) <= 100
