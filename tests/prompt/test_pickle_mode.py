"""The pickle mode, typed at real prompts: the streams of the tutorials, mistakes, and the way back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.prompt.session import CHECKOUT, Session, Start, environment
from tests.pythons import PYPY, Target, home_prompts, numbered_prompts, some_pythons
from tests.terminal import PASTE_BEGIN, PASTE_END

#: The lines of a stream, as they are typed, and what is printed for its value.
STREAMS = [
    ("].", "[]"),
    ("}.", "{}"),
    (").", "()"),
    ("I1 I2 I3 .", "3"),
    ("F1.0 .", "1.0"),
    ("S'abc' .", "'abc'"),
    ("Vabc .", "'abc'"),
    ("Vabc. .", "'abc.'"),
    ("S'a.' .", "'a.'"),
    ("F1. .", "1.0"),
    ("(I1 S'abc' F2.0 t.", "(1, 'abc', 2.0)"),
    ("(I1 (I2 I3 tt.", "(1, (2, 3))"),
    ("(I0 I1 I2 l.", "[0, 1, 2]"),
    ("(S'red' I00 S'blue' I01 d.", "{'red': False, 'blue': True}"),
    ("((I1 I2 t(I3 I4 ld.", "{(1, 2): [3, 4]}"),
    ("]I0 aI1 aI2 a.", "[0, 1, 2]"),
    ("]I0 a]I1 aI2 aa.", "[0, [1, 2]]"),
    ("(lI0 a(lI1 aI2 aa.", "[0, [1, 2]]"),
    ("}S'red' I1 sS'blue' I2 s.", "{'red': 1, 'blue': 2}"),
    ("(Vzoom lp0 g0 a.", "['zoom', [...]]"),
    ("c__builtin__ set ((S'a' S'a' S'b' ltR.", ("{'a', 'b'}", "{'b', 'a'}")),
    (
        "c__builtin__ map (cmath sqrt c__builtin__ range (I1 I10 tRtR.",
        "[1.0, 1.4142135623730951, 1.7320508075688772, 2.0, 2.23606797749979, 2.449489742783178, "
        "2.6457513110645907, 2.8284271247461903, 3.0]",
    ),
    (r"\x80\x04\x8c\x03abc\x94.", "'abc'"),
    ("b'\\x80\\x04N.'", "None"),
    ("b64_gARLAS4=", "1"),
    ("x_80_04_4b_02_2e", "2"),
]


def open_pik(session: Session) -> None:
    """Enter the mode; its banner has three lines."""
    banner = session.enter("pik()", until=session.at_pik)
    assert next(row for row in banner if row) == "Pik -- the pickle loader."
    assert len(banner) == 3
    assert session.prompt == "pik> "


def say(session: Session, line: str) -> list[str]:
    """Type a line in the mode, and return what it prints."""
    return session.enter(line, until=session.at_pik)


@home_prompts
def test_the_streams_of_the_tutorials(start: Start, target: Target) -> None:
    """Each gives its value, which is in the history with its number; the prompts tell whether a stream is open."""
    session = start(target, columns=200).wait_for_prompt()
    open_pik(session)
    values = 0
    for stream, expected in STREAMS:
        lines = [line.replace("_", " ") if line[:2] in ("x_", "b6") else line for line in stream.split(" ")]
        for line in lines[:-1]:
            assert say(session, line) == [], (stream, line)
            assert session.prompt == "...> "
        shown = say(session, lines[-1])
        assert shown in ([[text] for text in expected] if isinstance(expected, tuple) else [[expected]]), stream
        assert session.prompt == "pik> "
        values += expected != "None"
    session.enter("quit")
    assert session.prompt == f"h[{values + 1}] >>> "
    assert session.printed("h[11], h[19], h[20][1] is h[20]") == "(1, 'abc', 2.0) {'red': 1, 'blue': 2} True"
    assert session.printed("h.entry(12).source.split()") == "['(I1', '(I2', 'I3', 'tt.']"
    assert session.enter("h[11][1].upper()") == ["'ABC'"]
    assert session.leave() == 0


@home_prompts
def test_what_is_refused_and_what_is_trusted(start: Start, target: Target, tmp_path: Path) -> None:
    """Nothing is run, the line to type is shown, and typed it lets the stream run; a function of the user's too."""
    session = start(target, columns=200).wait_for_prompt()
    made = tmp_path / "made"
    session.block("def my_if(test, yes, no):", "    return yes if test else no")
    open_pik(session)
    stream = ("cos", "system", f"(S'touch {made}'", "tR.")
    for line in stream[:-1]:
        assert say(session, line) == []
    shown = say(session, stream[-1])
    assert shown == [
        f"<not called: os.system('touch {made}')>",
        "Nothing was run. The stream asks for:",
        "  import os.system",
        f"  call os.system('touch {made}')",
        "If you mean it:  :trust os.system   and type it again",
    ]
    assert not made.exists()
    say(session, ":trust os.system")
    for line in stream:
        shown = say(session, line)
    assert shown == ["0"]
    assert made.exists()
    say(session, ":trust __main__.my_if")
    for line in ("c__main__", "my_if", "(I01", "I1", "I0"):
        assert say(session, line) == []
    assert say(session, "tR.") == ["1"]
    session.press("ctrl-d")
    session.wait_for_prompt()
    open_pik(session)
    for line in ("cos", "getpid"):
        say(session, line)
    assert say(session, ")R.")[0] == "<not called: os.getpid()>"  # trust has ended with the mode
    session.enter("quit")
    assert session.leave() == 0


