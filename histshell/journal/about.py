"""What the first record of a session says: who, where, and under which Python. Nothing is loaded for it, and no name looked up."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict

_BOOT = "/proc/sys/kernel/random/boot_id"


def about(shell: str) -> Dict[str, Any]:
    """Return the fields of a session's first record, but for those that the journal knows itself."""
    uname = getattr(os, "uname", None)
    base = getattr(sys, "base_prefix", sys.prefix)
    return {
        "host": uname().nodename if uname is not None else os.environ.get("COMPUTERNAME", ""),
        "user": _user(),
        "pid": os.getpid(),
        "boot": _boot(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "implementation": sys.implementation.name,
        "executable": sys.executable or "",
        "venv": sys.prefix if sys.prefix != base else "",
        "shell": shell,
        "cwd": directory(),
        "author": "person",
    }


def directory() -> str:
    """Return the folder one stands in, empty if that is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def _user() -> str:
    """Return the user's name as `getpass` finds it; the number where only the system's table says: that may be a server."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        name = os.environ.get(variable)
        if name:
            return name
    return str(os.getuid()) if hasattr(os, "getuid") else ""


def _boot() -> str:
    """Return what tells one start of this machine from the next, empty where nothing does."""
    try:
        with open(_BOOT, "rb") as file:
            return file.read(64).strip().decode("ascii", "replace")
    except OSError:
        return ""
