"""Longer texts are taken out before the proof: nothing else may change, and what C reads must be what was proved."""

from __future__ import annotations

import io
import pickle
import pickletools
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histshell.pik import PikError, loads
from histshell.pik.budget import Budget
from histshell.pik.fast import load_first
from histshell.pik.fast_lending import Lent
from histshell.pik.fast_texts import WithoutTexts
from histshell.pik.machine import Machine
from tests.pik import streams

LENGTHS = [
    0,
    1,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    257,
    511,
    512,
    767,
    768,
    1023,
    1024,
    1025,
    4095,
    65_535,
    65_536,
    70_000,
]
NUMBERS = (255, 7)


def value(rng: Random, depth: int = 3) -> Any:
    """Make plain data with texts of any length, and things that are shared."""
    length = rng.choice(LENGTHS) if rng.random() < 0.1 else rng.randrange(600)
    text = "".join(rng.choice("ab.}(u\x94\x85é€\0") for _ in range(min(length, 40))) * (length // 40 + 1)
    if not depth:
        return rng.choice(
            [text, text, text.encode(), len(text), 1.5, None, 1 << rng.randrange(2_500), -(1 << rng.randrange(300))]
        )
    parts = [value(rng, depth - 1) for _ in range(rng.randrange(6))]
    if parts:
        parts += [part for part in parts[:1] if type(part) is not tuple]  # which would be the machine's
    kind = rng.randrange(4)
    if kind == 0:
        return tuple(parts[:4])
    if kind == 1:
        return {text: parts, length: text, (length, text): [text]}
    return parts if kind == 2 else {f"key {n}": part for n, part in enumerate(parts)}


def records(rng: Random, count: int = 150) -> list[Any]:
    """Make so many records that their texts are taken out."""
    shared = ["shared", "t" * 300]
    return [
        {"n": n, "text": "x" * rng.randrange(200, 400), "more": value(rng, 2), "shared": shared} for n in range(count)
    ]


def written(thing: Any, protocol: int, how: str) -> bytes:
    """Pickle it by C's pickler, by Python's, or without frames."""
    if how == "C":
        return pickle.dumps(thing, protocol)
    file = io.BytesIO()
    pickle._Pickler(file, protocol).dump(thing)
    data = file.getvalue()
    if how == "Python":
        return data
    frames = [at for op, _, at in pickletools.genops(data) if op.name == "FRAME" and at is not None]
    return b"".join(data[start:end] for start, end in zip((0, *(at + 9 for at in frames)), (*frames, len(data))))


def proved(data: bytes) -> bool:
    """Return whether the fast path loads it, and then as C does, with what is shared and what is not."""
    end, found = load_first(data, "ASCII", "strict", Budget())
    assert not end or (end == len(data) and streams.portrait(found) == streams.portrait(pickle.loads(data)))
    return end > 0


@pytest.mark.parametrize("how", ["C", "Python", "unframed"])
@pytest.mark.parametrize("protocol", range(6))
def test_records_with_texts_of_any_length_are_as_in_c(protocol: int, how: str) -> None:
    """At every protocol, in frames or not: they are proved, but where bytes are a call, as before protocol 3."""
    thing = records(Random(protocol))
    assert proved(written(thing, protocol, how)) is (protocol >= 3)
    texts = [{"n": n, "text": "é" * (150 + n % 300), "at": (n, n / 2)} for n in range(400)]
    assert proved(written(texts, protocol, how))
    assert proved(written([text["text"] for text in texts] * 3, protocol, how))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", ["texts", "bytes", "keys", "ints", "list"])
def test_every_length_is_crossed_as_it_is(kind: str, length: int) -> None:
    """One byte more or less would be seen: what follows is no opcode."""
    thing: Any = [{"n": n, "text": "\xff" * length + str(n)} for n in range(120)]
    if kind == "bytes":
        thing = {n: b"\xff" * length + b"%d" % n for n in range(120)}
    elif kind == "keys":
        thing = {"\xff" * length + str(n): n for n in range(120)}
    elif kind == "ints":
        thing = [{"n": n, "wide": (1 << 8 * min(length, 1_000)) + n} for n in range(120)]
    elif kind == "list":
        thing = ["\xff" * length + str(n) for n in range(120)]
    assert proved(pickle.dumps(thing, 4))


def expected(data: bytes) -> bytes:
    """Take out what is longer by the standard library's list of opcodes, and frames."""
    ops = [*pickletools.genops(data)]
    parts = []
    for (op, _, at), after in zip(ops, [*(at for _, _, at in ops[1:]), len(data)]):
        assert at is not None
        assert after is not None
        text = op.name.endswith(("UNICODE", "UNICODE8", "BYTES", "BYTES8")) and op.name != "UNICODE"
        size = after - at - (2 if op.name.startswith("SHORT") else 9 if op.name.endswith("8") else 5)
        if op.name == "FRAME":
            continue
        taken = (text and (size >= 64 or op.name in ("BINBYTES", "BINBYTES8", "BINUNICODE8"))) or (
            op.name == "LONG1" and after - at > 10
        )
        parts.append(b"\x8c\0" if taken or op.name == "LONG4" else data[at:after])
    return b"".join(parts)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_nothing_else_is_taken_out(protocol: int) -> None:
    """What is left is the stream with an empty text for each longer one, opcode by opcode."""
    for seed in range(5):
        thing = [record | {"shared": "once"} for record in records(Random(seed), 30)]
        data = pickle.dumps(
            thing if protocol > 2 else [{"n": n, "t": "ü" * n, "w": 1 << n} for n in range(500)], protocol
        )
        left = WithoutTexts(data, NUMBERS)
        assert left.stop == len(data) - 1
        assert left.data == expected(data)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_stream_with_texts_that_ends_too_soon_is_the_machine_s(protocol: int) -> None:
    """Wherever it is cut off."""
    data = pickle.dumps([{"n": n, "text": "t" * (200 + n), "wide": 1 << 500 + n} for n in range(150)], protocol)
    for end in [*range(len(data) - 800, len(data)), *range(1_000, len(data), 97)]:
        assert WithoutTexts(data[:end], NUMBERS).stop == -1
    for end in range(1_000, len(data), 977):
        assert load_first(data[:end], "ASCII", "strict", Budget()) == (0, None)
    with pytest.raises(PikError):
        loads(data[:-1])


@settings(max_examples=max(60, settings().max_examples // 4), deadline=None)
@given(st.integers(0, 1 << 40), st.integers(0, 5), st.booleans())
@pytest.mark.slow
def test_texts_that_were_changed_are_as_the_machine_has_them(seed: int, protocol: int, mutate: bool) -> None:
    """Also where bytes were changed: what is proved is loaded to what the machine makes of it."""
    rng = Random(seed)
    stream = pickle.dumps([*records(rng, 110), [value(rng) for _ in range(5)]], protocol)
    if mutate:
        stream = streams.mutated(rng, stream)
    end, found = load_first(stream, "ASCII", "strict", Budget())
    if end:
        assert streams.portrait(found) == streams.portrait(Machine().run(stream))


TEXTS = b"".join(b"}\x94(\x8c\x01aX\x2c\x01\0\0" + b"b" * 300 + b"\x94u" for _ in range(150))
NUMBERED = b"".join(b"}q\x01(U\x01aX\x2c\x01\0\0" + b"b" * 300 + b"q\x02u" for _ in range(150))
PAIRS = b"K\x01\x85" + b"".join(b"q%ch%c\x86" % (n, n) for n in range(5, 50))


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x04](" + TEXTS + b"cos\nsystem\n0e.",
        b"\x80\x02](" + NUMBERED + b"}" + PAIRS + b"Nse.",
        b"\x80\x04](" + TEXTS + b"X\xff\xff\xff\xff" + b"b" * 300 + b"e.",
        b"\x80\x04](" + TEXTS + b"\x8d" + b"\xff" * 8 + b"b" * 300 + b"e.",
        b"\x80\x04](" + TEXTS + b"\x8b\xff\xff\xff\xffe.",
        b"\x80\x04](" + TEXTS + b"\x8b\xd0\x07\0\0" + b"\x01" * 2_000 + b"e.",
        b"\x80\x04](" + TEXTS + b"}(" + b"".join(b"J%cb\0\0N" % n for n in range(200)) * 60 + b"ue.",
        b"\x80\x04](" + TEXTS + b"}N" + b"\x85" * 6_000 + b"Nse.",
        b"\x80\x04](" + TEXTS + 2 * (b"}X\xe0\x93\x04\0" + b"a" * 300_000 + b"Ns") + b"e.",
        b"\x80\x04\x95" + (len(TEXTS) + 9).to_bytes(8, "little") + b"](" + TEXTS + b"X\x2c\x01\0\0" + b"b" * 300 + b"e.",
        b"\x80\x04](" + TEXTS + b"\x95\xff\0\0\0\0\0\0\0e.",
    ],
    ids=[
        "import", "doubled tuple", "too long", "far too long", "negative", "too wide", "many keys", "deep", "twice",
        "crossed frame", "frame that is too long",
    ],
)  # fmt: skip
def test_what_stands_behind_many_texts_is_proved_as_well(data: bytes) -> None:
    """None of these is C's to load."""
    assert load_first(data, "ASCII", "strict", Budget()) == (0, None)


def test_texts_are_no_way_past_the_clock() -> None:
    """With a clock that runs out at once, keys behind texts are left to the machine."""
    budget = Budget()
    budget.timer = iter(range(10**9)).__next__  # a second at each look
    keys = b"".join(b"J%c%c\0\0Ns" % (n & 255, n >> 8) for n in range(9_000))
    assert load_first(b"\x80\x04](" + TEXTS + b"}" + keys + b"e.", "ASCII", "strict", budget) == (0, None)


def test_long_texts_that_are_alike_at_their_ends_only_may_be_there() -> None:
    """Such texts are compared in full."""
    texts = ["a" * 200_000 + str(n) + "a" * 200_000 for n in range(4)]
    assert proved(pickle.dumps([{"text": text} for text in texts], 4))
    again = ["".join(texts[0]), texts[0][:-1] + "a"]
    assert not proved(pickle.dumps([{"text": text} for text in [*texts, *(text[:1] + text[1:] for text in again)]], 4))


@pytest.mark.parametrize("most", [1, 7, 100, 10_000])
def test_what_is_lent_is_what_there_is(most: int) -> None:
    """Whatever is peeked at, read, or read into a buffer: all bytes once, but for the beginnings of frames."""
    rng = Random(most)
    data = rng.randbytes(3_000)
    frames = [40, 49, 900, 2_000]
    whole = b"".join(data[start:end] for start, end in zip((0, *(at + 9 for at in frames)), (*frames, len(data))))
    for _ in range(50):
        lent, got = Lent(data, frames, None, most), b""
        while len(got) < len(whole):
            ahead = bytes(lent.peek(rng.randrange(200)))
            assert len(ahead) in range(1, most + 1)
            assert whole[len(got) :].startswith(ahead)
            if rng.random() < 0.2:
                got += lent.readline()
                assert got[-1:] == b"\n" or len(got) in [at - 9 * n for n, at in enumerate([*frames, len(data)])]
            elif rng.random() < 0.3:
                room = bytearray(rng.randrange(1, 300))
                got += room[: lent.readinto(room)]
            else:
                got += bytes(lent.read(rng.choice([len(ahead), 1, 300])))
        assert got == whole
        assert bytes(lent.peek(10)) == bytes(lent.read(10)) == b""
