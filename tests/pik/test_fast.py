"""The fast path takes steps in proportion to the length of what it crosses, and proves nothing of a stream that ends too soon."""

from __future__ import annotations

import gc
import pickle
import time
from collections.abc import Callable, Iterator

import pytest

from histshell.pik import PikError, fast_keys, fast_patterns, loads
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
    many = 10 if len(body) > 100 else 40  # more than a group has
    short, long = (steps(counter, head + body * times + tail) for times in (many, 4 * many))
    assert long < 5 * short
    assert long < 100 * len(head + body * 4 * many + tail)


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


def proved(data: bytes) -> bool:
    """Return whether the fast path loads a stream, and then as C does."""
    end, value = load_first(data, "ASCII", "strict", Budget())
    assert not end or (end, value) == (len(data), pickle.loads(data))
    return end > 0


RECORDS = [
    {"id": n, "at": (n, n / 2), "box": (n, n, 0, 1), "in": [((n, "a"), {"b": ("c", n)})], (n, "k"): {n: ()}}
    for n in range(300)
]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("most", [2, 300])
def test_tuples_and_dicts_may_be_mixed(protocol: int, most: int) -> None:
    """Records with tuples in them, as keys too, are plain data at every protocol, in one frame or in many."""
    sets = [{number} for number in range(9)] if protocol >= 4 else []
    assert proved(pickle.dumps(RECORDS[:most] * 2 + sets, protocol))


def test_frames_are_no_hindrance() -> None:
    """A long stream has many frames, which C is not given."""
    data = pickle.dumps([{"number": n, "pair": (n, str(n)), "text": "t" * 100} for n in range(9_000)], 4)
    assert data.count(b"\x95") > 10
    assert proved(data)


SHARED = b"K\x01\x85" + b"".join(b"q%ch%c\x86" % (n, n) for n in range(45))
COUNTED = b"".join(b"\x94h%c\x86" % n for n in range(45))

BY_LINE = b"(lp0\n(dp1\nI1\nNsa" + b"(I1\ntp2\n" + b"".join(b"(g%d\ng%d\ntp%d\n" % (n, n, n + 1) for n in range(2, 47))
BY_LINE += b"a" + b"I1\na" * 200 + b"."


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02](}K\x01Ns}" + SHARED + b"Ns" + b"K\x01" * 500 + b"e.",
        b"\x80\x04](}K\x01Ns}K\x01\x85" + COUNTED + b"Ns" + b"K\x01" * 500 + b"e.",
        b"\x80\x04](}K\x01Ns}K\x01\x85" + COUNTED + b"Ns" + b"K\x01" * 500_000 + b"e.",
        b"\x80\x04](" + b"}K\x01Ns" * 100_000 + b"}(K\x01K\x01" + b"\x8c\x01a\x94" * 200 + b"\x85\x94j\xc8\0\0\0\x86K\x01ue.",
        BY_LINE,
    ],
    ids=["by number", "counted", "early in a long stream", "late in a long stream", "by line"],
)  # fmt: skip
def test_a_tuple_that_is_fetched_is_the_machine_s(data: bytes) -> None:
    """It might be part of others many times over, and each of these a key."""
    assert load_first(data, "ASCII", "strict", Budget()) == (0, None)


def _framed(*frames: bytes) -> bytes:
    """Put FRAME before each."""
    return b"".join(b"\x95" + len(frame).to_bytes(8, "little") + frame for frame in frames)


def _unseen(first: bytes, again: Callable[[int], bytes]) -> bytes:
    """Make 45 pairs of the one before, which was stored in a roundabout way, and keys of them all."""
    return b"](}K\x01Ns}(K\x01\x85" + first + b"".join(map(again, range(45))) + b"Nu" + b"K\x01" * 500 + b"e."


def _unseen_lines(store: bytes) -> bytes:
    """The same in protocol 0; *store* is what comes after each tuple."""
    pairs = (b"(g%d\ng%d\nt" % (n, n) + store % (n + 1) for n in range(3, 48))
    return b"(lp0\n(dp1\nI1\nNsa((I1\nt" + store % 3 + b"".join(pairs) + b"da" + b"I1\na" * 200 + b"."