@home_prompts
def test_a_mistake_and_the_way_out(start: Start, target: Target) -> None:
    """An error says where, keeps what was typed, and `:undo` goes on from the line before."""
    session = start(target).wait_for_prompt()
    open_pik(session)
    say(session, "(I1")
    assert say(session, "?") == ["1 open mark"]
    assert say(session, "X\\x03\\x00\\x00\\x00ab") == []
    assert say(session, "?") == ["BINUNICODE: 2 of 3 bytes"]
    say(session, ":undo")
    assert say(session, "R") == [
        "REDUCE at byte 4: 1 item above the mark, needs 2",
        ":undo takes the last line back, :clear begins anew, quit leaves",
    ]
    assert say(session, "?")[0].startswith("the stream has failed: REDUCE at byte 4")
    assert say(session, "I2")[0].startswith("REDUCE at byte 4")
    assert say(session, ":undo") == ["taken back: R"]
    assert say(session, ":stack") == ["  (", "  1"]
    assert [row.split("#")[0].split() for row in say(session, ":list")] == [["0:", "MARK"], ["1:", "INT", "1"]]
    assert say(session, "t.") == ["(1,)"]
    assert say(session, ":nothing") == ["there is no command :nothing; `:help` lists them"]
    assert say(session, "P7")[0] == "PERSID at byte 0: result 7: results go from 1 to 1"
    say(session, ":clear")
    assert session.prompt == "pik> "
    session.type("half a li")
    session.wait_for(lambda: "half a li" in session.before_cursor)
    session.wait_for_sleep()
    session.press("ctrl-c")
    session.wait_for(session.at_pik)
    assert say(session, "P1") == []
    assert say(session, ".") == ["(1,)"]
    session.enter("quit")
    assert session.prompt == "h[3] >>> "
    assert session.printed("h[1] is h[2]") == "True"


@home_prompts
def test_pik_leaves_no_trace_at_the_prompt(start: Start, target: Target) -> None:
    """Arrow up gives the line typed at the Python prompt, and names, hooks and prompts are as they were."""
    session = start(target).wait_for_prompt()
    before = session.printed("sorted(dir()), __import__('sys').displayhook")
    open_pik(session)
    say(session, "].")
    session.enter("quit")
    assert session.printed("sorted(dir()), __import__('sys').displayhook") == before
    session.enter("'last'")
    open_pik(session)
    say(session, "}.")
    session.enter("quit")
    session.press("up", "up")
    session.wait_for(lambda: session.before_cursor.endswith("'last'"))
    session.press("ctrl-u")
    assert session.leave() == 0


