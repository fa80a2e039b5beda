"""What no journal may hold is masked, in every surrounding, and nothing else is."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from histshell import secret_patterns, settings
from histshell.journal import likely, named_secrets, secret_rules, secrets, tokens
from tests.journal import made_up

HARMLESS = [
    line.replace("\\n", "\n") for line in (Path(__file__).parent / "harmless.txt").read_text("utf-8").splitlines()
]


@pytest.fixture(autouse=True)
def _new_session() -> Iterator[None]:
    """Nothing has been masked so far, and the settings say nothing."""

    def clear() -> None:
        secrets._known.clear()
        secrets._names.clear()
        secrets._patterns.clear()

    clear()
    yield
    clear()


def leaks(secret: str, text: str) -> bool:
    """Whether eight characters of a secret in a row are left: less is of no use to anybody."""
    return any(secret[at : at + 8] in text for at in range(max(1, len(secret) - 7)))


def masked(text: str) -> str:
    """What is left of a text; something must have been masked."""
    secrets._known.clear()
    left, was = secrets.mask(text)
    assert was, text
    return left


@pytest.mark.parametrize("place", made_up.BARE)
def test_a_token_is_masked_wherever_it_stands(place: str) -> None:
    """By its form alone, in what is typed and in what `repr` makes of it."""
    for service, token in made_up.tokens():
        for text in (place.format(token), repr(place.format(token))):
            assert not leaks(token, masked(text)), (service, text)


@pytest.mark.parametrize("place", made_up.NAMED)
def test_a_password_is_masked_by_its_name(place: str) -> None:
    """As a value, an argument, an entry of a dict, in headers, addresses, connection strings and commands."""
    for password in made_up.PASSWORDS:
        for text in (place.format(password), repr(place.format(password))):
            assert not leaks(password, masked(text)), text


@pytest.mark.parametrize("name", ["password", "DB_PASSWORD", "client_secret", "api_key"])
def test_a_word_with_a_number_is_a_password_and_no_token(name: str) -> None:
    """Passwords look like that, and so do the names of models and columns."""
    assert masked(f'{name} = "summer2031"') == f'{name} = "***"'
    assert secrets.mask('token = "tokenizer2"') == ('token = "tokenizer2"', False)


def test_the_secret_that_goes_with_an_access_key_is_masked() -> None:
    """Amazon's has no form of its own: forty characters, beside a key that has one."""
    secret = "wJalr" + "XUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEabc"
    assert masked(f'Session("{dict(made_up.tokens())["aws"]}", "{secret}")') == 'Session("***", "***")'


def test_there_are_many_services() -> None:
    """Those that are tried here, and those that the package knows."""
    assert len({service.split("-")[0] for service, _ in made_up.tokens()}) >= 60
    assert len(tokens.PREFIXES) + len(tokens.SHAPES) >= 100


def test_harmless_inputs_stay_as_they_are() -> None:
    """Five hundred of them, of science, language models, tables, cryptography lessons; also as `repr` writes them."""
    assert len(set(HARMLESS)) >= 500
    for source in HARMLESS:
        secrets._known.clear()
        for text in (source, repr(source)):
            assert secrets.mask(text) == (text, False)


def test_the_rest_stays() -> None:
    """What is around a secret is kept, and what is masked is masked once."""
    token = dict(made_up.tokens())["github"]
    assert masked(f'f("{token}", n=3)') == 'f("***", n=3)'
    assert (
        masked("db.connect(user='bob', password='hunter2abc', port=5)")
        == "db.connect(user='bob', password='***', port=5)"
    )
    assert masked("'postgresql://bob:hunter2@db:5432/x'") == "'postgresql://bob:***@db:5432/x'"
    assert masked('{"Authorization": "Bearer abc123def456"}') == '{"Authorization": "Bearer ***"}'
    for text in list(made_up.NAMED):
        once = masked(text.format("hunter2abc"))
        secrets._known.clear()
        assert secrets.mask(once) == (once, False)


