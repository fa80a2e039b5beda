"""`pik.open`: a file as an object, whatever it is packed in."""

from __future__ import annotations

import gc
import gzip
import io
import os
import pickle
import shelve
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from histshell import pik
from histshell.pik import PikError, RefusedError, raw_arrays
from histshell.pik.part import Part
from histshell.pik.policy.policy import EVERYTHING, SAFE
from histshell.pik.tree import dtypes
from histshell.pik.tree.array_nodes import array_node
from histshell.pik.tree.tensors import Strided
from histshell.pik.tree.tree_maker import TreeMaker
from tests.environments import prompts_with_packages, with_packages
from tests.pik.opened import shop
from tests.pythons import Target

ROOT = Path(__file__).parents[3]


def checkpoint(path: Path) -> None:
    """Write a checkpoint as PyTorch does: two tensors in one storage, and a number."""
    kind = b"ctorch\nFloatStorage\n"
    pid = b"(X\x07\0\0\0storage" + kind + b"X\x01\0\0\x000X\x03\0\0\0cpuK\x06tQ"

    def tensor(offset: int, shape: bytes, strides: bytes) -> bytes:
        return b"ctorch._utils\n_rebuild_tensor_v2\n(" + pid + b"K%c" % offset + shape + strides + b"\x89}tR"

    body = (
        b"\x80\x02}(X\x01\0\0\0w"
        + tensor(0, b"K\x02K\x02\x86", b"K\x02K\x01\x86")
        + b"X\x01\0\0\0b"
        + tensor(4, b"K\x02\x85", b"K\x01\x85")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("m/data.pkl", body + b"X\x05\0\0\0epochK\x03u.")
        archive.writestr("m/version", "3\n")
        archive.writestr("m/data/0", struct.pack("<6f", *range(6)))


def test_a_file_is_an_object(tmp_path: Path) -> None:
    """Its kind, names, items and tree; closed at the end of a `with` statement, with what was read still there."""
    path = tmp_path / "a.pkl.gz"
    path.write_bytes(
        gzip.compress(pickle.dumps({"order": shop.Plain(), "list": [1, [2]], 3: "x", "rows": [shop.Plain()]}))
    )
    with pik.open(path) as file:
        assert repr(file) == f"<a.pkl.gz: gzip > pickle, {path.stat().st_size} bytes>"
        assert file.kind == "gzip > pickle"
        assert [name.full for name in file.names] == ["tests.pik.opened.shop.Plain"]
        assert file.keys() == list(file) == ["order", "list", 3, "rows"]
        assert len(file) == 4
        assert (file["list"], file[3]) == ([1, [2]], "x")
        order, rows = file["order"], file["rows"]
        assert "Plain" in repr(order)
        assert "Plain" in repr(rows[0])
        assert "nothing was run" in repr(file.tree())
        with pytest.raises(RefusedError):
            file.load()
        loaded = file.load(trust=["tests.pik.opened.shop.Plain"])
        assert type(loaded["order"]) is shop.Plain
        with pytest.raises(KeyError, match="there is no such key; there are 4: 'order', 'list', 3, 'rows'"):
            file["other"]
        with pytest.raises(TypeError, match="what is in it are attributes"):
            order["x"]
        with pytest.raises(IndexError, match="there are 1 items"):
            rows[1]
    assert "closed" in repr(file)
    for attempt in (lambda: file["list"], file.load, file.tree, lambda: rows[0]):
        with pytest.raises(PikError, match=r"is closed|closed file"):
            attempt()


def test_several_values(tmp_path: Path) -> None:
    """One after another: by number. In an archive or a shelf: by name. Nothing in it: a sentence."""
    both = pickle.dumps([1]) + pickle.dumps({"b": 2})
    for what in (both, io.BytesIO(both)):
        file = pik.open(what)
        assert len(file.values) == len(file) == 2
        assert file[1]["b"] == 2
        assert file.load() == [[1], {"b": 2}]
    with shelve.open(str(tmp_path / "shelf")) as shelf:
        shelf["k"] = {"x": 1}
        shelf["y"] = shop.Colour.RED
    [path] = [path for path in tmp_path.iterdir() if path.suffix in (".dir", ".db", "")][:1]
    file = pik.open(path)
    if file.values:  # the library's own kind of file is named only
        assert file["k"]["x"] == 1
        assert file.load(trust=["tests.pik.opened.shop.Colour"])["y"] is shop.Colour.RED
        with pytest.raises(KeyError, match="has 2 values"):
            file["z"]
    with pytest.raises(PikError, match="there is no value in it"):
        pik.open(b'{"a": 1}').load()
    with pytest.raises(PikError):
        pik.open(tmp_path / "nothing")


def test_a_checkpoint_needs_no_pytorch(tmp_path: Path) -> None:
    """Its tensors are described where numpy is missing; loading them says what is needed."""
    checkpoint(tmp_path / "m.pt")
    file = pik.open(tmp_path / "m.pt")
    assert file.kind == "PyTorch checkpoint (zip)"
    assert file.keys() == ["w", "b", "epoch"]
    assert file["epoch"] == 3
    assert [name.full for name in file.names if name.asked] == ["torch._utils._rebuild_tensor_v2", "torch.FloatStorage"]
    assert "Tensor (2, 2) float32  [0.0, 1.0, 2.0, 3.0]" in repr(file.tree())
    part = Part(file.values[0]._top()._value["w"], file.values[0]._top()._maker, lambda: None)
    assert repr(part).startswith("<Tensor (2, 2) float32  [0.0, 1.0, 2.0, 3.0]")


ARRAYS = """
import sys
import numpy
from histshell import pik
numpy.savez("a.npz", x=numpy.arange(3), o=numpy.array([1, "a"], object))
numpy.save("f.npy", numpy.asfortranarray(numpy.arange(6).reshape(2, 3)))
with pik.open("m.pt") as file:
    assert (file["w"] == [[0, 1], [2, 3]]).all() and file["w"].dtype == "f4"
    assert (file["b"] == [4, 5]).all()
with pik.open("a.npz") as file:
    assert (file["x"] == [0, 1, 2]).all()
    names = [name.full for name in file.names if name.asked]
    assert file.load(trust=names)["o"].tolist() == [1, "a"]
assert (pik.open("f.npy").load() == numpy.arange(6).reshape(2, 3)).all()
assert not {"torch", "pickle5", "joblib"} & set(sys.modules)
"""


@prompts_with_packages
def test_arrays_are_numpys(target: Target, tmp_path: Path) -> None:
    """An array or tensor comes as numpy's, read from where it lies, and nothing else is imported for it."""
    checkpoint(tmp_path / "m.pt")
    python = with_packages(target.python)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{ARRAYS}"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=100)
    assert done.returncode == 0, done.stderr


def test_a_file_that_is_let_go_of_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `with` statement is needed, and none of a loop's files stays open."""
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps([1, 2]))
    closed: list[int] = []
    close, status = os.close, os.stat(path)

    def noted(descriptor: int) -> None:
        if os.path.samestat(os.fstat(descriptor), status):  # and not what another test has left
            closed.append(descriptor)
        close(descriptor)

    monkeypatch.setattr(os, "close", noted)
    file = pik.open(path)
    assert file[1] == 2
    del file
    gc.collect()
    assert len(closed) == 1


