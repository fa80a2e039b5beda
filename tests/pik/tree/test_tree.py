"""The tree of plain data is that of the value that C loads; it is bounded and inert, whatever a stream says."""

from __future__ import annotations

import collections
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import files, tree
from histshell.pik.tree import draw, labels, plan
from histshell.pik.tree.model import Node
from histshell.pik.tree.reading import Read
from histshell.pik.tree.report import Report, Wish
from histshell.pik.tree.shown import look
from histshell.pik.tree.tree_maker import TreeMaker
from histshell.preview import printable
from tests.pik.faults import FAULTS
from tests.pik.opened import shop

ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers()
KEYS = st.integers() | st.text() | st.tuples(st.integers(), st.text())
VALUES: Any = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.frozensets(KEYS, max_size=4)
        | st.builds(collections.OrderedDict, st.dictionaries(KEYS, inner, max_size=3))
        | st.builds(collections.deque, st.lists(inner, max_size=3))
    ),
    max_leaves=20,
)


def shown(node: Node) -> Any:
    """All of a tree."""
    return draw.as_json(plan.plan(node, plan.ALL))


@settings(max_examples=60, deadline=None)
@given(VALUES, st.integers(0, 5))
def test_plain_data_is_shown_as_c_loads_it(value: Any, protocol: int) -> None:
    """Read by the machine or by the proof, of any protocol."""
    data = pickle.dumps(value, protocol)
    assert shown(tree.of(tree.read(data))) == shown(TreeMaker().node(pickle.loads(data)))


@settings(max_examples=30, deadline=None)
@given(VALUES, st.integers(2, 5), st.data())
def test_a_stream_that_ends_too_soon_is_shown_as_far_as_it_goes(value: Any, protocol: int, cut: Any) -> None:
    """Wherever it ends, there is a tree, and an error that knows where."""
    data = pickle.dumps([value, "last"], protocol)
    data = data[: cut.draw(st.integers(0, len(data) - 1))]
    read = tree.read(data)
    assert read.error is not None
    shown(tree.of(read))


def test_what_waits_belongs_to_what_it_was_to_go_into() -> None:
    """Keys have their values, items their places, and a frame that is cut off keeps nothing back."""
    data = pickle.dumps({"a": 1, "b": [5, {"c": 2, "d": "text"}]}, 4)
    root = tree.of(tree.read(data[: data.index(b"text")]))
    assert plan.find(root, "['a']").text == "1"
    assert plan.find(root, "['b'][0]").text == "5"
    assert plan.find(root, "['b'][1]['c']").text == "2"


def test_an_object_of_a_class_that_is_not_there() -> None:
    """Arguments, attributes of a dict and of slots, items; what several states set is as the last one says."""
    stream = b"cshop\nBasket\n(I7\nt\x81}(Vx\nI1\nVy\nI2\nub(N}Vx\nI3\nstb(Vone\ne(Vk\nI4\nu."
    root = tree.of(tree.read(stream))
    rows = {label: node.text for label, node in root.children()}
    assert (root.type, root.module) == ("Basket", "shop")
    assert rows == {"(0)": "7", ".y": "2", ".x": "3", "[0]": "'one'", "['k']": "4"}


def array(length: str, dtype: str, data: bytes) -> bytes:
    """An array of that length, as the opcode that pushes it is written."""
    start = (
        f"cnumpy\n_reconstruct\n)R(I1\n({length}\ntcnumpy\ndtype\n({dtype}\nI0\nI1\ntR(I3\nV<\nNNNI-1\nI-1\nI0\ntbI00\n"
    )
    return start.encode() + b"C" + bytes([len(data)]) + data + b"tb."


