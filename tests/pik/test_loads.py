"""Streams and what they are: a value, or an exception class."""

# ruff: noqa: E501 - a table row that is a stream and its meaning stays on one line

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import io
import pathlib
import pickle
import struct
import uuid
from itertools import islice
from typing import Any

import pytest

from histshell import errors
from histshell.pik import EVERYTHING, LimitError, Limits, PikError, RefusedError, load, loads
from histshell.pik.budget import Budget
from histshell.pik.fast import load_first

LOOP: list[Any] = ["zoom"]
LOOP.append(LOOP)

#: stream -> value, or exception class.
TABLE: list[tuple[bytes, Any]] = [
    (b"].", []),
    (b"}.", {}),
    (b").", ()),
    (b"I1\nI2\nI3\n.", 3),
    (b"F1.\n.", 1.0),
    (b"S'abc'\n.", "abc"),
    (b"S'a.'\n.", "a."),
    (b"Vabc.\n.", "abc."),
    (b"(I1\nS'abc'\nF2.0\nt.", (1, "abc", 2.0)),
    (b"(I0\nI1\nI2\nl.", [0, 1, 2]),
    (b"((I1\nI2\nt(I3\nI4\nld.", {(1, 2): [3, 4]}),
    (b"c__builtin__\nset\n((S'a'\nS'a'\nS'b'\nltR.", {"a", "b"}),
    (b"\x8f(K\x01K\x01\x90.", {1}),
    (b"(K\x01\x91.", frozenset({1})),
    (b"I01\n.", True),
    (b"I00\n.", False),
    (b"L10L\n.", 10),
    (b"\x8a\x01\xff.", -1),
    (b"N.trailing", None),
    (b"F1.5 \n.", ValueError),
    (b"F1e400\n.", OverflowError),
    (b"S'\n.", pickle.UnpicklingError),
    (b"R", pickle.UnpicklingError),
    (b"(R", pickle.UnpicklingError),
    (b".", pickle.UnpicklingError),
    (b"", EOFError),
    (b"I1\n", EOFError),
    (b"I1", pickle.UnpicklingError),
    (b"\xff", pickle.UnpicklingError),
    (b"h\x00.", pickle.UnpicklingError),
    (b"\x80\x06N.", ValueError),
    (b"U\x01\xe9.", UnicodeDecodeError),
    (b"}]Ns.", TypeError),
    (b"cos\nsystem\n.", RefusedError),
    (b"(Vx\nios\nsystem\n.", RefusedError),
    (b"\x82\x01.", RefusedError),
    (b"\x80\x04\x8c\x08builtins\x8c\x0elist.__class__\x93.", RefusedError),
    (b"P3\n.", pickle.UnpicklingError),
    (b"Np99999999\n.", LimitError),
]


@pytest.mark.parametrize(("stream", "expected"), TABLE, ids=[repr(stream) for stream, _ in TABLE])
def test_a_stream_gives_its_value_or_its_error(stream: bytes, expected: Any) -> None:
    """Each stream of the table is what the table says; errors are Pik's and of C's type at once."""
    if isinstance(expected, type) and issubclass(expected, Exception):
        with pytest.raises(expected) as caught:
            loads(stream)
        assert isinstance(caught.value, PikError)
        assert isinstance(caught.value, errors.HistshellError)
        return
    value = loads(stream)
    assert (value, type(value)) == (expected, type(expected))


def test_a_cycle_is_a_cycle() -> None:
    """An object that the memo puts into itself is one object."""
    value = loads(b"(Vzoom\nlp0\ng0\na.")
    assert value[1] is value


KEPT = [
    None, True, 1, 1.5, 1j, "é", b"\xff", bytearray(b"ab"), [1], (1, (2,)), {"a": {1: 2}}, {1, 2}, frozenset({3}), range(1, 9, 2),
    slice(1, None, 2), collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1, 2], 5),
    collections.defaultdict(list, {1: [2]}), datetime.date(2020, 2, 29), datetime.datetime(2020, 2, 29, 1, 2, 3, 4, datetime.timezone.utc),
    datetime.time(1, 2), datetime.timedelta(1, 2, 3), datetime.timezone(datetime.timedelta(hours=2), "x"), decimal.Decimal("-1.50"),
    decimal.Decimal("NaN").__class__("Infinity"), fractions.Fraction(3, 4), uuid.UUID(int=5), pathlib.PurePosixPath("a/b"),
    pathlib.PureWindowsPath("c:\\x"), array.array("d", [1.5]), array.array("i", range(5)), int, list, collections.OrderedDict, b"x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", KEPT, ids=lambda value: type(value).__name__)
