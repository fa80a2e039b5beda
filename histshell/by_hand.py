"""The prompt by command: `python -m histshell`, the plain one where no start-up file reaches, and `histshell`, the rich one.

Both run a script, a module or code first, if there is one, as `python -i` would. The plain prompt is the interpreter's own.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import BuiltinImporter
from typing import TYPE_CHECKING, Any, List

from . import failures, session

if TYPE_CHECKING:
    from types import FrameType

USAGE = """\
usage: {} [-q] [--asyncio] [-m module | -c code | script] [argument ...]

  -q, --quiet   no banner (asyncio's own prompt shows one all the same)
  --asyncio     top-level await
  -m, -c        run a module, or code, as python does, and then the prompt
  --version     the version of histshell
"""


class Line:
    """What a command line asks for: `kind` is script, -m, -c or empty; `words` what is run, then its arguments."""

    def __init__(self) -> None:
        self.quiet = self.asynchronous = False
        self.kind = ""
        self.words: List[str] = []
        self.answer = ""  # to be printed, instead of a prompt
        self.wrong = ""


def parse(arguments: List[str], name: str) -> Line:
    """Read a command line; what is wrong with it is in `wrong`."""
    line, left = Line(), list(arguments)
    while left and left[0].startswith("-") and left[0] != "-":
        option = left.pop(0)
        if option in ("-q", "--quiet"):
            line.quiet = True
        elif option == "--asyncio":
            line.asynchronous = True
        elif option in ("-h", "--help"):
            line.answer = USAGE.format(name)
        elif option == "--version":
            from . import __version__

            line.answer = f"histshell {__version__}\n"
        elif option[:2] in ("-m", "-c") and not option.startswith("--"):
            line.kind = option[:2]
            line.words = ([option[2:]] if option[2:] else []) + left
            if not line.words:
                line.wrong = f"{option} takes {'a module' if option == '-m' else 'code'}"
            return line
        else:
            line.wrong = f"no option {option}\n{USAGE.format(name)}".rstrip("\n")
            return line
    if left:
        line.kind, line.words = "script", left
    return line


def run() -> None:
    """Do what the command line says; ends the process only if the prompt is not to follow."""
    status = main(sys.argv[1:])
    if status:  # even `sys.exit(0)` would end the process before its prompt
        raise SystemExit(status)


def main(arguments: List[str]) -> int:
    """The plain prompt: run what is to be run; the interpreter opens it when this returns. Returns the exit status."""
    line = parse(arguments, "python -m histshell")
    if line.asynchronous and line.words and not line.wrong:
        line.wrong = "--asyncio takes no script"
    status = _answered(line)
    if status is not None:
        return status
    if line.asynchronous:
        return _asyncio()
    namespace = _fresh_main(line)
    status = _run(line, namespace) if line.words else 0
    if sys.stdin.isatty():
        _banner(line)
        _prepare_readline()
        session.install(namespace)
        later = session.at_start()
        if later is not None:
            later()
        session.inspect_once()
        return 0
    return status


def rich(arguments: List[str]) -> int:
    """The rich prompt, or the plain one where it cannot be opened. Returns the exit status, or raises `SystemExit`."""
    line = parse(arguments, "histshell")
    status = _answered(line)
    if status is not None:
        return status
    namespace = _fresh_main(line)
    status = _run(line, namespace) if line.words else 0
    if not sys.stdin.isatty():
        return status
    if not line.words:
        sys.argv[:] = [""]
        if sys.path and not getattr(sys.flags, "safe_path", False):
            sys.path[0] = ""  # in the place of the folder that this command lies in
    _banner(line)
    session.install(namespace)
    current = session.current()
    if current is None:  # inside another shell
        return 1
    if not line.words:
        _startup(namespace)
    return 0 if current.ui(line.asynchronous) else _plain(namespace)


def _answered(line: Line) -> int | None:
    """Print what is wrong, or what was asked for, and return the exit status; None if there is a prompt to open."""
    if line.wrong:
        print(f"histshell: {line.wrong}", file=sys.stderr)
        return 2
    if line.answer:
        print(line.answer, end="")
        return 0
    if not line.words and (sys.stdin is None or not sys.stdin.isatty()):
        print("histshell: the prompt needs a terminal as its input", file=sys.stderr)
        return 1
    return None


def _banner(line: Line) -> None:
    if not line.quiet and not line.words:
        more = 'Type "help", "copyright", "credits" or "license" for more information.'
        print(f"Python {sys.version} on {sys.platform}\n{more}", file=sys.stderr)


def _plain(namespace: dict[str, Any]) -> int:
    """A prompt of the standard library, in a process that ends after it; `SystemExit` passes through."""
    import code

    _prepare_readline()
    code.interact(banner="", local=namespace, exitmsg="")
    return 0


def _startup(namespace: dict[str, Any]) -> None:
    """Run the user's start-up file, as any Python prompt does; ours runs there too, and finds that all is done."""
    path = os.environ.get("PYTHONSTARTUP")
    if not path or sys.flags.ignore_environment:
        return
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"Could not open PYTHONSTARTUP\n{type(error).__name__}: {error}", file=sys.stderr)
        return
    current: Any = session.current()
    current.lines, old = _startup, current.lines  # so that our own start-up file does not open another rich prompt
    try:
        exec(compile(source, path, "exec", dont_inherit=True), namespace)  # noqa: S102  # the user's own start-up file
    except SystemExit:
        raise
    except BaseException as error:
        failures.show(error, _is_ours)
    finally:
        current.lines = old


