"""What the bar says of the interpreter and of where it is."""

from __future__ import annotations

import os
import sys

from histshell import home
from histshell.completion.summary import about as about  # of a value
from histshell.preview import printable


def python() -> str:
    """Return the version of Python, the name of the environment and why it was chosen, such as `Python 3.12.1 (mine, active)`."""
    implementation = "" if sys.implementation.name == "cpython" else f" {sys.implementation.name}"
    text = f"Python {'.'.join(map(str, sys.version_info[:3]))}{implementation}"
    environment = os.environ.get("CONDA_DEFAULT_ENV", "")
    if sys.prefix != sys.base_prefix:
        environment = os.path.basename(sys.prefix)
        if environment in (".venv", "venv", "env"):
            environment = os.path.basename(os.path.dirname(sys.prefix)) or environment
    about = ", ".join(filter(None, (environment, home.why)))
    return printable(f"{text} ({about})" if about else text)


def directory() -> str:
    """Return the working directory, with the home as `~`; `?` if it is gone."""
    try:
        here = os.getcwd()
    except OSError:
        return "?"
    home = os.path.expanduser("~")
    if here == home or here.startswith(home.rstrip(os.sep) + os.sep):
        return "~" + here[len(home.rstrip(os.sep)) :]
    return here
