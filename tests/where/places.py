"""Environments, pyenvs and folders of PATH, made by hand around real Pythons: as good as those that a tool makes, and quicker."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SHIM = """\
#!/usr/bin/env bash
set -e
[ -n "$PYENV_DEBUG" ] && set -x

program="${{0##*/}}"

export PYENV_ROOT="{root}"
exec "{root}/libexec/pyenv" exec "$program" "$@"
"""


def program(path: Path, text: str = "", mode: int = 0o755) -> Path:
    """Make a file that can be run: a script, or without a text a link to the Python that runs the tests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        path.write_text(text)
        path.chmod(mode)
    else:
        path.symlink_to(os.path.realpath(sys.executable))
    return path


def environment(folder: Path, python: str = sys.executable) -> Path:
    """Make a virtual environment of a Python, without packages."""
    real = os.path.realpath(python)
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = {os.path.dirname(real)}\ninclude-system-site-packages = false\n")
    for name in ("python", "python3"):
        (folder / "bin" / name).symlink_to(real)
    return folder


def pyenv(root: Path, *versions: str, python: str = sys.executable) -> Path:
    """Make a pyenv with shims and versions, each an environment."""
    program(root / "shims" / "python3", SHIM.format(root=root))
    (root / "versions").mkdir()
    for version in versions:
        environment(root / "versions" / version, python)
    return root
