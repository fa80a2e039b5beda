"""The source text of what was typed, in each place where it may be kept, and what jedi makes of it."""

from __future__ import annotations

import ast
import linecache
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from histshell.completion import Engine, typed
from histshell.completion.inference.client import Client
from histshell.completion.inference.provider import Inference
from histshell.completion.literals import literal
from histshell.completion.static import UNKNOWN
from tests.completion.jedi_process import PATIENCE

INPUTS = [
    "import asyncio, contextlib, dataclasses, functools\n",
    "def f(): return 'x'\n",
    "def on_lines(\n    a=1,\n):\n    '''\nat the margin\n'''\n    return 'x'\n",
    "class C:\n    text = 'x'\n    def m(self):\n        return 'x'\n",
    "class Plain:\n    text = 'x'\n",
    "@dataclasses.dataclass\nclass Data:\n    text: str\n",
    "class Outer:\n    class Inner:\n        def m(self): return 'x'\n",
    "up = lambda: 'x'\n",
    "pair = [lambda a: 1, lambda b: 'x']; second = pair[1]\n",
    "async def later(): return 'x'\n",
    "@functools.lru_cache()\ndef cached(): return 'x'\n",
    "def deco(fn):\n    def inner(*a):\n        return fn(*a)\n    return inner\n",
    "@deco\ndef decorated(): return 'x'\n",
    "def quiet(fn):\n    @functools.wraps(fn)\n    def inner(*a):\n        return fn(*a)\n    return inner\n",
    "@quiet\ndef wrapped(): return 'x'\n",
    "@contextlib.contextmanager\ndef managed():\n    yield 'x'\n",
    "g = f\n",
    "exec(\"def by_exec(): return 'x'\")\n",
    "code = \"def by_text(): return 'x'\"; exec(code)\n",
    "def twice(): return 'x'\n",
    "first = twice\n",
    "def twice(): return 1\n",
    "c, data, inner, plain = C(), Data('x'), Outer.Inner(), Plain()\n",
    "if True:\n    def indented():\n        return 'x'\n",
    "def make():\n    def made(): return 'x'\n    return made\n",
    "made = make()\n",
]

ROWS = [
    "f().capit|alize(", "on_lines().capit|alize(", "C().m().capit|alize(", "c.m().capit|alize(",
    "Plain().text.capit|alize(", "plain.text.capit|alize(", "Data('x').text.capit|alize(", "data.text.capit|alize(",
    "inner.m().capit|alize(", "up().capit|alize(", "second(1).capit|alize(", "(await later()).capit|alize(",
    "cached().capit|alize(", "decorated().capit|alize(", "wrapped().capit|alize(", "managed().__ent|er__(",
    "g().capit|alize(", "by_exec().capit|alize(", "by_text().capit|alize(", "first().capit|alize(", "twice().nume|rator",
    "indented().capit|alize(", "made().capit|alize(",
]  # fmt: skip

KEPT = {
    "linecache": "<python-input-{}>",
    "linecache, as the basic prompt": "<stdin>-{}",
    "linecache, as IPython": "<ipython-input-{}-0123456789ab>",
    "by code, as PyREPL": "<python-input-{}>",
    "by code, as the basic prompt": "<stdin-{}>",
    "history": "<stdin>",
}


@pytest.fixture
def clean() -> Iterator[None]:
    """See that nothing of what a test puts into linecache stays."""
    by_code = getattr(linecache, "_interactive_cache", None)
    kept = dict(linecache.cache), dict(by_code or {})
    linecache._interactive_cache = by_code = {}  # type: ignore[attr-defined]  # only some versions have it
    yield
    linecache.cache.clear()
    linecache.cache.update(kept[0])
    by_code.clear()
    by_code.update(kept[1])


def register(by_code: dict[Any, Any], code: Any, entry: tuple[Any, ...]) -> None:
    """What `linecache._register_code` does from 3.13.1 on."""
    by_code[code.co_filename, getattr(code, "co_qualname", code.co_name), code.co_firstlineno] = entry
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            register(by_code, constant, entry)


def session(how: str) -> dict[str, Any]:
    """The globals after all the inputs have been run, their texts kept as one of Python's prompts keeps them."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    by_code: dict[Any, Any] = linecache._interactive_cache  # type: ignore[attr-defined]  # as above
    for number, text in enumerate(INPUTS):
        name = KEPT[how].format(number)
        code = compile(ast.Interactive(ast.parse(text).body), name, "single")
        entry = len(text), None, text.splitlines(True), name
        if how.startswith("by code"):
            register(by_code, code, entry)
        elif how != "history":
            linecache.cache[name] = entry
        exec(code, namespace)
    return namespace


@pytest.mark.slow
@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("how", KEPT)
def test_results_of_what_was_typed(how: str, shared: Client) -> None:
    """Functions, classes, lambdas, coroutines, decorated ones, from `exec`, defined twice; wherever their text is kept."""
    namespace = session(how)
    lines = [line for text in INPUTS for line in text.splitlines()]
    earlier = (lambda: lines) if how == "history" else typed.inputs
    engine = Engine(namespace, inference=Inference(shared, earlier))
    for row in ROWS:
        if how == "history" and row.startswith(("first", "twice", "made", "indented", "inner")):
            continue  # lines say nothing of which of two it is, nor where a nested one ends
        source, _, rest = row.partition("|")
        found = engine.complete(source, budget_ms=1000 * PATIENCE)
        assert source[found[0].start :] + rest == found[0].text if found else row == "", row


@pytest.mark.slow
def test_a_script_that_was_run_before_the_prompt(tmp_path: Path, shared: Client) -> None:
    """`python -i script.py`: its functions and classes are the prompt's."""
    path = tmp_path / "script.py"
    path.write_text("def f():\n    return 'x'\n\nclass C:\n    text = 'x'\n\nc = C()\n")
    namespace: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    engine = Engine(namespace, inference=Inference(shared, list))
    for source in ("f().capit", "C().text.capit"):
        assert [one.text for one in engine.complete(source, budget_ms=1000 * PATIENCE)] == ["capitalize("]
    os.mkfifo(tmp_path / "pipe")
    for odd in (str(tmp_path / "pipe"), str(tmp_path), "script.py", "/nowhere\0", None):
        assert typed.script({"__file__": odd}) == []


@pytest.mark.usefixtures("clean")
def test_python_keeps_what_was_typed_only_once() -> None:
    """All code objects of an input share its text."""
    session("by code, as PyREPL")
    assert typed.inputs()[-len(INPUTS) :] == INPUTS


@pytest.mark.parametrize(
    "text",
    [r"'\d'", r"'\n\x41\101'", r"b'\N\d'", r"'\N{DIGIT ONE}A'", r"r'\d'", r"'''\d'''", r'"a\"b\\d"', "1_000", "0x1F", "1e-5",
     "-1", "(1, 'x')", "['a', [b'\\d']]", "1.5j", "None", "'a' 'b\\q'", "u'\\d'", "'\\\n'"],
)  # fmt: skip
def test_a_literal_is_read_without_a_warning(text: str) -> None:
    """It means what it means to Python, which would warn of some."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = ast.literal_eval(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert literal(text) == wanted


@pytest.mark.parametrize("text", ["[1if x]", "x", "f()", "'open", "", "{1: 2", "1__0", "'\\x'"])
def test_what_is_no_literal_or_warns_is_unknown(text: str) -> None:
    """Nothing is raised and nothing warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert literal(text) is UNKNOWN