@pytest.mark.parametrize("what", ["packed", "closed"])
def test_what_a_file_object_raises_is_an_error_of_pik(what: str) -> None:
    """One that unpacks and is cut, and one that was closed."""
    file = io.BytesIO()
    file.close()
    with pytest.raises(PikError):
        pik.open(gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b"N." * 99)[:-9])) if what == "packed" else file)


def test_an_array_some_of_whose_values_are_not_there() -> None:
    """The first ones are; then its strides lead out of its storage."""
    kind = dtypes.described("<f4")
    assert kind is not None
    array = Strided(kind, (20,), (-1,), 10, lambda start, stop: bytes(44)[start:stop])
    maker = TreeMaker()
    maker.cheap = 0  # it is one of many: not all of it was read before
    *there, (label, node) = array_node(maker, array, "Tensor", "torch").children()
    assert (len(there), label, node.text) == (11, "[11]", "its bytes are not there")


def test_joblibs_own_wrapper_is_an_array_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is imported where everything is trusted, and where a person trusts its module."""
    module = ModuleType("joblib.numpy_pickle")
    wrapper = type("NumpyArrayWrapper", (), {"__module__": module.__name__})
    module.NumpyArrayWrapper = wrapper  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "joblib", ModuleType("joblib"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for policy in (SAFE, SAFE.trusting("joblib.numpy_pickle.*"), EVERYTHING):
        machine = raw_arrays._Machine(lambda: "array", trust=raw_arrays._with_wrappers(policy))
        assert machine.run(b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}b.") == "array"
