"""The environment variables that a person, an editor or a service has set for itself, and that no test is to see."""

from __future__ import annotations

import os
import re
from collections.abc import MutableMapping

#: What changes how Python, a shell, an editor or a terminal behaves. `HISTSHELL_TEST_…` and `HISTSHELL_FUZZ` are for us.
_OTHERS = re.compile(
    r"PYTHON(?!_VERSIONS)\w*|HISTSHELL(?!_TEST_|_FUZZ)\w*|XDG_(?!RUNTIME_DIR)\w+|LC_\w+|LANGUAGE|ZDOTDIR|ENV|BASH_ENV|INPUTRC"
    r"|NO_COLOR|FORCE_COLOR|CLICOLOR\w*|COLORTERM|COLUMNS|LINES|PAGER|EDITOR|VISUAL|LESS"
    r"|TERM_\w+|TERMINFO\w*|VSCODE_\w+|INSIDE_EMACS|EMACS|TMUX\w*|STY|ZELLIJ\w*|WT_SESSION|KITTY_\w+|WEZTERM_\w+|ITERM_\w+"
    r"|GHOSTTY_\w+|VTE_VERSION|IPYTHON\w*|JUPYTER_\w+|XONSH\w*|PTPYTHON\w*|DJANGO_\w+|FLASK_\w+|MPLBACKEND|VIRTUAL_ENV\w*|CONDA_\w+"
)


def is_anybodys(name: str) -> bool:
    """Whether a variable is one that somebody may have set for their own use, and that changes what a test sees."""
    return _OTHERS.fullmatch(name) is not None


def clear(environ: MutableMapping[str, str]) -> None:
    """Take them out, and say that there is a colour terminal, UTF-8 and a home, in whichever way it was said before."""
    for name in [name for name in environ if is_anybodys(name)]:
        del environ[name]
    environ.update(LANG="C.UTF-8", TERM="xterm-256color")
    environ.setdefault("HOME", os.path.expanduser("~"))
