"""The fast path takes steps in proportion to the length of what it crosses, and proves nothing of a stream that ends too soon."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Iterator

import pytest

from histshell.pik import PikError, fast_patterns, loads
from histshell.pik.budget import Budget
from histshell.pik.fast import load_first
from tests.pik.counting import Counter

#: What a stream begins with, what is repeated in it, and what it ends with: the shapes in which an expression could lose its way.
SHAPES: dict[str, tuple[bytes, bytes, bytes]] = {
    "a list without an end, and no keys": (b"](", b"K\x01", b""),
    "a list without an end": (b"}K\x01Ns](", b"K\x01\x8c\x01a\x94", b""),
    "lists in lists": (b"}K\x01Ns", b"](K\x01", b"."),
    "lists in lists, closed": (b"}K\x01Ns" + b"](" * 20, b"](K\x01K\x02e", b"e" * 20 + b"."),
    "a dict of texts without an end": (b"}K\x01Ns}(", b"\x8c\x01aK\x01", b""),
    "dicts in dicts": (b"}K\x01Ns", b"}(K\x01", b"."),
    "dicts that one thing ends too soon": (b"}K\x01Ns", b"}(K\x01K\x02K\x03u", b"."),
    "a value of each key is a list": (b"}K\x01Ns}(", b"\x8c\x01a](K\x01K\x02", b"."),
    "texts that may be stored": (b"}(", b"\x8c\x03abc\x94\x8c\x03abc\x94", b"u."),
    "texts that are fetched": (b"}K\x01Ns}(\x8c\x01aq\x00N", b"h\x00h\x00", b"."),
    "a set without an end": (b"}K\x01Ns\x8f(", b"K\x01\x8c\x01a", b""),
    "sets in a row": (b"]K\x01Ns", b"\x8f(K\x01K\x02\x90", b"."),
    "numbers as keys": (b"}(", b"J\x01\x02\x03\x04N", b"u."),
    "numbers as values": (b"}(", b"K\x01J\x01\x02\x03\x04", b"u."),
    "floats as values of lists": (b"}K\x01Ns", b"](G\x00\x00\x00\x00\x00\x00\x00\x00K\x01", b"."),
    "protocol 0, a list": (b"(lp0\n", b"I12345\na", b"."),
    "protocol 0, a dict": (b"(dp0\n", b"I12345\nI1\ns", b"."),
    "protocol 0, a line that is no number": (b"(lp0\n", b"I123456789", b"\n."),
    "protocol 0, floats": (b"(lp0\n", b"F1.2345e+10\na", b"F1.2345e+."),
    "protocol 0, texts": (b"(dp0\n", b"Vabcdefgh\np1\nS'abcdefgh'\np2\ns", b"."),
    "protocol 0, a text without an end": (b"(dp0\nI1\nI2\ns", b"Vabc", b""),
    "protocol 0, a quoted text without an end": (b"(dp0\nI1\nI2\ns", b"S'abcd", b"\n"),
    "long texts": (b"(\x8c\xf0" + b"a" * 240, b"\x8c\x80" + b"b" * 128, b"t."),
    "lines that are long": (b"(lp0\n", b"V" + b"c" * 1200 + b"\na", b"."),
    "frames": (b"}K\x01Ns](", b"\x95\x02\0\0\0\0\0\0\0K\x01", b"e."),
    "frames between keys": (b"}(", b"\x95\x04\0\0\0\0\0\0\0K\x01K\x02", b"u."),
    "tuples": (b"(", b"K\x01K\x02\x86", b"t."),
}  # fmt: skip


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """What counts the steps of every expression of the fast path."""
    counter = Counter()
    monkeypatch.setattr(fast_patterns, "compiled", counter.compiled)
    fast_patterns.run.cache_clear()
    fast_patterns.patterns.cache_clear()
    yield counter
    fast_patterns.run.cache_clear()
    fast_patterns.patterns.cache_clear()


def steps(counter: Counter, data: bytes) -> int:
    """Load a stream, and give the steps of the expressions."""
    before = counter.steps
    load_first(data, "ASCII", "strict", Budget())
    return counter.steps - before


@pytest.mark.parametrize("shape", SHAPES)
def test_it_does_not_go_back_and_forth(shape: str, counter: Counter) -> None:
    """Four times as long takes about four times as many steps, and each byte takes a few."""
    head, body, tail = SHAPES[shape]
    if not shape.startswith("protocol 0"):  # which has expressions of its own
        head = b"\x80\x04" + head
    short, long = (steps(counter, head + body * times + tail) for times in (10, 40))
    assert long < 5 * short
    assert long < 100 * len(head + body * 40 + tail)


VALUES = {
    "numbers as keys": {number: number * 1000 for number in range(200, 300)},
    "texts as keys": {f"key{number}": [number, 1.5, None, "text"] for number in range(40)},
    "sets": [set(range(number, number + 5)) for number in range(0, 900, 20)],
    "tuples": [(number, ("text", 1.5)) for number in range(200)],
}


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("value", VALUES)
def test_a_stream_that_ends_too_soon_is_the_machine_s(value: str, protocol: int) -> None:
    """Wherever it is cut off: nothing is loaded, and the error is Pik's own."""
    data = pickle.dumps(VALUES[value], protocol)
    assert loads(data) == VALUES[value]
    assert len(data) > 700
    for end in range(512, len(data), 1 if protocol == 0 else 3):
        assert load_first(data[:end], "ASCII", "strict", Budget()) == (0, None)
    with pytest.raises(PikError):
        loads(data[:-1])


def test_a_number_at_the_very_end_is_no_other_error() -> None:
    """Where a stream of protocol 0 ends after a number that is a key, that is what is said."""
    for number in (b"I5\n", b"J\x01\x02\x03\x04"):
        with pytest.raises(PikError, match="Ran out of input"):
            loads(b"(dp0\n" + b"I1\nI2\ns" * 100 + number)


def test_a_frame_may_end_after_any_item_of_a_list_within_a_dict() -> None:
    """Where a frame ends after what is stored in the memo, the stream is plain all the same."""
    record = b"}\x94(\x8c\x04tags\x94](\x8c\x01a\x94", b"\x8c\x01b\x94eu"
    body = b"\x95" + len(record[0]).to_bytes(8, "little") + record[0]
    data = b"\x80\x04]\x94(" + (body + b"\x95" + len(record[1]).to_bytes(8, "little") + record[1]) * 20 + b"e."
    end, value = load_first(data, "ASCII", "strict", Budget())
    assert end == len(data)
    assert value == [{"tags": ["a", "b"]}] * 20


def test_many_small_dicts_are_no_affair_of_the_clock() -> None:
    """However slow the clock of this machine is to read: in tables of a few light keys nothing can take long."""
    budget = Budget()
    budget.timer = iter(range(10**9)).__next__  # a second at each look
    data = pickle.dumps([({"x": i, "y": (i,)},) for i in range(3_000)], 4)
    assert loads(data, on_refused="show", limits=budget).value == pickle.loads(data)


def test_the_collector_rests_while_a_large_stream_is_read() -> None:
    """It would go through all that was read again and again; afterwards it is on as it was."""
    data = pickle.dumps([({"x": i},) for i in range(20_000)], 4)
    began: list[str] = []
    gc.callbacks.append(lambda phase, _: began.append(phase))
    try:
        loads(data)
        read = len(began)
    finally:
        gc.callbacks.pop()
    assert read <= 4  # the beginning and end of what falls due when it is on again
    assert gc.isenabled()
