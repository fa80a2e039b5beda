"""The engine: whose namespace it asks, what it is allowed, and when jedi's process runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import histshell
from histshell.completion import Engine, complete, engine
from histshell.completion.inference.client import Client
from histshell.completion.inference.provider import Inference
from histshell.completion.model import Completion, is_there
from histshell.errors import HistshellError
from tests.completion.conftest import Make
from tests.completion.jedi_process import PATIENCE

BY_JEDI = "str().strip().capit"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, make: Make) -> Iterator[Inference]:
    """The jedi of this process, not started, and none left afterwards."""
    inference = Inference(make())
    monkeypatch.setattr(engine, "_inference", inference)
    yield inference
    inference.stop()


def texts(found: list[Completion]) -> list[str]:
    """What is found."""
    return [one.text for one in found]


@pytest.mark.slow
def test_a_program_gets_what_tab_gets(alone: Inference) -> None:
    """`histshell.complete` asks jedi as TAB does, in the time that it is given."""
    assert texts(histshell.complete(BY_JEDI, namespace={}, budget_ms=1000 * PATIENCE)) == ["capitalize("]
    assert not alone.is_pending()


@pytest.mark.slow
def test_an_answer_that_comes_late_is_there_the_next_time(alone: Inference) -> None:
    """The first question starts jedi, and does not wait for it."""
    assert complete(BY_JEDI, namespace={}, budget_ms=1) == []
    assert alone.is_pending()
    assert texts(complete(BY_JEDI, namespace={}, budget_ms=1000 * PATIENCE)) == ["capitalize("]


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["basic", "off"])
def test_a_program_asks_no_jedi_where_the_user_wants_none(
    setting: str, alone: Inference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the setting; what needs no jedi is there."""
    monkeypatch.setenv("HISTSHELL_COMPLETION", setting)
    assert complete(BY_JEDI, namespace={}, budget_ms=1000 * PATIENCE) == []
    assert texts(complete("word.capit", namespace={"word": ""})) == ["capitalize("]
    assert alone._client is not None
    assert alone._client.starts == 0
    assert texts(complete(BY_JEDI, namespace={}, budget_ms=1000 * PATIENCE, allowed="full")) == ["capitalize("]


def test_an_engine_does_what_it_is_allowed(alone: Inference) -> None:
    """Off: nothing. Basic: no jedi, whatever is asked. Full: jedi, from the second prompt on."""
    words = {"word": "", "call": lambda first: first}
    off, basic, full = (Engine(words, allowed) for allowed in engine.ALLOWED)
    client = alone._client
    assert client is not None
    for one in (off, basic):
        one.prompt_shown()
        assert one.complete(BY_JEDI) == []
        assert one.signatures("str().strip().split(") == []
    assert client.starts == 0
    assert (off.complete("word.capit"), off.signature("call(")) == ([], None)
    assert texts(basic.complete("word.capit")) == ["capitalize("]
    full.prompt_shown()
    assert client.starts == 1
    full.stop()
    assert client.pid == 0
    with pytest.raises(HistshellError, match="off, basic, full"):
        Engine({}, "everything")


def test_the_namespace_is_asked_for_each_time() -> None:
    """A prompt's globals may be others at the next prompt."""
    namespaces: list[Any] = [{"one": ""}, {"two": ""}, None]
    one = Engine(lambda: namespaces[0], "basic")
    assert texts(one.complete("on")) == ["one"]
    namespaces.pop(0)
    assert texts(one.complete("tw")) == ["two"]
    namespaces.pop(0)
    assert texts(one.complete("Valu")) == ["ValueError("]


def test_what_raises_is_no_answer() -> None:
    """A namespace that cannot be had, a cursor that is nowhere."""
    nowhere: dict[str, dict[str, Any]] = {}
    broken = Engine(lambda: nowhere["x"], "basic")
    assert (broken.complete("a"), broken.signature("a(")) == ([], None)
    assert texts(Engine({"xyz": 1}, "basic").complete("xy", 99)) == ["xyz"]
    assert Engine({}, "basic").signature("print(", -5) is None


def test_what_adds_nothing_is_there_already() -> None:
    """One way to go on that is what has been typed."""
    assert is_there([Completion("pass", 2, "keyword")], "x pass", 6)
    assert not is_there([Completion("pass", 2, "keyword")], "x pas", 5)
    assert not is_there([Completion("pass", 0, "keyword"), Completion("passed", 0, "name")], "pass", 4)


WARNING = """
import sys, warnings
sys.path.insert(0, sys.argv[1])
from histshell.completion import Engine
def warn(): warnings.warn("shown once")
engine = Engine({"d": {"x": 1}, "f": print}, "basic")
before = list(warnings.filters)
warn()
sources = ['d["\\\\d', 'd["a\\\\d"].x', 'open("./a\\\\d', '"\\\\d".up', 'f("\\\\d", ']
sources += ["d[1if", "1if.re", 'd[b"\\\\N"].x', '"\\\\777".up']
for source in sources:
    engine.complete(source), engine.signatures(source)
warn()
assert list(warnings.filters) == before
"""


@pytest.mark.parametrize("how", ["default", "error"])
def test_a_warning_that_was_shown_stays_shown(how: str, tmp_path: Path) -> None:
    """The process's filters are left alone, and nothing is warned of in what is being typed."""
    (tmp_path / "warn.py").write_text(WARNING if how == "default" else WARNING.replace("\nwarn()", ""))
    root = Path(histshell.__file__).parent.parent
    argv = [sys.executable, "-W", how, str(tmp_path / "warn.py"), str(root)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.stderr.count("UserWarning: shown once") == (how == "default")
    assert (done.returncode, done.stderr.count("Warning:")) == (0, int(how == "default")), done.stderr


def test_one_process_for_all_engines(alone: Inference) -> None:
    """Unless an engine is given its own."""
    client: Client | None = alone._client
    assert Engine({}).inference is Engine(dict).inference is alone
    assert Engine({}, inference=Inference(client)).inference is not alone