@pytest.mark.parametrize("cut", range(14))
def test_a_private_key_is_masked_also_unfinished(cut: int) -> None:
    """From its first line on: whole, broken off after any line and within one, and in whatever it is written."""
    lines = made_up.key_block()
    body = lines[1 : 1 + cut]
    forms: list[Callable[[str], str]] = [
        lambda text: text,
        lambda text: f"key = '''{text}'''",
        repr,
        lambda text: repr(text.encode()),
        lambda text: "\n".join("    " + line for line in text.split("\n")),
        lambda text: "key = (" + "\n  ".join(repr(line + "\n") for line in text.split("\n")) + ")",
        lambda text: text[:-9],
        lambda text: repr(text[:-9]) + "…",
        lambda text: repr({"private_key": text, "type": "service_account"}),
    ]
    for form in forms:
        left = masked(form("\n".join(lines[: 1 + cut]))) if cut else ""
        assert not any(leaks(line, left) for line in body), form("")
    whole = masked("x = 1\n" + "\n".join(lines) + "\ny = 2")
    assert whole == "x = 1\n***\ny = 2"


def test_a_header_alone_is_no_key() -> None:
    """Code that looks for keys may be kept."""
    header = made_up.key_block()[0]
    text = f'if "{header}" in text:\n    found.append(text.index("{header}"))\n'
    assert secrets.mask(text) == (text, False)


@pytest.mark.parametrize(
    "joint", ['" "', "' '", '" + "', '"\n    "', '" \\\n  "', "\\\n", '"  f"', "' + b'", "'\n'"], ids=repr
)
def test_a_token_in_pieces_is_masked(joint: str) -> None:
    """Literals that Python puts together, and lines that go on."""
    quote = joint[-1] if joint[-1] in "\"'" else '"'
    for service in ("github", "openai", "gitlab", "slack", "huggingface"):
        token = dict(made_up.tokens())[service]
        for at in (12, len(token) - 5):
            left = masked(f"x = ({quote}{token[:at]}{joint}{token[at:]}{quote})")
            assert token[:at][-6:] not in left
            assert token[at:] not in left


def test_a_password_in_pieces_is_masked() -> None:
    """All of its pieces are."""
    assert masked('password = ("hunt1"\n   "er2x9")') == 'password = ("***"\n   "***")'
    assert masked("token = 'ab12cd34' + 'ef56' + x") == "token = '***' + '***' + x"


def test_a_preview_that_was_cut_within_a_token_is_masked() -> None:
    """However little is left of it."""
    for service, token in made_up.tokens():
        begin = next(("".join(row[1]) for row in made_up.SERVICES if row[0] == service), "")
        if begin:
            assert secrets.mask(f"'see {token[: len(begin) + 3]}…")[0] == "'see ***…", service


def test_what_was_masked_is_masked_when_it_is_shown_again() -> None:
    """A password that is displayed has no name beside it."""
    assert secrets.mask('password = "hunter2abc"')[1]
    assert secrets.mask("'hunter2abc'") == ("'***'", True)
    assert secrets.mask("invalid login bob/hunter2abc") == ("invalid login bob/***", True)


def _holding(value: object) -> bool:
    secrets._known.clear()
    return secrets.holds_secret(value, pickle.dumps(value))


def test_a_value_that_holds_a_secret_is_known() -> None:
    """Wherever it is in it, by its form or by its key; it is not saved then."""
    token = dict(made_up.tokens())["github"]
    assert all(
        map(
            _holding,
            [
                token,
                [1, {"x": (token,)}],
                token.encode(),
                "a" * 250_000 + f" {token}",
                {"n": list(range(9000)), "t": token},
            ],
        )
    )
    assert all(
        map(
            _holding,
            [
                {"password": "hunter2abc"},
                [{"user": "bob", "client_secret": b"hunter2abc"}],
                {1: {"api_key": "ab12cd34ef"}},
            ],
        )
    )
    for value in (
        1,
        "hello",
        [1, 2.5, None],
        {"password": "", "key": "name"},
        {"tokens": ["a", "b"]},
        b"\x00" * 9000,
        list(range(9000)),
        HARMLESS,
    ):
        assert not _holding(value), repr(value)[:80]


