"""What a stream asks for is told whatever else goes wrong, and nothing of a stream reaches the terminal as itself."""

from __future__ import annotations

import builtins
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from histshell import History, HistshellError
from histshell.history import record
from histshell.pik import EVERYTHING, LimitError, Limits, Machine, PikError, RefusedError, disassemble, load, loads
from histshell.pik.mode import lookahead
from histshell.pik.mode.commands import words
from histshell.pik.mode.console import Console
from histshell.pik.mode.files import read
from histshell.pik.mode.stream import Stream
from histshell.pik.policy.policy import SAFE
from histshell.pik.tree import reading
from histshell.preview import preview, printable, quoted, show
from tests.pik import faults, file_reading
from tests.pik.bombs import show_files
from tests.pik.faults import FAULTS, LOST, RUN, P, name, text
from tests.prompt.session import CHECKOUT, environment
from tests.pythons import Target, home_pythons

MOST = 1_000_000
"""How many characters may be printed about a small file."""


def check(said: str, fault: faults.Fault) -> None:
    """All is said that has to be, in bounds, and nothing that a terminal would obey."""
    for line in said.split("\n"):
        assert line == printable(line)
    for part in fault.said:
        assert part in said
    assert len(said) < MOST


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A folder that is empty afterwards, but for what was put there: no stream has touched its canary."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not (tmp_path / "CANARY").exists()


