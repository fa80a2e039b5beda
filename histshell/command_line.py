"""What is typed behind `histshell` and `python -m histshell` for a prompt, read and answered."""

import os
import sys

USAGE = """\
usage: {} [-q] [--asyncio] [--resume[=id]] [-m module | -c code | script] [argument ...]

  -q, --quiet   no banner (asyncio's own prompt shows one all the same)
  --asyncio     top-level await
  --resume      go on with the session before, or with the one whose id begins so
  -m, -c        run a module, or code, as python does, and then the prompt
  --version     the version of histshell
"""
CHOOSING = """\
  -p PYTHON     run in this Python: a version, a path, or . for the project's .venv
  --home        run in histshell's own Python, not in that of the active environment
"""


class CommandLine:
    """What a command line asks for: `kind` is script, -m, -c, pik or empty; `words` what is run, then its arguments."""

    def __init__(self) -> "None":
        self.quiet = self.asynchronous = self.home = False
        self.python = ""
        self.kind = ""
        self.words: "list[str]" = []
        self.resume: "str | None" = None  # the beginning of an id, empty for the session before; None for none
        self.answer = ""  # to be printed, instead of a prompt
        self.wrong = ""

    def rest(self) -> "list[str]":
        """Return it as words again, without what has chosen the Python."""
        options = ["-q"] * self.quiet + ["--asyncio"] * self.asynchronous
        options += [] if self.resume is None else [f"--resume={self.resume}"]
        word = "pik" if self.kind == "pik" else "repl"  # behind it every word is what it seems
        return [word, *options, *([self.kind] if self.kind in ("-m", "-c") else []), *self.words]


def parse(arguments: "list[str]", name: "str") -> "CommandLine":
    """Read a command line; what is wrong with it is in `wrong`. The command `histshell` has two words, and chooses a Python."""
    line, left = CommandLine(), list(arguments)
    words = ["repl", "pik"] if name == "histshell" else []
    while left and not line.wrong and (left[0] in words or (left[0][:1] == "-" and left[0] != "-")):
        option = left.pop(0)
        if option in words:
            line.kind = "pik" if option == "pik" else ""
            words = []
        elif name == "histshell" and (option == "--home" or (option[:2] == "-p" and option[:3] != "-p=")):
            _choose(line, option, left)
        elif option[:2] in ("-m", "-c") and not line.kind:
            line.kind = option[:2]
            line.words = ([option[2:]] if option[2:] else []) + left
            if not line.words:
                line.wrong = f"{option} takes {'a module' if option == '-m' else 'code'}"
            return line
        else:
            _take(line, option, name)
    if left and not line.wrong:
        line.kind, line.words = line.kind or "script", left
    return line


def _take(line: "CommandLine", option: "str", name: "str") -> "None":
    """Take one of the options that stand alone."""
    usage = USAGE.format(name) + (CHOOSING if name == "histshell" else "")
    if option in ("-q", "--quiet"):
        line.quiet = True
    elif option == "--asyncio" and line.kind != "pik":
        line.asynchronous = True
    elif option.partition("=")[0] == "--resume" and line.kind != "pik":
        line.resume = option[len("--resume=") :]
    elif option in ("-h", "--help"):
        line.answer = usage
    elif option == "--version":
        from . import __version__

        line.answer = f"histshell {__version__}\n"
    else:
        line.wrong = f"no option {option}\n{usage}".rstrip("\n")


def _choose(line: "CommandLine", option: "str", left: "list[str]") -> "None":
    """Take an option that chooses the Python."""
    if option == "--home":
        line.home = True
    else:
        line.python = option[2:] or (left.pop(0) if left else "")
        if not line.python:
            line.wrong = "-p takes a Python: a version, a path, or . for the project's .venv"
    if line.home and line.python:
        line.wrong = "--home is a Python already: type it, or -p"


def meant(words: "list[str]", commands: "tuple[str, ...]") -> "str":
    """Return what to say of a first word that is a command but for a slip, and no file; empty for all else."""
    word = words[0] if words else ""
    if word in commands or not word.isalpha() or os.path.lexists(word):
        return ""
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), commands, 1, 0.7)
    return f"there is no command or file {word!r}; did you mean 'histshell {close[0]}'?" if close else ""


def at_terminal() -> "bool":
    """Return whether the input is a terminal, whatever a script has made of `sys.stdin`."""
    return os.isatty(0)


def wrong(what: "str") -> "int":
    """Say what is wrong with what was typed; return the exit status."""
    print(f"histshell: {what}", file=sys.stderr)
    return 2


def answered(line: "CommandLine") -> "int | None":
    """Print what is wrong, or what was asked for, and return the exit status; None if there is something to run or to open."""
    if line.wrong:
        return wrong(line.wrong)
    if line.answer:
        print(line.answer, end="")
        return 0
    if not line.kind and not at_terminal():
        print("histshell: the prompt needs a terminal as its input", file=sys.stderr)
        return 1
    return None
