"""What is said of a file: its names, the line that would load it, and the status of the command."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from histshell.cli import main
from histshell.pik.placeholders import Effect
from histshell.pik.tree.names import names, trusted_names
from histshell.pik.tree.shown import look
from tests.pik.scan.comparing import FILES


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("os.system", "runs", "runs a shell command"),
        ("random._os.system", "runs", "runs a shell command"),
        ("string._re.enum.bltns.exec", "runs", "runs Python code"),
        ("argparse.Namespace.__init__.__globals__.get", "runs", "reaches into an object, to whatever hangs on it"),
        ("urllib.request.urlopen", "runs", "opens a URL"),
        ("importlib.import_module", "runs", "imports a module"),
        ("ctypes.CDLL", "runs", "loads native code, or reaches into memory"),
        ("dill._dill._load_type", "runs", "makes a function or a class of code that the stream brings"),
        ("pip._internal.cli.main.main", "runs", "installs packages"),
        ("collections.OrderedDict", "plain", "plain data"),
        ("numpy.core.multiarray._reconstruct", "plain", "numpy's data"),
        ("sklearn.ensemble.forest.RandomForestClassifier", "builds", "only builds"),
        ("sklearn.ensemble._forest.Parallel", "unknown", ""),
        ("torch._utils._rebuild_tensor_v2", "builds", "only builds"),
        ("shop.Basket", "unknown", ""),
        ("urllib3.PoolManager", "runs", "opens a URL"),
        ("urllib3.util.retry.Retry", "unknown", ""),
        ("spacy.tokens.doc.unpickle_doc", "runs", "loads another pickle"),
        ("scipy.stats._continuous_distns.norm_gen", "runs", "runs Python code that is in its state"),
        ("pyarrow.lib._reconstruct_table", "builds", "only builds"),
        ("shapely.io.from_wkb", "builds", "only builds"),
    ],
)
def test_a_name_is_judged(name: str, verdict: str, words: str) -> None:
    """By exact names; aliases and dotted names are looked through."""
    (found,) = names([Effect("import", name, True, 0, 1, name)])
    assert (found.full, found.verdict, found.words) == (name, verdict, words)
    assert trusted_names([found]) == (None if verdict == "runs" else [name])


def test_a_name_is_counted_by_its_uses() -> None:
    """Two calls of one import are two."""
    rows = [
        Effect("import", "a.B", True, 0, 1, "a.B"),
        Effect("call", "a.B(1)", True, 9, 1, "a.B"),
        Effect("call", "a.B(2)", True, 9, 1, "a.B"),
    ]
    assert [name.count for name in names(rows)] == [2]


def test_a_mapped_array_opens_a_file_where_its_class_may_be_called() -> None:
    """Pickled, it is an array of that class, which numpy begins empty; anything else that is called could call it."""
    asked = [Effect("import", "numpy.memmap", True, 0, 1, "numpy.memmap")]
    made = Effect("call", "numpy._core.multiarray._reconstruct(…)", True, 9, 1, "numpy._core.multiarray._reconstruct")
    assert [name.verdict for name in names([*asked, made])] == ["builds"]
    for other in ("numpy.memmap", "shop.maker", "copyreg.__newobj__"):
        assert [name.verdict for name in names([*asked, made, Effect("call", f"{other}(…)", True, 9, 1, other)])] == [
            "runs"
        ]


FUNCTION = b"cshop\nBasket\n)\x81}Vsize\nI7\nsb."
ARRAY = (
    b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntC\x01btR(I1\n(I2\ntcnumpy\ndtype\n(Vu1\nI0\nI1\ntR"
    b"(I3\nV|\nNNNI-1\nI-1\nI0\ntbI00\nC\x02\x05\x07tb."
)
CASES = {
    "plain": (pickle.dumps([1, 2]), 0, ["pickle, protocol 4", "nothing was run", "[1, 2]"]),
    "array": (b"\x80\x03" + ARRAY, 0, ["ndarray (2,) uint8  [5, 7]", "numpy.dtype ×1", "It asks for plain data"]),
    "object": (
        b"\x80\x03" + FUNCTION, 1,
        ["Basket", "└ size  7", "shop.Basket  class", "×1  unknown", ".load(trust=['shop.Basket'])"],
    ),
    "runs": (b"cos\nsystem\n(Vxclock\ntR.", 1, ["os.system('xclock')", "runs a shell command", "No line is given to load it"]),
    "cut": (pickle.dumps([1, "text"])[:-5], 2, ["list  (it ends too soon)", "└ [0]  1", "at byte"]),
    "cut and asks": (b"cos\nsystem\n(Vxclock\ntR", 1, ["os.system('xclock')", "It ends too soon: "]),
    "several": (b"I1\n.I2\n.", 0, ["2 values", "1", "2"]),
    "no pickle": (b"hello, this is text\n" * 9, 2, ["It is no pickle"]),
    "an empty id": (b"}Q.", 1, ["persistent id {}"]),
    "Python 2": (b"S'\\xe9'\n.", 0, ["'\xe9'", "--encoding latin1"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_command_shows_a_file(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tree, its names, and a status that says what it is; JSON has the same."""
    data, status, said = CASES[case]
    monkeypatch.chdir(tmp_path)
    Path("it.pkl").write_bytes(data)
    done = CliRunner().invoke(main, ["pik", "it.pkl"])
    assert done.exit_code == status, done.output
    for part in said:
        assert part in done.output
    assert ("trust=" in done.output) == (case in ("object", "array"))
    told = CliRunner().invoke(main, ["pik", "--json", "it.pkl"])
    assert told.exit_code == status
    row = json.loads(told.output)
    assert row["status"] == status
    assert all(value["tree"]["kind"] for value in row["values"])