DEEP = 50_000
NAME = b"cos\nx\nq\x00"
HOSTILE = {
    "lists in lists": b"]" * DEEP + b"a" * (DEEP - 1) + b".",
    "tuples in tuples": b")" + b"\x85" * DEEP + b".",
    "marks": b"(" * DEEP,
    "lists that are doubled": b"]" + b"".join(b"q%c](h%ch%ce" % (n, n, n) for n in range(60)) + b".",
    "tuples that are doubled": b"I1\n" + b"2\x86" * 60 + b".",
    "a list in itself": b"]q\x00h\x00a.",
    "calls in calls": NAME + b"N" + b"".join(b"\x85q\x01h\x00h\x01R" for _ in range(5_000)) + b".",
    "results that are called": NAME + b")R" * 5_000 + b".",
    "a dtype in itself": b"cnumpy\ndtype\n(VV8\nI0\nI1\ntRq\x01(I3\nV|\nh\x01I2\n\x86NNI8\nI1\nI0\ntb.",
    "a partial of itself": b"cfunctools\npartial\n(clen\nlen\ntRq\x01(h\x01)NNtb.",
    "an array that lies": array("L9223372036854775807L", "Vf8", b"ab"),
    "an array of nothing": array("L545460846592L", "VS0", b""),
    "a unit of time": b"cnumpy\ndtype\n(VM8\nI0\nI1\ntR(I4\nV<\nNNNI-1\nI-1\nI0\n(}(V\\u202e\\u001b[2J\nI1\nI1\nI1\nttttb.",
    "names": b"cx\x1b[31m\n\xe2\x80\xaey\r\n)R.",
    "texts": pickle.dumps({"\u202e\x1b[2J": ["\u200b\x9b1m", b"\x1b", "\r\n"], "\x7f": 1}),
    "attributes": b"cos\nx\n)R}V\\u001b]0;x\\u0007\nV\\u0085\nsb.",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", HOSTILE)
def test_whatever_a_stream_says_is_drawn_in_bounds(case: str) -> None:
    """In lines, in their length, and with nothing that a terminal would obey; as JSON too."""
    stream = b"\x80\x04" + HOSTILE[case]
    for options in ({}, {"everything": True}, {"depth": 3}):
        rows = repr(look(stream, **options)).split("\n")
        assert len(rows) < 130
        assert all(len(row) <= 240 and row == printable(row) for row in rows)
    json.dumps(draw.as_json(plan.plan(tree.of(tree.read(stream)), plan.ALL)))


def test_every_stream_that_has_gone_wrong_has_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-made values, odd names, errors of all kinds; nothing of them is run."""
    monkeypatch.chdir(tmp_path)
    for fault in FAULTS.values():
        rows = repr(look(fault.stream)).split("\n")
        assert all(row == printable(row) for row in rows)
    assert not list(tmp_path.iterdir())


def test_a_shared_object_is_shown_once() -> None:
    """Where it stands again, its path is named."""
    one = [1, 2]
    value: dict[str, Any] = {"a": one, "b": [one], "c": None}
    value["c"] = value
    rows = repr(look(pickle.dumps(value))).split("\n")[1:]
    assert rows == [
        "dict of 3",
        "├ ['a']  [1, 2]",
        "├ ['b']  list of 1 list",
        "│ └ [0]  the same as ['a']",
        "└ ['c']  the same as the whole",
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("estimators_[3].tree_", [".estimators_", "[3]", ".tree_"]),
        ('["key"][ 0 ]', ["['key']", "[0]"]),
        ("[(1, 'a')].x", ["[(1, 'a')]", ".x"]),
        ("(0)(name=)", ["(0)", "(name=)"]),
        ("['a]b']", ["['a]b']"]),
        ("a[", ValueError),
        ("a..b", ValueError),
        ("", ValueError),
    ],
)
def test_a_path_is_read_as_it_is_written(typed: str, found: Any) -> None:
    """With either quotes; what is none is an error."""
    if found is ValueError:
        with pytest.raises(ValueError, match="expected"):
            labels.split(typed)
    else:
        assert labels.split(typed) == found


def test_texts_of_python_2() -> None:
    """They are read as latin1 where they are no ASCII, and that is said."""
    read = tree.read(b"S'\\xe9'\n.")
    assert (read.error, read.value, read.encoding) == (None, "\xe9", "latin1")
    assert tree.read(b"S'\\xe9'\n.", "bytes").value == b"\xe9"
    assert isinstance(tree.read(b"S'\\xe9'\n.", "utf-8").error, UnicodeDecodeError)
    assert Read().seen.effects == []


def test_what_a_model_has_learnt_is_seen_where_lines_are_few() -> None:
    """Attributes that end with one underscore come before parameters, and these before those that are None; the order stays."""
    model = shop.Plain()
    model.__dict__ = {f"none{number}": None for number in range(20)}
    model.__dict__ |= {f"set{number}": number for number in range(20)}
    model.__dict__ |= {"coef_": [1.5], "_private_": 1, "dunder__": 2, "trees_": [[[1], [2]], [[3]]], "after": None}
    data = pickle.dumps({"model": model}, 4)
    with files.open(data) as file:
        node = Report(file, Wish()).values[0].tree
    inside = plan.find(node, "['model']")

    def labels_of(branch: plan.Branch) -> list[str]:
        return [below.label for below in branch.below]

    whole = labels_of(plan.plan(inside, plan.Bounds(100)))
    assert whole == [f".{name}" for name in model.__dict__]
    few = plan.plan(inside, plan.Bounds(7))
    assert labels_of(few) == [".set0", ".set1", ".set2", ".coef_", ".trees_"]
    assert few.more == -1
    assert labels_of(plan.plan(inside, plan.Bounds(3))) == [".coef_"]
    assert labels_of(plan.plan(inside, plan.Bounds(30)))[:8] == [
        ".none0",
        ".none1",
        ".none2",
        ".none3",
        ".set0",
        ".set1",
        ".set2",
        ".set3",
    ]
    nested = plan.plan(node, plan.Bounds(20)).below[0]
    assert labels_of(nested)[-2:] == [".coef_", ".trees_"]
    assert len(labels_of(nested)) == plan.NESTED - 1
    deeper = plan.plan(inside, plan.Bounds(60))
    assert [labels_of(below) for below in deeper.below if below.label == ".trees_"] == [["[0]", "[1]"]]
    model.__dict__ = {f"name{number}": number for number in range(50)}
    with files.open(pickle.dumps(model)) as file:
        plain = Report(file, Wish()).values[0].tree
    assert labels_of(plan.plan(plain, plan.Bounds(5))) == [".name0", ".name1", ".name2"]
