"""How `.npy` may spell a dtype: what the numpy that is here takes is understood, and a pickle is found where it loads one."""

from __future__ import annotations

import io
import pickle
import warnings
from typing import Any

import pytest

from histshell.pik.files import npy as npy_files
from histshell.pik.files.dtype_text import canonical
from tests.pik.files.making import ASKS, Record, npy, opened, zipped

numpy = pytest.importorskip("numpy")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NAMES = [name for name in (numpy._core if hasattr(numpy, "_core") else numpy.core).sctypeDict if isinstance(name, str)]
LETTERS = [*"?bBhHiIlLqQpPnNefdgFDGcSUVOMma", "T"]
TEXTS = [
    "|O", "<O", "=O", ">O8", "O4", "O8", "f8,O", "O,O", "(2,)O", "2O", "1O", "(2,3)f8", "2f8", "i4,(2,)f8", "f8,", "O,",
    "f8,O,", "f8,O8", "f4,>O", "(0,)f8", "()f8", "<(2,)f8", "(2,)<f8", "|S5,|O", "3c", "O,(2,)f8", "int64,object", "V10,O",
    "V8", "a5", "S0", "b1", "i1", "i8", "f16", "M8[ns]", "M8[3D]", "M8[25s]", ">M8[s]", ">m8[D]", "<datetime64[s]",
    "datetime64[us]", "m8[ns]", "<i", ">d", "=l", "|b", ">f8,<i2", "<U5", ">U5", "=U5", "|U5", "U5,S3", ">c8", "|f8",
    "<(2,)>f8", "(2,2)O,f8", "c16", "u1", "timedelta64[10ms]", "f8,f4,O", ">i4",
]  # fmt: skip
SPACED = ["f8, O", "f8 ,O", "datetime64[us], O", "f8,\tO"]
NONE = [
    "Object",
    "",
    "{}",
    "t",
    "O1",
    "O16",
    "x",
    "b8",
    "?8",
    "I4",
    "f8f8",
    "f8;O",
    "V8[2]",
    "<float64",
    "|object",
    "-1O",
    "M8[]",
    ",O",
    "f8,,O",
]
PARTS: list[Any] = [
    [("a", "O")], [["a", "object"]], ["aO"], {"aO"}, {"aO": 1}, [("a", "f8", 3)], [("a", "f8", (2,)), ("", "V4"), ("b", "|O")],
    [(("title", "name"), "object")], ("O", (2,)), ("f8,O", 2), [("a", [("b", "int"), ("c", ("object", 2))])], [],
    [("a", "f8", [2, 3])], [("a", "f8,O")], ("f8", (2,)),
]  # fmt: skip
OF_OBJECTS = pickle.dumps([ASKS], 4)


def theirs(descr: Any) -> Any:
    """Return numpy's dtype for what a header says."""
    from numpy.lib import format as form

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return form.descr_to_dtype(descr)


@pytest.mark.parametrize("descr", [*NAMES, *LETTERS, *TEXTS, *SPACED, *PARTS], ids=repr)
def test_a_spelling_that_numpy_takes_is_understood(descr: Any) -> None:
    """Size and dtype are numpy's."""
    try:
        dtype = theirs(descr)
    except (TypeError, ValueError):
        pytest.skip("this numpy does not take it")
    ours = canonical(descr)
    size, objects = npy_files.itemsize(ours)
    assert objects == dtype.hasobject
    if not objects:
        assert size == dtype.itemsize
    assert descr == "T" or theirs(ours) == dtype
    assert canonical(ours) == ours


@pytest.mark.parametrize("descr", NONE)
def test_what_is_no_dtype_for_numpy_is_none(descr: str) -> None:
    """It is damage."""
    with pytest.raises((TypeError, ValueError, SyntaxError)):
        theirs(descr)
    assert "is not known" in " ".join(opened(npy(repr(descr))).damaged)


@pytest.mark.parametrize("descr", [*NAMES, *LETTERS, *TEXTS, *SPACED, *PARTS, *NONE], ids=repr)
def test_where_numpy_would_load_a_pickle_it_is_found(descr: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen by asking numpy to load it."""
    loaded = []
    load = pickle.load

    def seen(file: Any, **options: Any) -> Any:
        loaded.append(file)
        return load(file, **options)

    monkeypatch.setattr(pickle, "load", seen)
    data = npy(repr(descr), "(1,)", OF_OBJECTS)
    try:
        numpy.load(io.BytesIO(data), allow_pickle=True)
    except Exception:  # what it is of, no matter
        pass
    found = opened(data)
    if loaded:
        assert found.pickles == {"": OF_OBJECTS}
        assert found.damaged == []


def test_a_pickle_behind_a_header_that_cannot_be_read_is_told() -> None:
    """Another numpy may know the dtype, or the version of the format."""
    for data in (
        npy("'x8'", "(1,)", ASKS),
        npy("r'O'", "(1,)", ASKS),
        npy("'|O'", "(True,)", ASKS),
        npy("'|O'", "(1,)", ASKS, version=4),
    ):
        found = opened(data)
        assert found.damaged
        assert list(found.pickles.values()) == [ASKS]
        assert found.members[1].offset == len(data) - len(ASKS)


def test_the_tree_says_what_it_is() -> None:
    """By numpy's own name, however it was spelled."""
    from histshell import pik

    for descr, said in (("'float'", "float64"), ("'b'", "int8"), ("'f8,>i4'", "[('f0', '<f8'), ('f1', '>i4')]")):
        with pik.open(npy(descr, "(0,)", b"")) as file:
            assert f"ndarray (0,) {said}" in repr(file.tree())


@pytest.mark.parametrize(
    "descr", ["[" + ",".join(f"('a{number}','O')" for number in range(4_500)) + "]", repr("3i4," * 5_000 + "O")]
)
def test_a_short_text_that_spells_very_many_fields_is_not_read_on(descr: str) -> None:
    """It is said, and the pickle behind it is found."""
    found = opened(npy(descr, "(1,)", ASKS, version=2))
    assert "its dtype has " in " ".join(found.damaged)
    assert list(found.pickles.values()) == [ASKS]


def test_long_headers_are_bounded_for_the_whole_file() -> None:
    """However many arrays there are: a text of a few bytes takes a machine long."""
    long = npy("'<f8'" + " " * 60_000, "(0,)", b"", version=2)
    found = opened(zipped(*(Record(b"%d.npy" % number, long, 8) for number in range(8))))
    assert "its header is long, as others before it are, and is not read" in " ".join(found.damaged)
    assert sum(member.kind == "array" for member in found.members) == 4
