"""What each command shell needs: which file it reads at its start, and the lines to put there.

xonsh is Python itself, so its file also starts histshell in it.

The lines, in any dialect: where the start-up file can be read, keep a PYTHONSTARTUP that is not
histshell's own in HISTSHELL_CHAIN, then name ours. So they can be read twice, or inherited, and do no harm
once the file is gone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from histshell.errors import HistshellError

from .small_files import shown


class UnknownShellError(HistshellError):
    """There is no rule for this shell; the text says what its owner can write there.

    Attributes: `shell`, and `stub`, the path that PYTHONSTARTUP has to name.
    """

    def __init__(self, shell: str, stub: str) -> None:
        super().__init__(shell, stub)
        self.shell = shell
        self.stub = stub

    def __str__(self) -> str:
        return (
            f"no rule for the shell {self.shell!r} (there is one for {', '.join(DIALECTS)}): make its start-up file "
            f"export PYTHONSTARTUP with the value {shown(self.stub)} (and, where it named a file of yours before, "
            "HISTSHELL_CHAIN with that one); for a shell of the Bourne family: --shell sh --rc FILE"
        )


@dataclass(frozen=True)
class Dialect:
    """A family of shells: the lines for a stub's path, and the shell's start-up file."""

    lines: Callable[[bytes], bytes]
    rc_file: Callable[[Mapping[str, str]], str]


def sh_lines(stub: bytes) -> bytes:
    """Return the lines for any shell of the Bourne family, `/bin/sh` included."""
    path = b"'" + stub.replace(b"'", b"'\\''") + b"'"
    return (
        b"if [ -r %b ]; then\n"
        b'    case "${PYTHONSTARTUP-}" in\n'
        b"        '' | */histshell/pythonstartup.py) ;;\n"
        b'        *) export HISTSHELL_CHAIN="$PYTHONSTARTUP" ;;\n'
        b"    esac\n"
        b"    export PYTHONSTARTUP=%b\n"
        b"fi\n"
    ) % (path, path)


def fish_lines(stub: bytes) -> bytes:
    """Return the lines for fish."""
    path = b"'" + stub.replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'"
    return (
        b"if test -r %b\n"
        b'    switch "$PYTHONSTARTUP"\n'
        b"        case '' '*/histshell/pythonstartup.py'\n"
        b"        case '*'\n"
        b'            set -gx HISTSHELL_CHAIN "$PYTHONSTARTUP"\n'
        b"    end\n"
        b"    set -gx PYTHONSTARTUP %b\n"
        b"end\n"
    ) % (path, path)


def xonsh_lines(stub: bytes) -> bytes:
    """Return the lines for xonsh, in its own language: as the others, and then what the start-up file does for Python.

    That file itself is not run: what it chains is not made for xonsh. A xonsh that runs a script is left alone.
    """
    return _XONSH.replace(b"STUB", ascii(os.fsdecode(stub)).encode("ascii"))


_XONSH = rb"""def _histshell(names):
    import os
    import sys
    from xonsh.built_ins import XSH

    stub = STUB
    if not XSH.env.get("XONSH_INTERACTIVE") or not os.access(stub, os.R_OK):
        return
    old = XSH.env.get("PYTHONSTARTUP")
    if old and not str(old).endswith("/histshell/pythonstartup.py"):
        XSH.env["HISTSHELL_CHAIN"] = old
    XSH.env["PYTHONSTARTUP"] = stub
    try:
        with open(os.path.join(os.path.dirname(stub), "home"), "rb") as file:
            home = os.fsdecode(file.readline().rstrip(b"\n")) + "/histshell"
        import _frozen_importlib_external as e

        s = e.spec_from_file_location("histshell", home + "/__init__.py", submodule_search_locations=[home])
        (sys.modules.get("histshell") or e._bootstrap._load(s))._start(names)
    except FileNotFoundError:
        pass  # histshell was removed
    except Exception as error:
        text = "histshell: not started: %s: %s ('histshell doctor' helps)\n"
        sys.stderr.write(text % (type(error).__name__, error))


