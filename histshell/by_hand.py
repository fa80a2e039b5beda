"""`python -m histshell [-q] [--asyncio] [script [argument ...]]`: the numbered prompt where no start-up file reaches.

Runs the script, if there is one, as `python -i` would, and then the interpreter's own prompt, with numbers.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import BuiltinImporter
from typing import Any

from . import session

USAGE = """\
usage: python -m histshell [-q] [--asyncio] [script [argument ...]]

  -q, --quiet   no banner (asyncio shows its own all the same)
  --asyncio     the prompt of `python -m asyncio`, with top-level await
  --version     the version of histshell
"""


def run() -> None:
    """Do what the command line says; ends the process only if the prompt is not to follow."""
    status = main(sys.argv[1:])
    if status:  # even `sys.exit(0)` would end the process before its prompt
        raise SystemExit(status)


def main(arguments: list[str]) -> int:
    """Run the script, set up the prompt; the interpreter opens it when this returns. Returns the exit status."""
    quiet = asynchronous = False
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option in ("-q", "--quiet"):
            quiet = True
        elif option == "--asyncio":
            asynchronous = True
        elif option in ("-h", "--help"):
            print(USAGE, end="")
            return 0
        elif option == "--version":
            from . import __version__

            print(f"histshell {__version__}")
            return 0
        else:
            print(f"histshell: no option {option}\n{USAGE}", end="", file=sys.stderr)
            return 2
    if asynchronous and arguments:
        print("histshell: --asyncio takes no script", file=sys.stderr)
        return 2
    if not arguments and not sys.stdin.isatty():
        print("histshell: the prompt needs a terminal as its input", file=sys.stderr)
        return 1
    if asynchronous:
        return _asyncio()
    namespace = _fresh_main(arguments[0] if arguments else None)
    status = _run(arguments, namespace) if arguments else 0
    if sys.stdin.isatty():
        if not quiet and not arguments:
            more = 'Type "help", "copyright", "credits" or "license" for more information.'
            print(f"Python {sys.version} on {sys.platform}\n{more}", file=sys.stderr)
        _prepare_readline()
        session.install(namespace)
        session.inspect_once()
        return 0
    return status


def _fresh_main(script: str | None) -> dict[str, Any]:
    """Empty the namespace of `__main__`, which is that of `histshell/__main__.py` till then, and return it."""
    namespace = sys.modules["__main__"].__dict__
    kept = {name: namespace.get(name) for name in ("__name__", "__builtins__")}
    namespace.clear()
    namespace.update(kept, __doc__=None, __loader__=BuiltinImporter, __package__=None, __spec__=None)
    if script is not None:
        namespace["__file__"] = script
    return namespace


def _run(arguments: list[str], namespace: dict[str, Any]) -> int:
    """Run a script as Python itself would; print what it raises. Returns its exit status."""
    script = arguments[0]
    sys.argv[:] = arguments
    if not getattr(sys.flags, "safe_path", False) and sys.path:
        sys.path[0] = os.path.dirname(os.path.realpath(script))
    try:
        with open(script, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"histshell: can't open file {script!r}: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    try:
        exec(compile(source, script, "exec"), namespace)  # noqa: S102  # the script that the user named
    except BaseException as error:
        traceback = error.__traceback__.tb_next if error.__traceback__ is not None else None
        if isinstance(error, SystemExit) and not sys.stdin.isatty():
            raise
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, traceback
        if sys.version_info >= (3, 12):
            sys.last_exc = error
        sys.excepthook(type(error), error.with_traceback(traceback), traceback)
        return 1
    return 0


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