@home_prompts
def test_pik_of_a_value_is_its_program(start: Start, target: Target) -> None:
    """`pik(value)` is the other direction; the names of the package hang on `pik`."""
    session = start(target).wait_for_prompt()
    rows = session.enter("pik((1, 'a'))")
    names = [row.split()[1] for row in rows]
    assert names[0] == "PROTO"
    assert names[-1] == "STOP"
    assert "TUPLE2" in names
    assert session.prompt == "h[1] >>> "
    assert session.enter("pik.loads(b'].')") == ["[]"]
    assert session.enter("pik(b'].')")[1:] == ["[]"]
    assert session.prompt == "h[3] >>> "
    assert session.enter("pik") == ["pik() is the pickle mode, pik(path) shows a file, pik(value) a value's program"]


def test_without_a_terminal(tmp_path: Path) -> None:
    """Lines from a pipe do the same."""
    program = "from histshell.pik import enter; enter()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        input="(I1\nI2\nt.\n:stack\ncos\nsystem\n.\n",
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env=environment(tmp_path),
        check=True,
        timeout=60,
    )
    rows = done.stdout.split("\n")
    assert rows[3] == "pik> ...> ...> (1, 2)"
    assert rows[5] == "pik> ...> ...> <not imported: os.system>"
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["file", "-"])
def test_files_are_loaded_safely(tmp_path: Path, name: str) -> None:
    """Each pickle of a file is shown; one that asks for more makes the status 1, a broken one 2, and nothing is run."""
    good = b"(I1\nI2\nt.\x80\x04N."
    made = tmp_path / "made"
    bad = f"cos\nsystem\n(S'touch {made}'\ntR.".encode()
    for data, status, said in (
        (good, 0, ["(1, 2)", "None"]),
        (bad, 1, [f"call os.system('touch {made}')"]),
        (b"(", 2, ["It is no pickle"]),
        (b"", 2, ["It is no pickle: empty."]),
    ):
        (tmp_path / "file").write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-c", "from histshell import cli; cli.main()", "pik", "--effects",
             "-" if name == "-" else str(tmp_path / "file")],
            input=data, capture_output=True, cwd=CHECKOUT, env=environment(tmp_path), timeout=60,
        )  # fmt: skip
        assert done.returncode == status
        assert [text for text in said if text not in done.stdout.decode()] == []
        assert not done.stderr
    assert not made.exists()


PASTE = "].\n}.\n(I1\n(I2\nS'a\tb'\n\ntt.\n(I5\nI6"
PASTED = ["[]", "{}", "(1, (2, 'a\\tb'))"]


def settled(session: Session) -> bool:
    """The prompt of the pickle mode, below what the last stream of the paste has given"""
    return session.at_pik() and any(row == PASTED[-1] for row in session.screen())


@home_prompts
@pytest.mark.parametrize("args", [(), ("-m", "asyncio")], ids=["python", "asyncio"])
def test_every_line_of_a_paste_counts(start: Start, target: Target, args: tuple[str, ...]) -> None:
    """Several streams, the last one cut short, a tab, an empty line: all wait for Enter; `:undo` takes single lines back."""
    if args and target.minor < (3, 13):
        pytest.skip("python -m asyncio runs no start-up file there")
    session = start(target, args=args).wait_for_prompt()
    open_pik(session)
    session.paste(PASTE)
    session.wait_for(lambda: session.before_cursor.endswith("I6"))
    assert not any(row in PASTED for row in session.screen())
    session.press("enter")
    session.wait_for(lambda: settled(session))
    assert [row for row in session.screen() if row in PASTED] == PASTED
    assert session.prompt == "...> "
    assert say(session, ":undo") == ["taken back: I6"]
    assert say(session, ":undo") == ["taken back: (I5"]
    assert session.prompt == "pik> "
    say(session, ":clear")
    for line in ("(I7", "I8"):
        assert say(session, line) == []
    assert say(session, "t.") == ["(7, 8)"]
    session.enter("quit")
    assert session.printed("h[1:], h.entry(1).source, h.entry(3).source.count('\\n')").startswith(
        "[[], {}, (1, (2, 'a\\tb')), (7, 8)] ]. 4"
    )