def test_options_go_in(tmp_path: Path) -> None:
    """A path, a depth, all of it, and the effects one by one."""
    path = tmp_path / "it.pkl"
    path.write_bytes(pickle.dumps({"a": [[n, [n]] for n in range(50)], "b": {"c": {"d": {"e": ["x" * 20, [1]]}}}}))

    def rows(*options: str) -> list[str]:
        return CliRunner().invoke(main, ["pik", str(path), *options]).output.splitlines()[1:]

    assert rows("--path", "['b']['c']['d']")[0] == "dict of 1"
    assert rows("--path", "['b']['z']") == ["['b'] has no ['z']; it has ['c']"]
    assert rows("--depth", "1") == ["dict of 2", "├ ['a']  list of 50 list  …", "└ ['b']  dict of 1  …"]
    assert len(rows("--all")) > 150
    assert 15 < len(rows()) <= 61
    path.write_bytes(b"cos\nsystem\n(Vxclock\ntR.")
    assert "  call os.system('xclock')" in rows("--effects")  # the first line is the value


def test_effects_go_with_the_other_options(tmp_path: Path) -> None:
    """For a plain pickle as for any other file; the exit status is what it is without them."""
    path = tmp_path / "it.pkl"

    def shown(data: bytes, *options: str) -> tuple[int, str]:
        path.write_bytes(data)
        done = CliRunner().invoke(main, ["pik", str(path), "--effects", *options])
        return done.exit_code, done.output

    assert shown(b"S'\\xc4\\xe0'\n.", "--encoding", "cp1251", "--limit", "10") == (
        0, "it.pkl   pickle, protocol 0 or 1, 13 bytes, one value                    nothing was run\n'\u0414\u0430'\n"
    )  # fmt: skip
    assert shown(b"S'\\xe9'\n.")[1].splitlines()[1] == "'\xe9'"
    assert shown(b"(I1\n(I2\ntt.", "--path", "[1]")[1].splitlines()[1] == "(2,)"
    status, said = shown(b"\x80\x03" + ARRAY)
    assert status == 0
    assert "call numpy.core.multiarray._reconstruct" in said
    assert shown(b"I1\n." + b"\x80\x04N.junk")[0] == 0
    assert shown(b"\x80\x05" + FUNCTION + b"junk")[0] == 1


def test_no_line_is_given_that_would_not_load_it() -> None:
    """TorchScript's classes are made by PyTorch's own loader; what a persistent id stands for is known to its program alone."""
    for what, words in (
        (
            str(FILES / "torch-script.pt"),
            "No line is given to load it: its classes are TorchScript's, which torch.jit.load alone makes.",
        ),
        (b"cshop\nmaker\n)R)R.", "No line is given to load it: it calls what a call has given."),
        (
            b"cshop\nBasket\n(Vkey\nQtR.",
            "No line is given to load it: it asks for what is not in the file, by persistent ids.",
        ),
    ):
        lines = str(look(what)).splitlines()
        assert lines[-1] == words
        assert not any("pik.open" in line for line in lines)


class Sized:
    """Made with keywords alone."""

    def __new__(cls, *, size: int) -> Sized:  # noqa: ARG004
        """Take its size."""
        return object.__new__(cls)

    def __getnewargs_ex__(self) -> Any:
        return (), {"size": 3}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_an_object_made_with_keywords_is_shown_by_its_class(protocol: int) -> None:
    """Before protocol 4 it is made by a partial function."""
    lines = str(look(pickle.dumps(Sized(size=3), protocol))).splitlines()
    assert lines[1].split() == ["Sized", "tests.pik.tree.test_report"]
    assert "(size=)  3" in lines[2]


def test_code_is_disassembled_where_it_is_this_pythons(tmp_path: Path) -> None:
    """Nothing of it is made or run; that of another version is only named."""
    code: Any = test_options_go_in.__code__
    parts: list[Any] = [
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_nlocals,
        code.co_stacksize,
        code.co_flags,
    ]
    parts += [code.co_code, (None, 1), code.co_names, code.co_varnames, "file.py", "it"]
    if hasattr(code, "co_exceptiontable"):
        parts += [code.co_qualname, 1, b"", b"", (), ()]
    else:
        parts += [1, b"", (), ()]
    path = tmp_path / "it.pkl"
    for given, expected in ((parts, "RETURN_VALUE"), ([*parts[:1], *parts[2:]], "of another version of Python")):
        path.write_bytes(
            b"\x80\x04ctypes\nCodeType\n" + pickle.dumps(tuple(given), 4)[2:-1].replace(b"\x95", b"\x95", 1) + b"R."
        )
        done = CliRunner().invoke(main, ["pik", "--code", str(path)])
        assert "code  it(tmp_path)" in done.output
        assert expected in done.output, done.output