@pytest.mark.slow
@pytest.mark.parametrize("case", FAULTS)
def test_the_command_tells_all(case: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is asked for and what is wrong, escaped, and the exit status; the mode's `:load` gives the values as well."""
    fault = FAULTS[case]
    (here / "one.pkl").write_bytes(fault.stream)
    (here / "two.pkl").write_bytes(b"I77\n.")
    Console(History(), {}, quiet=True).feed([":load one.pkl"])
    status = show_files("one.pkl")
    printed = capsys.readouterr()
    check(printed.out + printed.err, fault)
    assert fault.status in (status, -1)
    assert show_files("one.pkl", "two.pkl") == status
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "77"


def outcome(stream: bytes, how: str) -> Any:
    """Load a stream: what is shown or loaded, or the error."""
    try:
        return loads(stream, on_refused=how)
    except PikError as error:
        return error


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("how", ["show", "raise"])
@pytest.mark.parametrize("case", FAULTS)
def test_loads_tells_all(case: str, how: str) -> None:
    """The error of either way of loading knows what was asked for; so does what is shown."""
    fault = FAULTS[case]
    found = outcome(fault.stream, how)
    check(str(found) if how == "show" or isinstance(found, PikError) else show(found), fault._replace(said=()))
    if isinstance(found, PikError):
        again = pickle.loads(pickle.dumps(found))
        assert (str(again), again.effects) == (str(found), found.effects)
        if case in LOST and fault.status == 1 and case not in ("in the second stream", "before a broken stream"):
            assert any(effect.refused for effect in found.effects)


@pytest.mark.parametrize("case", FAULTS)
def test_the_mode_tells_all(case: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file's bytes and typed ones, `:list`, `:stack`, `:memo`, and the live look at the line: escaped and in bounds."""
    fault = FAULTS[case]
    (here / "one.pkl").write_bytes(fault.stream)
    console = Console(History(), {})
    console._do(":load one.pkl")
    said = "".join(capsys.readouterr())
    check(
        said,
        fault._replace(said=tuple(part for part in fault.said if "Ran out" not in part and "truncated" not in part))
        if fault.status
        else fault._replace(said=()),
    )
    for line in (":list", ":stack", ":memo", "?", ":trust", ":undo"):
        console._do(line)
    check("".join(capsys.readouterr()), fault._replace(said=()))
    if len(fault.stream) < 2_000:
        line = repr(fault.stream)
        look = lookahead.look(console.stream, line)
        check("\n".join([*look.stack, *look.memo, look.note, *look.lines(80)]), fault._replace(said=()))
        assert lookahead.pieces(console.stream, line)
        console._do(line)
        check("".join(capsys.readouterr()), fault._replace(said=()))


def test_an_opcode_that_fails_keeps_what_it_asked_for() -> None:
    """What BUILD or a call asks for stays in the error, though the stack goes back; `:undo` forgets it."""
    machine = Machine(on_refused="show", persistent_load=str)
    place = machine.save()
    with pytest.raises(PikError) as caught:
        machine.feed(P + name("datetime", "date") + b"K\x00K\x00K\x00\x87R.")
    assert [effect.what for effect in caught.value.effects] == ["datetime.date", "datetime.date(0, 0, 0)"]
    machine.undo(place)
    assert machine.effects == []
    machine.feed(b"cos\nsystem\n")
    place = machine.save()
    machine.feed(b"cos\nsystem\n" * 3)
    assert [effect.count for effect in machine.effects] == [4]
    machine.undo(place)
    assert [(effect.count, effect.offset) for effect in machine.effects] == [(1, 0)]


@pytest.mark.parametrize("limit", ["opcodes", "stack", "memory", "work", "effects"])
def test_each_limit_leaves_the_list(limit: str) -> None:
    """A limit ends the stream, not what is known of it; what is refused is never counted away."""
    stream = RUN + b"}" + b"(K\x01K\x02\x86Nu" * 50 + b"N" * 50 + b"]" * 50 + b"ca\nb\n" * 50
    values = {"opcodes": 40, "stack": 4, "memory": 3000, "work": 3, "effects": 0}
    limits = Limits(**{limit: values[limit], "memory_per_byte": 0, "work_per_byte": 0})
    with pytest.raises(PikError) as caught:
        loads(stream, on_refused="show", limits=limits)
    assert isinstance(caught.value, LimitError) == (limit != "effects")
    assert [effect.what for effect in caught.value.effects][:2] == ["os.system", "os.system('touch CANARY')"]


def test_the_list_is_charged() -> None:
    """Names made of few bytes each cannot fill the memory."""
    names = b"".join(text(f"m{n}") + b"\x940" for n in range(200))
    pairs = b"".join(b"h%ch%c\x930" % (a, b) for a in range(200) for b in range(200))
    with pytest.raises(LimitError, match=r"Limits\.memory") as caught:
        loads(P + names + pairs + b"N.", on_refused="show", limits=Limits(memory=1_000_000, memory_per_byte=0))
    assert 1_000 < len(caught.value.effects) < 3_000


def test_trusting_everything_keeps_a_list_too() -> None:
    """C's errors know what was asked for before them."""
    with pytest.raises(PikError) as caught:
        loads(b"cos\ngetcwd\n)R0cos\nnothing like it\n.", trust=EVERYTHING)
    assert [effect.what for effect in caught.value.effects] == ["os.getcwd", "posix.getcwd()", "'os.nothing like it'"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a.b, c.d", ["a.b", "c.d"]),
        ("'a.b everything' c.*", ["a.b everything", "c.*"]),
        (r"'a.\x1b' everything", ["a.\x1b", "everything"]),
        ('"it\'s.a"', ["it's.a"]),
        ("'everything'", None),
        ("'os.*'", None),
        ("'a.b", None),
        ("'a.b'c.d", None),
    ],
)
def test_trust_reads_quotes(typed: str, meant: list[str] | None) -> None:
    """A quoted name is one name and no other command."""
    if meant is None:
        with pytest.raises(HistshellError, match=":trust"):
            words(typed)
    else:
        assert words(typed) == meant


def test_advice_typed_as_it_stands_trusts_the_name_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a name is made of, the line of advice is no other command, and names that cannot be trusted are not in it."""
    odd = [("mymodel.layers", "Dense everything"), ("os", "*"), ("", "everything"), ("a\x1b", "b'c"), ("m" * 500, "n")]
    console = Console(History(), {})
    console._do(repr(P + b"0".join(name(*pair) for pair in odd) + b"."))
    printed = capsys.readouterr().out.splitlines()
    advice = next(line for line in printed if line.startswith("If you mean it:"))
    assert printed[-1] == "3 names cannot be trusted: too long, or no name"
    console._do(advice.removeprefix("If you mean it:").partition("   and type")[0].strip())
    assert console.stream.policy.trusted == {"mymodel.layers.Dense everything", "a\x1b.b'c"}
    assert not console.stream.policy.everything


def strange(lying: bool) -> Any:
    """Give a value whose metaclass, and whose claim to a class, are somebody's code; made here, where pytest does not look."""

    class Meta(type):
        def __hash__(cls) -> int:
            raise SystemExit("hashed")

        def __eq__(cls, other: object) -> bool:
            raise SystemExit("compared")

        def __getattribute__(cls, name: str) -> Any:
            raise SystemExit(f"asked for {name}")

    class Strange(metaclass=Meta):
        pass

    class Lying(metaclass=Meta):
        @property  # type: ignore[misc]  # as in code that lies
        def __class__(self) -> Any:
            raise SystemExit("asked for its class")

    return object.__new__(Lying if lying else Strange)


@pytest.mark.parametrize("lying", [False, True])
def test_types_are_compared_by_identity(lying: bool) -> None:
    """The printer, the gates and the live look run no code of a metaclass."""
    value = strange(lying)
    for listed in (
        "set",
        "frozenset",
        "dict",
        "list",
        "tuple",
        "bytearray",
        "range",
        "slice",
        "len",
        "sum",
        "sorted",
        "zip",
        "map",
    ):
        stream = Stream(lambda _: value)
        for call in ("(P1\ntR.", "(P1\nP1\ntR.", "(P1\nt\x81.", "((P1\nI1\nlltR."):
            try:
                stream.type(repr(f"c__builtin__\n{listed}\n{call}".encode("latin-1").replace(b"\\x81", b"\x81")))
            except PikError:
                pass
            stream.clear()
    assert show([value]).startswith("[<tests.pik.test_telling.")
    assert preview({1: value}).startswith("{1: <tests.pik.test_telling.")
    for after in (
        b"K\x01a.",
        b"K\x01K\x01s.",
        b"(K\x01K\x01u.",
        b"(K\x01\x90.",
        b"Nb.",
        b")\x81.",
        b")R.",
        b"(K\x01e.",
        b"}(h\x00N0u.",
        b"0}P1\nNs.",
    ):
        stream = Stream(lambda _: value)
        line = repr(b"P1\n" + after)
        lookahead.look(stream, "P1")
        try:
            stream.type(line)
        except PikError:
            pass
        stream.clear()
        stream.type("P1")
        for entry in ("a", "s", "Nb", ")R", "t", "(g0"):
            lookahead.look(stream, entry)
            list(lookahead.legal(stream, entry[:1]))


def test_a_forged_module_is_not_the_librarys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that lies under a listed name in a module of the user's is not asked for its text."""
    import types

    forged = types.ModuleType("fractions")
    forged.__file__ = "/somewhere/fractions.py"
    made = type("Fraction", (), {"__module__": "fractions", "__repr__": lambda _self: 1 / 0})
    forged.Fraction = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fractions", forged)
    assert show(made()).startswith("<fractions.Fraction object at 0x")


def test_names_of_classes_are_escaped_in_the_history() -> None:
    """In the table, in an entry, in a preview."""
    history = History()
    record(history, type("A\x1b[2J\u202e", (), {})(), 0.0).source = "x\u200b"
    for shown in (repr(history), repr(history.entry(1)), history.entry(1).preview):
        assert all(line == printable(line) for line in shown.split("\n"))
        assert r"\x1b[2J" in shown


def test_emoji_stay_themselves() -> None:
    """What makes a character a picture is not hidden writing; after a letter it is."""
    assert printable("❤\ufe0f é 漢") == "❤\ufe0f é 漢"
    assert printable("os\ufe0f") == r"os\ufe0f"
    assert (quoted("os.path"), quoted("a b"), quoted("é.x")) == ("os.path", "'a b'", r"'\xe9.x'")


@pytest.mark.parametrize(
    ("stream", "note"),
    [
        (
            P
            + text("a")
            + b"q\0q\0"
            + text("collections")
            + b"q\x02"
            + text("os")
            + b"\x940h\x02"
            + text("getcwd")
            + b"\x93)R.",
            None,
        ),
        (
            P
            + text("a")
            + b"\x94\x94q\x00"
            + text("os")
            + b"q\x050"
            + text("x")
            + b"\x940h\x03"
            + text("y")
            + b"\x93.",
            None,
        ),
        (P + text("os") + b"q\x01q\x000" + text("b") + b"q\x000h\x00" + text("y") + b"\x93.", "import b.y"),
        (P + text("os") + text("b") + b"0" + text("y") + b"\x93.", "import os.y"),
        (P + text("os") + b"2\x93.", "import os.os"),
        (b"U\x02osU\x01y\x93.", "import os.y"),
        (P + text("os") + b"q\x000]q\x000h\x00" + text("y") + b"\x93.", ""),
        (P + text("os\x1b") + text("y") + b"\x93.", r"import 'os\x1b.y'"),
    ],
)
def test_the_listing_follows_the_memo_as_the_machine_does(stream: bytes, note: str | None) -> None:
    """What is listed as imported is what the machine imports, however numbers are stored."""
    listed = [line.note for line in disassemble(stream, partial=True) if line.opcode.name == "STACK_GLOBAL"]
    try:
        effects = loads(stream, on_refused="show").effects
    except PikError as error:
        effects = error.effects
    asked = [f"import {effect.what}" for effect in effects if effect.kind == "import"]
    assert listed == ([note] if note is not None else asked)
    assert note in (None, "") or asked == listed


NO_FILES = {
    "pipe": "pipe", "socket": "socket", "/dev/zero": "device", "/dev/tty": "device", ".": "directory", "none": "No such",
    "endless": "HISTSHELL_PIK_BYTES=", "a\0b": "cannot be", "x" * 5000: "too long",
}  # fmt: skip


def test_a_file_that_is_none_is_a_sentence(here: Path) -> None:
    """Pipes, sockets, devices, folders, holes, what is not there: at once, and said."""
    os.mkfifo(here / "pipe")
    with (
        socket.socket(socket.AF_UNIX) as made,
        open(here / "hole", "wb") as hole,
        open(here / "endless", "wb") as endless,
    ):
        made.bind(str(here / "socket"))
        hole.truncate(1 << 31)
        endless.truncate(1 << 42)
        for path, what in NO_FILES.items():
            with pytest.raises(HistshellError, match=what):
                read(path)
        assert len(read("hole")) <= 1 << 20
        assert show_files("pipe", "/dev/zero", "hole", "endless", "none\x1b") == 2


def test_the_size_limit_can_be_lifted(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how."""
    (here / "some").write_bytes(b"I1\n.")
    monkeypatch.setenv("HISTSHELL_PIK_BYTES", "3")
    with pytest.raises(HistshellError, match=r"4 bytes.*HISTSHELL_PIK_BYTES=4"):
        read("some")
    monkeypatch.setenv("HISTSHELL_PIK_BYTES", "4")
    assert read("some") == b"I1\n."


@pytest.mark.parametrize(
    ("lines", "out", "status", "said"),
    [
        ("I1\n.", "1\n", 0, ""),
        ("(I1\nI2\nt.\n].\n", "(1, 2)\n[]\n", 0, ""),
        (
            "I1\n.\ncos\nsystem\n(S'touch CANARY'\ntR.\nI2\n.",
            "1\n<not called: os.system('touch CANARY')>\n2\n",
            1,
            "call os.system",
        ),
        ("R\nI1\n.\n", "", 2, "needs 2"),
        ("R\n:clear\nI1\n.\n", "1\n", 2, "needs 2"),
        ("cos\nsystem\n", "", 1, "import os.system"),
        ("(I1\n", "", 2, "1 open mark"),
        ("", "", 0, ""),
    ],
)
def test_lines_of_a_pipe_give_values_only(here: Path, lines: str, out: str, status: int, said: str) -> None:
    """No banner, no prompts; everything else on the standard error; the exit status of the worst."""
    done = subprocess.run([sys.executable, "-m", "histshell.command", "pik"], input=lines, capture_output=True, text=True,
                          cwd=here, env={**environment(here), "PYTHONPATH": str(CHECKOUT)}, check=False, timeout=60)  # fmt: skip
    assert (done.stdout, done.returncode) == (out, status)
    assert said in done.stderr
    assert bool(said) == bool(done.stderr)


def test_a_loaded_stream_has_no_access_to_the_results(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not by P, not by BINPERSID, not when a typed line goes on; what is typed has it, also after `:undo`."""
    history = History()
    record(history, ["mine"], 0.0)
    console = Console(history, {})
    (here / "whole").write_bytes(b"P1\n.")
    (here / "part").write_bytes(b"K\x01")
    console._do(":load whole")
    assert capsys.readouterr().out.startswith("<not loaded: persistent id '1'>\n")
    console._do(":load part")
    console._do("Q.")
    assert capsys.readouterr().out.splitlines()[1].startswith("<not loaded: persistent id 1>")
    console._do("(P1")
    console._do(":load part")
    console._do(":undo")
    console._do("P1")
    console._do("t.")
    assert "(['mine'], ['mine'])" in capsys.readouterr().out


def test_one_files_trouble_is_not_the_next_ones(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is raised while one is shown."""
    for file in ("one", "two"):
        (here / file).write_bytes(b"I1\n.")
    real = reading.read

    def failing(*_: object, **__: object) -> Any:
        monkeypatch.setattr("histshell.pik.tree.report.read", real)
        raise ZeroDivisionError("\x1b[2J")

    monkeypatch.setattr("histshell.pik.tree.report.read", failing)
    assert show_files("one", "two") == 2
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "1"
    assert printed.err == "one: histshell failed at it, please report that: ZeroDivisionError\n"


def test_many_streams_are_read_once_each() -> None:
    """Counted in bytes that are taken from the file: no more than there are."""
    import io

    data = b"".join(pickle.dumps([n, str(n)]) for n in range(2_000))
    asked = []

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            got = super().read(size)
            asked.append(len(got))
            return got

    file = Counting(data)
    assert [load(file) for _ in range(2_000)] == [[n, str(n)] for n in range(2_000)]
    assert sum(asked) <= len(data)


@home_pythons
def test_load_is_cs_load(target: Target) -> None:
    """Values and places are C's, for each kind of file, also where frames are crossed."""
    done = subprocess.run(
        [target.python.path, "-W", "ignore", file_reading.__file__, "150"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[-2]) > 200


def test_refusals_are_cs_names() -> None:
    """A refused name is in the error as it is, and in its sentence as it can be printed."""
    with pytest.raises(RefusedError) as caught:
        loads(P + name("os\x1b", "x") + b".", trust=SAFE)
    assert caught.value.name == "os\x1b.x"
    assert r"'os\x1b.x'" in str(caught.value)
    assert not hasattr(builtins, "CANARY")


def test_refused_changes_in_great_number_are_told_in_few_lines() -> None:
    """The first are told with what they would have changed, the rest by its class and a count; a line is not made for each."""
    seen = loads(b"N" + b"Na" * 6_000 + b".", on_refused="show")
    assert [(effect.what, effect.count) for effect in seen.effects] == [
        ("items of None", 5_000),
        ("items of NoneType", 1_000),
    ]
    seen = loads(b"ca\nb\n)R" + b"Na" * 6_000 + b".", on_refused="show")
    assert [(effect.what, effect.count) for effect in seen.effects][2:] == [("items of a.b", 6_000)]


def test_a_result_whose_number_cannot_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    """An id of thousands of digits is an error of the stream, whose text can be printed."""
    console = Console(History(), {})
    console._do(repr(b"\x8b\xb8\x0b\0\0" + b"\x7f" * 3_000 + b"Q."))
    assert "persistent id <int of 23999 bits>: the number of a result is expected" in capsys.readouterr().out


def test_a_line_taken_back_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    """What was pasted is printed again, and not obeyed."""
    console = Console(History(), {})
    console._do("(Va\x1b[2J")
    console._do(":undo")
    console._do("(Va\u3164\x9b2J")
    shown = capsys.readouterr().out
    assert "taken back: (Va\\x1b[2J\n" in shown
    assert "\u3164" not in shown
    assert "'\\u3164' is not ASCII" in shown


@pytest.mark.slow
@pytest.mark.parametrize("how", ["load", "lines"])
def test_many_small_streams_share_the_room(how: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first values are shown in full, and however many follow, what is printed stays in proportion to the file."""
    one = b"I1\n" + b"2\x86" * 14 + b"."
    (here / "one.pkl").write_bytes(one * 400)
    if how == "load":
        Console(History(), {})._do(":load one.pkl")
    else:
        assert Console(History(), {}, quiet=True).feed(repr(one * 2) for _ in range(200)) == 0
    values = capsys.readouterr().out.splitlines()
    assert [len(value) for value in values] == sorted((len(value) for value in values), reverse=True)
    assert len(values[0]) > 20_000
    assert len(values) == 400
    assert len(values[-1]) <= 201
    assert sum(map(len, values)) < 1_200_000