UNSEEN = {
    "after APPENDS of nothing": b"\x80\x02" + _unseen(b"(eq\0", lambda n: b"h%ch%c\x86(eq%c" % (n, n, n + 1)),
    "after SETITEMS of nothing": b"\x80\x02" + _unseen(b"(uq\0", lambda n: b"h%ch%c\x86(uq%c" % (n, n, n + 1)),
    "after ADDITEMS of nothing": b"\x80\x02" + _unseen(b"(\x90q\0", lambda n: b"h%ch%c\x86(\x90q%c" % (n, n, n + 1)),
    "twice": b"\x80\x02" + _unseen(b"q\xc8q\0", lambda n: b"h%ch%c\x86q\xc8q%c" % (n, n, n + 1)),
    "twice, one wide": b"\x80\x02" + _unseen(b"q\xc8r\0\0\0\0", lambda n: b"h%ch%c\x86q\xc8r%c\0\0\0" % (n, n, n + 1)),
    "counted, twice": b"\x80\x04" + _unseen(b"\x94\x94", lambda n: b"h%ch%c\x86\x94\x94" % (2 * n + 1, 2 * n + 1)),
    "counted, after APPENDS": b"\x80\x04" + _unseen(b"\x94(e\x94", lambda n: b"h%ch%c\x86\x94(e\x94" % (2 * n + 1, 2 * n + 1)),
    "counted, twice over a frame": b"\x80\x04" + _framed(
        *_unseen(b"\x94 \x94", lambda n: b"h%ch%c\x86\x94 \x94" % (2 * n + 1, 2 * n + 1)).split(b" ")
    ),
    "counted, twice over two frames": b"\x80\x04" + _framed(
        *_unseen(b"\x94  \x94", lambda n: b"h%ch%c\x86\x94  \x94" % (2 * n + 1, 2 * n + 1)).split(b" ")
    ),
    "counted, a frame within": b"\x80\x04" + _framed(
        *_unseen(b"\x94( e \x94", lambda n: b"h%ch%c\x86\x94( e \x94" % (2 * n + 1, 2 * n + 1)).split(b" ")
    ),
    "by line, twice": _unseen_lines(b"p200\np%d\n"),
    "by line, after APPENDS": _unseen_lines(b"(ep%d\n"),
}  # fmt: skip


@pytest.mark.parametrize("how", UNSEEN)
def test_a_tuple_that_is_stored_in_a_roundabout_way_is_not_fetched(how: str) -> None:
    """Whatever lies between a tuple and what stores it: its number is known, or the stream is the machine's."""
    began = time.thread_time()
    assert load_first(UNSEEN[how], "ASCII", "strict", Budget()) == (0, None)
    with pytest.raises(PikError):
        loads(UNSEEN[how])
    assert time.thread_time() - began < 10


@pytest.mark.slow
@pytest.mark.parametrize("protocol", [2, 4])
def test_a_tuple_is_found_behind_texts_of_any_length(protocol: int) -> None:
    """What looks for tuples that are fetched finds its way past whatever the proof does."""
    texts = [{"text": f"{n:0{n % 300}d}", "pair": (n, str(n)), "of": [n * 1.5]} for n in range(9_000)]
    names = [f"name {n}" for n in range(5_000)]
    pair = ("once", ["and again"])
    assert proved(pickle.dumps([*names, *texts, *names], protocol))
    assert not proved(pickle.dumps([*names, *texts, pair, *names, pair], protocol))


@pytest.mark.slow
def test_a_small_tuple_may_be_fetched_in_a_long_stream() -> None:
    """Constants that all records share cost next to nothing."""
    assert proved(pickle.dumps([{"n": n, "pair": (n, n), "shared": ((1, 2), "a")} for n in range(40_000)], 4))


