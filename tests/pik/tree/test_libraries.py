"""What libraries' objects are shown as, against what the live objects said when the fixtures were made (`make_fixtures.py`)."""

from __future__ import annotations

import base64
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from histshell.pik import tree
from histshell.pik.tree import plan

FIXTURES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures.json").read_text())


def same(found: Any, wanted: Any) -> bool:
    """Numbers are equal as far as a float of four bytes says; dtypes are named as numpy names them on any machine."""
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(found, float) and isinstance(wanted, (int, float)):
        return math.isclose(found, wanted, rel_tol=1e-6)
    return bool(found == wanted)


@pytest.mark.parametrize("name", FIXTURES)
def test_an_object_is_shown_as_it_was(name: str) -> None:
    """Type, text and facts at each path are those of the live object."""
    read = tree.read(base64.b64decode(FIXTURES[name]["pickle"]))
    assert read.error is None
    root = tree.of(read)
    for path, claims in FIXTURES[name]["claims"].items():
        node = plan.find(root, path) if path else root
        facts = claims.pop("facts", {})
        assert {key: getattr(node, key) for key in claims} == claims, path
        wrong = {
            key: (node.facts.get(key), value) for key, value in facts.items() if not same(node.facts.get(key), value)
        }
        assert not wrong, path


def test_nothing_of_the_libraries_is_imported() -> None:
    """A Python that cannot have them shows the same."""
    program = (
        "import sys, json, base64\n"
        "for name in ('numpy', 'pandas', 'scipy', 'sklearn', 'torch', 'dill', 'cloudpickle', 'joblib'): sys.modules[name] = None\n"
        "from histshell.pik import tree\n"
        "rows = json.load(open(sys.argv[1]))\n"
        "roots = [tree.of(tree.read(base64.b64decode(row['pickle']))) for row in rows.values()]\n"
        "print([root.type for root in roots].count('RandomForestClassifier'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(__file__).parent / "fixtures.json")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2\n"
