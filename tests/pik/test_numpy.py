"""Arrays, scalars and dtypes of numpy: plain ones load as in C, those that numpy would trip over are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from histshell.pik.policy import numpy_rules
from tests.environments import prompts_with_packages, with_packages
from tests.pythons import Target

ROOT = Path(__file__).parents[2]
CHECKS = Path(__file__).with_name("numpy_checks.py")


@prompts_with_packages
def test_numpy_is_as_in_c_or_refused(target: Target) -> None:
    """Run in a process of its own: what is wrong here would crash it."""
    python = with_packages(target.python)
    done = subprocess.run([python, "-W", "ignore", CHECKS], capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    fine, refused = map(int, done.stdout.split())
    if not fine:
        pytest.fail("nothing was tried")
    assert fine > 500
    assert refused > 2_000


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
def test_numpy_1_26_has_two_cores(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its `numpy._core` is nearly empty, and in the session as soon as anybody imports it: the names are still found."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "numpy"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("numpy", "numpy._core", "numpy.core", "numpy.core.multiarray"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    made = vars(sys.modules["numpy.core.multiarray"])["scalar"] = object()
    monkeypatch.setattr(numpy_rules, "loaded_numpy", lambda: sys.modules["numpy"])  # it would see that this is none
    rule = numpy_rules.numpy_rule(module, "scalar")
    assert rule is not None
    assert rule.make is made
    assert numpy_rules.numpy_rule(module, "_reconstruct") is None
