"""What matches, and in which order it is shown."""

from __future__ import annotations

import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from histshell.completion import ranking
from histshell.completion.model import Completion, Request
from histshell.completion.ranking import EXACT, FOLDED, INITIALS, PART, SCATTERED
from tests.pythons import thorough


def request(source: str = "") -> Request:
    """A request with a second left."""
    return Request(source, len(source), {}, time.monotonic() + 1)


@pytest.mark.parametrize(
    ("text", "typed", "quality"),
    [
        ("get_config_value", "get", EXACT),
        ("get_config_value", "", EXACT),
        ("GetConfig", "get", FOLDED),
        ("get_config_value", "config", PART),
        ("get_config_value", "config_v", PART),
        ("getConfigValue", "value", PART),
        ("get_config_value", "gcv", INITIALS),
        ("getConfigValue", "gcv", INITIALS),
        ("HTTPServer", "server", PART),
        ("get_config_value", "gtcfg", SCATTERED),
        ("get_config_value", "xyz", None),
        ("get_config_value", "onfig", None),
        ("get_config_value", "e", None),
        ("_get_config", "gc", None),
        ("_get_config", "_g", EXACT),
        ("abc", "___", None),
    ],
)
def test_the_classes_of_matches(text: str, typed: str, quality: int | None) -> None:
    """The same beginning, upper and lower case alike, a part's beginning, first letters, letters in order."""
    assert ranking.quality(text, typed) == quality


def test_looser_matches_only_where_nothing_begins_that_way() -> None:
    """One name with the prefix, and the subsequences are left out."""
    assert ranking.select(["get_config_value", "gcv_file"], "gcv", request()) == ["gcv_file"]
    assert ranking.select(["get_config_value", "other"], "gcv", request()) == ["get_config_value"]
    rows = [Completion("get_config_value", 0, "name"), Completion("gcv_file", 0, "name")]
    assert [found.text for found in ranking.order(rows, request("gcv"))] == ["gcv_file"]


def test_the_order() -> None:
    """Exact before upper and lower case, then public before private; dunders only where an underscore is typed."""
    names = ["Value", "value_b", "value_a", "_value", "__value__", "other"]
    assert ranking.select(names, "val", request()) == ["value_a", "value_b", "Value"]
    assert ranking.select(names, "", request()) == ["other", "Value", "value_a", "value_b", "_value"]
    assert ranking.select(names, "_", request()) == ["_value", "__value__"]
    assert ranking.select(names, "__", request()) == ["__value__"]


def test_each_completion_once_and_the_first_source_wins() -> None:
    """`print(` of one source and `print` of another are the same; a parameter of the same name is not."""
    rows = [
        Completion("print(", 0, "name", "builtin"),
        Completion("print", 0, "name"),
        Completion("print=", 0, "parameter"),
        Completion("import ", 0, "keyword"),
        Completion("other", 0, "name"),
    ]
    assert [found.text for found in ranking.order(rows, request("pri"))] == ["print(", "print="]


def test_within_a_class_each_source_keeps_its_order() -> None:
    """Results are shown newest first, keys as the dict has them."""
    rows = [Completion(f"{number}]", 2, "result") for number in (12, 11, 3, 1)]
    assert ranking.order(rows, request("h[")) == rows


def test_what_is_no_text_is_passed_over() -> None:
    """A namespace or a dict can have keys of any kind."""

    class Name(str):
        pass

    names = [1, None, b"value", ("value",), Name("value_1"), "value_2"]
    assert ranking.select(names, "val", request()) == ["value_2"]
    assert ranking.select(names * 1000, "val", request()) == ["value_2"]


@thorough
@given(st.lists(st.text("aB_c", max_size=5), max_size=30), st.text("aB_c", min_size=1, max_size=3))
def test_choosing_at_once_is_the_same_as_one_by_one(names: list[str], typed: str) -> None:
    """What `select` finds in passes is what `quality` says of each name."""
    qualities = {name: ranking.quality(name, typed) for name in names}
    begins = {name for name, found in qualities.items() if found in (EXACT, FOLDED)}
    matches = {name for name, found in qualities.items() if found is not None}
    wanted = {name for name in begins or matches if ranking.is_wanted(name, typed)}
    found = ranking.select(names, typed, request())
    assert set(found) == wanted
    assert len(found) == len(wanted)


def test_names_in_bulk_are_searched_by_their_joined_text() -> None:
    """The short cut for many names finds the same, at the ends and with other things among them."""
    names: list[object] = [f"name_{number}" for number in range(2000)]
    assert ranking.select(names, "name_1999", request()) == ["name_1999"]
    assert ranking.select(names, "NAME_1999", request()) == ["name_1999"]
    assert ranking.select([*names, 5], "name_0", request()) == ["name_0"]
    assert ranking.select(names, "ame_5", request()) == []