@home_prompts
def test_each_line_of_a_paste_has_its_prompt(start: Start, target: Target) -> None:
    """Where the line editor shows prompts within a paste they are ours; arrow up brings the whole paste back."""
    session = start(target).wait_for_prompt()
    open_pik(session)
    first = session.row
    session.paste("(I1\nS'a\tb'\nt.")
    session.press("enter")
    session.wait_for(lambda: session.at_pik() and "(1, 'a\\tb')" in session.screen())
    shown = session.history()[first : session.row]
    if target.is_pyrepl:
        assert shown == ["pik> (I1", "...> S'a\\tb'", "...> t.", "(1, 'a\\tb')"]
    else:
        assert shown == ["pik> (I1", "S'a     b'", "t.", "(1, 'a\\tb')"]
    session.press("up")
    session.wait_for(lambda: session.before_cursor.endswith("t."))
    session.press("enter")
    session.wait_for(lambda: session.at_pik() and session.screen().count("(1, 'a\\tb')") == 2)
    session.enter("quit")
    assert session.number == 3
    session.enter("'back'")
    session.paste("[1,\n2]")  # at the Python prompt it is as it was: from 3.14 on Enter must not come at once
    session.wait_for(lambda: session.before_cursor.endswith("2]"))
    session.wait_for_sleep()
    session.press("enter")
    session.wait_for(lambda: session.at_prompt() and session.number == 5)
    assert session.printed("h[4]") == "[1, 2]"


@numbered_prompts
def test_lines_typed_ahead_all_count(start: Start, target: Target) -> None:
    """What comes key by key, as a paste without brackets does, is taken line by line, from before the mode opens; tabs too."""
    session = start(target).wait_for_prompt()
    session.type("pik()\r" + PASTE.replace("\n", "\r") + "\r:st\t\r:clear\r(I7\rt.\rquit\r")
    session.wait_for(lambda: session.at_prompt() and session.number == 5)
    assert session.printed("h[1:]") == "[[], {}, (1, (2, 'a\\tb')), (7,)]"
    assert any(row.endswith(":stack") or ":stack " in row for row in session.history()), session.history()


@some_pythons
def test_a_paste_with_a_mistake_in_it(start: Start, target: Target) -> None:
    """After it commands count and nothing else, and one line says how much was left out; a line that leaves is the last."""
    if target.mode == PYPY:
        pytest.skip("its line editor asks for no brackets around a paste")
    session = start(target).wait_for_prompt()
    open_pik(session)
    session.paste("(I1\nR\nI2\n\nI3\n:undo\nI4\nt.\nquit\nprint('left')\n")
    session.press("enter")
    session.wait_for(session.at_prompt)
    shown = session.history()
    assert [row for row in shown if row.startswith("REDUCE at byte 4")] == [
        "REDUCE at byte 4: 1 item above the mark, needs 2"
    ]
    assert shown[-5:-1] == [
        ":undo takes the last line back, :clear begins anew, quit leaves",
        "taken back: R",
        "(1, 4)",
        "3 more lines of the paste: not used",
    ]
    assert session.number == 2
    assert "left" not in shown


@some_pythons
def test_a_long_paste(start: Start, target: Target) -> None:
    """Longer than the screen, with the line ends of Windows in it, and Enter at once after it."""
    if target.mode == PYPY:
        pytest.skip("its line editor asks for no brackets around a paste")
    session = start(target, rows=20).wait_for_prompt()
    open_pik(session)
    lines = ["(", *(f"I{number}" for number in range(2000)), "l.", "(I1", "t."]
    for ending in ("\r", "\r\n"):
        session.type(PASTE_BEGIN + ending.join(lines) + PASTE_END + "\r")
        session.wait_for(lambda: session.at_pik() and "(1,)" in session.screen()[-2:])
        session.type(":clear\r")
        session.wait_for(session.at_pik)
    session.enter("quit")
    assert session.number == 5
    assert session.printed("h[1] == h[3] == list(range(2000)), h[2] == h[4] == (1,)") == "True True"