KEYS = b"".join(b"J" + (n + 1000).to_bytes(4, "little") + b"N" for n in range(12_000))
LONG_TUPLES = b"".join(b"(" + b"K\x01" * 400 + b"K%ctN" % n for n in range(250))


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        (b"\x80\x04](}(" + KEYS[:6_000] + b"ue.", True),
        (b"\x80\x04](}(" + KEYS + b"ue.", False),
        (b"\x80\x04](\x8f(" + KEYS + b"\x90e.", False),
        (b"\x80\x04](}(" + KEYS[:6_000] + b"u(" + KEYS[6_000:12_000] + b"ue.", True),
        (b"\x80\x04](}N" + b"\x85" * 4_000 + b"Ns" + b"e.", True),
        (b"\x80\x04](}N" + b"\x85" * 6_000 + b"Ns" + b"e.", False),
        (b"\x80\x04](}(N" + b"\x85" * 6_000 + b"Nu" + b"e.", False),
        (b"\x80\x04](}(" + b"(" * 6_000 + b"N" + b"t" * 6_000 + b"Nu" + b"e.", False),
        (b"\x80\x04](}N" + b"(" * 6_000 + b"N" + b"t" * 6_000 + b"Ns" + b"e.", False),
        (b"\x80\x04](}(" + LONG_TUPLES[:60_000] + b"tNue.", False),
        (b"\x80\x04](}(" + LONG_TUPLES * 2 + b"ue.", False),
        (b"\x80\x04](}NNs](N" + b"\x85" * 6_000 + b"ee.", True),
    ],
)  # fmt: skip
def test_what_one_opcode_hashes_is_bounded(data: bytes, plain: bool) -> None:
    """Many keys above one mark, tuples deep in each other, many long ones: these are the machine's, fewer of them are not."""
    end, _ = load_first(data, "ASCII", "strict", Budget())
    assert (end == len(data)) is plain


def test_a_long_text_that_is_there_twice_is_the_machine_s() -> None:
    """Each time the two meet they are compared over their whole length."""
    long = b"X" + (300_000).to_bytes(4, "little") + b"a" * 300_000
    once, twice = (b"\x80\x04](}K\x01Ns" + long * times + b"e." for times in (1, 2))
    assert proved(once)
    assert not proved(twice)


def test_the_clock_stops_c_too() -> None:
    """Between two pieces of a stream it is looked at; what was read until then is read again by the machine, at no cost."""
    budget = Budget()
    budget.timer = clock = iter(range(10**9)).__next__  # a second at each look
    data = pickle.dumps([{n: n} for n in range(10_000)], 4)
    assert load_first(data, "ASCII", "strict", budget) == (0, None)
    assert budget.timer is clock
    assert budget.clock()[1:] == (0.0, 0, 0)


def test_many_small_dicts_are_no_affair_of_the_clock() -> None:
    """However slow the clock of this machine is to read: in tables of a few light keys nothing can take long."""
    budget = Budget()
    budget.timer = iter(range(10**9)).__next__  # a second at each look
    data = pickle.dumps([({"x": i, "y": (i,)}, frozenset((i,))) for i in range(3_000)], 4)
    assert loads(data, on_refused="show", limits=budget).value == pickle.loads(data)


def test_the_collector_rests_while_a_large_stream_is_read() -> None:
    """It would go through all that was read again and again; afterwards it is on as it was."""
    data = pickle.dumps([({"x": i}, frozenset((i,))) for i in range(20_000)], 4)
    began: list[str] = []
    gc.callbacks.append(lambda phase, _: began.append(phase))
    try:
        loads(data)
        read = len(began)
    finally:
        gc.callbacks.pop()
    assert read <= 4  # the beginning and end of what falls due when it is on again
    assert gc.isenabled()


@pytest.mark.parametrize("kind", [int, float, str])
def test_batches_of_a_long_list_are_no_keys(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dict of long lists is proved however long these are: a batch leaves nothing in the dict."""
    monkeypatch.setattr(fast_keys, "_MOST", 4_600)  # a little more than the first match may count
    data = pickle.dumps({name: list(map(kind, range(300_000))) for name in ("one", "two")}, 4)
    assert load_first(data, "ASCII", "strict", Budget())[0] == len(data)
