"""What `histshell` alone, a script, `-m`, `-c` and `pik` do: choose the Python, become it, and open there what was asked for.

The process is replaced, so that signals, exit status and job control are the other Python's own. It runs `guest.py`, which loads
this package by its path, and nothing is put into the environment that a child of the user's could see.
"""

import os
import sys

from . import command_line, home, interrupts
from .errors import HistshellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .where import choice

MARK = "HISTSHELL_BECOMES"
"""Set while the process is another Python and has not yet come to `guest.py`: who finds it here would go round in a circle."""


def run(words: "list[str]") -> "int":
    """Do what the words behind `histshell` say, here or in another Python. Returns the exit status."""
    line = command_line.parse(words, "histshell")
    status = command_line.answered(line)
    if status is not None:
        return status
    from .where import choice, interpreter

    folder = _folder()
    try:
        chosen = _chosen(line, folder)
    except HistshellError as error:
        return _complain(str(error), 2)
    if chosen.said:
        _complain(chosen.said, 0)
    shown = chosen.path or sys.executable or ""
    chosen.long = f"{_tilde(shown)}: {chosen.long}"
    if not (line.kind or line.quiet or line.python or line.home):
        project = choice.project_environment(folder, os.environ)
        if project and os.path.realpath(project) != os.path.realpath(os.path.dirname(os.path.dirname(shown))):
            chosen.long += f"\n{_tilde(project)} is the project's: histshell -p ."
    if chosen.path and not interpreter.is_this(chosen.path):
        try:
            _become(chosen, line)
        except OSError as error:
            said = f"{chosen.path} cannot be started: {error.strerror}"
            if line.python:
                return _complain(said, 2)
            _complain(f"{said}; this is histshell's own Python", 0)
            chosen = choice.home(said)
    home.why, home.why_long = chosen.short, chosen.long
    return _here(line)


def _chosen(line: "command_line.CommandLine", folder: "str") -> "choice.Choice":
    """Return the Python to run in. Raises `NoSuchPython` where the one that is asked for is not there."""
    from .where import choice

    if os.environ.pop(MARK, None):
        return choice.Choice("", choice.HOME, "", "that Python starts histshell again; this is histshell's own Python")
    if line.home:
        return choice.home()
    if line.python:
        from .where import asked

        return asked.find(line.python, os.environ, folder)
    return choice.choose(os.environ, folder)


def as_guest(given: "tuple[str, str, str]", words: "list[str]", sigint: "Any") -> "int | None":
    """Do what `run` has become this Python for; `guest.py` calls this. None where Python's own prompt is to follow.

    `given` are home's Python, `home.why` and `home.why_long`; `sigint` is the handler that SIGINT had.
    """
    home.given, home.why, home.why_long = given
    interrupts.sigint.ours(sigint)
    line = command_line.parse(words, "histshell")
    try:
        if line.kind == "pik" or (sys.version_info >= (3, 10) and sys.implementation.name == "cpython"):
            return _here(line)
        return _plain(line)
    except KeyboardInterrupt:  # on the way from the user's code back to ours
        return 130
    finally:
        interrupts.sigint.let_go()


def _here(line: "command_line.CommandLine") -> "int":
    """Open what is asked for in this process. SIGINT is ours."""
    if line.kind == "pik":
        with interrupts.GivenBack():
            return _pik(line)
    from . import launch

    return launch.rich(line)


def _plain(line: "command_line.CommandLine") -> "int | None":
    """Do the same where there is no rich prompt, with one line that says why. None where Python's own prompt is to follow."""
    from . import launch, tracebacks

    if line.asynchronous and line.words:
        return _complain("--asyncio takes no script in this Python", 2)
    if command_line.at_terminal():
        kind = "Python" if sys.implementation.name == "cpython" else sys.implementation.name
        what = f"{kind} {'.'.join(map(str, sys.version_info[:3]))}"
        tracebacks.say(f"histshell: the rich prompt needs CPython 3.10 or later; this is the plain one of {what}\n")
    interrupts.sigint.theirs()
    return launch.plain(line, starts=True) or (None if command_line.at_terminal() else 0)


def _put(text: "str", style: "str") -> "None":
    """Print a line about a file."""
    sys.stdout.flush()
    print(text, file=sys.stderr if style == "error" else sys.stdout)


def _pik(line: "command_line.CommandLine") -> "int":
    """Open the pickle mode, or show files. What is trusted comes from the environment, never from the folder one stands in."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if home.given and sys.path and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # the folder of `guest.py`
    from .pik.mode import console

    if line.words:
        from .pik.mode import showing
        from .pik.tree import shown

        return showing.show(line.words, shown.wish(), _put)
    if not command_line.at_terminal():
        return console.read_lines()
    if home.why_long and not line.quiet:
        from .preview import sentence

        print(*map(sentence, home.why_long.split("\n")), sep="\n")
    console.prepare_terminal()
    console.enter()
    return 0


def _become(chosen: "choice.Choice", line: "command_line.CommandLine") -> "None":
    """Replace this process by the chosen Python. Raises `OSError` where that cannot be started."""
    places = (os.path.join(home.SITE, folder, "guest.py") for folder in ("histshell", "startup"))
    guest = next(filter(os.path.isfile, places))
    argv = [chosen.path, guest, sys.executable or "", chosen.short, chosen.long, *line.rest()]
    environ = {**os.environ, MARK: "1"}
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if os.name == "nt":  # there a process that replaces itself is over for whoever waits for it
        _wait_for(argv, environ)
    os.execve(chosen.path, argv, environ)  # noqa: S606  # what this command is for


def _wait_for(argv: "list[str]", environ: "dict[str, str]") -> "NoReturn":
    """Run a Python, and end with its status."""
    import subprocess

    interrupts.sigint.ours()  # Ctrl-C is that process's
    raise SystemExit(subprocess.call(argv, env=environ))  # noqa: S603  # the same


def _folder() -> "str":
    try:
        return os.getcwd()
    except OSError:  # it is gone
        return ""


def _tilde(path: "str") -> "str":
    """Return a path with the user's home as `~`."""
    folder = os.path.expanduser("~").rstrip(os.sep) + os.sep
    return os.path.join("~", path[len(folder) :]) if len(folder) > 1 and path.startswith(folder) else path


def _complain(what: "str", status: "int") -> "int":
    """Say what is wrong on the standard error, in one line; return the status."""
    from .preview import sentence

    print(f"histshell: {sentence(what)}", file=sys.stderr)
    return status