def _fresh_main(line: Line) -> dict[str, Any]:
    """Empty the namespace of `__main__`, which is that of a door of ours till then, and return it."""
    namespace = sys.modules["__main__"].__dict__
    kept = {name: namespace.get(name) for name in ("__name__", "__builtins__")}
    namespace.clear()
    namespace.update(kept, __doc__=None, __loader__=BuiltinImporter, __package__=None, __spec__=None)
    namespace["__name__"] = "__main__"
    if line.kind == "script":
        namespace["__file__"] = line.words[0]
    return namespace


def _run(line: Line, namespace: dict[str, Any]) -> int:
    """Run a script, a module or code as Python itself would; print what it raises. Returns its exit status."""
    what = line.words[0]
    safe = getattr(sys.flags, "safe_path", False) or not sys.path
    if not safe:
        sys.path[0] = os.path.dirname(os.path.realpath(what)) if line.kind == "script" else ""
    if line.kind == "-m" and not safe:
        sys.path[0] = os.getcwd()
    sys.argv[:] = line.words if line.kind == "script" else [line.kind, *line.words[1:]]
    try:
        if line.kind == "-m":
            import runpy

            runpy._run_module_as_main(what)  # type: ignore[attr-defined]  # private; as Python does: in `__main__` itself
            return 0
        source: Any = what if line.kind == "-c" else _read(what)
        name = what if line.kind == "script" else "<string>"
        exec(compile(source, name, "exec", dont_inherit=True), namespace)  # noqa: S102  # the user's own
    except BaseException as error:
        if isinstance(error, _NoScript) or (isinstance(error, SystemExit) and not sys.stdin.isatty()):
            raise
        failures.show(error, _is_ours)
        return 1
    return 0


class _NoScript(SystemExit):
    """Ends the process, where what a script raises itself is shown and the prompt follows."""


def _read(script: str) -> bytes:
    """A script's text; a missing one ends the process with status 2, as with Python."""
    try:
        with open(script, "rb") as file:
            return file.read()
    except OSError as error:
        hint = "" if "." in script or os.sep in script else " ('histshell --help' lists the commands)"
        print(f"histshell: can't open file {script!r}: {error.strerror}{hint}", file=sys.stderr)
        raise _NoScript(2) from None


def _is_ours(frame: FrameType) -> bool:
    """Whether a frame only runs what the user named."""
    names = frame.f_globals
    return (
        names.get("__package__") == "histshell"
        or names.get("__name__") == "runpy"
        or "runpy" in frame.f_code.co_filename
    )


def _prepare_readline() -> None:
    """Load readline now, as the interpreter does when it starts interactively."""
    try:
        import readline  # noqa: F401  # imported for its effect
    except ImportError:
        pass


def _asyncio() -> int:
    """Run asyncio's own prompt, which makes its namespace itself."""
    import runpy

    sys.argv[:] = ["asyncio"]
    _prepare_readline()
    session.install({}, _asyncio_namespace)
    runpy.run_module("asyncio", run_name="__main__", alter_sys=True)
    return 0


def _asyncio_namespace() -> dict[str, Any] | None:
    """The namespace of the running asyncio prompt, once it is there."""
    found = sys.modules["__main__"].__dict__.get("repl_locals")
    return found if isinstance(found, dict) else None