def test_what_people_keep_loads_safely(value: Any, protocol: int) -> None:
    """Plain data of the standard library passes the safe policy, at every protocol."""
    got = loads(pickle.dumps(value, protocol))
    assert (got, type(got)) == (value, type(value))


def test_the_error_says_where_and_what() -> None:
    """Offset, opcode, items found and needed are attributes, and make the sentence."""
    with pytest.raises(PikError) as caught:
        loads(b"Vone\nVtwo\nVx\n0" + b"0R")
    error = caught.value
    assert str(error) == "REDUCE at byte 15: 1 item on the stack, needs 2"
    assert (error.offset, error.opcode) == (15, "REDUCE")


def test_a_refusal_names_what_was_refused() -> None:
    """The resolved name is an attribute, and the sentence says what to trust."""
    with pytest.raises(RefusedError, match=r"trust subprocess\.getoutput") as caught:
        loads(b"ccommands\ngetoutput\n(Vls\ntR.")
    assert caught.value.name == "subprocess.getoutput"


def test_showing_goes_on_to_the_end() -> None:
    """Placeholders stand for what was refused, and everything asked for is listed in order."""
    seen = loads(b"(cos\nsystem\n(S'xclock'\ntRcdatetime\ndate\n(I2020\nI1\nI2\ntRl.", on_refused="show")
    assert repr(seen.value[0]) == "<not called: os.system('xclock')>"
    assert seen.value[1] == datetime.date(2020, 1, 2)
    kinds = [(effect.kind, effect.what, effect.refused) for effect in seen.effects]
    assert kinds == [
        ("import", "os.system", True),
        ("call", "os.system('xclock')", True),
        ("import", "datetime.date", False),
        ("call", "datetime.date(2020, 1, 2)", False),
    ]


def test_several_streams_in_a_file_load_one_after_another() -> None:
    """`load` leaves the file just after STOP."""
    file = io.BytesIO(pickle.dumps([1]) + pickle.dumps("two") + b"I3\n.")
    assert [load(file), load(file), load(file)] == [[1], "two", 3]
    with pytest.raises(EOFError):
        load(file)


def test_a_pipe_is_read_no_further_than_stop() -> None:
    """A file that cannot seek gives the next stream too."""

    class Pipe:
        def __init__(self, data: bytes) -> None:
            self.read = io.BytesIO(data).read

    file = Pipe(pickle.dumps(["abc", 1.5], 0) + pickle.dumps({"k": b"v"}, 5))
    assert [load(file), load(file)] == [["abc", 1.5], {"k": b"v"}]


def test_numpy_arrays_load_when_numpy_is_there() -> None:
    """Arrays and scalars of plain dtypes pass, object arrays do not."""
    numpy = pytest.importorskip("numpy")
    for made in (
        numpy.arange(6.0).reshape(2, 3),
        numpy.array([1, 2], "i2"),
        numpy.array(["a", "bc"]),
        numpy.float64(1.5),
        numpy.datetime64("2020-01-02"),
    ):
        for protocol in range(6):
            got = loads(pickle.dumps(made, protocol))
            assert type(got) is type(made)
            assert got.dtype == made.dtype
            assert (got == made).all()
    with pytest.raises(RefusedError):
        loads(pickle.dumps(numpy.array([[], None], dtype=object)))


def test_limits_are_checked_numbers() -> None:
    """A limit that is no number, or a negative one, is refused when the limits are made."""
    with pytest.raises(TypeError):
        Limits(memory="1")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Limits\.stack"):
        Limits(stack=-1)