def test_a_text_that_is_too_long_is_cut() -> None:
    """What was not looked at is not kept."""
    token = dict(made_up.tokens())["github"]
    text = "x = 'a'\n" * (secrets.LIMIT // 8 + 1) + token
    left, was = secrets.mask(text)
    assert len(left) == secrets.LIMIT + 1
    assert not was


@pytest.mark.parametrize(
    ("source", "private"),
    [
        (" x = 1", True),
        (" for i in x:\n    print(i)", True),
        ("x = 1", False),
        ("  x = 1", False),
        ("\tx = 1", False),
        ("    x = 1\n    y = 2", False),
        (" x = 1\n y = 2", False),
        ("", False),
        (" ", True),
    ],
)
def test_an_input_that_begins_with_one_space_is_private(source: str, private: bool) -> None:
    """A block that was pasted with its indentation is not."""
    assert secrets.is_private(source) is private


def test_usual_inputs_load_no_rules() -> None:
    """The gate is enough for them: what the rules need is neither loaded nor compiled."""
    sources = [
        "x = 1",
        "import numpy as np",
        "df.groupby('a').agg({'b': 'mean'})",
        "plt.plot(x, y, label='sine')",
        "1/0",
    ]
    code = (
        "import sys\nfrom histshell.journal import secrets\nassert secrets._first is None\n"
        f"for one in {sources!r}: assert secrets.mask(one) == (one, False)\n"
        "late = 'secret_rules', 'tokens', 'named_secrets'\n"
        "assert not {f'histshell.journal.{name}' for name in late} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


HOSTILE = [
    "a", "-", "a-", "sk-", "eyJ", "eyJa.", "token ", 'token="', "token='a',", "token=(", "password=a", "://", "://a@", "://a:",
    "\\", '"', "'", "\"'", '""', "'a' ", "M", "1", "a.", "cookie: a=", "authorization: ", "bearer ", "_", "key:", "token\\", "{",
    "[", "token: str = ", "é", "İ", "\n", "…", "sk-…", "x" * 15 + " ", "secret='''", 'token=\\"', "gh" + "p_", "token " * 9 + "=",
    "-" * 5 + "BEGIN PRIVATE " + "KEY-----\n",
]  # fmt: skip


def _steps(text: str) -> int:
    """Count the calls that masking a text takes, of Python's functions and of C's."""
    count = 0

    def called(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event.endswith("call")

    sys.setprofile(called)
    try:
        secrets.mask(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", HOSTILE, ids=ascii)
def test_masking_takes_steps_in_proportion_to_the_text(unit: str) -> None:
    """Twice as much text, twice as many calls, whatever it is made of."""
    short, long = unit * (4002 // len(unit)), unit * (4004 // len(unit))
    secrets.mask(long)  # the first one loads modules
    assert _steps(long) <= 2.5 * _steps(short) + 1000


def _expressions() -> Iterator[tuple[str, str]]:
    for module in (secret_rules, named_secrets, likely):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", value.pattern
    for service, _, expression in tokens.SHAPES:
        yield service, expression


@pytest.mark.parametrize("expression", [one[1] for one in _expressions()], ids=[one[0] for one in _expressions()])
def test_no_expression_can_take_long(expression: str) -> None:
    """None repeats without end what is itself repeated without end, but for a literal's escapes, which begin with a backslash."""
    inner = expression.replace(r"(?:\\.[^'\\\n]*)*", "").replace(r'(?:\\.[^"\\\n]*)*', "")
    inner = inner.replace(r"""(?:(?:\\.|"(?!""))[^"\\]*)*""", "").replace(r"""(?:(?:\\.|'(?!''))[^'\\]*)*""", "")
    assert secret_patterns.nested(inner) is False


@pytest.mark.parametrize(
    ("given", "text", "left"),
    [
        ("vault_pin", "vault_pin = 'abcd1234'", "vault_pin = '***'"),
        ("corp_[a-z0-9]{6,}", "x = 'corp_abc123'", "x = '***'"),
        ("['vault_pin', 'Q[0-9]{4} [0-9]{4}']", "f('Q1234 5678')", "f('***')"),
        ("[0-9]{4}-[0-9]{4}", "a = '1234-5678'", "a = '***'"),
    ],
)
def test_the_settings_know_more(given: str, text: str, left: str) -> None:
    """Names, and patterns; in a list or with blanks between."""
    loaded = settings.load({"HISTSHELL_SECRETS": given}, "/nowhere")
    assert loaded.problems == []
    assert secrets.mask(text)[1] is False
    secrets.extend(loaded.secrets.split("\n"))
    assert secrets.mask(text) == (left, True)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "(a+)+$",
        "(a|a)*b",
        "(.*)*x",
        "(?:a+b?)+c",
        "a*a*a*b",
        r"(a)\1",
        "x*",
        "[",
        "a" * 300,
        "((a{1,30}){1,30}){1,30}",
    ],
)
def test_a_pattern_that_is_wrong_or_may_hang_is_a_problem_of_the_settings(pattern: str) -> None:
    """One line of the settings' problems, and nothing else happens."""
    loaded = settings.load({"HISTSHELL_SECRETS": pattern}, "/nowhere")
    assert len(loaded.problems) == 1
    assert loaded.secrets == ""