_histshell(globals())
del _histshell
"""


def in_home(name: str) -> Callable[[Mapping[str, str]], str]:
    """Return the rule "this file in the home directory"."""
    return lambda environ: os.path.join(home(environ), name)


def zshrc(environ: Mapping[str, str]) -> str:
    """Return `.zshrc` in $ZDOTDIR, else in the home directory.

    Not `.zshenv`, which scripts read too. ZDOTDIR is mostly set in `~/.zshenv`, and does not reach whoever was
    not started by zsh: then zsh itself is asked.
    """
    folder = environ.get("ZDOTDIR") or _zdotdir(environ) or home(environ)
    return os.path.join(folder, ".zshrc")


def fish_config(environ: Mapping[str, str]) -> str:
    """Return `config.fish`; what is in `conf.d` is read before it, so a PYTHONSTARTUP set in `config.fish` would win."""
    base = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(home(environ), ".config")
    return os.path.join(base, "fish", "config.fish")


def xonsh_rc(environ: Mapping[str, str]) -> str:
    """Return a file of its own among those that xonsh runs after the user's; in $XONSH_CONFIG_DIR, if that is set."""
    base = environ.get("XONSH_CONFIG_DIR") or os.path.join(environ.get("XDG_CONFIG_HOME") or "~/.config", "xonsh")
    if base.startswith("~/"):
        base = home(environ) + base[1:]
    return os.path.join(base, "rc.d", "histshell.xsh")


DIALECTS: dict[str, Dialect] = {
    "bash": Dialect(sh_lines, in_home(".bashrc")),
    "zsh": Dialect(sh_lines, zshrc),
    "fish": Dialect(fish_lines, fish_config),
    "sh": Dialect(sh_lines, in_home(".profile")),
    "dash": Dialect(sh_lines, in_home(".profile")),
    "ash": Dialect(sh_lines, in_home(".profile")),
    "xonsh": Dialect(xonsh_lines, xonsh_rc),
}

# What a login bash reads: the first of these that is there (bash(1), INVOCATION).
LOGIN_FILES = (".bash_profile", ".bash_login", ".profile")


def home(environ: Mapping[str, str]) -> str:
    """Return the home directory: $HOME, else what the system knows."""
    return environ.get("HOME") or os.path.expanduser("~")


def candidates(environ: Mapping[str, str]) -> list[str]:
    """Return every file in which a block may stand without having been named with `--rc`."""
    paths = [dialect.rc_file(environ) for dialect in DIALECTS.values()]
    paths += [os.path.join(home(environ), name) for name in (*LOGIN_FILES, ".zshrc", ".zprofile")]
    return list(dict.fromkeys(paths))


def shell_of(path: str) -> str | None:
    """Return the shell that a start-up file's name speaks of, or None: `config.fish` is fish's whatever shell runs now."""
    name = os.path.basename(path)
    if name.endswith(".fish"):
        return "fish"
    if name.endswith(".xsh") or name in (".xonshrc", "xonshrc"):
        return "xonsh"
    if name.endswith((".profile", ".zprofile", ".sh")):
        return "sh"
    return next((shell for shell in ("bash", "zsh") if name.startswith("." + shell)), None)


def login_note(environ: Mapping[str, str], rc: str, platform: str = sys.platform) -> str | None:
    """Return a warning if a login bash does not read `.bashrc`: over ssh, and in every terminal of macOS."""
    if rc != in_home(".bashrc")(environ):
        return None
    for name in LOGIN_FILES:
        path = os.path.join(home(environ), name)
        try:
            with open(path, "rb") as file:
                text = file.read()
        except OSError:
            continue
        if any(b"bashrc" in line.partition(b"#")[0] for line in text.split(b"\n")):
            return None
        return (
            f"a login bash (ssh, macOS's terminals) reads {shown(path)}, not .bashrc: add to it the line  . ~/.bashrc"
        )
    if platform == "darwin":
        return "macOS's terminals start a login bash, which does not read .bashrc: make ~/.bash_profile of  . ~/.bashrc"
    return None


def _zdotdir(environ: Mapping[str, str]) -> str | None:
    """Return what `.zshenv` sets ZDOTDIR to, if it speaks of it at all. Runs zsh, for two seconds at the most."""
    try:
        with open(os.path.join(home(environ), ".zshenv"), "rb") as file:
            if b"ZDOTDIR" not in file.read():
                return None
        answer = subprocess.run(  # asking it is the only way
            ["zsh", "-c", 'print -rn -- "$ZDOTDIR"'],  # noqa: S607  # the user's own zsh
            env=dict(environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=2,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    folder = os.fsdecode(answer.stdout)
    return folder if os.path.isabs(folder) else None
