"""The tree of each real file is that of the value that its own library made of it; no library is needed here to see that."""

from __future__ import annotations

import pytest

from histshell.pik import files
from histshell.pik.tree.report import BROKEN, Report, Wish
from tests.pik.scan.comparing import FILES, differences, expected

EXPECTED = expected()

#: What is otherwise than at a real loader's, by file: beginnings of sentences, and why it is so.
KNOWN: dict[str, tuple[tuple[str, ...], str]] = {
    "joblib-lz4.joblib": (("is not there",), "nothing here reads lz4; it is named"),
    "numpy-arrays.pkl": (
        ("['big endian']: dtype",),
        "numpy swaps the bytes as it loads; the tree has the order of the file",
    ),
    "numpy-kinds.pkl": (("['wide']: dtype",), "numpy calls it by how many bits the platform has"),
    "std-functions.pkl": (("['built in']: type",), "what a name is cannot be told without importing it"),
    "std-moments.pkl": (
        ("['zone']: value", "['path']: module"),
        "time zones are not looked up; one module has had two names",
    ),
    "std-outside.pkl": (("[",), "its buffers are not in the file"),
}


#: What is not read, or is no pickle.
UNREAD = ("joblib-lz4.joblib", "spacy-docs.spacy", "spacy-language.bin")


def test_there_are_enough_files() -> None:
    """They are as many as was wanted, small, and something is said of each."""
    found = {path.name: path.stat().st_size for path in FILES.iterdir()}
    assert len(EXPECTED) >= 130
    assert set(EXPECTED) == set(found) - {"shelve-dumb.dir"}
    assert max(found.values()) <= 20_000
    assert sum(found.values()) <= 600_000
    assert sum(len(claims) for members in EXPECTED.values() for claims in members.values()) > 2000


@pytest.mark.parametrize("name", EXPECTED)
def test_the_tree_is_what_its_library_loads(name: str) -> None:
    """Types, modules, sizes, scalars, shapes, dtypes, first items, least and largest ones, at every path that was described."""
    with files.open(str(FILES / name)) as file:
        found = Report(file, Wish(everything=True)).as_json()
    trees = [value["tree"] for value in found["values"]]
    names = {value["name"].removesuffix(".npy"): value["tree"] for value in found["values"]}
    known, _reason = KNOWN.get(name, ((), ""))
    wrong = []
    for number, (member, claims) in enumerate(EXPECTED[name].items()):
        tree = names.get(member) or (trees[number] if number < len(trees) else None)
        said = ["is not there"] if tree is None else list(differences(claims, tree))
        wrong += [(member, one) for one in said if not one.startswith(known)]
    assert wrong == []
    assert (found["status"] == BROKEN) == (name in UNREAD)
