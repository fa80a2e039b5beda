"""A user's own `config.py` of ptpython, run with the editor as ptpython would run it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from histshell import interrupts, libraries, tracebacks
from histshell.shells.prompt_style import STYLE

if TYPE_CHECKING:
    from .editor import Editor

ROOTS = ("ptpython", "prompt_toolkit", "pygments", "wcwidth", "appdirs")
"""What such a file gets from histshell's home: all else it imports is the user's."""


def path() -> str:
    """Return where ptpython looks for it: `$PTPYTHON_CONFIG_HOME`, else the platform's place, else the old one; or where it
    would be.
    """
    folder = os.environ.get("PTPYTHON_CONFIG_HOME")
    if not folder:
        if sys.platform in ("win32", "darwin"):
            import appdirs  # as ptpython does

            folder = appdirs.user_config_dir("ptpython", "prompt_toolkit")
        else:
            base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
            folder = os.path.join(base, "ptpython")
    old = os.path.expanduser(os.path.join("~", ".ptpython", "config.py"))
    return old if os.path.isfile(old) else os.path.join(folder, "config.py")


def run(editor: Editor) -> None:
    """Run it, if there is one. The numbered prompt stays: it is what this prompt is; another is a choice in the menu."""
    file = path()
    try:
        with open(file, "rb") as stream:
            source = stream.read()
    except OSError:
        return
    try:
        names: dict[str, Any] = {"__builtins__": libraries.for_user(ROOTS)}
        with interrupts.GivenBack():
            exec(compile(source, file, "exec", dont_inherit=True), names)  # noqa: S102  # the user's own file
            if "configure" in names:
                names["configure"](editor)
    except SystemExit:
        raise
    except BaseException as error:
        interrupts.sigint.ours()
        tracebacks.show(error, lambda frame: frame.f_code.co_filename == __file__)
        tracebacks.say(f"histshell: {file} was not run to its end\n")
    editor.prompt_style = STYLE
