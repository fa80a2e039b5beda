"""The prompt by command: `python -m histshell`, the plain one where no start-up file reaches, and `histshell`, the rich one.

Both run a script, a module or code first, if there is one, as `python -i` would. The plain prompt is the interpreter's own.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import BuiltinImporter
from typing import TYPE_CHECKING, Any, List

from . import home, interrupts, session, tracebacks
from .command_line import CommandLine, answered, at_terminal, parse
from .errors import HistshellError

if TYPE_CHECKING:
    from types import FrameType

    from .ui.fallback import FallbackConsole as Plain


def run() -> None:
    """Do what the command line says; ends the process only if the prompt is not to follow."""
    status = main(sys.argv[1:])
    if status:  # even `sys.exit(0)` would end the process before its prompt
        raise SystemExit(status)


def main(arguments: List[str]) -> int:
    """Run what is to be run; the interpreter opens the plain prompt when this returns. Returns the exit status."""
    line = parse(arguments, "python -m histshell")
    if line.asynchronous and line.words and not line.wrong:
        line.wrong = "--asyncio takes no script"
    status = answered(line)
    return plain(line) if status is None else status


def plain(line: CommandLine, starts: bool = False) -> int:
    """Do what `main` does, for a command line that has been read; `starts` runs the user's start-up file before a prompt alone."""
    if starts and not line.words:
        _as_at_a_prompt()
    if line.asynchronous:
        return _asyncio()
    namespace = _fresh_main(line)
    status = _run(line, namespace) if line.words else 0
    if at_terminal():
        _banner(line)
        _prepare_readline()
        session.install(namespace)
        _resume(line)
        later = session.at_start() if not starts else None
        if later is not None:
            later()
        if starts and not line.words:
            _startup(namespace)
        session.inspect_once()
        return 0
    return status


def rich(line: CommandLine) -> int:
    """Open the rich prompt, or the plain one where it cannot be opened. Returns the exit status, or raises `SystemExit`."""
    namespace = _fresh_main(line)
    status = _run(line, namespace) if line.words else 0
    if not at_terminal():
        return status
    if not line.words:
        _as_at_a_prompt()
    _banner(line)
    session.install(namespace)
    current = session.current()
    if current is None:  # inside another shell
        return 1
    if not line.words:
        if not line.quiet:
            current.greet()
        _startup(namespace)
    _resume(line)
    from .ui.fallback import FallbackConsole  # now, while it can be: it takes over when nothing else works

    if current.ui(line.asynchronous):
        return 0
    with interrupts.GivenBack():
        return _plain(FallbackConsole(namespace, journal=lambda: current.journal))


def _as_at_a_prompt() -> None:
    """Make arguments and path those of a Python without a script."""
    sys.argv[:] = [""]
    if sys.path and not getattr(sys.flags, "safe_path", False):
        sys.path[0] = ""  # in the place of the folder that this command lies in


def _banner(line: CommandLine) -> None:
    if not line.quiet and not line.words:
        more = 'Type "help", "copyright", "credits" or "license" for more information.'
        lines = [f"Python {sys.version} on {sys.platform}", more]
        if home.why_long:
            from .preview import sentence

            lines += map(sentence, home.why_long.split("\n"))
        tracebacks.say("".join(f"{text}\n" for text in lines))


def _resume(line: CommandLine) -> None:
    """Go on with an older session, if that was asked for, and say so in a line."""
    if line.resume is not None:
        try:
            done = str(session.history().resume(line.resume or None))
        except HistshellError as error:
            done = str(error)
        print(f"histshell: {done}", file=sys.stderr)


def _plain(console: Plain) -> int:
    """Open a prompt of the standard library, in a process that ends after it; `SystemExit` passes through."""
    _prepare_readline()
    console.go_on()
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
    if current is None:
        return
    current.opens_rich = True  # so that our own start-up file does not open another rich prompt
    try:
        with interrupts.GivenBack():
            exec(compile(source, path, "exec", dont_inherit=True), namespace)  # noqa: S102  # the user's own start-up file
    except SystemExit:
        raise
    except BaseException as error:
        interrupts.sigint.ours()
        tracebacks.show(error, _is_ours)
    finally:
        current.opens_rich = False


def _fresh_main(line: CommandLine) -> dict[str, Any]:
    """Empty the namespace of `__main__`, which is that of a door of ours till then, and return it."""
    namespace = sys.modules["__main__"].__dict__
    kept = {name: namespace.get(name) for name in ("__name__", "__builtins__")}
    namespace.clear()
    namespace.update(kept, __doc__=None, __loader__=BuiltinImporter, __package__=None, __spec__=None)
    namespace["__name__"] = "__main__"
    if line.kind == "script":
        namespace["__file__"] = line.words[0]
    return namespace


def _run(line: CommandLine, namespace: dict[str, Any]) -> int:
    """Run a script, a module or code as Python itself would; print what it raises. Returns its exit status."""
    what = line.words[0]
    safe = getattr(sys.flags, "safe_path", False) or not sys.path
    if not safe:
        sys.path[0] = os.path.dirname(os.path.realpath(what)) if line.kind == "script" else ""
    if line.kind == "-m" and not safe:
        sys.path[0] = os.getcwd()
    sys.argv[:] = line.words if line.kind == "script" else [line.kind, *line.words[1:]]
    try:
        with interrupts.GivenBack():
            _execute(line, what, namespace)
    except BaseException as error:
        if isinstance(error, _NoScript) or (isinstance(error, SystemExit) and not at_terminal()):
            raise
        tracebacks.show(error, _is_ours)
        return 1
    return 0


def _execute(line: CommandLine, what: str, namespace: dict[str, Any]) -> None:
    if line.kind == "-m":
        import runpy

        runpy._run_module_as_main(what)  # type: ignore[attr-defined]  # private; as Python does: in `__main__` itself
        return
    source: Any = what if line.kind == "-c" else _read(what)
    name = what if line.kind == "script" else "<string>"
    exec(compile(source, name, "exec", dont_inherit=True), namespace)  # noqa: S102  # the user's own


class _NoScript(SystemExit):
    """Ends the process, where what a script raises itself is shown and the prompt follows."""


def _read(script: str) -> bytes:
    """Return a script's text; a missing one ends the process with status 2, as with Python."""
    try:
        with open(script, "rb") as file:
            return file.read()
    except OSError as error:
        hint = "" if "." in script or os.sep in script else " ('histshell --help' lists the commands)"
        print(f"histshell: can't open file {script!r}: {error.strerror}{hint}", file=sys.stderr)
        raise _NoScript(2) from None


def _is_ours(frame: FrameType) -> bool:
    """Return whether a frame only runs what the user named."""
    names = frame.f_globals
    return names.get("__package__") == "histshell" or names.get("__name__") == "runpy"


def _prepare_readline() -> None:
    """Load readline now, as the interpreter does when it starts interactively."""
    try:
        import readline  # noqa: F401  # imported for its effect
    except Exception:  # it is missing, or the user has left nothing that could import it
        pass


def _asyncio() -> int:
    """Run asyncio's own prompt, which makes its namespace itself."""
    import builtins
    import runpy

    sys.argv[:] = ["asyncio"]
    _prepare_readline()
    session.install({}, _asyncio_namespace)
    runpy.run_module("asyncio", {"__builtins__": builtins}, run_name="__main__", alter_sys=True)
    return 0


def _asyncio_namespace() -> dict[str, Any] | None:
    """Return the namespace of the running asyncio prompt, once it is there."""
    found = sys.modules["__main__"].__dict__.get("repl_locals")
    return found if isinstance(found, dict) else None
