"""Completion runs none of the user's code: every provider over every shape of prefix, with classes that note each call."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from histshell.completion import Completion, Engine
from tests.completion import all_types, hooks
from tests.pythons import EVERY, PYPY, Target, some_pythons

#: `X` is a name, a result or an element; each is completed in each of these places.
SHAPES = """
X| X.| X.pl| X._| X.__| X.plain.| X.plain.up| X.prop.| X.prop.x| X.data.| X.quiet.| X.method.| X.method(| X.method(fi|
X.method.__na| X.missing.x| X[| X["| X['ke| X["zzz| X[0].| X[0]["| X[-1].x| X["x"].| X["key"].x| X["key"]["| X[1].|
X[1:].| X[key].| X["t", | X["t", "| X[("t", | X[["x", "| X[X].| X[X["x"]].| X(| X(fi| X(1, | X(first=1, | X().|
X().pl| X().x.y| (X).| (X).pl| [X].| {X}.| {X: 1}.| f"{X.|}" f"{X.pl| f"{X[' f"{X["ke| print(X.| print(X["| x = X.pl|
if X.pl| for x in X.| [x for x in X.pl| lambda: X.pl| with X.| del X.| except X| except X.| raise X| raise X.pl|
class A(X.| import X| import X.| from X import | from X import pl| open(X, "| open("| X.keys().| X + X.pl| not X.|
X if X.| *X.| **X.| -X.| X.__class__.| X.__class__.__na| X.__dict__["| X.__dict__.| X.__doc__.| X.__mro__[|
X.columns.| X.index["| X.value.| X.value.pl| X.cls.| X.cls(| X.cls.pl| X.T.| X.dtype.| X.first| X.__wrapped__.|
X.__init__(| X(*X, | X(**X, | X(second=X, | function(X, | function(second=X, fi| X.method(X, second=| X(lambda X: X.| X(X[1, |
X.said.| X.says().| X.says().up| X.said.up| X.loc[:, "| X.loc["| X.iloc[0].| X.groupby("| X.groupby(["a", "| X.method(by="|
function(X, by="| function(first=X, on="| X.agg({"| X.str.| X.dt.| X["x"].str.| match X| pl.col("| X(pl.col("| X.col("|
X.query("| X.query("@| X.eval("pl| X.groupby(| X.method(by=| X.loc[| X.loc[:, | X.agg({| X.mean().| X.x.sum().|
X.coords["| X.attrs["| X.sizes["| X.data_vars["| X.iloc[0]["| X.col.| X(X.col.| function(X, by=|
""".replace("\n", "\t").replace("| ", "|\t").split("\t")  # fmt: skip
NAMES = [f"{name}_{kind}" for name in hooks.CLASSES for kind in ("value", "class")]
NAMES += [
    "d",
    "sequence",
    "function",
    "instance",
    "h[1]",
    "h[2]",
    "h[3]",
    "h[-1]",
    "_",
    'd["x"]',
    "sequence[0]",
    "sequence[1]",
]


@pytest.fixture
def calls() -> Iterator[list[str]]:
    """The hooks that the test's completions call; none may be."""
    hooks.CALLS.clear()
    yield hooks.CALLS
    hooks.Colliding.silent = True
    hooks.CALLS.clear()


def ask(line: str, namespace: dict[str, Any]) -> int:
    """Complete at the cursor of a line, or at its end, and ask for the signature there; return how many there are."""
    cursor = line.index("|") if "|" in line else len(line)
    source = line.replace("|", "", 1)
    engine = Engine(namespace, "basic")
    engine.signatures(source, cursor, budget_ms=10_000)
    return len(engine.complete(source, cursor, budget_ms=10_000))


def complete(source: str, *, namespace: dict[str, Any], budget_ms: float = 100) -> list[Completion]:
    """What the live session alone tells."""
    return Engine(namespace, "basic").complete(source, budget_ms=budget_ms)


@pytest.mark.parametrize("name", NAMES)
def test_no_hook_is_called(name: str, calls: list[str]) -> None:
    """Neither of a value, nor of its class, nor of its metaclass; nor of a key that is in the way."""
    namespace = hooks.values()
    calls.clear()
    for shape in filter(None, map(str.strip, SHAPES)):
        ask(shape.replace("X", name), namespace)
        assert calls == [], shape
    hooks.Colliding.silent = True


def test_names_and_keys_are_found_all_the_same(calls: list[str]) -> None:
    """Nothing is called because all is read, not because nothing is looked at."""
    namespace = hooks.values()
    calls.clear()

    def found(source: str) -> list[str]:
        return [completion.text for completion in complete(source, namespace=namespace, budget_ms=10_000)]

    assert {"plain", "method(", "prop", "data", "quiet"} <= set(found("plain_value."))
    assert found("plain_value.plain.upp") == ["upper("]
    assert found("plain_value.method(fi")[0] == "first="
    assert found('d["') == ['key"]', 'x"]', 't", "u"]']
    assert {"plain", "method("} <= set(found('d["x"].'))
    assert {"plain", "method("} <= set(found("h[1]."))
    assert {"plain", "method("} <= set(found("h[2]."))
    assert [text for text in found("h[") if text[0].isdigit()] == ["5]", "4]", "3]", "2]", "1]"]
    assert found("except error_c") == ["error_class"]
    assert "upper(" in found("plain_value.says().")
    assert "upper(" in found("plain_value.said.")
    assert calls == []


def test_the_hooks_do_note_their_calls(calls: list[str]) -> None:
    """The test itself: each kind of hook, when it is called, is noted."""
    namespace = hooks.values()
    calls.clear()
    value, cls = namespace["plain_value"], namespace["plain_class"]
    attempts: list[Callable[[], object]] = [
        lambda: value.prop, lambda: value[0], lambda: len(value), lambda: iter(value), lambda: value == 1, lambda: hash(value),
        lambda: repr(value), lambda: bool(value), lambda: value.__class__, lambda: isinstance(value, dict), lambda: cls.prop,
        lambda: cls == 1, lambda: hash(cls), lambda: cls in (int, str), lambda: namespace["d"]["key"],
        lambda: cls(), lambda: dir(value),
    ]  # fmt: skip
    for attempt in attempts:
        before = len(calls)
        try:
            attempt()
        except (RuntimeError, TypeError):
            pass
        assert len(calls) > before, attempt


def test_only_dir_is_called_and_what_it_returns_is_not_touched(calls: list[str]) -> None:
    """`__dir__` is the one method that is called; a foreign object in its list, or in place of it, stays untouched."""
    value = hooks.values()["plain_value"]
    asked = []

    class Listing:
        def __dir__(self) -> Any:
            asked.append(1)
            return [value, "found", hooks.CLASSES["str"], 1]

    class Odd:
        def __dir__(self) -> Any:
            asked.append(2)
            return value

    calls.clear()
    namespace = {"listing": Listing(), "odd": Odd()}
    assert [completion.text for completion in complete("listing.f", namespace=namespace)] == ["found"]
    assert complete("odd.f", namespace=namespace) == []
    assert (asked, calls) == ([1, 2], [])


def test_extension_types(calls: list[str]) -> None:
    """A row of sqlite3 gives its columns; a subclass's own `keys` is not called."""

    class Row(sqlite3.Row):
        def keys(self) -> Any:
            calls.append("keys")

    connection = sqlite3.connect(":memory:")
    row = connection.execute("select 1 as number, 'x' as word").fetchone
    connection.row_factory = sqlite3.Row
    row = connection.execute("select 1 as number, 'x' as word").fetchone()
    connection.row_factory = Row
    subclassed = connection.execute("select 1 as number").fetchone()
    connection.close()
    namespace = {"row": row, "subclassed": subclassed}
    for shape in filter(None, map(str.strip, SHAPES)):
        for name in namespace:
            ask(shape.replace("X", name), namespace)
    assert [completion.text for completion in complete('row["', namespace=namespace)] == ['number"]', 'word"]']
    assert [completion.text for completion in complete('row["word"].upp', namespace=namespace)] == ["upper("]
    assert calls == []


@pytest.mark.slow
def test_arrays(calls: list[str]) -> None:
    """An array of foreign objects is shown without touching them; one of a subclass without its hooks."""
    numpy = pytest.importorskip("numpy")
    namespace = hooks.values()
    objects = numpy.empty(2, dtype=object)
    objects[0] = namespace["plain_value"]

    class Traced(numpy.ndarray):  # type: ignore[misc, name-defined, unused-ignore]  # numpy may be missing
        def __array_finalize__(self, other: object) -> None:
            calls.append("__array_finalize__")

        def __getitem__(self, key: object) -> None:
            calls.append("__getitem__")

        def __getattribute__(self, name: str) -> None:
            calls.append("__getattribute__")

    namespace.update(objects=objects, traced=numpy.zeros(3).view(Traced), np=numpy)
    calls.clear()
    for shape in filter(None, map(str.strip, SHAPES)):
        for name in ("objects", "objects[0]", "traced", "np.random", "np.add", "np.linspace"):
            ask(shape.replace("X", name), namespace)
            assert calls == [], shape
    assert ask("traced.sh", namespace) == 1
    assert ask("objects[0].pl", namespace) == 1


@pytest.mark.slow
def test_tables(calls: list[str]) -> None:
    """A table with foreign objects for values and labels, and one of a subclass with hooks of its own."""
    pandas = pytest.importorskip("pandas")
    namespace = hooks.values()
    frame = pandas.DataFrame({"x": [1, 2], "key": [3, 4]})
    frame["objects"] = pandas.Series([types.SimpleNamespace(), namespace["instance"]], dtype=object)

    class Traced(pandas.DataFrame):  # type: ignore[misc, name-defined, unused-ignore]  # pandas may be missing
        def __getattribute__(self, name: str) -> object:
            if not silent:
                calls.append(f"__getattribute__ {name}")
            return super().__getattribute__(name)

        def __dir__(self) -> list[str]:
            return ["columns"]

    silent = True
    namespace.update(frame=frame, traced=Traced({"x": [1]}), series=frame["x"], pd=pandas)
    calls.clear()
    silent = False
    for shape in filter(None, map(str.strip, SHAPES)):
        for name in ("frame", "traced", "series", 'frame["x"]', "pd"):
            ask(shape.replace("X", name), namespace)
            assert calls == [], shape
    silent = True
    assert [completion.text for completion in complete('traced["', namespace=namespace)] == ['x"]']


def test_nothing_is_imported_and_nothing_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A module on the path is found by its name and not run; an invalid escape in the line warns of nothing."""
    (tmp_path / "noisy_module.py").write_text("print('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    complete("import js", namespace={})  # what the engine itself needs is loaded
    before = set(sys.modules)
    sources = ["import noisy_mo", "import noisy_module.", "from noisy_module import "]
    for source in (*sources, "import noisy_module\nnoisy_module.x", 'd["\\d'):
        complete(source, namespace={"d": {"x": 1}})
    assert [found.text for found in complete("import noisy_mo", namespace={})] == ["noisy_module"]
    assert set(sys.modules) - before == set()
    assert capfd.readouterr() == ("", "")


@some_pythons
def test_every_type_of_the_library_can_be_looked_at(target: Target, tmp_path: Path) -> None:
    """Each type in C, and an instance of it where one can be made: reading their descriptors in the wrong way ends a process."""
    if target.mode == PYPY and not EVERY:
        pytest.skip("with ALL=1")
    words = [target.python.path, "-W", "ignore", str(Path(all_types.__file__))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "more than 150: True\n"), done.stderr