@pytest.mark.parametrize(
    ("limits", "stream"),
    [
        (Limits(opcodes=3), b"NNNN."),
        (Limits(stack=3), b"NNNNN."),
        (Limits(memory=100, memory_per_byte=0), b"]]]."),
        (Limits(key_nodes=3), b"}K\x01\x85\x85\x85\x85Ns."),
        (Limits(key_depth=2), b"}K\x01\x85\x85\x85\x85Ns."),
        (Limits(work=2, work_per_byte=0), b"}K\x01\x85\x85\x85\x85Ns."),
        (Limits(memo_index=0), b"Np300\n."),
    ],
    ids=lambda value: value if isinstance(value, bytes) else "",
)
def test_each_limit_stops_a_stream(limits: Limits, stream: bytes) -> None:
    """A stream within the default limits is stopped by a lower one, and the error names it."""
    assert loads(stream) is not Ellipsis
    with pytest.raises(LimitError, match=r"Limits\."):
        loads(stream, limits=limits)


def test_trust_is_by_exact_name() -> None:
    """`trusting` allows the name and no other; a class's instances may then be built."""
    from histshell.pik import SAFE
    from tests.pik.streams import Plain

    made = Plain()
    made.__dict__["a"] = [made]
    stream = pickle.dumps(made)
    with pytest.raises(RefusedError):
        loads(stream)
    got = loads(stream, trust=SAFE.trusting("tests.pik.streams.Plain"))
    assert type(got) is Plain
    assert got.__dict__["a"][0] is got
    with pytest.raises(RefusedError):
        loads(stream, trust=SAFE.trusting("tests.pik.streams.Bag"))
    assert type(loads(stream, trust=SAFE.trusting("tests.pik.streams.*"))) is Plain
    with pytest.raises(ValueError, match=r"module\.name"):
        SAFE.trusting("plain")


def test_buffers_and_persistent_ids_are_c_s() -> None:
    """Out-of-band buffers and persistent ids work as in `pickle`."""
    kept: list[pickle.PickleBuffer] = []
    stream = pickle.dumps(pickle.PickleBuffer(bytearray(b"abc")), 5, buffer_callback=kept.append)
    assert bytes(loads(stream, trust=EVERYTHING, buffers=kept)) == b"abc"
    assert loads(b"Pabc\n.", persistent_load=str.upper) == "ABC"
    assert loads(b"K\x05Q.", persistent_load=lambda pid: pid + 1) == 6


@pytest.mark.parametrize("protocol", range(6))
def test_a_slice_of_texts_is_plain(protocol: int) -> None:
    """Slices of labels come back."""
    assert loads(pickle.dumps(slice("a", "z", None), protocol)) == slice("a", "z", None)


def test_one_budget_holds_for_several_streams() -> None:
    """What one stream may do, forty may not when they share a budget, which grows with each."""
    from histshell.pik.budget import Budget

    stream = (
        b"\x80\x04ccollections\ndeque\nq\x00](" + b"K\x01" * 1000 + b"eK\x00\x86q\x010" + b"h\x00h\x01R0" * 1000 + b"N."
    )
    budget = Budget()
    loaded = iter(lambda: loads(stream, limits=budget), "never")
    with pytest.raises(LimitError) as stopped:
        list(islice(loaded, 40))
    assert stopped.value.limit == "work"
    assert budget.length < 40 * len(stream)


def test_the_fast_path_keeps_to_the_limits_that_are_given() -> None:
    """Seconds, work and memory hold there too, and what one stream has spent is not there for the next one."""
    collide = b"}(" + b"".join(b"\x8a\x08" + (k * ((1 << 61) - 1)).to_bytes(8, "little") + b"N" for k in range(1, 4))
    collide += b"".join(b"J" + (k * 1000).to_bytes(4, "little") + b"N" for k in range(1500)) + b"u."
    assert len(loads(collide)) == 1503
    for limits in (Limits(seconds=0.0), Limits(seconds=0.0001)):
        assert load_first(collide, "ASCII", "strict", Budget(limits)) == (0, None)
    floats = b"}(" + b"".join(b"G" + struct.pack(">d", n + 0.5) + b"N" for n in range(1000)) + b"u."
    with pytest.raises(LimitError, match=r"Limits\.work"):
        loads(floats, limits=Limits(work=100, work_per_byte=0))
    budget = Budget(Limits(memory=1_000_000, memory_per_byte=0))
    dicts = b"(" + b"}" * 1500 + b"t."
    for _ in range(8):
        loads(dicts, limits=budget)
    with pytest.raises(LimitError, match=r"Limits\.memory"):
        loads(dicts, limits=budget)
    assert loads(dicts, limits=Budget(Limits(memory=1_000_000, memory_per_byte=0))) == ({},) * 1500
