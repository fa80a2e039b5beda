"""What stands for what was refused: an identity, what the stream said of it, and nothing that runs."""

from __future__ import annotations

import copy
import pickle
import struct
from typing import Any

import pytest

from histshell.pik import LimitError, Limits, Machine, loads
from histshell.pik.placeholders import Placeholder

P = b"\x80\x04"


def s(text: str) -> bytes:
    """Push a text."""
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def name(module: str, attribute: str) -> bytes:
    """Push what a module has under a name."""
    return s(module) + s(attribute) + b"\x93"


THING = name("shop", "Order")


def shown(stream: bytes) -> Any:
    """Load with placeholders, as far as they go."""
    return loads(P + stream + b".", on_refused="show").value


@pytest.mark.parametrize(
    ("stream", "facts"),
    [
        (THING, {"module": "shop", "name": "Order", "args": None}),
        (name("shop", "Order.Line"), {"module": "shop", "name": "Order.Line"}),
        (b"cshop\nOrder\n)R", {"module": "shop", "name": "Order", "args": (), "kwargs": None}),
        (b"(K\x01ishop\nOrder\n", {"module": "shop", "name": "Order", "args": (1,)}),
        (b"(" + THING + b"K\x01o", {"module": "shop", "name": "Order", "args": (1,)}),
        (THING + b"K\x01\x85\x81", {"args": (1,), "kwargs": None, "state": None, "states": ()}),
        (THING + b")}" + s("size") + b"K\x02s\x92", {"args": (), "kwargs": {"size": 2}}),
        (THING + b")\x81}" + s("id") + b"K\x07sb", {"state": {"id": 7}, "list_items": ()}),
        (THING + b")\x81N}" + s("id") + b"K\x07s\x86b", {"state": (None, {"id": 7})}),
        (THING + b")\x81K\x01bK\x02b", {"state": 2, "states": [1, 2]}),
        (THING + b")\x81K\x01a(K\x02K\x03e", {"list_items": [1, 2, 3], "dict_items": ()}),
        (THING + b")\x81(K\x02K\x03\x90", {"list_items": [2, 3]}),
        (THING + b")\x81]K\x01s(K\x02K\x03u", {"dict_items": [([], 1), (2, 3)]}),
        (b"cos\nsystem\n" + s("x") + b"\x85R)R", {"module": "", "name": "", "what": "os.system(…)", "args": ()}),
        (name("builtins", "bytearray") + b"M\xff\xff\x85R", {"module": "builtins", "name": "bytearray", "args": (65535,)}),
        (b"K\x05Q", {"verb": "loaded", "args": (5,), "module": ""}),
    ],
    ids=str,
)  # fmt: skip
def test_it_knows_what_the_stream_said(stream: bytes, facts: dict[str, Any]) -> None:
    """Class, arguments, keywords, state, items: as they were given, and none of it was done."""
    found = shown(stream)
    assert type(found) is Placeholder
    assert {field: getattr(found, field) for field in facts} == facts


def test_it_is_itself_and_nothing_else() -> None:
    """It equals itself alone, hashes by identity, as a key too, and cannot be pickled or copied by accident."""
    one, other = shown(THING + b")\x81" + THING + b")\x81\x86")
    assert one == one
    assert one != other
    assert hash(one) != hash(other)
    assert {one: 1}[one] == 1
    table = shown(b"}(" + THING + b")\x81K\x01" + THING + b")\x81K\x02u")
    assert sorted(table.values()) == [1, 2]
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"shop\.Order was refused"):
            attempt(one)
    with pytest.raises(AttributeError):
        one.__setstate__  # noqa: B018
    assert not callable(one)
    assert not hasattr(one, "__dict__")


def test_it_is_shown_in_a_line_whatever_is_in_it() -> None:
    """What the stream has put into it does not run away, circles neither, and no byte of it is a control character."""
    loop = shown(THING + b")\x81\x94h\x00bh\x00ah\x00h\x00s")
    assert loop.state is loop
    assert loop.list_items == [loop]
    assert repr(loop) == "<not called: shop.Order()>"
    assert repr(shown(name("a\x1b[2J", "b\u202e"))) == r"<not imported: 'a\x1b[2J.b\u202e'>"
    assert len(repr(shown(THING + b"(" + b"K\x01" * 100_000 + b"tR"))) < 5_000


def test_what_it_keeps_costs_and_can_be_taken_back() -> None:
    """Its items are charged as others are; a machine that goes back takes them out again."""
    stream = P + THING + b")\x81" + b"(" + b"N" * 100_000 + b"e."
    with pytest.raises(LimitError):
        loads(stream, on_refused="show", limits=Limits(memory=500_000, memory_per_byte=0))
    machine = Machine(on_refused="show")
    machine.feed(P + THING + b")\x81K\x00a")
    [order] = machine.stack
    before = machine.save()
    for more in (b"K\x01a", b"(K\x01K\x02e", b"(K\x01\x90", b"K\x01K\x02s", b"(K\x01K\x02u", b"}b"):
        machine.feed(more)
        assert (order.list_items, order.dict_items, order.states) != ([0], (), ())
        machine.undo(before)
        assert (list(order.list_items), list(order.dict_items), list(order.states)) == ([0], [], [])


def test_a_persistent_id_may_be_a_small_tuple() -> None:
    """A caller's function gets text, numbers, and tuples of plain values and placeholders; else a placeholder stands there."""
    stream = P + b"(" + s("storage") + name("torch", "FloatStorage") + s("0") + b"K\x0atQ."
    seen = loads(stream, on_refused="show", persistent_load=lambda pid: [pid[0], pid[1].name, pid[3]])
    assert seen.value == ["storage", "FloatStorage", 10]
    long = P + b"(" + b"N" * 200 + b"tQ."
    assert loads(long, on_refused="show", persistent_load=len).value.verb == "loaded"
    inside = P + b"(]tQ."
    assert loads(inside, on_refused="show", persistent_load=len).value.args == (([],),)
